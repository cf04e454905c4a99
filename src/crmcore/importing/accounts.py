"""``accounts.csv``: each row is an organization. Parents are settled before their subsidiaries."""

from collections.abc import Iterator

import attrs

from crmcore.importing.cells import Cells
from crmcore.importing.countries import country_code, country_names
from crmcore.importing.decision import Subject, shown
from crmcore.importing.drafts import OrganizationDraft
from crmcore.importing.lookup import Lookup, Understood
from crmcore.importing.matching import Match, Names
from crmcore.importing.planning import Named, Planning
from crmcore.importing.reading import Row, Table
from crmcore.importing.sectors import misspelt

FILE = "accounts.csv"
COLUMNS = (
    "account",
    "sector",
    "year_established",
    "revenue",
    "employees",
    "office_location",
    "subsidiary_of",
)

_MILLION = 1_000_000
_LAST_YEAR = 9_999
_MOST_EMPLOYEES = 10**9


@attrs.define(eq=False)
class _Account:
    """A row that can be read; ``parent`` is the key that its parent has or will have."""

    row: Row
    draft: OrganizationDraft
    understood: Understood
    parent: str | None = None

    @property
    def name(self) -> str:
        return self.draft.name


def plan_accounts(planning: Planning, table: Table) -> Lookup:
    """Decide on every account; the result says what the names of accounts mean in other files."""
    work = _Accounts(planning, table)
    work.read()
    work.settle()
    return work.accounts


class _Accounts:
    def __init__(self, planning: Planning, table: Table) -> None:
        self.planning = planning
        self.table = table
        self.accounts = Lookup("account", "account", planning.existing.names[Subject.ORGANIZATION])
        self.countries = Lookup("office_location", "country", country_names())
        self.by_name: dict[str, _Account] = {}
        self.keys: dict[str, str | None] = {}

    def read(self) -> None:
        slips = misspelt(filter(None, (row.value("sector") for row in self.table.rows)))
        written = Names()
        for row in self.table.rows:
            account = self._account(row, slips.get(row.value("sector") or ""))
            if account is None:
                continue
            like = written.find(account.name, similar=False)
            if like is not None:
                account.understood.doubts.append(f"account: written much like {shown(like.name)}")
            written.add(account.name, account.name)
            self.by_name[account.name] = account

    def settle(self) -> None:
        parents = self._parents()
        waiting = {account.draft.key: account for account in self.by_name.values()}
        for account in self.by_name.values():
            for each in reversed([*self._line(account, waiting)]):
                self._settle(each)
        for name, key in self.keys.items():
            if key is None:
                self.accounts.refused[name] = self._place(self.by_name[name].row)
            elif key not in self.planning.existing.by_id:
                self.accounts.names.add(name, key)
        self.planning.count_aliases(self.countries, parents)

"""``accounts.csv``: each row is an organization. Parents are settled before their subsidiaries."""

from collections.abc import Iterator, Mapping

import attrs

from crmcore.importing.cells import Cells
from crmcore.importing.countries import country_code, country_names
from crmcore.importing.decision import Subject, shown
from crmcore.importing.drafts import OrganizationDraft
from crmcore.importing.lookup import Lookup, Understood
from crmcore.importing.matching import Match, Names
from crmcore.importing.planning import Named, Planning, place_of
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


@attrs.frozen
class _Account:
    """A row that can be read."""

    named: Named
    draft: OrganizationDraft


@attrs.define(eq=False)
class _Accounts:
    """The readable rows by name, and where the name of a refused one stands."""

    planning: Planning
    rows: dict[str, _Account] = attrs.field(factory=dict[str, _Account])
    refused: dict[str, str] = attrs.field(factory=dict[str, str])
    keys: dict[str, str | None] = attrs.field(factory=dict[str, str | None])

    def read(self, table: Table, countries: Lookup) -> None:
        """Afterwards every row is among the readable ones, or refused."""
        slips = misspelt(filter(None, (row.value("sector") for row in table.rows)))
        written = Names()
        for row in table.rows:
            account = self._account(row, countries, slips)
            if account is not None:
                name = account.draft.name
                like = written.find(name, similar=False)
                if like is not None:
                    doubt = f"account: written much like {shown(like.name)}"
                    account.named.understood.doubts.append(doubt)
                written.add(name, name)
                self.rows[name] = account

    def settle(self) -> Lookup:
        """Decide on the readable rows; the result is how the parents were understood."""
        own = {account.draft.key: name for name, account in self.rows.items()}
        parents = Lookup("subsidiary_of", "account", self._names(self._identities()), self.refused)
        matches = {name: self._parent(account, parents) for name, account in self.rows.items()}
        above = {name: own.get(match.key) for name, match in matches.items() if match is not None}
        for name in self.rows:
            for each in reversed([*_line(name, above, self.keys)]):
                self._settle(each, matches[each], above.get(each))
        return parents

    def lookup(self) -> Lookup:
        """What the names of accounts mean in other files."""
        settled = {name: key for name, key in self.keys.items() if key is not None}
        for name in self.keys.keys() - settled.keys():
            self.refused[name] = place_of(self.rows[name].named.row)
        return Lookup("account", "account", self._names(settled), self.refused)

    def _names(self, keys: Mapping[str, str]) -> Names:
        return Names([*self.planning.existing.names[Subject.ORGANIZATION].pairs(), *keys.items()])

    def _identities(self) -> Mapping[str, str]:
        existing, found = self.planning.existing, dict[str, str]()
        for name, account in self.rows.items():
            key = account.draft.key
            stored, _ = existing.find(Subject.ORGANIZATION, key, name)
            found[name] = key if stored is None else str(stored.id)
        return found

    def _account(self, row: Row, countries: Lookup, slips: Mapping[str, Match]) -> _Account | None:
        cells, understood = Cells(row), Understood()
        name, sector = cells.needed("account"), row.value("sector")
        named = Named(
            row=row,
            column="account",
            subject=Subject.ORGANIZATION,
            key=self.planning.terms.key("account", name),
            understood=understood,
        )
        draft = self._draft(named, cells, name, _country(row, countries, understood))
        if name in self.rows:
            place = place_of(self.rows[name].named.row)
            cells.faults.append(f"account: is there already ({place})")
        if cells.faults:
            self.planning.refuse(named, *cells.faults)
            self.refused.setdefault(name, place_of(row))
            return None
        meant = slips.get(sector or "")
        if meant is not None:
            doubt = f"sector: {shown(sector or '')} looks like {shown(meant.name)} ({meant})"
            understood.doubts.append(f"{doubt}; kept as it is")
        return _Account(named, draft)

    def _draft(
        self, named: Named, cells: Cells, name: str, country: str | None
    ) -> OrganizationDraft:
        return OrganizationDraft(
            key=named.key,
            at=self.planning.start,
            name=name,
            sector=named.row.value("sector"),
            founded=cells.whole("year_established", _LAST_YEAR),
            annual_revenue=cells.amount("revenue", self.planning.terms.currency, _MILLION),
            employees=cells.whole("employees", _MOST_EMPLOYEES),
            country=country,
        )

    def _parent(self, account: _Account, parents: Lookup) -> Match | None:
        text, understood = account.named.row.value("subsidiary_of"), account.named.understood
        if text is None:
            return None
        match = understood.name(parents, text)
        if match is None:
            understood.doubts.append(f"{understood.unknown.pop()}; left out")
        return match

    def _settle(self, name: str, parent: Match | None, above: str | None) -> None:
        account = self.rows[name]
        key = None if parent is None else parent.key
        if above is not None:
            key = self.keys.get(above)
        if parent is not None and key in {None, account.draft.key}:
            doubt = f"subsidiary_of: {shown(parent.name)} is refused, or leads back here; left out"
            account.named.understood.doubts.append(doubt)
            key = None
        draft = attrs.evolve(account.draft, parent=key)
        self.keys[name] = self.planning.settle(account.named, draft, name)


def plan_accounts(planning: Planning, table: Table) -> Lookup:
    """Decide on every account; the result says what their names mean in other files."""
    countries = Lookup("office_location", "country", country_names())
    accounts = _Accounts(planning)
    accounts.read(table, countries)
    parents = accounts.settle()
    planning.count_aliases(countries, parents)
    return accounts.lookup()


def _line(name: str, above: Mapping[str, str | None], done: Mapping[str, object]) -> Iterator[str]:
    """The account and those above it, upwards, up to one that is settled or met already."""
    met: set[str] = set()
    place: str | None = name
    while place is not None and place not in done and place not in met:
        met.add(place)
        yield place
        place = above.get(place)


def _country(row: Row, countries: Lookup, understood: Understood) -> str | None:
    text = row.value("office_location")
    code = country_code(text or "")
    if text is None or code is not None:
        return code
    match = understood.name(countries, text)
    if match is None:
        understood.doubts.append(f"{understood.unknown.pop()}; left out")
    return None if match is None else match.key

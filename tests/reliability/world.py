"""What the scripts do with a CRM: customers, deals, quotes, and from there to issued invoices."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import crmcore
from crmcore import LineDraft, Money, NumberPattern, Settings

SERIES = ("invoice", "export")
SETTINGS = Settings(
    numbering={
        "invoice": NumberPattern("INV-{YYYY}-{seq:05}"),
        "export": NumberPattern("EXP-{YYYY}-{seq:05}"),
    }
)
FOREVER = date(2999, 1, 1)
PUMP = LineDraft(description="Pump", quantity=1, unit_price=Money("100", "EUR"))
_BATCH = 50


def customer(crm: crmcore.Crm, name: str = "ACME GmbH") -> Any:
    """A new organization, which is a prospect already."""
    with crm.transaction() as tx:
        firm = tx.contacts.add_organization(name=name)
        return tx.contacts.begin_role(firm.id, "prospect")


def quotes(
    crm: crmcore.Crm, accounts: Sequence[Any], many: int, lines: Sequence[LineDraft] = (PUMP,)
) -> list[Any]:
    """So many quotes, each on a deal of its own, the accounts in turn."""
    made = list[Any]()
    while len(made) < many:
        with crm.transaction() as tx:
            for n in range(len(made), min(many, len(made) + _BATCH)):
                account = accounts[n % len(accounts)]
                deal = tx.opportunities.open(title=f"deal {n}", account=account)
                made.append(tx.sales.quote(deal.id, lines=lines, valid_until=FOREVER))
    return made


def orders(
    crm: crmcore.Crm, accounts: Sequence[Any], many: int, lines: Sequence[LineDraft] = (PUMP,)
) -> list[Any]:
    """So many orders, each of a quote of its own."""
    made = list[Any]()
    for batch in _batches(quotes(crm, accounts, many, lines)):
        with crm.transaction() as tx:
            made.extend(tx.sales.accept(quote.id) for quote in batch)
    return made


def drafts(crm: crmcore.Crm, accounts: Sequence[Any], many: int) -> list[Any]:
    """So many draft invoices, each of an order of its own."""
    made = list[Any]()
    for batch in _batches(orders(crm, accounts, many)):
        with crm.transaction() as tx:
            made.extend(tx.sales.bill(order.id) for order in batch)
    return made


def _batches(all_of_them: list[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(all_of_them), _BATCH):
        yield all_of_them[at : at + _BATCH]

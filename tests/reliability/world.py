"""What the scripts do with a CRM: customers, deals, quotes, and from there to issued invoices."""

from collections.abc import Callable, Sequence
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

    def step(tx: Any) -> Any:
        firm = tx.contacts.add_organization(name=name)
        return tx.contacts.begin_role(firm.id, "prospect")

    return crm.run(step)


def quotes(
    crm: crmcore.Crm, accounts: Sequence[Any], many: int, lines: Sequence[LineDraft] = (PUMP,)
) -> list[Any]:
    """So many quotes, each on a deal of its own, the accounts in turn."""

    def made(tx: Any, n: int) -> Any:
        deal = tx.opportunities.open(title=f"deal {n}", account=accounts[n % len(accounts)])
        return tx.sales.quote(deal.id, lines=lines, valid_until=FOREVER)

    return _each(crm, range(many), made)


def orders(
    crm: crmcore.Crm, accounts: Sequence[Any], many: int, lines: Sequence[LineDraft] = (PUMP,)
) -> list[Any]:
    """So many orders, each of a quote of its own."""
    return _each(crm, quotes(crm, accounts, many, lines), lambda tx, q: tx.sales.accept(q.id))


def drafts(crm: crmcore.Crm, accounts: Sequence[Any], many: int) -> list[Any]:
    """So many draft invoices, each of an order of its own."""
    return _each(crm, orders(crm, accounts, many), lambda tx, order: tx.sales.bill(order.id))


def _each(crm: crmcore.Crm, given: Sequence[Any], step: Callable[[Any, Any], Any]) -> list[Any]:
    """What a step makes of each of the given, many of them in one transaction."""
    made = list[Any]()
    for at in range(0, len(given), _BATCH):
        batch = given[at : at + _BATCH]
        made += crm.run(lambda tx, batch=batch: [step(tx, each) for each in batch])
    return made

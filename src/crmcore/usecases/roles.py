"""What the facts of leads and invoices make of the roles of contacts, for commands that make facts.

What is asked about a contact's leads and invoices is asked after the contact was read, and the contact
is guarded where it stays as it is: two commands at once cannot each see the other's as still open.

Roles that are begun and moved by hand are in ``contacts``; which moves no hand makes is declared in
`crmcore.contacts.BY_COMMAND`.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from crmcore.contacts import INTERESTED, Contact, Role, begin_role, move_role
from crmcore.grammar.field import F
from crmcore.leads import IS_OPEN, Lead
from crmcore.sales import IS_OWED, Invoice, InvoiceStatus
from crmcore.usecases.work import Work


def begin_lead(work: Work, contact: UUID, at: datetime) -> Contact:
    """The contact as a lead; unchanged if it is a lead, prospect or customer already."""
    who = work.get(Contact, contact)
    if any(who.holds(role) for role in INTERESTED):
        work.guard(who)
        return who
    return work.apply(begin_role(who, Role.LEAD, at))


def end_lead(work: Work, contact: UUID, at: datetime) -> None:
    """A contact without an open lead is a lead no more, its last one being disqualified."""
    who = work.get(Contact, contact)
    if work.first(Lead, (F.contact == contact) & IS_OPEN) is None:
        _end(work, who, Role.LEAD, "disqualify", at)
    else:
        work.guard(who)


def settle_debtors(work: Work, invoices: Iterable[Invoice], at: datetime) -> None:
    """Accounts of these invoices that owe nothing more are debtors no more.

    Args:
        work: The work of the command.
        invoices: The invoices that a payment reached, as they are stored now.
        at: When.
    """
    settled = (each.account for each in invoices if each.status is InvoiceStatus.PAID)
    for account in dict.fromkeys(settled):
        who = work.get(Contact, account)
        if work.first(Invoice, (F.account == account) & IS_OWED) is None:
            _end(work, who, Role.DEBTOR, "settle", at)
        else:
            work.guard(who)


def _end(work: Work, who: Contact, kind: Role, action: str, at: datetime) -> None:
    held = who.role(kind)
    if held is not None and held.is_open:
        # The fact may be told with a day before the one on which the role began here.
        work.apply(move_role(who, kind, action, max(at, held.since)))

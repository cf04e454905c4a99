"""What stands on reminders and on statements of account: what is owed, and how it came about."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from crmcore.documents.paper import Content, Row
from crmcore.documents.words import Language
from crmcore.errors import CrmError, InvalidValue, raise_collected
from crmcore.receivables import DunnedItem, Entry, Reminder, Statement
from crmcore.sales import Invoice
from crmcore.values import Money

DUNNED = ("position", "number", "issued_on", "due_on", "days", "due", "interest")
"""The columns of a reminder."""

BOOKED = ("on", "what", "reference", "amount", "balance")
"""The columns of a statement."""


def reminder_content(reminder: Reminder, invoices: Sequence[Invoice], speech: Language) -> Content:
    """What the reminder says; the first one is called otherwise than those after it.

    Args:
        reminder: The reminder.
        invoices: The invoices on it, for their numbers.
        speech: In which language.

    Raises:
        InvalidValue: an invoice is missing; `ManyFaults` for several.
    """
    known = {each.id: each for each in invoices}
    faults: list[CrmError] = [
        InvalidValue("invoices", f"lacks {item.invoice}, which is items[{at}] of the reminder")
        for at, item in enumerate(reminder.items)
        if item.invoice not in known
    ]
    raise_collected(faults)
    is_first = reminder.level == 1
    return Content(
        kind="reminder",
        dated=reminder.dated,
        title="payment_reminder" if is_first else "reminder",
        facts={
            "date": speech.day(reminder.dated),
            "level": "" if is_first else str(reminder.level),
        },
        introduction=speech.word("reminding"),
        columns=DUNNED,
        rows=tuple(_dunned(reminder.items, known, speech)),
        sums=tuple(_asked(reminder, speech)),
    )


def _dunned(
    items: Sequence[DunnedItem], known: Mapping[UUID, Invoice], speech: Language
) -> Iterator[Row]:
    for at, item in enumerate(items, start=1):
        invoice = known[item.invoice]
        cells = {
            "position": str(at),
            "number": _number(item, invoice),
            "issued_on": speech.day(invoice.issued_on),
            "due_on": speech.day(item.due_on),
            "days": str(item.days),
            "due": speech.amount(item.due),
            "interest": _unless_zero(item.interest, speech),
        }
        yield Row(cells=cells)


def _number(item: DunnedItem, invoice: Invoice) -> str:
    """The number, with the place of the instalment where there are several, as on open items."""
    number = invoice.number or ""
    if len(invoice.instalments) > 1:
        for place, part in enumerate(invoice.instalments, start=1):
            if part.due_on == item.due_on:
                return f"{number}/{place}"
    return number


def _asked(reminder: Reminder, speech: Language) -> Iterator[tuple[str, str]]:
    beside = (("interest", reminder.interest), ("fee", reminder.fee))
    told = [(key, amount) for key, amount in beside if not amount.is_zero]
    if told:
        yield speech.word("due"), speech.amount(reminder.due)
    yield from ((speech.word(key), speech.amount(amount)) for key, amount in told)
    yield speech.word("payable"), speech.amount(reminder.total)


def _unless_zero(amount: Money, speech: Language) -> str:
    return "" if amount.is_zero else speech.amount(amount)


def statement_content(statement: Statement, speech: Language) -> Content:
    """What the statement of an account says.

    Args:
        statement: The statement.
        speech: In which language.
    """
    first, last = speech.day(statement.first), speech.day(statement.last)
    balances = zip(statement.entries, statement.balances(), strict=True)
    return Content(
        kind="statement",
        dated=statement.last,
        facts={"period": f"{first} - {last}"},
        columns=BOOKED,
        rows=tuple(_booked(entry, balance, speech) for entry, balance in balances),
        sums=(
            (speech.word("opening").format(on=first), speech.amount(statement.opening)),
            (speech.word("closing").format(on=last), speech.amount(statement.closing)),
        ),
    )


def _booked(entry: Entry, balance: Money, speech: Language) -> Row:
    cells = {
        "on": speech.day(entry.on),
        "what": speech.word(entry.what),
        "reference": entry.reference,
        "amount": speech.amount(entry.amount),
        "balance": speech.amount(balance),
    }
    return Row(cells=cells)

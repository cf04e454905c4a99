"""What holds between an invoice and its credit notes: each breach is told, and nothing else."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.documents import IDS, NOW, TODAY, billed, issued, line_of, number, order_of

from crmcore.sales import (
    Buyer,
    CreditWish,
    InvoiceKind,
    Settlement,
    SettlementKind,
    credit,
    plan_credit,
    totals_of,
)
from crmcore.sales.invoices.credit_agreement import credit_breaches
from crmcore.values import Money


def texts(breaches):
    return [each.text for each in breaches]


def invoiced(*lines):
    """An issued invoice with a line for each pair of quantity and price."""
    return issued(billed(order_of(*(line_of(*each) for each in lines or [(10, "10")])))[1])


def credited(invoice, earlier=(), **wish):
    """The invoice and a credit note of it."""
    plan = plan_credit(
        invoice,
        None,
        earlier,
        CreditWish(reopen=False, reason="came back", **wish),
        note_id=IDS.new(),
        line_ids=[IDS.new() for _ in invoice.lines],
        at=NOW,
        on=TODAY,
    )
    done = credit(plan, number(len(earlier) + 1), NOW)
    return done.invoice.entity, done.note.entity


def with_net(note, cents):
    """The credit note over another amount, and with nothing settled."""
    line = attrs.evolve(note.lines[0], net=note.lines[0].net + Money(Decimal(cents) / 100, "EUR"))
    return attrs.evolve(
        note,
        lines=(line, *note.lines[1:]),
        totals=totals_of((line, *note.lines[1:]), "EUR"),
        paid=Money.zero("EUR"),
        settlements=(),
    )


@pytest.fixture
def free():
    """An invoice without an order, and a credit note over three of its ten."""
    invoice = attrs.evolve(invoiced(), order=None)
    return credited(invoice, lines={invoice.lines[0].id: 3})


def unsettled(document):
    return attrs.evolve(document, paid=Money.zero("EUR"), settlements=())


def test_an_invoice_and_its_credit_note_are_whole(free):
    invoice, note = free

    assert texts(credit_breaches(invoice, [note])) == []
    assert texts(credit_breaches(note, [])) == []


def test_a_credit_note_credits_something_and_an_invoice_nothing(free):
    invoice, note = free
    stray, odd = attrs.evolve(note, credits=None), attrs.evolve(invoice, credits=note.id)

    assert texts(credit_breaches(stray, [])) == [
        "is of kind credit_note and credits the wrong thing, or nothing"
    ]
    assert texts(credit_breaches(odd, [note])) == [
        "is of kind invoice and credits the wrong thing, or nothing"
    ]


def test_a_credit_note_in_another_currency_is_a_breach_and_nothing_is_added_up(free):
    invoice, _ = free
    dollars = issued(billed(order_of(line_of(1, "5", "USD")))[1])

    (breach,) = credit_breaches(invoice, [attrs.evolve(dollars, kind=InvoiceKind.CREDIT_NOTE)])

    assert (breach.text, breach.expected) == ("is credited in another currency", "EUR")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", IDS.new()),
        ("order", IDS.new()),
        ("buyer", Buyer(name="Somebody else")),
    ],
)
def test_a_credit_note_has_what_its_invoice_has(free, field, value):
    invoice, note = free

    told = texts(credit_breaches(invoice, [attrs.evolve(note, **{field: value})]))

    assert told == [f"credit note {note.id} has another {field}"]


def test_the_two_settle_each_other_by_the_same_amount(free):
    invoice, note = free

    (breach,) = credit_breaches(unsettled(invoice), [note])

    assert breach.text == f"credit note {note.id} and the invoice settle otherwise"
    assert (breach.expected, breach.found) == (Money(0, "EUR"), note.totals.claim)


def test_what_else_settles_the_two_is_no_offset(free):
    invoice, note = free
    cents = Money("0.01", "EUR")
    other = Settlement(kind=SettlementKind.CREDIT, amount=cents, source=IDS.new(), on=TODAY)
    money = attrs.evolve(other, kind=SettlementKind.PAYMENT, source=note.id)
    more = attrs.evolve(
        invoice,
        paid=invoice.paid + cents + cents,
        settlements=(*invoice.settlements, other, money),
    )

    assert texts(credit_breaches(more, [note])) == []


def test_no_line_is_credited_beyond_what_was_billed(free):
    invoice, _ = free
    whole = with_net(credited(unsettled(invoice))[1], 100)
    part = with_net(credited(unsettled(invoice), lines={invoice.lines[0].id: 1})[1], 0)

    assert texts(credit_breaches(unsettled(invoice), [whole])) == [
        "more of line 1 is credited than was billed",
        "more is credited than was claimed",
    ]
    assert texts(credit_breaches(unsettled(invoice), [with_net(whole, -150), part])) == [
        "more of line 1 is credited than was billed",
        "more is credited than was claimed",
    ]


def test_credit_notes_of_all_of_it_come_to_it():
    invoice = unsettled(attrs.evolve(invoiced((1, "10"), (1, "10")), order=None))
    note = unsettled(credited(invoice)[1])
    dear = attrs.evolve(note, totals=totals_of(note.lines, "EUR", Money("-0.01", "EUR")))

    assert texts(credit_breaches(invoice, [note])) == []
    (breach,) = credit_breaches(invoice, [dear])
    assert breach.text == "is credited in full, and its credit notes do not come to it"
    assert breach.expected - breach.found == Money("0.01", "EUR")


@pytest.mark.parametrize("kind", [SettlementKind.DISCOUNT, SettlementKind.WRITE_OFF])
def test_credit_notes_take_back_no_more_than_was_let_off(free, kind):
    invoice, note = (unsettled(each) for each in free)

    def let_off(document, amount):
        part = Settlement(kind=kind, amount=Money(amount, "EUR"), on=TODAY)
        return attrs.evolve(document, paid=part.amount, settlements=(part,))

    assert texts(credit_breaches(let_off(invoice, 5), [let_off(note, 5)])) == []
    (breach,) = credit_breaches(let_off(invoice, 4), [let_off(note, 5)])
    assert breach.text == f"its credit notes take back more than its {kind.value}"
    assert (breach.expected, breach.found) == (Money(4, "EUR"), Money(5, "EUR"))


def test_an_invoice_is_cancelled_once(free):
    invoice, note = (unsettled(each) for each in free)
    again = attrs.evolve(note, id=IDS.new(), cancels=True)

    assert texts(credit_breaches(invoice, [attrs.evolve(note, cancels=True)])) == []
    (breach,) = credit_breaches(invoice, [attrs.evolve(note, cancels=True), again])
    assert breach.text == "is cancelled more than once"
    assert (breach.expected, breach.found) == (1, 2)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 10_000)), min_size=1, max_size=3))
def test_an_invoice_that_is_cancelled_is_whole_and_credited_no_further(lines):
    pairs = [(many, Decimal(cents).scaleb(-2)) for many, cents in lines]
    invoice, note = credited(attrs.evolve(invoiced(*pairs), order=None))

    assert texts(credit_breaches(invoice, [note])) == []
    again = attrs.evolve(unsettled(note), id=IDS.new())
    told = texts(credit_breaches(unsettled(invoice), [unsettled(note), again]))
    assert told[: len(pairs)] == [
        f"more of line {place} is credited than was billed" for place in range(1, len(pairs) + 1)
    ]
    assert "more is credited than was claimed" in told

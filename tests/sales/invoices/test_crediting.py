"""Credit notes: what they take back, what they settle, and what they do to the order."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sales.documents import IDS, NOW, TODAY, billed, issued, line_of, number, order_of

from crmcore.einvoice import einvoice_of
from crmcore.errors import (
    CurrencyMismatch,
    GuardRefused,
    InvalidText,
    InvalidValue,
    LimitExceeded,
    ManyFaults,
    MoveForbidden,
    WrongType,
)
from crmcore.sales import (
    CreditNoteIssued,
    CreditWish,
    InvoiceKind,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceStatus,
    OrderCredited,
    Settlement,
    SettlementKind,
    credit,
    credits_left,
    discard,
    plan_credit,
    settle,
)
from crmcore.sales.invoices.credit_agreement import credit_breaches
from crmcore.values import Money, Share, sum_money


def wish(reopen=False, **fields):
    return CreditWish(reopen=reopen, reason="came back", **fields)


def planned(invoice, order, earlier=(), on=TODAY, **fields):
    return plan_credit(
        invoice,
        order,
        earlier,
        wish(**fields),
        note_id=IDS.new(),
        line_ids=[IDS.new() for _ in invoice.lines],
        at=NOW,
        on=on,
    )


def credited(invoice, order, earlier=(), **fields):
    """The invoice, the order and the credit note afterwards."""
    done = credit(planned(invoice, order, earlier, **fields), number(len(earlier) + 1), NOW)
    return done.invoice.entity, done.order and done.order.entity, done.note.entity


def paid(invoice, amount=None):
    part = Settlement(
        kind=SettlementKind.PAYMENT, amount=amount or invoice.due, source=IDS.new(), on=TODAY
    )
    return settle(invoice, part, NOW).entity


@pytest.fixture
def sold():
    """An order over ten pumps, and the invoice over all of it."""
    order, draft = billed(order_of(line_of(10, "70.125")))
    return order, issued(draft)


def test_ten_at_70_125_and_their_credit_cancel_to_zero(sold):
    order, invoice = sold
    after, order, note = credited(invoice, order)

    assert (invoice.totals.net, note.totals.net) == (Money("701.25", "EUR"),) * 2
    assert note.totals.claim == invoice.totals.claim == Money("834.49", "EUR")
    assert (after.due, after.status, note.status) == (
        Money(0, "EUR"),
        InvoiceStatus.PAID,
        InvoiceStatus.PAID,
    )
    assert order.standing.is_zero


def test_a_credit_note_copies_what_stands_on_its_invoice(sold):
    order, invoice = sold
    _, _, note = credited(invoice, order, lines={invoice.lines[0].id: 3})

    assert note.kind is InvoiceKind.CREDIT_NOTE
    for name in ("account", "currency", "order", "seller", "buyer", "rate", "delivered_on"):
        assert getattr(note, name) == getattr(invoice, name)
    (line,), (original,) = note.lines, invoice.lines
    for name in ("unit_price", "discount", "vat_category", "vat_rate", "vat_reason", "unit"):
        assert getattr(line, name) == getattr(original, name)
    assert (line.invoice_line, line.order_line) == (original.id, original.order_line)
    assert (note.credits, note.reason, note.number) == (invoice.id, "came back", "CN-1")


def test_what_is_credited_with_reopen_can_be_billed_again(sold):
    order, invoice = sold
    _, order, _ = credited(invoice, order, reopen=True, lines={invoice.lines[0].id: 4})

    line = order.lines[0]
    assert (line.open_quantity, line.credited_quantity, line.waived_quantity) == (4, 4, 0)
    _, again = billed(order)
    assert again.totals.net == Money("280.50", "EUR")


def test_what_is_credited_without_reopen_is_never_billed_again(sold):
    order, invoice = sold
    _, order, _ = credited(invoice, order, lines={invoice.lines[0].id: 4})

    line = order.lines[0]
    assert (line.open_quantity, line.credited_quantity, line.waived_quantity) == (0, 4, 4)
    with pytest.raises(LimitExceeded):
        billed(order)


def test_thirds_of_an_invoice_are_credited_to_the_cent():
    order, draft = billed(order_of(line_of(3, "33.3333")))
    invoice, notes = issued(draft), []
    for _ in range(3):
        invoice, order, note = credited(invoice, order, notes, lines={invoice.lines[0].id: 1})
        notes.append(note)

    nets = [note.totals.net.amount for note in notes]
    assert nets == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert sum_money((each.totals.claim for each in notes), "EUR") == invoice.totals.claim


def test_the_part_that_was_paid_is_due_to_the_customer(sold):
    order, invoice = sold
    invoice = paid(invoice, Money(800, "EUR"))
    plan = planned(invoice, order, lines={invoice.lines[0].id: 5})
    done = credit(plan, number(), NOW)

    assert (plan.offset, plan.refund) == (Money("34.49", "EUR"), Money("382.76", "EUR"))
    assert done.invoice.entity.status is InvoiceStatus.PAID
    assert (done.note.entity.status, done.note.entity.due) == (InvoiceStatus.ISSUED, plan.refund)
    assert done.invoice.entity.settled_by(SettlementKind.CREDIT) == plan.offset


def test_a_paid_invoice_stays_as_it_is_and_all_is_due_to_the_customer(sold):
    order, invoice = sold
    done = credit(planned(paid(invoice), order), number(), NOW)

    assert done.invoice.is_empty
    assert done.note.entity.due == invoice.totals.payable


def test_events_tell_the_credit_the_settlement_and_the_order(sold):
    order, invoice = sold
    done = credit(planned(invoice, order, lines={invoice.lines[0].id: 1}), number(), NOW)

    assert [type(each) for each in done.note.events] == [CreditNoteIssued, InvoicePaid]
    assert [type(each) for each in done.invoice.events] == [InvoicePartlyPaid]
    assert [type(each) for each in done.order.events] == [OrderCredited]
    (issue, _), note = done.note.events, done.note.entity
    assert (issue.invoice, issue.credits, issue.number) == (note.id, invoice.id, "CN-1")
    assert (issue.cancels, issue.reopens) == (False, False)


def test_a_storno_takes_all_that_is_left_and_there_is_no_second_one(sold):
    order, invoice = sold
    invoice, order, first = credited(invoice, order, lines={invoice.lines[0].id: 1})
    invoice, order, storno = credited(invoice, order, [first], cancels=True, reopen=True)

    assert storno.cancels
    assert first.totals.claim + storno.totals.claim == invoice.totals.claim
    for again in ({"cancels": True}, {}):
        with pytest.raises(GuardRefused, match="cancelled already: by CN-2"):
            planned(invoice, order, [first, storno], **again)


def test_nothing_is_credited_when_nothing_is_left(sold):
    order, invoice = sold
    invoice, order, note = credited(invoice, order)

    with pytest.raises(LimitExceeded, match="nothing"):
        planned(invoice, order, [note])


def test_a_draft_and_a_credit_note_cannot_be_credited(sold):
    order, draft = billed(order_of(line_of(1, "10")))
    with pytest.raises(MoveForbidden):
        planned(draft, order)
    _, order, note = credited(sold[1], sold[0])

    with pytest.raises(GuardRefused, match="not credited again"):
        planned(attrs.evolve(note, status=InvoiceStatus.ISSUED), order)


def test_a_price_reduction_leaves_the_quantity_billed_and_reopens_nothing(sold):
    order, invoice = sold
    line = invoice.lines[0].id
    _, order, note = credited(invoice, order, amounts={line: Money("50", "EUR")})

    assert (note.lines[0].quantity, note.totals.net) == (0, Money(50, "EUR"))
    assert (order.lines[0].standing_quantity, order.lines[0].waived_net) == (10, Money(50, "EUR"))
    with pytest.raises(InvalidValue, match="reopen"):
        wish(reopen=True, amounts={line: Money(1, "EUR")})


def test_after_a_price_reduction_a_return_is_worth_what_was_left_of_the_price():
    order, draft = billed(order_of(line_of(10, "10")))
    invoice, line = issued(draft), draft.lines[0].id
    invoice, order, cheaper = credited(invoice, order, amounts={line: Money(10, "EUR")})
    invoice, order, half = credited(invoice, order, [cheaper], lines={line: 5})
    _, _, rest = credited(invoice, order, [cheaper, half])

    assert [each.totals.net.amount for each in (cheaper, half, rest)] == [10, 45, 45]


def test_all_faults_of_the_lines_are_told_at_once(sold):
    order, invoice = sold
    line, stranger = invoice.lines[0].id, IDS.new()
    with pytest.raises(ManyFaults) as caught:
        planned(invoice, order, lines={line: 11, stranger: 1})
    assert [type(each) for each in caught.value.faults] == [LimitExceeded, InvalidValue]

    with pytest.raises(ManyFaults) as caught:
        planned(invoice, order, amounts={line: Money(1, "USD"), stranger: Money(1, "EUR")})
    assert [type(each) for each in caught.value.faults] == [CurrencyMismatch, InvalidValue]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"lines": {}}, InvalidValue),
        ({"amounts": {}}, InvalidValue),
        ({"lines": {"line": 0}}, InvalidValue),
        ({"lines": {"line": -1}}, InvalidValue),
        ({"lines": {"line": "many"}}, InvalidValue),
        ({"amounts": {"line": Money("0", "EUR")}}, InvalidValue),
        ({"amounts": {"line": Money("0.001", "EUR")}}, InvalidValue),
        ({"amounts": {"line": Money("702", "EUR")}}, LimitExceeded),
        ({"amounts": {"line": 5}}, WrongType),
    ],
)
def test_what_makes_no_sense_is_refused(sold, fields, error):
    order, invoice = sold
    ids = {"line": invoice.lines[0].id}
    meant = {
        name: {ids[each]: value for each, value in given.items()} for name, given in fields.items()
    }
    with pytest.raises(error):
        planned(invoice, order, **meant)


def test_a_wish_is_one_thing_and_has_a_reason():
    with pytest.raises(InvalidValue, match="together"):
        wish(lines={}, amounts={})
    with pytest.raises(InvalidValue, match="Storno"):
        wish(cancels=True, lines={IDS.new(): 1})
    with pytest.raises(InvalidText):
        CreditWish(reopen=True, reason=" ")


def test_the_day_the_order_and_the_earlier_notes_must_fit(sold):
    order, invoice = sold
    with pytest.raises(InvalidValue, match="day of the invoice"):
        planned(invoice, order, on=TODAY.replace(day=1))
    with pytest.raises(InvalidValue, match="order"):
        planned(invoice, None)
    with pytest.raises(InvalidValue, match="earlier"):
        planned(invoice, order, [invoice])
    with pytest.raises(InvalidValue, match="line_ids"):
        plan_credit(invoice, order, (), wish(), note_id=IDS.new(), line_ids=[], at=NOW, on=TODAY)


def test_a_plan_explains_itself(sold):
    order, invoice = sold
    plan = planned(invoice, order, lines={invoice.lines[0].id: 2})

    assert plan.explain().splitlines() == [
        "credits invoice RE-1: came back",
        "  2 of Pump: 140.25 EUR",
        "net 140.25 EUR, VAT 26.65 EUR, rounding 0.00 EUR: 166.90 EUR",
        "settles 166.90 EUR of the invoice, 0.00 EUR is due to the customer",
        "what is taken back is not billed again",
    ]
    assert "140.25 EUR" in plan._repr_html_()


def test_an_invoice_without_an_order_is_credited_and_its_draft_discarded(sold):
    _, invoice = sold
    alone = attrs.evolve(invoice, order=None)
    assert credited(alone, None)[1] is None

    _, draft = billed(order_of(line_of(1, "10")))
    with pytest.raises(InvalidValue, match="order"):
        discard(draft, NOW)
    given_up = discard(attrs.evolve(draft, order=None), NOW).entity
    assert given_up.status is InvoiceStatus.WITHDRAWN


def settled(invoice, kind, amount):
    """The invoice, so much of it settled in this way."""
    part = Settlement(kind=kind, amount=Money(amount, "EUR"), source=IDS.new(), on=TODAY)
    return settle(invoice, part, NOW).entity


def with_skonto(price="113.693", amount="27.06"):
    """An order over ten, and its invoice, paid less a discount for early payment."""
    order, draft = billed(order_of(line_of(10, price)))
    return order, paid(settled(issued(draft), SettlementKind.DISCOUNT, amount))


def test_what_was_let_off_for_early_payment_is_not_paid_back():
    order, invoice = with_skonto()
    plan = planned(invoice, order, cancels=True)
    note = credit(plan, number(), NOW).note.entity

    assert invoice.totals.payable == note.totals.claim == Money("1352.95", "EUR")
    assert plan.refund == note.due == Money("1325.89", "EUR")
    (part,) = note.settlements
    assert (part.kind, part.source) == (SettlementKind.DISCOUNT, invoice.id)
    assert "27.06 EUR was let off for early payment, and is not paid back" in plan.explain()


def test_a_part_is_paid_back_less_its_share_of_the_discount():
    order, original = with_skonto()
    invoice, notes = original, []
    for quantity in (3, 3, 4):
        wanted = {invoice.lines[0].id: quantity}
        invoice, order, note = credited(invoice, order, notes, lines=wanted)
        notes.append(note)

    let_off = [str(note.settled_by(SettlementKind.DISCOUNT).amount) for note in notes]
    assert let_off == ["8.12", "8.12", "10.82"]
    back = sum_money((note.due for note in notes), "EUR")
    assert back == original.settled_by(SettlementKind.PAYMENT)
    assert list(credit_breaches(invoice, notes)) == []


def test_what_was_credited_before_the_discount_has_no_part_in_it():
    order, draft = billed(order_of(line_of(10, "100")))
    invoice, order, first = credited(issued(draft), order, lines={draft.lines[0].id: 2})
    invoice = paid(settled(invoice, SettlementKind.DISCOUNT, "19.04"))
    invoice, order, half = credited(invoice, order, [first], lines={draft.lines[0].id: 4})
    invoice, order, rest = credited(invoice, order, [first, half])

    let_off = [str(each.settled_by(SettlementKind.DISCOUNT).amount) for each in (first, half, rest)]
    assert let_off == ["0", "9.52", "9.52"]
    assert half.due + rest.due == invoice.settled_by(SettlementKind.PAYMENT)
    assert list(credit_breaches(invoice, [first, half, rest])) == []


def test_what_was_written_off_is_taken_back_before_anything_is_paid_back(sold):
    order, invoice = sold
    invoice = settled(invoice, SettlementKind.PAYMENT, "600")
    invoice = settled(invoice, SettlementKind.WRITE_OFF, "234.49")
    line = invoice.lines[0].id
    plan = planned(invoice, order, lines={line: 2})
    invoice, order, first = credited(invoice, order, lines={line: 2})
    invoice, order, second = credited(invoice, order, [first], lines={line: 3})

    assert (first.totals.claim, first.due) == (Money("166.90", "EUR"), Money(0, "EUR"))
    assert first.status is InvoiceStatus.PAID
    assert second.settled_by(SettlementKind.WRITE_OFF) == Money("67.59", "EUR")
    assert second.due == second.totals.claim - Money("67.59", "EUR")
    assert "166.90 EUR was written off, and is not paid back" in plan.explain()


def test_credit_notes_that_take_back_more_than_was_let_off_are_told():
    order, invoice = with_skonto()
    _, _, note = credited(invoice, order)
    cheaper = attrs.evolve(invoice, paid=Money(0, "EUR"), settlements=())

    (told,) = credit_breaches(cheaper, [note])

    assert told.text == "its credit notes take back more than its discount"


def test_the_lines_of_credits_carry_their_shares_of_discounts_and_surcharges():
    line = attrs.evolve(
        line_of(3, "100"),
        allowance=Money("9", "EUR"),
        charge=Money("5", "EUR"),
        net=Money("296", "EUR"),
    )
    order, draft = billed(order_of(line))
    invoice, notes = issued(draft), []
    for _ in range(3):
        invoice, order, note = credited(invoice, order, notes, lines={invoice.lines[0].id: 1})
        notes.append(note)

    shares = [
        (str(one.allowance.amount), str(one.charge.amount)) for each in notes for one in each.lines
    ]
    assert shares == [("3", "1.67"), ("3", "1.66"), ("3", "1.67")]
    assert [told(note) for note in notes] == [{"Discount", "Surcharge"}] * 3


def test_what_was_reduced_before_is_a_discount_of_what_comes_back():
    order, draft = billed(order_of(line_of(10, "10")))
    invoice, line = issued(draft), draft.lines[0].id
    invoice, order, cheaper = credited(invoice, order, amounts={line: Money(40, "EUR")})
    invoice, order, half = credited(invoice, order, [cheaper], lines={line: 5})
    _, _, rest = credited(invoice, order, [cheaper, half])

    assert [each.lines[0].allowance.amount for each in (cheaper, half, rest)] == [0, 20, 20]
    assert (told(cheaper), told(half)) == (set(), {"Discount"})


def told(note):
    """The reasons of what is taken off, and put on, the lines of its e-invoice."""
    lines = einvoice_of(note).lines
    return {each.reason for line in lines for each in (*line.allowances, *line.charges)}


QUANTITIES = st.integers(1, 50_000).map(lambda units: Decimal(units).scaleb(-4))
LINES = st.lists(
    st.tuples(QUANTITIES, st.integers(0, 9_999_999), st.sampled_from(["0.19", "0.07"])),
    min_size=1,
    max_size=4,
)
STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 1_000), st.booleans(), st.booleans()), max_size=8
)


@settings(deadline=None)
@given(LINES, STEPS, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_credits_of_an_invoice_sum_up_to_it(lines, steps, currency):
    made = (
        line_of(quantity, Decimal(price).scaleb(-3), currency, vat_rate=Share(rate))
        for quantity, price, rate in lines
    )
    order, draft = billed(order_of(*made))
    original = invoice = issued(draft)
    notes = []
    for at, share, by_value, reopen in steps:
        left = credits_left(invoice, notes)[at % len(invoice.lines)]
        if by_value:
            much = Money(round(left.net.amount * share / 1000, left.net.digits), currency)
            fields = {"amounts": {left.line.id: much}}
        else:
            much = round(left.quantity * share / 1000, 4)
            fields = {"lines": {left.line.id: much}, "reopen": reopen}
        if much:
            invoice, order, note = credited(invoice, order, notes, **fields)
            notes.append(note)
        assert all(each.totals.net.amount >= 0 and each.due.amount >= 0 for each in notes)
    if any(not each.is_empty for each in credits_left(invoice, notes)):
        invoice, order, rest = credited(invoice, order, notes, cancels=True)
        notes.append(rest)

    assert sum_money((each.totals.claim for each in notes), currency) == original.totals.claim
    assert sum_money((each.totals.net for each in notes), currency) == original.totals.net
    assert all(each.is_empty for each in credits_left(invoice, notes))
    assert order.credited == order.invoiced
    assert all(line.standing_net.is_zero for line in order.lines)
    assert (invoice.lines, invoice.totals, invoice.digest) == (
        original.lines,
        original.totals,
        original.digest,
    )

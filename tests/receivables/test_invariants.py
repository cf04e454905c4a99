"""The laws of the receivables as pure functions: they tell a breach exactly where there is one."""

from contextlib import suppress
from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.checking import Referring
from crmcore.contacts import Organization, begin_debtor
from crmcore.errors import CrmError
from crmcore.receivables import (
    INVARIANTS,
    Allocation,
    PaymentKind,
    offset,
    pay_back,
    refund,
    release,
)
from crmcore.receivables.invariants import (
    allocation_breaches,
    debtor_breaches,
    offset_breaches,
    paid_breaches,
    refund_breaches,
)
from crmcore.sales import InvoiceStatus, Settlement, SettlementKind
from crmcore.values import Money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def euros(amount):
    return Money(amount, "EUR")


def texts(breaches):
    return [each.text for each in breaches]


def account_of(papers, *, owing=None):
    made = Organization(id=papers.account, created_at=NOW, updated_at=NOW, name="ACME")
    return made if owing is None else begin_debtor(made, owing, NOW).entity


def settled(document, *parts):
    """The document, with settlements of this kind, amount and source."""
    settlements = tuple(
        Settlement(kind=kind, amount=euros(amount), source=source, on=NOW.date())
        for kind, amount, source in parts
    )
    paid = sum((each.amount for each in settlements), euros(0))
    return attrs.evolve(document, settlements=settlements, paid=paid)


def paying_back(papers, amount, **fields):
    """A refund that settles what is given, and is otherwise as it should be."""
    note = papers.credit_note("100")
    done = pay_back(note, papers.ids.new(), euros(amount), NOW.date(), NOW)
    return attrs.evolve(done.refund.entity, **fields), done.invoices[0].entity


# --- what is paid of an invoice ---


def test_an_invoice_paid_more_than_its_payments_give_it_is_a_breach(papers):
    done = papers.pay("50", papers.invoice("100"))
    (bill,) = (each.entity for each in done.invoices)

    assert [*paid_breaches(bill, [done.payment.entity])] == []
    (breach,) = paid_breaches(bill, [])
    assert breach.text == "what is paid is not what its payments give it"
    assert (breach.expected, breach.found) == (euros(0), euros(50))


def test_only_money_counts_as_paid(papers):
    bill = settled(
        papers.invoice("100"),
        (SettlementKind.WRITE_OFF, "1", None),
        (SettlementKind.DISCOUNT, "2", None),
        (SettlementKind.CREDIT, "3", papers.ids.new()),
    )

    assert [*paid_breaches(bill, [])] == []


def test_what_was_paid_before_the_issue_counts_as_paid(papers):
    bill = papers.invoice("100")
    totals = attrs.evolve(bill.totals, prepaid=euros(19), payable=euros(100))
    advance = papers.pay("19", bill).payment.entity

    assert [*paid_breaches(attrs.evolve(bill, totals=totals), [advance])] == []
    (breach,) = paid_breaches(bill, [advance])
    assert (breach.expected, breach.found) == (euros(19), euros(0))


def test_a_payment_in_another_currency_is_a_breach(papers):
    bill = papers.invoice("100")
    dollars = papers.pay("5", papers.invoice("100", currency="USD"), currency="USD")
    stray = Allocation(invoice=bill.id, amount=Money("5", "USD"))
    payment = attrs.evolve(dollars.payment.entity, allocations=(stray,))

    (breach,) = paid_breaches(bill, [payment])

    assert (breach.text, breach.expected) == ("is paid in another currency", "EUR")


# --- what a payment settles ---


def test_a_payment_of_issued_and_paid_invoices_is_whole(papers):
    done = papers.pay("150", papers.invoice("100"), papers.invoice("50"))
    bills = [each.entity for each in done.invoices]

    assert [each.status for each in bills] == [InvoiceStatus.PAID, InvoiceStatus.ISSUED]
    assert [*allocation_breaches(done.payment.entity, bills)] == []


@pytest.mark.parametrize("status", [InvoiceStatus.DRAFT, InvoiceStatus.WITHDRAWN])
def test_a_payment_of_what_is_no_document_is_a_breach(papers, status):
    done = papers.pay("50", papers.invoice("100"))
    bill = attrs.evolve(done.invoices[0].entity, status=status)

    (breach,) = allocation_breaches(done.payment.entity, [bill])

    assert breach.text == f"pays invoice {bill.id}, which is {status}"


def test_money_that_came_in_and_settles_a_credit_note_is_a_breach(papers):
    payment, note = paying_back(papers, "50", kind=PaymentKind.RECEIVED)

    assert texts(allocation_breaches(payment, [note])) == [
        f"is received and settles {note.id}, a credit_note"
    ]


def test_money_that_went_out_and_settles_an_invoice_is_a_breach(papers):
    done = papers.pay("50", papers.invoice("100"))
    bill = done.invoices[0].entity
    out = attrs.evolve(done.payment.entity, kind=PaymentKind.REFUND)

    assert texts(allocation_breaches(out, [bill])) == [
        f"is refund and settles {bill.id}, a invoice"
    ]


def test_money_that_came_in_pays_no_payment_back(papers):
    payment = attrs.evolve(papers.pay("50").payment.entity, refunds=papers.ids.new())

    assert texts(allocation_breaches(payment, [])) == [
        "pays back a payment, and is none that only does so"
    ]


def test_a_refund_of_a_payment_settles_nothing_beside_it(papers):
    note = papers.credit_note("100")
    paid = papers.pay("50").payment.entity
    out = refund(paid, papers.ids.new(), euros(50), NOW.date(), NOW).refund.entity
    both = attrs.evolve(out, allocations=(Allocation(invoice=note.id, amount=euros(0)),))

    assert [*allocation_breaches(out, [])] == []
    assert texts(allocation_breaches(both, [note])) == [
        "pays back a payment, and is none that only does so",
        "gives an invoice nothing, or less",
    ]


@pytest.mark.parametrize(("amount", "is_whole"), [("0.01", True), ("0", False), ("-5", False)])
def test_a_share_is_above_zero(papers, amount, is_whole):
    bill = papers.invoice("100")
    share = Allocation(invoice=bill.id, amount=euros(amount))
    payment = attrs.evolve(papers.pay("50").payment.entity, allocations=(share,))

    found = [(each.text, each.found) for each in allocation_breaches(payment, [bill])]

    nothing = ("gives an invoice nothing, or less", euros(amount))
    assert found == ([] if is_whole else [nothing])


def test_an_invoice_that_is_paid_twice_by_one_payment_is_a_breach(papers):
    done = papers.pay("50", papers.invoice("100"))
    (share,) = done.payment.entity.allocations
    half = attrs.evolve(share, amount=euros(25))
    payment = attrs.evolve(done.payment.entity, allocations=(half, half))
    bill = done.invoices[0].entity

    assert texts(allocation_breaches(payment, [bill])) == ["pays an invoice twice"]
    assert [*paid_breaches(bill, [payment])] == []


# --- what is paid back of a payment ---


def test_refunds_that_come_to_something_else_are_a_breach(papers):
    back = refund(papers.pay("50").payment.entity, papers.ids.new(), euros(20), NOW.date(), NOW)
    payment, out = back.payment.entity, back.refund.entity

    assert [*refund_breaches(payment, [out])] == []
    for wrong, expected in (([], 0), ([out, out], 40)):
        (breach,) = refund_breaches(payment, wrong)
        assert breach.text == "what is paid back is not what its refunds are"
        assert (breach.expected, breach.found) == (euros(expected), euros(20))


@given(st.lists(st.integers(1, 1000), max_size=4), st.integers(0, 4000))
def test_refunds_are_whole_exactly_where_they_come_to_what_is_paid_back(new_papers, cents, back):
    papers = new_papers()
    refunds = [papers.pay(f"{each / 100:.2f}").payment.entity for each in cents]
    payment = attrs.evolve(papers.pay("40").payment.entity, refunded=euros(f"{back / 100:.2f}"))

    assert bool([*refund_breaches(payment, refunds)]) is (sum(cents) != back)


def test_a_refund_in_another_currency_is_a_breach_and_no_error(papers):
    payment = papers.pay("50").payment.entity
    foreign = papers.pay("50", currency="USD").payment.entity

    (breach,) = refund_breaches(payment, [foreign])

    assert (breach.expected, breach.found) == (None, euros(0))


# --- what settles each other ---


def test_an_offset_that_only_one_of_the_two_knows_is_a_breach(papers):
    note, bill = papers.credit_note("10"), papers.invoice("100")
    given, got = (each.entity for each in offset(note, bill, euros(5), NOW.date(), NOW))
    account = account_of(papers)

    assert [*offset_breaches(account, [given, got])] == []
    for mine, other, pair in ((given, bill, (given, bill)), (got, note, (note, got))):
        (breach,) = offset_breaches(account, pair)
        ids = f"{mine.id} and {other.id} of {account.id}"
        assert breach.text == f"{ids} settle each other otherwise"
        assert (breach.expected, breach.found) == (euros(5), None)


def test_an_offset_by_different_amounts_is_a_breach_on_both(papers):
    note, bill = papers.credit_note("10"), papers.invoice("100")
    given = settled(note, (SettlementKind.CREDIT, "5", bill.id))
    got = settled(bill, (SettlementKind.CREDIT, "4", note.id))

    found = [
        (each.expected, each.found) for each in offset_breaches(account_of(papers), [given, got])
    ]

    assert found == [(euros(5), euros(4)), (euros(4), euros(5))]


def test_an_offset_by_nothing_is_a_breach(papers):
    bill = settled(papers.invoice("100"), (SettlementKind.CREDIT, "4", None))

    (breach,) = offset_breaches(account_of(papers), [bill])

    assert breach.text.startswith(f"{bill.id} and None")


def test_only_the_sum_of_several_offsets_counts(papers):
    note, bill = papers.credit_note("10"), papers.invoice("100")
    given = settled(note, (SettlementKind.CREDIT, "5", bill.id))
    parts = [(SettlementKind.CREDIT, amount, note.id) for amount in ("7", "-2")]

    assert [*offset_breaches(account_of(papers), [given, settled(bill, *parts)])] == []


# --- who owes ---


@given(
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(InvoiceStatus), st.booleans()), max_size=4),
)
def test_a_debtor_is_who_has_an_open_invoice_and_nobody_else(
    new_papers, is_debtor, given_documents
):
    papers = new_papers()
    made = [
        attrs.evolve(papers.credit_note("9") if is_note else papers.invoice("9"), status=status)
        for status, is_note in given_documents
    ]
    account = account_of(papers, owing=papers.ids.new() if is_debtor else None)

    found = [(each.text, each.found) for each in debtor_breaches(account, made)]

    owed = given_documents.count((InvoiceStatus.ISSUED, False))
    idle = [("is a debtor and owes nothing", None)] * (is_debtor and not owed)
    hidden = [("owes invoices and is no debtor", owed)] * (owed > 0 and not is_debtor)
    assert found == idle + hidden


# --- whatever money does ---


class Books:
    """What a store would hold of one account, and the laws with what they look at beside it."""

    def __init__(self, papers):
        self.papers = papers
        made = [*(papers.invoice(net) for net in ("100", "40", "3")), papers.credit_note("60")]
        self.documents = {each.id: each for each in made}
        self.payments = {}

    def keep(self, *changes):
        for change in changes:
            kept = self.payments if change.entity.id in self.payments else self.documents
            kept[change.entity.id] = change.entity

    def paid(self, payment, *invoices):
        self.payments[payment.entity.id] = payment.entity
        self.keep(*invoices)

    def document(self, which):
        return [*self.documents.values()][which % len(self.documents)]

    def payment(self, which):
        return [*self.payments.values()][which % len(self.payments)]

    def move(self, name, which, cents):
        amount, on, ids = euros(f"{cents / 100:.2f}"), NOW.date(), self.papers.ids
        note = self.document(-1)
        match name:
            case "pay":
                done = self.papers.pay(amount.amount, self.document(which))
                self.paid(done.payment, *done.invoices)
            case "release":
                done = release(self.payment(which), self.document(cents), on, NOW, "bounced")
                self.keep(done.payment, *done.invoices)
            case "offset":
                self.keep(*offset(note, self.document(which), amount, on, NOW))
            case "pay back":
                done = pay_back(note, ids.new(), amount, on, NOW)
                self.paid(done.refund, *done.invoices)
            case _:
                done = refund(self.payment(which), ids.new(), amount, on, NOW)
                self.paid(done.refund, done.payment)

    def breaches(self):
        is_open = [each for each in self.documents.values() if each.status is InvoiceStatus.ISSUED]
        owed = [each.id for each in is_open if not each.is_credit_note]
        there = {
            "contact": [account_of(self.papers, owing=owed[0] if owed else None)],
            "invoice": [*self.documents.values()],
            "payment": [*self.payments.values()],
        }
        return [
            (law.name, breach)
            for law in INVARIANTS
            for entity in there[law.entity]
            for breach in law.check(
                entity,
                **{name: beside(entity, what, there) for name, what in law.beside.items()},
            )
        ]


def beside(entity, what, there):
    """What a law looks at beside an entity, as it is declared."""
    if isinstance(what, Referring):
        return tuple(each for each in there[what.entity] if entity.id in followed(each, what.by))
    return tuple(each for each in there[what.entity] if each.id in followed(entity, what.by))


def followed(entity, path):
    first, _, rest = path.partition(".")
    value = getattr(entity, first)
    return {getattr(each, rest) for each in value} if rest else {value}


@st.composite
def moves(draw):
    """Some money first; then anything, most of which goes."""
    kinds = st.sampled_from(["pay", "pay", "release", "offset", "pay back", "refund"])
    some = st.tuples(kinds, st.integers(0, 9), st.integers(1, 15_000))
    return [("pay", 0, draw(st.integers(1, 15_000))), *draw(st.lists(some, max_size=10))]


def lived(papers, steps):
    books = Books(papers)
    for step in steps:
        with suppress(CrmError):
            books.move(*step)
    return books


@given(moves())
def test_whatever_money_does_no_law_is_broken(new_papers, steps):
    assert lived(new_papers(), steps).breaches() == []


@given(moves())
def test_a_payment_lost_is_a_breach_of_all_it_paid(new_papers, steps):
    books = lived(new_papers(), steps)

    for lost in books.payments.values():
        others = [each for each in books.payments.values() if each != lost]
        for document in books.documents.values():
            found = texts(paid_breaches(document, others))
            assert bool(found) is (not lost.allocated_to(document.id).is_zero)
        if lost.refunds is not None:
            refunds = [each for each in others if each.refunds == lost.refunds]
            assert texts(refund_breaches(books.payments[lost.refunds], refunds)) != []


@given(moves(), st.integers(1, 500))
def test_a_credit_note_lost_is_a_breach_of_what_it_settled(new_papers, steps, cents):
    books = lived(new_papers(), [("offset", 0, cents), *steps])
    *bills, note = books.documents.values()

    found = texts(offset_breaches(account_of(books.papers), bills))

    settled_by_it = {part.source for part in note.settlements} & {each.id for each in bills}
    assert len(found) == len(settled_by_it) > 0


def test_money_that_settles_on_a_day_it_did_not_come_is_told(papers):
    done = papers.pay("119", papers.invoice("100"))
    (bill,), payment = (each.entity for each in done.invoices), done.payment.entity
    (part,) = bill.settlements
    moved = attrs.evolve(bill, settlements=(attrs.evolve(part, on=date(2020, 1, 1)),))

    assert [*paid_breaches(bill, [payment])] == []
    (told,) = paid_breaches(moved, [payment])
    assert told.text == "is paid on a day no money came"
    assert (told.expected, told.found) == (payment.received_on, date(2020, 1, 1))

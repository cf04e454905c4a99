"""``crm.sales.invoices``: how documents are issued, taken back and verified through the front door."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmcore import F, Money, NumberPattern, Role, Settings
from crmcore.catalog import VatCategory
from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    GuardRefused,
    InvalidValue,
    LimitExceeded,
    ManyFaults,
    MoveForbidden,
    NestedTransaction,
    NothingFound,
    UnknownName,
    WrongType,
)
from crmcore.sales import InvoiceKind, InvoiceStatus
from crmcore.wire import dump

from .paper_trail import NOW, SELLER, SETTINGS, Clock, filled, line, opened, ordered


@pytest.fixture(params=["memory", "sqlite"])
def url(request, tmp_path):
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/crm.db"


@pytest.fixture
def crm(url):
    with opened(url) as crm:
        yield crm


def issued(crm, *lines, **fields):
    """The only invoice of a new order."""
    return crm.sales.issue(crm.sales.bill(ordered(crm, *lines).id).id, **fields)


def test_an_issued_document_keeps_seller_buyer_terms_and_days(crm):
    invoice = issued(crm, line(1, "100"), terms="parts", delivered_on=date(2026, 2, 27))

    assert invoice.seller == SELLER
    assert (invoice.buyer.name, invoice.buyer.email) == ("ACME SAS", "ap@acme.example")
    assert [str(each.amount) for each in invoice.instalments] == ["35.70 EUR", "83.30 EUR"]
    assert (invoice.due_on, invoice.delivered_on) == (date(2026, 4, 1), date(2026, 2, 27))
    assert invoice.discounts[0].until == date(2026, 3, 9)


def test_without_another_word_the_supply_is_of_the_day_of_issue(crm):
    invoice = issued(crm, line(1, "100"))

    assert (invoice.delivered_on, invoice.delivered_from) == (NOW.date(), None)
    assert (invoice.instalments, invoice.discounts) == ((), ())


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"terms": "prats"}, UnknownName),
        ({"series": "quote"}, InvalidValue),
        ({"series": "invoices"}, UnknownName),
        ({"delivered_from": date(2027, 1, 1)}, InvalidValue),
        ({"delivered_on": "today"}, WrongType),
    ],
)
def test_what_makes_no_sense_issues_nothing(crm, fields, error):
    draft = crm.sales.bill(ordered(crm, line(1, "100")).id)
    before = [*dump(crm.store)]

    with pytest.raises(error):
        crm.sales.issue(draft.id, **fields)

    assert [*dump(crm.store)] == before


def test_all_that_vat_asks_for_is_told_at_once_and_the_store_is_as_it_was(crm):
    order = ordered(
        crm, line(1, "1", vat_category=VatCategory.K), line(1, "1", vat_category=VatCategory.E)
    )
    crm.contacts.update(order.account, vat_id=None, address=None)
    draft = crm.sales.bill(order.id)
    before = [*dump(crm.store)]

    with pytest.raises(ManyFaults) as caught:
        crm.sales.issue(draft.id)

    fields = [each.field for each in caught.value.faults]
    assert fields == ["lines[1].vat_reason", "buyer.vat_id", "buyer.address.country"]
    assert [*dump(crm.store)] == before


def test_a_foreign_currency_needs_a_rate_of_the_day_which_its_credit_keeps(crm):
    order = ordered(crm, line(1, "100", "USD"), currency="USD")
    draft = crm.sales.bill(order.id)
    before = [*dump(crm.store)]
    with pytest.raises(NothingFound, match="exchange rate of USD"):
        crm.sales.issue(draft.id, at=datetime(2029, 1, 1, tzinfo=UTC))
    assert [*dump(crm.store)] == before

    invoice = crm.sales.issue(draft.id)
    note = crm.sales.invoices.credit(invoice.id, reopen=False, reason="returned")

    assert invoice.accounting_vat == note.accounting_vat == Money("17.51", "EUR")
    assert note.rate == invoice.rate


def test_a_credit_settles_its_invoice_and_the_account_owes_nothing_more(crm):
    invoice = issued(crm, line(10, "70.125"))
    assert crm.contacts.get(invoice.account).holds(Role.DEBTOR)
    plan = crm.sales.invoices.plan.credit(invoice.id, reopen=False, reason="returned")
    assert crm.sales.invoices.get(invoice.id) == invoice

    note = crm.sales.invoices.credit(invoice.id, reopen=False, reason="returned")

    assert plan.note.totals == note.totals == invoice.totals
    assert (note.number, note.series) == ("CN-2026-00001", "credit-note")
    assert crm.sales.invoices.get(invoice.id).status is InvoiceStatus.PAID
    assert not crm.contacts.get(invoice.account).holds(Role.DEBTOR)
    assert crm.check()
    assert crm.sales.invoices.verify()


def test_a_storno_opens_the_order_again_and_is_there_once(crm):
    invoice = issued(crm, line(3, "10"))
    note = crm.sales.invoices.cancel(invoice.id, reopen=True, reason="wrong buyer")

    with pytest.raises(GuardRefused, match="cancelled already"):
        crm.sales.invoices.cancel(invoice.id, reopen=True, reason="again")
    with pytest.raises(GuardRefused):
        crm.sales.invoices.plan.cancel(invoice.id, reopen=True, reason="again")

    assert note.cancels
    again = crm.sales.issue(crm.sales.bill(invoice.order).id)
    assert again.totals == invoice.totals
    assert crm.check()


def test_a_repeated_credit_with_a_key_happens_once(crm):
    invoice = issued(crm, line(3, "10"))
    line_id = invoice.lines[0].id

    one, two = (
        crm.sales.invoices.credit(
            invoice.id, reopen=True, reason="broken", lines={line_id: 1}, key="return-1"
        )
        for _ in range(2)
    )

    assert one.id == two.id
    with pytest.raises(LimitExceeded):
        crm.sales.invoices.credit(invoice.id, reopen=True, reason="x", lines={line_id: 3})


def test_credits_inside_a_transaction_are_numbered_and_chained_too(crm):
    invoice = issued(crm, line(3, "10"))
    line_id = invoice.lines[0].id
    with crm.transaction() as tx:
        notes = [
            tx.sales.invoices.credit(invoice.id, reopen=True, reason="x", lines={line_id: 1})
            for _ in range(2)
        ]
        with pytest.raises(NestedTransaction):
            tx.sales.invoices.verify()
        assert tx.sales.invoices.gaps()

    assert [each.sequence for each in notes] == [1, 2]
    assert notes[1].previous_digest == notes[0].digest
    assert crm.sales.invoices.verify()


def test_without_a_series_of_their_own_credit_notes_have_that_of_the_invoice(url):
    settings = Settings(numbering={"r": NumberPattern("R-{seq}")})
    with opened(url, settings) as crm:
        invoice = issued(crm, line(1, "1"), series="r")

        assert crm.sales.invoices.credit(invoice.id, reopen=True, reason="x").number == "R-2"
        draft = crm.sales.bill(invoice.order)
        with pytest.raises(MoveForbidden):
            crm.sales.invoices.credit(draft.id, reopen=True, reason="x")
        with pytest.raises(InvalidValue):
            crm.sales.invoices.credit(invoice.id, reopen=True, reason="x", series="order")


def test_a_credit_note_is_not_paid_like_an_invoice(crm):
    invoice = issued(crm, line(1, "100"))
    crm.sales.pay(invoice.id, amount=invoice.due)
    note = crm.sales.invoices.credit(invoice.id, reopen=False, reason="returned")
    assert note.due == invoice.totals.payable

    with pytest.raises(CrmError):
        crm.sales.pay(note.id, amount=note.due)

    assert crm.sales.invoices.get(note.id) == note


def test_credit_notes_are_no_income(crm):
    filled(crm)
    (bill, *_) = crm.sales.invoices.find(F.number == "INV-2026-00001")
    euros = F.currency == "EUR"

    invoiced = crm.kpi("invoiced", where=euros).total.value
    credited = crm.kpi("credited", where=euros).total.value

    notes = crm.sales.invoices.find(euros & (F.kind == InvoiceKind.CREDIT_NOTE))
    assert credited == sum((each.totals.net for each in notes), Money.zero("EUR"))
    assert invoiced.amount > credited.amount > 0
    with pytest.raises(CurrencyMismatch):
        crm.kpi("invoiced")
    assert bill.kind is InvoiceKind.INVOICE


def test_a_draft_without_an_order_is_withdrawn(crm):
    draft = crm.sales.bill(ordered(crm, line(1, "1")).id)
    with crm.store.begin(write=True) as unit:
        alone = unit.repository(type(draft)).save(attrs.evolve(draft, order=None))
        unit.commit()

    assert crm.sales.withdraw(alone.id).status is InvoiceStatus.WITHDRAWN


# --- numbers, years and zones ---------------------------------------------------------------------

LAST_SECOND = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles"])
def test_the_last_second_of_a_year_belongs_to_the_zone_of_the_company(url, zone):
    there = ZoneInfo(zone)
    clock = Clock(datetime(2026, 12, 1, tzinfo=UTC))
    with opened(url, attrs.evolve(SETTINGS, zone=there), clock) as crm:
        drafts = [crm.sales.bill(ordered(crm, line(1, "1")).id) for _ in range(4)]
        seconds = [LAST_SECOND.replace(tzinfo=there) + timedelta(seconds=at) for at in range(2)]
        made = [crm.sales.issue(each.id, at=at) for each, at in zip(drafts, seconds, strict=False)]
        clock.present = seconds[1] + timedelta(days=1)
        # Told afterwards, it still is of the year in which it happened.
        late = crm.sales.issue(drafts[2].id, at=seconds[0])
        note = crm.sales.invoices.credit(made[0].id, reopen=False, reason="x", at=seconds[0])

        assert [each.number for each in made] == ["INV-2026-00001", "INV-2027-00001"]
        assert [each.issued_on for each in made] == [date(2026, 12, 31), date(2027, 1, 1)]
        assert (late.number, note.number) == ("INV-2026-00002", "CN-2026-00001")
        assert (made[0].period, made[1].period) == ("2026", "2027")
        assert made[1].previous_digest == late.previous_digest == made[0].digest
        assert crm.sales.invoices.verify()
        assert not crm.sales.invoices.gaps().gaps


def test_a_day_by_hand_before_that_of_a_lower_number_is_told_as_disorder(url):
    clock = Clock()
    with opened(url, clock=clock) as crm:
        drafts = [crm.sales.bill(ordered(crm, line(1, "1")).id) for _ in range(3)]
        days = [clock.present + timedelta(days=days) for days in (2, 0, 3)]
        made = [crm.sales.issue(each.id, at=at) for each, at in zip(drafts, days, strict=True)]

        report = crm.sales.invoices.gaps()

        (odd,) = report.disorder
        assert (odd.number, odd.on, odd.series) == (made[1].number, made[1].issued_on, "invoice")
        assert (odd.behind, odd.behind_on) == (1, made[0].issued_on)
        assert not report
        assert (report.gaps, report.examined) == ((), 3)
        assert f"after {made[0].number} of" in report.explain()
        assert crm.sales.invoices.verify()


@pytest.mark.parametrize(
    ("zone", "year"), [("Pacific/Kiritimati", 2027), ("Pacific/Pago_Pago", 2026)]
)
def test_one_instant_is_of_two_years_in_two_zones(url, zone, year):
    at = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    settings = attrs.evolve(SETTINGS, zone=ZoneInfo(zone))
    with opened(url, settings, Clock(at)) as crm:
        invoice = issued(crm, line(1, "1"))
        note = crm.sales.invoices.cancel(invoice.id, reopen=True, reason="x")

    assert (invoice.number, note.number) == (f"INV-{year}-00001", f"CN-{year}-00001")


# --- verification ---------------------------------------------------------------------------------


def test_verification_of_sound_documents_tells_what_was_looked_at(crm):
    documents, told = filled(crm), []

    report = crm.sales.invoices.verify(progress=lambda done, of: told.append((done, of)))

    assert report.is_clean
    assert report.examined == {"documents": len(documents), "series": 2}
    assert told == [(7, 7)]
    assert "seal-chain" in report.explain()
    assert "<table>" in report._repr_html_()


def test_a_head_that_was_kept_shows_a_chain_that_was_rewritten(crm, url):
    filled(crm)
    head = crm.sales.invoices.verify().head
    assert crm.sales.invoices.verify(head=head)
    issued(crm, line(1, "1"))
    assert crm.sales.invoices.verify(head=head)

    with opened("memory://") as other:
        filled(other)
        issued(other, line(1, "7"))
        elsewhere = other.sales.invoices.verify(head=head)
    with opened("memory://") as empty:
        nothing = empty.sales.invoices.verify(head=head)

    assert elsewhere
    assert [each.law for each in nothing.faults] == ["seal-head", "seal-head"]


@pytest.mark.parametrize("head", ["", "x", "{}", "[1]", '[["invoice","2026","1","x"]]', "[" * 9999])
def test_a_head_that_is_none_is_refused(crm, head):
    with pytest.raises(InvalidValue):
        crm.sales.invoices.verify(head=head)


def test_documents_of_a_series_with_gaps_are_sealed_each_alone(crm):
    draft = crm.sales.bill(ordered(crm, line(1, "1")).id)
    with pytest.raises(InvalidValue):
        crm.sales.issue(draft.id, series="loose", delivered_from=date(2030, 1, 1))
    one = crm.sales.issue(draft.id, series="loose")
    two = issued(crm, line(1, "2"), series="loose")

    assert (one.number, two.number) == ("L-2", "L-3")
    assert (one.previous_digest, two.previous_digest) == (None, None)
    assert crm.sales.invoices.verify()
    (gap,) = crm.sales.invoices.gaps().gaps
    assert (gap.numbers, gap.series) == ("L-1", "loose")
    assert crm.sales.invoices.gaps(series="invoice")


def test_numbers_of_months_and_of_no_period_are_chained_too(url):
    patterns = {"m": NumberPattern("M{YYYY}-{MM}-{seq}"), "n": NumberPattern("N{seq}")}
    clock = Clock()
    with opened(url, attrs.evolve(SETTINGS, numbering=patterns), clock) as crm:
        made = []
        for _ in range(3):
            made += [issued(crm, line(1, "1"), series=each) for each in ("m", "n", "m")]
            clock.present += timedelta(days=31)

        months = [each for each in made if each.series == "m"]
        plain = [each for each in made if each.series == "n"]
        for chain in (months, plain):
            digests = [None, *(each.digest for each in chain)]
            assert [each.previous_digest for each in chain] == digests[:-1]
        assert crm.sales.invoices.verify()

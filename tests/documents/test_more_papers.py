"""Delivery notes, reminders and statements as papers: what stands on them, letter by letter."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO
from zoneinfo import ZoneInfo

import attrs
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.documents import LANGUAGES, html_of, paper_of, pdf_of
from crmcore.errors import InvalidText, InvalidValue, ManyFaults, NotValid, WrongType
from crmcore.receivables import DunnedItem, Entry, Reminder, Statement
from crmcore.sales import (
    Buyer,
    DeliveryKind,
    DeliveryLine,
    DeliveryNote,
    Instalment,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Order,
    OrderLine,
    Quote,
    QuoteLine,
    Seller,
    totals_of,
)
from crmcore.values import CountedIds, Money, PostalAddress, Share

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
DAY = date(2026, 3, 1)
IDS = CountedIds()
ACCOUNT = IDS.new()
SELLER = Seller(
    name="Pumpen AG",
    address=PostalAddress(street="Werk 1", postal_code="70173", city="Stuttgart", country="DE"),
    vat_id="DE136695976",
    iban="DE02120300000000202051",
)
BUYER = Buyer(name="Müller & <Söhne> GmbH", vat_id="ATU12345675")
HOSTILE = "<script>alert(1)</script> #set page(width: 1pt) {{ paper }}"


def euros(amount):
    return Money(amount, "EUR")


def entity(cls, **fields):
    return cls(id=IDS.new(), created_at=NOW, updated_at=NOW, account=ACCOUNT, **fields)


def line(cls, **fields):
    given = {
        "id": IDS.new(),
        "description": "Pumpe",
        "quantity": 2,
        "unit_price": euros(100),
        "vat_category": VatCategory.S,
        "vat_rate": Share("0.19"),
        "net": euros(200),
    }
    return cls(**given | fields)


def an_order(**fields):
    lines = (line(OrderLine, invoiced_net=euros(0)),)
    given = {
        "number": "AB-7",
        "currency": "EUR",
        "lines": lines,
        "totals": totals_of(lines, "EUR"),
        "placed_at": NOW,
        "invoiced": euros(0),
        "buyer_reference": "991-1",
        "purchase_order": "PO-4711",
    }
    return entity(Order, **given | fields)


def a_quote():
    lines = (line(QuoteLine),)
    return entity(
        Quote,
        currency="EUR",
        lines=lines,
        totals=totals_of(lines, "EUR"),
        valid_until=date(2026, 4, 1),
    )


def an_invoice(number="R-7", **fields):
    lines = (line(InvoiceLine),)
    given = {
        "currency": "EUR",
        "lines": lines,
        "totals": totals_of(lines, "EUR"),
        "paid": euros(0),
        "status": InvoiceStatus.ISSUED,
        "number": number,
        "issued_on": date(2026, 1, 2),
        "due_on": date(2026, 1, 16),
    }
    return entity(Invoice, **given | fields)


def a_note(order, *, kind=DeliveryKind.DELIVERY, **fields):
    parts = (
        DeliveryLine(
            id=IDS.new(),
            order_line=order.lines[0].id,
            description="Pumpe",
            quantity="1.5",
            unit="MTR",
        ),
        DeliveryLine(
            id=IDS.new(),
            order_line=order.lines[0].id,
            description=HOSTILE,
            quantity=1234,
            unit="C62",
        ),
    )
    given = {
        "order": order.id,
        "number": "L-3",
        "lines": parts,
        "delivered_on": DAY,
        "reference": "Paket 00340",
    }
    return entity(DeliveryNote, kind=kind, **given | fields)


def an_item(invoice, *, level=1, due="238", interest="0", due_on=date(2026, 1, 16)):
    return DunnedItem(
        invoice=invoice.id,
        level=level,
        due_on=due_on,
        due=euros(due),
        days=(DAY - due_on).days,
        interest=euros(interest),
    )


def a_reminder(*items, fee="0"):
    level = max(item.level for item in items)
    return entity(Reminder, currency="EUR", level=level, dated=DAY, items=items, fee=euros(fee))


def a_statement(*entries, opening="100"):
    return Statement(
        account=ACCOUNT,
        currency="EUR",
        first=date(2026, 1, 1),
        last=date(2026, 1, 31),
        opening=euros(opening),
        entries=entries,
    )


ENTRIES = (
    Entry(on=date(2026, 1, 2), what="invoice", reference="R-7", amount=euros(238)),
    Entry(on=date(2026, 1, 9), what="payment", reference=HOSTILE, amount=euros("-233.24")),
    Entry(
        on=date(2026, 1, 9),
        what="discount for early payment",
        reference="R-7",
        amount=euros("-4.76"),
    ),
)


def told(paper):
    """All that stands on a paper, line by line."""
    head = f"{paper.title} {paper.number}".strip()
    facts = [f"{name}: {value}" for name, value in paper.facts]
    rows = [" | ".join(row.cells[key] for key in paper.headings) for row in paper.rows]
    sums = [f"{name}: {value}" for name, value in paper.sums]
    headings = " | ".join(paper.headings.values())
    introduction = [paper.introduction] if paper.introduction else []
    return "\n".join([head, *facts, *introduction, headings, *rows, *sums, *paper.notes])


# --- delivery notes ------------------------------------------------------------------------------


def test_a_german_delivery_note_tells_the_goods_and_no_prices():
    order = an_order()

    paper = paper_of(a_note(order), order=order, seller=SELLER, buyer=BUYER)

    assert told(paper) == (
        "Lieferschein L-3\n"
        "Nummer: L-3\n"
        "Lieferdatum: 01.03.2026\n"
        "Auftrag: AB-7\n"
        "Ihre Referenz: 991-1\n"
        "Ihre Bestellung: PO-4711\n"
        "Referenz: Paket 00340\n"
        "Pos. | Bezeichnung | Menge\n"
        "1 | Pumpe | 1,5 m\n"
        f"2 | {HOSTILE} | 1.234 Stk."
    )
    assert (paper.kind, paper.dated, paper.sums) == ("delivery", "2026-03-01", ())


def test_an_english_note_of_a_return_tells_why():
    order = an_order()
    note = a_note(order, kind=DeliveryKind.RETURN, number=None, reference=None, reason="broken")

    paper = paper_of(note, language="en")

    assert told(paper) == (
        "Return note\n"
        "Day of return: 2026-03-01\n"
        "Reason: broken\n"
        "Pos. | Description | Quantity\n"
        "1 | Pumpe | 1.5 m\n"
        f"2 | {HOSTILE} | 1,234 pcs"
    )
    assert paper.kind == "return"


def test_the_order_of_another_delivery_is_refused():
    with pytest.raises(InvalidValue, match="order"):
        paper_of(a_note(an_order()), order=an_order())
    with pytest.raises(WrongType, match="order"):
        paper_of(a_note(an_order()), order="AB-7")


# --- reminders -----------------------------------------------------------------------------------


def test_a_first_reminder_asks_for_what_is_due_and_nothing_else():
    invoice = an_invoice()

    paper = paper_of(a_reminder(an_item(invoice)), invoices=[invoice], seller=SELLER, buyer=BUYER)

    assert told(paper) == (
        "Zahlungserinnerung\n"
        "Datum: 01.03.2026\n"
        "Zu diesen Rechnungen fehlt uns Ihre Zahlung noch.\n"
        "Pos. | Nummer | Rechnung vom | Zahlbar bis | Tage überfällig | Offen | Zinsen\n"
        "1 | R-7 | 02.01.2026 | 16.01.2026 | 44 | 238,00 EUR | \n"
        "Zahlbetrag: 238,00 EUR"
    )
    assert paper.legal[-1] == "Bankverbindung: DE02120300000000202051"


def test_a_later_reminder_tells_level_interest_and_fee():
    first, second = an_invoice(), an_invoice("R-8")
    items = an_item(first, level=2, interest="2.87"), an_item(second, due="1000.5")
    reminder = a_reminder(*items, fee="5")

    paper = paper_of(reminder, invoices=[second, first], language="en")

    assert told(paper) == (
        "Reminder\n"
        "Date: 2026-03-01\n"
        "Level: 2\n"
        "We have not had your payment of these invoices yet.\n"
        "Pos. | Number | Invoice of | Due on | Days overdue | Open | Interest\n"
        "1 | R-7 | 2026-01-02 | 2026-01-16 | 44 | 238.00 EUR | 2.87 EUR\n"
        "2 | R-8 | 2026-01-02 | 2026-01-16 | 44 | 1,000.50 EUR | \n"
        "Open: 1,238.50 EUR\n"
        "Interest: 2.87 EUR\n"
        "Fee: 5.00 EUR\n"
        "Amount due: 1,246.37 EUR"
    )


def test_an_instalment_is_told_by_its_place():
    parts = (
        Instalment(due_on=date(2026, 1, 16), amount=euros(138)),
        Instalment(due_on=date(2026, 2, 16), amount=euros(100)),
    )
    invoice = an_invoice(instalments=parts, due_on=date(2026, 2, 16))
    late = an_item(invoice, due="100", due_on=date(2026, 2, 16))

    (row,) = paper_of(a_reminder(late), invoices=[invoice]).rows

    assert row.cells["number"] == "R-7/2"


def test_every_invoice_of_a_reminder_has_to_be_given():
    first, second = an_invoice(), an_invoice("R-8")
    reminder = a_reminder(an_item(first), an_item(second))

    with pytest.raises(InvalidValue, match=f"invoices: lacks {second.id}, which is items"):
        paper_of(reminder, invoices=[first])
    with pytest.raises(ManyFaults):
        paper_of(reminder)
    with pytest.raises(WrongType, match=r"invoices\[0\]"):
        paper_of(reminder, invoices=["R-7"])


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**6)), min_size=1, max_size=5))
def test_a_reminder_asks_for_the_total_that_it_has(items):
    invoices = [an_invoice(f"R-{at}") for at in range(len(items))]
    reminder = a_reminder(
        *(
            attrs.evolve(an_item(bill), due=of_cents(due), interest=of_cents(interest))
            for bill, (due, interest) in zip(invoices, items, strict=True)
        )
    )

    paper = paper_of(reminder, invoices=invoices)

    assert paper.sums[-1] == ("Zahlbetrag", LANGUAGES["de"].amount(reminder.total))
    assert len(paper.rows) == len(items)


def of_cents(count):
    return Money(f"{count // 100}.{count % 100:02}", "EUR")


# --- statements ----------------------------------------------------------------------------------


def test_a_german_statement_tells_entries_and_balances():
    paper = paper_of(a_statement(*ENTRIES), seller=SELLER, buyer=BUYER)

    assert told(paper) == (
        "Kontoauszug\n"
        "Zeitraum: 01.01.2026 - 31.01.2026\n"
        "Datum | Vorgang | Referenz | Betrag | Saldo\n"
        "02.01.2026 | Rechnung | R-7 | 238,00 EUR | 338,00 EUR\n"
        f"09.01.2026 | Zahlung | {HOSTILE} | -233,24 EUR | 104,76 EUR\n"
        "09.01.2026 | Skonto | R-7 | -4,76 EUR | 100,00 EUR\n"
        "Saldo vor dem 01.01.2026: 100,00 EUR\n"
        "Saldo am 31.01.2026: 100,00 EUR"
    )
    assert paper.dated == "2026-01-31"


def test_an_english_statement_without_entries_has_its_balances():
    assert told(paper_of(a_statement(opening="-7.5"), language="en")) == (
        "Statement of account\n"
        "Period: 2026-01-01 - 2026-01-31\n"
        "Date | Entry | Reference | Amount | Balance\n"
        "Balance before 2026-01-01: -7.50 EUR\n"
        "Balance on 2026-01-31: -7.50 EUR"
    )


@given(st.lists(st.integers(-(10**9), 10**9), max_size=8), st.integers(-(10**9), 10**9))
def test_the_balances_on_paper_are_those_of_the_statement(counts, opening):
    def signed(count):
        return of_cents(count) if count >= 0 else -of_cents(-count)

    entries = (attrs.evolve(ENTRIES[0], amount=signed(count)) for count in counts)
    statement = attrs.evolve(a_statement(*entries), opening=signed(opening))

    paper = paper_of(statement)

    speech = LANGUAGES["de"]
    balances = [speech.amount(each) for each in statement.balances()]
    assert [row.cells["balance"] for row in paper.rows] == balances
    assert paper.sums[-1][1] == speech.amount(statement.closing)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "what",
    [
        "invoice",
        "credit note",
        "payment",
        "discount for early payment",
        "written off",
        "discount taken back",
        "write-off taken back",
        "paid back",
    ],
)
def test_whatever_happens_on_an_account_has_a_name_in_every_language(language, what):
    assert what in LANGUAGES[language].words


# --- all of them ---------------------------------------------------------------------------------

ORDER, BILL = an_order(), an_invoice()
PAPERS = {
    "delivery": (a_note(ORDER), {"order": ORDER}),
    "reminder": (a_reminder(an_item(BILL)), {"invoices": [BILL]}),
    "statement": (a_statement(*ENTRIES), {}),
    "order": (ORDER, {"zone": UTC}),
    "quote": (a_quote(), {"zone": UTC}),
    "invoice": (BILL, {}),
}


def plain(text):
    return "".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAPERS)
def test_all_that_stands_on_a_paper_stands_on_the_page(kind, language):
    document, beside = PAPERS[kind]
    paper = paper_of(document, language=language, seller=SELLER, buyer=BUYER, **beside)

    page = pypdf.PdfReader(BytesIO(pdf_of(paper))).pages[0].extract_text()
    html = html_of(paper)

    cells = [cell for row in paper.rows for cell in row.cells.values()]
    others = [*paper.headings.values(), *(part for pair in paper.sums for part in pair)]
    for text in (*cells, *others, paper.title, paper.number, paper.introduction, *paper.buyer):
        assert plain(text) in plain(page)
        assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html


@pytest.mark.parametrize("kind", PAPERS)
def test_no_text_of_a_document_becomes_a_tag_or_a_command(kind):
    document, beside = PAPERS[kind]
    buyer = attrs.evolve(BUYER, name=HOSTILE)
    paper = paper_of(document, seller=SELLER, buyer=buyer, **beside)

    page = pypdf.PdfReader(BytesIO(pdf_of(paper))).pages[0]

    assert "<script>" not in html_of(paper)
    assert page.mediabox.width > 500
    assert plain(HOSTILE) in plain(page.extract_text())


# --- days ----------------------------------------------------------------------------------------

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("kind", ["quote", "order"])
def test_the_day_of_a_document_is_the_day_in_the_zone_of_the_company(kind):
    document = PAPERS[kind][0]

    here = paper_of(document, zone=BERLIN)
    there = paper_of(document, zone=timezone(timedelta(hours=-8)), language="en")

    assert (here.dated, there.dated) == ("2026-03-02", "2026-03-01")
    assert ("Datum", "02.03.2026") in here.facts
    assert ("Date", "2026-03-01") in there.facts
    assert paper_of(document, dated=DAY, zone=BERLIN).dated == "2026-03-01"


def test_the_day_of_a_draft_is_that_of_the_zone_and_that_of_an_invoice_its_own():
    draft = attrs.evolve(BILL, status=InvoiceStatus.DRAFT, number=None, issued_on=None)

    assert paper_of(draft, zone=BERLIN).dated == "2026-03-02"
    assert paper_of(BILL, zone=BERLIN, dated=DAY).dated == "2026-01-02"


@pytest.mark.parametrize("kind", ["quote", "order"])
def test_a_day_is_never_guessed(kind):
    with pytest.raises(InvalidValue, match="zone: is needed to tell the day"):
        paper_of(PAPERS[kind][0])


# --- wrong input ---------------------------------------------------------------------------------

JUNK = (None, 7, "invoice", b"x", [1], {"a": 1}, object(), BUYER, Share("0.5"), Invoice)


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: type(junk).__name__)
@pytest.mark.parametrize("use", [paper_of, html_of, pdf_of])
def test_what_is_no_document_or_no_paper_is_refused_by_name(use, junk):
    name = "document" if use is paper_of else "paper"

    with pytest.raises(WrongType, match=f"{name}: expected"):
        use(junk)


@pytest.mark.parametrize("use", [html_of, pdf_of])
def test_a_document_is_refused_with_what_makes_a_paper_of_it(use):
    with pytest.raises(WrongType, match="paper: expected a Paper, as paper_of makes of a document"):
        use(BILL)


@pytest.mark.parametrize("field", ["language", "seller", "buyer", "zone", "dated"])
@pytest.mark.parametrize("junk", [7, [1], object(), NOW], ids=["int", "list", "object", "time"])
def test_what_is_given_beside_a_document_is_checked_too(field, junk):
    with pytest.raises(WrongType, match=field):
        paper_of(BILL, **{field: junk})


@pytest.mark.parametrize("use", [html_of, pdf_of])
@pytest.mark.parametrize(
    ("field", "value"), [("title", 7), ("rows", ["x"]), ("facts", (("a",),)), ("headings", None)]
)
def test_a_paper_made_by_hand_holds_texts_only(use, field, value):
    paper = attrs.evolve(paper_of(BILL), **{field: value})

    with pytest.raises(WrongType, match=field):
        use(paper)
    with pytest.raises(WrongType, match="template"):
        use(paper_of(BILL), template=b"x")


latin = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc"]))
any_text = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=20)


@given(latin)
def test_every_latin_letter_has_a_place_on_a_page(text):
    assert pdf_of(attrs.evolve(paper_of(BILL), title=text)).startswith(b"%PDF")


@given(any_text)
def test_whatever_the_text_html_is_made_and_a_pdf_or_the_error_is_typed(text):
    paper = attrs.evolve(paper_of(BILL), title=text)

    assert "<h1>" in html_of(paper)
    with suppress(NotValid):
        assert pdf_of(paper).startswith(b"%PDF")


def test_a_letter_that_no_font_has_is_named():
    paper = attrs.evolve(paper_of(BILL), title="Rechnung 泵")

    with pytest.raises(InvalidText, match="paper: holds 泵, which the fonts of Typst have not"):
        pdf_of(paper)

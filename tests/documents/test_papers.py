"""Papers say what their documents say, as HTML and as PDF, in both languages."""

from datetime import UTC, date, datetime

import attrs
import pytest

from crmcore.catalog import VatCategory
from crmcore.documents import LANGUAGES, html_of, language_of, paper_of, pdf_of
from crmcore.errors import InvalidValue, LimitExceeded, UnknownName, WrongType
from crmcore.sales import (
    Buyer,
    EarlyDiscount,
    ExchangeRate,
    Instalment,
    Invoice,
    InvoiceKind,
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

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = NOW.date()
IDS = CountedIds()
SELLER = Seller(
    name="Pumpen AG",
    address=PostalAddress(street="Werk 1", postal_code="70173", city="Stuttgart", country="DE"),
    vat_id="DE136695976",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    email="office@pumpen.example",
)
BUYER = Buyer(name="Müller & <Söhne> GmbH", vat_id="ATU12345675")


def line(kind, description="Pumpe", quantity="1234.5", price="70.125", currency="EUR", **fields):
    given = {
        "id": IDS.new(),
        "description": description,
        "quantity": quantity,
        "unit_price": Money(price, currency),
        "discount": Share("0.1"),
        "vat_category": VatCategory.S,
        "vat_rate": Share("0.19"),
        "net": Money("77912.38", currency),
        **fields,
    }
    if kind is OrderLine:
        given["invoiced_net"] = Money.zero(currency)
    return kind(**given)


def document(kind, *lines, currency="EUR", **fields):
    extra = {
        Quote: {"valid_until": date(2026, 4, 1)},
        Order: {"placed_at": NOW, "invoiced": Money.zero(currency)},
        Invoice: {"paid": Money.zero(currency)},
    }[kind]
    return kind(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=IDS.new(),
        currency=currency,
        lines=lines,
        totals=totals_of(lines, currency),
        **extra,
        **fields,
    )


def issued(*lines, **fields):
    return document(
        Invoice,
        *lines,
        status=InvoiceStatus.ISSUED,
        number="R-7",
        issued_on=DAY,
        due_on=date(2026, 3, 15),
        seller=SELLER,
        buyer=BUYER,
        **fields,
    )


def test_a_german_invoice_is_written_as_germans_write():
    paper = paper_of(issued(line(InvoiceLine)))

    assert (paper.title, paper.number) == ("Rechnung", "R-7")
    assert paper.rows[0].cells["quantity"] == "1.234,5 Stk."
    assert paper.rows[0].cells["unit_price"] == "70,125 EUR"
    assert paper.rows[0].cells["discount"] == "10 %"
    assert paper.sums == (
        ("Summe netto", "77.912,38 EUR"),
        ("Umsatzsteuer 19 % auf 77.912,38 EUR", "14.803,35 EUR"),
        ("Zahlbetrag", "92.715,73 EUR"),
    )
    assert ("Zahlbar bis", "15.03.2026") in paper.facts


def test_an_english_invoice_is_written_as_the_english_write():
    paper = paper_of(issued(line(InvoiceLine)), language="en")

    assert paper.sums[-1] == ("Amount due", "92,715.73 EUR")
    assert ("Due on", "2026-03-15") in paper.facts


def test_a_currency_without_minor_units_has_no_point():
    yen = line(InvoiceLine, currency="JPY", net=Money("1000", "JPY"))

    paper = paper_of(issued(yen, currency="JPY"), language="en")

    assert paper.sums[-1][1] == "1,190 JPY"


def test_both_languages_know_the_same_words():
    assert LANGUAGES["de"].words.keys() == LANGUAGES["en"].words.keys()


def test_shares_of_header_discounts_stand_below_their_line():
    lowered = line(
        InvoiceLine, allowance=Money("10", "EUR"), charge=Money("2.5", "EUR"), net=Money(1, "EUR")
    )

    paper = paper_of(issued(lowered))

    (row,) = paper.rows
    assert row.notes == ("anteiliger Nachlass: -10,00 EUR", "anteiliger Zuschlag: 2,50 EUR")
    assert paper.sums[:4] == (
        ("Summe der Positionen", "8,50 EUR"),
        ("Nachlässe", "-10,00 EUR"),
        ("Zuschläge", "2,50 EUR"),
        ("Summe netto", "1,00 EUR"),
    )


def test_what_is_not_taxed_says_why():
    free = line(InvoiceLine, vat_category=VatCategory.AE, vat_rate=Share(0))
    own = line(InvoiceLine, vat_category=VatCategory.E, vat_rate=Share(0), vat_reason="§ 19 UStG")

    notes = paper_of(issued(free, own)).notes

    assert "AE: Steuerschuldnerschaft des Leistungsempfängers" in notes
    assert "E: § 19 UStG" in notes
    assert "USt-IdNr.: ATU12345675" in notes


def test_terms_and_the_rate_stand_below():
    paper = paper_of(
        issued(
            line(InvoiceLine, currency="USD"),
            currency="USD",
            rate=ExchangeRate(of="USD", into="EUR", rate="0.9", on=DAY, source="ECB"),
            instalments=(
                Instalment(due_on=DAY, amount=Money(1, "USD")),
                Instalment(due_on=date(2026, 3, 15), amount=Money("92714.73", "USD")),
            ),
            discounts=(
                EarlyDiscount(until=DAY, share=Share("0.02"), amount=Money("1854.31", "USD")),
            ),
        )
    )

    assert paper.notes[1:] == (
        "Umsatzsteuer in EUR (Kurs 0,9 vom 01.03.2026): 13.323,02 EUR",
        "1,00 USD zahlbar bis 01.03.2026",
        "92.714,73 USD zahlbar bis 15.03.2026",
        "2 % Skonto (1.854,31 USD) bei Zahlung bis 01.03.2026",
    )


def test_prepaid_and_rounding_lead_to_what_is_to_be_paid():
    one = line(InvoiceLine)
    totals = totals_of([one], "EUR", Money("0.02", "EUR"), Money("1000", "EUR"))
    bill = attrs.evolve(issued(one), totals=totals)

    assert [name for name, _ in paper_of(bill).sums] == [
        "Summe netto",
        "Umsatzsteuer 19 % auf 77.912,38 EUR",
        "Gesamtbetrag",
        "Rundung",
        "Bereits gezahlt",
        "Zahlbetrag",
    ]


def test_a_credit_note_names_its_invoice():
    bill = issued(line(InvoiceLine))
    note = attrs.evolve(
        bill,
        kind=InvoiceKind.CREDIT_NOTE,
        number="G-1",
        reason="broken",
        credits=bill.id,
        credits_number=bill.number,
        credits_issued_on=bill.issued_on,
    )

    paper = paper_of(note)
    storno = paper_of(attrs.evolve(note, cancels=True))

    assert paper.title == "Gutschrift (Rechnungskorrektur)"
    assert ("Zu Rechnung", "R-7 (01.03.2026)") in paper.facts
    assert ("Grund", "broken") in paper.facts
    assert paper.sums[-1][0] == "Gutschriftsbetrag"
    assert storno.title == "Stornorechnung"


def test_a_draft_says_that_it_is_one():
    draft = document(Invoice, line(InvoiceLine))

    assert paper_of(draft, seller=SELLER, zone=UTC).draft == "Entwurf"
    assert "Entwurf" in html_of(paper_of(draft, zone=UTC))


def test_quotes_and_orders_are_papers_too():
    offer = document(
        Quote, line(QuoteLine), line(QuoteLine, optional=True), introduction="Dear Sir,\nplease"
    )
    order = document(Order, line(OrderLine))

    quote_paper = paper_of(offer, seller=SELLER, buyer=BUYER, zone=UTC)

    assert quote_paper.title == "Angebot"
    assert ("Gültig bis", "01.04.2026") in quote_paper.facts
    assert quote_paper.rows[1].notes == ("optional",)
    assert quote_paper.seller[0] == "Pumpen AG"
    assert "Dear Sir,\nplease" in html_of(quote_paper)
    assert paper_of(order, zone=UTC).title == "Auftragsbestätigung"
    assert pdf_of(paper_of(order, zone=UTC))


def test_an_issued_invoice_keeps_its_own_seller_and_buyer():
    other = Seller(name="Somebody else")

    paper = paper_of(issued(line(InvoiceLine)), seller=other, buyer=Buyer(name="Nobody"))

    assert (paper.seller[0], paper.buyer[0]) == ("Pumpen AG", "Müller & <Söhne> GmbH")


def test_a_period_of_supply_is_told_as_one():
    bill = issued(line(InvoiceLine), delivered_from=date(2026, 2, 1), delivered_on=DAY)

    assert ("Leistungszeitraum", "01.02.2026 - 01.03.2026") in paper_of(bill).facts


def test_nothing_on_a_paper_becomes_a_tag():
    html = html_of(paper_of(issued(line(InvoiceLine, description="<script>alert(1)</script>"))))

    assert "<script>" not in html
    assert "Müller &amp; &lt;Söhne&gt; GmbH" in html


def test_the_same_paper_is_the_same_pdf():
    paper = paper_of(issued(line(InvoiceLine, description="#set page(width: 1pt) *x* $y$ \\")))

    first, second = pdf_of(paper), pdf_of(paper)

    assert first == second
    assert first.startswith(b"%PDF-1.7")
    assert b"pdfaid" in first


def test_a_template_of_ones_own_sees_the_paper():
    paper = paper_of(issued(line(InvoiceLine)))

    html = html_of(paper, template="{{ paper.title }}: {{ paper.sums[-1][1] }}")
    pdf = pdf_of(
        paper,
        template="#let paper = json(bytes(sys.inputs.paper))\n"
        "#set document(title: paper.title, date: datetime(year: 2026, month: 1, day: 1))\n"
        "#paper.title",
    )

    assert html == "Rechnung: 92.715,73 EUR"
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize(
    "template",
    [
        "{{ paper.unknown }}",
        "{% if %}",
        "{{ paper.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ paper.title.format.__globals__ }}",
        "{{ range(10 ** 9) | list }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ '{0.__class__.__init__.__globals__}'.format(paper) }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_template_that_does_what_it_may_not_is_refused(template):
    paper = paper_of(issued(line(InvoiceLine)))

    with pytest.raises(InvalidValue):
        html_of(paper, template=template)


def test_a_template_makes_no_more_than_a_page_of_sense():
    paper = paper_of(issued(line(InvoiceLine)))
    endless = (
        "{% for a in range(99999) %}{% for b in range(99999) %}xxxxxxxxxx{% endfor %}{% endfor %}"
    )

    with pytest.raises(LimitExceeded):
        html_of(paper, template=endless)
    with pytest.raises(LimitExceeded):
        html_of(paper, template="x" * 1_048_577)
    with pytest.raises(LimitExceeded):
        pdf_of(paper, template="x" * 1_048_577)


def test_a_pdf_template_reads_no_files(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    paper = paper_of(issued(line(InvoiceLine)))

    for path in (str(secret), "/etc/passwd", "pyproject.toml"):
        with pytest.raises(InvalidValue):
            pdf_of(paper, template=f'#read("{path}")')


def test_what_is_no_document_or_no_language_is_refused():
    with pytest.raises(WrongType):
        paper_of("invoice")
    with pytest.raises(UnknownName, match="de"):
        language_of("dee")


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Preisminderung"), ("en", "price reduction")]
)
def test_a_reduction_of_the_price_has_no_quantity_and_no_price(language, words):
    cheaper = line(InvoiceLine, quantity="0", net=Money("40", "EUR"), invoice_line=IDS.new())
    note = attrs.evolve(issued(cheaper), kind=InvoiceKind.CREDIT_NOTE)

    (row,) = paper_of(note, language=language).rows

    assert [row.cells[key] for key in ("quantity", "unit_price", "discount")] == ["", "", ""]
    assert row.notes == (words,)
    assert row.cells["line_net"].startswith("40")


def test_an_instalment_of_a_mere_amount_is_no_reduction():
    (row,) = paper_of(issued(line(InvoiceLine, quantity="0", net=Money("40", "EUR")))).rows

    assert (row.cells["quantity"], row.notes) == ("", ())

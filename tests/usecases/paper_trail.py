"""A company with issued documents of every sort, for tests that try to change or forge them."""

from datetime import UTC, date, datetime, timedelta

import crmcore
from crmcore import LineDraft, Money, NumberPattern, PostalAddress, Settings, Share
from crmcore.catalog import VatCategory
from crmcore.sales import (
    DiscountStep,
    ExchangeRate,
    PaymentTerms,
    RateTable,
    Seller,
    TermKind,
    TermPart,
)
from crmcore.values import CountedIds

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SELLER = Seller(
    name="Pump GmbH",
    address=PostalAddress(street="Am Kai 1", postal_code="24103", city="Kiel", country="DE"),
    vat_id="DE136695976",
    tax_number="20/123/45678",
    register_number="HRB 1",
    contact_name="Eve Berg",
    phone="+49431000000",
    email="rechnung@pump.example",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    endpoint="rechnung@pump.example",
    endpoint_scheme="EM",
)
TERMS = PaymentTerms(
    parts=(TermPart(days=0, kind=TermKind.SHARE, share=Share("0.3")), TermPart(days=30)),
    discounts=(DiscountStep(days=7, share=Share("0.02")),),
)
SETTINGS = Settings(
    seller=SELLER,
    rates=RateTable(
        [
            ExchangeRate(of=of, into="EUR", rate=rate, on=date(2025, 12, 30), source="ECB")
            for of, rate in (("USD", "0.92137"), ("JPY", "0.0061"), ("KWD", "3.0201"))
        ],
        max_age_days=400,
    ),
    terms={"parts": TERMS},
    numbering={
        "invoice": NumberPattern("INV-{YYYY}-{seq:05}"),
        "credit-note": NumberPattern("CN-{YYYY}-{seq:05}"),
        "loose": NumberPattern("L-{seq}", gapless=False),
    },
)
OWN_FIELDS = {"invoice": {"cost_centre": str, "rank": int}}


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, present=NOW):
        self.present = present

    def now(self):
        return self.present


def opened(url, settings=SETTINGS, clock=None, **options):
    """A CRM with these settings."""
    return crmcore.open(
        url,
        clock=clock or Clock(),
        ids=CountedIds(),
        settings=settings,
        attributes=OWN_FIELDS,
        **options,
    )


def ordered(crm, *lines, currency="EUR", name="ACME SAS"):
    """An order of a French company over these lines."""
    firm = crm.contacts.add_organization(
        name=name,
        vat_id="FR40303265045",
        email="ap@acme.example",
        address=PostalAddress(street="1 rue X", city="Paris", country="FR"),
    )
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    quote = crm.sales.quote(deal.id, lines=lines, valid_until=date(2999, 1, 1), currency=currency)
    return crm.sales.accept(quote.id)


def line(quantity, price, currency="EUR", **fields):
    """A line of a quote."""
    price = Money(price, currency)
    return LineDraft(description="Pump", quantity=quantity, unit_price=price, **fields)


def filled(crm):
    """The issued documents: invoices of all sorts, credit notes, a Storno, drafts beside them."""
    sales, invoices = crm.sales, crm.sales.invoices
    plain = ordered(crm, line(10, "70.125"), line(3, "33.3333", vat_rate=Share("0.07")))
    first = sales.issue(sales.bill(plain.id, lines={plain.lines[0].id: 4}).id, terms="parts")
    second = sales.issue(sales.bill(plain.id).id)
    part = invoices.credit(first.id, reopen=True, reason="two broken", lines={first.lines[0].id: 2})
    sales.pay(second.id, amount=Money(100, "EUR"))
    dollars = ordered(crm, line(5, "19.99", "USD"), currency="USD", name="ACME Inc.")
    abroad = sales.issue(
        sales.bill(dollars.id).id, delivered_on=date(2026, 3, 1), delivered_from=date(2026, 2, 1)
    )
    storno = invoices.cancel(abroad.id, reopen=True, reason="wrong address")
    supply = ordered(crm, line(2, "50", vat_category=VatCategory.K), name="ACME BV")
    free = sales.issue(sales.bill(supply.id).id)
    sales.bill(dollars.id)
    return [invoices.get(each.id) for each in (first, second, part, abroad, storno, free)]


LATER = timedelta(days=400)

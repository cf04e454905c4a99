"""Quotes and employees for the tests of offers."""

from datetime import UTC, date, datetime, timedelta

from crmcore.catalog import VatCategory
from crmcore.contacts import Person
from crmcore.sales import Quote, QuoteLine, line_net, totals_of
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
EVER = date(2999, 1, 1)
IDS = CountedIds(seed=7)


def a_line(price="100", quantity=1, **fields):
    unit_price = Money(price, "EUR")
    given = {"discount": Share(0)} | fields
    net = given.pop("net", line_net(quantity, unit_price, given["discount"]))
    return QuoteLine(
        id=IDS.new(),
        **({"description": "a thing"} | given),
        quantity=quantity,
        unit_price=unit_price,
        vat_category=VatCategory.S,
        vat_rate=Share("0.19"),
        net=net,
    )


def a_quote(*lines, **fields):
    made = lines or (a_line(),)
    given = {
        "account": IDS.new(),
        "opportunity": IDS.new(),
        "currency": "EUR",
        "valid_until": EVER,
    } | fields
    return Quote(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        lines=made,
        totals=totals_of(made, "EUR"),
        **given,
    )


def an_employee(**fields):
    return Person(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        given_name="Eve",
        family_name="Berg",
        **fields,
    )

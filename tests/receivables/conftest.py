"""Papers for the tests of receivables: issued invoices, credit notes and payments."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from crmcore.catalog import VatCategory
from crmcore.receivables import receive
from crmcore.sales import (
    DrawnNumber,
    EarlyDiscount,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    totals_of,
)
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Papers:
    """What makes documents of one account, numbered as they come."""

    today = NOW.date()
    now = NOW

    def __init__(self):
        self.ids = CountedIds()
        self.account = self.ids.new()
        self.count = 0

    def invoice(self, *nets, currency="EUR", on=None, due=14, skonto=None, until=10, **fields):
        """An issued invoice with a line for each net, at rates of 19, 7 and 0 percent in turn."""
        self.count += 1
        on = on or self.today
        taxes = [
            (VatCategory.S, Share("0.19")),
            (VatCategory.S, Share("0.07")),
            (VatCategory.AE, Share(0)),
        ]
        lines = tuple(
            InvoiceLine(
                id=self.ids.new(),
                description="a thing",
                quantity=1,
                unit_price=Money(net, currency),
                vat_category=taxes[at % 3][0],
                vat_rate=taxes[at % 3][1],
                net=Money(net, currency),
            )
            for at, net in enumerate(nets)
        )
        totals = totals_of(lines, currency)
        discounts = ()
        if skonto is not None:
            part = (totals.payable * skonto).rounded()
            day = on + timedelta(days=until)
            discounts = (EarlyDiscount(until=day, share=skonto, amount=part),)
        return Invoice(
            id=self.ids.new(),
            created_at=NOW,
            updated_at=NOW,
            account=fields.pop("account", self.account),
            currency=currency,
            lines=lines,
            totals=totals,
            status=InvoiceStatus.ISSUED,
            series="invoice",
            period=f"{on.year}",
            sequence=self.count,
            number=f"R-{self.count}",
            issued_on=on,
            due_on=on + timedelta(days=due),
            discounts=discounts,
            paid=Money.zero(currency),
            **fields,
        )

    def credit_note(self, *nets, **fields):
        """An issued credit note."""
        return attrs.evolve(self.invoice(*nets, **fields), kind=InvoiceKind.CREDIT_NOTE)

    def number(self):
        """The next number of a credit note."""
        self.count += 1
        return DrawnNumber(
            series="credit-note", period="2026", sequence=self.count, number=f"CN-{self.count}"
        )

    def pay(self, amount, *invoices, on: date | None = None, currency="EUR", **options):
        """A payment of the account for these invoices."""
        money, day = Money(amount, currency), on or self.today
        at = self.on(day)
        return receive(self.ids.new(), self.account, money, day, invoices, at=at, **options)

    def on(self, day):
        """When something of a day is recorded."""
        return max(NOW, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


@pytest.fixture
def papers():
    """Documents of one account."""
    return Papers()


@pytest.fixture(scope="session")
def new_papers():
    """What makes papers anew, for properties that need their own for each case."""
    return Papers

"""Where the public sample invoices lie, and random invoices that keep every rule of EN 16931.

A random invoice follows from a seed and a VAT category alone. It has whatever the model knows, each
now and then, so that a term that reader and writer see differently does not stay unnoticed.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import attrs
import pytest

from crmcore.einvoice import (
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    DocumentTotals,
    EInvoice,
    EInvoiceLine,
    Identifier,
    InvoicingPeriod,
    Item,
    ItemAttribute,
    Note,
    Party,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    Price,
    SupportingDocument,
    reckon,
)

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "einvoice" / "en16931"
UBL_SAMPLES = sorted((DATA / "ubl" / "examples").glob("*.xml"))
CII_SAMPLES = sorted((DATA / "cii" / "examples").glob("*.xml"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the public data do not lie beside")

CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")
RATES = {"S": ("7", "19", "5.5"), "L": ("7", "3"), "M": ("4", "10")}
WORDS = (
    "Pumpe",
    'Rohr 1/2"',
    "Öl & Fett",
    "<Dichtung>",
    "Flansch, groß",
    "Zoë's kit",
    "泵",
    "= 1+1",
)
BLANKS = ("", "\n", "\r\n", "\t", "  ", "\u00a0")
BLANK_WEIGHTS = (10, 2, 1, 1, 1, 1)
UNITS = ("C62", "HUR", "KGM", "MTR", "DAY")
START = date(2026, 1, 1)


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Maker:
    """Makes the parts of one invoice, and decides what it has."""

    def __init__(self, seed, category):
        self.random = Random(f"{category} {seed}")
        self.category = category
        self.has_vat = category != "O"

    def maybe(self, value):
        """The value, or nothing."""
        return value if self.random.random() < 0.5 else None

    def some(self, make, most):
        """Up to ``most`` of what ``make`` makes."""
        return tuple(make() for _ in range(self.random.randint(0, most)))

    def text(self):
        words = self.random.choices(WORDS, k=self.random.randint(1, 3))
        before, between, after = self.random.choices(BLANKS, BLANK_WEIGHTS, k=3)
        return before + (between or " ").join(words) + after

    def key(self):
        return f"{self.random.choice('ABX')}-{self.random.randint(1, 99999)}"

    def day(self):
        return START + timedelta(days=self.random.randint(0, 360))

    def number(self, low, high, places):
        return Decimal(self.random.randint(low * 10**places, high * 10**places)).scaleb(-places)

    def gln(self):
        return Identifier(value=str(self.random.randint(10**12, 10**13 - 1)), scheme="0088")

    def object_id(self):
        return Identifier(value=self.key(), scheme=self.maybe("AWV"))

    def address(self, country="DE"):
        return Address(
            line1=self.maybe(self.text()),
            line2=self.maybe(self.text()),
            line3=self.maybe(self.text()),
            city=self.text(),
            postal_code=str(self.random.randint(10000, 99999)),
            region=self.maybe("Bayern"),
            country=country,
        )

    def contact(self):
        return Contact(
            name=self.text(), phone=self.maybe("+49 30 123456"), email=self.maybe("a@b.example")
        )

    def endpoint(self):
        return self.maybe(
            self.random.choice([Identifier(value="x@y.example", scheme="EM"), self.gln()])
        )

    def seller(self):
        own = (Identifier(value=self.key()), Identifier(value=self.key()))[
            : self.random.randint(0, 2)
        ]
        return Party(
            name=self.text(),
            trading_name=self.maybe(self.text()),
            ids=(*own, *self.some(self.gln, 2)),
            registration=Identifier(value=self.key(), scheme=self.maybe("0002")),
            vat_id="DE136695976" if self.has_vat else None,
            tax_id=self.maybe("201/123/40021"),
            legal_information=self.maybe(self.text()),
            electronic_address=self.endpoint(),
            address=self.address(),
            contact=self.maybe(self.contact()),
        )

    def buyer(self):
        return Party(
            name=self.text(),
            trading_name=self.maybe(self.text()),
            ids=self.some(self.gln, 1),
            registration=self.maybe(Identifier(value=self.key())),
            vat_id="FR44732829320" if self.has_vat else None,
            electronic_address=self.endpoint(),
            address=self.address(self.random.choice(["FR", "AT", "DE"])),
            contact=self.maybe(self.contact()),
        )

    def payee(self):
        return Party(name="Factoring AG", ids=(self.gln(),), registration=self.maybe(self.gln()))

    def representative(self):
        return Party(name=self.text(), vat_id="DE129273398", address=self.address())

    def delivery(self):
        return Delivery(
            name=self.maybe(self.text()),
            location=self.maybe(self.random.choice([self.gln(), Identifier(value=self.key())])),
            delivered_on=self.day(),
            address=self.address("FR"),
        )

    def period(self):
        start = self.day()
        return InvoicingPeriod(start=start, end=start + timedelta(days=self.random.randint(0, 30)))

    def transfer(self):
        account = self.random.choice(["DE02120300000000202051", "1234-567"])
        return CreditTransfer(
            account=account, name=self.maybe(self.text()), bic=self.maybe("BYLADEM1")
        )

    def payment(self):
        code = self.random.choice(["10", "30", "58", "48", "59"])
        how = PaymentInstructions(
            means_code=code, means_text=self.maybe(self.text()), remittance=self.maybe(self.key())
        )
        if code in {"30", "58"}:
            how = attrs.evolve(
                how, credit_transfers=(self.transfer(), *self.some(self.transfer, 1))
            )
        if code == "48":
            how = attrs.evolve(how, card=PaymentCard(number="1234", holder=self.maybe(self.text())))
        if code == "59":
            debit = DirectDebit(
                mandate=self.key(), creditor="DE98ZZZ09999999999", account="DE75512108001245126199"
            )
            how = attrs.evolve(how, direct_debit=debit)
        return how

    def entry(self, code, *, on_document):
        base = self.number(10, 500, 2)
        percent = self.number(1, 20, 1)
        has_base = self.random.random() < 0.5
        category, rate = self.taxed() if on_document else (None, None)
        return AllowanceCharge(
            amount=cents(base * percent / 100),
            base_amount=base if has_base else None,
            percent=percent if has_base else None,
            reason=self.text(),
            reason_code=self.maybe(code),
            vat_category=category,
            vat_rate=rate,
        )

    def taxed(self):
        category = self.category
        if self.has_vat and self.random.random() < 0.1:
            category = "S"
        if category == "O":
            return category, None
        return category, Decimal(self.random.choice(RATES.get(category, ("0",))))

    def price(self):
        net = self.number(0, 900, self.random.choice([0, 2, 4]))
        discount = self.maybe(self.number(0, 50, 2))
        base = self.maybe(Decimal(self.random.choice([1, 10, 100])))
        return Price(
            net=net,
            discount=discount,
            gross=None if discount is None else net + discount,
            base_quantity=base,
        )

    def item(self):
        def attribute():
            return ItemAttribute(name=self.text(), value=self.text())

        def code():
            return Identifier(
                value=self.key(),
                scheme=self.random.choice(["STI", "ZZZ"]),
                version=self.maybe("2.1"),
            )

        gtin = Identifier(value="04012345123456", scheme="0160")
        return Item(
            name=self.text(),
            description=self.maybe(self.text()),
            seller_id=self.maybe(self.key()),
            buyer_id=self.maybe(self.key()),
            standard_id=self.maybe(gtin),
            classifications=self.some(code, 2),
            origin_country=self.maybe("CN"),
            attributes=self.some(attribute, 2),
        )

    def line(self, at):
        quantity, price, unit = self.number(-5, 40, 2), self.price(), self.random.choice(UNITS)
        allowances = self.some(lambda: self.entry("95", on_document=False), 1)
        charges = self.some(lambda: self.entry("FC", on_document=False), 1)
        net = cents(quantity * price.net / (price.base_quantity or 1))
        net += sum(each.amount for each in charges) - sum(each.amount for each in allowances)
        category, rate = self.taxed()
        has_base = price.base_quantity is not None
        return EInvoiceLine(
            id=str(at + 1),
            note=self.maybe(self.text()),
            object_id=self.maybe(self.object_id()),
            quantity=quantity,
            unit=unit,
            net=net,
            order_line=self.maybe(self.key()),
            accounting_reference=self.maybe(self.key()),
            period=self.maybe(self.period()),
            allowances=allowances,
            charges=charges,
            price=attrs.evolve(price, base_unit=unit) if has_base else price,
            vat_category=category,
            vat_rate=rate,
            item=self.item(),
        )

    def document(self):
        content = Attachment(
            content=self.random.randbytes(40), mime_code="application/pdf", filename="plan.pdf"
        )
        return SupportingDocument(
            id=self.key(),
            description=self.maybe(self.text()),
            url=self.maybe("https://files.example/plan"),
            attachment=self.maybe(content),
        )

    def note(self):
        return Note(text=self.text(), subject_code=self.maybe("AAI"))

    def preceding(self):
        return PrecedingInvoice(number=self.key(), issued_on=self.maybe(self.day()))

    def invoice(self):
        currency = self.random.choice(["EUR", "EUR", "USD"])
        has_day, has_code = self.random.choice([(True, False), (False, True), (False, False)])
        accounted = self.number(-99, 99, 2) if currency == "USD" else None
        made = EInvoice(
            number=self.key(),
            issued_on=self.day(),
            type_code=self.random.choice(["380", "384", "326", "381"]),
            currency=currency,
            vat_currency=None if accounted is None else "EUR",
            tax_point_on=self.day() if has_day else None,
            tax_point_code=self.random.choice(["3", "35", "432"]) if has_code else None,
            due_on=self.day(),
            buyer_reference=self.maybe(self.key()),
            project=self.maybe(self.key()),
            contract=self.maybe(self.key()),
            purchase_order=self.maybe(self.key()),
            sales_order=self.maybe(self.key()),
            receiving_advice=self.maybe(self.key()),
            despatch_advice=self.maybe(self.key()),
            tender=self.maybe(self.key()),
            object_id=self.maybe(self.object_id()),
            accounting_reference=self.maybe(self.key()),
            payment_terms=self.maybe(self.text()),
            notes=self.some(self.note, 2),
            process=self.maybe("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
            specification="urn:cen.eu:en16931:2017",
            preceding=self.some(self.preceding, 2),
            seller=self.seller(),
            buyer=self.buyer(),
            payee=self.maybe(self.payee()),
            tax_representative=self.maybe(self.representative()) if self.has_vat else None,
            delivery=self.delivery() if self.category == "K" else self.maybe(self.delivery()),
            period=self.maybe(self.period()),
            payments=self.some(self.payment, 1),
            allowances=self.some(lambda: self.entry("95", on_document=True), 2),
            charges=self.some(lambda: self.entry("FC", on_document=True), 2),
            totals=DocumentTotals(vat_accounted=accounted),
            documents=self.some(self.document, 2),
            lines=tuple(self.line(at) for at in range(self.random.randint(1, 4))),
        )
        return reckon(
            made, prepaid=self.maybe(self.number(0, 50, 2)), rounding=self.maybe(Decimal("-0.02"))
        )


def random_einvoice(seed, category="S"):
    """An invoice or credit note that follows from the seed, mainly in one VAT category."""
    return Maker(seed, category).invoice()

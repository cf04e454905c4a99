"""A document that keeps every rule, ways to change it, and documents of every kind to prove laws with."""

from datetime import date
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from crmcore.einvoice import (
    Address,
    AllowanceCharge,
    Contact,
    CreditTransfer,
    Delivery,
    EInvoice,
    EInvoiceLine,
    Identifier,
    Item,
    Party,
    PaymentInstructions,
    Price,
    Profile,
    reckon,
)

SELLER = Party(
    name="Pumpen GmbH",
    vat_id="DE136695976",
    tax_id="201/123/40021",
    ids=(Identifier(value="4000001000005", scheme="0088"),),
    electronic_address=Identifier(value="rechnung@pumpen.example", scheme="EM"),
    address=Address(line1="Am Werk 1", city="Köln", postal_code="50667", country="DE"),
    contact=Contact(name="Ada Lovelace", phone="+49 221 12345", email="ada@pumpen.example"),
)
BUYER = Party(
    name="Stadt Musterhausen",
    vat_id="DE129273398",
    electronic_address=Identifier(value="04011000-12345-34", scheme="0204"),
    address=Address(line1="Markt 1", city="Musterhausen", postal_code="12345", country="DE"),
)


def line(net="100.00", category="S", rate="19", **fields):
    """A line of one unit at its net amount."""
    amount = Decimal(net)
    return EInvoiceLine(
        **{
            "id": "1",
            "quantity": Decimal(1),
            "unit": "C62",
            "net": amount,
            "price": Price(net=abs(amount)) if amount >= 0 else Price(net=-amount),
            "vat_category": category,
            "vat_rate": None if rate is None else Decimal(rate),
            "item": Item(name="Pump"),
            **({"quantity": Decimal(-1)} if amount < 0 else {}),
            **fields,
        }
    )


def draft(*lines, **fields):
    """A document with these lines that nobody has reckoned yet."""
    return EInvoice(
        **{
            "number": "RE-2026-0001",
            "issued_on": date(2026, 3, 2),
            "type_code": "380",
            "currency": "EUR",
            "due_on": date(2026, 4, 1),
            "buyer_reference": "04011000-12345-34",
            "process": "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
            "specification": Profile.XRECHNUNG.specification,
            "seller": SELLER,
            "buyer": BUYER,
            "delivery": Delivery(
                delivered_on=date(2026, 3, 1),
                address=Address(city="Musterhausen", postal_code="12345", country="DE"),
            ),
            "payments": (
                PaymentInstructions(
                    means_code="58",
                    credit_transfers=(CreditTransfer(account="DE02120300000000202051"),),
                ),
            ),
            "lines": lines or (line(),),
            **fields,
        }
    )


def sound(*lines, **fields):
    """A document with these lines that keeps every rule of both profiles."""
    return reckon(draft(*lines, **fields))


CATEGORIES = {
    "S": ("7", "19", "5.5", "16"),
    "Z": ("0",),
    "E": ("0",),
    "AE": ("0",),
    "K": ("0",),
    "G": ("0",),
    "L": ("0", "7", "9.5"),
    "M": ("0", "4"),
}
"""The VAT categories that may stand together, with rates."""

cents = st.integers(-5_000_000, 5_000_000).map(lambda count: Decimal(count).scaleb(-2))
above_zero = st.integers(1, 500_000).map(lambda count: Decimal(count).scaleb(-2))


@st.composite
def kinds(draw):
    """A VAT category and a rate in it."""
    category = draw(st.sampled_from(sorted(CATEGORIES)))
    return category, Decimal(draw(st.sampled_from(CATEGORIES[category])))


@st.composite
def entries(draw, kind):
    """An allowance or charge on the document."""
    category, rate = draw(kind)
    return AllowanceCharge(
        amount=draw(above_zero), reason="agreed", vat_category=category, vat_rate=rate
    )


@st.composite
def drafts(draw):
    """Documents in every VAT category, with allowances and charges, that nobody has reckoned yet."""
    outside = draw(st.booleans()) and draw(st.booleans())
    kind = st.just(("O", None)) if outside else kinds()
    lines = draw(st.lists(st.tuples(cents, kind), min_size=1, max_size=6))
    party = {"vat_id": None, "tax_id": None} if outside else {}
    return draft(
        *(
            line(str(net), category, None if rate is None else str(rate), id=str(at))
            for at, (net, (category, rate)) in enumerate(lines)
        ),
        type_code=draw(st.sampled_from(["380", "381", "384"])),
        currency=draw(st.sampled_from(["EUR", "USD", "KWD"])),
        seller=attrs.evolve(SELLER, **party),
        buyer=attrs.evolve(BUYER, vat_id=None if outside else BUYER.vat_id),
        allowances=tuple(draw(st.lists(entries(kind), max_size=3))),
        charges=tuple(draw(st.lists(entries(kind), max_size=3))),
    )


@st.composite
def reckoned(draw):
    """The same, reckoned, with or without something prepaid and rounded."""
    return reckon(
        draw(drafts()),
        prepaid=draw(st.none() | above_zero),
        rounding=draw(st.none() | st.sampled_from([Decimal("0.02"), Decimal("-0.01")])),
    )

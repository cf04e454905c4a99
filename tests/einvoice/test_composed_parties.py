"""Seller and buyer in the terms of EN 16931: how they are reached, known and written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.einvoice import Identifier
from crmcore.einvoice.composed_parties import address_of, buyer_party, seller_party
from crmcore.sales import Buyer, Seller
from crmcore.values import PostalAddress

SELLER = {"name": "Pump GmbH", "vat_id": "DE136695976", "tax_number": "20/123/45678"}


@pytest.mark.parametrize(
    ("reached", "address"),
    [
        (
            {"endpoint": "9930:de1", "endpoint_scheme": "9930", "email": "a@b.example"},
            Identifier(value="9930:de1", scheme="9930"),
        ),
        ({"email": "a@b.example"}, Identifier(value="a@b.example", scheme="EM")),
        ({}, None),
    ],
)
def test_who_has_no_endpoint_is_reached_by_mail_or_not_at_all(reached, address):
    assert seller_party(Seller(**SELLER, **reached), False).electronic_address == address
    assert buyer_party(Buyer(name="ACME", **reached), False).electronic_address == address


@pytest.mark.parametrize("given_fields", [SELLER, SELLER | {"tax_number": None}])
def test_outside_the_scope_of_vat_no_vat_number_is_told_as_one(given_fields):
    seller = Seller(**given_fields)
    inside, outside = (seller_party(seller, is_outside) for is_outside in (False, True))

    assert (inside.vat_id, inside.ids) == ("DE136695976", ())
    known = given_fields["tax_number"] or "DE136695976"
    assert (outside.vat_id, outside.ids) == (None, (Identifier(value=known),))
    buyer = Buyer(name="ACME", vat_id="DE136695976")
    assert [buyer_party(buyer, each).vat_id for each in (False, True)] == ["DE136695976", None]


def test_who_tells_nobody_to_ask_has_no_contact():
    asked = seller_party(Seller(**SELLER, phone="+49 431 1"), False).contact

    assert (asked.name, asked.phone, asked.email) == (None, "+49 431 1", None)
    assert seller_party(Seller(**SELLER), False).contact is None
    assert buyer_party(Buyer(name="ACME"), False).contact is None


LINES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=9)


@given(st.lists(LINES, min_size=1, max_size=5), st.booleans())
def test_no_line_of_a_street_is_lost(lines, is_spaced):
    street = ("\n\n" if is_spaced else "\n").join(lines)

    made = address_of(PostalAddress(street=street, city="Kiel", country="DE"))

    told = [made.line1, made.line2, *(made.line3 or "").split(", ")]
    assert [each for each in told if each] == lines
    assert (made.city, made.country) == ("Kiel", "DE")


@given(st.none() | LINES, st.none() | LINES, st.none() | LINES, st.booleans())
def test_a_seller_has_somebody_to_ask_where_anything_of_them_is_told(name, phone, mail, outside):
    email = None if mail is None else f"{mail}@pump.example"
    seller = Seller(**SELLER, contact_name=name, phone=phone, email=email)

    asked = seller_party(seller, outside).contact

    if name is None and phone is None and email is None:
        assert asked is None
    else:
        assert (asked.name, asked.phone, asked.email) == (name, phone, email)


def test_an_address_without_a_street_has_no_lines():
    made = address_of(PostalAddress(city="Kiel", country="DE"))

    assert (made.line1, made.line2, made.line3) == (None, None, None)

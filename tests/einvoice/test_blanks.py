"""A text of blanks alone is none, for the rules as for whoever reads the document."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.einvoice import Profile, Syntax, check
from crmcore.einvoice.blanks import without_blanks
from crmcore.exchange import read_einvoice, write_einvoice

from .documents import SELLER, line, sound

BLANKS = ("", " ", "\u00a0", " \t ")


def blanked(where, blank):
    """An invoice with a text of blanks at a place."""
    if where == "buyer_reference":
        return sound(buyer_reference=blank)
    if where == "item":
        one = line()
        return sound(lines=(attrs.evolve(one, item=attrs.evolve(one.item, name=blank)),))
    if where == "seller":
        return sound(seller=attrs.evolve(SELLER, name=blank))
    contact = attrs.evolve(SELLER.contact, name=blank)
    return sound(seller=attrs.evolve(SELLER, contact=contact))


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ("buyer_reference", "BR-DE-15"),
        ("item", "BR-25"),
        ("seller", "BR-06"),
        ("contact", "BR-DE-5"),
    ],
)
def test_what_is_checked_is_what_is_read(where, rule, blank):
    document = blanked(where, blank)

    told = check(document, Profile.XRECHNUNG).counts

    assert rule in told
    for syntax in Syntax:
        again = read_einvoice(write_einvoice(document, syntax))
        assert check(again, Profile.XRECHNUNG).counts == told


@given(st.sampled_from(BLANKS))
def test_only_blank_texts_go(blank):
    document = sound()

    assert without_blanks(document) is document
    assert without_blanks(attrs.evolve(document, buyer_reference=blank)).buyer_reference is None
    kept = attrs.evolve(document, buyer_reference=f"{blank}x{blank}")
    assert without_blanks(kept) == kept

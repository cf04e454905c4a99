"""What is drafted becomes what recurs, with what is missing taken from the products."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import Discount, Surcharge, VatCategory, add_product, discontinue
from crmcore.errors import CrmError, InvalidValue, ManyFaults, ReferenceNotFound
from crmcore.sales import BillingPolicy, LineDraft
from crmcore.subscriptions import MAX_ITEMS, lines_of
from crmcore.values import Money, Share

from .agreed import IDS, NOON, day, euro, prices, quantities

FIRST = day("2024-01-01")
SEAT = add_product(
    IDS.new(), sku="S", name="Seat", list_price=euro("9.50"), unit="MON", at=NOON
).entity


def made(*drafts, products=(SEAT,), currency="EUR", on=FIRST):
    return lines_of(
        drafts, {p.id: p for p in products}, [IDS.new() for _ in drafts], currency=currency, on=on
    )


def test_what_is_missing_comes_from_the_product():
    (line,) = made(LineDraft(product=SEAT.id, quantity=3))

    assert (line.description, line.unit, line.unit_price) == ("Seat", "MON", euro("9.50"))
    assert (line.vat_category, line.vat_rate) == (VatCategory.S, Share("0.19"))
    assert (line.item, line.valid_from, line.valid_until) == (line.id, FIRST, None)


def test_what_is_given_holds():
    (line,) = made(
        LineDraft(
            product=SEAT.id,
            quantity=1,
            description="Licence",
            unit_price=euro("8"),
            unit="C62",
            vat_category=VatCategory.E,
            discount=Share("0.1"),
        )
    )

    assert (line.description, line.unit, line.unit_price) == ("Licence", "C62", euro("8"))
    assert (line.vat_category, line.vat_rate) == (VatCategory.E, Share(0))


def test_all_faults_of_all_lines_are_told_with_their_paths():
    gone = discontinue(SEAT, NOON).entity

    with pytest.raises(ManyFaults) as caught:
        made(
            LineDraft(product=SEAT.id, quantity=0),
            LineDraft(quantity=1),
            LineDraft(description="x", quantity=1, unit_price=Money("1", "USD")),
            products=[gone],
        )

    assert [fault.field for fault in caught.value.faults] == [
        "lines[0].product",
        "lines[0].quantity",
        "lines[1].description",
        "lines[1].unit_price",
        "lines[2].unit_price",
    ]


def test_a_product_that_is_not_there_is_told():
    with pytest.raises(ReferenceNotFound, match=r"subscription.lines\[0\].product"):
        made(LineDraft(product=IDS.new(), quantity=1))


def test_what_cannot_recur_is_refused():
    line = {"description": "x", "quantity": 1, "unit_price": euro("10")}
    once = Discount(label="welcome", amount=euro("1"))
    extra = Surcharge(label="setup", amount=euro("1"))

    with pytest.raises(ManyFaults) as caught:
        made(
            LineDraft(**line, optional=True),
            LineDraft(**line, billing=BillingPolicy.DELIVERED),
            LineDraft(**line, discounts=[once]),
            LineDraft(**line, charges=[extra]),
        )

    assert [fault.field for fault in caught.value.faults] == [
        "lines[0].optional",
        "lines[1].billing",
        "lines[2].discounts",
        "lines[3].charges",
    ]


def test_a_product_without_a_price_needs_one():
    free = attrs.evolve(SEAT, list_price=None)

    with pytest.raises(InvalidValue, match=r"lines\[0\].unit_price"):
        made(LineDraft(product=free.id, quantity=1), products=[free])


def test_so_many_items_recur_at_most():
    with pytest.raises(InvalidValue, match=f"at most {MAX_ITEMS} items"):
        made(*[LineDraft(product=SEAT.id, quantity=1)] * (MAX_ITEMS + 1))


def test_there_is_something_that_recurs():
    with pytest.raises(InvalidValue, match="lines"):
        made()
    with pytest.raises(InvalidValue, match="line_ids"):
        lines_of(
            [LineDraft(product=SEAT.id, quantity=1)], {SEAT.id: SEAT}, [], currency="EUR", on=FIRST
        )


@given(price=prices, quantity=quantities, more=st.integers(1, 4))
def test_drafts_become_lines_one_by_one(price, quantity, more):
    drafts = [LineDraft(description="x", quantity=quantity, unit_price=price)] * more

    lines = made(*drafts)

    assert [(line.quantity, line.unit_price) for line in lines] == [(quantity, price)] * more
    assert len({line.item for line in lines}) == more


@given(quantity=st.integers(-3, 3), rate=st.sampled_from(["0", "0.19"]))
def test_a_draft_is_refused_or_becomes_a_line_that_holds(quantity, rate):
    draft = LineDraft(
        description="x", quantity=quantity, unit_price=euro("1"), vat_rate=Share(rate)
    )

    try:
        (line,) = made(draft)
    except CrmError:
        assert quantity <= 0 or rate == "0"
    else:
        assert line.quantity > 0
        assert line.vat_rate == Share("0.19")

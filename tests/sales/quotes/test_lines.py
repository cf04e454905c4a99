from decimal import Decimal

import pytest

from crmcore.catalog import Combination, VatCategory
from crmcore.errors import InexactNumber, InvalidValue, ManyFaults, UnknownName, WrongType
from crmcore.sales import BillingPolicy, LineDraft
from crmcore.values import CountedIds

ID = CountedIds().new()


def test_a_quantity_is_never_a_float():
    with pytest.raises(InexactNumber):
        LineDraft(quantity=0.1)


def test_a_quantity_has_four_places_at_most():
    with pytest.raises(InvalidValue):
        LineDraft(quantity="0.00001")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("product", "a\ud800b"),
        ("description", 5),
        ("unit_price", "12.50 EUR"),
        ("discount", None),
        ("discount", "0.1"),
        ("vat_rate", 19),
        ("vat_category", 5),
        ("billing", None),
        ("unit", b"C62"),
    ],
)
def test_a_draft_names_the_field_of_a_value_of_another_type(name, value):
    with pytest.raises(WrongType) as caught:
        LineDraft(quantity=1, **{name: value})
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("name", "text", "member"),
    [
        ("vat_category", "K", VatCategory.K),
        ("billing", "delivered", BillingPolicy.DELIVERED),
        ("combination", "best_of", Combination.BEST_OF),
    ],
)
def test_a_draft_takes_choices_by_their_values(name, text, member):
    assert getattr(LineDraft(quantity=1, **{name: text}), name) is member

    with pytest.raises(UnknownName, match=f"no {name} called 'nothing'"):
        LineDraft(quantity=1, **{name: "nothing"})


def test_a_draft_names_all_values_of_another_type_at_once():
    with pytest.raises(ManyFaults) as caught:
        LineDraft(quantity=1, unit_price="12.50 EUR", vat_rate="0.19")
    assert [fault.field for fault in caught.value.faults] == ["unit_price", "vat_rate"]


@pytest.mark.parametrize("given_as", [Decimal("2.5"), "2.5", "2.5000"])
def test_a_quantity_is_the_same_number_however_it_is_written(given_as):
    assert LineDraft(quantity=given_as).quantity == Decimal("2.5")

"""Templates of quotes."""

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, LATER, NOW, a_quote

from crmcore.errors import CrmError, InvalidValue, ManyFaults, WrongType
from crmcore.grammar.entity import EntityType
from crmcore.sales import (
    QUOTE_TEMPLATE,
    BillingPolicy,
    LineDraft,
    Milestone,
    TemplateLine,
    add_template,
    edit_template,
    quote_lines,
)
from crmcore.sales.quotes.approval import margin_of
from crmcore.values import Money, Share


def a_template(**fields):
    return add_template(IDS.new(), code="pump", name="Pump", at=NOW, **fields).entity


def test_a_line_of_a_template_is_drafted_as_it_stands():
    product = IDS.new()
    line = TemplateLine(
        product=product,
        quantity="2.5",
        unit="CT",
        discount=Share("0.1"),
        optional=True,
        billing=BillingPolicy.DELIVERED,
        unit_cost=Money("3.5", "EUR"),
    )

    (draft,) = a_template(lines=[line]).drafts

    assert draft == LineDraft(
        product=product,
        quantity=Decimal("2.5"),
        unit="CT",
        discount=Share("0.1"),
        optional=True,
        billing=BillingPolicy.DELIVERED,
        unit_cost=Money("3.5", "EUR"),
    )


def test_a_line_of_a_template_says_all_that_a_store_can_keep_of_a_draft():
    # Discounts by amount and surcharges belong to one sale; the tax follows from the product.
    of_one_sale = {"discounts", "combination", "charges", "ships"}
    taxed = {"vat_rate", "vat_category", "vat_reason"}
    drafted = {each.name for each in attrs.fields(LineDraft)}

    assert {each.name for each in attrs.fields(TemplateLine)} == drafted - of_one_sale - taxed


@given(st.decimals(1, 1000, places=2), st.decimals(0, 1000, places=2), st.integers(1, 50))
def test_a_template_of_free_lines_states_its_margin(price, cost, quantity):
    line = TemplateLine(
        description="Travel",
        quantity=quantity,
        unit_price=Money(price, "EUR"),
        unit_cost=Money(cost, "EUR"),
    )
    silent = TemplateLine(description="Fee", unit_price=Money(price, "EUR"))
    day = NOW.date()

    told, unknown = (
        quote_lines(a_template(lines=[each]).drafts, {}, [IDS.new()], currency="EUR", on=day)
        for each in (line, silent)
    )

    assert margin_of(a_quote(*told)).margin == Money((price - cost) * quantity, "EUR")
    assert margin_of(a_quote(*unknown)).margin is None


def test_a_free_line_says_what_it_is_and_costs():
    with pytest.raises(ManyFaults) as caught:
        TemplateLine(quantity=0)

    assert [each.field for each in caught.value.faults] == [
        "quantity",
        "description",
        "unit_price",
    ]
    assert TemplateLine(description="Travel", unit_price=Money("50", "EUR")).draft.quantity == 1


@given(st.integers(0, 3650))
def test_the_last_day_follows_from_the_days_of_validity(days):
    day = date(2026, 3, 1)

    assert (a_template(validity_days=days).valid_until(day) - day).days == days
    assert a_template().valid_until(day) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"validity_days": -1},
        {"validity_days": 3651},
        {"milestones": [Milestone(name="half", share=Share("0.5"))]},
        {"lines": ["pump"]},
    ],
)
def test_what_cannot_be_is_refused(fields):
    with pytest.raises(CrmError) as caught:
        a_template(**fields)

    assert isinstance(caught.value, InvalidValue | WrongType)


def test_an_edit_tells_which_fields_changed():
    template = a_template()

    change = edit_template(template, {"name": "Pumps", "is_active": False}, LATER)

    assert change.events[0].fields == ("is_active", "name")
    assert edit_template(template, {"name": "Pump"}, LATER).is_empty


def test_stores_keep_templates_by_their_code():
    assert isinstance(QUOTE_TEMPLATE, EntityType)
    assert QUOTE_TEMPLATE.unique == (("code",),)

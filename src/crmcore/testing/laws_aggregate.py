"""Laws about aggregates: exact numbers over many entities, the same in every store."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch
from crmcore.grammar.field import (
    F,
    average,
    count,
    count_distinct,
    largest,
    median,
    smallest,
    total,
)
from crmcore.grammar.query import Aggregate, Group
from crmcore.ports import IdSource, Store
from crmcore.testing.extremes import MONEY
from crmcore.testing.ground import LAW, Ground
from crmcore.testing.meaning import aggregated, known_ids, outcome
from crmcore.testing.specimens import Grade, Part, machine, maker, tool
from crmcore.testing.steps import added, aggregate_query, anatomy, groups, scope_of
from crmcore.testing.strategies import aggregates, groupings, measures
from crmcore.values.money import Money
from crmcore.values.ratio import Ratio

ENTITIES = ("maker", "gadget", "badge")


def one_number(store: Store, measure: Aggregate, entity: str = "gadget") -> Any:
    """One aggregate over all entities of a type."""
    (group,) = groups(store, aggregate_query(entity, {"it": measure}))
    return group.values["it"]


class AggregateLaws(Ground):
    """Every function, over any field, group and filter."""

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_every_function_means_the_same(self, filled: Store, entity: str) -> None:
        """Each function over each field it is allowed for gives the exact answer."""
        for measure in measures(scope_of(entity)):
            asked = aggregate_query(entity, {"it": measure})

            answer = outcome(partial(groups, filled, asked))

            assert answer == aggregated(asked), measure

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_every_field_can_make_groups(self, filled: Store, entity: str) -> None:
        """Each field groups by its values, missing ones first, in the order of the values."""
        counted = {"n": count(), "days": count_distinct(F.updated_at.by("day"))}

        for operand in groupings(scope_of(entity)):
            asked = aggregate_query(entity, counted, by=[operand])

            assert anatomy(groups(filled, asked)) == aggregated(asked), operand

    @LAW
    @given(data=st.data(), entity=st.sampled_from(ENTITIES))
    def test_aggregates_agree_with_reading_everything(
        self, filled: Store, data: st.DataObject, entity: str
    ) -> None:
        """Any aggregates, filtered and grouped in any way, give the exact answer."""
        drawn = data.draw(aggregates(scope_of(entity), known_ids()))
        asked = aggregate_query(entity, drawn.measures, by=drawn.by, where=drawn.where)

        assert outcome(partial(groups, filled, asked)) == aggregated(asked)

    def test_over_nothing_there_is_one_group(self, store: Store) -> None:
        """Over nothing, counts are 0 and nothing else has an answer; grouped, there is no group."""
        asked = {
            "n": count(),
            "orders": count_distinct(F.order),
            "sum": total(F.price),
            "avg": average(F.order),
            "median": median(F.order),
            "min": smallest(F.title),
            "max": largest(F.bought),
        }

        (group,) = groups(store, aggregate_query("gadget", asked))

        absent = dict.fromkeys(("sum", "avg", "median", "min", "max"))
        assert group == Group((), {"n": 0, "orders": 0, **absent})
        assert groups(store, aggregate_query("gadget", asked, by=[F.group()])) == ()

    def test_each_aggregate_has_its_own_filter(self, store: Store, ids: IdSource) -> None:
        """Filters of single aggregates and of the whole question add up; groups stay."""
        made = ((Grade.FINE, 1), (Grade.FINE, 2), (Grade.PLAIN, 3), (None, 4), (Grade.FINEST, 5))
        added(store, *(machine(ids.new(), group=group, order=order) for group, order in made))
        counted = {"all": count(), "odd": count(F.order.in_([1, 3, 5]))}

        answer = groups(
            store, aggregate_query("gadget", counted, by=[F.group()], where=F.order < 5)
        )

        assert answer == (
            Group((None,), {"all": 1, "odd": 0}),
            Group((Grade.FINE,), {"all": 2, "odd": 1}),
            Group((Grade.PLAIN,), {"all": 1, "odd": 1}),
        )

    def test_sums_go_beyond_64_bits(self, store: Store, ids: IdSource) -> None:
        """A sum is exact, however large it is."""
        widest, most = 2**63 - 1, Decimal("999999999999.999999")
        added(store, *(machine(ids.new(), order=widest, weight=most) for _ in range(7)))

        assert one_number(store, total(F.order)) == 7 * widest
        assert one_number(store, total(F.weight)) == Decimal("6999999999999.999993")
        assert one_number(store, average(F.order)) == Ratio(7 * widest, 7)

    def test_sums_lose_no_digit(self, store: Store, ids: IdSource) -> None:
        """Tenths add up to tenths."""
        added(store, *(machine(ids.new(), weight=Decimal("0.1")) for _ in range(3)))

        assert one_number(store, total(F.weight)) == Decimal("0.3")
        assert one_number(store, average(F.weight)) == Ratio("0.3", 3)

    def test_money_sums_in_one_currency(self, store: Store, ids: IdSource) -> None:
        """Amounts of one currency add up to money; of two, they are refused."""
        added(store, *(machine(ids.new(), price=price) for price in MONEY))
        euros = total(F.price, where=F.price.currency == "EUR")
        exact = sum((each.amount for each in MONEY if each.currency == "EUR"), Decimal(0))

        assert one_number(store, euros) == Money(exact, "EUR")
        for measure in (total(F.price), smallest(F.price), largest(F.price)):
            with pytest.raises(CurrencyMismatch):
                one_number(store, measure)

    def test_groups_keep_currencies_apart(self, store: Store, ids: IdSource) -> None:
        """Grouped by currency, every amount finds its sum."""
        prices = (Money(1, "EUR"), Money(2, "USD"), Money(3, "EUR"), None)
        added(store, *(machine(ids.new(), price=price) for price in prices))
        summed = {"sum": total(F.price), "max": largest(F.price)}

        answer = groups(store, aggregate_query("gadget", summed, by=[F.price.currency()]))

        assert [(each.key, each.values["sum"], each.values["max"]) for each in answer] == [
            ((None,), None, None),
            (("EUR",), Money(4, "EUR"), Money(3, "EUR")),
            (("USD",), Money(2, "USD"), Money(2, "USD")),
        ]

    @pytest.mark.parametrize(
        ("orders", "middle"),
        [((5,), Ratio(5, 1)), ((3, 1, 2), Ratio(2, 1)), ((4, 1, None, 2, 9), Ratio(6, 2))],
    )
    def test_the_median_is_the_middle(
        self, store: Store, ids: IdSource, orders: tuple[int | None, ...], middle: Ratio
    ) -> None:
        """The median is the middle value, or the exact mean of the two middle ones."""
        added(store, *(tool(ids.new(), order=order) for order in orders))

        assert one_number(store, median(F.order)) == middle

    def test_children_and_references_filter_aggregates(self, store: Store, ids: IdSource) -> None:
        """An entity counts once, however many children fulfil the filter."""
        (owner,) = added(store, maker(ids.new(), name="Ada"))
        parts = (Part(name="a"), Part(name="a"), Part(name="b"))
        added(store, machine(ids.new(), maker=owner.id, parts=parts, order=3), tool(ids.new()))

        by_child = total(F.order, where=F.parts.any(F.name == "a"))
        assert one_number(store, by_child) == 3
        assert one_number(store, count(F.maker.name == "Ada")) == 1
        assert one_number(store, count(~(F.maker.name == "Ada"))) == 1

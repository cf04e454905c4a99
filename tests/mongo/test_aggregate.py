"""What MongoDB counts is what counting in memory gives."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError
from crmcore.grammar import F, bind_aggregates, evaluate
from crmcore.grammar.field import average, count_distinct, median, total
from crmcore.grammar.query import AggregateQuery
from crmcore.testing.steps import anatomy
from crmcore.values import CountedIds, Ratio

from .worlds import SCOPE, Thing, box, looking, queries, world_of


def answered(answer):
    """The groups, taken apart down to the types of values; or the kind of error."""
    try:
        return anatomy(answer())
    except CrmError as fault:
        return type(fault)


@given(seed=st.integers(0, 7), drawn=queries())
def test_aggregates_agree_with_counting_in_memory(world, seed, drawn):
    query = bind_aggregates(drawn, SCOPE)
    entities = world_of(seed)
    things = [each for each in entities.values() if isinstance(each, Thing)]

    counted = answered(lambda: world.groups(query, str(seed)))

    assert counted == answered(lambda: evaluate(query, things, looking(entities), SCOPE))


def test_the_widest_numbers_add_up_exactly(world):
    most, widest, ids = 2**63 - 1, Decimal("99999999999999.9999"), CountedIds(5)
    world.put("wide", [box(ids.new(), count=most, bulk=widest) for _ in range(50)])
    measures = {
        "counts": total(F.count),
        "bulks": total(F.bulk),
        "mean": average(F.count),
        "middle": median(F.count),
        "values": count_distinct(F.bulk),
    }

    (group,) = world.groups(AggregateQuery(entity="thing", measures=measures), "wide")

    assert group.values == {
        "counts": 50 * most,
        "bulks": 50 * widest,
        "mean": Ratio(50 * most, 50),
        "middle": Ratio(2 * most, 2),
        "values": 1,
    }


def test_one_command_answers_however_many_measures(world):
    measures = {f"m{each}": median(F.count) for each in range(9)} | {"n": count_distinct(F.title)}

    (group,) = world.groups(AggregateQuery(entity="thing", measures=measures), "0")

    assert len({*list(group.values.values())[:9]}) == 1

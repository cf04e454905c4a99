"""What MongoDB counts is what counting in memory gives."""

from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError
from crmcore.grammar import bind_aggregates, evaluate
from crmcore.testing.steps import anatomy

from ..grammar.specimens import SCOPE, Thing, looking
from ..grammar.test_aggregating import queries
from ..grammar.test_paging import world_of


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

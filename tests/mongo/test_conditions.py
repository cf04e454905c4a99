"""A condition means the same as a filter and as an expression, and no value in it is an operator."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar import F, bind
from crmcore.grammar.query import Among, Compare, Every, Matches, Not, Path, Query
from crmcore.testing.extremes import TEXTS
from crmcore.values import CountedIds, Share
from crmcore_mongo._conditions import Conditions
from crmcore_mongo._schema import tenant_of
from crmcore_mongo._terms import Frame

from .worlds import QUESTIONS, SCOPE, Note, box, meant, world_of

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
HOSTILE = (
    *TEXTS,
    *("$title", "$$ROOT", "$$NOW", "$", "^a", "a$", "(?i)A", "\\Qa\\E", "(*UCP)a", "a\nb", "\n"),
    *("a\n", "\r\n", "\t", "#", "a b", "\ud7ff", "\ue000", "x" * 400, "{'$gt': ''}", "\\z"),
)
NUMBERS = tuple(
    Decimal(text)
    for text in (
        *("0.25", "0.2500001", "-0.0000000000000000000000000000000000000001", "0", "1.5", "1e29"),
        *("-1e29", "123456789012345678.1234567890123456789012345678901234567890", "-0.5", "1"),
        *("1e14", "99999999999999.9999", "-99999999999999.99990000000001", "1e18", "1e17"),
    )
)
PATHS = ("weight", "bulk", "worth.value", "attributes.level", "radius", "part", "parent.whole")


def told(world, where, tenant):
    """The things that fulfil a bound condition: asked as a filter, and as an expression."""
    found = world.found(Query(entity="thing", where=where), tenant)
    frame = Frame.of(world.schema, tenant)
    test = Conditions(frame).expression(where, SCOPE)
    stages = [{"$match": tenant_of(tenant)}, *frame.joins.stages, {"$match": {"$expr": test}}]
    again = world.database["crm_thing"].aggregate([*stages, {"$sort": {"_id": 1}}])
    return [each.id for each in found], [each["_id"]["id"] for each in again]


@given(seed=st.integers(0, 7), question=QUESTIONS)
def test_an_expression_means_what_a_filter_means(world, seed, question):
    where = bind(question, SCOPE)
    expected = [each.id for each in meant(world_of(seed), where)]

    assert told(world, where, str(seed)) == (expected, expected)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("op", COMPARISONS)
def test_numbers_finer_and_larger_than_any_field_compare_exactly(world, name, op):
    path = Path(tuple(name.split(".")))
    is_share = name in {"part", "parent.whole"}
    numbers = [Share("0.25"), Share(0), Share(1)] if is_share else NUMBERS

    for number in numbers:
        where = bind(Compare(op, path, number), SCOPE)
        for each in (where, Not(where)):
            expected = [thing.id for thing in meant(world_of(2), each)]
            assert told(world, each, "2") == (expected, expected), each


@pytest.mark.parametrize("name", PATHS[:-2])
def test_numbers_no_field_can_hold_are_among_nothing(world, name):
    where = bind(Among(Path(tuple(name.split("."))), NUMBERS), SCOPE)

    for each in (where, Not(where)):
        expected = [thing.id for thing in meant(world_of(2), each)]
        assert told(world, each, "2") == (expected, expected)


@pytest.fixture(scope="module")
def texts(world):
    """Things with every hostile text, as a title, in a child and as an own attribute."""
    ids = CountedIds(12)
    things = [
        box(ids.new(), title=text, story=text, notes=(Note(text=text),), attributes={"hue": text})
        for text in HOSTILE
    ]
    world.put("texts", things)
    return {each.id: each for each in things}


@pytest.mark.parametrize("sign", ["contains", "starts", "ends"])
def test_no_character_is_special(world, texts, sign):
    for text in HOSTILE:
        for path in (Path(("title",)), Path(("attributes", "hue"))):
            where = bind(Matches(sign, path, text), SCOPE)
            expected = [each.id for each in meant(texts, where)]
            assert told(world, where, "texts") == (expected, expected), where


@pytest.mark.parametrize("sign", COMPARISONS)
def test_no_value_is_an_operator_or_a_path(world, texts, sign):
    for text in HOSTILE:
        where = bind(Compare(sign, Path(("story",)), text), SCOPE)
        expected = [each.id for each in meant(texts, where)]
        assert told(world, where, "texts") == (expected, expected), where


@pytest.mark.parametrize("sign", ["contains", "starts", "ends"])
def test_children_are_searched_alike(world, texts, sign):
    for text in HOSTILE:
        where = bind(F.notes.any(Matches(sign, Path(("text",)), text)), SCOPE)
        expected = [each.id for each in meant(texts, where)]
        assert told(world, where, "texts") == (expected, expected), where


@pytest.mark.parametrize("sign", ["contains", "starts", "ends"])
@pytest.mark.parametrize("character", ["x", ".", "\U0001f600"])
def test_a_text_may_be_as_long_as_the_language_allows(world, texts, sign, character):
    path = Path(("text",))
    for where in (
        Matches(sign, Path(("story",)), character * 10_000),
        F.notes.any(Matches(sign, path, character * 10_000) | Matches(sign, path, "x" * 399)),
    ):
        bound = bind(where, SCOPE)
        expected = [each.id for each in meant(texts, bound)]
        assert told(world, bound, "texts") == (expected, expected)


def test_as_many_values_as_the_language_allows_can_be_asked_for(world):
    many = Among(Path(("count",)), tuple(range(-500, 500)))
    where = bind(Every((many,) * 10), SCOPE)
    expected = [each.id for each in meant(world_of(0), where)]

    assert told(world, where, "0") == (expected, expected)

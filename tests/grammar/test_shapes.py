"""A value made of attrs classes holds what its annotations say, or every part that does not is told."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import ManyFaults, WrongType
from crmcore.grammar.shapes import shaped


class Colour(StrEnum):
    RED = "red"


@attrs.frozen(kw_only=True)
class Leaf:
    name: str = "a"
    size: Decimal | None = None


@attrs.frozen(kw_only=True)
class Tree:
    day: date = date(2026, 1, 1)
    colour: Colour | None = None
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    pair: tuple[str, int] = ("a", 1)
    words: Mapping[str, str] = attrs.field(factory=dict[str, str])
    tags: frozenset[str] = frozenset()


GOOD = Tree(
    colour=Colour.RED,
    leaf=Leaf(size=Decimal(1)),
    leaves=(Leaf(), Leaf(name=Colour.RED)),
    words={"a": "b"},
    tags=frozenset({"a"}),
)


def test_a_value_that_is_what_it_should_be_is_given_back():
    assert shaped("tree", GOOD, Tree) is GOOD


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"day": datetime(2026, 1, 1, tzinfo=UTC)}, "day: expected date, got datetime"),
        ({"day": None}, "day: expected date, got NoneType"),
        ({"colour": "red"}, "colour: expected Colour, got str"),
        ({"leaf": Tree()}, "leaf: expected Leaf, got Tree"),
        ({"leaf": Leaf(size=1.5)}, "leaf.size: expected Decimal, got float"),
        ({"leaves": [Leaf()]}, "leaves: expected tuple[Leaf, ...], got list"),
        ({"leaves": (Leaf(), Leaf(name=None))}, "leaves[1].name: expected str, got NoneType"),
        ({"pair": ("a", "b")}, "pair: expected tuple[str, int], got tuple"),
        ({"pair": ("a",)}, "pair: expected tuple[str, int], got tuple"),
        ({"words": {"a": 1}}, "words: expected Mapping[str, str], got dict"),
        ({"words": "a"}, "words: expected Mapping[str, str], got str"),
        ({"tags": "a"}, "tags: expected frozenset[str], got str"),
        ({"tags": frozenset({1})}, "tags: expected frozenset[str], got frozenset"),
    ],
)
def test_what_is_of_another_type_is_told_with_its_path(fields, message):
    with pytest.raises(WrongType) as caught:
        shaped("tree", attrs.evolve(GOOD, **fields), Tree)

    assert caught.value.message == message


def test_what_is_something_else_altogether_is_told_by_its_name():
    with pytest.raises(WrongType, match="tree: expected a Tree, got Leaf"):
        shaped("tree", Leaf(), Tree, "a Tree")


@given(st.lists(st.sampled_from([Leaf(), Leaf(name=1), None, "x"]), max_size=8))
def test_every_wrong_part_is_told_and_no_other(leaves):
    wrong = [at for at, leaf in enumerate(leaves) if leaf != Leaf()]
    tree = Tree(leaves=tuple(leaves))
    if not wrong:
        assert shaped("tree", tree, Tree) is tree
        return

    with pytest.raises((WrongType, ManyFaults)) as caught:
        shaped("tree", tree, Tree)

    faults = getattr(caught.value, "faults", (caught.value,))
    assert [fault.field.removesuffix(".name") for fault in faults] == [
        f"leaves[{at}]" for at in wrong
    ]

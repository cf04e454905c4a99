"""Functions that are written here do what their lines say, and objects they make are whole."""

from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar import Entity
from crmcore.grammar.generated import Source, function_from, is_plain, reviser_of, setter_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MADE = {"id": UUID(int=1), "created_at": NOON, "updated_at": NOON}


@attrs.frozen(kw_only=True)
class Note(Entity):
    text: str = ""


@attrs.frozen(kw_only=True, slots=False)
class Loose(Entity):
    text: str = ""

    @cached_property
    def length(self) -> int:
        return len(self.text)


@attrs.frozen(kw_only=True)
class Counted(Entity):
    text: str = ""
    length: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.text))


@attrs.frozen(kw_only=True, cache_hash=True)
class Hashed(Entity):
    text: str = ""


def test_a_function_is_what_its_source_says():
    assert function_from("def generated(x):\n    return x + more", {"more": 2})(3) == 5


def test_blocks_names_and_constants_go_where_they_are_written():
    source = Source("def generated(x):", {"plus": 1})
    name, limit = source.name(), source.constant(10)
    source.line(f"{name} = x + plus")
    source.indent(f"if {name} > {limit}:")
    source.line(f"return {limit}")
    source.dedent()
    source.line(f"return {name}")
    made = source.function()

    assert [made(1), made(9), made(10)] == [2, 10, 10]
    assert source.name() != name


@pytest.mark.parametrize(
    ("cls", "plain"), [(Note, True), (Loose, True), (Counted, False), (Hashed, False)]
)
def test_what_computes_anything_is_not_plain(cls, plain):
    assert is_plain(cls) is plain


@pytest.mark.parametrize("cls", [Note, Loose, Counted, Hashed])
@given(text=st.text(max_size=5), revision=st.integers(0, 2**40))
def test_another_revision_changes_nothing_else(cls, text, revision):
    entity = cls(text=text, **MADE)

    revised = reviser_of(cls)(entity, revision)

    assert revised == attrs.evolve(entity, revision=revision)
    assert hash(revised) == hash(attrs.evolve(entity, revision=revision))
    assert entity.revision == 0


@pytest.mark.parametrize("cls", [Note, Loose])
def test_a_field_of_a_frozen_object_is_set_while_it_is_put_together(cls):
    made = object.__new__(cls)

    for attribute in attrs.fields(cls):
        setter_of(cls, attribute.name)(made, getattr(cls(text="a", **MADE), attribute.name))

    assert made == cls(text="a", **MADE)

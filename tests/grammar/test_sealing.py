"""Seals: what may be declared, and which changes break one."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import ImmutableDocument, InvalidValue, NotAllowed
from crmcore.grammar import Attributes, Entity, EntityType, Sealed, Text
from crmcore.values import Money

AT = datetime(2026, 3, 2, tzinfo=UTC)
LATER = datetime(2026, 3, 3, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Line:
    name: str


@attrs.frozen(kw_only=True)
class Town:
    name: str | None = None


@attrs.frozen(kw_only=True)
class Paper(Entity):
    title: Annotated[str, Text(max=20)]
    number: str | None = None
    price: Money | None = None
    town: Town | None = None
    lines: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    status: str = "new"


@attrs.frozen(kw_only=True)
class Letter(Paper):
    stamps: int = 1


@attrs.frozen(kw_only=True)
class Memo(Paper):
    stamps: int | None = None
    signed: bool = False


def paper_type(**declared):
    return EntityType(name="paper", cls=Paper, **declared)


PAPER = paper_type(sealed=Sealed(by="number", open=("status", "notes")))
ANY_PAPER = EntityType(
    name="paper", cls=Paper, variants=(Letter, Memo), sealed=Sealed(by="number", open=("status",))
)


def paper(cls=Paper, **fields):
    return cls(id=UUID(int=1), created_at=AT, updated_at=AT, **({"title": "T"} | fields))


@pytest.mark.parametrize(
    ("sealed", "words"),
    [
        (Sealed(by="numbr"), "unknown fields: numbr"),
        (Sealed(by="number", open=("colour", "status")), "unknown fields: colour"),
        (Sealed(by="title"), "title is no single value that may be missing"),
        (Sealed(by="town"), "town is no single value"),
        (Sealed(by="lines"), "lines is no single value"),
        (Sealed(by="attributes"), "attributes is no single value"),
        (Sealed(by="number", open=("number",)), "number seals it, so it cannot be open"),
        (Sealed(by="number", open=("id", "status")), "id cannot be opened"),
        (Sealed(by="number", open=("revision", "created_at")), "created_at, revision cannot be"),
    ],
)
def test_a_seal_that_does_not_fit_is_refused_when_it_is_declared(sealed, words):
    with pytest.raises(InvalidValue, match=words) as refusal:
        paper_type(sealed=sealed)

    assert refusal.value.field == "paper.sealed"


@pytest.mark.parametrize("by", ["number", "price"])
def test_whatever_may_be_missing_can_seal(by):
    assert by in paper_type(sealed=Sealed(by=by)).sealed_fields


def test_a_field_of_one_variant_can_seal():
    kind = EntityType(
        name="paper", cls=Paper, variants=(Letter, Memo), sealed=Sealed(by="signed", open=["title"])
    )

    kind.check_seal(paper(Letter), None)
    with pytest.raises(ImmutableDocument):
        kind.check_seal(paper(Memo), None)
    assert kind.sealed.open == ("title",)


def test_without_a_seal_everything_may_change_and_go():
    kind = paper_type()

    kind.check_seal(paper(number="1"), paper(title="x"))
    kind.check_seal(paper(number="1"), None)
    assert kind.sealed_fields == ()


def test_sealed_is_everything_but_what_is_open_and_what_tells_of_changes():
    assert set(PAPER.sealed_fields) == {
        *("id", "created_at", "attributes", "title", "number", "price", "town", "lines")
    }


def test_what_a_seal_keeps_is_told_by_name_and_never_by_value():
    with pytest.raises(ImmutableDocument) as refusal:
        PAPER.check_seal(paper(number="1"), paper(title="secret", status="old"))

    error = refusal.value
    assert (error.entity, error.id, error.fields) == ("paper", UUID(int=1), ("title", "number"))
    assert isinstance(error, NotAllowed)
    assert str(error) == f"paper {UUID(int=1)} is sealed: cannot change title, number"


def test_what_is_sealed_cannot_go():
    with pytest.raises(ImmutableDocument) as refusal:
        PAPER.check_seal(paper(number="1"), None)

    assert str(refusal.value) == f"paper {UUID(int=1)} is sealed: cannot remove it"


def test_a_seal_is_set_by_any_value_even_an_empty_one():
    PAPER.check_seal(paper(number=None), paper(number="", title="x"))

    with pytest.raises(ImmutableDocument):
        PAPER.check_seal(paper(number=""), paper(number="", title="x"))


def test_a_sealed_entity_stays_the_variant_it_is():
    with pytest.raises(ImmutableDocument) as refusal:
        ANY_PAPER.check_seal(paper(Letter, number="1"), paper(Memo, number="1", stamps=1))

    assert refusal.value.fields == ("kind", "signed")


values = {
    "title": st.sampled_from("ab"),
    "number": st.sampled_from(["1", "2", None]),
    "price": st.sampled_from([None, Money("1", "EUR"), Money("1.00", "EUR"), Money("1", "USD")]),
    "town": st.sampled_from([None, Town(), Town(name="Ulm")]),
    "lines": st.lists(st.builds(Line, name=st.sampled_from("ab")), max_size=2).map(tuple),
    "notes": st.lists(st.builds(Line, name=st.sampled_from("ab")), max_size=2).map(tuple),
    "status": st.sampled_from("xy"),
    "attributes": st.sampled_from([Attributes(), Attributes({"a": 1})]),
    "updated_at": st.sampled_from([AT, LATER]),
    "revision": st.integers(0, 2),
}
papers = st.fixed_dictionaries(values).map(
    lambda f: Paper(id=UUID(int=1), created_at=AT, **f)  # every field, in any state
)


@given(papers, papers)
def test_a_seal_is_broken_exactly_by_what_it_keeps(before, after):
    kept = [name for name in PAPER.sealed_fields if getattr(before, name) != getattr(after, name)]

    try:
        PAPER.check_seal(before, after)
        told = []
    except ImmutableDocument as error:
        told = list(error.fields)

    assert told == (kept if before.number is not None else [])


@given(papers, papers)
def test_whatever_passes_a_seal_keeps_it(before, after):
    try:
        PAPER.check_seal(before, after)
    except ImmutableDocument:
        return

    assert before.number is None or after.number == before.number

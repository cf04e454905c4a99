"""Changing entities, and refusing what is not the caller's to change."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, FieldProtected, ManyFaults, UnknownField, WrongType
from crmcore.grammar import Change, Entity, changed, differing, edited
from crmcore.grammar.change import SERVER_FIELDS
from crmcore.values import Money

from .specimens import NOW, PEOPLE, Box, Colour, Maker, Person, ThingSeen, box, person

LATER = NOW + timedelta(days=1)
NOTHING = frozenset()


@attrs.frozen(kw_only=True)
class Visit(Entity):
    """An entity whose fields are called like parameters."""

    at: int = 0
    entity: int = 0
    fields: int = 0
    protected: int = 0


VISIT = Visit(id=PEOPLE[0], created_at=NOW, updated_at=NOW)


def test_a_change_leaves_the_old_entity_as_it_was():
    before = box()

    after = changed(before, LATER, title="Chest", count=3)

    assert (after.title, after.count, after.updated_at) == ("Chest", 3, LATER)
    assert (before.title, before.count, before.updated_at) == ("Box", None, NOW)
    assert differing(before, after) == ("title", "count")


def test_what_is_told_late_does_not_turn_the_clock_back():
    after = changed(changed(box(), LATER, count=3), NOW, title="Chest")

    assert (after.title, after.updated_at) == ("Chest", LATER)


def test_fields_may_be_called_like_anything():
    fields = {"at": 1, "entity": 2, "fields": 3, "protected": 4}

    assert attrs.asdict(changed(VISIT, LATER, **fields)).items() >= fields.items()
    assert attrs.asdict(edited(VISIT, LATER, fields, NOTHING)).items() >= fields.items()


def test_times_enter_in_utc():
    assert changed(box(), datetime(2024, 3, 1, tzinfo=UTC)).updated_at.tzinfo is UTC


@given(st.integers(0, 200), st.integers(0, 200))
def test_what_differs_is_what_was_set_differently(one, other):
    before, after = (Maker(seed).world()[PEOPLE[0]] for seed in (one, other))

    names = differing(before, after)

    assert set(names) == {
        field.name
        for field in attrs.fields(Person)
        if field.name not in SERVER_FIELDS
        and getattr(before, field.name) != getattr(after, field.name)
    }


@given(st.integers(0, 200))
def test_a_change_of_nothing_differs_in_nothing(seed):
    for entity in Maker(seed).world().values():
        assert differing(entity, changed(entity, LATER)) == ()
        assert edited(entity, LATER, {}, NOTHING) == changed(entity, LATER)


@given(st.integers(0, 200), st.integers(0, 200), st.sets(st.sampled_from(["name", "born", "boss"])))
def test_only_what_is_edited_changes(seed, other, names):
    before, source = (Maker(each).world()[PEOPLE[0]] for each in (seed, other))
    fields = {name: getattr(source, name) for name in names}

    after = edited(before, LATER, fields, NOTHING)

    assert set(differing(before, after)) <= names
    assert {name: getattr(after, name) for name in names} == fields
    assert (after.id, after.revision, after.updated_at) == (before.id, before.revision, LATER)


def test_a_change_without_events_is_empty():
    assert Change(box()).is_empty
    assert not Change(box(), (ThingSeen(at=NOW, thing=PEOPLE[0]),)).is_empty


# --- how they look -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, repr=False)
class Guest(Entity):
    name: str
    mood: Colour = Colour.RED
    owes: Money | None = None
    tags: tuple[str, ...] = ()


def test_no_text_shows_in_the_repr_of_an_entity():
    guest = Guest(id=PEOPLE[0], created_at=NOW, updated_at=NOW, name="Ada", owes=Money(5, "EUR"))

    assert repr(guest) == f"<Guest {PEOPLE[0]} revision=0 mood=red owes=5.00 EUR>"


def test_a_notebook_shows_what_is_there_as_plain_text():
    guest = Guest(id=PEOPLE[0], created_at=NOW, updated_at=NOW, name="<b>Ada</b>")

    shown = guest._repr_html_()

    assert "<th>name</th><td>&lt;b&gt;Ada&lt;/b&gt;</td>" in shown
    assert "<caption>Guest</caption>" in shown
    assert "owes" not in shown
    assert "tags" not in shown


# --- edits from outside --------------------------------------------------------------------------


def test_an_edit_sets_the_callers_fields():
    after = edited(person(), LATER, {"name": "Bob", "attributes": {"hue": "red"}}, NOTHING)

    assert (after.name, after.attributes["hue"], after.updated_at) == ("Bob", "red", LATER)


@pytest.mark.parametrize("name", sorted(SERVER_FIELDS))
def test_the_fields_of_the_library_are_refused(name):
    with pytest.raises(FieldProtected) as refused:
        edited(box(), LATER, {name: getattr(box(), name)}, NOTHING)

    assert (refused.value.entity, refused.value.field) == ("box", name)


def test_protected_fields_are_refused():
    with pytest.raises(FieldProtected, match=r"box\.colour"):
        edited(box(), LATER, {"colour": Colour.BLUE}, frozenset({"colour"}))


@pytest.mark.parametrize(
    ("name", "suggestion"), [("titel", "title"), ("colr", "colour"), ("radius", None), ("", None)]
)
def test_an_unknown_field_comes_with_the_nearest_one(name, suggestion):
    with pytest.raises(UnknownField) as unknown:
        edited(box(), LATER, {name: 1}, NOTHING)

    assert (unknown.value.field, unknown.value.suggestion) == (name, suggestion)


def test_all_faults_come_at_once():
    with pytest.raises(ManyFaults) as refused:
        edited(box(), LATER, {"titel": 1, "id": 2, "count": 3, "colour": 4}, frozenset({"colour"}))

    assert [fault.field for fault in refused.value.faults] == ["titel", "id", "colour"]


def test_a_computed_field_is_none_of_the_callers():
    @attrs.frozen(kw_only=True)
    class Counted(Entity):
        seen: int = attrs.field(init=False, default=0)

    with pytest.raises(UnknownField):
        edited(Counted(id=PEOPLE[0], created_at=NOW, updated_at=NOW), LATER, {"seen": 1}, NOTHING)


def test_what_is_no_mapping_of_attributes_is_refused():
    with pytest.raises(WrongType, match="attributes"):
        edited(box(), LATER, {"attributes": "junk"}, NOTHING)


@given(st.dictionaries(st.one_of(st.text(), st.integers(), st.none()), st.none()))
def test_names_from_outside_are_known_or_refused(fields):
    answer = None

    try:
        answer = edited(box(), LATER, fields, NOTHING)
    except CrmError as error:
        answer = error

    assert isinstance(answer, Box if not fields else CrmError | Box)

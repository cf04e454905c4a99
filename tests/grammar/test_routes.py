"""Where paths lead, and what is said of those that lead nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import ExpressionTooLarge, UnknownField, WrongType
from crmcore.grammar import F, Kind, Path, Scope, path_of
from crmcore.grammar.query import MAX_DEPTH

from .questions import CHILDREN, PATHS, RECORDS
from .specimens import SCOPE, WORLD

PERSON = Scope.of(WORLD.named("person"), WORLD)


def trail(path, scope=SCOPE):
    """How each name of a path is reached, and where it leads on to."""
    steps = scope.route(path_of(path)).steps
    return [(step.spec.name, step.via, step.target and step.target.name) for step in steps]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (kind, path)
        for kind, paths in sorted(PATHS["thing"].items(), key=lambda each: each[0].value)
        for path in paths
    ],
)
def test_a_path_ends_in_a_field_of_its_kind(kind, path):
    assert SCOPE.route(path_of(path)).leaf.kind is kind


@pytest.mark.parametrize("path", RECORDS)
def test_a_path_may_end_in_a_record(path):
    assert SCOPE.route(path_of(path)).leaf.kind is Kind.RECORD


@pytest.mark.parametrize("path", CHILDREN["thing"])
def test_a_path_may_end_in_children(path):
    assert SCOPE.route(path_of(path)).leaf.kind is Kind.CHILDREN


def test_every_step_is_told():
    assert trail("title") == [("title", "field", None)]
    assert trail("owner") == [("owner", "field", None)]
    assert trail("owner.boss.name") == [
        ("owner", "field", "person"),
        ("boss", "field", "person"),
        ("name", "field", None),
    ]
    assert trail("parent.kind") == [("parent", "field", "thing"), ("kind", "variant", None)]
    assert trail("worth.currency") == [("worth", "field", None), ("currency", "part", None)]
    assert trail("place.rent.value") == [
        ("place", "field", None),
        ("rent", "field", None),
        ("value", "part", None),
    ]
    assert trail("owner.attributes.hue") == [
        ("owner", "field", "person"),
        ("hue", "attribute", None),
    ]
    assert trail("attributes") == [("attributes", "field", None)]


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("title", False),
        ("count", True),
        ("volume", True),
        ("kind", False),
        ("attributes.rank", True),
        ("attributes", False),
        ("price.value", False),
        ("worth.value", True),
        ("place.corner.x", True),
        ("owner.name", True),
        ("notes", False),
        ("shells", True),
    ],
)
def test_what_may_be_missing_is_known(path, missing):
    assert SCOPE.route(path_of(path)).may_be_missing is missing


@given(st.lists(st.sampled_from(["owner", "boss", "parent", "name", "title", "kind"]), max_size=6))
def test_a_path_is_known_exactly_when_each_of_its_names_is(names):
    expected, here = [], "thing"
    for name in names:
        here = STEPS.get((here, name))
        expected.append(here)

    try:
        route = SCOPE.route(Path(tuple(names)))
    except UnknownField:
        route = None

    assert (route is not None) is (bool(names) and None not in expected)
    assert route is None or len(route.steps) == len(names)


STEPS = {
    ("thing", "owner"): "person",
    ("thing", "parent"): "thing",
    ("thing", "title"): "text",
    ("thing", "kind"): "text",
    ("person", "boss"): "person",
    ("person", "name"): "text",
}


@given(st.sampled_from([path for paths in PATHS["thing"].values() for path in paths]))
def test_behind_a_reference_a_path_goes_on_as_if_it_began_there(path):
    there, here = SCOPE.route(path_of(f"parent.{path}")), SCOPE.route(path_of(path))

    assert there.steps[1:] == here.steps
    assert there.may_be_missing


def test_paths_inside_children_start_at_the_child():
    notes = SCOPE.child(SCOPE.route(path_of("notes")))

    assert trail("author.name", notes) == [("author", "field", "person"), ("name", "field", None)]
    assert trail("url", notes.child(notes.route(path_of("links")))) == [("url", "field", None)]


def test_what_is_no_child_has_nothing_inside():
    inside = SCOPE.child(SCOPE.route(path_of("title")))

    with pytest.raises(UnknownField):
        inside.route(path_of("anything"))


@pytest.mark.parametrize(
    ("path", "entity", "field", "suggestion"),
    [
        ("titel", "thing", "titel", "title"),
        ("", "thing", "", None),
        ("knd", "thing", "knd", "kind"),
        ("rank", "thing", "rank", "attributes.rank"),
        ("owner.hue", "person", "hue", "attributes.hue"),
        ("place.hue", "thing.place", "hue", None),
        ("place.stret", "thing.place", "stret", "street"),
        ("place.spot.z", "thing.place.spot", "z", None),
        ("owner.nam", "person", "nam", "name"),
        ("owner.kind", "person", "kind", "id"),
        ("parent.owner.bos", "person", "bos", "boss"),
        ("attributes.rnk", "thing.attributes", "rnk", "rank"),
        ("owner.attributes.hew", "person.attributes", "hew", "hue"),
        ("worth.curency", "thing.worth", "curency", "currency"),
        ("worth.value.digits", "thing.worth.value", "digits", None),
        ("title.x", "thing.title", "x", None),
        ("kind.x", "kind.x", "x", None),
        ("attributes.rank.x", "thing.attributes.rank", "x", None),
        ("notes.text", "thing.notes", "text", None),
        ("__class__", "thing", "__class__", None),
        ("title.__len__", "thing.title", "__len__", None),
    ],
)
def test_an_unknown_name_is_told_where_it_stands(path, entity, field, suggestion):
    with pytest.raises(UnknownField) as unknown:
        SCOPE.route(path_of(path))

    told = unknown.value
    assert (told.entity, told.field, told.suggestion) == (entity, field, suggestion)


def test_nothing_at_all_is_no_path():
    with pytest.raises(UnknownField):
        SCOPE.route(F())


def test_own_attributes_are_no_fields_and_fields_no_attributes():
    with pytest.raises(UnknownField):
        SCOPE.route(path_of("hue"))
    with pytest.raises(UnknownField):
        SCOPE.route(path_of("attributes.title"))


def test_the_length_of_a_path_has_a_limit():
    SCOPE.route(Path(("parent",) * MAX_DEPTH))

    with pytest.raises(ExpressionTooLarge):
        SCOPE.route(Path(("parent",) * (MAX_DEPTH + 1)))
    with pytest.raises(ExpressionTooLarge):
        SCOPE.route(Path(("parent",) * 100_000))


@pytest.mark.parametrize(
    "junk", [None, 5, "title", ("title",), Path((1,)), Path(([],)), Path((None,))]
)
def test_what_is_no_path_is_refused(junk):
    with pytest.raises(WrongType):
        SCOPE.route(junk)


@given(st.text(max_size=200))
def test_no_name_from_outside_does_harm(name):
    told = repr(name)

    try:
        PERSON.route(Path((name,)))
    except UnknownField as unknown:
        told = str(unknown)

    assert repr(name) in told or len(name) > 100
    assert len(told) < 1200

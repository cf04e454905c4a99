"""What the compiled functions answer, judged by a plain walk over the tree."""

from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmcore.errors import ExpressionTooLarge, WrongType
from crmcore.grammar import (
    EVERYTHING,
    Among,
    Compare,
    Condition,
    Either,
    Every,
    F,
    Has,
    Kind,
    Matches,
    Missing,
    Not,
    Path,
    bind,
    compile_condition,
    compile_operand,
    look_nowhere,
    path_of,
)
from crmcore.grammar.compiling import Draft, bucket_of, elapsed
from crmcore.grammar.query import MAX_DEPTH, MAX_NODES
from crmcore.values import Money

from . import naive
from .questions import (
    CHILDREN,
    COMPARISONS,
    PATHS,
    QUESTIONS,
    RECORDS,
    VALUES,
    VARIANTS,
    conditions,
    fits,
    operands,
)
from .specimens import (
    NOBODY,
    NOW,
    PEOPLE,
    SCOPE,
    TEXTS,
    THINGS,
    Colour,
    Link,
    Maker,
    Note,
    Place,
    Thing,
    ball,
    box,
    looking,
    person,
)

MANY = settings(max_examples=max(400, settings.default.max_examples))
SEEDS = st.integers(0, 40)
TWO = st.tuples(QUESTIONS, QUESTIONS)
TEXTS_ASKED = st.sampled_from(TEXTS)


def things_of(world):
    return [each for each in world.values() if isinstance(each, Thing)]


def answers(condition, world):
    """What the compiled condition says of every thing."""
    test = compile_condition(bind(condition, SCOPE), SCOPE)
    return [test(thing, looking(world)) for thing in things_of(world)]


def holds(condition, thing, *others):
    """What the compiled condition says of one thing."""
    world = {each.id: each for each in (thing, *others)}
    return compile_condition(bind(condition, SCOPE), SCOPE)(thing, looking(world))


# --- the meaning ---------------------------------------------------------------------------------


@MANY
@given(QUESTIONS, SEEDS)
def test_compiled_conditions_mean_what_the_tree_says(condition, seed):
    world = Maker(seed).world()

    said = answers(condition, world)

    assert said == [naive.holds(condition, thing, world) for thing in things_of(world)]
    assert all(type(each) is bool for each in said)


@given(st.sampled_from([path for paths in PATHS["thing"].values() for path in paths]), SEEDS)
def test_compiled_operands_give_what_the_tree_says(name, seed):
    world = Maker(seed).world()
    get = compile_operand(path_of(name), SCOPE)

    for thing in things_of(world):
        assert get(thing, looking(world)) == naive.value(path_of(name), thing, world)


def test_every_path_that_leads_anywhere_can_be_compiled():
    world = Maker(1).world()
    paths = [name for names in PATHS["thing"].values() for name in names]

    for name in (*paths, *RECORDS, *CHILDREN["thing"]):
        get = compile_operand(path_of(name), SCOPE)
        found = [get(thing, looking(world)) for thing in things_of(world)]
        assert found == [naive.value(path_of(name), thing, world) for thing in things_of(world)]


@given(QUESTIONS, SEEDS)
def test_not_is_the_plain_opposite_of_anything(condition, seed):
    world = Maker(seed).world()

    opposite = compile_condition(Not(bind(condition, SCOPE)), SCOPE)

    for thing, straight in zip(things_of(world), answers(condition, world), strict=True):
        assert opposite(thing, looking(world)) is not straight


@given(TWO, SEEDS)
def test_joining_obeys_the_laws_of_de_morgan(pair, seed):
    one, other = (bind(each, SCOPE) for each in pair)
    world = Maker(seed).world()
    look = looking(world)

    neither = compile_condition(~(one | other), SCOPE)
    both_not = compile_condition(~one & ~other, SCOPE)
    not_both = compile_condition(~(one & other), SCOPE)
    either_not = compile_condition(~one | ~other, SCOPE)

    for thing in things_of(world):
        assert neither(thing, look) is both_not(thing, look)
        assert not_both(thing, look) is either_not(thing, look)


ABSENT = {
    Kind.TEXT: ("story", "attributes.hue", "worth.currency", "owner.name", "parent.kind"),
    Kind.CHOICE: ("trim", "lid", "parent.colour"),
    Kind.INTEGER: ("count", "volume", "attributes.rank", "place.corner.x", "owner.revision"),
    Kind.DECIMAL: ("weight", "attributes.level", "worth.value", "parent.bulk"),
    Kind.SHARE: ("part", "parent.whole"),
    Kind.MONEY: ("worth", "parent.price", "place.rent"),
    Kind.BOOLEAN: ("flag", "attributes.ok", "parent.sold"),
    Kind.DATE: ("begun", "attributes.due", "owner.born"),
    Kind.INSTANT: ("seen", "attributes.met", "parent.created_at"),
    Kind.ID: ("serial", "owner", "carrier", "parent.id"),
}
"""Per kind, paths that lead to nothing from a ball with no more than it needs."""


@given(TWO, SEEDS)
def test_joining_does_not_mind_order_or_repetition(pair, seed):
    one, other = pair
    world = Maker(seed).world()

    assume(fits(one & other) and fits(one | other))
    assert answers(one & other, world) == answers(other & one, world)
    assert answers(one | other, world) == answers(other | one | other, world)
    assert answers(one & one, world) == answers(one, world) == answers(one | one, world)


@given(QUESTIONS, SEEDS)
def test_everything_and_nothing_are_neutral(condition, seed):
    world = Maker(seed).world()

    assume(fits(Every((condition,))))
    assert answers(EVERYTHING & condition, world) == answers(condition, world)
    assert answers(Either(()) | condition, world) == answers(condition, world)
    assert not any(answers(Either(()) & condition, world))


@given(TWO, SEEDS)
def test_both_is_less_than_each_and_either_is_more(pair, seed):
    one, other = pair
    world = Maker(seed).world()
    assume(fits(one & other) and fits(one | other))

    both, first, either = (answers(each, world) for each in (one & other, one, one | other))

    assert all(a <= b <= c for a, b, c in zip(both, first, either, strict=True))


@given(conditions("note", 1), conditions("note", 1), SEEDS)
def test_any_child_of_either_is_either_of_any_child(one, other, seed):
    world = Maker(seed).world()
    assume(fits(~~F.notes.any(one | other)))

    assert answers(F.notes.any(one | other), world) == answers(
        F.notes.any(one) | F.notes.any(other), world
    )


@given(st.sampled_from(list(VALUES)), st.data(), SEEDS)
def test_among_several_is_equal_to_one_of_them(kind, data, seed):
    left, values = data.draw(operands("thing", kind))
    world = Maker(seed).world()
    some = data.draw(st.lists(st.sampled_from(values), max_size=4))

    one_of_them = Either(tuple(Compare("eq", left, value) for value in some))

    assert answers(Among(left, tuple(some)), world) == answers(one_of_them, world)


@given(st.sampled_from(list(VALUES)), st.data(), SEEDS)
def test_a_present_value_is_smaller_equal_or_larger(kind, data, seed):
    assume(kind not in {Kind.CHOICE, Kind.MONEY})
    left, values = data.draw(operands("thing", kind))
    value = data.draw(st.sampled_from(values))
    world = Maker(seed).world()

    lt, eq, gt, le, ge, ne, missing = (
        answers(each, world)
        for each in (
            *(Compare(op, left, value) for op in ("lt", "eq", "gt", "le", "ge", "ne")),
            Missing(left),
        )
    )

    for place in range(len(missing)):
        assert lt[place] + eq[place] + gt[place] + missing[place] == 1
        assert le[place] is (lt[place] or eq[place])
        assert ge[place] is (gt[place] or eq[place])
        assert ne[place] is (lt[place] or gt[place])


@given(st.sampled_from([F.title, F.story, F.title.folded, F.owner.name]), TEXTS_ASKED, SEEDS)
def test_a_text_contains_its_beginning_and_its_end(text, part, seed):
    world = Maker(seed).world()

    within, begins, ends = (
        answers(each, world)
        for each in (text.contains(part), text.startswith(part), text.endswith(part))
    )

    assert all(b <= w and e <= w for w, b, e in zip(within, begins, ends, strict=True))
    assert answers(text.contains(""), world) == answers(~text.is_missing(), world)


@pytest.mark.parametrize(("path", "kind"), [(p, kind) for kind, ps in ABSENT.items() for p in ps])
def test_a_comparison_with_a_missing_value_is_false_and_its_opposite_true(path, kind):
    signs = ("eq", "ne") if kind is Kind.CHOICE else COMPARISONS
    values = VARIANTS if path.endswith("kind") else VALUES[kind]

    for value in values:
        for op in signs:
            assert not holds(Compare(op, path_of(path), value), ball())
            assert holds(~Compare(op, path_of(path), value), ball())
        assert not holds(Among(path_of(path), (value,)), ball())
    assert holds(F[path].is_missing(), ball())


def test_different_from_something_is_false_where_nothing_is():
    assert not holds(F.count != 1, box())
    assert not holds(F.worth != Money(1, "EUR"), box())
    assert holds(~(F.count == 1), box())
    assert holds(F.count != 1, box(count=2))


def test_a_field_of_another_variant_is_missing():
    assert holds(F.volume.is_missing(), ball())
    assert not holds(F.volume.is_missing(), box())
    assert holds(~F.shells.any(F.rank == 0), box())


def test_the_empty_joins_are_true_and_false():
    assert holds(Every(()), box())
    assert not holds(Either(()), box())
    assert holds(EVERYTHING & (F.kind == "box"), box())


# --- references and children ---------------------------------------------------------------------


def test_a_reference_that_leads_nowhere_makes_all_behind_it_missing():
    lost = box(owner=NOBODY, parent=NOBODY)

    assert holds(F.owner == NOBODY, lost)
    assert holds(F.owner.name.is_missing() & F.parent.kind.is_missing(), lost)
    assert holds(F.parent.attributes.hue.is_missing() & F.owner.boss.name.is_missing(), lost)


def test_children_of_what_is_referred_to_can_be_asked():
    ada = person(notes=(Note(text="late", author=PEOPLE[1]),), boss=PEOPLE[1])
    bob = person(id=PEOPLE[1], name="Bob", notes=(Note(text="hi", links=(Link(url="x"),)),))

    assert holds(F.owner.notes.any(F.text == "late"), box(owner=ada.id), ada)
    assert not holds(F.owner.notes.any(F.text == "hi"), box(owner=ada.id), ada)
    assert not holds(F.owner.notes.any(EVERYTHING), box(), ada)
    assert holds(
        F.owner.notes.any(F.author.notes.any(F.links.any(F.url == "x"))),
        box(owner=ada.id),
        ada,
        bob,
    )
    keeper = Place(street="s", keeper=ada.id)
    assert holds(F.place.keeper.boss.notes.any(F.text == "hi"), box(place=keeper), ada, bob)


def test_all_conditions_on_children_meet_one_child():
    thing = box(notes=(Note(text="a", stars=1), Note(text="b", stars=2)))

    assert holds(F.notes.any((F.text == "a") & (F.stars == 1)), thing)
    assert not holds(F.notes.any((F.text == "a") & (F.stars == 2)), thing)
    assert holds(F.notes.any(F.text == "a") & F.notes.any(F.stars == 2), thing)


# --- points --------------------------------------------------------------------------------------


def summing(rules):
    """One function for many conditions, as a scoring model is compiled."""
    draft = Draft(SCOPE, fetch_once=True)
    lines = [
        f"if {draft.condition(when, 'record', SCOPE)}: total += {draft.constant(points)}"
        for when, points in rules
    ]
    return draft.function(["total = 0", *lines, "return total"])


@given(st.lists(st.tuples(QUESTIONS, st.integers(-9, 9)), max_size=4), SEEDS)
def test_points_are_the_sum_of_the_rules_that_apply(rules, seed):
    world = Maker(seed).world()
    bound = [(bind(condition, SCOPE), points) for condition, points in rules]
    points_of = summing(bound)

    for thing in things_of(world):
        expected = sum(points for each, points in rules if naive.holds(each, thing, world))
        assert points_of(thing, looking(world)) == expected


def test_points_look_each_reference_up_once():
    asked = []

    def look(entity, id):
        asked.append((entity, id))
        return {PEOPLE[0]: person(boss=PEOPLE[1]), THINGS[1]: ball()}.get(id)

    rules = [
        (F.owner.name == "Ada", 1),
        (F.owner.boss.name == "Bob", 2),
        (F.owner.boss.notes.any(F.text == "a"), 3),
        (F.parent.kind == "ball", 4),
        (F.parent.owner.name.is_missing(), 5),
    ]
    points_of = summing([(bind(each, SCOPE), points) for each, points in rules])

    points = points_of(box(owner=PEOPLE[0], parent=THINGS[1]), look)

    assert points == 1 + 4 + 5
    assert len(asked) == len(set(asked))


# --- rows without a schema -----------------------------------------------------------------------


@pytest.mark.parametrize("make", [dict, SimpleNamespace])
def test_plain_rows_are_read_by_their_parts(make):
    row = make(name="Ada", age=36, home=make(town="London"), pets=[make(legs=4)], gone=None)

    assert compiled((F.home.town == "London") & (F.age >= 36), row)
    assert compiled(F.name.startswith("A") & F.name.endswith("a") & F.name.contains("d"), row)
    assert compiled(F.pets.any(F.legs == 4) & ~F.toys.any(EVERYTHING), row)
    assert compiled(
        F.gone.is_missing() & F.home.street.is_missing() & F.lost.town.is_missing(), row
    )
    assert not compiled(F.gone.startswith("a") | (F.gone < 1) | (F.gone != 1), row)
    assert compiled(F.name.folded == "ada", row)
    assert compiled(F.name <= F.name, row)


def compiled(condition, row):
    return compile_condition(condition, None)(row, look_nowhere)


def test_an_unbound_condition_that_is_too_deep_is_refused():
    deep = F.a == 1
    for _ in range(100_000):
        deep = ~deep

    with pytest.raises(ExpressionTooLarge):
        compile_condition(deep, None)


def test_an_unbound_path_that_is_too_long_is_refused():
    assert not compiled(F[".".join("a" * MAX_DEPTH)] == 1, {"a": 1})

    with pytest.raises(ExpressionTooLarge, match="names"):
        compile_condition(F[".".join("a" * (MAX_DEPTH + 1))] == 1, None)


@pytest.mark.parametrize(
    "node", [Condition(), Every((Condition(),)), Has(Path(("a",)), F.a), Compare("eq", "a", 1)]
)
def test_what_is_no_node_is_refused(node):
    with pytest.raises(WrongType):
        compile_condition(node, None)


def test_the_largest_conditions_can_be_compiled():
    longest = F[".".join(["parent"] * (MAX_DEPTH - 1))]
    amount = F[".".join(["parent"] * (MAX_DEPTH - 2))].worth
    wide = Either((amount == Money(1, "EUR"),) * (MAX_NODES - 1))
    deep = longest.title == longest.story
    children = F[".".join(["author", *["boss"] * (MAX_DEPTH - 1)])].is_missing()
    for _ in range(MAX_DEPTH - 2):
        deep = ~Every((deep,)) if isinstance(deep, Compare) else Either((deep,))
        children = F[".".join(["author", *["boss"] * (MAX_DEPTH - 2)])].notes.any(children)

    assert not holds(wide, box())
    assert holds(deep, box())
    assert not holds(F.notes.any(children), box(notes=(Note(text="a"),)))


def test_text_in_a_condition_never_becomes_code():
    nasty = "'); import os #{record}\\"

    test = compile_condition(Matches("contains", Path(("title",)), nasty), SCOPE)

    assert not test(box(), look_nowhere)
    assert test(box(title=f"<{nasty}>"), look_nowhere)


# --- computed values -----------------------------------------------------------------------------


def test_computed_values_of_nothing_are_nothing():
    assert elapsed(None, NOW) is None
    assert elapsed(NOW, None) is None
    assert bucket_of(None, "day") is None


def test_choices_are_found_by_their_text():
    assert holds(F.colour == "red", box(colour=Colour.RED))
    assert holds(F.colour.in_(["red", Colour.BLUE]), box(colour=Colour.BLUE))
    assert holds(F.colour != "green", box())

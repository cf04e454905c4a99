"""Aggregates, judged by counting plainly with fractions and sets."""

import decimal
from decimal import Decimal
from fractions import Fraction
from statistics import median as middle_of
from types import SimpleNamespace

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch, InexactNumber, InvalidValue
from crmcore.grammar import (
    EVERYTHING,
    Aggregate,
    AggregateQuery,
    F,
    Kind,
    Not,
    Path,
    average,
    bind_aggregates,
    count,
    count_distinct,
    evaluate,
    largest,
    look_nowhere,
    median,
    path_of,
    smallest,
    total,
)
from crmcore.grammar.aggregating import add_exactly, plain_number, sort_key, whole_of
from crmcore.values import Money, Ratio, Share

from . import naive
from .questions import COMPARISONS, PATHS, QUESTIONS, fits, operands
from .specimens import NOBODY, PEOPLE, SCOPE, Colour, Maker, Thing, ball, box, looking

SINGLE = frozenset(PATHS["thing"])
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
ALLOWED = {
    "count": SINGLE,
    "count_distinct": SINGLE - {Kind.MONEY},
    "sum": NUMBERS | {Kind.MONEY},
    "avg": NUMBERS | {Kind.SHARE},
    "median": NUMBERS | {Kind.SHARE},
    "min": SINGLE - {Kind.CHOICE, Kind.ID, Kind.BOOLEAN},
    "max": SINGLE - {Kind.CHOICE, Kind.ID, Kind.BOOLEAN},
}
SPANS = st.sampled_from(
    [(F.ended - F.begun)(), (F.gone - F.seen)(), (F.seen - F.owner.created_at)()]
)
HOSTILE = decimal.Context(
    prec=3, traps=[decimal.Inexact, decimal.Rounded, decimal.InvalidOperation]
)


@st.composite
def measures(draw):
    function = draw(st.sampled_from(list(ALLOWED)))
    where = draw(st.one_of(st.just(EVERYTHING), QUESTIONS))
    if function == "count" and draw(st.booleans()):
        return Aggregate(function, None, where)
    if draw(st.integers(0, 5)) == 0:
        return Aggregate(function, draw(SPANS), where)
    kind = draw(st.sampled_from(sorted(ALLOWED[function], key=lambda kind: kind.value)))
    if kind in {Kind.DATE, Kind.INSTANT} and function not in {"min", "max", "count"}:
        return Aggregate(function, path_of(draw(st.sampled_from(PATHS["thing"][kind]))), where)
    return Aggregate(function, draw(operands("thing", kind))[0], where)


@st.composite
def queries(draw):
    kinds = st.sampled_from(sorted(SINGLE - {Kind.MONEY}, key=lambda kind: kind.value))
    by = [draw(operands("thing", draw(kinds)))[0] for _ in range(draw(st.integers(0, 2)))]
    found = draw(st.lists(measures(), max_size=3))
    return AggregateQuery(
        entity="thing",
        measures={f"m{place}": each for place, each in enumerate(found)},
        by=tuple(by),
        where=draw(st.one_of(st.just(EVERYTHING), QUESTIONS)),
    )


# --- counted plainly -----------------------------------------------------------------------------


def counted(query, rows, world):
    """The groups of an unbound query, by key."""
    kept = [row for row in rows if naive.holds(query.where, row, world)]
    keys = {tuple(naive.value(each, row, world) for each in query.by): [] for row in kept}
    for row in kept:
        keys[tuple(naive.value(each, row, world) for each in query.by)].append(row)
    groups = keys if query.by else {(): kept}
    return {
        key: {name: one(each, members, world) for name, each in query.measures.items()}
        for key, members in groups.items()
    }


def one(aggregate, rows, world):
    members = [row for row in rows if naive.holds(aggregate.where, row, world)]
    if aggregate.operand is None:
        return len(members)
    values = [naive.value(aggregate.operand, row, world) for row in members]
    present = [value for value in values if value is not None]
    if len({value.currency for value in present if isinstance(value, Money)}) > 1:
        return len(present) if aggregate.function == "count" else CurrencyMismatch
    return PLAIN[aggregate.function](present)


def number(value):
    return Fraction(getattr(value, "value", getattr(value, "amount", value)))


def summed(values):
    return sum(map(number, values)) if values else None


def averaged(values):
    return (summed(values), len(values)) if values else None


def halved(values):
    return middle_of(map(number, values)) if values else None


PLAIN = {
    "count": len,
    "count_distinct": lambda values: len(set(values)),
    "sum": summed,
    "avg": averaged,
    "median": halved,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
}


def plainly(function, answer):
    """An answer of the library in the form that counting plainly gives."""
    match function, answer:
        case _, None:
            return None
        case "sum", _:
            return number(answer)
        case "avg", _:
            return Fraction(answer.numerator), int(answer.denominator)
        case "median", _:
            return Fraction(answer.numerator) / Fraction(answer.denominator)
        case _:
            return answer


@given(queries(), st.integers(0, 40))
def test_aggregates_are_what_counting_plainly_gives(query, seed):
    world = Maker(seed).world()
    rows = [each for each in world.values() if isinstance(each, Thing)]
    expected = counted(query, rows, world)
    mixed = CurrencyMismatch in [each for group in expected.values() for each in group.values()]
    bound = bind_aggregates(query, SCOPE)

    with decimal.localcontext(HOSTILE):
        try:
            groups = evaluate(bound, iter(rows), looking(world), SCOPE)
        except CurrencyMismatch:
            groups = None

    assert mixed is (groups is None)
    for group in groups or ():
        for name, each in query.measures.items():
            assert plainly(each.function, group.values[name]) == expected[group.key][name]
    assert groups is None or [group.key for group in groups] == in_order(expected)


def in_order(keys):
    """Keys with missing values first; ids by their bytes, all else by itself."""
    return sorted(
        keys, key=lambda key: [(part is not None, getattr(part, "bytes", part)) for part in key]
    )


# --- laws ----------------------------------------------------------------------------------------


def things_of(seed):
    world = Maker(seed).world()
    return [each for each in world.values() if isinstance(each, Thing)], looking(world)


def measured(rows, look, *, by=(), **named):
    query = AggregateQuery(entity="thing", measures=named, by=by)
    return evaluate(bind_aggregates(query, SCOPE), rows, look, SCOPE)


SEEDS = st.integers(0, 40)
SUMMED = st.sampled_from([F.count, F.least, F.weight, F.bulk, F.ended - F.begun, F.revision])
GROUPED = st.sampled_from([F.colour(), F.kind(), F.owner.name(), F.begun.by("year")(), F.flag()])


@given(QUESTIONS, SEEDS)
def test_a_filter_and_its_opposite_divide_the_count(condition, seed):
    rows, look = things_of(seed)
    opposite = condition.item if isinstance(condition, Not) else Not(condition)
    assume(fits(opposite))

    (group,) = measured(rows, look, all=count(), some=count(condition), rest=count(opposite))

    assert group.values["some"] + group.values["rest"] == group.values["all"] == len(rows)


@given(GROUPED, SUMMED, SEEDS)
def test_groups_divide_counts_and_sums(key, number, seed):
    rows, look = things_of(seed)

    (whole,) = measured(rows, look, n=count(), sum=total(number))
    groups = measured(rows, look, by=(key,), n=count(), sum=total(number))

    assert sum(group.values["n"] for group in groups) == whole.values["n"]
    assert sum(group.values["sum"] or 0 for group in groups) == (whole.values["sum"] or 0)
    assert len({group.key for group in groups}) == len(groups)


@given(queries(), SEEDS)
def test_groups_tell_the_whole_or_leave_it_to_be_asked(query, seed):
    rows, look = things_of(seed)
    bound = bind_aggregates(query, SCOPE)
    functions = {each.function for each in query.measures.values()}

    with decimal.localcontext(HOSTILE):
        whole, *_ = answered(lambda: evaluate(attrs.evolve(bound, by=()), rows, look, SCOPE))
        told, *_ = answered(lambda: (whole_of(bound, evaluate(bound, rows, look, SCOPE)),))

    assert told == whole or (told is None and functions & {"median", "count_distinct"})


def answered(ask):
    """The answer, or that currencies do not mix."""
    try:
        return ask()
    except CurrencyMismatch:
        return (CurrencyMismatch,)


@given(GROUPED, GROUPED, SEEDS)
def test_more_keys_make_no_fewer_groups(one, other, seed):
    rows, look = things_of(seed)

    few, many = (measured(rows, look, by=by, n=count()) for by in ((one,), (one, other)))

    assert {group.key[:1] for group in many} == {group.key for group in few}


@given(SUMMED, SEEDS)
def test_means_and_medians_lie_between_the_extremes(number, seed):
    rows, look = things_of(seed)

    (group,) = measured(
        rows,
        look,
        low=smallest(number),
        mean=average(number),
        half=median(number),
        high=largest(number),
    )

    if (low := group.values["low"]) is not None:
        for name in ("mean", "half"):
            quotient = group.values[name]
            exact = Fraction(quotient.numerator) / Fraction(quotient.denominator)
            assert Fraction(low) <= exact <= Fraction(group.values["high"])


@given(SUMMED, SEEDS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(number, seed, random):
    rows, look = things_of(seed)
    shuffled = random.sample(rows, len(rows))
    named = {"sum": total(number), "half": median(number), "kinds": count_distinct(number)}

    assert measured(rows, look, **named) == measured(shuffled, look, **named)


@given(SUMMED, SEEDS)
def test_there_are_no_more_different_values_than_values(number, seed):
    rows, look = things_of(seed)

    (group,) = measured(
        rows, look, kinds=count_distinct(number), n=Aggregate("count", number()), all=count()
    )

    assert group.values["kinds"] <= group.values["n"] <= group.values["all"]


# --- single functions ----------------------------------------------------------------------------


def asked(aggregate, *rows, by=()):
    """The answer to one aggregate, bound, over things."""
    query = AggregateQuery(entity="thing", measures={"n": aggregate}, by=by)
    groups = evaluate(bind_aggregates(query, SCOPE), rows, look_nowhere, SCOPE)
    return {group.key: group.values["n"] for group in groups} if by else groups[0].values["n"]


@pytest.mark.parametrize(
    ("aggregate", "answer"),
    [
        (count(), 0),
        (Aggregate("count", Path(("count",))), 0),
        (count_distinct(F.count), 0),
        (total(F.count), None),
        (total(F.worth), None),
        (average(F.count), None),
        (median(F.weight), None),
        (smallest(F.title), None),
        (largest(F.seen), None),
    ],
)
def test_over_nothing_there_is_no_answer(aggregate, answer):
    assert asked(aggregate) == answer
    assert type(asked(aggregate)) is type(answer)


def test_without_keys_there_is_one_group_also_over_nothing():
    query = AggregateQuery(entity="thing", measures={})

    assert [group.key for group in evaluate(query, (), look_nowhere, SCOPE)] == [()]
    keyed = AggregateQuery(entity="thing", measures={}, by=(Path(("count",)),))
    assert evaluate(keyed, (), look_nowhere, SCOPE) == ()


def test_a_group_that_no_measure_applies_to_is_there_all_the_same():
    by = (Path(("colour",)),)

    assert asked(count(F.count == 1), box(), by=by) == {("red",): 0}
    assert asked(total(F.count), box(), by=by) == {("red",): None}


def test_missing_keys_make_the_first_group():
    rows = [box(count=2), box(), box(count=1), ball()]

    assert list(asked(count(), *rows, by=(Path(("count",)),)).items()) == [
        ((None,), 2),
        ((1,), 1),
        ((2,), 1),
    ]


def test_sums_are_exact_in_any_decimal_context():
    rows = [box(weight=Decimal("0.001"))] * 10 + [box(weight=Decimal("999999999999999.999"))]

    with decimal.localcontext(HOSTILE):
        exact = asked(total(F.weight), *rows)
        mean = asked(average(F.weight), *rows)
        half = asked(median(F.weight), *rows, rows[0])

    assert exact == Decimal("1000000000000000.009")
    assert mean == Ratio("1000000000000000.009", 11)
    assert half == Ratio("0.002", 2)


def test_whole_numbers_are_summed_beyond_64_bits():
    assert asked(total(F.count), box(count=2**63 - 1), box(count=2**63 - 1)) == 2**64 - 2


def test_amounts_are_summed_beyond_the_widest_on_the_way():
    widest = Money("99999999999999.9999", "EUR")
    rows = [box(worth=each) for each in (widest, widest, -widest)]

    assert asked(total(F.worth), *rows) == widest
    with pytest.raises(InvalidValue):
        asked(total(F.worth), *rows[:2])


@pytest.mark.parametrize("build", [total, smallest, largest])
def test_two_currencies_do_not_mix(build):
    rows = [box(worth=Money(1, "EUR")), box(worth=Money(1, "USD"))]

    with pytest.raises(CurrencyMismatch) as refused:
        asked(build(F.worth), *rows)

    assert {refused.value.expected, refused.value.actual} == {"EUR", "USD"}
    by_currency = asked(build(F.worth), *rows, by=(Path(("worth", "currency")),))
    assert by_currency == {("EUR",): Money(1, "EUR"), ("USD",): Money(1, "USD")}


def test_a_filter_can_keep_currencies_apart():
    rows = [box(worth=Money(1, "EUR")), box(worth=Money(2, "USD")), box()]

    assert asked(total(F.worth, F.worth.currency == "USD"), *rows) == Money(2, "USD")


def test_medians_of_odd_and_even_numbers():
    rows = [box(count=each) for each in (5, 1, 9, 2)]

    assert asked(median(F.count), *rows[:3]) == Ratio(5, 1)
    assert asked(median(F.count), *rows) == Ratio(7, 2)
    assert asked(median(F.part), box(part=Share("0.25")), box(part=Share(1))) == Ratio("1.25", 2)


def test_counting_looks_at_present_values_only():
    rows = [box(count=1), box(count=1), box(), ball(count=2)]

    assert asked(count(), *rows) == 4
    assert asked(Aggregate("count", Path(("count",))), *rows) == 3
    assert asked(count_distinct(F.count), *rows) == 2
    assert (
        asked(count_distinct(F.weight), box(weight=Decimal("1.50")), box(weight=Decimal("1.5")))
        == 1
    )


def test_keys_of_ids_sort_by_their_bytes():
    keys = [(NOBODY,), (PEOPLE[0],), (None,)]

    assert sorted(keys, key=sort_key) == [(None,), (PEOPLE[0],), (NOBODY,)]


# --- rows without a schema -----------------------------------------------------------------------

FLAT = ("count", "least", "weight", "title", "worth", "part", "colour", "begun")
Flat = attrs.make_class("Flat", FLAT)


@given(
    st.integers(0, 40),
    st.sampled_from([("sum", "count"), ("avg", "weight"), ("min", "title"), ("median", "part")]),
    st.sampled_from([(), ("title",), ("colour", "begun")]),
    st.sampled_from(COMPARISONS),
)
def test_objects_and_mappings_are_counted_like_entities(seed, measure, by, sign):
    function, field = measure
    things = [each for each in Maker(seed).world().values() if isinstance(each, Thing)]
    rows = [{name: getattr(thing, name) for name in FLAT} for thing in things]
    where = {"lt": F.count < 2, "eq": F.colour == Colour.RED}.get(sign, EVERYTHING)
    query = AggregateQuery(
        entity="thing",
        measures={"n": Aggregate(function, Path((field,)), where), "all": count()},
        by=tuple(Path((name,)) for name in by),
    )
    expected = evaluate(bind_aggregates(query, SCOPE), things, look_nowhere, SCOPE)

    for make in (dict, lambda row: SimpleNamespace(**row), lambda row: Flat(**row)):
        assert evaluate(query, map(make, rows), look_nowhere, None) == expected


def test_floats_are_not_summed():
    query = AggregateQuery(entity="row", measures={"n": total(F.a)})

    with pytest.raises(InexactNumber):
        evaluate(query, [{"a": 1}, {"a": 0.1}], look_nowhere, None)


def test_plain_numbers_do_not_mix_with_amounts():
    query = AggregateQuery(entity="row", measures={"n": total(F.a)})

    with pytest.raises(CurrencyMismatch):
        evaluate(query, [{"a": 1}, {"a": Money(1, "EUR")}], look_nowhere, None)
    with pytest.raises(CurrencyMismatch):
        evaluate(query, [{"a": Money(1, "EUR")}, {"a": 1}], look_nowhere, None)


@given(
    st.lists(
        st.one_of(
            st.integers(-(10**30), 10**30),
            st.integers(-(10**50), 10**50).map(lambda digits: Decimal(digits).scaleb(-40)),
        )
    )
)
def test_adding_exactly_is_adding_fractions(numbers):
    exact = 0

    for each in numbers:
        exact = add_exactly(exact, each)

    assert Fraction(exact) == sum(map(Fraction, numbers))


def test_the_number_in_a_value():
    assert plain_number(Share("0.5")) == plain_number(Money("0.5", "EUR")) == Decimal("0.5")
    assert plain_number(5) == 5

"""Binding: values in their canonical form, and every mistake found before anything runs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    InexactNumber,
    InvalidValue,
    ManyFaults,
    NaiveTime,
    UnknownField,
    UnknownName,
    WrongType,
)
from crmcore.grammar import (
    Aggregate,
    AggregateQuery,
    Among,
    Bucket,
    Compare,
    Condition,
    Either,
    Elapsed,
    Every,
    F,
    Has,
    Matches,
    Missing,
    Not,
    Order,
    Path,
    average,
    bind,
    bind_aggregates,
    bind_order,
    count,
    total,
)
from crmcore.grammar.binding import operand_spec
from crmcore.grammar.query import MAX_KEYS, MAX_VALUES
from crmcore.values import Money

from .questions import QUESTIONS
from .specimens import NOBODY, NOW, SCOPE, Colour

WORTH, VALUE, CURRENCY = Path(("worth",)), Path(("worth", "value")), Path(("worth", "currency"))
FIVE = Money(5, "EUR")


def refused(condition):
    """The error that refuses a condition."""
    with pytest.raises(CrmError) as error:
        bind(condition, SCOPE)
    return error.value


# --- values --------------------------------------------------------------------------------------


def test_choices_are_bound_to_their_members():
    assert repr(bind(F.colour == "red", SCOPE).right) == repr(Colour.RED)
    assert repr(bind(F.colour.in_(["red"]), SCOPE).values) == repr((Colour.RED,))


def test_texts_without_regard_to_case_are_folded():
    assert bind(F.title.folded == "STRASSE", SCOPE).right == "strasse"
    assert bind(F.title.folded.contains("\ufb01X"), SCOPE).text == "fix"
    assert bind(F.title == "STRASSE", SCOPE).right == "STRASSE"


@pytest.mark.parametrize("op", ["eq", "lt", "le", "gt", "ge"])
def test_a_comparison_with_money_asks_for_the_currency_too(op):
    bound = bind(Compare(op, WORTH, FIVE), SCOPE)

    assert bound == Every((Compare("eq", CURRENCY, "EUR"), Compare(op, VALUE, Decimal(5))))


def test_money_differs_in_currency_or_value():
    bound = bind(F.worth != FIVE, SCOPE)

    assert bound == Either((Compare("ne", CURRENCY, "EUR"), Compare("ne", VALUE, Decimal(5))))


def test_money_among_several_is_asked_for_by_currency():
    bound = bind(F.worth.in_([FIVE, Money(7, "USD"), Money(6, "EUR")]), SCOPE)

    assert bound == Either(
        (
            Every((Compare("eq", CURRENCY, "EUR"), Among(VALUE, (Decimal(5), Decimal(6))))),
            Every((Compare("eq", CURRENCY, "USD"), Among(VALUE, (Decimal(7),)))),
        )
    )
    assert bind(F.worth.in_([]), SCOPE) == Either(())


@given(QUESTIONS)
def test_binding_again_changes_nothing(condition):
    once = bind(condition, SCOPE)

    try:
        again = bind(once, SCOPE)
    except ExpressionTooLarge:
        # Money takes a level more when it is bound.
        return
    assert repr(again) == repr(once)


@given(QUESTIONS)
def test_binding_leaves_the_condition_as_it_is(condition):
    before = repr(condition)

    bind(condition, SCOPE)

    assert repr(condition) == before


# --- fields --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "suggestion"),
    [
        (F.titel == "a", "title"),
        (F.title == F.stori, "story"),
        (F.titel.in_(["a"]), "title"),
        (F.titel.contains("a"), "title"),
        (F.titel.folded == "a", "title"),
        (F.titel.is_missing(), "title"),
        (F.bigun.by("year") == "2024", "begun"),
        ((F.ended - F.bigun) > 1, "begun"),
        ((F.endet - F.begun) > 1, "ended"),
        (F.nots.any(F.text == "a"), "notes"),
        (F.notes.any(F.txt == "a"), "text"),
        (F.notes.any(F.author.nam == "a"), "name"),
        (F.notes.any(F.links.any(F.ulr == "a")), "url"),
        (F.owner.notes.any(F.text == F.txt), "text"),
        (F.place.stret == "a", "street"),
        (F.owner.home.stret == "a", "street"),
        (F.attributes.rnk == 1, "rank"),
        (F.owner.attributes.hu == "a", "hue"),
        (F.worth.curency == "EUR", "currency"),
        (~((F.count == 1) | (F.titel == "a")), "title"),
    ],
)
def test_an_unknown_field_is_found_wherever_it_stands(condition, suggestion):
    error = refused(condition)

    assert type(error) is UnknownField
    assert error.suggestion == suggestion


def test_an_unknown_field_is_found_in_orders_and_aggregates():
    with pytest.raises(UnknownField, match="'title'"):
        bind_order((Order(Path(("titel",))),), SCOPE)
    with pytest.raises(UnknownField, match="'name'"):
        bind_order((Order(Path(("owner", "nam"))),), SCOPE)
    for query in (
        AggregateQuery(entity="thing", measures={"n": total(F.cont)}),
        AggregateQuery(entity="thing", measures={"n": count(F.cont == 1)}),
        AggregateQuery(entity="thing", measures={}, by=(Path(("cont",)),)),
        AggregateQuery(entity="thing", measures={}, where=F.cont == 1),
    ):
        with pytest.raises(UnknownField, match="'count'"):
            bind_aggregates(query, SCOPE)


def test_all_faults_come_at_once():
    condition = (F.titel == "a") & ~(F.count == "x") & F.notes.any((F.txt == "") | (F.stars < 0.5))

    error = refused(condition)

    assert isinstance(error, ManyFaults)
    assert [type(fault) for fault in error.faults] == [
        UnknownField,
        WrongType,
        UnknownField,
        WrongType,
    ]


def test_all_faults_of_orders_and_aggregates_come_at_once():
    with pytest.raises(ManyFaults) as order:
        bind_order((Order(Path(("a",))), Order(Path(("count",))), Order(Path(("place",)))), SCOPE)
    with pytest.raises(ManyFaults) as question:
        bind_aggregates(
            AggregateQuery(
                entity="thing",
                measures={"a": total(F.title), "b": count(F.x == 1)},
                by=(WORTH, Path(("y",))),
                where=F.z == 1,
            ),
            SCOPE,
        )

    assert len(order.value.faults) == 2
    assert len(question.value.faults) == 5


# --- types ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "error"),
    [
        (F.count == "1", WrongType),
        (F.count == 2**63, InvalidValue),
        (F.weight == 1.5, InexactNumber),
        (F.seen < datetime(2024, 1, 1), NaiveTime),  # noqa: DTZ001 - that it is naive
        (F.begun == NOW, WrongType),
        (F.flag == 1, WrongType),
        (F.worth == 5, WrongType),
        (F.part > Decimal("0.5"), WrongType),
        (F.serial == "x", WrongType),
        (F.title == 5, WrongType),
        (F.title.contains(5), WrongType),
        (F.colour == "purple", UnknownName),
        (F.colour < "red", InvalidValue),
        (F.colour < F.trim, InvalidValue),
        (F.colour == F.grade, WrongType),
        (F.kind == "bax", UnknownName),
        (F.kind.in_(["box", "bal"]), UnknownName),
        (F.parent.kind == "bax", UnknownName),
        (F.count.in_([1, "2"]), WrongType),
        (F.count == F.weight, WrongType),
        (F.begun == F.seen, WrongType),
        (F.worth == F.price, WrongType),
        (F.place == F.shelf, WrongType),
        (F.notes == F.shells, WrongType),
        (F.attributes == F.attributes, WrongType),
        (F.place == "a", WrongType),
        (F.notes == "a", WrongType),
        (F.count.contains("1"), WrongType),
        (F.colour.contains("r"), WrongType),
        (F.story.folded == "a", InvalidValue),
        (F.kind.folded == "a", InvalidValue),
        (F.count.folded == "a", InvalidValue),
        (F.count.by("year") == "2024", InvalidValue),
        (F.begun.by("week") == "2024", UnknownName),
        ((F.seen - F.begun) > 1, InvalidValue),
        ((F.count - F.count) > 1, InvalidValue),
        ((F.ended - F.begun) > Decimal(1), WrongType),
        (F.begun.by("year") == 2024, WrongType),
        (F.title.any(F.text == "a"), WrongType),
        (F.place.any(F.street == "a"), WrongType),
        (F.notes.any(True), WrongType),
        ((F.count == 1) & F.sold, WrongType),
        (F.count == object(), WrongType),
        (F.count == (F.count == 1), WrongType),
    ],
)
def test_what_does_not_fit_is_refused(condition, error):
    assert type(refused(condition)) is error


@pytest.mark.parametrize(
    ("condition", "label"),
    [
        (F.owner.name == 5, "owner.name"),
        (F.title.folded == 5, "title"),
        (F.owner.born.by("year") == 5, "owner.born"),
        ((F.ended - F.begun) == "a", "ended - begun"),
    ],
)
def test_a_fault_names_the_field_it_is_about(condition, label):
    assert refused(condition).field == label


@pytest.mark.parametrize(
    "condition",
    [
        F.kind >= "ball",
        F.kind.contains("o"),
        F.flag < F.sold,
        F.id > NOBODY,
        F.title.folded == F.title,
        F.ended - F.begun == F.count,
        F.begun.by("day") > F.seen.by("day"),
        F.seen == date(2024, 1, 1),
        F.place.is_missing() | F.notes.is_missing() | F.attributes.is_missing(),
        F.kind == F.title,
        F.parent.parent.parent.parent.parent.parent.parent.parent.parent.id.is_missing(),
    ],
)
def test_what_fits_is_taken(condition):
    assert type(bind(condition, SCOPE)) is type(condition)


# --- nodes built by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "error"),
    [
        (None, WrongType),
        (True, WrongType),
        ("title == 'a'", WrongType),
        (F.title, WrongType),
        (Condition(), WrongType),
        (Not(None), WrongType),
        (Every((None,)), WrongType),
        (Compare("like", VALUE, Decimal(1)), UnknownName),
        (Compare(["eq"], VALUE, Decimal(1)), UnknownName),
        (Compare("eq", "title", "a"), WrongType),
        (Compare("eq", F.title, "a"), WrongType),
        (Compare("eq", VALUE, None), WrongType),
        (Compare("eq", VALUE, F.count), WrongType),
        (Compare("eq", Path(("begun",)), Bucket(Path(("begun",)), "week")), UnknownName),
        (Matches("like", Path(("title",)), "a"), UnknownName),
        (Matches("contains", Bucket(Path(("begun",)), "day"), "a"), WrongType),
        (Matches("contains", Elapsed(Path(("begun",)), Path(("ended",))), "a"), WrongType),
        (Missing(None), WrongType),
        (Missing(Elapsed(None, None)), WrongType),
        (Has(None, F.count == 1), WrongType),
    ],
)
def test_what_is_no_part_of_the_language_is_refused(node, error):
    with pytest.raises(error):
        bind(node, SCOPE)


def test_joining_by_words_is_told_before_binding():
    with pytest.raises(InvalidValue, match="&"):
        bind((F.count == 1) and (F.title == "a"), SCOPE)


def deep(times):
    condition = F.count == 1
    for _ in range(times):
        condition = ~condition
    return condition


@pytest.mark.parametrize(
    "condition",
    [
        deep(10),
        deep(100_000),
        Every((F.count == 1,) * 1_000_000),
        F.count.in_(range(MAX_VALUES + 1)),
        F.notes.any(deep(100_000)),
        F[".".join(["parent"] * 11)].is_missing(),
    ],
    ids=range(6),
)
def test_too_large_a_condition_is_refused(condition):
    with pytest.raises(ExpressionTooLarge):
        bind(condition, SCOPE)


@pytest.mark.parametrize(
    "ask",
    [
        lambda worth: bind(worth == FIVE, SCOPE),
        lambda worth: bind(worth.in_([FIVE]), SCOPE),
        lambda worth: bind_order((Order(worth()),), SCOPE),
    ],
)
def test_a_path_to_money_leaves_room_for_its_parts(ask):
    ask(F[".".join(["parent"] * 8)].worth)

    with pytest.raises(ExpressionTooLarge):
        ask(F[".".join(["parent"] * 9)].worth)


# --- orders --------------------------------------------------------------------------------------


def test_an_amount_orders_by_its_currency_and_then_its_value():
    order = (Order(WORTH, descending=True), Order(Path(("title",))))

    assert bind_order(order, SCOPE) == (
        Order(CURRENCY, descending=True),
        Order(VALUE, descending=True),
        Order(Path(("title",))),
    )


@pytest.mark.parametrize("path", ["place", "notes", "attributes", "owner.home"])
def test_only_single_values_have_an_order(path):
    with pytest.raises(InvalidValue, match=path):
        bind_order((Order(F[path]()),), SCOPE)


def test_an_order_has_few_keys():
    key = Order(Path(("count",)))

    assert len(bind_order((key,) * MAX_KEYS, SCOPE)) == MAX_KEYS
    with pytest.raises(ExpressionTooLarge):
        bind_order((key,) * (MAX_KEYS + 1), SCOPE)


@pytest.mark.parametrize("junk", [None, "title", F.title, Path(("title",)), Order(None)])
def test_what_is_no_order_is_refused(junk):
    with pytest.raises(WrongType):
        bind_order((junk,), SCOPE)


def test_computed_values_have_an_order():
    keys = (F.title.folded, F.begun.by("year"), F.ended - F.begun, F.colour, F.kind, F.owner.name)
    order = tuple(Order(key()) for key in keys)

    assert bind_order(order, SCOPE) == order


# --- what operands give --------------------------------------------------------------------------


def test_operands_tell_what_they_give():
    assert operand_spec((F.ended - F.begun)(), SCOPE).name == "elapsed"
    assert operand_spec(F.begun.by("year")(), SCOPE).name == "bucket"
    assert operand_spec(F.title.folded(), SCOPE) == operand_spec(F.title(), SCOPE)


# --- aggregates ----------------------------------------------------------------------------------


def test_the_conditions_of_aggregates_are_bound():
    query = AggregateQuery(
        entity="thing",
        measures={"n": count(F.colour == "red"), "m": average(F.count, F.worth == FIVE)},
        where=F.colour == "blue",
    )

    bound = bind_aggregates(query, SCOPE)

    assert bound.where == (F.colour == Colour.BLUE)
    assert bound.measures["m"].where == bind(F.worth == FIVE, SCOPE)


@pytest.mark.parametrize(
    ("aggregate", "error"),
    [
        (total(F.title), InvalidValue),
        (total(F.part), InvalidValue),
        (average(F.worth), InvalidValue),
        (Aggregate("median", Path(("colour",))), InvalidValue),
        (Aggregate("max", Path(("flag",))), InvalidValue),
        (Aggregate("min", Path(("id",))), InvalidValue),
        (Aggregate("count_distinct", WORTH), InvalidValue),
        (Aggregate("count", Path(("place",))), InvalidValue),
        (Aggregate("sum"), InvalidValue),
        (Aggregate("variance", VALUE), UnknownName),
        (Aggregate("count", "count"), WrongType),
        (count(F.title), WrongType),
        (count(deep(100_000)), ExpressionTooLarge),
    ],
)
def test_aggregates_that_do_not_fit_are_refused(aggregate, error):
    with pytest.raises(error):
        bind_aggregates(AggregateQuery(entity="thing", measures={"n": aggregate}), SCOPE)


@pytest.mark.parametrize("name", ["", "Total", "a b", "$sum", "a.b", "x" * 64])
def test_measures_have_plain_names(name):
    with pytest.raises(InvalidValue):
        bind_aggregates(AggregateQuery(entity="thing", measures={name: count()}), SCOPE)


@pytest.mark.parametrize("path", ["worth", "place", "notes", "attributes"])
def test_groups_are_made_by_single_values(path):
    with pytest.raises(InvalidValue, match=path):
        bind_aggregates(AggregateQuery(entity="thing", measures={}, by=(F[path](),)), SCOPE)


def test_groups_are_made_by_few_values():
    with pytest.raises(ExpressionTooLarge):
        bind_aggregates(
            AggregateQuery(entity="thing", measures={}, by=(VALUE,) * (MAX_KEYS + 1)), SCOPE
        )


@given(
    st.sampled_from(
        ["count", "seen", "begun", "worth", "title", "flag", "part", "serial", "notes"]
    ),
    st.sampled_from(["eq", "lt", "ne"]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(exclude_categories=[])),
        st.binary(),
        st.dates(),
        st.datetimes(),
        st.datetimes(timezones=st.just(UTC)),
        st.decimals(),
        st.uuids(),
        st.lists(st.integers(), max_size=2),
    ),
)
def test_junk_is_bound_or_refused_by_our_own_errors(path, op, junk):
    answer = None

    try:
        answer = bind(Compare(op, F[path](), junk), SCOPE)
    except CrmError as error:
        answer = str(error)

    assert isinstance(answer, Condition | str)

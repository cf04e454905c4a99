"""Hypothesis strategies: nasty values, whole entities, and questions of every form.

Everything follows from field specifications, so the strategies serve any registry whose classes
have no invariants of their own. The hand-picked values lie in `extremes`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from crmcore.errors import CrmError
from crmcore.grammar.aggregating import bind_aggregates
from crmcore.grammar.attributes import Attributes
from crmcore.grammar.binding import Scope
from crmcore.grammar.change import Entity, Event
from crmcore.grammar.entity import FieldSpec, Kind, RecordSpec, record_spec
from crmcore.grammar.query import (
    EVERYTHING,
    Aggregate,
    AggregateFunction,
    AggregateQuery,
    Among,
    Compare,
    CompareOp,
    Condition,
    Either,
    Every,
    Folded,
    Has,
    Matches,
    MatchOp,
    Missing,
    Not,
    Operand,
    Order,
    Path,
)
from crmcore.grammar.registry import Registry
from crmcore.testing.extremes import LARGEST_MONEY, extremes
from crmcore.testing.surface import children, kind_of, operands, values
from crmcore.values.instants import instant
from crmcore.values.money import Money
from crmcore.values.share import Share

T = TypeVar("T", bound=Entity)
V = TypeVar("V", bound=Event)
Ids = Mapping[str, Sequence[UUID]]

COMPARISONS: tuple[CompareOp, ...] = ("eq", "ne", "lt", "le", "gt", "ge")
EQUALITIES: tuple[CompareOp, ...] = ("eq", "ne")
MATCHES: tuple[MatchOp, ...] = ("contains", "starts", "ends")
FUNCTIONS: tuple[AggregateFunction, ...] = (
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "median",
    "count_distinct",
)
_WIDEST = 10**18 - 1
_CURRENCIES = ("EUR", "USD", "JPY", "KWD")


# --- values --------------------------------------------------------------------------------------


def plain_texts(longest: int = 30) -> SearchStrategy[str]:
    """Texts of any script that every store can keep."""
    letters = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
    return st.text(letters, max_size=longest)


def decimals(places: int) -> SearchStrategy[Decimal]:
    """Exact numbers of at most 18 digits, so many of them after the point."""
    return st.integers(-_WIDEST, _WIDEST).map(lambda digits: Decimal(digits).scaleb(-places))


def moneys() -> SearchStrategy[Money]:
    """Amounts up to the widest there are."""
    amounts = st.builds(Money, decimals(4), st.sampled_from(_CURRENCIES))
    return st.one_of(amounts, st.sampled_from(LARGEST_MONEY))


def shares() -> SearchStrategy[Share]:
    """Parts of a whole, exact to six places."""
    return st.integers(0, 10**6).map(lambda millionths: Share(Decimal(millionths).scaleb(-6)))


def instants() -> SearchStrategy[Any]:
    """Moments in UTC, in whole milliseconds, over the whole calendar."""
    return st.datetimes(timezones=st.just(UTC)).map(instant)


def field_values(spec: FieldSpec, known: Ids) -> SearchStrategy[Any]:
    """Values a field can hold; references lead to the ids in ``known``."""
    value = _present(spec, known)
    return st.none() | value if spec.optional else value


def _present(spec: FieldSpec, known: Ids) -> SearchStrategy[Any]:
    if spec.reference is not None:
        return st.sampled_from(tuple(known[spec.reference]))
    if spec.record is not None:
        record = st.builds(spec.cls, **_fields(spec.record, known))
        return st.lists(record, max_size=4).map(tuple) if spec.kind is Kind.CHILDREN else record
    if spec.kind is Kind.CHOICE:
        return st.sampled_from(tuple(extremes(spec)))
    free: Mapping[Kind, SearchStrategy[Any]] = {
        Kind.TEXT: plain_texts(min(spec.text.max, 30)),
        Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
        Kind.DECIMAL: decimals(spec.places),
        Kind.SHARE: shares(),
        Kind.BOOLEAN: st.booleans(),
        Kind.DATE: st.dates(),
        Kind.INSTANT: instants(),
        Kind.ID: st.uuids(),
        Kind.MONEY: moneys(),
    }
    return st.one_of(st.sampled_from(extremes(spec)), free[spec.kind])


def _fields(record: RecordSpec, known: Ids) -> dict[str, SearchStrategy[Any]]:
    return {name: field_values(spec, known) for name, spec in record.fields.items()}


def attributes(declared: Mapping[str, FieldSpec]) -> SearchStrategy[Attributes]:
    """Own attributes, each of them there or not."""
    return st.fixed_dictionaries(
        {name: field_values(spec, {}) for name, spec in declared.items()}
    ).map(Attributes)


def entities(cls: type[T], registry: Registry, known: Ids) -> SearchStrategy[T]:
    """New entities of one class, with any values the boundary lets pass."""
    kind = registry.of_class(cls)
    fields = {
        name: field_values(spec, known)
        for name, spec in kind.records[cls].fields.items()
        if spec.kind is not Kind.ATTRIBUTES
    }
    fields["revision"] = st.just(0)
    return st.builds(cls, attributes=attributes(registry.attributes_of(kind.name)), **fields)


def events(cls: type[V]) -> SearchStrategy[V]:
    """Events of one class, with any values."""
    return st.builds(cls, **_fields(record_spec(cls), {}))


# --- questions -----------------------------------------------------------------------------------


@cache
def _surface(scope: Scope, depth: int) -> tuple[Operand, ...]:
    return operands(scope, depth)


@st.composite
def comparisons(draw: DrawFn, scope: Scope, ids: Ids) -> Condition:
    """Questions about one value: compared, among several, matched or missing."""
    left = draw(st.sampled_from(_surface(scope, 3)))
    kind, known = kind_of(left, scope), st.sampled_from(tuple(values(left, scope, ids)))
    signs = st.sampled_from(EQUALITIES if kind is Kind.CHOICE else COMPARISONS)
    alike = tuple(each for each in _surface(scope, 2) if kind_of(each, scope) is kind)
    forms: list[SearchStrategy[Condition]] = [
        st.builds(Compare, signs, st.just(left), known),
        st.builds(Among, st.just(left), st.lists(known, max_size=4).map(tuple)),
        st.just(Missing(left)),
    ]
    if kind is not Kind.MONEY and alike:
        forms.append(st.builds(Compare, signs, st.just(left), st.sampled_from(alike)))
    if kind is Kind.TEXT and isinstance(left, Path | Folded):
        parts = st.one_of(known, known.map(lambda text: text[1:3]), plain_texts(2))
        forms.append(st.builds(Matches, st.sampled_from(MATCHES), st.just(left), parts))
    return draw(st.one_of(forms))


def conditions(scope: Scope, ids: Ids) -> SearchStrategy[Condition]:
    """Questions of every form: joined, negated, and asked of children."""
    leaves: SearchStrategy[Condition] = comparisons(scope, ids)
    for path in children(scope):
        inside = conditions(scope.child(scope.route(path)), ids)
        leaves = st.one_of(leaves, st.builds(Has, st.just(path), inside))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, max_size=3).map(lambda items: Every(tuple(items))),
            st.lists(inner, max_size=3).map(lambda items: Either(tuple(items))),
        ),
        max_leaves=5,
    )


def orders(scope: Scope) -> SearchStrategy[tuple[Order, ...]]:
    """Up to three keys of an order."""
    key = st.builds(Order, st.sampled_from(_surface(scope, 3)), st.booleans())
    return st.lists(key, max_size=3).map(tuple)


@cache
def measures(scope: Scope) -> tuple[Aggregate, ...]:
    """Every function over every operand it is allowed for."""
    every = (Aggregate(function, each) for function in FUNCTIONS for each in _surface(scope, 2))
    named = (AggregateQuery(entity=scope.name, measures={"it": measure}) for measure in every)
    return (Aggregate("count"), *(q.measures["it"] for q in named if _is_allowed(q, scope)))


@cache
def groupings(scope: Scope) -> tuple[Operand, ...]:
    """Every operand that can make groups."""
    counted = {"n": Aggregate("count")}
    return tuple(
        each
        for each in _surface(scope, 2)
        if _is_allowed(AggregateQuery(entity=scope.name, measures=counted, by=(each,)), scope)
    )


def _is_allowed(query: AggregateQuery, scope: Scope) -> bool:
    try:
        bind_aggregates(query, scope)
    except CrmError:
        return False
    return True


def aggregates(scope: Scope, ids: Ids) -> SearchStrategy[AggregateQuery]:
    """Several aggregates over filtered and grouped entities, as the language allows them."""
    measure = st.builds(
        Aggregate.only,
        st.sampled_from(measures(scope)),
        st.just(EVERYTHING) | conditions(scope, ids),
    )
    return st.builds(
        AggregateQuery,
        entity=st.just(scope.name),
        measures=st.dictionaries(st.sampled_from("abc"), measure, min_size=1, max_size=3),
        by=st.lists(st.sampled_from(groupings(scope)), max_size=2).map(tuple),
        where=st.just(EVERYTHING) | conditions(scope, ids),
    )

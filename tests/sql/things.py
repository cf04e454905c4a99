"""A small world of entities with one field of every sort, and random data and questions for it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import wraps
from typing import Annotated
from uuid import UUID

import attrs
from hypothesis import strategies as st

from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.change import Entity, Event
from crmcore.grammar.entity import EntityType, FieldSpec, Kind, Places, Ref, Text
from crmcore.grammar.query import (
    Aggregate,
    Among,
    Bucket,
    Compare,
    Either,
    Elapsed,
    Every,
    Folded,
    Has,
    Matches,
    Missing,
    Not,
    Order,
    Path,
)
from crmcore.grammar.registry import Registry
from crmcore.values import Money, Share, instant, optional_instant

MakerId = Annotated[UUID, Ref("maker")]
GadgetId = Annotated[UUID, Ref("gadget")]
NOW = datetime(2024, 2, 29, 23, 59, 59, 999000, UTC)


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@attrs.frozen(kw_only=True)
class Spot:
    row: int | None = None
    label: Annotated[str, Text(max=50, searchable=True)] | None = None


@attrs.frozen(kw_only=True, slots=False)
class Screw:
    """A child whose class keeps its fields in a dictionary."""

    length: int
    position: str | None = None
    spot: Spot | None = None


@attrs.frozen(kw_only=True)
class Frame:
    """A record whose only value that is never missing lies deeper."""

    inner: Spot
    outer: "Size"


@attrs.frozen(kw_only=True)
class Size:
    """A record with a record and with children in it."""

    width: Annotated[Decimal, Places(2)]
    spot: Spot | None = None
    note: str | None = None
    holes: tuple[Screw, ...] = ()


@attrs.frozen(kw_only=True)
class Part:
    id: UUID
    code: Annotated[str, Text(max=50, searchable=True)]
    weight: Annotated[Decimal, Places(2)] | None = None
    price: Money | None = None
    maker: MakerId | None = None
    since: datetime | None = attrs.field(default=None, converter=optional_instant)
    screws: tuple[Screw, ...] = ()


@attrs.frozen(kw_only=True)
class Maker(Entity):
    name: Annotated[str, Text(max=50, searchable=True)]
    founded: date | None = None
    boss: MakerId | None = None
    rank: int | None = None
    external_id: str | None = None
    initial: str = attrs.field(
        init=False, default=attrs.Factory(lambda self: self.name[:1], takes_self=True)
    )


@attrs.frozen(kw_only=True)
class Gadget(Entity):
    title: Annotated[str, Text(max=50, lines=True, searchable=True)]
    group: str | None = None
    colour: Colour
    shade: Colour | None = None
    is_new: bool
    is_old: bool | None = None
    count: int
    score: Annotated[Decimal, Places(4)]
    fine: Annotated[Decimal, Places(2)] | None = None
    quota: Share | None = None
    price: Money | None = None
    cost: Money
    day: date
    due: date | None = None
    seen: datetime = attrs.field(converter=instant)
    left: datetime | None = attrs.field(default=None, converter=optional_instant)
    maker: MakerId | None = None
    twin: GadgetId | None = None
    spot: Spot | None = None
    size: Size
    spare: Size | None = None
    parts: tuple[Part, ...] = ()


@attrs.frozen(kw_only=True)
class Engine(Gadget):
    power: int | None = None
    gears: tuple[Screw, ...] = ()


@attrs.frozen(kw_only=True)
class Puzzle(Gadget):
    pieces: int
    picture: Annotated[str, Text(max=50, searchable=True)]
    box: Size
    frame: Frame | None = None


@attrs.frozen(kw_only=True)
class GadgetSeen(Event):
    gadget: UUID
    price: Money | None = None


MAKER = EntityType(name="maker", cls=Maker, unique=(("external_id",), ("name", "rank")))
GADGET = EntityType(name="gadget", cls=Gadget, variants=(Engine, Puzzle))
THINGS = Registry.of((GADGET, MAKER), (GadgetSeen,)).with_attributes(
    {
        "gadget": {
            "nick": str,
            "level": int,
            "odds": Decimal,
            "checked": bool,
            "born": date,
            "woke": datetime,
        },
        "maker": {"nick": str},
    }
)


def id_of(number: int) -> UUID:
    return UUID(int=(0x018BCFE5 << 96) | (7 << 76) | (2 << 62) | number)


# --- random values -------------------------------------------------------------------------------

TEXTS = (
    *("", "a", "A", "b", "ab", "Ab", "aB%", "%", "_", "a_b", "\\", "'", '"', "''; --", "?", "$"),
    *(
        " a",
        "a ",
        "ä",
        "Ä",
        "a\u0308",
        "ß",
        "SS",
        "ﬁ",
        "İ",
        "é",
        "😀",
        "z😀",
        "\ufffd",
        "NULL",
        "0",
    ),
)
texts = st.sampled_from(TEXTS)
days = st.sampled_from(
    [date(1, 1, 1), date(1999, 12, 31), date(2024, 2, 29), date(2024, 3, 1), date(9999, 12, 31)]
)
moments = st.one_of(
    st.sampled_from(
        [
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, 1000, UTC),
            datetime(2024, 2, 29, 12, 30, 15, 345000, UTC),
            datetime(2024, 2, 29, 12, 30, 15, 346000, UTC),
            datetime(9999, 12, 31, 23, 59, 59, 999000, UTC),
        ]
    ),
    st.datetimes(timezones=st.just(UTC)).map(instant),
)
integers = st.sampled_from([-(2**63), -1, 0, 1, 2, 7, 2**63 - 1])
_UNITS = st.one_of(st.sampled_from([0, 1, -1, 5, 10, 100, 125, -125, 10**17, -(10**17)]))


def decimals(places: int) -> st.SearchStrategy[Decimal]:
    return _UNITS.map(lambda n: _canonical(n, places))


def _canonical(number: int, places: int) -> Decimal:
    while places and number % 10 == 0:
        number, places = number // 10, places - 1
    return Decimal(number).scaleb(-places)


shares = st.sampled_from([Share(0), Share("0.19"), Share("0.000001"), Share(1)])
moneys = st.builds(Money, decimals(4), st.sampled_from(["EUR", "USD", "JPY"]))
makers_ids = st.sampled_from([id_of(n) for n in range(3)])


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


spots = st.builds(Spot, row=maybe(integers), label=maybe(texts))
screws = st.builds(Screw, length=integers, position=maybe(texts), spot=maybe(spots))
sizes = st.builds(
    Size,
    width=decimals(2),
    spot=maybe(spots),
    note=maybe(texts),
    holes=st.lists(screws, max_size=2).map(tuple),
)
frames = st.builds(Frame, inner=spots, outer=sizes)
parts = st.builds(
    Part,
    id=st.integers(0, 9).map(id_of),
    code=texts,
    weight=maybe(decimals(2)),
    price=maybe(moneys),
    maker=maybe(makers_ids),
    since=maybe(moments),
    screws=st.lists(screws, max_size=3).map(tuple),
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "nick": texts,
        "level": integers,
        "odds": decimals(4),
        "checked": st.booleans(),
        "born": days,
        "woke": moments,
    },
)
_gadget = {
    "created_at": moments,
    "updated_at": moments,
    "attributes": attributes,
    "title": texts,
    "group": maybe(texts),
    "colour": st.sampled_from(Colour),
    "shade": maybe(st.sampled_from(Colour)),
    "is_new": st.booleans(),
    "is_old": maybe(st.booleans()),
    "count": integers,
    "score": decimals(4),
    "fine": maybe(decimals(2)),
    "quota": maybe(shares),
    "price": maybe(moneys),
    "cost": moneys,
    "day": days,
    "due": maybe(days),
    "seen": moments,
    "left": maybe(moments),
    "maker": maybe(makers_ids),
    "spot": maybe(spots),
    "size": sizes,
    "spare": maybe(sizes),
    "parts": st.lists(parts, max_size=3).map(tuple),
}
gears = st.lists(screws, max_size=2).map(tuple)


@st.composite
def gadgets(draw: st.DrawFn, number: int = 0, among: int = 1) -> Gadget:
    """One gadget; its twin is one of the first ``among`` gadgets, itself perhaps."""
    own = {"id": id_of(1000 + number)}
    own["twin"] = draw(maybe(st.integers(0, among - 1).map(lambda n: id_of(1000 + n))))
    if draw(st.booleans()):
        return draw(
            st.builds(
                Engine,
                **{k: st.just(v) for k, v in own.items()},
                **_gadget,
                power=maybe(integers),
                gears=gears,
            )
        )
    return draw(
        st.builds(
            Puzzle,
            **{k: st.just(v) for k, v in own.items()},
            **_gadget,
            pieces=integers,
            picture=texts,
            box=sizes,
            frame=maybe(frames),
        )
    )


@st.composite
def makers(draw: st.DrawFn, number: int) -> Maker:
    return Maker(
        id=id_of(number),
        created_at=NOW,
        updated_at=NOW,
        name=draw(texts),
        founded=draw(maybe(days)),
        boss=draw(maybe(makers_ids)),
        rank=draw(st.none() | st.just(number)),
        attributes={"nick": draw(maybe(texts))},
    )


@st.composite
def worlds(draw: st.DrawFn, most: int = 6) -> list[Entity]:
    """Three makers and some gadgets, in an order that respects no reference."""
    many = draw(st.integers(0, most))
    found: list[Entity] = [draw(gadgets(number, many)) for number in range(many)]
    return [*found, *(draw(makers(number)) for number in range(3))]


# --- random questions ----------------------------------------------------------------------------


def leaves(scope: Scope, depth: int, way: tuple[str, ...] = ()) -> Iterator[tuple[Path, FieldSpec]]:
    """Every path a condition may use, through references and records, up to a depth."""
    for name, spec in scope.fields.items():
        path = Path((*way, name))
        yield path, spec
        inner: Scope | None = None
        if spec.reference is not None and depth:
            inner = Scope.of(scope.registry.named(spec.reference), scope.registry)
        elif spec.kind is Kind.RECORD:
            inner = Scope("x", spec.record.fields, scope.registry)
        if inner is not None:
            yield from leaves(inner, depth - (spec.reference is not None), path.names)
        if spec.kind is Kind.MONEY:
            yield Path((*path.names, "value")), FieldSpec(name="v", kind=Kind.DECIMAL, cls=Decimal)
            yield Path((*path.names, "currency")), FieldSpec(name="c", kind=Kind.TEXT, cls=str)
    if scope.entity is not None:
        for name, spec in scope.registry.attributes_of(scope.entity.name).items():
            yield Path((*way, "attributes", name)), spec
        if scope.entity.variants:
            yield Path((*way, "kind")), FieldSpec(name="kind", kind=Kind.TEXT, cls=str)


def values(spec: FieldSpec) -> st.SearchStrategy:
    """Values to compare a field with, finer and larger ones too where numbers allow it."""
    match spec.kind:
        case Kind.TEXT if spec.name == "kind":
            return st.sampled_from(["engine", "puzzle"])
        case Kind.TEXT:
            return texts | st.sampled_from(["EUR", "2024-Q1", "2024-02"])
        case Kind.INTEGER:
            return integers
        case Kind.DECIMAL:
            odd = st.sampled_from(
                [Decimal("0.000001"), Decimal("-0.00005"), Decimal("1.2512"), Decimal(10) ** 16]
            )
            return decimals(spec.places) | odd
        case Kind.SHARE:
            return shares
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.DATE:
            return days
        case Kind.INSTANT:
            return moments
        case Kind.ID:
            return st.integers(0, 3).map(id_of) | st.integers(1000, 1005).map(id_of)
        case Kind.CHOICE:
            return st.sampled_from(Colour)
        case _:
            return moneys


SINGLE = frozenset(Kind) - {Kind.RECORD, Kind.CHILDREN, Kind.ATTRIBUTES}


def unwritten(composed):
    """A composite strategy whose text leaves out what it was called with.

    Hypothesis writes a strategy out whenever it checks one, and a scope fills pages.
    """

    @wraps(composed)
    def made(*args):
        return st.composite(lambda draw: composed(draw, *args))()

    return made


@unwritten
def operands(draw: st.DrawFn, scope: Scope, depth: int = 2) -> tuple[object, FieldSpec]:
    found = [*leaves(scope, depth)]
    sort = draw(st.integers(0, 9))
    if sort == 0:
        searchable = [p for p, s in found if s.kind is Kind.TEXT and s.text.searchable]
        if searchable:
            spec = FieldSpec(name="f", kind=Kind.TEXT, cls=str)
            return Folded(draw(st.sampled_from(searchable))), spec
    if sort == 1:
        kind = draw(st.sampled_from([Kind.DATE, Kind.INSTANT]))
        times = [p for p, s in found if s.kind is kind]
        if times:
            spec = FieldSpec(name="e", kind=Kind.INTEGER, cls=int)
            return Elapsed(draw(st.sampled_from(times)), draw(st.sampled_from(times))), spec
    if sort == 2:
        times = [p for p, s in found if s.kind in {Kind.DATE, Kind.INSTANT}]
        if times:
            unit = draw(st.sampled_from(["day", "month", "quarter", "year"]))
            spec = FieldSpec(name="b", kind=Kind.TEXT, cls=str)
            return Bucket(draw(st.sampled_from(times)), unit), spec
    return draw(st.sampled_from([(p, s) for p, s in found if s.kind in SINGLE]))


@unwritten
def questions(draw: st.DrawFn, scope: Scope, depth: int = 2) -> object:
    """One condition without parts, or with children."""
    sort = draw(st.integers(0, 6))
    if sort == 0:
        return Missing(draw(st.sampled_from([p for p, _ in leaves(scope, depth)])))
    holders = [(p, s) for p, s in leaves(scope, depth) if s.kind is Kind.CHILDREN]
    if sort == 1 and holders:
        path, _ = draw(st.sampled_from(holders))
        inside = scope.child(scope.route(path))
        return Has(path, draw(conditions(inside, depth - 1, leaves=2)))
    operand, spec = draw(operands(scope, depth))
    if sort == 2 and spec.kind is Kind.TEXT and isinstance(operand, Path | Folded):
        return Matches(draw(st.sampled_from(["contains", "starts", "ends"])), operand, draw(texts))
    if sort == 3:
        return Among(operand, tuple(draw(st.lists(values(spec), max_size=3))))
    signs = ["eq", "ne"] if spec.kind is Kind.CHOICE else ["eq", "ne", "lt", "le", "gt", "ge"]
    if sort == 4 and spec.kind is not Kind.MONEY:
        others = [p for p, s in leaves(scope, depth) if s.kind is spec.kind]
        if others:
            return Compare(draw(st.sampled_from(signs)), operand, draw(st.sampled_from(others)))
    return Compare(draw(st.sampled_from(signs)), operand, draw(values(spec)))


def conditions(scope: Scope, depth: int = 2, leaves: int = 4) -> st.SearchStrategy:
    """Conditions of every node, bound to a scope."""

    def grown(inner: st.SearchStrategy) -> st.SearchStrategy:
        several = st.lists(inner, max_size=3).map(tuple)
        return st.one_of(several.map(Every), several.map(Either), inner.map(Not))

    tree = st.recursive(questions(scope, max(depth, 0)), grown, max_leaves=leaves)
    return tree.map(lambda condition: bind(condition, scope))


@st.composite
def orders(draw: st.DrawFn, scope: Scope) -> tuple[Order, ...]:
    found = draw(st.lists(operands(scope), max_size=2))
    return tuple(Order(operand, draw(st.booleans())) for operand, _ in found)


@st.composite
def aggregates(draw: st.DrawFn, scope: Scope) -> Aggregate:
    operand, spec = draw(operands(scope))
    plain = spec.kind
    fitting = ["count"]
    if plain is not Kind.MONEY:
        fitting.append("count_distinct")
    if plain in {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY}:
        fitting += ["sum"] * 2
    if plain in {Kind.INTEGER, Kind.DECIMAL, Kind.SHARE}:
        fitting += ["avg", "median"]
    if plain not in {Kind.CHOICE, Kind.ID, Kind.BOOLEAN}:
        fitting += ["min", "max"]
    where = draw(st.just(Every(())) | conditions(scope))
    function = draw(st.sampled_from(fitting))
    no_operand = function == "count" and draw(st.booleans())
    return Aggregate(function, None if no_operand else operand, where)

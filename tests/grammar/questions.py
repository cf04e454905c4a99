"""Random questions about things, with every operand and every node of the language."""

from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from crmcore.errors import ExpressionTooLarge
from crmcore.grammar import (
    Among,
    Bucket,
    Compare,
    Either,
    Elapsed,
    Every,
    Folded,
    Has,
    Kind,
    Matches,
    Missing,
    Not,
    Path,
    path_of,
)
from crmcore.grammar.query import check_size

from .specimens import (
    CODES,
    DATES,
    DECIMALS,
    INSTANTS,
    INTEGERS,
    MONEYS,
    NOBODY,
    PEOPLE,
    SHARES,
    TEXTS,
    THINGS,
    Colour,
    Grade,
)

_PLACE = {
    Kind.TEXT: ("street", "country", "rent.currency", "keeper.name"),
    Kind.DATE: ("inspected", "keeper.born"),
    Kind.MONEY: ("rent",),
    Kind.DECIMAL: ("rent.value",),
    Kind.ID: ("keeper", "keeper.boss"),
    Kind.INTEGER: ("spot.x", "spot.y", "corner.x", "corner.y"),
}
_PERSON = {
    Kind.TEXT: ("name", "attributes.hue", "boss.name", "home.street", "home.keeper.name"),
    Kind.DATE: ("born", "boss.born", "boss.boss.born"),
    Kind.INSTANT: ("created_at", "boss.updated_at"),
    Kind.ID: ("id", "boss", "boss.boss.id", "home.keeper"),
    Kind.INTEGER: ("revision", "home.spot.y", "home.corner.x"),
    Kind.MONEY: ("home.rent", "boss.home.rent"),
}
_THING = {
    Kind.TEXT: ("title", "story", "kind", "parent.kind", "attributes.hue", "worth.currency"),
    Kind.CHOICE: ("colour", "trim", "lid", "parent.trim", "parent.parent.lid"),
    Kind.INTEGER: ("count", "least", "volume", "attributes.rank", "parent.count", "revision"),
    Kind.DECIMAL: ("weight", "bulk", "radius", "attributes.level", "worth.value", "price.value"),
    Kind.SHARE: ("part", "whole", "parent.part"),
    Kind.MONEY: ("worth", "price", "parent.worth", "parent.price"),
    Kind.BOOLEAN: ("flag", "sold", "attributes.ok", "parent.attributes.ok"),
    Kind.DATE: ("begun", "ended", "attributes.due", "parent.begun"),
    Kind.INSTANT: ("created_at", "seen", "gone", "attributes.met", "parent.gone"),
    Kind.ID: ("id", "serial", "owner", "carrier", "parent", "parent.owner", "owner.id"),
}
_NOTE = {
    Kind.TEXT: ("text", "fee.currency", "author.name"),
    Kind.CHOICE: ("tone",),
    Kind.INTEGER: ("stars", "author.home.spot.x"),
    Kind.MONEY: ("fee",),
    Kind.DECIMAL: ("fee.value",),
    Kind.INSTANT: ("since", "until"),
    Kind.ID: ("author", "author.boss"),
}
_LINK = {Kind.TEXT: ("url",), Kind.INTEGER: ("rank",)}
_SEARCHABLE = ("title", "text", "name", "street")
_GRADE = Path(("grade",))

RECORDS = ("place", "shelf", "place.spot", "place.corner", "owner.home", "parent.place.spot")
"""Paths from a thing that lead to records."""

VALUES = {
    Kind.TEXT: (*TEXTS, "EUR", "USD", *CODES),
    Kind.CHOICE: (*Colour, "red"),
    Kind.INTEGER: INTEGERS,
    Kind.DECIMAL: (*DECIMALS, Decimal("0.2500001"), 1),
    Kind.SHARE: SHARES,
    Kind.MONEY: MONEYS,
    Kind.BOOLEAN: (True, False),
    Kind.DATE: DATES,
    Kind.INSTANT: (*INSTANTS, *DATES),
    Kind.ID: (*PEOPLE, *THINGS, NOBODY),
}
_ELAPSED = (0, 1, -1, 60, 86_400_000)


def _beyond(name, inside):
    return {kind: tuple(f"{name}.{path}" for path in paths) for kind, paths in inside.items()}


def _merged(*tables):
    kinds = {kind for table in tables for kind in table}
    return {kind: tuple(path for each in tables for path in each.get(kind, ())) for kind in kinds}


PATHS = {
    "thing": _merged(
        _THING,
        _beyond("place", _PLACE),
        _beyond("shelf", _PLACE),
        _beyond("owner", _PERSON),
        _beyond("parent.owner", _PERSON),
    ),
    "note": _merged(_NOTE, _beyond("author", _PERSON)),
    "link": _LINK,
}
"""Per kind of record, the paths that lead to single values, by their kind."""

CHILDREN = {
    "thing": {
        "notes": "note",
        "shells": "link",
        "owner.notes": "note",
        "parent.notes": "note",
        "parent.shells": "link",
        "place.keeper.notes": "note",
        "carrier.boss.notes": "note",
    },
    "note": {"links": "link", "author.notes": "note"},
    "link": {},
}
"""Per kind of record, the paths that lead to children, and what those are."""


COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
MATCHES = ("contains", "starts", "ends")
UNITS = ("day", "month", "quarter", "year")
VARIANTS = ("box", "ball")
_BUCKETS = ("2023-12-31", "2024-01", "2024-Q1", "2024", "2024-Q2", "")


def _last(path):
    return path.rpartition(".")[2]


@st.composite
def operands(draw, where, kind):
    """An operand of a kind, and values worth comparing it with."""
    name = draw(st.sampled_from(PATHS[where][kind]))
    path = path_of(name)
    if _last(name) == "kind":
        return path, VARIANTS
    if kind is Kind.TEXT and _last(name) in _SEARCHABLE and draw(st.booleans()):
        return Folded(path), TEXTS
    if kind in {Kind.DATE, Kind.INSTANT}:
        form = draw(st.sampled_from(("plain", "elapsed", "bucket")))
        if form == "elapsed":
            return Elapsed(path, path_of(draw(st.sampled_from(PATHS[where][kind])))), _ELAPSED
        if form == "bucket":
            return Bucket(path, draw(st.sampled_from(UNITS))), _BUCKETS
    return path, VALUES[kind]


@st.composite
def _leaves(draw, where):
    kind = draw(st.sampled_from(list(PATHS[where])))
    left, values = draw(operands(where, kind))
    signs = st.sampled_from(("eq", "ne") if kind is Kind.CHOICE else COMPARISONS)
    match draw(st.sampled_from(("compare", "paths", "among", "matches", "missing"))):
        case "paths" if kind is not Kind.MONEY:
            others = operands(where, kind).filter(lambda pair: type(pair[0]) is type(left))
            return Compare(draw(signs), left, draw(others)[0])
        case "among":
            return Among(left, tuple(draw(st.lists(st.sampled_from(values), max_size=4))))
        case "matches" if kind is Kind.TEXT:
            return Matches(draw(st.sampled_from(MATCHES)), left, draw(st.sampled_from(TEXTS)))
        case "missing":
            return Missing(left)
        case _:
            return Compare(draw(signs), left, draw(st.sampled_from(values)))


@st.composite
def _children(draw, where, depth):
    path, child = draw(st.sampled_from(sorted(CHILDREN[where].items())))
    return Has(path_of(path), draw(conditions(child, depth - 1)))


@cache
def conditions(where="thing", depth=2):
    """Questions about a kind of record, joined, negated, and asked of children."""
    leaves = [_leaves(where)] * 3
    if depth and CHILDREN[where]:
        leaves.append(_children(where, depth))
    if where == "thing":
        leaves.append(st.builds(Missing, st.sampled_from(RECORDS).map(path_of)))
        grades = st.sampled_from((*Grade, "good"))
        leaves.append(st.builds(Compare, st.sampled_from(("eq", "ne")), st.just(_GRADE), grades))
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, max_size=3).map(lambda items: Every(tuple(items))),
            st.lists(inner, max_size=3).map(lambda items: Either(tuple(items))),
        ),
        max_leaves=4,
    )


def fits(condition):
    """Whether a condition keeps the limits of the language."""
    try:
        check_size(condition)
    except ExpressionTooLarge:
        return False
    return True


QUESTIONS = conditions().filter(fits)
"""Questions about things."""

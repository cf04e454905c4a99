"""Conditions as filters and as expressions: one function per node of the expression language.

Conditions arrive bound. What the language of filters can say is said there, where indexes serve; the
rest is said in expressions. Values from outside stand behind ``$eq``, ``$literal`` and the like,
where nothing in them is an operator. A missing value has no key, and no comparison with it holds:
filters compare within one type, expressions ask first, for to them nothing is less than anything.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from crmcore.errors import WrongType
from crmcore.grammar.aggregating import plain_number
from crmcore.grammar.binding import Scope, operand_spec
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import (
    Among,
    Compare,
    Condition,
    Either,
    Every,
    Has,
    Matches,
    Missing,
    Not,
    Operand,
    Path,
    parts,
)
from crmcore.values import CONTEXT
from crmcore_mongo._schema import key_of
from crmcore_mongo._terms import ENTITY_ID, Expression, Frame, Term, crosses
from crmcore_mongo._types import Document, decimal128, stored

_SIGNS = {"eq": "$eq", "ne": "$ne", "lt": "$lt", "le": "$lte", "gt": "$gt", "ge": "$gte"}
_NOTHING: Document = {"$alwaysFalse": 1}
_LONGEST_PATTERN = 4000
_SHARE_PLACES, _DIGITS = 6, 18
_LAST, _LAST_BEFORE_SURROGATES, _FIRST_AFTER_SURROGATES = 0x10FFFF, 0xD7FF, 0xE000

Leaf = Compare | Among | Matches | Missing

# --- values --------------------------------------------------------------------------------------


def _fitted(node: Condition, scope: Scope) -> Condition:
    """The same question about numbers, asked by numbers that the field can hold."""
    if not isinstance(node, Compare | Among) or isinstance(getattr(node, "right", None), Operand):
        return node
    spec = operand_spec(node.left, scope)
    if spec.kind not in {Kind.DECIMAL, Kind.SHARE}:
        return node
    if isinstance(node, Among):
        rounded = [_rounded(spec, value, up=False) for value in node.values]
        return Among(node.left, tuple(number for number, exact in rounded if exact))
    number, exact = _rounded(spec, node.right, up=node.op in {"lt", "ge"})
    if exact or node.op not in {"eq", "ne"}:
        return Compare(node.op, node.left, number)
    return Either(()) if node.op == "eq" else Not(Missing(node.left))


def _rounded(spec: FieldSpec, value: Any, *, up: bool) -> tuple[Decimal, bool]:
    """The nearest number that a field can hold, or one beyond all; and whether it is the same."""
    places = _SHARE_PLACES if spec.kind is Kind.SHARE else spec.places
    given, most = Decimal(plain_number(value)), Decimal((0, (1,), _DIGITS - places))
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    number = given.quantize(Decimal((0, (1,), -places)), rounding, CONTEXT)
    bounded = max(-most, min(most, number))
    return bounded, bounded == given


def _kept(spec: FieldSpec, value: Any) -> Any:
    """A value to compare with, as documents keep it; a share may have become its number."""
    return decimal128(value) if isinstance(value, Decimal) else stored(spec, value)


def _after_all_beginning(text: str) -> str | None:
    """The least text greater than all that begin with another; None when there is none."""
    rest = text.rstrip(chr(_LAST))
    if not rest:
        return None
    last = ord(rest[-1])
    following = _FIRST_AFTER_SURROGATES if last == _LAST_BEFORE_SURROGATES else last + 1
    return rest[:-1] + chr(following)


# --- conditions ----------------------------------------------------------------------------------


class Conditions:
    """Writes conditions over one frame, as filters and as expressions."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def filter(self, node: Condition, scope: Scope) -> Document:
        """A condition as a filter on the document itself."""
        told = self.told(node, scope)
        return {"$expr": self.expression(node, scope)} if told is None else told

    def told(self, node: Condition, scope: Scope) -> Document | None:
        """A condition in the language of filters; None where only an expression can tell it.

        A filter on the document itself can hold expressions, one on its children cannot.
        """
        match _fitted(node, scope):
            case Every(()):
                return {}
            case Either(()):
                return _NOTHING
            case Every(items):
                return self._joined("$and", items, scope)
            case Either(items):
                return self._joined("$or", items, scope)
            case Not(item):
                return self._joined("$nor", (item,), scope)
            case Has(children, where):
                return self._having(children, where, scope)
            case Compare() | Among() | Matches() | Missing() as leaf:
                return self._compared(leaf, scope)
            case _:
                raise WrongType("condition", "a node of the language", type(node).__name__)

    def _joined(self, word: str, items: Sequence[Condition], scope: Scope) -> Document | None:
        if self._frame.is_outermost:
            return {word: [self.filter(item, scope) for item in items]}
        told = [self.told(item, scope) for item in items]
        return None if None in told else {word: told}

    def _having(self, children: Path, where: Condition, scope: Scope) -> Document | None:
        key = self._frame.key(children, scope)
        if key is None:
            return None
        _, inner = self._frame.children(children, scope)
        told = Conditions(inner).told(where, scope.child(scope.route(children)))
        return None if told is None else {key: {"$elemMatch": told}}

    def _compared(self, node: Leaf, scope: Scope) -> Document | None:
        key = self._frame.key(node.left, scope)
        if key is None:
            return None
        spec, joins = self._frame.term(node.left, scope).spec, self._frame.joins
        whole = key == ENTITY_ID and self._frame.is_outermost
        if whole:
            key = "_id"

        def kept(value: Any) -> Any:
            return key_of(joins.tenant, value) if whole else _kept(spec, value)

        match node:
            case Compare(right=right) if isinstance(right, Operand):
                return None
            case Compare("ne", _, right):
                return {key: {"$ne": kept(right), "$exists": True}}
            case Compare(op, _, right):
                return {key: {_SIGNS[op]: kept(right)}}
            case Among(_, values):
                return {key: {"$in": [kept(value) for value in values]}}
            case Missing():
                return {key: {"$exists": False}}
            case Matches():
                return _matching(key, node)

    # --- expressions

    def expression(self, node: Condition, scope: Scope) -> Expression:
        """A condition as an expression, which is true or false."""
        match _fitted(node, scope):
            case Every(items):
                return {"$and": [self.expression(item, scope) for item in items]}
            case Either(items):
                return {"$or": [self.expression(item, scope) for item in items]}
            case Not(item):
                return {"$not": [self.expression(item, scope)]}
            case Has(children, where):
                return self._having_any(children, where, scope)
            case Compare(op, left, right):
                return self._comparing(op, self._frame.term(left, scope), right, scope)
            case Among(left, values):
                term = self._frame.term(left, scope)
                listed = [_kept(term.spec, value) for value in values]
                return {"$in": [term.value, {"$literal": listed}]}
            case Matches(left=left) as matches:
                return _matching_text(self._frame.term(left, scope).value, matches)
            case Missing(left):
                return {"$not": [present(self._frame.term(left, scope).value)]}
            case _:
                raise WrongType("condition", "a node of the language", type(node).__name__)

    def _having_any(self, children: Path, where: Condition, scope: Scope) -> Expression:
        listed, inner = self._frame.children(children, scope)
        inside = scope.child(scope.route(children))
        test = inner.within(Conditions(inner).expression(where, inside))
        nothing: list[Document] = []
        each: Document = {"input": {"$ifNull": [listed, nothing]}, "as": inner.name, "in": test}
        return {"$anyElementTrue": [{"$map": each}]}

    def _comparing(self, op: str, left: Term, right: Any, scope: Scope) -> Expression:
        """A comparison; it is asked first for what might be missing and less than the other."""
        if isinstance(right, Operand):
            other = self._frame.term(right, scope)
            compared = {_SIGNS[op]: [left.value, other.value]}
            asked = [left] if op in {"lt", "le", "eq"} else [other]
            asked = [left, other] if op == "ne" else asked
        else:
            compared = {_SIGNS[op]: [left.value, {"$literal": _kept(left.spec, right)}]}
            asked = [left] if op in {"lt", "le", "ne"} else []
        first = [present(term.value) for term in asked if term.may_be_missing]
        return {"$and": [*first, compared]} if first else compared


def present(value: Expression) -> Expression:
    """Whether there is a value; it may be a missing key or null where there is none."""
    return {"$gt": [value, None]}


def _matching(key: str, node: Matches) -> Document | None:
    if not node.text:
        return {key: {"$exists": True}}
    if node.op == "starts":
        end = _after_all_beginning(node.text)
        return {key: {"$gte": node.text} if end is None else {"$gte": node.text, "$lt": end}}
    pattern = re.escape(node.text)
    if len(pattern) > _LONGEST_PATTERN:
        return None
    return {key: {"$regex": pattern if node.op == "contains" else rf"{pattern}\z"}}


def _matching_text(text: Expression, node: Matches) -> Expression:
    if not node.text:
        return present(text)
    looked_for, found = {"$literal": node.text}, {"$ifNull": [text, ""]}
    # Bytes serve: no character's begin in the middle of another's.
    if node.op == "contains":
        return {"$gte": [{"$indexOfBytes": [found, looked_for]}, 0]}
    length = len(node.text.encode())
    if node.op == "starts":
        return {"$eq": [{"$indexOfBytes": [found, looked_for, 0, length]}, 0]}
    start = {"$max": [0, {"$subtract": [{"$strLenBytes": found}, length]}]}
    return {"$gte": [{"$indexOfBytes": [found, looked_for, start]}, 0]}


def goes_beyond(condition: Condition, scope: Scope) -> bool:
    """Whether a condition asks for anything behind a reference."""
    match condition:
        case Has(children, where):
            inside = scope.child(scope.route(children))
            return crosses(children, scope) or goes_beyond(where, inside)
        case Compare(left=left, right=right):
            return crosses(left, scope) or (isinstance(right, Operand) and crosses(right, scope))
        case Among(left=left) | Matches(left=left) | Missing(left=left):
            return crosses(left, scope)
        case joined:
            return any(goes_beyond(part, scope) for part in parts(joined))

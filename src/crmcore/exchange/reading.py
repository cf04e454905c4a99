"""XML read by a table: the fields of the objects, every fault, and what nobody asked for.

Lenient: what is missing is missing, blanks alone are nothing, and an element the table does not know is
noted, not refused. Only a text that is no value of its kind is a fault.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from crmcore.errors import CrmError, FaultAt, InvalidValue, ManyFaults, raise_collected
from crmcore.exchange.mapping import Branch, Condition, Group, Level, Term
from crmcore.exchange.xml import Element, local_name

MOST = 100
"""The faults that are reported of one document, and the elements that were not read."""

_CURRENCY = "currencyID"
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"

Scope = dict[str, Any]
Scopes = tuple[Scope, ...]


@attrs.frozen
class Found:
    """What was found in a document.

    Attributes:
        fields: The fields of the object that the document is.
        unread: The paths of elements and attributes that no row asks for, the first ones.
        currencies: The codes that stood at amounts.
    """

    fields: Scope
    unread: tuple[str, ...]
    currencies: frozenset[str]


def read_by(tree: Level, root: Element) -> Found:
    """What the document holds, as the tree calls it.

    Raises:
        InvalidValue: the one text that is no value of its kind, with its path.
        ManyFaults: all of them, when there are several.
    """
    reader = _Reader()
    fields: Scope = {}
    reader.fill(tree, root, _Place(None, root.tag), (fields,))
    raise_collected(reader.faults)
    return Found(_closed(fields), tuple(reader.unread), frozenset(reader.currencies))


class _Several(list[Any]):
    """The objects of a group, until all of them are found."""


def _closed(fields: Scope) -> Scope:
    return {
        name: tuple(value) if isinstance(value, _Several) else value
        for name, value in fields.items()
    }


@attrs.frozen(eq=False)
class _Place:
    """Where an element stands; the text of it is made when somebody is told."""

    above: "_Place | None"
    tag: str
    count: int = 1

    def __str__(self) -> str:
        name = local_name(self.tag) if self.count == 1 else f"{local_name(self.tag)}[{self.count}]"
        return name if self.above is None else f"{self.above}/{name}"


@attrs.define
class _Reader:
    faults: list[CrmError] = attrs.field(factory=list[CrmError])
    unread: list[str] = attrs.field(factory=list[str])
    currencies: set[str] = attrs.field(factory=set[str])
    lifted: int = 0

    def fill(self, level: Level, element: Element, at: _Place, scopes: Scopes) -> None:
        """The fields in ``element`` are in the last scope, or in the one before it."""
        self._own(level, element, at, scopes)
        counts: dict[str, int] = {}
        taken: set[int] = set()
        for child in element:
            tag = child.tag
            count = counts[tag] = counts.get(tag, 0) + 1
            below = _Place(at, tag, count)
            branch = _branch(level.by_tag.get(tag, ()), child, taken)
            if branch is None:
                self._leave(below)
            elif branch.group is None:
                self.fill(branch.level, child, below, scopes)
            else:
                self._group(branch.level, branch.group, child, below, scopes)

    def _group(
        self, level: Level, group: Group, child: Element, at: _Place, scopes: Scopes
    ) -> None:
        own: Scope = {}
        before = self.lifted
        self.fill(level, child, at, (*scopes, own))
        if not own and self.lifted > before:
            return  # it was there for the object around it alone
        try:
            value = group.make(**_closed(own))
        except CrmError as error:
            self._blame(FaultAt(str(at), error))
            return
        if group.many:
            scopes[-1].setdefault(group.field, _Several()).append(value)
        else:
            scopes[-1].setdefault(group.field, value)

    def _own(self, level: Level, element: Element, at: _Place, scopes: Scopes) -> None:
        term = level.text
        text = element.text or ""
        if term is not None:
            self._keep(term, text, element, at, scopes)
        elif text.strip() and level.constant is None:
            self._leave(at, "/text()")
        for name, value in element.items():
            own = level.attributes.get(name)
            is_currency = name == _CURRENCY and term is not None and term.form.is_amount
            if is_currency:
                self.currencies.add(value.strip())
            if own is not None:
                self._keep(own, value, element, _Place(at, f"@{name}"), scopes)
            elif not (is_currency or name in level.constants or name.startswith(_SCHEMA_INSTANCE)):
                self._leave(at, f"/@{local_name(name)}")

    def _keep(self, term: Term, raw: str, element: Element, at: _Place, scopes: Scopes) -> None:
        text = raw.strip()
        if not text:
            return
        try:
            value = term.form.read(raw if term.form.keeps_blanks else text)
        except ValueError as error:
            self._blame(InvalidValue(str(at), f"{error} (line {element.sourceline})"))
            return
        self.lifted += term.is_lifted
        scopes[-2 if term.is_lifted else -1].setdefault(term.name, value)

    def _blame(self, fault: CrmError) -> None:
        self.faults.append(fault)
        if len(self.faults) >= MOST:
            raise ManyFaults(tuple(self.faults))

    def _leave(self, at: _Place, part: str = "") -> None:
        if len(self.unread) < MOST:
            self.unread.append(f"{at}{part}")


def _branch(branches: Iterable[Branch], child: Element, taken: set[int]) -> Branch | None:
    for branch in branches:
        is_free = id(branch) not in taken or (branch.group is not None and branch.group.many)
        if is_free and all(_holds(each, child) for each in branch.conditions):
            taken.add(id(branch))
            return branch
    return None


def _holds(condition: Condition, element: Element) -> bool:
    return condition.accepts(_text_at(element, condition.path))


def _text_at(element: Element, path: Sequence[str]) -> str:
    for name in path:
        if name.startswith("@"):
            return (element.get(name[1:]) or "").strip()
        below = next((child for child in element if child.tag == name), None)
        if below is None:
            return ""
        element = below
    return (element.text or "").strip()

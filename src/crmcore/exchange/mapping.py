"""One declaration of where the terms of the model stand in a syntax, for reading and for writing.

A table of rows, in the order of the syntax's schema, binds paths to the fields of one class. Reader and
writer both follow the tree that is made of it here, so they cannot drift apart.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from crmcore.einvoice import Identifier
from crmcore.exchange.forms import CODE, Form


def _is_lifted(term: "Term") -> bool:
    return term.field.startswith("^")


def _name(term: "Term") -> str:
    return term.field.removeprefix("^")


@attrs.frozen
class Term:
    """A value at a path.

    Attributes:
        path: Where it stands: elements by prefix and name, at the end perhaps an ``@attribute``; a
            point is the element itself.
        field: The field it belongs to; with ``^`` before it, a field of the object around.
        form: How it is written.
        is_lifted: Whether the field is one of the object around.
        name: The field without that mark.
    """

    path: str
    field: str
    form: Form = CODE
    is_lifted: bool = attrs.field(init=False, default=attrs.Factory(_is_lifted, takes_self=True))
    name: str = attrs.field(init=False, default=attrs.Factory(_name, takes_self=True))


@attrs.frozen
class Constant:
    """A text that tells what its part or group is; written with it, and wanted when it is read.

    Attributes:
        path: Where it stands.
        value: What is written; None where nothing is.
        accepts: What is taken for it when read, "" being nothing; just the value when missing.
    """

    path: str
    value: str | None
    accepts: Callable[[str], bool] | None = None


@attrs.frozen
class Part:
    """An element whose terms belong to the same object as the rows around it.

    Attributes:
        path: Where it stands.
        rows: What is in it.
        required: Whether it is written even when it would be empty.
    """

    path: str
    rows: "tuple[Row, ...]"
    required: bool = False


def fields_of(value: attrs.AttrsInstance) -> dict[str, Any]:
    """The fields of an attrs object by their names."""
    return {name: getattr(value, name) for name in attrs.fields_dict(type(value))}


@attrs.frozen
class Group:
    """An element that is an object of its own.

    Attributes:
        path: Where it stands.
        field: The field that holds it.
        make: What makes the object of the fields that were found.
        rows: What is in it.
        many: Whether there may be several; then the field is a tuple.
        view: The fields of an object, as the rows call them.
        when: Which objects of the field stand here; all when missing.
    """

    path: str
    field: str
    make: Callable[..., Any]
    rows: "tuple[Row, ...]"
    many: bool = False
    view: Callable[[Any], Mapping[str, Any]] = fields_of
    when: Callable[[Any], bool] | None = None


Row = Term | Constant | Part | Group
"""What a table is made of."""


@attrs.frozen
class Condition:
    """What must stand at a path below an element, so that the element is taken."""

    path: tuple[str, ...]
    accepts: Callable[[str], bool]


@attrs.define
class Level:
    """What may stand in one element.

    Attributes:
        text: The term that its text is.
        constant: What its text always is.
        attributes: The terms that its attributes are.
        constants: What attributes always are.
        branches: The elements in it, in the order of the schema.
        by_tag: The same by their names.
    """

    text: Term | None = None
    constant: str | None = None
    attributes: dict[str, Term] = attrs.field(factory=dict[str, Term])
    constants: dict[str, str] = attrs.field(factory=dict[str, str])
    branches: "list[Branch]" = attrs.field(factory=list["Branch"])
    by_tag: "dict[str, list[Branch]]" = attrs.field(factory=dict[str, list["Branch"]])

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the text of a term stands in it."""
        has_more = self.attributes or self.constants or self.branches
        return self.text is not None and not has_more


def _declared_group(branch: "Branch") -> Group | None:
    return branch.row if isinstance(branch.row, Group) else None


@attrs.define(eq=False)
class Branch:
    """An element at its place in another one.

    Attributes:
        tag: Its name.
        level: What may stand in it.
        row: The part or group it was declared as; None when it is only on the way to a term.
        conditions: What must stand in it.
        group: The group it was declared as.
    """

    tag: str
    level: Level
    row: Part | Group | None = None
    conditions: tuple[Condition, ...] = ()
    group: Group | None = attrs.field(
        init=False, default=attrs.Factory(_declared_group, takes_self=True)
    )


def tree_of(rows: Sequence[Row], namespaces: Mapping[str, str]) -> Level:
    """The tree that reading and writing follow.

    Args:
        rows: A table, in the order of the schema.
        namespaces: The namespaces by the prefixes the paths use.
    """
    return _Making(namespaces).level(rows)


@attrs.frozen
class _Making:
    namespaces: Mapping[str, str]

    def level(self, rows: Sequence[Row]) -> Level:
        level = Level()
        for row in rows:
            *way, last = row.path.split("/")
            holder = level
            for name in way:
                holder = self._shared(holder, name)
            if isinstance(row, Part | Group):
                inner = self.level(row.rows)
                conditions = tuple(self._conditions(row.rows))
                self._add(holder, Branch(self._tag(last), inner, row, conditions))
            else:
                self._put(holder, last, row)
        return level

    def _put(self, holder: Level, last: str, row: Term | Constant) -> None:
        if last.startswith("@"):
            if isinstance(row, Term):
                holder.attributes[last[1:]] = row
            else:
                holder.constants[last[1:]] = row.value or ""
            return
        level = holder if last == "." else self._shared(holder, last)
        if isinstance(row, Term):
            level.text = row
        else:
            level.constant = row.value or ""

    def _shared(self, holder: Level, name: str) -> Level:
        tag = self._tag(name)
        for branch in holder.by_tag.get(tag, ()):
            if branch.row is None:
                return branch.level
        return self._add(holder, Branch(tag, Level())).level

    def _add(self, holder: Level, branch: Branch) -> Branch:
        holder.branches.append(branch)
        holder.by_tag.setdefault(branch.tag, []).append(branch)
        return branch

    def _conditions(self, rows: Sequence[Row]) -> list[Condition]:
        return [
            Condition(
                tuple(self._tag(name) for name in row.path.split("/")),
                row.accepts or _only(row.value or ""),
            )
            for row in rows
            if isinstance(row, Constant)
        ]

    def _tag(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        return f"{{{self.namespaces[prefix]}}}{local}" if colon else name


def _only(value: str) -> Callable[[str], bool]:
    return lambda text: text == value


def identifier(path: str, field: str) -> Group:
    """An identifier with its scheme."""
    return Group(path, field, Identifier, (Term(".", "value"), Term("@schemeID", "scheme")))


def is_vat_or_untold(text: str) -> bool:
    """Whether the tax is VAT, or nobody says which."""
    return text.upper() in {"", "VAT"}

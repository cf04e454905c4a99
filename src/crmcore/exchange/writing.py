"""XML written by a table, in the order of its rows, which is that of the schema.

What is missing is left out, whether or not the schema wants it: the rules say what must be there.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from crmcore.errors import CrmError, InvalidText, InvalidValue, raise_collected
from crmcore.exchange.mapping import Branch, Group, Level, Part, Term
from crmcore.exchange.xml import Element, has_only_xml_characters, new_child

Fields = Mapping[str, Any]


def write_by(tree: Level, root: Element, fields: Fields, currency: str | None) -> None:
    """The fields stand in ``root``, as the tree says.

    Args:
        tree: The tree of the syntax.
        root: An element without children.
        fields: The fields of the object that the document is.
        currency: What is written beside amounts; nothing when missing.

    Raises:
        InvalidText: a text holds a character that XML cannot carry; with its field.
        InvalidValue: a number is not finite or too long; with its field.
        ManyFaults: all of them, when there are several.
    """
    writer = _Writer(currency)
    writer.put(tree, root, (fields,))
    raise_collected(tuple(writer.faults.values()))


@attrs.define
class _Writer:
    currency: str | None
    faults: dict[str, CrmError] = attrs.field(factory=dict[str, CrmError])
    trail: list[str] = attrs.field(factory=list[str])

    def put(self, level: Level, element: Element, scopes: tuple[Fields, ...]) -> bool:
        """Whether any field was written into ``element``; constants are none."""
        written = self._own(level, element, scopes)
        for branch in level.branches:
            if branch.group is None:
                written |= self._element(branch, element, scopes)
            else:
                written |= self._group(branch, branch.group, element, scopes)
        return written

    def _element(self, branch: Branch, parent: Element, scopes: tuple[Fields, ...]) -> bool:
        plain = branch.level.text if branch.level.is_plain else None
        if plain is not None and self._text(plain, scopes) is None:
            return False  # most terms of most documents: no element needs to be made
        child = new_child(parent, branch.tag)
        written = self.put(branch.level, child, scopes)
        if isinstance(branch.row, Part):
            is_kept = written or branch.row.required
        else:
            is_kept = written or len(child) > 0 or bool(child.text)
        if not is_kept:
            parent.remove(child)
        return written

    def _group(
        self, branch: Branch, group: Group, parent: Element, scopes: tuple[Fields, ...]
    ) -> bool:
        value = scopes[-1].get(group.field)
        values = (value or ()) if group.many else (value,)
        written = False
        for at, each in enumerate(values):
            if group.when is not None and each is not None and not group.when(each):
                continue
            self.trail.append(f"{group.field}[{at}]" if group.many else group.field)
            child = new_child(parent, branch.tag)
            view: Fields = {} if each is None else group.view(each)
            has_fields = self.put(branch.level, child, (*scopes, view))
            if not has_fields and each is None:
                parent.remove(child)
            else:
                written = True
            self.trail.pop()
        return written

    def _own(self, level: Level, element: Element, scopes: tuple[Fields, ...]) -> bool:
        written = False
        if level.constant:
            element.text = level.constant
        for name, constant in level.constants.items():
            element.set(name, constant)
        if level.text is not None:
            text = self._text(level.text, scopes)
            if text is not None:
                element.text = text
                written = True
                if level.text.form.is_amount and self.currency is not None:
                    element.set("currencyID", self.currency)
        for name, term in level.attributes.items():
            text = self._text(term, scopes)
            if text is not None:
                element.set(name, text)
                written = True
        return written

    def _text(self, term: Term, scopes: tuple[Fields, ...]) -> str | None:
        value = scopes[-2 if term.is_lifted else -1].get(term.name)
        if value is None:
            return None
        try:
            text = term.form.write(value)
        except ValueError as error:
            self.faults[self._path(term)] = InvalidValue(self._path(term), str(error))
            return None
        if not has_only_xml_characters(text):
            reason = "holds a character that XML cannot carry"
            self.faults[self._path(term)] = InvalidText(self._path(term), reason)
            return None
        return text

    def _path(self, term: Term) -> str:
        return ".".join([*(self.trail[:-1] if term.is_lifted else self.trail), term.name])

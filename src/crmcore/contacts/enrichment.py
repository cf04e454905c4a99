"""Filling what is empty of a contact from what somebody outside knows, as a plan.

Nothing that is there is ever overwritten. The protocol is here and not among the ports, because it
speaks of contacts, and stores are written against the ports without knowing any subject.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

import attrs

from crmcore.contacts.model import CONTACT, Contact
from crmcore.contacts.verbs import PROTECTED
from crmcore.errors import (
    CrmError,
    FieldProtected,
    InvalidValue,
    UnknownField,
    WrongType,
)
from crmcore.grammar.boundary import Fields, faults_of
from crmcore.grammar.change import SERVER_FIELDS
from crmcore.grammar.entity import variant_name
from crmcore.grammar.naming import nearest, shortened
from crmcore.values import html_table

C = TypeVar("C", bound=Contact)

MAX_FACTS = 200
"""So many facts about one contact are looked at; more is no answer but an accident."""

_OWN = "attributes"
_CLOSED = SERVER_FIELDS | PROTECTED | {"external_id"}
NO_OWN: Fields = {}
"""No own fields are declared."""


class Enricher(Protocol):
    """Somebody outside who knows more about contacts: a directory, a register, a service."""

    @property
    def name(self) -> str:
        """What it is called in the provenance of what it fills."""
        ...

    def enrich(self, contact: Contact, /) -> Mapping[str, object]:
        """What it knows, by the names of fields; own fields as ``attributes.name``."""
        ...


@attrs.frozen(kw_only=True)
class Enrichment:
    """What facts from outside would change of a contact; nothing has happened yet.

    Attributes:
        contact: The contact.
        source: Who said it.
        reference: Where it is found there.
        fills: The empty fields and what they would hold.
        kept: The fields that hold something else already, and keep it.
        faults: What of the facts cannot be right.
    """

    contact: UUID
    source: str
    reference: str | None = None
    fills: Mapping[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    kept: tuple[str, ...] = ()
    faults: tuple[CrmError, ...] = attrs.field(default=(), repr=False)

    @property
    def changes_nothing(self) -> bool:
        """Whether no field would be filled."""
        return not self.fills

    def without_faults(self) -> "Enrichment":
        """The same, content to do without what cannot be right."""
        return attrs.evolve(self, faults=())

    def explain(self) -> str:
        """What would be filled, kept and refused, line by line."""
        return "\n".join(f"{what} {field}: {text}" for what, field, text in self._rows())

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        for name, value in self.fills.items():
            yield "fill", name, f"{value} (from {self.source})"
        for name in self.kept:
            yield "keep", name, "holds something already"
        for fault in self.faults:
            yield "refuse", fault.code, fault.message

    def _repr_html_(self) -> str:
        return html_table(f"enrichment from {self.source}", (), self._rows())


def plan_enrichment(
    contact: Contact,
    facts: Mapping[str, object],
    *,
    source: str,
    reference: str | None = None,
    own: Fields = NO_OWN,
) -> Enrichment:
    """What facts from outside would fill, what stays, and what of them cannot be right.

    Args:
        contact: The contact as it is.
        facts: What is known, by the names of fields; own fields as ``attributes.name``.
        source: Who said it.
        reference: Where it is found there.
        own: The own fields that are declared for contacts.

    Raises:
        InvalidValue: there are more than `MAX_FACTS`.
    """
    if len(facts) > MAX_FACTS:
        raise InvalidValue("facts", f"must be at most {MAX_FACTS}")
    fills: dict[str, Any] = {}
    kept: list[str] = []
    faults: list[CrmError] = []
    for name, value in facts.items():
        found = [*_name_faults(contact, name, own)]
        if not found and not _is_empty(value):
            filled, found = _tried(contact, name, value, own)
            before, after = _present(contact, name), _present(filled, name)
            if not found and _is_empty(before):
                fills[name] = after
            elif not found and before != after:
                kept.append(name)
        faults += found
    return Enrichment(
        contact=contact.id,
        source=source,
        reference=reference,
        fills=fills,
        kept=tuple(kept),
        faults=tuple(faults),
    )


def by_field(contact: Contact, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a plan by the names of fields, own fields as a whole."""
    own = {mine: value for name, value in values.items() if (mine := _own_name(name)) is not None}
    plain = {name: value for name, value in values.items() if _own_name(name) is None}
    return {**plain, _OWN: {**contact.attributes, **own}} if own else plain


def _is_empty(value: object) -> bool:
    """Whether a value says nothing; blanks do not."""
    return not value.strip() if isinstance(value, str) else value is None or value == ()


def _own_name(name: str) -> str | None:
    first, _, own = name.partition(".")
    return own if first == _OWN and own else None


def _name_faults(contact: Contact, name: object, own: Fields) -> Iterator[CrmError]:
    known = CONTACT.records[type(contact)].fields
    kind = variant_name(type(contact))
    if not isinstance(name, str):
        yield WrongType("facts", "names of fields", type(name).__name__)
    elif (mine := _own_name(name)) is not None:
        if mine not in own:
            yield UnknownField(kind, shortened(name), nearest(mine, own))
    elif name not in known or name == _OWN:
        yield UnknownField(kind, shortened(name), nearest(name, known))
    elif name in _CLOSED:
        yield FieldProtected(kind, name)


def _present(contact: Contact, name: str) -> Any:
    own = _own_name(name)
    return getattr(contact, name) if own is None else contact.attributes.get(own)


def _tried(contact: C, name: str, value: object, own: Fields) -> tuple[C, list[CrmError]]:
    """The contact with one field filled, as its class makes it, and what is wrong with that."""
    field = _OWN if _own_name(name) is not None else name
    fields = {field: CONTACT.records[type(contact)].fields[field]}
    try:
        filled = attrs.evolve(contact, **by_field(contact, {name: value}))
    except CrmError as fault:
        return contact, [fault]
    return filled, [*faults_of(filled, fields, own)]

"""Entities to documents and back, by functions generated once per class.

What is read comes from the store's own writing, so objects are put together without their
constructors wherever a class allows it: nothing is converted or checked a second time.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import index
from typing import Any
from uuid import UUID

import attrs
from bson.int64 import Int64

from crmcore.grammar.entity import EntityType, FieldSpec, Kind, RecordSpec, variant_name
from crmcore.grammar.generated import Source, is_plain, reviser_of, setter_of
from crmcore.grammar.registry import Registry
from crmcore.values import fold
from crmcore_mongo._schema import FOLDED, GUARDS, VARIANT
from crmcore_mongo._types import (
    Document,
    attributes_reader,
    attributes_writer,
    decimal128,
    loader,
    midnight,
    money_document,
)

# What `fold` does, without a call where nearly all texts end.
_FOLDED = "{0}.lower() if {0}.isascii() else fold({0})"

Reference = tuple[str, str, UUID]
"""A reference that an entity holds: dotted path, entity referred to, id."""


@attrs.frozen(eq=False)
class Codec:
    """How one entity type becomes documents and comes back.

    Attributes:
        encode: By class, for an entity, its tenant and how often it was guarded: its document.
        decode: By variant name, or by None for an entity without variants.
        references: By class, for an entity and a list: adds the references it holds to the list.
        revised: By class: the entity with another revision.
    """

    encode: Mapping[type[Any], Callable[[Any, str, int], Document]]
    decode: Mapping[str | None, Callable[[Document], Any]]
    references: Mapping[type[Any], Callable[[Any, list[Reference]], None]]
    revised: Mapping[type[Any], Callable[[Any, int], Any]]


def codec_of(kind: EntityType, registry: Registry) -> Codec:
    """The functions for one entity type."""
    own = registry.attributes_of(kind.name)
    records = kind.records
    names = {cls: variant_name(cls) if kind.variants else None for cls in records}
    return Codec(
        {cls: _encoder(record, own, names[cls]) for cls, record in records.items()},
        {names[cls]: _reader(record, own, whole=True) for cls, record in records.items()},
        {cls: _referrer(record) for cls, record in records.items()},
        {cls: reviser_of(cls) for cls in records},
    )


# --- the text of a generated function ------------------------------------------------------------


def _source(head: str) -> Source:
    return Source(head, {"fold": fold, "index": index, "Int64": Int64})


# --- writing -------------------------------------------------------------------------------------


def _encoder(record: RecordSpec, own: Mapping[str, FieldSpec], variant: str | None) -> Any:
    source = _source("def generated(value, tenant, guards):")
    first = {"_id": "{'tenant': tenant, 'id': value.id}"}
    if variant is not None:
        first[VARIANT] = repr(variant)
    _write(source, record, own, first)
    source.line(f"made[{GUARDS!r}] = Int64(guards)")
    source.line("return made")
    return source.function()


def _writer(record: RecordSpec, own: Mapping[str, FieldSpec]) -> Any:
    source = _source("def generated(value):")
    _write(source, record, own, {})
    source.line("return made")
    return source.function()


def _write(
    source: Source, record: RecordSpec, own: Mapping[str, FieldSpec], first: Mapping[str, str]
) -> None:
    """The lines that make a document of a record: first what is always there, then the rest."""
    always = dict(first)
    optional: list[FieldSpec] = []
    for name, spec in record.fields.items():
        if name == "id" and first:
            continue
        if spec.optional:
            optional.append(spec)
            continue
        value = f"value.{name}"
        if _is_folded(spec):
            held = source.name()
            always[name] = f"({held} := {value})"
            always[name + FOLDED] = _FOLDED.format(held)
        else:
            always[name] = _template(source, spec, own).format(value)
    parts = ", ".join(f"{name!r}: {text}" for name, text in always.items())
    source.line(f"made = {{{parts}}}")
    for spec in optional:
        held = source.name()
        source.line(f"{held} = value.{spec.name}")
        source.indent(f"if {held} is not None:")
        source.line(f"made[{spec.name!r}] = {_template(source, spec, own).format(held)}")
        if _is_folded(spec):
            source.line(f"made[{spec.name + FOLDED!r}] = {_FOLDED.format(held)}")
        source.dedent()


def _is_folded(spec: FieldSpec) -> bool:
    return spec.kind is Kind.TEXT and spec.text.searchable


def _template(source: Source, spec: FieldSpec, own: Mapping[str, FieldSpec]) -> str:
    """The template of a value that is not missing."""
    match spec.kind:
        case Kind.INTEGER:
            return "Int64({0})"
        case Kind.DECIMAL:
            return f"{source.constant(decimal128)}({{0}})"
        case Kind.SHARE:
            return f"{source.constant(decimal128)}({{0}}.value)"
        case Kind.MONEY:
            return f"{source.constant(money_document)}({{0}})"
        case Kind.DATE:
            return f"{source.constant(midnight)}({{0}})"
        case Kind.CHOICE:
            return "{0}._value_"
        case Kind.ATTRIBUTES:
            return f"{source.constant(attributes_writer(own))}({{0}})"
        case Kind.RECORD if spec.record is not None:
            return f"{source.constant(_writer(spec.record, own))}({{0}})"
        case Kind.CHILDREN if spec.record is not None:
            each = source.constant(_writer(spec.record, own))
            return f"[{each}(each) for each in {{0}}]"
        case _:
            return "{0}"


# --- references ----------------------------------------------------------------------------------


def _referrer(record: RecordSpec) -> Any:
    source = _source("def generated(value, found):")
    _refer(source, record, "value", "")
    source.line("return None")
    return source.function()


def _refer(source: Source, record: RecordSpec, holder: str, prefix: str) -> None:
    for name, spec in record.fields.items():
        inner = spec.record
        if spec.reference is None and (inner is None or not any(_referring(inner))):
            continue
        held = source.name()
        if spec.kind is Kind.CHILDREN:
            source.indent(f"for {held} in {holder}.{name}:")
        else:
            source.line(f"{held} = {holder}.{name}")
            source.indent(f"if {held} is not None:")
        if inner is None:
            source.line(f"found.append(({prefix + name!r}, {spec.reference!r}, {held}))")
        else:
            _refer(source, inner, held, f"{prefix}{name}.")
        source.dedent()


def _referring(record: RecordSpec) -> Iterator[FieldSpec]:
    for spec in record.fields.values():
        if spec.reference is not None:
            yield spec
        elif spec.record is not None:
            yield from _referring(spec.record)


# --- reading -------------------------------------------------------------------------------------


def _reader(record: RecordSpec, own: Mapping[str, FieldSpec], *, whole: bool = False) -> Any:
    """The function that puts an object together again; ``whole`` for an entity."""
    source = _source("def generated(held):")
    source.line("get = held.get")
    # Nothing is asked twice of what today's version wrote.
    source.indent("try:")
    values = {name: _read(source, spec, own) for name, spec in record.fields.items()}
    if whole:
        values["id"] = "held['_id']['id']"
    cls = source.constant(record.cls)
    if is_plain(record.cls):
        source.line(f"made = new({cls})")
        for name, value in values.items():
            source.line(f"{source.constant(setter_of(record.cls, name))}(made, {value})")
    else:
        given = ", ".join(f"{name}={value}" for name, value in values.items())
        source.line(f"made = {cls}({given})")
    source.line("return made")
    source.dedent()
    source.indent("except KeyError:")
    source.line(f"return {source.constant(_earlier(record, own, whole=whole))}(held)")
    return source.function()


def _earlier(
    record: RecordSpec, own: Mapping[str, FieldSpec], *, whole: bool
) -> Callable[[Document], Any]:
    """The function that reads what an earlier version wrote: fields it did not know have defaults.

    Their class is asked, because a default may be made of the other fields.
    """
    fields = {attribute.name: attribute for attribute in attrs.fields(record.cls)}
    readers: dict[str, Callable[[Any], Any]] = {}
    for name, spec in record.fields.items():
        source = _source("def generated(value):")
        source.line(f"return {_reading(source, spec, own).format('value')}")
        readers[name] = source.function()

    def read(held: Document) -> Any:
        given = {"id": held["_id"]["id"]} if whole else {}
        for name, spec in record.fields.items():
            if name in held:
                given[name] = readers[name](held[name])
            elif spec.optional:
                given[name] = None
            elif name not in given and fields[name].default is attrs.NOTHING:
                raise KeyError(name)
        return record.cls(**given)

    return read


def _read(source: Source, spec: FieldSpec, own: Mapping[str, FieldSpec]) -> str:
    template = _reading(source, spec, own)
    if not spec.optional:
        return template.format(f"held[{spec.name!r}]")
    if template == "{0}":
        return f"get({spec.name!r})"
    held = source.name()
    source.line(f"{held} = get({spec.name!r})")
    return f"None if {held} is None else {template.format(held)}"


def _reading(source: Source, spec: FieldSpec, own: Mapping[str, FieldSpec]) -> str:
    match spec.kind:
        case Kind.TEXT | Kind.BOOLEAN | Kind.ID:
            return "{0}"
        case Kind.INTEGER:
            return "index({0})"
        case Kind.ATTRIBUTES:
            return f"{source.constant(attributes_reader(own))}({{0}})"
        case Kind.RECORD if spec.record is not None:
            return f"{source.constant(_reader(spec.record, own))}({{0}})"
        case Kind.CHILDREN if spec.record is not None:
            each = source.constant(_reader(spec.record, own))
            return f"tuple([{each}(each) for each in {{0}}])"
        case _:
            return f"{source.constant(loader(spec))}({{0}})"

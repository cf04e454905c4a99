"""Entities to rows and back, by functions generated once per class.

What is read comes from the store's own writing, so objects are put together without their
constructors wherever a class allows it: nothing is converted or checked a second time.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from crmcore.grammar.entity import EntityType, FieldSpec, Kind, RecordSpec, variant_name
from crmcore.grammar.generated import Source, is_plain, reviser_of, setter_of
from crmcore.grammar.registry import Registry
from crmcore.values import fold
from crmcore_sql._schema import (
    CURRENCY,
    GUARDED,
    PLAIN,
    PRESENT,
    VARIANT,
    Layout,
    Place,
    Way,
    required_leaf,
)
from crmcore_sql._types import Values, attributes_reader, attributes_writer

# What `fold` does, without a call where nearly all texts end.
_FOLDED = "{0}.lower() if {0}.isascii() else fold({0})"

Row = tuple[Any, ...]
Kids = Sequence[Sequence[Row]]
"""The rows of an entity's children, one sequence per child table, in order of position."""


@attrs.frozen(eq=False)
class Codec:
    """How one entity type becomes rows and comes back.

    Attributes:
        encode: By class, for an entity, its id as text and a tenant: its row, its shadows, the
            tenant, as an insert takes them.
        encode_kids: By class: the same of its children, one list per child table.
        decode: By variant name, or by None for an entity without variants.
        revised: By class: the entity with another revision.
    """

    encode: Mapping[type[Any], Callable[[Any, str, str], Row]]
    encode_kids: Mapping[type[Any], Callable[[Any, str, str], Kids]]
    decode: Mapping[str | None, Callable[[Row, Kids], Any]]
    revised: Mapping[type[Any], Callable[[Any, int], Any]]


def codec_of(kind: EntityType, layout: Layout, registry: Registry, values: Values) -> Codec:
    """The functions for one entity type in the database that keeps ``values`` so."""
    kept = _Kept(values, registry.attributes_of(kind.name))
    records = kind.records
    return Codec(
        {cls: _encoder(record, layout, kept) for cls, record in records.items()},
        {cls: _kids_encoder(record, layout, kept) for cls, record in records.items()},
        {
            variant_name(cls) if kind.variants else None: _decoder(record, layout, kept)
            for cls, record in records.items()
        },
        {cls: reviser_of(cls) for cls in records},
    )


# --- the text of a generated function ------------------------------------------------------------


@attrs.frozen(eq=False)
class _Kept:
    """What columns keep of values, and which own attributes there are."""

    values: Values
    own: Mapping[str, FieldSpec]


class _Source(Source):
    """The lines of one function while it is being written, and how the database keeps its values."""

    def __init__(self, head: str, kept: _Kept) -> None:
        super().__init__(head, {"fold": fold})
        self.values = kept.values
        self.own = kept.own


def _listed(parts: Sequence[str]) -> str:
    return "(" + "".join(f"{part}, " for part in parts) + ")"


# --- writing -------------------------------------------------------------------------------------


def _encoder(record: RecordSpec, layout: Layout, kept: _Kept) -> Any:
    source = _Source("def generated(entity, id, tenant):", kept)
    written = _written(source, record, "entity", (), None)
    written[("id",), PLAIN] = "id"
    written[(), VARIANT] = repr(variant_name(record.cls))
    written[(), GUARDED] = "0"
    source.line(f"return {_listed(_row(source, layout, written))}")
    return source.function()


def _row(source: _Source, layout: Layout, written: Mapping[Place, str]) -> list[str]:
    parts = [written.get(cell.place, "None") for cell in layout.cells]
    for shadow in layout.shadows:
        name = source.name()
        source.line(f"{name} = {parts[shadow.source]}")
        parts[shadow.source] = name
    for shadow in layout.shadows:
        name = parts[shadow.source]
        parts.append(f"None if {name} is None else {_FOLDED.format(name)}")
    return [*parts, "tenant"]


def _written(
    source: _Source, record: RecordSpec, holder: str, way: Way, guard: str | None
) -> dict[Place, str]:
    """The expressions of a record's cells; ``guard`` is the name of what may be None instead."""
    written: dict[Place, str] = {}
    for name, spec in record.fields.items():
        here = (*way, name)
        if spec.kind is Kind.CHILDREN:
            continue
        if spec.record is None:
            value = _guarded(f"{holder}.{name}", guard)
            missing = spec.optional or guard is not None
            parts = _written_single(source, spec, value, missing=missing)
            written.update(((here, part), text) for part, text in parts.items())
            continue
        value = source.name()
        source.line(f"{value} = {_guarded(f'{holder}.{name}', guard)}")
        inner = value if spec.optional or guard is not None else None
        present = source.values.present
        written[here, PRESENT] = present if inner is None else _guarded(present, inner)
        written.update(_written(source, spec.record, value, here, inner))
    return written


def _written_single(
    source: _Source, spec: FieldSpec, value: str, *, missing: bool
) -> dict[str, str]:
    parts = _parts(source, spec)
    if not missing and len(parts) == 1:
        return {PLAIN: parts[PLAIN].format(value)}
    name = source.name()
    source.line(f"{name} = {value}")
    texts = {part: template.format(name) for part, template in parts.items()}
    if not missing:
        return texts
    return {part: text if text == name else _guarded(text, name) for part, text in texts.items()}


def _guarded(text: str, guard: str | None) -> str:
    return text if guard is None else f"None if {guard} is None else {text}"


def _parts(source: _Source, spec: FieldSpec) -> dict[str, str]:
    """The templates of the cells of a single value that is not missing."""
    if spec.kind is Kind.ATTRIBUTES:
        return {PLAIN: f"{source.constant(attributes_writer(source.own))}({{0}})"}
    template, function = source.values.written(spec.kind, spec.places)
    if "{1}" in template:
        template = template.replace("{1}", source.constant(function))
    if spec.kind is Kind.MONEY:
        return {PLAIN: template, CURRENCY: "{0}.currency"}
    return {PLAIN: template}


def _kids_encoder(record: RecordSpec, layout: Layout, kept: _Kept) -> Any:
    source = _Source("def generated(entity, id, tenant):", kept)
    tables = list(layout.everything())[1:]
    names = {child.name: f"rows{index}" for index, child in enumerate(tables)}
    for name in names.values():
        source.line(f"{name} = []")
    _Kids(source, names).write(record, layout, "entity", ["id"])
    # Most entities have no children, and one object stands for that: what many small ones cost is
    # paid again at every collection of garbage.
    nothing = source.constant(((),) * len(names))
    rows = _listed(list(names.values()))
    source.line(f"return {rows} if {' or '.join(names.values()) or None} else {nothing}")
    return source.function()


class _Kids:
    """Writes how children become rows of their tables."""

    def __init__(self, source: _Source, names: Mapping[str, str]) -> None:
        self._source = source
        self._names = names

    def write(self, record: RecordSpec, layout: Layout, holder: str, keys: list[str]) -> None:
        """The loops over the children of one holder, and over theirs."""
        source = self._source
        for way, child in layout.children.items():
            found = _reach(record, way)
            if found is None or found.record is None:
                continue
            value = f"{holder}.{way[0]}"
            for name in way[1:]:
                between = source.name()
                source.line(f"{between} = {value}")
                value = _guarded(f"{between}.{name}", between)
            if len(way) > 1:
                value = f"({value}) or ()"
            position, each = source.name(), source.name()
            source.indent(f"for {position}, {each} in enumerate({value}):")
            inner = [*keys, position]
            written = _written(source, found.record, each, (), None)
            written |= {((), key): name for key, name in zip(child.keys, inner, strict=True)}
            source.line(
                f"{self._names[child.name]}.append({_listed(_row(source, child, written))})"
            )
            self.write(found.record, child, each, inner)
            source.dedent()


def _reach(record: RecordSpec, way: Way) -> FieldSpec | None:
    spec = record.fields.get(way[0])
    if spec is None or len(way) == 1:
        return spec
    return None if spec.record is None else _reach(spec.record, way[1:])


# --- reading -------------------------------------------------------------------------------------


def _decoder(record: RecordSpec, layout: Layout, kept: _Kept) -> Any:
    source = _Source("def generated(row, kids):", kept)
    indexes = {child.name: index for index, child in enumerate(list(layout.everything())[1:])}
    reader = _Reader(source, indexes)
    source.line(f"return {reader.built(record, layout, 'row', 1)}")
    return source.function()


class _Reader:
    """Writes how objects are put together again from rows."""

    def __init__(self, source: _Source, indexes: Mapping[str, int]) -> None:
        self._source = source
        self._indexes = indexes

    def built(self, record: RecordSpec, layout: Layout, row: str, depth: int) -> str:
        """The name of the object that a row of a layout and its children make."""
        cells = [self._source.name() for _ in layout.cells]
        self._source.line(f"{_listed(cells)} = {row}")
        names = {cell.place: name for cell, name in zip(layout.cells, cells, strict=True)}
        children = {
            way: self._children(found.record, child, row, depth)
            for way, child in layout.children.items()
            if (found := _reach(record, way)) is not None and found.record is not None
        }
        return self._object(record, (), names, children)

    def _children(self, record: RecordSpec, layout: Layout, row: str, depth: int) -> str:
        source, made = self._source, self._source.name()
        rows = f"kids[{self._indexes[layout.name]}]"
        source.line(f"{made} = []")
        child = source.name()
        if depth > 1:
            rows = f"[each for each in {rows} if each[:{depth}] == {row}[:{depth}]]"
        source.indent(f"for {child} in {rows}:")
        source.line(f"{made}.append({self.built(record, layout, child, depth + 1)})")
        source.dedent()
        return f"tuple({made})"

    def _object(
        self,
        record: RecordSpec,
        way: Way,
        names: Mapping[Place, str],
        children: Mapping[Way, str],
    ) -> str:
        values = {
            name: self._value(spec, (*way, name), names, children)
            for name, spec in record.fields.items()
        }
        source, made = self._source, self._source.name()
        cls = source.constant(record.cls)
        if not is_plain(record.cls):
            given = ", ".join(f"{name}={value}" for name, value in values.items())
            source.line(f"{made} = {cls}({given})")
            return made
        source.line(f"{made} = new({cls})")
        for name, value in values.items():
            source.line(f"{source.constant(setter_of(record.cls, name))}({made}, {value})")
        return made

    def _value(
        self,
        spec: FieldSpec,
        way: Way,
        names: Mapping[Place, str],
        children: Mapping[Way, str],
    ) -> str:
        if spec.kind is Kind.CHILDREN:
            return children[way]
        if spec.record is None:
            return self._single(spec, way, names)
        if not spec.optional:
            return self._object(spec.record, way, names, children)
        source, made = self._source, self._source.name()
        leaf = required_leaf(spec.record, way) or (way, PRESENT)
        source.line(f"{made} = None")
        source.indent(f"if {names[leaf]} is not None:")
        source.line(f"{made} = {self._object(spec.record, way, names, children)}")
        source.dedent()
        return made

    def _single(self, spec: FieldSpec, way: Way, names: Mapping[Place, str]) -> str:
        name, source = names[way, PLAIN], self._source
        match spec.kind:
            case Kind.TEXT | Kind.INTEGER:
                return name
            case Kind.BOOLEAN:
                made = f"{name} == 1"
            case Kind.MONEY:
                made = f"{source.constant(source.values.money)}({name}, {names[way, CURRENCY]})"
            case Kind.ATTRIBUTES:
                made = f"{source.constant(attributes_reader(source.own))}({name})"
            case _:
                made = f"{source.constant(source.values.loader(spec))}({name})"
        return f"None if {name} is None else {made}" if spec.optional else made

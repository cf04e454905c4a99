"""Tables for entity types: which columns an entity, its embedded values and its children have.

A `Layout` says where every value lies, for the rooms that read and write; the tables themselves are
SQLAlchemy's, for whoever wants to look at them or to compare them with a database.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import attrs
from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    column,
)
from sqlalchemy.schema import SchemaItem

from crmcore.grammar.entity import EntityType, FieldSpec, Kind, RecordSpec, variant_name
from crmcore.grammar.entity import Text as TextLimits
from crmcore.grammar.registry import Registry
from crmcore.ports import Delivery
from crmcore_sql import _columns as columns
from crmcore_sql._types import members

VERSION = "2"
"""The version of the library's own tables."""

EVENT, NUMBER, KEY, SCHEMA = "crm__event", "crm__number", "crm__key", "crm__schema"

TENANT_LENGTH = 100
NAME_LENGTH = 255
_LONGEST = 60
_DELIVERY_LENGTH = 16
_EVENT_ORDER = ("entity", "entity_id", "revision", "position")

Way = tuple[str, ...]
Place = tuple[Way, str]
"""Where a value lies: the names that lead to it inside its table, and which part of it."""

PLAIN, CURRENCY, PRESENT, VARIANT, GUARDED = "", "currency", "present", "variant", "guarded"

_ID = FieldSpec(name="id", kind=Kind.ID, cls=str)
_POSITION = FieldSpec(name="position", kind=Kind.INTEGER, cls=int)
_CURRENCY = FieldSpec(name="currency", kind=Kind.TEXT, cls=str, text=TextLimits(max=3))
_PRESENT = FieldSpec(name="present", kind=Kind.BOOLEAN, cls=bool)
_GUARDED = FieldSpec(name="guarded", kind=Kind.INTEGER, cls=int)
_VARIANT = FieldSpec(name="kind", kind=Kind.TEXT, cls=str)


@attrs.frozen
class Cell:
    """One column of a layout: its name, what lies there, and whether it may be NULL."""

    name: str
    place: Place
    spec: FieldSpec
    nullable: bool


@attrs.frozen
class Shadow:
    """A column with the folded form of a text: its name, and the index of the text's cell."""

    name: str
    source: int


@attrs.frozen(eq=False)
class Layout:
    """Where the values of an entity, or of a child, lie in its table.

    The last cell of an entity, at ``((), GUARDED)``, counts how often it was guarded since it was
    saved; the codec writes 0 there, and never reads it.

    Attributes:
        name: The table.
        keys: The columns that, with the tenant, tell a row; a child begins with its holder's.
        cells: The columns that are read, in the order of a row; the keys of a child come first.
        shadows: The columns that are only searched.
        children: The layouts of the children, by the way that leads to them.
        present: For each embedded value that can be missing, where one sees whether it is there.
        unique: The declared unique sets: field names, and the indexes of their cells.
        at: The index of a cell by its place.
    """

    name: str
    keys: tuple[str, ...]
    cells: tuple[Cell, ...]
    shadows: tuple[Shadow, ...]
    children: Mapping[Way, "Layout"]
    present: Mapping[Way, Place]
    unique: tuple[tuple[Way, tuple[int, ...]], ...]
    at: Mapping[Place, int]

    def everything(self) -> Iterator["Layout"]:
        """This layout and those of all children, holders first."""
        yield self
        for child in self.children.values():
            yield from child.everything()

    def shadow(self, way: Way) -> str:
        """The column of the folded form of a text."""
        source = self.at[way, PLAIN]
        return next(shadow.name for shadow in self.shadows if shadow.source == source)


@attrs.frozen(eq=False)
class Schema:
    """All tables of a registry.

    Attributes:
        registry: Whose entities they keep.
        layouts: The layouts by entity name, those that are referred to first.
        metadata: The tables as SQLAlchemy knows them.
        referring: By entity name, who refers to it: entity name, table, column of its id, column.
    """

    registry: Registry
    layouts: Mapping[str, Layout]
    metadata: MetaData
    referring: Mapping[str, tuple[tuple[str, str, str, str], ...]]


# --- where what lies -----------------------------------------------------------------------------


def shortened(name: str) -> str:
    """The name, or a shorter one that is just as unique, within what every database allows."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def required_leaf(record: RecordSpec, way: Way) -> Place | None:
    """Where a value lies that is never missing in a record of this sort, if there is one."""
    for name, spec in record.fields.items():
        if spec.optional or spec.kind in {Kind.CHILDREN, Kind.ATTRIBUTES}:
            continue
        if spec.record is None:
            return (*way, name), PLAIN
        inside = required_leaf(spec.record, (*way, name))
        if inside is not None:
            return inside
    return None


class _Plan:
    """A layout in the making."""

    def __init__(self, name: str, keys: Iterable[str]) -> None:
        self.name = name
        self.keys = tuple(keys)
        self.cells: list[Cell] = []
        self.texts: list[tuple[str, int]] = []
        self.children: list[tuple[Way, RecordSpec]] = []
        self.present: dict[Way, Place] = {}
        self._taken = {"tenant", *self.keys}

    def claim(self, name: str) -> str:
        name = shortened(name)
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def cell(self, name: str, place: Place, spec: FieldSpec, *, nullable: bool) -> None:
        self.cells.append(Cell(name, place, spec, nullable))

    def add(self, fields: Mapping[str, FieldSpec], way: Way, *, nullable: bool) -> None:
        for name, spec in fields.items():
            self._field(spec, (*way, name), nullable=nullable or spec.may_be_missing)

    def _field(self, spec: FieldSpec, way: Way, *, nullable: bool) -> None:
        label = "_".join(way)
        if spec.kind is Kind.CHILDREN and spec.record is not None:
            self.children.append((way, spec.record))
        elif spec.record is not None:
            if nullable:
                self.present[way] = required_leaf(spec.record, way) or (way, PRESENT)
            if self.present.get(way) == (way, PRESENT):
                present = self.claim(f"{label}_present")
                self.cell(present, (way, PRESENT), _PRESENT, nullable=True)
            self.add(spec.record.fields, way, nullable=nullable)
        else:
            self.cell(self.claim(label), (way, PLAIN), spec, nullable=nullable)
            if spec.kind is Kind.MONEY:
                currency = self.claim(f"{label}_currency")
                self.cell(currency, (way, CURRENCY), _CURRENCY, nullable=nullable)
            if spec.kind is Kind.TEXT and spec.text.searchable:
                self.texts.append((label, len(self.cells) - 1))

    def layout(self, unique: Iterable[Way] = ()) -> Layout:
        shadows = [Shadow(self.claim(f"{name}_folded"), at) for name, at in self.texts]
        at = {cell.place: index for index, cell in enumerate(self.cells)}
        children = {way: _child(self, way, record) for way, record in self.children}
        sets = tuple((names, tuple(self._indexes(names, at))) for names in unique)
        return Layout(
            *(self.name, self.keys, tuple(self.cells), tuple(shadows)),
            *(children, self.present, sets, at),
        )

    def _indexes(self, names: Way, at: Mapping[Place, int]) -> Iterator[int]:
        for name in names:
            index = at[(name,), PLAIN]
            yield index
            if self.cells[index].spec.kind is Kind.MONEY:
                yield at[(name,), CURRENCY]


def _child(holder: _Plan, way: Way, record: RecordSpec) -> Layout:
    depth = len(holder.keys)
    own = "position" if depth == 1 else f"position_{depth}"
    keys = ("owner_id", *holder.keys[1:], own)
    plan = _Plan(shortened("_".join((holder.name, *way))), keys)
    for index, key in enumerate(keys):
        plan.cell(key, ((), key), _POSITION if index else _ID, nullable=False)
    plan.add(record.fields, (), nullable=False)
    return plan.layout()


def _entity_layout(kind: EntityType) -> Layout:
    plan = _Plan(shortened(f"crm_{kind.name}"), ("id",))
    plan.cell("id", (("id",), PLAIN), _ID, nullable=False)
    if kind.variants:
        plan.cell(plan.claim("kind"), ((), VARIANT), _VARIANT, nullable=False)
    rest = {name: spec for name, spec in kind.fields.items() if name != "id"}
    plan.add(rest, (), nullable=False)
    plan.cell(plan.claim("guarded"), ((), GUARDED), _GUARDED, nullable=False)
    return plan.layout(kind.unique)


# --- the tables ----------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def schema_of(registry: Registry) -> Schema:
    """The tables that keep the entities of a registry, and the library's own."""
    layouts = {name: _entity_layout(registry.named(name)) for name in _topological(registry)}
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    referring: dict[str, list[tuple[str, str, str, str]]] = {}
    for name, layout in layouts.items():
        for each in layout.everything():
            for cell in each.cells:
                if cell.spec.reference is not None:
                    entry = (name, each.name, each.keys[0], cell.name)
                    referring.setdefault(cell.spec.reference, []).append(entry)
        _entity_tables(registry.named(name), layout, metadata, layouts)
    _own_tables(metadata)
    frozen = {name: tuple(entries) for name, entries in referring.items()}
    return Schema(registry, layouts, metadata, frozen)


def _topological(registry: Registry) -> list[str]:
    """The entity names, those that are referred to first; circles are broken anywhere."""
    done: dict[str, None] = {}
    busy: set[str] = set()

    def visit(name: str) -> None:
        if name in done or name in busy:
            return
        busy.add(name)
        for target in sorted(_targets(registry.named(name).fields)):
            visit(target)
        done[name] = None

    for name in registry.entities:
        visit(name)
    return list(done)


def _targets(fields: Mapping[str, FieldSpec]) -> set[str]:
    found: set[str] = set()
    for spec in fields.values():
        if spec.reference is not None:
            found.add(spec.reference)
        if spec.record is not None:
            found |= _targets(spec.record.fields)
    return found


def _entity_tables(
    kind: EntityType, layout: Layout, metadata: MetaData, layouts: Mapping[str, Layout]
) -> None:
    for each in layout.everything():
        items = [*_columns(each), *_constraints(each, layouts, metadata)]
        if each is layout and kind.variants:
            names = [variant_name(cls) for cls in kind.classes]
            items.append(_among(layout.cells[layout.at[(), VARIANT]].name, names))
        _table(metadata, each.name, items, each.keys)
    for holder in layout.everything():
        for child in holder.children.values():
            metadata.tables[child.name].append_constraint(_link(child, holder))


def _link(child: Layout, holder: Layout) -> columns.Reference:
    own = ("tenant", *child.keys[: len(holder.keys)])
    there = [f"{holder.name}.{key}" for key in ("tenant", *holder.keys)]
    return columns.reference(own, there, ondelete="CASCADE")


def _table(metadata: MetaData, name: str, items: Iterable[SchemaItem], keys: Way) -> None:
    Table(
        name,
        metadata,
        Column("tenant", columns.text_type(TENANT_LENGTH), nullable=False),
        *items,
        PrimaryKeyConstraint("tenant", *keys),
        **columns.OPTIONS,
    )


def _columns(layout: Layout) -> Iterator[SchemaItem]:
    shadows = {shadow.source: shadow.name for shadow in layout.shadows}
    for index, cell in enumerate(layout.cells):
        kind, info = columns.column_type(cell.spec), {columns.RENAMED: cell.spec.renamed}
        yield Column(cell.name, kind, nullable=cell.nullable, info=info)
        if index in shadows:
            # Folding can lengthen a text; no limit is told for the shadow.
            yield Column(shadows[index], columns.long_text_type(), nullable=cell.nullable)


def _constraints(
    layout: Layout, layouts: Mapping[str, Layout], metadata: MetaData
) -> Iterator[SchemaItem]:
    firsts, made = {at[0] for _, at in layout.unique}, {layout.name, *metadata.tables}
    for cell in layout.cells:
        if cell.spec.reference is not None:
            target = layouts[cell.spec.reference].name
            own, there = ("tenant", cell.name), (f"{target}.tenant", f"{target}.id")
            yield columns.reference(own, there, is_ahead=target not in made)
            if layout.at[cell.place] not in firsts:
                yield Index(None, "tenant", cell.name)
        if cell.spec.kind is Kind.CHOICE:
            yield _among(cell.name, members(cell.spec))
        if cell.spec.kind is Kind.BOOLEAN:
            truths = (True,) if cell.place[1] == PRESENT else (False, True)
            yield _among(cell.name, truths, columns.column_type(cell.spec))
    for _, indexes in layout.unique:
        yield UniqueConstraint("tenant", *(layout.cells[index].name for index in indexes))


def _among(
    name: str, values: Iterable[str | bool], of: columns.Type | None = None
) -> CheckConstraint:
    return CheckConstraint(column(name, of).in_(list(values)), name=name)


def _own_tables(metadata: MetaData) -> None:
    name = columns.text_type(NAME_LENGTH)
    events = [
        Column("id", columns.id_type(), nullable=False),
        Column("entity", name, nullable=False),
        Column("entity_id", columns.id_type(), nullable=False),
        Column("revision", columns.whole_type(), nullable=False),
        Column("position", columns.whole_type(), nullable=False),
        Column("type", name, nullable=False),
        Column("version", columns.whole_type(), nullable=False),
        Column("at", columns.instant_type(), nullable=False),
        Column("recorded_at", columns.instant_type(), nullable=False),
        Column("payload", columns.long_text_type(), nullable=False),
        Column("delivery", columns.text_type(_DELIVERY_LENGTH), nullable=False),
        Column("attempts", columns.whole_type(), nullable=False),
        Column("claimed_until", columns.instant_type()),
        Column("reason", columns.long_text_type()),
        Index(None, "tenant", *_EVENT_ORDER),
        # For claiming: what is undone, in the order in which it is delivered.
        Index(None, "tenant", "delivery", *_EVENT_ORDER),
        _among("delivery", [each.value for each in Delivery]),
    ]
    _table(metadata, EVENT, events, ("id",))
    series = [Column(each, name, nullable=False) for each in ("series", "period")]
    number = Column("value", columns.whole_type(), nullable=False)
    _table(metadata, NUMBER, [*series, number], ("series", "period"))
    keys = [Column(each, name, nullable=False) for each in ("scope", "key", "entity")]
    mark = Column("fingerprint", columns.text_type(64), nullable=False)
    result = Column("entity_id", columns.id_type(), nullable=False)
    at = Column("at", columns.instant_type(), nullable=False)
    _table(metadata, KEY, [*keys, mark, result, at], ("scope", "key"))
    Table(
        SCHEMA,
        metadata,
        Column("name", columns.text_type(NAME_LENGTH), primary_key=True),
        Column("value", columns.text_type(NAME_LENGTH), nullable=False),
        **columns.OPTIONS,
    )

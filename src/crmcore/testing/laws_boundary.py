"""Laws about values no store may keep: refused everywhere, by name, and nothing is stored."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.errors import (
    CrmError,
    InexactNumber,
    InvalidText,
    InvalidValue,
    ManyFaults,
    NaiveTime,
    NotValid,
    UnknownField,
    WrongType,
)
from crmcore.grammar.attributes import Attributes
from crmcore.ports import IdSource, Store
from crmcore.testing.ground import Ground
from crmcore.testing.specimens import Grade, Maker, Part, Size, machine, maker
from crmcore.testing.steps import added, everything, got, saved

AWARE = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)

FAULTS: tuple[tuple[str, Any, type[NotValid]], ...] = (
    ("title", "x" * 2_000_000, InvalidText),
    ("title", "x" * 201, InvalidText),
    ("title", "a\x00b", InvalidText),
    ("title", "a\nb", InvalidText),
    ("title", "\x1b[2J", InvalidText),
    ("title", "\ud800", InvalidText),
    ("title", "a\udfffb", InvalidText),
    ("title", "\ufffe", InvalidText),
    ("title", "a\uffff", InvalidText),
    ("notes", "a\x00b", InvalidText),
    ("notes", "a\x0bb", InvalidText),
    ("notes", "a\uffffb", InvalidText),
    ("title", 7, WrongType),
    ("title", b"bytes", WrongType),
    ("title", None, WrongType),
    ("order", 2**63, InvalidValue),
    ("order", -(2**63) - 1, InvalidValue),
    ("order", "7", WrongType),
    ("order", True, WrongType),
    ("order", 1.5, WrongType),
    ("weight", 1.5, InexactNumber),
    ("weight", Decimal("0.0000001"), InvalidValue),
    ("weight", Decimal("1E+30"), InvalidValue),
    ("weight", Decimal("NaN"), InvalidValue),
    ("weight", Decimal("Infinity"), InvalidValue),
    ("weight", 1, WrongType),
    ("price", Decimal(1), WrongType),
    ("discount", Decimal("0.5"), WrongType),
    ("active", 1, WrongType),
    ("bought", AWARE, WrongType),
    ("bought", "2024-02-29", WrongType),
    ("tested", datetime(2024, 2, 29, 12, 0), NaiveTime),  # noqa: DTZ001
    ("tested", AWARE.replace(microsecond=1), InvalidValue),
    ("tested", date(2024, 2, 29), WrongType),
    ("group", "fine", WrongType),
    ("group", "no grade", WrongType),
    ("maker", "018bcfe5-6800-7000-8000-000100000000", WrongType),
    ("token", 7, WrongType),
    ("parts", [Part(name="a")], WrongType),
    ("size", {"width": 1}, WrongType),
)

INSIDE: tuple[tuple[str, dict[str, Any], type[NotValid]], ...] = (
    ("parts[1].name", {"parts": (Part(name="a"), Part(name="x" * 81))}, InvalidText),
    ("parts[0].position", {"parts": (Part(name="a", position=2**63),)}, InvalidValue),
    ("parts[0]", {"parts": (Grade.FINE,)}, WrongType),
    ("size.note", {"size": Size(note="a\x00")}, InvalidText),
    ("size.depth", {"size": Size(depth=Decimal("0.0000001"))}, InvalidValue),
    ("attributes.colour", {"attributes": Attributes({"colour": "\ud800"})}, InvalidText),
    ("attributes.shelf", {"attributes": Attributes({"shelf": 2**63})}, InvalidValue),
    ("attributes.shelf", {"attributes": Attributes({"shelf": "1"})}, WrongType),
    ("attributes.shelf", {"attributes": Attributes({"shelf": True})}, WrongType),
    ("attributes.due", {"attributes": Attributes({"due": AWARE})}, WrongType),
)


def named_by(error: CrmError) -> str:
    """The field an error names."""
    return str(getattr(error, "field", ""))


class BoundaryLaws(Ground):
    """The same verdict everywhere, because no store decides."""

    @pytest.mark.parametrize(("field", "value", "kind"), FAULTS)
    def test_a_value_no_store_may_keep_is_refused(
        self, store: Store, ids: IdSource, field: str, value: Any, kind: type[NotValid]
    ) -> None:
        """A wrong value is refused by the name of its field, and nothing is stored."""
        before = everything(store)

        with pytest.raises(kind) as refusal:
            added(store, machine(ids.new(), **{field: value}))

        assert named_by(refusal.value) == field
        assert everything(store) == before

    @pytest.mark.parametrize(("path", "fields", "kind"), INSIDE)
    def test_a_fault_inside_is_named_by_its_path(
        self, store: Store, ids: IdSource, path: str, fields: dict[str, Any], kind: type[NotValid]
    ) -> None:
        """Faults in children, records and own attributes are named by the path to them."""
        before = everything(store)

        with pytest.raises(kind) as refusal:
            added(store, machine(ids.new(), **fields))

        assert named_by(refusal.value) == path
        assert everything(store) == before

    @pytest.mark.parametrize(("field", "value", "kind"), FAULTS)
    def test_a_wrong_save_is_refused_too(
        self, store: Store, ids: IdSource, field: str, value: Any, kind: type[NotValid]
    ) -> None:
        """A save with a wrong value is refused alike, and the entity stays as it was."""
        (entity,) = added(store, machine(ids.new()))

        with pytest.raises(kind) as refusal:
            saved(store, attrs.evolve(entity, **{field: value}))

        assert named_by(refusal.value) == field
        assert got(store, entity) == entity

    @pytest.mark.parametrize("name", ["tenant", "a.b", "$where", "__proto__", "colour "])
    def test_an_undeclared_attribute_is_refused(
        self, store: Store, ids: IdSource, name: str
    ) -> None:
        """Only declared own attributes can be kept."""
        with pytest.raises(UnknownField) as refusal:
            added(store, maker(ids.new(), attributes=Attributes({name: "x"})))

        assert refusal.value.field == name
        assert everything(store)["maker"] == ("tuple", ())

    def test_all_faults_are_told_at_once(self, store: Store, ids: IdSource) -> None:
        """Several wrong values are refused together, each by its name."""
        wrong = {"title": "\x00", "order": 2**63, "parts": (Part(name="x" * 81),)}

        with pytest.raises(ManyFaults) as refusal:
            added(store, machine(ids.new(), **wrong))

        assert {*map(named_by, refusal.value.faults)} == {"title", "order", "parts[0].name"}

    def test_after_a_refusal_the_store_goes_on(self, store: Store, ids: IdSource) -> None:
        """A refused value spoils nothing that was done before it in the unit of work."""
        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            before = makers.add(maker(ids.new()))
            with pytest.raises(InvalidText):
                makers.add(maker(ids.new(), name="\x00"))
            after = makers.add(maker(ids.new()))
            unit.commit()

        assert (got(store, before), got(store, after)) == (before, after)

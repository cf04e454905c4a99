"""Entities become plain data and come back whole, whichever variant they are."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch, InvalidValue, ManyFaults, UnknownName, WrongType
from crmcore.grammar import canonical_json
from crmcore.grammar.attributes import Attributes
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Places, Ref, Text
from crmcore.grammar.registry import Registry
from crmcore.values import Money, PostalAddress, instant
from crmcore.wire import entity_from_dict, entity_to_dict, wire_converter


@attrs.frozen(kw_only=True)
class Leg:
    """A child with a rule and a record of its own."""

    length: Annotated[Decimal, Places(2)]
    price: Money
    origin: PostalAddress | None = None

    def __attrs_post_init__(self) -> None:
        if self.length <= 0:
            raise InvalidValue("length", "must be above zero")


@attrs.frozen(kw_only=True)
class Furniture(Entity):
    """What both variants share."""

    label: Annotated[str, Text(max=50)]
    room: Annotated[UUID, Ref("furniture")] | None = None


@attrs.frozen(kw_only=True)
class Table(Furniture):
    """The variant with children."""

    legs: tuple[Leg, ...] = ()

    def __attrs_post_init__(self) -> None:
        if {leg.price.currency for leg in self.legs} - {"EUR"}:
            raise CurrencyMismatch("legs", "EUR", "another")


@attrs.frozen(kw_only=True)
class Shelf(Furniture):
    """The variant with nothing more than a number."""

    boards: int


REGISTRY = Registry.of(
    (EntityType(name="furniture", cls=Furniture, variants=(Table, Shelf)),), ()
).with_attributes({"furniture": {"wood": str, "hours": Decimal, "made": date, "sold": bool}})

instants = st.datetimes(timezones=st.just(UTC)).map(instant)
texts = st.text(max_size=20)
attributes = st.builds(
    Attributes,
    st.dictionaries(
        st.text("abc", min_size=1),
        texts
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.decimals(-(10**9), 10**9, places=4)
        | st.dates()
        | instants,
    ),
)
legs = st.builds(
    Leg,
    length=st.decimals("0.01", 100, places=2),
    price=st.builds(Money, st.decimals(0, 100, places=2), st.just("EUR")),
    origin=st.none() | st.builds(PostalAddress, city=st.sampled_from(["Ulm", "Bonn"])),
)
own = {
    "id": st.uuids(),
    "revision": st.integers(0, 100),
    "created_at": instants,
    "updated_at": instants,
    "attributes": attributes,
    "label": texts,
    "room": st.none() | st.uuids(),
}
furniture = st.builds(Table, legs=st.lists(legs, max_size=3).map(tuple), **own) | st.builds(
    Shelf, boards=st.integers(0, 9), **own
)


def table(**fields: Any) -> Table:
    at = datetime(2017, 4, 3, tzinfo=UTC)
    return Table(id=UUID(int=1), created_at=at, updated_at=at, label="Desk", **fields)


@given(furniture)
def test_an_entity_comes_back_as_it_was(entity: Furniture) -> None:
    data = entity_to_dict(entity, REGISTRY)

    again = entity_from_dict(json.loads(json.dumps(data)), REGISTRY)

    assert again == entity
    assert type(again) is type(entity)
    assert again.attributes == entity.attributes


@given(furniture)
def test_the_data_of_equal_entities_is_the_same_text(entity: Furniture) -> None:
    data = entity_to_dict(entity, REGISTRY)

    again = entity_to_dict(entity_from_dict(data, REGISTRY), REGISTRY)

    assert canonical_json(again) == canonical_json(data)


@given(attributes)
def test_own_attributes_keep_their_types(values: Attributes) -> None:
    data = entity_to_dict(table(attributes=values), REGISTRY)

    again = entity_from_dict(json.loads(json.dumps(data)), REGISTRY).attributes

    assert {name: type(value) for name, value in again.items()} == {
        name: type(value) for name, value in values.items()
    }


def test_the_data_names_entity_and_kind() -> None:
    leg = Leg(length=Decimal("70.50"), price=Money(3, "EUR"))
    stored = table(legs=(leg,), attributes={"hours": Decimal("1.50"), "made": date(2017, 4, 1)})

    assert entity_to_dict(stored, REGISTRY) == {
        "entity": "furniture",
        "fields": {
            "kind": "table",
            "id": "00000000-0000-0000-0000-000000000001",
            "revision": 0,
            "created_at": "2017-04-03T00:00:00.000Z",
            "updated_at": "2017-04-03T00:00:00.000Z",
            "attributes": {"hours": {"$decimal": "1.5"}, "made": {"$date": "2017-04-01"}},
            "label": "Desk",
            "room": None,
            "legs": [
                {
                    "length": "70.5",
                    "price": {"amount": "3", "currency": "EUR"},
                    "origin": None,
                }
            ],
        },
    }


def test_fields_of_a_newer_version_are_left_out() -> None:
    data = entity_to_dict(table(), REGISTRY)
    data["fields"]["finish"] = "oiled"
    data["signature"] = "0x00"

    assert entity_from_dict(data, REGISTRY) == table()


def test_a_field_with_a_default_may_be_missing_in_older_data() -> None:
    data = entity_to_dict(table(), REGISTRY)
    del data["fields"]["legs"], data["fields"]["room"], data["fields"]["attributes"]

    assert entity_from_dict(data, REGISTRY) == table()


def test_the_rules_of_an_object_are_told_with_its_path() -> None:
    data = entity_to_dict(table(legs=(Leg(length=Decimal(1), price=Money(1, "EUR")),)), REGISTRY)
    data["fields"]["legs"][0]["length"] = "0"

    with pytest.raises(InvalidValue, match=r"^\$\.fields\.legs\[0\]\.length: must be above zero$"):
        entity_from_dict(data, REGISTRY)


def test_the_rules_of_the_entity_are_told_with_its_path() -> None:
    data = entity_to_dict(table(legs=(Leg(length=Decimal(1), price=Money(1, "EUR")),)), REGISTRY)
    data["fields"]["legs"][0]["price"]["currency"] = "USD"

    with pytest.raises(CurrencyMismatch, match=r"^\$\.fields\.legs: another"):
        entity_from_dict(data, REGISTRY)


def test_all_faults_come_at_once_however_deep() -> None:
    data = entity_to_dict(
        table(legs=(Leg(length=Decimal(1), price=Money(1, "EUR")),) * 2), REGISTRY
    )
    data["fields"]["legs"][1] |= {"length": 1, "origin": {"country": "de", "city": " "}}
    data["fields"]["attributes"] = {
        "wood": None,
        "made": {"$date": "soon"},
        "sold": {"$date": 1, "$decimal": 2},
        "hours": {"$hex": "ff"},
    }
    del data["fields"]["label"]

    with pytest.raises(ManyFaults) as caught:
        entity_from_dict(data, REGISTRY)

    assert [str(fault).split(": ")[0] for fault in caught.value.faults] == [
        "$.fields.attributes.wood",
        "$.fields.attributes.made",
        "$.fields.attributes.sold",
        "$.fields.attributes.hours",
        "$.fields.label",
        "$.fields.legs[1].length",
        "$.fields.legs[1].origin.city",
        "$.fields.legs[1].origin.country",
    ]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("legs", "none", r"\$\.fields\.legs: expected a list, got str"),
        ("legs", {"0": {}}, r"\$\.fields\.legs: expected a list, got dict"),
        ("legs", [7], r"\$\.fields\.legs\[0\]: expected an object, got int"),
        ("kind", "chair", r"\$\.fields\.kind: must be one of table, shelf"),
        ("kind", None, r"\$\.fields\.kind: must be one of table, shelf"),
        ("attributes", [], r"\$\.fields\.attributes: expected an object, got list"),
    ],
)
def test_a_wrong_shape_names_its_path(path: str, value: object, told: str) -> None:
    data = entity_to_dict(table(), REGISTRY)
    data["fields"][path] = value

    with pytest.raises((InvalidValue, WrongType), match=f"^{told}$"):
        entity_from_dict(data, REGISTRY)


def test_an_unknown_entity_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="did you mean 'furniture'"):
        entity_from_dict({"entity": "furnitur", "fields": {}}, REGISTRY)


@pytest.mark.parametrize("data", [{}, {"entity": 7}, {"entity": None}])
def test_data_without_the_name_of_an_entity_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(WrongType, match=r"^\$\.entity: expected text"):
        entity_from_dict(data, REGISTRY)


def test_data_without_fields_is_refused() -> None:
    with pytest.raises(WrongType, match=r"^\$\.fields: expected an object, got NoneType"):
        entity_from_dict({"entity": "furniture"}, REGISTRY)


def test_a_converter_is_made_once_per_registry() -> None:
    other = Registry.of((), ())

    assert wire_converter(REGISTRY) is wire_converter(REGISTRY)
    assert wire_converter(other) is not wire_converter(REGISTRY)

"""Events come back from their payloads as they were; what is wrong with a payload is told by path."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, ManyFaults, NaiveTime, NotValid, UnknownName, WrongType
from crmcore.grammar.change import Event
from crmcore.grammar.registry import Registry
from crmcore.subjects import SUBJECTS
from crmcore.values import Money, Share, instant, optional_instant
from crmcore.wire import event_from_payload, event_payload, event_to_dict


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen(kw_only=True)
class BoxPainted(Event):
    """Knows every type an event may have."""

    box: UUID
    colour: Colour
    coats: int
    dry: bool
    name: str
    litres: Decimal
    cost: Money
    gloss: Share
    due: date
    seen: datetime | None = attrs.field(default=None, converter=optional_instant)


REGISTRY = Registry.of((), (BoxPainted,))

instants = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - the strategy wants naive bounds
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(instant)
amounts = st.decimals(-(10**13), 10**13, places=4)
painted = st.builds(
    BoxPainted,
    at=instants,
    box=st.uuids(),
    colour=st.sampled_from(Colour),
    coats=st.integers(-(2**63), 2**63 - 1),
    dry=st.booleans(),
    name=st.text(),
    litres=amounts,
    cost=st.builds(Money, amounts, st.sampled_from(["EUR", "JPY", "KWD"])),
    gloss=st.builds(Share, st.decimals(0, 1, places=6)),
    due=st.dates(),
    seen=st.none() | instants,
)


def read(payload: object) -> Event:
    return event_from_payload("BoxPainted", json.dumps(payload), REGISTRY)


def sample() -> BoxPainted:
    return BoxPainted(
        at=datetime(2017, 4, 3, 9, 30, 0, 123000, UTC),
        box=UUID("018bcfe5-6800-7000-8000-000100000000"),
        colour=Colour.RED,
        coats=2,
        dry=False,
        name="Löwe",
        litres=Decimal("1.50"),
        cost=Money("12.50", "EUR"),
        gloss=Share("0.25"),
        due=date(2017, 4, 5),
    )


@given(painted)
def test_an_event_comes_back_from_its_payload_as_it_was(event: BoxPainted) -> None:
    assert event_from_payload("BoxPainted", event_payload(event), REGISTRY) == event


@given(painted)
def test_a_payload_is_canonical(event: BoxPainted) -> None:
    payload = event_payload(event)

    again = event_from_payload("BoxPainted", payload, REGISTRY)
    spelled = json.dumps(json.loads(payload), sort_keys=True, separators=(",", ":"))

    assert payload.isascii()
    assert payload == event_payload(again) == spelled


def test_a_payload_looks_the_same_for_ever() -> None:
    assert event_payload(sample()) == (
        '{"at":"2017-04-03T09:30:00.123Z","box":"018bcfe5-6800-7000-8000-000100000000",'
        '"coats":2,"colour":"red","cost":{"amount":"12.5","currency":"EUR"},"dry":false,'
        '"due":"2017-04-05","gloss":"0.25","litres":"1.5","name":"L\\u00f6we","seen":null}'
    )


@pytest.mark.parametrize("name", sorted(SUBJECTS.events))
@given(data=st.data())
def test_every_event_of_ours_survives(name: str, data: st.DataObject) -> None:
    cls = SUBJECTS.event(name)
    event = data.draw(st.builds(cls, at=instants, **_drawn(cls)))

    again = event_from_payload(name, event_payload(event), SUBJECTS)

    assert again == event


def _drawn(cls: type[Event]) -> dict[str, st.SearchStrategy[object]]:
    known: dict[object, st.SearchStrategy[object]] = {
        int: st.integers(-(2**63), 2**63 - 1),
        int | None: st.none() | st.integers(0, 9),
        datetime: instants,
        date: st.dates(),
        Decimal: amounts,
        Money: st.builds(Money, amounts, st.just("EUR")),
        Share: st.builds(Share, st.decimals(0, 1, places=6)),
        datetime | None: st.none() | instants,
        Money | None: st.none() | st.builds(Money, amounts, st.just("EUR")),
        Share | None: st.none() | st.builds(Share, st.decimals(0, 1, places=6)),
    }
    fields = attrs.fields(attrs.resolve_types(cls, include_extras=False))
    return {
        field.name: known[field.type]
        for field in fields
        if field.name != "at" and field.type in known
    }


EDITED = sorted(name for name in SUBJECTS.events if name.endswith("Edited"))


@pytest.mark.parametrize("name", EDITED)
def test_the_fields_an_edit_changed_travel_as_a_list_of_names(name: str) -> None:
    subject = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Edited")).lower()
    payload = {
        "at": "2017-04-03T09:30:00.123Z",
        subject: "018bcfe5-6800-7000-8000-000100000000",
        "fields": ["amount", "title"],
        "priority": "urgent",
    }

    event = event_from_payload(name, json.dumps(payload), SUBJECTS)

    assert getattr(event, "fields", None) == ("amount", "title")
    assert event_to_dict(event)["fields"] == ["amount", "title"]
    with pytest.raises(WrongType, match=r"^\$\.fields: expected a list, got str"):
        event_from_payload(name, json.dumps({**payload, "fields": "amount"}), SUBJECTS)


def test_each_subject_that_can_be_edited_tells_its_edits() -> None:
    told = ["ContactEdited", "OpportunityEdited", "PriceListEdited", "ProductEdited", "TeamEdited"]

    assert {*told, "TicketEdited"} <= {*EDITED}


def test_fields_of_a_newer_version_are_left_out() -> None:
    payload = {**event_to_dict(sample()), "smell": "fresh"}

    assert read(payload) == sample()


def test_an_unknown_event_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="did you mean 'BoxPainted'"):
        event_from_payload("BoxPaintd", "{}", REGISTRY)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("at", "yesterday", r"\$\.at: must be a time such as"),
        ("at", 17, r"\$\.at: expected text, got int"),
        ("box", "0", r"\$\.box: must be a UUID"),
        ("colour", "green", r"\$\.colour: must be one of red, blue"),
        ("coats", "2", r"\$\.coats: expected int, got str"),
        ("coats", True, r"\$\.coats: expected int, got bool"),
        ("coats", 2**63, r"\$\.coats: must fit"),
        ("coats", 1.0, r"\$\.coats: expected int, got float"),
        ("dry", 1, r"\$\.dry: expected true or false, got int"),
        ("name", None, r"\$\.name: expected text, got NoneType"),
        ("litres", 1.5, r"\$\.litres: expected text, got float"),
        ("litres", "1e9", r"\$\.litres: must be a plain number"),
        ("cost", "12.50 EUR", r"\$\.cost: expected an object, got str"),
        ("cost", {"amount": "1"}, r"\$\.cost\.currency: expected text, got NoneType"),
        ("cost", {"amount": "1", "currency": "XXL"}, r"\$\.cost\.currency: must be a code"),
        ("gloss", "1.1", r"\$\.gloss\.share: must be at least 0"),
        ("due", "2017-W14-3", r"\$\.due: must be a date such as"),
        ("due", "2017-02-30", r"\$\.due: must be a date such as"),
    ],
)
def test_a_fault_names_its_path_and_quotes_no_value(field: str, value: object, told: str) -> None:
    with pytest.raises(NotValid, match=f"^{told}"):
        read({**event_to_dict(sample()), field: value})


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(NaiveTime, match=r"\$\.at"):
        read({**event_to_dict(sample()), "at": "2017-04-03T09:30:00"})


def test_a_time_in_another_zone_is_read_as_the_same_moment() -> None:
    event = read({**event_to_dict(sample()), "at": "2017-04-03T11:30:00.123999+02:00"})

    assert event == sample()


def test_all_faults_come_at_once() -> None:
    payload = {**event_to_dict(sample()), "coats": "many", "dry": "no"}
    del payload["box"]

    with pytest.raises(ManyFaults) as caught:
        read(payload)

    assert set(caught.value.faults[0].message.split(": ")) == {"$.box", "is missing"}
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("text", ["", "{", "nothing", '"' * 3, "[" * 100_000, "9" * 10_000])
def test_what_is_no_json_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"^\$: is no JSON"):
        event_from_payload("BoxPainted", text, REGISTRY)


@pytest.mark.parametrize("text", ["[]", '"at"', "7", "null"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(WrongType, match=r"^\$: expected an object"):
        event_from_payload("BoxPainted", text, REGISTRY)

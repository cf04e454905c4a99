"""A dump comes back whole or not at all, whatever is in its lines."""

import json
from collections.abc import Iterator
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    Duplicate,
    MalformedFile,
    ReferenceNotFound,
    TenantNotEmpty,
)
from crmcore.grammar.registry import Registry
from crmcore.memory import MemoryStore
from crmcore.ports import Delivery, UnknownEvent
from crmcore.testing.specimens import GADGET, MAKER, SPECIMENS, MakerNamed
from crmcore.testing.strategies import entities as any_entities
from crmcore.wire import Contents, dump, load

from .worlds import ADA, EVE, KEYS, NUMBERS, PRESS, entities, events, fill, in_memory

LINES = tuple(dump(fill(in_memory())))
EMPTY = tuple(dump(in_memory()))
HEAD, END = LINES[0], LINES[-1]
WHERE = {
    name: next(n for n, line in enumerate(LINES) if f'"{name}":' in line)
    for name in ("entity", "event", "number", "key")
}
"""Where the first line of each sort is."""


def changed(line: str, **fields: object) -> str:
    """The line with other values at its top."""
    return json.dumps({**json.loads(line), **fields})


def replaced(number: int, *lines: str) -> list[str]:
    """The dump with other lines in place of one."""
    return [*LINES[:number], *lines, *LINES[number + 1 :]]


def refused(lines) -> CrmError:
    """What a load is refused with; nothing of it is stored."""
    store = in_memory()
    with pytest.raises(CrmError) as caught:
        load(store, lines)
    assert tuple(dump(store)) == EMPTY
    return caught.value


def faulty_line(lines) -> int:
    """The line that a load names when it refuses."""
    fault = refused(lines)
    assert isinstance(fault, MalformedFile)
    assert fault.file == "dump"
    assert fault.line is not None
    return fault.line


# --- what comes back -----------------------------------------------------------------------------


def test_everything_comes_back_byte_for_byte() -> None:
    store = in_memory()

    found = load(store, LINES)

    assert tuple(dump(store)) == LINES
    assert found == Contents(
        entities=len(entities()), events=len(events()), numbers=len(NUMBERS), keys=len(KEYS)
    )


def test_revisions_numbers_keys_and_deliveries_go_on_where_they_were() -> None:
    store = in_memory()
    load(store, LINES)

    with store.begin(write=True) as work:
        (eve,) = [each for each in entities() if each.id == EVE]
        assert work.repository(type(eve)).get(EVE) == eve
        assert work.draw("invoice", "2024") == 13
        assert work.recall("a", "é") == KEYS[1]
        assert [each.recorded.id for each in work.outbox.parked(9)] == [UUID(int=102)]
        assert work.outbox.lag().waiting == 3


def test_an_event_of_no_known_class_stays_as_it_was_and_can_be_known_later() -> None:
    old = MemoryStore(registry=Registry.of((MAKER, GADGET), ()))
    new = in_memory()
    lines = [line for line in LINES if "badge" not in line and '"attributes":{"' not in line]
    lines[-1] = changed(END, end=attrs.asdict(Contents(entities=2, events=5, numbers=2, keys=5)))

    load(old, lines)
    load(new, dump(old))

    with old.begin(write=False) as work:
        first = work.history("maker", ADA)[0].event
    with new.begin(write=False) as work:
        again = work.history("maker", ADA)
    assert isinstance(first, UnknownEvent)
    assert isinstance(again[0].event, MakerNamed)
    assert again[2] == events()[2].recorded
    assert [*dump(old)] == [*dump(new)]


def test_lines_may_be_parted_and_written_as_other_tools_do() -> None:
    store = in_memory()
    spaced = (json.dumps(json.loads(line), ensure_ascii=False, indent=None) for line in LINES)

    load(store, (f"  {line}\r\n" for line in spaced))

    assert tuple(dump(store)) == LINES


def test_an_empty_dump_is_loaded() -> None:
    assert load(in_memory(), EMPTY) == Contents()


def test_the_order_of_lines_in_the_middle_does_not_matter() -> None:
    store = in_memory()

    load(store, [HEAD, *reversed(LINES[1:-1]), END])

    assert tuple(dump(store)) == LINES


@given(st.data())
def test_any_entity_comes_back(data: st.DataObject) -> None:
    makers = data.draw(
        st.lists(any_entities(MAKER.cls, SPECIMENS, {"maker": [ADA]}), max_size=3), "makers"
    )
    machines = data.draw(
        st.lists(any_entities(GADGET.variants[0], SPECIMENS, {"maker": [ADA]}), max_size=3)
    )
    source, target = in_memory(), in_memory()
    unlike = {"code": None, "serial": None, "model": None, "revision": 3}
    with source.begin(write=True) as work:
        work.archive.restore(each for each in entities() if type(each) is MAKER.cls)
        for number, each in enumerate((*makers, *machines), start=50):
            fields = {name: value for name, value in unlike.items() if hasattr(each, name)}
            work.archive.restore([attrs.evolve(each, id=UUID(int=number), **fields)])
        work.commit()
    lines = [*dump(source)]

    load(target, lines)

    assert [*dump(target)] == lines


def test_progress_is_told_in_both_directions() -> None:
    source, target = in_memory(), in_memory()
    maker = attrs.evolve(entities()[1], parent=None)
    with source.begin(write=True) as work:
        work.archive.restore(attrs.evolve(maker, id=UUID(int=n)) for n in range(1, 1200))
        work.commit()
    told: list[int] = []

    lines = [*dump(source, progress=lambda done, _: told.append(done))]
    load(target, lines, progress=lambda done, _: told.append(done))

    assert told == [0, 500, 1000, 500, 1000]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        lambda work: work.archive.restore(entities()),
        lambda work: work.archive.restore_events(events()),
        lambda work: work.archive.restore_number(NUMBERS[0]),
        lambda work: work.remember(KEYS[0]),
    ],
    ids=["entity", "event", "number", "key"],
)
def test_a_tenant_with_anything_in_it_is_refused(what) -> None:
    store = in_memory()
    with store.begin(write=True) as work:
        what(work)
        work.commit()
    before = tuple(dump(store))

    with pytest.raises(TenantNotEmpty):
        load(store, EMPTY)

    assert tuple(dump(store)) == before


@pytest.mark.parametrize("cut", range(len(LINES)))
def test_a_dump_that_is_cut_off_anywhere_is_refused(cut: int) -> None:
    fault = refused(LINES[:cut])

    assert isinstance(fault, MalformedFile)
    assert fault.reason == "ends before its last line"


@pytest.mark.parametrize("number", range(1, len(LINES) - 1))
def test_a_dump_that_lacks_a_line_is_refused(number: int) -> None:
    assert faulty_line(replaced(number)) == len(LINES) - 1


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_line_twice_is_refused(number: int) -> None:
    assert faulty_line(replaced(number, LINES[number], LINES[number])) >= number + 1


@pytest.mark.parametrize("cut", [1, 5, 20, 60])
def test_a_line_that_is_cut_off_is_refused(cut: int) -> None:
    for number, line in enumerate(LINES, start=1):
        assert faulty_line(replaced(number - 1, line[:-cut])) == number


def test_something_after_the_end_is_refused() -> None:
    assert faulty_line([*LINES, ""]) == len(LINES) + 1


def test_lines_without_a_head_are_refused() -> None:
    assert faulty_line(LINES[1:]) == 1


def hostile() -> Iterator[object]:
    """Lines that nobody should write."""
    deep = "[" * 100_000 + "]" * 100_000
    shallow = "[" * 900 + "]" * 900
    entity, event = LINES[WHERE["entity"]], LINES[WHERE["event"]]
    number, key = LINES[WHERE["number"]], LINES[WHERE["key"]]
    fields = json.loads(entity)["fields"]
    yield from ("", " ", "null", "[]", "1", '"entity"', "{", "{}", '{"x":1}', "\ufeff{}", "NaN")
    yield from (deep, shallow, f'{{"entity":{deep}}}', '{"entity":1e999999}', "9" * 10_000)
    yield from (None, b"{}", 7, ["x"])
    for value in (None, [], {}, 1, True, "x", "x" * 10_000):
        yield changed(entity, entity=value)
        yield changed(entity, fields=value)
        yield changed(event, of=value)
        yield changed(event, id=value)
        yield changed(event, revision=value if value != 1 else -1)
        yield changed(event, position=value if value != 1 else 2**31)
        yield changed(event, recorded_at=value)
        yield changed(event, delivery=value)
        yield changed(event, event=value if value not in ("x", 1) else "\ud800")
        yield changed(number, number=value)
        yield changed(key, key=value)
        yield changed(END, end=value)
        for name in ("id", "created_at", "revision", "attributes", "rating", "parent"):
            spoilt = "spoilt" if (name, value) in SOUND else value
            yield changed(entity, fields={**fields, name: spoilt})
    yield changed(event, reason="parked by nobody")
    yield changed(event, delivery="parked")
    yield changed(event, delivery="parked", reason="\x00")
    yield changed(event, event="Unknown", fields={"x": float("nan")})
    yield changed(event, event="Unknown", fields=json.loads(f'{{"x":{shallow}}}'))
    yield changed(event, version=0)
    yield changed(event, of={"entity": "x" * 64, "id": str(ADA)})
    yield changed(entity, fields={**fields, "revision": 2**63})
    yield changed(entity, fields={**fields, "revision": 0})
    yield changed(entity, fields={**fields, "revision": 1.5})
    yield changed(entity, fields={**fields, "name": "\x00"})
    yield changed(entity, fields={**fields, "name": "\ud800"})
    yield changed(entity, fields={**fields, "name": "x" * 201})
    yield changed(entity, fields={**fields, "rating": "2"})
    yield changed(entity, fields={**fields, "rating": "1e-999999"})
    yield changed(entity, fields={**fields, "attributes": {"shoe": 1}})
    yield changed(number, number={"series": "x" * 21, "period": "", "value": 1})
    yield changed(number, number={"series": "x", "period": "", "value": 0})
    yield changed(number, number={"series": "x", "period": "", "value": 2**63})
    yield changed(key, key={**json.loads(key)["key"], "key": ""})
    yield changed(HEAD, version=2)
    yield changed(HEAD, version="1")
    yield changed(HEAD, crmcore="export")
    yield changed(entity, fields={**fields, "shoe_size": 44})
    yield changed(entity, more={})
    yield changed(
        LINES[2], fields={**json.loads(LINES[2])["fields"], "parts": [{"name": "x", "size": 1}]}
    )
    known = next(line for line in LINES if '"MakerNamed"' in line)
    yield changed(known, fields={**json.loads(known)["fields"], "by": "the king"})


SOUND = [("parent", None), ("rating", None), ("revision", 1), ("attributes", {})]
HOSTILE = [(n, line) for n, line in enumerate(hostile())]


@pytest.mark.parametrize("line", [line for _, line in HOSTILE], ids=[str(n) for n, _ in HOSTILE])
def test_a_hostile_line_is_refused_by_its_number(line: str) -> None:
    place = 1 + next(n for n in WHERE.values())
    if isinstance(line, str) and '"crmcore"' in line[:60]:
        place = 0

    assert faulty_line(replaced(place, line)) == place + 1


@given(st.integers(0, len(LINES) - 1), st.data())
def test_a_line_changed_at_random_is_taken_whole_or_refused_whole(
    number: int, data: st.DataObject
) -> None:
    line = LINES[number]
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, min(len(line), start + 40)))
    spoilt = line[:start] + data.draw(st.text(max_size=8)) + line[end:]
    store = in_memory()

    try:
        load(store, replaced(number, spoilt))
    except CrmError:
        assert tuple(dump(store)) == EMPTY
    else:
        again = in_memory()
        load(again, dump(store))
        assert [*dump(again)] == [*dump(store)]


def test_what_refers_to_nothing_is_refused() -> None:
    press = next(n for n, line in enumerate(LINES) if str(PRESS) in line and "Press" in line)
    fields = json.loads(LINES[press])["fields"]
    lost = changed(LINES[press], fields={**fields, "maker": str(UUID(int=77))})

    assert isinstance(refused(replaced(press, lost)), ReferenceNotFound)


def test_two_that_share_what_is_unique_are_refused() -> None:
    eve = next(n for n, line in enumerate(LINES) if '"name":"Eve"' in line)
    fields = json.loads(LINES[eve])["fields"]
    same = changed(LINES[eve], fields={**fields, "code": "A"})

    assert isinstance(refused(replaced(eve, same)), Duplicate)


def test_lines_that_end_in_an_error_leave_nothing() -> None:
    def breaking() -> Iterator[str]:
        yield from LINES[:5]
        raise OSError

    store = in_memory()

    with pytest.raises(OSError):
        load(store, breaking())

    assert tuple(dump(store)) == EMPTY


def test_whoever_has_claimed_an_event_is_not_in_a_dump() -> None:
    store = fill(in_memory())
    with store.begin(write=True) as work:
        later = events()[0].recorded.recorded_at.replace(year=2032)
        claimed = work.outbox.claim(9, now=later, until=later.replace(year=2036))
        work.commit()

    assert claimed
    assert all(each.delivery is Delivery.WAITING for each in claimed)
    assert tuple(dump(store)) == LINES

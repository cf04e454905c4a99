"""R16: relays are killed again and again while writers write; every event arrives, in its entity's order.

Receivers remember in an inbox what they received, so that each event has its effect once. The naive
way reads what has an id beyond the last one seen.

    python tests/reliability/outbox.py --store sqlite:///crm.db --kills 100 --writers 8 --events 200
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from auditors import audited
from harness import Child, Findings, Run, in_threads, main
from scratch import made, scratch

from crmcore.errors import Busy

LEASE = timedelta(seconds=1)


def writer(run: Run, crm: Any, index: int) -> None:
    """Make so many events on a few contacts, two at a time in the middle of a transaction."""
    chance = run.random("writer", index)
    with crm.transaction() as tx:
        people = [
            tx.contacts.add_person(given_name="Ada", family_name=f"Nr {index}.{n}").id
            for n in range(4)
        ]
    for n in range((run.events - 4) // 2):
        first, second = chance.sample(people, 2)

        def step(tx: Any, first: Any = first, second: Any = second, n: int = n) -> None:
            tx.contacts.update(first, position=f"position {n}")
            time.sleep(chance.uniform(0, 0.002))
            tx.contacts.update(second, position=f"position {n}")

        crm.run(step)


def relay(run: Run, tell: Callable[[str], None], effects: str) -> None:
    """Deliver until there is nothing any more, telling of each event before its effect happens."""
    with run.open() as crm, run.open(tenant=effects) as receiver:
        inbox = receiver.inbox("counter")

        def receive(recorded: Any) -> None:
            of = f"{recorded.entity_id} {recorded.revision} {recorded.position}"
            tell(f"event {recorded.id} {of} {time.monotonic_ns()}")
            name = str(recorded.id)
            time.sleep(0.002)
            inbox.once(recorded.id, lambda tx: tx.contacts.add_organization(name=name))

        tell("ready")
        while True:
            try:
                delivered = crm.outbox.deliver(receive, limit=run.batch, lease=LEASE, tries=50)
            except Busy:
                continue
            if delivered.done == delivered.failed == 0:
                if crm.outbox.lag().waiting == 0:
                    tell("empty")
                time.sleep(0.02)


def real(run: Run, findings: Findings) -> None:
    """Write in threads; kill one relay after the other; let the last two come to the end."""
    effects, chance = f"{run.tenant}-effects", run.random("kills")
    with run.open(), run.open(tenant=effects):
        pass
    relays = [Child(run, relay, effects) for _ in range(run.relays)]
    told = list[list[str]]([] for _ in relays)
    kept = list[list[str]]()
    writers = Child(run, write_all)
    for turn in range(run.kills):
        which = turn % run.relays
        _await_ready(relays[which], told[which])
        time.sleep(chance.uniform(0, run.within))
        relays[which].kill()
        kept.append([*told[which], *relays[which].rest()])
        relays[which], told[which] = Child(run, relay, effects), []
        _listen(relays, told)
    last = writers.told()
    findings.missed("writers failed", int(last != "written"), last)
    _await_empty(run, findings, relays, told)
    _check(run, findings, effects, [*kept, *told])


def write_all(run: Run, tell: Callable[[str], None]) -> None:
    """All writers, in threads of one process."""
    findings = Findings()
    with run.open() as crm:
        in_threads(run, findings, run.writers, lambda n: writer(run, crm, n))
    tell("written" if findings.is_clean else f"error {findings.examples}")


def _await_empty(run: Run, findings: Findings, relays: list[Child], told: list[list[str]]) -> None:
    with run.open() as crm:
        given_up = time.monotonic() + 60
        while crm.outbox.lag().waiting and time.monotonic() < given_up:
            time.sleep(0.05)
            _listen(relays, told)
        lag = crm.outbox.lag()
    findings.missed("never delivered", lag.waiting)
    findings.missed("parked", lag.parked)
    for child, lines in zip(relays, told, strict=True):
        child.kill()
        lines.extend(child.rest())


def _await_ready(child: Child, lines: list[str]) -> None:
    while not lines and (line := child.told(30)) is not None:
        lines.append(line)


def _listen(relays: list[Child], told: list[list[str]]) -> None:
    for child, lines in zip(relays, told, strict=True):
        while (line := child.told(0)) is not None:
            lines.append(line)


def _check(run: Run, findings: Findings, effects: str, told: list[list[str]]) -> None:
    audit = audited(run, findings)
    events = {str(each["id"]): each for each in audit.events()}
    audit.close()
    received = [line.split() for lines in told for line in lines if line.startswith("event")]
    findings.every(
        "relay failed", (line for lines in told for line in lines if line.startswith("error"))
    )
    seen = Counter(each[1] for each in received)
    findings.figure(events=len(events), delivered=len(received), repeated=len(received) - len(seen))
    expected = run.writers * (4 + (run.events - 4) // 2 * 2)
    findings.missed("not written", abs(expected - len(events)))
    findings.every("missed", set(events) - set(seen))
    findings.every("made up", set(seen) - set(events))
    _check_order(findings, received)
    with run.open(tenant=effects) as receiver:
        had = Counter(each.name for each in receiver.contacts.find())
    findings.missed("no effect", len(set(events) - set(had)))
    findings.missed("several effects", sum(many > 1 for many in had.values()))


def _check_order(findings: Findings, received: list[list[str]]) -> None:
    """No event of an entity is delivered for the first time before an earlier one was."""
    findings.missed("out of order", 0)
    first, place = set[str](), dict[str, tuple[int, int]]()
    for _, id, of, revision, position, _ in sorted(received, key=lambda each: int(each[5])):
        if id in first:
            continue
        first.add(id)
        now = int(revision), int(position)
        if now <= place.get(of, (0, -1)):
            findings.missed("out of order", 1, f"{id}: {now} after {place[of]}")
        place[of] = now


# --- the naive way -------------------------------------------------------------------------------


def naive(run: Run, findings: Findings) -> None:
    """Read what has an id beyond the last one seen; SQLite alone writes them in order."""
    with made(run) as table:
        over, seen = threading.Event(), set[Any]()

        def read() -> None:
            own, last = scratch(run), None
            while True:
                is_last = over.is_set()
                for id, _, _ in own.after(last):
                    seen.add(id)
                    last = id
                if is_last:
                    break
            own.close()

        def write(index: int) -> None:
            own, chance = scratch(run), run.random("naive", index)
            for n in range(run.events):
                with own.transaction():
                    own.insert(f"{index}", n)
                    time.sleep(chance.uniform(0, 0.004))
            own.close()

        reading = threading.Thread(target=read, daemon=True)
        reading.start()
        in_threads(run, findings, run.writers, write)
        over.set()
        reading.join(30)
        everything = {id for id, _, _ in table.rows()}
        findings.figure(events=len(everything))
        findings.missed("missed", len(everything - seen))


if __name__ == "__main__":
    main(
        *(real, naive),
        kills=(100, 10),
        writers=(8, 4),
        events=(200, 40),
        relays=(2, 2),
        batch=(40, 10),
        within=(0.5, 0.15),
    )

"""R10: a process ends, or stands still, while it holds the next number; others are not held up.

The next caller gets its number, or `Busy` within the deadline of ten seconds (thirty on SQLite, whose
one lock many may wait for); in SQL databases it gets it at once when the holder was killed. When the holder goes on, its commit holds, or is refused;
no number is missing or twice either way.

    python tests/reliability/orphan.py --store sqlite:///crm.db --kills 5 --stops 2
"""

import signal
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from auditors import audited, check_numbers, issued
from harness import Child, Findings, Run, main
from world import SETTINGS, customer, drafts

from crmcore.errors import Busy, CrmError

DEADLINES, TOLERANCE = {"sqlite": 30.0}, 2.0
DEADLINE = 10.0
AT_ONCE = 2.0
FREED = 100.0
"""After so many seconds a number must be free again at last: MongoDB's own limit is 60 to 90."""


def holder(run: Run, tell: Callable[[str], None], draft: str, seconds: float) -> None:
    """Draw a number, hold it for a while, and commit."""
    with run.open(settings=SETTINGS) as crm:
        try:
            with crm.transaction() as tx:
                tx.sales.issue(UUID(draft))
                tell("holding")
                time.sleep(seconds)
        except CrmError as refused:
            tell(f"refused {refused.code}")
        else:
            tell("committed")


def next_caller(run: Run, findings: Findings, crm: Any, draft: Any) -> tuple[str, float]:
    """What the next one gets who wants a number, and after how many seconds."""
    began = time.monotonic()
    try:
        crm.sales.issue(draft.id)
    except Busy:
        answer = "busy"
    except CrmError as error:
        findings.raised("another error", error)
        answer = error.code
    else:
        answer = "issued"
    took = time.monotonic() - began
    limit = DEADLINES.get(run.kind, DEADLINE) + TOLERANCE
    findings.missed("too late", int(took > limit), f"{answer} after {took:.1f} s")
    return answer, took


def killed(run: Run, findings: Findings, todo: list[Any]) -> dict[str, Any]:
    """Kill the holder; what the next one gets, and how long until a number is free again."""
    child = Child(run, holder, str(todo.pop().id), 600.0)
    findings.missed("no holder", int(child.told() != "holding"))
    child.kill()
    with run.open(settings=SETTINGS) as crm:
        answer, took = next_caller(run, findings, crm, todo[-1])
        is_late = run.kind != "mongodb" and (answer != "issued" or took > AT_ONCE)
        findings.missed("not at once", int(is_late), f"{answer} after {took:.1f} s")
        began = time.monotonic() - took
        while answer == "busy" and time.monotonic() - began < FREED:
            answer, _ = next_caller(run, findings, crm, todo[-1])
        findings.missed("never free", int(answer != "issued"))
        todo.pop()
    return {"answered": round(took, 2), "free": round(time.monotonic() - began, 2)}


def stopped(run: Run, findings: Findings, todo: list[Any]) -> dict[str, Any]:
    """Stop the holder; what the next one gets, and how it ends for the holder."""
    child = Child(run, holder, str(todo.pop().id), 0.2)
    findings.missed("no holder", int(child.told() != "holding"))
    child.send(signal.SIGSTOP)
    with run.open(settings=SETTINGS) as crm:
        answer, took = next_caller(run, findings, crm, todo[-1])
        child.send(signal.SIGCONT)
        end = child.told()
        known = end == "committed" or (end or "").startswith("refused")
        findings.missed("holder lost", int(not known), end)
        findings.missed("holder hangs", int(not child.ended(10)))
        began = time.monotonic()
        while answer == "busy" and time.monotonic() - began < FREED:
            answer, _ = next_caller(run, findings, crm, todo[-1])
        findings.missed("never free", int(answer != "issued"))
        todo.pop()
    return {"answered": round(took, 2), "holder": end}


def real(run: Run, findings: Findings) -> None:
    """Kill and stop some holders, one after the other."""
    with run.open(settings=SETTINGS) as crm:
        todo = drafts(crm, [customer(crm).id], 2 * (run.kills + run.stops))
    findings.missed("another error", 0)
    findings.figure(killed=[killed(run, findings, todo) for _ in range(run.kills)])
    findings.figure(stopped=[stopped(run, findings, todo) for _ in range(run.stops)])
    audit = audited(run, findings)
    check_numbers(findings, issued(audit), audit.numbers())
    audit.close()


if __name__ == "__main__":
    main(real, kills=(5, 1), stops=(2, 1), quick_deadline=200)

"""R13: a fault before and after every call of the driver, for each of eight commands.

Afterwards all of the command is stored, or nothing; the error is typed, and says which when that
is known; and asking again with the same key has the effect exactly once. In a third way the
database stays away from the call on, until the command has given up. In a fourth the command has no
key. The naive way writes order, invoice and event one after the other.

    python tests/reliability/fault_plan.py --store sqlite:///crm.db
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import attrs
from auditors import ENTITIES, auditor
from faults import AFTER, BEFORE, DOWN, Plan, install
from harness import Findings, Run, main
from scratch import made
from world import FOREVER, PUMP, SETTINGS, customer, drafts, orders, quotes

import crmcore
from crmcore import Money
from crmcore.errors import Busy, CrmError, OutcomeUnknown, StoreFailure
from crmcore.usecases import Retry

KEY = "key"
AGAIN = 30.0
"""Seconds until asking again must have succeeded; a number that MongoDB keeps is free after ten."""

LONGEST = 12.0
"""Seconds a command may take beyond its patience: so long MongoDB is asked for a lost answer."""

Act = Callable[[crmcore.Crm, str | None], Any]
Prepare = Callable[[crmcore.Crm], Act]


def _update(crm: crmcore.Crm) -> Act:
    firm = customer(crm).id
    return lambda crm, key: crm.contacts.update(firm, sector="pumps", key=key)


def _open(crm: crmcore.Crm) -> Act:
    firm = customer(crm).id
    return lambda crm, key: crm.opportunities.open(title="deal", account=firm, key=key)


def _quote(crm: crmcore.Crm) -> Act:
    deal = crm.opportunities.open(title="deal", account=customer(crm).id).id
    return lambda crm, key: crm.sales.quote(deal, lines=[PUMP], valid_until=FOREVER, key=key)


def _accept(crm: crmcore.Crm) -> Act:
    (quote,) = quotes(crm, [customer(crm).id], 1)
    return lambda crm, key: crm.sales.accept(quote.id, key=key)


def _bill(crm: crmcore.Crm) -> Act:
    (order,) = orders(crm, [customer(crm).id], 1)
    return lambda crm, key: crm.sales.bill(order.id, key=key)


def _issue(crm: crmcore.Crm) -> Act:
    (draft,) = drafts(crm, [customer(crm).id], 1)
    return lambda crm, key: crm.sales.issue(draft.id, key=key)


def _pay(crm: crmcore.Crm) -> Act:
    (draft,) = drafts(crm, [customer(crm).id], 1)
    crm.sales.issue(draft.id)
    amount, on = Money("119", "EUR"), date(2026, 5, 1)
    return lambda crm, key: crm.sales.pay(draft.id, amount=amount, on=on, key=key)


COMMANDS: dict[str, Prepare] = {
    "add": lambda _: lambda crm, key: crm.contacts.add_organization(name="ACME", key=key),
    "update": _update,
    "open": _open,
    "quote": _quote,
    "accept": _accept,
    "bill": _bill,
    "issue": _issue,
    "pay": _pay,
}

State = tuple[Any, ...]


def state(run: Run) -> State:
    """How much of everything is stored, and at which revision; ids and times aside."""
    audit = auditor(run)
    try:
        entities = Counter(
            (name, each["revision"]) for name in ENTITIES for each in audit.entities(name)
        )
        events = Counter(
            (each["entity"], each["type"], each["revision"]) for each in audit.events()
        )
        keys = Counter((each["scope"], each["key"]) for each in audit.remembered())
        return entities, events, keys, audit.numbers()
    finally:
        audit.close()


@attrs.frozen(kw_only=True)
class Case:
    """A fault in a command.

    Attributes:
        command: Its name.
        at: The number of the call that fails.
        call: What is called there.
        mode: How it fails.
        key: The key the command is given.
    """

    command: str
    at: int
    call: str
    mode: str
    key: str | None = KEY

    def __str__(self) -> str:
        given = "" if self.key else ", no key"
        return f"{self.command}: {self.mode} call {self.at} ({self.call}){given}"


class Trial:
    """One run's cases, each with a tenant of its own.

    Args:
        run: The run.
        findings: Where to note what was missed.
        plan: What makes the driver fail.
    """

    def __init__(self, run: Run, findings: Findings, plan: Plan) -> None:
        self._run = run
        self._findings = findings
        self._plan = plan
        self._tenants = 0
        self._whole = dict[tuple[str, str | None], State]()
        self.answers = Counter[str]()

    def _fresh(self) -> tuple[Run, crmcore.Crm]:
        self._tenants += 1
        run = attrs.evolve(self._run, tenant=f"{self._run.tenant}.{self._tenants}")
        retry = Retry(deadline=self._run.patience)
        return run, run.open(settings=SETTINGS, retry=retry)

    def cases(self) -> Iterator[Case]:
        """A case for each call that a command makes when all goes well, and each mode."""
        for command, prepare in COMMANDS.items():
            for key in (KEY, None):
                run, crm = self._fresh()
                with crm:
                    act = prepare(crm)
                    self._plan.begin()
                    act(crm, key)
                    self._plan.end()
                    calls = list(self._plan.calls)
                self._whole[command, key] = state(run)
                modes = (BEFORE, AFTER, DOWN) if key else (AFTER,)
                for mode in modes:
                    for at, call in enumerate(calls):
                        yield Case(command=command, at=at, call=call, mode=mode, key=key)

    def tried(self, case: Case) -> None:
        """Try a case; note what should not be."""
        run, crm = self._fresh()
        with crm:
            act = COMMANDS[case.command](crm)
            before, whole = state(run), self._whole[case.command, case.key]
            answer, result = self._faulted(case, crm, act)
            self.answers[answer] += 1
            now = state(run)
            if now not in (before, whole):
                self._findings.missed("torn", 1, case)
            if answer == "done" and now != whole:
                self._findings.missed("said done, but is not", 1, case)
            known_undone = answer not in {"done", "foreign", "busy", "outcome-unknown"}
            if known_undone and now != before:
                self._findings.missed("said failed, but is done", 1, f"{case}: {answer}")
            if case.key is not None:
                self._again(case, run, crm, act, result)

    def _faulted(self, case: Case, crm: crmcore.Crm, act: Act) -> tuple[str, Any]:
        self._plan.begin(case.at, case.mode)
        began = time.monotonic()
        try:
            return "done", act(crm, case.key)
        except StoreFailure as failure:
            if case.key is not None and case.mode != DOWN and isinstance(failure, OutcomeUnknown):
                # With a key the library can find out by itself, and should.
                self._findings.missed("not found out", 1, case)
            return failure.code, None
        except CrmError as error:
            self._findings.missed("misleading", 1, f"{case}: {error.code}")
            return error.code, None
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self._findings.missed("foreign error", 1, f"{case}: {type(error).__name__} {error}")
            return "foreign", None
        finally:
            self._plan.end()
            took = time.monotonic() - began
            if took > self._run.patience + LONGEST:
                self._findings.missed("too slow", 1, f"{case}: {took:.1f} s")

    def _again(self, case: Case, run: Run, crm: crmcore.Crm, act: Act, result: Any) -> None:
        given_up = time.monotonic() + AGAIN
        while True:
            try:
                again = act(crm, case.key)
            except Busy as busy:
                if time.monotonic() > given_up:
                    self._findings.missed("not done again", 1, f"{case}: {busy}")
                    return
            except Exception as error:  # noqa: BLE001 - whatever it is, it should not be
                self._findings.missed("not done again", 1, f"{case}: {error!r}")
                return
            else:
                break
        if result is not None and again.id != result.id:
            self._findings.missed("another answer", 1, case)
        if state(run) != self._whole[case.command, case.key]:
            self._findings.missed("not exactly once", 1, case)


def real(run: Run, findings: Findings) -> None:
    """Try every case, or so many of them."""
    plan = Plan()
    install(run.kind, plan)
    for name in ("torn", "said done, but is not", "said failed, but is done", "foreign error"):
        findings.missed(name, 0)
    for name in ("misleading", "not done again", "another answer", "not exactly once", "too slow"):
        findings.missed(name, 0)
    trial = Trial(run, findings, plan)
    cases, chance = list(trial.cases()), run.random("cases")
    once, down = [[c for c in cases if (c.mode == DOWN) is so] for so in (False, True)]
    chosen = [
        *chance.sample(once, min(run.cases, len(once))),
        *chance.sample(down, min(run.downs, len(down))),
        # The commits are where it matters, so a short run has some of them too.
        *(each for each in once if each.call == "COMMIT" and each.command == "issue"),
    ]
    for case in dict.fromkeys(chosen):
        trial.tried(case)
    findings.figure(all_cases=len(cases), tried=len(dict.fromkeys(chosen)))
    findings.figure(answers=dict(trial.answers))


def naive(run: Run, findings: Findings) -> None:
    """Write three rows one after the other, with a fault at each call."""
    plan = Plan()
    install(run.kind, plan)
    with made(run) as table:

        def convert(name: str) -> None:
            for part in range(3):
                table.insert(name, part)

        plan.begin()
        convert("whole")
        plan.end()
        for at in range(len(plan.calls)):
            table.close()
            table.numbers("warm")
            plan.begin(at, DOWN)
            try:
                convert(f"case {at}")
            except Exception:  # noqa: BLE001 - whatever the driver raises
                plan.end()
            table.close()
            findings.missed("torn", int(len(table.numbers(f"case {at}")) not in (0, 3)))


if __name__ == "__main__":
    main(
        real,
        naive,
        cases=(100_000, 16),
        downs=(100_000, 2),
        patience=(0.3, 0.3),
        deadline=3600,
        quick_deadline=150,
    )

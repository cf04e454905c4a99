"""R6: a key is carried out once, whoever asks how often, and everybody gets the same answer.

Keys that differ in case, accent or a blank are different keys. The naive way looks the key up, then
acts.

    python tests/reliability/idempotency.py --store sqlite:///crm.db --keys 100 --threads 8
"""

import threading
import time
from collections import Counter, defaultdict
from typing import Any

from auditors import audited
from harness import Findings, Run, in_processes, in_threads, main
from scratch import made, scratch

from crmcore.errors import IdempotencyMismatch

ALIKE = (
    "key",
    "Key",
    "KEY",
    "key ",
    " key",
    "ke\u0301y",
    "k\u00e9y",
    "ke y",
    "k\u200bey",
    "k\u0435y",
)
"""Ten keys; the last one has a Cyrillic letter."""


def asked(run: Run, index: int, crm: Any = None) -> list[tuple[str, str]]:
    """Ask for everything once, in an order of one's own: the answers by key."""
    if crm is None:
        with run.open() as own:
            return asked(run, index, own)
    keys = [f"key {n}" for n in range(run.keys)]
    run.random(index // 2).shuffle(keys)
    answers = []
    for key in keys:
        firm = crm.contacts.add_organization(name=f"firm of {key}", key=key)
        answers.append((key, f"{firm.id} {firm.name} {firm.revision}"))
    return answers


def real(run: Run, findings: Findings) -> None:
    """Ask in threads and in processes, then wrongly, then with keys that look alike."""
    with run.open() as crm:
        results = in_threads(run, findings, run.threads, lambda n: asked(run, n, crm))
    if run.procs:
        results += in_processes(run, findings, run.procs, asked)
    answers = defaultdict[str, list[str]](list)
    for key, answer in (each for result in results for each in result):
        answers[key].append(answer)
    given = sum(map(len, answers.values()))
    findings.figure(answers=given)
    findings.missed("unanswered", run.keys * (run.threads + run.procs) - given)
    findings.missed("different answers", sum(len(set(each)) > 1 for each in answers.values()))
    with run.open() as crm:
        audit = audited(run, findings, crm)
        made_of = Counter(each["name"] for each in audit.entities("contact"))
        executions = sum(made_of.values())
        findings.figure(executions=executions)
        findings.missed("executions too many", executions - run.keys)
        findings.missed("keys stored", abs(run.keys - len(audit.remembered())))
        audit.close()
        findings.missed("misuse let through", run.keys - _refused(run, crm))
        firms = {crm.contacts.add_organization(name="alike", key=key).id for key in ALIKE}
        again = {crm.contacts.add_organization(name="alike", key=key).id for key in ALIKE}
        findings.missed("keys mixed up", len(ALIKE) - len(firms))
        findings.missed("keys not found again", len(again - firms))


def _refused(run: Run, crm: Any) -> int:
    refused = 0
    for n in range(run.keys):
        try:
            crm.contacts.add_organization(name="another payload", key=f"key {n}")
        except IdempotencyMismatch:
            refused += 1
    return refused


def naive(run: Run, findings: Findings) -> None:
    """Look the key up, then act."""
    with made(run) as table:
        line = threading.Barrier(run.threads)

        def ask(_index: int) -> None:
            own = scratch(run)
            for n in range(run.keys):
                line.wait(60)
                if not own.numbers(f"key {n}"):
                    time.sleep(0.002)
                    own.insert(f"key {n}", n)
            own.close()

        in_threads(run, findings, run.threads, ask)
        findings.missed("executions too many", len(table.rows()) - run.keys)


if __name__ == "__main__":
    main(real, naive, keys=(100, 10), threads=(8, 4), procs=(4, 0))

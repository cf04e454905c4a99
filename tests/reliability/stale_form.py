"""R4: forms that were open while somebody else saved: each is refused by type, none overwrites.

The naive way writes the row as the form holds it.

    python tests/reliability/stale_form.py --store sqlite:///crm.db --n 1000
"""

from typing import Any

from auditors import audited
from harness import Findings, Run, in_threads, main
from scratch import made, scratch

from crmcore.errors import StaleRevision


def clerk(run: Run, findings: Findings, crm: Any, index: int) -> int:
    """Open a form, let somebody else save, save the form: so often; how often it was refused."""
    person = crm.contacts.add_person(given_name="Ada", family_name=f"Nr {index}")
    refused = 0
    for n in range(run.n // run.threads):
        form = crm.contacts.get(person.id)
        theirs = crm.contacts.update(person.id, position=f"position {n}")
        try:
            crm.contacts.update(form, position="overwritten")
        except StaleRevision as stale:
            refused += 1
            told = stale.entity, stale.id, stale.expected, stale.actual
            if told != ("contact", person.id, form.revision, theirs.revision):
                findings.missed("not told rightly", 1, stale)
        if crm.contacts.get(person.id) != theirs:
            findings.missed("overwritten", 1, f"{index} {n}")
    return refused


def real(run: Run, findings: Findings) -> None:
    """Save stale forms in some threads."""
    findings.missed("not told rightly", 0)
    findings.missed("overwritten", 0)
    with run.open() as crm:
        refused = in_threads(run, findings, run.threads, lambda n: clerk(run, findings, crm, n))
        findings.missed("not refused", run.n - sum(refused))
        audit = audited(run, findings, crm)
        revisions = {each["revision"] for each in audit.entities("contact")}
        findings.missed("saved all the same", int(revisions != {1 + run.n // run.threads}))
        audit.close()


def naive(run: Run, findings: Findings) -> None:
    """Write what the form holds."""
    with made(run):

        def save(index: int) -> None:
            table, key = scratch(run), f"person {index}"
            table.insert(key, 0)
            for n in range(run.n // run.threads):
                (form,) = table.numbers(key)
                table.update(key, n + 1)
                table.update(key, form)
                if table.numbers(key) != [n + 1]:
                    findings.missed("overwritten", 1)
            table.close()

        in_threads(run, findings, run.threads, save)


if __name__ == "__main__":
    main(real, naive, threads=(4, 2), n=(1000, 40))

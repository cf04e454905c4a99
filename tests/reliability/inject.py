"""R28: hostile texts through every operator, order and name: the answers are memory's, and one's own.

Two tenants hold the same texts, and each a canary of its own. What the first is answered must be
what the store in memory answers to the same question, or the same refusal; and nothing of the
second. The naive way glues the text into the statement, or merges it into the question.

    python tests/reliability/inject.py --store sqlite:///crm.db
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from harness import Findings, Run, main
from hostile import REFUSED, corpus
from scratch import MongoScratch, made

import crmcore
from crmcore import F
from crmcore.errors import CrmError
from crmcore.values import CountedIds

OPTIONS: dict[str, Any] = {"attributes": {"contact": {"note": str}}}
CANARY = "canary of the other tenant"


class Stopped:
    """A clock that stands still, so that two stores hold the same."""

    def now(self) -> datetime:
        """Always the same."""
        return datetime(2026, 3, 2, 9, tzinfo=UTC)


def filled(crm: crmcore.Crm, texts: list[str], canary: str) -> None:
    """A contact for each text that a store may keep, and a canary."""

    def step(tx: Any) -> None:
        for text in texts:
            given = {"name": text, "sector": text, "attributes": {"note": text}}
            with suppress(crmcore.NotValid):
                tx.contacts.add_organization(**given)
        tx.contacts.add_organization(name=canary, sector=canary, attributes={"note": canary})

    crm.run(step)


Question = Callable[[crmcore.Crm], Any]


def questions(text: str) -> Iterator[tuple[str, Question]]:
    """Everything that can be asked with a text as a value, each with what it is called."""
    for name, field in (("name", F.name), ("sector", F.sector), ("note", F.attributes.note)):
        yield f"{name} ==", lambda crm, f=field: _ids(crm, f == text)
        yield f"{name} !=", lambda crm, f=field: _ids(crm, f != text)
        yield f"{name} <", lambda crm, f=field: _ids(crm, f < text)
        yield f"{name} >=", lambda crm, f=field: _ids(crm, f >= text)
        yield f"{name} in", lambda crm, f=field: _ids(crm, f.in_([text, "a"]))
        yield f"{name} contains", lambda crm, f=field: _ids(crm, f.contains(text))
        yield f"{name} starts", lambda crm, f=field: _ids(crm, f.startswith(text))
        yield f"{name} ends", lambda crm, f=field: _ids(crm, f.endswith(text))
    yield "folded ==", lambda crm: _ids(crm, F.name.folded == text)
    yield "folded contains", lambda crm: _ids(crm, F.name.folded.contains(text))
    yield "folded starts", lambda crm: _ids(crm, F.name.folded.startswith(text))
    yield "between", lambda crm: _ids(crm, F.name.between(text, "z"))
    yield "not", lambda crm: _ids(crm, ~(F.name == text) & ~F.sector.contains(text))
    yield "any", lambda crm: _ids(crm, F.roles.any(F.reason == text))
    yield "kind", lambda crm: _ids(crm, F.kind == text)
    yield "id", lambda crm: _ids(crm, F.id == text)
    yield "history", lambda crm: len(crm.contacts.history(text))


def names(text: str) -> Iterator[tuple[str, Question]]:
    """Everything that can be asked with a text as a name."""
    yield "field", lambda crm: _ids(crm, F[text] == "a")
    yield "path", lambda crm: _ids(crm, F.parent[text] == "a")
    yield "attribute", lambda crm: _ids(crm, F.attributes[text] == "a")
    yield "order", lambda crm: _ids(crm, F.name == "a", order_by=text)
    yield "descending", lambda crm: _ids(crm, F.name == "a", order_by=f"-{text}")
    yield "group", lambda crm: len(crm.kpi("win_rate", by=F[text]))
    yield "kpi", lambda crm: len(crm.kpi(text))
    yield "update", lambda crm: crm.contacts.update(_first(crm), **{text: "a"}).revision
    own = {text: "a"}
    yield "own field", lambda crm: crm.contacts.update(_first(crm), attributes=own).revision


def _ids(crm: crmcore.Crm, where: Any, order_by: Any = ()) -> list[str]:
    return [str(each.id) for each in crm.contacts.find(where, order_by=order_by)]


def _first(crm: crmcore.Crm) -> Any:
    return next(iter(crm.contacts.find(order_by="name"))).id


def outcome(crm: crmcore.Crm, ask: Question) -> Any:
    """What a question comes to: the answer, or the code of the refusal."""
    try:
        return ask(crm)
    except CrmError as refused:
        return refused.code


def real(run: Run, findings: Findings) -> None:
    """Ask everything of the store and of memory."""
    all_of_them = list(corpus())
    texts = run.random("texts").sample(all_of_them, min(run.texts, len(all_of_them)))
    for name in ("other answer", "row of another", "foreign error", "tenant let in"):
        findings.missed(name, 0)
    same = {**OPTIONS, "clock": Stopped()}
    with (
        crmcore.open("memory://", ids=CountedIds(1), **same) as oracle,
        run.open(ids=CountedIds(1), **same) as crm,
        run.open(tenant=f"{run.tenant}-other", ids=CountedIds(2), **same) as other,
    ):
        for each in (oracle, crm):
            filled(each, all_of_them, "a canary of one's own")
        filled(other, all_of_them, CANARY)
        theirs = {str(each.id) for each in other.contacts.find()}
        orders = [F.name, F.sector, F.attributes.note, F.name.folded, F.name.descending]
        asked = _ask(findings, oracle, crm, theirs, _everything(texts, orders))
        findings.figure(texts=len(all_of_them), asked=asked)
        _tenants(run, findings, texts)
        _keys(findings, crm, texts)
        findings.missed("other changed", int({str(c.id) for c in other.contacts.find()} != theirs))


def _everything(texts: list[str], orders: list[Any]) -> Iterator[tuple[str, Question]]:
    for key in orders:
        yield f"order by {key}", lambda crm, key=key: _ids(crm, ~F.name.is_missing(), key)
    for text in texts:
        for what, ask in (*questions(text), *names(text)):
            yield f"{what} {text[:40]!r}", ask


def _ask(
    findings: Findings,
    oracle: crmcore.Crm,
    crm: crmcore.Crm,
    theirs: set[str],
    everything: Iterator[tuple[str, Question]],
) -> int:
    asked = 0
    for what, ask in everything:
        asked += 1
        expected = outcome(oracle, ask)
        try:
            answer = outcome(crm, ask)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            findings.missed("foreign error", 1, f"{what}: {type(error).__name__} {error}")
            continue
        if answer != expected:
            findings.missed("other answer", 1, f"{what}: {_brief(answer)} not {_brief(expected)}")
        if isinstance(answer, list) and theirs.intersection(answer):
            findings.missed("row of another", 1, what)
    return asked


def _brief(answer: Any) -> str:
    return f"{len(answer)} ids" if isinstance(answer, list) else str(answer)


def _tenants(run: Run, findings: Findings, texts: list[str]) -> None:
    for text in texts[: run.tenants]:
        for tenant in (text, f"{run.tenant}{text}"):
            try:
                crm = run.open(tenant=tenant, **OPTIONS)
            except CrmError:
                continue
            with crm:
                if tenant != run.tenant and crm.contacts.find(F.name.contains("canary")).count():
                    findings.missed("tenant let in", 1, repr(tenant))


def _keys(findings: Findings, crm: crmcore.Crm, texts: list[str]) -> None:
    made_of = dict[Any, str]()
    findings.missed("keys mixed up", 0)
    for text in texts:
        with suppress(crmcore.NotValid):
            id = crm.contacts.add_organization(name="key", key=text).id
            if crm.contacts.add_organization(name="key", key=text).id != id:
                findings.missed("keys mixed up", 1, f"{text!r} is not found again")
            if id in made_of:
                findings.missed("keys mixed up", 1, f"{text!r} is taken for {made_of[id]!r}")
            made_of[id] = text


# --- the naive way -------------------------------------------------------------------------------


def naive(run: Run, findings: Findings) -> None:
    """Glue the text into the statement, or merge it into the question."""
    findings.missed("row of another", 0)
    findings.missed("foreign error", 0)
    with made(run) as table:
        for n, text in enumerate(corpus()):
            if text not in REFUSED:
                table.insert("own", n)
        table.insert(CANARY, -1)
        for text in corpus():
            try:
                found = (
                    _merged(table, text) if isinstance(table, MongoScratch) else _glued(table, text)
                )
            except Exception:  # noqa: BLE001 - whatever the driver raises
                findings.missed("foreign error")
            else:
                findings.missed("row of another", found.count(CANARY))


def _glued(table: Any, text: str) -> list[str]:
    sql = f"SELECT k FROM {table.name} WHERE k = 'own' AND k = '{text}'"  # noqa: S608 - the point
    return [row["k"] for row in table.raw.rows(sql)]


def _merged(table: Any, text: str) -> list[str]:
    asked = {"k": text}
    with suppress(ValueError):
        parsed = json.loads(text)
        asked = {"k": "own", **parsed} if isinstance(parsed, dict) else asked
    return [each["k"] for each in table._all.find(asked)]


if __name__ == "__main__":
    main(real, naive, texts=(1000, 40), tenants=(1000, 8))

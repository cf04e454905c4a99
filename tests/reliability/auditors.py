"""The independent auditor: reads a store with its driver alone, and tells what does not add up.

It knows the tables and documents, and nothing of the library; `differences` then asks the library
itself (`crmcore.wire.dump`) and compares.
"""

# Statements are put together of names of this package; values are parameters.
# ruff: noqa: S608

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness import Findings, Run
from raw import RawMongo, RawSql
from world import SETTINGS

import crmcore
from crmcore.wire import dump

ENTITIES = (
    *("contact", "team", "lead", "opportunity", "product"),
    *("quote", "order", "invoice", "payment", "ticket"),
)


class SqlAuditor:
    """Reads the tables of one tenant."""

    def __init__(self, run: Run) -> None:
        self._raw = RawSql(run.store)
        self._tenant = run.tenant

    def entities(self, name: str) -> list[dict[str, Any]]:
        """The rows of an entity type."""
        return self._all(f"crm_{name}")

    def children(self, name: str, field: str) -> list[dict[str, Any]]:
        """The rows of the children of an entity type, with ``owner_id``."""
        return self._all(f"crm_{name}_{field}")

    def events(self) -> list[dict[str, Any]]:
        """All events."""
        return self._all("crm__event")

    def remembered(self) -> list[dict[str, Any]]:
        """All idempotency keys."""
        return self._all("crm__key")

    def numbers(self) -> dict[tuple[str, str], int]:
        """The last number of every series and period."""
        return {
            (each["series"], each["period"]): each["value"] for each in self._all("crm__number")
        }

    def nets(self, name: str) -> dict[str, Decimal]:
        """The nets of the lines of an entity type, by the id of the line, as they are stored."""
        places = -4 if self._raw.kind == "sqlite" else 0
        return {
            str(line["id"]): Decimal(line["net"]).scaleb(places)
            for line in self.children(name, "lines")
        }

    def close(self) -> None:
        """Give the connection back."""
        self._raw.close()

    def _all(self, table: str) -> list[dict[str, Any]]:
        rows = self._raw.rows(f'SELECT * FROM "{table}" WHERE tenant = ?', self._tenant)
        return [{name: _plain(value) for name, value in row.items()} for row in rows]


class MongoAuditor:
    """Reads the documents of one tenant."""

    def __init__(self, run: Run) -> None:
        self._raw = RawMongo(run.store, uuidRepresentation="standard")
        self._tenant = run.tenant

    def entities(self, name: str) -> list[dict[str, Any]]:
        """The documents of an entity type."""
        return self._all(f"crm_{name}")

    def children(self, name: str, field: str) -> list[dict[str, Any]]:
        """The embedded children of an entity type, with ``owner_id``."""
        return [
            {"owner_id": entity["id"], **child}
            for entity in self.entities(name)
            for child in entity[field]
        ]

    def events(self) -> list[dict[str, Any]]:
        """All events."""
        return self._all("crm__event")

    def remembered(self) -> list[dict[str, Any]]:
        """All idempotency keys."""
        return self._all("crm__key")

    def numbers(self) -> dict[tuple[str, str], int]:
        """The last number of every series and period."""
        return {
            (each["series"], each["period"]): each["value"] for each in self._all("crm__number")
        }

    def close(self) -> None:
        """Give the connection back."""
        self._raw.close()

    def nets(self, name: str) -> dict[str, Decimal]:
        """The nets of the lines of an entity type, by the id of the line, as they are stored."""
        return {
            str(line["id"]): line["net"]["amount"].to_decimal()
            for line in self.children(name, "lines")
        }

    def _all(self, name: str) -> list[dict[str, Any]]:
        found = self._raw.database[name].find({"_id.tenant": self._tenant})
        return [_Document({**each, **each["_id"]}) for each in found]


class _Document(dict[str, Any]):
    """A document; what it lacks is missing."""

    def __missing__(self, key: str) -> None:
        return None


Auditor = SqlAuditor | MongoAuditor


def auditor(run: Run) -> Auditor:
    """The auditor of the run's store and tenant."""
    return MongoAuditor(run) if run.kind == "mongodb" else SqlAuditor(run)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)


# --- what must always be so ----------------------------------------------------------------------


def torn(audit: Auditor) -> Iterator[str]:
    """Entities and events of which one is there without the other, and events out of line."""
    seen: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for event in audit.events():
        seen[event["entity"], str(event["entity_id"])].append(
            (event["revision"], event["position"])
        )
    for name in ENTITIES:
        for entity in audit.entities(name):
            told = sorted(seen.pop((name, str(entity["id"])), []))
            if sorted({revision for revision, _ in told}) != list(range(1, entity["revision"] + 1)):
                yield f"{name} {entity['id']} at revision {entity['revision']} has events {told}"
            counts = Counter(revision for revision, _ in told)
            expected = [(n, p) for n in sorted(counts) for p in range(counts[n])]
            if told != expected:
                yield f"{name} {entity['id']} has events {told}"
    for (name, id), told in seen.items():
        yield f"events {told} of {name} {id}, which is not there"


def issued(audit: Auditor) -> dict[tuple[str, str], list[int]]:
    """The numbers of the issued invoices, by series and period."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for invoice in audit.entities("invoice"):
        if invoice["sequence"] is not None:
            found[invoice["series"], invoice["period"]].append(invoice["sequence"])
    return found


def check_numbers(findings: Findings, numbers: dict[Any, list[int]], counters: Any) -> None:
    """Note duplicates, gaps, and counters that are not where the numbers end."""
    for name in ("duplicated", "gaps", "counter"):
        findings.missed(name, 0)
    for series, drawn in numbers.items():
        unique = set(drawn)
        findings.missed("duplicated", len(drawn) - len(unique), series)
        findings.missed("gaps", max(unique, default=0) - len(unique), series)
        if counters is not None and counters.get(series) != max(drawn):
            findings.missed("counter", 1, f"{series} at {counters.get(series)}, last {max(drawn)}")
    for series in set(counters or {}) - set(numbers):
        findings.missed("counter", 1, f"{series} counts, but nothing is numbered in it")


def differences(crm: crmcore.Crm, audit: Auditor) -> Iterator[str]:
    """In what the library tells of its store something else than the driver does."""
    told, said = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    told.update(_told(json.loads(line)) for line in dump(crm.store))
    for name in ENTITIES:
        said.update((name, str(each["id"]), each["revision"]) for each in audit.entities(name))
    for each in audit.events():
        of = each["entity"], str(each["entity_id"])
        said["event", str(each["id"]), *of, each["revision"], each["delivery"]] += 1
    said.update(("number", *series, value) for series, value in audit.numbers().items())
    said.update(
        ("key", each["scope"], each["key"], str(each["entity_id"])) for each in audit.remembered()
    )
    told.pop((), None)
    for item in set(told) | set(said):
        if told[item] != said[item] and item[0] in {*ENTITIES, "event", "number", "key"}:
            yield f"{item}: {told[item]} by the library, {said[item]} in the store"


def _told(line: dict[str, Any]) -> tuple[Any, ...]:
    match line:
        case {"entity": name, "fields": fields}:
            return name, fields["id"], fields["revision"]
        case {"event": _, "of": of}:
            where = of["entity"], of["id"], line["revision"], line["delivery"]
            return "event", line["id"], *where
        case {"number": each}:
            return "number", each["series"], each["period"], each["value"]
        case {"key": each}:
            return "key", each["scope"], each["key"], each["entity_id"]
        case _:
            return ()


def audited(run: Run, findings: Findings, crm: crmcore.Crm | None = None) -> Auditor:
    """The auditor, after it noted what is torn, and what the library tells that is not so."""
    if crm is None:
        with run.open(settings=SETTINGS) as own:
            return audited(run, findings, own)
    audit = auditor(run)
    findings.every("torn", torn(audit))
    findings.every("differing", differences(crm, audit))
    findings.every("check", crm.check().faults)
    return audit

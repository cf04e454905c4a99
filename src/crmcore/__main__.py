"""``python -m crmcore``: dump, load and check the data of a tenant from a shell.

Nothing but the call: what is done lies in `crmcore.wire` and `crmcore.usecases`. The exit status is
0 when all is well, 1 when a check found faults, 2 when something was refused or nothing is there.
"""

import argparse
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crmcore.checking import Report
from crmcore.errors import CrmError, InvalidValue, MalformedFile
from crmcore.grammar.entity import EntityType
from crmcore.usecases import Crm, open

FAULTS, REFUSED = 1, 2
"""The exit status when a check found faults, and when something was refused."""

_FRAME = 2
"""How many lines a dump of nothing has: the first and the last."""

_TYPES: Mapping[str, type] = {
    "text": str,
    "int": int,
    "bool": bool,
    "decimal": Decimal,
    "date": date,
    "instant": datetime,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        with _opened(asked) as crm:
            # What each subcommand calls; the parser knows no other names.
            does = {"dump": _dump, "load": _load, "check": _check}
            return does[asked.command](crm)
    except CrmError as error:
        # Errors of this library hold names and ids, never a value, and no URL with its password.
        sys.stderr.write(f"crmcore: {error.message}\n")
        return REFUSED
    except BrokenPipeError:
        # Whoever reads has had enough, as `head` does.
        with suppress(BrokenPipeError):
            sys.stdout.close()
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crmcore",
        description="Dump, load and check the data of a tenant.",
        epilog="An argument @FILE is replaced by the lines of that file, to keep a password in.",
        fromfile_prefix_chars="@",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in (
        ("dump", "write everything to standard output, in lines of JSON"),
        ("load", "take in from standard input what dump wrote, into an empty tenant"),
        ("check", "tell what is wrong with the data; the exit status is 1 if anything is"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("url", help="where the data lies, such as sqlite:///crm.db")
        command.add_argument("--tenant", default="main", help="whose data (%(default)s)")
        command.add_argument(
            "--attribute",
            action="append",
            default=[],
            metavar="ENTITY.NAME=TYPE",
            help=f"an own attribute, of type {', '.join(_TYPES)}; once for each",
        )
        for what in ("entities", "events"):
            command.add_argument(
                f"--{what}",
                metavar="MODULE:NAME",
                help=f"the {what} of your own, as an importable name of several",
            )
    return parser


def _opened(asked: argparse.Namespace) -> Crm:
    if "://" not in asked.url:
        # What is no URL may be a password all the same, so it is not repeated.
        raise InvalidValue("url", "must be as sqlite:///crm.db")
    return open(
        asked.url,
        tenant=asked.tenant,
        attributes=_attributes(asked.attribute),
        entities=_named("entities", asked.entities, EntityType),
        events=_named("events", asked.events, type),
    )


def _attributes(declared: Sequence[str]) -> dict[str, dict[str, type]]:
    found: dict[str, dict[str, type]] = {}
    for text in declared:
        path, _, kind = text.partition("=")
        entity, _, name = path.partition(".")
        if kind not in _TYPES:
            raise InvalidValue("attribute", "must be as contact.shoe_size=int")
        found.setdefault(entity, {})[name] = _TYPES[kind]
    return found


def _named(what: str, place: str | None, cls: type) -> tuple[Any, ...]:
    if place is None:
        return ()
    module, _, name = place.partition(":")
    try:
        found = tuple(getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError, TypeError, ValueError):
        found = (None,)
    if not all(isinstance(each, cls) for each in found):
        raise InvalidValue(what, "must name several of them, as myapp.crm:ENTITIES")
    return found


def _dump(crm: Crm) -> int:
    # Bytes, because they have to be the same on every machine.
    many = 0
    for line in crm.dump():
        sys.stdout.buffer.write(f"{line}\n".encode("ascii"))
        many += 1
    sys.stdout.flush()
    return 0 if many > _FRAME else _nothing(crm)


def _nothing(crm: Crm) -> int:
    """Say that nothing is there: a place or a tenant that is misspelt must not look well."""
    sys.stderr.write(f"crmcore: nothing is stored for tenant {crm.store.tenant!r} at this place\n")
    return REFUSED


def _load(crm: Crm) -> int:
    found = crm.load(_lines())
    told = f"{found.entities} entities, {found.events} events, {found.numbers} series"
    sys.stdout.write(f"loaded {told} and {found.keys} keys\n")
    return 0


def _lines() -> Iterator[str]:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            raise MalformedFile("standard input", number, None, "is no UTF-8") from None


def _check(crm: Crm) -> int:
    report = crm.check()
    sys.stdout.write(f"{report.explain()}\n")
    if not any(report.examined.values()):
        return _nothing(crm)
    sys.stdout.write(f"{_verdict(report)}\n")
    return 0 if report.is_clean else FAULTS


def _verdict(report: Report) -> str:
    if report.is_clean:
        return f"clean: every one of {len(report.laws)} laws holds"
    faults, broken = sum(report.counts.values()), len(report.counts)
    many = "1 fault" if faults == 1 else f"{faults:,} faults"
    return f"NOT clean: {many}, {broken} of {len(report.laws)} laws broken"


if __name__ == "__main__":
    sys.exit(main())

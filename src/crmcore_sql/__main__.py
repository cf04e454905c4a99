"""``python -m crmcore_sql``: make tables, bring them up to date, compare them. See `schema`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from crmcore.errors import CrmError, InvalidValue
from crmcore.grammar.registry import Registry
from crmcore_sql import schema


def _create(url: str, registry: Registry | None) -> int:
    made = schema.create(url, registry)
    for line in [f"{name} made" for name in made] or ("nothing was missing",):
        print(line)  # noqa: T201 - this is what it says to whoever called it
    return 0


def _upgrade(url: str, registry: Registry | None) -> int:
    for line in schema.upgrade(url, registry) or ("up to date",):
        print(line)  # noqa: T201 - this is what it says to whoever called it
    return 0


def _check(url: str, registry: Registry | None) -> int:
    differences = schema.check(url, registry)
    for line in differences or ("no difference",):
        print(line)  # noqa: T201 - this is what it says to whoever called it
    return 1 if differences else 0


_COMMANDS: dict[str, tuple[Callable[[str, Registry | None], int], str]] = {
    "create": (_create, "make the tables that are missing"),
    "upgrade": (_upgrade, "bring the tables up to date; harmless to repeat"),
    "check": (_check, "say how the tables differ from what they should be; 1 when they do"),
}


def _registry(name: str | None) -> Registry | None:
    """The registry that a ``module:NAME`` names."""
    if name is None:
        return None
    module, _, attribute = name.partition(":")
    found = getattr(import_module(module), attribute, None) if module else None
    if not isinstance(found, Registry):
        raise InvalidValue("registry", "must name a Registry, as package.module:NAME")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; 0 when all is well, 1 when tables differ, 2 when it could not."""
    parser = argparse.ArgumentParser(
        prog="python -m crmcore_sql",
        description="Make the tables of a database, bring them up to date, compare them.",
        epilog="An argument @FILE is replaced by the lines of that file, to keep a password in.",
        fromfile_prefix_chars="@",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, what) in _COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument(
            "url", help="such as sqlite:///crm.db or postgresql+psycopg://host/crm"
        )
        command.add_argument(
            "--registry", metavar="MODULE:NAME", help="your own Registry, when you have one"
        )
    given = parser.parse_args(arguments)
    try:
        return _COMMANDS[given.command][0](given.url, _registry(given.registry))
    except (CrmError, ImportError) as fault:
        print(f"crmcore_sql: {fault}", file=sys.stderr)  # noqa: T201 - likewise
        return 2


if __name__ == "__main__":
    sys.exit(main())

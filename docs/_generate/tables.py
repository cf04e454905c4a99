"""The pages that are tables: errors, KPIs, roles and activities, events, laws of stores, settings."""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import get_type_hints

import attrs

import crmcore
from crmcore.contacts import ALLOWED, AT_REST, Activity, Role
from crmcore.einvoice import RULES, Profile, Rule, Severity
from crmcore.errors import CrmError
from crmcore.grammar import Event
from crmcore.kpi import CATALOGUE, Measure
from crmcore.kpi.wording import condition_text, operand_text
from crmcore.subjects import INVARIANTS, SUBJECTS
from crmcore.testing import StoreContract
from crmcore.testing.capabilities import needed_by
from crmcore.usecases.wholeness import GENERIC


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def _summary(thing: object) -> str:
    return _plain((inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " "))


def _plain(text: str) -> str:
    return text.replace("``", "`")


# --- errors --------------------------------------------------------------------------------------


def all_errors() -> list[type[CrmError]]:
    """Every class of errors: the root, then family by family, in the order of their definition."""
    return [*_tree(CrmError)]


def _tree(root: type[CrmError]) -> Iterator[type[CrmError]]:
    yield root
    for cls in root.__subclasses__():
        if cls.__module__ == CrmError.__module__:
            yield from _tree(cls)


def family(cls: type[CrmError]) -> type[CrmError]:
    """The family a class of errors belongs to; the root belongs to itself."""
    below = [each for each in cls.__mro__ if each.__bases__[:1] == (CrmError,)]
    return below[0] if below else cls


def errors() -> str:
    """One section per family, one row per code."""
    every = all_errors()
    parts = [_error_rows([CrmError])]
    for head in CrmError.__subclasses__():
        own = [cls for cls in every if family(cls) is head]
        title = f"## {head.__name__}: {_summary(head)}"
        parts.append(f"{title.rstrip('.')}\n\n{_error_rows(own)}")
    return "\n\n".join(parts) + "\n"


def _error_rows(classes: list[type[CrmError]]) -> str:
    rows = (
        (f"`{cls.code}`", _error_link(cls), _summary(cls), _message(cls), _fields(cls))
        for cls in classes
    )
    return table(("code", "class", "what is wrong", "message", "fields"), iter(rows))


def _message(cls: type[CrmError]) -> str:
    if cls.message is not CrmError.message:
        return _summary(cls.message)
    return f"`{cls.template.replace('{hint}', '; did you mean …?')}`"


def _error_link(cls: type[CrmError]) -> str:
    return f"{{py:obj}}`~crmcore.errors.{cls.__name__}`"


def _fields(cls: type[CrmError]) -> str:
    return ", ".join(f"`{field.name}`" for field in attrs.fields(cls)) or "none"


# --- KPIs ----------------------------------------------------------------------------------------


def kpis() -> str:
    """One section per declared number."""
    overview = table(
        ("name", "title", "of", "unit", "dated by", "grouped by"),
        iter(
            (
                f"[`{each.name}`](#{each.name.replace('_', '-')})",
                each.title,
                each.entity,
                each.unit.value,
                f"`{each.dated}`" if each.dated else "the present",
                ", ".join(f"`{operand_text(by)}`" for by in each.by) or "nothing",
            )
            for each in CATALOGUE.values()
        ),
    )
    return "\n\n".join([overview, *map(_kpi, CATALOGUE.values())]) + "\n"


def _kpi(measure: Measure) -> str:
    facts = (
        ("Definition", measure.definition),
        ("Formula", f"`{measure.formula}`"),
        ("Population", f"{measure.entity} where {condition_text(measure.population)}"),
        ("Unit", f"{measure.unit.value}{_scale(measure)}"),
        ("Edge cases", measure.edge_cases),
        ("Source", measure.source),
    )
    told = "\n".join(f"{name}\n: {text}\n" for name, text in facts)
    return f"## `{measure.name}`\n\n{told}"


def _scale(measure: Measure) -> str:
    return "" if measure.scale == 1 else f" (the facts are kept in parts of {measure.scale:,})"


# --- roles, events -------------------------------------------------------------------------------


def roles() -> str:
    """Which role allows what, as a matrix."""
    head = ("", *(f"`{role.value}`" for role in Role))
    rows = (
        (f"`{activity.value}`", *("yes" if activity in ALLOWED[role] else "" for role in Role))
        for activity in Activity
    )
    resting = ", ".join(f"`{state.value}`" for state in sorted(AT_REST))
    note = f"While a role is {resting}, it allows nothing but `support`."
    return f"{table(head, rows)}\n\n{note}\n"


def events() -> str:
    """Every event a store may hold, with its fields."""
    rows = (
        (
            f"{{py:obj}}`~{_room(event)}.{name}`",
            _summary(event),
            ", ".join(f"`{field}`" for field in get_type_hints(event) if field != "at"),
        )
        for name, event in SUBJECTS.events.items()
    )
    return table(("event", "what happened", "fields besides `at`"), rows) + "\n"


def _room(event: type[Event]) -> str:
    return event.__module__.rpartition(".")[0]


# --- laws ----------------------------------------------------------------------------------------


def all_laws() -> dict[type, dict[str, object]]:
    """Every law of the contract suite, by its class and its name."""
    found = {
        cls: {name: law for name, law in vars(cls).items() if name.startswith("test_")}
        for cls in StoreContract.__mro__
    }
    return {cls: own for cls, own in found.items() if own}


def laws() -> str:
    """One section per class of laws, one row per law."""
    return "\n\n".join(_laws(cls, own) for cls, own in all_laws().items()) + "\n"


def _laws(cls: type, own: dict[str, object]) -> str:
    rows = (
        (
            law.removeprefix("test_").replace("_", " "),
            _summary(check),
            ", ".join(f"`{each}`" for each in needed_by(check)),
        )
        for law, check in own.items()
    )
    title = f"## {cls.__name__.removesuffix('Laws')}: {_summary(cls)}".rstrip(".")
    return f"{title}\n\n{table(('law', 'in full', 'needs'), rows)}"


# --- electronic invoices --------------------------------------------------------------------------


def einvoice_rules() -> str:
    """Every rule that is asked of an electronic invoice, those of the standard first."""
    parts = (
        f"### {title}\n\n{_rules([rule for rule in RULES if rule.profile is profile])}"
        for profile, title in (
            (Profile.EN16931, "EN 16931"),
            (Profile.XRECHNUNG, "XRechnung 3.0, besides"),
        )
    )
    return "\n\n".join(parts) + "\n"


def _rules(rules: list[Rule]) -> str:
    rows = (
        (f"`{rule.id}`", rule.text, "warning" if rule.severity is Severity.WARNING else "")
        for rule in rules
    )
    return table(("rule", "what holds", ""), rows)


# --- checks --------------------------------------------------------------------------------------


def checks() -> str:
    """Every law a check examines, those for any entity first."""
    general = ((f"`{code}`", "all", law) for code, law in GENERIC.items())
    own = ((f"`{law.name}`", law.entity, law.law) for law in INVARIANTS)
    return table(("law", "of", "what holds"), iter((*general, *own))) + "\n"


# --- settings ------------------------------------------------------------------------------------


def settings() -> str:
    """Every setting with its default."""
    made = crmcore.Settings()
    shown = {
        "pipelines": "one, `sales`: " + ", ".join(stage.key for stage in made.pipelines[0].stages),
        "scoring": f"`{made.scoring.name}`, {len(made.scoring.fit)} rules",
        "checklist": f"`{made.checklist.name}`: "
        + ", ".join(item.key for item in made.checklist.items)
        + f"; {made.checklist.minimum} points needed",
        "numbering": ", ".join(f"`{name}`: `{text}`" for name, text in made.numbering.items()),
    }
    told = dict(
        line.strip().split(": ", 1)
        for line in (inspect.getdoc(type(made)) or "").partition("Attributes:")[2].splitlines()
        if ": " in line
    )
    rows = (
        (f"`{each.name}`", told[each.name], shown.get(each.name) or f"`{getattr(made, each.name)}`")
        for each in attrs.fields(type(made))
    )
    return table(("setting", "what it decides", "default"), rows) + "\n"


# --- the command ---------------------------------------------------------------------------------


def command_line(*command: str) -> str:
    """What a command says of itself, at the width of a page."""
    said = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-m", *command, "--help"],
        env={**os.environ, "COLUMNS": "96"},
        capture_output=True,
        text=True,
        check=True,
    )
    return f"```text\n{said.stdout}```\n"

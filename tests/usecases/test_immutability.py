"""An issued document cannot be changed: not by any command, not by any write to a repository."""

import inspect
from collections import Counter
from contextlib import suppress
from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import FunctionType
from uuid import UUID

import attrs
import pytest

from crmcore import CrmError, Money, Share
from crmcore.errors import ImmutableDocument
from crmcore.grammar.attributes import Attributes
from crmcore.sales import INVOICE, SEALED_FIELDS, Invoice, content_of

from .paper_trail import filled, opened


@pytest.fixture(params=["memory", "sqlite"])
def crm(request, tmp_path):
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/crm.db"
    with opened(url) as crm:
        yield crm


def another(value):
    """Another value of the same kind; something at all where there is none."""
    match value:
        case bool():
            return not value
        case StrEnum():
            return next(each for each in type(value) if each is not value)
        case Money():
            return Money(value.amount + 1, value.currency)
        case Share():
            return Share("0.5") if value != Share("0.5") else Share("0.25")
        case Decimal() | int():
            return value + 1
        case datetime():
            return datetime(2020, 1, 1, tzinfo=UTC)
        case date():
            return date(2020, 1, 1)
        case UUID():
            return UUID(int=7)
        case str():
            return f"{value[:-1]}x"
        case Attributes():
            return Attributes({"cost_centre": "forged"})
        case tuple():
            return value[:-1] if value else (None,)
        case _:
            return "x"


def forged(entity, path, value):
    """The entity with another value somewhere, no class being asked."""
    changed = copy(entity)
    name, *rest = path
    if isinstance(name, int):
        return (*entity[:name], forged(entity[name], rest, value), *entity[name + 1 :])
    inner = forged(getattr(entity, name), rest, value) if rest else value
    object.__setattr__(changed, name, inner)
    return changed


def paths_of(entity, names):
    """Every place in it that a seal keeps, with what is there."""
    for name in names:
        value = getattr(entity, name)
        yield (name,), value
        inner = value if isinstance(value, tuple) else (value,)
        for at, each in enumerate(inner):
            if type(each) in SEALED_FIELDS:
                place = (name, at) if isinstance(value, tuple) else (name,)
                for path, found in paths_of(each, SEALED_FIELDS[type(each)]):
                    yield (*place, *path), found


def refused(crm, step):
    """Whether a step in a unit of work is refused with a typed error."""
    try:
        with crm.store.begin(write=True) as unit:
            step(unit.repository(Invoice))
            unit.commit()
    except CrmError as error:
        return type(error)
    return None


def test_more_than_200_writes_to_a_repository_are_refused(crm):
    answers = Counter()
    for document in filled(crm):
        for path, value in paths_of(document, INVOICE.sealed_fields):
            wrong = forged(document, path, another(value))
            answers[refused(crm, lambda all_, wrong=wrong: all_.save(wrong))] += 1
        answers[refused(crm, lambda all_, document=document: all_.remove(document))] += 1
        assert crm.sales.invoices.get(document.id) == document

    assert None not in answers
    assert sum(answers.values()) >= 200
    # The others are values that no store takes, of whatever document.
    assert answers[ImmutableDocument] >= 200
    assert crm.sales.invoices.verify()


def rooms_of(owner, seen):
    """Every object of the front door that has commands."""
    for name, room in vars(owner).items():
        is_ours = type(room).__module__.startswith("crmcore.usecases")
        if not name.startswith("_") and is_ours and id(room) not in seen:
            seen.add(id(room))
            yield room
            yield from rooms_of(room, seen)


def commands_of(crm):
    for room in (crm, *rooms_of(crm, set())):
        for name, method in inspect.getmembers(type(room)):
            called = isinstance(method, FunctionType) and not name.startswith("_")
            if called and name not in {"close", "load", "dump", "of", "transaction"}:
                yield getattr(room, name), inspect.signature(method)


def given(parameter, document):
    """Something to call a command with, about the document wherever that fits."""
    hint = str(parameter.annotation)
    for word, value in (
        ("UUID", document.id),
        ("Mapping", {document.lines[0].id: 1}),
        ("Sequence", [document.id]),
        ("Callable", lambda *_: None),
        ("Progress", lambda *_: None),
        ("Money", Money(1, document.currency)),
        ("datetime", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("date", date(2026, 3, 2)),
        ("bool", True),
        ("int", 1),
        ("str", "x"),
    ):
        if word in hint:
            return value
    return document


def tried(command, signature, document):
    """Call a command with all it needs, then with all it could be told."""
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    needed = {each.name for each in parameters if each.default is each.empty}
    for names in (needed, {each.name for each in parameters if each.name != "key"}):
        args = [
            given(each, document)
            for each in parameters
            if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD, each.VAR_POSITIONAL)
            and (each.name in names)
        ]
        kwargs = {
            each.name: given(each, document)
            for each in parameters
            if each.kind is each.KEYWORD_ONLY and each.name in names
        }
        with suppress(CrmError):
            command(*args, **kwargs)


def test_no_command_of_the_front_door_changes_what_was_issued(crm):
    documents = filled(crm)
    commands = [*commands_of(crm)]
    for document in documents:
        for command, signature in commands:
            tried(command, signature, document)

    assert len(commands) * len(documents) >= 200
    for document in documents:
        now = crm.sales.invoices.get(document.id)
        assert content_of(now) == content_of(document)
        assert (now.digest, now.previous_digest) == (document.digest, document.previous_digest)
    assert crm.sales.invoices.verify()


def test_what_settles_a_document_still_can(crm):
    (first, *_) = filled(crm)

    crm.sales.pay(first.id, amount=first.due)

    assert crm.sales.invoices.get(first.id).due.is_zero
    assert attrs.evolve(first, digest=None) != first

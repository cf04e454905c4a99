"""What things may be called, and which known name somebody probably meant.

Also the boundary check of the names that reach a store beside the entities: the same verdict in
every store, because none decides.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

import attrs

from crmcore.errors import CrmError, InvalidValue, UnknownName, WrongType
from crmcore.values.texts import text_fault

C = TypeVar("C", bound=StrEnum)

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""What a field, an entity or an own attribute may be called, in every store."""

_HYPHENATED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = 100
_TENANT, _ENTITY, _SERIES, _PERIOD, _SCOPE, _KEY, _FINGERPRINT = 100, 63, 20, 20, 100, 255, 64


def nearest(name: object, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, for a hint in an error; None when none is near."""
    # Comparing takes the square of the length, and what comes from outside may have any.
    if not isinstance(name, str) or len(name) > _LONGEST:
        return None
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def shortened(name: object) -> str:
    """The name for an error; what is no name, or too long for one, is cut short."""
    text = name if isinstance(name, str) else type(name).__name__
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def unknown(kind: str, name: object, known: Iterable[str]) -> UnknownName:
    """The error for a name that is not among the known ones: it tells the nearest, or else all."""
    names = tuple(sorted(known))
    return UnknownName(kind, shortened(name), nearest(name, names), names)


def choice(field: str, cls: type[C], value: C | str) -> C:
    """The member of ``cls`` that ``value`` is or names, as ``"email"`` for ``Channel.EMAIL``.

    Raises:
        UnknownName: when there is none, with the nearest one.
    """
    known = {str(member.value): member for member in cls}
    if str(value) not in known:
        raise unknown(field, str(value), known)
    return known[str(value)]


def chosen(cls: type[StrEnum], value: Any) -> Any:
    """The member that a text names; anything else as it is, for a check that tells all faults."""
    known = {str(member.value): member for member in cls}
    return known.get(value, value) if isinstance(value, str) else value


def choice_faults(field: str, cls: type[StrEnum], value: object) -> Iterator[CrmError]:
    """What is wrong with a value that should be a member of ``cls``, after `chosen`."""
    if isinstance(value, cls):
        return
    if isinstance(value, str):
        yield unknown(field, value, [str(member.value) for member in cls])
    else:
        yield WrongType(field, cls.__name__, type(value).__name__)


def hyphenated(_entity: object, field: "attrs.Attribute[str]", key: object) -> None:
    """A validator of keys that people make up, so that one thing has one name.

    Else "Newsletter" could be sent to somebody who withdrew from "newsletter".

    Raises:
        WrongType: when it is no text.
        InvalidValue: when it is more than small letters, digits, and single hyphens between them.
    """
    if not isinstance(key, str):
        raise WrongType(field.name, "str", type(key).__name__)
    if _HYPHENATED.fullmatch(key) is None:
        raise InvalidValue(field.name, "is a key: small letters, digits, single hyphens between")


def checked_name(field: str, text: str, longest: int, *, shortest: int = 1) -> str:
    """The text, which every store can keep as a name: one line of so many code points.

    Raises:
        InvalidText: when it is no text, too long, or holds a control character or a surrogate.
        InvalidValue: when it is too short.
    """
    if (fault := text_fault(field, text, longest, lines=False)) is not None:
        raise fault
    if len(text) < shortest:
        raise InvalidValue(field, "must not be empty")
    return text


def checked_tenant(tenant: str) -> str:
    """The name of a tenant; faults as in `checked_name`."""
    return checked_name("tenant", tenant, _TENANT)


def checked_entity(entity: str) -> str:
    """The name of an entity type, known or not; faults as in `checked_name`."""
    return checked_name("entity", entity, _ENTITY)


def checked_series(series: str, period: str) -> tuple[str, str]:
    """A series of numbers and its period, which may be empty; faults as in `checked_name`."""
    return (
        checked_name("series", series, _SERIES),
        checked_name("period", period, _PERIOD, shortest=0),
    )


def checked_key(scope: str, key: str) -> tuple[str, str]:
    """An idempotency key in its scope; faults as in `checked_name`."""
    return checked_name("scope", scope, _SCOPE), checked_name("key", key, _KEY)


def checked_fingerprint(fingerprint: str) -> str:
    """A digest of arguments; faults as in `checked_name`."""
    return checked_name("fingerprint", fingerprint, _FINGERPRINT)

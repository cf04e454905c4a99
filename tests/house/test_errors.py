"""Errors are data: documented, told apart by a code that never changes, and fit to travel."""

import pickle
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import pytest

from crmcore import errors
from crmcore.errors import Conflict, CrmError, NotAllowed, NotFound, NotValid, StoreFailure

FAMILIES = (NotValid, NotAllowed, NotFound, Conflict, StoreFailure)

CODES = frozenset(
    """
    activity-not-allowed busy closed conflict contention crm-error currency-mismatch damaged-record duplicate
    enricher-failed entity-not-found expression-too-large fault-at field-protected guard-refused idempotency-mismatch
    immutable-document inexact-number invalid-text invalid-value key-taken lifecycle-not-sound limit-exceeded
    malformed-file many-faults missing-extra move-forbidden naive-time nested-transaction not-allowed not-found not-valid
    nothing-found outcome-unknown outside-failed reference-not-found several-found stale-revision still-referenced store-failure
    store-unavailable tenant-not-empty unknown-field unknown-name unknown-store unsafe-store wrong-type
    """.split()  # noqa: SIM905 - a list to be read
)
"""Every code that was ever given. Callers branch on them: add new ones here, take none away."""


def all_errors(root: type[CrmError] = CrmError) -> Iterator[type[CrmError]]:
    """A class of errors and all classes below it."""
    yield root
    for cls in root.__subclasses__():
        yield from all_errors(cls)


def example(hint: Any) -> object:
    """A value of the annotated type."""
    plain: Mapping[Any, object] = {
        str: "x",
        int: 7,
        float: 0.5,
        UUID: UUID(int=7),
        CrmError: NotFound(),
    }
    if isinstance(hint, UnionType):
        return example(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return (example(get_args(hint)[0]),)
    return plain[hint]


def made(cls: type[CrmError]) -> CrmError:
    """An error of the class, with a value in each of its fields."""
    hints = get_type_hints(cls)
    return cls(*(example(hints[field.name]) for field in attrs.fields(cls)))


ERRORS = sorted(
    {cls for cls in all_errors() if cls.__module__.startswith("crmcore.")},
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("cls", ERRORS)
def test_an_error_survives_pickling(cls: type[CrmError]) -> None:
    error = made(cls)

    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - what worker pools do

    assert type(again) is cls
    assert str(again) == str(error)
    fields = attrs.asdict(error, recurse=False)
    assert repr(attrs.asdict(again, recurse=False)) == repr(fields)


@pytest.mark.parametrize("cls", ERRORS)
def test_an_error_explains_itself_by_its_fields(cls: type[CrmError]) -> None:
    error = made(cls)

    assert error.message == str(error) != ""
    assert "object at 0x" not in error.message


@pytest.mark.parametrize("cls", ERRORS)
def test_an_error_is_documented(cls: type[CrmError]) -> None:
    assert (cls.__dict__["__doc__"] or "").strip()


@pytest.mark.parametrize("cls", sorted(set(ERRORS) - {CrmError}, key=lambda cls: cls.__name__))
def test_an_error_belongs_to_one_family(cls: type[CrmError]) -> None:
    assert len([family for family in FAMILIES if issubclass(cls, family)]) == 1


def test_codes_are_unique_and_never_change() -> None:
    codes = [cls.__dict__["code"] for cls in ERRORS]

    assert len(set(codes)) == len(codes)
    assert set(codes) == CODES


def test_all_errors_live_in_one_room_and_are_met_at_its_door() -> None:
    assert {cls.__module__ for cls in ERRORS} == {errors.__name__}
    assert {cls.__name__ for cls in ERRORS} <= set(errors.__all__)


def test_an_error_that_cannot_travel_is_found() -> None:
    @attrs.define(slots=False, eq=False, kw_only=True)
    class KeywordOnly(CrmError):
        """Cannot be built from its arguments."""

        field: str

    with pytest.raises(TypeError):
        made(KeywordOnly)

"""Texts of blanks alone: whoever reads a document finds nothing there, so they count as missing.

Without it a document could pass its check and fail once it is written and read.
"""

from functools import cache
from typing import Any, cast

import attrs

from crmcore.einvoice.model import EInvoice


def without_blanks(einvoice: EInvoice) -> EInvoice:
    """The document without texts of blanks alone; the same object where there are none.

    They are left out, or empty where the model wants a text.
    """
    return cast("EInvoice", _record(einvoice))


@cache
def _fields(cls: type[Any]) -> tuple[tuple[str, bool], ...]:
    """The names of the fields, and whether each may be left out."""
    return tuple((field.name, field.default is None) for field in attrs.fields(cls))


def _record(record: Any) -> Any:
    changes: dict[str, object] = {}
    cls: type = record.__class__
    for name, may_lack in _fields(cls):
        value: object = getattr(record, name)
        kept = _value(value, may_lack=may_lack)
        if kept is not value:
            changes[name] = kept
    return attrs.evolve(record, **changes) if changes else record


def _value(value: object, *, may_lack: bool) -> object:
    if isinstance(value, str):
        is_blank = type(value) is str and not value.strip()
        return (None if may_lack else "") if is_blank else value
    if isinstance(value, tuple):
        values = cast("tuple[object, ...]", value)
        parts = tuple(_value(part, may_lack=False) for part in values)
        same = all(new is old for new, old in zip(parts, values, strict=True))
        return values if same else parts
    return _record(value) if attrs.has(value.__class__) else value

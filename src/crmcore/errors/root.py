"""The root of all errors and its five families; what an error is made of."""

import re
from typing import Any, ClassVar

import attrs

_ROOM = "crmcore.errors"
_TOLD = 10
"""So many known names are told at most."""


def _shown(value: Any) -> Any:
    match value:
        case None | ():
            return "nothing"
        case (CrmError(), *_):
            return "; ".join(map(str, value))
        case (_, *_):
            return ", ".join(map(str, value))
        case _:
            return value


def _hint(suggestion: str | None, among: tuple[str, ...] | None) -> str:
    """What is said of the known names: the nearest one, or else the first of them."""
    if suggestion:
        return f"; did you mean {suggestion!r}?"
    if among is None:
        return ""
    more = f" and {len(among) - _TOLD} more" if len(among) > _TOLD else ""
    return f"; there are: {', '.join(map(repr, among[:_TOLD])) or 'none'}{more}"


@attrs.define(slots=False, eq=False)
class CrmError(Exception):
    """The root: catch this to catch everything the library raises on purpose.

    Its ``code`` is the class's name in kebab case; the message fills its ``template``.
    """

    code: ClassVar[str] = "crm-error"
    template: ClassVar[str] = "something went wrong"

    def __init_subclass__(cls) -> None:
        if cls.__module__.startswith(f"{_ROOM}."):
            cls.__module__ = _ROOM  # where people meet it, in tracebacks and in pickles
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @property
    def message(self) -> str:
        """The error in one plain English sentence, computed from its fields."""
        values = {each.name: getattr(self, each.name) for each in attrs.fields(type(self))}
        shown = {name: _shown(value) for name, value in values.items()}
        hint = _hint(values.get("suggestion"), values.get("among"))
        return self.template.format(**shown, hint=hint)

    def __str__(self) -> str:
        return self.message


CrmError.__module__ = _ROOM


@attrs.define(slots=False, eq=False)
class NotValid(CrmError, ValueError):
    """What was given cannot be right, whatever the state of the store."""


@attrs.define(slots=False, eq=False)
class NotAllowed(CrmError):
    """What was asked is well formed, but refused in the present state."""


@attrs.define(slots=False, eq=False)
class NotFound(CrmError, LookupError):
    """What was named does not exist (for this tenant)."""


@attrs.define(slots=False, eq=False)
class Conflict(CrmError):
    """The store holds something newer, or already holds what was to be added."""


@attrs.define(slots=False, eq=False)
class StoreFailure(CrmError):
    """The store could not do its work, or must not be used as it is set up."""

"""What was given cannot be right: errors about input, whatever the state of the store."""

from collections.abc import Sequence
from typing import ClassVar

import attrs

from crmcore.errors.root import CrmError, NotValid


@attrs.define(slots=False, eq=False)
class InvalidValue(NotValid):
    """The value of one field breaks a rule of that field."""

    template: ClassVar[str] = "{field}: {reason}"
    field: str
    reason: str


@attrs.define(slots=False, eq=False)
class InexactNumber(NotValid):
    """A float was given where an exact number is needed."""

    template: ClassVar[str] = "{field}: floats are not exact; give a str, an int or a Decimal"
    field: str


@attrs.define(slots=False, eq=False)
class NaiveTime(NotValid):
    """A time without a zone was given."""

    template: ClassVar[str] = "{field}: the time has no zone; give an aware datetime, best in UTC"
    field: str


@attrs.define(slots=False, eq=False)
class CurrencyMismatch(NotValid):
    """Amounts in different currencies met where only one is possible."""

    template: ClassVar[str] = "{field}: {actual} cannot be mixed with {expected}"
    field: str
    expected: str
    actual: str


@attrs.define(slots=False, eq=False)
class InvalidText(NotValid):
    """A text is too long, or holds a character no store may keep."""

    template: ClassVar[str] = "{field}: {reason}"
    field: str
    reason: str


@attrs.define(slots=False, eq=False)
class WrongType(NotValid):
    """A value is of another type than its field."""

    template: ClassVar[str] = "{field}: expected {expected}, got {actual}"
    field: str
    expected: str
    actual: str


@attrs.define(slots=False, eq=False)
class UnknownField(NotValid):
    """A path names a field that the entity does not have."""

    template: ClassVar[str] = "{entity} has no field {field!r}{hint}"
    entity: str
    field: str
    suggestion: str | None = None


@attrs.define(slots=False, eq=False)
class UnknownName(NotValid):
    """A name is not among the known ones (an entity, an event, a stage, an operator …)."""

    template: ClassVar[str] = "there is no {kind} called {name!r}{hint}"
    kind: str
    name: str
    suggestion: str | None = None
    among: tuple[str, ...] | None = None
    """The known names, told where none of them is near; None when they are not told."""


@attrs.define(slots=False, eq=False)
class ExpressionTooLarge(NotValid):
    """An expression is deeper or longer than the language allows."""

    template: ClassVar[str] = "the expression exceeds the limit of {limit} {measure}"
    measure: str
    limit: int


@attrs.define(slots=False, eq=False)
class LifecycleNotSound(NotValid):
    """A lifecycle table has a state nobody reaches, a dead end, or a move twice."""

    template: ClassVar[str] = "lifecycle {lifecycle}: {faults}"
    lifecycle: str
    faults: tuple[str, ...]


@attrs.define(slots=False, eq=False)
class MalformedFile(NotValid):
    """A file from outside is missing, too large, or not of the form it should have."""

    file: str
    line: int | None
    column: str | None
    reason: str

    @property
    def message(self) -> str:
        """Names the file, where known the line and the column, and the fault."""
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column!r}" if self.column else ""
        return f"{self.file}{line}{column}: {self.reason}"


@attrs.define(slots=False, eq=False)
class ManyFaults(NotValid):
    """Input from outside has several faults; all of them are here."""

    template: ClassVar[str] = "{faults}"
    faults: tuple[CrmError, ...]


@attrs.define(slots=False, eq=False)
class FaultAt(NotValid):
    """A fault of a part of something larger, with the path to the part."""

    template: ClassVar[str] = "{path}: {fault}"
    path: str
    fault: CrmError


def raise_collected(faults: Sequence[CrmError]) -> None:
    """Raise nothing for no fault, the fault itself for one, `ManyFaults` with all for more."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise ManyFaults(tuple(faults))


@attrs.define(slots=False, eq=False)
class UnknownStore(NotValid):
    """No installed store answers to the scheme of a URL."""

    template: ClassVar[str] = "no store is installed for {scheme!r}; installed: {installed}{hint}"
    scheme: str
    installed: tuple[str, ...]
    suggestion: str | None = None


@attrs.define(slots=False, eq=False)
class MissingExtra(NotValid, ImportError):
    """A part was used whose optional dependencies are not installed."""

    template: ClassVar[str] = "{package} is not installed; run: pip install 'crmcore[{extra}]'"
    extra: str
    package: str

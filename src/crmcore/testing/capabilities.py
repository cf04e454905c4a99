"""What a store can do beyond the one meaning that all stores share, and why one cannot.

A law that rests on a capability says so; for a store without it, the law is expected to fail, and
it is an error when it does not: nobody forgets to declare what has been repaired.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from crmcore.errors import InvalidValue

Law = TypeVar("Law", bound=Callable[..., Any])

_NEEDED = "needed_capabilities"


def _every_no_has_a_reason(capabilities: Any, _field: object, reasons: Mapping[str, str]) -> None:
    for name in capabilities.closed:
        if not reasons.get(name):
            raise InvalidValue(f"capabilities.{name}", "is closed and needs a reason")


@attrs.frozen(kw_only=True)
class Capabilities:
    """Which of the promises that not every place can keep a store keeps.

    Attributes:
        durable: What was committed is found by whoever opens the same place later.
        snapshots: A reading unit of work sees one state from its beginning to its end.
        reads_beside_a_writer: A unit of work may read while another one is writing, and finds the
            state before it.
        threads: Several threads may use one store at the same time.
        reasons: For each of them that is closed, why.
    """

    durable: bool = True
    snapshots: bool = True
    reads_beside_a_writer: bool = True
    threads: bool = True
    reasons: Mapping[str, str] = attrs.field(
        factory=dict[str, str], validator=_every_no_has_a_reason
    )

    @property
    def closed(self) -> tuple[str, ...]:
        """The names of the promises that are not kept."""
        names = (each.name for each in attrs.fields(type(self)) if each.type is bool)
        return tuple(name for name in names if not getattr(self, name))


def needs(*capabilities: str) -> Callable[[Law], Law]:
    """Marks a law that only stores with these capabilities can keep.

    Raises:
        InvalidValue: there is no such capability.
    """
    known = {each.name for each in attrs.fields(Capabilities)} - {"reasons"}
    for name in capabilities:
        if name not in known:
            raise InvalidValue("capabilities", f"there is none called {name}")

    def marked(law: Law) -> Law:
        setattr(law, _NEEDED, capabilities)
        return law

    return marked


def needed_by(law: object) -> tuple[str, ...]:
    """The capabilities that a law was marked with."""
    needed: tuple[str, ...] = getattr(law, _NEEDED, ())
    return needed

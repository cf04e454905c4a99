"""Gathering what is wrong with something from outside, each fault with its place, never too many."""

from collections.abc import Iterable

import attrs

from crmcore.errors import (
    CrmError,
    FaultAt,
    InvalidText,
    InvalidValue,
    ManyFaults,
    WrongType,
    raise_collected,
)

MAX_FAULTS = 100
"""So many faults of one thing are listed."""


class Faults:
    """The faults found so far.

    Args:
        whole: What the thing is called as a whole.
    """

    def __init__(self, whole: str = "model") -> None:
        self._whole = whole
        self._found: list[CrmError] = []
        self._more = 0

    @property
    def is_full(self) -> bool:
        """Whether there are so many already that looking for more is a waste."""
        return len(self._found) >= MAX_FAULTS

    def add(self, fault: CrmError, at: str = "") -> None:
        """Afterwards the fault is among those found, with the path it lies under."""
        if isinstance(fault, ManyFaults):
            self.extend(fault.faults, at)
        elif self.is_full:
            self._more += 1
        else:
            self._found.append(placed(fault, at) if at else fault)

    def extend(self, faults: Iterable[CrmError], at: str = "") -> None:
        """Afterwards all the faults are among those found."""
        for fault in faults:
            self.add(fault, at)

    def close(self, skipped: str = "") -> None:
        """Return when no fault was found.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them; at its end is told how many
                more there are, and what nobody looked at any more.
        """
        rest = [f"{self._more} more faults"] if self._more else []
        rest += [skipped] if skipped else []
        if rest:
            self._found.append(InvalidValue(self._whole, f"not listed: {'; '.join(rest)}"))
        raise_collected(self._found)


def placed(fault: CrmError, at: str) -> CrmError:
    """The fault with the path of what it is in, instead of a name that is good there only."""
    match fault:
        case FaultAt(path, inner):
            return FaultAt(f"{at}.{path}", inner)
        case InvalidValue() | InvalidText() | WrongType() if not at.endswith(".when"):
            return attrs.evolve(fault, field=f"{at}.{fault.field}")
        case _:
            return FaultAt(at, fault)

"""What a check has found so far: counted, and kept up to a bound."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import attrs

from crmcore.checking import MAX_KEPT, Breach, Fault, Report
from crmcore.ports import Progress
from crmcore.usecases.source import Unreadable


@attrs.define(eq=False)
class Examination:
    """A check that is going on.

    Attributes:
        progress: Called as it goes on.
        total: How many entities there are.
        laws: The sentence of each law that is examined, by its code.
    """

    progress: Progress | None
    total: int
    laws: dict[str, str] = attrs.field(factory=dict[str, str])
    _examined: Counter[str] = attrs.field(factory=Counter[str])
    _counts: Counter[str] = attrs.field(factory=Counter[str])
    _faults: list[Fault] = attrs.field(factory=list[Fault])
    _done: int = 0

    def tell(self, law: str, entity: str, id: UUID | None, breach: Breach) -> None:
        """Afterwards the breach is known."""
        self._counts[law] += 1
        if self._counts[law] > MAX_KEPT:
            return
        whose = breach.id if breach.id is not None else id
        fault = Fault(
            law=law,
            entity=entity,
            id=whose,
            text=breach.text,
            expected=_figure(breach.expected),
            found=_figure(breach.found),
        )
        self._faults.append(fault)

    def could_not(
        self, law: str, entity: str, unreadable: Unreadable, id: UUID | None = None
    ) -> None:
        """Afterwards it is known that a law could not be examined, which is a fault too."""
        self.tell(law, entity, id, Breach(text=f"could not be examined: {unreadable.reason}"))

    def counted(self, what: str, many: int = 1) -> None:
        """Afterwards so many more are examined."""
        self._examined[what] += many

    def went_on(self, many: int) -> None:
        """Tell whoever waits that so many more entities are done."""
        self._done += many
        if self.progress is not None:
            self.progress(self._done, self.total)

    def report(self) -> Report:
        """The outcome."""
        counts: Mapping[str, int] = {
            code: self._counts[code] for code in self.laws if self._counts[code]
        }
        faults = tuple(self._faults)
        return Report(examined={**self._examined}, laws=self.laws, faults=faults, counts=counts)


def _figure(value: object) -> str | None:
    return None if value is None else str(value)

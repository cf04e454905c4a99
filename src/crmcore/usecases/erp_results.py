"""What became of orders that went to an outside ERP, and of the facts that it told."""

from collections.abc import Iterable
from uuid import UUID

import attrs

from crmcore.values import html_table


@attrs.frozen(kw_only=True)
class HandedOver:
    """What became of the orders that were handed over.

    Attributes:
        system: The system.
        linked: What it took, by the id of the order: the number there.
        missed: What is tried again, by the id of the order: why it could not be reached.
        refused: What it does not take, by the id of the order: why.
    """

    system: str
    linked: dict[UUID, str]
    missed: dict[UUID, str]
    refused: dict[UUID, str]

    def explain(self) -> str:
        """Each order with what became of it, a line each."""
        return "\n".join(f"{order}: {what} {told}" for order, what, told in self._rows())

    def _rows(self) -> Iterable[tuple[UUID, str, str]]:
        for what, told in (
            ("linked as", self.linked),
            ("missed:", self.missed),
            ("refused:", self.refused),
        ):
            yield from ((order, what, text) for order, text in told.items())

    def _repr_html_(self) -> str:
        return html_table(f"orders to {self.system}", ("order", "what", "told"), self._rows())


@attrs.frozen(kw_only=True)
class Pulled:
    """What became of the facts that an ERP told.

    Attributes:
        system: The system.
        taken: How many were taken in.
        stale: How many were old, or known already.
        parked: Those that could not be taken in: what they are about, and why.
    """

    system: str
    taken: int
    stale: int
    parked: tuple[tuple[str, str], ...]

    def explain(self) -> str:
        """The counts, and each parked fact with its fault."""
        lines = [f"{self.system}: {self.taken} taken in, {self.stale} not new"]
        lines.extend(f"parked {key}: {fault}" for key, fault in self.parked)
        return "\n".join(lines)

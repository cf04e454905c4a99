"""What ``crm.<room>.plan`` is in every room: the dry runs of its commands, by the same names."""

from typing import ClassVar

from crmcore.usecases.work import Desk


class Plans:
    """Dry runs of the commands of a room: nothing is stored, no number is drawn.

    Each takes what its command takes, except ``key``, raises what its command would raise, and gives a
    value with ``explain()``.
    """

    of: ClassVar[str]

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __repr__(self) -> str:
        return f"<plans of {self.of} of {self._desk.store.tenant!r}>"

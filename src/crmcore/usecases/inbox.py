"""The receiver's side of events: each of them has its effect once, however often it is delivered."""

from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from crmcore.grammar.naming import checked_name
from crmcore.ports import Remembered
from crmcore.usecases.arguments import commands
from crmcore.usecases.idempotency import fingerprint
from crmcore.usecases.work import Work
from crmcore.values import as_uuid

Lent = TypeVar("Lent")

_EVENT = "event"
_LONGEST = 60


@commands
class Inbox(Generic[Lent]):
    """Remembers, together with the effect of an event, that it was received.

    The effect and the memory of it are one transaction of the receiver's own CRM, so neither can be
    there without the other. Events are told apart by their id; a receiver without a CRM does the
    same with a unique key of its own on `Recorded.id`. Made by `Crm.inbox`.

    Args:
        name: The receiver; two receivers in one CRM each have the effect once.
        carry_out: Carries steps out in one transaction, again when others were in the way.

    Raises:
        InvalidText, InvalidValue: the name is no line of 1 to 60 characters.
    """

    def __init__(
        self, name: str, carry_out: Callable[[Callable[[Lent, Work], bool]], bool]
    ) -> None:
        self._scope = f"inbox.{checked_name('name', name, _LONGEST)}"
        self._carry_out = carry_out

    def once(self, event: UUID, step: Callable[[Lent], object]) -> bool:
        """Afterwards the step was carried out for this event, now or before.

        Args:
            event: The event's id, `Recorded.id`.
            step: The effect. Called with a transaction; taken again when others were in the way.

        Returns:
            Whether it was carried out now.

        Raises:
            CrmError: what the step raised; then the event was not received.
        """
        id = as_uuid("event", event)

        def received(lent: Lent, work: Work) -> bool:
            if work.unit.recall(self._scope, str(id)) is not None:
                return False
            step(lent)
            work.unit.remember(
                Remembered(
                    scope=self._scope,
                    key=str(id),
                    fingerprint=fingerprint({_EVENT: id}),
                    entity=_EVENT,
                    entity_id=id,
                    at=work.now,
                )
            )
            return True

        return self._carry_out(received)

    def __repr__(self) -> str:
        return f"<Inbox {self._scope!r}>"

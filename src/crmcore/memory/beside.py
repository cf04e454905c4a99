"""What one unit of work sees of the things that lie beside the entities: events and keys."""

import attrs

from crmcore.memory.shelf import Post, Whose, by_place
from crmcore.memory.view import View
from crmcore.ports import Posted, Recorded, Remembered
from crmcore.wire import event_form, stored_event


class Beside:
    """The events and keys of a tenant, under the changes of one unit of work."""

    def __init__(self, view: View) -> None:
        self._view = view

    def posts(self, whose: Whose) -> tuple[Post, ...]:
        """The events of an entity, in order."""
        staged = self._view.staged.events.get(whose)
        return self._view.base.events.get(whose, ()) if staged is None else staged

    def post(self, post: Post) -> None:
        """Afterwards the event is there so, in place of what was known of it."""
        recorded = post.posted.recorded
        whose = (recorded.entity, recorded.entity_id)
        others = (each for each in self.posts(whose) if each.posted.recorded.id != recorded.id)
        self._view.writing().events[whose] = tuple(sorted((*others, post), key=by_place))

    def seen(self, recorded: Recorded) -> Recorded:
        """An event as this registry reads it: of a class of its own, or unknown."""
        event, registry = recorded.event, self._view.questions.registry
        if registry.events.get(type(event).__name__) is type(event):
            return recorded
        name, version, payload = event_form(event)
        read = stored_event(name, payload, registry, version, event.at)
        return attrs.evolve(recorded, event=read)

    def delivered(self, post: Post) -> Posted:
        """What the outbox knows of an event."""
        recorded = self.seen(post.posted.recorded)
        return attrs.evolve(post.posted, recorded=recorded, claimed_until=post.claimed_until)

    def remembered(self, key: tuple[str, str]) -> Remembered | None:
        """What was remembered for a scope and a key."""
        if key in self._view.staged.keys:
            return self._view.staged.keys[key]
        return self._view.base.keys.get(key)

"""What lies beside the entities in memory, read whole and put back."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

import attrs

from crmcore.errors import Duplicate, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import checked_entity, checked_series
from crmcore.memory.beside import Beside
from crmcore.memory.shelf import Post, Whose
from crmcore.memory.view import View
from crmcore.ports import Drawn, EventPlace, Posted, Remembered


class MemoryArchive:
    """The archive of the store in memory."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._beside = Beside(view)

    def numbers(self) -> tuple[Drawn, ...]:
        """The last number of every series, by series and period."""
        self._view.reading()
        numbers = {**self._view.base.numbers, **self._view.staged.numbers}
        return tuple(
            Drawn(series=series, period=period, value=value)
            for (series, period), value in sorted(numbers.items())
        )

    def keys(self, after: tuple[str, str] | None, limit: int, /) -> tuple[Remembered, ...]:
        """The next remembered keys by scope and key, beginning after the pair given."""
        self._view.reading()
        places = sorted(self._view.base.keys.keys() | self._view.staged.keys.keys())
        start = 0 if after is None else bisect_right(places, after)
        found = (self._beside.remembered(place) for place in places[start:])
        present = [each for each in found if each is not None]
        return tuple(present[:limit])

    def events(self, after: EventPlace | None, limit: int, /) -> tuple[Posted, ...]:
        """The next events by entity, id, revision and position, beginning after the place given."""
        self._view.reading()
        whose = sorted(self._view.base.events.keys() | self._view.staged.events.keys())
        found: list[Posted] = []
        for each in whose[_start(whose, after) :]:
            for post in self._beside.posts(each):
                recorded = post.posted.recorded
                place = (*each, recorded.revision, recorded.position)
                if after is None or place > after:
                    found.append(self._beside.delivered(post))
            if len(found) >= limit:
                break
        return tuple(found[:limit])

    def forget(self, before: datetime, /) -> int:
        """Afterwards keys remembered before that instant may be used anew; how many there were."""
        staged = self._view.writing()
        places = self._view.base.keys.keys() | staged.keys.keys()
        old = [
            place
            for place in places
            if (each := self._beside.remembered(place)) is not None and each.at < before
        ]
        staged.keys.update(dict.fromkeys(old))
        return len(old)

    def restore(self, entities: Iterable[Entity], /) -> None:
        """Afterwards these are stored as they are, revision included.

        Raises:
            Duplicate: the id, or a declared set of unique fields, is taken.
            ReferenceNotFound: a reference leads nowhere; at the latest when committing.
            NotValid: the boundary check refuses a value.
        """
        self._view.writing()
        registry = self._view.questions.registry
        for entity in entities:
            kind = registry.of_class(type(entity))
            if type(entity) not in kind.records:
                raise WrongType("entity", kind.name, type(entity).__name__)
            registry.check(entity)
            if self._view.row(kind.name, entity.id) is not None:
                raise self._view.refused(Duplicate(kind.name, ("id",), entity.id))
            self._view.stage(kind, entity)

    def restore_events(self, posted: Iterable[Posted], /) -> None:
        """Afterwards these are stored, on their way as far as they were; nobody has claimed them."""
        self._view.writing()
        for each in posted:
            checked_entity(each.recorded.entity)
            self._beside.post(Post(attrs.evolve(each, claimed_until=None)))

    def restore_number(self, drawn: Drawn, /) -> None:
        """Afterwards the series goes on after this number, whatever was drawn from it before."""
        key = checked_series(drawn.series, drawn.period)
        self._view.writing().numbers[key] = drawn.value


def _start(whose: list[Whose], after: EventPlace | None) -> int:
    if after is None:
        return 0
    place = bisect_right(whose, (after[0], after[1]))
    return max(place - 1, 0)

"""How several stores are taken through the same step, and how it shows that one falls out.

Which steps there are is the matter of `lockstep`.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from crmcore.errors import Conflict, CrmError, ReferenceNotFound
from crmcore.grammar.change import Entity
from crmcore.grammar.registry import reference_values
from crmcore.ports import Store, UnitOfWork
from crmcore.testing.ground import StoreFactory
from crmcore.testing.specimens import AT, SPECIMENS
from crmcore.testing.steps import MANY, Deed, anatomy, query
from crmcore.values.ids import CountedIds
from crmcore.wire import dump

E = TypeVar("E", bound=Entity)


def is_final(outcome: object) -> bool:
    """Whether it is a refusal that ends the unit of work."""
    return isinstance(outcome, Conflict | ReferenceNotFound)


def outcome_of(deed: Callable[[], object]) -> object:
    """What a deed gives, or how it is refused."""
    try:
        return deed()
    except CrmError as error:
        return error


def comparable(outcome: object) -> object:
    """What stores have to agree on: an answer taken apart; of a refusal its kind, and of what."""
    if isinstance(outcome, CrmError):
        return type(outcome).__name__, getattr(outcome, "entity", None)
    return anatomy(outcome)


def contents(store: Store) -> tuple[str, ...]:
    """Everything a store holds, in canonical form: a dump, and the claims of events."""
    with store.begin(write=False) as unit:
        posted = unit.archive.events(None, MANY)
    told = (f"{each.recorded.id} {each.attempts} {each.claimed_until}" for each in posted)
    return (*dump(store), *told)


class KeepingStep(RuleBasedStateMachine):
    """Several stores at once: each step is taken by all of them, one after the other.

    A refusal by conflict may come with the step or with the commit, but it has to come.

    Args:
        places: Where the stores come from. The first one's is the model, the others follow.
    """

    def __init__(self, places: Sequence[StoreFactory]) -> None:
        super().__init__()
        self.places = places
        self.stores = [place.fresh() for place in places]
        self.units: list[UnitOfWork] = []
        self.ids, self.now = CountedIds(), AT
        self.held: list[Entity] = []
        self.is_sound = True

    def teardown(self) -> None:
        """Look a last time whether all hold the same, and leave the places to others."""
        try:
            units, self.units = self.units, []
            for unit in units:
                outcome_of(unit.rollback)
            if self.is_sound:
                self.compare()
        finally:
            for place in self.places:
                place.close()

    # --- how a step is taken

    def begin(self) -> list[UnitOfWork]:
        """The units of work that are open, new ones where there are none."""
        self.units = self.units or [store.begin(write=True) for store in self.stores]
        return self.units

    def take(self, step: Deed) -> object:
        """What all of them answer; None where all of them refuse."""
        outcomes = [outcome_of(partial(step, unit)) for unit in self.begin()]
        if any(map(is_final, outcomes)):
            self._over(outcomes)
        else:
            self._agree(outcomes)
        return None if isinstance(outcomes[0], CrmError) else outcomes[0]

    def refused(self, step: Deed) -> None:
        """Take a step that all of them have to refuse, at the latest when committing."""
        self._over([outcome_of(partial(step, unit)) for unit in self.begin()])

    def end(self, ending: Deed) -> None:
        """End the unit of work everywhere, and look whether all hold the same."""
        units, self.units = self.units, []
        self._agree([outcome_of(partial(ending, unit)) for unit in units])
        self.compare()

    def leave_and_come_back(self) -> None:
        """Close every store, and open it again."""
        pairs = zip(self.places, self.stores, strict=True)
        self.stores = [place.reopen(store) for place, store in pairs]
        self.compare()

    def compare(self) -> None:
        """Return when all of them hold the same, byte for byte."""
        self._agree([contents(store) for store in self.stores])

    def _over(self, outcomes: list[object]) -> None:
        units, self.units = self.units, []
        for place, unit in enumerate(units):
            if not is_final(outcomes[place]):
                outcomes[place] = outcome_of(unit.commit)
        self._agree(outcomes)
        assert is_final(outcomes[0]), "what should have been refused was committed"

    def _agree(self, outcomes: list[object]) -> None:
        self.is_sound = False
        model, *others = map(comparable, outcomes)
        for store, other in zip(self.stores[1:], others, strict=True):
            assert other == model, f"{store!r} fell out of step"
        self.is_sound = True

    # --- what the model holds

    def keep(self, answer: object) -> None:
        """Remember an entity as it stood."""
        if isinstance(answer, Entity):
            self.held.append(answer)

    def wait(self, seconds: int) -> None:
        """Let some time pass."""
        self.now += timedelta(seconds=seconds)

    def all_of(self, cls: type[E]) -> tuple[E, ...]:
        """The entities of a type, by id, as the model sees them."""
        asked = query(SPECIMENS.of_class(cls).name)
        return self.begin()[0].repository(cls).find(asked).items

    def picked(self, cls: type[E], pick: int) -> E | None:
        """One of the entities of a type as it stands; None when there is none."""
        rows = self.all_of(cls)
        return rows[pick % len(rows)] if rows else None

    def is_referred_to(self, entity: Entity) -> bool:
        """Whether another entity refers to this one, as it stands now."""
        return entity in self.all_of(SPECIMENS.of_class(type(entity)).cls) and any(
            referred == entity.id and row.id != entity.id
            for kind in SPECIMENS.entities.values()
            for row in self.all_of(kind.cls)
            for _, _, referred in reference_values(row, kind)
        )

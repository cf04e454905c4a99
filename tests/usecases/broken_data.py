"""Data that no command makes: put into a store as they are, past every rule."""

from copy import copy

import attrs

import crmcore
from crmcore.memory import MemoryStore
from crmcore.ports import Posted
from crmcore.subjects import SUBJECTS
from crmcore.wire import entities_of, events_of, keys_of


def broken(entity, /, **fields):
    """The entity with other field values, its class not being asked."""
    changed = copy(entity)
    for name, value in fields.items():
        object.__setattr__(changed, name, value)
    return changed


@attrs.define
class Contents:
    """All that a tenant has, to be changed at will and put back."""

    entities: dict
    events: list
    numbers: list
    keys: list

    @classmethod
    def of(cls, crm):
        with crm.store.begin(write=False) as work:
            kinds = crm.store.registry.entities.values()
            return cls(
                {entity.id: entity for kind in kinds for entity in entities_of(work, kind)},
                [*events_of(work)],
                [*work.archive.numbers()],
                [*keys_of(work)],
            )

    def put(self, entity, /, **fields):
        """Afterwards the entity has other field values."""
        self.entities[entity.id] = broken(self.entities[entity.id], **fields)

    def restored(self, **options):
        """A CRM with exactly these contents."""
        crm = crmcore.open(MemoryStore(registry=SUBJECTS), **options)
        with crm.store.begin(write=True) as work:
            work.archive.restore(self.entities.values())
            work.archive.restore_events(self.events)
            for number in self.numbers:
                work.archive.restore_number(number)
            for key in self.keys:
                work.remember(key)
            work.commit()
        return crm


def moved(posted: Posted, **where) -> Posted:
    """The event in another place."""
    return attrs.evolve(posted, recorded=attrs.evolve(posted.recorded, **where))

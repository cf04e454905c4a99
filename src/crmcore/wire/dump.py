"""Everything a tenant has in a store, as canonical text: the same bytes for the same content.

To move a tenant from one store to another, to keep it, and to show that two stores agree. What is
left out is no content: who has claimed which event how often, and whose data they are.
"""

from collections.abc import Iterator

from crmcore.errors import CrmError, DamagedRecord, StoreFailure, StoreUnavailable
from crmcore.grammar.canonical import canonical_json
from crmcore.ports import Progress, Store, UnitOfWork
from crmcore.wire.entities import entity_to_dict
from crmcore.wire.lines import Contents, end_line, event_line, head_line, key_line, number_line
from crmcore.wire.walking import PAGE, entities_of, events_of, keys_of, numbers_of


def dump(store: Store, *, progress: Progress | None = None) -> Iterator[str]:
    """One line of JSON for each entity, event, series of numbers and key, between a head and an end.

    Entities come by type and id; then all events by entity, id, revision and position, those of
    removed entities too; then numbers, then keys. All of it is read in one unit of work, page by
    page, so memory stays constant and nothing that happens meanwhile shows.

    Args:
        store: Where to read.
        progress: Called with the number of lines so far.

    Raises:
        StoreFailure: something stored cannot be read; `crmcore.usecases.check` tells all that cannot.
    """
    with store.begin(write=False) as work:
        for done, line in enumerate(_readable(_lines(store, work))):
            if progress is not None and done % PAGE == 0:
                progress(done, None)
            yield line


def _readable(lines: Iterator[str]) -> Iterator[str]:
    while True:
        try:
            line = next(lines)
        except StopIteration:
            return
        except DamagedRecord as damage:
            raise StoreUnavailable(damage.message) from None
        except StoreFailure:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a damaged row raises
            # The text of a foreign error may hold the values of people.
            name = error.code if isinstance(error, CrmError) else type(error).__name__
            raise StoreUnavailable(f"something stored cannot be read, {name}") from None
        yield line


def _lines(store: Store, work: UnitOfWork) -> Iterator[str]:
    registry = store.registry
    entities = events = keys = 0
    yield head_line()
    for name in sorted(registry.entities):
        for entity in entities_of(work, registry.entities[name]):
            yield canonical_json(entity_to_dict(entity, registry))
            entities += 1
    for posted in events_of(work):
        yield event_line(posted)
        events += 1
    numbers = numbers_of(work)
    yield from map(number_line, numbers)
    for remembered in keys_of(work):
        yield key_line(remembered)
        keys += 1
    yield end_line(Contents(entities=entities, events=events, numbers=len(numbers), keys=keys))

"""Sealed documents: the repository keeps them; the server, which has no triggers, would not."""

import attrs
import pytest
from pymongo import MongoClient

from crmcore.errors import ImmutableDocument, StaleRevision
from crmcore.testing.charters import SEALED, UNSEALED, Charter, charter
from crmcore.testing.specimens import Grade, Part
from crmcore.testing.steps import added, done, got, saved
from crmcore.values import CountedIds
from crmcore.wire import dump, load
from crmcore_mongo import open_url

IDS = CountedIds(9)


@pytest.fixture
def store(reused_mongodb_url):
    store = open_url(reused_mongodb_url, registry=SEALED, tenant="main")
    yield store
    store.close()


@pytest.fixture
def entity(store):
    """A charter that is sealed."""
    return added(store, charter(IDS.new(), number="C-1"))[0]


def test_a_draft_that_was_sealed_meanwhile_is_stale(store, reused_mongodb_url):
    (draft,) = added(store, charter(IDS.new()))
    other = open_url(reused_mongodb_url, registry=SEALED, tenant="main")

    with store.begin(write=True) as unit:
        held = unit.repository(Charter).get(draft.id)
        sealed = saved(other, attrs.evolve(draft, number="C-1"))
        unit.repository(Charter).save(attrs.evolve(held, title="later", number="C-2"))
        with pytest.raises(StaleRevision):
            unit.commit()

    assert got(store, draft) == sealed
    other.close()


def test_a_refusal_touches_nothing(store, entity):
    with store.begin(write=True) as unit:
        with pytest.raises(ImmutableDocument):
            unit.repository(Charter).save(attrs.evolve(entity, parts=(Part(name="x"),)))
        later = unit.repository(Charter).save(attrs.evolve(entity, grade=Grade.FINE))
        unit.commit()

    assert got(store, entity) == later


def test_a_dump_with_sealed_entities_can_be_loaded(store, entity, mongodb_url):
    (_,) = added(store, charter(IDS.new()))
    lines = [*dump(store)]
    other = open_url(mongodb_url, registry=SEALED, tenant="other")

    load(other, lines)

    assert [*dump(other)][1:] == lines[1:]
    with pytest.raises(ImmutableDocument):
        saved(other, attrs.evolve(entity, title="later"))
    other.close()


def test_the_server_itself_refuses_nothing(store, entity, reused_mongodb_url):
    """That is what the capability says: who goes past the library is not held back."""
    ignorant = open_url(reused_mongodb_url, registry=UNSEALED, tenant="main")
    saved(ignorant, attrs.evolve(entity, title="past the repository"))
    ignorant.close()
    with MongoClient(reused_mongodb_url) as client:
        collection = client.get_default_database()["crm_charter"]
        changed = collection.update_one({}, {"$set": {"title": "past the library"}})

    assert changed.modified_count == 1
    assert got(store, entity).title == "past the library"
    done(store, lambda unit: unit.guard(got(store, entity)))

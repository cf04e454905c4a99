import pymongo
import pytest

from .worlds import WORLD, World, world_of

SEEDS = range(8)


@pytest.fixture(scope="module")
def world(mongodb_supply):
    """Random worlds, each a tenant's, called as the seed it grew from."""
    with mongodb_supply.fresh() as url, pymongo.MongoClient(url) as client:
        world = World(client.get_default_database(), WORLD)
        # The same ids for every tenant: whatever led to another one would be found.
        for seed in SEEDS:
            world.put(str(seed), world_of(seed).values())
        yield world

"""The store in MongoDB: one collection per entity type, one natural document per entity.

`MongoStore` is the door. It takes a database of the application's own, or a URL; the collections
are made for the entity types of a registry, whatever those are. A replica set is needed, for only
there are transactions.
"""

import importlib.util

from crmcore.errors import MissingExtra as _MissingExtra

if importlib.util.find_spec("pymongo") is None:
    raise _MissingExtra("mongo", "pymongo")

from crmcore_mongo._store import MongoStore, open_url

__all__ = ["MongoStore", "open_url"]

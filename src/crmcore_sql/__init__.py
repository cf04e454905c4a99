"""The store in a database, one table per entity type: SQLite, PostgreSQL or MariaDB.

`SqlStore` is the door. It takes a URL, or an engine of the application's own; the tables are made
for the entity types of a registry, whatever those are.
"""

import importlib.util

from crmcore.errors import MissingExtra as _MissingExtra

if importlib.util.find_spec("sqlalchemy") is None:
    raise _MissingExtra("sql", "sqlalchemy")

from crmcore_sql._engines import new_engine, sqlite_engine
from crmcore_sql._store import SqlStore, open_url

__all__ = ["SqlStore", "new_engine", "open_url", "sqlite_engine"]

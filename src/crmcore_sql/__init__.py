"""The store in a database: SQLite today, one table per entity type, through SQLAlchemy.

`SqlStore` is the door. It takes the URL of a file, or an engine of the application's own; the
tables are made for the entity types of a registry, whatever those are.
"""

import importlib.util

from crmcore.errors import MissingExtra as _MissingExtra

if importlib.util.find_spec("sqlalchemy") is None:
    raise _MissingExtra("sql", "sqlalchemy")

from crmcore_sql._store import SqlStore, open_url, sqlite_engine

__all__ = ["SqlStore", "open_url", "sqlite_engine"]

"""Guards beside revisions; events that can be claimed, settled and parked; the time of keys.

Tables of the first revision were made on SQLite only. What they become is written out here, because
the present shape of the tables goes on changing.
"""

from datetime import UTC, datetime

from alembic import op
from sqlalchemy import inspect, text

revision = "0002"
down_revision = "0001"

_GUARDED = "guarded"
_EVENT = (
    "ALTER TABLE crm__event RENAME TO crm__event_0001",
    "DROP INDEX ix_crm__event_tenant_entity_entity_id_revision_position",
    """CREATE TABLE crm__event (
        tenant TEXT NOT NULL, id TEXT NOT NULL, entity TEXT NOT NULL, entity_id TEXT NOT NULL,
        revision INTEGER NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL,
        version INTEGER NOT NULL, at TEXT NOT NULL, recorded_at TEXT NOT NULL, payload TEXT NOT NULL,
        delivery TEXT NOT NULL, attempts INTEGER NOT NULL, claimed_until TEXT, reason TEXT,
        CONSTRAINT pk_crm__event PRIMARY KEY (tenant, id),
        CONSTRAINT ck_crm__event_delivery CHECK (delivery IN ('waiting', 'done', 'parked'))
    ) STRICT""",
    """CREATE INDEX ix_crm__event_tenant_delivery_entity_entity_id_revision_position
        ON crm__event (tenant, delivery, entity, entity_id, revision, position)""",
    """CREATE INDEX ix_crm__event_tenant_entity_entity_id_revision_position
        ON crm__event (tenant, entity, entity_id, revision, position)""",
    """INSERT INTO crm__event (tenant, id, entity, entity_id, revision, position, type, version, at,
            recorded_at, payload, delivery, attempts)
        SELECT tenant, id, entity, entity_id, revision, position, type, 1, at, at, payload,
            CASE published WHEN 1 THEN 'done' ELSE 'waiting' END, 0
        FROM crm__event_0001""",
    "DROP TABLE crm__event_0001",
)
_KEY = (
    "ALTER TABLE crm__key RENAME TO crm__key_0001",
    """CREATE TABLE crm__key (
        tenant TEXT NOT NULL, scope TEXT NOT NULL, "key" TEXT NOT NULL, entity TEXT NOT NULL,
        fingerprint TEXT NOT NULL, entity_id TEXT NOT NULL, at TEXT NOT NULL,
        CONSTRAINT pk_crm__key PRIMARY KEY (tenant, scope, "key")
    ) STRICT""",
    """INSERT INTO crm__key (tenant, scope, "key", entity, fingerprint, entity_id, at)
        SELECT tenant, scope, "key", entity, fingerprint, entity_id, :now FROM crm__key_0001""",
    "DROP TABLE crm__key_0001",
)


def upgrade() -> None:
    """Afterwards entities have guards, events a delivery, and keys a time: that of the upgrade."""
    inspector = inspect(op.get_bind())
    columns = {
        name: {each["name"] for each in inspector.get_columns(name)}
        for name in inspector.get_table_names()
        if name.startswith("crm_")
    }
    for name, there in columns.items():
        if {"tenant", "id", "revision", "created_at"} <= there and _GUARDED not in there:
            op.execute(f'ALTER TABLE "{name}" ADD COLUMN {_GUARDED} INTEGER NOT NULL DEFAULT 0')
    if "delivery" not in columns["crm__event"]:
        _run(*_EVENT)
    if "at" not in columns["crm__key"]:
        _run(*_KEY)


def _run(*statements: str) -> None:
    now = datetime.now(UTC).isoformat("T", "milliseconds").replace("+00:00", "Z")
    for statement in statements:
        given = text(statement)
        op.execute(given.bindparams(now=now) if ":now" in statement else given)

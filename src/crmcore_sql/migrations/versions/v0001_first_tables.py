"""The first tables: one per entity type and per sequence of children, four of the library's own."""

from alembic import context, op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Afterwards every table is there, in its present shape: what follows finds nothing to do."""
    context.config.attributes["schema"].metadata.create_all(op.get_bind())

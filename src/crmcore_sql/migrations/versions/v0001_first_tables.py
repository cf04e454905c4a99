"""The first tables: one per entity type and per sequence of children, four of the library's own."""

from alembic import context, op

from crmcore_sql._dialects import dialect_for
from crmcore_sql._making import making

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Afterwards every table is there, in its present shape: what follows finds nothing to do."""
    connection = op.get_bind()
    made = making(context.config.attributes["schema"], dialect_for(connection.dialect.name))
    for statement in (
        *(each for table in made.values() for each in table.statements),
        *(each for table in made.values() for each in table.links),
        *(each for table in made.values() for seal in table.seals for each in seal.statements),
    ):
        connection.exec_driver_sql(statement)

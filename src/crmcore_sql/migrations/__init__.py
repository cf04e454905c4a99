"""How tables of an older version become tables of the present one: one revision per change of shape.

What entities there are, and which fields they have, is no matter of a revision: that follows from the
registry, see `crmcore_sql.schema`. A revision changes how *any* entity is kept. Each can be taken up
again where it was cut off, because not every database undoes half a change of tables.
"""

__all__ = ()

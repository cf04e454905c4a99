"""From when on an entity stays as it is: the declaration of a seal, and what it keeps.

A seal is part of an `EntityType`, so that every store keeps it without knowing what for. Whether a
change breaks it is decided in one place, `EntityType.check_seal`.
"""

from collections.abc import Mapping

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.change import SERVER_FIELDS
from crmcore.grammar.specification import MANIFOLD, FieldSpec

ALWAYS_OPEN = frozenset({"revision", "updated_at"})
"""The fields that go on in a sealed entity too: they tell of the changes to open fields."""


@attrs.frozen(kw_only=True)
class Sealed:
    """Says that an entity is sealed once a field of it is set, and which fields stay open.

    Sealed is what is *stored* with the field set. From then on the entity can never be removed, and
    nothing of it changes but its open fields: no other field, no embedded value, no child, no own
    attribute. It may be sealed from its first moment on, and restoring keeps the seal.

    Attributes:
        by: The field that seals it; it may be missing until then.
        open: The fields that go on; ``revision`` and ``updated_at`` do anyway.
    """

    by: str
    open: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])

    def kept(self, entity: str, fields: Mapping[str, FieldSpec]) -> tuple[str, ...]:
        """The fields of an entity that stay as they are.

        Raises:
            InvalidValue: the seal does not fit the fields.
        """
        path = f"{entity}.sealed"
        unknown = sorted({self.by, *self.open} - fields.keys())
        if unknown:
            raise InvalidValue(path, f"names unknown fields: {', '.join(unknown)}")
        if fields[self.by].kind in MANIFOLD or not fields[self.by].may_be_missing:
            raise InvalidValue(path, f"{self.by} is no single value that may be missing")
        if self.by in self.open:
            raise InvalidValue(path, f"{self.by} seals it, so it cannot be open")
        owned = sorted(SERVER_FIELDS.intersection(self.open))
        if owned:
            raise InvalidValue(path, f"{', '.join(owned)} cannot be opened")
        return tuple(name for name in fields if name not in ALWAYS_OPEN.union(self.open))

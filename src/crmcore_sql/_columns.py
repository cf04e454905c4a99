"""Columns and references as each database declares them: which type each kind of value has.

What the columns keep is told in `_types`, which columns there are in `_schema`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    Numeric,
    String,
    Text,
)
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

from crmcore.grammar.entity import FieldSpec, Kind
from crmcore_sql._types import members, places_of

ID_LENGTH = 36
CHOICE_LENGTH = 60

RENAMED = "renamed"
"""What a column tells beside, under this name: the values that were called otherwise before."""

Type = TypeEngine[Any]

OPTIONS: Mapping[str, Any] = {
    "sqlite_strict": True,
    "mariadb_engine": "InnoDB",
    "mariadb_default_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}
"""What every table is made with, by the database it is meant for."""

_COLLATION = "utf8mb4_nopad_bin"
"""By code point, blanks at the end included: utf8mb4_bin of MariaDB pads with blanks."""

_VARYING = 255
_INLINE = 16
_FAR = 64
_TEXT_BYTES = 65_535
_MARIADB = ("mysql", "mariadb")
_LONG = mysql.LONGTEXT(charset="utf8mb4", collation=_COLLATION)


def _mariadb_text(length: int) -> Type:
    """The type of a text of MariaDB.

    A row has room for 8126 bytes. InnoDB can move a text elsewhere only if it may take more than
    255 bytes, so one of 17 to 63 characters is declared a little longer than it will ever be.
    """
    if length > _VARYING:
        short = 4 * length <= _TEXT_BYTES
        return mysql.TEXT(charset="utf8mb4", collation=_COLLATION) if short else _LONG
    room = length if length <= _INLINE else max(length, _FAR)
    return mysql.VARCHAR(room, charset="utf8mb4", collation=_COLLATION)


def text_type(length: int) -> Type:
    """Text compared by code point; strict tables of SQLite know no lengths."""
    plain = String(length).with_variant(Text(), "sqlite")
    by_code_point = plain.with_variant(String(length, collation="C"), "postgresql")
    return by_code_point.with_variant(_mariadb_text(length), *_MARIADB)


def long_text_type() -> Type:
    """Text without a limit, compared by code point."""
    by_code_point = Text().with_variant(Text(collation="C"), "postgresql")
    return by_code_point.with_variant(_LONG, *_MARIADB)


def json_type() -> Type:
    """Own attributes."""
    return Text().with_variant(postgresql.JSONB(), "postgresql").with_variant(_LONG, *_MARIADB)


def id_type() -> Type:
    """Ids; on SQLite and MariaDB as text, which sorts as they do."""
    native = String(ID_LENGTH).with_variant(Text(), "sqlite")
    native = native.with_variant(postgresql.UUID(as_uuid=False), "postgresql")
    text = mysql.CHAR(ID_LENGTH, charset="ascii", collation="ascii_bin")
    return native.with_variant(text, *_MARIADB)


def whole_type() -> Type:
    """Whole numbers of 64 bits."""
    return BigInteger().with_variant(Integer(), "sqlite")


def instant_type() -> Type:
    """Instants to the millisecond; on MariaDB without a zone, always in UTC."""
    native = DateTime(timezone=True).with_variant(Text(), "sqlite")
    native = native.with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
    return native.with_variant(mysql.DATETIME(fsp=3), *_MARIADB)


def column_type(spec: FieldSpec) -> Type:
    """The type of the (first) column of a field."""
    match spec.kind:
        case Kind.TEXT:
            return text_type(spec.text.max)
        case Kind.DECIMAL | Kind.MONEY | Kind.SHARE:
            # SQLite has no exact decimals: there it is the number of smallest parts.
            return Numeric(18, places_of(spec)).with_variant(Integer(), "sqlite")
        case Kind.INTEGER:
            return whole_type()
        case Kind.BOOLEAN:
            return Boolean().with_variant(Integer(), "sqlite")
        case Kind.ID:
            return id_type()
        case Kind.CHOICE:
            return text_type(max(CHOICE_LENGTH, *map(len, members(spec))))
        case Kind.DATE:
            return Date().with_variant(Text(), "sqlite")
        case Kind.INSTANT:
            return instant_type()
        case _:
            return json_type()


# --- references ----------------------------------------------------------------------------------

_DEFERRED = " DEFERRABLE INITIALLY DEFERRED"


class Reference(ForeignKeyConstraint):
    """A reference that is checked at the commit, where the database can wait that long."""

    inherit_cache = True


@compiles(Reference, *_MARIADB)
def _at_once(reference: Reference, compiler: Any, **_options: Any) -> str:
    # The text is SQLAlchemy's own; it knows no other way to leave out what MariaDB refuses.
    return str(compiler.visit_foreign_key_constraint(reference)).removesuffix(_DEFERRED)


def reference(
    own: Sequence[str], there: Sequence[str], *, ondelete: str | None = None, is_ahead: bool = False
) -> Reference:
    """Columns that refer to those of another table, which is yet to be made when it is ahead."""
    return Reference(
        own,
        there,
        ondelete=ondelete,
        deferrable=True,
        initially="DEFERRED",
        use_alter=is_ahead,
    )

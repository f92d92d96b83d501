"""Reads database objects other than tables from PostgreSQL's catalogue: types, sequences...

Used by the hook ``reflect_extra``, once per comparison: one query per kind, whatever the number of
objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from idiolect.hooks import SchemaObject
from idiolect_postgresql.domaintypes import DomainType, domain_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

ENUM, DOMAIN, SEQUENCE = "enum_type", "domain", "sequence"
EXCLUDE = "exclude_constraint"

_OWN = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
# For an array of the type, typelem is the type. Source: "System Catalogs", pg_type.
_ENUMS = text(
    f"""
    SELECT n.nspname, t.typname,
           array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_enum e ON e.enumtypid = t.oid
    WHERE {_OWN}
    GROUP BY n.nspname, t.typname
    """  # noqa: S608 - our own words
)
_TYPE_COLUMNS = text(
    f"""
    SELECT tn.nspname, t.typname, n.nspname, c.relname, a.attname, y.oid <> t.oid AS is_array,
           pg_get_expr(d.adbin, d.adrelid) AS default
    FROM pg_type t
    JOIN pg_namespace tn ON tn.oid = t.typnamespace
    JOIN pg_type y ON y.oid = t.oid OR (y.oid = t.typarray)
    JOIN pg_attribute a ON a.atttypid = y.oid AND NOT a.attisdropped
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE t.typtype IN ('e', 'd') AND NOT c.relispartition AND {_OWN}
    ORDER BY n.nspname, c.relname, a.attnum
    """  # noqa: S608 - as above
)
# A sequence owned by a column (SERIAL, identity) is created and dropped with it.
_SEQUENCES = text(
    f"""
    SELECT n.nspname, c.relname
    FROM pg_namespace n
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'S'
    WHERE {_OWN} AND NOT EXISTS (
        SELECT 1 FROM pg_depend d
        WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i', 'e') AND d.refobjsubid <> 0
    )
    """  # noqa: S608 - as above
)
_EXCLUDES = text(
    f"""
    SELECT n.nspname, c.relname, o.conname, pg_get_constraintdef(o.oid)
    FROM pg_constraint o
    JOIN pg_class c ON c.oid = o.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE o.contype = 'x' AND o.conparentid = 0 AND {_OWN}
    """  # noqa: S608 - as above
)
# Comparisons with values of the type prevent PostgreSQL from changing a column's type.
_USERS = text(
    """
    WITH used AS (
        SELECT a.attrelid, a.attnum
        FROM pg_type t
        JOIN pg_namespace tn ON tn.oid = t.typnamespace
        JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped
        WHERE t.typname = :name AND tn.nspname = :schema
    )
    SELECT DISTINCT n.nspname, c.relname, i.relname, pg_get_indexdef(x.indexrelid, 0, true), false
    FROM used u
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = u.attrelid
        AND d.refobjsubid = u.attnum AND d.classid = 'pg_class'::regclass
    JOIN pg_index x ON x.indexrelid = d.objid AND (x.indpred IS NOT NULL OR x.indexprs IS NOT NULL)
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class c ON c.oid = x.indrelid AND NOT c.relispartition
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = x.indexrelid)
    UNION ALL
    SELECT DISTINCT n.nspname, c.relname, o.conname, pg_get_constraintdef(o.oid, true), true
    FROM used u
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = u.attrelid
        AND d.refobjsubid = u.attnum AND d.classid = 'pg_constraint'::regclass
    JOIN pg_constraint o ON o.oid = d.objid AND o.contype IN ('c', 'x') AND o.conparentid = 0
    JOIN pg_class c ON c.oid = o.conrelid AND NOT c.relispartition
    JOIN pg_namespace n ON n.oid = c.relnamespace
    ORDER BY 1, 2, 3
    """
)


@dataclass(frozen=True, slots=True)
class EnumUser:
    """An index or a constraint with a condition on a column of an enum type.

    Attributes:
        schema: its schema; None is the connection's default schema.
        table: its table.
        name: its name.
        definition: the CREATE INDEX statement, or the part of a constraint after its name.
        is_constraint: whether it is a constraint.
    """

    schema: str | None
    table: str
    name: str
    definition: str
    is_constraint: bool


@dataclass(frozen=True, slots=True)
class TypeColumn:
    """A column of a named type, or of an array of it.

    Attributes:
        schema: the table's schema; None is the connection's default schema.
        table: its table.
        name: its name.
        is_array: whether it is an array.
        default: its default as PostgreSQL reports it, or None.
    """

    schema: str | None
    table: str
    name: str
    is_array: bool
    default: str | None


@dataclass(frozen=True, slots=True)
class EnumType:
    """An existing enum type.

    Attributes:
        values: its values, in order.
        columns: the columns that use it.
    """

    values: tuple[str, ...]
    columns: tuple[TypeColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """An existing domain.

    Attributes:
        definition: its properties.
        columns: the columns that use it.
    """

    definition: DomainType
    columns: tuple[TypeColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclude:
    """An existing EXCLUDE constraint.

    Attributes:
        table: its table.
        definition: the part after its name.
    """

    table: str
    definition: str


def users_of_enum(connection: Connection, name: str, schema: str | None) -> tuple[EnumUser, ...]:
    """Return the objects that prevent changing the type of columns."""
    default: Any = connection.dialect.default_schema_name
    rows = connection.execute(_USERS, {"name": name, "schema": schema or default})
    return tuple(EnumUser(None if home == default else home, *facts) for home, *facts in rows)


def objects(connection: Connection) -> Iterator[SchemaObject]:
    """Yield the objects of all schemas except PostgreSQL's own."""
    default: Any = connection.dialect.default_schema_name

    def named(schema: str) -> str | None:
        return None if schema == default else schema

    columns: dict[tuple[str, str], list[TypeColumn]] = {}
    for type_schema, type_, home, *facts in connection.execute(_TYPE_COLUMNS):
        column = TypeColumn(named(home), *facts)
        columns.setdefault((type_schema, type_), []).append(column)
    for schema, name, labels in connection.execute(_ENUMS):
        known = EnumType(tuple(labels), tuple(columns.get((schema, name), ())))
        yield SchemaObject(ENUM, name, named(schema), known)
    for schema, name, domain in domain_types(connection, _OWN):
        known_columns = tuple(columns.get((schema, name), ()))
        yield SchemaObject(DOMAIN, name, named(schema), Domain(domain, known_columns))
    for schema, name in connection.execute(_SEQUENCES):
        yield SchemaObject(SEQUENCE, name, named(schema))
    for schema, table, name, definition in connection.execute(_EXCLUDES):
        yield SchemaObject(EXCLUDE, name, named(schema), Exclude(table, definition))

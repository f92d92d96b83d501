"""The definitions of domains: read from PostgreSQL's catalogue, taken from models, compared.

Used by the comparator of domains. Definitions of the models are normalised by the database: the
domains are created in the session's temporary schema, in a savepoint that is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from idiolect_postgresql.names import LONGEST, kept
from idiolect_postgresql.quoting import QUOTE
from idiolect_postgresql.wording import carry_out, sql_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.dialects.postgresql import DOMAIN
    from sqlalchemy.engine import Connection

_NAME = "idiolect_domain"
_MADE = f"t.typnamespace = pg_my_temp_schema() AND t.typname LIKE '{_NAME}%'"
_NOT_VALID = " NOT VALID"
#: Suffix of the name that PostgreSQL gives to a CHECK.
_CHECK = "_check"
# A default with a cast to the domain belongs to a column. Source: "System Catalogs", pg_depend.
_DOMAINS = """
    SELECT n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
           CASE WHEN t.typcollation <> b.typcollation
                THEN quote_ident(m.nspname) || '.' || quote_ident(l.collname) END,
           pg_get_expr(t.typdefaultbin, 0), t.typnotnull,
           ARRAY(SELECT ARRAY[o.conname::text, pg_get_constraintdef(o.oid)] FROM pg_constraint o
                 WHERE o.contypid = t.oid AND o.contype = 'c' ORDER BY o.conname),
           EXISTS (SELECT 1 FROM pg_depend d
                   WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
                     AND d.deptype = 'n'
                     AND d.classid NOT IN ('pg_class'::regclass, 'pg_attrdef'::regclass))
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_collation l ON l.oid = t.typcollation
    LEFT JOIN pg_namespace m ON m.oid = l.collnamespace
    WHERE t.typtype = 'd' AND {condition}
"""
_TYPES = text(
    """
    SELECT t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 ORDER BY a.attnum
    """
)


@dataclass(frozen=True, slots=True)
class DomainType:
    """The definition of a domain.

    Attributes:
        type: its base type, as SQL.
        collation: its collation as SQL, if it is not that of the base type.
        default: its default as SQL.
        not_null: whether it rejects NULL.
        checks: the names of its constraints, and their definitions, ``CHECK (...)``.
        is_held: whether anything but columns depends on it, such as another domain or a function.
    """

    type: str
    collation: str | None = None
    default: str | None = None
    not_null: bool = False
    checks: tuple[tuple[str, str], ...] = ()
    is_held: bool = False

    def create(self, name: str) -> str:
        """Return the statement that creates it.

        Args:
            name: of the domain, quoted.
        """
        parts = [f"CREATE DOMAIN {name} AS {self.type}"]
        if self.collation is not None:
            parts.append(f"COLLATE {self.collation}")
        if self.default is not None:
            parts.append(f"DEFAULT {self.default}")
        if self.not_null:
            parts.append("NOT NULL")
        parts.extend(f"CONSTRAINT {QUOTE.quote(check)} {sql}" for check, sql in self.checks)
        return " ".join(parts)

    def named_as(self, declared: DomainType) -> DomainType:
        """Return it with the names of constraints as declared, instead of temporary ones."""
        pairs = zip(declared.checks, self.checks, strict=False)
        return replace(self, checks=tuple((name, sql) for (name, _), (_, sql) in pairs))

    def changed_to(self, model: DomainType) -> DomainType:
        """Return it with the properties of a model; equal to itself if nothing differs.

        A model declares one CHECK at most. Beside that, a domain may have others, which stay.
        """
        there = {_condition(sql): name for name, sql in self.checks}
        wanted = {_condition(sql): name for name, sql in model.checks}
        if there.keys() == wanted.keys():
            checks = self.checks
        elif not wanted or len(there) == 1:
            checks = model.checks
        elif wanted.keys() <= there.keys():
            checks = self.checks
        else:
            names = set(wanted.values())
            checks = (*(one for one in self.checks if one[0] not in names), *model.checks)
        return replace(model, checks=checks, is_held=self.is_held)


def _condition(sql: str) -> str:
    return sql.removesuffix(_NOT_VALID)


def domain_types(connection: Connection, condition: str) -> Iterator[tuple[str, str, DomainType]]:
    """Yield the schema, the name and the definition of domains.

    Args:
        connection: to the database.
        condition: on their schemas, as SQL.
    """
    rows = connection.execute(text(_DOMAINS.format(condition=condition)))
    for schema, name, type_, collation, default, not_null, checks, is_held in rows:
        pairs = tuple((check, sql) for check, sql in checks)
        yield schema, name, DomainType(type_, collation, default, not_null, pairs, is_held)


def declared(domain: DOMAIN, connection: Connection) -> DomainType:
    """Return the definition in a model, with the name that PostgreSQL would give to its CHECK."""
    dialect = connection.dialect
    ddl: Any = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type] # as SQLAlchemy's own
    preparer: Any = dialect.identifier_preparer
    schema = getattr(domain, "collation_schema", None)
    collation = default = None
    if domain.collation is not None:
        quoted = preparer.quote(domain.collation)
        collation = f"{preparer.quote_schema(schema)}.{quoted}" if schema else quoted
    if domain.default is not None:
        default = sql_of(connection, ddl.render_default_string(domain.default))
    checks: tuple[tuple[str, str], ...] = ()
    if domain.check is not None:
        sql = ddl.sql_compiler.process(domain.check, include_table=False, literal_binds=True)
        checks = ((_check_name(domain), f"CHECK ({sql_of(connection, sql)})"),)
    type_ = dialect.type_compiler_instance.process(domain.data_type)
    return DomainType(sql_of(connection, type_), collation, default, bool(domain.not_null), checks)


def _check_name(domain: DOMAIN) -> str:
    # In SQLAlchemy's statement, the name precedes NOT NULL, and so belongs to that.
    if domain.constraint_name is not None and not domain.not_null:
        return kept(str(domain.constraint_name))
    return f"{kept(str(domain.name), LONGEST - len(_CHECK))}{_CHECK}"


def normalised(
    connection: Connection, definitions: Sequence[DomainType]
) -> list[DomainType | None]:
    """Return definitions as the catalogue reports them; None for those that PostgreSQL rejects.

    The names of constraints are kept. Sends four statements, whatever the number.
    """
    statements = [one.create(f"pg_temp.{_NAME}_{number}") for number, one in enumerate(definitions)]
    if not connection.in_transaction():
        return [None] * len(definitions)
    try:
        with connection.begin_nested() as savepoint:
            carry_out(connection, statements)
            found = {name: known for _, name, known in domain_types(connection, _MADE)}
            savepoint.rollback()
    except SQLAlchemyError:
        # No privilege to create temporary objects, a standby, no PL/pgSQL.
        return [None] * len(definitions)
    return [found.get(f"{_NAME}_{number}") for number in range(len(definitions))]


def need_using(connection: Connection, before: DomainType, after: DomainType) -> tuple[bool, bool]:
    """Return whether columns need USING to change from one base type to the other, and back."""
    table, old, new = (f"pg_temp.{_NAME}_{word}" for word in ("columns", "old", "new"))
    statements = [
        f"CREATE DOMAIN {old} AS {before.type}",
        f"CREATE DOMAIN {new} AS {after.type}",
        f"CREATE TABLE {table} (forth {old}, back {new})",
        f"ALTER TABLE {table} ALTER COLUMN forth TYPE {new}",
        f"ALTER TABLE {table} ALTER COLUMN back TYPE {old}",
    ]
    with connection.begin_nested() as savepoint:
        carry_out(connection, statements)
        forth, back = connection.scalars(_TYPES, {"name": table})
        savepoint.rollback()
    return (not forth.endswith("_new"), not back.endswith("_old"))

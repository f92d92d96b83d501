"""Prevents tables from creating enum types and domains that already exist.

SQLAlchemy creates a type together with the first table of a run that uses it, which fails if an
earlier run has created it. Used by the comparators of such types. The types of the operations'
columns are replaced, never those of the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Column, Enum
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator

from idiolect.operations.ops import CreateTableOp, DropTableOp
from idiolect_postgresql.names import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from idiolect.operations.ops import MigrateOperation

    Key = tuple[str | None, str]

#: Arguments of DOMAIN in output order; not all exist in every version of SQLAlchemy.
DOMAIN_OPTIONS = (
    "collation",
    "collation_schema",
    "default",
    "constraint_name",
    "not_null",
    "check",
    "schema",
)


def label_of(key: Key) -> str:
    """Return a type's name for messages, with its schema if that is not the default."""
    schema, name = key
    return f"{schema}.{name}" if schema else name


def native_type(type_: TypeEngine[Any], dialect: Dialect) -> Any:
    """Return the dialect's own type for a type, which may be decorated or have variants.

    A domain is returned as declared: SQLAlchemy's copy of it for the dialect lacks its default, its
    check and most else before SQLAlchemy 2.0.55.
    """
    known: Any = type_
    while True:
        known = known._variant_mapping.get(dialect.name, known)  # noqa: SLF001 - has no public name
        if isinstance(known, pg.DOMAIN):
            return known
        if not isinstance(known, TypeDecorator):
            return known.dialect_impl(dialect)
        known = known.load_dialect_impl(dialect)


def reuse_types(
    operations: Iterable[MigrateOperation],
    dialect: Dialect,
    *,
    before: Collection[Key],
    on_the_way_back: Collection[Key],
) -> None:
    """Replace types in operations so that tables do not create existing types.

    Args:
        operations: those of the upgrade.
        dialect: PostgreSQL's dialect.
        before: the types that exist before the first table is created.
        on_the_way_back: the types that exist before the downgrade creates a table again.
    """
    for one in operations:
        if isinstance(one, CreateTableOp):
            one.columns = _Known(dialect, before).without_creators(one.columns)
        elif isinstance(one, DropTableOp) and one._reverse is not None:  # noqa: SLF001 - a pair
            memory = one._reverse  # noqa: SLF001 - as above
            memory.columns = _Known(dialect, on_the_way_back).without_creators(memory.columns)


@dataclass(frozen=True, slots=True)
class _Known:
    """The existing types."""

    dialect: Dialect
    there: Collection[Key]

    def without_creators(self, items: Iterable[Any]) -> list[Any]:
        """Return the items of a table with column types that do not create existing types."""
        return [self._column(item) if isinstance(item, Column) else item for item in items]

    def _column(self, column: Column[Any]) -> Column[Any]:
        type_ = self._not_created(column.type)
        if type_ is column.type:
            return column
        changed = column._copy()  # noqa: SLF001 - as SQLAlchemy's own Table.to_metadata()
        changed.type = type_
        return changed

    def _not_created(self, type_: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return a type that its table does not create if it exists; otherwise the same type."""
        variants = type_._variant_mapping  # noqa: SLF001 - nowhere public
        variant = variants.get(self.dialect.name)
        if variant is not None:
            other = self._not_created(variant)
            return type_ if other is variant else _with_variant(type_, variants, other)
        native = native_type(type_, self.dialect)
        if isinstance(native, ARRAY):
            array = type_ if isinstance(type_, ARRAY) else native
            item = self._not_created(array.item_type)
            return type_ if item is array.item_type else _array_of(item, array)
        if not isinstance(native, (pg.ENUM, pg.DOMAIN)) or not native.name:
            return type_
        if not native.create_type:
            return type_
        default: Any = self.dialect.default_schema_name
        schema = None if native.schema == default else native.schema
        return (
            _never_created(type_, native)
            if (schema, kept(str(native.name))) in self.there
            else type_
        )


def _with_variant(type_: TypeEngine[Any], variants: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
    changed: Any = type_.copy()
    changed._variant_mapping = variants.union({"postgresql": other})  # noqa: SLF001 - as above
    return changed  # type: ignore[no-any-return]


def _array_of(item: TypeEngine[Any], array: ARRAY[Any]) -> ARRAY[Any]:
    kind: Callable[..., ARRAY[Any]] = type(array)
    options = ("as_tuple", "dimensions", "zero_indexes")
    return kind(item, **{name: getattr(array, name) for name in options})


def _never_created(type_: TypeEngine[Any], native: pg.ENUM | pg.DOMAIN) -> TypeEngine[Any]:
    if isinstance(native, pg.DOMAIN):
        return _existing_domain(native)
    words = [str(value) for value in native.enums]
    bare = pg.ENUM(*words, name=native.name, schema=native.schema, create_type=False)
    if not isinstance(type_, Enum) or isinstance(type_, pg.ENUM):
        return bare
    # Other databases do not need PostgreSQL's type.
    plain = Enum(*words, name=type_.name, schema=type_.schema)
    return plain.with_variant(bare, "postgresql")


def _existing_domain(domain: pg.DOMAIN) -> pg.DOMAIN:
    options = {name: getattr(domain, name, None) for name in DOMAIN_OPTIONS}
    given: Any = {name: value for name, value in options.items() if value is not None}
    return pg.DOMAIN(str(domain.name), domain.data_type, create_type=False, **given)

"""Creates SQLAlchemy's schema objects from the arguments of operations.

Operations become tables, columns, constraints and indexes here. Each object gets a new MetaData
with the naming convention of the target metadata.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeGuard, cast

import sqlalchemy.schema
from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    TextClause,
    UniqueConstraint,
    column,
)
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlalchemy.sql.visitors import iterate, replacement_traverse
from sqlalchemy.types import NULLTYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ForeignKey
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

    from idiolect.abc import ContextLike


class SchemaObjects:
    """Creates schema objects for one context.

    Args:
        migration_context: its ``target_metadata`` has the naming convention; None: SQLAlchemy's
            default convention.
    """

    def __init__(self, migration_context: ContextLike | None = None) -> None:
        self.migration_context = migration_context

    def metadata(self) -> MetaData:
        """Return a new MetaData with the naming convention of the target metadata, if any."""
        context = self.migration_context
        target = None if context is None else context.opts.get("target_metadata")
        convention = getattr(target, "naming_convention", None)
        return MetaData(naming_convention=convention) if convention else MetaData()

    def table(self, name: str, *columns: SchemaItem, **kw: Any) -> Table:
        """Return a table.

        Args:
            name: its name.
            columns: columns, constraints and indexes; those that belong to a table already are
                copied, the others are used directly.
            kw: arguments of SQLAlchemy's Table; ``_constraints_included``: ``columns`` contains all
                constraints, so flags of columns must not create more.
        """
        metadata = self.metadata()
        complete = kw.pop("_constraints_included", False)
        foreign = [item for item in columns if _is_of_another_table(item)]
        table = Table(name, metadata, *_own_items(columns, complete=complete), **kw)
        for constraint in foreign:
            copied = constraint._copy(target_table=table)  # noqa: SLF001 - SQLAlchemy's way to move
            table.append_constraint(copied)
        for foreign_key in table.foreign_keys:
            self._ensure_table_for_fk(metadata, foreign_key)
        return table

    def column(self, name: str, type_: TypeEngine[Any] = NULLTYPE, **kw: Any) -> Column[Any]:
        """Return a column without a table."""
        return Column(name, type_, **kw)

    def index(
        self,
        name: str | None,
        tablename: str | None,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        schema: str | None = None,
        **kw: Any,
    ) -> Index:
        """Return an index on a table that has only the columns it names.

        Args:
            name: its name; None uses the naming convention.
            tablename: the table; None if its name is unknown.
            columns: column names, or expressions.
            schema: the table's schema.
            kw: arguments of SQLAlchemy's Index.
        """
        named: dict[str, Column[Any]] = {}
        expressions: list[Any] = []
        for item in columns:
            if isinstance(item, NamedText):
                item = item.text  # noqa: PLW2901 - an index made before, made again
            if isinstance(item, Column):
                named.setdefault(item.name, _plain_copy(item))
                expressions.append(item.key)
            elif isinstance(item, str):
                named.setdefault(item, Column(item, NULLTYPE))
                expressions.append(item)
            elif isinstance(item, TextClause):
                part = NamedText(item)
                named.setdefault(item.text, part.stand_in)
                expressions.append(part)
            else:
                expressions.append(_detached(item))
        index = Index(name, *expressions, **kw)
        Table(tablename or "no_table", self.metadata(), *named.values(), index, schema=schema)
        return index

    def primary_key_constraint(
        self,
        name: str | None,
        table_name: str,
        cols: Sequence[str],
        schema: str | None = None,
        **dialect_kw: Any,
    ) -> PrimaryKeyConstraint:
        """Return a primary key on a table that has only its columns; see :meth:`index`."""
        constraint = PrimaryKeyConstraint(*cols, name=name, **dialect_kw)
        self._attach(constraint, table_name, cols, schema)
        return constraint

    def unique_constraint(
        self,
        name: str | None,
        source: str,
        local_cols: Sequence[str],
        schema: str | None = None,
        **kw: Any,
    ) -> UniqueConstraint:
        """Return a unique constraint on a table that has only its columns; see :meth:`index`."""
        constraint = UniqueConstraint(*local_cols, name=name, **kw)
        self._attach(constraint, source, local_cols, schema)
        return constraint

    def check_constraint(
        self,
        name: str | None,
        source: str,
        condition: str | TextClause | ColumnElement[Any],
        schema: str | None = None,
        **kw: Any,
    ) -> CheckConstraint:
        """Return a check on a new table that has the columns of the condition.

        Columns of other tables in the condition are replaced. The naming convention of such a table
        is applied first; the resulting name is final.
        """
        table = Table(source, self.metadata(), schema=schema)
        if isinstance(condition, ClauseElement):
            name = _name_at_home(name, condition)
            condition = _moved(condition, table)
        if not table.columns:
            table.append_column(Column("x", Integer))
        constraint = CheckConstraint(condition, name=name, **kw)
        table.append_constraint(constraint)
        return constraint

    def foreign_key_constraint(  # noqa: PLR0917 - documented order
        self,
        name: str | None,
        source: str,
        referent: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> ForeignKeyConstraint:
        """Return a foreign key between two tables that have only the columns it names."""
        metadata = self.metadata()
        itself = (source, source_schema) == (referent, referent_schema)
        names = [*local_cols, *remote_cols] if itself else local_cols
        table = Table(source, metadata, *_untyped(names), schema=source_schema)
        other = (
            table
            if itself
            else Table(referent, metadata, *_untyped(remote_cols), schema=referent_schema)
        )
        constraint = sqlalchemy.schema.ForeignKeyConstraint(
            list(local_cols),
            [target_of(other, remote) for remote in remote_cols],
            name=name,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            **dialect_kw,
        )
        table.append_constraint(constraint)
        return constraint

    def generic_constraint(
        self,
        name: str | None,
        table_name: str,
        type_: str | None,
        schema: str | None = None,
        **kw: Any,
    ) -> Constraint:
        """Return a constraint with only a name, which is sufficient to drop it.

        Args:
            name: its name; None uses the naming convention, without columns.
            table_name: the table.
            type_: ``"foreignkey"``, ``"primary"``, ``"unique"``, ``"check"``, or None.
            schema: the table's schema.
            kw: arguments of SQLAlchemy's constraint.

        Raises:
            TypeError: ``type_`` has another value.
        """
        if type_ not in _MADE_BY_TYPE:
            known = ", ".join(repr(one) for one in sorted(filter(None, _MADE_BY_TYPE)))
            raise TypeError(f"'type' can be one of {known}, None; got {type_!r}")
        constraint = _MADE_BY_TYPE[type_](name, **kw)
        table = Table(table_name, self.metadata(), schema=schema)
        table.append_constraint(constraint)
        return constraint

    def _attach(
        self, constraint: Constraint, table_name: str, columns: Sequence[str], schema: str | None
    ) -> None:
        Table(table_name, self.metadata(), *_untyped(columns), constraint, schema=schema)

    def _ensure_table_for_fk(self, metadata: MetaData, fk: ForeignKey) -> None:
        """Add a placeholder for the table that a foreign key names, unless it exists."""
        if fk._table_column is not None:  # noqa: SLF001 - the same in SQLAlchemy 2.0 and 2.1
            return
        schema, table_name, column_name = referent_of(fk)
        key = f"{schema}.{table_name}" if schema else table_name
        referent = metadata.tables.get(key)
        if referent is None:
            referent = Table(table_name, metadata, schema=schema)
        # By name: the column of a self-referential table may have another key.
        if column_name is not None and all(column_name != each.name for each in referent.c):
            referent.append_column(Column(column_name, NULLTYPE))


#: Constructors of placeholder constraints, by the ``type_`` of drop_constraint().
_MADE_BY_TYPE: dict[str | None, Callable[..., Constraint]] = {
    "foreignkey": lambda name, **kw: ForeignKeyConstraint([], [], name=name, **kw),
    "primary": lambda name, **kw: PrimaryKeyConstraint(name=name, **kw),
    "unique": lambda name, **kw: UniqueConstraint(name=name, **kw),
    "check": lambda name, **kw: CheckConstraint("", name=name, **kw),
    None: lambda name, **kw: Constraint(name=name, **kw),
}


def referent_of(fk: ForeignKey) -> tuple[str | None, str, str | None]:
    """Return schema, table and column that a foreign key refers to, whether or not they exist.

    The column is returned by its name in the database if the MetaData knows it, else as given.
    """
    remote = fk._table_column  # noqa: SLF001 - the same in SQLAlchemy 2.0 and 2.1
    if remote is None:
        with contextlib.suppress(InvalidRequestError):
            remote = fk.column
    if remote is not None:
        return remote.table.schema, remote.table.name, remote.name
    return fk._column_tokens  # noqa: SLF001 - as above


class TextColumn(Column[Any]):
    """Stands for text among the columns of an index; the table may have no such column."""

    inherit_cache = True


class NamedText(ColumnElement[Any]):
    """Text in an index, among whose columns is one of this name.

    The naming convention uses that column, and so do compilers of third-party dialects.

    Args:
        text: the indexed expression.
    """

    __visit_name__ = "idiolect_named_text"
    inherit_cache = False

    def __init__(self, text: TextClause) -> None:
        self.text = text
        self.stand_in: Column[Any] = TextColumn(text.text, NULLTYPE)

    def get_children(self, **kw: Any) -> list[Any]:
        """Return the column, so that SQLAlchemy finds it in this expression."""
        return [self.stand_in]


@compiles(NamedText)
def visit_named_text(element: NamedText, compiler: SQLCompiler, **kw: Any) -> str:
    """Render the text itself."""
    return compiler.process(element.text, **kw)


def _own_items(items: Sequence[Any], *, complete: bool) -> list[Any]:
    """Return items for a new table, copying columns of other tables."""
    owned: list[Any] = []
    for item in items:
        if not isinstance(item, SchemaItem) or isinstance(item, Table):
            raise TypeError(
                f"a Column, Constraint, Index or other SchemaItem is expected, got {item!r}"
            )
        if isinstance(item, Column) and item.table is not None:
            copied = item._copy()  # noqa: SLF001 - SQLAlchemy's way to move a column
            if complete:
                copied.unique = copied.index = None
            owned.append(copied)
        elif not _is_of_another_table(item):
            owned.append(item)
    return owned


def _untyped(names: Sequence[str]) -> list[Column[Any]]:
    return [Column(name, NULLTYPE) for name in dict.fromkeys(names)]


def target_of(table: Table, name: str) -> str | Column[Any]:
    """Return the target of a foreign key: as a name unless SQLAlchemy would split it."""
    dotted = "." in table.name or "." in name
    return table.c[name] if dotted else f"{table.fullname}.{name}"


def _is_of_another_table(item: Any) -> TypeGuard[Any]:
    # A constraint that knows its columns only by name has no parent yet.
    return isinstance(item, Constraint) and getattr(item, "parent", None) is not None


def _plain_copy(original: Column[Any]) -> Column[Any]:
    """Return a column of the same name and type without implicit index or constraint."""
    return Column(original.name, original.type, key=original.key, comment=original.comment)


def _name_at_home(name: str | None, condition: Any) -> str | None:
    """Return the name of a check on the table whose columns its condition uses."""
    tables = {
        each.table for each in iterate(condition) if isinstance(each, Column) and _has_table(each)
    }
    if len(tables) != 1:
        return name
    # The constructor attaches it to that table of the model: detach it.
    check = CheckConstraint(condition, name=name)
    tables.pop().constraints.discard(check)
    return cast("str | None", check.name)


def _has_table(item: Column[Any]) -> bool:
    return isinstance(getattr(item, "table", None), Table)


def _moved(expression: ClauseElement, table: Table) -> Any:
    """Return an expression with columns of other tables replaced by those of ``table``."""

    def replace(element: Any, **_kw: Any) -> Any:
        if not isinstance(element, Column):
            return None
        if element.name not in table.columns:
            table.append_column(Column(element.name, element.type))
        return table.columns[element.name]

    return replacement_traverse(expression, {}, replace)


def _detached(expression: Any) -> Any:
    """Return an expression with columns replaced by names, so that any table can use it."""
    if not isinstance(expression, ClauseElement):
        raise TypeError(
            f"String or text() construct expected, or a SQL expression; got {expression!r}"
        )

    def replace(element: Any, **_kw: Any) -> Any:
        if isinstance(element, Column):
            return column(element.name, element.type)
        return None

    return replacement_traverse(expression, {}, replace)

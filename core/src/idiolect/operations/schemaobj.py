"""SQLAlchemy's schema objects, made from the names and fragments that operations are given.

Ops come in to become tables, columns and indexes. Each object lives in a MetaData of its own,
with the naming convention of the target metadata; nothing is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from sqlalchemy import Column, Constraint, Index, MetaData, Table, TextClause, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NULLTYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ForeignKey
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

    from idiolect.abc import ContextLike


class SchemaObjects:
    """Makes schema objects for one context.

    Args:
        migration_context: whose ``target_metadata`` gives the naming convention; None: no
            convention beyond SQLAlchemy's own.
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
            columns: columns, constraints and indexes; those that belong to a table already
                are copied, the others are taken.
            kw: arguments of SQLAlchemy's Table; ``_constraints_included`` says that
                ``columns`` holds every constraint, so that flags of columns make no more.
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
        """Return a column that belongs to no table."""
        return Column(name, type_, **kw)

    def index(
        self,
        name: str | None,
        tablename: str | None,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        schema: str | None = None,
        **kw: Any,
    ) -> Index:
        """Return an index on a table that has just the columns it names.

        Args:
            name: its name; None asks the naming convention.
            tablename: the table; None where its name is not known.
            columns: names of columns, or expressions.
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
                expressions.append(item.name)
            elif isinstance(item, str):
                named.setdefault(item, Column(item, NULLTYPE))
                expressions.append(item)
            elif isinstance(item, TextClause) and name is None:
                part = NamedText(item)
                named.setdefault(item.text, part.stand_in)
                expressions.append(part)
            else:
                expressions.append(_detached(item))
        index = Index(name, *expressions, **kw)
        Table(tablename or "no_table", self.metadata(), *named.values(), index, schema=schema)
        return index

    def _ensure_table_for_fk(self, metadata: MetaData, fk: ForeignKey) -> None:
        """Make a stand-in for what a foreign key refers to by name, if nothing stands there."""
        if fk._table_column is not None:  # noqa: SLF001 - the same in SQLAlchemy 2.0 and 2.1
            return
        schema, table_name, column_name = fk._column_tokens  # noqa: SLF001 - as above
        key = f"{schema}.{table_name}" if schema else table_name
        referent = metadata.tables.get(key)
        if referent is None:
            referent = Table(table_name, metadata, schema=schema)
        if column_name is not None and column_name not in referent.c:
            referent.append_column(Column(column_name, NULLTYPE))


class NamedText(ColumnElement[Any]):
    """Text in an index without a name: the naming convention takes it for a column's name.

    Args:
        text: what is indexed.
    """

    __visit_name__ = "idiolect_named_text"
    inherit_cache = False

    def __init__(self, text: TextClause) -> None:
        self.text = text
        self.stand_in: Column[Any] = Column(text.text, NULLTYPE)

    def get_children(self, **kw: Any) -> list[Any]:
        """Return the column that SQLAlchemy shall find in this expression."""
        return [self.stand_in]


@compiles(NamedText)
def visit_named_text(element: NamedText, compiler: SQLCompiler, **kw: Any) -> str:
    """Render the text itself."""
    return compiler.process(element.text, **kw)


def _own_items(items: Sequence[Any], *, complete: bool) -> list[Any]:
    """Return the items a new table can take over, columns of other tables as copies."""
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


def _is_of_another_table(item: Any) -> TypeGuard[Any]:
    # A constraint that knows its columns by name alone has no parent yet.
    return isinstance(item, Constraint) and getattr(item, "parent", None) is not None


def _plain_copy(original: Column[Any]) -> Column[Any]:
    """Return a column of the same name and type that implies no index or constraint."""
    return Column(original.name, original.type, key=original.key, comment=original.comment)


def _detached(expression: Any) -> Any:
    """Return an expression whose table's columns are plain names, so that any table can hold it."""
    if not isinstance(expression, ClauseElement):
        raise TypeError(
            f"String or text() construct expected, or a SQL expression; got {expression!r}"
        )

    def replace(element: Any, **_kw: Any) -> Any:
        if isinstance(element, Column):
            return column(element.name, element.type)
        return None

    return replacement_traverse(expression, {}, replace)

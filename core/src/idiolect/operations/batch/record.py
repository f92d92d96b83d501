"""What a batch collects, and the choice between ALTER and a new table.

``batch_alter_table`` makes one as the impl of its directives: each call of the impl is kept, and
carried out when the block ends. How a table is rebuilt: ``rebuild.py``.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import MetaData, Table, inspect
from sqlalchemy.exc import NoSuchTableError

from idiolect.errors import OperationError
from idiolect.hooks.journal import Reader, reading_for
from idiolect.operations.batch.rebuild import ApplyBatchImpl
from idiolect.operations.explain import ReflectionError, ScriptReflectionError, told_of
from idiolect.util.sqla_compat import in_transaction, name_by_convention, take_literally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Literal, TypeAlias

    from sqlalchemy import Column, Constraint, Index
    from sqlalchemy.engine import Dialect

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.operations.base import Operations

    Recreate: TypeAlias = Literal["auto", "always", "never"]

_RECREATE = ("auto", "always", "never")
_PLACES = ("insert_before", "insert_after")


class RecreateValueError(OperationError, ValueError):
    """``recreate`` has a value that means nothing. Also a ValueError."""


class Recorded(NamedTuple):
    """One call of the impl that a batch keeps.

    Attributes:
        name: the impl's method.
        args: its positional arguments.
        kw: its keyword arguments.
    """

    name: str
    args: tuple[Any, ...]
    kw: dict[str, Any]


class BatchOperationsImpl:
    """Stands for the impl inside of a batch: keeps what is asked of it until :meth:`flush`.

    Args:
        operations: the directives around the batch.
        table_name: the table that changes.
        schema: its schema; None is the connection's default schema.
        recreate: ``"auto"`` leaves the choice to the dialect's impl.
        copy_from: the table as it stands, in place of reflection.
        table_args: constraints and the like that the new table gets besides.
        table_kwargs: arguments of the new Table.
        reflect_args: columns and the like that stand in place of what is reflected.
        reflect_kwargs: arguments of the Table that is reflected.
        naming_convention: names reflected constraints that have none.
        partial_reordering: tuples of names of columns, each in the order wanted.

    Attributes:
        batch: what was recorded, in order.
        asked: the directive that is being recorded, for messages.

    Raises:
        ValueError: ``recreate`` is something else.
    """

    def __init__(  # noqa: PLR0917 - documented order
        self,
        operations: Operations,
        table_name: str,
        schema: str | None,
        recreate: Recreate,
        copy_from: Table | None,
        table_args: Sequence[Any],
        table_kwargs: Mapping[str, Any],
        reflect_args: Sequence[Any],
        reflect_kwargs: Mapping[str, Any],
        naming_convention: Mapping[str, Any] | None,
        partial_reordering: Sequence[tuple[str, ...]] | None,
    ) -> None:
        if recreate not in _RECREATE:
            raise RecreateValueError(
                "recreate may be one of 'auto', 'always', or 'never'. "
                f"batch_alter_table on table {table_name!r} got {recreate!r}"
            )
        self.operations = operations
        self.table_name = table_name
        self.schema = schema
        self.recreate = recreate
        self.copy_from = copy_from
        self.table_args = table_args
        self.table_kwargs = dict(table_kwargs)
        self.reflect_args = reflect_args
        self.reflect_kwargs = dict(reflect_kwargs)
        self.naming_convention = dict(naming_convention or {})
        self.partial_reordering = tuple(partial_reordering or ())
        self.batch: list[Recorded] = []
        self.asked = ""
        self._directives: list[str] = []

    @property
    def dialect(self) -> Dialect:
        """The dialect of the database."""
        return self.operations.impl.dialect

    @property
    def impl(self) -> DefaultImpl:
        """The impl that carries out what is recorded here."""
        return self.operations.impl

    @property
    def has_comment_statements(self) -> bool:
        """Whether comments are statements of their own."""
        return self.impl.has_comment_statements

    def _should_recreate(self) -> bool:
        if self.recreate == "auto":
            return self.impl.requires_recreate_in_batch(self)
        return self.recreate == "always"

    def flush(self) -> None:
        """Carry out what was recorded, in a transaction of its own where none is open.

        Raises:
            CommandError: the table has to be reflected and a script is written, it is not there,
                or what was recorded cannot be done to it; nothing was sent then.
        """
        told = told_of(f"batch_alter_table on table {self.table_name!r}")
        reading = reading_for(Reader.OPERATION, self.operations.migration_context)
        with self._transaction(), told, reading:
            self._flush()

    def _transaction(self) -> AbstractContextManager[Any]:
        connection = None if self.impl.as_sql else self.impl.connection
        if connection is None or in_transaction(connection):
            return contextlib.nullcontext()
        begun: AbstractContextManager[Any] = connection.begin()
        return begun

    def _flush(self) -> None:
        if self._should_recreate():
            rebuild = ApplyBatchImpl(
                self.impl,
                self.copy_from if self.copy_from is not None else self._reflected(),
                self.table_args,
                self.table_kwargs,
                self.copy_from is None,
                partial_reordering=self.partial_reordering,
            )
            for (name, args, kw), directive in self._recorded():
                with told_of(directive):
                    getattr(rebuild, name)(*args, **kw)
            rebuild._create(self.impl)  # noqa: SLF001 - of the same package
            return
        for (name, args, kw), directive in self._recorded():
            with told_of(directive):
                self._demand_alter(name, args, kw)
        for (name, args, kw), directive in self._recorded():
            with told_of(directive):
                getattr(self.impl, name)(*args, **_without_places(kw))

    def _recorded(self) -> Iterator[tuple[Recorded, str]]:
        # Code that adds to the batch directly names no directive.
        for place, recorded in enumerate(self.batch):
            yield recorded, self._directives[place] if place < len(self._directives) else ""

    def _demand_alter(self, name: str, args: tuple[Any, ...], kw: dict[str, Any]) -> None:
        """Refuse what ALTER cannot do before the first statement is sent."""
        if name == "add_column" and any(kw.get(place) for place in _PLACES):
            raise OperationError(
                "Can't specify insert_before or insert_after when using ALTER; please specify "
                f"recreate='always' (batch_alter_table on table {self.table_name!r})"
            )
        if name == "add_constraint":
            self.impl.refuse_constraint(args[0])

    def _reflected(self) -> Table:
        if self.operations.migration_context.as_sql:
            raise ScriptReflectionError(
                "This operation cannot proceed in --sql mode; batch mode with dialect "
                f"{self.operations.migration_context.dialect.name} requires a live database "
                f'connection with which to reflect the table "{self.table_name}". '
                "To generate a batch SQL migration script using table "
                '"move and copy", a complete Table object should be passed to the "copy_from" '
                "argument of the batch_alter_table() method so that table reflection can be "
                "skipped."
            )
        try:
            table = self._read(self.reflect_kwargs)
        except NoSuchTableError as exc:
            if not self._is_there(self.table_name):
                raise ReflectionError(
                    f"batch_alter_table: there is no table {str(exc)!r} in the database; "
                    f"{self._why_missing()}"
                ) from exc
            # A table that a foreign key refers to is missing, which is no reason to stop here.
            table = self._read({**self.reflect_kwargs, "resolve_fks": False})
        take_literally(table)
        # Names that the database has stay as they are; the convention is for what has none.
        name_by_convention(table, self.naming_convention)
        self.impl.complete_for_batch(table)
        return table

    def _read(self, reflect_kwargs: Mapping[str, Any]) -> Table:
        return Table(
            self.table_name,
            MetaData(),
            *self.reflect_args,
            schema=self.schema,
            autoload_with=self.operations.get_bind(),
            **reflect_kwargs,
        )

    def _is_there(self, name: str) -> bool:
        return inspect(self.operations.get_bind()).has_table(name, schema=self.schema)

    def _why_missing(self) -> str:
        leftover = ApplyBatchImpl._calc_temp_name(self.table_name)  # noqa: SLF001 - of the same package
        if not self._is_there(leftover):
            return "check the spelling of its name and schema"
        return (
            f"but {str(leftover)!r} is there, which a run has left that was killed after it had "
            f"dropped the old table. It has all rows: rename it to {self.table_name!r}, make its "
            "indexes, and stamp the revision that was run, or run it again"
        )

    def _record(self, name: str, /, *args: Any, **kw: Any) -> None:
        self.batch.append(Recorded(name, args, kw))
        self._directives.append(self.asked)

    def refuse_constraint(self, const: Constraint) -> None:
        """Refuse nothing yet: it is not known whether the table will be rebuilt."""

    def add_column(self, *arg: Any, **kw: Any) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("add_column", *arg, **kw)

    def drop_column(self, *arg: Any, **kw: Any) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("drop_column", *arg, **kw)

    def alter_column(self, *arg: Any, **kw: Any) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("alter_column", *arg, **kw)

    def add_constraint(self, const: Constraint) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("add_constraint", const)

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("drop_constraint", const, **kw)

    def create_index(self, idx: Index, **kw: Any) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("create_index", idx, **kw)

    def drop_index(self, idx: Index, **kw: Any) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("drop_index", idx, **kw)

    def create_table_comment(self, table: Table) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("create_table_comment", table)

    def drop_table_comment(self, table: Table) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("drop_table_comment", table)

    def create_column_comment(self, column: Column[Any]) -> None:
        """Keep a call of the impl's method of this name."""
        self._record("create_column_comment", column)

    def create_table(self, table: Table, **kw: Any) -> None:
        """Refuse: a batch is about one table that is there."""
        raise OperationError(f"A batch changes one table; create {table.name!r} outside of it.")

    def drop_table(self, table: Table, **kw: Any) -> None:
        """Refuse: a batch is about one table that stays."""
        raise OperationError(f"A batch changes one table; drop {table.name!r} outside of it.")

    def rename_table(self, *arg: Any, **kw: Any) -> None:
        """Refuse: a batch is about one table that keeps its name."""
        raise OperationError(
            f"A batch changes the columns of {self.table_name!r}; rename the table outside of it."
        )


def _without_places(kw: dict[str, Any]) -> dict[str, Any]:
    # ALTER leaves a column where it is, so what is said of its place means nothing then.
    return {key: value for key, value in kw.items() if key not in _PLACES}

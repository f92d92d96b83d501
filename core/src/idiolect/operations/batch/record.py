"""Records a batch, and decides between ALTER and recreating the table.

``batch_alter_table`` uses one as the impl of its directives: each call is recorded, and executed
at the end of the block. The rebuild is in ``rebuild.py``.
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
from idiolect.operations.explain import ReflectionError, ScriptReflectionError, noting_operation
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
    """``recreate`` has an invalid value. Also a ValueError."""


class Recorded(NamedTuple):
    """A recorded call of the impl.

    Attributes:
        name: the impl's method.
        args: its positional arguments.
        kw: its keyword arguments.
    """

    name: str
    args: tuple[Any, ...]
    kw: dict[str, Any]


class BatchOperationsImpl:
    """Replaces the impl inside of a batch: records calls until :meth:`flush`.

    Args:
        operations: the Operations that the batch belongs to.
        table_name: the table.
        schema: its schema; None is the connection's default schema.
        recreate: ``"auto"`` leaves the decision to the dialect's impl.
        copy_from: the existing table, instead of reflection.
        table_args: additional constraints and the like for the new table.
        table_kwargs: arguments of the new Table.
        reflect_args: columns and the like that override the reflected ones.
        reflect_kwargs: arguments of the reflected Table.
        naming_convention: names reflected constraints without a name.
        partial_reordering: tuples of column names, each in the requested order.

    Attributes:
        batch: the recorded calls, in order.
        asked: the directive being recorded, for messages.

    Raises:
        ValueError: ``recreate`` has another value.
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
        """The impl that executes the recorded calls."""
        return self.operations.impl

    @property
    def has_comment_statements(self) -> bool:
        """Whether comments are separate statements."""
        return self.impl.has_comment_statements

    def _should_recreate(self) -> bool:
        if self.recreate == "auto":
            return self.impl.requires_recreate_in_batch(self)
        return self.recreate == "always"

    def flush(self) -> None:
        """Execute the recorded calls, in a new transaction if none is open.

        Raises:
            CommandError: the table has to be reflected in a script, does not exist, or a change
                cannot be applied to it; nothing has been sent then.
        """
        told = noting_operation(f"batch_alter_table on table {self.table_name!r}")
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
                with noting_operation(directive):
                    getattr(rebuild, name)(*args, **kw)
            rebuild._create(self.impl)  # noqa: SLF001 - of the same package
            return
        for (name, args, kw), directive in self._recorded():
            with noting_operation(directive):
                self._require_alter(name, args, kw)
        for (name, args, kw), directive in self._recorded():
            with noting_operation(directive):
                getattr(self.impl, name)(*args, **_without_places(kw))

    def _recorded(self) -> Iterator[tuple[Recorded, str]]:
        # Code that appends to the batch directly sets no directive.
        for place, recorded in enumerate(self.batch):
            yield recorded, self._directives[place] if place < len(self._directives) else ""

    def _require_alter(self, name: str, args: tuple[Any, ...], kw: dict[str, Any]) -> None:
        """Raise for what ALTER does not support, before the first statement is sent."""
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
            # The target of a foreign key does not exist, which does not matter here.
            table = self._read({**self.reflect_kwargs, "resolve_fks": False})
        take_literally(table, self.reflect_args)
        # Existing names are kept; the convention is for unnamed constraints.
        name_by_convention(table, self.naming_convention)
        self.impl.complete_for_batch(table)
        return table

    def _read(self, reflect_kwargs: Mapping[str, Any]) -> Table:
        correct = ("column_reflect", self.impl.reflect_for_batch)
        given = {**reflect_kwargs, "listeners": [*reflect_kwargs.get("listeners", ()), correct]}
        return Table(
            self.table_name,
            MetaData(),
            *self.reflect_args,
            schema=self.schema,
            autoload_with=self.operations.get_bind(),
            **given,
        )

    def _is_there(self, name: str) -> bool:
        return inspect(self.operations.get_bind()).has_table(name, schema=self.schema)

    def _why_missing(self) -> str:
        leftover = ApplyBatchImpl._calc_temp_name(self.table_name)  # noqa: SLF001 - of the same package
        if not self._is_there(leftover):
            return "check the spelling of its name and schema"
        return (
            f"but {str(leftover)!r} exists, left by a run that was killed after it had dropped "
            f"the old table. It has all rows: rename it to {self.table_name!r}, create its "
            "indexes, and stamp the revision that was run, or run it again"
        )

    def _record(self, name: str, /, *args: Any, **kw: Any) -> None:
        self.batch.append(Recorded(name, args, kw))
        self._directives.append(self.asked)

    def refuse_constraint(self, const: Constraint) -> None:
        """Do nothing: it is not yet known whether the table will be recreated."""

    def add_column(self, *arg: Any, **kw: Any) -> None:
        """Record a call of the impl's method of this name."""
        self._record("add_column", *arg, **kw)

    def drop_column(self, *arg: Any, **kw: Any) -> None:
        """Record a call of the impl's method of this name."""
        self._record("drop_column", *arg, **kw)

    def alter_column(self, *arg: Any, **kw: Any) -> None:
        """Record a call of the impl's method of this name."""
        self._record("alter_column", *arg, **kw)

    def add_constraint(self, const: Constraint) -> None:
        """Record a call of the impl's method of this name."""
        self._record("add_constraint", const)

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Record a call of the impl's method of this name."""
        self._record("drop_constraint", const, **kw)

    def create_index(self, idx: Index, **kw: Any) -> None:
        """Record a call of the impl's method of this name."""
        self._record("create_index", idx, **kw)

    def drop_index(self, idx: Index, **kw: Any) -> None:
        """Record a call of the impl's method of this name."""
        self._record("drop_index", idx, **kw)

    def create_table_comment(self, table: Table) -> None:
        """Record a call of the impl's method of this name."""
        self._record("create_table_comment", table)

    def drop_table_comment(self, table: Table) -> None:
        """Record a call of the impl's method of this name."""
        self._record("drop_table_comment", table)

    def create_column_comment(self, column: Column[Any]) -> None:
        """Record a call of the impl's method of this name."""
        self._record("create_column_comment", column)

    def create_table(self, table: Table, **kw: Any) -> None:
        """Raise: a batch changes an existing table."""
        raise OperationError(f"A batch changes one table; create {table.name!r} outside of it.")

    def drop_table(self, table: Table, **kw: Any) -> None:
        """Raise: a batch cannot drop its table."""
        raise OperationError(f"A batch changes one table; drop {table.name!r} outside of it.")

    def rename_table(self, *arg: Any, **kw: Any) -> None:
        """Raise: a batch cannot rename its table."""
        raise OperationError(
            f"A batch changes the columns of {self.table_name!r}; rename the table outside of it."
        )


def _without_places(kw: dict[str, Any]) -> dict[str, Any]:
    # ALTER does not move columns, so their position is ignored.
    return {key: value for key, value in kw.items() if key not in _PLACES}

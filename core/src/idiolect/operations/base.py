"""Operations: what ``op`` is, and what carries an operation out.

Contexts make one and bind it; op classes register their directives as its methods; functions
register as their implementations. Nothing here knows a single operation.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar, cast

import sqlalchemy.util
from sqlalchemy.sql.elements import conv

from idiolect.ddl.literals import InlineLiteral
from idiolect.operations.contributed import refresh
from idiolect.operations.explain import (
    ScriptUnsupportedError,
    SyncConnectionError,
    UnimplementedError,
    describe,
    explained,
)
from idiolect.operations.registry import (
    OperationRegistry,
    batch_directives,
    directives,
    implementations,
)
from idiolect.operations.schemaobj import SchemaObjects
from idiolect.util import progress
from idiolect.util.bound import operations as bound_operations
from idiolect.util.langhelpers import EMPTY_DICT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from typing import Literal

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.operations.batch.record import BatchOperationsImpl
    from idiolect.operations.methods import BatchOperationsMethods, OperationsMethods

    # The context is made two floors above; only its type is needed here.
    from idiolect.runtime.migration import MigrationContext
    from idiolect.util.dispatch import Dispatcher
else:
    BatchOperationsMethods = OperationsMethods = object

_T = TypeVar("_T")
_C = TypeVar("_C", bound="Callable[..., Any]")


class AbstractOperations:
    """What Operations and BatchOperations share.

    Args:
        migration_context: the context whose database is to change.
        impl: what carries the operations out; None: the context's own.

    Attributes:
        schema_obj: makes schema objects with the context's naming convention.
    """

    _to_impl: ClassVar[Dispatcher] = implementations
    _directives: ClassVar[OperationRegistry]

    def __init__(self, migration_context: MigrationContext, impl: Any = None) -> None:
        self.migration_context = migration_context
        self.impl: DefaultImpl = migration_context.impl if impl is None else impl
        self.schema_obj = SchemaObjects(migration_context)
        refresh()

    @classmethod
    def register_operation(
        cls, name: str, sourcename: str | None = None
    ) -> Callable[[type[_T]], type[_T]]:
        """Return a class decorator that makes an operation a method of this class.

        Args:
            name: what the method is called.
            sourcename: the classmethod of the operation that the method calls, with the
                Operations as its first argument; None: the one called ``name``.
        """

        def register(op_class: type[_T]) -> type[_T]:
            registration = cls._directives.add(name, op_class, sourcename)
            setattr(cls, name, registration.method())
            return op_class

        return register

    @classmethod
    def implementation_for(cls, op_cls: Any, replace: bool = False) -> Callable[[_C], _C]:
        """Return a decorator that makes a function carry an operation out.

        Args:
            op_cls: the operation's class; its subclasses are served too.
            replace: take the place of the function that is there.

        Raises:
            ValueError: there is one already, and ``replace`` is not given.
        """
        return cls._to_impl.dispatch_for(op_cls, replace=replace)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_") or name in {"migration_context", "impl", "schema_obj"}:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        raise self._directives.unknown(name)

    def get_context(self) -> MigrationContext:
        """Return the context whose database is to change."""
        return self.migration_context

    def get_bind(self) -> Connection:
        """Return the connection of the context; in a script's case a stand-in that writes."""
        return cast("Connection", self.migration_context.impl.bind)

    def invoke(self, operation: Any) -> Any:
        """Carry an operation out.

        Args:
            operation: any operation that has an implementation.

        Returns:
            What its implementation returns: of create_table the Table, else mostly None.

        Raises:
            OperationError: there is no implementation, or the operation cannot be put into SQL.
        """
        dialect = self.migration_context.impl.__dialect__
        try:
            implementation = self._to_impl.dispatch(operation, dialect)
        except ValueError as exc:
            raise UnimplementedError(
                f"Nothing carries out {describe(operation)}: register a function for "
                f"{type(operation).__qualname__} with Operations.implementation_for()."
            ) from exc
        with explained(operation):
            observer = progress.observer
            if observer is None:
                return implementation(self, operation)
            before = observer.operation(operation)
            try:
                return implementation(self, operation)
            finally:
                observer.operation(before)

    def f(self, name: str) -> conv:
        """Mark a constraint's name as final, so that no naming convention is applied to it."""
        return conv(name)

    def inline_literal(
        self, value: str | int, type_: TypeEngine[Any] | None = None
    ) -> InlineLiteral:
        """Return a value that is rendered into the text of a statement.

        Args:
            value: text or a number; other types as far as the dialect renders them.
            type_: its type; None: derived from the value.
        """
        return InlineLiteral(value, type_=type_)

    def run_async(
        self, async_function: Callable[..., Awaitable[_T]], *args: Any, **kw_args: Any
    ) -> _T:
        """Await a coroutine function from a revision, in the migration's transaction.

        Args:
            async_function: called with an AsyncConnection that shares the context's connection
                and transaction, then with what follows.
            args: further arguments for it.
            kw_args: further arguments for it.

        Returns:
            What it returns.

        Raises:
            NotImplementedError: a script is written, on which nothing can be awaited.
            ValueError: the connection's driver is not asynchronous.
        """
        connection: Any = self.get_bind()
        if connection is None or self.migration_context.as_sql:
            raise ScriptUnsupportedError("Cannot call run_async in SQL mode")
        if not connection.dialect.is_async:
            raise SyncConnectionError("Cannot call run_async with a sync engine")
        # Loads greenlet, which a synchronous project may not have.
        from sqlalchemy.ext.asyncio import AsyncConnection

        proxy = AsyncConnection._retrieve_proxy_for_target(connection)  # noqa: SLF001 - no public way
        awaited: _T = sqlalchemy.util.await_only(async_function(proxy, *args, **kw_args))
        return awaited


class Operations(AbstractOperations, OperationsMethods):
    """The directives of a revision file, for one context.

    A program may make one for a MigrationContext of its own; in a revision file, ``op`` stands
    for the one of the running context.
    """

    _directives = directives

    @classmethod
    @contextlib.contextmanager
    def context(cls, migration_context: MigrationContext) -> Iterator[Operations]:
        """Bind ``op`` to a new object for the time of a block, in this thread or task."""
        operations = Operations(migration_context)
        with bound_operations.bind(operations):
            yield operations

    @contextlib.contextmanager
    def batch_alter_table(  # noqa: PLR0917 - documented order
        self,
        table_name: str,
        schema: str | None = None,
        recreate: Literal["auto", "always", "never"] = "auto",
        partial_reordering: Sequence[tuple[str, ...]] | None = None,
        copy_from: Table | None = None,
        table_args: Sequence[Any] = (),
        table_kwargs: Mapping[str, Any] = EMPTY_DICT,
        reflect_args: Sequence[Any] = (),
        reflect_kwargs: Mapping[str, Any] = EMPTY_DICT,
        naming_convention: Mapping[str, Any] | None = None,
    ) -> Iterator[BatchOperations]:
        """Change one table in a block, whose directives are carried out together at its end.

        Where the database has no ALTER for what is asked (SQLite), a new table is made, the rows
        are copied, and it takes the old one's place.

        Args:
            table_name: the table.
            schema: its schema; None is the connection's default schema.
            recreate: whether a new table is made: ``"always"``, ``"never"``, or ``"auto"``: where
                the database needs it.
            partial_reordering: tuples of names of columns, each in the order that the new table
                shall have them in.
            copy_from: the table as it stands, complete; it is not read from the database then,
                as a script cannot.
            table_args: constraints and the like that the new table gets besides; checks without
                a name have to be given here, or are lost.
            table_kwargs: arguments of SQLAlchemy's Table for the new table.
            reflect_args: columns and the like that stand in place of what is read.
            reflect_kwargs: arguments of SQLAlchemy's Table for the table that is read.
            naming_convention: names constraints of the table that have none, so that they can be
                dropped.

        Yields:
            The directives of the batch, which name no table.

        Raises:
            ValueError: ``recreate`` is something else.
            CommandError: a script is written, and the table would have to be read.
        """
        # The batch stands on the operations, so it cannot be imported before.
        from idiolect.operations.batch.record import BatchOperationsImpl

        impl = BatchOperationsImpl(
            self,
            table_name,
            schema,
            recreate,
            copy_from,
            table_args,
            table_kwargs,
            reflect_args,
            reflect_kwargs,
            naming_convention,
            partial_reordering,
        )
        yield BatchOperations(self.migration_context, impl=impl)
        impl.flush()


class BatchOperations(AbstractOperations, BatchOperationsMethods):
    """The directives inside ``batch_alter_table``, which name no table."""

    _directives = batch_directives
    impl: BatchOperationsImpl  # type: ignore[assignment]  # keeps what an impl would send

    def invoke(self, operation: Any) -> Any:
        """Keep what an operation does; see :meth:`AbstractOperations.invoke`."""
        self.impl.asked = describe(operation)
        return super().invoke(operation)

"""Operations: the object behind ``op``, and the dispatch from operations to implementations.

Contexts create and bind one; op classes register their directives as its methods; functions are
registered as implementations. Nothing here knows a specific operation.
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

    # Imported only for its type: the runtime is a higher layer.
    from idiolect.runtime.migration import MigrationContext
    from idiolect.util.dispatch import Dispatcher
else:
    BatchOperationsMethods = OperationsMethods = object

_T = TypeVar("_T")
_C = TypeVar("_C", bound="Callable[..., Any]")


class AbstractOperations:
    """Base class of Operations and BatchOperations.

    Args:
        migration_context: the context whose database is changed.
        impl: executes the operations; None: the context's impl.

    Attributes:
        schema_obj: creates schema objects with the context's naming convention.
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
            name: the method's name.
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
        """Return a decorator that registers a function as the implementation of an operation.

        Args:
            op_cls: the operation's class; also applies to its subclasses.
            replace: replace an existing implementation.

        Raises:
            ValueError: there is one already, and ``replace`` is not set.
        """
        return cls._to_impl.dispatch_for(op_cls, replace=replace)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_") or name in {"migration_context", "impl", "schema_obj"}:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        error = self._directives.unknown(name)
        # If neither object nor name are set, Python sets both, and adds its own suggestion.
        error.obj = self
        raise error

    def get_context(self) -> MigrationContext:
        """Return the context whose database is changed."""
        return self.migration_context

    def get_bind(self) -> Connection:
        """Return the context's connection; for a script, a mock connection that writes."""
        return cast("Connection", self.migration_context.impl.bind)

    def invoke(self, operation: Any) -> Any:
        """Execute an operation.

        Args:
            operation: an operation that has an implementation.

        Returns:
            The result of its implementation: the Table for create_table, mostly None for others.

        Raises:
            OperationError: there is no implementation, or the operation cannot be rendered as SQL.
        """
        dialect = self.migration_context.impl.__dialect__
        try:
            implementation = self._to_impl.dispatch(operation, dialect)
        except ValueError as exc:
            raise UnimplementedError(
                f"Nothing implements {describe(operation)}: register a function for "
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
        """Mark a constraint's name as final, so that the naming convention is not applied."""
        return conv(name)

    def inline_literal(
        self, value: str | int, type_: TypeEngine[Any] | None = None
    ) -> InlineLiteral:
        """Return a value that is rendered as a literal in the statement.

        Args:
            value: text or a number; other types if the dialect can render them.
            type_: its type; None derives it from the value.
        """
        return InlineLiteral(value, type_=type_)

    def run_async(
        self, async_function: Callable[..., Awaitable[_T]], *args: Any, **kw_args: Any
    ) -> _T:
        """Run a coroutine function from a revision, in the migration's transaction.

        Args:
            async_function: called with an AsyncConnection that shares the context's connection and
                transaction, then with the other arguments.
            args: positional arguments for it.
            kw_args: keyword arguments for it.

        Returns:
            Its result.

        Raises:
            NotImplementedError: in a script, where nothing can be awaited.
            ValueError: the connection's driver is not asynchronous.
        """
        connection: Any = self.get_bind()
        if connection is None or self.migration_context.as_sql:
            raise ScriptUnsupportedError("Cannot call run_async in SQL mode")
        if not connection.dialect.is_async:
            raise SyncConnectionError("Cannot call run_async with a sync engine")
        # Imported here because it loads greenlet, which a synchronous project may not have.
        from sqlalchemy.ext.asyncio import AsyncConnection

        proxy = AsyncConnection._retrieve_proxy_for_target(connection)  # noqa: SLF001 - no public way
        awaited: _T = sqlalchemy.util.await_only(async_function(proxy, *args, **kw_args))
        return awaited


class Operations(AbstractOperations, OperationsMethods):
    """The directives of a revision file, for one context.

    Programs can create one for their own MigrationContext; in a revision file, ``op`` is the one
    of the running context.
    """

    _directives = directives
    # Replaced by subclasses that watch a batch; None: the class of this module's package.
    _batch_impl: ClassVar[type[BatchOperationsImpl] | None] = None
    _batch_operations: ClassVar[type[BatchOperations] | None] = None

    @classmethod
    @contextlib.contextmanager
    def context(cls, migration_context: MigrationContext) -> Iterator[Operations]:
        """Bind ``op`` to a new object inside the block, in this thread or task."""
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
        """Change one table in a block, whose directives are executed together at its end.

        If the database has no suitable ALTER (SQLite), a new table is created, the rows are copied,
        and it replaces the old one.

        Args:
            table_name: the table.
            schema: its schema; None is the connection's default schema.
            recreate: whether to create a new table: ``"always"``, ``"never"``, or ``"auto"``: if
                the database needs it.
            partial_reordering: tuples of column names, each in the order for the new table.
            copy_from: the complete existing table; it is then not reflected, which is not possible
                in a script.
            table_args: additional constraints and the like for the new table; unnamed checks have
                to be given here, or are lost.
            table_kwargs: arguments of SQLAlchemy's Table for the new table.
            reflect_args: columns and the like that override the reflected ones.
            reflect_kwargs: arguments of SQLAlchemy's Table for the reflected table.
            naming_convention: names unnamed constraints of the table, so that they can be dropped.

        Yields:
            The directives of the batch, which take no table name.

        Raises:
            ValueError: ``recreate`` has another value.
            CommandError: in a script, if the table would have to be reflected.
        """
        # Imported here because it imports this module.
        from idiolect.operations.batch.record import BatchOperationsImpl

        impl = (self._batch_impl or BatchOperationsImpl)(
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
        made = self._batch_operations or BatchOperations
        yield made(self.migration_context, impl=impl)
        impl.flush()


class BatchOperations(AbstractOperations, BatchOperationsMethods):
    """The directives inside ``batch_alter_table``, which take no table name."""

    _directives = batch_directives
    impl: BatchOperationsImpl  # type: ignore[assignment]  # keeps what an impl would send

    def invoke(self, operation: Any) -> Any:
        """Record what an operation does; see :meth:`AbstractOperations.invoke`."""
        self.impl.asked = describe(operation)
        return super().invoke(operation)

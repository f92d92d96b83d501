"""Specifications of all hooks: decisions that plugins can take, and events they can observe.

Each hook has a caller, a default in a ``builtin.py``, a section in ``docs/reference/hooks.md`` and
a test named after it. Naming: a noun or ``get_`` returns a result (the first one counts), ``on_``
notifies of an event (all implementations are called), ``run_`` is meant to be wrapped. ``None``
means "no opinion"; ``False``, ``""`` and ``0`` are results.

Calling order: plugins of the group ``idiolect.plugins`` and those registered in code, newest first;
the dialect's own plugin; the core's default. A dialect's plugin is called only for contexts of its
dialect. Hooks named ``register_`` are called on every loaded plugin, whatever its dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from idiolect.hooks.markers import hookspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection, Dialect, Inspector
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.collectors import (
        CommandCollector,
        OperationCollector,
        WriteHookCollector,
    )
    from idiolect.hooks.compared import Comparator, Expression, SchemaObject, TableSide
    from idiolect.hooks.journal import JournalSupport
    from idiolect.hooks.lint import LintRule
    from idiolect.hooks.locks import LockRequest, MigrationLock
    from idiolect.hooks.options import OptionRegistry
    from idiolect.hooks.records import DialectRules, OfflineTransaction, VersionTableSpec
    from idiolect.hooks.reflected import ReflectedTables
    from idiolect.hooks.steps import SessionLimits
    from idiolect.hooks.templates import TemplateFolder
    from idiolect.operations.ops.containers import MigrationScript
    from idiolect.operations.ops.core import MigrateOperation
    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationInfo, MigrationStep


@hookspec(firstresult=True)
def get_impl_class(dialect: Dialect) -> type[DefaultImpl] | None:
    """Return the class that generates this dialect's SQL for operations.

    Called once per context, before any other hook. Not called if the user defined a class with
    the dialect's name as ``__dialect__``.
    """


@hookspec(firstresult=True)
def transactional_ddl(
    dialect: Dialect, impl_class: type[DefaultImpl], connection: Connection | None
) -> bool | None:
    """Return whether the DDL of a failed revision can be rolled back.

    Called once per context, unless ``configure(transactional_ddl=...)`` is given.

    Args:
        dialect: the context's SQLAlchemy dialect.
        impl_class: the result of :func:`get_impl_class`.
        connection: the connection to migrate on; None for a script (``--sql``).
    """


@hookspec(firstresult=True)
def statement_terminator(dialect: Dialect, impl_class: type[DefaultImpl]) -> str | None:
    """Return the terminator of statements in a script; ``""`` for none. Called once per context."""


@hookspec(firstresult=True)
def batch_separator(
    dialect: Dialect, impl_class: type[DefaultImpl], opts: Mapping[str, Any]
) -> str | None:
    """Return the line to write after each statement of a script; ``""`` for none.

    Called once per context.

    Args:
        dialect: the context's SQLAlchemy dialect.
        impl_class: the result of :func:`get_impl_class`.
        opts: the options of ``configure()``, including those of dialects.
    """


@hookspec(firstresult=True)
def offline_transaction(
    dialect: Dialect, impl_class: type[DefaultImpl]
) -> OfflineTransaction | None:
    """Return the statements that begin and end a transaction in a script, once per context."""


@hookspec(firstresult=True)
def autocommit_level(dialect: Dialect, connection: Connection | None) -> str | None:
    """Return the isolation level for ``autocommit_block()``; ``""`` if unsupported.

    Called once per context.
    """


@hookspec(firstresult=True)
def prepare_connection(
    dialect: Dialect, connection: Connection, rules: DialectRules, opts: Mapping[str, Any]
) -> AbstractContextManager[None] | None:
    """Return a context manager that prepares the connection for a transaction of the run.

    Called before each transaction of the run: once per run or once per revision, and again after
    each ``autocommit_block()``. The context manager is entered with no transaction open, unless
    the user's code began one, and exited after the commit or rollback; if env.py began the
    transaction, it is exited after the last step. Use it to make a driver begin real transactions.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        rules: the context's rules; ``rules.transactional_ddl`` may have been overridden.
        opts: the options of ``configure()``, including those of dialects.
    """


@hookspec(firstresult=True)
def statement_journal(
    dialect: Dialect, connection: Connection, rules: DialectRules
) -> JournalSupport | Literal[False] | None:
    """Return what the statement journal needs to know about the database.

    The journal makes an interrupted revision resumable where a rollback does not undo it. Called
    once per context that has a connection, unless ``journal = false``.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        rules: the context's rules.

    Returns:
        The dialect's journal support; False disables the journal.
    """


@hookspec(firstresult=True)
def migration_lock(
    dialect: Dialect, connection: Connection, request: LockRequest
) -> MigrationLock | None:
    """Return the lock that prevents concurrent runs on the same version table.

    Called once per online run, if there is something to do and locking is enabled. The core waits
    for the lock and releases it. If no plugin returns a lock, the core uses a row in a table next
    to the version table, which its owner renews.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on; the lock must be acquired on it.
        request: the version table, the owner, and whether env.py's transaction is open.
    """


@hookspec(firstresult=True)
def missing_privileges(
    dialect: Dialect, connection: Connection, table: Table, needed: Collection[str]
) -> str | None:
    """Return which privileges the user lacks on one of Idiolect's tables.

    Called once per online run, if there is something to do, before the lock is acquired and before
    the first statement of a revision; a second time for the journal's table if there is one. An
    implementation must not write, and must not leave a transaction open that it began.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        table: the version table or the journal's.
        needed: the privileges that the run needs: ``CREATE`` if the table does not exist,
            ``INSERT``, ``UPDATE``, ``DELETE``.

    Returns:
        Sentences for the user: the user, the missing privilege, the object, and the statement
        that grants it; ``""`` if nothing is missing.
    """


@hookspec(firstresult=True)
def session_limits(
    dialect: Dialect, connection: Connection, limits: SessionLimits
) -> AbstractContextManager[None] | None:
    """Return a context manager that applies time limits to the statements of a step.

    Called for each step if ``statement_timeout`` or ``lock_wait_timeout`` is set, inside the
    step's transaction. The context manager is exited after the step, or in the transaction that
    the step's error aborted; it must restore the session's previous limits.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        limits: in seconds; one of them may be None.
    """


@hookspec(firstresult=True)
def transient_error(dialect: Dialect, error: DBAPIError) -> str | None:
    """Return a short description of a database error if a retry may succeed.

    Called when one of the core's own statements fails, and when a step fails.

    Args:
        dialect: the context's SQLAlchemy dialect.
        error: SQLAlchemy's error; the driver's error is ``error.orig``.

    Returns:
        Text for a message, such as ``"lock timeout"`` or ``"serialization failure"``; None if a
        retry would not help.
    """


@hookspec(firstresult=True)
def version_table(dialect: Dialect, impl: DefaultImpl, spec: VersionTableSpec) -> Table | None:
    """Return the version table: one row per current head, its id in ``version_num``.

    Called once per context. Additional columns are filled by :func:`version_record` or by their
    own defaults.
    """


@hookspec
def version_record(
    context: MigrationContext, step: MigrationStep, revision: str
) -> Mapping[str, Any] | None:
    """Return values for additional columns of the version table, by column name.

    Called for each row that a step inserts or updates, inside the step's transaction, and only
    if the version table has columns besides ``version_num``. If two plugins return the same
    column, the one called first wins.

    Args:
        context: the running context.
        step: the step that has just run.
        revision: the id that the row will hold.
    """


@hookspec(firstresult=True)
def run_step(
    context: MigrationContext, step: MigrationStep, run_args: Mapping[str, Any]
) -> bool | None:
    """Run one step: call the revision's ``upgrade()`` or ``downgrade()``.

    Meant to be wrapped (``@hookimpl(wrapper=True)``), for timing, timeouts or tracing. Called
    once per step, inside its transaction, before the version rows change. If an impl requests that
    the step is rolled back and run again (``ask_for_guard()``), the first call ends with a
    BaseException and the hook is called a second time.

    Args:
        context: the running context.
        step: the step to run.
        run_args: the keyword arguments of ``run_migrations()``.

    Returns:
        True if the step was run; None leaves it to the next implementation.
    """


@hookspec
def on_version_apply(
    ctx: MigrationContext, step: MigrationInfo, heads: set[str], run_args: Mapping[str, Any]
) -> None:
    """Called after a step was applied and the version rows changed.

    Called once per step, inside its transaction: an exception rolls the step back where the
    database can. The core's implementation calls the functions given to
    ``configure(on_version_apply=...)``.

    Args:
        ctx: the running context.
        step: which revisions, in which direction, and whether they were only stamped.
        heads: the ids now in the version table.
        run_args: the keyword arguments of ``run_migrations()``.
    """


@hookspec
def autogenerate_comparators(dialect: Dialect) -> Iterable[Comparator] | None:
    """Return comparators, each in a named set that ``autogenerate_plugins`` can select.

    Called once per comparison. The core's comparators come first, then those of the dialect's
    plugin, then all others; those of one target run by priority.

    Args:
        dialect: the context's SQLAlchemy dialect.
    """


@hookspec(firstresult=True)
def compare_type(
    autogen_context: AutogenContext, inspector_column: Column[Any], metadata_column: Column[Any]
) -> bool | None:
    """Return whether the type of a column differs between database and models.

    Called for each column that exists and has a type on both sides, unless type comparison is
    disabled or the function given to ``configure(compare_type=...)`` returned a result.

    Args:
        autogen_context: the comparison.
        inspector_column: the column in the database.
        metadata_column: the column in the models.
    """


@hookspec(firstresult=True)
def compare_server_default(
    autogen_context: AutogenContext,
    inspector_column: Column[Any],
    metadata_column: Column[Any],
    rendered_metadata: str | None,
    rendered_inspector: str | None,
) -> bool | None:
    """Return whether the server default of a column differs between database and models.

    Called for each column with a default on at least one side, neither computed nor identity, if
    ``configure(compare_server_default=...)`` enables it and no function given there returned a
    result.

    Args:
        autogen_context: the comparison.
        inspector_column: the column in the database.
        metadata_column: the column in the models.
        rendered_metadata: the model's default as SQL; None if it has none.
        rendered_inspector: the database's default as SQL; None if it has none.
    """


@hookspec(firstresult=True)
def normalise_expressions(
    dialect: Dialect, connection: Connection, expressions: Sequence[Expression]
) -> Sequence[str | None] | None:
    """Return expressions in the form in which the database would report them once created.

    Called while models are compared, for as many expressions at a time as possible, and only for
    those whose text differs from the database's. Anything created for this must be removed again.

    Args:
        dialect: SQLAlchemy's dialect.
        connection: connected to the database that is compared.
        expressions: expressions of existing tables.

    Returns:
        A text for each expression, in order; None if it cannot be normalised: the impl then
        compares the original texts.
    """


@hookspec(firstresult=True)
def reflect_tables(
    connection: Connection,
    schemas: Sequence[str | None],
    names: Mapping[str | None, Collection[str]],
) -> ReflectedTables | None:
    """Reflect tables of the database for a comparison with models.

    Called once per comparison. The result must equal what SQLAlchemy's inspector returns, in a
    number of queries that does not grow with the number of tables.

    Args:
        connection: the connection to query, in whatever transaction state it is.
        schemas: the schemas to read; None is the connection's default schema.
        names: the requested tables, by schema. A table may have been dropped since it was listed.
    """


@hookspec
def reflect_column(inspector: Inspector, table: Table, column_info: dict[str, Any]) -> None:
    """Correct the reflected data of a column.

    Called for each column of the database, before a Column is created from it.

    Args:
        inspector: SQLAlchemy's inspector.
        table: the table being reflected, with the columns that precede this one.
        column_info: the inspector's result (``name``, ``type``, ``nullable``, ``default``...);
            modified in place.
    """


@hookspec
def adjust_reflected(
    autogen_context: AutogenContext, reflected: TableSide, metadata: TableSide
) -> None:
    """Remove objects that the database reports differently from how models declare them.

    Called for each table before its indexes and unique constraints are compared, and again
    before its foreign keys are. The sets that are not compared at that time are empty.

    Args:
        autogen_context: the comparison.
        reflected: the database's side; its sets are modified in place.
        metadata: the models' side; modified in place as well.
    """


@hookspec
def reflect_extra(
    inspector: Inspector, schemas: Sequence[str | None]
) -> Iterable[SchemaObject] | None:
    """Return database objects other than tables: types, sequences, extensions, views...

    Called once per comparison, and only if a comparator needs them.

    Args:
        inspector: SQLAlchemy's inspector.
        schemas: the schemas that are compared; None is the default schema.
    """


@hookspec
def process_revision_directives(
    context: MigrationContext, revision: Any, directives: list[MigrationScript]
) -> None:
    """Modify the revisions that are about to be generated.

    Called once per run of env.py, before files are written, and by ``check``. The core's
    implementation, which runs last, calls the function given to
    ``configure(process_revision_directives=...)``.

    Args:
        context: the migration context.
        revision: the current heads of the database.
        directives: the revisions; modified in place. If empty, no file is written.
    """


@hookspec(firstresult=True)
def render_type(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str | None:
    """Return the Python code that creates a type, for a generated revision.

    Called for each type, nested types included, after the user's ``render_item``. Imports that
    the code needs are added to ``autogen_context.imports``. The variants of a type are rendered by
    separate calls.

    Args:
        type_: the type.
        autogen_context: the options, the dialect and the imports of the revision.
    """


@hookspec(firstresult=True)
def render_operation(op: MigrateOperation, autogen_context: AutogenContext) -> list[str] | None:
    """Return the Python code of an operation, for a generated revision.

    Called for each operation; operations on one table come after their container. An empty list
    omits the operation.

    Args:
        op: the operation.
        autogen_context: the options, the dialect and the imports of the revision.
    """


@hookspec
def lint_rules(dialect: Dialect) -> Iterable[LintRule] | None:
    """Return rules that find risks in revisions, in addition to those of the core.

    Called once per run of ``lint``, for each database, and by ``upgrade --plan``. The rules are
    checked in the order core, dialect's plugin, others.

    Args:
        dialect: the context's SQLAlchemy dialect; no server is connected.
    """


@hookspec(firstresult=True)
def requires_autocommit(dialect: Dialect, statement: str) -> bool | None:
    """Return whether the database refuses a statement inside a transaction.

    Called by ``lint`` for each statement that a revision would send inside its transaction, and
    by a run with ``auto_autocommit`` before each directive's statement about the schema and each
    text.

    Args:
        dialect: the context's SQLAlchemy dialect; the version of the server is known only in a run.
        statement: its text, without terminator.
    """


@hookspec
def register_options(registry: OptionRegistry) -> None:
    """Register options of ``configure()``.

    Called when the first context is created after a plugin was loaded, registered or unregistered,
    before the hooks for rules. All plugins are called again then.
    """


@hookspec
def register_operations(registry: OperationCollector) -> None:
    """Make operations available as ``op.<name>``.

    Called when the first Operations object is created after a plugin was loaded, registered or
    unregistered. All plugins are called again then; operations that none registers any more are
    removed.
    """


@hookspec
def register_write_hooks(registry: WriteHookCollector) -> None:
    """Register types of post-write hooks. Called when a type is used that is not built in."""


@hookspec
def register_commands(commands: CommandCollector) -> None:
    """Add commands to the command line.

    Called for ``--help`` and for commands that are not built in. The dialect is not known at that
    time: only plugins of the group ``idiolect.plugins`` and those registered in code are called.
    """


@hookspec
def register_templates() -> Iterable[TemplateFolder] | None:
    """Return additional templates for the command ``init``.

    Called by ``list_templates``, and by ``init`` for a template that is not built in.
    """

"""Every question that the core asks of plugins, and every event that it tells them of.

A hook stands here only together with a caller, a default in a ``builtin.py``, a heading in
``docs/reference/hooks.md`` and a test named after it. Naming: nouns and ``get_`` ask a question
(the first answer counts), ``on_`` tells of an event (all are called), ``run_`` is there to be
wrapped. ``None`` means "no opinion"; ``False``, ``""`` and ``0`` are answers.

Asked first are plugins of the group ``idiolect.plugins`` and those registered by hand, the
newest first; then the dialect's own plugin; then the core's default. A dialect's plugin is
consulted for contexts of its own dialect only. The hooks called ``register_`` are asked of every
plugin that is loaded, whatever its dialect.
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
    """Choose the class that turns operations into this dialect's SQL.

    Called once per context, before any other hook. A class that the user defined with the
    dialect's name as ``__dialect__`` wins without the hook being asked.
    """


@hookspec(firstresult=True)
def transactional_ddl(
    dialect: Dialect, impl_class: type[DefaultImpl], connection: Connection | None
) -> bool | None:
    """Return whether the DDL of a failed revision can be rolled back.

    Called once per context, unless ``configure(transactional_ddl=...)`` is given.

    Args:
        dialect: the context's SQLAlchemy dialect.
        impl_class: the answer of :func:`get_impl_class`.
        connection: the connection to migrate on; None for a script (``--sql``).
    """


@hookspec(firstresult=True)
def statement_terminator(dialect: Dialect, impl_class: type[DefaultImpl]) -> str | None:
    """Return the terminator of statements in a script; ``""`` for none. Called once per context."""


@hookspec(firstresult=True)
def batch_separator(
    dialect: Dialect, impl_class: type[DefaultImpl], opts: Mapping[str, Any]
) -> str | None:
    """Return the line that follows each statement of a script; ``""`` for none.

    Called once per context.

    Args:
        dialect: the context's SQLAlchemy dialect.
        impl_class: the answer of :func:`get_impl_class`.
        opts: the options of ``configure()``, those of dialects included.
    """


@hookspec(firstresult=True)
def offline_transaction(
    dialect: Dialect, impl_class: type[DefaultImpl]
) -> OfflineTransaction | None:
    """Return the words that open and close a transaction in a script. Called once per context."""


@hookspec(firstresult=True)
def autocommit_level(dialect: Dialect, connection: Connection | None) -> str | None:
    """Return the isolation level that ``autocommit_block()`` switches to; ``""``: unsupported.

    Called once per context.
    """


@hookspec(firstresult=True)
def prepare_connection(
    dialect: Dialect, connection: Connection, rules: DialectRules, opts: Mapping[str, Any]
) -> AbstractContextManager[None] | None:
    """Prepare the connection for the time in which a run writes to it.

    Asked each time a transaction of the run begins, before its first statement: once a run, or
    once a revision, and again after each ``autocommit_block()``. The returned context manager is
    entered with no transaction open, unless the user's code opened it, and left after the
    commit or rollback; in a transaction that env.py began it is left after the last step. It is
    the place to make a driver begin real transactions.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        rules: the context's rules; ``rules.transactional_ddl`` may have been switched off.
        opts: the options of ``configure()``, those of dialects included.
    """


@hookspec(firstresult=True)
def statement_journal(
    dialect: Dialect, connection: Connection, rules: DialectRules
) -> JournalSupport | Literal[False] | None:
    """Return what a journal of a revision's statements has to know of the database.

    The journal makes a revision that was cut off resumable where a rollback does not undo it.
    Called once per context that has a connection, unless ``journal = false``.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        rules: the context's rules.

    Returns:
        False where nothing is to be recorded.
    """


@hookspec(firstresult=True)
def migration_lock(
    dialect: Dialect, connection: Connection, request: LockRequest
) -> MigrationLock | None:
    """Return the lock that keeps other runs away from the version table.

    Called once per run, online, when there is something to do and the lock is on.
    Waiting for it, and giving it back, is the core's. Where no plugin answers, the lock is a row
    in a table beside the version table, which its holder keeps alive.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on, which the lock has to be taken on.
        request: the version table, who asks, and whether env.py's transaction is open.
    """


@hookspec(firstresult=True)
def missing_privileges(
    dialect: Dialect, connection: Connection, table: Table, needed: Collection[str]
) -> str | None:
    """Say what keeps this login from writing one of Idiolect's tables, before anything is written.

    Called once per run, online, when there is something to do: before the lock is taken and before
    the first statement of a revision; of the journal's table as well, where one is kept. Nothing
    may be written here, and no transaction begun that was not open.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        table: the version table, or the journal's.
        needed: what the run is going to do with it: ``CREATE``, where it is missing, ``INSERT``,
            ``UPDATE``, ``DELETE``.

    Returns:
        Sentences for the user: who may not do what, on what, and the statement that grants it;
        ``""`` where nothing is missing.
    """


@hookspec(firstresult=True)
def session_limits(
    dialect: Dialect, connection: Connection, limits: SessionLimits
) -> AbstractContextManager[None] | None:
    """Keep limits on statements for a step.

    Asked for each step for which ``statement_timeout`` or ``lock_wait_timeout`` is set, inside of
    its transaction. The returned context manager is left after the step, or in the transaction
    that the step's error has ended; it gives the session its own limits back.

    Args:
        dialect: the context's SQLAlchemy dialect.
        connection: the connection to migrate on.
        limits: seconds; one of them may be None.
    """


@hookspec(firstresult=True)
def transient_error(dialect: Dialect, error: DBAPIError) -> str | None:
    """Say what an error of the database is called, if the same may succeed a moment later.

    Asked when a statement of the core's own has failed, and when a step has.

    Args:
        dialect: the context's SQLAlchemy dialect.
        error: SQLAlchemy's error; the driver's own is its ``orig``.

    Returns:
        Words for a message, such as ``"lock timeout"`` or ``"serialization failure"``; None
        where waiting would not help.
    """


@hookspec(firstresult=True)
def version_table(dialect: Dialect, impl: DefaultImpl, spec: VersionTableSpec) -> Table | None:
    """Return the table that holds the current heads: a row each, the id in ``version_num``.

    Called once per context. Further columns are filled by :func:`version_record`, or by their
    own defaults.
    """


@hookspec
def version_record(
    context: MigrationContext, step: MigrationStep, revision: str
) -> Mapping[str, Any] | None:
    """Return values for further columns of the version table, by column name.

    Called for each row that a step inserts or updates, inside the step's transaction, and only
    where the version table has columns beside ``version_num``. Where two plugins name the same
    column, the one asked first counts.

    Args:
        context: the running context.
        step: the step that has just run.
        revision: the id that the row is going to hold.
    """


@hookspec(firstresult=True)
def run_step(
    context: MigrationContext, step: MigrationStep, run_args: Mapping[str, Any]
) -> bool | None:
    """Run one step: call the revision's ``upgrade()`` or ``downgrade()``.

    Made to be wrapped (``@hookimpl(wrapper=True)``), for timing, timeouts or tracing. Called
    once a step, inside its transaction, before the version rows change; twice where an impl has
    the step undone and run again (``ask_for_guard()``), which then leaves by a BaseException.

    Args:
        context: the running context.
        step: the step to run.
        run_args: the keyword arguments of ``run_migrations()``.

    Returns:
        True when the step was run; None leaves it to the next implementation.
    """


@hookspec
def on_version_apply(
    ctx: MigrationContext, step: MigrationInfo, heads: set[str], run_args: Mapping[str, Any]
) -> None:
    """Learn that a step was applied and the version rows changed.

    Called once a step, inside its transaction: an exception undoes the step where the database
    can. The core's own implementation calls what ``configure(on_version_apply=...)`` was given.

    Args:
        ctx: the running context.
        step: which revisions, in which direction, whether only stamped.
        heads: the ids now in the version table.
        run_args: the keyword arguments of ``run_migrations()``.
    """


@hookspec
def autogenerate_comparators(dialect: Dialect) -> Iterable[Comparator] | None:
    """Return comparators, each in a named set that ``autogenerate_plugins`` chooses.

    Called once per comparison. The core's own come first, then those of the dialect's plugin, then
    all others; of one target they run in the order of their priorities.

    Args:
        dialect: the context's SQLAlchemy dialect.
    """


@hookspec(firstresult=True)
def compare_type(
    autogen_context: AutogenContext, inspector_column: Column[Any], metadata_column: Column[Any]
) -> bool | None:
    """Return whether the type of a column differs from the model's.

    Asked for each column that is on both sides and has a type on both, unless the function that
    ``configure(compare_type=...)`` was given has answered, or types are not to be compared.

    Args:
        autogen_context: the comparison.
        inspector_column: as it is in the database.
        metadata_column: as it is in the models.
    """


@hookspec(firstresult=True)
def compare_server_default(
    autogen_context: AutogenContext,
    inspector_column: Column[Any],
    metadata_column: Column[Any],
    rendered_metadata: str | None,
    rendered_inspector: str | None,
) -> bool | None:
    """Return whether the default of a column differs from the model's.

    Asked for each column that has a default on one side at least, where neither is computed or
    an identity, if ``configure(compare_server_default=...)`` asks for it and was given no
    function that has answered.

    Args:
        autogen_context: the comparison.
        inspector_column: as it is in the database.
        metadata_column: as it is in the models.
        rendered_metadata: the model's default as SQL; None for none.
        rendered_inspector: the database's default as SQL; None for none.
    """


@hookspec(firstresult=True)
def normalise_expressions(
    dialect: Dialect, connection: Connection, expressions: Sequence[Expression]
) -> Sequence[str | None] | None:
    """Word expressions as the database would tell them, had they been carried out.

    Asked while models are compared, for as many as possible at a time, and only for those whose
    text is not the database's already. Whatever is made for it must be gone afterwards.

    Args:
        dialect: SQLAlchemy's dialect.
        connection: to the database that is compared.
        expressions: of tables that are there.

    Returns:
        a text for each, in order, or None for one that cannot be worded: then the impl compares
        texts.
    """


@hookspec(firstresult=True)
def reflect_tables(
    connection: Connection,
    schemas: Sequence[str | None],
    names: Mapping[str | None, Collection[str]],
) -> ReflectedTables | None:
    """Read tables of the database, for a comparison with models.

    Called once per comparison. The answer is to be what SQLAlchemy's inspector tells, in a number
    of queries that does not grow with the number of tables.

    Args:
        connection: the connection to ask, in whatever transaction it is.
        schemas: the schemas to read; None is the connection's default schema.
        names: the tables wanted, by schema. One may have gone since it was listed.
    """


@hookspec
def reflect_column(inspector: Inspector, table: Table, column_info: dict[str, Any]) -> None:
    """Correct what is known of a column as it is read from the database.

    Called for each column of the database, before a Column is made of it.

    Args:
        inspector: SQLAlchemy's.
        table: the table that is being read, with the columns before this one.
        column_info: what the inspector tells, ``name``, ``type``, ``nullable``, ``default``...;
            changed in place.
    """


@hookspec
def adjust_reflected(
    autogen_context: AutogenContext, reflected: TableSide, metadata: TableSide
) -> None:
    """Take away what the database does not tell as the models do.

    Called for each table before its indexes and unique constraints are compared, and again
    before its foreign keys are. The sets of what is not compared then are empty.

    Args:
        autogen_context: the comparison.
        reflected: the database's side; its sets are changed in place.
        metadata: the models' side; likewise.
    """


@hookspec
def reflect_extra(
    inspector: Inspector, schemas: Sequence[str | None]
) -> Iterable[SchemaObject] | None:
    """Return what the database has besides tables: types, sequences, extensions, views...

    Called once per comparison, and only if a comparator wants to know.

    Args:
        inspector: SQLAlchemy's.
        schemas: the schemas that are compared; None is the default one.
    """


@hookspec
def process_revision_directives(
    context: MigrationContext, revision: Any, directives: list[MigrationScript]
) -> None:
    """Change what is about to be written as a revision.

    Called once a run of env.py, before files are written, and by ``check``. The core's own
    implementation, which comes last, calls what ``configure(process_revision_directives=...)``
    was given.

    Args:
        context: the migration context.
        revision: the heads of the database.
        directives: the revisions; changed in place. An empty list writes no file.
    """


@hookspec(firstresult=True)
def render_type(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str | None:
    """Return the Python code that makes a type, for a revision that is generated.

    Asked for each type, and for each type inside of another, after the user's ``render_item``.
    Lines of import that the code needs are added to ``autogen_context.imports``. Of a type with
    variants each is asked for alone.

    Args:
        type_: the type.
        autogen_context: the options, the dialect and the imports of the revision.
    """


@hookspec(firstresult=True)
def render_operation(op: MigrateOperation, autogen_context: AutogenContext) -> list[str] | None:
    """Return the Python code of an operation, for a revision that is generated.

    Asked for each operation, for those on one table after the one that holds them. An empty list
    leaves the operation out.

    Args:
        op: the operation.
        autogen_context: the options, the dialect and the imports of the revision.
    """


@hookspec
def register_options(registry: OptionRegistry) -> None:
    """Make options of ``configure()`` known.

    Called when the next context is made after a plugin was loaded, registered or taken back,
    before the rules are asked. All plugins are called again then.
    """


@hookspec
def register_operations(registry: OperationCollector) -> None:
    """Make operations available as ``op.<name>``.

    Called when the next Operations are made after a plugin was loaded, registered or taken back.
    All plugins are called again then; what none registers any longer goes away.
    """


@hookspec
def register_write_hooks(registry: WriteHookCollector) -> None:
    """Make types of post-write hooks available. Called when one is used that is not built in."""


@hookspec
def register_commands(commands: CommandCollector) -> None:
    """Add commands to the command line.

    Called for ``--help`` and for a command that is not built in. No dialect is known then, so
    plugins of the group ``idiolect.plugins`` are asked, and those registered by hand.
    """


@hookspec
def register_templates() -> Iterable[TemplateFolder] | None:
    """Return further templates for the command ``init``.

    Called by ``list_templates``, and by ``init`` for a template that is not built in.
    """

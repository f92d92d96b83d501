"""Typed methods for calling hooks; the core calls a dialect's hooks only through them.

Rules, version table and runtime get them from :func:`hooks_for`. Results are checked here: the
error for a wrong one names the plugins that may have returned it, and an exception raised inside
a hook gets a note that names its implementers. No hook is called per statement.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from idiolect.errors import HookAnswerError, IdiolectError
from idiolect.hooks.manager import SUBPACKAGE_DEFAULTS, get_manager
from idiolect.hooks.records import DialectRules, OfflineTransaction, VersionTableSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pluggy
    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection, Dialect, Inspector
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.compared import Comparator, Expression, SchemaObject, TableSide
    from idiolect.hooks.journal import JournalSupport
    from idiolect.hooks.lint import LintRule
    from idiolect.hooks.locks import LockRequest, MigrationLock
    from idiolect.hooks.reflected import ReflectedTables
    from idiolect.hooks.steps import SessionLimits
    from idiolect.operations.ops.containers import MigrationScript
    from idiolect.operations.ops.core import MigrateOperation
    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationInfo, MigrationStep

T = TypeVar("T")


class DialectHooks:
    """The hooks of one dialect, called in the order of authority.

    Args:
        dialect_name: SQLAlchemy's name of the dialect.
        scope: the plugins to call; see :meth:`PluginManager.scope`.
    """

    def __init__(self, dialect_name: str, scope: pluggy.PluginManager) -> None:
        self.dialect_name = dialect_name
        self._scope = scope
        self._hook = scope.hook

    def get_impl_class(self, dialect: Dialect) -> type[DefaultImpl] | None:
        """Return the impl class for the dialect, or None if no plugin knows it."""
        answer = self._ask("get_impl_class", dialect=dialect)
        if answer is not None and not isinstance(answer, type):
            raise self._wrong("get_impl_class", answer, "a DefaultImpl class")
        return answer

    def transactional_ddl(
        self, dialect: Dialect, impl_class: type[DefaultImpl], connection: Connection | None
    ) -> bool:
        """Return whether the DDL of a failed revision can be rolled back."""
        return self._one(
            "transactional_ddl",
            bool,
            dialect=dialect,
            impl_class=impl_class,
            connection=connection,
        )

    def statement_terminator(self, dialect: Dialect, impl_class: type[DefaultImpl]) -> str:
        """Return the text that ends a statement in an offline script."""
        return self._one("statement_terminator", str, dialect=dialect, impl_class=impl_class)

    def batch_separator(
        self, dialect: Dialect, impl_class: type[DefaultImpl], opts: Mapping[str, Any]
    ) -> str:
        """Return the line to write after each statement of an offline script; may be empty."""
        return self._one("batch_separator", str, dialect=dialect, impl_class=impl_class, opts=opts)

    def offline_transaction(
        self, dialect: Dialect, impl_class: type[DefaultImpl]
    ) -> OfflineTransaction:
        """Return the statements around a transaction in an offline script."""
        return self._one(
            "offline_transaction", OfflineTransaction, dialect=dialect, impl_class=impl_class
        )

    def autocommit_level(self, dialect: Dialect, connection: Connection | None) -> str:
        """Return the isolation level of ``autocommit_block()``; empty if unsupported."""
        return self._one("autocommit_level", str, dialect=dialect, connection=connection)

    def prepare_connection(
        self,
        dialect: Dialect,
        connection: Connection,
        rules: DialectRules,
        opts: Mapping[str, Any],
    ) -> AbstractContextManager[None]:
        """Return the context manager around a transaction of the run."""
        answer: Any = self._ask(
            "prepare_connection", dialect=dialect, connection=connection, rules=rules, opts=opts
        )
        if not isinstance(answer, AbstractContextManager):
            raise self._wrong("prepare_connection", answer, "a context manager")
        return answer

    def statement_journal(
        self, dialect: Dialect, connection: Connection, rules: DialectRules
    ) -> JournalSupport | None:
        """Return the dialect's support for the statement journal; None disables the journal."""
        answer: Any = self._ask(
            "statement_journal", dialect=dialect, connection=connection, rules=rules
        )
        if answer is False:
            return None
        # Imported here and below because most commands never call these hooks.
        from idiolect.hooks.journal import JournalSupport

        if not isinstance(answer, JournalSupport):
            raise self._wrong("statement_journal", answer, "a JournalSupport, or False")
        return answer

    def migration_lock(
        self, dialect: Dialect, connection: Connection, request: LockRequest
    ) -> MigrationLock:
        """Return the lock of a run."""
        from idiolect.hooks.locks import MigrationLock

        return self._one(
            "migration_lock",
            MigrationLock,
            dialect=dialect,
            connection=connection,
            request=request,
        )

    def missing_privileges(
        self, dialect: Dialect, connection: Connection, table: Table, needed: Collection[str]
    ) -> str:
        """Return which privileges on the version table the user lacks; "" if none."""
        answer = self._ask(
            "missing_privileges",
            dialect=dialect,
            connection=connection,
            table=table,
            needed=needed,
        )
        if answer is not None and not isinstance(answer, str):
            raise self._wrong("missing_privileges", answer, "sentences as a string, or None")
        return answer or ""

    def session_limits(
        self, dialect: Dialect, connection: Connection, limits: SessionLimits
    ) -> AbstractContextManager[None] | None:
        """Return a context manager that applies the limits of a step; None if unsupported."""
        answer: Any = self._ask(
            "session_limits", dialect=dialect, connection=connection, limits=limits
        )
        if answer is not None and not isinstance(answer, AbstractContextManager):
            raise self._wrong("session_limits", answer, "a context manager")
        return answer

    def transient_error(self, dialect: Dialect, error: DBAPIError) -> str | None:
        """Return a description of a transient error; None if the error is permanent."""
        answer = self._ask("transient_error", dialect=dialect, error=error)
        if answer is not None and not isinstance(answer, str):
            raise self._wrong("transient_error", answer, "a few words as a string, or None")
        return answer

    def version_table(self, dialect: Dialect, impl: DefaultImpl, spec: VersionTableSpec) -> Table:
        """Return the version table, which must have the column ``version_num``."""
        table: Any = self._ask("version_table", dialect=dialect, impl=impl, spec=spec)
        if "version_num" not in getattr(table, "columns", ()):
            raise self._wrong("version_table", table, "a Table with a column 'version_num'")
        return table  # type: ignore[no-any-return]

    def version_record(
        self, context: MigrationContext, step: MigrationStep, revision: str
    ) -> dict[str, Any]:
        """Return values for additional version table columns; per column the first result wins."""
        merged: dict[str, Any] = {}
        for answer in self._ask("version_record", context=context, step=step, revision=revision):
            if not isinstance(answer, Mapping):
                raise self._wrong("version_record", answer, "a mapping of column names to values")
            merged = {**answer, **merged}
        return merged

    def run_step(
        self, context: MigrationContext, step: MigrationStep, run_args: Mapping[str, Any]
    ) -> None:
        """Run one step inside all wrappers."""
        self._one("run_step", bool, context=context, step=step, run_args=run_args)

    def on_version_apply(
        self,
        ctx: MigrationContext,
        step: MigrationInfo,
        heads: set[str],
        run_args: Mapping[str, Any],
    ) -> None:
        """Notify all plugins that a step was applied."""
        self._ask("on_version_apply", ctx=ctx, step=step, heads=heads, run_args=run_args)

    def autogenerate_comparators(self, dialect: Dialect) -> list[Comparator]:
        """Return all comparators, the core's first. Called by ``autogenerate.compare``."""
        from idiolect.hooks.compared import Comparator

        answers = self._ask("autogenerate_comparators", dialect=dialect)
        return self._joined("autogenerate_comparators", reversed(answers), Comparator)

    def compare_type(
        self,
        autogen_context: AutogenContext,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
    ) -> bool:
        """Return whether a column's type differs. Called by ``autogenerate.compare``."""
        return self._one(
            "compare_type",
            bool,
            autogen_context=autogen_context,
            inspector_column=inspector_column,
            metadata_column=metadata_column,
        )

    def compare_server_default(
        self,
        autogen_context: AutogenContext,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata: str | None,
        rendered_inspector: str | None,
    ) -> bool:
        """Return whether a column's default differs. Called by ``autogenerate.compare``."""
        return self._one(
            "compare_server_default",
            bool,
            autogen_context=autogen_context,
            inspector_column=inspector_column,
            metadata_column=metadata_column,
            rendered_metadata=rendered_metadata,
            rendered_inspector=rendered_inspector,
        )

    def reflect_column(
        self, inspector: Inspector, table: Table, column_info: dict[str, Any]
    ) -> None:
        """Let plugins correct a reflected column. Called by ``autogenerate.compare``."""
        self._ask("reflect_column", inspector=inspector, table=table, column_info=column_info)

    def adjust_reflected(
        self, autogen_context: AutogenContext, reflected: TableSide, metadata: TableSide
    ) -> None:
        """Let plugins drop false differences. Called by ``autogenerate.compare``."""
        self._ask(
            "adjust_reflected",
            autogen_context=autogen_context,
            reflected=reflected,
            metadata=metadata,
        )

    def reflect_extra(
        self, inspector: Inspector, schemas: Sequence[str | None]
    ) -> list[SchemaObject]:
        """Return the database objects other than tables. Called by ``autogenerate.compare``."""
        from idiolect.hooks.compared import SchemaObject

        answers = self._ask("reflect_extra", inspector=inspector, schemas=schemas)
        return self._joined("reflect_extra", answers, SchemaObject)

    def process_revision_directives(
        self, context: MigrationContext, revision: Any, directives: list[MigrationScript]
    ) -> None:
        """Let plugins modify the generated revisions. Called by ``autogenerate``."""
        self._ask(
            "process_revision_directives",
            context=context,
            revision=revision,
            directives=directives,
        )

    def normalise_expressions(
        self, dialect: Dialect, connection: Connection, expressions: Sequence[Expression]
    ) -> list[str | None]:
        """Return each expression as the database reports it; None if it cannot be determined."""
        answer: Any = self._ask(
            "normalise_expressions", dialect=dialect, connection=connection, expressions=expressions
        )
        is_right = isinstance(answer, (list, tuple)) and len(answer) == len(expressions)
        if not is_right or not all(isinstance(text, str | None) for text in answer):
            expected = f"a list of {len(expressions)} strings or None"
            raise self._wrong("normalise_expressions", answer, expected)
        return list(answer)

    def render_type(self, type_: TypeEngine[Any], autogen_context: AutogenContext) -> str | None:
        """Return the code of a type; None: the core renders it. Called by ``autogenerate``."""
        answer = self._ask("render_type", type_=type_, autogen_context=autogen_context)
        if answer is not None and not isinstance(answer, str):
            raise self._wrong("render_type", answer, "Python code as a string, or None")
        return answer

    def render_operation(self, op: MigrateOperation, autogen_context: AutogenContext) -> list[str]:
        """Return the code of an operation. Called by ``autogenerate``."""
        answer = self._one("render_operation", list, op=op, autogen_context=autogen_context)
        if not all(isinstance(code, str) for code in answer):
            raise self._wrong("render_operation", answer, "a list of strings")
        return answer

    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables:
        """Return the reflected tables. Called by ``autogenerate``."""
        from idiolect.hooks.reflected import ReflectedTables

        return self._one(
            "reflect_tables",
            ReflectedTables,
            connection=connection,
            schemas=tuple(names),
            names=names,
        )

    def lint_rules(self, dialect: Dialect) -> list[LintRule]:
        """Return all rules, those of the core first. Called by ``lint``."""
        from idiolect.hooks.lint import LintRule

        answers = self._ask("lint_rules", dialect=dialect)
        return self._joined("lint_rules", reversed(answers), LintRule)

    def requires_autocommit(self, dialect: Dialect, statement: str) -> bool:
        """Return whether the database refuses a statement inside a transaction."""
        return self._one("requires_autocommit", bool, dialect=dialect, statement=statement)

    def homes(self, hook: str) -> set[str]:
        """Return the top-level packages that implement ``hook``, including the core's."""
        impls = getattr(self._hook, hook).get_hookimpls()
        return {impl.function.__module__.partition(".")[0] for impl in impls}

    def implementers(self, hook: str) -> str:
        """Return the implementers of a hook in calling order, for messages."""
        impls = getattr(self._hook, hook).get_hookimpls()
        return ", ".join(impl.plugin_name for impl in reversed(impls))

    def _joined(self, hook: str, answers: Iterable[Any], kind: type[T]) -> list[T]:
        """Concatenate all results, each an iterable of ``kind``."""
        found: list[T] = []
        for answer in answers:
            members = list(answer) if isinstance(answer, Iterable) else [answer]
            if not all(isinstance(member, kind) for member in members):
                raise self._wrong(hook, answer, f"an iterable of {kind.__name__}")
            found.extend(members)
        return found

    def _one(self, hook: str, kind: type[T], **kw: Any) -> T:
        answer = self._ask(hook, **kw)
        if not isinstance(answer, kind):
            raise self._wrong(hook, answer, kind.__name__)
        return answer

    def _ask(self, hook: str, **kw: Any) -> Any:
        """Call a hook; exceptions get a note with its implementers, which pluggy does not add."""
        caller: Callable[..., Any] = getattr(self._hook, hook)
        try:
            return caller(**kw)
        except IdiolectError:
            raise
        except Exception as exc:
            # An error of the revision itself passes through run_step; the step's note names it.
            if hook != "run_step" and not _is_of_env_py(hook, exc):
                exc.add_note(
                    f"in the hook {hook!r} for the dialect {self.dialect_name!r}, "
                    f"implemented by: {self.implementers(hook)}"
                )
            raise

    def _wrong(self, hook: str, answer: object, expected: str) -> HookAnswerError:
        return HookAnswerError(
            f"The hook {hook!r} for the dialect {self.dialect_name!r} returned {answer!r}; "
            f"expected: {expected}. Implemented by: {self.implementers(hook)}. Upgrade the "
            "plugin, or switch it off with IDIOLECT_DISABLE_PLUGINS=<its distribution>.",
            hook=hook,
            answer=answer,
        )


def _is_of_env_py(hook: str, exc: BaseException) -> bool:
    """Return whether the exception comes from env.py's own function, which the core calls last."""
    return hook == "process_revision_directives" and any(
        frame.f_globals.get("__name__") in SUBPACKAGE_DEFAULTS["compare"]
        for frame, _ in traceback.walk_tb(exc.__traceback__)
    )


_cache: dict[tuple[str, str | None], tuple[int, DialectHooks]] = {}
_cache_lock = threading.Lock()


def hooks_for(dialect_name: str, subpackage: str | None = None) -> DialectHooks:
    """Return the hooks of a dialect, with its plugin and the neutral ones loaded.

    Args:
        dialect_name: SQLAlchemy's name of the dialect. A plugin for it is not required: a user's
            DefaultImpl subclass may support it.
        subpackage: the one that calls the hooks, if its defaults are loaded on demand.

    Raises:
        PluginLoadError, PluginConflictError, HookError: a required plugin is unusable.
    """
    manager = get_manager()
    manager.load_neutral()
    manager.load_dialect(dialect_name)
    generation = manager.generation
    with _cache_lock:
        known = _cache.get((dialect_name, subpackage))
    if known is not None and known[0] == generation:
        return known[1]
    # Created without the lock, to avoid a deadlock with a thread that imports a plugin.
    made = DialectHooks(dialect_name, manager.scope(dialect_name, subpackage))
    with _cache_lock:
        known = _cache.get((dialect_name, subpackage))
        if known is None or known[0] != generation:
            known = _cache[dialect_name, subpackage] = (generation, made)
        return known[1]

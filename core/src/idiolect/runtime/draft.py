"""Runs revisions without executing anything, to see what they do.

Used by ``lint`` and by ``upgrade --plan``. A draft is a migration context that generates SQL as for
``--sql`` and records which operation generated which statement.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy.exc import CompileError, NoInspectionAvailable

from idiolect.ddl.standin import StandInConnection, StandInConnectionError
from idiolect.errors import OperationError
from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.batch.record import BatchOperationsImpl
from idiolect.operations.explain import ScriptReflectionError
from idiolect.operations.ops.data import ExecuteSQLOp
from idiolect.runtime.environment import EnvironmentContext
from idiolect.runtime.migration import MigrationContext
from idiolect.util.bound import mark_globals, unmark_globals
from idiolect.util.bound import operations as bound_operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from sqlalchemy.engine import Dialect

    from idiolect.runtime.steps import MigrationStep
    from idiolect.script.base import ScriptDirectory
    from idiolect.settings.config import Config

_UNKNOWN: Final = "the SQL after this point is known only when it runs"
#: Types of the dialect attributes that a connection sets: flags, versions, names.
_FOUND_OUT: Final = (bool, int, str, tuple)


@dataclass(slots=True)
class DraftedOperation:
    """An operation that a revision invoked.

    Attributes:
        operation: the operation; an ExecuteSQLOp for a statement sent without a directive.
        line: the line of the revision file that called it; None if called from elsewhere.
        in_transaction: whether it was invoked outside of ``autocommit_block()``.
        in_batch: whether it was invoked in a batch.
        recreates: whether that batch recreates its table.
        sql: the statements written for it.
    """

    operation: Any
    line: int | None
    in_transaction: bool
    in_batch: bool = False
    recreates: bool = False
    sql: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a revision would do.

    Attributes:
        sql: its script, as far as it can be generated.
        problem: why the rest cannot; None if it is complete.
        line: the line of the revision file where that is; None if unknown.
        left_transaction: whether it uses ``autocommit_block()``.
        operations: what it invoked, in order.
        remarks: lines, and what a lenient draft assumed or left out there.
    """

    sql: str
    problem: str | None
    line: int | None
    left_transaction: bool
    operations: tuple[DraftedOperation, ...]
    remarks: tuple[tuple[int | None, str], ...] = ()


class _Answerless(Exception):
    """A revision needs a result from the database."""


class _NoAnswer:
    """The result of a statement that was generated, but not executed."""

    def __getattr__(self, name: str) -> Any:
        raise _Answerless

    def __iter__(self) -> Iterator[Any]:
        raise _Answerless

    def __bool__(self) -> bool:
        raise _Answerless


class _NoRows:
    """The result of a statement in a lenient draft: empty, as if there were no rows."""

    rowcount = 0
    lastrowid = None

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in _READERS:
            raise _Answerless
        return lambda *_args, **_kw: self._answer(_READERS[name])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._answer(list))

    def close(self) -> None:
        """Do nothing."""

    def _answer(self, kind: Callable[[], Any] | None) -> Any:
        if kind is None:
            return self
        self._draft.remark("reads rows; what follows was checked as if there were none")
        return kind()


#: The methods of a result that work without rows, with what makes their result: None for itself.
_READERS: Final[dict[str, Callable[[], Any] | None]] = {
    **dict.fromkeys(("all", "fetchall", "fetchmany", "partitions", "keys"), list),
    **dict.fromkeys(
        ("first", "fetchone", "one_or_none", "scalar", "scalar_one_or_none"), lambda: None
    ),
    **dict.fromkeys(("columns", "mappings", "scalars", "tuples", "unique", "yield_per")),
}


class _LenientConnection(StandInConnection):
    """A connection that lets a revision manage transactions, which then have no effect."""

    def begin(self) -> contextlib.AbstractContextManager[_LenientConnection]:
        """Return a context manager that yields this connection, as an engine's does."""
        return contextlib.nullcontext(self)

    begin_nested = begin

    def __enter__(self) -> Self:
        """Return itself, for ``with engine.connect()``."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Do nothing."""

    def commit(self) -> None:
        """Do nothing, as :meth:`rollback` and :meth:`close`."""

    rollback = close = commit


class DraftEnvironment(EnvironmentContext):
    """An environment that records the arguments env.py passes to the revisions."""

    def __init__(self, config: Config, script: ScriptDirectory, **kw: Any) -> None:
        super().__init__(config, script, **kw)
        self.run_args: dict[str, Any] = {}

    def run_migrations(self, **kw: Any) -> None:
        """Plan, but run nothing."""
        self.run_args = kw
        super().run_migrations(**kw)

    def _merged_options(self, given: dict[str, Any]) -> dict[str, Any]:
        # What env.py writes to the script, such as BEGIN, is of no use.
        return {**super()._merged_options(given), "output_buffer": StringIO()}

    @contextlib.contextmanager
    def replaced_by(self, draft: MigrationContext | None) -> Iterator[None]:
        """Make the draft the current context while the block runs, as ``--sql`` would."""
        real, asked = self._migration_context, self.context_opts.get("as_sql", False)
        self._migration_context, self.context_opts["as_sql"] = draft, True
        try:
            yield
        finally:
            self._migration_context, self.context_opts["as_sql"] = real, asked


class Draft(MigrationContext):
    """A context that generates SQL for the database of another one.

    Args:
        real: the other context, connected or not.
        environment: the environment of both.
        lenient: see as much as possible: continue after an operation that cannot be generated,
            without its SQL, and answer queries with no rows. Otherwise the revision is not seen
            from there on.
    """

    _is_logged = False

    def __init__(
        self,
        real: MigrationContext,
        environment: DraftEnvironment,
        *,
        lenient: bool = False,
    ) -> None:
        self.text = StringIO()
        self.lenient = lenient
        self._remarks: dict[tuple[int | None, str], None] = {}
        self._stopped_at: int | None = None
        self.drafted: list[DraftedOperation] = []
        #: The operations that are being executed, innermost last.
        self.running: list[DraftedOperation] = []
        self._left_transaction = False
        self._autocommits = 0
        self._path = ""
        super().__init__(
            _offline_dialect(real.dialect),
            None,
            {
                **real.opts,
                "as_sql": True,
                "fn": None,
                "literal_binds": True,
                "output_buffer": self.text,
                "output_encoding": None,
                "transactional_ddl": real.rules.transactional_ddl,
            },
            environment,
        )
        self._record_statements()
        connection = (
            _LenientConnection(self.dialect, self.impl.execute, partial(_NoRows, self))
            if lenient
            else StandInConnection(self.dialect, self.impl.execute, _NoAnswer)
        )
        self.connection = self.impl.connection = connection

    @contextlib.contextmanager
    def autocommit_block(self) -> Iterator[None]:
        """Record that the step leaves its transaction, and continue generating."""
        self._left_transaction = True
        self._autocommits += 1
        try:
            with super().autocommit_block():
                yield
        finally:
            self._autocommits -= 1

    def write(self, step: MigrationStep, run_args: dict[str, Any]) -> Drafted:
        """Run a step's function and return what it would do.

        Args:
            step: the step; its file is loaded.
            run_args: the arguments that env.py passed to ``run_migrations()``.
        """
        self.text.seek(0)
        self.text.truncate()
        self.drafted, self.running, self._remarks = [], [], {}
        self._stopped_at = None
        self._left_transaction = False
        self._path = _comparable(getattr(getattr(step, "revision", None), "path", None) or "")
        problem = self._run(step, run_args)
        return Drafted(
            sql=self.text.getvalue().strip(),
            problem=problem,
            line=self._stopped_at,
            left_transaction=self._left_transaction,
            operations=tuple(self.drafted),
            remarks=tuple(self._remarks),
        )

    def _run(self, step: MigrationStep, run_args: dict[str, Any]) -> str | None:
        """Run the function, and return why it could not be seen to its end."""
        function = step.migration_fn
        module_globals = getattr(function, "__globals__", {})
        mark_globals(module_globals)
        try:
            with bound_operations.bind(_DraftOperations(self)):
                function(**run_args)
        except Exception as exc:  # noqa: BLE001 - a revision's code, without the database it wants
            self._stopped_at = self._line_of(exc)
            return _why(exc)
        finally:
            unmark_globals(module_globals)
        return None

    def remark(self, text: str) -> None:
        """Record what a lenient draft assumes or leaves out at the running line."""
        self._remarks[self._line(), text] = None

    @contextlib.contextmanager
    def continuing(self) -> Iterator[None]:
        """Leave out what cannot be generated in the block, if the draft is lenient."""
        try:
            yield
        except (OperationError, CompileError) as exc:
            if not self.lenient:
                raise
            # A batch that recreates its table is as good with a connection.
            if not isinstance(exc, ScriptReflectionError):
                self.remark(f"cannot be written as SQL: {' '.join(str(exc).split())}")

    def begin_operation(self, operation: Any, *, in_batch: bool = False) -> DraftedOperation:
        """Record an operation, and return its record."""
        made = DraftedOperation(operation, self._line(), not self._autocommits, in_batch)
        self.drafted.append(made)
        return made

    def _record_statements(self) -> None:
        lines = self.impl.script_lines

        def recorded(sql: str) -> Iterable[str]:
            self._record(sql)
            return lines(sql)

        # On the object, because subclasses may override the method.
        self.impl.script_lines = recorded  # type: ignore[method-assign]

    def _record(self, sql: str) -> None:
        if self.running:
            self.running[-1].sql.append(sql)
        else:
            self.begin_operation(ExecuteSQLOp(sql)).sql.append(sql)

    def _line(self) -> int | None:
        # inspect.stack() would read all source files.
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented one for this
        while frame is not None:
            if _comparable(frame.f_code.co_filename) == self._path:
                return frame.f_lineno
            frame = frame.f_back
        return None

    def _line_of(self, exc: Exception) -> int | None:
        """Return the innermost line of the revision file in a traceback."""
        found = None
        traceback = exc.__traceback__
        while traceback is not None:
            if _comparable(traceback.tb_frame.f_code.co_filename) == self._path:
                found = traceback.tb_lineno
            traceback = traceback.tb_next
        return found


class _DraftBatchImpl(BatchOperationsImpl):
    """A batch that assigns the statements of its end to the operations that caused them."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._draft: Any = self.operations.migration_context
        self._owners: list[DraftedOperation] = []

    def _record(self, name: str, /, *args: Any, **kw: Any) -> None:
        super()._record(name, *args, **kw)
        self._owners.append(self._draft.running[-1])

    def _recorded(self) -> Iterator[Any]:
        for owner, recorded in zip(self._owners, super()._recorded(), strict=False):
            self._draft.running.append(owner)
            try:
                yield recorded
            finally:
                self._draft.running.pop()

    def flush(self) -> None:
        """Generate the statements of the batch."""
        if self._should_recreate():
            for owner in self._owners:
                owner.recreates = True
        # What recreates the table is no statement of the revision; see also _recorded().
        self._draft.running.append(DraftedOperation(None, None, in_transaction=True))
        try:
            with self._draft.continuing():
                super().flush()
        finally:
            self._draft.running.pop()


class _Drafting:
    """Records the operations that are invoked."""

    migration_context: Any
    _in_batch = False

    def invoke(self, operation: Any) -> Any:
        """Execute an operation, as :meth:`AbstractOperations.invoke` does."""
        draft: Draft = self.migration_context
        draft.running.append(draft.begin_operation(operation, in_batch=self._in_batch))
        result = None
        try:
            with draft.continuing():
                result = super().invoke(operation)  # type: ignore[misc] # of the class beside it
        finally:
            draft.running.pop()
        return result


class _DraftBatchOperations(_Drafting, BatchOperations):
    _in_batch = True


class _DraftOperations(_Drafting, Operations):
    _batch_impl = _DraftBatchImpl
    _batch_operations = _DraftBatchOperations


def _why(exc: Exception) -> str:
    """Return why a revision could not be seen to its end."""
    if isinstance(exc, (_Answerless, NoInspectionAvailable)):
        return f"reads the database here: {_UNKNOWN}"
    if isinstance(exc, StandInConnectionError):
        return f"needs the connection itself here: {_UNKNOWN}"
    reason = " ".join(str(exc).split())
    return f"cannot be written before it runs: {type(exc).__name__}: {reason}"


def _offline_dialect(online: Dialect) -> Dialect:
    """Return a dialect that renders SQL for people, with the attributes set by a connection.

    A dialect whose driver marks parameters with ``%`` would double all percent signs.
    """
    make: Any = type(online)
    dialect: Dialect = make(paramstyle="named")
    for name, value in vars(online).items():
        if name not in vars(dialect) and isinstance(value, _FOUND_OUT):
            setattr(dialect, name, value)
    return dialect


def _comparable(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - for each frame, and pathlib is slower

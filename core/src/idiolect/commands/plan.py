"""Computes what a run would do from the state of the database, without doing it.

Used by ``upgrade --plan`` and ``downgrade --plan``. env.py runs as for ``current``; each step's
function then generates SQL as for ``--sql``. The only statements sent are those that read the
version table and the journal, and no lock is acquired.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import NoInspectionAvailable

from idiolect.commands.documents import print_document
from idiolect.commands.environment import run_environment
from idiolect.commands.repair import unfinished_line
from idiolect.ddl.standin import StandInConnection, StandInConnectionError
from idiolect.operations.base import Operations
from idiolect.runtime.environment import EnvironmentContext
from idiolect.runtime.migration import MigrationContext
from idiolect.runtime.version_table import qualified_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.engine import Dialect

    from idiolect.runtime.steps import MigrationStep
    from idiolect.script.base import ScriptDirectory
    from idiolect.settings.config import Config

_UNKNOWN: Final = "the SQL after this point is known only when it runs"
#: Types of the dialect attributes that a connection sets: flags, versions, names.
_FOUND_OUT: Final = (bool, int, str, tuple)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One revision that would run.

    Attributes:
        revision: its id.
        direction: ``upgrade`` or ``downgrade``.
        from_revisions: the ids that it starts from.
        to_revisions: the ids that it leads to.
        message: the first paragraph of its docstring.
        file: its path.
        sql: the statements, as far as they can be generated without executing them.
        problem: why the rest cannot; None if ``sql`` is complete.
        autocommit: whether it leaves the transaction with ``autocommit_block()``.
    """

    revision: str
    direction: str
    from_revisions: tuple[str, ...]
    to_revisions: tuple[str, ...]
    message: str
    file: str
    sql: str
    problem: str | None
    autocommit: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What would run on one database.

    Attributes:
        database: its URL without password.
        dialect: SQLAlchemy's name of the dialect.
        version_table: the version table's name, qualified by its schema if any.
        current: the ids in it.
        unfinished: a line about a revision that an earlier run left unfinished, or None.
        transaction: where transactions begin and end.
        lock: the lock, and the limits on statements.
        steps: what would run, in order.
    """

    database: str
    dialect: str
    version_table: str
    current: tuple[str, ...]
    unfinished: str | None
    transaction: str
    lock: str
    steps: tuple[PlannedStep, ...]


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


class _Environment(EnvironmentContext):
    """An environment that records the arguments env.py passes to the revisions."""

    def __init__(self, config: Config, script: ScriptDirectory, **kw: Any) -> None:
        super().__init__(config, script, **kw)
        self.run_args: dict[str, Any] = {}

    def run_migrations(self, **kw: Any) -> None:
        """Plan, but run nothing."""
        self.run_args = kw
        super().run_migrations(**kw)

    @contextlib.contextmanager
    def replaced_by(self, draft: MigrationContext) -> Iterator[None]:
        """Make the draft the current context while the block runs, as ``--sql`` would."""
        real, asked = self._migration_context, self.context_opts.get("as_sql", False)
        self._migration_context, self.context_opts["as_sql"] = draft, True
        try:
            yield
        finally:
            self._migration_context, self.context_opts["as_sql"] = real, asked


class _Draft(MigrationContext):
    """A context that generates SQL for the server that another one is connected to.

    Args:
        real: the connected context.
        environment: the environment of both.
    """

    _is_logged = False

    def __init__(self, real: MigrationContext, environment: _Environment) -> None:
        self.text = StringIO()
        self.left_transaction = False
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
        connection = StandInConnection(self.dialect, self.impl.execute, _NoAnswer)
        self.connection = self.impl.connection = connection

    @contextlib.contextmanager
    def autocommit_block(self) -> Iterator[None]:
        """Record that the step leaves its transaction, and continue generating."""
        self.left_transaction = True
        with super().autocommit_block():
            yield

    def write(self, step: MigrationStep, run_args: dict[str, Any]) -> tuple[str, str | None, bool]:
        """Return a step's SQL, why it is incomplete, and whether it leaves its transaction."""
        self.text.seek(0)
        self.text.truncate()
        self.left_transaction = False
        problem = None
        try:
            with Operations.context(self):
                step.migration_fn(**run_args)
        except (_Answerless, NoInspectionAvailable):
            problem = f"reads the database here: {_UNKNOWN}"
        except StandInConnectionError:
            problem = f"needs the connection itself here: {_UNKNOWN}"
        except Exception as exc:  # noqa: BLE001 - a revision's code, without the database it wants
            reason = " ".join(str(exc).split())
            problem = f"cannot be written before it runs: {type(exc).__name__}: {reason}"
        return self.text.getvalue().strip(), problem, self.left_transaction


def show_plan(
    config: Config,
    script: ScriptDirectory,
    steps_for: Callable[[tuple[str, ...], Any], Iterable[MigrationStep]],
    *,
    format: str,
    **opts: Any,
) -> None:
    """Print what would run on each database that env.py configures.

    Args:
        config: the configuration.
        script: the script directory.
        steps_for: plans the steps.
        format: ``text`` or ``json``.
        **opts: options of the environment.
    """
    plans: list[Plan] = []

    def note(heads: tuple[str, ...], context: Any) -> list[Any]:
        plans.append(_plan(heads, list(steps_for(heads, context)), context))
        return []

    run_environment(config, script, note, must_run=True, environment=_Environment, **opts)
    if format == "json":
        print_document(config, databases=[asdict(each) for each in plans])
        return
    for number, plan in enumerate(plans):
        for line in ([""] if number else []) + [*_lines(plan)]:
            config.print_stdout("%s", line)


def _plan(heads: tuple[str, ...], steps: list[MigrationStep], context: MigrationContext) -> Plan:
    environment: Any = context.environment_context
    draft = _Draft(context, environment) if steps else None
    unfinished = context.unfinished()
    with environment.replaced_by(draft):
        planned = tuple(_planned(step, draft, environment.run_args) for step in steps)
    return Plan(
        database=context.connection.engine.url.render_as_string(hide_password=True),
        dialect=context.dialect.name,
        version_table=qualified_name(context),
        current=heads,
        unfinished=unfinished_line(unfinished) if unfinished else None,
        transaction=_transaction(context, planned),
        lock=_lock(context),
        steps=planned,
    )


def _planned(step: Any, draft: Any, run_args: dict[str, Any]) -> PlannedStep:
    step.load()
    sql, problem, autocommit = draft.write(step, run_args)
    return PlannedStep(
        revision=step.revision.revision,
        direction=step.name,
        from_revisions=step.from_revisions_no_deps,
        to_revisions=step.to_revisions_no_deps,
        message=step.doc or "",
        file=step.revision.path,
        sql=sql,
        problem=problem,
        autocommit=autocommit,
    )


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


def _transaction(context: MigrationContext, steps: Iterable[PlannedStep]) -> str:
    transactions = context.transactions
    if context._is_bound():  # noqa: SLF001 - the run asks itself the same
        return "managed by env.py, which decides what is committed and when"
    if transactions.around_run == "database":
        if any(step.autocommit for step in steps):
            return "one for all steps, but for those that leave it and commit what was before them"
        return "one for all steps: either all of them are committed, or none"
    if context.rules.transactional_ddl:
        return "one per step: steps before a failure stay committed"
    return (
        "one per step; this database cannot roll back DDL, so a step that fails stays partly "
        "applied"
    )


def _lock(context: MigrationContext) -> str:
    taken = context.lock.enabled
    words = ["other runs on this version table wait" if taken else "none: other runs may interfere"]
    for name, what in (
        ("statement_timeout", "a statement may run {:g} s"),
        ("lock_wait_timeout", "a statement may wait {:g} s for a lock"),
    ):
        if (seconds := context.opts.get(name)) is not None:
            words.append(what.format(seconds))
    return "; ".join(words)


def _lines(plan: Plan) -> Iterator[str]:
    yield f"database:    {plan.database}"
    yield f"current:     {', '.join(plan.current) or 'base'} (table {plan.version_table})"
    if plan.unfinished:
        yield f"unfinished:  {plan.unfinished}"
    if not plan.steps:
        yield "Nothing would run."
        return
    yield f"transaction: {plan.transaction}"
    yield f"lock:        {plan.lock}"
    for number, step in enumerate(plan.steps, 1):
        start, end = (", ".join(ids) or "base" for ids in (step.from_revisions, step.to_revisions))
        yield ""
        yield f"{number}. {step.direction} {start} -> {end}, {' '.join(step.message.split())}"
        yield f"   file: {step.file}"
        if step.autocommit:
            yield "   leaves the transaction: everything before it is committed"
        if not step.sql and not step.problem:
            yield "   no SQL"
        yield from (f"    {line}".rstrip() for line in step.sql.splitlines())
        if step.problem:
            yield f"   {step.problem}"
    yield ""
    count = "1 revision" if len(plan.steps) == 1 else f"{len(plan.steps)} revisions"
    yield f"{count} would run. Nothing was changed."

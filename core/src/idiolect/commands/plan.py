"""Computes what a run would do from the state of the database, without doing it.

Used by ``upgrade --plan`` and ``downgrade --plan``. env.py runs as for ``current``; each step's
function then generates SQL as for ``--sql``. The only statements sent are those that read the
version table and the journal, and no lock is acquired.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from idiolect.commands.documents import print_document
from idiolect.commands.environment import run_environment
from idiolect.commands.repair import unfinished_line
from idiolect.lint.runner import linted_revision, linter_for
from idiolect.runtime.draft import Draft, DraftEnvironment
from idiolect.runtime.version_table import qualified_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from idiolect.lint.report import Finding
    from idiolect.runtime.draft import Drafted
    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep
    from idiolect.script.base import ScriptDirectory
    from idiolect.settings.config import Config


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
        findings: what the linter finds in it; nothing for a downgrade.
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
    findings: tuple[Finding, ...] = ()


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

    run_environment(config, script, note, must_run=True, environment=DraftEnvironment, **opts)
    if format == "json":
        print_document(config, databases=[asdict(each) for each in plans])
        return
    for number, plan in enumerate(plans):
        for line in ([""] if number else []) + [*_lines(plan)]:
            config.print_stdout("%s", line)


def _plan(heads: tuple[str, ...], steps: list[MigrationStep], context: MigrationContext) -> Plan:
    environment: Any = context.environment_context
    unfinished = context.unfinished()
    planned = _planned(steps, context, environment)
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


def _planned(
    steps: list[MigrationStep], context: MigrationContext, environment: DraftEnvironment
) -> tuple[PlannedStep, ...]:
    if not steps:
        return ()
    draft = Draft(context, environment)
    linter = linter_for(environment.config)
    rules = linter.rules_for(draft)
    planned: list[PlannedStep] = []
    previous = None
    with environment.replaced_by(draft):
        for step in steps:
            revision: Any = step
            revision.load()
            drafted = draft.write(step, environment.run_args)
            findings: list[Finding] = []
            if step.is_upgrade:
                previous = linted_revision(revision.revision, drafted, draft, previous)
                findings = linter.check(previous, rules)
            planned.append(_planned_step(step, drafted, findings))
    return tuple(planned)


def _planned_step(step: Any, drafted: Drafted, findings: Iterable[Finding]) -> PlannedStep:
    return PlannedStep(
        revision=step.revision.revision,
        direction=step.name,
        from_revisions=step.from_revisions_no_deps,
        to_revisions=step.to_revisions_no_deps,
        message=step.doc or "",
        file=step.revision.path,
        sql=drafted.sql,
        problem=drafted.problem,
        autocommit=drafted.left_transaction,
        findings=tuple(findings),
    )


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
        for each in step.findings:
            yield f"   line {each.line}: {each.level} {each.rule}: {each.message}"
            yield f"      {each.advice}"
    yield ""
    count = "1 revision" if len(plan.steps) == 1 else f"{len(plan.steps)} revisions"
    yield f"{count} would run. Nothing was changed."

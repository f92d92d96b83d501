"""Runs revisions without a database and checks them: env.py runs offline, as for ``--sql``."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from idiolect.hooks.lint import LintedOperation, LintedRevision
from idiolect.lint.changes import changes_of
from idiolect.lint.rules import rules_for
from idiolect.runtime.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idiolect.hooks.lint import LintFinding, LintRule
    from idiolect.runtime.draft import Drafted, DraftEnvironment
    from idiolect.runtime.migration import MigrationContext
    from idiolect.script.script import Script


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its place.

    Attributes:
        rule: the name of the rule.
        level: of the rule.
        revision: the id of the revision.
        path: its file.
        line: the line of the operation; 1 if it is about the whole revision.
        message: what will happen.
        advice: what to do instead.
        dialect: SQLAlchemy's name of the dialect.
    """

    rule: str
    level: Literal["error", "warning"]
    revision: str
    path: str
    line: int
    message: str
    advice: str
    dialect: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on what was not checked, or on a comment without effect.

    Attributes:
        revision: the id of the revision.
        path: its file.
        line: the line that it is about.
        message: the remark.
    """

    revision: str
    path: str
    line: int
    message: str


@dataclass(slots=True)
class Report:
    """The result of a run.

    Attributes:
        findings: in the order of the revisions and of their lines.
        notes: what was not seen, and comments without effect.
        checked: the ids of the revisions that were run.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)


def lint_context(
    context: MigrationContext,
    environment: DraftEnvironment,
    scripts: Iterable[Script],
    report: Report,
) -> None:
    """Check revisions for the database of one context.

    Args:
        context: the context that env.py configured, offline.
        environment: the environment that runs env.py.
        scripts: the revisions, each after its ancestors.
        report: receives what is found.
    """
    from idiolect.runtime.steps import RevisionStep

    rules = rules_for(context.dialect)
    draft = Draft(context, environment, skips_rebuilds=True)
    previous = None
    with environment.replaced_by(draft):
        for script in scripts:
            step = RevisionStep(context.script.revision_map, script, is_upgrade=True)
            step.load()
            drafted = draft.write(step, environment.run_args)
            previous = linted_revision(script, drafted, draft, previous)
            check(previous, rules.values(), report)


def linted_revision(
    script: Script, drafted: Drafted, context: MigrationContext, previous: LintedRevision | None
) -> LintedRevision:
    """Return what a rule is given.

    Args:
        script: the revision.
        drafted: what its upgrade() would do.
        context: the context in which it was run.
        previous: the revision that was linted before it.
    """
    limit = getattr(script.module, "lock_wait_timeout", context.opts.get("lock_wait_timeout"))
    return LintedRevision(
        revision=script.revision,
        path=script.path,
        dialect=context.dialect,
        operations=tuple(
            LintedOperation(
                operation=each.operation,
                sql=tuple(each.sql),
                changes=changes_of(each.operation, each.sql),
                line=each.line,
                in_transaction=each.in_transaction,
                in_batch=each.in_batch,
                recreates=each.recreates,
            )
            for each in drafted.operations
        ),
        transactional_ddl=context.rules.transactional_ddl,
        lock_wait_timeout=limit,
        has_downgrade=_has_downgrade(script.path),
        options=context.opts,
        unseen=drafted.problem,
        previous=previous,
    )


def check(revision: LintedRevision, rules: Iterable[LintRule], report: Report) -> None:
    """Add the findings in a revision to a report."""
    found = [_placed(revision, rule, each) for rule in rules for each in _findings(rule, revision)]
    report.findings += sorted(found, key=lambda each: each.line)
    report.checked.append(revision.revision)
    if revision.unseen:
        report.notes.append(_note(revision, f"upgrade() {revision.unseen}"))


def _findings(rule: LintRule, revision: LintedRevision) -> Sequence[LintFinding]:
    try:
        return list(rule.check(revision))
    except Exception as exc:
        exc.add_note(f"in the lint rule {rule.name!r}, for the revision {revision.path!r}")
        raise


def _placed(revision: LintedRevision, rule: LintRule, finding: LintFinding) -> Finding:
    line = finding.operation.line if finding.operation else None
    return Finding(
        rule=rule.name,
        level=rule.level,
        revision=revision.revision,
        path=revision.path,
        line=line or 1,
        message=finding.message,
        advice=finding.advice,
        dialect=revision.dialect.name,
    )


def _note(revision: LintedRevision, message: str) -> Note:
    return Note(revision.revision, revision.path, 1, message)


def _has_downgrade(path: str) -> bool:
    """Return whether ``downgrade()`` of a revision file does anything but raise."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "downgrade":
            return not all(_does_nothing(statement) for statement in node.body)
    return any(_binds_downgrade(node) for node in tree.body)


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass | ast.Raise | ast.Return)


def _binds_downgrade(node: Any) -> bool:
    """Return whether a statement imports or assigns the function."""
    names = [getattr(each, "asname", None) or each.name for each in getattr(node, "names", ())]
    targets = [getattr(each, "id", "") for each in getattr(node, "targets", ())]
    return "downgrade" in {*names, *targets} or "*" in names

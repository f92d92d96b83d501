"""Runs revisions without a database, and checks what they do."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.hooks.lint import LintedOperation, LintedRevision, LintHistory
from idiolect.lint.changes import changes_of
from idiolect.lint.report import Finding, Note, Report
from idiolect.lint.rules import (
    OPTIONS,
    configured,
    names_for_all_dialects,
    rules_for,
    unknown,
)
from idiolect.lint.suppress import Ignore, ignores_in
from idiolect.runtime.draft import Draft
from idiolect.runtime.steps import RevisionStep

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from idiolect.hooks.lint import LintFinding, LintRule
    from idiolect.runtime.draft import Drafted, DraftEnvironment
    from idiolect.runtime.migration import MigrationContext
    from idiolect.script.script import Script
    from idiolect.settings.config import Config


@dataclass(slots=True)
class Linter:
    """Checks revisions, for one database after the other.

    Attributes:
        ignored: the names of rules that are not checked.
        errors: the names of rules whose findings are errors, whatever their level.
        rules: the rules that were checked, by name.
        report: the result so far.
    """

    ignored: Collection[str] = ()
    errors: Collection[str] = ()
    rules: dict[str, LintRule] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    _ignores: dict[str, list[Ignore]] = field(default_factory=dict)
    _revisions: dict[str, str] = field(default_factory=dict)
    _known: set[Finding] = field(default_factory=set)

    def lint(
        self, context: MigrationContext, environment: DraftEnvironment, scripts: Iterable[Script]
    ) -> None:
        """Run revisions for the database of a context, without connecting, and check them.

        Args:
            context: the context that env.py configured for a script.
            environment: the environment that runs env.py.
            scripts: the revisions, each after its ancestors.
        """
        rules = self.rules_for(context)
        draft = Draft(context, environment, lenient=True)
        previous = None
        with environment.replaced_by(draft):
            for script in scripts:
                step = RevisionStep(context.script.revision_map, script, is_upgrade=True)
                step.load()
                drafted = draft.write(step, environment.run_args)
                previous = linted_revision(script, drafted, draft, previous)
                self.check(previous, rules)
                self._note(previous, drafted)

    def rules_for(self, context: MigrationContext) -> list[LintRule]:
        """Return the rules to check for a database."""
        found = rules_for(context.dialect)
        self.rules |= found
        return [rule for name, rule in found.items() if name not in self.ignored]

    def check(self, revision: LintedRevision, rules: Iterable[LintRule]) -> list[Finding]:
        """Check a revision, and return its findings that are new to the report."""
        report = self.report
        found = [
            self._placed(revision, rule, each)
            for rule in rules
            for each in _findings(rule, revision)
        ]
        # The same may be found for several databases.
        new = [each for each in dict.fromkeys(found) if each not in self._known]
        self._known.update(new)
        kept = sorted(
            (each for each in new if not self._is_suppressed(each)), key=lambda each: each.line
        )
        report.findings += kept
        if revision.path not in self._revisions:
            self._revisions[revision.path] = revision.revision
            report.checked.append(revision.revision)
        return kept

    def _note(self, revision: LintedRevision, drafted: Drafted) -> None:
        """Add notes about what was not seen, once for all databases."""
        report = self.report
        if drafted.problem and revision.revision not in report.unseen:
            report.unseen.append(revision.revision)
            message = f"upgrade() {drafted.problem}"
            report.notes.append(Note(revision.revision, revision.path, drafted.line or 1, message))
        for line, remark in drafted.remarks:
            note = Note(revision.revision, revision.path, line or 1, f"upgrade() {remark}")
            if note not in report.notes:
                report.notes.append(note)

    def finish(self) -> None:
        """Add notes about comments that have no effect, and put all in the order of the files."""
        for path, revision in self._revisions.items():
            for ignore in self._ignores_in(path):
                for name in ignore.names:
                    if remark := self._remark(ignore, name, revision):
                        note = Note(revision, path, ignore.line, f"the comment {remark}")
                        self.report.notes.append(note)
        # Several databases were checked one after the other.
        order = {revision: place for place, revision in enumerate(self.report.checked)}
        for each in (self.report.findings, self.report.notes):
            each.sort(key=lambda one: (order[one.revision], one.line))

    def _remark(self, ignore: Ignore, name: str, revision: str) -> str:
        if name not in self.rules:
            # It may be for a database that is used elsewhere.
            every = {*self.rules, *names_for_all_dialects()}
            return "" if name in every else f"names the lint rule {name!r}, {unknown(name, every)}"
        is_seen = revision not in self.report.unseen
        if name not in ignore.used and name not in self.ignored and is_seen:
            return f"suppresses no finding of {name}; remove it"
        return ""

    def _is_suppressed(self, finding: Finding) -> bool:
        ignores = self._ignores_in(finding.file)
        return any(each.suppresses(finding.rule, finding.line) for each in ignores)

    def _ignores_in(self, path: str) -> list[Ignore]:
        if path not in self._ignores:
            self._ignores[path] = ignores_in(path)
        return self._ignores[path]

    def _placed(self, revision: LintedRevision, rule: LintRule, finding: LintFinding) -> Finding:
        line = finding.operation.line if finding.operation else None
        return Finding(
            rule=rule.name,
            level="error" if rule.name in self.errors else rule.level,
            revision=revision.revision,
            file=revision.path,
            line=line or 1,
            message=finding.message,
            advice=finding.advice,
        )


def linter_for(config: Config) -> Linter:
    """Return a linter with the options of the config file."""
    ignored, errors = (configured(config, key) for key in OPTIONS)
    return Linter(ignored, errors)


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
    history = previous.history if previous else LintHistory()
    if previous:
        history.add(previous)
    limit = getattr(script.module, "lock_wait_timeout", context.opts.get("lock_wait_timeout"))
    return LintedRevision(
        revision=script.revision,
        path=script.path,
        dialect=context.dialect,
        operations=tuple(
            LintedOperation(
                operation=each.operation,
                sql=tuple(each.sql),
                changes=changes_of(each.operation, each.sql, context.dialect),
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
        history=history,
    )


def _findings(rule: LintRule, revision: LintedRevision) -> Sequence[LintFinding]:
    try:
        return list(rule.check(revision))
    except Exception as exc:
        exc.add_note(f"in the lint rule {rule.name!r}, for the revision {revision.path!r}")
        raise


def _has_downgrade(path: str) -> bool:
    """Return whether ``downgrade()`` does something, or raises, or is missing."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "downgrade":
            return not all(_does_nothing(statement) for statement in node.body)
    return True


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass | ast.Return)

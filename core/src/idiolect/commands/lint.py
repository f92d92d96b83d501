"""The command ``lint``: checks revisions for risks, without a database."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import SQLAlchemyError

from idiolect.commands.documents import check_format, print_document
from idiolect.commands.environment import run_environment, script_directory
from idiolect.errors import CommandError, IdiolectError, NothingRanWarning
from idiolect.lint.report import found, lines, rule_lines
from idiolect.lint.rules import check_names
from idiolect.lint.runner import Linter, linter_for
from idiolect.lint.unwritten import unwritten
from idiolect.runtime.draft import DraftEnvironment
from idiolect.util.colors import has_colors
from idiolect.util.langhelpers import to_tuple
from idiolect.util.messaging import write_outstream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect.script.base import ScriptDirectory
    from idiolect.script.script import Script
    from idiolect.settings.config import Config

#: Characters of an error of env.py that are repeated.
_SHOWN: Final = 300
_FORMATS: Final = ("text", "json", "sarif", "github")


def lint(  # noqa: PLR0917 - as on the command line
    config: Config,
    revisions: str | Iterable[str] = (),
    since: str | None = None,
    strict: bool = False,
    rules: bool = False,
    format: str = "text",
) -> None:
    """Check revisions for risks, without a database.

    Args:
        config: the configuration.
        revisions: identifiers and ranges ``start:end``; none: all, without ``lint_since`` and its
            ancestors.
        since: only revisions whose files were added or changed since the merge base with this
            branch, tag or commit of git.
        strict: fail if there is any finding.
        rules: print the rules instead of checking anything.
        format: ``text`` for people, ``json`` or ``sarif`` for a document, ``github`` for the
            annotations of a workflow.

    Raises:
        CommandError: there is a finding of the level ``error``, env.py cannot be run without a
            database, or an argument or an option is unknown.
    """
    check_format(format, _FORMATS)
    script = script_directory(config)
    chosen = [] if rules else _chosen(config, script, to_tuple(revisions, ()), since)
    linter = linter_for(config)
    _run(config, script, linter, chosen)
    check_names(config, linter.rules)
    if rules:
        _print_rules(config, linter, format)
        return
    linter.finish()
    _print(config, linter, format)
    report = linter.report
    if report.count("error") or (strict and report.findings):
        raise CommandError(f"The linter found {found(report)}.")


def _run(config: Config, script: ScriptDirectory, linter: Linter, chosen: list[Script]) -> None:
    """Let env.py configure each database, and check the revisions for it."""

    def check(_heads: tuple[str, ...], context: Any) -> list[Any]:
        if chosen:
            linter.lint(context, context.environment_context, chosen)
        else:
            linter.rules_for(context)
        return []

    try:
        # So that what env.py and revisions print is no part of the report.
        with contextlib.redirect_stdout(sys.stderr), unwritten(script.env_py_location):
            run_environment(
                config,
                script,
                check,
                must_run=True,
                environment=DraftEnvironment,
                as_sql=True,
                is_draft=True,
                starting_rev=None,
                destination_rev="heads",
            )
    except (IdiolectError, NothingRanWarning):
        raise
    except (SQLAlchemyError, ImportError) as exc:
        reason = " ".join(str(getattr(exc, "orig", exc)).split())[:_SHOWN]
        raise CommandError(
            f"{script.env_py_location!r} cannot be run without a database: {reason}. lint runs it "
            "as --sql does: let it test context.is_offline_mode(), and call "
            "context.configure(url=...) then instead of connecting."
        ) from exc


def _chosen(
    config: Config, script: ScriptDirectory, revisions: tuple[str, ...], since: str | None
) -> list[Script]:
    """Return the revisions to check, each after its ancestors."""
    every = list(script.walk_revisions())[::-1]
    if revisions:
        wanted = {each.revision for one in revisions for each in _named(script, one)}
    else:
        history = config.get_alembic_option("lint_since")
        old = {each.revision for each in _up_to(script, config, history)} if history else set()
        wanted = {each.revision for each in every} - old
    chosen = [each for each in every if each.revision in wanted]
    if since is None:
        return chosen
    # Imported here because it starts processes.
    from idiolect.lint.changed import changed_since

    files = changed_since(since, [str(each) for each in script._version_locations])
    return [each for each in chosen if Path(each.path).resolve() in files]


def _named(script: ScriptDirectory, identifier: str) -> Iterable[Script]:
    start, colon, end = identifier.partition(":")
    if not colon:
        return script.get_revisions(identifier)
    return script.walk_revisions(start or "base", end or "heads")


def _up_to(script: ScriptDirectory, config: Config, revision: str) -> Iterable[Script]:
    try:
        return list(script.walk_revisions("base", revision))
    except CommandError as exc:
        exc.add_note(config.place_of("lint_since").note)
        raise


def _print_rules(config: Config, linter: Linter, format: str) -> None:
    listed = sorted(linter.rules.values(), key=lambda rule: rule.name)
    if format == "json":
        entries = [
            {"name": each.name, "level": each.level, "summary": each.summary} for each in listed
        ]
        print_document(config, rules=entries)
        return
    for line in rule_lines(
        ((each.name, each.level, each.summary) for each in listed), colors=has_colors(config.stdout)
    ):
        write_outstream(config.stdout, line, "\n", **config.messaging_opts)


def _print(config: Config, linter: Linter, format: str) -> None:
    report = linter.report
    if format == "json":
        print_document(
            config,
            findings=[asdict(each) for each in report.findings],
            notes=[asdict(each) for each in report.notes],
            checked=report.checked,
            unseen=report.unseen,
        )
        return
    if format == "text":
        shown = lines(report, colors=has_colors(config.stdout))
    else:
        # Imported here because most runs are for people.
        from idiolect.lint import machine

        is_sarif = format == "sarif"
        shown = (
            iter([machine.sarif(report, linter.rules)])
            if is_sarif
            else machine.workflow_commands(report)
        )
    for line in shown:
        write_outstream(config.stdout, line, "\n")

"""The command ``lint``: checks revisions for risks, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.commands.environment import run_environment, script_directory
from idiolect.errors import CommandError
from idiolect.lint.report import print_report
from idiolect.lint.runner import Report, lint_context
from idiolect.runtime.draft import DraftEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect.settings.config import Config


def lint(config: Config, revisions: str | Iterable[str] = ()) -> None:
    """Check revisions for risks, without a database.

    Args:
        config: the configuration.
        revisions: identifiers and ranges; none: all revisions.

    Raises:
        CommandError: there is a finding of the level ``error``.
    """
    script = script_directory(config)
    chosen = list(reversed([*script.walk_revisions()]))
    del revisions
    report = Report()

    def check(_heads: tuple[str, ...], context: Any) -> list[Any]:
        lint_context(context, context.environment_context, chosen, report)
        return []

    run_environment(config, script, check, must_run=True, environment=DraftEnvironment, as_sql=True)
    print_report(config, report)
    errors = sum(each.level == "error" for each in report.findings)
    if errors:
        count = "1 error" if errors == 1 else f"{errors} errors"
        raise CommandError(f"The linter found {count}; see above.")

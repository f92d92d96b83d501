"""The core's implementations of the hooks of the linter, called after those of all plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks.markers import hookimpl
from idiolect.lint.care import CARE_RULES
from idiolect.lint.compatibility import COMPATIBILITY_RULES
from idiolect.lint.failures import FAILURE_RULES

if TYPE_CHECKING:
    from idiolect.hooks.lint import LintRule


@hookimpl(trylast=True)
def lint_rules() -> list[LintRule]:
    """Return the rules that hold for every database."""
    return [*COMPATIBILITY_RULES, *FAILURE_RULES, *CARE_RULES]

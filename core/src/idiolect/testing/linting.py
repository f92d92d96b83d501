"""Lints statements of an ``upgrade()``, for tests of a plugin's lint rules.

found = findings('op.create_index("i", "t", ["a"])', "acme")
assert ["acme-index-blocks"] == [each.rule for each in found]
"""

from __future__ import annotations

import textwrap
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from idiolect import op
from idiolect.lint.builtin import lint_rules
from idiolect.lint.rules import rules_for
from idiolect.lint.runner import Linter, linted_revision
from idiolect.runtime.draft import Draft
from idiolect.runtime.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Dialect

    from idiolect.hooks.lint import LintedRevision, LintRule
    from idiolect.lint.report import Finding


def findings(code: str, dialect: str, *earlier: str, **opts: Any) -> list[Finding]:
    """Return what the rules of a dialect's plugin find in a revision; the core's are not checked.

    Args:
        code: the statements of its ``upgrade()``, which may use ``op`` and ``sa``.
        dialect: SQLAlchemy's name of the dialect.
        *earlier: the statements of the revisions before it.
        **opts: options of ``configure()``.
    """
    revision = None
    for number, each in enumerate((*earlier, code)):
        revision = linted(each, dialect, revision, number, **opts)
    last = cast("LintedRevision", revision)
    return Linter().check(last, own_rules(last.dialect))


def own_rules(dialect: Dialect) -> list[LintRule]:
    """Return the rules that plugins add to those of the core."""
    core = {rule.name for rule in lint_rules()}
    return [rule for name, rule in rules_for(dialect).items() if name not in core]


def linted(
    code: str,
    dialect: str,
    previous: LintedRevision | None = None,
    number: int = 0,
    **opts: Any,
) -> LintedRevision:
    """Return a revision as rules see it.

    Args:
        code: the statements of its ``upgrade()``.
        dialect: SQLAlchemy's name of the dialect.
        previous: the revision before it.
        number: identifies the revision.
        **opts: options of ``configure()``.
    """
    opts = {"as_sql": True, **opts}
    context = MigrationContext.configure(dialect_name=dialect, opts=opts)
    draft = Draft(context, cast("Any", None), lenient=True)
    path = f"revision_{number}.py"
    script = SimpleNamespace(revision=str(number), path=path, module=SimpleNamespace())
    step = SimpleNamespace(revision=script, migration_fn=upgrade(code, path))
    drafted = draft.write(cast("Any", step), {})
    if drafted.problem:
        raise ValueError(f"upgrade() {drafted.problem}\n{code}")
    return linted_revision(cast("Any", script), drafted, draft, previous)


def upgrade(code: str, path: str = "revision.py") -> Callable[[], None]:
    """Return a function ``upgrade()`` with the given statements."""
    names: dict[str, Any] = {"op": op, "sa": sa}
    source = f"def upgrade():\n{textwrap.indent(code, '    ')}\n"
    exec(compile(source, path, "exec"), names)  # noqa: S102 - the code of a test
    return cast("Callable[[], None]", names["upgrade"])


def names(found: Sequence[Finding]) -> list[str]:
    """Return the names of the rules that found something, in order and without repetition."""
    return list(dict.fromkeys(each.rule for each in found))

"""The reference of all lint rules, of the core and of the plugins of this repository.

Used by `write_lint_rules_page.py` and the test of the page, which also runs the examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devtools.shell import ROOT

from idiolect.hooks.manager import get_manager
from idiolect.lint import builtin
from idiolect.lint.rules import dialect_named, rules_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks import LintRule

PAGE = ROOT / "docs" / "reference" / "lint-rules.md"
#: Dialects whose plugins are in this repository, with the names of their databases.
DATABASES = {
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "mssql": "SQL Server",
    "oracle": "Oracle",
    "sqlite": "SQLite",
}
_HEAD = """# Lint rules

These are the rules of [`idiolect lint`](commands.md#lint).
[Lint migrations](../how-to/lint-migrations.md) shows how to use it and how to suppress a finding.
Findings of the level *error* make the command fail; with `--strict`, all of them do.
`tools/write_lint_rules_page.py` generates this page from the rules, and tests run the examples.

Rules say nothing about tables that the same revision creates, because they are empty and unused.
"""


def rules_by_dialects() -> dict[str, tuple[LintRule, tuple[str, ...]]]:
    """Return each rule with the dialects that it is for; none: it is one of the core's."""
    core = {rule.name: rule for rule in builtin.lint_rules()}
    found: dict[str, tuple[LintRule, tuple[str, ...]]] = {
        name: (rule, ()) for name, rule in core.items()
    }
    get_manager().load_neutral()
    for dialect in DATABASES:
        for name, rule in rules_for(dialect_named(dialect)).items():
            if name not in core:
                _, before = found.get(name, (rule, ()))
                found[name] = (rule, (*before, dialect))
    return found


def text_of_page() -> str:
    """Return the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rules = rules_by_dialects()
    yield _HEAD
    yield "| rule | level | databases | finds |"
    yield "|---|---|---|---|"
    for rule, dialects in rules.values():
        databases = ", ".join(DATABASES[each] for each in dialects) or "all"
        yield f"| [`{rule.name}`](#{rule.name}) | {rule.level} | {databases} | {rule.summary} |"
    for rule, dialects in rules.values():
        yield from _section(rule, dialects)


def _section(rule: LintRule, dialects: tuple[str, ...]) -> Iterator[str]:
    yield f'\n<a id="{rule.name}"></a>\n'
    yield f"## `{rule.name}`\n"
    databases = ", ".join(DATABASES[each] for each in dialects) or "all databases"
    yield f"{rule.summary} (*{rule.level}*, {databases})\n"
    for paragraph in (rule.why, rule.instead):
        if paragraph:
            yield f"{paragraph}\n"
    for title, example in (("Found", rule.triggers), ("Not found", rule.passes)):
        if example:
            yield f'```python title="{title}"\n{example}\n```\n'

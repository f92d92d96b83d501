"""The reference of the lint rules matches the rules, and its examples are true."""

from __future__ import annotations

import io
import json
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from lintpage import PAGE, rules_by_dialects, text_of_page
from projects import Project

from idiolect import command
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from idiolect.hooks import LintRule

#: Examples of the core's rules run where DDL is transactional.
URLS = {
    "postgresql": "postgresql+psycopg://localhost/shop",
    "mysql": "mysql+pymysql://localhost/shop",
    "mariadb": "mariadb+pymysql://localhost/shop",
    "mssql": "mssql+pyodbc://localhost/shop",
    "oracle": "oracle+oracledb://localhost/shop",
    "sqlite": "sqlite:///shop.db",
}
RULES = {
    f"{name}-{dialect}": (rule, dialect)
    for name, (rule, dialects) in rules_by_dialects().items()
    for dialect in dialects or ("postgresql",)
}


def test_page() -> None:
    """After a change of a rule run tools/write_lint_rules_page.py."""
    assert text_of_page() == PAGE.read_text(encoding="utf-8")


def test_each_rule_is_explained() -> None:
    """Each rule has both texts, and two examples, unless they depend on the dialect."""
    rules = [rule for rule, _ in rules_by_dialects().values()]
    assert [] == [rule.name for rule in rules if not (rule.why and rule.instead)]
    without = [rule.name for rule in rules if not (rule.triggers and rule.passes)]
    assert ["needs-autocommit"] == without


def found(folder: Path, dialect: str, upgrade: str) -> set[str]:
    """Return the names of the rules that find something in an ``upgrade()``."""
    project = Project(folder, URLS[dialect])
    path = project.revision("a1", None, "raise NotImplementedError", "raise NotImplementedError")
    header = path.read_text(encoding="utf-8").partition("def upgrade")[0]
    code = upgrade if upgrade.startswith("def ") else f"def upgrade():\n{indent(upgrade, '    ')}\n"
    path.write_text(header + code, encoding="utf-8")
    output = io.StringIO()
    try:
        command.lint(project.config(stdout=output), format="json")
    except CommandError as exc:
        assert "The linter found" in str(exc)  # noqa: PT017 - errors are findings as well
    document = json.loads(output.getvalue())
    assert [] == document["notes"]
    return {each["rule"] for each in document["findings"]}


@pytest.mark.parametrize("key", RULES)
def test_the_examples_are_true(key: str, tmp_path: Path) -> None:
    """A rule finds something in its first example, and nothing in its second."""
    rule, dialect = RULES[key]
    assert expected(rule) == (
        rule.name in found(tmp_path / "triggers", dialect, rule.triggers or "pass"),
        rule.name in found(tmp_path / "passes", dialect, rule.passes or "pass"),
    )


def expected(rule: LintRule) -> tuple[bool, bool]:
    """Return whether the rule has to find something in the two examples."""
    return (bool(rule.triggers), False)

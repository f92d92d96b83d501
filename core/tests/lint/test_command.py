"""The command: which revisions it checks, what it prints, and when it fails."""

from __future__ import annotations

import io
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from idiolect import command
from idiolect.errors import CommandError
from idiolect.hooks import LintFinding, LintRule, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.tests.lint.conftest import Linted
    from idiolect.hooks import LintedRevision
    from idiolect.hooks.manager import PluginManager

RAISES = "raise NotImplementedError"
DROP = "op.drop_table('{}')"


@pytest.fixture
def three(linted: Linted) -> Linted:
    """A project of three revisions with a warning each."""
    for revision, down in (("a", None), ("b", "a"), ("c", "b")):
        linted.project.revision(revision, down, DROP.format(revision), RAISES)
    return linted


@pytest.mark.parametrize(
    ("revisions", "checked"),
    [
        ([], ["a", "b", "c"]),
        (["b"], ["b"]),
        (["c", "a"], ["a", "c"]),
        (["b:c"], ["b", "c"]),
        ([":b"], ["a", "b"]),
        (["b:"], ["b", "c"]),
        (["head"], ["c"]),
        (["head-1"], ["b"]),
        (["base"], []),
    ],
)
def test_the_revisions_are_chosen(revisions: list[str], checked: list[str], three: Linted) -> None:
    """Identifiers and ranges with both ends, in the order in which they would run."""
    assert checked == three.document(*revisions)["checked"]


def test_history_is_left_out(three: Linted) -> None:
    """lint_since and its ancestors are not checked, unless they are named."""
    three.options["lint_since"] = "b"
    assert ["c"] == three.document()["checked"]
    assert ["a"] == three.document("a")["checked"]


def test_the_text_has_place_level_and_rule(three: Linted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are relative to the working directory, and the last line counts."""
    monkeypatch.chdir(three.project.folder)
    expected = (
        "versions/a_.py:9: warning drop-table: Drops table a with all its rows, and code that "
        "still uses it fails.\n    Deploy code that does not use the table first, and copy rows "
        "that may be needed.\n1 warning in 1 revision.\n"
    )
    assert expected == three.text("a")


def test_an_error_fails_and_a_warning_only_if_strict(three: Linted) -> None:
    """The exit status is 1 for an error, and for any finding with strict."""
    config = three.project.config(stdout=io.StringIO())
    command.lint(config, "a", format="json")
    with pytest.raises(CommandError, match=r"^The linter found 1 warning\.$"):
        command.lint(config, "a", strict=True)
    config.set_main_option("lint_errors", "drop-table")
    with pytest.raises(CommandError, match=r"^The linter found 1 error\.$"):
        command.lint(config, "a")


def test_a_rule_can_be_turned_off(three: Linted) -> None:
    """Findings of rules in lint_ignore are not reported."""
    three.options["lint_ignore"] = "no-downgrade, drop-table"
    assert [] == three.found()


@pytest.mark.parametrize("option", ["lint_ignore", "lint_errors"])
def test_an_unknown_rule_in_the_config_is_an_error(option: str, three: Linted) -> None:
    """The message names the option and the most similar rule."""
    three.options[option] = "drop-tabel"
    with pytest.raises(CommandError, match=rf"{option}.*'drop-tabel'.*did you mean 'drop-table'\?"):
        three.text()


def test_the_rules_are_listed(linted: Linted) -> None:
    """Each with its level and its summary, without checking a revision."""
    lines = linted.text(rules=True).splitlines()
    assert "drop-table          warning  A table is dropped with its rows." in lines
    names = [each["name"] for each in linted.document(rules=True)["rules"]]
    assert [line.split()[0] for line in lines] == names


def test_sarif_has_what_its_schema_requires(three: Linted) -> None:
    """Results refer to rules by name and index, and to files by relative URIs."""
    document = json.loads(three.text("a", format="sarif"))
    (run,) = document["runs"]
    (result,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert "2.1.0" == document["version"]
    assert "idiolect lint" == run["tool"]["driver"]["name"]
    assert "drop-table" == rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert {"error", "warning"} >= {each["defaultConfiguration"]["level"] for each in rules}
    assert "warning" == result["level"]
    assert result["message"]["text"].startswith("Drops table a ")
    (place,) = result["locations"]
    assert 9 == place["physicalLocation"]["region"]["startLine"]
    uri = place["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("file:///")
    assert uri.endswith("/versions/a_.py")
    assert {"$schema", "version", "runs"} == {*document}
    assert {"tool", "invocations", "results"} == {*run}


def test_annotations_are_escaped(
    linted: Linted, sqlite: PluginManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Percent signs, line breaks, colons and commas have a meaning in workflow commands."""

    def check(revision: LintedRevision) -> Iterator[LintFinding]:
        yield LintFinding("100 %,\nor: less.", "Advice.")

    class Plugin:
        @hookimpl
        def lint_rules(self) -> list[LintRule]:
            return [LintRule("house-rule", "A summary.", check)]

    sqlite.register(Plugin())
    linted.project.revision("a")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(linted.project.folder))
    line = "::warning file=versions/a_.py,line=1,title=house-rule::100 %25,%0Aor: less. Advice.\n"
    assert line == linted.text(format="github")


def find_nothing(_revision: LintedRevision) -> list[LintFinding]:
    """A rule that finds nothing."""
    return []


def test_two_rules_of_one_name_are_refused(linted: Linted, sqlite: PluginManager) -> None:
    """A plugin cannot replace a rule unnoticed."""

    class Plugin:
        @hookimpl
        def lint_rules(self) -> list[LintRule]:
            return [LintRule("drop-table", "A summary.", find_nothing)]

    sqlite.register(Plugin())
    with pytest.raises(CommandError, match="Two lint rules are named 'drop-table'"):
        linted.text()


def test_a_rule_that_fails_is_named(linted: Linted, sqlite: PluginManager) -> None:
    """The error says which rule failed, and for which revision."""

    def check(revision: LintedRevision) -> Iterator[LintFinding]:
        yield LintFinding(revision.revision, "Advice.")
        raise RuntimeError("broken")

    class Plugin:
        @hookimpl
        def lint_rules(self) -> list[LintRule]:
            return [LintRule("house-rule", "A summary.", check)]

    sqlite.register(Plugin())
    path = linted.project.revision("a")
    with pytest.raises(RuntimeError) as caught:
        linted.text()
    assert [
        f"in the lint rule 'house-rule', for the revision {str(path)!r}"
    ] == caught.value.__notes__


def test_the_linter_writes_nothing(three: Linted, capsys: pytest.CaptureFixture[str]) -> None:
    """No database is made, and what env.py or a revision prints is not part of the report."""
    three.project.revision("d", "c", "print('from the revision')", RAISES)
    assert [] == three.found("d")
    assert "from the revision" in capsys.readouterr().err
    assert not (three.project.folder.parent / "database.db").exists()


def git(folder: Path, *arguments: str) -> None:
    """Run git, with an author and without the user's configuration."""
    names = {
        f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(folder)}
    subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


@pytest.fixture
def branch(three: Linted) -> Linted:
    """The project in git, where a branch has changed one revision and added two."""
    folder = three.project.folder
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "three")
    git(folder, "checkout", "-qb", "work")
    three.project.revision("d", "c", DROP.format("d"), RAISES)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "four")
    git(folder, "checkout", "-q", "main")
    three.project.revision("m", "c", DROP.format("m"), RAISES)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "main goes on")
    git(folder, "checkout", "-q", "work")
    three.project.revision("b", "a", DROP.format("other"), RAISES)
    three.project.revision("e", "d", DROP.format("e"), RAISES)
    return three


def test_only_what_a_branch_changed_is_checked(branch: Linted) -> None:
    """Committed, changed and new files, since the merge base rather than the tip of main."""
    assert ["b", "d", "e"] == branch.document(since="main")["checked"]
    assert ["e"] == branch.document("d:e", since="work")["checked"]


def test_before_the_first_commit_every_file_is_new(three: Linted) -> None:
    """A hook that runs before each commit runs before the first one, too."""
    git(three.project.folder, "init", "-q")
    git(three.project.folder, "add", "versions/a_.py")
    assert ["a", "b", "c"] == three.document(since="HEAD")["checked"]


def test_an_unknown_reference_is_an_error(branch: Linted) -> None:
    """The message says how to get it in CI."""
    with pytest.raises(CommandError, match="git fetch origin gone"):
        branch.text(since="origin/gone")
    with pytest.raises(CommandError, match="--since --all: git knows no"):
        branch.text(since="--all")


def test_a_reference_without_common_history_is_an_error(branch: Linted) -> None:
    """As in a shallow clone."""
    git(branch.project.folder, "checkout", "-q", "--orphan", "alone")
    git(branch.project.folder, "commit", "-qm", "alone")
    with pytest.raises(CommandError, match="fetch-depth: 0"):
        branch.text(since="main")


def test_since_needs_a_repository(three: Linted, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message repeats what git says."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(three.project.folder.parent))
    with pytest.raises(CommandError, match=r"--since needs a git repository around .* git says: "):
        three.text(since="main")


def test_since_needs_git(three: Linted, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what is missing and what to do without it."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match=r"--since needs git, .* Install it, or name the rev"):
        three.text(since="main")

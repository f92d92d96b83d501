"""Standard output holds one JSON document, whatever happens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.cli.main import CommandLine

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal
    from idiolect.settings.config import Config

ENTRY = {
    "revision": "c333",
    "down_revisions": ["b222"],
    "depends_on": [],
    "next_revisions": [],
    "branch_labels": [],
    "head": True,
    "branch_point": False,
    "merge_point": False,
    "current": None,
    "message": "the third",
    "doc": "the third\n\nRevision ID: c333",
}


def document(terminal: Terminal, *words: str) -> dict[str, Any]:
    """Return what a command that succeeds prints."""
    said = terminal.run(*words, "--format", "json")
    assert 0 == said.status, said.err
    found: dict[str, Any] = json.loads(said.out)
    assert 1 == found.pop("version")
    return found


def entry(terminal: Terminal, **changes: object) -> dict[str, Any]:
    """Return the entry of the third revision."""
    path = terminal.versions / f"{changes.get('revision', 'c333')}_.py"
    return {**ENTRY, **changes, "file": str(path)}


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (("heads",), {}),
        (("show", "c333"), {}),
        (("history", "-r", "c333:"), {}),
        (("history", "-r", "c333:", "-i"), {"current": True}),
        (("show", "current"), {}),
    ],
)
def test_revisions(linear: Terminal, words: tuple[str, ...], changes: dict[str, Any]) -> None:
    """Commands that print revisions print entries with the same keys."""
    linear.run("upgrade", "head")

    assert {"revisions": [entry(linear, **changes)]} == document(linear, *words)


def test_history_tells_what_the_database_is_at(linear: Terminal) -> None:
    """A base that has no revision yet is known to be at none of them."""
    found = document(linear, "history", "-i")

    assert [False] * 3 == [each["current"] for each in found["revisions"]]


def test_branches(branched: Terminal) -> None:
    """A branch point names what follows it."""
    (found,) = document(branched, "branches")["revisions"]

    assert ("a111", True, ["b222", "d444"]) == (
        found["revision"],
        found["branch_point"],
        found["next_revisions"],
    )


def test_graph(branched: Terminal) -> None:
    """Revisions and how they hang together."""
    found = document(branched, "graph", "--current")

    assert {"from": "a111", "to": "d444", "kind": "follows"} in found["edges"]
    assert {False} == {each["current"] for each in found["revisions"]}


def test_current(linear: Terminal) -> None:
    """The document has each database's rows, and whether these are the heads."""
    linear.run("upgrade", "b222")

    (found,) = document(linear, "current")["databases"]

    (held,) = found.pop("revisions")
    assert ("b222", True) == (held["revision"], held["current"])
    assert {
        "database": "sqlite:///app.db",
        "version_table": "alembic_version",
        "at_heads": False,
        "current": ["b222"],
        "undeclared": [],
        "unfinished": None,
        "version_table_schema": None,
    } == found


def test_a_document_is_no_progress_message(linear: Terminal) -> None:
    """-q does not suppress it."""
    plain = linear.run("heads", "--json").out

    assert plain
    assert plain == linear.run("-q", "heads", "--json").out


def test_templates(terminal: Terminal) -> None:
    """Each has a name, a summary and a folder."""
    found = document(terminal, "list_templates")["templates"]

    assert {"async", "generic", "multidb", "pyproject"} <= {each["name"] for each in found}
    assert {"name", "summary", "folder"} == set(found[0])


def test_what_is_printed_besides_goes_elsewhere(linear: Terminal) -> None:
    """env.py may print what it likes."""
    env = linear.folder / "migrations" / "env.py"
    env.write_text("print('noise')\n" + env.read_text("utf-8"), "utf-8")

    said = linear.run("current", "--format", "json")

    assert ("databases", "noise") == ([*json.loads(said.out)][1], said.err)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("show", "zzzz"), ("IDI-033", "CommandError")),
        (("history", "-r", "zzzz"), ("IDI-001", "CommandError")),
    ],
)
def test_an_error_is_a_document(
    linear: Terminal, words: tuple[str, ...], expected: tuple[str, str]
) -> None:
    """It has the code; the status and standard error are as without."""
    said = linear.run(*words, "--format", "json")
    plain = linear.run(*words)

    found = json.loads(said.out)
    assert ["version", "error"] == [*found]
    assert expected == (found["error"]["code"], found["error"]["type"])
    assert plain.err == f"FAILED: {found['error']['message']} [{expected[0]}]"
    assert (plain.status, plain.err) == (said.status, said.err)


def test_an_error_is_added_to_the_document(linear: Terminal) -> None:
    """The contents printed before the error are kept."""
    found = json.loads(linear.run("current", "--check-heads", "--format", "json").out)

    assert (False, "IDI-002") == (found["databases"][0]["at_heads"], found["error"]["code"])


def test_an_error_of_the_users_code_has_its_place(linear: Terminal) -> None:
    """File and line are those of the innermost frame of the user's."""
    env = linear.write("migrations/env.py", "def fail():\n    1 / 0\n\nfail()\n")

    error = json.loads(linear.run("current", "--format", "json").out)["error"]

    assert (None, "ZeroDivisionError", str(env), 2) == (
        error["code"],
        error["type"],
        error["file"],
        error["line"],
    )


def test_a_command_of_ones_own_keeps_its_form(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output of a plugin's command before the error is printed unchanged."""

    def report(config: Config, format: str = "text") -> None:
        """Report."""
        config.print_stdout("{} and %s", format)
        message = "no"
        raise ValueError(message)

    line = CommandLine("shop")
    line.register_command(report)

    with pytest.raises(SystemExit):
        line.main(["report", "--format", "json"])

    assert "{} and json\n" == capsys.readouterr().out

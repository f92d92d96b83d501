"""init, list_templates, revision, merge, edit: what they write."""

from __future__ import annotations

import os
import re
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from idiolect import command
from idiolect.config import Config
from idiolect.errors import CommandError, NothingToMergeWarning
from idiolect.script import Script

if TYPE_CHECKING:
    from pathlib import Path

    from core.tests.commands.terminal import Terminal


def headers(path: Path) -> dict[str, str]:
    """Return the identifiers of a revision file, as written."""
    return dict(re.findall(r"^(\w+) = (.*)$", path.read_text("utf-8"), re.MULTILINE))


def test_init(terminal: Terminal) -> None:
    """A new environment has its config file here, and takes commands at once."""
    said = terminal.run("init", "db/scripts")

    assert 0 == said.status
    assert {"README", "env.py", "script.py.mako", "versions"} == {
        path.name for path in (terminal.folder / "db" / "scripts").iterdir()
    }
    assert "idiolect.ini' before proceeding" in said.out
    assert (0, "") == (terminal.run("heads").status, terminal.run("heads").out)


def test_init_quietly(terminal: Terminal) -> None:
    """With -q nothing is printed."""
    said = terminal.run("-q", "init", "migrations")

    assert (0, "", "") == (said.status, said.out, said.err)


def test_init_package(terminal: Terminal) -> None:
    """With --package the folders can be imported."""
    terminal.run("init", "--package", "scripts")

    assert [
        terminal.folder / "scripts" / "__init__.py",
        terminal.folder / "scripts" / "versions" / "__init__.py",
    ] == sorted((terminal.folder / "scripts").rglob("__init__.py"))


@pytest.mark.parametrize("name", ["generic", "async", "multidb", "pyproject", "pyproject_async"])
def test_init_from_each_template(terminal: Terminal, name: str) -> None:
    """Each template creates an environment in which files can be listed and created."""
    terminal.run("init", "-t", name, "scripts")

    made = terminal.run("revision", "-m", "one", "--rev-id", "a111")

    assert (0, 0) == (made.status, terminal.run("heads").status), made.err
    assert (name.startswith("pyproject")) is (terminal.folder / "pyproject.toml").exists()


def test_init_writes_the_config_file_that_is_named(terminal: Terminal) -> None:
    """The file of -c is created, with the section for its name."""
    terminal.run("-c", "conf/alembic.ini", "init", "scripts")

    text = (terminal.folder / "conf" / "alembic.ini").read_text("utf-8")
    assert "[alembic]\n" in text
    assert f"script_location = {terminal.folder}/scripts\n" in text


def test_init_keeps_a_config_file(terminal: Terminal) -> None:
    """An existing config file is kept unchanged."""
    terminal.write("idiolect.ini", "[idiolect]\n")

    said = terminal.run("init", "scripts")

    assert (0, "[idiolect]\n") == (
        said.status,
        (terminal.folder / "idiolect.ini").read_text("utf-8"),
    )
    assert "already exists, skipping" in said.out


def test_list_templates(terminal: Terminal) -> None:
    """Every template is listed with a description."""
    said = terminal.run("list_templates")

    names = [line.partition(" - ")[0] for line in said.lines if " - " in line]
    assert (0, ["async", "generic", "multidb", "pyproject", "pyproject_async"]) == (
        said.status,
        names,
    )


def test_revision(linear: Terminal) -> None:
    """A new file has the head as its parent, and the message."""
    said = linear.run("revision", "-m", "Add it's names", "--rev-id", "n001")

    path = linear.versions / "n001_add_it_s_names.py"
    assert (0, f"Generating {path} ...  done") == (said.status, said.out)
    assert {
        "revision": "'n001'",
        "down_revision": "'c333'",
        "branch_labels": "None",
        "depends_on": "None",
    } == headers(path)


def test_revision_without_options(linear: Terminal) -> None:
    """Without --rev-id, the id has twelve hexadecimal digits."""
    linear.run("revision")

    new = [name for name in linear.files() if not name.startswith(("a111", "b222", "c333"))]
    assert [True] == [bool(re.fullmatch(r"[0-9a-f]{12}_\.py", name)) for name in new]


def test_revision_quietly(linear: Terminal) -> None:
    """With -q nothing is printed."""
    said = linear.run("-q", "revision", "-m", "x")

    assert (0, "", 4) == (said.status, said.out, len(linear.files()))


@pytest.mark.parametrize(
    ("words", "key", "expected"),
    [
        pytest.param(["--head", "base"], "down_revision", "None", id="base"),
        pytest.param(["--head", "c333"], "down_revision", "'c333'", id="head"),
        pytest.param(["--head", "side@head"], "down_revision", "'d444'", id="head of a label"),
        pytest.param(["--head", "b2", "--splice"], "down_revision", "'b222'", id="splice"),
        pytest.param(
            ["--head", "c333", "--branch-label", "web"], "branch_labels", "('web',)", id="label"
        ),
        pytest.param(
            ["--head", "c333", "--depends-on", "side"], "depends_on", "'side'", id="depends-on"
        ),
        pytest.param(
            ["--head", "c333", "--depends-on", "d444", "--depends-on", "b222"],
            "depends_on",
            "['d444', 'b222']",
            id="depends-on twice",
        ),
    ],
)
def test_revision_options(branched: Terminal, words: list[str], key: str, expected: str) -> None:
    """Options are reflected in the file."""
    said = branched.run("revision", "-m", "x", "--rev-id", "n001", *words)

    assert (0, "") == (said.status, said.err)
    assert expected == headers(branched.versions / "n001_x.py")[key]


def test_revision_in_another_folder(linear: Terminal) -> None:
    """--version-path picks one of the version locations."""
    (linear.folder / "more").mkdir()
    linear.write(
        "idiolect.ini",
        "[idiolect]\nscript_location = migrations\npath_separator = newline\n"
        "version_locations =\n  %(here)s/migrations/versions\n  %(here)s/more\n",
    )

    path = str(linear.folder / "more")
    said = linear.run("revision", "--rev-id", "n001", "--head", "base", "--version-path", path)

    assert (0, "") == (said.status, said.err)
    assert (linear.folder / "more" / "n001_.py").exists()


@pytest.mark.parametrize(
    "words", [["heads"], ["c333", "d444"], ["c333", "side@head"], ["c3", "d4"]]
)
def test_merge(branched: Terminal, words: list[str]) -> None:
    """A merge follows all that it merges, and is the one head then."""
    said = branched.run("merge", *words, "-m", "come together", "--rev-id", "m001")

    assert (0, "") == (said.status, said.err)
    found = headers(branched.versions / "m001_come_together.py")
    assert "('c333', 'd444')" == found["down_revision"]
    assert ["m001 (side) (head)"] == branched.run("heads").lines


def test_merge_of_one(linear: Terminal) -> None:
    """The command line refuses to merge one head; a program is warned and gets what follows it."""
    said = linear.run("merge", "heads")

    assert (1, "") == (said.status, said.out)
    assert "Nothing to merge: 'heads' stands for c333" in said.err
    with pytest.warns(NothingToMergeWarning, match="stands for c333"):
        made = command.merge(Config("idiolect.ini"), "heads", rev_id="m001")
    assert isinstance(made, Script)
    assert "c333" == made.down_revision


def test_merge_of_the_base(linear: Terminal) -> None:
    """A merge never creates another base."""
    before = linear.files()

    with pytest.raises(CommandError, match="'base' stands for no revision"):
        command.merge(Config("idiolect.ini"), "base")

    assert before == linear.files()


def test_message_in_the_locale_c(linear: Terminal) -> None:
    """Where file names are ASCII, a file gets the message, and what is ASCII of it in its name."""
    said = linear.start(
        *("revision", "--rev-id", "d444", "-m", os.fsdecode(b"stra\xc3\x9fe")),
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )

    assert 0 == said.status, said.err
    made = next(linear.versions.glob("d444_*.py"))
    # Without locales, some systems have UTF-8 file names all the same.
    assert made.name in {"d444_strae.py", "d444_stra\N{LATIN SMALL LETTER SHARP S}e.py"}
    text = made.read_text("utf-8")
    assert text.startswith('"""stra\N{LATIN SMALL LETTER SHARP S}e"""\n')


def test_merge_with_label(branched: Terminal) -> None:
    """A merge can have a branch label."""
    branched.run("merge", "heads", "--rev-id", "m001", "--branch-label", "all")

    assert "all" in headers(branched.versions / "m001_.py")["branch_labels"]


@pytest.mark.parametrize(
    ("rev", "expected"),
    [("b222", ["b222_.py"]), ("heads", ["c333_.py"]), ("current", ["a111_.py"])],
)
def test_edit(
    linear: Terminal, monkeypatch: pytest.MonkeyPatch, rev: str, expected: list[str]
) -> None:
    """The editor is called with the file of each revision."""
    linear.run("upgrade", "a111")
    log = linear.folder / "edited"
    editor = linear.write(
        "editor", f"#!{sys.executable}\nimport sys\nopen({str(log)!r}, 'a').write(sys.argv[1])\n"
    )
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(editor))

    said = linear.run("edit", rev)

    assert 0 == said.status, said.err
    assert [str(linear.versions / name) for name in expected] == [log.read_text("utf-8")]

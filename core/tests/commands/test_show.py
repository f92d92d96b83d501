"""current, heads, history, branches, show: their exact output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("base", [], id="nothing"),
        pytest.param("b222", ["b222"], id="middle"),
        pytest.param("head", ["c333 (head)"], id="head"),
    ],
)
def test_current(linear: Terminal, at: str, expected: list[str]) -> None:
    """The revisions of the database are printed, heads marked."""
    linear.run("upgrade", at)

    assert expected == linear.run("current").lines


def test_current_verbose(linear: Terminal) -> None:
    """With -v the URL, the file and the docstring are shown."""
    linear.run("upgrade", "head")

    said = linear.run("current", "-v")

    assert [
        "Current revision(s) for sqlite:///app.db:",
        "Rev: c333 (head)",
        "Parent: b222",
        f"Path: {linear.versions / 'c333_.py'}",
        "",
        "    the third",
    ] == said.lines[:6]


@pytest.mark.parametrize(
    ("at", "status"), [("base", 1), ("b222", 1), ("head", 0)], ids=["none", "one", "all"]
)
def test_current_check_heads(linear: Terminal, at: str, status: int) -> None:
    """With --check-heads the exit status says whether all heads are applied."""
    linear.run("upgrade", at)

    said = linear.run("current", "--check-heads")

    assert status == said.status
    assert ("IDI-002" in said.err) is bool(status)


def test_current_checks_all_heads(branched: Terminal) -> None:
    """One head of two is not enough."""
    branched.run("upgrade", "c333")

    first = branched.run("current", "-c").status
    branched.run("upgrade", "heads")

    assert (1, 0) == (first, branched.run("current", "-c").status)


@pytest.fixture
def newer(linear: Terminal) -> Terminal:
    """A terminal whose database was migrated by a version of the project with one more revision."""
    linear.run("upgrade", "head")
    (linear.versions / "c333_.py").unlink()
    return linear


def test_a_newer_database_is_told(newer: Terminal) -> None:
    """It lacks nothing that 'upgrade' could do."""
    said = newer.run("current", "--check-heads")

    assert 1 == said.status
    assert "it holds c333; the script directory has b222. No file declares c333" in said.err
    assert "--allow-newer accepts" in said.err
    assert "'upgrade heads'" not in said.err
    assert "IDI-002" in newer.run("current", "--check-heads", "--json").err
    assert "a newer version of the project may have written" in newer.run("upgrade", "head").err


def test_a_newer_database_is_accepted(newer: Terminal) -> None:
    """For an old version that has to start while the new one is rolled out."""
    said = newer.run("current", "--check-heads", "--allow-newer")

    assert (0, ["c333 (in no file: from a newer version)"]) == (said.status, said.lines)
    said = newer.run("current", "--check-heads", "--allow-newer", "--json")
    (database,) = json.loads(said.out)["databases"]
    names = ("current", "undeclared", "revisions", "at_heads")
    assert [["c333"], ["c333"], [], False] == [database[name] for name in names]
    assert 0 == said.status


TENANTS = """
for tenant in ("north", "south"):
    with create_engine(url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(f"ATTACH '{tenant}.db' AS {tenant}")
        connection.commit()
        context.configure(connection=connection, version_table_schema=tenant)
        with context.begin_transaction():
            context.run_migrations()
"""


def test_one_of_several_tenants(linear: Terminal) -> None:
    """Entries of the document, and errors, say which version table they are about."""
    env = linear.folder / "migrations" / "env.py"
    begin = env.read_text().split("if context.is_offline_mode", 1)[0]
    env.write_text(begin + TENANTS)
    linear.run("stamp", "head")
    env.write_text(begin + TENANTS.replace('"north", "south"', '"south",'))
    linear.run("stamp", "b222")
    env.write_text(begin + TENANTS)

    (linear.versions / "c333_.py").write_text(
        "revision = 'c333'\ndown_revision = 'b222'\ndef upgrade(): raise RuntimeError('oh')"
    )
    said = linear.run("current", "--check-heads", "--json")
    place = "version table 'south.alembic_version' of sqlite:///app.db"

    assert [("north", True), ("south", False)] == [
        (each["version_table_schema"], each["at_heads"])
        for each in json.loads(said.out)["databases"]
    ]
    assert place in said.err
    assert place in linear.run("current", "--check-heads").err
    assert place in linear.run("upgrade", "head").err


def test_an_older_database_is_not_newer(linear: Terminal) -> None:
    """--allow-newer accepts nothing that 'upgrade' would change."""
    linear.run("upgrade", "b222")

    said = linear.run("current", "--check-heads", "--allow-newer")

    assert 1 == said.status
    assert "Run 'upgrade heads'." in said.err


def test_heads(branched: Terminal) -> None:
    """Each head is printed with its labels."""
    assert {"c333 (head)", "d444 (side) (head)"} == set(branched.run("heads").lines)


def test_heads_verbose(linear: Terminal) -> None:
    """With -v heads are shown in full."""
    lines = linear.run("heads", "-v").lines

    assert ["Rev: c333 (head)", "Parent: b222"] == lines[:2]
    assert "    the third" in lines


def test_heads_with_dependencies(linear: Terminal) -> None:
    """A revision that another depends on is no head with --resolve-dependencies."""
    linear.revision("e555", None, depends_on="c333", branch_labels="other")

    plain = linear.run("heads").lines
    resolved = linear.run("heads", "--resolve-dependencies").lines

    assert {"c333 (effective head)", "e555 (other) (head)"} == set(plain)
    assert ["e555 (other) (head)"] == resolved


LINES = {
    "c333": "b222 -> c333 (head), the third",
    "b222": "a111 -> b222, the second",
    "a111": "<base> -> a111, the first",
}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param([], ["c333", "b222", "a111"], id="all"),
        pytest.param(["-r", "a111:b222"], ["b222", "a111"], id="range"),
        pytest.param(["-r", "b222:"], ["c333", "b222"], id="from"),
        pytest.param(["-r", ":b222"], ["b222", "a111"], id="to"),
        pytest.param(["-r", ":"], ["c333", "b222", "a111"], id="open"),
        pytest.param(["-r", "current:"], ["c333", "b222"], id="from current"),
        pytest.param(["-r", ":current"], ["b222", "a111"], id="to current"),
        pytest.param(["-r-1:current"], ["b222", "a111"], id="relative to current"),
        pytest.param(["--rev-range", "head-1:head"], ["c333", "b222"], id="relative"),
    ],
)
def test_history(linear: Terminal, words: list[str], expected: list[str]) -> None:
    """The revisions of the range are listed, newest first; the database is at ``b222``."""
    linear.run("upgrade", "b222")

    said = linear.run("history", *words)

    assert (0, [LINES[rev] for rev in expected]) == (said.status, said.lines)


def test_history_marks_what_is_current(linear: Terminal) -> None:
    """With -i the database's revision is marked."""
    linear.run("upgrade", "b222")

    assert [
        LINES["c333"],
        "a111 -> b222 (current), the second",
        LINES["a111"],
    ] == linear.run("history", "-i").lines


def test_history_verbose(linear: Terminal) -> None:
    """With -v each revision is shown in full."""
    lines = linear.run("history", "-v", "-r", "a111:a111").lines

    assert ["Rev: a111", "Parent: <base>", f"Path: {linear.versions / 'a111_.py'}"] == lines[:3]


def test_history_asks_no_database(linear: Terminal) -> None:
    """Files are enough for a history without 'current'."""
    linear.run("history", "-v")

    assert linear.tables() is None


def test_history_of_nothing(terminal: Terminal) -> None:
    """A project without revisions has no history, no heads and no branches."""
    terminal.make_project()

    assert [(0, "")] * 4 == [
        (said.status, said.out)
        for said in map(terminal.run, ["history", "heads", "branches", "current"])
    ]


def test_branches(branched: Terminal) -> None:
    """A branch point is printed with the revisions that follow it."""
    assert [
        "a111 (branchpoint)",
        "     -> b222",
        "     -> d444 (side) (head)",
    ] == branched.run("branches").lines


def test_branches_verbose(branched: Terminal) -> None:
    """With -v the branch point is shown in full, and its children with their messages."""
    lines = branched.run("branches", "-v").lines

    assert "Rev: a111 (branchpoint)" == lines[0]
    assert "Branches into: b222, d444" in lines
    assert any("d444 (side) (head), the side" in line for line in lines)


@pytest.mark.parametrize("rev", ["b222", "b2", "c333-1", "head-1", "a111+1"])
def test_show(linear: Terminal, rev: str) -> None:
    """A revision is shown in full, whatever identifier is used."""
    said = linear.run("show", rev)

    assert (0, ["Rev: b222", "Parent: a111"]) == (said.status, said.lines[:2])


def test_show_heads(branched: Terminal) -> None:
    """Several revisions are shown one after the other."""
    out = branched.run("show", "heads").out

    assert {"Rev: c333 (head)", "Rev: d444 (head)"} == {
        line for line in out.splitlines() if line.startswith("Rev:")
    }


def test_show_current(linear: Terminal) -> None:
    """'current' resolves to the database's revisions."""
    linear.run("upgrade", "a111")

    assert "Rev: a111" == linear.run("show", "current").lines[0]

"""upgrade, downgrade, stamp, ensure_version: where each identifier leads, and `--sql`."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal


@pytest.mark.parametrize(
    ("start", "destination", "expected"),
    [
        pytest.param("base", "head", ["c333"], id="head"),
        pytest.param("base", "heads", ["c333"], id="heads"),
        pytest.param("base", "b222", ["b222"], id="id"),
        pytest.param("base", "b22", ["b222"], id="beginning"),
        pytest.param("base", "+1", ["a111"], id="relative"),
        pytest.param("a111", "+2", ["c333"], id="relative from here"),
        pytest.param("base", "a111+1", ["b222"], id="relative to an id"),
        pytest.param("base", "head-1", ["b222"], id="relative to the head"),
        pytest.param("c333", "head", ["c333"], id="nothing due"),
        pytest.param("c333", "a111", ["c333"], id="applied already"),
        pytest.param("base", "base", [], id="base"),
    ],
)
def test_upgrade(linear: Terminal, start: str, destination: str, expected: list[str]) -> None:
    """An upgrade ends at the revision that the identifier resolves to."""
    linear.run("upgrade", start)

    said = linear.run("upgrade", destination)

    assert (0, expected) == (said.status, linear.ids())


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        pytest.param("heads", ["c333", "d444"], id="heads"),
        pytest.param("side@head", ["d444"], id="head of a label"),
        pytest.param("side", ["d444"], id="label"),
        pytest.param("side@+2", ["d444"], id="relative along a label"),
    ],
)
def test_upgrade_along_branches(branched: Terminal, destination: str, expected: list[str]) -> None:
    """A label selects a branch."""
    said = branched.run("upgrade", destination)

    assert (0, expected) == (said.status, branched.ids())


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        pytest.param("-1", ["b222"], id="relative"),
        pytest.param("-3", [], id="relative to base"),
        pytest.param("base", [], id="base"),
        pytest.param("a111", ["a111"], id="id"),
        pytest.param("a1", ["a111"], id="beginning"),
        pytest.param("c333-2", ["a111"], id="relative to an id"),
    ],
)
def test_downgrade(linear: Terminal, destination: str, expected: list[str]) -> None:
    """A downgrade ends at the revision that the identifier resolves to, and drops later tables."""
    linear.run("upgrade", "head")

    said = linear.run("downgrade", destination)

    tables = [f"t_{rev}" for rev in ("a111", "b222", "c333") if expected and rev <= expected[0]]
    assert (0, expected) == (said.status, linear.ids())
    assert ["alembic_version", *tables] == linear.tables()


def test_downgrade_of_one_branch(branched: Terminal) -> None:
    """The other branch stays where it is."""
    branched.run("upgrade", "heads")

    said = branched.run("downgrade", "side@-1")

    assert (0, ["c333"]) == (said.status, branched.ids())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["head"], ["c333"], id="head"),
        pytest.param(["b222"], ["b222"], id="id"),
        pytest.param(["b2"], ["b222"], id="beginning"),
    ],
)
def test_stamp(linear: Terminal, words: list[str], expected: list[str]) -> None:
    """A stamp sets the version and creates no other table."""
    said = linear.run("stamp", *words)

    assert (0, expected, ["alembic_version"]) == (said.status, linear.ids(), linear.tables())


def test_stamp_base(linear: Terminal) -> None:
    """Stamped with base, a database has no version, as if nothing had run."""
    linear.run("stamp", "head")

    said = linear.run("stamp", "base")

    assert (0, []) == (said.status, linear.ids())


def test_stamp_several(branched: Terminal) -> None:
    """Several revisions are stamped at once."""
    said = branched.run("stamp", "c333", "d444")

    assert (0, ["c333", "d444"]) == (said.status, branched.ids())


def test_stamp_purge(linear: Terminal) -> None:
    """With --purge, rows that no file explains are no hindrance."""
    linear.revision("gone", "c333").rename(linear.folder / "gone.py")
    linear.write("migrations/versions/gone_.py", (linear.folder / "gone.py").read_text())
    linear.run("stamp", "gone")
    (linear.versions / "gone_.py").unlink()

    without = linear.run("stamp", "head")
    said = linear.run("stamp", "head", "--purge")

    assert (1, 0, ["c333"]) == (without.status, said.status, linear.ids())


def test_ensure_version(linear: Terminal) -> None:
    """The version table is created once and stays empty."""
    said = [linear.run("ensure_version").status for _ in range(2)]

    assert ([0, 0], ["alembic_version"], []) == (said, linear.tables(), linear.ids())


@pytest.mark.parametrize(
    ("words", "expected", "absent"),
    [
        pytest.param(
            ["upgrade", "head"],
            ["CREATE TABLE alembic_version", "t_a111", "t_b222", "t_c333", "INSERT INTO alembic"],
            ["DROP"],
            id="upgrade",
        ),
        pytest.param(
            ["upgrade", "a111:b222"],
            ["CREATE TABLE t_b222", "SET version_num='b222'"],
            ["t_a111", "t_c333", "CREATE TABLE alembic_version"],
            id="upgrade of a range",
        ),
        pytest.param(
            ["downgrade", "c333:a111"],
            ["DROP TABLE t_c333", "DROP TABLE t_b222", "SET version_num='a111'"],
            ["t_a111", "CREATE"],
            id="downgrade",
        ),
        pytest.param(
            ["downgrade", "a111:base"],
            ["DROP TABLE t_a111", "DELETE FROM alembic_version"],
            ["t_b222"],
            id="downgrade to base",
        ),
        pytest.param(["stamp", "b222"], ["INSERT INTO alembic", "'b222'"], ["t_"], id="stamp"),
        pytest.param(
            ["stamp", "a111:b222"], ["SET version_num='b222'"], ["t_", "INSERT"], id="stamp range"
        ),
        pytest.param(
            ["ensure_version"], ["CREATE TABLE alembic_version"], ["INSERT"], id="ensure_version"
        ),
    ],
)
def test_sql(linear: Terminal, words: list[str], expected: list[str], absent: list[str]) -> None:
    """A script is written, in order, and no database is created."""
    said = linear.run(*words, "--sql")

    places = [said.out.find(part) for part in expected]
    assert (0, None) == (said.status, linear.tables())
    assert -1 not in places, said.out
    assert [] == [part for part in absent if part in said.out]


def test_tag_and_x_reach_env_py(linear: Terminal) -> None:
    """What is passed with -x, in order, and --tag is for env.py to read."""
    said = linear.run("-x", "show=1", "-x", "bare", "upgrade", "a111", "--tag", "some tag")

    assert "x: ['show=1', 'bare'] tag: some tag" == said.out


def test_progress_goes_to_standard_error(linear: Terminal) -> None:
    """Without a logging configuration, an upgrade prints its steps to stderr, except with -q."""
    said = linear.start("upgrade", "head")

    assert (0, "") == (said.status, said.out)
    assert said.err.startswith("1/3 upgrade -> a111, the first\n2/3 ")
    quiet = linear.start("-q", "downgrade", "base")
    assert (0, "", "") == (quiet.status, quiet.out, quiet.err)


@pytest.mark.parametrize(
    ("start", "rev", "expected"),
    [
        pytest.param(None, "a111", True, id="first-revision"),
        pytest.param("a111", "b222", False, id="later-revision"),
    ],
)
def test_database_that_was_never_stamped(
    linear: Terminal, start: str | None, rev: str, expected: bool
) -> None:
    """If the tables of the first revision exist already, the message names ``stamp``."""
    if start:
        linear.run("upgrade", start)
    with contextlib.closing(sqlite3.connect(linear.folder / "app.db")) as connection:
        connection.execute(f"CREATE TABLE t_{rev} (id INTEGER)")

    said = linear.run("upgrade", "head")

    assert 1 == said.status
    assert f"table t_{rev} already exists" in said.err
    assert expected is ("run 'stamp' with the revision that they are at" in said.err)

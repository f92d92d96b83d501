"""Steps: what they say of themselves, and to on_version_apply callbacks."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.migration import MigrationInfo, RevisionStep, StampStep
from idiolect.runtime.steps import MigrationStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from projects import Project

    from idiolect.revisions.graph import RevisionMap

MERGE = "a; b<a; c<a; m<b,c; x+b"


@pytest.fixture
def known(graph: Callable[[str], RevisionMap]) -> RevisionMap:
    """A graph with a merge and a dependency."""
    return graph(MERGE)


INFOS: dict[str, tuple[str, dict[str, Any]]] = {
    "first": ("+a", {"up": ("a",), "down": (), "source": (), "destination": ("a",)}),
    "upgrade": ("+b", {"up": ("b",), "down": ("a",), "source": ("a",), "destination": ("b",)}),
    "downgrade": ("-b", {"up": ("b",), "down": ("a",), "source": ("b",), "destination": ("a",)}),
    "merge": (
        "+m",
        {"up": ("m",), "down": ("b", "c"), "source": ("b", "c"), "destination": ("m",)},
    ),
    "unmerge": (
        "-m",
        {"up": ("m",), "down": ("b", "c"), "source": ("m",), "destination": ("b", "c")},
    ),
    "dependency": (
        "+x",
        {"up": ("x",), "down": ("b",), "source": ("b",), "destination": ("x",)},
    ),
}


def step_of(known: RevisionMap, move: str) -> RevisionStep:
    """Return the step of ``+revision`` or ``-revision``."""
    return RevisionStep(known, known.get_revision(move[1:]), is_upgrade=move[0] == "+")


@pytest.mark.parametrize(("move", "expected"), INFOS.values(), ids=INFOS)
def test_migration_info(known: RevisionMap, move: str, expected: dict[str, Any]) -> None:
    """Ids and revisions of both ends, by direction and by where the heads are."""
    info = step_of(known, move).info
    assert (True, False, move[0] == "+") == (info.is_migration, info.is_stamp, info.is_upgrade)
    assert expected == {
        "up": info.up_revision_ids,
        "down": info.down_revision_ids,
        "source": info.source_revision_ids,
        "destination": info.destination_revision_ids,
    }
    assert expected["up"][0] == info.up_revision_id == info.up_revision.revision
    for name in ("up", "down", "source", "destination"):
        revisions = getattr(info, f"{name}_revisions")
        assert expected[name] == tuple(revision.revision for revision in revisions)


def test_migration_info_of_a_stamp(known: RevisionMap) -> None:
    """A stamp may have several ids at the heads' end; the single one is then the first."""
    info = StampStep(("b", "c"), "a", False, True, known).info
    assert (True, False, False) == (info.is_stamp, info.is_migration, info.is_upgrade)
    assert (("b", "c"), ("a",)) == (info.up_revision_ids, info.down_revision_ids)
    assert (("b", "c"), ("a",)) == (info.source_revision_ids, info.destination_revision_ids)
    assert "b" == info.up_revision_id == info.up_revision.revision
    nothing = MigrationInfo(
        known, is_upgrade=True, is_stamp=True, up_revisions=(), down_revisions="a"
    )
    assert nothing.up_revision_id is None
    assert nothing.up_revision is None
    assert () == nothing.up_revisions


def test_a_stamp_without_a_graph_has_no_info() -> None:
    """The error for a step created by a program says what is missing."""
    with pytest.raises(ValueError, match="without a revision map"):
        _ = StampStep(None, "a", True, True).info


LOGS = {
    "first": ("+a", "upgrade  -> a"),
    "merge": ("+m", "upgrade b, c -> m"),
    "unmerge": ("-m", "downgrade m -> b, c"),
    "dependency": ("+x", "upgrade  -> x"),
}


@pytest.mark.parametrize(("move", "expected"), LOGS.values(), ids=LOGS)
def test_a_step_in_words(known: RevisionMap, move: str, expected: str) -> None:
    """Direction and ids, without dependencies."""
    step = step_of(known, move)
    assert expected == step.short_log
    assert step.is_downgrade is (move[0] == "-")


def test_a_stamp_in_words() -> None:
    """It is called after its function."""
    step = StampStep("a", "b", True, False)
    assert "stamp_revision a -> b" == str(step)
    assert ("a", "b") == (step.delete_version_num, step.insert_version_num)
    assert step.migration_fn() is None


def test_equal_steps(known: RevisionMap) -> None:
    """Steps are values: the same revision and direction are the same step."""
    assert step_of(known, "+a") == step_of(known, "+a")
    assert step_of(known, "+a") != step_of(known, "-a")
    assert 2 == len({step_of(known, "+a"), step_of(known, "+a"), step_of(known, "+b")})
    assert StampStep("a", "b", True, False) == StampStep(("a",), ("b",), True, False)
    assert StampStep("a", "b", True, False) != StampStep("a", "b", False, False)
    assert 1 == len({StampStep("a", "b", True, False), StampStep("a", "b", True, False)})
    assert "RevisionStep('a', is_upgrade=True)" == repr(step_of(known, "+a"))
    assert "StampStep(('a',), (), is_upgrade=False" in repr(StampStep("a", None, False, True))


def test_the_ends_of_a_step(known: RevisionMap) -> None:
    """Dependencies are included, unless excluded explicitly."""
    step = step_of(known, "+x")
    assert (("b",), ()) == (step.from_revisions, step.from_revisions_no_deps)
    assert (("x",), ("x",)) == (step.to_revisions, step.to_revisions_no_deps)
    assert ("x", "x") == (step.insert_version_num, step.delete_version_num)
    back = MigrationStep.downgrade_from_script(known, known.get_revision("x"))
    assert (("b",), ()) == (back.to_revisions, back.to_revisions_no_deps)


def test_a_file_is_loaded_only_when_its_function_runs(project: Project) -> None:
    """Planning only reads the headers."""
    project.revision("a")
    broken = project.revision("b", "a")
    broken.write_text(broken.read_text() + "\nraise RuntimeError('loaded')\n")
    project.upgrade("a")
    with pytest.raises(RuntimeError, match="loaded"):
        project.upgrade("b")
    assert ["a"] == project.heads()


def test_steps_need_no_database_library() -> None:
    """Commands that only read files use steps, too."""
    code = "import idiolect.runtime.steps, sys; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == done.stdout.strip()


def test_all_files_are_loaded_before_the_first_statement(two: Project) -> None:
    """What is wrong with the last file of a plan stops the run while nothing has happened."""
    two.revision("c", "b").write_text("revision = 'c'\ndown_revision = 'b'\n")

    with pytest.raises(AttributeError, match=r"c_\.py' has no function upgrade\(\)"):
        two.upgrade("c")

    assert [] == two.tables()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the package ``shop_of_steps`` importable, which imports none of its submodules."""
    package = tmp_path / "site" / "shop_of_steps"
    (package / "db").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "db" / "__init__.py").touch()
    (package / "db" / "types.py").write_text("NAME = 'shop'")
    monkeypatch.syspath_prepend(str(package.parent))
    yield
    for module in [name for name in sys.modules if name.startswith("shop_of_steps")]:
        del sys.modules[module]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("target", ["head", "z"])
@pytest.mark.parametrize("imported", ["shop_of_steps", "shop_of_steps.db"])
@pytest.mark.parametrize(
    "use",
    [
        "NAME = {}.NAME",
        "def upgrade(): return {}.NAME",
        "def upgrade(): return [{}.NAME for _ in 'ab']",
        "def upgrade(): return helper()\ndef helper(): return {}.NAME",
    ],
    ids=["file", "function", "comprehension", "helper"],
)
def test_a_file_may_count_on_what_another_imports(
    two: Project, target: str, imported: str, use: str
) -> None:
    """A submodule that one file imports is available to all, whichever runs first."""
    for name, down, code in (
        ("z", "b", f"import {imported}\n{use.format('shop_of_steps.db.types')}"),
        ("y", "z", "import shop_of_steps.db.types"),
    ):
        path = two.revision(name, down)
        path.write_text(f"{path.read_text()}\n{code}\n")

    two.upgrade(target)

    assert [{"head": "y", "z": "z"}[target]] == two.heads()


def test_any_dialect_of_sqlalchemy_may_be_used() -> None:
    """Without an import of its module, and whatever the database is."""
    code = (
        "import sqlalchemy as sa; from idiolect.migration import MigrationContext;"
        # The core is also tested without plugins.
        " from idiolect.ddl import DefaultImpl;"
        " type('Impl', (DefaultImpl,), {'__dialect__': 'sqlite'});"
        " MigrationContext.configure(url='sqlite://');"
        " print(sa.dialects.mysql.TINYINT.__name__, hasattr(sa.dialects, 'nothing'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "TINYINT False" == done.stdout.strip()


def test_a_file_that_names_what_is_there_loads_no_other(
    two: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Packages are used, and their submodules, but nothing is missing."""
    two.revision("z", "b", "op.execute(sa.select(sa.sql.func.max(sa.literal(1))))")
    path = two.revision("y", "z")
    path.write_text(f"{path.read_text()}\nprint('loaded')\n")

    two.upgrade("z")

    assert "" == capsys.readouterr().out

"""The cached graph: equal to one that is built, and rebuilt whenever a file changes."""

from __future__ import annotations

import itertools
import random
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.revisions import load
from idiolect.revisions.errors import MissingRevisionError
from idiolect.script import index
from idiolect.script.base import ScriptDirectory
from idiolect.script.script import Script

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from idiolect.revisions.linked import Graph

#: What a graph fills in, and what it is filled from.
ATTRIBUTES = (
    "_is_real_base",
    "_is_real_head",
    "_normalized_down_revisions",
    "_normalized_resolved_dependencies",
    "_resolved_dependencies",
    "branch_labels",
    "dependencies",
    "doc",
    "down_revision",
    "is_base",
    "is_branch_point",
    "is_head",
    "is_merge_point",
    "longdoc",
    "nextrev",
    "order_links",
    "own_labels",
    "parents",
    "path",
    "requirements",
    "revision",
)


@pytest.fixture(autouse=True)
def _index_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an index written of any number of files, however young."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 10**10)
    monkeypatch.setattr(index, "_WORTH_KEEPING", 1)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.delenv(index.SWITCH, raising=False)


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with each graph built from revisions."""
    made: list[int] = []

    build = load.load

    def counted(scripts: list[Any]) -> Graph:
        made.append(len(scripts))
        return build(scripts)

    monkeypatch.setattr(load, "load", counted)
    return made


def write(versions: Path, name: str, down: Any, *, labels: Any = None, needs: Any = None) -> Path:
    """Write a revision file."""
    versions.mkdir(exist_ok=True)
    path = versions / f"{name}.py"
    path.write_text(
        f'"""About {name}\n\nMore of it."""\nrevision = {name!r}\ndown_revision = {down!r}\n'
        f"branch_labels = {labels!r}\ndepends_on = {needs!r}\n"
    )
    return path


def write_any(versions: Path, seed: int) -> None:
    """Write a history with merges, dependencies, labels, and several bases and heads."""
    draw = random.Random(seed)
    names: list[str] = []
    labels: list[str] = []
    for number in range(40):
        name = f"{draw.getrandbits(32):08x}"
        down = tuple(draw.sample(names, min(len(names), draw.choice([0, 1, 1, 1, 1, 2, 3]))))
        needs = tuple(draw.sample(names + labels, min(len(names), draw.choice([0, 0, 0, 1, 2]))))
        own = (f"label{number}",) if draw.random() < 0.2 else None
        written: Any = down if len(down) != 1 or draw.random() < 0.2 else down[0]
        write(versions, name, written or None, labels=own, needs=needs or None)
        names.append(name)
        labels += own or ()


def described(project: Path) -> dict[str, Any]:
    """Return all data of a script directory's revisions."""
    script = ScriptDirectory(project)
    revisions = script.revision_map
    return {
        "heads": script.get_heads(),
        "real heads": script.get_heads(consider_depends_on=True),
        "bases": script.get_bases(),
        "real bases": revisions._real_bases,
        "current": {one.revision for one in script.get_all_current(tuple(script.get_heads()))},
        "walk": [one.revision for one in script.walk_revisions()],
        "text": [one.log_entry for one in script.walk_revisions()],
        "names": {name: one.revision for name, one in revisions._revision_map.items()},
        "each": [
            {name: getattr(one, name) for name in ATTRIBUTES}
            for one in dict.fromkeys(revisions._revision_map.values())
        ],
    }


@pytest.mark.parametrize("seed", range(12))
def test_kept_graph_is_the_one_that_was_made(tmp_path: Path, links: list[int], seed: int) -> None:
    """All queries have the same result, in the same order."""
    write_any(tmp_path / "versions", seed)
    made = described(tmp_path)

    assert made == described(tmp_path)
    assert 1 == len(links)


@pytest.mark.parametrize("seed", range(3))
def test_kept_graph_resolves_what_a_made_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Each identifier and range is resolved or rejected identically."""
    write_any(tmp_path / "versions", seed)
    ScriptDirectory(tmp_path).get_heads()
    first, *_, last = ScriptDirectory(tmp_path).walk_revisions()
    label = next(
        name
        for name, one in ScriptDirectory(tmp_path).revision_map._revision_map.items()
        if name != one.revision
    )
    words = [first.revision, last.revision[:6], label, f"{label}@head", f"{last.revision}+1"]
    words += [
        "heads",
        "head",
        "base",
        "zz",
        "nothing like it",
        f"{first.revision}-2",
        f"{label}@-1",
    ]

    def answer(method: str, *asked: str) -> Any:
        try:
            return [one.revision for one in getattr(ScriptDirectory(tmp_path), method)(*asked)]
        except Exception as exc:  # noqa: BLE001 - the error is the answer
            return type(exc), str(exc)

    def answers() -> list[Any]:
        pairs = itertools.product(words, repeat=2)
        return [
            *(answer("get_revisions", word) for word in words),
            *(answer("iterate_revisions", *pair) for pair in pairs),
        ]

    kept = answers()
    monkeypatch.setenv(index.SWITCH, "1")
    assert answers() == kept


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda versions: write(versions, "d", "b"), id="added"),
        pytest.param(lambda versions: (versions / "c.py").unlink(), id="removed"),
        pytest.param(lambda versions: (versions / "c.py").rename(versions / "e.py"), id="renamed"),
        pytest.param(lambda versions: write(versions, "c", None), id="edited"),
        pytest.param(lambda versions: (versions / "c.py").touch(), id="touched"),
    ],
)
def test_any_change_has_the_graph_made_anew(
    tmp_path: Path, links: list[int], change: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contents of the files after a change are used at once, and cached."""
    versions = tmp_path / "versions"
    for name, down in (("a", None), ("b", "a"), ("c", "b")):
        write(versions, name, down)
    described(tmp_path)
    time.sleep(0.05)  # until the file system's clock has moved on
    change(versions)

    found = [described(tmp_path), described(tmp_path)]

    assert 2 == len(links)
    monkeypatch.setenv(index.SWITCH, "1")
    assert [described(tmp_path)] * 2 == found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param(("x", "a"), "present more than once", id="double"),
        pytest.param(("y", "a", ["heads"]), "can name nothing", id="label"),
    ],
)
def test_warnings_are_given_each_time(tmp_path: Path, file: tuple[Any, ...], text: str) -> None:
    """A history that is warned of is no graph to keep: the next command warns as well."""
    versions = tmp_path / "versions"
    write(versions, "a", None)
    write(versions, "x", "a")
    name, down, *labels = file
    write(versions, name, down, labels=labels[0] if labels else None).rename(versions / "other.py")
    write(versions, "x", "a")
    for _ in range(3):
        with pytest.warns(UserWarning, match=text):
            ScriptDirectory(tmp_path).get_heads()


def test_errors_are_raised_each_time(tmp_path: Path) -> None:
    """A history that cannot be linked raises an error at every load."""
    write(tmp_path / "versions", "a", "nowhere")
    for _ in range(3):
        with pytest.raises(MissingRevisionError, match="nowhere"):
            ScriptDirectory(tmp_path).get_heads()


def test_only_what_is_asked_for_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that only need the heads create no other revisions."""
    names = [f"r{number:03}" for number in range(50)]
    for name, down in zip(names, [None, *names], strict=False):
        write(tmp_path / "versions", name, down)
    ScriptDirectory(tmp_path).get_heads()
    made: list[str] = []
    kept = Script._kept

    def counted(rev_id: str, *rest: Any) -> Script:
        made.append(rev_id)
        return kept(rev_id, *rest)

    monkeypatch.setattr(Script, "_kept", counted)
    script = ScriptDirectory(tmp_path)

    assert [] == script._upgrade_revs("heads", (names[-1],))
    assert [names[-1]] == [one.revision for one in script.get_all_current((names[-1],))]
    assert [names[-1]] == made
    assert 50 == len(list(script.walk_revisions()))
    assert sorted(names) == sorted(made)


def test_kept_graph_grows(tmp_path: Path, links: list[int]) -> None:
    """A revision can be added to a cached graph, with labels that are inherited below."""
    versions = tmp_path / "versions"
    write(versions, "a", None, labels=["old"])
    write(versions, "b", "a")
    ScriptDirectory(tmp_path).get_heads()
    script = ScriptDirectory(tmp_path)
    assert ["b"] == script.get_heads()
    path = write(versions, "c", "b", labels=["new"], needs="old")
    added = Script._from_path(script, path)
    assert added is not None

    script.revision_map.add_revision(added)

    assert ["c"] == script.get_heads()
    assert {"old", "new"} == script.get_revision("b").branch_labels
    assert added is script.get_revision("new")
    assert script.get_revision("b") is script.get_revision("old@b")
    assert 1 == len(links)
    assert ["c"] == ScriptDirectory(tmp_path).get_heads()


def test_each_revision_is_one_object(tmp_path: Path) -> None:
    """A revision is the same object however it is looked up."""
    versions = tmp_path / "versions"
    write(versions, "aaaa", None, labels=["main"])
    write(versions, "bbbb", "aaaa")
    ScriptDirectory(tmp_path).get_heads()
    script = ScriptDirectory(tmp_path)

    found = script.get_revision("bbbb")
    walked = list(script.walk_revisions())

    assert found is walked[0]
    assert walked[1] is script.get_revision("main") is script.get_revision("aaa" + "a")
    assert walked == [script.revision_map._revision_map[name] for name in ("bbbb", "aaaa")]

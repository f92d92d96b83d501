"""The index of headers: valid while a file's stat is unchanged, and harmless otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idiolect.script import headers, index
from idiolect.script.base import ScriptDirectory
from idiolect.script.index import HeaderIndex, index_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 120
WRITER = """
import sys
from idiolect.script.base import ScriptDirectory
for _ in range(5):
    print(ScriptDirectory(sys.argv[1]).get_current_head())
"""


@pytest.fixture(autouse=True)
def _bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.delenv(index.SWITCH, raising=False)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of all files that are read from now on."""
    found: list[str] = []
    read_header = headers.read_header

    def read(path: str) -> headers.RevisionHeader | None:
        found.append(Path(path).name)
        return read_header(path)

    monkeypatch.setattr(headers, "read_header", read)
    return found


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Return a function that moves the clock of the index on by some seconds."""
    now = time.time_ns

    def move(seconds: float) -> None:
        monkeypatch.setattr(time, "time_ns", lambda: now() + int(seconds * 1e9))

    move(10)
    yield move
    monkeypatch.undo()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a script directory with a linear history and no index."""
    versions = tmp_path / "versions"
    versions.mkdir()
    for number in range(COUNT):
        write(versions / f"r{number:03}.py", number)
    return tmp_path


def write(path: Path, number: int, doc: str = "some words") -> None:
    """Write a revision that follows the one of the number before."""
    down = f"r{number - 1:03}" if number else None
    path.write_text(f'"""{doc}"""\nrevision = "r{number:03}"\ndown_revision = {down!r}\n')


def tick() -> None:
    """Wait until the file system's clock has moved on."""
    time.sleep(0.05)


def docs(project: Path) -> dict[str, str]:
    """Return all messages by id, as a new script directory finds them."""
    return {one.revision: one.doc for one in ScriptDirectory(project).walk_revisions()}


def kept(project: Path) -> Path:
    """Return where the index is."""
    return Path(index_path(str(project / "versions")))


@pytest.mark.usefixtures("later")
def test_second_load_reads_no_file(project: Path, reads: list[str]) -> None:
    """Files are not read a second time, with the same result."""
    first = docs(project)
    assert COUNT == len(reads)
    reads.clear()

    assert first == docs(project)
    assert [] == reads


@pytest.mark.usefixtures("later")
def test_same_size_edit_is_read(project: Path, reads: list[str]) -> None:
    """Only a file whose text changed at equal size is read again."""
    docs(project)
    reads.clear()
    tick()
    write(project / "versions" / "r007.py", 7, doc="other talk")

    assert docs(project)["r007"] == "other talk"
    assert ["r007.py"] == reads


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("replace", [False, True], ids=["edited", "replaced"])
def test_same_size_and_mtime_is_read(project: Path, reads: list[str], replace: bool) -> None:
    """A file with the same size and mtime is detected by ctime or inode."""
    path = project / "versions" / "r007.py"
    docs(project)
    reads.clear()
    before = path.stat()
    tick()
    target = path.with_suffix(".new") if replace else path
    write(target, 7, doc="other talk")
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    if replace:
        target.replace(path)
    assert (before.st_size, before.st_mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)

    assert docs(project)["r007"] == "other talk"
    assert ["r007.py"] == reads


@pytest.mark.usefixtures("later")
def test_a_moved_project_keeps_its_index(project: Path, reads: list[str]) -> None:
    """The names of the files count, and not the folder that the project is in."""
    first = docs(project)
    reads.clear()
    moved = project.rename(project.with_name("elsewhere"))

    assert first == docs(moved)
    assert [] == reads


@pytest.mark.usefixtures("later")
def test_deleted_file_is_gone(project: Path) -> None:
    """A row without a file creates no revision, and is removed at the next write."""
    docs(project)
    (project / "versions" / f"r{COUNT - 1}.py").unlink()

    assert f"r{COUNT - 1}" not in docs(project)
    write(project / "versions" / "r007.py", 7, doc="changed")
    docs(project)
    assert f"r{COUNT - 1}.py".encode() not in kept(project).read_bytes()


@pytest.mark.usefixtures("later")
def test_renamed_file_is_read(project: Path, reads: list[str]) -> None:
    """A file under another name is another file."""
    docs(project)
    reads.clear()
    (project / "versions" / "r007.py").rename(project / "versions" / "zz.py")

    assert COUNT == len(docs(project))
    assert ["zz.py"] == reads


@pytest.mark.parametrize("age", [0, 1.9])
def test_young_files_are_not_noted(
    project: Path, monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    """A recently written file may change again without notice, and so is not indexed."""
    # However long this took: the clock stands still from here on.
    newest = max(path.stat().st_ctime_ns for path in (project / "versions").iterdir())
    monkeypatch.setattr(time, "time_ns", lambda: newest + int(age * 1e9))
    docs(project)

    assert not kept(project).exists()


@pytest.mark.usefixtures("later")
def test_file_of_the_future_is_not_noted(project: Path, reads: list[str]) -> None:
    """A file with a modification time in the future is read each time."""
    soon = time.time() + 1000
    os.utime(project / "versions" / "r007.py", (soon, soon))
    docs(project)
    reads.clear()
    docs(project)

    assert ["r007.py"] == reads


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda data: data[:-20], id="cut"),
        pytest.param(lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:], id="flipped"),
        pytest.param(lambda data: data.replace(b"idiolect ", b"idiolect 9", 1), id="version"),
        pytest.param(lambda _: os.urandom(500), id="noise"),
    ],
)
def test_damaged_index_is_replaced(
    project: Path, reads: list[str], spoil: Callable[[bytes], bytes]
) -> None:
    """An index that is damaged, or of another version, is ignored and replaced."""
    expected = docs(project)
    kept(project).write_bytes(spoil(kept(project).read_bytes()))
    reads.clear()

    assert expected == docs(project)
    assert COUNT == len(reads)
    # Not compared by its bytes: those of marshal differ with who else holds a string.
    reads.clear()
    assert expected == docs(project)
    assert [] == reads


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("change", ["removed", "replaced", "damaged"])
def test_index_that_changes_while_it_is_used(project: Path, reads: list[str], change: str) -> None:
    """The files are read if the details of a restored graph cannot be loaded any more."""
    expected = docs(project)
    script = ScriptDirectory(str(project))
    assert [f"r{COUNT - 1}"] == script.get_heads()
    place = kept(project)
    if change == "removed":
        place.unlink()
    elif change == "replaced":
        text, digest, _ = index._load_front(str(place))
        place.write_bytes(index._contents((text, digest, None), ([], [], [], [])))
    else:
        place.write_bytes(place.read_bytes()[:-1])
    reads.clear()

    assert expected == {one.revision: one.doc for one in script.walk_revisions()}
    assert COUNT == len(reads)


@pytest.mark.usefixtures("later")
def test_index_that_cannot_be_read_or_written(project: Path) -> None:
    """A folder instead of the index, or a file instead of its folder, does no harm."""
    kept(project).mkdir(parents=True)
    assert COUNT == len(docs(project))
    assert [kept(project)] == list(kept(project).parent.iterdir())

    kept(project).rmdir()
    kept(project).parent.rmdir()
    kept(project).parent.write_text("")
    assert COUNT == len(docs(project))


@pytest.mark.usefixtures("later")
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
def test_read_only_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If nothing can be written, the files are read."""

    def refuse(*_args: object, **_kw: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Permissions do not bind the superuser, who may run this.
    monkeypatch.setattr(os, "makedirs", refuse)

    assert COUNT == len(docs(project))
    assert not kept(project).parent.exists()


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("value", ["1", "yes"])
def test_switch(
    project: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Switched off, the index is neither written nor read."""
    monkeypatch.setenv(index.SWITCH, value)
    docs(project)
    assert not kept(project).exists()

    monkeypatch.setenv(index.SWITCH, "0")
    docs(project)
    monkeypatch.setenv(index.SWITCH, value)
    reads.clear()
    docs(project)
    assert COUNT == len(reads)


@pytest.mark.usefixtures("later")
def test_no_index_without_bytecode(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If writing bytecode is disabled, so is the index."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    docs(project)

    assert not kept(project).parent.exists()


@pytest.mark.usefixtures("later")
def test_index_follows_the_prefix_of_bytecode(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index follows PYTHONPYCACHEPREFIX."""
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setattr(sys, "pycache_prefix", str(elsewhere))
    docs(project)

    assert kept(project).is_relative_to(elsewhere)
    assert kept(project).exists()
    assert not (project / "versions" / "__pycache__").exists()


@pytest.mark.usefixtures("later")
def test_small_history_leaves_no_file(project: Path) -> None:
    """A history that is read in a moment is worth no file."""
    for number in range(index._WORTH_KEEPING - 1, COUNT):
        (project / "versions" / f"r{number:03}.py").unlink()
    docs(project)

    assert not kept(project).parent.exists()


@pytest.mark.usefixtures("later")
def test_file_that_must_be_executed_is_not_noted(project: Path, reads: list[str]) -> None:
    """A header that is only known by executing the file is not indexed."""
    (project / "versions" / "r007.py").write_text('revision = "r" + "007"\ndown_revision = "r006"')
    docs(project)
    reads.clear()

    assert COUNT == len(docs(project))
    assert ["r007.py"] == reads


@pytest.mark.usefixtures("later")
def test_other_places_have_rows_too(project: Path, tmp_path: Path, reads: list[str]) -> None:
    """Files of a second version location are in the index of the first one."""
    second = tmp_path / "second"
    second.mkdir()
    write(second / "extra.py", COUNT)
    places = [project / "versions", second]
    ScriptDirectory(project, version_locations=places).get_heads()
    reads.clear()

    directory = ScriptDirectory(project, version_locations=places)
    assert [f"r{COUNT}"] == directory.get_heads()
    assert [] == reads
    assert not (second / "__pycache__").exists()


def test_two_processes_write(project: Path) -> None:
    """Processes that write at once leave one whole index and no draft."""
    old = time.time() - 100
    for path in (project / "versions").iterdir():
        os.utime(path, (old, old))
    # The time of an inode's change cannot be set, only waited for.
    time.sleep(2.1)
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [sys.executable, "-c", WRITER, str(project)]
    running = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [one.communicate()[0].split() for one in running]

    assert [[f"r{COUNT - 1}"] * 5] * 2 == said
    assert [kept(project)] == list(kept(project).parent.iterdir())
    front = index._load_front(str(kept(project)))
    assert COUNT == len(index._rows(front, index._load_rest(str(kept(project)), front), ""))
    assert front[2] is not None


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    changes=st.lists(
        st.tuples(
            st.integers(0, COUNT - 1),
            st.sampled_from(["write", "touch", "replace", "remove", "load"]),
            st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=3, max_size=3),
        ),
        max_size=12,
    )
)
@pytest.mark.usefixtures("later")
def test_any_changes_are_seen(project: Path, changes: list[tuple[int, str, str]]) -> None:
    """Whatever happens to the files between loads, headers are as the files have them."""
    versions = project / "versions"
    for moment, (number, change, word) in enumerate(changes, start=1):
        path = versions / f"r{number:03}.py"
        if change == "load":
            assert_as_read(versions)
        elif change == "remove":
            path.unlink(missing_ok=True)
        elif change == "replace":
            write(path.with_suffix(".new"), number, doc=word)
            path.with_suffix(".new").replace(path)
        elif change == "write" or not path.exists():
            write(path, number, doc=word)
        if path.exists() and change != "load":
            # The file system's clock may not have moved on: the time of each change is its own.
            os.utime(path, ns=(0, moment * 1_000_000))
    assert_as_read(versions)


def assert_as_read(versions: Path) -> None:
    """Load by the index and compare with the texts of the files."""
    known = HeaderIndex([str(versions)])
    paths = [str(path) for path in versions.glob("*.py")]
    found = {path: known.header(path) for path in paths}
    known.save()

    assert {path: headers.read_header(path) for path in paths} == found


@pytest.mark.parametrize("replacement", ["folder", "link"])
def test_file_replaced_by_another_kind_of_entry(project: Path, replacement: str) -> None:
    """A folder with the name of a revision file is none; a link counts as the file it leads to."""
    versions = project / "versions"
    ScriptDirectory(str(project)).get_heads()
    last = versions / f"r{COUNT - 1:03}.py"
    elsewhere = project / "elsewhere.py"
    last.rename(elsewhere)
    if replacement == "folder":
        last.mkdir()
        expected = (f"r{COUNT - 2:03}", str(versions / f"r{COUNT - 2:03}.py"))
    else:
        last.symlink_to(elsewhere)
        expected = (f"r{COUNT - 1:03}", str(elsewhere))

    found = ScriptDirectory(str(project)).get_revision("head")
    assert found is not None
    assert expected == (found.revision, found.path)

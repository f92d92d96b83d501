"""Loading, rendering and writing files by path."""

from __future__ import annotations

import os
import py_compile
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from idiolect.errors import ScriptError
from idiolect.util import pyfiles
from idiolect.util.bound import operations


def test_load(tmp_path: Path) -> None:
    """A file is executed under a name derived from its file name, and is not in sys.modules."""
    (tmp_path / "a-b.py").write_text("x = 5\n")

    module = pyfiles.load_python_file(tmp_path, "a-b.py")

    assert (module.x, module.__name__, module.__file__) == (5, "a_b_py", str(tmp_path / "a-b.py"))
    assert "a_b_py" not in sys.modules


@pytest.mark.parametrize("where", ["beside", "cache"])
def test_load_compiled(tmp_path: Path, where: str) -> None:
    """Without the source, a compiled file is loaded."""
    source = tmp_path / "env.py"
    source.write_text("x = 5\n")
    target = str(tmp_path / "env.pyc") if where == "beside" else None
    compiled = py_compile.compile(str(source), cfile=target)
    source.unlink()

    assert pyfiles.load_python_file(tmp_path, "env.py").x == 5
    assert pyfiles.pyc_file_from_path(source) == Path(str(compiled))


def test_a_file_mended_at_once_is_run_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same second, same size: Python's bytecode could not distinguish the versions."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    # Ahead of the clock: however long this takes, the file has been written just now.
    now = int(time.time()) + 1000
    for value in (5, 6):
        (tmp_path / "a.py").write_text(f"x = {value}\n")
        os.utime(tmp_path / "a.py", (now, now))
        assert value == pyfiles.load_python_file(tmp_path, "a.py").x
    os.utime(tmp_path / "a.py", (now - 2000, now - 2000))
    pyfiles.load_python_file(tmp_path, "a.py")
    assert pyfiles.pyc_file_from_path(tmp_path / "a.py") is not None, "and settled files have it"


def test_load_marks_globals_first(tmp_path: Path) -> None:
    """What is bound is known in the module's globals while its code runs."""
    (tmp_path / "env.py").write_text(f"seen = globals().get({operations.mark!r})\n")
    bound = object()

    with operations.bind(bound):
        module = pyfiles.load_python_file(tmp_path, "env.py")

    assert module.seen is bound


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        pytest.param("gone.py", None, "Can't find Python file .*gone.py", id="missing"),
        pytest.param("x.ini", b"", "does not end in '.py'", id="extension"),
        pytest.param("x.py", b"\n\ndef f(:\n", r"not valid Python: .*\(line 3\)", id="syntax"),
        pytest.param("x.py", b"a = 1\0\n", "null bytes", id="null-bytes"),
        pytest.param("x.py", b"'\xe9'\n", "(?i)utf-8", id="encoding"),
    ],
)
def test_load_errors(tmp_path: Path, name: str, data: bytes | None, words: str) -> None:
    """A file that cannot be loaded is named, with the line."""
    if data is not None:
        (tmp_path / name).write_bytes(data)

    with pytest.raises(ScriptError, match=words) as caught:
        pyfiles.load_python_file(tmp_path, name)

    assert str(tmp_path / name) in str(caught.value)


def test_errors_of_others_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A syntax error in a module that the file imports is not attributed to the file."""
    (tmp_path / "broken_model_of_a_user.py").write_text("def f(:\n")
    (tmp_path / "env.py").write_text("import broken_model_of_a_user\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(SyntaxError) as caught:
        pyfiles.load_python_file(tmp_path, "env.py")

    assert str(caught.value.filename).endswith("broken_model_of_a_user.py")


@pytest.mark.parametrize("error", ["ValueError('mine')", "SyntaxError('mine')"])
def test_raised_errors_pass(tmp_path: Path, error: str) -> None:
    """Exceptions raised by the file propagate unchanged, whatever their class."""
    (tmp_path / "env.py").write_text(f"raise {error}\n")

    with pytest.raises((ValueError, SyntaxError), match=r"^mine$"):
        pyfiles.load_python_file(tmp_path, "env.py")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("rel/path", Path("rel/path"), id="relative"),
        pytest.param("/abs/a:b", Path("/abs/a:b"), id="absolute-with-a-colon"),
        pytest.param(
            "idiolect:templates", Path(pyfiles.__file__).parents[1] / "templates", id="package"
        ),
        pytest.param(
            "idiolect:templates:generic",
            Path(pyfiles.__file__).parents[1] / "templates/generic",
            id="two",
        ),
    ],
)
def test_resource(name: str, expected: Path) -> None:
    """A name with a colon is a path inside a package, any other a path."""
    assert pyfiles.coerce_resource_to_filename(name) == expected


@pytest.mark.parametrize("name", ["no_such_pkg:x", "idiolect.no:x", ":x"])
def test_unknown_package(name: str) -> None:
    """A package that cannot be imported is named."""
    with pytest.raises(ScriptError, match=re.escape(repr(name))):
        pyfiles.coerce_resource_to_filename(name)


def test_write_refuses_to_replace(tmp_path: Path) -> None:
    """An existing file is kept unless replacing it is requested."""
    path = tmp_path / "x.py"
    path.write_text("old")

    with pytest.raises(ScriptError, match="exists already"):
        pyfiles.write_file(path, b"new")
    assert path.read_text() == "old"

    pyfiles.write_file(path, b"new", overwrite=True)
    assert ([entry.name for entry in tmp_path.iterdir()], path.read_text()) == (["x.py"], "new")


def test_write_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails in mid-write, neither the file nor a draft of it is left."""

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(ScriptError, match="No space left on device"):
        pyfiles.write_file(tmp_path / "x.py", b"new")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("exists", [True, False])
def test_write_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    """On a file system without hard links the same holds."""

    def unsupported(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    path = tmp_path / "x.py"
    if exists:
        path.write_text("old")
        with pytest.raises(ScriptError, match="exists already"):
            pyfiles.write_file(path, b"new")
    else:
        pyfiles.write_file(path, b"new")

    assert path.read_text() == ("old" if exists else "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.py"]


def test_template_to_file(tmp_path: Path) -> None:
    """A template is rendered into a file, or to the end of one."""
    template, dest = tmp_path / "t.mako", tmp_path / "out"
    template.write_text("hello ${name}\n")

    pyfiles.template_to_file(template, dest, "utf-8", name="a")
    pyfiles.template_to_file(template, dest, "utf-8", append_with_newlines=True, name="\u00fc")

    assert dest.read_text(encoding="utf-8") == "hello a\n\n\nhello \u00fc\n"


def test_unknown_encoding(tmp_path: Path) -> None:
    """The error for an unknown encoding names the option to fix."""
    with pytest.raises(ScriptError, match=r"'utf-99'.*output_encoding"):
        pyfiles.encode_text("x", "utf-99", tmp_path / "x")


def test_several_threads_write_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a separate draft, and the last one wins."""
    target = tmp_path / "a.py"
    together = threading.Barrier(2)
    sync = os.fsync

    def wait(handle: int) -> None:
        together.wait(timeout=60)
        sync(handle)

    monkeypatch.setattr(os, "fsync", wait)
    with ThreadPoolExecutor(2) as threads:
        texts = [b"one", b"two"]
        writes = [
            threads.submit(pyfiles.write_file, target, text, overwrite=True) for text in texts
        ]
    assert [None, None] == [each.result() for each in writes]
    assert target.read_bytes() in texts
    assert [target] == list(tmp_path.iterdir())


def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    """The name of the draft is no longer."""
    bytes_at_most = os.pathconf(tmp_path, "PC_NAME_MAX")
    target = tmp_path / f"{'é' * ((bytes_at_most - 3) // 2)}.py"
    pyfiles.write_file(target, b"")
    assert [target] == list(tmp_path.iterdir())

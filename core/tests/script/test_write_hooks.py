"""Programs and functions that run on new revision files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from idiolect.errors import CommandError
from idiolect.script import write_hooks
from idiolect.util import compat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Environment


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """Whatever a test registers is forgotten."""
    before = dict(write_hooks._registry)
    yield
    write_hooks._registry.clear()
    write_hooks._registry.update(before)


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A Python program that writes its arguments and folder to a file."""
    path = tmp_path / "program.py"
    path.write_text(
        "import sys, os, pathlib\n"
        "pathlib.Path(__file__ + '.log').write_text(repr([sys.argv[1:], os.getcwd()]))\n"
    )
    return str(path)


def test_hooks_run_in_order(environment: Environment) -> None:
    """Each configured hook gets the file's path and its own options."""
    calls: list[tuple[str, dict[str, Any]]] = []
    for name in ("one", "two"):
        write_hooks.register(name)(lambda path, options: calls.append((path, options)))
    hooks = [
        {"_hook_name": "h1", "type": "one", "x": "1"},
        {"_hook_name": "h2", "type": "two"},
    ]

    made: Any = environment.open(hooks=hooks).generate_revision("a1", "m")

    assert calls == [(made.path, hooks[0]), (made.path, hooks[1])]


def test_a_hook_that_raises(environment: Environment) -> None:
    """A note names the hook and its file."""

    @write_hooks.register("odd")
    def odd(path: str, options: dict[str, Any]) -> None:
        raise KeyError(path)

    hooks = [{"_hook_name": "h", "type": "odd"}]
    with pytest.raises(KeyError) as caught:
        environment.open(hooks=hooks).generate_revision("a1", "m")

    assert [f"in the post-write hook 'h' of the type 'odd' ({__file__})"] == caught.value.__notes__


def test_the_file_is_read_after_the_hooks(environment: Environment) -> None:
    """What a hook rewrites is what becomes part of the graph."""

    @write_hooks.register("rewrite")
    def rewrite(path: str, options: dict[str, Any]) -> None:
        file = Path(path)
        file.write_text(file.read_text().replace('"""m', '"""other'))

    hooks = [{"_hook_name": "h", "type": "rewrite"}]
    made: Any = environment.open(hooks=hooks).generate_revision("a1", "m")

    assert made.doc == "other"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({}, r"Key 'h.type' \(or 'type' in toml\) is required for", id="type"),
        pytest.param({"type": "exce"}, "No formatter with name 'exce' .*mean 'exec'", id="unknown"),
        pytest.param(
            {"type": "console_scripts"},
            "Key h.entrypoint is required for post write hook 'h'",
            id="ep",
        ),
        pytest.param(
            {"type": "console_scripts", "entrypoint": "no-such"},
            "console_scripts.no-such",
            id="no-ep",
        ),
        pytest.param({"type": "exec"}, "Key h.executable is required", id="executable"),
        pytest.param(
            {"type": "exec", "executable": "/no/such"}, "Cannot run '/no/such'", id="no-exe"
        ),
        pytest.param(
            {"type": "exec", "executable": sys.executable, "cwd": "no/such"},
            "Cannot run .* in 'no/such'",
            id="no-folder",
        ),
        pytest.param({"type": "module"}, "Key h.module is required", id="module"),
        pytest.param(
            {"type": "module", "module": "no_such"}, "Could not find module no_such", id="no-m"
        ),
        pytest.param(
            {"type": "module", "module": "no.such"}, "Could not find module no.such", id="no-p"
        ),
        pytest.param(
            {"type": "exec", "executable": "x", "options": "'open"}, "cannot be split", id="quotes"
        ),
    ],
)
def test_unusable_hook(environment: Environment, options: dict[str, str], words: str) -> None:
    """The error for a hook that cannot run; the file is kept."""
    directory = environment.open(hooks=[{"_hook_name": "h", **options}])

    with pytest.raises(CommandError, match=words):
        directory.generate_revision("a1", "m")

    assert environment.open().get_heads() == ["a1"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param("", ["PATH"], id="path-alone"),
        pytest.param("-l 79", ["PATH", "-l", "79"], id="path-first"),
        pytest.param(
            "a REVISION_SCRIPT_FILENAME 'two words' --f='REVISION_SCRIPT_FILENAME'",
            ["a", "PATH", "two words", "--f=PATH"],
            id="token",
        ),
    ],
)
def test_arguments(
    environment: Environment, program: str, options: str, expected: list[str]
) -> None:
    """A program gets the file's path first, or at its placeholder."""
    hook = {
        "_hook_name": "h",
        "type": "exec",
        "executable": sys.executable,
        "options": f"{program} {options}"
        if "REVISION" in options
        else f"{program} REVISION_SCRIPT_FILENAME {options}",
        "cwd": str(environment.folder),
    }
    made: Any = environment.open(hooks=[hook]).generate_revision("a1", "m")

    log = Path(f"{program}.log").read_text()
    assert log == repr(
        [
            [made.path if word == "PATH" else word.replace("PATH", made.path) for word in expected],
            str(environment.folder),
        ]
    )
    assert write_hooks._parse_cmdline_options(options, "PATH") == expected


def test_failure_is_reported(
    environment: Environment, program: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A program that fails is reported by its status, and the file stays."""
    Path(program).write_text("raise SystemExit(3)\n")
    hook = {
        "_hook_name": "h",
        "type": "exec",
        "executable": sys.executable,
        "options": f"{program} REVISION_SCRIPT_FILENAME",
    }
    environment.open(hooks=[hook]).generate_revision("a1", "m")

    assert "post write hook 'h' ended with status 3" in capfd.readouterr().out
    assert environment.names() == ["a1_m.py"]


def test_module(environment: Environment) -> None:
    """A module is run as ``python -m`` does."""
    hook = {"_hook_name": "h", "type": "module", "module": "py_compile"}
    environment.open(hooks=[hook]).generate_revision("a1", "m")

    assert list(environment.versions.glob("__pycache__/a1_m.*.pyc")) != []


def test_console_script(environment: Environment, capfd: pytest.CaptureFixture[str]) -> None:
    """A console script is found by its entry point and run in this Python."""
    hook = {
        "_hook_name": "h",
        "type": "console_scripts",
        "entrypoint": "pytest",
        "options": "--version",
    }
    environment.open(hooks=[hook]).generate_revision("a1", "m")

    out, err = capfd.readouterr()
    assert "pytest " in out + err


def test_other_platforms_and_distributions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """``util.compat`` is used, so that a program can replace it."""
    (tmp_path / "shown.py").write_text("import sys\ndef main():\n    print(sys.argv[1:])\n")
    point = compat.EntryPoint("mine", "shown:main", "console_scripts")
    monkeypatch.setattr(compat, "importlib_metadata_get", lambda _group: [point])
    monkeypatch.setattr(compat, "is_posix", False)
    options = {"_hook_name": "x", "entrypoint": "mine", "options": "'b'", "cwd": str(tmp_path)}
    write_hooks._invoke("console_scripts", "a.py", options)

    # Off POSIX, quotes stay part of the words.
    assert capfd.readouterr().out == """['a.py', "'b'"]\n"""


def test_a_stand_in_for_the_program(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Third-party tests mock subprocess.run(); its result is not used otherwise."""
    run = mock.Mock()
    monkeypatch.setattr("idiolect.script.write_hooks.subprocess.run", run)
    hooks = [{"_hook_name": "h", "type": "exec", "executable": sys.executable}]

    made: Any = environment.open(hooks=hooks).generate_revision("a1", "m")

    assert [mock.call([sys.executable, made.path], cwd=None)] == run.mock_calls

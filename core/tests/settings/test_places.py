"""Messages about values of options name the file, the section and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

ENV = "from idiolect import context\ncontext.configure(dialect_name='sqlite')\n"
TEMPLATE = "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"
REVISION = ["revision", "-m", "x"]
RUN = ["upgrade", "head"]
#: An option, a value that is of no use in an ini file, and the command that needs it.
INI = {
    "path_separator": ("comma", ["heads"]),
    "version_path_separator": ("comma", ["heads"]),
    "truncate_slug_length": ("forty", ["heads"]),
    "sourceless": ("perhaps", ["heads"]),
    "recursive_version_locations": ("perhaps", ["heads"]),
    "script_location": ("nowhere", ["heads"]),
    "revision_environment": ("perhaps", REVISION),
    "timezone": ("Mars", REVISION),
    "output_encoding": ("utf-99", REVISION),
    "file_template": ("%%(nope)s", REVISION),
    "statement_timeout": ("0", RUN),
    "lock_wait_timeout": ("-1", RUN),
    "migration_lock_timeout": ("nan", RUN),
    "transient_retries": ("-1", RUN),
    "migration_lock": ("perhaps", RUN),
    "double_percents": ("perhaps", RUN),
}
TOML = {
    "truncate_slug_length": ("true", ["heads"]),
    "sourceless": ("'true'", ["heads"]),
    "version_locations": ("'x'", ["heads"]),
    "prepend_sys_path": ("'x'", ["heads"]),
    "script_location": ("5", ["heads"]),
    "timezone": ("3", REVISION),
    "output_encoding": ("8", REVISION),
    "file_template": ("2020-01-01", REVISION),
    "revision_environment": ("'perhaps'", REVISION),
    "post_write_hooks": ("[{name = 'x', type = 'nope'}]", REVISION),
    "statement_timeout": ("'5'", RUN),
    "migration_lock_timeout": ("-1", RUN),
    "transient_retries": ("1.5", RUN),
    "migration_lock": ("'x'", RUN),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project without a config file, to be in."""
    versions = tmp_path / "migrations/versions"
    versions.mkdir(parents=True)
    (versions / "a.py").write_text("revision = 'a'\ndown_revision = None\n")
    (tmp_path / "migrations/env.py").write_text(ENV)
    (tmp_path / "migrations/script.py.mako").write_text(TEMPLATE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def failure(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the message with which a command fails."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert 1 == ended.value.code
    return capsys.readouterr().err.partition("FAILED: ")[2]


@pytest.mark.filterwarnings("ignore:.*path_separator:DeprecationWarning")
@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("option", INI)
def test_an_ini_file(folder: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever reads the value, and however late."""
    value, words = INI[option]
    options = {"script_location": "migrations", "version_locations": "migrations/versions"}
    lines = [f"{name} = {text}" for name, text in {**options, option: value}.items()]
    (folder / "mine.ini").write_text("\n".join(["[alembic]", *lines, ""]))
    text = failure(["-c", "mine.ini", *words], capsys)
    assert option in text
    assert "'mine.ini', section [alembic]" in text


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("option", TOML)
def test_a_toml_file(folder: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As above; the table is the section."""
    value, words = TOML[option]
    lines = [
        f"{name} = {text}"
        for name, text in {"script_location": "'migrations'", option: value}.items()
    ]
    (folder / "pyproject.toml").write_text("\n".join(["[tool.idiolect]", *lines, ""]))
    text = failure(words, capsys)
    assert option in text
    assert "'pyproject.toml', section [tool.idiolect]" in text


def test_the_hooks_of_an_ini_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They have a separate section."""
    (folder / "idiolect.ini").write_text(
        "[idiolect]\nscript_location = migrations\n[post_write_hooks]\nhooks = x\nx.type = nope\n"
    )
    assert "in 'idiolect.ini', section [post_write_hooks]" in failure(REVISION, capsys)

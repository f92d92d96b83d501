"""Whose logging configuration holds: the ini file's for a command, the program's for a program."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from idiolect import command
from idiolect.cli.main import main
from idiolect.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPLATES = ["generic", "async", "multidb", "pyproject", "pyproject_async"]
LOGGERS = ("root", "sqlalchemy.engine", "idiolect")


class Records(logging.Handler):
    """A program's handler that collects records."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self.messages.append(record.getMessage())


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger without handlers, at INFO; all loggers are restored afterwards."""
    root = logging.getLogger()
    loggers = [root if name == "root" else logging.getLogger(name) for name in LOGGERS]
    before = [(each, list(each.handlers), each.level) for each in loggers]
    root.handlers[:] = []
    root.setLevel(logging.INFO)
    yield root
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


@pytest.fixture(params=TEMPLATES)
def project(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The current folder, with a project of each template that writes for SQLite."""
    for name in ("IDIOLECT_CONFIG", "ALEMBIC_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    main(["-q", "init", "-t", request.param, "migrations"], prog="idiolect")
    ini = tmp_path / "idiolect.ini"
    text = ini.read_text("utf-8").replace("driver://user:pass@localhost/", "sqlite:///")
    ini.write_text(text, "utf-8")
    main(["-q", "revision", "-m", "größer", "--rev-id", "a1"])
    return tmp_path


def test_a_program_keeps_its_logging(project: Path, root: logging.Logger) -> None:
    """Its handlers and levels stay, and get the messages of the run."""
    records = Records()
    root.addHandler(records)
    before = list(root.handlers)

    command.upgrade(Config(project / "idiolect.ini", project / "pyproject.toml"), "a1", sql=True)

    assert (before, logging.INFO) == (root.handlers, root.level)
    assert "Running upgrade  -> a1, größer" in records.messages


def test_a_command_logs_as_the_ini_file_says(project: Path, root: logging.Logger) -> None:
    """The ini file's handlers replace what there was, here of a file in UTF-8."""
    ini = project / "idiolect.ini"
    ini.write_text(ini.read_text("utf-8").replace("[%(name)s]", "[größer %(name)s]"), "utf-8")

    main(["upgrade", "a1", "--sql"])

    (handler,) = root.handlers
    assert "[größer " in str(getattr(handler.formatter, "_fmt", None))
    assert logging.WARNING == root.level

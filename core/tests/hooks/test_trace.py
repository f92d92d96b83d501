"""The trace shows the called plugins, in order, and the results; never passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.hooks import hookimpl
from idiolect.hooks.trace import VARIABLE

if TYPE_CHECKING:
    from projects import Project

    from idiolect.hooks.manager import PluginManager

SECRET_URL = "postgresql://app:s3cr3t@db/app"


class Chatty:
    """A plugin with an opinion on scripts, and none on transactions."""

    @hookimpl
    def statement_terminator(self) -> str:
        """Return a result that must not be shown completely."""
        return SECRET_URL

    @hookimpl
    def transactional_ddl(self) -> None:
        """Have no opinion."""


def test_calls_are_shown(
    project: Project,
    sqlite: PluginManager,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each call is a line with the plugins in calling order, and a line with the result."""
    monkeypatch.setenv(VARIABLE, "1")
    sqlite.register(Chatty(), "chatty")
    project.revision("a", None, "pass")
    project.upgrade()
    lines = capsys.readouterr().err.splitlines()

    asked = next(line for line in lines if line.startswith("hook transactional_ddl [sqlite] asks"))
    assert asked.index("chatty") < asked.index("idiolect.ddl.builtin")
    assert "hook statement_terminator [sqlite] -> 'postgresql://app:***@db/app'" in lines
    assert "hook run_step [sqlite] -> True" in lines
    assert [] == [line for line in lines if "s3cr3t" in line]


def test_failures_are_shown(
    project: Project,
    sqlite: PluginManager,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An exception inside a hook is named."""
    monkeypatch.setenv(VARIABLE, "yes")
    project.revision("a", None, "raise RuntimeError('broken')")
    with pytest.raises(RuntimeError):
        project.upgrade()

    assert "hook run_step [sqlite] raised RuntimeError: broken" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["", "0", "off"])
def test_silent_unless_asked(
    project: Project,
    sqlite: PluginManager,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    value: str,
) -> None:
    """Without the variable, or with a false value, nothing is written."""
    monkeypatch.setenv(VARIABLE, value)
    project.revision("a", None, "pass")
    project.upgrade()

    assert "hook " not in capsys.readouterr().err

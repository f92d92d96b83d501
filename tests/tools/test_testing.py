"""How tests are run: on request, failed tests are retried once, separately."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from devtools import testing
from devtools.shell import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = """
import pathlib

marker = pathlib.Path(__file__).with_name("marker")


def test_sound():
    pass


def test_unlucky():
    once = marker.exists()
    marker.touch()
    assert once


def test_faulty():
    assert not {faulty}
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., None]:
    """Return a function that runs a test that fails once, next to one that may be faulty."""

    def start(*, faulty: bool, again: bool) -> None:
        tests = tmp_path / "test_it.py"
        tests.write_text(TESTS.format(faulty=faulty), "utf-8")
        words = ["-p", "no:randomly", "--rootdir", str(tmp_path), "-c", "/dev/null", str(tests)]
        testing._pytest(Path(sys.executable), words, {}, again=again)

    return start


def test_bad_luck_is_no_fault(run: Callable[..., None], capfd: pytest.CaptureFixture[str]) -> None:
    """A test that passes when retried has passed, and is named."""
    run(faulty=False, again=True)

    said = capfd.readouterr().out
    assert "once more, by themselves: 1 that failed" in said
    assert "1 passed, 2 deselected" in said
    assert said.splitlines()[-1].startswith("passed only when run again: ")
    assert said.splitlines()[-1].endswith("test_it.py::test_unlucky")


def test_a_fault_stays_one(run: Callable[..., None], capfd: pytest.CaptureFixture[str]) -> None:
    """What fails twice has failed."""
    with pytest.raises(Failure, match=r"pytest failed \(status 1\)"):
        run(faulty=True, again=True)

    assert "once more, by themselves: 2 that failed" in capfd.readouterr().out


def test_many_faults_are_no_bad_luck(
    run: Callable[..., None], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If more tests fail than chance explains, none is retried."""
    monkeypatch.setattr(testing, "_MOST_AGAIN", 1)
    with pytest.raises(Failure):
        run(faulty=True, again=True)

    assert "once more" not in capfd.readouterr().out


def test_only_on_request(run: Callable[..., None]) -> None:
    """A developer sees each failure at once."""
    with pytest.raises(Failure):
        run(faulty=False, again=False)

"""If nothing can be fetched, tests are skipped with a reason; in CI they fail."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.differential import fetch, reference

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {"": pytest.skip.Exception, "true": pytest.fail.Exception}


@pytest.fixture(params=KINDS, ids=["elsewhere", "in CI"])
def outcome(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> type[BaseException]:
    """An empty cache, and no package index; what a test ends with there."""
    reference.cached_folder()  # puts the developer's command on the path
    from devtools import environment, shell

    def refused(*_: Any, **__: Any) -> Any:
        raise shell.Failure("pip install alembic failed: no network")

    def ended(words: list[str], **_: Any) -> Any:
        return subprocess.CompletedProcess(words, 1, stdout="no network")

    monkeypatch.setenv("CI", request.param)
    monkeypatch.setattr(environment, "make", refused)
    monkeypatch.setattr(shell, "fetch", ended)
    monkeypatch.setattr(fetch, "reference_python", lambda: tmp_path / "python")
    for module in (reference, fetch):
        monkeypatch.setattr(module, "cached_folder", lambda: tmp_path)
    found: type[BaseException] = KINDS[request.param]
    return found


def test_a_distribution_that_cannot_be_fetched(outcome: type[BaseException]) -> None:
    """The requirement is named, and no incomplete folder is left for the next time."""
    for _ in range(2):
        with pytest.raises(
            outcome, match=r"pip install .*iniconfig==2\.3\.0 failed:\n +no network"
        ):
            fetch.fetched("needs", ("iniconfig==2.3.0",))


def test_the_real_alembic_cannot_be_fetched(outcome: type[BaseException]) -> None:
    """The message contains pip's output."""
    with pytest.raises(outcome, match=r"real Alembic was not fetched .* no network"):
        reference.reference_python.__wrapped__()

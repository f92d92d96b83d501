"""Messages about a missing option tell where it may be: misspelt, or in a file next door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Failure = Callable[..., str]

RIGHT = "[idiolect]\nscript_location = migrations\n"


@pytest.fixture
def failure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Failure:
    """A function that returns what ``heads`` prints in a folder where it fails."""

    def run(folder: Path, *words: str) -> str:
        monkeypatch.chdir(folder)
        with pytest.raises(SystemExit):
            main([*words, "heads"])
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        pytest.param(
            "[idiolect]\nscirpt_location = x\n",
            [],
            "Did you mean 'script_location' by 'scirpt_location'?",
            id="key",
        ),
        pytest.param(
            "[idiolct]\nscript_location = x\n",
            [],
            "Did you mean [idiolect] by [idiolct]?",
            id="section",
        ),
        pytest.param(
            "[one]\nx = 1\n[two]\nx = 1\n", [], "Its sections are: [one], [two].", id="sections"
        ),
        pytest.param(RIGHT, ["-n", "idiolekt"], "Did you mean [idiolekt] by [idiolect]?", id="-n"),
    ],
)
def test_a_misspelt_name(
    tmp_path: Path,
    failure: Failure,
    text: str,
    words: list[str],
    expected: str,
) -> None:
    """The key or section that is similar is named."""
    (tmp_path / "idiolect.ini").write_text(text)
    assert expected in failure(tmp_path, *words)


@pytest.mark.parametrize("name", ["idiolect.ini", "alembic.ini"])
@pytest.mark.parametrize(
    ("here", "there"), [("project/src/app", "project"), (".", "project")], ids=["above", "below"]
)
def test_a_file_in_another_folder(
    tmp_path: Path,
    failure: Failure,
    here: str,
    there: str,
    name: str,
) -> None:
    """A command in the wrong folder is told the right one, unless it named a file itself."""
    (tmp_path / "project/src/app").mkdir(parents=True)
    file = tmp_path / there / name
    file.write_text(RIGHT)
    assert f"There is {str(file)!r}: change to its folder" in failure(tmp_path / here)
    assert "There is" not in failure(tmp_path / here, "-c", "mine.ini")

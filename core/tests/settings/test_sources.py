"""Which configuration files are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from idiolect.errors import CommandError
from idiolect.settings.sources import find_config, read_ini

PYPROJECT = "pyproject.toml"


@pytest.fixture
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_empty_folder")
@pytest.mark.parametrize(
    ("given", "environ", "ini", "toml"),
    [
        pytest.param(None, {}, "alembic.ini", PYPROJECT, id="nothing"),
        pytest.param([], {}, "alembic.ini", PYPROJECT, id="empty list"),
        pytest.param("", {}, "alembic.ini", PYPROJECT, id="empty text"),
        pytest.param("a/b.ini", {}, "a/b.ini", PYPROJECT, id="ini"),
        pytest.param(["a/b.conf"], {}, "a/b.conf", PYPROJECT, id="any suffix is ini"),
        pytest.param(["a/pyproject.toml"], {}, "alembic.ini", "a/pyproject.toml", id="toml"),
        pytest.param(["a/My.TOML"], {}, "alembic.ini", "a/My.TOML", id="toml of another name"),
        pytest.param(["p.toml", "b.ini"], {}, "b.ini", "p.toml", id="both"),
        pytest.param(["b.ini", "p.toml"], {}, "b.ini", "p.toml", id="both, turned round"),
        pytest.param(None, {"ALEMBIC_CONFIG": "b.ini"}, "b.ini", PYPROJECT, id="ALEMBIC_CONFIG"),
        pytest.param(None, {"IDIOLECT_CONFIG": "b.ini"}, "b.ini", PYPROJECT, id="IDIOLECT_CONFIG"),
        pytest.param(
            None,
            {"ALEMBIC_CONFIG": "a.ini", "IDIOLECT_CONFIG": "b.ini"},
            "b.ini",
            PYPROJECT,
            id="both variables",
        ),
        pytest.param(
            None, {"ALEMBIC_CONFIG": "x/p.toml"}, "alembic.ini", "x/p.toml", id="variable, toml"
        ),
        pytest.param(None, {"ALEMBIC_CONFIG": ""}, "alembic.ini", PYPROJECT, id="empty variable"),
        pytest.param(
            "p.toml", {"ALEMBIC_CONFIG": "a.ini"}, "alembic.ini", "p.toml", id="-c beats variable"
        ),
    ],
)
def test_chosen_files(
    given: str | list[str] | None, environ: dict[str, str], ini: str, toml: str
) -> None:
    """What is named is taken, else the usual names, relative to the current folder, unopened."""
    paths = find_config(given, environ)
    assert (ini, toml) == (str(paths.ini), str(paths.toml))


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        pytest.param(["alembic.ini"], "alembic.ini", id="alembic.ini"),
        pytest.param(["idiolect.ini"], "idiolect.ini", id="idiolect.ini"),
        pytest.param(["alembic.ini", "idiolect.ini"], "idiolect.ini", id="both"),
        pytest.param([], "fresh.ini", id="none"),
    ],
)
def test_existing_files(tmp_path: Path, existing: list[str], expected: str) -> None:
    """Of the ini files in the folder the first in order is taken; else the name of a new one."""
    for name in existing:
        (tmp_path / name).touch()
    paths = find_config(None, {}, tmp_path, new_ini="fresh.ini")
    assert (tmp_path / expected, tmp_path / PYPROJECT) == (paths.ini, paths.toml)


def test_folder_is_no_file(tmp_path: Path) -> None:
    """A folder with the name of an ini file is reported if there is no file."""
    (tmp_path / "idiolect.ini").mkdir()
    alone = find_config(None, {}, tmp_path).ini
    (tmp_path / "alembic.ini").touch()
    beside = find_config(None, {}, tmp_path).ini

    assert (tmp_path / "idiolect.ini", tmp_path / "alembic.ini") == (alone, beside)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            ["a", "b.ini"], "only one ini file may be indicated, not 'a', 'b.ini'", id="ini"
        ),
        pytest.param(
            ["pyproject.toml", "a/pyproject.toml"],
            "pyproject.toml indicated more than once: 'pyproject.toml', 'a/pyproject.toml'",
            id="toml",
        ),
    ],
)
def test_too_many_files(given: list[str], expected: str) -> None:
    """At most one ini and one toml file can be named."""
    with pytest.raises(CommandError) as caught:
        find_config(given, {})
    assert expected == str(caught.value)


def test_folder_that_cannot_be_searched() -> None:
    """If the current folder cannot be searched, there is no ini file."""
    folder = Path("x" * 300)
    assert folder / "alembic.ini" == find_config(None, {}, folder).ini


def test_ini_options_without_here() -> None:
    """A parser without a file uses its defaults unchanged."""
    assert {"pw": "a%%b"} == dict(read_ini(None, {"pw": "a%%b"}).defaults())

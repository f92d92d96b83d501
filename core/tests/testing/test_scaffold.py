"""The package of a new dialect plugin."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from installed import own_tests_of, pretend_to_install

from idiolect.errors import CommandError
from idiolect.settings.config import Config
from idiolect.testing.scaffold import new_dialect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config() -> Config:
    """A Config without a file."""
    return Config()


@pytest.mark.parametrize("dialect", ["acme", "acme_corp", "acme.driver"])
def test_its_tests_pass_as_they_stand(config: Config, tmp_path: Path, dialect: str) -> None:
    """Made, installed and run untouched, nothing fails, and the table is printed."""
    package = tmp_path / "package"
    new_dialect(config, dialect, directory=str(package))
    pretend_to_install(package)
    done = own_tests_of(package)
    assert 0 == done.returncode, done.stdout
    assert f"contract of {dialect}: 12 of 12 pass" in done.stdout
    assert "_URL is not set" in done.stdout


def test_its_readme_says_how_to_test_it(config: Config, tmp_path: Path) -> None:
    """The README has a part on development, with the commands for a database."""
    package = tmp_path / "package"
    new_dialect(config, "acme", directory=str(package))
    readme = (package / "README.md").read_text()
    assert ["# idiolect-acme", "## Development"] == re.findall("^#+ .+", readme, re.MULTILINE)
    assert "$ ACME_URL=acme://" in readme


def test_an_override_shows_in_the_golden_test(config: Config, tmp_path: Path) -> None:
    """The tests are about the package: a fact that is changed fails until it is meant."""
    package = tmp_path / "package"
    new_dialect(config, "acme", directory=str(package))
    pretend_to_install(package)
    impl = package / "src" / "idiolect_acme" / "impl.py"
    text = impl.read_text()
    impl.write_text(text.replace('terminator = ";"', 'terminator = "!"'))
    done = own_tests_of(package)
    assert 1 == done.returncode
    assert "test_script_of[create_table]" in done.stdout
    assert "test_rules_of_a_script" in done.stdout


@pytest.mark.parametrize(
    "case",
    [
        ("Acme!", None, "'Acme!' cannot be the name of a dialect"),
        ("acme", "nowhere", "no dialect 'nowhere' to be like"),
    ],
)
def test_bad_names(config: Config, tmp_path: Path, case: tuple[str, str | None, str]) -> None:
    """An invalid or unsupported name is reported before anything is written."""
    dialect, like, message = case
    with pytest.raises(CommandError, match=message):
        new_dialect(config, dialect, like=like, directory=str(tmp_path / "package"))
    assert not (tmp_path / "package").exists()


def test_a_folder_with_files_stays(config: Config, tmp_path: Path) -> None:
    """Nothing is overwritten."""
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="is not empty"):
        new_dialect(config, "acme", directory=str(tmp_path))
    assert [tmp_path / "file"] == list(tmp_path.iterdir())


def test_without_pytest(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named, and how to get it."""
    for name in [name for name in sys.modules if name.startswith("idiolect.testing.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(CommandError, match="pip install pytest"):
        new_dialect(config, "acme", directory=str(tmp_path / "package"))

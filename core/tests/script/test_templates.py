"""New environments from the template folders."""

from __future__ import annotations

import ast
import configparser
import logging.config
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from idiolect.errors import CommandError
from idiolect.script.base import ScriptDirectory
from idiolect.script.scaffold import EnvironmentPaths, render_template_folder
from idiolect.settings.config import Config

from .conftest import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

ALL = ["async", "generic", "multidb", "pyproject", "pyproject_async"]
QUIET = {"quiet": True}


def paths_in(folder: Path, ini: str = "idiolect.ini") -> EnvironmentPaths:
    """Return the usual places below a folder."""
    return EnvironmentPaths(folder / "scripts", folder / ini, folder / "pyproject.toml")


def test_all_are_here() -> None:
    """The documented templates exist, each with a description."""
    assert sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir()) == ALL
    assert [name for name in ALL if not (TEMPLATES / name / "README").read_text().strip()] == []


def test_models_of_several_databases_are_put_in_by_text() -> None:
    """Tests of programs replace this line of Alembic's template in a new env.py."""
    text = (TEMPLATES / "multidb" / "env.py").read_text(encoding="utf-8")

    assert 1 == text.count("target_metadata = {}\n")


@pytest.mark.parametrize("name", ALL)
def test_programs_put_imports_in_front(name: str) -> None:
    """A new env.py is still a module after a line was put before its first one."""
    text = (TEMPLATES / name / "env.py").read_text(encoding="utf-8")

    compile(f"from app.models import Base\n{text}", "env.py", "exec")


@pytest.mark.parametrize("name", [name for name in ALL if name != "multidb"])
def test_models_are_put_in_by_text(name: str) -> None:
    """Programs replace this line of Alembic's templates in a new env.py."""
    text = (TEMPLATES / name / "env.py").read_text(encoding="utf-8")

    assert 1 == text.count("\ntarget_metadata = None\n")


@pytest.mark.parametrize("name", ALL)
def test_new_environment(tmp_path: Path, name: str) -> None:
    """A template creates an environment that can be configured, logs, and accepts revisions."""
    paths = paths_in(tmp_path)

    made = render_template_folder(TEMPLATES / name, paths, messaging_opts=QUIET)

    expected = [paths.toml, paths.ini] if "pyproject" in name else [paths.ini]
    assert made == expected
    assert sorted(path.name for path in paths.scripts.iterdir()) == [
        "README",
        "env.py",
        "script.py.mako",
        "versions",
    ]
    ast.parse((paths.scripts / "env.py").read_text())
    config = Config(paths.ini, toml_file=paths.toml)
    directory = ScriptDirectory.from_config(config)
    assert directory.versions == str(paths.scripts / "versions")
    script = directory.generate_revision("abc", "it's", config=config)
    assert script is not None
    names = {"upgrade_engine1", "upgrade_engine2"} if name == "multidb" else set()
    assert {"upgrade", "downgrade", *names} <= set(vars(script.module))


@pytest.mark.parametrize("name", ALL)
def test_logging_sections(tmp_path: Path, name: str) -> None:
    """The ini file configures logging under the project's own name."""
    paths = paths_in(tmp_path)
    render_template_folder(TEMPLATES / name, paths, messaging_opts=QUIET)
    parser = configparser.RawConfigParser()
    parser.read(paths.ini)

    assert parser["logger_idiolect"]["qualname"] == "idiolect"
    assert parser["loggers"]["keys"] == "root,sqlalchemy,idiolect"


@pytest.mark.parametrize(
    ("ini", "section"),
    [("idiolect.ini", "idiolect"), ("alembic.ini", "alembic"), ("x.ini", "alembic")],
)
def test_section_follows_the_name(tmp_path: Path, ini: str, section: str) -> None:
    """The main section is called as the file is."""
    paths = paths_in(tmp_path, ini)
    render_template_folder(TEMPLATES / "generic", paths, messaging_opts=QUIET)
    parser = configparser.RawConfigParser()
    parser.read(paths.ini)

    assert parser[section]["script_location"] == "%(here)s/scripts"


def test_existing_ini_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An existing ini file is kept, with a message."""
    paths = paths_in(tmp_path)
    paths.ini.write_text("[idiolect]\n")

    render_template_folder(TEMPLATES / "generic", paths)

    assert paths.ini.read_text() == "[idiolect]\n"
    assert "already exists, skipping" in capsys.readouterr().out


def test_existing_toml_is_added_to(tmp_path: Path) -> None:
    """The template's section is appended to a pyproject.toml."""
    paths = paths_in(tmp_path)
    paths.toml.write_text('[project]\nname = "x"\n')

    render_template_folder(TEMPLATES / "pyproject", paths, messaging_opts=QUIET)

    data = tomllib.loads(paths.toml.read_text())
    assert data["project"] == {"name": "x"}
    assert data["tool"]["idiolect"]["script_location"] == "%(here)s/scripts"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[tool.idiolect]\n", r"already has a \[tool.idiolect\] table", id="ours"),
        pytest.param("[tool.alembic]\n", r"already has a \[tool.alembic\] table", id="alembic"),
        pytest.param("[tool\n", "not valid TOML", id="broken"),
    ],
)
def test_unusable_toml(tmp_path: Path, text: str, words: str) -> None:
    """An unusable pyproject.toml is reported before anything is written."""
    paths = paths_in(tmp_path)
    paths.toml.write_text(text)

    with pytest.raises(CommandError, match=words):
        render_template_folder(TEMPLATES / "pyproject", paths, messaging_opts=QUIET)

    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]


def test_package(tmp_path: Path) -> None:
    """With ``package`` the scripts folder can be imported."""
    paths = paths_in(tmp_path)
    render_template_folder(TEMPLATES / "generic", paths, package=True, messaging_opts=QUIET)

    assert (paths.scripts / "__init__.py").exists()
    assert (paths.scripts / "versions" / "__init__.py").exists()


def test_percent_in_the_folder(tmp_path: Path) -> None:
    """A folder with a percent sign in its name is found again."""
    paths = EnvironmentPaths(tmp_path / "100%", tmp_path / "idiolect.ini", tmp_path / "p.toml")
    render_template_folder(TEMPLATES / "generic", paths, messaging_opts=QUIET)

    directory = ScriptDirectory.from_config(Config(paths.ini))

    assert directory.dir == str(paths.scripts)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows neither in a name")
@pytest.mark.parametrize("name", ['"quoted"', "back\\slash"])
def test_folder_that_toml_has_to_escape(tmp_path: Path, name: str) -> None:
    """A folder whose name contains quotes or backslashes is found again."""
    paths = EnvironmentPaths(tmp_path / name, tmp_path / "i.ini", tmp_path / "pyproject.toml")
    render_template_folder(TEMPLATES / "pyproject", paths, messaging_opts=QUIET)

    directory = ScriptDirectory.from_config(Config(paths.ini, paths.toml))

    assert str(paths.scripts) == directory.dir


def test_logging_can_be_configured(tmp_path: Path) -> None:
    """The logging sections are what the standard library expects."""
    paths = paths_in(tmp_path)
    render_template_folder(TEMPLATES / "generic", paths, messaging_opts=QUIET)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        logging.config.fileConfig(paths.ini, disable_existing_loggers=False)
        assert logging.getLogger("idiolect").level == logging.INFO
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.getLogger("idiolect").setLevel(logging.NOTSET)
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)

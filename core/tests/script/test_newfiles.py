"""The methods that write new files, as programs replace, override and call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idiolect import command
from idiolect.config import Config
from idiolect.errors import ScriptError
from idiolect.script import ScriptDirectory

from .conftest import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Environment


class Signed(ScriptDirectory):
    """Adds a variable to templates."""

    def _generate_template(self, src: Any, dest: Any, **kw: Any) -> None:
        super()._generate_template(src, dest, **kw, author=f"Ann, {kw['message']}")


def test_override(environment: Environment) -> None:
    """A subclass gets the documented variables of each new revision and can add its own."""
    template = environment.folder / "script.py.mako"
    template.write_text(template.read_text("utf-8") + "\nauthor = ${repr(author)}\n", "utf-8")
    directory = Signed(environment.folder, messaging_opts={"quiet": True})

    made = directory.generate_revision("a1", "first")

    assert made is not None
    assert "Ann, first" == made.module.author


class Numbered(ScriptDirectory):
    """Names files its own way, with the parameters that Alembic passes."""

    def _rev_path(self, path: Any, rev_id: str, message: Any, create_date: Any) -> Path:  # type: ignore[override] # as published
        return super()._rev_path(path, f"0001_{rev_id}", message, create_date)


def test_override_of_the_file_name(environment: Environment) -> None:
    """A program decides on the path of a new file."""
    directory = Numbered(environment.folder, messaging_opts={"quiet": True})

    directory.generate_revision("a1", "first")

    assert ["0001_a1_first.py"] == environment.names()


def test_replace(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replacement of the method writes the file, and sees Alembic's variables."""
    seen: list[set[str]] = []

    def generate(self: ScriptDirectory, src: Path, dest: Path, **kw: Any) -> None:
        seen.append({src.name, *kw})
        dest.write_text(
            f"revision = {kw['up_revision']!r}\ndown_revision = {kw['down_revision']!r}\n", "utf-8"
        )

    monkeypatch.setattr(ScriptDirectory, "_generate_template", generate)

    environment.open().generate_revision("a1", "first", refresh=True)

    names = "up_revision down_revision branch_labels depends_on create_date comma message refresh"
    assert [{"script.py.mako", *names.split()}] == seen
    assert ["a1"] == environment.open().get_heads()


def test_init_calls_the_methods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file of a new environment is written by a method that programs can replace."""
    seen: list[tuple[str, str, str]] = []

    def note(kind: str) -> Any:
        return lambda _self, src, dest, **_kw: seen.append((kind, src.name, dest.name))

    for kind in ("_generate_template", "_append_template", "_copy_file"):
        monkeypatch.setattr(ScriptDirectory, kind, note(kind))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\n", "utf-8")
    config = Config("alembic.ini", toml_file="pyproject.toml")
    config.messaging_opts = {"quiet": True}

    command.init(config, "scripts", template="pyproject")

    assert {
        ("_append_template", "pyproject.toml.mako", "pyproject.toml"),
        ("_copy_file", "README", "README"),
        ("_copy_file", "env.py", "env.py"),
        ("_copy_file", "script.py.mako", "script.py.mako"),
        ("_generate_template", "alembic.ini.mako", "alembic.ini"),
    } == set(seen)


def test_environment_of_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program that knows Alembic's templates can create an environment from ours."""
    directory = ScriptDirectory(tmp_path)
    directory._ensure_directory(tmp_path / "versions")
    directory._copy_file(str(TEMPLATES / "generic" / "env.py"), str(tmp_path / "env.py"))
    source, ini = TEMPLATES / "generic" / "alembic.ini.mako", tmp_path / "alembic.ini"

    directory._generate_template(source, ini, script_location=str(tmp_path))

    assert str(tmp_path) == Config(ini).get_main_option("script_location")
    assert {"alembic.ini", "env.py", "versions"} == {path.name for path in tmp_path.iterdir()}
    assert f"Generating {ini} ...  done" in capsys.readouterr().out


def test_nothing_is_replaced(environment: Environment) -> None:
    """A file that exists stays as it is."""
    path = environment.write("mine.py", "x = 1\n")
    directory = environment.open()

    with pytest.raises(ScriptError, match="exists already"):
        directory._copy_file(TEMPLATES / "generic" / "env.py", path)
    with pytest.raises(ScriptError, match="exists already"):
        directory._generate_template(
            TEMPLATES / "generic" / "alembic.ini.mako", path, script_location="x"
        )

    assert "x = 1\n" == path.read_text("utf-8")

"""``idiolect import-alembic``: its findings, its report, and the files that it writes."""

from __future__ import annotations

import io
import json
import re
import stat
import tomllib
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.config import Config
from idiolect.errors import CommandError
from idiolect.hooks.collectors import CommandCollector
from idiolect.script import ScriptDirectory
from idiolect_alembic.importing import differences, rewrite
from idiolect_alembic.importing.names import Standing, standing
from idiolect_alembic.importing.plugin import import_alembic

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., str]

ROOT = Path(__file__).parents[4]
INI = """\
# [alembic] in a comment stays
[alembic]
script_location = %(here)s/migrations
sqlalchemy.url = sqlite:///secret.db

[post_write_hooks]
hooks = ruff
ruff.type = exec

[loggers]
keys = root,alembic

[logger_root]
handlers =

[logger_alembic]
level = INFO
qualname = alembic
handlers =
"""
ENV = """\
import logging

import alembic_utils
from alembic import context
import alembic.util.messaging
from alembic.nowhere import thing

logging.getLogger("alembic.env").info("alembic.env")


def run():
    context.configure(target_metadata=object())
    context.run_migrations()
"""
FIRST = """\
import alembic
revision = "one"
down_revision = None
branch_labels = ("left",)


def upgrade():
    alembic.op.execute("PRAGMA foreign_keys=OFF")
    with alembic.op.batch_alter_table("t"):
        pass
"""
SECOND = """\
from alembic import op  # from alembic import op
revision: str = "two"
down_revision = "one"


def upgrade():
    op.create_entity("é", "from alembic import op")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with a project of two revisions."""
    root = tmp_path / "project"
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text(INI)
    (root / "migrations" / "env.py").write_text(ENV)
    (root / "migrations" / "script.py.mako").write_text("from alembic import op\n${message}\n")
    (versions / "one.py").write_text(FIRST)
    (versions / "two.py").write_text(SECOND, encoding="utf-8")
    (root / "app.py").write_text("from alembic.config import Config\n")
    return root


@pytest.fixture
def run(project: Path) -> Run:
    """Return a function that runs the command on the project and returns its output."""

    def call(folder: Path = project, **flags: Any) -> str:
        out = io.StringIO()
        import_alembic(Config(stdout=out), str(folder), **flags)
        return out.getvalue()

    return call


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    found = sorted(each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}


def test_the_report_tells_what_was_found(run: Run, project: Path) -> None:
    """Config, env.py, revisions, heads, hooks, packages and databases are named."""
    before = contents(project)

    found = json.loads(run(format="json"))

    assert ["alembic.ini"] == found["config"]
    assert ("alembic", "migrations/env.py") == (found["section"], found["env"])
    assert ["two"] == found["history"]["heads"]
    assert (2, ["left"]) == (found["history"]["revisions"], found["history"]["labels"])
    assert (["ruff"], ["sqlite"]) == (found["hooks"], found["dialects"])
    assert {"alembic_utils": "migrations/env.py:3"} == found["packages"]
    assert ["idiolect", "idiolect-alembic", "idiolect-sqlite"] == found["install"]
    assert (1, False) == (found["version"], found["written"])
    assert before == contents(project)


def test_names_outside_of_the_documents_are_told_with_their_place(run: Run) -> None:
    """An undocumented, a missing and a registered name each has its state."""
    found = {each["name"]: each for each in json.loads(run(format="json"))["names"]}

    assert {"alembic.nowhere.thing", "alembic.op.create_entity", "alembic.util.messaging"} == {
        *found
    }
    assert ["migrations/env.py:6"] == found["alembic.nowhere.thing"]["places"]
    assert not found["alembic.nowhere.thing"]["offered"]
    assert found["alembic.op.create_entity"]["directive"]
    assert found["alembic.util.messaging"]["offered"]


def test_only_differences_that_the_files_touch_are_told(run: Run, project: Path) -> None:
    """SQLite, pragmas and batches add their entries; otherwise these are omitted."""
    before = [each["title"] for each in json.loads(run(format="json"))["differences"]]
    (project / "migrations" / "versions" / "one.py").write_text(
        "revision = 'one'\ndown_revision = None\n"
    )
    (project / "alembic.ini").write_text(INI.replace("sqlite:", "postgresql:"))

    after = [each["title"] for each in json.loads(run(format="json"))["differences"]]

    assert before[:3] == ["SQLite is transactional", "Pragmas in a revision", "Batches"]
    assert after == [
        "The migration lock",
        "Expressions as the database reports them",
        "Likely renames",
        "Additional sets of comparators",
        "Exit status and place of errors",
    ]


def test_every_difference_is_a_heading_of_the_page() -> None:
    """The titles in the report are headings of differences.md."""
    page = (ROOT / "docs" / "explanation" / "differences.md").read_text(encoding="utf-8")
    headings = {*re.findall(r"^##+ (.+)$", page, re.MULTILINE)}
    source = Path(differences.__file__).read_text(encoding="utf-8")
    titles = {*re.findall(r"\badd\(\s*\"([^\"]+)\"", source)}

    assert len(titles) >= 12
    assert set() == titles - headings


def test_the_quiet_get_what_they_asked_for(project: Path) -> None:
    """A document and a diff are printed also with -q, the report is not."""
    printed = {}
    asked: tuple[dict[str, Any], ...] = ({"format": "json"}, {"diff": True}, {})
    for flags in asked:
        out = io.StringIO()
        config = Config(stdout=out, cmd_opts=Namespace(quiet=True, config=None))
        import_alembic(config, str(project), **flags)
        printed[str(flags)] = out.getvalue()[:4]

    assert ["{\n  ", "--- ", ""] == [*printed.values()]


def test_a_diff_changes_nothing(run: Run, project: Path) -> None:
    """--diff prints what --write would do, and no more."""
    before = contents(project)

    shown = run(diff=True)

    assert shown.startswith("--- a/alembic.ini\n+++ b/alembic.ini\n")
    assert "\n-from alembic.config import Config\n+from idiolect.config import Config\n" in shown
    assert before == contents(project)


def test_writing_renames_imports_and_sections(run: Run, project: Path) -> None:
    """Names in imports, uses, sections and loggers change; texts and comments stay."""
    run(write=True)

    after = {name: data.decode() for name, data in contents(project).items()}
    assert after["alembic.ini"] == (
        INI.replace("\n[alembic]", "\n[idiolect]")
        .replace("root,alembic", "root,idiolect")
        .replace("[logger_alembic]", "[logger_idiolect]")
        .replace("qualname = alembic", "qualname = idiolect")
    )
    assert after["migrations/versions/two.py"] == SECOND.replace(
        "from alembic import op  #", "from idiolect import op  #"
    )
    assert after["migrations/versions/one.py"] == FIRST.replace(
        "import alembic\n", "import idiolect.op\n"
    ).replace("alembic.op", "idiolect.op")
    assert after["migrations/script.py.mako"] == "from idiolect import op\n${message}\n"
    assert after["app.py"] == "from idiolect.config import Config\n"
    assert after["migrations/env.py"] == (
        ENV.replace("from alembic import context", "from idiolect import context")
        .replace("import alembic.util", "import idiolect.util")
        .replace('getLogger("alembic.env")', 'getLogger("idiolect.env")')
    )


def test_what_was_written_is_a_project_of_ours(run: Run, project: Path) -> None:
    """The rewritten project has the same heads, and there is nothing more to change."""
    run(write=True)

    directory = ScriptDirectory.from_config(Config(project / "alembic.ini"))
    again = json.loads(run(format="json"))
    assert ["two"] == directory.get_heads()
    assert ([], "idiolect") == (again["changes"], again["section"])


def test_a_name_that_is_missing_stays(run: Run) -> None:
    """An import that Idiolect does not support is kept, and reported."""
    left = json.loads(run(format="json"))["left"]

    assert ["migrations/env.py:6: Idiolect has no alembic.nowhere.thing"] == left


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import alembic.op as o\n", "import idiolect.op as o\n"),
        ("import os, alembic.op\nalembic.op.f\n", "import os, idiolect.op\nidiolect.op.f\n"),
        (
            "import alembic.config\nalembic.command.check(alembic.config.Config())\n",
            (
                "import idiolect.command, idiolect.config\n"
                "idiolect.command.check(idiolect.config.Config())\n"
            ),
        ),
        ("from alembic \\\n  import op\n", "from idiolect \\\n  import op\n"),
        (
            "from alembic.op import (\n  f,\n  execute)\n",
            "from idiolect.op import (\n  f,\n  execute)\n",
        ),
        ("x = 'é'; from alembic import op\n", "x = 'é'; from idiolect import op\n"),
        ("from alembic import op\r\nop.f\r\n", "from idiolect import op\r\nop.f\r\n"),
        ("\ufefffrom alembic import op\n", "\ufefffrom idiolect import op\n"),
        ("import alembic\nprint(alembic.__version__)\n", None),
        ("import alembic\nalembic = 3\n", None),
        ("import alembic\ndef f(alembic): alembic.op\n", None),
        ("import alembic as a\na.op.f\n", None),
        ("from alembic import __version__\n", None),
        ("from .alembic import op\n", None),
        ("alembic.op.f()\n", None),
    ],
)
def test_imports_in_every_form(run: Run, project: Path, text: str, expected: str | None) -> None:
    """Only the name is changed; a file in which it may mean something else is unchanged."""
    file = project / "app.py"
    file.write_bytes(text.encode())

    run(write=True)

    assert (text if expected is None else expected) == file.read_bytes().decode()


def test_tables_of_toml(run: Run, project: Path) -> None:
    """Tables and tables of hooks are renamed; other tools' stay."""
    (project / "alembic.ini").unlink()
    toml = project / "pyproject.toml"
    text = (
        '[project]\nname = "tool.alembic"\n[tool.alembic]\nscript_location = "migrations"\n'
        '[[tool.alembic.post_write_hooks]]\nname = "black"\ntype = "exec"\n[tool.ruff]\n'
    )
    toml.write_text(text)

    found = json.loads(run(format="json", write=True))

    assert (["pyproject.toml"], ["black"]) == (found["config"], found["hooks"])
    assert {"script_location", "post_write_hooks"} == {
        *tomllib.loads(toml.read_text())["tool"]["idiolect"]
    }
    assert 'name = "tool.alembic"' in toml.read_text()


def test_a_table_that_cannot_be_renamed_stays(run: Run, project: Path) -> None:
    """An inline table is unchanged and reported; everything else is renamed."""
    (project / "alembic.ini").unlink()
    toml = project / "pyproject.toml"
    toml.write_text('tool = {alembic = {script_location = "migrations"}}\n')

    found = json.loads(run(format="json", write=True))

    assert toml.read_text() == 'tool = {alembic = {script_location = "migrations"}}\n'
    assert found["left"][0].startswith("pyproject.toml:1: the section cannot be renamed")
    assert "app.py" in found["changes"]


def fail_at_the_third(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    """Let putting the third file in place fail."""
    replace = Path.replace
    calls: list[Path] = []

    def failing(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == 3:
            raise failure
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)


def test_nothing_is_half_written(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the last file cannot be put in place, all others are as they were."""
    before = contents(project)
    fail_at_the_third(monkeypatch, OSError(28, "No space left on device"))

    with pytest.raises(CommandError, match=r"No space left on device\. All files are as they were"):
        run(write=True)

    assert before == contents(project)


def test_an_interrupt_leaves_nothing_half_written(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an interrupt between two files, those written before are as they were."""
    before = contents(project)
    fail_at_the_third(monkeypatch, KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        run(write=True)

    assert before == contents(project)


def test_a_file_that_changes_meanwhile_stops_the_writing(project: Path) -> None:
    """Changes saved after the file was read are not overwritten."""
    file = project / "app.py"
    change = rewrite.Change(file, b"as it was read", b"new")

    with pytest.raises(CommandError, match=r"app\.py' was changed meanwhile"):
        rewrite.write([change])

    assert b"from alembic.config import Config\n" == file.read_bytes()
    assert [] == [name for name in contents(project) if ".app.py." in name]


def test_modes_and_links_are_kept(run: Run, project: Path, tmp_path: Path) -> None:
    """A file keeps its mode, and the target of a link is changed."""
    file = project / "app.py"
    file.chmod(0o750)
    real = tmp_path / "env.py"
    env = project / "migrations" / "env.py"
    env.rename(real)
    env.symlink_to(real)

    run(write=True)

    assert 0o750 == stat.S_IMODE(file.stat().st_mode)
    assert env.is_symlink()
    assert "from idiolect import context" in real.read_text()


def bad_python(project: Path) -> None:
    """Leave a revision that is no Python."""
    (project / "migrations" / "versions" / "one.py").write_text("from alembic import op\ndef (\n")


def null_bytes(project: Path) -> None:
    """Leave a revision in no encoding."""
    (project / "migrations" / "versions" / "one.py").write_bytes(b"from alembic import op\n\xff\n")


@pytest.mark.parametrize(
    ("spoil", "note"),
    [(bad_python, "line 2: not valid Python"), (null_bytes, "is not in its encoding")],
)
def test_a_file_that_cannot_be_read_is_told_and_left(
    run: Run, project: Path, spoil: Callable[[Path], None], note: str
) -> None:
    """The rest of the project is read and rewritten."""
    spoil(project)
    before = contents(project)["migrations/versions/one.py"]

    text = run(write=True)

    assert re.search(rf"one\.py'.*{note}", text)
    assert before == contents(project)["migrations/versions/one.py"]
    assert b"idiolect" in contents(project)["migrations/versions/two.py"]


def test_nothing_of_the_project_is_executed(run: Run, project: Path) -> None:
    """env.py, revisions and the package that script_location names are read as text."""
    package = project / "package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit(9)\n")
    (project / "migrations").rename(package / "migrations")
    (package / "migrations" / "env.py").write_text("1 / 0  # alembic run_migrations\n")
    location = "script_location = package:migrations"
    (project / "alembic.ini").write_text(
        INI.replace("script_location = %(here)s/migrations", location)
    )

    found = json.loads(run(format="json"))

    assert ("package/migrations/env.py", ["two"]) == (found["env"], found["history"]["heads"])


def test_a_password_is_never_shown(run: Run, project: Path) -> None:
    """Only the dialect of a URL is reported, and lines with passwords are not in the diff."""
    url = "postgresql+psycopg2://ann:hunter2@db/app"
    (project / "alembic.ini").write_text(INI.replace("sqlite:///secret.db", url))

    text = run(format="json", diff=True)

    assert ["postgresql"] == json.loads(text)["dialects"]
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"format": "yaml"}, "Unknown format 'yaml'; expected 'text' or 'json'."),
        ({"write": True, "diff": True}, "give --write or --diff, not both"),
        ({"folder": Path("nowhere")}, "There is no folder 'nowhere'"),
    ],
)
def test_wrong_requests_are_told(run: Run, flags: dict[str, Any], message: str) -> None:
    """Invalid options and folders are rejected before anything is read."""
    with pytest.raises(CommandError, match=re.escape(message)):
        run(**flags)


def test_a_folder_without_project_is_told(run: Run, tmp_path: Path) -> None:
    """Without config file and env.py the message says what was searched for."""
    empty = tmp_path / "empty"
    empty.mkdir()

    with pytest.raises(CommandError, match=r"Found no Alembic project in .* no env\.py of Alembic"):
        run(empty)


def test_several_projects_are_told(run: Run, project: Path, tmp_path: Path) -> None:
    """A folder above two projects names both."""
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "alembic.ini").write_text("[alembic]\n")

    with pytest.raises(CommandError, match=r"project/alembic\.ini, second/alembic\.ini"):
        run(tmp_path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("op.add_column", Standing(documented=True, offered=True)),
        ("script.ScriptDirectory", Standing(documented=True, offered=True)),
        ("script.revision.RevisionMap.heads", Standing(documented=True, offered=True)),
        ("command.check", Standing(documented=True, offered=True)),
        ("util.CommandError", Standing(documented=True, offered=True)),
        ("util.sqla_compat", Standing(documented=False, offered=True)),
        ("ddl.impl._impls", Standing(documented=False, offered=True)),
        ("op.fly", Standing(documented=True, offered=False, directive=True)),
        ("script.Nothing", Standing(documented=True, offered=False)),
        ("nothing.at.all", Standing(documented=True, offered=False)),
    ],
)
def test_standing_of_names(path: str, expected: Standing) -> None:
    """A name is documented or not, and there or not."""
    assert expected == standing(path)


def test_the_command_is_offered_by_the_distribution() -> None:
    """The package's entry point leads to the function, which can be a command."""
    text = (ROOT / "plugins" / "alembic" / "pyproject.toml").read_text(encoding="utf-8")
    entry = tomllib.loads(text)["project"]["entry-points"]["idiolect.commands"]
    commands = CommandCollector({})
    commands.owner = "idiolect-alembic"
    commands.add(import_alembic, *entry)

    assert {"import-alembic": "idiolect_alembic.importing.plugin:import_alembic"} == entry
    assert [("import-alembic", import_alembic)] == list(commands.items())

"""Projects of several layouts, projects that are broken, and projects in git."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.config import Config
from idiolect.errors import CommandError
from idiolect_alembic.importing.plugin import import_alembic

if TYPE_CHECKING:
    from pathlib import Path

ENV = "from alembic import context\ncontext.configure()\ncontext.run_migrations()\n"
REVISION = "from alembic import op\nrevision = {!r}\ndown_revision = {!r}\n"
GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")


def make(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, **flags: Any) -> dict[str, Any]:
    """Run the command on a folder and return its document."""
    out = io.StringIO()
    import_alembic(Config(stdout=out), str(folder), format="json", **flags)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def simple(folder: Path) -> Path:
    """Make a project of one revision."""
    return make(
        folder,
        {
            "alembic.ini": "[alembic]\nscript_location = m\n",
            "m/env.py": ENV,
            "m/versions/a.py": REVISION.format("a", None),
        },
    )


def test_a_folder_of_flask_migrate_is_found(tmp_path: Path) -> None:
    """alembic.ini without script_location means the folder that it is in."""
    make(
        tmp_path,
        {
            "app.py": "from flask_migrate import Migrate\n",
            "migrations/alembic.ini": "[alembic]\n[loggers]\nkeys = root,alembic,flask_migrate\n",
            "migrations/env.py": ENV,
            "migrations/script.py.mako": "from alembic import op\n",
            "migrations/versions/a.py": REVISION.format("a", None),
        },
    )

    found = run(tmp_path)

    assert (["migrations/alembic.ini"], "migrations/env.py") == (found["config"], found["env"])
    assert ["a"] == found["history"]["heads"]
    assert {"flask_migrate": "app.py:1"} == found["packages"]
    assert ["python -m idiolect_alembic -m flask db upgrade, for: flask db upgrade"] == found[
        "ways"
    ]


def test_how_to_run_it_is_told(tmp_path: Path) -> None:
    """The command is shown with its config file; programs with their own entry point, too."""
    make(simple(tmp_path / "db"), {"../run.py": "import alembic.config\nalembic.config.main()\n"})

    ways = run(tmp_path)["ways"]

    assert (
        "idiolect -c db/alembic.ini upgrade head, for: alembic -c db/alembic.ini upgrade head"
        == ways[0]
    )
    assert "python -m idiolect_alembic -m MODULE" in ways[1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "ini",
    [
        "version_locations = one two three\n",
        "version_locations = one;two;three\nversion_path_separator = ;\n",
        (
            "version_locations =\n    %(here)s/one\n    %(here)s/two\n    %(here)s/three\n"
            "path_separator = newline\n"
        ),
    ],
    ids=["old", "semicolon", "newline"],
)
def test_several_version_locations_are_read(tmp_path: Path, ini: str) -> None:
    """All existing folders are read, and a missing one is reported."""
    make(
        tmp_path,
        {
            "alembic.ini": f"[alembic]\nscript_location = m\n{ini}",
            "m/env.py": ENV,
            "one/a.py": REVISION.format("a", None),
            "two/b.py": REVISION.format("b", "a"),
        },
    )

    found = run(tmp_path)

    assert (["one", "two"], ["b"]) == (found["locations"], found["history"]["heads"])
    assert len(found["notes"]) == 1
    assert "three" in found["notes"][0]


def test_folders_below_are_read_where_the_config_says_so(tmp_path: Path) -> None:
    """recursive_version_locations counts."""
    simple(tmp_path)
    make(
        tmp_path,
        {
            "alembic.ini": "[alembic]\nscript_location = m\nrecursive_version_locations = true\n",
            "m/versions/2024/b.py": REVISION.format("b", "a"),
        },
    )

    assert ["b"] == run(tmp_path)["history"]["heads"]


def test_revisions_outside_of_the_locations_are_told(tmp_path: Path) -> None:
    """Folders used by a program are found next to env.py, and reported."""
    make(simple(tmp_path), {"m/further/b.py": REVISION.format("b", None)})

    found = run(tmp_path)

    assert (["m/versions", "m/further"], ["a", "b"]) == (
        found["locations"],
        found["history"]["heads"],
    )
    assert ["Revision files are outside of the version locations: m/further. "] == [
        each.partition("They")[0] for each in found["notes"]
    ]


def test_revisions_without_environment_are_read(tmp_path: Path) -> None:
    """A library with revisions only is read, and reported as such."""
    make(tmp_path, {"lib/alembic/a.py": REVISION.format("a", None), "lib/app.py": "import os\n"})

    found = run(tmp_path, write=True)

    assert (None, ["lib/alembic"]) == (found["env"], found["locations"])
    assert ["There is no env.py: the revisions are run by another project."] == found["notes"]
    assert ["lib/alembic/a.py"] == found["changes"]


def test_other_environments_are_told(tmp_path: Path) -> None:
    """Beside the environment that the config file lies with, there may be others."""
    make(tmp_path, {"a/alembic.ini": "[alembic]\n", "a/env.py": ENV, "b/env.py": ENV})

    assert ["There are other environments: b/env.py."] == run(tmp_path)["notes"]


def test_sections_of_another_name_are_told(tmp_path: Path) -> None:
    """A config file without the usual section is reported with its sections."""
    simple(tmp_path)
    make(tmp_path, {"alembic.ini": "[one]\nscript_location = m\n[two]\nscript_location = m\n"})

    found = run(tmp_path)

    note = "alembic.ini has no section [alembic]. Name one of these with -n: one, two."
    assert (["a"], [note]) == (found["history"]["heads"], found["notes"])


@pytest.mark.parametrize(
    ("env", "note"),
    [
        ("from alembic import context\ndef (:\ncontext.run_migrations()\n", "line 2: not valid"),
        (f"raise SystemExit(3)\nimport nothing_of_that_name\n{ENV}", None),
    ],
    ids=["syntax", "fails"],
)
def test_an_env_py_that_cannot_run_is_read(tmp_path: Path, env: str, note: str | None) -> None:
    """env.py is read as text; the rest of the project is reported whatever it contains."""
    make(simple(tmp_path), {"m/env.py": env})

    found = run(tmp_path, write=True)

    assert ["a"] == found["history"]["heads"]
    assert (note is None) == (found["env"] is not None)
    assert (note is None) == (found["notes"] == [])
    assert note is None or note in found["notes"][0]
    assert "m/versions/a.py" in found["changes"]
    assert (note is None) == ("m/env.py" in found["changes"])


def test_a_spoilt_history_is_told(tmp_path: Path) -> None:
    """Duplicate, missing and computed ids are reported, and module-level code."""
    simple(tmp_path)
    make(
        tmp_path,
        {
            "m/versions/b.py": REVISION.format("a", None),
            "m/versions/c.py": REVISION.format("c", "gone") + "print('each time')\n",
        },
    )

    found = run(tmp_path)
    titles = {each["title"]: each["places"] for each in found["differences"]}

    assert (["a"], ["gone"]) == (found["history"]["doubled"], found["history"]["missing"])
    assert ["m/versions/c.py:4"] == titles["Revision files are read as text"]
    assert "Two files with one id" in titles


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        ({"alembic.ini": "[alembic]\n[alembic]\n"}, ["alembic.ini", "appears a second time"]),
        ({"alembic.ini": "no section\n"}, ["alembic.ini", "Cannot parse"]),
        ({"pyproject.toml": "[tool.alembic\n"}, ["pyproject.toml", "left alone"]),
        ({"alembic.ini": "[alembic]\nscript_location = %(x)s\n"}, ["'script_location'"]),
    ],
    ids=["section-twice", "no-ini", "no-toml", "unknown-name"],
)
def test_a_config_file_that_cannot_be_read_is_told(
    tmp_path: Path, files: dict[str, str], parts: list[str]
) -> None:
    """The environment is found without it, and the file is unchanged."""
    make(simple(tmp_path), files)

    found = run(tmp_path, write=True)

    assert ["a"] == found["history"]["heads"]
    assert [] == [each for each in parts if each not in found["notes"][0]]
    assert "m/env.py" in found["changes"]


def test_identifiers_of_odd_types_spoil_nothing(tmp_path: Path) -> None:
    """What is no text, list or tuple of texts is counted, and no traceback."""
    odd = "revision = {}\ndown_revision = {!r}\nbranch_labels = 3\ndepends_on = ('a', None)\n"
    make(
        simple(tmp_path),
        {
            "m/versions/b.py": odd.format("['b']", {"x": 1}),
            "m/versions/c.py": odd.format("None", None),
            "m/versions/d.py": odd.format("'d'", ["a"]),
        },
    )

    history = run(tmp_path)["history"]

    assert (4, ["d"], 2) == (history["revisions"], history["heads"], len(history["computed"]))


def test_databases_are_told_by_imports_where_no_url_is(tmp_path: Path) -> None:
    """If the URL comes from elsewhere, types in the project show the database."""
    make(simple(tmp_path), {"m/versions/b.py": "from sqlalchemy.dialects import postgresql\n"})

    found = run(tmp_path)

    assert ["postgresql"] == found["dialects"]
    assert "idiolect-postgresql" in found["install"]


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("Dockerfile", "FROM x\nCMD alembic -c a.ini -x k=v upgrade head && serve\n", [2]),
        ("Dockerfile.web", "RUN python3 -m alembic upgrade head\n", [1]),
        (".github/workflows/ci.yml", "- run: |\n    alembic check\n", [2]),
        (".gitlab-ci.yml", "script: [alembic upgrade head]\n", [1]),
        ("deploy.sh", "# alembic upgrade head\nflask --app x db upgrade\n", [2]),
        ("pyproject.toml", '[project]\ndependencies = ["alembic"]\n', []),
        ("compose.yaml", "image: alembic/upgrade\nname: my-alembic upgrade\n", []),
        ("README.md", "alembic upgrade head\n", []),
        ("run.py", "call(['alembic', '-c', ini, 'upgrade', revision])\n", [1]),
        ("run.py", "x = 1\ncall([sys.executable, '-m', 'alembic', 'check'])\n", [2]),
        ("run.py", "os.system('alembic upgrade head')\n", [1]),
        ("run.py", "DEPENDENCIES = ['alembic', 'flask']\n", []),
        ("tox.ini", "[testenv]\ncommands = alembic upgrade head\n", [2]),
    ],
)
def test_places_that_run_the_command_are_told(
    tmp_path: Path, name: str, text: str, lines: list[int]
) -> None:
    """Scripts, containers, CI and command lists in Python are reported, and unchanged."""
    make(simple(tmp_path), {name: text})

    found = run(tmp_path, write=True)

    assert [f"{name}:{line}" for line in lines] == found["started"]
    assert text == (tmp_path / name).read_text()


def git(folder: Path, *words: str) -> None:
    """Run git in a folder, independently of the user's configuration."""
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    assert GIT is not None
    subprocess.run([GIT, *identity, *words], cwd=folder, env=env, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a project that is a subfolder of a repository, all of it committed."""
    folder = simple(tmp_path / "repository" / "a project")
    git(folder.parent, "init", "-q")
    git(folder.parent, "add", "-A")
    git(folder.parent, "commit", "-qm", "first")
    return folder


@needs_git
def test_committed_files_are_written(repository: Path) -> None:
    """Changes elsewhere are no hindrance, nor are files of ours that are already rewritten."""
    make(repository, {"notes.txt": "unfinished", "../other.txt": "new"})

    assert run(repository, write=True)["written"]

    make(repository, {"m/versions/a.py": "from idiolect import op  # not committed\n"})
    git(repository, "checkout", "-q", "alembic.ini")
    assert ["alembic.ini"] == run(repository, write=True)["changes"]


@needs_git
@pytest.mark.parametrize("state", ["changed", "staged", "untracked", "ignored", "replaced"])
def test_uncommitted_files_are_not_written(repository: Path, state: str) -> None:
    """Files that git could not restore are unchanged, unless --force is given."""
    file = repository / "m" / "versions" / "b.py"
    file.write_text(REVISION.format("b", "a"))
    if state != "untracked":
        git(repository, "add", "-f", "m/versions/b.py")
    if state in {"changed", "replaced"}:
        git(repository, "commit", "-qm", "second")
    if state == "changed":
        file.write_text(file.read_text() + "# more\n")
    if state == "replaced":
        git(repository, "mv", "-f", "m/versions/b.py", "m/versions/a.py")
    if state == "ignored":
        git(repository, "rm", "-q", "--cached", "m/versions/b.py")
        make(repository, {".gitignore": "b.py\n"})
    name = "a.py" if state == "replaced" else "b.py"
    before = {each: each.read_bytes() for each in repository.rglob("*.*") if each.is_file()}

    with pytest.raises(CommandError, match=rf"not committed: a project/m/versions/{name}\. Commit"):
        run(repository, write=True)

    assert before == {each: each.read_bytes() for each in before}
    assert run(repository, write=True, force=True)["written"]


@needs_git
def test_a_repository_that_git_cannot_read_is_told(repository: Path) -> None:
    """If git fails, its message is shown, and nothing is written."""
    (repository.parent / ".git" / "HEAD").write_text("nonsense")

    with pytest.raises(CommandError, match=r"git cannot tell .* Nothing was written"):
        run(repository, write=True)


def test_without_git_a_repository_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a working tree without git the state is unknown; --force is the remedy."""
    simple(tmp_path)
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", "")

    with pytest.raises(CommandError, match=r"no git to ask .* --force"):
        run(tmp_path, write=True)

    assert run(tmp_path, write=True, force=True)["written"]


@needs_git
def test_the_diff_can_be_applied(repository: Path) -> None:
    """What --diff prints does what --write does, passwords and unusual ends of lines or not."""
    files = {
        "alembic.ini": "[alembic]\nscript_location = m\nsqlalchemy.url = p://ann:hunter2@h/d\n",
        "m/versions/a.py": "from alembic import op\nrevision = 'a'\ndown_revision = None\n\f\n#",
    }
    make(repository, files)
    git(repository, "commit", "-qam", "second")
    patch = repository / "changes.patch"
    out = io.StringIO()
    import_alembic(Config(stdout=out), str(repository), diff=True)
    patch.write_text(out.getvalue())

    git(repository, "apply", "--unidiff-zero", "changes.patch")
    applied = {name: (repository / name).read_bytes() for name in files}
    git(repository, "checkout", "-q", ".")
    run(repository, write=True)

    assert "hunter2" not in patch.read_text()
    assert applied == {name: (repository / name).read_bytes() for name in files}

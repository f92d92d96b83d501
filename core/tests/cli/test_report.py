"""Reports of failures: the way to the database, the user's code, and others."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from idiolect.cli.main import main
from idiolect.cli.report import describe_failure

if TYPE_CHECKING:
    from pathlib import Path

    from core.tests.commands.terminal import Terminal

SECOND = "revision = 'b222'\ndown_revision = 'a111'\nfrom idiolect import op\n"


def use(terminal: Terminal, url: str) -> None:
    """Point the project to another database."""
    terminal.write(
        "idiolect.ini", f"[idiolect]\nscript_location = migrations\nsqlalchemy.url = {url}\n"
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("", "is empty. [IDI-111]", id="empty"),
        pytest.param("driver://u:abcd1234@h/d", "the example that 'init' wrote", id="example"),
        pytest.param("nonsense", "(not shown). Expected: dialect+driver://", id="garbage"),
        pytest.param("x://u:abcd1234@h:port/d", "unusable port", id="port"),
        pytest.param("nosuchdb://u:abcd1234@h/d", "(nosuchdb://u:***@h/d)", id="dialect"),
        pytest.param("postgres://u:abcd1234@h/d", "or write 'postgresql'", id="former name"),
        pytest.param("sqlite:///no/such/folder/x.db", "Cannot connect to the database", id="path"),
        pytest.param("sqlite:///no/such/x.db", "(there is no folder '", id="folder"),
        pytest.param("'sqlite:///x.db'", "no quotes around values", id="quotes"),
        pytest.param("${DATABASE_URL}", "the variables of the environment", id="variable"),
        pytest.param("sqlite://x.db", "Valid SQLite URL forms are", id="slashes"),
    ],
)
def test_urls(linear: Terminal, url: str, expected: str) -> None:
    """The error for an unusable URL names its place in the configuration."""
    use(linear, url)

    said = linear.run("current")

    assert 1 == said.status
    assert said.err.startswith(("FAILED: The", "FAILED: Cannot connect"))
    assert "'sqlalchemy.url' in 'idiolect.ini'" in said.err
    assert expected in said.err
    assert "abcd1234" not in said.err


def test_revision_of_an_installed_application(linear: Terminal) -> None:
    """The error of its statement is the revision's, with its line, and not Idiolect's."""
    package = linear.folder / "site-packages" / "app"
    package.mkdir(parents=True)
    (linear.folder / "migrations").rename(package / "migrations")
    text = "def upgrade():\n    op.execute('SELECT nothing')\n"
    path = package / "migrations" / "versions" / "b222_.py"
    path.write_text(SECOND + text, "utf-8")
    ini = linear.folder / "idiolect.ini"
    text = ini.read_text("utf-8").replace("migrations", "site-packages/app/migrations")
    ini.write_text(text, "utf-8")

    said = linear.run("upgrade", "b222")

    assert 1 == said.status
    assert "FAILED: OperationalError in upgrade() of revision 'b222'" in said.err
    assert f'File "{path}", line 5, in upgrade' in said.err
    assert "Idiolect itself" not in said.err


ELSEWHERE = """
from sqlalchemy import {call}
{call}({arguments}).connect()
"""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("sqlite:////no/such/one.db", "section [first] (sqlite:", id="a section's"),
        pytest.param(
            "sqlite:////no/such/two.db", "the URL that env.py uses (sqlite:", id="its own"
        ),
        pytest.param(
            "sqlite+unheard_of://u:abcd1234@h/d",
            "the URL that env.py uses (sqlite+unheard_of://u:***@h/d)",
            id="no driver",
        ),
    ],
)
def test_the_url_that_was_used(linear: Terminal, url: str, expected: str) -> None:
    """env.py may have another URL than the config file: the message names that one."""
    linear.write(
        "idiolect.ini",
        "[idiolect]\nscript_location = migrations\nsqlalchemy.url = driver://u:p@h/d\n"
        "[first]\nsqlalchemy.url = sqlite:////no/such/one.db\n",
    )
    linear.write("migrations/env.py", ELSEWHERE.format(call="create_engine", arguments=repr(url)))

    said = linear.run("current")

    assert expected in said.err
    assert [] == [part for part in ("abcd1234", "driver://") if part in said.err]


@pytest.mark.parametrize(
    ("module", "raised", "expected"),
    [
        pytest.param(
            "psycopg2",
            "ModuleNotFoundError('x', name='psycopg2')",
            "'psycopg2' is not installed",
            id="missing",
        ),
        pytest.param(
            "psycopg2", "ImportError('libx.so.5: no such file')", "libx.so.5", id="broken"
        ),
    ],
)
def test_a_driver_that_cannot_be_loaded(
    linear: Terminal, monkeypatch: pytest.MonkeyPatch, module: str, raised: str, expected: str
) -> None:
    """A driver that lacks a library is reported differently from a missing one."""
    # env.py changes it.
    monkeypatch.setattr(sys, "path", [*sys.path])
    linear.write(f"{module}.py", f"raise {raised}\n")
    env = ELSEWHERE.format(call="create_engine", arguments="'postgresql+psycopg2://u:p@h/d'")
    linear.write(
        "migrations/env.py", f"import sys\nsys.path.insert(0, {str(linear.folder)!r})\n{env}"
    )
    sys.modules.pop(module, None)

    said = linear.run("current")

    assert expected in said.err
    assert "[IDI-110]" in said.err


def test_an_argument_that_a_driver_does_not_take(linear: Terminal) -> None:
    """The driver's TypeError is no mistake in Python code of the user's."""
    arguments = "'sqlite:///x.db', connect_args={'unheard_of': 1}"
    linear.write("migrations/env.py", ELSEWHERE.format(call="create_engine", arguments=arguments))

    said = linear.run("current")

    assert (
        "its driver does not accept the arguments after '?' in the URL, or connect_args" in said.err
    )
    assert "'unheard_of'" in said.err


def test_a_logging_configuration_that_is_broken(linear: Terminal) -> None:
    """Python's own error would be the bare name of a section that is missing."""
    env = "from logging.config import fileConfig\nfileConfig('idiolect.ini')\n"
    linear.write("migrations/env.py", env)
    text = (linear.folder / "idiolect.ini").read_text()
    for name in ("loggers", "handlers", "formatters"):
        text += f"[{name}]\nkeys = {'consol' if name == 'handlers' else ''}\n"
    linear.write("idiolect.ini", text)

    said = linear.run("current")

    assert "The logging configuration of 'idiolect.ini' cannot be used" in said.err
    assert "handler_consol" in said.err


def test_a_module_that_is_not_found(linear: Terminal) -> None:
    """The folders of the project and the Python in use are named."""
    linear.write("migrations/env.py", "import unheard_of.models\n")
    linear.write(
        "idiolect.ini",
        "[idiolect]\nscript_location = migrations\npath_separator = os\nprepend_sys_path = src\n",
    )

    said = linear.run("current")

    assert f"'unheard_of' is neither in {str(linear.folder / 'src')!r} nor installed" in said.err
    assert sys.executable in said.err


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            "op.create_index('i', 't', 'a', 'b')",
            "op.create_index(index_name, table_name, columns, ...)",
        ),
        ("op.add_column('t')", "op.add_column(table_name, column, ...)"),
    ],
    ids=["too many", "too few"],
)
def test_the_arguments_of_a_directive(linear: Terminal, call: str, expected: str) -> None:
    """Python counts arguments that the caller does not write, and names another class."""
    linear.write("migrations/versions/b222_.py", f"{SECOND}def upgrade():\n    {call}\n")

    said = linear.run("upgrade", "head")

    assert f"It is called as {expected}." in said.err


def test_a_revision_without_a_function(linear: Terminal) -> None:
    """The file and the function are named, as for any error in a revision."""
    linear.write("migrations/versions/b222_.py", SECOND)

    said = linear.run("upgrade", "head")

    assert "b222_.py' has no function upgrade()" in said.err


def test_a_version_table_with_an_ancestor(linear: Terminal) -> None:
    """An upgrade from there cannot begin: the message tells which rows there are."""
    linear.run("upgrade", "b222")
    with contextlib.closing(sqlite3.connect(linear.folder / "app.db")) as database, database:
        database.execute("INSERT INTO alembic_version VALUES ('a111')")

    said = linear.run("upgrade", "head")

    assert "has rows for" in said.err
    assert "stamp --purge" in said.err


def test_what_a_program_says_last(linear: Terminal) -> None:
    """Warnings and the text of sys.exit() lose the passwords in their URLs too."""
    env = (
        "import sys, warnings\nwarnings.warn('pg://u:abcd1234@h')\nsys.exit('pg://u:abcd1234@h')\n"
    )
    linear.write("migrations/env.py", env)

    said = linear.run("current")

    assert "UserWarning: pg://u:***@h" in said.err
    assert "abcd1234" not in said.err


def test_no_url(linear: Terminal) -> None:
    """A missing option is reported as such, though SQLAlchemy raises a KeyError."""
    env = "from sqlalchemy import engine_from_config\nfrom idiolect import context\n"
    linear.write("migrations/env.py", f"{env}engine_from_config({{}}, prefix='sqlalchemy.')\n")

    said = linear.run("current")

    assert (1, True) == (said.status, said.err.startswith("FAILED: There is no database URL: "))


def test_no_url_and_no_ini_file(linear: Terminal) -> None:
    """Where pyproject.toml is the only config file, the message does not send to a section."""
    env = "from sqlalchemy import engine_from_config\nfrom idiolect import context\n"
    linear.write("migrations/env.py", f"{env}engine_from_config({{}}, prefix='sqlalchemy.')\n")
    linear.write("pyproject.toml", "[tool.idiolect]\nscript_location = 'migrations'\n")
    (linear.folder / "idiolect.ini").unlink()

    said = linear.run("current")

    assert (1, True) == (said.status, "'alembic.ini', which does not exist" in said.err), said.err


def test_unencoded_password(linear: Terminal) -> None:
    """An '@' in the password is explained, because the host in the error makes no sense."""
    env = """
from sqlalchemy import create_engine, exc
raise exc.OperationalError(None, None, Exception("no host 'efgh5678@h'"))
"""
    linear.write("migrations/env.py", env)
    use(linear, "nosuchdb://u:abcd1234@efgh5678@h/d")

    said = linear.run("current")

    assert "'***@h'" in said.err
    assert "%40" in said.err
    assert [] == [part for part in ("abcd1234", "efgh5678") if part in said.err]


def test_frames_of_a_revision(linear: Terminal) -> None:
    """Of a failing revision its own frames are shown, below a line that names it."""
    path = linear.write(
        "migrations/versions/b222_.py", f"{SECOND}\ndef upgrade():\n    raise ValueError('no')\n"
    )

    said = linear.run("upgrade", "b222")

    assert [
        f"FAILED: ValueError in upgrade() of revision 'b222' ({path})",
        f'  File "{path}", line 6, in upgrade',
        "    raise ValueError('no')",
        "ValueError: no",
    ] == said.err.splitlines()


def test_sql_of_a_revision(linear: Terminal) -> None:
    """A statement that the database rejects is shown on one line."""
    linear.write(
        "migrations/versions/b222_.py",
        f"{SECOND}\ndef upgrade():\n    op.execute('SELEKT\\n\\n   1')\n",
    )

    lines = linear.run("upgrade", "b222").err.splitlines()

    assert 'sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) near "SELEKT"' in lines[3]
    assert ["[SQL: SELEKT 1]"] == lines[4:]


def test_statement_of_ours(linear: Terminal) -> None:
    """What Idiolect itself sends is not blamed on env.py."""
    linear.write("app.db", "this is no database" * 100)

    said = linear.run("current")

    assert (1, 1) == (said.status, len(said.err.splitlines()))
    assert "rejects a statement that Idiolect itself sends: file is not a database" in said.err


LOSING = """
from sqlalchemy import create_engine as create, event

def create_engine(url, **kw):
    engine = create(url, **kw)

    @event.listens_for(engine, "handle_error")
    def lose(told):
        told.is_disconnect = True

    return engine

config ="""


def test_lost_connection(linear: Terminal) -> None:
    """A server that disconnects, as in a restart, has not rejected anything."""
    env = (linear.folder / "migrations" / "env.py").read_text("utf-8")
    linear.write("migrations/env.py", env.replace("config =", LOSING, 1))
    linear.write("app.db", "this is no database" * 100)

    said = linear.run("current")

    assert 1 == said.status
    assert "was lost: file is not a database" in said.err
    assert "Run the command again once the server answers." in said.err


def test_env_py_that_runs_nothing(linear: Terminal) -> None:
    """An env.py that never runs the revisions is no success."""
    linear.write("migrations/env.py", "")

    said = linear.run("upgrade", "head")

    assert (1, True) == (said.status, "context.run_migrations()" in said.err)


@pytest.mark.parametrize(
    ("exc", "expected"),
    [
        pytest.param(
            FileNotFoundError(2, "No such file", "x.py"),
            "FAILED: Cannot use 'x.py': No such file. [IDI-020]",
            id="file",
        ),
        pytest.param(
            RuntimeError("odd"), "FAILED: RuntimeError inside Idiolect\nRuntimeError: odd", id="bug"
        ),
        pytest.param(
            ExceptionGroup("all", [ValueError("one")]),
            "FAILED: ExceptionGroup inside Idiolect\nExceptionGroup: all (1 sub-exception)\n"
            "- ValueError: one",
            id="group",
        ),
    ],
)
def test_without_frames_of_the_user(exc: Exception, expected: str) -> None:
    """If no user code is involved, all frames are shown."""
    assert expected == describe_failure(exc, None)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a directory that is in use")
def test_working_directory_that_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the current directory does not exist, the message says so."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    with pytest.raises(SystemExit):
        main(["heads"])

    assert "FAILED: The current directory has been deleted" in capsys.readouterr().err


def test_long_messages_are_cut() -> None:
    """A message of many or long lines is cut, so that it can be read."""
    lines = describe_failure(RuntimeError("x" * 1000 + "\nline" * 100), None).splitlines()

    assert (12, "...", 403) == (len(lines), lines[-1], max(map(len, lines)))

"""A login that may not write to the version table: the run reports it and does nothing."""

from __future__ import annotations

import contextlib
import os
import uuid
from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy import NullPool, create_engine, make_url

from idiolect import command
from idiolect.errors import PrivilegeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Would show that a revision's statement was sent before.
BODY = "op.execute('CREATE TABLE sent (a INTEGER)')"
VERSIONS = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


class Server:
    """A database and a login of the test's own.

    Args:
        url: the database, for an administrator.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.login = f"idi_{uuid.uuid4().hex[:10]}"
        self.is_mariadb = self.url.get_backend_name() == "mariadb"

    def say(self, *statements: str) -> None:
        """Send statements as the administrator; `{to}` is the login, `{db}` the database."""
        engine = create_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        to = f"'{self.login}'@'%%'" if self.is_mariadb else self.login
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.format(to=to, db=self.url.database))

    def url_of_login(self) -> str:
        """Return the login's URL."""
        return self.url.set(username=self.login, password="pw").render_as_string(
            hide_password=False
        )


@pytest.fixture
def postgresql(fresh_postgresql: str) -> Iterator[Server]:
    """A login that may connect."""
    server = Server(fresh_postgresql)
    server.say("CREATE ROLE {to} LOGIN PASSWORD 'pw'", "REVOKE CREATE ON SCHEMA public FROM public")
    yield server
    server.say("DROP OWNED BY {to}", "DROP ROLE {to}")


@pytest.fixture
def mariadb(fresh_mariadb: str) -> Iterator[Server]:
    """A login that may connect and read."""
    server = Server(fresh_mariadb)
    server.say("CREATE USER {to} IDENTIFIED BY 'pw'", "GRANT SELECT ON {db}.* TO {to}")
    yield server
    server.say("DROP USER {to}")


def _refused(project: Project, *words: str) -> None:
    with pytest.raises(PrivilegeError) as caught:
        project.upgrade()
    assert [] == [each for each in words if each not in str(caught.value)], str(caught.value)
    assert "Nothing was changed." in str(caught.value)


def _project(server: Server, folder: Path) -> Project:
    project = Project(folder / "project", server.url_of_login())
    project.revision("a", None, BODY)
    return project


def _tables(server: Server) -> list[str]:
    project = Project.__new__(Project)
    project.url = server.url.render_as_string(hide_password=False)
    return project.tables()


def test_postgresql_may_not_create(postgresql: Server, tmp_path: Path) -> None:
    """The message has the schema and the grant, and with that the run succeeds."""
    project = _project(postgresql, tmp_path)
    login = postgresql.login
    grant = f"GRANT USAGE, CREATE ON SCHEMA public TO {login}"
    _refused(project, f"'{login}'", "CREATE", "'public.alembic_version'", grant)
    with pytest.raises(PrivilegeError):
        command.ensure_version(project.config())
    assert [] == _tables(postgresql)
    postgresql.say(grant)
    project.upgrade()
    assert ["alembic_version", "sent"] == _tables(postgresql)


def test_postgresql_may_not_write(postgresql: Server, tmp_path: Path) -> None:
    """Only privileges that this run needs are required: an UPDATE needs no INSERT."""
    project = _project(postgresql, tmp_path)
    login = postgresql.login
    all_of_it = f"GRANT SELECT, INSERT, UPDATE, DELETE ON public.alembic_version TO {login}"
    postgresql.say(
        VERSIONS, "GRANT CREATE ON SCHEMA public TO {to}", "GRANT SELECT ON alembic_version TO {to}"
    )
    _refused(project, f"'{login}'", "INSERT", "'public.alembic_version'", all_of_it)
    assert ["alembic_version"] == _tables(postgresql)
    postgresql.say(
        "GRANT UPDATE (version_num) ON alembic_version TO {to}",
        "INSERT INTO alembic_version VALUES ('a')",
    )
    project.revision("b", "a", BODY)
    project.upgrade()
    with pytest.raises(PrivilegeError, match="to DELETE the"):
        project.downgrade("base")
    assert ["b"] == project.heads()


@pytest.mark.parametrize("schema", [None, "Odd.One"])
def test_postgresql_by_way_of_a_role(
    postgresql: Server, tmp_path: Path, schema: str | None
) -> None:
    """What a role that the login is in was granted counts; the version table's own schema is it."""
    role = f"{postgresql.login}_r"
    name = schema or "public"
    postgresql.say(
        f"CREATE ROLE {role}",
        f'CREATE SCHEMA IF NOT EXISTS "{name}"',
        f"GRANT {role} TO {{to}}",
        "GRANT CREATE ON SCHEMA public TO {to}",
        f'GRANT USAGE ON SCHEMA "{name}" TO {{to}}',
        *([f'REVOKE CREATE ON SCHEMA "{name}" FROM {{to}}'] if schema else []),
    )
    project = _project(postgresql, tmp_path)
    if schema:
        with pytest.raises(PrivilegeError, match=f'SCHEMA "{name}"'):
            project.upgrade(version_table_schema=schema)
    postgresql.say(f'GRANT CREATE ON SCHEMA "{name}" TO {role}')
    project.upgrade(version_table_schema=schema)
    assert "sent" in _tables(postgresql)
    postgresql.say(f"REASSIGN OWNED BY {role} TO CURRENT_USER", f"DROP OWNED BY {role}")
    postgresql.say(f"DROP ROLE {role}")


def test_postgresql_takes_no_writes(postgresql: Server, tmp_path: Path) -> None:
    """A standby, or what looks like one, is named as such."""
    postgresql.say(
        "GRANT CREATE ON SCHEMA public TO {to}",
        "ALTER ROLE {to} SET default_transaction_read_only = on",
    )
    _refused(_project(postgresql, tmp_path), postgresql.login, "transaction_read_only is on")


def test_mariadb_may_not_create(mariadb: Server, tmp_path: Path) -> None:
    """The message has the database and the grant, and with that the run succeeds."""
    project = _project(mariadb, tmp_path)
    database = mariadb.url.database
    grant = (
        f"GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON `{database}`.`alembic_version` "
        f"TO `{mariadb.login}`@`%`"
    )
    _refused(project, f"'{mariadb.login}@%'", "CREATE, INSERT", f"'{database}'", grant)
    mariadb.say("GRANT CREATE ON {db}.* TO {to}")
    _refused(project, "privilege to INSERT")
    assert [] == _tables(mariadb)
    mariadb.say(grant.replace("%", "%%"), "GRANT ALL ON {db}.* TO {to}")
    project.upgrade()
    assert ["alembic_version", "sent"] == _tables(mariadb)


def test_mariadb_may_not_write(mariadb: Server, tmp_path: Path) -> None:
    """Only privileges that this run needs are required; grants on columns and patterns count."""
    project = _project(mariadb, tmp_path)
    mariadb.say(VERSIONS, "GRANT CREATE, DROP ON {db}.* TO {to}")
    _refused(project, "privilege to INSERT", "'alembic_version'")
    assert ["alembic_version"] == _tables(mariadb)
    mariadb.say(
        "GRANT UPDATE (version_num) ON {db}.alembic_version TO {to}",
        "INSERT INTO alembic_version VALUES ('a')",
        # The journal's.
        "GRANT CREATE, DROP, INSERT, UPDATE, DELETE ON {db}.alembic_version_journal TO {to}",
    )
    project.revision("b", "a", BODY)
    project.upgrade()
    with pytest.raises(PrivilegeError, match="to DELETE the"):
        project.downgrade("base")
    assert ["b"] == project.heads()


@pytest.mark.parametrize("by_role", [False, True], ids=["granted", "by a role"])
def test_mariadb_may_not_write_the_journal(mariadb: Server, tmp_path: Path, by_role: bool) -> None:
    """The run is refused before any change, and ``journal = false`` avoids it."""
    project = _project(mariadb, tmp_path)
    role = f"{mariadb.login}_r"
    to = role if by_role else "{to}"
    with contextlib.ExitStack() as stack:
        if by_role:
            mariadb.say(f"CREATE ROLE {role}", f"GRANT {role} TO {{to}}")
            stack.callback(mariadb.say, f"DROP ROLE {role}")
            mariadb.say(f"SET DEFAULT ROLE {role} FOR {{to}}")
        mariadb.say(
            VERSIONS,
            f"GRANT SELECT, CREATE, DROP ON {{db}}.* TO {to}",
            f"GRANT INSERT, UPDATE, DELETE ON {{db}}.alembic_version TO {to}",
        )
        grant = f"`{mariadb.url.database}`.`alembic_version_journal` TO `{mariadb.login}`@`%`"
        lacking = "DELETE, INSERT, UPDATE the table 'alembic_version_journal'"
        _refused(project, f"'{mariadb.login}@%'", lacking, grant, "'journal = false'")
        assert ["alembic_version"] == _tables(mariadb)
        project.upgrade(journal=False)
        assert ["alembic_version", "sent"] == _tables(mariadb)


def test_mariadb_may_not_make_the_journal(
    mariadb: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A login that may not create tables runs pure DML without a journal, with a message."""
    project = Project(tmp_path / "project", mariadb.url_of_login())
    project.revision("a", None, "op.execute('INSERT INTO t VALUES (1)')")
    mariadb.say(VERSIONS, "CREATE TABLE {db}.t (a INTEGER)")
    mariadb.say(
        "GRANT INSERT ON {db}.t TO {to}",
        "GRANT INSERT, UPDATE, DELETE ON {db}.alembic_version TO {to}",
    )
    with caplog.at_level("WARNING"):
        project.upgrade()
    assert "No journal is kept" in caplog.text
    assert ["a"] == project.heads()


def test_mariadb_may_not_drop_the_journal(mariadb: Server, tmp_path: Path) -> None:
    """The journal's table is left empty, and the next run reuses it."""
    mariadb.say("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON {db}.* TO {to}")
    project = _project(mariadb, tmp_path)
    project.upgrade()
    project.revision("b", "a", "op.execute('CREATE TABLE more (a INTEGER)')")
    project.upgrade()
    assert ["b"] == project.heads()
    assert ["alembic_version", "alembic_version_journal", "more", "sent"] == _tables(mariadb)


def test_mariadb_by_way_of_a_role(mariadb: Server, tmp_path: Path) -> None:
    """Privileges of a role count, whether or not the catalogue shows them."""
    role = f"{mariadb.login}_r"
    mariadb.say(
        f"CREATE ROLE {role}",
        f"GRANT ALL ON {{db}}.* TO {role}",
        f"GRANT {role} TO {{to}}",
        f"SET DEFAULT ROLE {role} FOR {{to}}",
    )
    with contextlib.ExitStack() as stack:
        stack.callback(mariadb.say, f"DROP ROLE {role}")
        _project(mariadb, tmp_path).upgrade()
        assert ["alembic_version", "sent"] == _tables(mariadb)


def test_mariadb_by_way_of_everybody(mariadb: Server, tmp_path: Path) -> None:
    """What PUBLIC has counts, though the catalogue does not show it."""
    mariadb.say("GRANT ALL ON {db}.* TO PUBLIC")
    try:
        _project(mariadb, tmp_path).upgrade()
    finally:
        mariadb.say("REVOKE ALL ON {db}.* FROM PUBLIC")
    assert ["alembic_version", "sent"] == _tables(mariadb)


def test_sqlite_in_a_folder_of_no_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is not UTF-8 does not prevent checking whether the file is writable."""
    folder = tmp_path / os.fsdecode(b"od\xffd")
    try:
        folder.mkdir()
    except (OSError, UnicodeError) as exc:
        pytest.skip(f"the file system takes no such name: {exc}")
    monkeypatch.chdir(folder)
    project = Project(tmp_path / "project", "sqlite:///x.db")
    project.revision("a", None, BODY)
    project.upgrade()
    assert ["a"] == project.heads()


def test_sqlite_opened_read_only(tmp_path: Path) -> None:
    """A database opened read-only is reported before the first statement."""
    path = tmp_path / "x.db"
    path.touch()
    project = Project(tmp_path / "project", f"sqlite:///file:{path}?mode=ro&uri=true")
    project.revision("a", None, BODY)
    _refused(project, f"'{path}'", "readonly database")

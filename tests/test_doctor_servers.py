"""doctor on servers: it finds what keeps a project from its database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from projects import Project
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from pathlib import Path

ENV = """
from sqlalchemy import create_engine
from idiolect import context

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
SERVERS = [
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mariadb", marks=pytest.mark.mariadb),
]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database."""
    found: str = request.getfixturevalue(f"fresh_{request.param}")
    return found


def problems(folder: Path, url: str) -> dict[str, str]:
    """Return what the doctor finds wrong with a project on a database."""
    Project(folder / "project", url).revision("base1")
    (folder / "project" / "script.py.mako").write_text("", "utf-8")
    (folder / "project" / "env.py").write_text(ENV, "utf-8")
    url = url.replace("%", "%%")
    ini = f"[idiolect]\nscript_location = %(here)s/project\nsqlalchemy.url = {url}\n"
    (folder / "idiolect.ini").write_text(ini, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "idiolect", "doctor", "--format", "json"],
        cwd=folder,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    findings = json.loads(done.stdout)["findings"]
    found = {each["check"]: each["text"] for each in findings if each["status"] == "problem"}
    assert done.returncode == bool(found), done.stderr
    return found


@pytest.mark.parametrize("url", SERVERS, indirect=True)
def test_a_sound_project(tmp_path: Path, url: str) -> None:
    """Nothing is wrong with it."""
    assert not problems(tmp_path, url)


@pytest.mark.parametrize("url", SERVERS, indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"port": 1}, id="nobody listens"),
        pytest.param({"database": "no_such_database"}, id="no such database"),
        pytest.param({"username": "nobody_here", "password": "not-the-password"}, id="wrong user"),
    ],
)
def test_a_database_that_cannot_be_reached(
    tmp_path: Path, url: str, change: dict[str, Any]
) -> None:
    """The server's message is reported, without the password."""
    wrong = make_url(url).set(**change)

    found = problems(tmp_path, wrong.render_as_string(hide_password=False))

    assert "Cannot connect to the database of 'sqlalchemy.url'" in found["database"]
    assert "not-the-password" not in found["database"]


@pytest.mark.postgresql
def test_a_wrong_password(tmp_path: Path, fresh_postgresql: str) -> None:
    """The server's authentication error is reported."""
    wrong = make_url(fresh_postgresql).set(password="not-the-password")

    found = problems(tmp_path, wrong.render_as_string(hide_password=False))

    if not found:
        pytest.skip("this server lets everybody in, whatever the password")
    assert "password authentication failed" in found["database"]
    assert "not-the-password" not in found["database"]


@pytest.mark.postgresql
def test_a_login_that_may_not_write(tmp_path: Path, fresh_postgresql: str) -> None:
    """Missing privileges are reported before a run fails."""
    owner = make_url(fresh_postgresql)
    role = f"reader_{uuid.uuid4().hex[:8]}"
    engine = create_engine(owner, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in (
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
            f"CREATE ROLE {role} LOGIN PASSWORD 'reads-only'",
            f"GRANT SELECT ON alembic_version TO {role}",
        ):
            connection.exec_driver_sql(statement)
        try:
            reader = owner.set(username=role, password="reads-only")
            found = problems(tmp_path, reader.render_as_string(hide_password=False))
        finally:
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")

    assert "alembic_version" in found["version table"]
    assert "INSERT" in found["version table"]

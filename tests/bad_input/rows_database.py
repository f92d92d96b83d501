"""Databases that cannot be used, and version tables that hold what they should not."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from tests.bad_input.row import FIRST, SECOND, Row, each_command
from tests.bad_input.spoil import DATABASE, delete, folder, link, lock_up, option, sql, url, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bad_input.row import Project

_MOVERS = ("upgrade head", "downgrade base", "stamp head")
_ASKERS = ("current", "upgrade head", "downgrade -1", "stamp head", "history -i", "show current")
_TABLE = "alembic_version"
_UNLOCKED = "sqlite:///app.db?timeout=0.2"


@contextlib.contextmanager
def _locked(project: Project) -> Iterator[None]:
    """Lock the SQLite database against reads and writes."""
    with contextlib.closing(sqlite3.connect(project.folder / DATABASE)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.rollback()


@contextlib.contextmanager
def _busy(project: Project) -> Iterator[None]:
    """Lock the SQLite database against writes."""
    with contextlib.closing(sqlite3.connect(project.folder / DATABASE)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.rollback()


ROWS = [
    *each_command("database-a-folder", _ASKERS, (DATABASE,), folder(DATABASE)),
    *each_command(
        "database-corrupt",
        _ASKERS,
        ("not a database", DATABASE),
        write(DATABASE, "this is no database, " * 400),
    ),
    *each_command(
        "database-nowhere", _ASKERS, ("no/where/app.db",), url("sqlite:///no/where/app.db")
    ),
    Row("database-a-link-loop", "upgrade head", (DATABASE,), (link(DATABASE, DATABASE),)),
    *(
        Row(
            f"database-read-only-{command.partition(' ')[0]}",
            command,
            ("readonly", DATABASE, "IDI-208"),
            (lock_up(DATABASE, 0o400),),
            powerless=True,
        )
        for command in _MOVERS
    ),
    Row(
        "database-unreadable",
        "current",
        ("unable to open", DATABASE),
        (lock_up(DATABASE),),
        powerless=True,
    ),
    *(
        Row(
            f"database-busy-{command.partition(' ')[0]}",
            command,
            ("locked", DATABASE, "migration_lock_timeout"),
            (url(_UNLOCKED), option("migration_lock_timeout", "0.5")),
            meanwhile=_busy,
        )
        for command in _MOVERS
    ),
    *(
        Row(
            f"database-locked-{command.partition(' ')[0]}",
            command,
            ("locked",),
            (url(_UNLOCKED), option("migration_lock_timeout", "0.5")),
            meanwhile=_locked,
        )
        for command in ("current", "upgrade head")
    ),
    *each_command(
        "version-unknown",
        ("current", "upgrade head", "downgrade -1", "downgrade base", "history -r current:"),
        ("nosuch99", "looked for in"),
        sql(f"UPDATE {_TABLE} SET version_num = 'nosuch99'"),
    ),
    *each_command(
        "version-unknown-beside",
        ("current", "upgrade head", "downgrade base"),
        ("nosuch99", "looked for in"),
        sql(f"INSERT INTO {_TABLE} VALUES ('nosuch99')"),
    ),
    *each_command(
        "version-empty",
        ("current", "upgrade head", "downgrade base"),
        (_TABLE,),
        sql(f"UPDATE {_TABLE} SET version_num = ''"),
    ),
    *each_command(
        "version-null",
        ("current", "upgrade head", "downgrade base", "stamp head"),
        (_TABLE, "NULL"),
        sql(
            f"DROP TABLE {_TABLE}",
            f"CREATE TABLE {_TABLE} (version_num VARCHAR(32))",
            f"INSERT INTO {_TABLE} VALUES (NULL)",
        ),
    ),
    *each_command(
        "version-doubled",
        ("upgrade head", "downgrade base"),
        (_TABLE, FIRST),
        sql(
            f"DROP TABLE {_TABLE}",
            f"CREATE TABLE {_TABLE} (version_num VARCHAR(32))",
            f"INSERT INTO {_TABLE} VALUES ('{FIRST}'), ('{FIRST}')",
        ),
    ),
    *each_command(
        "version-other-columns",
        ("current", "upgrade head", "downgrade base", "stamp head"),
        (_TABLE, "version_num"),
        sql(f"DROP TABLE {_TABLE}", f"CREATE TABLE {_TABLE} (id INTEGER, name TEXT)"),
    ),
    Row(
        "version-more-columns",
        "stamp head",
        (_TABLE, "who"),
        (
            sql(
                f"DROP TABLE {_TABLE}",
                f"CREATE TABLE {_TABLE} (version_num VARCHAR(32), who TEXT NOT NULL)",
            ),
        ),
    ),
    *each_command(
        "version-a-view",
        ("upgrade head", "stamp head"),
        (_TABLE,),
        sql(f"DROP TABLE {_TABLE}", f"CREATE VIEW {_TABLE} AS SELECT '{FIRST}' AS version_num"),
    ),
    Row("version-none-downgrade", "downgrade -1", ("-1",), (delete(DATABASE),)),
    Row("version-none-check", "current --check-heads", (SECOND,), (delete(DATABASE),)),
    Row(
        "table-there-already",
        "upgrade head",
        (FIRST, "first already exists"),
        (sql(f"DELETE FROM {_TABLE}"),),
        fails_in=FIRST,
    ),
    Row(
        "table-gone-already",
        "downgrade base",
        (FIRST, "no such table: first"),
        (sql("DROP TABLE first"),),
        fails_in=FIRST,
    ),
]

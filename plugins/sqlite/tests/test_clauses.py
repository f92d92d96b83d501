"""Conflict clauses, collations and the order of keys and constraints survive a rebuild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

ONE_OF_EACH = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, "
    "a TEXT NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT REPLACE, b INTEGER, "
    "CONSTRAINT u UNIQUE (a, b) ON CONFLICT ROLLBACK, "
    "CONSTRAINT c CHECK (b > 0) ON CONFLICT FAIL)"
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database."""
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        yield made
    engine.dispose()


def anew(connection: Connection, made: str, change: Callable[[Any], Any] | None = None) -> str:
    """Return the SQL of a table after a rebuild, white space normalised."""
    connection.exec_driver_sql(made)
    connection.commit()
    op = Operations(MigrationContext.configure(connection))
    with op.batch_alter_table("t", recreate="always") as batch:
        if change is not None:
            change(batch)
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 't'")
    return " ".join(str(found.scalar_one()).split())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            ONE_OF_EACH,
            (
                "id INTEGER, a TEXT NOT NULL ON CONFLICT IGNORE, b INTEGER, "
                "PRIMARY KEY (id) ON CONFLICT REPLACE, "
                "CONSTRAINT u UNIQUE (a, b) ON CONFLICT ROLLBACK, "
                "CONSTRAINT c CHECK (b > 0) ON CONFLICT FAIL, UNIQUE (a) ON CONFLICT REPLACE"
            ),
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT IGNORE AUTOINCREMENT)",
            "id INTEGER PRIMARY KEY ON CONFLICT IGNORE AUTOINCREMENT",
        ),
        (
            "CREATE TABLE t (a TEXT, b TEXT, CONSTRAINT k PRIMARY KEY (a, b) ON CONFLICT FAIL)",
            "a TEXT, b TEXT, CONSTRAINT k PRIMARY KEY (a, b) ON CONFLICT FAIL",
        ),
        (
            "CREATE TABLE t (a TEXT, UNIQUE (a COLLATE NOCASE))",
            "a TEXT, UNIQUE (a COLLATE NOCASE)",
        ),
        (
            (
                'CREATE TABLE t ("a b" TEXT UNIQUE, c TEXT, '
                'CONSTRAINT "my u" UNIQUE ("a b" COLLATE NOCASE, c DESC) ON CONFLICT IGNORE)'
            ),
            (
                '"a b" TEXT, c TEXT, UNIQUE ("a b"), '
                'CONSTRAINT "my u" UNIQUE ("a b" COLLATE NOCASE, c DESC) ON CONFLICT IGNORE'
            ),
        ),
        (
            "CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a COLLATE NOCASE, b))",
            "a TEXT, b TEXT, PRIMARY KEY (a COLLATE NOCASE, b)",
        ),
        (
            (
                "CREATE TABLE t (\n -- a, (b\n a TEXT COLLATE NOCASE, /* ), */ b TEXT -- last\n"
                ", -- a key\n UNIQUE (a COLLATE RTRIM /* why */))"
            ),
            'a TEXT COLLATE "NOCASE", b TEXT, UNIQUE (a COLLATE RTRIM)',
        ),
        (
            "CREATE TABLE t (a TEXT DEFAULT ' UNIQUE ON CONFLICT FAIL', \"unique (\" TEXT)",
            "a TEXT DEFAULT ' UNIQUE ON CONFLICT FAIL', \"unique (\" TEXT",
        ),
    ],
    ids=[
        *("one of each", "autoincrement", "key of two", "collation", "names and order"),
        *("collated key", "comments", "words that are none"),
    ],
)
def test_clauses_stay(connection: Connection, made: str, expected: str) -> None:
    """Conflict clauses, collations and orders are repeated."""
    assert f'CREATE TABLE "t" ( {expected} )' == anew(connection, made)


COLLATED = "CREATE TABLE t (a TEXT, b TEXT, CONSTRAINT u UNIQUE (a COLLATE NOCASE, b))"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda batch: batch.alter_column("a", new_column_name="x y"),
            '"x y" TEXT, b TEXT, CONSTRAINT u UNIQUE ("x y" COLLATE NOCASE, b)',
        ),
        (lambda batch: batch.drop_constraint("u"), "a TEXT, b TEXT"),
        (lambda batch: batch.drop_column("b"), "a TEXT"),
    ],
    ids=["renamed column", "dropped constraint", "dropped column"],
)
def test_clauses_follow_changes(
    connection: Connection, change: Callable[[Any], Any], expected: str
) -> None:
    """A constraint that SQLAlchemy does not read is renamed and dropped as all others are."""
    assert f'CREATE TABLE "t" ( {expected} )' == anew(connection, COLLATED, change)


def test_what_a_collated_constraint_forbids_stays_forbidden(connection: Connection) -> None:
    """Without the collation the second row would be taken."""
    anew(connection, COLLATED)
    connection.exec_driver_sql("INSERT INTO t VALUES ('a', 'b')")
    with pytest.raises(IntegrityError):
        connection.exec_driver_sql("INSERT INTO t VALUES ('A', 'b')")

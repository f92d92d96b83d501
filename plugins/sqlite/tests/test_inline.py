"""Constraints within a column definition are complete in the rebuilt table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Integer, create_engine, inspect

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to a database with a table to refer to."""
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        made.exec_driver_sql("CREATE TABLE p (id INTEGER PRIMARY KEY, x INTEGER, UNIQUE (id, x))")
        yield made
    engine.dispose()


def rebuilt(connection: Connection, definitions: str, **options: Any) -> str:
    """Create a table, rebuild it, and return the foreign keys in its SQL."""
    connection.exec_driver_sql(f"CREATE TABLE t ({definitions})")
    op = Operations(MigrationContext.configure(connection))
    with op.batch_alter_table("t", **options) as batch:
        batch.alter_column("a", new_column_name="c", existing_type=Integer())
    sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 't'").scalar()
    lines = [line.strip(" \t,") for line in str(sql).splitlines()]
    return "; ".join(line for line in lines if "FOREIGN KEY" in line)


CASES = {
    "actions": (
        "a INTEGER REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL",
        "FOREIGN KEY(c) REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL",
    ),
    "no column": (
        "a INTEGER REFERENCES p ON DELETE RESTRICT",
        "FOREIGN KEY(c) REFERENCES p (id) ON DELETE RESTRICT",
    ),
    "itself": (
        "b INTEGER PRIMARY KEY, a INTEGER REFERENCES t (b) ON DELETE CASCADE",
        "FOREIGN KEY(c) REFERENCES t (b) ON DELETE CASCADE",
    ),
    "timing": (
        "a INTEGER NOT NULL REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED",
        "FOREIGN KEY(c) REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED",
    ),
    "not deferrable": (
        "a INTEGER REFERENCES p (id) NOT DEFERRABLE DEFAULT 'REFERENCES p DEFERRABLE'",
        "FOREIGN KEY(c) REFERENCES p (id) NOT DEFERRABLE",
    ),
    "name": (
        'a INTEGER CONSTRAINT n NOT NULL CONSTRAINT "a ""k" REFERENCES p (id)',
        'CONSTRAINT "a ""k" FOREIGN KEY(c) REFERENCES p (id)',
    ),
    "of the table": (
        "a INTEGER, CONSTRAINT k FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE",
        "CONSTRAINT k FOREIGN KEY(c) REFERENCES p (id) ON DELETE CASCADE",
    ),
    "several columns": (
        "a INTEGER, b INTEGER, FOREIGN KEY (a, b) REFERENCES p (id, x) ON UPDATE CASCADE",
        "FOREIGN KEY(c, b) REFERENCES p (id, x) ON UPDATE CASCADE",
    ),
    "none": ("a TEXT DEFAULT 'x REFERENCES p'", ""),
}


@pytest.mark.parametrize(("definitions", "expected"), CASES.values(), ids=CASES)
def test_a_foreign_key_stays(connection: Connection, definitions: str, expected: str) -> None:
    """With actions, timing and name, under the column's new name."""
    assert expected == rebuilt(connection, definitions)


def test_a_convention_names_it(connection: Connection) -> None:
    """As the documentation promises of constraints that are read without a name."""
    convention = {"fk": "fk_%(table_name)s_%(column_0_name)s"}
    definition = "a INTEGER CONSTRAINT k REFERENCES p (id) ON DELETE CASCADE"
    assert "CONSTRAINT fk_t_a FOREIGN KEY(c) REFERENCES p (id) ON DELETE CASCADE" == rebuilt(
        connection, definition, naming_convention=convention
    )


def test_a_unique_constraint_keeps_its_name(connection: Connection) -> None:
    """It can be dropped by it, too."""
    connection.exec_driver_sql(
        "CREATE TABLE t (a TEXT NOT NULL CONSTRAINT u UNIQUE, b TEXT UNIQUE)"
    )
    op = Operations(MigrationContext.configure(connection))
    with op.batch_alter_table("t", recreate="always"):
        pass
    named = [each["name"] for each in inspect(connection).get_unique_constraints("t")]
    assert {"u", None} == set(named)
    with op.batch_alter_table("t") as batch:
        batch.drop_constraint("u", type_="unique")
    assert [None] == [each["name"] for each in inspect(connection).get_unique_constraints("t")]

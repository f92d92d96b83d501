"""Stand-ins for what foreign keys refer to."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy.schema
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, text
from sqlalchemy.schema import CreateIndex

from idiolect.operations.schemaobj import SchemaObjects


def _stand_ins(foreign_key: ForeignKey) -> MetaData:
    Column("user_id", Integer, foreign_key)
    metadata = MetaData()
    SchemaObjects()._ensure_table_for_fk(metadata, foreign_key)
    return metadata


@pytest.mark.parametrize(
    ("target", "key", "schema"),
    [("user.id", "user", None), ("s.user.id", "s.user", "s")],
    ids=["table", "schema"],
)
def test_target_by_name(target: str, key: str, schema: str | None) -> None:
    """A placeholder with the column is created for a target given as text."""
    metadata = _stand_ins(ForeignKey(target))
    assert list(metadata.tables) == [key]
    assert metadata.tables[key].schema == schema
    assert metadata.tables[key].c.keys() == ["id"]


def test_table_that_refers_to_a_column_with_another_key() -> None:
    """The placeholder for a self-referential table whose column has another key is created once."""
    made = SchemaObjects().table(
        "node",
        Column("node id", Integer, key="id", primary_key=True),
        Column("parent", Integer, ForeignKey("node.id")),
    )
    assert [column.name for column in made.columns] == ["node id", "parent"]


def test_target_by_column_needs_none() -> None:
    """A target given as a column needs no placeholder."""
    user = Table("user", MetaData(), Column("id", Integer, primary_key=True))
    assert not _stand_ins(ForeignKey(user.c.id)).tables


@pytest.mark.skipif(
    not hasattr(sqlalchemy.schema, "ForeignKeyTarget"), reason="SQLAlchemy 2.1 has the name"
)
def test_dot_in_a_targets_name_is_no_schema() -> None:
    """A target whose table has a dot in its name is one table."""
    target: Any = sqlalchemy.schema.ForeignKeyTarget(None, "my.user", "id")
    metadata = _stand_ins(ForeignKey(target))
    assert [(t.name, t.schema) for t in metadata.tables.values()] == [("my.user", None)]


def test_column_has_no_type_unless_given() -> None:
    """A column can be created from a name only."""
    assert SchemaObjects().column("a").name == "a"


def test_text_in_an_index_is_among_its_columns() -> None:
    """A dialect's compiler that reads an index's columns finds the text as one, as with Alembic."""
    made = SchemaObjects().index("ix", "t", ["a", text("lower(b)")])
    assert [column.name for column in made.columns] == ["a", "lower(b)"]
    assert str(CreateIndex(made)) == "CREATE INDEX ix ON t (a, lower(b))"

"""Schemas other than the default one."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema, DropSchema

from idiolect.testing.capabilities import clause
from idiolect.testing.suite.base import Contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.testing.project import Project


class SchemasContract(Contract):
    """Operations and version table in another schema."""

    @contextmanager
    def schema(self, connection: sa.Connection) -> Iterator[str]:
        """Create a schema, and drop it with its tables; override it if the SQL differs."""
        name = f"contract_{uuid.uuid4().hex[:12]}"
        connection.execute(CreateSchema(name))
        connection.commit()
        try:
            yield name
        finally:
            connection.rollback()
            for table in sa.inspect(connection).get_table_names(schema=name):
                sa.Table(table, sa.MetaData(), schema=name).drop(connection)
            connection.execute(DropSchema(name))
            connection.commit()

    @clause("schemas")
    def test_operations_in_a_schema(self, connection: sa.Connection) -> None:
        """Operations change the schema that they name, and nothing else."""
        with self.schema(connection) as schema:
            op = self.operations(connection)
            column = sa.Column("id", sa.Integer, nullable=False)
            op.create_table("pet", column, schema=schema)
            op.create_table("toy", sa.Column("id", sa.Integer), schema=schema)
            op.add_column("pet", sa.Column("name", sa.String(20)), schema=schema)
            op.drop_table("toy", schema=schema)
            op.create_index("ix_pet_id", "pet", ["id"], schema=schema)
            op.drop_index("ix_pet_id", "pet", schema=schema)
            op.rename_table("pet", "dog", schema=schema)
            connection.commit()
            found = sa.inspect(connection)
            names = found.get_table_names(schema=schema)
            columns = connection.execute(sa.text(f"SELECT * FROM {schema}.dog")).keys()  # noqa: S608 - made here
            assert (["dog"], ["id", "name"]) == (names, list(columns))
            assert [] == self.read(connection).tables()

    @clause("schemas")
    def test_version_table_in_a_schema(self, project: Project) -> None:
        """``configure(version_table_schema=...)`` sets the schema of the version table."""
        project.revision("a1")
        project.revision("b2", "a1")
        engine = sa.create_engine(project.url, poolclass=sa.NullPool)
        with engine.connect() as connection, self.schema(connection) as schema:
            project.upgrade(version_table_schema=schema)
            project.downgrade("a1", version_table_schema=schema)
            query = sa.text(f"SELECT version_num FROM {schema}.alembic_version")  # noqa: S608 - made here
            assert ["a1"] == list(connection.execute(query).scalars())
        engine.dispose()
        assert [] == self.heads(project.url)

"""Operations on a database: each has its documented effect, and no other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.errors import OperationError
from idiolect.testing.capabilities import clause, with_answer
from idiolect.testing.suite.base import Contract
from idiolect.testing.suite.operations import FIRST_ROW, OPERATIONS, Operation, tables

if TYPE_CHECKING:
    from idiolect.testing.project import Project

# Some dialects report a huge limit; longer names would prove no more.
_LONG = 200
_NAMES = ("order", "CamelCase", "with space", "per%cent", 'quo"te')


class ChangesContract(Contract):
    """Operations on a database."""

    @pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
    def test_operation(self, operation: Operation, connection: sa.Connection) -> None:
        """An operation has its documented effect on tables with rows."""
        with_answer(self, operation.name, (1, 0), partial(self._play, operation, connection))

    def _play(self, operation: Operation, connection: sa.Connection) -> None:
        self.make_tables(connection)
        operation.play(self.operations(connection))
        connection.commit()
        assert operation.expected == operation.seen(self.read(connection))

    def make_tables(self, connection: sa.Connection) -> None:
        """Create the tables for the operations, with a row in one of them."""
        tables().create_all(connection)
        # Some databases do not accept rows in an uncommitted table.
        connection.commit()
        connection.execute(sa.text(FIRST_ROW))
        connection.commit()

    @clause("quoted_names")
    def test_quoted_names(self, connection: sa.Connection) -> None:
        """Reserved words, capitals, spaces, percent signs and quotes can be used in names."""
        op = self.operations(connection)
        for name in _NAMES:
            op.create_table(name, sa.Column("id", sa.Integer))
            op.add_column(name, sa.Column(f"{name} 2", sa.Integer))
        connection.commit()
        found = self.read(connection)
        assert {name: ["id", f"{name} 2"] for name in _NAMES} == {
            name: found.columns(name) for name in found.tables()
        }

    @clause("longest_names")
    def test_longest_names(self, connection: sa.Connection) -> None:
        """A name of the dialect's maximum length is stored without truncation."""
        name = "n" * self._limit(connection)
        op = self.operations(connection)
        op.create_table(name, sa.Column("id", sa.Integer))
        op.add_column(name, sa.Column(name, sa.Integer))
        connection.commit()
        found = self.read(connection)
        assert ([name], ["id", name]) == (found.tables(), found.columns(name))

    @clause("names_of_a_convention")
    def test_names_of_a_convention(self, connection: sa.Connection) -> None:
        """A long name from a naming convention is truncated consistently in create and drop."""
        convention = sa.MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"})
        long = "n" * (self._limit(connection) - 2)
        table = sa.Table("pet", convention, sa.Column(long, sa.Integer))
        index = sa.Index(None, table.c[long])
        impl = self.context(connection).impl
        impl.create_table(table)
        connection.commit()
        (name,) = self.read(connection).indexes("pet")
        assert len(name) <= connection.dialect.max_identifier_length
        impl.drop_index(index)
        connection.commit()
        assert [] == self.read(connection).indexes("pet")

    @clause()
    def test_missing_table(self, project: Project) -> None:
        """A database error ends the run, is reported with the revision, which is not recorded."""
        project.revision("a1", None, "op.drop_table('nowhere')")
        with pytest.raises(sa.exc.SQLAlchemyError) as caught:
            project.upgrade()
        assert any("a1" in note for note in caught.value.__notes__)
        assert [] == self.heads(project.url)

    @clause()
    def test_unnamed_constraint(self, connection: sa.Connection) -> None:
        """An unnamed constraint is not dropped, and the error names the table."""
        nameless: Any = None
        with pytest.raises(OperationError, match="member"):
            self.operations(connection).drop_constraint(nameless, "member", type_="unique")

    def _limit(self, connection: sa.Connection) -> int:
        return min(self.longest_name or connection.dialect.max_identifier_length, _LONG)

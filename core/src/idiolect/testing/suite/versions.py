"""Upgrades, downgrades, and the version table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from idiolect.testing.capabilities import clause
from idiolect.testing.suite.base import Contract
from idiolect.util.colons import escape_colons

if TYPE_CHECKING:
    from idiolect.testing.project import Project

_TABLE = """
op.create_table('pet', sa.Column('id', sa.Integer, nullable=False))
op.add_column('pet', sa.Column('name', sa.String(20)))
"""
_ROWS = """
pet = sa.table('pet', sa.column('id', sa.Integer), sa.column('name', sa.String))
op.bulk_insert(pet, [{'id': 1, 'name': "it's 5%"}, {'id': 2, 'name': None}])
"""
_ALL = "SELECT id, name FROM pet ORDER BY id"
_LONGEST = "r" * 32


class VersionsContract(Contract):
    """Runs, and the version table."""

    @clause()
    def test_up_and_down(self, project: Project) -> None:
        """Revisions are upgraded and downgraded, one step or all, and the heads are updated."""
        self._two(project)
        project.upgrade("a1")
        first = (self.tables(project.url), self.heads(project.url))
        project.upgrade()
        second = (self.tables(project.url), self.heads(project.url))
        project.downgrade("-1")
        third = (self.tables(project.url), self.heads(project.url))
        project.downgrade("base")
        fourth = (self.tables(project.url), self.heads(project.url))
        both = ["one", "two"]
        assert [(["one"], ["a1"]), (both, ["b2"]), (["one"], ["a1"]), ([], [])] == [
            first,
            second,
            third,
            fourth,
        ]

    @clause()
    def test_branches_and_merge(self, project: Project) -> None:
        """Two heads are two rows, and a merge reduces them to one."""
        project.revision("a1")
        project.revision("b2", "a1")
        project.revision("c3", "a1")
        project.upgrade("heads")
        two = self.heads(project.url)
        project.revision("d4", ("b2", "c3"))
        project.upgrade("heads")
        one = self.heads(project.url)
        project.downgrade("a1")
        assert (["b2", "c3"], ["d4"], ["a1"]) == (two, one, self.heads(project.url))

    @clause()
    def test_stamp(self, project: Project) -> None:
        """A stamp writes the row without running revisions; ``--purge`` deletes others first."""
        self._two(project)
        project.stamp("b2")
        stamped = (self.tables(project.url), self.heads(project.url))
        project.stamp("a1", purge=True)
        assert (([], ["b2"]), ["a1"]) == (stamped, self.heads(project.url))

    @clause()
    def test_own_name(self, project: Project) -> None:
        """The table has the name given to ``configure()``."""
        self._two(project)
        project.upgrade(version_table="alembic_version_own")
        query = "SELECT version_num FROM alembic_version_own"
        assert [("b2",)] == self.rows_if_there(project.url, "alembic_version_own", query)
        assert [] == self.heads(project.url)

    @clause()
    def test_primary_key(self, project: Project) -> None:
        """The table has a primary key on its only column."""
        self._two(project)
        project.upgrade()
        key = self.look(project.url, lambda db: db.primary_key("alembic_version"))
        assert ["version_num"] == key

    @clause()
    def test_without_primary_key(self, project: Project) -> None:
        """``configure(version_table_pk=False)`` omits the primary key."""
        project.revision("a1")
        project.upgrade(version_table_pk=False)
        key = self.look(project.url, lambda db: db.primary_key("alembic_version"))
        assert ([], ["a1"]) == (key, self.heads(project.url))

    @clause()
    def test_longest_id(self, project: Project) -> None:
        """An id of 32 characters is stored without truncation."""
        project.revision(_LONGEST)
        project.upgrade()
        assert [_LONGEST] == self.heads(project.url)

    @clause("scripts_run")
    def test_script_is_the_run(self, project: Project) -> None:
        """The output of ``--sql``, executed by a client, has the same effect as a run."""
        project.revision("a1", None, _TABLE, "op.drop_table('pet')")
        project.revision("b2", "a1", _ROWS)
        self._carry_out(project.url, project.script())
        up = self.look(project.url, lambda db: (db.columns("pet"), db.rows(_ALL)))
        heads = self.heads(project.url)
        self._carry_out(project.url, project.script("b2:base", down=True))
        assert ((["id", "name"], [(1, "it's 5%"), (2, None)]), ["b2"]) == (up, heads)
        assert ([], []) == (self.tables(project.url), self.heads(project.url))

    def _carry_out(self, url: str, script: str) -> None:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            rules = self.context(connection).rules
            words = {rules.offline_transaction.begin, rules.offline_transaction.commit}
            for written in script.split("\n\n"):
                statement = written.strip().removesuffix(rules.statement_terminator)
                is_said = statement and not statement.startswith("--")
                if is_said and statement not in {*words, rules.batch_separator}:
                    connection.execute(sa.text(escape_colons(statement)))
                    # As a client in autocommit mode does.
                    connection.commit()
        engine.dispose()

    @clause()
    def test_nothing_to_do(self, project: Project) -> None:
        """A second run finds nothing to do, and a project without revisions creates no table."""
        project.upgrade()
        nothing = self.look(project.url, lambda db: db.tables())
        self._two(project)
        project.upgrade()
        project.upgrade()
        assert ([], ["b2"]) == (nothing, self.heads(project.url))

    def _two(self, project: Project) -> None:
        for revision, down, table in (("a1", None, "one"), ("b2", "a1", "two")):
            project.revision(
                revision,
                down,
                f"op.create_table({table!r}, sa.Column('id', sa.Integer))",
                f"op.drop_table({table!r})",
            )

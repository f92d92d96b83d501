"""Autogenerate: created tables show no differences, and rendered code runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.autogenerate.api import compare_metadata, produce_migrations
from idiolect.autogenerate.context import AutogenContext
from idiolect.autogenerate.render.dispatch import render_cmd_body
from idiolect.operations.base import Operations
from idiolect.testing.capabilities import clause
from idiolect.testing.suite.base import Contract

if TYPE_CHECKING:
    from idiolect.operations.ops.containers import DowngradeOps, UpgradeOps
    from idiolect.runtime.migration import MigrationContext

#: Options that enable all comparisons.
_OPTIONS = {"compare_type": True, "compare_server_default": True}
_NAMES = {
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
    "user_module_prefix": None,
    "render_item": None,
    "render_as_batch": False,
}


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)


def _identity() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True)


class AutogenerateContract(Contract):
    """Round trips of models. Models specific to a database belong in separate tests."""

    def there_and_back(self, connection: sa.Connection, *items: Any, **kw: Any) -> None:
        """Create a table by ``create_all`` and by a rendered revision; both show no difference.

        Args:
            connection: to an empty database.
            items: the columns and constraints of a table ``pet``.
            kw: other arguments of the table.
        """
        metadata = sa.MetaData()
        sa.Table("owner", metadata, _key())
        sa.Table("pet", metadata, *items, **kw)
        self.no_difference(connection, metadata)

    def no_difference(self, connection: sa.Connection, metadata: sa.MetaData) -> None:
        """The same for models of a test."""
        metadata.create_all(connection)
        connection.commit()
        assert [] == self.differences(connection, metadata)
        self.empty(connection)
        connection.commit()
        context = self.context(connection, target_metadata=metadata, **_OPTIONS)
        script = produce_migrations(context, metadata)
        assert script.upgrade_ops is not None
        assert script.downgrade_ops is not None
        self._run(context, script.upgrade_ops)
        connection.commit()
        assert [] == self.differences(connection, metadata)
        self._run(context, script.downgrade_ops)
        connection.commit()
        assert [] == self.read(connection).tables()

    def differences(self, connection: sa.Connection, metadata: sa.MetaData) -> list[Any]:
        """Return the differences that autogenerate finds."""
        context = self.context(connection, target_metadata=metadata, **_OPTIONS)
        found: list[Any] = compare_metadata(context, metadata)
        connection.rollback()
        return found

    def _run(self, context: MigrationContext, ops: UpgradeOps | DowngradeOps) -> None:
        rendering = AutogenContext(context, opts=_NAMES, autogenerate=False)
        code = render_cmd_body(ops, rendering)
        program = "\n".join([*sorted(rendering.imports), "def run(op, sa):", f"    {code}"])
        namespace: dict[str, Any] = {}
        exec(program, namespace)  # noqa: S102 - to run what was rendered is the test
        namespace["run"](Operations(context), sa)

    @clause("autogenerate")
    def test_columns(self, connection: sa.Connection) -> None:
        """Autogenerate: columns, nullable or not, and a primary key."""
        self.there_and_back(
            connection,
            _key(),
            sa.Column("name", sa.String(50), nullable=False),
            sa.Column("n", sa.Integer),
        )

    @pytest.mark.parametrize(
        "type_",
        [
            sa.BigInteger(),
            sa.Boolean(),
            sa.Date(),
            sa.DateTime(),
            sa.Float(),
            sa.Integer(),
            sa.LargeBinary(),
            sa.Numeric(10, 2),
            sa.SmallInteger(),
            sa.String(50),
            sa.Text(),
            sa.Time(),
            sa.Uuid(),
        ],
        ids=lambda type_: type(type_).__name__,
    )
    @clause("autogenerate_types")
    def test_type(self, connection: sa.Connection, type_: Any) -> None:
        """Autogenerate: SQLAlchemy's common types."""
        self.there_and_back(connection, _key(), sa.Column("value", type_))

    @clause("autogenerate_enum")
    def test_enum(self, connection: sa.Connection) -> None:
        """Autogenerate: enumerations."""
        self.there_and_back(
            connection, _key(), sa.Column("kind", sa.Enum("cat", "dog", name="kind"))
        )

    @clause("autogenerate_json")
    def test_json(self, connection: sa.Connection) -> None:
        """Autogenerate: JSON."""
        self.there_and_back(connection, _key(), sa.Column("value", sa.JSON()))

    @clause("autogenerate_defaults")
    def test_defaults(self, connection: sa.Connection) -> None:
        """Autogenerate: defaults that are numbers or strings."""
        self.there_and_back(
            connection,
            _key(),
            sa.Column("legs", sa.Integer, server_default="4"),
            sa.Column("name", sa.String(20), server_default="it's"),
        )

    @clause("autogenerate_unique")
    def test_unique_constraints(self, connection: sa.Connection) -> None:
        """Autogenerate: unique constraints."""
        self.there_and_back(
            connection,
            _key(),
            sa.Column("code", sa.String(20), nullable=False),
            sa.UniqueConstraint("code", name="uq_pet_code"),
        )

    @clause("autogenerate_indexes")
    def test_indexes(self, connection: sa.Connection) -> None:
        """Autogenerate: indexes, unique or not."""
        self.there_and_back(
            connection,
            _key(),
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.Integer, nullable=False),
            sa.Index("ix_pet_ab", "a", "b"),
            sa.Index("ix_pet_b", "b", unique=True),
        )

    @clause("autogenerate_foreign_keys")
    def test_foreign_keys(self, connection: sa.Connection) -> None:
        """Autogenerate: foreign keys."""
        self.there_and_back(
            connection,
            _key(),
            sa.Column("owner_id", sa.Integer),
            sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name="fk_pet_owner"),
        )

    @clause("autogenerate_foreign_key_rules")
    def test_foreign_key_rules(self, connection: sa.Connection) -> None:
        """Autogenerate: ON DELETE actions of foreign keys."""
        self.there_and_back(
            connection,
            _key(),
            sa.Column("owner_id", sa.Integer),
            sa.ForeignKeyConstraint(
                ["owner_id"], ["owner.id"], name="fk_pet_owner", ondelete="CASCADE"
            ),
        )

    @clause("autogenerate_comments")
    def test_comments(self, connection: sa.Connection) -> None:
        """Autogenerate: comments."""
        self.there_and_back(
            connection, _key(), sa.Column("n", sa.Integer, comment="it's 5%"), comment="pets"
        )
        metadata = sa.MetaData()
        sa.Table("pet", metadata, _key(), comment="other")
        sa.Table("pet", other := sa.MetaData(), _key(), comment="pets")
        metadata.create_all(connection)
        connection.commit()
        assert ["add_table_comment"] == [each[0] for each in self.differences(connection, other)]

    @clause("autogenerate_identity")
    def test_identity(self, connection: sa.Connection) -> None:
        """Autogenerate: identity columns."""
        metadata = sa.MetaData()
        sa.Table("pet", metadata, _identity())
        metadata.create_all(connection)
        (column,) = sa.inspect(connection).get_columns("pet")
        assert column.get("identity"), "the database has no identity of the column"
        metadata.drop_all(connection)
        self.there_and_back(connection, _identity())

    @clause("autogenerate_computed")
    def test_computed(self, connection: sa.Connection) -> None:
        """Autogenerate: computed columns."""
        self.there_and_back(
            connection,
            _key(),
            sa.Column("twice", sa.Integer, sa.Computed("id * 2", persisted=self.persisted)),
        )

    @clause("autogenerate")
    def test_what_differs(self, connection: sa.Connection) -> None:
        """Autogenerate: missing and surplus tables and columns are found."""
        before, after = sa.MetaData(), sa.MetaData()
        sa.Table("pet", before, _key(), sa.Column("old", sa.Integer))
        sa.Table("gone", before, _key())
        sa.Table("pet", after, _key(), sa.Column("new", sa.Integer))
        sa.Table("come", after, _key())
        before.create_all(connection)
        connection.commit()
        found = sorted(each[0] for each in self.differences(connection, after))
        assert ["add_column", "add_table", "remove_column", "remove_table"] == found

    @clause("autogenerate_type_changes")
    def test_type_changes(self, connection: sa.Connection) -> None:
        """Autogenerate: a column whose type differs is found."""
        before, after = sa.MetaData(), sa.MetaData()
        sa.Table("pet", before, _key(), sa.Column("n", sa.Integer))
        sa.Table("pet", after, _key(), sa.Column("n", sa.String(20)))
        before.create_all(connection)
        connection.commit()
        found = [each[0][0] for each in self.differences(connection, after)]
        assert ["modify_type"] == found

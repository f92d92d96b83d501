"""Operations become directives; constraints and defaults become arguments."""

from __future__ import annotations

import datetime as dt
import decimal
import textwrap
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.sql.elements import conv

from idiolect.autogenerate import render_python_code, renderers
from idiolect.autogenerate.render import MAX_PYTHON_ARGS, render_op_text
from idiolect.errors import HookAnswerError
from idiolect.operations import MigrateOperation, ops

if TYPE_CHECKING:
    from collections.abc import Callable


def add(*args: Any, **kw: Any) -> ops.AddColumnOp:
    """Return the operation that adds a column."""
    return ops.AddColumnOp("t", Column("c", Integer, *args, **kw))


CASES: dict[str, tuple[MigrateOperation, str]] = {
    "column": (
        ops.AddColumnOp("it's", Column("c", Integer, comment="50%"), schema="s"),
        (
            """op.add_column("it's", sa.Column('c', sa.Integer(), nullable=True, comment='50%'), """
            "schema='s')"
        ),
    ),
    "percent": (
        add(server_default=sa.text("'50%'")),
        (
            """op.add_column('t', sa.Column('c', sa.Integer(), server_default=sa.text("'50%'"), """
            "nullable=True))"
        ),
    ),
    "colon": (
        add(server_default=sa.text(r"'\:a'")),
        (
            r"""op.add_column('t', sa.Column('c', sa.Integer(), """
            r"""server_default=sa.text("'\\:a'"), nullable=True))"""
        ),
    ),
    "class of characters": (
        ops.CreateCheckConstraintOp("ck", "t", sa.text("a ~ '[[:alpha:]]'")),
        """op.create_check_constraint('ck', 't', "a ~ '[[:alpha:]]'")""",
    ),
    "colon after a backslash": (
        add(server_default=sa.text(r"'\\:a'")),
        (
            r"""op.add_column('t', sa.Column('c', sa.Integer(), """
            r"""server_default=sa.text("'\\\\:a'"), nullable=True))"""
        ),
    ),
    "computed": (
        add(sa.Computed("a + 1", persisted=True)),
        (
            "op.add_column('t', sa.Column('c', sa.Integer(), sa.Computed('a + 1', persisted=True), "
            "nullable=True))"
        ),
    ),
    "identity": (
        add(sa.Identity(start=3)),
        (
            "op.add_column('t', sa.Column('c', sa.Integer(), sa.Identity(always=False, start=3), "
            "nullable=False))"
        ),
    ),
    "identity as it comes": (
        ops.AlterColumnOp("t", "c", modify_server_default=sa.Identity(always=None)),
        "op.alter_column('t', 'c',\n           server_default=sa.Identity(always=None))",
    ),
    "check that waits": (
        ops.CreateCheckConstraintOp("ck", "t", "a > 5", deferrable=True, initially="DEFERRED"),
        "op.create_check_constraint('ck', 't', 'a > 5', deferrable=True, initially='DEFERRED')",
    ),
    "name of a convention": (
        ops.CreateUniqueConstraintOp(conv("uq_t_a"), "t", ["a"]),
        "op.create_unique_constraint(op.f('uq_t_a'), 't', ['a'])",
    ),
    "primary key": (
        ops.CreatePrimaryKeyOp("pk", "t", ["a", "b"], schema="s"),
        "op.create_primary_key('pk', 't', ['a', 'b'], schema='s')",
    ),
    "foreign key": (
        ops.CreateForeignKeyOp("fk", "t", "o", ["a"], ["id"], ondelete="CASCADE", deferrable=False),
        (
            "op.create_foreign_key('fk', 't', 'o', ['a'], ['id'], ondelete='CASCADE', "
            "deferrable=False)"
        ),
    ),
    "index": (
        ops.CreateIndexOp("ix", "t", ["a", sa.text("lower(b)")], unique=True, if_not_exists=True),
        (
            "op.create_index('ix', 't', ['a', sa.literal_column('lower(b)')], unique=True, "
            "if_not_exists=True)"
        ),
    ),
    "drop of an index": (
        ops.CreateIndexOp("ix", "t", ["a"], unique=True).reverse(),
        "op.drop_index('ix', table_name='t')",
    ),
    "options": (
        ops.DropColumnOp("t", "c", mssql_drop_default=True, if_exists=True),
        "op.drop_column('t', 'c', if_exists=True, mssql_drop_default=True)",
    ),
    "rename": (
        ops.RenameTableOp("a", "b", schema="s"),
        "op.rename_table('a', 'b', schema='s')",
    ),
    "statement": (ops.ExecuteSQLOp("SELECT '50%'"), """op.execute("SELECT '50%'")"""),
    "alter": (
        ops.AlterColumnOp("t", "c", modify_type=sa.Text(), existing_nullable=True),
        (
            "op.alter_column('t', 'c',\n           type_=sa.Text(),\n"
            "           existing_nullable=True)"
        ),
    ),
}


@pytest.mark.parametrize(("operation", "code"), CASES.values(), ids=CASES)
def test_the_code_of_an_operation(
    rendered: Callable[..., str], operation: MigrateOperation, code: str
) -> None:
    """A directive is rendered with its arguments; defaults are omitted."""
    assert code == rendered(operation)


def test_rows(surroundings: Callable[..., Any]) -> None:
    """Each row is on one line, and the modules that its values need are imported."""
    rows: list[dict[str, Any]] = [
        {"a": 1, "when": dt.date(2020, 1, 2), "much": decimal.Decimal("1.5")},
        {"a": sa.text("now()"), "when": None, "much": uuid.UUID(int=1)},
    ]
    table = sa.table("t", sa.column("a", Integer), sa.column("when"), schema="s")
    context = surroundings()
    assert textwrap.dedent(
        """
            op.bulk_insert(sa.table('t', sa.column('a', sa.Integer()), sa.column('when'), schema='s'), [
                {'a': 1, 'when': datetime.date(2020, 1, 2), 'much': decimal.Decimal('1.5')},
                {'a': sa.text('now()'), 'when': None, 'much': uuid.UUID('00000000-0000-0000-0000-000000000001')},
            ], multiinsert=False)
            """  # noqa: E501 - as it is written
    ).strip() == render_op_text(context, ops.BulkInsertOp(table, rows, multiinsert=False))
    assert {"import datetime", "import decimal", "import uuid"} == context.imports


def test_a_table_of_many_columns(rendered: Callable[..., str]) -> None:
    """More items than a call may have as arguments are passed as one list."""
    columns = [Column(f"c{number}", Integer) for number in range(MAX_PYTHON_ARGS + 1)]
    assert rendered(ops.CreateTableOp("t", columns)).startswith("op.create_table('t',\n*[sa.Column")
    assert "*[" not in rendered(ops.CreateTableOp("t", columns[:-1]))


def test_checks_of_columns(rendered: Callable[..., str]) -> None:
    """Checks of a column are rendered with a new table, or inside of an added column."""

    def column() -> Column[Any]:
        return Column("a", Integer, sa.CheckConstraint("a > 0", name="ck"))

    table = Table("t", MetaData(), column())
    assert rendered(ops.CreateTableOp.from_table(table)) == (
        "op.create_table('t',\nsa.Column('a', sa.Integer(), nullable=True),\n"
        "sa.CheckConstraint('a > 0', name='ck')\n)"
    )
    assert rendered(ops.AddColumnOp("t", column())) == (
        "op.add_column('t', sa.Column('a', sa.Integer(), sa.CheckConstraint('a > 0', name='ck'), "
        "nullable=True))"
    )


def test_a_key_is_no_name(rendered: Callable[..., str]) -> None:
    """Columns with a ``key`` are written by their names, here and where they are referred to."""
    metadata = MetaData()
    other = Table("o", metadata, Column("id", Integer, key="o_key", primary_key=True))
    table = Table("t", metadata, Column("a", Integer, key="a_key"), sa.Index("ix", "a_key"))
    key = sa.ForeignKeyConstraint([table.c.a_key], [other.c.o_key], name="fk")
    table.append_constraint(key)
    index = next(iter(table.indexes))
    assert [
        "op.create_foreign_key('fk', 't', 'o', ['a'], ['id'])",
        "op.create_index('ix', 't', ['a'], unique=False)",
        "op.create_index('ix', 't', ['a'], unique=False)",
    ] == [
        rendered(operation)
        for operation in (
            ops.AddConstraintOp.from_constraint(key),
            ops.CreateIndexOp.from_index(index),
            ops.DropIndexOp.from_index(index).reverse(),
        )
    ]


def test_render_item_leaves_out(rendered: Callable[..., str]) -> None:
    """None takes a column, a constraint or a default out of the code."""
    left_out = {"column": "secret", "check": "ck"}

    def render_item(kind: str, item: Any, _context: Any) -> bool | None:
        return None if left_out.get(kind) == getattr(item, "name", "") else False

    check = sa.CheckConstraint("a > 5", name="ck")
    columns = [Column("a", Integer), Column("secret", Integer)]
    table = ops.CreateTableOp.from_table(Table("t", MetaData(), *columns, check))
    assert "op.create_table('t',\nsa.Column('a', sa.Integer(), nullable=True)\n)" == rendered(
        table, render_item=render_item
    )
    assert not rendered(ops.AddColumnOp("t", Column("secret", Integer)), render_item=render_item)


def test_a_constraint_without_a_name(rendered: Callable[..., str]) -> None:
    """It cannot be dropped: a comment in the code and a warning say so."""
    with pytest.warns(UserWarning, match="unnamed constraint on table 't'"):
        code = rendered(ops.DropConstraintOp(None, "t", type_="unique"))
    assert "# WARNING: constraint name is None" in code
    assert code.endswith("op.drop_constraint(None, 't', type_='unique')")


def test_an_operation_that_nothing_renders(rendered: Callable[..., str]) -> None:
    """The error names the class and what to do."""

    class StrangeOp(MigrateOperation):
        pass

    with pytest.raises(ValueError, match=r"renders a StrangeOp.*@renderers\.dispatch_for"):
        rendered(StrangeOp())


def test_a_renderer_that_fails(rendered: Callable[..., str]) -> None:
    """It is named; None is no code, and would leave out the operation unnoticed."""

    class StrangeOp(MigrateOperation):
        pass

    renderers.dispatch_for(StrangeOp)(lambda _context, _op: None)
    with pytest.raises(HookAnswerError, match="renderer of StrangeOp returned None; expected"):
        rendered(StrangeOp())
    renderers.dispatch_for(StrangeOp, replace=True)(lambda _context, op: op.missing)
    with pytest.raises(AttributeError) as caught:
        rendered(StrangeOp())
    assert f"in the renderer of StrangeOp ({__file__})" in caught.value.__notes__


def test_an_expression_that_is_executed(rendered: Callable[..., str]) -> None:
    """A statement has to be a string."""
    with pytest.raises(NotImplementedError, match="please use a plain SQL string"):
        rendered(ops.ExecuteSQLOp(sa.text("SELECT 1")))


BATCH = """\
# ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table('t', schema=None) as batch_op:
        batch_op.add_column(sa.Column('c', sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq'), type_='unique')

    op.drop_table('u')
    # ### end Alembic commands ###"""


def test_changes_of_a_table_as_a_batch() -> None:
    """Directives in the block have no table name; other operations are outside of it."""
    changes = ops.ModifyTableOps(
        "t", [add(), ops.DropConstraintOp(conv("uq"), "t", type_="unique")]
    )
    container = ops.UpgradeOps([changes, ops.ModifyTableOps("empty", []), ops.DropTableOp("u")])
    assert render_python_code(container, render_as_batch=True) == BATCH


def test_variants_of_an_enum_are_in_the_code_of_its_table() -> None:
    """SQLAlchemy copies an Enum without its variants, so the model's own columns are rendered."""
    type_ = sa.Enum("a", "b", name="mood").with_variant(sa.String(3), "mysql")
    table = sa.Table("t", sa.MetaData(), sa.Column("m", type_))

    code = render_python_code(ops.UpgradeOps([ops.CreateTableOp.from_table(table)]))

    assert "name='mood').with_variant(sa.String(length=3), 'mysql')" in code

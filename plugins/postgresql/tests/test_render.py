"""PostgreSQL-specific objects as code, which creates the same objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import DOMAIN, ExcludeConstraint

from idiolect.autogenerate import render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import ops
from idiolect_postgresql.impl import PostgresqlImpl

if TYPE_CHECKING:
    from idiolect.operations.ops import MigrateOperation


def rendered(operation: MigrateOperation, **kw: Any) -> str:
    """Return the code of an operation."""
    context = MigrationContext.configure(dialect_name="postgresql")
    code = render_python_code(ops.UpgradeOps([operation]), migration_context=context, **kw)
    return "\n".join(line.strip() for line in code.splitlines()[1:-1]).strip()


def indexed(expression: Any) -> str:
    """Return the code of what an index is on."""
    index = sa.Index("ix", expression)
    if index.table is None:
        index._set_parent(TABLE)
    code = rendered(ops.CreateIndexOp.from_index(index))
    return code.removeprefix("op.create_index('ix', 't', [sa.literal_column(").partition(")], ")[0]


TABLE = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("j", postgresql.JSONB))
A, J = TABLE.c.a, TABLE.c.j

EXPRESSIONS: dict[str, tuple[Any, str]] = {
    "function": (sa.func.abs(A), "'abs(a)'"),
    "function, descending": (sa.func.abs(A).desc(), "'abs(a) DESC'"),
    "operator": (A + 1, "'(a + 1)'"),
    "operator, descending": ((A + 1).desc(), "'(a + 1) DESC'"),
    "cast": (sa.cast(A, sa.Text), "'CAST(a AS TEXT)'"),
    "collation": (sa.cast(A, sa.Text).collate("C"), """'(CAST(a AS TEXT) COLLATE "C")'"""),
    "json": (J["a:b"].astext, '''"(j ->> 'a:b')"'''),
    "case": (sa.case((A > 1, 2), else_=3), "'(CASE WHEN (a > 1) THEN 2 ELSE 3 END)'"),
    "percent": (J["50%"].astext, '''"(j ->> '50%')"'''),
    "text as it is": (sa.text("(a + 1)"), "'(a + 1)'"),
}


@pytest.mark.parametrize(("expression", "code"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_indexed_expressions(expression: Any, code: str) -> None:
    """CREATE INDEX requires parentheses around everything but columns and function calls."""
    assert code == indexed(expression)


DOMAINS: dict[str, tuple[Any, str]] = {
    "plain": (DOMAIN("d", sa.Integer), "postgresql.DOMAIN('d', sa.Integer())"),
    "check": (
        DOMAIN("email", postgresql.CITEXT(), check="value ~ '^my'"),
        """postgresql.DOMAIN('email', postgresql.CITEXT(), check="value ~ '^my'")""",
    ),
    "all": (
        DOMAIN(
            "d",
            sa.String(),
            collation="C",
            default="x",
            constraint_name="ck",
            not_null=True,
            check="value > 0",
            schema="s",
            create_type=False,
        ),
        (
            "postgresql.DOMAIN('d', sa.String(), collation='C', default='x', constraint_name='ck', "
            "not_null=True, check='value > 0', schema='s', create_type=False)"
        ),
    ),
}


@pytest.mark.parametrize(("type_", "code"), DOMAINS.values(), ids=DOMAINS)
def test_domains(type_: Any, code: str) -> None:
    """All properties of a domain are rendered."""
    expected = f"op.add_column('t', sa.Column('c', {code}, nullable=True))"
    assert expected == rendered(ops.AddColumnOp("t", sa.Column("c", type_)))


def exclude() -> ExcludeConstraint:
    """Return a constraint with everything."""
    return ExcludeConstraint(
        (sa.column("A"), "="),
        (sa.func.int4range(A, A), "&&"),
        (sa.literal_column("a + 1"), "<>"),
        name="ex",
        where=sa.text("a > 5"),
        deferrable=True,
        initially="DEFERRED",
    )


ELEMENTS = (
    "(sa.column('A'), '='), (sa.text('int4range(a, a)'), '&&'), (sa.literal_column('a + 1'), '<>')"
)
OPTIONS = "where=sa.text('a > 5'), deferrable=True, initially='DEFERRED', using='gist'"


@pytest.mark.parametrize(
    ("as_batch", "expected"),
    [
        (False, f"op.create_exclude_constraint('ex', 't', {ELEMENTS}, {OPTIONS})"),
        (True, f"batch_op.create_exclude_constraint('ex', {ELEMENTS}, {OPTIONS})"),
    ],
)
def test_an_exclude_constraint_that_is_added(as_batch: bool, expected: str) -> None:
    """Its elements, condition and other options are arguments of the directive."""
    constraint = exclude()
    sa.Table("t", sa.MetaData(), constraint)
    changes = ops.ModifyTableOps("t", [ops.AddConstraintOp.from_constraint(constraint)])
    assert expected == rendered(changes, render_as_batch=as_batch).splitlines()[-1]


def test_an_exclude_constraint_of_a_new_table() -> None:
    """It is written with its table."""
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), exclude())
    code = rendered(ops.CreateTableOp.from_table(table))
    assert f"postgresql.ExcludeConstraint({ELEMENTS}, {OPTIONS}, name='ex')" in code


def test_an_exclude_constraint_that_the_user_renders() -> None:
    """``render_item`` is called for it with ``exclude``; None omits it."""
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), exclude())
    asked: list[str] = []

    def render_item(kind: str, _item: Any, _context: Any) -> bool | None:
        asked.append(kind)
        return None if kind == "exclude" else False

    code = rendered(ops.CreateTableOp.from_table(table), render_item=render_item)
    assert "Exclude" not in code
    assert "exclude" in asked


def test_types_by_methods_of_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program's impl renders a type of PostgreSQL by a method that is named after it."""

    def render(_impl: Any, type_: Any, _context: Any) -> str:
        return f"mine.{type(type_).__name__}()"

    monkeypatch.setattr(PostgresqlImpl, "_render_ARRAY_type", render, raising=False)
    columns = [
        sa.Column("a", postgresql.ARRAY(sa.Integer)),
        sa.Column("b", sa.ARRAY(sa.Integer)),
        sa.Column("c", postgresql.JSONB),
    ]
    code = [rendered(ops.AddColumnOp("t", column)) for column in columns]

    assert "mine.ARRAY()" in code[0]
    assert "sa.ARRAY(" in code[1]
    assert "postgresql.JSONB(" in code[2]

"""A likely rename is dropped and added, and a comment shows what may be meant."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine

from idiolect.autogenerate import produce_migrations, render_python_code
from idiolect.migration import MigrationContext

#: A plugin for SQLite that is made for tests: the core has none.
pytestmark = pytest.mark.usefixtures("sqlite")

Shape = dict[str, list[Column[Any]]]


def columns(**types: Any) -> list[Column[Any]]:
    """Return columns of these types."""
    return [Column(name, type_) for name, type_ in types.items()]


def models(shape: Shape) -> MetaData:
    """Return a MetaData with tables of copies of these columns."""
    metadata = MetaData()
    for name, given in shape.items():
        copies = [Column(one.name, one.type, nullable=one.nullable) for one in given]
        Table(name, metadata, *copies)
    return metadata


def code(before: Shape, after: Shape, *, half: str = "upgrade_ops", **opts: Any) -> list[str]:
    """Return the lines of a revision between its two comments, without their indentation."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        models(before).create_all(connection)
        context = MigrationContext.configure(connection, opts=opts)
        script = produce_migrations(context, models(after))
        text = render_python_code(
            getattr(script, half),
            migration_context=context,
            render_as_batch=opts.get("render_as_batch", False),
        )
    engine.dispose()
    return [line.strip() for line in text.splitlines()[1:-1]]


def comments(lines: list[str]) -> list[str]:
    """Return the lines that are comments."""
    return [line for line in lines if line.startswith("#")]


ID = {"id": Integer}
HINT = [
    "# Perhaps a new name: something of the same shape is dropped below. Then write",
    "# instead of both, and the other way round in downgrade():",
]


def test_a_table_of_the_same_columns() -> None:
    """The comment precedes create_table, which is kept, as drop_table is."""
    before = {"old": columns(id=Integer, name=String(20))}
    after = {"new": columns(id=Integer, name=String(20))}
    lines = code(before, after)
    assert [*HINT, "#     op.rename_table('old', 'new')", "op.create_table('new',"] == lines[:4]
    assert "op.drop_table('old')" == lines[-1]
    assert [] == comments(code(before, after, half="downgrade_ops"))


@pytest.mark.parametrize("batch", [False, True])
def test_a_column_of_the_same_type(batch: bool) -> None:
    """The comment shows alter_column, in a batch as the batch has it."""
    before = {"t": columns(**ID, old=String(20))}
    after = {"t": columns(**ID, new=String(20))}
    prefix, table = ("batch_op.", "") if batch else ("op.", "'t', ")
    expected = [
        *HINT,
        f"#     {prefix}alter_column({table}'old',",
        "#     new_column_name='new')",
        f"{prefix}add_column({table}sa.Column('new', sa.String(length=20), nullable=True))",
        f"{prefix}drop_column({table}'old')",
    ]
    lines = code(before, after, render_as_batch=batch)
    assert expected == [line for line in lines if line and not line.startswith("with ")]


UNLIKELY: dict[str, tuple[Shape, Shape]] = {
    "another type": ({"t": columns(**ID, a=String(20))}, {"t": columns(**ID, b=Integer)}),
    "two that go": (
        {"t": columns(**ID, a=String(20), b=String(20))},
        {"t": columns(**ID, c=String(20))},
    ),
    "two that come": (
        {"t": columns(**ID, a=String(20))},
        {"t": columns(**ID, b=String(20), c=String(20))},
    ),
    "another table": (
        {"t": columns(**ID, a=String(20)), "u": columns(**ID)},
        {"t": columns(**ID), "u": columns(**ID, b=String(20))},
    ),
    "other columns": ({"old": columns(**ID, a=Integer)}, {"new": columns(**ID, b=Integer)}),
    "more columns": ({"old": columns(**ID)}, {"new": columns(**ID, b=Integer)}),
    "NULL": (
        {"t": [Column("id", Integer), Column("a", Integer, nullable=False)]},
        {"t": [Column("id", Integer), Column("b", Integer)]},
    ),
}


@pytest.mark.parametrize(("before", "after"), UNLIKELY.values(), ids=UNLIKELY)
def test_what_is_no_likely_rename(before: Shape, after: Shape) -> None:
    """If the shape differs, or there are several candidates, there is no comment."""
    assert [] == comments(code(before, after))


@pytest.mark.parametrize(
    "sets",
    [["alembic.autogenerate.*"], ["alembic.*", "idiolect.*", "~idiolect.autogenerate.renames"]],
)
def test_without_the_plugin(sets: list[str]) -> None:
    """``autogenerate_plugins`` takes the comment away."""
    before, after = {"old": columns(**ID)}, {"new": columns(**ID)}
    assert [] == comments(code(before, after, autogenerate_plugins=sets))

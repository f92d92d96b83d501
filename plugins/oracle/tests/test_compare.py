"""Comparison of what Oracle reports differently from models."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import oracle as untyped

from idiolect.autogenerate import render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import ops

# Its types are not annotated.
oracle: Any = untyped

DEFAULTS: dict[str, tuple[str | None, str | None, bool]] = {
    "none": (None, None, False),
    "same": ("'x'", "'x'", False),
    "white space that Oracle keeps": ("SYSDATE", "SYSDATE \n", False),
    "another case": ("sysdate", "SYSDATE", False),
    "another case in quotes": ("'a'", "'A'", True),
    "blanks in quotes": ("'x '", "'x'", True),
    "blanks between words": ("1  +\n1", "1 + 1", False),
    "parentheses": ("(5)", "5", False),
    "parentheses that are no pair": ("(a) + (b)", "a) + (b", True),
    "quoted number": ("'5'", "5", False),
    "quoted number with a blank": ("5", "'5' ", False),
    "quoted word": ("'user'", "user", True),
    "quote in quotes": ("'it''s'", "'it''s' ", False),
    "taken away": (None, "NULL ", False),
    "quoted NULL": (None, "'NULL'", True),
    "added": ("5", None, True),
    "removed": (None, "5", True),
}


def _impl() -> Any:
    return MigrationContext.configure(dialect_name="oracle", opts={"as_sql": True}).impl


@pytest.mark.parametrize(("model", "database", "expected"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults(model: str | None, database: str | None, expected: bool) -> None:
    """Defaults that mean the same do not differ, others do, whichever side has them."""
    column = sa.Column("c", sa.String)
    assert expected is _impl().compare_server_default(column, column, model, database)
    assert expected is _impl().compare_server_default(column, column, database, model)


TYPES: dict[str, tuple[Any, Any, bool]] = {
    "whole numbers": (oracle.NUMBER(), sa.Integer(), False),
    "small whole numbers": (sa.INTEGER(), sa.SmallInteger(), False),
    "big whole numbers": (oracle.NUMBER(19, 0), sa.BigInteger(), False),
    "decimals": (oracle.NUMBER(10, 2), sa.Numeric(10, 2), False),
    "decimals of another scale": (oracle.NUMBER(10, 2), sa.Numeric(10, 3), True),
    "text": (oracle.VARCHAR2(50), sa.String(50), False),
    "text of another length": (sa.VARCHAR(50), sa.String(40), True),
    "enum": (sa.VARCHAR(1), sa.Enum("a", "b", name="e"), False),
    "long text": (sa.CLOB(), sa.Text(), False),
    "long text that was short": (sa.VARCHAR(50), sa.Text(), True),
    "float": (oracle.FLOAT(126), sa.Float(), False),
    "float under its other name": (sa.DOUBLE_PRECISION(), sa.Float(), False),
    "double": (sa.DOUBLE_PRECISION(), sa.Double(), False),
    "date and time": (oracle.DATE(), sa.DateTime(), False),
    "point in time": (oracle.TIMESTAMP(), sa.DateTime(), True),
    "bytes": (sa.BLOB(), sa.LargeBinary(), False),
    "interval": (oracle.INTERVAL(day_precision=2, second_precision=6), sa.Interval(), False),
    "number and text": (oracle.NUMBER(), sa.String(5), True),
}


@pytest.mark.parametrize(("database", "model", "expected"), TYPES.values(), ids=TYPES)
def test_types(database: Any, model: Any, expected: bool) -> None:
    """Types that Oracle stores as the same do not differ."""
    assert expected is _impl().compare_type(sa.Column("c", database), sa.Column("c", model))


IDENTITIES: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "what the database fills in": (
        {},
        {"start": 1, "increment": 1, "minvalue": 1, "maxvalue": 10**28 - 1, "cache": 20},
        False,
    ),
    "always": ({"always": True}, {}, True),
    "start": ({"start": 3}, {"start": 4}, True),
    "on null": ({"oracle_on_null": True}, {"oracle_on_null": False}, True),
    "on null, the other way": ({"oracle_on_null": False}, {"oracle_on_null": True}, True),
    "order": ({"oracle_order": True}, {}, True),
}


def _identity(**options: Any) -> sa.Identity:
    if not hasattr(sa.Identity, "dialect_options"):
        # SQLAlchemy 2.0 has Oracle's options without the dialect's name.
        options = {name.removeprefix("oracle_"): value for name, value in options.items()}
    return sa.Identity(**options)


@pytest.mark.parametrize(("model", "database", "expected"), IDENTITIES.values(), ids=IDENTITIES)
def test_identities(model: dict[str, Any], database: dict[str, Any], expected: bool) -> None:
    """The model's options of an identity are compared, including Oracle's own."""
    impl = _impl()
    assert expected is impl.compare_identity(_identity(**model), _identity(**database))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("SYSDATE \n", "SYSDATE"),
        ("NULL ", None),
        ("null", None),
        ("'NULL' ", "'NULL'"),
        (None, None),
    ],
)
def test_reflected_default(told: str | None, expected: str | None) -> None:
    """A default is normalised, so that it is rendered as it was intended."""
    column = {"name": "c", "default": told}
    _impl().autogen_column_reflect(None, None, column)
    assert {"name": "c", "default": expected} == column


def test_rendered_types() -> None:
    """Oracle's types are rendered with their import, and an identity keeps Oracle's options."""
    context = MigrationContext.configure(dialect_name="oracle", opts={"target_metadata": None})
    column = sa.Column("c", oracle.NUMBER(10, 2), _identity(start=2, oracle_on_null=True))
    code = render_python_code(
        ops.UpgradeOps([ops.AddColumnOp("t", column)]), migration_context=context
    )
    assert "oracle.NUMBER(precision=10, scale=2, asdecimal=True)" in code
    assert re.search(r"sa\.Identity\(always=False, .*on_null=True", code)


def _items(*items: sa.Index | sa.UniqueConstraint) -> Any:
    """Return the unique constraints and the indexes of a table that has ``items``."""
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
    for item in items:
        if isinstance(item, sa.Index):
            sa.Index(item.name, table.c.a, unique=item.unique)
        else:
            table.append_constraint(item)
    uniques = {item for item in table.constraints if isinstance(item, sa.UniqueConstraint)}
    return uniques, set(table.indexes)


UNIQUES: dict[str, tuple[Any, list[str], list[str]]] = {
    "constraint of this name": (sa.UniqueConstraint("a", name="x"), ["x"], []),
    "constraint without a name": (sa.UniqueConstraint("a"), ["x"], []),
    "constraint of other columns": (sa.UniqueConstraint("b"), [], ["x"]),
    "index of this name": (sa.Index("x", "a", unique=True), [], ["x"]),
    "neither": (sa.Index("y", "a"), [], ["x"]),
}


@pytest.mark.parametrize(("model", "uniques", "indexes"), UNIQUES.values(), ids=UNIQUES)
def test_unique_indexes(model: Any, uniques: list[str], indexes: list[str]) -> None:
    """A unique index of the database is what the model has, an index if it has neither."""
    conn_uniques, conn_indexes = _items(sa.Index("x", "a", unique=True))
    _impl().correct_for_autogen_constraints(conn_uniques, conn_indexes, *_items(model))
    assert uniques == [item.name for item in conn_uniques]
    assert indexes == [item.name for item in conn_indexes]


def test_removed_unique_constraint(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of a constraint that the model no longer has is dropped as a constraint."""
    impl = _impl()
    monkeypatch.setattr(impl, "_is_constraint", lambda index: index.name == "x")
    conn_uniques, conn_indexes = _items(sa.Index("x", "a", unique=True))
    impl.correct_for_autogen_constraints(conn_uniques, conn_indexes, set(), set())
    assert (["x"], set()) == ([item.name for item in conn_uniques], conn_indexes)

"""The lint rules for Oracle, which follow its manual."""

from __future__ import annotations

import pytest

from idiolect.testing.linting import findings, names

NEW = 'op.create_table("t", sa.Column("a", sa.Integer()))'
TYPE = 'op.alter_column("account", "x", existing_type={}, type_={})'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sa.String(20)", "sa.String(40)", ""),
        ("sa.String(20)", "sa.String(20)", ""),
        ("sa.Numeric(10, 2)", "sa.Numeric(12, 2)", ""),
        ("sa.Date()", "sa.TIMESTAMP()", ""),
        ("sa.BigInteger()", "sa.Integer()", ""),
        ("sa.CHAR(20)", "sa.String(20)", ""),
        ("sa.Float()", "sa.Double()", ""),
        ("sa.Integer()", "sa.Float()", ""),
        ("sa.dialects.oracle.LONG()", "sa.Text()", ""),
        ("sa.Unicode(20)", "sa.Date()", "ORA-01439"),
        ("sa.String(20)", "sa.String(10)", "ORA-01441"),
        ("sa.String(20)", "sa.Integer()", "ORA-01439"),
        ("sa.TIMESTAMP()", "sa.Date()", "ORA-01439"),
        ("sa.Numeric(10, 2)", "sa.Numeric(8, 2)", "ORA-01440"),
        ("sa.Numeric(10, 2)", "sa.Numeric(10, 3)", "ORA-01440"),
        ("sa.Integer()", "sa.BigInteger()", "ORA-01440"),
        ("sa.String(20)", "sa.Text()", "ORA-22858"),
        ("sa.Text()", "sa.String(20)", "ORA-22858"),
    ],
)
def test_types_that_are_refused(old: str, new: str, expected: str) -> None:
    """Oracle accepts longer strings and more digits, and refuses the rest if there are values."""
    found = findings(TYPE.format(old, new), "oracle")
    messages = [each.message for each in found if each.rule == "oracle-type-change-fails"]
    assert bool(expected) == bool(messages)
    assert all(expected in each for each in messages)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('op.create_index("i", "t", ["a"])', ["oracle-index-blocks-writes"]),
        ('op.execute("CREATE INDEX i ON t (a) ONLINE")', []),
        ('op.create_foreign_key("f", "t", "p", ["a"], ["b"])', ["oracle-constraint-blocks-writes"]),
        ('op.create_unique_constraint("u", "t", ["a"])', ["oracle-constraint-blocks-writes"]),
        ('op.drop_column("t", "a")', ["oracle-drop-column-rewrites-table"]),
        (
            'op.create_table("t", sa.Column("a", sa.Integer()))\nop.create_index("i", "t", ["a"])',
            [],
        ),
    ],
)
def test_indexes_columns_and_constraints(code: str, expected: list[str]) -> None:
    """What is done to an existing table is found, unless it is online."""
    found = names(findings(code, "oracle"))
    assert expected == [each for each in found if each.startswith("oracle")]

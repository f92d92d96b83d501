"""The core's rules: what each finds, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData

if TYPE_CHECKING:
    from core.tests.lint.conftest import Linted

NEW = "op.create_table('t', sa.Column('id', sa.Integer))\n"
ADD = "op.add_column('t', sa.Column('c', sa.Text))\n"
BATCH = "with op.batch_alter_table('t') as batch:\n    batch"
SET = "op.alter_column('t', 'c', existing_type=sa.Text(), nullable=False)"

FOUND = [
    ("op.drop_table('t')", ["drop-table"]),
    ("op.execute('DROP TABLE IF EXISTS t')", ["drop-table"]),
    ("op.get_bind().execute(sa.text('DROP TABLE t'))", ["drop-table"]),
    ("op.get_bind().exec_driver_sql('DROP TABLE t')", ["drop-table"]),
    ("op.drop_table('t')\n" + NEW, []),
    (NEW + "op.drop_table('t')", []),
    (NEW.replace("'t'", "'new'") + "op.drop_table('t')\nop.rename_table('new', 't')", []),
    ("op.rename_table('t', 'old')\n" + NEW + "op.drop_table('old')", []),
    ("op.drop_column('t', 'c')", ["drop-column"]),
    (f"{BATCH}.drop_column('c')", ["drop-column"]),
    ("op.add_column('t', sa.Column('c', sa.Text))\nop.drop_column('t', 'c')", []),
    (NEW + "op.drop_column('t', 'c')", []),
    ("op.execute('ALTER TABLE t DROP c')", ["drop-column"]),
    ("op.rename_table('t', 'u')", ["rename-table"]),
    (NEW + "op.rename_table('t', 'u')\nop.drop_column('u', 'c')", []),
    ("op.alter_column('t', 'c', new_column_name='d')", ["rename-column"]),
    (f"{BATCH}.alter_column('c', new_column_name='d')", ["rename-column"]),
    ("op.add_column('t', sa.Column('c', sa.Text, nullable=False))", ["add-not-null"]),
    (f"{BATCH}.add_column(sa.Column('c', sa.Text, nullable=False))", ["add-not-null"]),
    ("op.execute('ALTER TABLE t ADD c TEXT NOT NULL')", ["add-not-null"]),
    ("op.execute('ALTER TABLE t ADD c TEXT DEFAULT 1 NOT NULL')", []),
    ("op.add_column('t', sa.Column('c', sa.Text, default='x', nullable=False))", ["add-not-null"]),
    ("op.add_column('t', sa.Column('c', sa.Text, server_default='', nullable=False))", []),
    ("op.add_column('t', sa.Column('c', sa.Integer, sa.Identity(), nullable=False))", []),
    ("op.add_column('t', sa.Column('c', sa.Integer, sa.Computed('1'), nullable=False))", []),
    ("op.add_column('t', sa.Column('id', sa.Integer, primary_key=True))", []),
    (NEW + "op.add_column('t', sa.Column('c', sa.Text, nullable=False))", []),
    (SET, ["set-not-null"]),
    ("op.execute('ALTER TABLE t ALTER c SET NOT NULL')", ["set-not-null"]),
    ("op.execute('ALTER TABLE t MODIFY c TEXT NOT NULL')", []),
    ("op.alter_column('t', 'c', nullable=True)", []),
    ("op.alter_column('t', 'c', nullable=False, existing_nullable=False)", []),
    (f"op.execute('UPDATE t SET c = 1')\n{SET}", []),
    (f"op.execute(sa.table('t', sa.column('c')).update().values(c=1))\n{SET}", []),
    (f"op.execute('WITH x AS (SELECT 1) UPDATE t SET c = 1')\n{SET}", []),
    (f"op.execute('UPDATE other SET c = 1')\n{SET}", ["set-not-null"]),
    (f"op.add_column('t', sa.Column('c', sa.Text, server_default='x'))\n{SET}", []),
    ("op.create_unique_constraint('u', 't', ['c'])", ["add-unique"]),
    ("op.create_index('i', 't', ['c'], unique=True)", ["add-unique"]),
    ("op.create_index('i', 't', ['c'])", []),
    (
        f"{ADD}op.create_index('i', 't', ['c'], unique=True)",
        [],
    ),
    ("op.create_foreign_key(None, 't', 'u', ['c'], ['id'])", ["unnamed-constraint"]),
    ("op.create_foreign_key('f', 't', 'u', ['c'], ['id'])", []),
    ("op.create_check_constraint(None, 't', 'c > 0')", ["unnamed-constraint"]),
    (
        "op.add_column('t', sa.Column('c', sa.Integer, sa.ForeignKey('u.id')))",
        ["unnamed-constraint"],
    ),
    ("op.execute('ALTER TABLE t ADD CHECK (c > 0)')", []),
    (
        "op.add_column('t', sa.Column('c', sa.Text))\nop.execute('UPDATE t SET c = 1')",
        ["mixed-data-and-ddl"],
    ),
    ("op.execute('UPDATE t SET c = 1')", []),
    (NEW + "op.execute('UPDATE u SET c = 1')", []),
    (
        f"{ADD}with op.get_context().autocommit_block():\n    op.execute('UPDATE t SET c = 1')",
        [],
    ),
]


@pytest.mark.parametrize(("upgrade", "rules"), FOUND)
def test_a_rule_finds(upgrade: str, rules: list[str], linted: Linted) -> None:
    """Each rule finds the risk in a directive, in a batch and in text, and no more."""
    assert rules == linted.rules(upgrade)


@pytest.mark.parametrize(
    ("old", "new", "is_found"),
    [
        ("String(20)", "String(10)", True),
        ("String(10)", "String(20)", False),
        ("Text()", "String(10)", True),
        ("String()", "String(10)", False),
        ("String(10)", "Text()", False),
        ("String(10)", "Integer()", True),
        ("Integer()", "String(10)", False),
        ("BigInteger()", "Integer()", True),
        ("SmallInteger()", "Integer()", False),
        ("Numeric(10, 2)", "Numeric(10, 1)", True),
        ("Numeric(10, 2)", "Numeric(11, 3)", False),
        ("Numeric(10, 2)", "Numeric(11, 4)", True),
        ("Numeric(10, 2)", "Integer()", True),
        ("Integer()", "Numeric(10, 2)", False),
        ("DateTime()", "Date()", True),
        ("Date()", "DateTime()", False),
        ("Enum('a', 'b', name='e')", "Enum('a', name='e')", True),
        ("Enum('a', name='e')", "Enum('a', 'b', name='e')", False),
        ("JSON()", "LargeBinary()", False),
    ],
)
def test_a_narrower_type_is_found(old: str, new: str, is_found: bool, linted: Linted) -> None:
    """A type that cannot hold all values of the old one is found, if the old one is given."""
    change = f"op.alter_column('t', 'c', existing_type=sa.{old}, type_=sa.{new})"
    assert ["change-type"] * is_found == linted.rules(change)
    assert [] == linted.rules(f"op.alter_column('t', 'c', type_=sa.{new})")


@pytest.mark.parametrize(
    ("downgrade", "is_found"),
    [
        ("pass", True),
        ("'''Nothing to do.'''", True),
        ("return", True),
        ("raise NotImplementedError", False),
        ("op.drop_table('t')", False),
    ],
)
def test_a_downgrade_that_does_nothing_is_found(
    downgrade: str, is_found: bool, linted: Linted
) -> None:
    """It would report success; one that raises says that it is missing."""
    linted.project.revision("a", None, NEW, downgrade)
    assert ["a no-downgrade 1"] * is_found == linted.found()


def test_a_change_of_rows_needs_no_downgrade(linted: Linted) -> None:
    """A downgrade that leaves the rows is usual."""
    linted.project.revision("a", None, "op.execute('UPDATE t SET c = 1')", "pass")
    assert [] == linted.found()


def test_an_earlier_revision_may_fill_a_column(linted: Linted) -> None:
    """NOT NULL is usually set in a later revision than the UPDATE."""
    raises = "raise NotImplementedError"
    linted.project.revision("a", None, "op.execute('UPDATE t SET c = 1')", raises)
    linted.project.revision("b", "a", SET, raises)
    assert [] == linted.found()
    assert ["b set-not-null 9"] == linted.found("b")


def test_a_naming_convention_names_constraints(linted: Linted) -> None:
    """The convention of the models applies to directives without a name."""
    convention = {"fk": "fk_%(table_name)s_%(column_0_name)s"}
    linted.project.attributes["options"] = {
        "target_metadata": MetaData(naming_convention=convention)
    }
    assert [] == linted.rules("op.create_foreign_key(None, 't', 'u', ['c'], ['id'])")


def test_rows_may_change_where_ddl_commits(linted: Linted) -> None:
    """Where DDL is not transactional, nothing stays locked."""
    linted.project.attributes["options"] = {"transactional_ddl": False}
    mixed = "op.add_column('t', sa.Column('c', sa.Text))\nop.execute('UPDATE t SET c = 1')"
    assert [] == linted.rules(mixed)

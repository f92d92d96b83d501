"""Different spellings of the same expression are equal; differing literals and brackets are not."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from idiolect.autogenerate import compare_metadata
from idiolect.migration import MigrationContext
from idiolect_sqlite.compare import is_stored_as, plain_expression


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("A + 1", "a+1", True, id="case and white space"),
        pytest.param('"a"+`b`', "[a] + b", True, id="quotes of names"),
        pytest.param("(a + 1)", "a + 1", True, id="brackets around all"),
        pytest.param("(a + 1) * 2", "a + 1 * 2", False, id="brackets around parts"),
        pytest.param("s = 'A'", "s = 'a'", False, id="case of literals"),
        pytest.param("s || ' '", "s || ''", False, id="white space of literals"),
        pytest.param("a is not null", "a isnotnull", False, id="words"),
    ],
)
def test_plain_expression(one: str, other: str, expected: bool) -> None:
    """Two expressions are equal except for insignificant differences."""
    assert expected is (plain_expression(one) == plain_expression(other))


@pytest.mark.parametrize(
    ("model", "reflected", "expected"),
    [
        pytest.param(sa.CLOB(), sa.TEXT(), True, id="text by affinity"),
        pytest.param(sa.BINARY(5), sa.NUMERIC(5), True, id="no affinity"),
        pytest.param(sa.BINARY(5), sa.NUMERIC(6), False, id="another length"),
        pytest.param(sa.String(5, collation="NOCASE"), sa.VARCHAR(5), True, id="collation"),
        pytest.param(sa.Integer(), sa.TEXT(), False, id="another type"),
    ],
)
def test_is_stored_as(model: Any, reflected: Any, expected: bool) -> None:
    """A type is what SQLAlchemy reads of it."""
    ours, theirs = sa.Column("a", model), sa.Column("a", reflected)
    assert expected is is_stored_as(ours, theirs, sqlite.dialect())


@pytest.mark.parametrize(
    ("declared", "model", "expected"),
    [
        pytest.param("false", sa.false(), False, id="false is 0"),
        pytest.param("TRUE", sa.text("1"), False, id="true is 1"),
        pytest.param("0", sa.text("FALSE"), False, id="0 is false"),
        pytest.param("true", sa.false(), True, id="another value"),
        pytest.param("'false'", "0", True, id="a text"),
    ],
)
def test_truth_values_as_defaults(declared: str, model: Any, expected: bool) -> None:
    """Revisions made on other databases write the words, SQLAlchemy writes numbers here."""
    models = sa.MetaData()
    sa.Table("t", models, sa.Column("a", sa.Boolean, server_default=model))
    with sa.create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLE t (a BOOLEAN DEFAULT {declared})")
        opts = {"compare_server_default": True}
        context = MigrationContext.configure(connection, opts=opts)
        assert expected is bool(compare_metadata(context, models))

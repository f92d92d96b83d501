"""The plugin's answers to the core's questions, as contexts see them."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from idiolect.ddl import lookup
from idiolect.errors import CommandError
from idiolect.hooks import OfflineTransaction
from idiolect.migration import MigrationContext
from idiolect_oracle import plugin
from idiolect_oracle.impl import OracleImpl


def _context(**opts: Any) -> MigrationContext:
    return MigrationContext.configure(dialect_name="oracle", opts={"as_sql": True, **opts})


def test_the_impl_is_the_plugins_own() -> None:
    """The plugin chooses its impl class."""
    assert OracleImpl is plugin.get_impl_class()


def test_the_rules() -> None:
    """Nothing rolls back, no terminator, a slash after each statement and after the opening."""
    rules = _context().rules
    assert (False, "", "/") == (
        rules.transactional_ddl,
        rules.statement_terminator,
        rules.batch_separator,
    )
    expected = OfflineTransaction(begin="SET TRANSACTION READ WRITE", separate_begin=True)
    assert expected == rules.offline_transaction
    assert "AUTOCOMMIT" == rules.autocommit_level


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "/"),
        ({"oracle_batch_separator": "BYE"}, "BYE"),
        ({"oracle_batch_separator": ""}, ""),
        ({"oracle_batch_separator": None}, ""),
    ],
    ids=["default", "given", "empty", "none"],
)
def test_batch_separator(options: dict[str, Any], expected: str) -> None:
    """The configured separator follows each statement, and is set on the impl."""
    context = _context(**options)
    assert (expected, expected) == (
        context.rules.batch_separator,
        getattr(context.impl, "batch_separator", None),
    )


def test_batch_separator_of_a_subclass(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's own class decides, unless the option does."""
    monkeypatch.setattr(lookup, "_classes", {})

    class Mine(OracleImpl):
        __dialect__ = "oracle"
        batch_separator = "GO"
        transactional_ddl = True

    assert ("GO", True) == (
        _context().rules.batch_separator,
        _context().rules.transactional_ddl,
    )
    assert "BYE" == _context(oracle_batch_separator="BYE").rules.batch_separator


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"oracle_batch_separator": 7}, r"oracle_batch_separator=\.\.\.\) got .* 'int'; .* str"),
        ({"oracle_sqlplus": "perhaps"}, r"oracle_sqlplus=\.\.\.\) got .* 'str'; .* bool"),
    ],
    ids=["separator", "sqlplus"],
)
def test_wrong_values_of_options(options: dict[str, Any], expected: str) -> None:
    """The error for a value of another type names the option."""
    with pytest.raises(CommandError, match=expected):
        _context(**options)


def test_misspelt_option() -> None:
    """A misspelt name causes a warning."""
    with pytest.warns(UserWarning, match="did you mean 'oracle_batch_separator'"):
        _context(oracle_batch_seperator="GO")


@pytest.mark.parametrize(
    "name",
    ["OracleImpl", "add_column", "alter_column", "visit_identity_column", "format_type"],
)
def test_documented_path(name: str) -> None:
    """The documented module has what programs take from it."""
    assert getattr(importlib.import_module("idiolect.ddl.oracle"), name) is not None


def test_documented_path_has_oracles_own() -> None:
    """A name that the core has as well is Oracle's there."""
    module = importlib.import_module("idiolect.ddl.oracle")
    assert "idiolect_oracle.compile" == module.alter_column.__module__

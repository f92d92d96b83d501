"""How the types of two columns are compared."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import Column, Enum, String
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import UserDefinedType

from idiolect.ddl.impl import DefaultImpl


class Written(UserDefinedType[str]):
    """A type with a given text, and a longer one in a column definition."""

    cache_ok = True

    def __init__(self, text: str, more: str = "") -> None:
        self.text = text
        self.more = more

    def get_col_spec(self, type_expression: Any = None, **_kw: Any) -> str:
        """Return the text."""
        return self.text if type_expression is None else self.text + self.more


class Impl(DefaultImpl):
    """The impl class of a package that knows nothing of reflection."""

    type_synonyms = (*DefaultImpl.type_synonyms, {"DOUBLE", "FLOAT"})


class WholeImpl(Impl):
    """One whose database reports types completely."""

    reflects_whole_types = True


#: Types in the database and in the model; whether they differ, by default and for WholeImpl.
TYPES = {
    "the same": ("INTEGER", "INTEGER", False, False),
    "another": ("INTEGER", "BIGINT", True, True),
    "synonyms": ("NUMERIC(10, 2)", "DECIMAL(10,2)", False, False),
    "one word more": ("DOUBLE", "DOUBLE PRECISION", False, True),
    "synonym with a word more": ("FLOAT", "DOUBLE PRECISION", False, True),
    "time zone on one side": ("TIMESTAMP", "TIMESTAMP(3) WITH TIME ZONE", False, True),
    "other number of words": ("INTERVAL YEAR", "INTERVAL DAY TO SECOND", False, True),
    "as many words": ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP WITH TIME ZONE", True, True),
    "word in front": ("NATIONAL CHAR", "NATIONAL VARCHAR", True, True),
    "first word": ("BIT VARYING", "CHAR", True, True),
    "length": ("VARCHAR(5)", "VARCHAR(6)", True, True),
    "length on one side": ("VARCHAR", "VARCHAR(6)", False, False),
    "length and words": ("TIME(2)", "TIME(3) WITH TIME ZONE", True, True),
    "no arguments in parentheses": ("ENUM()", "ENUM('a')", False, False),
    "setting": ("VECTOR(size=1)", "VECTOR(size=2)", False, True),
}


@pytest.mark.parametrize(("there", "wanted", "differs", "whole"), TYPES.values(), ids=TYPES.keys())
def test_types(there: str, wanted: str, *, differs: bool, whole: bool) -> None:
    """Words that a database may omit are compared only if its impl class says so."""
    columns = (Column("c", Written(there)), Column("c", Written(wanted)))

    assert differs is _impl(Impl).compare_type(*columns)
    assert whole is _impl(WholeImpl).compare_type(*columns)


def test_what_only_a_column_definition_has() -> None:
    """Some dialects render a length or a character set only in a table, and do not reflect it."""
    columns = (Column("c", Written("STRING")), Column("c", Written("STRING", " COLLATE x")))

    assert not _impl(Impl).compare_type(*columns)
    assert _impl(WholeImpl).compare_type(*columns)


def test_a_dialect_with_a_text_type_of_its_own() -> None:
    """A type that the dialect cannot adapt an Enum to is no obstacle."""

    class Text(String):
        def __init__(self, length: int | None = None) -> None:
            super().__init__(length)

    dialect = DefaultDialect()
    dialect.colspecs = {String: Text}
    columns: tuple[Any, Any] = (Column("c", String(1)), Column("c", Enum("a", "b")))

    assert not Impl(dialect, None, True, None, io.StringIO(), {}).compare_type(*columns)


def test_a_hook_of_early_releases_is_not_called() -> None:
    """Types that still have a method compare_against_backend are compared by their text."""

    class Old(Written):
        def compare_against_backend(self, *_args: object) -> bool:
            raise AssertionError

    columns = (Column("c", Written("OLD")), Column("c", Old("OLD")))

    assert not _impl(Impl).compare_type(*columns)


def _impl(of: type[DefaultImpl]) -> DefaultImpl:
    return of(DefaultDialect(), None, True, None, io.StringIO(), {})

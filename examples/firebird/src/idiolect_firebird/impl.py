"""Firebird's impl: standard SQL, in Firebird's syntax."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import idiolect_firebird.compile  # noqa: F401 - whoever has the impl has its SQL text
from idiolect.ddl.impl import DefaultImpl

if TYPE_CHECKING:
    from sqlalchemy import Column

#: Properties of a type that the database reports and models usually omit.
_IMPLIED = re.compile(r" (CHARACTER SET \w+|COLLATE \w+|SEGMENT SIZE \d+|SUB_TYPE BINARY)")


class FirebirdImpl(DefaultImpl):
    """Changes the schema of a Firebird database."""

    __dialect__ = "firebird.firebird"

    transactional_ddl = False

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Compare types as text, without character sets and segment sizes."""
        there, wanted = (
            _IMPLIED.sub("", str(column.type.compile(dialect=self.dialect)))
            for column in (inspector_column, metadata_column)
        )
        return there != wanted and super().compare_type(inspector_column, metadata_column)

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Compare without quotes: Firebird stores a default as written, ``'4'`` or ``4``."""
        return _plain(rendered_metadata_default) != _plain(rendered_inspector_default)


def _plain(default: str | None) -> str | None:
    if default and default[0] == default[-1] == "'":
        return default[1:-1].replace("''", "'")
    return default

"""All schemas of the corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.quiet.themes import computed, constraints, defaults, indexes, names, options, types

if TYPE_CHECKING:
    from tests.quiet.schema import Schema

DIALECTS = ("sqlite", "postgresql", "mariadb")
_THEMES = (types, defaults, computed, indexes, constraints, names, options)


def schemas(dialect: str) -> list[Schema]:
    """Return the schemas for a database."""
    return [schema for theme in _THEMES for schema in theme.schemas(dialect)]

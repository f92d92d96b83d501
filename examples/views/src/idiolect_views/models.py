"""Declares views and functions in a program's models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.util.langhelpers import to_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import MetaData

_KEY = "idiolect_views"


def view(metadata: MetaData, name: str, query: str) -> None:
    """Add a view to the models.

    Args:
        metadata: the models.
        name: the view's name.
        query: the SELECT.
    """
    metadata.info.setdefault(_KEY, {}).setdefault("view", {})[name] = query


def function(metadata: MetaData, signature: str, rest: str) -> None:
    """Add a function to the models; functions are only compared on PostgreSQL.

    Args:
        metadata: the models.
        signature: name and argument types as PostgreSQL writes them: ``half(integer)``.
        rest: the part of CREATE FUNCTION after it, starting with RETURNS.
    """
    metadata.info.setdefault(_KEY, {}).setdefault("function", {})[signature] = rest


def models_of(metadata: MetaData | Sequence[MetaData] | None, kind: str) -> dict[str, str]:
    """Return the models' definitions of a kind by name, in order."""
    found: dict[str, str] = {}
    for each in to_list(metadata) if metadata is not None else []:
        found.update(each.info.get(_KEY, {}).get(kind, {}))
    return found

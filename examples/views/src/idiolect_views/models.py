"""How a program tells of its views and functions, beside its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.util.langhelpers import to_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import MetaData

_KEY = "idiolect_views"


def view(metadata: MetaData, name: str, query: str) -> None:
    """Make a view part of the models.

    Args:
        metadata: the models.
        name: of the view.
        query: the SELECT.
    """
    metadata.info.setdefault(_KEY, {}).setdefault("view", {})[name] = query


def function(metadata: MetaData, signature: str, rest: str) -> None:
    """Make a function part of the models; PostgreSQL's alone are compared.

    Args:
        metadata: the models.
        signature: name and types of arguments, as PostgreSQL writes them: ``half(integer)``.
        rest: what stands after it in CREATE FUNCTION, from RETURNS on.
    """
    metadata.info.setdefault(_KEY, {}).setdefault("function", {})[signature] = rest


def models_of(metadata: MetaData | Sequence[MetaData] | None, kind: str) -> dict[str, str]:
    """Return what the models have of a kind: definitions by name, in order."""
    found: dict[str, str] = {}
    for each in to_list(metadata) if metadata is not None else []:
        found.update(each.info.get(_KEY, {}).get(kind, {}))
    return found

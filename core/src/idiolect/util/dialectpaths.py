"""Lets files write ``sqlalchemy.dialects.<name>`` without an import of the dialect.

Published revisions and their helpers do: with Alembic, one dialect is always loaded before them.
Installed before the first env.py or revision is executed; a dialect is loaded when it is named.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_PACKAGE = "sqlalchemy.dialects"


def offer_dialects() -> None:
    """Make the dialects of SQLAlchemy attributes of their package, loaded on first access."""
    package = importlib.import_module(_PACKAGE)
    vars(package).setdefault("__getattr__", _dialect)


def _dialect(name: str) -> ModuleType:
    path = f"{_PACKAGE}.{name}"
    # Inspecting tools ask modules for private names.
    if not name.startswith("_"):
        try:
            return importlib.import_module(path)
        except ModuleNotFoundError as exc:
            if exc.name != path:
                raise
    message = f"module {_PACKAGE!r} has no attribute {name!r}"
    raise AttributeError(message, name=name, obj=importlib.import_module(_PACKAGE))

"""Type aliases for ids as function arguments, for use in annotations.

Used by the runtime, and by programs through :mod:`idiolect.script.revision`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from idiolect.revisions.node import Revision

RevisionIds = str | Iterable[str | None] | Iterable[str]
"""One id or several, as passed to the functions of env.py."""

RevisionId = str | list[str] | tuple[str, ...]
"""One id or several, as accepted by commands."""

RevisionNumber = str | tuple[str, ...] | None
"""What an identifier resolves to."""

RevisionOrBase = Revision | Literal["base"]
"""A revision, or ``"base"``."""

RevisionOrId = Revision | str
"""A revision, or its id."""

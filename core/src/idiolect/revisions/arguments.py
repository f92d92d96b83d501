"""Types of ids as they are given to functions, for those who annotate theirs.

Used by the runtime, and by programs at the path :mod:`idiolect.script.revision`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from idiolect.revisions.node import Revision

RevisionIds = str | Iterable[str | None] | Iterable[str]
"""One id or several, as a function of env.py is given them."""

RevisionId = str | list[str] | tuple[str, ...]
"""One id or several, as a command takes them."""

RevisionNumber = str | tuple[str, ...] | None
"""What an argument stands for, once it is read."""

RevisionOrBase = Revision | Literal["base"]
"""A revision, or what is below the first."""

RevisionOrId = Revision | str
"""A revision, or its id."""

"""The record that the hook ``register_templates`` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TemplateFolder:
    """A template for the command ``init``.

    Attributes:
        path: a folder with env.py, ``script.py.mako``, the template of a config file, and a
            README whose first line ``list_templates`` prints.
        name: the template's name; ``""``: the folder's name.
    """

    path: Path
    name: str = ""

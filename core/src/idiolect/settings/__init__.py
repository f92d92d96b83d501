"""Configuration: ini files, ``pyproject.toml``, and values set in code.

Used by the command line and ``env.py`` through :class:`idiolect.settings.config.Config`. Nothing
here connects to a database, evaluates a value, or shows one in an error message.
"""

from __future__ import annotations

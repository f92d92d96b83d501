#!/usr/bin/env python3
"""The developer's entry point: `python3 tools/dev.py demo`, `test`, `matrix`, `check`, `servers`.

Requires only Python 3.11 and its standard library; everything else is fetched into `.venv` and a
cache folder.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said here, before a syntax error says less
    sys.exit(f"Idiolect needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}.")

from devtools.main import main

if __name__ == "__main__":
    sys.exit(main())

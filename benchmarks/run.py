"""The door: `python benchmarks/run.py [--quick]`. What it measures stands in suite.py."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # A program of the repository, which is no installed package.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from benchmarks.suite import main

    sys.exit(main())

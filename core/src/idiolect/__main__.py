"""``python -m idiolect`` is the command ``idiolect``."""

from __future__ import annotations

from idiolect.cli.entry import main

if __name__ == "__main__":
    main(prog="idiolect")

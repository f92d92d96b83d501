"""Activates the alias in Python subprocesses before they run anything.

``python -m idiolect_alembic --subprocesses`` prepends this file's folder to PYTHONPATH; it is
imported in no other way. A module of the same name further down the path is executed as well.
"""

# ruff: noqa: INP001 - found by its folder's path, and part of no package
from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - every start pays


def _activate() -> None:
    try:
        from idiolect_alembic.alias import AlembicImportedError, activate
    except ModuleNotFoundError:
        # A Python of another environment, in which Idiolect is not installed.
        return
    try:
        activate()
    except AlembicImportedError as exc:
        # An exception would be printed and ignored, and the process continue with the other
        # library.
        sys.stderr.write(f"FAILED: {exc} [{exc.code}]\n")
        sys.stderr.flush()
        os._exit(1)


def _run_the_hidden_one() -> None:
    sys.path[:] = [each for each in sys.path if os.path.abspath(each) != HERE]  # noqa: PTH100
    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


_activate()
_run_the_hidden_one()

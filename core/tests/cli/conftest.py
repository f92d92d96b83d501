"""The terminals of the commands' tests serve those of the command line too."""

from __future__ import annotations

from core.tests.commands.conftest import branched, linear, terminal

__all__ = ["branched", "linear", "terminal"]

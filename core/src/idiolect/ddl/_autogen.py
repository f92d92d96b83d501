"""An import path of published programs for the result of a comparison."""

from __future__ import annotations

from idiolect.ddl.signatures import ComparisonResult

__all__ = ["ComparisonResult"]

"""A place from which published programs import the outcome of a comparison."""

from __future__ import annotations

from idiolect.ddl.signatures import ComparisonResult

__all__ = ["ComparisonResult"]

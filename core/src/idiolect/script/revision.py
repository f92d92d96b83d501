"""The documented import path of the revision graph; re-exports :mod:`idiolect.revisions`."""

from __future__ import annotations

from idiolect.revisions.arguments import RevisionId as _RevIdType
from idiolect.revisions.arguments import RevisionIds as _GetRevArg
from idiolect.revisions.arguments import RevisionNumber as _RevisionIdentifierType
from idiolect.revisions.arguments import RevisionOrBase as _RevisionOrBase
from idiolect.revisions.arguments import RevisionOrId as _RevisionOrStr
from idiolect.revisions.errors import (
    CycleDetected,
    DependencyCycleDetected,
    DependencyLoopDetected,
    LoopDetected,
    MissingRevisionError,
    MultipleHeads,
    RangeNotAncestorError,
    ResolutionError,
    RevisionError,
)
from idiolect.revisions.graph import RevisionMap
from idiolect.revisions.node import Revision, is_revision, tuple_rev_as_scalar

__all__ = [
    "CycleDetected",
    "DependencyCycleDetected",
    "DependencyLoopDetected",
    "LoopDetected",
    "MissingRevisionError",
    "MultipleHeads",
    "RangeNotAncestorError",
    "ResolutionError",
    "Revision",
    "RevisionError",
    "RevisionMap",
    "_GetRevArg",
    "_RevIdType",
    "_RevisionIdentifierType",
    "_RevisionOrBase",
    "_RevisionOrStr",
    "is_revision",
    "tuple_rev_as_scalar",
]

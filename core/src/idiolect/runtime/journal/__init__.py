"""The statement journal: what a revision has done so far, where a rollback cannot undo it.

Used by :mod:`idiolect.runtime.migration` with a run and its steps, and by the commands ``current``
and ``repair`` with questions about what is unfinished.
"""

from __future__ import annotations

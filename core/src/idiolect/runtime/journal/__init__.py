"""The statement journal: the progress of revisions that a rollback cannot undo.

Used by :mod:`idiolect.runtime.migration` for a run and its steps, and by the commands ``current``
and ``repair`` to inspect unfinished revisions.
"""

from __future__ import annotations

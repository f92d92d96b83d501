"""The statement journal: what a revision has done so far, where a rollback cannot undo it.

:mod:`idiolect.runtime.migration` comes in with a run and its steps, the commands ``current`` and
``repair`` with questions about what is unfinished.
"""

from __future__ import annotations

"""Batches: changes of one table that are carried out together, by ALTER or by a new table.

Documented path of the two classes that dialects' impls meet: what was recorded, and the table
that is rebuilt.
"""

from __future__ import annotations

from idiolect.operations.batch.rebuild import ApplyBatchImpl
from idiolect.operations.batch.record import BatchOperationsImpl

__all__ = ["ApplyBatchImpl", "BatchOperationsImpl"]

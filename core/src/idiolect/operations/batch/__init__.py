"""Batches: changes of one table that are executed together, by ALTER or by recreating the table.

The documented import path of the two classes that dialects' impls use: the recorded batch, and the
table being rebuilt.
"""

from __future__ import annotations

from idiolect.operations.batch.rebuild import ApplyBatchImpl
from idiolect.operations.batch.record import BatchOperationsImpl

__all__ = ["ApplyBatchImpl", "BatchOperationsImpl"]

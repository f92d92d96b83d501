# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.operations.batch.rebuild import ApplyBatchImpl as ApplyBatchImpl
from idiolect.operations.batch.record import BatchOperationsImpl as BatchOperationsImpl

"""The documented path of all operation classes."""

from __future__ import annotations

from idiolect.operations.ops.columns import AddColumnOp as AddColumnOp
from idiolect.operations.ops.columns import DropColumnOp as DropColumnOp
from idiolect.operations.ops.core import AlterTableOp as AlterTableOp
from idiolect.operations.ops.core import MigrateOperation as MigrateOperation
from idiolect.operations.ops.data import BulkInsertOp as BulkInsertOp
from idiolect.operations.ops.data import ExecuteSQLOp as ExecuteSQLOp
from idiolect.operations.ops.indexes import CreateIndexOp as CreateIndexOp
from idiolect.operations.ops.indexes import DropIndexOp as DropIndexOp
from idiolect.operations.ops.tables import CreateTableOp as CreateTableOp
from idiolect.operations.ops.tables import DropTableOp as DropTableOp
from idiolect.operations.ops.tables import RenameTableOp as RenameTableOp

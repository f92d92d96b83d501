"""The documented import path of all operation classes."""

from __future__ import annotations

from idiolect.operations.ops.altercolumn import AlterColumnOp as AlterColumnOp
from idiolect.operations.ops.columns import AddColumnOp as AddColumnOp
from idiolect.operations.ops.columns import DropColumnOp as DropColumnOp
from idiolect.operations.ops.comments import CreateTableCommentOp as CreateTableCommentOp
from idiolect.operations.ops.comments import DropTableCommentOp as DropTableCommentOp
from idiolect.operations.ops.constraints import AddConstraintOp as AddConstraintOp
from idiolect.operations.ops.constraints import CreateCheckConstraintOp as CreateCheckConstraintOp
from idiolect.operations.ops.constraints import CreatePrimaryKeyOp as CreatePrimaryKeyOp
from idiolect.operations.ops.constraints import CreateUniqueConstraintOp as CreateUniqueConstraintOp
from idiolect.operations.ops.constraints import DropConstraintOp as DropConstraintOp
from idiolect.operations.ops.containers import DowngradeOps as DowngradeOps
from idiolect.operations.ops.containers import MigrationScript as MigrationScript
from idiolect.operations.ops.containers import ModifyTableOps as ModifyTableOps
from idiolect.operations.ops.containers import OpContainer as OpContainer
from idiolect.operations.ops.containers import UpgradeOps as UpgradeOps
from idiolect.operations.ops.core import AlterTableOp as AlterTableOp
from idiolect.operations.ops.core import MigrateOperation as MigrateOperation
from idiolect.operations.ops.data import BulkInsertOp as BulkInsertOp
from idiolect.operations.ops.data import ExecuteSQLOp as ExecuteSQLOp
from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp as CreateForeignKeyOp
from idiolect.operations.ops.indexes import CreateIndexOp as CreateIndexOp
from idiolect.operations.ops.indexes import DropIndexOp as DropIndexOp
from idiolect.operations.ops.tables import CreateTableOp as CreateTableOp
from idiolect.operations.ops.tables import DropTableOp as DropTableOp
from idiolect.operations.ops.tables import RenameTableOp as RenameTableOp

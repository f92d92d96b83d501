# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.runtime.heads import HeadMaintainer as HeadMaintainer
from idiolect.runtime.migration import MigrationContext as MigrationContext
from idiolect.runtime.steps import MigrationInfo as MigrationInfo
from idiolect.runtime.steps import MigrationStep as MigrationStep
from idiolect.runtime.steps import RevisionStep as RevisionStep
from idiolect.runtime.steps import StampStep as StampStep

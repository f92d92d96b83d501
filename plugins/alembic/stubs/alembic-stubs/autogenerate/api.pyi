# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.autogenerate.api import *
from idiolect.autogenerate.context import AutogenContext as AutogenContext
from idiolect.autogenerate.revision import RevisionContext as RevisionContext
from idiolect.autogenerate.api import _render_migration_diffs as _render_migration_diffs
from idiolect.autogenerate import compare as compare
from idiolect.autogenerate import render as render

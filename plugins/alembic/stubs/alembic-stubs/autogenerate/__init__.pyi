# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.autogenerate.context import AutogenContext as AutogenContext
from idiolect.autogenerate.revision import RevisionContext as RevisionContext
from idiolect.autogenerate.rewriter import Rewriter as Rewriter
from idiolect.autogenerate.compare.net import _produce_net_changes as _produce_net_changes
from idiolect.autogenerate.api import _render_migration_diffs as _render_migration_diffs
from idiolect.autogenerate.builtin import comparators as comparators
from idiolect.autogenerate.api import compare_metadata as compare_metadata
from idiolect.autogenerate.api import produce_migrations as produce_migrations
from idiolect.autogenerate.render import render_op_text as render_op_text
from idiolect.autogenerate.api import render_python_code as render_python_code
from idiolect.autogenerate.render import renderers as renderers

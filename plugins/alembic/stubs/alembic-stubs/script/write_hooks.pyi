# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.script.write_hooks import *
from idiolect.script.write_hooks import _get_required_option as _get_required_option
from idiolect.script.write_hooks import _invoke as _invoke
from idiolect.script.write_hooks import _parse_cmdline_options as _parse_cmdline_options
from idiolect.script.write_hooks import _registry as _registry
from idiolect.script.write_hooks import _run_hook as _run_hook
from idiolect.script.write_hooks import _run_hooks as _run_hooks

# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.runtime.plugins import *
from idiolect.runtime.plugins import _all_plugins as _all_plugins
from idiolect.runtime.plugins import _make_re as _make_re
from idiolect.runtime.plugins import _translate_legacy_name as _translate_legacy_name

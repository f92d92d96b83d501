# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.ddl.impl import *
from idiolect.ddl.impl import _impls as _impls

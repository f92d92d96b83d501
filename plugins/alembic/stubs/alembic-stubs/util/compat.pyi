# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.util.compat import *

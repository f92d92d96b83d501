# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.autogenerate.builtin import comparators as comparators

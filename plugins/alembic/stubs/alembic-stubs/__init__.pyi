# Written by tools/write_alembic_stubs.py; not to be edited.
from . import context as context, op as op

__version__: str

# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.runtime.environment import EnvironmentContext as EnvironmentContext

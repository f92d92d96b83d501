# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.script.script import Script as Script
from idiolect.script.base import ScriptDirectory as ScriptDirectory

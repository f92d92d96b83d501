# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.util.editor import *
from idiolect.util.editor import _default_editors as _default_editors
from idiolect.util.editor import _find_editor as _find_editor
from idiolect.util.editor import _find_executable as _find_executable

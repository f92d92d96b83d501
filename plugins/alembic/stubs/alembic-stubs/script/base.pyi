# Written by tools/write_alembic_stubs.py; not to be edited.
from typing import Any
from idiolect.script.base import *
from idiolect.script.script import Script as Script
_default_file_template: Any
_only_source_rev_file: Any
_slug_re: Any
_sourceless_rev_file: Any

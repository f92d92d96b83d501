# Written by tools/write_alembic_stubs.py; not to be edited.
from typing import Any
from idiolect.ddl.impl import *
from idiolect.ddl.signatures import ComparisonResult as ComparisonResult
_impls: Any

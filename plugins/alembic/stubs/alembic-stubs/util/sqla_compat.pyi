# Written by tools/write_alembic_stubs.py; not to be edited.
from typing import Any
from idiolect.util.sqla_compat import *
_columns_for_constraint: Any
_connectable_has_table: Any
_get_connection_in_transaction: Any
_table_for_constraint: Any
compiles: Any

# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect_sqlite.impl import SQLiteImpl as SQLiteImpl
from idiolect_sqlite.compile import visit_column_name as visit_column_name
from idiolect_sqlite.compile import visit_rename_table as visit_rename_table

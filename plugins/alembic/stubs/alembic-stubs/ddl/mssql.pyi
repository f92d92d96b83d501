# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect_mssql.impl import MSSQLImpl as MSSQLImpl
from idiolect_mssql.compile import mssql_add_column as mssql_add_column
from idiolect_mssql.compile import visit_add_column as visit_add_column
from idiolect_mssql.compile import visit_column_comment as visit_column_comment
from idiolect_mssql.compile import visit_column_default as visit_column_default
from idiolect_mssql.compile import visit_column_nullable as visit_column_nullable
from idiolect_mssql.compile import visit_column_type as visit_column_type
from idiolect_mssql.compile import visit_rename_table as visit_rename_table

# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect_oracle.impl import OracleImpl as OracleImpl
from idiolect_oracle.compile import add_column as add_column
from idiolect_oracle.compile import alter_column as alter_column
from idiolect_oracle.compile import visit_add_column as visit_add_column
from idiolect_oracle.compile import visit_column_comment as visit_column_comment
from idiolect_oracle.compile import visit_column_default as visit_column_default
from idiolect_oracle.compile import visit_column_name as visit_column_name
from idiolect_oracle.compile import visit_column_nullable as visit_column_nullable
from idiolect_oracle.compile import visit_column_type as visit_column_type
from idiolect_oracle.compile import visit_identity_column as visit_identity_column
from idiolect_oracle.compile import visit_rename_table as visit_rename_table

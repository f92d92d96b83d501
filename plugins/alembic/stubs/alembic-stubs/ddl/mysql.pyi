# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect_mysql.impl import MariaDBImpl as MariaDBImpl
from idiolect_mysql.compile import MySQLAlterDefault as MySQLAlterDefault
from idiolect_mysql.compile import MySQLChangeColumn as MySQLChangeColumn
from idiolect_mysql.impl import MySQLImpl as MySQLImpl
from idiolect_mysql.compile import MySQLModifyColumn as MySQLModifyColumn

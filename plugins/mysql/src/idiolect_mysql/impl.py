"""MySQL's and MariaDB's impls: changes of tables commit by themselves.

Contexts on MySQL and MariaDB make one.
"""

from __future__ import annotations

from idiolect.ddl.impl import DefaultImpl


class MySQLImpl(DefaultImpl):
    """Tells a MySQL database to change."""

    __dialect__ = "mysql"

    transactional_ddl = False


class MariaDBImpl(MySQLImpl):
    """Tells a MariaDB database to change."""

    __dialect__ = "mariadb"

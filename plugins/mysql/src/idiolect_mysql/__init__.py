"""Idiolect's dialect plugins for MySQL and MariaDB."""

from __future__ import annotations

from idiolect_mysql.plugin import MariadbPlugin, MysqlPlugin

plugin = MysqlPlugin()
mariadb_plugin = MariadbPlugin()

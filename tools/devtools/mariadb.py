"""A private MariaDB: finds its programs, or unpacks Debian's, and starts it."""

from __future__ import annotations

import socket
from pathlib import Path

from devtools import debian
from devtools.server import Programs, Server, search_path, started
from devtools.shell import Failure, attempt


def start() -> tuple[Server, str]:
    """Start a MariaDB server.

    Returns:
        The server, and the URL of a user who may do everything; it names no database.

    Raises:
        Failure: no programs can be had, or they do not start.
    """
    found = programs()
    server = started(lambda: Server("MariaDB", found), _serve)
    return server, f"mariadb+pymysql://idiolect:{server.password}@127.0.0.1:{server.port}/"


def _serve(server: Server) -> None:
    found = server.programs
    data = server.folder / "data"
    base = [f"--basedir={found.base}"] if found.base else []
    server.prepare(
        [
            found.need("mariadb-install-db", "mysql_install_db"),
            "--no-defaults",
            *base,
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-name-resolve",
            "--skip-test-db",
        ]
    )
    first_words = server.write(
        "init.sql",
        f"CREATE USER 'idiolect'@'%' IDENTIFIED BY '{server.password}';\n"
        "GRANT ALL ON *.* TO 'idiolect'@'%' WITH GRANT OPTION;\n",
    )
    server.serve(
        [
            found.need("mariadbd", "mysqld"),
            "--no-defaults",
            *base,
            f"--datadir={data}",
            f"--init-file={first_words}",
            "--bind-address=127.0.0.1",
            f"--port={server.port}",
            f"--socket={server.folder}/socket",
            f"--pid-file={server.folder}/pid",
            "--skip-name-resolve",
            "--max-connections=400",
            "--character-set-server=utf8mb4",
            # The data live for one run: nothing has to survive a power cut.
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-doublewrite=0",
        ],
        lambda: _greets(server.port),
    )


def _greets(port: int) -> bool:
    """Return whether the server sends its first packet; the port opens earlier."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return bool(connection.recv(1))
    except OSError:
        return False


def programs() -> Programs:
    """Give the installed programs, or Debian's, unpacked into the cache folder.

    Raises:
        Failure: there are none, and this system cannot fetch them.
    """
    installed = Programs((*search_path(), Path("/usr/sbin"), Path("/usr/local/sbin")))
    program = installed.find("mariadbd")
    has_tool = installed.find("mariadb-install-db")
    if program and has_tool and not attempt([program, "--version"]).returncode:
        return installed
    if not debian.is_available():
        raise Failure("MariaDB is not installed, and this system has no apt to fetch it with.")
    root = debian.unpack("mariadb-server")
    usr = root / "usr"
    return Programs((usr / "bin", usr / "sbin"), debian.library_path(root), usr)

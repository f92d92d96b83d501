"""A private pgbouncer before a PostgreSQL server: finds the program, or unpacks Debian's."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from devtools import debian
from devtools.server import Programs, Server, search_path, started
from devtools.shell import Failure

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_CONFIG = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
pool_mode = transaction
auth_type = plain
auth_file = {users}
ignore_startup_parameters = extra_float_digits
default_pool_size = 10
"""


def start(server_url: str) -> tuple[Server, str]:
    """Start a connection pooler in transaction mode.

    Args:
        server_url: URL of a database on the PostgreSQL server, with user and password.

    Returns:
        The pooler, and the URL with its address in place of the server's.

    Raises:
        Failure: the program is not available, or does not start.
    """
    parts = urlsplit(server_url)
    found = _programs()
    pooler = started(lambda: Server("pgbouncer", found), lambda each: _serve(each, parts))
    address = f"{parts.username}:{parts.password}@127.0.0.1:{pooler.port}"
    return pooler, parts._replace(netloc=address).geturl()


def _serve(pooler: Server, parts: SplitResult) -> None:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    users = pooler.write("users", f'"{user}" "{password}"\n')
    config = _CONFIG.format(
        host=parts.hostname, port=parts.port or 5432, own_port=pooler.port, users=users
    )
    program = pooler.programs.need("pgbouncer")
    pooler.serve([program, pooler.write("pgbouncer.ini", config)], lambda: _answers(pooler.port))


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _programs() -> Programs:
    installed = Programs((Path("/usr/sbin"), *search_path()))
    if installed.find("pgbouncer"):
        return installed
    if not debian.is_available():
        raise Failure("pgbouncer is not installed, and this system has no apt to fetch it with.")
    root = debian.unpack("pgbouncer")
    return Programs((root / "usr/sbin",), debian.library_path(root), root / "usr")

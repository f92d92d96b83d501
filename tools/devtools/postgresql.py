"""A private PostgreSQL: finds its programs, or unpacks Debian's, and starts it."""

from __future__ import annotations

from pathlib import Path

from devtools import debian
from devtools.server import Programs, Server, search_path, started
from devtools.shell import Failure, attempt

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # The data live for one run: nothing has to survive a power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "400",
}


def start() -> tuple[Server, str]:
    """Start a PostgreSQL server.

    Returns:
        The server, and the URL of its superuser's database.

    Raises:
        Failure: no programs can be had, or they do not start.
    """
    found = programs()
    server = started(lambda: Server("PostgreSQL", found), _serve)
    url = f"postgresql+psycopg://postgres:{server.password}@127.0.0.1:{server.port}/postgres"
    return server, url


def _serve(server: Server) -> None:
    data = server.folder / "data"
    password = server.write("password", server.password)
    server.prepare(
        [
            server.programs.need("initdb"),
            f"--pgdata={data}",
            "--username=postgres",
            "--auth=scram-sha-256",
            f"--pwfile={password}",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
    )
    settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
    program = server.programs.need("postgres")
    server.serve(
        [program, "-D", data, "-p", str(server.port), *settings],
        lambda: _is_ready(data / "postmaster.pid"),
    )


def _is_ready(pid_file: Path) -> bool:
    # The last line of postmaster.pid is the state that `pg_ctl -w` waits for.
    try:
        return pid_file.read_text(encoding="utf-8").splitlines()[-1].strip() == "ready"
    except (OSError, IndexError):
        return False


def programs() -> Programs:
    """Give the installed programs, or Debian's, unpacked into the cache folder.

    Raises:
        Failure: there are none, and this system cannot fetch them.
    """
    installed = Programs((*_by_version(Path("/usr/lib/postgresql")), *search_path()))
    program = installed.find("postgres")
    if program and installed.find("initdb") and not attempt([program, "--version"]).returncode:
        return installed
    if not debian.is_available():
        raise Failure("PostgreSQL is not installed, and this system has no apt to fetch it with.")
    root = debian.unpack("postgresql")
    folders = tuple(_by_version(root / "usr/lib/postgresql"))
    return Programs(folders, debian.library_path(root), root / "usr")


def _by_version(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/bin"), key=lambda bin_: int(bin_.parent.name), reverse=True)

"""Commands on a project in separate processes, several at once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projects import Project

#: For a machine that has much else to do.
SECONDS = 300
RUN = """
import signal
import sys
# Whoever starts the tests in the background has them ignore SIGINT, and all they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
from idiolect import command
from idiolect.settings.config import Config
import json
folder, url, options, words = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), sys.argv[4:]
config = Config(attributes={"options": options})
config.set_main_option("script_location", folder)
config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
import logging
logging.basicConfig(level=logging.INFO, format="%(message)s")
getattr(command, words[0])(config, *words[1:])
"""


def start(project: Project, *words: str, options: str = "{}") -> subprocess.Popen[str]:
    """Start a command in a separate process."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(project.folder), project.url, options, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(processes: list[subprocess.Popen[str]]) -> list[str]:
    """Wait for all; return the output of those that failed.

    Raises:
        subprocess.TimeoutExpired: one of them hangs; all have been killed.
    """
    try:
        said = [(process.communicate(timeout=SECONDS)[0], process) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    return [output for output, process in said if process.returncode]

"""Runs one command and prints what it cost; started anew for each, and small.

A process counts the memory of the one that it was forked from as its own peak, so the one that
measures must be smaller than any that is measured: this one imports next to nothing.
Arguments: seconds until the command is ended, then its words. Prints: exit status, whether it was
ended, CPU seconds with children, peak memory in the system's unit.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the program."""
    limit, *words = sys.argv[1:]
    null = os.open(os.devnull, os.O_RDWR)
    quiet = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)]
    child = os.posix_spawn(words[0], words, os.environ, file_actions=quiet)
    ended = []

    def end(*_: object) -> None:
        ended.append(child)
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    _, status, used = os.wait4(child, 0)
    exit_status = os.waitstatus_to_exitcode(status)
    print(exit_status, len(ended), used.ru_utime + used.ru_stime, used.ru_maxrss)  # noqa: T201 - read by measure.py


if __name__ == "__main__":
    main()

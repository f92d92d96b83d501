"""Reads the command line of `tools/dev.py` and calls the module that does the work."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from devtools import checks, demo, servers, testing
from devtools.shell import ROOT, Failure, announce


def main() -> int:
    """Run one subcommand.

    Returns:
        The exit status: 0, that of the program that failed, or 130 after Ctrl-C.
    """
    signal.signal(signal.SIGTERM, _leave)
    # What is fetched and made here is read by the user that the servers run as.
    os.umask(0o022)
    options, rest = _parser().parse_known_args()
    if rest and options.command not in {"test", "matrix"}:
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        _dispatch(options, rest)
    except Failure as exc:
        print(f"dev.py: {exc}", file=sys.stderr, flush=True)
        return exc.status
    except KeyboardInterrupt:
        return 130
    return 0


def _dispatch(options: argparse.Namespace, rest: list[str]) -> None:
    venv: Path = options.venv or ROOT / ".venv"
    match options.command:
        case "demo":
            demo.demo(options.url, venv)
        case "check":
            checks.check(venv)
        case "servers":
            _wait(options.without)
        case "test" if options.alone:
            alone = ROOT / ".venvs"
            testing.test_alone(venv, alone, rest, without=options.without, again=options.again)
        case "matrix":
            testing.matrix(ROOT / ".venvs", rest, without=options.without)
        case _:
            full = ["--full"] if options.full else []
            if options.sqlalchemy and not options.venv:
                venv = ROOT / ".venvs" / f"sqlalchemy-{options.sqlalchemy}"
            words = [*full, *rest]
            testing.test(
                venv,
                words,
                without=options.without,
                sqlalchemy=options.sqlalchemy,
                again=options.again,
            )


def _wait(without: list[str]) -> None:
    """Keep the servers up until Ctrl-C, their URLs printed for a shell to take over."""
    with servers.running(servers.PRIVATE, without) as urls:
        for name, url in urls.items():
            announce(f"export {name}={url}")
        announce("running until Ctrl-C")
        signal.pause()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools/dev.py", allow_abbrev=False)
    parser.add_argument("--venv", type=Path, help="venv to use (default: .venv)")
    commands = parser.add_subparsers(dest="command", required=True)

    sub = commands.add_parser("demo", help="migrate an example project up, down and up again")
    sub.add_argument("--url", help="SQLAlchemy URL of an empty database (default: an SQLite file)")

    commands.add_parser("check", help="lint, format, types, layers")

    sub = commands.add_parser(
        "test",
        help="run the tests; arguments not listed here go to pytest",
        allow_abbrev=False,
    )
    sub.add_argument("--full", action="store_true", help="all of the long matrices, no sample")
    sub.add_argument(
        "--again", action="store_true", help="run a few tests that fail once more, by themselves"
    )
    sub.add_argument("--alone", action="store_true", help="each package in a venv of its own")
    sub.add_argument(
        "--sqlalchemy",
        choices=testing.SQLALCHEMYS,
        default="",
        help="the release of SQLAlchemy to test with (default: the newest)",
    )
    _add_without(sub)

    sub = commands.add_parser(
        "matrix",
        help="run the tests with each Python on PATH and each release of SQLAlchemy",
        allow_abbrev=False,
    )
    _add_without(sub)

    sub = commands.add_parser("servers", help="start the tests' servers and wait")
    _add_without(sub)
    return parser


def _add_without(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=sorted(servers.PRIVATE),
        help="leave a database and its tests out; may be given more than once",
    )


def _leave(signal_number: int, _frame: object) -> NoReturn:
    """Turn SIGTERM into an exception, so that every server is ended on the way out."""
    raise SystemExit(128 + signal_number)

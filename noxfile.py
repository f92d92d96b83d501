"""The commands of `tools/dev.py` as sessions, for those who prefer nox."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["check", "tests"]


@nox.session
def check(session: nox.Session) -> None:
    """Lint, format, types, layers."""
    session.run("python3", "tools/dev.py", "check", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests on real servers."""
    session.run("python3", "tools/dev.py", "test", *session.posargs, external=True)


@nox.session
def alone(session: nox.Session) -> None:
    """Each package's tests in a venv of its own."""
    session.run("python3", "tools/dev.py", "test", "--alone", *session.posargs, external=True)


@nox.session
def matrix(session: nox.Session) -> None:
    """All tests with each Python that is installed and each release of SQLAlchemy."""
    session.run("python3", "tools/dev.py", "matrix", *session.posargs, external=True)


@nox.session
def news(session: nox.Session) -> None:
    """Show the changelog that the fragments will make."""
    session.run("towncrier", "build", "--draft", "--version", "next", external=True)

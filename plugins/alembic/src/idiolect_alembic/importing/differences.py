"""Determines which documented differences from Alembic affect a project.

Each entry is a heading of docs/explanation/differences.md, a sentence, and the affected places in
the project; a test checks the headings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idiolect_alembic.importing.history import History
    from idiolect_alembic.importing.project import Project
    from idiolect_alembic.importing.source import PythonFile

_PLACES = 5
#: Databases that commit with each DDL statement.
_NOT_TRANSACTIONAL = frozenset({"mysql", "mariadb", "oracle"})
#: Identifiers of revisions that are not ids.
_SYMBOLS = frozenset({"base", "current", "head", "heads"})
_OPTIONS_OF_COMPARISON = ("compare_server_default", "compare_type", "target_metadata")


@dataclass(frozen=True, slots=True)
class Difference:
    """A documented difference that affects the project.

    Attributes:
        title: the heading in differences.md.
        text: what will be different.
        places: ``file:line`` of affected code; empty if the database is the reason.
    """

    title: str
    text: str
    places: list[str]


def touched(project: Project, history: History) -> list[Difference]:
    """Return the differences that affect a project, most important first.

    Args:
        project: its files.
        history: its revisions.
    """
    found: list[Difference] = []
    dialects = {*project.dialects}

    def add(title: str, text: str, places: Iterable[str] = ()) -> None:
        found.append(Difference(title, text, [*places]))

    batches = _calling(project, "batch_alter_table")
    if "sqlite" in dialects:
        add(
            "SQLite is transactional",
            "A revision that fails on SQLite leaves nothing behind. transactional_ddl=False in "
            "context.configure() restores Alembic's behaviour.",
        )
    pragmas = _places(project, lambda each: each.strings)
    if pragmas and dialects <= {"sqlite"}:
        add(
            "Pragmas in a revision",
            "What was done before one of these statements is committed first, with a warning.",
            pragmas,
        )
    if batches:
        add("Batches", "What Alembic's batches lose or fail on is kept or refused.", batches)
    commits = _calling(project, "commit", only_revisions=True)
    if commits:
        add(
            "A commit inside a revision",
            "The version row is written all the same; inside of engine.begin() the commit is "
            "refused.",
            commits,
        )
    cut_off = [*_calling(project, "autocommit_block"), *commits]
    if cut_off or dialects & _NOT_TRANSACTIONAL:
        add(
            "An interrupted revision is resumed",
            "The next run continues after the last write of an interrupted revision. With "
            "journal = false, it starts from the first line.",
            cut_off,
        )
    add(
        "The migration lock",
        "Runs on one version table wait for each other. With --no-lock, or migration_lock = "
        "false, they run concurrently.",
    )
    _add_of_env(project, add)
    _add_of_revisions(project, history, add)
    _add_of_dialects(project, add)
    add(
        "Exit status and place of errors",
        "A command that fails ends with status 1 and reports the error on standard error; "
        "Alembic ends with 255.",
    )
    return found


def _add_of_revisions(project: Project, history: History, add: Callable[..., None]) -> None:
    executed = _places(project, lambda each: each.executed if each.is_revision else [])
    if executed:
        add(
            "Revision files are read as text",
            "These lines run when a revision of the file does, not with every command.",
            executed,
        )
    if history.doubled:
        add(
            "Two files with one id",
            f"Listings work; running one of the files is refused: {', '.join(history.doubled)}.",
        )
    spoilt = [each for each in history.labels if not _is_good_label(each)]
    if spoilt:
        names = ", ".join(map(repr, spoilt))
        add("Branch labels that cannot be referenced", f"Loading the history warns of {names}.")
    inserts = _calling(project, "bulk_insert")
    if inserts:
        add("bulk_insert", "Rows with different keys are inserted completely.", inserts)
    long = _places(
        project,
        lambda each: [1] if each.is_revision and _is_long(each.identifiers.get("revision")) else [],
    )
    if long:
        add(
            "Long revision ids", "The version table is widened for ids of over 32 characters.", long
        )


def _add_of_env(project: Project, add: Callable[..., None]) -> None:
    env = project.env
    if env is None:
        return
    where = project.shown(env.path)
    compared = [name for name in _OPTIONS_OF_COMPARISON if _is_given(env, name)]
    if compared:
        places = [f"{where}:{env.configure[name][1]}" for name in compared]
        add(
            "Expressions as the database reports them",
            "Defaults and conditions of the models are compared in the form in which the "
            "database reports them, so check and revision --autogenerate find other differences.",
            places,
        )
        add(
            "Likely renames",
            "A revision that adds and drops what may be the same has a comment that shows the "
            "rename.",
            places,
        )
        if "postgresql" in project.dialects:
            add(
                "Additional sets of comparators",
                "Enumerated types, sequences, indexes and EXCLUDE constraints are compared too.",
                places,
            )
    if "run_migrations" not in env.calls:
        add(
            "Commands that would do nothing fail",
            "A command whose env.py never calls context.run_migrations() fails.",
            [f"{where}:1"],
        )
    if "transaction_per_migration" in env.configure or "transactional_ddl" in env.configure:
        names = [
            n for n in ("transaction_per_migration", "transactional_ddl") if n in env.configure
        ]
        add(
            "Options of configure() are checked",
            "A text such as 'false' is read as a boolean.",
            [f"{where}:{env.configure[name][1]}" for name in names],
        )


def _add_of_dialects(project: Project, add: Callable[..., None]) -> None:
    if {"mysql", "mariadb"} & {*project.dialects}:
        add("MySQL and MariaDB", "Computed columns can be altered; MEDIUMTEXT is no difference.")
    if "oracle" in project.dialects:
        add("Scripts for Oracle", "Scripts are worded so that SQL*Plus reads them whole.")
        add("Statements for Oracle", "Comments name the schema; more is refused or warned of.")
    if "mssql" in project.dialects:
        add("SQL Server", "Names are quoted everywhere; scripts are cut into batches.")


def _is_good_label(label: str) -> bool:
    return label not in _SYMBOLS and not re.search(r"[@:]|^[+-]\d+$", label)


def _is_long(revision: object) -> bool:
    return isinstance(revision, str) and len(revision) > len("0" * 32)


def _is_given(env: PythonFile, name: str) -> bool:
    return env.configure.get(name, ("None", 0))[0] not in {"None", "False"}


def _calling(project: Project, name: str, *, only_revisions: bool = False) -> list[str]:
    def lines(each: PythonFile) -> list[int]:
        wanted = name in each.calls and (each.is_revision or not only_revisions)
        return [each.calls[name]] if wanted else []

    return _places(project, lines)


def _places(project: Project, lines: Callable[[PythonFile], list[int]]) -> list[str]:
    """Return the places in revisions and env.py: the first few, and how many more there are."""
    found = [
        f"{project.shown(each.path)}:{line}" for each in project.environment for line in lines(each)
    ]
    more = [f"and {len(found) - _PLACES} more"] if len(found) > _PLACES else []
    return found[:_PLACES] + more

"""Runs histories with faults in real processes, for either side's `import alembic`.

A separate program, started by the side's interpreter: reads a request as JSON from standard
input, writes outcomes as JSON to standard output. Each run is a fork, so that SIGKILL ends a real
process without the cost of starting an interpreter each time.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

ENV = """
from alembic import context

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        transaction_per_migration=context.config.attributes["per_migration"],
    )
    with context.begin_transaction():
        context.run_migrations()
"""


class Fault:
    """Counts what is sent and committed on an engine, and strikes at one point.

    Args:
        kind: `none`, `kill`, `terminate` (the server ends the session) or `full` (SQLite's disk).
        at: the number of the point, from 1.
        url: the database.
    """

    def __init__(self, kind: str, at: int, url: str) -> None:
        self.kind, self.at, self.url = kind, at, url
        self.points = 0

    def engine(self) -> sa.Engine:
        """Return an engine whose statements and commits are fault points."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        dialect = engine.dialect
        for name in ("do_execute", "do_executemany", "do_execute_no_params", "do_commit"):
            setattr(dialect, name, self._wrapped(getattr(dialect, name)))
        if self.kind == "full":
            sa.event.listen(engine, "connect", self._limit)
        return engine

    def _wrapped(self, send: Callable[..., None]) -> Callable[..., None]:
        def wrapper(*args: Any) -> None:
            send(*args)
            self.points += 1
            if self.points == self.at:
                self._strike(args[0])

        return wrapper

    def _strike(self, cursor: Any) -> None:
        if self.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.kind == "terminate":
            terminate(self.url, getattr(cursor, "driver_connection", None) or cursor.connection)

    def _limit(self, connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + self.at - 1}")


def terminate(url: str, connection: Any) -> None:
    """End the server's session of a DBAPI connection, from another one."""
    other = sa.create_engine(url, poolclass=sa.NullPool)
    with other.connect() as bind:
        if bind.dialect.name == "postgresql":
            pid = connection.info.backend_pid
            bind.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        else:
            bind.execute(sa.text(f"KILL {connection.thread_id()}"))


def fork(
    work: Callable[[], dict[str, Any]], kill_after: float | None = None
) -> tuple[str, dict[str, Any]]:
    """Run `work` in a forked process, and kill it after some seconds if requested.

    Returns:
        `done`, `failed` or `killed`, and what it returned.
    """
    read, write = os.pipe()
    pid = os.fork()
    answer: dict[str, Any]
    if not pid:
        os.close(read)
        try:
            answer = {"ok": work()}
        except BaseException as exc:  # noqa: BLE001 - the parent is told
            answer = {"error": f"{type(exc).__name__}: {exc}"[:20000]}
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    chunks = []
    while chunk := os.read(read, 65536):
        chunks.append(chunk)
    os.close(read)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) or not chunks:
        return "killed", {}
    answer = json.loads(b"".join(chunks))
    return ("done" if "ok" in answer else "failed"), answer


def clear(url: str) -> None:
    """Empty the database."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{parsed.database}{suffix}").unlink(missing_ok=True)
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        else:
            connection.execute(sa.text(f"DROP DATABASE `{parsed.database}`"))
            connection.execute(sa.text(f"CREATE DATABASE `{parsed.database}`"))


def snapshot(url: str) -> dict[str, Any]:
    """Return the definitions and the rows of all tables."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    found: dict[str, Any] = {}
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        for name in sorted(inspector.get_table_names()):
            columns = [
                [str(c["name"]), str(c["type"]), c["nullable"], str(c["default"])]
                for c in inspector.get_columns(name)
            ]
            indexes = sorted(
                [str(i["name"]), i["column_names"], bool(i["unique"])]
                for i in inspector.get_indexes(name)
            )
            unique = sorted(
                [str(u["name"]), u["column_names"]] for u in inspector.get_unique_constraints(name)
            )
            quoted = engine.dialect.identifier_preparer.quote(name)
            rows = sorted(map(repr, connection.execute(sa.text(f"SELECT * FROM {quoted}"))))
            # Left behind, empty, by a run that was cut off after all was done.
            if rows or not name.endswith("_journal"):
                found[name] = [columns, indexes, unique, rows]
        if engine.dialect.name == "postgresql":
            invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
            found["invalid indexes"] = sorted(connection.execute(sa.text(invalid)).scalars())
    return found


class Project:
    """A folder of revisions on one database.

    Args:
        folder: where it is created.
        url: the database.
        history: a History as a dict.
    """

    def __init__(self, folder: Path, url: str, history: dict[str, Any]) -> None:
        self.folder, self.url, self.history = folder, url, history
        (folder / "versions").mkdir(parents=True, exist_ok=True)
        (folder / "env.py").write_text(ENV)
        (folder / "script.py.mako").write_text("")
        self.write("files")

    def write(self, files: str) -> None:
        """Write the revision files, original or fixed."""
        for name, text in self.history[files].items():
            (self.folder / "versions" / name).write_text(text)

    def run(self, what: str, target: str, fault: Fault) -> dict[str, Any]:
        """Run a command in this process."""
        config = importlib.import_module("alembic.config").Config(attributes={})
        config.set_main_option("script_location", str(self.folder))
        config.attributes["engine"] = fault.engine()
        config.attributes["per_migration"] = self.history["per_migration"]
        try:
            getattr(importlib.import_module("alembic.command"), what)(config, target)
        finally:
            config.attributes["engine"].dispose()
        return {"points": fault.points}

    def base(self) -> None:
        """Bring the database to where the function that is cut off begins."""
        clear(self.url)
        self.write("files")
        target = "b" if self.is_down else "a"
        status, answer = fork(lambda: self.run("upgrade", target, Fault("none", 0, self.url)))
        if status != "done":
            message = f"the base could not be made: {status} {answer}"
            raise RuntimeError(message)

    @property
    def is_down(self) -> bool:
        """Whether the downgrade is cut off."""
        return bool(self.history["direction"] == "downgrade")

    def go(self, fault: Fault, kill_after: float | None = None) -> tuple[str, dict[str, Any]]:
        """Run the function that is cut off, in a process."""
        target = "a" if self.is_down else "head"
        return fork(lambda: self.run(self.history["direction"], target, fault), kill_after)


def play(project: Project, kind: str, at: float, wanted: dict[str, Any]) -> dict[str, Any]:
    """Run with one fault, run again, and report the state of the database.

    Returns:
        `outcome` is `same` as without the fault, `told` if the second run stopped and changed
        nothing, `blocked` if it failed otherwise, `different` if it succeeded with another state.
    """
    project.base()
    moment = at if kind == "moment" else None
    first, answer = project.go(Fault(kind, int(at), project.url), kill_after=moment)
    if project.history["fixed"]:
        project.write("fixed_files")
    again, second = project.go(Fault("none", 0, project.url))
    after = snapshot(project.url)
    if again == "done":
        outcome = "same" if after == wanted else "different"
    elif "UnfinishedRevisionError" in second.get("error", "") and _changes_nothing(project, after):
        outcome = "told"
    else:
        outcome = "blocked"
    return {
        "fault": kind,
        "at": at,
        "first": first,
        "first_error": answer.get("error", ""),
        "outcome": outcome,
        "error": second.get("error", ""),
        "difference": [] if outcome == "same" else differing(after, wanted),
    }


def _changes_nothing(project: Project, before: dict[str, Any]) -> bool:
    """Run once more; by now a killed session's transaction has been rolled back."""
    status, answer = project.go(Fault("none", 0, project.url))
    return (
        status == "failed"
        and "UnfinishedRevisionError" in answer["error"]
        and before == snapshot(project.url)
    )


def differing(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Return the tables that differ, with both sides."""
    return [
        f"{name}: {found.get(name)} instead of {wanted.get(name)}"
        for name in sorted({*found, *wanted})
        if found.get(name) != wanted.get(name)
    ]


def faults_of(request: dict[str, Any], points: int, took: float) -> list[tuple[str, float]]:
    """Return the faults to play: at every point, or at some that are spread over the run."""
    chosen: list[tuple[str, float]] = []
    for kind, count in request["kinds"].items():
        if kind == "moment":
            draw = random.Random(request["seed"])
            chosen += [(kind, draw.uniform(0, took)) for _ in range(count)]
            continue
        every = 5 if kind == "full" else points
        some = min(count or every, every)
        last = every if some == every else some + 1
        chosen += [(kind, every * number // last) for number in range(1, some + 1)]
    return chosen


def main() -> None:
    """Answer the request."""
    if importlib.util.find_spec("idiolect_alembic"):
        importlib.import_module("idiolect_alembic").activate()
    # Loaded once, before the first fork.
    importlib.import_module("alembic.command")
    request = json.load(sys.stdin)
    results = []
    for number, history in enumerate(request["histories"]):
        project = Project(Path(request["folder"]) / str(number), request["url"], history)
        if not number:
            # What a first run loads, all forks then have.
            clear(project.url)
            project.run(
                "upgrade", "head" if not history["fixed"] else "a", Fault("none", 0, project.url)
            )
            snapshot(project.url)
        project.base()
        if history["fixed"]:
            project.write("fixed_files")
        began = time.monotonic()
        status, answer = project.go(Fault("none", 0, project.url))
        took = time.monotonic() - began
        if status != "done":
            message = f"{history['name']} fails by itself: {answer}"
            raise RuntimeError(message)
        wanted = snapshot(project.url)
        cases = [
            play(project, kind, at, wanted)
            for kind, at in faults_of(request, answer["ok"]["points"], took)
        ]
        results.append({"history": history["name"], "cases": cases})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()

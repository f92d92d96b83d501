"""Runs one upgrade in many processes or threads at once, for either side's `import alembic`.

A separate program, started by the side's interpreter: reads a request as JSON from standard
input, writes outcomes as JSON to standard output. Processes are forks that wait for one signal, so
that all begin at the same moment.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import select
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds after which a process counts as hanging.
PATIENCE = 240
SLEEP = 2
IDS = ("r0", "r1", "r2", "r3")
ENV = """
from alembic import context
from sqlalchemy import NullPool, create_engine

engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        transaction_per_migration=context.config.attributes["per_migration"],
    )
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = '''"""{id}"""
import time
import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade():
    {first}
    time.sleep({seconds})
    op.execute("INSERT INTO done (word) VALUES ('{id}')")


def downgrade():
    pass
'''
TABLE = 'op.create_table("done", sa.Column("word", sa.String(20)))'
#: Each thread of several is in the middle of its revision when the others are.
MEETING = "op.get_context().config.attributes['barrier'].wait(240)"


def main() -> None:
    """Answer the request."""
    if importlib.util.find_spec("idiolect_alembic"):
        importlib.import_module("idiolect_alembic").activate()
    # Loaded once, before the first fork.
    importlib.import_module("alembic.command")
    request = json.load(sys.stdin)
    play = _threads_round if request["what"] == "threads" else _processes_round
    folder = Path(request["folder"])
    _warm_up(folder, request.get("url", f"sqlite:///{folder}/warm.db"))
    rounds = []
    for number in range(request["rounds"]):
        shutil.rmtree(folder, ignore_errors=True)
        rounds.append(play(folder, request, number))
    json.dump(rounds, sys.stdout)


def _warm_up(folder: Path, url: str) -> None:
    """Load once, before the first fork, what a run loads."""
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder, TABLE, {})
    _clear(url)
    _upgrade(folder, "head", url=url, per_migration=False)
    _is_right(url)


def _processes_round(folder: Path, request: dict[str, Any], number: int) -> dict[str, Any]:
    """Run `upgrade head` in processes; every second round in a transaction a revision.

    Returns:
        `failed`, how many processes ended in an error, `hung`, how many did not end, `right`,
        whether each revision left its row once, and `errors`, the kinds of the first few.
    """
    url = request["url"]
    _clear(url)
    slow = IDS[2 if request["begin"] == "middle" else 0] if request["slow"] else None
    _write(folder, TABLE, {slow: SLEEP})
    config = {"url": url, "per_migration": bool(number % 2)}
    if request["begin"] == "middle":
        _ended(*_started([lambda: _upgrade(folder, "r1", **config)]))
    answers = _ended(*_started([lambda: _upgrade(folder, "head", **config)] * request["processes"]))
    errors = [answer for answer in answers if answer]
    return {
        "failed": len([each for each in errors if each != "hung"]),
        "hung": errors.count("hung"),
        "right": _is_right(url),
        "errors": sorted(set(errors))[:3],
    }


def _threads_round(folder: Path, request: dict[str, Any], _number: int) -> dict[str, Any]:
    """Run ``upgrade head`` in threads of one process, each on a separate SQLite database."""
    count = request["threads"]
    _write(folder, f"{TABLE}\n    {MEETING}", {})
    urls = [f"sqlite:///{folder}/{number}.db" for number in range(count)]

    def work() -> None:
        failed: list[str] = []
        barrier = threading.Barrier(count)

        def one(url: str) -> None:
            try:
                _upgrade(folder, "head", url=url, per_migration=False, barrier=barrier)
            except BaseException as exc:  # noqa: BLE001 - the parent is told
                failed.append(_words(exc))

        threads = [threading.Thread(target=one, args=(url,), daemon=True) for url in urls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        if failed:
            raise RuntimeError("; ".join(sorted(set(failed))))

    errors = [answer for answer in _ended(*_started([work])) if answer]
    return {
        "failed": len(errors),
        "hung": errors.count("hung"),
        "right": all(_is_right(url) for url in urls),
        "errors": errors,
    }


def _upgrade(folder: Path, target: str, **attributes: Any) -> None:
    config = importlib.import_module("alembic.config").Config(attributes=attributes)
    config.set_main_option("script_location", str(folder))
    importlib.import_module("alembic.command").upgrade(config, target)


def _started(works: list[Callable[[], None]]) -> tuple[dict[int, int], float]:
    """Fork a process for each, and let all begin; return their pids by the pipe of the answer."""
    gate_read, gate_write = os.pipe()
    pipes = {}
    for work in works:
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(gate_write)
            os.read(gate_read, 1)
            try:
                work()
                answer = ""
            except BaseException as exc:  # noqa: BLE001 - the parent is told
                answer = _words(exc)
            os.write(write, answer.encode())
            os._exit(0)
        os.close(write)
        pipes[read] = pid
    os.close(gate_read)
    os.close(gate_write)
    return pipes, time.monotonic() + PATIENCE


def _ended(pipes: dict[int, int], deadline: float) -> list[str]:
    """Return the error message of each process, "" for success."""
    answers: dict[int, str] = {}
    while len(answers) < len(pipes):
        waiting = [read for read in pipes if read not in answers]
        ready, _, _ = select.select(waiting, [], [], max(0, deadline - time.monotonic()))
        for read in ready:
            answers[read] = os.read(read, 4096).decode()
        if not ready:
            for read in waiting:
                os.kill(pipes[read], signal.SIGKILL)
                answers[read] = "hung"
    for read, pid in pipes.items():
        os.close(read)
        os.waitpid(pid, 0)
    return list(answers.values())


def _words(exc: BaseException) -> str:
    cause = str(getattr(exc, "orig", None) or exc)
    return f"{type(exc).__name__}: {' '.join(cause.split())[:100]}"


def _write(folder: Path, first: str, seconds: dict[str | None, int]) -> None:
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    (folder / "script.py.mako").write_text("")
    for number, name in enumerate(IDS):
        text = REVISION.format(
            id=name,
            down=IDS[number - 1] if number else None,
            first="pass" if number else first,
            seconds=seconds.get(name, 0),
        )
        (folder / "versions" / f"{name}.py").write_text(text)


def _is_right(url: str) -> bool:
    """Return whether each revision has left its row once, and the version is the last one's."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            rows = sorted(connection.execute(sa.text("SELECT word FROM done")).scalars())
            heads = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
            return (rows, list(heads.scalars())) == (list(IDS), [IDS[-1]])
    except sa.exc.DBAPIError:
        return False


def _clear(url: str) -> None:
    """Empty the database."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{parsed.database}{suffix}").unlink(missing_ok=True)
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        else:
            connection.execute(sa.text(f"DROP DATABASE `{parsed.database}`"))
            connection.execute(sa.text(f"CREATE DATABASE `{parsed.database}`"))


if __name__ == "__main__":
    main()

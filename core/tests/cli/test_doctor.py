"""doctor: each of the faults that are planted here is found, and a sound project has none."""

from __future__ import annotations

import json
import marshal
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.script import index

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.tests.commands.terminal import Terminal

    Plant = Callable[[Terminal], object]


def edit(terminal: Terminal, name: str, old: str, new: str) -> None:
    """Replace text in a file of the project."""
    path = terminal.folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def url(text: str) -> Plant:
    """Return what lets the project have another URL."""
    return lambda terminal: edit(terminal, "idiolect.ini", "sqlite:///app.db", text)


def rows(statement: str) -> Plant:
    """Return what upgrades the database and then changes its version table."""

    def plant(terminal: Terminal) -> None:
        terminal.run("upgrade", "head")
        with sqlite3.connect(terminal.folder / "app.db") as connection:
            connection.execute(statement)

    return plant


def broken_plugin(terminal: Terminal) -> None:
    """Install a distribution whose plugin cannot be imported."""
    info = terminal.folder / "house" / "house-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[idiolect.dialects]\nhouse = no_such_module\n")
    sys.path.append(str(info.parent))


def fail_halfway(terminal: Terminal) -> None:
    """Leave a revision unfinished, after a statement that is committed."""
    rolls_back = '__dialect__ = "sqlite"; transactional_ddl = True'
    edit(terminal, "migrations/env.py", '__dialect__ = "sqlite"', rolls_back)
    halfway = """with op.get_context().autocommit_block():
        op.execute("CREATE TABLE t_half (id INTEGER)")
    1 / 0
    op.execute("CREATE TABLE t_c333 """
    edit(
        terminal,
        "migrations/versions/c333_.py",
        'op.execute("CREATE TABLE t_c333 ',
        halfway,
    )
    terminal.run("upgrade", "head")


def table(name: str) -> Plant:
    """Return a function that upgrades the database and creates another table."""
    return rows(f"CREATE TABLE {name} (id INTEGER)")


def somebody_elses(terminal: Terminal) -> None:
    """Let the version table have the name of an unrelated existing table."""
    edit(terminal, "migrations/env.py", "connection=connection", "connection, version_table='t'")
    with sqlite3.connect(terminal.folder / "app.db") as connection:
        connection.execute("CREATE TABLE t (i)")


def without_b222_table(terminal: Terminal) -> None:
    """Leave what a batch operation does when it is cut off between DROP and RENAME."""
    rows("ALTER TABLE t_b222 RENAME TO _alembic_tmp_t_b222")(terminal)


FAULTS: dict[str, tuple[Plant, str, str]] = {
    "no config file": (
        lambda terminal: (terminal.folder / "idiolect.ini").unlink(),
        "config",
        "No 'script_location' key found",
    ),
    "ini file that is none": (
        lambda terminal: terminal.write("idiolect.ini", "script_location\n[idiolect]\n"),
        "config",
        "idiolect.ini",
    ),
    "script_location leads nowhere": (
        lambda terminal: edit(terminal, "idiolect.ini", "/migrations", "/nowhere"),
        "config",
        "Path doesn't exist",
    ),
    "no env.py": (
        lambda terminal: (terminal.folder / "migrations" / "env.py").unlink(),
        "env.py",
        "does not exist",
    ),
    "env.py is no Python": (
        lambda terminal: edit(terminal, "migrations/env.py", "import os", "import os os"),
        "env.py",
        "is not valid Python: line 2",
    ),
    "env.py fails": (
        lambda terminal: edit(terminal, "migrations/env.py", "import os", "import no_such_thing"),
        "database",
        "no_such_thing",
    ),
    "env.py runs nothing": (
        lambda terminal: edit(terminal, "migrations/env.py", "context.run_migrations()", "pass"),
        "env.py",
        "without a call of context.run_migrations()",
    ),
    "no template": (
        lambda terminal: (terminal.folder / "migrations" / "script.py.mako").unlink(),
        "template",
        "'revision' cannot write files",
    ),
    "revision that is no Python": (
        lambda terminal: edit(terminal, "migrations/versions/b222_.py", "def up", "def de up"),
        "revisions",
        "b222_.py",
    ),
    "revision that follows none there is": (
        lambda terminal: (terminal.versions / "b222_.py").unlink(),
        "revisions",
        "b222",
    ),
    "dialect that nobody knows": (url("nosuch://localhost/shop"), "database", "is unknown to"),
    "driver that is not there": (
        url("oracle+cx_oracle://localhost/shop"),
        "database",
        "is not installed",
    ),
    "URL that is none": (url("just words"), "database", "cannot be parsed"),
    "database that is not reached": (
        url("sqlite:////nowhere/at/all.db"),
        "database",
        "Cannot connect",
    ),
    "unknown revision in the database": (
        rows("UPDATE alembic_version SET version_num = 'zzz9'"),
        "version table",
        "holds zzz9, which no revision file declares",
    ),
    "row without a revision": (
        rows("UPDATE alembic_version SET version_num = ''"),
        "database",
        "has a row without a revision id",
    ),
    "revision left unfinished": (fail_halfway, "version table", "c333 is unfinished"),
    "rows that overlap": (
        rows("INSERT INTO alembic_version VALUES ('a111')"),
        "version table",
        "has rows for both c333 and a111",
    ),
    "version table of somebody else's": (
        somebody_elses,
        "database",
        "version_num",
    ),
    "batch operation that was cut off": (
        table("_alembic_tmp_t_b222"),
        "leftovers",
        "'_alembic_tmp_t_b222' was left",
    ),
    "batch operation that was cut off late": (
        without_b222_table,
        "leftovers",
        "'t_b222' does not exist",
    ),
    "no plugin for the dialect": (
        lambda terminal: edit(
            terminal, "migrations/env.py", '__dialect__ = "sqlite"', "__dialect__ = 'other'"
        ),
        "database",
        "No dialect plugin for 'sqlite'",
    ),
    "plugin that cannot be imported": (broken_plugin, "plugins", "no_such_module"),
}


def examined(terminal: Terminal) -> tuple[int, dict[str, Any]]:
    """Return the doctor's exit status and document."""
    said = terminal.run("doctor", "--format", "json")
    return said.status, json.loads(said.out)


def test_a_sound_project_has_no_problem(linear: Terminal) -> None:
    """At the heads all is well, and the status is 0."""
    linear.run("upgrade", "head")

    status, document = examined(linear)

    assert (0, 1, True) == (status, document["version"], document["healthy"])
    found = {each["check"]: (each["status"], each["text"]) for each in document["findings"]}
    assert ("ok", "3 in 1 folder") == found["revisions"]
    assert ("ok", "c333") == found["heads"]
    assert ("ok", "'alembic_version' is at c333") == found["version table"]
    assert found["database"][1].startswith("sqlite:///app.db: sqlite 3.")
    assert "note" == found["models"][0]


@pytest.mark.parametrize(("plant", "check", "text"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(
    linear: Terminal, monkeypatch: pytest.MonkeyPatch, plant: Plant, check: str, text: str
) -> None:
    """The document names it, the status is 1, and nothing else ends the command."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    plant(linear)

    status, document = examined(linear)

    problems = [each for each in document["findings"] if each["status"] == "problem"]
    assert (1, False) == (status, document["healthy"])
    assert any(each["check"] == check and text in each["text"] for each in problems), problems


@pytest.mark.parametrize(
    ("plant", "check", "text"),
    [
        pytest.param(
            lambda terminal: terminal.revision("d444", "a111"), "heads", "2 heads", id="two heads"
        ),
        pytest.param(
            lambda terminal: terminal.run("upgrade", "a111"), "version table", "a111", id="behind"
        ),
        pytest.param(
            lambda terminal: sqlite3.connect(terminal.folder / "app.db").execute(
                "CREATE TABLE t (i)"
            ),
            "version table",
            "the database has tables",
            id="never stamped",
        ),
    ],
)
def test_what_may_be_meant_is_a_note(linear: Terminal, plant: Plant, check: str, text: str) -> None:
    """It is reported with a remedy, and the status stays 0."""
    plant(linear)

    status, document = examined(linear)

    (found,) = [each for each in document["findings"] if each["check"] == check]
    assert (0, "note") == (status, found["status"])
    assert text in found["text"]
    assert found["remedy"]


def test_an_id_that_is_too_long_is_a_note(linear: Terminal) -> None:
    """It is reported before the run that has to widen the column."""
    linear.run("upgrade", "head")
    linear.revision("d" * 40, "c333")

    status, document = examined(linear)

    told = [each["text"] for each in document["findings"] if each["check"] == "version table"]
    assert 0 == status
    assert "has room for 32 characters" in told[-1]
    assert "has 40" in told[-1]


def test_an_index_that_tells_something_else_is_found(
    linear: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changed without a change of its stat is named."""
    monkeypatch.setattr(index, "_WORTH_KEEPING", 1)
    monkeypatch.setattr(index, "_SETTLED_NS", -(10**12))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    linear.run("heads")
    kept = index.index_path(str(linear.versions.resolve()))
    front = index._load_front(kept)
    rest = index._load_rest(kept, front)
    assert rest is not None
    records = rest[-1]
    place = list(index._rows(front, rest, "")).index("b222_.py")
    records[place] = marshal.dumps(("zzzz", *marshal.loads(records[place])[1:]))
    Path(kept).write_bytes(index._contents(front, rest))

    _, document = examined(linear)

    (found,) = [each for each in document["findings"] if each["check"] == "index"]
    assert "problem" == found["status"]
    assert "b222_.py" in found["text"]
    Path(kept).write_bytes(b"something else")
    _, document = examined(linear)
    assert not [
        each
        for each in document["findings"]
        if each["check"] == "index" and each["status"] == "problem"
    ]


@pytest.mark.parametrize(
    ("package", "text"),
    [
        pytest.param(True, "which does not know about", id="another"),
        pytest.param(False, "there is no such module", id="none"),
    ],
)
def test_files_that_import_something_else_as_alembic_are_found(
    linear: Terminal, package: bool, text: str
) -> None:
    """A package of that name that is not Idiolect is reported before env.py fails."""
    edit(
        linear, "migrations/versions/b222_.py", "from idiolect import op", "from alembic import op"
    )
    other = linear.folder / "other" / ("alembic" if package else "unused")
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "op.py").write_text("def execute(text): ...\n")
    hidden = {} if package else {"NO_ALEMBIC": "1"}
    (linear.folder / "other" / "sitecustomize.py").write_text(
        "import os, sys\nif 'NO_ALEMBIC' in os.environ: sys.modules['alembic'] = None\n"
    )

    said = linear.start(
        "doctor",
        "--format",
        "json",
        IDIOLECT_DISABLE_PLUGINS="idiolect-alembic,idiolect-sqlite",
        PYTHONPATH=str(linear.folder / "other"),
        **hidden,
    )

    (found,) = [each for each in json.loads(said.out)["findings"] if each["check"] == "alembic"]
    assert (1, "problem") == (said.status, found["status"])
    assert "b222_.py" in found["text"]
    assert text in found["text"]


def test_the_text_says_how_to_fix_it(linear: Terminal) -> None:
    """A line a finding, the remedy below it, and what env.py prints elsewhere."""
    (linear.folder / "migrations" / "script.py.mako").unlink()
    edit(linear, "migrations/env.py", "import os", "import os; print('noise')")

    said = linear.run("doctor")

    at = next(number for number, line in enumerate(said.lines) if "problem" in line)
    assert said.lines[at].startswith("problem  template      ")
    assert f"{'':<23}To fix it: copy it from a project created by 'init'" == said.lines[at + 1]
    assert "noise" not in said.out
    assert "FAILED: The doctor found 1 problem; see above. [IDI-001]" in said.err


def test_a_password_is_not_told(linear: Terminal) -> None:
    """Neither in what is found nor in how to fix it."""
    url("oracle+cx_oracle://scott:tiger-secret@localhost/shop")(linear)

    said = linear.run("doctor")

    assert "cx_Oracle" in said.out
    assert "tiger-secret" not in said.out + said.err


def test_nothing_is_changed(linear: Terminal) -> None:
    """The checks create no table."""
    linear.run("doctor")

    assert not linear.tables()


def test_an_unknown_format_is_refused(linear: Terminal) -> None:
    """The message names the two."""
    assert "expected 'text' or 'json'" in linear.run("doctor", "--format", "xml").err


def test_tables_of_idiolect_are_nobody_elses(linear: Terminal) -> None:
    """At the base, a lease that stays in the database does not count as the project's table."""
    linear.run("upgrade", "head")
    linear.run("downgrade", "base")
    found = []
    for name in ("alembic_version_lock", "theirs"):
        with sqlite3.connect(linear.folder / "app.db") as connection:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER)")
        findings = examined(linear)[1]["findings"]
        found += [each["text"] for each in findings if each["check"] == "version table"]

    assert [
        "'alembic_version' is at the base, the heads are c333.",
        "'alembic_version' is empty, but the database has tables.",
    ] == found

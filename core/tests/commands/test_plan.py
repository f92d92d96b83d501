"""`--plan` of upgrade and downgrade: its output, and that it changes nothing."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal

NOT_ROLLED_BACK = (
    "one per step; this database cannot roll back DDL, so a step that fails stays partly applied"
)
HEAD = '''"""{rev}"""
import sqlalchemy as sa
from idiolect import context, op
revision, down_revision = {rev!r}, {down!r}

def upgrade():
'''


def write(terminal: Terminal, rev: str, down: str | None, *lines: str) -> None:
    """Write a revision whose upgrade() has the given lines."""
    body = "".join(f"    {line}\n" for line in lines)
    terminal.write(f"migrations/versions/{rev}_.py", HEAD.format(rev=rev, down=down) + body)


def set_option(terminal: Terminal, option: str) -> None:
    """Have env.py pass an option to configure()."""
    path = terminal.folder / "migrations" / "env.py"
    text = path.read_text("utf-8").replace("configure(", f"configure({option}, ")
    path.write_text(text, "utf-8")


def plan(terminal: Terminal, *words: str) -> dict[str, Any]:
    """Return the one database of a plan's document."""
    said = terminal.run(*words, "--plan", "--format", "json")
    document = json.loads(said.out)
    assert 1 == document["version"]
    (database,) = document["databases"]
    return dict(database)


def test_a_plan_tells_what_would_run(linear: Terminal) -> None:
    """Each step has its revisions, message, file and SQL, beneath where the database is."""
    linear.run("upgrade", "a111")

    said = linear.run("upgrade", "head", "--plan")

    assert [
        "database:    sqlite:///app.db",
        "current:     a111 (table alembic_version)",
        f"transaction: {NOT_ROLLED_BACK}",
        "lock:        other runs on this version table wait",
        "",
        "1. upgrade a111 -> b222, the second",
        f"   file: {linear.versions / 'b222_.py'}",
        "    CREATE TABLE t_b222 (id INTEGER);",
        "",
        "2. upgrade b222 -> c333, the third",
        f"   file: {linear.versions / 'c333_.py'}",
        "    CREATE TABLE t_c333 (id INTEGER);",
        "",
        "2 revisions would run. Nothing was changed.",
    ] == said.lines
    assert (["a111"], ["alembic_version", "t_a111"]) == (linear.ids(), linear.tables())


def test_a_plan_of_a_new_database_makes_no_version_table(linear: Terminal) -> None:
    """All revisions would run, and nothing exists afterwards."""
    said = linear.run("upgrade", "head", "--plan")

    assert (0, "3 revisions would run. Nothing was changed.") == (said.status, said.lines[-1])
    assert "1. upgrade base -> a111, the first" in said.lines
    assert not linear.tables()


def test_nothing_to_run(linear: Terminal) -> None:
    """At the destination the plan is empty."""
    linear.run("upgrade", "head")

    assert "Nothing would run." == linear.run("upgrade", "head", "--plan").lines[-1]


def test_a_plan_of_the_way_down(linear: Terminal) -> None:
    """downgrade() is written, in the order in which it would run."""
    linear.run("upgrade", "head")

    steps = plan(linear, "downgrade", "a111")["steps"]

    names = ("revision", "direction", "from_revisions", "to_revisions", "message", "sql")
    assert [
        ["c333", "downgrade", ["c333"], ["b222"], "the third", "DROP TABLE t_c333;"],
        ["b222", "downgrade", ["b222"], ["a111"], "the second", "DROP TABLE t_b222;"],
    ] == [[step[name] for name in names] for step in steps]
    assert ["c333"] == linear.ids()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("op.get_bind().execute(sa.text('SELECT 1')).scalar()", "reads", id="scalar"),
        pytest.param("op.get_bind().scalar(sa.text('SELECT 1'))", "reads", id="scalar at once"),
        pytest.param("op.get_bind().begin_nested()", "needs the connection", id="savepoint"),
        pytest.param("[*op.get_bind().execute(sa.text('SELECT 1'))]", "reads", id="rows"),
        pytest.param("sa.inspect(op.get_bind()).get_table_names()", "reads", id="inspector"),
        pytest.param("1 / 0", "ZeroDivisionError: division by zero", id="fails"),
    ],
)
def test_what_cannot_be_written_is_told(terminal: Terminal, line: str, problem: str) -> None:
    """The SQL until there is shown, the reason after it, and the next revision still."""
    terminal.make_project()
    write(terminal, "a1", None, "op.execute('UPDATE one SET x = 1')", line, "op.execute('no')")
    write(terminal, "b2", "a1", "op.execute('UPDATE two SET x = 1')")

    first, second = plan(terminal, "upgrade", "head")["steps"]

    assert "UPDATE one SET x = 1;" == first["sql"].partition("\n")[0]
    assert "no;" not in first["sql"]
    assert problem in first["problem"]
    assert ("UPDATE two SET x = 1;", None) == (second["sql"], second["problem"])


def test_values_are_written_out(terminal: Terminal) -> None:
    """Bound values and percent signs are rendered as the database would receive them."""
    terminal.make_project()
    write(terminal, "a1", None, "op.execute(sa.text('SET x = :x').bindparams(x=\"5%'\"))")

    assert "SET x = '5%''';" == plan(terminal, "upgrade", "head")["steps"][0]["sql"]


@pytest.mark.parametrize("words", ["--plan", "--sql"])
def test_values_of_parameters_are_written_out(terminal: Terminal, words: str) -> None:
    """What a revision executes with parameters on its connection is in plans and in scripts."""
    terminal.make_project()
    set_option(terminal, "literal_binds=True")
    call = "op.get_bind().execute(sa.text('UPDATE t SET x = :x'), [{'x': 1}, {'x': 'b'}])"
    write(terminal, "a1", None, call)

    lines = [line.strip() for line in terminal.run("upgrade", "head", words).lines]

    assert ["UPDATE t SET x = 1;", "UPDATE t SET x = 'b';"] == [
        line for line in lines if line.startswith("UPDATE t ")
    ]


def test_reading_in_a_script_is_told(terminal: Terminal) -> None:
    """The error says that a script has no database, and how to check for it."""
    terminal.make_project()
    write(terminal, "a1", None, "op.get_bind().execute(sa.text('SELECT 1')).fetchall()")

    said = terminal.run("upgrade", "head", "--sql")

    assert 1 == said.status
    assert "a script is written without a database: a statement has no result there" in said.err
    assert "context.is_offline_mode()" in said.err


def test_a_revision_sees_a_script(terminal: Terminal) -> None:
    """What a revision has for --sql is what a plan shows."""
    terminal.make_project()
    write(
        terminal, "a1", None, "op.execute(f'{context.is_offline_mode()} {op.get_context().as_sql}')"
    )

    assert "True True;" == plan(terminal, "upgrade", "head")["steps"][0]["sql"]


def test_what_env_py_passes_on_reaches_revisions(terminal: Terminal) -> None:
    """Arguments of run_migrations() are those of upgrade(), as for several databases."""
    terminal.make_project()
    path = terminal.folder / "migrations" / "env.py"
    text = path.read_text("utf-8").replace("run_migrations()", "run_migrations(name='one')")
    path.write_text(text, "utf-8")
    write(terminal, "a1", None, "op.execute(name)")
    revision = terminal.versions / "a1_.py"
    revision.write_text(revision.read_text("utf-8").replace("upgrade()", "upgrade(name)"), "utf-8")

    assert "one;" == plan(terminal, "upgrade", "head")["steps"][0]["sql"]


def test_leaving_the_transaction_is_told(terminal: Terminal) -> None:
    """A step with an autocommit block commits what was done before."""
    terminal.make_project()
    write(terminal, "a1", None, "with op.get_context().autocommit_block():", "    op.execute('x')")

    said = terminal.run("upgrade", "head", "--plan")

    assert "   leaves the transaction: everything before it is committed" in said.lines


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("op.execute('x')",), "one for all steps: either all of them are committed, or none"),
        (
            ("with op.get_context().autocommit_block():", "    op.execute('x')"),
            "one for all steps, but for those that leave it and commit what was before them",
        ),
    ],
    ids=["within it", "left"],
)
def test_the_transaction_is_told(terminal: Terminal, lines: tuple[str, ...], expected: str) -> None:
    """Atomicity is promised only if no step leaves the transaction."""
    terminal.make_project()
    set_option(terminal, "transactional_ddl=True")
    write(terminal, "a1", None, *lines)

    assert expected == plan(terminal, "upgrade", "head")["transaction"]


def test_a_plan_waits_for_nobody(linear: Terminal) -> None:
    """While another run holds the database's write lock, the plan is printed at once."""
    linear.run("upgrade", "a111")
    with sqlite3.connect(linear.folder / "app.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        said = linear.run("upgrade", "head", "--plan")
        other.execute("ROLLBACK")

    assert (0, "2 revisions would run. Nothing was changed.") == (said.status, said.lines[-1])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("upgrade", "head", "--plan", "--sql"), "either --plan or --sql"),
        (("downgrade", "-1", "--plan", "--format", "xml"), "Unknown format 'xml'"),
        (("upgrade", "head", "--format", "json"), "needs --plan"),
        (("upgrade", "a111:head", "--plan"), "'a111:head' needs --sql"),
        (("downgrade", "nope", "--plan"), "nope"),
    ],
)
def test_what_cannot_be_planned(linear: Terminal, words: tuple[str, ...], expected: str) -> None:
    """Incompatible options and unknown revisions are rejected."""
    linear.run("upgrade", "head")

    said = linear.run(*words)

    assert 1 == said.status
    assert expected in said.err


def test_the_log_tells_of_the_database_alone(
    linear: Terminal, caplog: pytest.LogCaptureFixture
) -> None:
    """Not of the script that a plan is written with."""
    with caplog.at_level("INFO"):
        linear.run("upgrade", "head", "--plan")

    told = [each.getMessage() for each in caplog.records]
    assert ["Context impl PlainSQLite.", "Will assume non-transactional DDL."] == told


def test_a_plan_shows_what_the_linter_finds(linear: Terminal) -> None:
    """Findings follow the SQL of their step, in text and in the document."""
    linear.run("upgrade", "head")
    write(linear, "d444", "c333", "op.drop_table('t_a111')")

    said = linear.run("upgrade", "head", "--plan")
    (step,) = plan(linear, "upgrade", "head")["steps"]

    message = "Drops table t_a111 with all its rows, and code that still uses it fails."
    place = said.lines.index(f"   line 7: warning drop-table: {message}")
    assert "    DROP TABLE t_a111;" == said.lines[place - 1]
    assert [("drop-table", "warning", 7, message)] == [
        (each["rule"], each["level"], each["line"], each["message"]) for each in step["findings"]
    ]


def test_a_plan_follows_the_options_of_the_linter(linear: Terminal) -> None:
    """Rules in lint_ignore and comments count in a plan as well; a downgrade is not checked."""
    linear.run("upgrade", "head")
    drop = "op.drop_table('t_b222')"
    write(
        linear, "d444", "c333", f"{drop}  # lint: ignore[drop-table]", "op.rename_table('x', 'y')"
    )
    ini = linear.folder / "idiolect.ini"
    ini.write_text(f"{ini.read_text()}lint_ignore = rename-table\n")

    (step,) = plan(linear, "upgrade", "head")["steps"]
    assert [] == step["findings"]
    assert [[]] == [each["findings"] for each in plan(linear, "downgrade", "-1")["steps"]]

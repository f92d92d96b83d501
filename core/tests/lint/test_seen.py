"""What of a revision is seen without a database, and what is suppressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.errors import CommandError
from idiolect.hooks import LintFinding, LintRule, hookimpl
from idiolect.lint import runner

if TYPE_CHECKING:
    from core.tests.lint.conftest import Linted
    from idiolect.hooks import LintedRevision
    from idiolect.hooks.manager import PluginManager

RAISES = "raise NotImplementedError"
DROP = "op.drop_table('t')"


def test_a_revision_that_reads_rows_is_seen_as_if_there_were_none(linted: Linted) -> None:
    """What follows a query is checked, and a note says so."""
    read = "for row in op.get_bind().execute(sa.text('SELECT 1')):\n    raise ValueError\n"
    assert ["drop-table"] == linted.rules(read + DROP)
    message = "upgrade() reads rows; what follows was checked as if there were none"
    assert [f"9: {message}"] == linted.notes()
    assert [] == linted.document()["unseen"]


@pytest.mark.parametrize(
    "condition",
    [
        "{}.fetchall() == []",
        "{}.first() is None",
        "{}.scalar() is None",
        "{}.scalars().all() == []",
        "{}.mappings().first() is None",
        "{}.rowcount == 0",
        "list({}) == []",
    ],
)
def test_a_query_has_no_rows(condition: str, linted: Linted) -> None:
    """The usual ways to read a result return what an empty one does."""
    query = condition.format("op.get_bind().execute(sa.text('SELECT 1'))")
    assert ["drop-table"] == linted.rules(f"assert {query}\n{DROP}")


@pytest.mark.parametrize(
    "block",
    [
        "with op.get_bind().begin_nested():\n    {}",
        "with op.get_bind().engine.begin() as own:\n    own.execute(sa.text('x'))\n{}",
        "with op.get_bind().engine.connect() as own:\n    own.commit()\n{}",
    ],
)
def test_transactions_of_a_revision_are_seen_through(block: str, linted: Linted) -> None:
    """A savepoint, or a second connection, hides nothing."""
    assert ["drop-table"] == linted.rules(block.format(DROP))
    assert [] == linted.notes()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sa.inspect(op.get_bind())", "reads the database here"),
        ("op.get_bind().execute(sa.text('SELECT 1')).one()", "reads the database here"),
        ("op.get_bind().detach()", "needs the connection itself here"),
        ("raise ValueError('no')", "cannot be written before it runs: ValueError: no"),
    ],
)
def test_a_note_says_where_a_revision_cannot_be_seen(
    code: str, reason: str, linted: Linted
) -> None:
    """What comes before is checked; the rest is counted as unseen."""
    assert ["drop-table"] == linted.rules(f"{DROP}\n{code}\nop.drop_table('u')")
    (note,) = linted.notes()
    assert note.startswith(f"10: upgrade() {reason}")
    assert ["a"] == linted.document()["unseen"]
    assert linted.text().endswith(" 1 revision is not known to the end.\n")


def test_an_operation_that_cannot_be_written_is_left_out(linted: Linted) -> None:
    """The operation itself is checked, and so is what follows."""
    unknown = "op.add_column('t', sa.Column('c', sa.types.NullType()))\n"
    assert ["drop-table"] == linted.rules(unknown + DROP)
    (note,) = linted.notes()
    assert note.startswith("9: upgrade() cannot be written as SQL: add_column 'c' on table 't'")


def test_a_rebuilt_table_is_not_dropped(linted: Linted, sqlite: PluginManager) -> None:
    """The statements of a batch that recreates its table are no statements of the revision."""
    seen: list[LintedRevision] = []

    def check(revision: LintedRevision) -> list[LintFinding]:
        seen.append(revision)
        return []

    class Plugin:
        @hookimpl
        def lint_rules(self) -> list[LintRule]:
            return [LintRule("house-rule", "A summary.", check)]

    sqlite.register(Plugin())
    table = "sa.Table('t', sa.MetaData(), sa.Column('id', sa.Integer), sa.Column('c', sa.Text))"
    batch = f"with op.batch_alter_table('t', recreate='always', copy_from={table}) as batch:\n    "
    assert [] == linted.rules(f"{batch}batch.add_column(sa.Column('d', sa.Text))")
    assert [] == linted.rules(f"{batch}pass")
    assert [["AddColumnOp"], []] == [
        [type(each.operation).__name__ for each in revision.operations] for revision in seen
    ]
    assert ["drop-column"] == linted.rules(f"{batch}batch.drop_column('c')")


def test_many_findings_on_one_line_are_cut(linted: Linted) -> None:
    """A loop over all tables shows three of them, and the advice once."""
    linted.project.revision("a", None, "for name in 'abcde':\n    op.drop_table(name)", RAISES)
    lines = linted.text().splitlines()
    assert 3 == sum("Drops table" in line for line in lines)
    assert ["    and 2 more of drop-table on this line"] == [
        each for each in lines if "more" in each
    ]
    assert 1 == sum(line.startswith("    Deploy ") for line in lines)
    assert "5 warnings in 1 revision." == lines[-1]


def test_a_helper_is_blamed_on_its_caller(linted: Linted) -> None:
    """The line is the innermost one in the revision file, also for a loop."""
    code = "def drop(name):\n    op.drop_table(name)\nfor name in 'xy':\n    drop(name)"
    linted.project.revision("a", None, code, RAISES)
    assert ["a drop-table 10"] * 2 == linted.found()


@pytest.mark.parametrize(
    "code",
    [
        "op.drop_table('t')  # lint: ignore[drop-table]",
        "# lint: ignore[drop-table]\nop.drop_table('t')",
        "# Nobody uses it. lint: ignore[drop-column, drop-table]\n# Really.\nop.drop_table('t')",
        "op.drop_table(\n    't',\n)  # lint: ignore[drop-table]",
        "if True:\n    # lint: ignore[drop-table]\n    op.drop_table('t')",
    ],
)
def test_a_comment_suppresses_a_finding(code: str, linted: Linted) -> None:
    """It may be on a line of the statement, or on the lines right above it."""
    assert [] == linted.rules(code)


@pytest.mark.parametrize(
    "code",
    [
        "x = 1  # lint: ignore[drop-table]\nop.drop_table('t')",
        "# lint: ignore[drop-table]\nx = 1\nop.drop_table('t')",
        "x = '# lint: ignore[drop-table]'; op.drop_table('t')",
        "# lint: ignore[drop-column]\nop.drop_table('t')",
    ],
)
def test_a_comment_elsewhere_suppresses_nothing(code: str, linted: Linted) -> None:
    """Neither for another statement, nor another rule, nor as text."""
    assert ["drop-table"] == linted.rules(code)


def test_a_comment_at_the_top_suppresses_for_the_file(linted: Linted) -> None:
    """Before the first statement, with or without a docstring above."""
    path = linted.project.revision("a", None, DROP, "pass")
    source = path.read_text()
    path.write_text(f'"""Docs."""\n# lint: ignore[drop-table, no-downgrade]\n{source}')
    assert [] == linted.found()
    assert [] == linted.notes()


def test_a_comment_without_effect_is_noted(linted: Linted) -> None:
    """An unknown name and a finding that is no longer there."""
    linted.rules("# lint: ignore[drop-tabel, drop-column]\nop.execute('SELECT 1')")
    assert [
        (
            "9: the comment names the lint rule 'drop-tabel', which does not exist; did you mean "
            "'drop-table'?"
        ),
        "9: the comment suppresses no finding of drop-column; remove it",
    ] == linted.notes()


def test_a_comment_for_another_database_is_left_alone(
    linted: Linted, sqlite: PluginManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project may be linted for one database, and its comments be for another."""
    monkeypatch.setattr(runner, "names_for_all_dialects", lambda: {"acme-locks"})
    linted.rules("# lint: ignore[acme-locks, acme-lock]\nop.execute('SELECT 1')")
    (note,) = linted.notes()
    assert note.endswith("'acme-lock', which does not exist; did you mean 'acme-locks'?")


def test_findings_are_in_the_order_of_the_files(linted: Linted) -> None:
    """Also if only the second database has a finding in the first revision."""
    linted.project.env(
        """
        from idiolect import context

        for name in ("one", "two"):
            context.configure(url="sqlite://")
            with context.begin_transaction():
                context.run_migrations(name=name)
        """
    )
    linted.project.revision("a", None, "if kw['name'] == 'two':\n    op.drop_table('t')", RAISES)
    linted.project.revision("b", "a", "op.drop_table('u')", RAISES)
    assert ["a drop-table 10", "b drop-table 9"] == linted.found()


def test_every_configured_database_is_checked(linted: Linted) -> None:
    """A finding is reported once, although it holds for both."""
    linted.project.env(
        """
        from idiolect import context

        for name in ("one", "two"):
            context.configure(url="sqlite://")
            with context.begin_transaction():
                context.run_migrations(name=name)
        """
    )
    code = "op.drop_table('t')\nif kw['name'] == 'two':\n    op.drop_table('u')"
    linted.project.revision("a", None, code, RAISES)
    assert ["a drop-table 9", "a drop-table 11"] == linted.found()


@pytest.mark.parametrize("opened", ["open(path, 'w')", "Path(path).open('w', encoding='utf-8')"])
def test_scripts_of_several_databases_are_not_written(opened: str, linted: Linted) -> None:
    """An env.py that opens a file for each script does not empty the ones that are there."""
    linted.project.env(
        f"""
        from pathlib import Path
        from idiolect import context

        path = Path(context.config.get_main_option("script_location")) / "one.sql"
        with {opened} as buffer:
            context.configure(url="sqlite://", output_buffer=buffer)
            with context.begin_transaction():
                context.run_migrations()
        """
    )
    script = linted.project.folder / "one.sql"
    script.write_text("kept")
    assert ["drop-table"] == linted.rules(DROP)
    assert "kept" == script.read_text()


def test_an_environment_that_connects_is_told_what_to_do(linted: Linted) -> None:
    """The message names env.py, the reason and the way out."""
    linted.project.env(
        """
        from idiolect import context
        from sqlalchemy import create_engine

        with create_engine("sqlite:////no/such/folder/x.db").connect() as connection:
            context.configure(connection=connection)
            context.run_migrations()
        """
    )
    linted.project.revision("a")
    expected = r"env\.py' cannot be run without a database: .* context\.is_offline_mode\(\)"
    with pytest.raises(CommandError, match=expected):
        linted.text()

"""Every hook has its effect, through a real run; and their order is what plugins may rely on."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, event

from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import AutocommitUnsupportedError
from idiolect.hooks import OfflineTransaction, hookimpl, hookspecs
from idiolect.hooks.markers import PROJECT
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from projects import Project

    from idiolect.hooks.manager import PluginManager

HOOKS = sorted(
    name for name in vars(hookspecs) if hasattr(vars(hookspecs)[name], f"{PROJECT}_spec")
)
TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test(hook: str) -> None:
    """A hook enters only together with a test named after it."""
    assert hasattr(sys.modules[__name__], f"test_hook_{hook}")


def test_hook_get_impl_class(project: Project, sqlite: PluginManager) -> None:
    """The chosen class turns operations into SQL."""

    class Shouting(DefaultImpl):
        transactional_ddl = True

        def create_table(self, table: Table, **kw: Any) -> None:
            table.name = str(table.name).upper()
            super().create_table(table, **kw)

    class Plugin:
        @hookimpl
        def get_impl_class(self) -> type[DefaultImpl]:
            return Shouting

    sqlite.register(Plugin())
    project.revision("a", None, TABLE)
    project.upgrade()
    assert ["T", "alembic_version"] == project.tables()


@pytest.mark.parametrize(("answer", "left"), [(True, []), (False, ["a"])])
def test_hook_transactional_ddl(
    project: Project, sqlite: PluginManager, answer: bool, left: list[str]
) -> None:
    """With it a whole run is one transaction, without it a revision each."""

    class Plugin:
        @hookimpl
        def transactional_ddl(self) -> bool:
            return answer

    sqlite.register(Plugin())
    project.revision("a", None, TABLE)
    project.revision("b", "a", "raise RuntimeError('broken')")
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade()
    assert left == project.heads()


def test_hook_statement_terminator(project: Project, sqlite: PluginManager) -> None:
    """It ends each statement of a script."""

    class Plugin:
        @hookimpl
        def statement_terminator(self) -> str:
            return "!"

    sqlite.register(Plugin())
    project.revision("a", None, "op.execute('one')\nop.execute('two')")
    script = project.sql()
    assert "one!\n\ntwo!\n\n" in script
    assert script.startswith("BEGIN!\n")
    assert ";" not in script


def test_hook_batch_separator(project: Project, sqlite: PluginManager) -> None:
    """It stands on a line of its own after each statement, and after COMMIT; opts arrive."""

    class Plugin:
        @hookimpl
        def batch_separator(self, opts: Mapping[str, Any]) -> str:
            separator: str = opts["separator"]
            return separator

    sqlite.register(Plugin())
    project.revision("a", None, "op.execute('one')\nop.execute('two')")
    script = project.sql(separator="GO")
    assert "one;\n\nGO\n\ntwo;\n\nGO\n\n" in script
    assert script.startswith("BEGIN;\n\nCREATE")
    assert script.endswith("COMMIT;\n\nGO\n\n")


def test_hook_offline_transaction(project: Project, sqlite: PluginManager) -> None:
    """Its words stand around the script."""

    class Plugin:
        @hookimpl
        def offline_transaction(self) -> OfflineTransaction:
            return OfflineTransaction("START", "FINISH", separate_begin=True)

        @hookimpl
        def batch_separator(self) -> str:
            return "/"

    sqlite.register(Plugin())
    project.revision("a")
    script = project.sql()
    assert script.startswith("START;\n\n/\n\n")
    assert script.endswith("FINISH;\n\n/\n\n")


@pytest.mark.parametrize("level", ["READ UNCOMMITTED", ""])
def test_hook_autocommit_level(project: Project, sqlite: PluginManager, level: str) -> None:
    """``autocommit_block()`` switches to it; an empty answer refuses the block."""

    class Plugin:
        @hookimpl
        def autocommit_level(self) -> str:
            return level

    sqlite.register(Plugin())
    seen = project.attributes["seen"] = []
    project.revision(
        "a",
        None,
        """
        context = op.get_context()
        seen = context.config.attributes["seen"]
        with context.autocommit_block():
            seen.append(context.connection.get_isolation_level())
        seen.append(context.connection.get_isolation_level())
        """,
    )
    if level:
        project.upgrade()
        assert [level, "SERIALIZABLE"] == seen
    else:
        with pytest.raises(AutocommitUnsupportedError, match="'sqlite' has no autocommit mode"):
            project.upgrade()
        assert [] == project.heads()


@pytest.mark.parametrize(("per_migration", "times"), [(False, 1), (True, 3)])
def test_hook_prepare_connection(
    project: Project, sqlite: PluginManager, per_migration: bool, times: int
) -> None:
    """It surrounds each transaction of a run: entered before BEGIN, left after COMMIT."""
    log: list[str] = []

    class Plugin:
        @hookimpl
        @contextlib.contextmanager
        def prepare_connection(self, connection: Any, rules: Any) -> Iterator[None]:
            assert rules.transactional_ddl
            assert not connection.in_transaction()
            log.append("enter")
            yield
            assert not connection.in_transaction()
            log.append("leave")

    sqlite.register(Plugin())
    project.revision("a", None, TABLE)
    project.revision("b", "a")
    project.upgrade(transaction_per_migration=per_migration)
    assert ["enter", "leave"] * times == log
    project.upgrade()
    assert ["enter", "leave"] * times == log, "nothing to do, nothing to prepare"


class HistoryTable:
    """A plugin whose version table has further columns."""

    @hookimpl
    def version_table(self, spec: Any) -> Table:
        """Answer a table with further columns."""
        return Table(
            spec.name,
            MetaData(),
            Column("version_num", String(32), primary_key=True),
            Column("author", String(32)),
            Column("step", String(32)),
            schema=spec.schema,
        )


def test_hook_version_table(project: Project, sqlite: PluginManager) -> None:
    """The table that it gives holds the heads."""
    sqlite.register(HistoryTable())
    project.revision("a")
    project.upgrade(version_table="versions")
    assert ["versions"] == project.tables()
    assert [None] == project.rows("SELECT author FROM versions WHERE version_num = 'a'")


def test_hook_version_record(project: Project, sqlite: PluginManager) -> None:
    """Its values fill the further columns; of two answers for one, the one asked first counts."""

    class Early:
        @hookimpl
        def version_record(self) -> dict[str, Any]:
            return {"author": "early", "step": "early"}

    class Late:
        @hookimpl
        def version_record(self, step: Any, revision: str) -> dict[str, Any]:
            return {"step": f"{step.name} {revision}"}

    for plugin in (HistoryTable(), Early(), Late()):
        sqlite.register(plugin)
    project.revision("a")
    project.revision("b", "a")
    runs: list[tuple[Callable[[], None], str]] = [
        (lambda: project.upgrade("a"), "upgrade a"),
        (lambda: project.upgrade("b"), "upgrade b"),
        (lambda: project.downgrade("-1"), "downgrade a"),
    ]
    for act, step in runs:
        act()
        assert [step] == project.rows("SELECT step FROM alembic_version")
        assert ["early"] == project.rows("SELECT author FROM alembic_version")


def test_hook_run_step(project: Project, sqlite: PluginManager) -> None:
    """A wrapper sees each step run, inside its transaction, before its version row."""
    log: list[Any] = []

    class Plugin:
        @hookimpl(wrapper=True)
        def run_step(self, context: Any, step: Any, run_args: Any) -> Iterator[None]:
            assert context.connection.in_transaction()
            log.append((step.name, step.revision.revision, dict(run_args)))
            answer = yield
            log.append(context.get_current_heads())
            return answer

    sqlite.register(Plugin())
    project.revision("a", None, TABLE)
    project.revision("b", "a")
    project.attributes["run_args"] = {"tenant": 1}
    project.upgrade()
    expected = [("upgrade", "a", {"tenant": 1}), (), ("upgrade", "b", {"tenant": 1}), ("a",)]
    assert expected == log


def test_hook_run_step_that_answers_itself(project: Project, sqlite: PluginManager) -> None:
    """An answer other than None takes the place of the revision's function."""

    class Plugin:
        @hookimpl
        def run_step(self) -> bool:
            return True

    sqlite.register(Plugin())
    project.revision("a", None, "raise RuntimeError('never called')")
    project.upgrade()
    assert ["a"] == project.heads()


def test_hook_on_version_apply(project: Project, sqlite: PluginManager) -> None:
    """It learns of each step inside its transaction: raising there undoes the run."""
    log: list[Any] = []

    class Plugin:
        @hookimpl
        def on_version_apply(self, ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
            assert {*ctx.get_current_heads()} == heads
            log.append((step.up_revision_id, step.is_migration, heads, run_args))
            if step.up_revision_id == "b":
                raise RuntimeError("no b")

    sqlite.register(Plugin())
    project.revision("a", None, TABLE)
    project.revision("b", "a")
    with pytest.raises(RuntimeError, match="no b"):
        project.upgrade()
    assert [("a", True, {"a"}, {}), ("b", True, {"b"}, {})] == log
    assert [] == project.tables()


def test_hook_on_version_apply_of_configure(project: Project, sqlite: PluginManager) -> None:
    """The callables of ``configure()`` are called in order, with keyword arguments alone."""
    log: list[Any] = []

    def first(*, ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
        log.append(("first", type(ctx), step.is_upgrade, heads, run_args))

    def second(**kw: Any) -> None:
        log.append(("second", *sorted(kw)))

    project.revision("a")
    project.upgrade(on_version_apply=[first, second])
    assert [
        ("first", MigrationContext, True, {"a"}, {}),
        ("second", "ctx", "heads", "run_args", "step"),
    ] == log


class Everything:
    """Implements all hooks and notes each call, without opinions."""

    def __init__(self, log: list[str]) -> None:
        self.log = log

    @hookimpl
    def get_impl_class(self) -> None:
        """Note the call."""
        self.log.append("get_impl_class")

    @hookimpl
    def transactional_ddl(self) -> None:
        """Note the call."""
        self.log.append("transactional_ddl")

    @hookimpl
    def statement_terminator(self) -> None:
        """Note the call."""
        self.log.append("statement_terminator")

    @hookimpl
    def batch_separator(self) -> None:
        """Note the call."""
        self.log.append("batch_separator")

    @hookimpl
    def offline_transaction(self) -> None:
        """Note the call."""
        self.log.append("offline_transaction")

    @hookimpl
    def autocommit_level(self) -> None:
        """Note the call."""
        self.log.append("autocommit_level")

    @hookimpl
    @contextlib.contextmanager
    def prepare_connection(self) -> Iterator[None]:
        """Note the call."""
        self.log.append("prepare_connection, entered")
        yield
        self.log.append("prepare_connection, left")

    @hookimpl
    def version_table(self, spec: Any) -> Table:
        """Note the call."""
        self.log.append("version_table")
        return HistoryTable().version_table(spec)

    @hookimpl
    def version_record(self, revision: str) -> None:
        """Note the call."""
        # None is no opinion here as well.
        self.log.append(f"version_record {revision}")

    @hookimpl(wrapper=True)
    def run_step(self, step: Any) -> Iterator[None]:
        """Note the call."""
        self.log.append(f"run_step {step.revision.revision}, before")
        answer = yield
        self.log.append(f"run_step {step.revision.revision}, after")
        return answer

    @hookimpl
    def on_version_apply(self, heads: set[str]) -> None:
        """Note the call."""
        self.log.append(f"on_version_apply {','.join(heads)}")


RULES = [
    "get_impl_class",
    "transactional_ddl",
    "statement_terminator",
    "batch_separator",
    "offline_transaction",
    "autocommit_level",
    "version_table",
]


def steps(first: str, second: str) -> list[str]:
    """Return the hooks of two steps."""
    return [
        line
        for revision in (first, second)
        for line in (
            f"run_step {revision}, before",
            f"upgrade {revision}",
            f"run_step {revision}, after",
            f"version_record {revision}",
            f"on_version_apply {revision}",
        )
    ]


@pytest.fixture
def noted(project: Project, sqlite: PluginManager) -> list[str]:
    """The log of a plugin that implements all hooks; two revisions note their run in it."""
    log: list[str] = []
    assert [] == [hook for hook in HOOKS if not hasattr(Everything, hook)]
    sqlite.register(Everything(log))
    project.attributes["log"] = log
    note = "op.get_context().config.attributes['log'].append('upgrade {}')"
    project.revision("a", None, note.format("a"))
    project.revision("b", "a", note.format("b"))
    return log


def test_the_order_of_all_hooks_in_an_upgrade(project: Project, noted: list[str]) -> None:
    """Rules are asked once, then the connection is prepared, then each step runs."""
    engine = project.attributes["engine"]

    def begin(_connection: Any) -> None:
        noted.append("BEGIN")

    def commit(_connection: Any) -> None:
        noted.append("COMMIT")

    project.upgrade("a")
    noted.clear()
    project.downgrade("base")
    noted.clear()
    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", commit)
    project.upgrade()
    assert [
        *RULES,
        "BEGIN",  # reads the heads; rolled back
        "prepare_connection, entered",
        "BEGIN",
        *steps("a", "b"),
        "COMMIT",
        "prepare_connection, left",
    ] == noted


def test_the_order_of_all_hooks_in_a_script(project: Project, noted: list[str]) -> None:
    """The same with ``--sql``, where no connection is prepared."""
    project.sql()
    assert [*RULES, *steps("a", "b")] == noted


def test_no_hook_is_asked_twice_for_a_rule(project: Project, noted: list[str]) -> None:
    """Rules are frozen in the context; statements do not ask again."""
    project.sql()
    assert [1] * len(RULES) == [noted.count(rule) for rule in RULES]

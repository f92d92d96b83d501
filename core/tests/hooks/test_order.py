"""The order in which a run calls all hooks; plugins may rely on it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, event

from idiolect.autogenerate import render_python_code
from idiolect.hooks import hookimpl, hookspecs
from idiolect.hooks.markers import PROJECT
from idiolect.migration import MigrationContext
from idiolect.operations import ops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects import Project

    from idiolect.hooks.manager import PluginManager

HOOKS = sorted(
    name for name in vars(hookspecs) if hasattr(vars(hookspecs)[name], f"{PROJECT}_spec")
)


class Comparing:
    """Implements the comparison hooks, which runs do not call, and records each call."""

    log: list[str]

    @hookimpl
    def autogenerate_comparators(self) -> None:
        """Note the call."""
        self.log.append("autogenerate_comparators")

    @hookimpl
    def compare_type(self) -> None:
        """Note the call."""
        self.log.append("compare_type")

    @hookimpl
    def compare_server_default(self) -> None:
        """Note the call."""
        self.log.append("compare_server_default")

    @hookimpl
    def reflect_column(self) -> None:
        """Note the call."""
        self.log.append("reflect_column")

    @hookimpl
    def adjust_reflected(self) -> None:
        """Note the call."""
        self.log.append("adjust_reflected")

    @hookimpl
    def reflect_extra(self) -> None:
        """Note the call."""
        self.log.append("reflect_extra")

    @hookimpl
    def process_revision_directives(self) -> None:
        """Note the call."""
        self.log.append("process_revision_directives")


class Everything(Comparing):
    """Implements all hooks and records each call, without opinions."""

    def __init__(self, log: list[str]) -> None:
        self.log = log

    @hookimpl
    def register_options(self) -> None:
        """Note the call."""
        self.log.append("register_options")

    @hookimpl
    def register_operations(self) -> None:
        """Note the call."""
        self.log.append("register_operations")

    @hookimpl
    def register_write_hooks(self) -> None:
        """Note the call."""
        self.log.append("register_write_hooks")

    @hookimpl
    def register_commands(self) -> None:
        """Note the call."""
        self.log.append("register_commands")

    @hookimpl
    def register_templates(self) -> None:
        """Note the call."""
        self.log.append("register_templates")

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
    def statement_journal(self) -> None:
        """Note the call."""
        self.log.append("statement_journal")

    @hookimpl
    def migration_lock(self) -> None:
        """Note the call."""
        self.log.append("migration_lock")

    @hookimpl
    def missing_privileges(self) -> None:
        """Note the call."""
        self.log.append("missing_privileges")

    @hookimpl
    def session_limits(self) -> None:
        """Note the call."""
        self.log.append("session_limits")

    @hookimpl
    def transient_error(self) -> None:
        """Note the call."""
        self.log.append("transient_error")

    @hookimpl
    def version_table(self, spec: Any) -> Table:
        """Note the call."""
        self.log.append("version_table")
        columns = (Column(name, String(32)) for name in ("version_num", "author"))
        return Table(spec.name, MetaData(), *columns)

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

    @hookimpl
    def render_type(self) -> None:
        """Note the call."""
        self.log.append("render_type")

    @hookimpl
    def render_operation(self, op: Any) -> None:
        """Note the call."""
        self.log.append(f"render_operation {type(op).__name__}")

    @hookimpl
    def lint_rules(self) -> None:
        """Note the call."""
        self.log.append("lint_rules")

    @hookimpl
    def requires_autocommit(self) -> None:
        """Note the call."""
        self.log.append("requires_autocommit")

    @hookimpl
    def normalise_expressions(self) -> None:
        """Note the call."""
        self.log.append("normalise_expressions")

    @hookimpl
    def reflect_tables(self) -> None:
        """Note the call."""
        self.log.append("reflect_tables")


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
    """The calls of a plugin that implements all hooks, and of two revisions."""
    log: list[str] = []
    assert [] == [hook for hook in HOOKS if not hasattr(Everything, hook)]
    sqlite.register(Everything(log))
    project.attributes["log"] = log
    note = "op.get_context().config.attributes['log'].append('upgrade {}')"
    project.revision("a", None, note.format("a"))
    project.revision("b", "a", note.format("b"))
    return log


def test_the_order_of_all_hooks_in_an_upgrade(project: Project, noted: list[str]) -> None:
    """Rule hooks are called once, then the connection is prepared, then each step runs."""
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
        "missing_privileges",
        "migration_lock",
        "statement_journal",
        "BEGIN",  # reads the journal; rolled back
        "prepare_connection, entered",
        "BEGIN",
        *steps("a", "b"),
        "COMMIT",
        "prepare_connection, left",
    ] == noted


def test_the_order_of_all_hooks_in_a_script(project: Project, noted: list[str]) -> None:
    """The same with ``--sql``, where no connection is prepared."""
    project.sql()
    # What plugins contribute is asked once for all contexts.
    contributed = ["register_options", *RULES, "register_operations"]
    assert [*contributed, *steps("a", "b")] == noted
    noted.clear()
    project.sql()
    assert [*RULES, *steps("a", "b")] == noted


def test_no_hook_is_asked_twice_for_a_rule(project: Project, noted: list[str]) -> None:
    """Rules are frozen in the context; statements do not ask again."""
    project.sql()
    assert [1] * len(RULES) == [noted.count(rule) for rule in RULES]


def test_the_order_of_all_hooks_in_a_rendering(sqlite: PluginManager) -> None:
    """The hook is called for an operation, then for nested operations, then for types."""
    log: list[str] = []
    sqlite.register(Everything(log))
    context = MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True})
    log.clear()
    changes = ops.ModifyTableOps(
        "t", [ops.AddColumnOp("t", Column("a", String(3))), ops.DropTableOp("u")]
    )
    render_python_code(ops.UpgradeOps([changes]), migration_context=context)
    assert [
        "render_operation ModifyTableOps",
        "render_operation AddColumnOp",
        "render_type",
        "render_operation DropTableOp",
    ] == log

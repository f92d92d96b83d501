"""Every hook has its effect, through a real run; and their order is what plugins may rely on."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from idiolect import command
from idiolect.autogenerate import compare_metadata, render_python_code
from idiolect.cli.main import main
from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import (
    AutocommitUnsupportedError,
    CommandError,
    HookAnswerError,
    PrivilegeError,
)
from idiolect.hooks import (
    JournalSupport,
    LintFinding,
    LintRule,
    MigrationLock,
    OfflineTransaction,
    Option,
    TemplateFolder,
    hookimpl,
    hookspecs,
)
from idiolect.hooks.markers import PROJECT
from idiolect.migration import MigrationContext
from idiolect.operations import MigrateOperation, Operations, ops
from idiolect.script import write_hooks
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from projects import Project

    from idiolect.hooks import LintedRevision, ReflectedTables
    from idiolect.hooks.manager import PluginManager

HOOKS = sorted(
    name for name in vars(hookspecs) if hasattr(vars(hookspecs)[name], f"{PROJECT}_spec")
)
TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test(hook: str) -> None:
    """A hook enters only together with a test named after it."""
    files = [path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")]

    assert any(f"\ndef test_hook_{hook}(" in text for text in files)


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
    """It is on a separate line after each statement, and after COMMIT; opts are passed."""

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
    """Its statements enclose the script."""

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
    """``autocommit_block()`` switches to it; an empty result makes the block fail."""

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


class Counting(MigrationLock):
    """A lock that is held by another run at first.

    Args:
        log: receives the calls.
        tries: the number of failed attempts.
    """

    def __init__(self, log: list[str], tries: int) -> None:
        self.log = log
        self.tries = tries

    def acquire(self) -> bool:
        """Note the attempt."""
        self.log.append("acquire")
        self.tries -= 1
        return self.tries < 0

    def release(self) -> None:
        """Note the end."""
        self.log.append("release")


@pytest.mark.parametrize("per_migration", [False, True])
def test_hook_migration_lock(project: Project, sqlite: PluginManager, per_migration: bool) -> None:
    """It is acquired before the version table is created, and released after the last commit."""
    log: list[str] = []

    class Plugin:
        @hookimpl
        def migration_lock(self, connection: Any, request: Any) -> MigrationLock:
            assert not connection.in_transaction()
            assert [] == inspect(connection).get_table_names()
            connection.rollback()
            log.append(f"asked for {request.table.name}, {request.owner[:13]}")
            return Counting(log, tries=2)

    sqlite.register(Plugin())
    note = "op.get_context().config.attributes['log'].append('{}')"
    project.attributes["log"] = log
    project.revision("a", None, note.format("a"))
    project.revision("b", "a", note.format("b"))
    project.upgrade(transaction_per_migration=per_migration)
    expected = ["asked for alembic_version, idiolect pid ", *["acquire"] * 3, "a", "b", "release"]
    assert expected == log
    project.upgrade()
    assert expected == log, "nothing to do, nothing to lock"


def test_hook_missing_privileges(project: Project, sqlite: PluginManager) -> None:
    """It is called with the required privileges, before the lock; its result ends the run."""
    asked: list[list[str]] = []
    answers = ["", "", "Nobody may delete."]

    class Plugin:
        @hookimpl
        def missing_privileges(self, table: Any, needed: Any) -> str:
            assert table.name == "alembic_version"
            asked.append(list(needed))
            return answers.pop(0)

        @hookimpl
        def migration_lock(self) -> MigrationLock:
            return MigrationLock()

    sqlite.register(Plugin())
    project.revision("a")
    project.revision("b", "a")
    project.upgrade("a")
    project.upgrade("b")
    project.upgrade("b")
    with pytest.raises(PrivilegeError, match=r"Nobody may delete\. Nothing was changed\."):
        project.downgrade("base")
    assert [["CREATE", "INSERT"], ["UPDATE"], ["DELETE", "UPDATE"]] == asked
    assert ["b"] == project.heads()


def test_hook_session_limits(project: Project, sqlite: PluginManager) -> None:
    """It surrounds each step that has a limit, the file's own before the run's."""
    log: list[Any] = []

    class Plugin:
        @hookimpl
        @contextlib.contextmanager
        def session_limits(self, limits: Any) -> Iterator[None]:
            log.append((limits.statement, limits.lock_wait))
            yield
            log.append("left")

    sqlite.register(Plugin())
    project.attributes["log"] = log
    note = "op.get_context().config.attributes['log'].append('{}')"
    project.revision("a", None, note.format("a"), lock_wait_timeout=0.5)
    project.revision("b", "a", note.format("b"))
    project.upgrade(statement_timeout=7)
    assert [(7.0, 0.5), "a", "left", (7.0, None), "b", "left"] == log


def test_hook_lint_rules(project: Project, sqlite: PluginManager) -> None:
    """A plugin's rule examines each revision, and its findings have a place in the file."""
    seen: list[Any] = []

    def check(revision: LintedRevision) -> Iterator[LintFinding]:
        seen.append((revision.revision, [each.sql for each in revision.operations]))
        yield LintFinding("Message.", "Advice.", revision.operations[0])

    class Plugin:
        @hookimpl
        def lint_rules(self, dialect: Any) -> list[LintRule]:
            return [LintRule(f"{dialect.name}-only", "A summary.", check)]

    sqlite.register(Plugin())
    path = project.revision("a", None, TABLE)
    output = io.StringIO()
    command.lint(project.config(stdout=output))
    expected = f"{path}:9: warning sqlite-only: Message.\n    Advice.\n"
    assert expected in output.getvalue()
    assert [("a", [("CREATE TABLE t (\n    id INTEGER\n)",)])] == seen


def test_hook_requires_autocommit(project: Project, sqlite: PluginManager) -> None:
    """What the database refuses inside a transaction is an error, unless it is outside of one."""
    asked: list[str] = []

    class Plugin:
        @hookimpl
        def requires_autocommit(self, statement: str) -> bool | None:
            asked.append(statement)
            return statement == "VACUUM" or None

    sqlite.register(Plugin())
    block = "with op.get_context().autocommit_block():\n    op.execute('VACUUM')"
    project.revision("a", None, f"op.execute('SELECT 1')\n{block}")
    command.lint(project.config(stdout=io.StringIO()))
    assert ["SELECT 1"] == asked
    project.revision("b", "a", "op.execute('VACUUM')")
    output = io.StringIO()
    with pytest.raises(CommandError, match="found 1 error"):
        command.lint(project.config(stdout=output))
    assert "error needs-autocommit: " in output.getvalue()


def test_hook_transient_error(project: Project, sqlite: PluginManager) -> None:
    """A transient error is retried; others are reported at once."""
    asked: list[str] = []

    class Plugin:
        @hookimpl
        def transient_error(self, error: Any) -> str | None:
            asked.append(str(error.orig))
            return "a lock" if len(asked) < 3 else None

    sqlite.register(Plugin())
    project.revision("a")
    engine = project.engine()
    with engine.begin() as connection:
        # The version table cannot be read.
        connection.exec_driver_sql("CREATE TABLE alembic_version (other INTEGER)")
    with pytest.raises(OperationalError):
        project.upgrade()
    assert ["no such column: alembic_version.version_num"] * 3 == asked


class HistoryTable:
    """A plugin whose version table has additional columns."""

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
    """The returned table holds the heads."""
    sqlite.register(HistoryTable())
    project.revision("a")
    project.upgrade(version_table="versions")
    assert ["versions"] == project.tables()
    assert [None] == project.rows("SELECT author FROM versions WHERE version_num = 'a'")


def test_hook_version_record(project: Project, sqlite: PluginManager) -> None:
    """Its values fill the additional columns; for each, the plugin called first wins."""

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
    """The callables of ``configure()`` are called in order, with keyword arguments only."""
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


def rendered(*operations: MigrateOperation) -> list[str]:
    """Return the code of operations on SQLite, without the comments around it."""
    context = MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True})
    code = render_python_code(ops.UpgradeOps(list(operations)), migration_context=context)
    return [line.strip() for line in code.splitlines()[1:-1]]


def test_hook_render_type(sqlite: PluginManager) -> None:
    """Its result is part of the code; None leaves the type to the next."""

    class Plugin:
        @hookimpl
        def render_type(self, type_: Any, autogen_context: Any) -> str | None:
            autogen_context.imports.add("import house")
            return "house.Name()" if isinstance(type_, String) else None

    sqlite.register(Plugin())
    columns: list[Column[Any]] = [Column("a", String(3)), Column("b", Integer)]
    assert [
        "op.add_column('t', sa.Column('a', house.Name(), nullable=True))",
        "op.add_column('t', sa.Column('b', sa.Integer(), nullable=True))",
    ] == rendered(*(ops.AddColumnOp("t", column) for column in columns))


@pytest.mark.parametrize("answer", [(), ("one", "two")])
def test_hook_render_operation(sqlite: PluginManager, answer: tuple[str, ...]) -> None:
    """Its statements take the place of the core's; none leave the operation out."""

    class Plugin:
        @hookimpl
        def render_operation(self, op: Any) -> list[str] | None:
            return list(answer) if isinstance(op, ops.DropTableOp) else None

    sqlite.register(Plugin())
    operations = [ops.DropTableOp("t"), ops.ExecuteSQLOp("three")]
    assert [*answer, "op.execute('three')"] == rendered(*operations)


@pytest.mark.parametrize(
    ("hook", "answer", "expected"),
    [
        ("render_type", 3, "Python code as a string, or None"),
        ("render_operation", "pass", "list"),
        ("render_operation", [3], "a list of strings"),
    ],
)
def test_wrong_answers_of_rendering(
    sqlite: PluginManager, hook: str, answer: Any, expected: str
) -> None:
    """The error names the hook and the expected type."""

    class Plugin:
        pass

    setattr(Plugin, hook, hookimpl(lambda self: answer))  # noqa: ARG005 - a method
    sqlite.register(Plugin())
    with pytest.raises(HookAnswerError, match=f"The hook '{hook}' .*expected: {expected}"):
        rendered(ops.AddColumnOp("t", Column("a", String(3))))


def test_hook_reflect_tables(sqlite: PluginManager) -> None:
    """Its result is compared as the database's state; filters have been applied to the names."""

    class Plugin:
        @hookimpl(wrapper=True)
        def reflect_tables(
            self, connection: Any, schemas: Any, names: Any
        ) -> Generator[None, ReflectedTables, ReflectedTables]:
            assert ((None,), {None: {"t", "u"}}) == (schemas, names)
            assert connection.scalar(text("SELECT 1"))
            found = yield
            column = {"name": "more", "type": Integer(), "nullable": True, "default": None}
            found.columns[None, "t"].append(column)
            return found

    sqlite.register(Plugin())
    models = MetaData()
    for name in ("t", "u", "left_out"):
        Table(name, models, Column("id", Integer))
    with create_engine("sqlite://").connect() as connection:
        models.create_all(connection)
        models.remove(models.tables["left_out"])
        opts = {"include_name": lambda name, *_: name != "left_out"}
        found = compare_metadata(MigrationContext.configure(connection, opts=opts), models)
    assert [("remove_column", None, "t", "more")] == [(*op[:3], op[3].name) for op in found]


def test_hook_register_options(project: Project, sqlite: PluginManager) -> None:
    """An option has its default if not given, and is validated if given."""
    seen: list[Any] = []

    class Plugin:
        @hookimpl
        def register_options(self, registry: Any) -> None:
            registry.add(Option("acme_size", int, 7, "how large", ini="acme_size"))

        @hookimpl
        def batch_separator(self, opts: Mapping[str, Any]) -> None:
            seen.append(opts["acme_size"])

    sqlite.register(Plugin())
    project.revision("a")
    project.sql()
    project.sql(acme_size=8)
    assert [7, 8] == seen
    with pytest.raises(CommandError, match=r"acme_size=.*'str'; expected: int.*plugin .*Plugin"):
        project.sql(acme_size="many")


class HailOp(MigrateOperation):
    """Says something in a script."""

    def __init__(self, whom: str) -> None:
        self.whom = whom

    @classmethod
    def hail(cls, operations: Operations, whom: str) -> None:
        """Say it."""
        operations.invoke(cls(whom))


@Operations.implementation_for(HailOp)
def _hail(operations: Operations, operation: HailOp) -> None:
    operations.execute(f"HAIL {operation.whom}")


class Hailing:
    """A plugin with an operation."""

    @hookimpl
    def register_operations(self, registry: Any) -> None:
        """Bring it."""
        registry.add("hail", HailOp)


def test_hook_register_operations(project: Project, sqlite: PluginManager) -> None:
    """An operation is available as ``op.<name>`` as long as its plugin is registered."""
    name = sqlite.register(Hailing())
    project.revision("a", None, "op.hail('Ann')")
    assert "HAIL Ann;" in project.sql()
    sqlite.unregister(name)
    with pytest.raises(AttributeError, match="hail"):
        project.sql()
    sqlite.register(Hailing())
    assert "HAIL Ann;" in project.sql()


def test_hook_register_write_hooks(plugins: PluginManager, tmp_path: Path) -> None:
    """A type of a plugin runs on the new file, with the options of the configuration."""

    def shout(path: str, options: dict[str, Any]) -> None:
        file = Path(path)
        file.write_text(file.read_text() + options["word"].upper())

    class Plugin:
        @hookimpl
        def register_write_hooks(self, registry: Any) -> None:
            registry.add("shout", shout)

    plugins.register(Plugin())
    file = tmp_path / "a1.py"
    file.write_text("x = 1\n")
    write_hooks._run_hooks(file, [{"_hook_name": "h", "type": "shout", "word": "# done"}])
    assert "x = 1\n# DONE" == file.read_text()


def test_hook_register_commands(plugins: PluginManager, capsys: pytest.CaptureFixture[str]) -> None:
    """A function of a plugin is a command, with its arguments read off the signature."""

    def hail_all(
        config: Any, whom: str, loudly: bool = False, times: int = 1, end: str = "."
    ) -> None:
        """Hail 100 % of them."""
        config.print_stdout("%s", " ".join([whom] * times) + ("!" if loudly else end))

    class Plugin:
        @hookimpl
        def register_commands(self, commands: Any) -> None:
            commands.add(hail_all)
            commands.add(hail_all, "greet")

    plugins.register(Plugin())
    main(["hail_all", "Ann", "--times", "2", "--loudly"])
    main(["greet", "Bob", "--end", "?"])
    assert "Ann Ann!\nBob?\n" == capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert "hail_all" in shown
    assert "Hail 100 % of them." in shown
    with pytest.raises(SystemExit):
        main(["hail_al"])
    assert "unknown command 'hail_al'. Did you mean 'hail_all'?" in capsys.readouterr().err


def test_hook_register_templates(plugins: PluginManager, tmp_path: Path) -> None:
    """A plugin's template is listed, and ``init`` creates an environment from it."""
    folder = tmp_path / "house-style"
    folder.mkdir()
    (folder / "README").write_text("Our own.\nMore.\n")
    (folder / "env.py").write_text("# ours\n")

    class Plugin:
        @hookimpl
        def register_templates(self) -> list[TemplateFolder]:
            return [TemplateFolder(folder), TemplateFolder(folder, "other")]

    plugins.register(Plugin())
    out = io.StringIO()
    config = Config(tmp_path / "new.ini", stdout=out)
    command.list_templates(config)
    assert "\nhouse-style - Our own.\n" in out.getvalue()
    assert "\nother - Our own.\n" in out.getvalue()
    command.init(config, str(tmp_path / "scripts"), template="other")
    assert "# ours\n" == (tmp_path / "scripts" / "env.py").read_text()


@pytest.mark.parametrize("on", [True, False])
def test_hook_statement_journal(project: Project, sqlite: PluginManager, on: bool) -> None:
    """The journal support is used for each DDL statement; False disables the journal."""
    asked: list[str] = []

    class Support(JournalSupport):
        ddl_commits = True

        def objects(self, sql: str) -> tuple[str, ...] | None:
            asked.append(" ".join(sql.split()[:3]))
            return None

    class Plugin:
        @hookimpl
        def statement_journal(self, connection: Any, rules: Any) -> JournalSupport | bool:
            assert rules.transactional_ddl
            assert not connection.closed
            return Support() if on else False

    sqlite.register(Plugin())
    project.revision("a", None, TABLE)
    project.upgrade()
    assert (["CREATE TABLE t"] if on else []) == asked

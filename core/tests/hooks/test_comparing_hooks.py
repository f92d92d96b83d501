"""The hooks of comparing have their effect, through a real comparison on SQLite."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
)

from idiolect import command
from idiolect.autogenerate import AutogenContext, compare_metadata
from idiolect.errors import CommandError, HookAnswerError
from idiolect.hooks import Comparator, SchemaObject, hookimpl
from idiolect.migration import MigrationContext
from idiolect.operations import ops
from idiolect.util.langhelpers import DispatchPriority, PriorityDispatchResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from projects import Project

    from idiolect.hooks.manager import PluginManager


def model(*items: Any) -> MetaData:
    """Return a table ``t`` with a key and more."""
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), *items)
    return metadata


def found(database: MetaData, models: MetaData, **opts: Any) -> list[str]:
    """Return what each difference between a new database and models does."""
    with create_engine("sqlite://").connect() as connection:
        database.create_all(connection)
        context = MigrationContext.configure(connection, opts=opts)
        diffs = compare_metadata(context, models)
    return [diff[0][0] if isinstance(diff, list) else diff[0] for diff in diffs]


def written(project: Project, **opts: Any) -> list[Path]:
    """Write a revision of what differs from empty models, and return its file."""
    project.attributes["options"] = {"target_metadata": MetaData(), **opts}
    template = (
        "revision = ${repr(up_revision)}\ndown_revision = None\ndef code():\n    ${upgrades}\n"
    )
    (project.folder / "script.py.mako").write_text(template)
    command.revision(project.config(), "new", autogenerate=True)
    return list((project.folder / "versions").glob("*_new.py"))


class Adding:
    """A plugin whose comparator reports a missing comment."""

    def __init__(self, by_default: bool = True, **facts: Any) -> None:
        self.facts = {"by_default": by_default, **facts}

    @hookimpl
    def autogenerate_comparators(self, dialect: Any) -> Iterable[Comparator]:
        """Answer one."""
        assert "sqlite" == dialect.name

        def compare(_context: Any, operations: Any, *_args: Any) -> None:
            operations.ops.append(ops.CreateTableCommentOp("t", "house"))

        return [Comparator("house.rules", compare, "autogenerate", **self.facts)]


@pytest.mark.parametrize(
    ("by_default", "sets", "expected"),
    [
        pytest.param(True, None, ["add_table", "add_table_comment"], id="default-on"),
        pytest.param(False, None, ["add_table"], id="default-off"),
        pytest.param(
            False, ["alembic.autogenerate.*", "house.*"], ["add_table", "add_table_comment"]
        ),
        pytest.param(True, ["alembic.autogenerate.*"], ["add_table"], id="not-chosen"),
        pytest.param(True, ["*", "~house.rules"], ["add_table"], id="left-out"),
        pytest.param(True, ["house.rules"], ["add_table_comment"], id="alone"),
    ],
)
def test_hook_autogenerate_comparators(
    sqlite: PluginManager, by_default: bool, sets: list[str] | None, expected: list[str]
) -> None:
    """A set runs where patterns choose it, after the core's of the same priority."""
    sqlite.register(Adding(by_default))

    assert expected == found(MetaData(), model(), autogenerate_plugins=sets)


def test_a_comparator_finds_the_revision_that_is_generated(
    project: Project, sqlite: PluginManager
) -> None:
    """The options have the RevisionContext, as alembic_dddl uses it, also in ``check``."""
    seen: list[tuple[str, bool]] = []

    def compare(context: AutogenContext, *_args: Any) -> None:
        revisions = context.opts["revision_context"]
        seen.append((revisions.generated_revisions[0].head, revisions.command_args["autogenerate"]))

    class Plugin:
        @hookimpl
        def autogenerate_comparators(self) -> Iterable[Comparator]:
            """Answer one."""
            return [Comparator("house.rules", compare, "autogenerate", by_default=True)]

    sqlite.register(Plugin())

    for path in written(project):
        path.unlink()
    command.check(project.config())

    assert [("head", True), ("head", True)] == seen


def test_comparators_by_priority(sqlite: PluginManager) -> None:
    """One that is FIRST comes before the core's."""
    sqlite.register(Adding(priority=DispatchPriority.FIRST))

    assert ["add_table_comment", "add_table"] == found(MetaData(), model())


def test_comparator_stops_the_core(sqlite: PluginManager) -> None:
    """One that is FIRST in a chain and stops it takes the place of the core's."""

    class Plugin:
        @hookimpl
        def autogenerate_comparators(self) -> Iterable[Comparator]:
            def compare(*_args: Any) -> PriorityDispatchResult:
                return PriorityDispatchResult.STOP

            first = {"priority": DispatchPriority.FIRST, "by_default": True}
            return [Comparator("house.rules", compare, "column", "types", **first)]  # type: ignore[arg-type] # by name

    sqlite.register(Plugin())

    assert [] == found(model(Column("a", String(3))), model(Column("a", Integer)))


def test_comparators_of_one_dialect_or_all(sqlite: PluginManager) -> None:
    """A qualifier names the one dialect that a comparator is for."""
    sqlite.register(Adding(qualifier="sqlite"), name="own")
    sqlite.register(Adding(qualifier="oracle"), name="other")

    assert ["add_table_comment"] == found(MetaData(), MetaData())


def test_an_unknown_set_is_told_with_the_nearest(sqlite: PluginManager) -> None:
    """Sets of hooks are known as well as those of Plugin objects."""
    sqlite.register(Adding())

    with pytest.raises(CommandError, match=r"house\.ruels\. Did you mean 'house\.rules'"):
        found(MetaData(), MetaData(), autogenerate_plugins=["house.ruels"])


@pytest.mark.parametrize(("answer", "expected"), [(False, []), (True, ["modify_type"])])
def test_hook_compare_type(sqlite: PluginManager, answer: bool, expected: list[str]) -> None:
    """Its result decides, after the user's own function; None leaves it to the next."""

    class Plugin:
        @hookimpl
        def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool | None:
            assert inspector_column.name == metadata_column.name
            return answer if inspector_column.name == "a" else None

    sqlite.register(Plugin())
    after = String(3) if answer else Integer()
    database, models = model(Column("a", String(3))), model(Column("a", after))

    assert expected == found(database, models)
    assert [] == found(database, models, compare_type=lambda *_args: False)
    assert [] == found(database, models, compare_type=False)


@pytest.mark.parametrize(("answer", "expected"), [(False, []), (True, ["modify_default"])])
def test_hook_compare_server_default(
    sqlite: PluginManager, answer: bool, expected: list[str]
) -> None:
    """Its answer decides, with both sides as SQL."""
    seen: list[Any] = []

    class Plugin:
        @hookimpl
        def compare_server_default(self, rendered_metadata: Any, rendered_inspector: Any) -> bool:
            seen.append((rendered_inspector, rendered_metadata))
            return answer

    sqlite.register(Plugin())
    database, models = (
        model(Column("a", Integer, server_default=default)) for default in ("1", "2")
    )

    assert expected == found(database, models, compare_server_default=True)
    assert [("'1'", "2")] == seen


def same_words(_self: Any, expressions: Any) -> list[str | None]:
    """Answer that blanks and capitals mean nothing."""
    return [one.text.lower().replace(" ", "") for one in expressions]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(same_words, [], id="the same"),
        pytest.param(lambda _self, expressions: [None] * len(expressions), [], id="unknown"),
        pytest.param(
            lambda _self, expressions: [one.text for one in expressions], ["warning"], id="others"
        ),
    ],
)
def test_hook_normalise_expressions(
    sqlite: PluginManager, answer: Callable[..., Any], expected: list[str]
) -> None:
    """It decides whether different texts are equal; without a result the texts are compared."""
    asked: list[Any] = []

    class Plugin:
        @hookimpl
        def normalise_expressions(self, connection: Any, expressions: Any) -> Any:
            assert "sqlite" == connection.dialect.name
            asked.append([(one.kind, one.table.name, one.column, one.text) for one in expressions])
            return answer(self, expressions)

    sqlite.register(Plugin())
    before = model(Column("a", Integer, Computed("id + 1")), Column("b", Integer, Computed("id")))
    after = model(Column("a", Integer, Computed("ID +1")), Column("b", Integer, Computed("(id)")))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert [] == found(before, after, compare_server_default=True)
    assert [("computed", "t", "a", "ID +1")] == asked[0]
    assert expected == ["warning" for one in caught if "cannot be modified" in str(one.message)]


@pytest.mark.parametrize("answer", ["x", [3], [None, None]])
def test_wrong_answers_of_normalise_expressions(sqlite: PluginManager, answer: Any) -> None:
    """The error names the hook and the expected type."""

    class Plugin:
        @hookimpl
        def normalise_expressions(self) -> Any:
            return answer

    sqlite.register(Plugin())
    before = model(Column("a", Integer, Computed("id + 1")))
    after = model(Column("a", Integer, Computed("id + 2")))
    with pytest.raises(HookAnswerError, match="a list of 1 strings or None"):
        found(before, after, compare_server_default=True)


def test_hook_reflect_column(sqlite: PluginManager) -> None:
    """It corrects columns as they are reflected."""

    class Plugin:
        @hookimpl
        def reflect_column(self, inspector: Any, table: Any, column_info: dict[str, Any]) -> None:
            assert "t" == table.name
            assert inspector.has_table("t")
            if column_info["name"] == "a":
                column_info["type"] = Integer()

    sqlite.register(Plugin())

    assert [] == found(model(Column("a", String(3))), model(Column("a", Integer)))


def test_hook_adjust_reflected(sqlite: PluginManager) -> None:
    """What it takes out of the sets is not compared."""
    seen: list[Any] = []

    class Plugin:
        @hookimpl
        def adjust_reflected(self, autogen_context: Any, reflected: Any, metadata: Any) -> None:
            assert "sqlite" == autogen_context.dialect.name
            assert "t" == reflected.table.name == metadata.table.name
            seen.append([len(each) for each in (reflected.indexes, metadata.uniques)])
            for each in (reflected.indexes, metadata.uniques, metadata.foreign_keys):
                each.clear()

    sqlite.register(Plugin())
    database = model(Column("a", Integer), Index("ix", "a"))
    models = model(Column("a", ForeignKey("t.id")), UniqueConstraint("a", name="u"))

    assert [] == found(database, models)
    assert [[1, 1], [0, 0]] == seen


def test_hook_reflect_extra(sqlite: PluginManager) -> None:
    """It is called once, for the first comparator that needs the result."""
    asked: list[Any] = []
    views: list[Any] = []

    class Plugin:
        @hookimpl
        def reflect_extra(self, inspector: Any, schemas: Any) -> Iterable[SchemaObject]:
            asked.append(schemas)
            names = inspector.get_view_names()
            return [SchemaObject("view", name, definition="SELECT 1") for name in names]

        @hookimpl
        def autogenerate_comparators(self) -> Iterable[Comparator]:
            def compare(autogen_context: AutogenContext, _operations: Any) -> None:
                views.extend(autogen_context.schema_objects("view"))
                assert [] == autogen_context.schema_objects("sequence")

            return [Comparator("house.views", compare, "autogenerate")]

    sqlite.register(Plugin())
    with create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("CREATE VIEW v AS SELECT 1")
        context = MigrationContext.configure(connection)
        compare_metadata(context, MetaData())
        assert [] == asked
        chosen = MigrationContext.configure(
            connection, opts={"autogenerate_plugins": ["alembic.autogenerate.*", "house.views"]}
        )
        compare_metadata(chosen, MetaData())

    assert [[None]] == asked
    assert [SchemaObject("view", "v", definition="SELECT 1")] == views


def test_hook_process_revision_directives(project: Project, sqlite: PluginManager) -> None:
    """It modifies the revisions, before the function of env.py, which is called last."""
    log: list[str] = []

    class Plugin:
        @hookimpl
        def process_revision_directives(
            self, context: Any, revision: Any, directives: list[Any]
        ) -> None:
            assert isinstance(context, MigrationContext)
            log.append(f"plugin {revision}")
            directives[0].upgrade_ops.ops.append(ops.ExecuteSQLOp("ANALYZE"))

    def last(_context: Any, _revision: Any, directives: list[Any]) -> None:
        log.append(f"env.py {len(directives[0].upgrade_ops.ops)}")

    sqlite.register(Plugin())
    (file,) = written(project, process_revision_directives=last)

    assert ["plugin ()", "env.py 1"] == log
    assert "op.execute('ANALYZE')" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("hook", "answer", "expected"),
    [
        ("autogenerate_comparators", ["x"], "an iterable of Comparator"),
        ("autogenerate_comparators", 5, "an iterable of Comparator"),
        ("compare_type", "yes", "bool"),
        ("compare_server_default", 1, "bool"),
        ("reflect_extra", ["x"], "an iterable of SchemaObject"),
    ],
)
def test_wrong_answers_of_comparing(
    sqlite: PluginManager, hook: str, answer: Any, expected: str
) -> None:
    """The error names the hook and the expected type."""

    class Plugin:
        @hookimpl(trylast=True)
        def autogenerate_comparators(self) -> Iterable[Comparator]:
            def compare(context: Any, _operations: Any) -> None:
                context.schema_objects("view")

            return [Comparator("house.views", compare, "autogenerate", by_default=True)]

    class Wrong:
        pass

    method: Callable[..., Any] = lambda self: answer  # noqa: ARG005, E731 - a method
    setattr(Wrong, hook, hookimpl(method))
    sqlite.register(Plugin())
    sqlite.register(Wrong())
    database, models = (model(Column("a", kind, server_default="1")) for kind in (Integer, String))
    with pytest.raises(HookAnswerError, match=f"The hook '{hook}' .*expected: {expected}"):
        found(database, models, compare_server_default=True)


def test_directives_of_a_plugin_are_looked_through(project: Project, sqlite: PluginManager) -> None:
    """Invalid directives are rejected with the plugin's name, and nothing is written."""

    class Nonsense:
        @hookimpl
        def process_revision_directives(self, directives: list[Any]) -> None:
            directives.append("x")

    sqlite.register(Nonsense())

    with pytest.raises(CommandError, match=r"Nonsense.* left 'x' in the list of directives"):
        written(project)
    assert [] == list((project.folder / "versions").glob("*.py"))


def test_a_comparator_that_raises(sqlite: PluginManager) -> None:
    """A note names the function and its file."""

    def odd(*_details: Any) -> None:
        raise KeyError

    class Plugin:
        @hookimpl
        def autogenerate_comparators(self) -> list[Comparator]:
            return [Comparator("house.odd", odd, "autogenerate", by_default=True)]

    sqlite.register(Plugin())
    with pytest.raises(KeyError) as caught:
        found(MetaData(), MetaData())
    (note,) = caught.value.__notes__
    assert note.startswith("in the comparator 'test_a_comparator_that_raises.")
    assert note.endswith(f"({__file__})")


def test_a_comparator_of_an_unknown_target(sqlite: PluginManager) -> None:
    """It would never be called, which is said."""

    class Plugin:
        @hookimpl
        def autogenerate_comparators(self) -> list[Comparator]:
            return [Comparator("house.odd", print, "tables", by_default=True)]

    sqlite.register(Plugin())
    with pytest.warns(
        UserWarning, match="'print' of the set 'house.odd' is never called.*'tables'"
    ):
        assert [] == found(MetaData(), MetaData())

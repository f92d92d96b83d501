"""Which version rows a step deletes, inserts and updates, in which order, and what it checks."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, event, literal_column, select

from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import CommandError, VersionTableError
from idiolect.hooks import hookimpl
from idiolect.migration import HeadMaintainer, MigrationContext, StampStep
from idiolect.runtime.steps import MigrationStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from projects import Project
    from sqlalchemy.engine import Connection

    from idiolect.hooks.manager import PluginManager
    from idiolect.revisions.graph import RevisionMap

LINEAR = "a; b<a"
BRANCH = "a; b<a; c<a"
MERGE = "a; b<a; c<a; m<b,c"
DEPENDS = "a; b<a; x; y<x+b; z<b"

STEPS = {
    "first": (LINEAR, [], "+a", ["INSERT a"]),
    "linear": (LINEAR, ["a"], "+b", ["UPDATE a b"]),
    "linear, back": (LINEAR, ["b"], "-b", ["UPDATE b a"]),
    "to the base": (LINEAR, ["a"], "-a", ["DELETE a"]),
    "a second base": ("a; x", ["a"], "+x", ["INSERT x"]),
    "a second base, back": ("a; x", ["a", "x"], "-x", ["DELETE x"]),
    "a branch begins": (BRANCH, ["b"], "+c", ["INSERT c"]),
    "a branch ends": (BRANCH, ["b", "c"], "-c", ["DELETE c"]),
    "the last branch goes back": (BRANCH, ["c"], "-c", ["UPDATE c a"]),
    "merge": (MERGE, ["b", "c"], "+m", ["DELETE b", "UPDATE c m"]),
    "merge, rows in other order": (MERGE, ["c", "b"], "+m", ["DELETE b", "UPDATE c m"]),
    "merge of three": (
        "a; b; c; m<a,b,c",
        ["a", "b", "c"],
        "+m",
        ["DELETE a", "DELETE b", "UPDATE c m"],
    ),
    "unmerge": (MERGE, ["m"], "-m", ["INSERT c", "UPDATE m b"]),
    "unmerge beside a branch": (MERGE + "; d<c", ["m", "d"], "-m", ["UPDATE m b"]),
    "a dependency is taken in": (DEPENDS, ["b", "x"], "+y", ["DELETE x", "UPDATE b y"]),
    "a dependency below another head": (DEPENDS, ["z", "x"], "+y", ["UPDATE x y"]),
    "a dependent goes back": (DEPENDS, ["y"], "-y", ["INSERT b", "UPDATE y x"]),
    "a dependent goes back beside": (DEPENDS, ["y", "z"], "-y", ["UPDATE y x"]),
    "a base with a dependency": ("a; x+a", ["a"], "+x", ["UPDATE a x"]),
    "a base with a dependency, back": ("a; x+a", ["x"], "-x", ["UPDATE x a"]),
}


@pytest.fixture
def connection(project: Project) -> Iterator[Connection]:
    """A connection to the project's empty database."""
    with project.engine().connect() as connection:
        yield connection


def maintainer(connection: Connection, *heads: str, **opts: Any) -> HeadMaintainer:
    """Return a maintainer of a version table that holds ``heads``."""
    context = MigrationContext.configure(connection, opts=opts)
    context._ensure_version_table()
    for head in heads:
        connection.execute(context._version.insert().values(version_num=head))
    return HeadMaintainer(context, heads)


def written(connection: Connection) -> list[str]:
    """Return a list of all changes of version rows from now on."""
    log: list[str] = []

    def execute(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}:
            ids = statement.split("'")[1::2]
            order = reversed(ids) if statement.startswith("UPDATE") else ids
            log.append(" ".join([statement.split(maxsplit=1)[0], *order]))

    event.listen(connection, "before_cursor_execute", execute)
    return log


def rows(connection: Connection) -> list[str]:
    """Return the ids in the version table, sorted."""
    context = MigrationContext.configure(connection)
    return sorted(context.get_current_heads())


def test_rows_are_written_without_a_step(connection: Connection) -> None:
    """Subclasses in published code decide themselves which rows there are."""
    keeper = maintainer(connection, "a")

    keeper._insert_version("b")
    keeper._update_version("a", "c")
    keeper._delete_version("b")

    assert ({"c"}, ["c"]) == (keeper.heads, rows(connection))


@pytest.mark.parametrize("case", STEPS.values(), ids=STEPS)
def test_the_rows_of_a_step(
    graph: Callable[[str], RevisionMap],
    connection: Connection,
    case: tuple[str, list[str], str, list[str]],
) -> None:
    """The smallest set of changes, in a fixed order; the maintainer has the new heads."""
    history, heads, move, expected = case
    known = graph(history)
    make = (
        MigrationStep.upgrade_from_script if move[0] == "+" else MigrationStep.downgrade_from_script
    )
    step = make(known, known.get_revision(move[1:]))
    keeper = maintainer(connection, *heads)
    log = written(connection)
    keeper.update_to_step(step)
    assert expected == log
    assert rows(connection) == sorted(keeper.heads)


SHAPES = {
    "first": (False, True, False, False),
    "linear": (False, False, False, False),
    "to the base": (True, False, False, False),
    "a branch begins": (False, True, False, False),
    "a branch ends": (True, False, False, False),
    "merge": (False, False, True, False),
    "unmerge": (False, False, False, True),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_shape_of_a_step(graph: Callable[[str], RevisionMap], name: str) -> None:
    """A step only deletes, only inserts, merges, unmerges, or moves a row."""
    history, heads, move, _ = STEPS[name]
    known = graph(history)
    make = (
        MigrationStep.upgrade_from_script if move[0] == "+" else MigrationStep.downgrade_from_script
    )
    step = make(known, known.get_revision(move[1:]))
    assert SHAPES[name] == (
        step.should_delete_branch(heads),
        step.should_create_branch(heads),
        step.should_merge_branches(heads),
        step.should_unmerge_branches(heads),
    )


def test_the_ids_of_a_step(graph: Callable[[str], RevisionMap]) -> None:
    """Merges and unmerges return their ids; a step without an update raises an error."""
    known = graph(MERGE)
    up = MigrationStep.upgrade_from_script(known, known.get_revision("m"))
    down = MigrationStep.downgrade_from_script(known, known.get_revision("m"))
    assert (["b"], "c", "m") == up.merge_branch_idents(["b", "c"])
    assert ("m", "b", ("c",)) == down.unmerge_branch_idents(["m"])
    first = MigrationStep.upgrade_from_script(known, known.get_revision("a"))
    with pytest.raises(ValueError, match="changes no version row"):
        first.update_version_num([])


def up(from_: Any, to_: Any, branch: bool = False) -> StampStep:
    """Return a stamp towards the heads."""
    return StampStep(from_, to_, True, branch)


def down(from_: Any, to_: Any, branch: bool = False) -> StampStep:
    """Return a stamp towards the base."""
    return StampStep(from_, to_, False, branch)


STAMPS = {
    "none to single": ([up(None, "a", True)], ["a"]),
    "single to single": ([up(None, "a", True), up("a", "b")], ["b"]),
    "single to none": ([up(None, "a", True), down("a", None, True)], []),
    "branches added": (
        [up(None, "b", True), up(None, "d", True), up("d", "e1"), up("d", "e2", True)],
        ["b", "e1", "e2"],
    ),
    "branches taken back": (
        [up(None, "d1", True), up(None, "d2", True), down("d1", "c"), down("d2", "c", True)],
        ["c"],
    ),
    "merge": ([up(None, "d1", True), up(None, "d2", True), up(("d1", "d2"), "e")], ["e"]),
    "unmerge": ([up(None, "e", True), down("e", ("d1", "d2")), down("d2", "c2")], ["c2", "d1"]),
}


@pytest.mark.parametrize(("steps", "expected"), STAMPS.values(), ids=STAMPS)
def test_stamps(connection: Connection, steps: list[StampStep], expected: list[str]) -> None:
    """A stamp moves rows as steps do."""
    keeper = maintainer(connection)
    for step in steps:
        keeper.update_to_step(step)
    assert expected == rows(connection) == sorted(keeper.heads)


WRONG = {
    "update of none": ("x", [], up("x", "b"), "updating 'x' to 'b' in 'versions'; 0 found"),
    "update of two": ("a", ["a", "a"], up("a", "b"), "updating 'a' to 'b' in 'versions'; 2 found"),
    "delete of none": ("x", [], down("x", None, True), "deleting 'x' in 'versions'; 0 found"),
    "delete of two": (
        "a",
        ["a", "a"],
        down("a", None, True),
        "deleting 'a' in 'versions'; 2 found",
    ),
}


@pytest.mark.parametrize("sane", [True, False])
@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_a_row_that_is_not_there_once(
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    sane: bool,
    case: tuple[str, list[str], StampStep, str],
) -> None:
    """A row that another run took away or doubled is an error, where drivers count rows."""
    added, present, step, message = case
    monkeypatch.setattr(connection.dialect, "supports_sane_rowcount", sane)
    keeper = maintainer(connection, *present, version_table="versions", version_table_pk=False)
    keeper.heads.add(added)
    if not sane:
        keeper.update_to_step(step)
        return
    with pytest.raises(CommandError) as caught:
        keeper.update_to_step(step)
    assert str(caught.value).startswith(
        "Online migration expected to match one row when " + message
    )
    assert message.endswith(f"{caught.value.found} found")  # type: ignore[attr-defined] # its data


def test_a_row_that_is_there_already(connection: Connection) -> None:
    """A head is never inserted twice."""
    keeper = maintainer(connection, "a")
    with pytest.raises(VersionTableError, match="a row for 'a' already"):
        keeper._insert_version("a")


def test_an_id_with_a_quote(connection: Connection) -> None:
    """Ids are written as text, so their quotes are doubled."""
    keeper = maintainer(connection)
    keeper.update_to_step(up(None, "it's", True))
    keeper.update_to_step(up("it's", "b'c"))
    assert ["b'c"] == rows(connection)


class NumberedImpl(DefaultImpl):
    """A version table with a separate id, as DefaultImpl's documentation allows."""

    def version_table_impl(self, *, version_table: str, **kw: Any) -> Table:
        """Answer a table with two columns."""
        return Table(
            version_table,
            MetaData(),
            Column("id", Integer, primary_key=True),
            Column("version_num", String(32), nullable=False),
        )


def test_an_impls_own_version_table(plugins: PluginManager, project: Project) -> None:
    """Columns without values get their defaults."""

    class Plugin:
        @hookimpl
        def get_impl_class(self) -> type[DefaultImpl]:
            return NumberedImpl

    plugins.register(Plugin())
    project.revision("a")
    project.revision("b", "a")
    project.upgrade()
    assert [1] == project.rows("SELECT id FROM alembic_version WHERE version_num = 'b'")


@pytest.mark.parametrize(
    ("ids", "opts", "compiled"),
    [
        pytest.param(["a", "b", "c"], {}, 1, id="once-for-all"),
        pytest.param(["a", "b", "c"], {"version_table": "odd %(x)s:y"}, 4, id="odd-table"),
        pytest.param(["a", "b_1", "c%s"], {}, 3, id="odd-ids"),
    ],
)
def test_updates_share_a_text(
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    ids: list[str],
    opts: dict[str, Any],
    compiled: int,
) -> None:
    """Updates are rarely built as constructs, and the SQL is the same."""
    made: list[str] = []
    make = HeadMaintainer._update

    def noted(keeper: HeadMaintainer, from_: str, to_: str) -> Any:
        made.append(from_)
        return make(keeper, from_, to_)

    monkeypatch.setattr(HeadMaintainer, "_update", noted)
    keeper = maintainer(connection, ids[0], **opts)
    log = written(connection)
    for one, other in itertools.pairwise([*ids, "d"]):
        keeper.update_to_step(up(one, other))

    table = opts.get("version_table", "alembic_version")
    assert [f"UPDATE {one} {other}" for one, other in itertools.pairwise([*ids, "d"])] == log
    assert ["d"] == sorted(keeper.heads)
    assert [("d",)] == connection.execute(
        select(literal_column("*")).select_from(Table(table, MetaData()))
    ).all()
    assert compiled == len(made)


@pytest.mark.parametrize("wraps", [False, True], ids=["own", "wrapped"])
def test_an_impl_that_replaces_updates_gets_the_construct(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, *, wraps: bool
) -> None:
    """ClickHouse has no UPDATE: its impl class writes other statements in its place."""
    seen: list[str] = []
    execute = DefaultImpl._exec

    def noted(impl: DefaultImpl, construct: Any, *args: Any, **kw: Any) -> Any:
        seen.append(type(construct).__name__)
        return execute(impl, construct, *args, **kw)

    keeper = maintainer(connection, "a")
    own = functools.wraps(execute)(noted) if wraps else noted
    monkeypatch.setattr(type(keeper.context.impl), "_exec", own)
    keeper.update_to_step(up("a", "b"))
    keeper.update_to_step(up("b", "c"))

    assert ["Update", "Update"] == seen


def test_overridden_methods_get_alembics_arguments(connection: Connection) -> None:
    """Published subclasses take the ids only, and call the inherited method with them."""
    calls: list[tuple[str, ...]] = []

    class Watching(HeadMaintainer):
        def _insert_version(self, version: str) -> None:
            calls.append((version,))
            super()._insert_version(version)

        def _update_version(self, from_: str, to_: str) -> None:
            calls.append((from_, to_))
            super()._update_version(from_, to_)

    keeper = Watching(maintainer(connection).context, ())
    keeper.update_to_step(up(None, "a", True))
    keeper.update_to_step(up("a", "b"))

    assert [("a",), ("a", "b")] == calls

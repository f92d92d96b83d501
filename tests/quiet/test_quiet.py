"""A database just created from a model does not differ from it; after a change it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tests.quiet.corpus import DIALECTS, schemas
from tests.quiet.places import EVERYTHING, USUAL_AND_CHECKS, found, made, place
from tests.rendering.revision import run, write

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from tests.quiet.schema import Schema

#: The SQLAlchemy of each database says so, and what it says is true.
pytestmark = pytest.mark.filterwarnings(
    "ignore:autogenerate skipping metadata-specified expression-based index",
    "ignore:Skipped unsupported reflection of expression-based index",
    "ignore:Could not instantiate type",
    "ignore:Cannot correctly sort tables",
)
_MARKS = {"postgresql": [pytest.mark.postgresql], "mariadb": [pytest.mark.mariadb], "sqlite": []}


def _cases(*, step: int = 1) -> list[Any]:
    return [
        pytest.param(dialect, schema, id=f"{dialect}-{schema.name}", marks=_MARKS[dialect])
        for dialect in DIALECTS
        for schema in schemas(dialect)[::step]
    ]


@pytest.fixture
def engine(request: pytest.FixtureRequest, dialect: str) -> Engine:
    """The engine of the case's database."""
    given: Engine = request.getfixturevalue(dialect)
    return given


def test_the_corpus_is_large() -> None:
    """Each database has at least 150 schemas, of different names."""
    names = {dialect: [one.name for one in schemas(dialect)] for dialect in DIALECTS}
    assert {} == {d: len(found) for d, found in names.items() if len(found) < 150}
    assert {} == {d: found for d, found in names.items() if len(found) != len(set(found))}


@pytest.mark.parametrize(("dialect", "schema"), _cases())
def test_only_what_was_changed_differs(engine: Engine, schema: Schema) -> None:
    """Right after create_all() nothing differs; with one thing of the model changed, that does."""
    with made(engine, schema) as (connection, others):
        assert [] == found(connection, schema.metadata(*others), others)
        opts: dict[str, Any] = {"autogenerate_plugins": USUAL_AND_CHECKS}
        if "check" in schema.name:
            assert [] == found(connection, schema.metadata(*others), others, **opts)
        every: dict[str, Any] = {"autogenerate_plugins": EVERYTHING}
        assert [] == found(connection, schema.metadata(*others), others, **every)
        if schema.changed is not None:
            changed = schema.metadata(*others, change=True)
            kinds = {one[0] for one in found(connection, changed, others, **opts)}
            assert list(schema.seen) == sorted(kinds)


@pytest.mark.parametrize(("dialect", "schema"), _cases(step=5))
def test_what_is_rendered_makes_it(engine: Engine, schema: Schema) -> None:
    """The revision that autogenerate writes for an empty database leaves no difference."""
    with place(engine, schema) as (connection, others):
        model = schema.metadata(*others)
        names = {"include_schemas": bool(others), "include_name": _only(others)}
        run(connection, write(connection, model, **names), "upgrade")
        assert [] == found(connection, model, others)


def _only(others: list[str]) -> Any:
    def include(name: str | None, type_: str, _parents: Any) -> bool:
        return type_ != "schema" or name is None or name in others

    return include


#: What PostgreSQL tells in yet other words if it was told its own.
TOLD_TWICE = (
    "check IN of texts",
    "computed in of texts",
    "computed interval",
    "default array of strings",
    "index IN of texts",
    "index IN in text",
    "index where IN of texts",
)


@pytest.mark.postgresql
@pytest.mark.parametrize("name", TOLD_TWICE)
def test_what_was_dumped_and_restored(postgresql: Engine, name: str) -> None:
    """A database restored from a dump does not differ from the model."""
    schema = next(one for one in schemas("postgresql") if one.name == name)
    with made(postgresql, schema) as (connection, others):
        dump = sa.MetaData()
        dump.reflect(connection)
        dump.drop_all(connection)
        for table in dump.tables.values():
            table.c.id.server_default = None  # The sequence went with the table.
        dump.create_all(connection)
        opts: dict[str, Any] = {"autogenerate_plugins": EVERYTHING}
        assert [] == found(connection, schema.metadata(*others), others, **opts)


def test_the_page_tells_how_many() -> None:
    """The page on differences states the size of the corpus."""
    page = Path(__file__).parents[2] / "docs" / "explanation" / "differences.md"
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
    told = {
        cells[0]: (int(cells[1]), int(cells[4]))
        for line in page.read_text(encoding="utf-8").splitlines()
        if (cells := line.strip("| ").split(" | ")) and cells[0] in names.values()
        if len(cells) == 7
    }
    made_of = {dialect: schemas(dialect) for dialect in DIALECTS}
    assert told == {
        names[dialect]: (len(found), sum(one.changed is not None for one in found))
        for dialect, found in made_of.items()
    }

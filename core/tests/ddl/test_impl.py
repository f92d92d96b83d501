"""The documented DefaultImpl."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine.default import DefaultDialect

from idiolect.ddl.impl import DefaultImpl
from idiolect.ddl.lookup import registered_classes
from idiolect.errors import OperationError
from idiolect.hooks.records import DialectRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection


@pytest.fixture
def buffer() -> io.StringIO:
    """The output buffer of the script."""
    return io.StringIO()


@pytest.fixture
def impl(buffer: io.StringIO) -> DefaultImpl:
    """An impl that writes a script."""
    return DefaultImpl(DefaultDialect(), None, True, None, buffer, {})


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database in memory."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def online(connection: Connection) -> DefaultImpl:
    """An impl that executes."""
    return DefaultImpl(connection.dialect, connection, False, None, None, {})


def test_subclass_registers_by_its_own_dialect_name() -> None:
    """A class that names a dialect in its body serves it; a subclass without does not."""

    class First(DefaultImpl):
        __dialect__ = "dialect_of_this_test"

    class Further(First):
        pass

    class Second(First):
        __dialect__ = "dialect_of_this_test"

    assert registered_classes("dialect_of_this_test") == (First, Second)
    assert Further.__dialect__ == "dialect_of_this_test"
    assert DefaultImpl in registered_classes("default")
    assert registered_classes("nobody's") == ()


@pytest.mark.parametrize(
    ("given", "expected"), [(None, False), (True, True), (False, False)], ids=str
)
def test_transactional_ddl_is_the_classes_unless_given(given: bool | None, expected: bool) -> None:
    """The constructor's argument overrides the class attribute."""
    impl = DefaultImpl(DefaultDialect(), None, True, given, io.StringIO(), {})
    assert impl.transactional_ddl is expected
    assert impl.rules.transactional_ddl is expected
    assert DefaultImpl.transactional_ddl is False


def test_class_attributes_rule_until_a_context_does(buffer: io.StringIO) -> None:
    """Without a context, terminator and separator are those of the class."""

    class Batches(DefaultImpl):
        command_terminator = "!"
        batch_separator = "GO"

    impl = Batches(DefaultDialect(), None, True, None, buffer, {})
    impl.emit_begin()
    impl.execute("a")
    impl.emit_commit()
    impl.rules = DialectRules(transactional_ddl=False)
    impl.execute("b")
    assert buffer.getvalue() == "BEGIN!\n\na!\n\nGO\n\nCOMMIT!\n\nGO\n\nb;\n\n"


def test_a_character_that_the_encoding_lacks() -> None:
    """The message names it, and how to write the script in UTF-8."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    impl = DefaultImpl(DefaultDialect(), None, True, None, stream, {})
    with pytest.raises(OperationError, match="'ascii', which does not have the character 'ü'"):
        impl.execute("SELECT 'ü'")


def test_static_output_is_text_and_an_empty_line(impl: DefaultImpl, buffer: io.StringIO) -> None:
    """static_output() writes its argument and nothing else."""
    impl.static_output("-- hello")
    assert buffer.getvalue() == "-- hello\n\n"


def test_script_without_a_buffer_is_an_error() -> None:
    """Writing without an output buffer raises an error."""
    impl = DefaultImpl(DefaultDialect(), None, True, None, None, {})
    with pytest.raises(OperationError, match="no output buffer"):
        impl.execute("a")


def test_execution_without_a_connection_is_an_error() -> None:
    """Executing without a connection raises an error."""
    impl = DefaultImpl(DefaultDialect(), None, False, None, None, {})
    assert impl.bind is None
    with pytest.raises(OperationError, match="no connection"):
        impl.execute("a")


@pytest.mark.parametrize("given", [{"params": {"a": 1}}, {"multiparams": []}], ids=str)
def test_script_takes_no_parameters(impl: DefaultImpl, given: dict[str, Any]) -> None:
    """Parameters have no place in a script; the error is a TypeError too."""
    with pytest.raises(TypeError, match="SQL parameters not allowed with as_sql") as caught:
        impl._exec("select :a", **given)
    assert isinstance(caught.value, OperationError)


def test_bind_of_a_script_writes(impl: DefaultImpl, buffer: io.StringIO) -> None:
    """What SQLAlchemy itself does on the bind of a script is written."""
    bind: Any = impl.bind
    Table("t", MetaData(), Column("a", Integer)).create(bind)
    assert buffer.getvalue() == "CREATE TABLE t (\n    a INTEGER\n);\n\n"


def test_on_execute_comes_before_each_statement_online(online: DefaultImpl) -> None:
    """The callback runs before each statement, and never for a script."""
    seen: list[str] = []
    online.on_execute = lambda: seen.append("told")
    event.listen(online.bind, "before_execute", lambda *_args: seen.append("executed"))
    online.create_table(Table("t", MetaData(), Column("a", Integer, index=True)))
    assert seen == ["told", "told", "executed", "told", "executed"]


def test_on_execute_comes_before_what_listeners_execute(online: DefaultImpl) -> None:
    """A statement that a table's listener executes is announced too."""
    seen: list[str] = []
    online.on_execute = lambda: seen.append("told")
    table = Table("t", MetaData(), Column("a", Integer))
    for name in ("before_create", "before_drop"):
        event.listen(table, name, lambda *_args, **_kw: seen.append("listener"))
    online.create_table(table)
    online.drop_table(table)
    assert seen == ["told", "listener", "told"] * 2


def test_on_execute_is_not_called_for_a_script(impl: DefaultImpl) -> None:
    """A script begins no transaction implicitly."""
    impl.on_execute = lambda: pytest.fail("called")
    impl.execute("a")


def test_execution_options_last_for_one_statement(
    online: DefaultImpl, connection: Connection
) -> None:
    """Options of one statement do not reach the next."""
    seen: list[Any] = []
    event.listen(
        connection,
        "before_cursor_execute",
        lambda _conn, _cursor, _sql, _params, context, _many: seen.append(
            context.execution_options.get("mine")
        ),
    )
    online.execute("select 1", {"mine": 1})
    online.execute("select 2")
    assert seen == [1, None]


def test_option_of_a_connection_goes_to_the_connection(
    online: DefaultImpl, connection: Connection
) -> None:
    """isolation_level, which no statement takes, is set on the connection."""
    online.execute("select 1", {"isolation_level": "AUTOCOMMIT", "mine": 1})
    assert connection.get_execution_options()["isolation_level"] == "AUTOCOMMIT"
    assert "mine" not in connection.get_execution_options()


def test_parameters_and_results_online(online: DefaultImpl) -> None:
    """Parameters reach the statement, its result comes back."""
    one = online._exec("select :a", params={"a": 5})
    assert one is not None
    assert one.scalar() == 5
    online.execute("create table t (a)")
    online._exec(text("insert into t values (:a)"), multiparams=[{"a": 1}, {"a": 2}])
    many = online._exec("select sum(a) from t")
    assert many is not None
    assert many.scalar() == 3


def test_constraints_and_indexes(impl: DefaultImpl, buffer: io.StringIO) -> None:
    """Constraints and indexes are added and dropped by one statement each."""
    table = Table("t", MetaData(), Column("a", Integer))
    table.append_constraint(UniqueConstraint("a", name="u"))
    unique = next(c for c in table.constraints if c.name == "u")
    index = Index("i", table.c.a)
    impl.add_constraint(unique)
    impl.create_index(index, if_not_exists=True)
    impl.drop_index(index, if_exists=True)
    assert buffer.getvalue().split("\n\n")[:-1] == [
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);",
        "CREATE INDEX IF NOT EXISTS i ON t (a);",
        "DROP INDEX IF EXISTS i;",
    ]


class _WithComments(DefaultDialect):
    supports_comments = True


class _WithInlineComments(_WithComments):
    inline_comments = True


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (_WithComments(), ["COMMENT ON TABLE t IS ''", "COMMENT ON COLUMN t.a IS 'it''s'"]),
        (_WithInlineComments(), []),
        (DefaultDialect(), []),
    ],
    ids=["statements", "inline", "none"],
)
def test_comments_where_they_are_statements(
    buffer: io.StringIO, dialect: DefaultDialect, expected: list[str]
) -> None:
    """Comments, empty ones too, follow the table where the dialect has statements for them."""
    impl = DefaultImpl(dialect, None, True, None, buffer, {})
    columns = [Column("a", Integer, comment="it's"), Column("b", Integer)]
    impl.create_table(Table("t", MetaData(), *columns, comment=""))
    assert [part.removesuffix(";") for part in buffer.getvalue().split("\n\n")[1:-1]] == expected


def test_comments_one_by_one(impl: DefaultImpl, buffer: io.StringIO) -> None:
    """A table's comment can be set and dropped."""
    table = Table("t", MetaData(), comment="c")
    impl.create_table_comment(table)
    impl.drop_table_comment(table)
    assert buffer.getvalue() == "COMMENT ON TABLE t IS 'c';\n\nCOMMENT ON TABLE t IS NULL;\n\n"


@pytest.mark.parametrize("primary_key", [True, False], ids=["with key", "without"])
def test_version_table(impl: DefaultImpl, buffer: io.StringIO, primary_key: bool) -> None:
    """The version table has one column, and a named key unless configured otherwise."""
    table = impl.version_table_impl(
        version_table="v", version_table_schema="s", version_table_pk=primary_key
    )
    impl.create_table(table)
    key = ", \n    CONSTRAINT v_pkc PRIMARY KEY (version_num)" if primary_key else ""
    expected = f"CREATE TABLE s.v (\n    version_num VARCHAR(32) NOT NULL{key}\n);\n\n"
    assert buffer.getvalue() == expected


def test_start_migrations_does_nothing(impl: DefaultImpl, buffer: io.StringIO) -> None:
    """The method can be overridden to prepare a run."""
    impl.start_migrations()
    assert buffer.getvalue() == ""


def test_a_subclass_lays_out_statements(buffer: io.StringIO) -> None:
    """The result of ``script_lines()`` is written to the script for a statement."""

    class Framed(DefaultImpl):
        def script_lines(self, sql: str) -> list[str]:
            return ["-- begin", *super().script_lines(sql), "-- end"]

    impl = Framed(DefaultDialect(), None, True, None, buffer, {})
    impl.execute("SELECT 1")
    assert "-- begin\n\nSELECT 1;\n\n-- end\n\n" == buffer.getvalue()

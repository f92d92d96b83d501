"""A rebuild preserves everything of a table besides columns and constraints."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Computed, Integer, Table, Text, create_engine, event, text
from sqlalchemy.exc import IntegrityError, NoSuchTableError

from idiolect.errors import OperationError
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_sqlite.rebuild import LeftoverError, RowsAtRiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database."""
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        yield made
    engine.dispose()


def rebuild(
    connection: Connection, change: Callable[[Any], Any] | None = None, **options: Any
) -> None:
    """Rebuild the table ``t``."""
    op = Operations(MigrationContext.configure(connection))
    with op.batch_alter_table("t", recreate="always", **options) as batch:
        if change is not None:
            change(batch)


def sql_of(connection: Connection, kind: str) -> list[str]:
    """Return the SQL of all objects of a kind, white space folded."""
    found = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = ? AND sql NOT NULL ORDER BY name", (kind,)
    )
    return [" ".join(sql.split()) for (sql,) in found]


def play(connection: Connection, *statements: str) -> None:
    """Send statements and commit."""
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.commit()


@contextlib.contextmanager
def listening(name: str, listener: Callable[..., None]) -> Iterator[None]:
    """Have a listener for the events of all tables, as extensions of SQLAlchemy have."""
    event.listen(Table, name, listener)
    yield
    event.remove(Table, name, listener)


TRIGGER = "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END"


def test_triggers_and_views_stay(connection: Connection) -> None:
    """Triggers on the table and views over it still work."""
    play(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        "CREATE TABLE log (a TEXT)",
        TRIGGER,
        "CREATE VIEW v AS SELECT a FROM t",
    )

    rebuild(connection, lambda batch: batch.alter_column("a", nullable=False))

    assert [TRIGGER] == sql_of(connection, "trigger")
    play(connection, "INSERT INTO t (a) VALUES ('x')")
    assert [("x",)] == list(connection.exec_driver_sql("SELECT a FROM log"))
    assert [("x",)] == list(connection.exec_driver_sql("SELECT a FROM v"))
    assert 0 == connection.exec_driver_sql("PRAGMA legacy_alter_table").scalar()


INDEXES = [
    "CREATE INDEX i_collated ON t (a COLLATE NOCASE)",
    "CREATE INDEX i_down ON t (b DESC) WHERE b > 1",
    "CREATE INDEX i_expression ON t (lower(a), b)",
]


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_indexes_that_are_not_read_whole_stay(connection: Connection) -> None:
    """Expressions, order and collation are taken from the SQL of the index."""
    play(connection, "CREATE TABLE t (a TEXT, b INTEGER)", *INDEXES)

    rebuild(connection)

    assert INDEXES == sql_of(connection, "index")


def test_an_index_on_a_renamed_column_is_made_of_what_is_read(connection: Connection) -> None:
    """Its SQL contains the old name, so the index is created from reflection."""
    play(connection, "CREATE TABLE t (a TEXT, b INTEGER)", "CREATE INDEX i ON t (b DESC)")

    rebuild(connection, lambda batch: batch.alter_column("b", new_column_name="c"))

    assert ["CREATE INDEX i ON t (c)"] == sql_of(connection, "index")


def test_a_dropped_index_does_not_come_back(connection: Connection) -> None:
    """What the batch drops is left out."""
    play(connection, "CREATE TABLE t (a TEXT, b INTEGER)", "CREATE INDEX i ON t (b DESC)")

    rebuild(connection, lambda batch: batch.drop_index("i"))

    assert [] == sql_of(connection, "index")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)",
            "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
        ),
        ("CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER) WITHOUT ROWID", ") WITHOUT ROWID"),
        (
            "CREATE TABLE t (a TEXT COLLATE NOCASE, b VARCHAR(5) NOT NULL)",
            'a TEXT COLLATE "NOCASE"',
        ),
        ("CREATE TABLE t (\"a\" TEXT DEFAULT ',(' COLLATE RTRIM)", 'COLLATE "RTRIM"'),
    ],
    ids=["autoincrement", "without rowid", "collation", "after a quoted comma"],
)
def test_options_of_tables_and_columns_stay(
    connection: Connection, definition: str, expected: str
) -> None:
    """What SQLAlchemy does not read is found in the SQL of the table."""
    play(connection, definition)

    rebuild(connection)

    (made,) = (sql for sql in sql_of(connection, "table") if "sqlite_sequence" not in sql)
    assert expected in made.replace("id INTEGER PRIMARY", "id INTEGER NOT NULL PRIMARY")


@pytest.mark.skipif(
    "strict" not in Table("t", __import__("sqlalchemy").MetaData()).dialect_options["sqlite"],
    reason="this version of SQLAlchemy has no STRICT tables",
)
def test_a_strict_table_stays_strict(connection: Connection) -> None:
    """STRICT is an option of the table."""
    play(connection, "CREATE TABLE t (a TEXT, b INTEGER) STRICT")

    rebuild(connection)

    assert sql_of(connection, "table")[0].endswith(") STRICT")


def test_autoincrement_goes_on_where_it_was(connection: Connection) -> None:
    """Used numbers are not reused."""
    play(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)",
        "INSERT INTO t (a) VALUES ('x'), ('y'), ('z')",
        "DELETE FROM t WHERE id > 1",
    )

    rebuild(connection)
    play(connection, "INSERT INTO t (a) VALUES ('new')")

    assert [(1,), (4,)] == list(connection.exec_driver_sql("SELECT id FROM t ORDER BY id"))


def children(action: str) -> list[str]:
    """Return a function that creates a table ``t`` with a row that another table refers to."""
    return [
        "PRAGMA foreign_keys=ON",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)",
        f"CREATE TABLE child (t_id INTEGER REFERENCES t (id) ON DELETE {action})",
        "INSERT INTO t VALUES (1, 5)",
        "INSERT INTO child VALUES (1)",
    ]


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL"])
def test_rows_that_refer_to_the_table_are_not_touched(connection: Connection, action: str) -> None:
    """With enforcement on, outside a run that could be restarted, the batch is refused."""
    play(connection, *children(action))

    with pytest.raises(RowsAtRiskError, match=f"'child' has rows that refer.*{action}"):
        rebuild(connection)
    connection.rollback()

    assert [(1,)] == list(connection.exec_driver_sql("SELECT t_id FROM child"))
    assert [(1, 5)] == list(connection.exec_driver_sql("SELECT * FROM t"))


@pytest.mark.parametrize("action", ["NO ACTION", "RESTRICT"])
def test_without_an_action_the_database_refuses(connection: Connection, action: str) -> None:
    """SQLite itself refuses to drop referenced rows, and nothing is lost."""
    play(connection, *children(action))

    with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
        rebuild(connection)
    connection.rollback()

    assert [(1, 5)] == list(connection.exec_driver_sql("SELECT * FROM t"))


@pytest.mark.parametrize("before", ["DELETE FROM child", "PRAGMA foreign_keys=OFF"])
def test_where_no_row_is_at_risk_the_table_is_made_anew(
    connection: Connection, before: str
) -> None:
    """Without referencing rows, or with enforcement off, other tables' rows are unchanged."""
    play(connection, *children("CASCADE"))
    play(connection, before)
    there = list(connection.exec_driver_sql("SELECT t_id FROM child"))
    connection.commit()

    rebuild(connection, lambda batch: batch.alter_column("a", type_=Integer(), nullable=False))

    assert there == list(connection.exec_driver_sql("SELECT t_id FROM child"))
    assert [(1, 5)] == list(connection.exec_driver_sql("SELECT * FROM t"))


def test_an_empty_table_that_was_left_is_dropped(connection: Connection) -> None:
    """The temporary table of a killed, non-transactional run is dropped."""
    play(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)",
        "INSERT INTO t VALUES (1, 5)",
        "CREATE TABLE _alembic_tmp_t (id INTEGER)",
    )
    with pytest.warns(UserWarning, match="'_alembic_tmp_t', left by a run that was killed"):
        rebuild(connection)
    assert ['CREATE TABLE "t" ( id INTEGER, a INTEGER, PRIMARY KEY (id) )'] == sql_of(
        connection, "table"
    )
    assert [(1, 5)] == list(connection.exec_driver_sql("SELECT * FROM t"))


def test_a_table_with_rows_that_was_left_is_told(connection: Connection) -> None:
    """It is unclear which table is complete, so the rebuild is refused."""
    play(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY)",
        "CREATE TABLE _alembic_tmp_t (id INTEGER)",
        "INSERT INTO _alembic_tmp_t VALUES (1)",
    )
    with pytest.raises(LeftoverError, match="DROP TABLE _alembic_tmp_t"):
        rebuild(connection)
    assert [(1,)] == list(connection.exec_driver_sql("SELECT * FROM _alembic_tmp_t"))


def test_a_table_that_was_not_renamed_is_told(connection: Connection) -> None:
    """The old table was dropped but the new one not renamed: the error names the new one."""
    play(connection, "CREATE TABLE _alembic_tmp_t (id INTEGER)")
    with pytest.raises(NoSuchTableError, match=r"but '_alembic_tmp_t' exists.*rename it to 't'"):
        rebuild(connection)


RENAMED = """
CREATE TABLE t (
    id INTEGER PRIMARY KEY,
    a TEXT,
    g INTEGER GENERATED ALWAYS AS (b + 1) STORED,
    b INTEGER,
    CONSTRAINT k CHECK (lower(a) <> 'a' AND "A" <> 'it''s' AND b > 0)
)
"""


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_text_follows_the_renaming_of_columns(connection: Connection) -> None:
    """Checks, computed columns and indexes use the new names; strings are unchanged."""
    play(
        connection,
        RENAMED,
        "CREATE INDEX i ON t (b) WHERE b > 5",
        "CREATE INDEX j ON t (b + 1)",
        "INSERT INTO t (id, a, b) VALUES (1, 'x', 7)",
    )

    def change(batch: Any) -> None:
        batch.alter_column("a", new_column_name="My A")
        batch.alter_column("b", new_column_name="c")

    rebuild(connection, change)
    check = """lower("My A") <> 'a' AND "My A" <> 'it''s' AND c > 0"""
    expected = (
        'CREATE TABLE "t" ( id INTEGER, "My A" TEXT, g INTEGER GENERATED ALWAYS AS (c + 1) STORED, '
        f"c INTEGER, PRIMARY KEY (id), CONSTRAINT k CHECK ({check}) )"
    )
    assert [expected] == sql_of(connection, "table")
    assert [
        "CREATE INDEX i ON t (c) WHERE c > 5",
        "CREATE INDEX j ON t (c + 1)",
    ] == sql_of(connection, "index")
    assert [(1, "x", 8, 7)] == list(connection.exec_driver_sql("SELECT * FROM t"))


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("", "CHECK constraint 'k' of table 't' uses the column 'b', which is dropped"),
        ("CREATE INDEX j ON t (b + 1)", "Index 'j' of table 't' uses the column 'b'"),
    ],
)
def test_text_about_a_dropped_column_is_refused(
    connection: Connection, index: str, said: str
) -> None:
    """The error says what else to drop, and is raised before the first statement."""
    play(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER, CONSTRAINT k CHECK (b > id))",
    )

    def change(batch: Any) -> None:
        if index:
            batch.drop_constraint("k", type_="check")
        batch.drop_column("b")

    if index:
        play(connection, index)
    with pytest.raises(OperationError, match=said):
        rebuild(connection, change)
    assert [("t",)] == list(
        connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    )


def test_a_check_of_a_dropped_column_goes_with_it(connection: Connection) -> None:
    """A CHECK on that column alone is dropped with it; others are kept."""
    play(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER, CONSTRAINT k CHECK (b IN (0, 1)), "
        "CONSTRAINT l CHECK (id > 0))",
    )
    rebuild(connection, lambda batch: batch.drop_column("b"))
    expected = 'CREATE TABLE "t" ( id INTEGER, PRIMARY KEY (id), CONSTRAINT l CHECK (id > 0) )'
    assert [expected] == sql_of(connection, "table")


def test_triggers_that_others_look_after_are_left_to_them(connection: Connection) -> None:
    """Triggers that listeners drop and create, as SpatiaLite's do, are not recreated."""
    play(
        connection,
        "CREATE TABLE t (a INTEGER, geometry BLOB)",
        "CREATE TABLE log (a INTEGER)",
        TRIGGER,
        "CREATE TRIGGER gone AFTER INSERT ON t BEGIN SELECT new.geometry; END",
        "CREATE TRIGGER anew AFTER INSERT ON t BEGIN SELECT 1; END",
    )

    def drop(_table: Table, bind: Connection, **_kw: Any) -> None:
        bind.exec_driver_sql("DROP TRIGGER gone")
        bind.exec_driver_sql("DROP TRIGGER anew")

    def create(_table: Table, bind: Connection, **_kw: Any) -> None:
        made = "CREATE TRIGGER anew AFTER INSERT ON _alembic_tmp_t BEGIN SELECT 2; END"
        bind.exec_driver_sql(made)

    with listening("before_drop", drop), listening("after_drop", create):
        rebuild(connection, lambda op: op.drop_column("geometry"))
    connection.exec_driver_sql("INSERT INTO t VALUES (1)")

    made = 'CREATE TRIGGER anew AFTER INSERT ON "t" BEGIN SELECT 2; END'
    assert [made, TRIGGER] == sql_of(connection, "trigger")


def test_triggers_about_a_renamed_column_are_told(connection: Connection) -> None:
    """They are recreated unchanged, which SQLite accepts but would fail on firing: a warning."""
    play(
        connection, "CREATE TABLE t (a INTEGER, b INTEGER)", "CREATE TABLE log (a INTEGER)", TRIGGER
    )
    with pytest.warns(UserWarning, match="Trigger 'g' of table 't' .* refer to the column 'a'"):
        rebuild(connection, lambda batch: batch.alter_column("a", new_column_name="c"))


def test_in_a_schema(connection: Connection) -> None:
    """Objects recreated from their SQL stay in the table's schema."""
    play(
        connection,
        "ATTACH ':memory:' AS \"o s\"",
        'CREATE TABLE "o s".t (a TEXT)',
        'CREATE UNIQUE INDEX "o s"."i x" ON t (a DESC)',
        'CREATE TRIGGER "o s".g AFTER INSERT ON t BEGIN SELECT 1; END',
    )
    query = "SELECT name FROM \"o s\".sqlite_master WHERE type IN ('index', 'trigger')"
    before = list(connection.exec_driver_sql(query))

    rebuild(connection, schema="o s")

    assert before == list(connection.exec_driver_sql(query))
    assert [] == list(connection.exec_driver_sql("SELECT name FROM main.sqlite_master"))


@pytest.mark.parametrize(
    "definition",
    [
        "c INTEGER AS (a + 1)",
        "c TEXT GENERATED ALWAYS AS (a || ':x, )' || \"b\") STORED, b INTEGER, CHECK (a > 0)",
        "c INTEGER GENERATED ALWAYS AS (\n(a + 1)\n* 2) VIRTUAL",
        "as_ TEXT DEFAULT 'AS (', c INTEGER AS (cast(a AS INTEGER)) STORED",
    ],
)
@pytest.mark.filterwarnings("ignore:Unnamed CHECK constraint")
def test_computed_columns_of_any_text(connection: Connection, definition: str) -> None:
    """Expressions that SQLAlchemy cannot parse are preserved in the new table."""
    play(connection, f"CREATE TABLE t (a INTEGER, {definition})", "INSERT INTO t (a) VALUES (5)")
    before = list(connection.exec_driver_sql("SELECT c FROM t"))

    rebuild(connection, lambda batch: batch.alter_column("a", nullable=False))

    assert before == list(connection.exec_driver_sql("SELECT c FROM t"))
    connection.exec_driver_sql("UPDATE t SET a = 6")
    assert before != list(connection.exec_driver_sql("SELECT c FROM t")) or before == [(None,)]


def test_a_computed_column_that_changes(connection: Connection) -> None:
    """The batch's arguments take precedence over the catalogue."""
    play(connection, "CREATE TABLE t (a INTEGER, c INTEGER AS (a + 1))", "INSERT INTO t VALUES (5)")
    rebuild(connection, lambda batch: batch.alter_column("c", server_default=Computed("a + 2")))
    assert [(5, 7)] == list(connection.exec_driver_sql("SELECT * FROM t"))


@pytest.mark.parametrize(
    "definition",
    [
        "c",
        "c STRING",
        "c UNSIGNED BIG INT",
        "c VARCHAR(10,2)",
        "c INT PRIMARY KEY",
        "c MEDIUMTEXT DEFAULT ':x'",
        "c ANY DEFAULT (strftime('%s', 'now'))",
    ],
)
def test_types_keep_their_words(connection: Connection, definition: str) -> None:
    """Any type name is valid in SQLite, even if SQLAlchemy does not know it."""
    play(connection, f"CREATE TABLE t (a TEXT, {definition})")
    before = list(connection.exec_driver_sql("PRAGMA table_info(t)"))
    keys = list(connection.exec_driver_sql("SELECT origin FROM pragma_index_list('t')"))

    rebuild(connection)

    assert before == list(connection.exec_driver_sql("PRAGMA table_info(t)"))
    assert keys == list(connection.exec_driver_sql("SELECT origin FROM pragma_index_list('t')"))


def test_a_type_that_changes(connection: Connection) -> None:
    """The new type replaces the old name."""
    play(connection, "CREATE TABLE t (a STRING, b MEDIUMTEXT)")
    rebuild(connection, lambda batch: batch.alter_column("a", type_=Integer()))
    assert ['CREATE TABLE "t" ( a INTEGER, b MEDIUMTEXT )'] == sql_of(connection, "table")


@pytest.mark.parametrize("literal", ["':x'", "':y \\:z'", "'C:\\:x'", "'[[:alpha:]] :x'"])
def test_a_colon_in_text_is_no_parameter(connection: Connection, literal: str) -> None:
    """Defaults, checks, computed columns and indexes are unchanged."""
    said = f"a TEXT DEFAULT {literal}, b TEXT GENERATED ALWAYS AS (a || {literal}) VIRTUAL"
    index = f"CREATE INDEX i ON t (a) WHERE a <> {literal}"
    play(connection, f"CREATE TABLE t ({said}, CONSTRAINT k CHECK (a <> {literal}))", index)
    rebuild(connection)
    assert [f'CREATE TABLE "t" ( {said}, CONSTRAINT k CHECK (a <> {literal}) )'] == sql_of(
        connection, "table"
    )
    assert [index] == sql_of(connection, "index")


def test_colons_in_a_column_that_is_passed(connection: Connection) -> None:
    """Its text is a program's, which escapes colons itself."""
    play(connection, "CREATE TABLE t (a TEXT)")
    column = Column("a", Text, server_default=text(r"'\:x'"))
    rebuild(connection, reflect_args=[column])
    assert ["CREATE TABLE \"t\" ( a TEXT DEFAULT ':x' )"] == sql_of(connection, "table")

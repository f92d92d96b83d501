"""The lint rules for PostgreSQL, compared with what a server does.

Each case is run on a table with rows and linted: the rules have to find something if, and only if,
others have to wait while work is done that takes the longer, the more rows the table has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.testing.linting import findings, names, upgrade
from idiolect_postgresql import sqltext
from idiolect_postgresql.lint import RULES
from idiolect_postgresql.lintchecks import VOLATILE_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

pytestmark = pytest.mark.postgresql

SCHEMA = (
    "CREATE TYPE mood AS ENUM ('happy', 'sad')",
    "CREATE TABLE team (id integer PRIMARY KEY)",
    "INSERT INTO team SELECT generate_series(1, 9)",
    """
    CREATE TABLE account (
        id integer PRIMARY KEY, email text DEFAULT 'x', age integer DEFAULT 1,
        team_id integer DEFAULT 1, mood mood, name varchar(10) DEFAULT 'x',
        number integer DEFAULT 1 NOT NULL
    )
    """,
    "INSERT INTO account SELECT generate_series(1, 9)",
    "UPDATE account SET email = id",
    "ALTER TABLE account ADD CONSTRAINT known CHECK (age > 0) NOT VALID",
    "CREATE INDEX ix_name ON account (name)",
    "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM account",
    "CREATE UNIQUE INDEX ix_totals ON totals (count)",
    "CREATE TABLE parts (id integer) PARTITION BY LIST (id)",
    "CREATE TABLE part PARTITION OF parts FOR VALUES IN (1)",
    "INSERT INTO parts VALUES (1)",
)
#: What a server tells about work on all rows of a table; its TOAST table is not meant.
WORK = re.compile(
    r"rewriting table|verifying table|validating foreign key|building index \"(?!pg_)"
)
#: Modes in which others cannot at least write.
BLOCKING = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}

RISKY = {
    "index": 'op.create_index("i", "account", ["age"])',
    "index of a partitioned table": 'op.create_index("i", "parts", ["id"])',
    "unique index": 'op.create_index("i", "account", ["id"], unique=True)',
    "index of a column": 'op.add_column("account", sa.Column("x", sa.Integer(), index=True))',
    "foreign key": 'op.create_foreign_key("f", "account", "team", ["team_id"], ["id"])',
    "foreign key of a column":
        'op.add_column("account", sa.Column("x", sa.Integer(), sa.ForeignKey("team.id")))',
    "foreign key to itself":
        'op.create_foreign_key("f", "account", "account", ["team_id"], ["id"])',
    "check": 'op.create_check_constraint("c", "account", "age > 0")',
    "unique": 'op.create_unique_constraint("u", "account", ["id"])',
    "unique column": 'op.add_column("account", sa.Column("x", sa.Integer(), unique=True))',
    "primary key":
        'op.drop_constraint("account_pkey", "account")\n'
        'op.create_primary_key("p", "account", ["id"])',
    "exclude": 'op.create_exclude_constraint("e", "account", ("id", "="), using="btree")',
    "not null": 'op.alter_column("account", "email", nullable=False)',
    "validated at once":
        'op.create_check_constraint("c", "account", "age > 0", postgresql_not_valid=True)\n'
        'op.execute("ALTER TABLE account VALIDATE CONSTRAINT c")',
    "foreign key validated at once":
        'op.create_foreign_key("f", "account", "team", ["team_id"], ["id"], '
        'postgresql_not_valid=True)\n'
        'op.execute("ALTER TABLE account VALIDATE CONSTRAINT f")',
    "unproven not null":
        'op.create_check_constraint("c", "account", "email IS NOT NULL", '
        'postgresql_not_valid=True)\n'
        'op.alter_column("account", "email", nullable=False)',
    "random default":
        'op.add_column("account", sa.Column("x", sa.Float(), server_default=sa.text("random()")))',
    "volatile default":
        'op.add_column("account", sa.Column("x", sa.DateTime(), '
        'server_default=sa.text("clock_timestamp()")))',
    "sequence":
        'op.execute("CREATE SEQUENCE s")\n'
        'op.add_column("account", sa.Column("x", sa.Integer(), '
        """server_default=sa.text("nextval('s')")))""",
    "serial": 'op.execute("ALTER TABLE account ADD x serial")',
    "identity": 'op.add_column("account", sa.Column("x", sa.Integer(), sa.Identity()))',
    "stored computed":
        'op.add_column("account", sa.Column("x", sa.Integer(), '
        'sa.Computed("age * 2", persisted=True)))',
    "batch":
        'with op.batch_alter_table("account") as batch:\n'
        '    batch.create_unique_constraint("u", ["id"])',
    "statement of an index": 'op.execute("CREATE INDEX i ON account (age)")',
    "statement of a constraint":
        'op.execute("ALTER TABLE account ADD CONSTRAINT c CHECK (age > 0)")',
    "statement of a type": 'op.execute("ALTER TABLE account ALTER COLUMN age TYPE bigint")',
    "refresh": 'op.execute("REFRESH MATERIALIZED VIEW totals")',
    "cluster": 'op.execute("CLUSTER account USING account_pkey")',
    "reindex a table": 'op.execute("REINDEX TABLE account")',
    "reindex": 'op.execute("REINDEX INDEX ix_name")',
    "unlogged": 'op.execute("ALTER TABLE account SET UNLOGGED")',
}  # fmt: skip
HARMLESS = {
    "column": 'op.add_column("account", sa.Column("x", sa.Integer()))',
    "constant default":
        'op.add_column("account", sa.Column("x", sa.Integer(), nullable=False, '
        'server_default="1"))',
    "default of the transaction":
        'op.add_column("account", sa.Column("x", sa.DateTime(), server_default=sa.func.now()))',
    "default of text":
        'op.add_column("account", sa.Column("x", sa.Text(), server_default="random()"))',
    "default of new rows":
        'op.alter_column("account", "age", server_default=sa.text("random()"))',
    "foreign key of a new column":
        'op.add_column("account", sa.Column("x", sa.Integer(), sa.ForeignKey("team.id")), '
        'inline_references=True)',
    "foreign key not valid":
        'op.create_foreign_key("f", "account", "team", ["team_id"], ["id"], '
        'postgresql_not_valid=True)',
    "check not valid":
        'op.create_check_constraint("c", "account", "age > 0", postgresql_not_valid=True)',
    "validated later": 'op.execute("ALTER TABLE account VALIDATE CONSTRAINT known")',
    "unique by index":
        'op.execute("ALTER TABLE account ADD CONSTRAINT u UNIQUE USING INDEX made")',
    "nullable": 'op.alter_column("account", "number", nullable=True)',
    "drop": 'op.drop_column("account", "age")',
    "drop index": 'op.drop_index("ix_name", "account")',
    "rename": 'op.alter_column("account", "name", new_column_name="first_name")',
    "rename table": 'op.rename_table("account", "accounts")',
    "comment": 'op.create_table_comment("account", "x")',
    "new table": """
op.create_table(
    "new", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer())
)
op.create_index("i", "new", ["a"])
op.create_unique_constraint("u", "new", ["a"])
op.alter_column("new", "a", nullable=False)
op.alter_column("new", "a", existing_type=sa.Integer(), type_=sa.BigInteger())
op.create_exclude_constraint("e", "new", ("a", "="), using="btree")
""",
    "new view":
        'op.execute("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a")\n'
        'op.create_index("i", "v", ["a"])\n'
        'op.execute("REFRESH MATERIALIZED VIEW v")',
    "refresh concurrently": 'op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")',
    "index of a partitioned table alone": 'op.execute("CREATE INDEX i ON ONLY parts (id)")',
    "a word": """op.execute("UPDATE account SET email = 'CREATE INDEX i ON account (age)'")""",
    "share update exclusive": 'op.execute("LOCK TABLE account IN SHARE UPDATE EXCLUSIVE MODE")',
}  # fmt: skip
#: The types before and after, and the expression of USING.
TYPES = [
    ("varchar(10)", "sa.String(10)", "sa.String(20)", None),
    ("varchar(10)", "sa.String(10)", "sa.String(5)", None),
    ("varchar(10)", "sa.String(10)", "sa.String()", None),
    ("varchar(10)", "sa.String(10)", "sa.Text()", None),
    ("varchar(10)", "sa.String(10)", "sa.CHAR(10)", None),
    ("varchar(10)", "sa.String(10)", "sa.String(20)", "x::varchar(20)"),
    ("varchar(10)", "sa.String(10)", "sa.String(20)", "CAST(x AS VARCHAR(20))"),
    ("varchar(10)", "sa.String(10)", "sa.String(20)", "upper(x)"),
    ("text", "sa.Text()", "sa.String()", None),
    ("text", "sa.Text()", "sa.String(10)", None),
    ("text", "sa.Text()", "sa.Integer()", "x::integer"),
    ("char(5)", "sa.CHAR(5)", "sa.CHAR(10)", None),
    ("char(5)", "sa.CHAR(5)", "sa.Text()", None),
    ("numeric(10,2)", "sa.Numeric(10, 2)", "sa.Numeric(12, 2)", None),
    ("numeric(10,2)", "sa.Numeric(10, 2)", "sa.Numeric(12, 3)", None),
    ("numeric(10,2)", "sa.Numeric(10, 2)", "sa.Numeric(9, 2)", None),
    ("numeric(10,2)", "sa.Numeric(10, 2)", "sa.Numeric()", None),
    ("numeric", "sa.Numeric()", "sa.Numeric(10, 2)", None),
    ("integer", "sa.Integer()", "sa.BigInteger()", None),
    ("bigint", "sa.BigInteger()", "sa.Integer()", None),
    ("integer", "sa.Integer()", "sa.Integer()", None),
    ("real", "sa.REAL()", "sa.Double()", None),
    ("real", "sa.Float(24)", "sa.REAL()", None),
    ("json", "sa.JSON()", "pg.JSONB()", None),
    ("timestamp", "sa.DateTime()", "sa.DateTime(timezone=True)", None),
    ("timestamptz", "sa.DateTime(timezone=True)", "sa.DateTime()", None),
    ("timestamp", "sa.DateTime()", "sa.DateTime(timezone=True)", "x AT TIME ZONE 'UTC'"),
    ("timestamp", "sa.DateTime()", "sa.Date()", None),
    ("timestamp", "sa.DateTime()", "pg.TIMESTAMP(precision=3)", None),
    ("timestamp(3)", "pg.TIMESTAMP(precision=3)", "sa.DateTime()", None),
    ("time", "sa.Time()", "sa.Time(timezone=True)", None),
    ("interval", "sa.Interval()", "sa.Interval(second_precision=3)", None),
    ("bit(4)", "pg.BIT(4)", "pg.BIT(8)", "x::bit(8)"),
    ("varbit(4)", "pg.BIT(4, varying=True)", "pg.BIT(8, varying=True)", None),
    ("cidr", "pg.CIDR()", "pg.INET()", None),
    ("inet", "pg.INET()", "pg.CIDR()", None),
    ("varchar(5)[]", "sa.ARRAY(sa.String(5))", "sa.ARRAY(sa.String(9))", None),
    ("integer[]", "sa.ARRAY(sa.Integer())", "sa.ARRAY(sa.BigInteger())", None),
    ("mood", 'sa.Enum(name="mood")', "sa.Text()", None),
    ("text", "sa.Text()", 'sa.Enum("happy", "sad", name="mood")', "x::mood"),
]  # fmt: skip
#: Statements of which PostgreSQL refuses some inside a transaction.
STATEMENTS = (
    "CREATE INDEX CONCURRENTLY i ON account (age)",
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON account (id)",
    "/* first */ DROP INDEX CONCURRENTLY ix_name -- last",
    "REINDEX TABLE CONCURRENTLY account",
    "REINDEX (VERBOSE, CONCURRENTLY) INDEX ix_name",
    "REINDEX SCHEMA public",
    "VACUUM account",
    "VACUUM (ANALYZE) account",
    "VACUUM FULL",
    "CREATE DATABASE other",
    "DROP DATABASE other",
    "CREATE TABLESPACE other LOCATION '/nowhere'",
    "ALTER SYSTEM SET work_mem = '4MB'",
    "ALTER DATABASE postgres SET TABLESPACE pg_default",
    "CLUSTER",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p",
    "ALTER TABLE parts DETACH PARTITION part CONCURRENTLY",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)",
    "CREATE INDEX i ON account (age)",
    "CREATE INDEX concurrently_built ON account (age)",
    "DROP INDEX ix_name",
    "REINDEX TABLE account",
    "CLUSTER account USING account_pkey",
    "ANALYZE account",
    "ALTER TYPE mood ADD VALUE 'calm'",
    "ALTER DATABASE postgres SET work_mem = '4MB'",
    "COMMENT ON TABLE account IS 'VACUUM'",
    "SELECT 'VACUUM'",
)


@pytest.fixture
def account(fresh_postgresql: str) -> Iterator[Connection]:
    """A connection to a database with rows."""
    url = make_url(fresh_postgresql).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in SCHEMA:
            connection.exec_driver_sql(statement)
        connection.commit()
        yield connection
    engine.dispose()


def test_findings_are_what_blocks_others(account: Connection) -> None:
    """Something is found if all rows are processed under a lock, and only then."""
    account.exec_driver_sql("CREATE UNIQUE INDEX made ON account (id)")
    account.commit()
    cases = {**RISKY, **HARMLESS}
    expected = {name: name in RISKY for name in cases}
    done = {name: _blocks(account, code) for name, code in cases.items()}
    assert expected == done
    found = {name: bool(_found(code)) for name, code in cases.items()}
    assert expected == found


def test_types_that_rewrite_the_table_are_found(account: Connection) -> None:
    """A change of type is found if, and only if, the server rewrites the table for it."""
    rewritten: dict[str, bool] = {}
    found: dict[str, bool] = {}
    for words, old, new, using in TYPES:
        name = f"{words} to {new} {using or ''}"
        code = (
            "from sqlalchemy.dialects import postgresql as pg\n"
            f"op.execute(\"SET LOCAL TIME ZONE 'UTC'\")\n"
            f"op.alter_column('t', 'x', existing_type={old}, type_={new}, "
            f"postgresql_using={using!r})"
        )
        table = f"CREATE TABLE t (id integer, x {words})"
        rewritten[name] = _blocks(account, code, table, "INSERT INTO t VALUES (1)")
        found[name] = bool(_found(code))
    assert rewritten == found


@pytest.mark.parametrize(("zone", "expected"), [("UTC", False), ("Europe/Berlin", True)])
def test_time_zones_decide_about_a_rewrite(
    account: Connection, zone: str, expected: object
) -> None:
    """TIMESTAMP becomes TIMESTAMP WITH TIME ZONE without a rewrite only in UTC."""
    change = (
        "op.alter_column('t', 'x', existing_type=sa.DateTime(), type_=sa.DateTime(timezone=True))"
    )
    code = f"op.execute(\"SET LOCAL timezone = '{zone}'\")\n{change}"
    table = "CREATE TABLE t (x timestamp)"
    assert expected == _blocks(account, code, table, "INSERT INTO t VALUES (now())")
    assert expected == bool(_found(code))
    assert ["postgresql-type-rewrites-table"] == _found(change)


def test_a_changed_type_without_the_old_one() -> None:
    """Without existing_type, only what can hardly do without a rewrite is found."""
    code = "op.alter_column('t', 'x', type_={})"
    assert ["postgresql-type-rewrites-table"] == _found(code.format("sa.BigInteger()"))
    assert [] == _found(code.format("sa.String(20)"))
    assert [] == _found(code.format("sa.Numeric(20, 2)"))


def test_a_validated_check_proves_that_there_is_no_null(account: Connection) -> None:
    """SET NOT NULL searches nothing then, also if an earlier revision has added the CHECK."""
    add = 'op.create_check_constraint("c", "account", "email IS NOT NULL"{})'
    change = 'op.alter_column("account", "email", nullable=False)'
    first = add.format(", postgresql_not_valid=True")
    second = 'op.execute("ALTER TABLE account VALIDATE CONSTRAINT c")'
    third = 'op.drop_constraint("c", "account")'
    with Operations.context(MigrationContext.configure(account)):
        upgrade(f"{first}\n{second}")()
    account.commit()
    assert not _blocks(account, change)
    assert [] == _found(change, first, second)
    assert _blocks(account, f"{third}\n{change}")
    expected = ["postgresql-not-null-blocks-table"]
    assert expected == _found(change, first)
    assert expected == _found(change, first, second, third)
    assert expected == _found(change, add.format("").replace("email", "name"))
    assert [] == _found(change, add.format(""))


def test_new_enum_values_need_a_commit(account: Connection) -> None:
    """PostgreSQL refuses what is found, and accepts what is not."""
    add = "op.execute(\"ALTER TYPE mood ADD VALUE 'calm'\")"
    use = "op.execute(\"UPDATE account SET mood = 'calm'\")"
    other = "op.execute(\"ALTER TYPE mood ADD VALUE 'wild' AFTER 'calm'\")"
    with pytest.raises(sa.exc.DBAPIError, match="unsafe use of new value"):
        _blocks(account, f"{add}\n{use}")
    assert ["postgresql-enum-value-uncommitted"] == _found(f"{add}\n{use}")
    assert not _blocks(account, f"{add}\n{other}")
    assert [] == _found(f"{add}\n{other}")
    block = "with op.get_context().autocommit_block():\n    "
    assert [] == _found(f"{block}{add}\n{use}")
    with Operations.context(MigrationContext.configure(account)):
        upgrade(add)()
    account.commit()
    assert not _blocks(account, use)
    assert [] == _found(use, add)


def test_statements_that_need_autocommit(account: Connection) -> None:
    """requires_autocommit() is True for what the server refuses inside a transaction."""
    refused = {each: _is_refused(account, each) for each in STATEMENTS}
    expected = {each: sqltext.requires_autocommit(each, None) for each in STATEMENTS}
    assert expected == refused
    assert True in refused.values()
    assert False in refused.values()


@pytest.mark.parametrize(
    "mode",
    [
        *("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE"),
        *("SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"),
    ],
)
def test_locks_that_keep_others_from_writing(account: Connection, mode: str) -> None:
    """LOCK TABLE is found in the modes in which another session cannot write."""
    statement = f"LOCK TABLE account IN {mode} MODE"
    account.exec_driver_sql(statement)
    with account.engine.connect() as other:
        try:
            other.exec_driver_sql("LOCK TABLE account IN ROW EXCLUSIVE MODE NOWAIT")
            is_blocked = False
        except sa.exc.OperationalError:
            is_blocked = True
    account.rollback()
    assert is_blocked == bool(_found(f'op.execute("{statement}")'))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("LOCK account", True),
        ("LOCK TABLE ONLY account NOWAIT", True),
        ("VACUUM FULL account", True),
        ("VACUUM (FULL, ANALYZE) account", True),
        ("VACUUM account", False),
        ("VACUUM (ANALYZE) account", False),
        ("REINDEX TABLE CONCURRENTLY account", False),
        ("REINDEX (CONCURRENTLY) TABLE account", False),
    ],
)
def test_forms_of_blocking_commands(statement: str, expected: object) -> None:
    """Options and keywords may be written in several ways."""
    block = f'with op.get_context().autocommit_block():\n    op.execute("{statement}")'
    assert expected == bool(_found(block))


def test_enum_values_on_old_servers() -> None:
    """Before version 12, a value could not be added in a transaction."""
    statement = "ALTER TYPE mood ADD VALUE 'calm'"
    assert sqltext.requires_autocommit(statement, (11, 22))
    assert not sqltext.requires_autocommit(statement, (12, 0))


def test_functions_are_volatile(account: Connection) -> None:
    """The server calls volatile what the rule holds for volatile; extensions add the rest."""
    query = "SELECT DISTINCT proname, provolatile::text FROM pg_proc WHERE proname = ANY(%s)"
    rows = account.exec_driver_sql(query, ([*VOLATILE_FUNCTIONS],)).all()
    assert {("random", "v"), ("nextval", "v")} <= {tuple(each) for each in rows}
    assert {"v"} == {volatility for _, volatility in rows}


def test_waiting_without_limit_is_reported_once() -> None:
    """The first revision that needs a lock is reported, unless a limit is set."""
    add = 'op.add_column("account", sa.Column("x", sa.Integer()))'
    new = 'op.create_table("t", sa.Column("x", sa.Integer()))'
    limit = "op.execute(\"SET LOCAL lock_timeout = '2s'\")"
    assert ["postgresql-no-lock-timeout"] == names(findings(add, "postgresql"))
    assert ["postgresql-no-lock-timeout"] == names(findings(add, "postgresql", new))
    assert [] == names(findings(add, "postgresql", add))
    assert [] == names(findings(new, "postgresql"))
    assert [] == names(findings(f"{limit}\n{add}", "postgresql"))
    assert [] == names(findings(add, "postgresql", lock_wait_timeout=2))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            'op.alter_column("t", "{}", nullable=False)',
            "until all rows were searched for NULL in columns a, b and c.",
        ),
        (
            'op.alter_column("t", "{}", existing_type=sa.Text(), type_=sa.Date())',
            "while it is rewritten with another type of columns a, b and c.",
        ),
        (
            'op.add_column("t", sa.Column("{}", sa.Integer(), sa.Computed("1", persisted=True)))',
            "while it is rewritten for columns a, b and c: {stored}.",
        ),
    ],
)
def test_columns_of_one_table_are_reported_together(code: str, expected: str) -> None:
    """A revision has one finding for each table, which names each column once."""
    each = "\n".join(code.format(name) for name in "aabc")
    (found,) = findings(each, "postgresql", lock_wait_timeout=1)
    expected = expected.format(stored="the computed value is stored in each row")
    assert (f"Blocks all access to table t {expected}", 2) == (found.message, found.line)


def test_a_column_that_is_not_null_already(account: Connection) -> None:
    """SET NOT NULL searches nothing then, as earlier revisions may show."""
    change = 'op.alter_column("account", "{}", nullable=False)'
    assert not _blocks(account, change.format("number"))
    new = """op.create_table(
    "account", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("number", sa.Integer(), nullable=False), sa.Column("email", sa.Text())
)"""
    back = 'op.alter_column("account", "number", nullable=True)'
    assert [] == _found(change.format("number"), new)
    assert [] == _found(change.format("id"), new)
    assert [] == _found(change.format("email"), new, change.format("email"))
    expected = ["postgresql-not-null-blocks-table"]
    assert expected == _found(change.format("email"), new)
    assert expected == _found(change.format("number"), new, back)


def test_a_foreign_key_names_the_tables_that_are_in_use() -> None:
    """A table that the revision has created is not one of them."""
    key = 'op.create_foreign_key("f", "t", "p", ["a"], ["id"])'
    new = 'op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True))'
    opts = {"lock_wait_timeout": 1}
    assert ["Blocks writes to t and p until all rows of t are checked."] == [
        each.message for each in findings(key, "postgresql", **opts)
    ]
    assert ["Blocks writes to t until all rows of t are checked."] == [
        each.message for each in findings(f"{new}\n{key}", "postgresql", **opts)
    ]


def test_a_type_may_be_a_class() -> None:
    """A type without arguments is often given as a class."""
    code = "op.alter_column('t', 'x', existing_type={}, type_={})"
    expected = ["postgresql-type-rewrites-table"]
    assert expected == _found(code.format("sa.Integer", "sa.BigInteger"))
    assert [] == _found(code.format("sa.String", "sa.Text"))


def test_messages_name_the_object_and_the_line() -> None:
    """A finding says what is blocked, how to avoid it, and where it is."""
    code = 'op.execute("SELECT 1")\nop.create_index("i", "account", ["age"], schema="hr")'
    (found,) = findings(code, "postgresql", lock_wait_timeout=1)
    assert "Blocks writes to table hr.account until index i is built." == found.message
    assert "postgresql_concurrently=True" in found.advice
    assert 3 == found.line


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_examples_run(account: Connection, rule: Any) -> None:
    """The example that passes runs on a server, and so does the other one unless it is an error."""
    for code in (rule.passes, *([rule.triggers] if rule.level == "warning" else [])):
        context = MigrationContext.configure(account)
        with context.begin_transaction(), Operations.context(context):
            upgrade(code)()
        again = ("DROP TABLE account, team, parts CASCADE", "DROP TYPE mood", *SCHEMA)
        for statement in again:
            account.exec_driver_sql(statement)
        account.commit()


def _found(code: str, *earlier: str) -> list[str]:
    """Return the names of PostgreSQL's rules that find something, except that about waiting."""
    found = names(findings(code, "postgresql", *earlier, lock_wait_timeout=1))
    return [name for name in found if name.startswith("postgresql-")]


def _blocks(connection: Connection, code: str, *setup: str) -> bool:
    """Return whether statements lock others out while they process rows; roll them back.

    VALIDATE CONSTRAINT and similar statements process rows, but do not lock others out.
    """
    for statement in setup:
        connection.exec_driver_sql(statement)
    notices: list[str] = []
    driver: Any = connection.connection.dbapi_connection

    def note(notice: Any) -> None:
        notices.append(notice.message_primary or "")

    driver.add_notice_handler(note)
    try:
        connection.exec_driver_sql("SET LOCAL client_min_messages = debug1")
        with Operations.context(MigrationContext.configure(connection)):
            upgrade(code)()
        worked = any(WORK.search(each) for each in notices)
        return worked and bool(_locks(connection) & BLOCKING)
    finally:
        driver.remove_notice_handler(note)
        connection.rollback()


def _locks(connection: Connection) -> set[str]:
    """Return the modes in which the transaction has locked tables and views that existed before."""
    query = (
        "SELECT l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
        "WHERE l.pid = pg_backend_pid() AND c.relkind IN ('r', 'm', 'p') "
        "AND c.relname NOT IN ('new', 'v') AND c.relnamespace = 'public'::regnamespace"
    )
    return set(connection.exec_driver_sql(query).scalars())


def _is_refused(connection: Connection, statement: str) -> bool:
    try:
        connection.exec_driver_sql(statement)
    except sa.exc.DBAPIError as exc:
        return getattr(exc.orig, "sqlstate", "") == "25001"
    finally:
        connection.rollback()
    return False

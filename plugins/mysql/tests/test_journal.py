"""What a statement changes on MySQL and MariaDB, and revisions that a server sees resumed."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy import create_engine, make_url

from idiolect import command
from idiolect.errors import UnfinishedRevisionError
from idiolect.util.statements import Kind
from idiolect_mysql.journal import MysqlJournal

if TYPE_CHECKING:
    from pathlib import Path

on_server = pytest.mark.mariadb


@pytest.fixture
def project(tmp_path: Path, fresh_mariadb: str) -> Project:
    """A project on an empty database."""
    return Project(tmp_path / "project", fresh_mariadb)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("\nCREATE TABLE t (\n\tid INTEGER\n)", ["TABLE t"]),
        ("CREATE TABLE IF NOT EXISTS `a b`.`c``d` (id INTEGER)", ["TABLE `a b`.`c``d`"]),
        ("create or replace table t (id int)", ["TABLE t"]),
        ("-- why\n/* and */ ALTER TABLE t ADD COLUMN x INTEGER", ["TABLE t"]),
        ("ALTER TABLE t RENAME TO u", ["TABLE t", "TABLE u"]),
        ("ALTER TABLE s.t RENAME u", ["TABLE s.t", "TABLE s.u"]),
        ("ALTER TABLE s.t RENAME AS r.u", ["TABLE s.t", "TABLE r.u"]),
        ("ALTER TABLE t RENAME COLUMN a TO b", ["TABLE t"]),
        ("ALTER TABLE t RENAME INDEX a TO b, RENAME KEY c TO d", ["TABLE t"]),
        ("ALTER TABLE t COMMENT 'RENAME TO u'", ["TABLE t"]),
        ("DROP TABLE t", ["TABLE t"]),
        ("DROP TABLE IF EXISTS a, `b`, c.d CASCADE;", ["TABLE a", "TABLE `b`", "TABLE c.d"]),
        ("RENAME TABLE a TO b, c TO d", ["TABLE a", "TABLE b", "TABLE c", "TABLE d"]),
        ("RENAME TABLE a TO b, c TO a", ["TABLE b", "TABLE c"]),
        ("RENAME TABLE a TO x, b TO a, x TO b", None),
        ("CREATE UNIQUE INDEX i ON t (a)", ["TABLE t"]),
        ("CREATE INDEX i USING BTREE ON `t` (a)", ["TABLE `t`"]),
        ("DROP INDEX i ON s.t", ["TABLE s.t"]),
        ("CREATE OR REPLACE ALGORITHM = MERGE DEFINER=`a`@`%` VIEW v AS SELECT 1", ["VIEW v"]),
        ("CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", ["TRIGGER r"]),
        ("DROP PROCEDURE IF EXISTS p", ["PROCEDURE p"]),
        ("TRUNCATE TABLE t", []),
        ("GRANT SELECT ON t TO someone", []),
        ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u", None),
        ("CALL p()", None),
        ("CREATE USER u", None),
        ("CREATE TABLE t (a INT); INSERT INTO t VALUES (1)", None),
        ("CREATE TABLE t (a INT COMMENT '; b') -- ; c\n ;\n", ["TABLE t"]),
        (
            "CREATE DEFINER=`a`@`%` PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
            ["PROCEDURE p"],
        ),
    ],
)
def test_objects(sql: str, expected: list[str] | None) -> None:
    """Names as written; None if the outcome could not be verified."""
    found = MysqlJournal().objects(sql)
    assert expected == (None if found is None else list(found))


@on_server
def test_definitions(project: Project, is_mysql: bool) -> None:
    """They change only with the definition: not with rows or with the counter."""
    journal = MysqlJournal()
    names = ["TABLE t", "TABLE missing", "VIEW v", "TRIGGER r", "PROCEDURE p"]
    sequence = [] if is_mysql else ["SEQUENCE s"]
    names += sequence
    seen = []
    with project.engine().connect() as connection:
        for statement in (
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTO_INCREMENT, a INTEGER)",
            "INSERT INTO t (a) VALUES (1)",
            "CREATE INDEX i ON t (a)",
            "CREATE VIEW v AS SELECT a FROM t",
            "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
            "CREATE PROCEDURE p() SELECT 1",
            *(f"CREATE {name}" for name in sequence),
        ):
            before = journal.definitions(connection, names)
            connection.exec_driver_sql(statement)
            connection.commit()
            after = journal.definitions(connection, names)
            seen.append([name for name in names if before[name] != after[name]])
    expected = [["TABLE t"], [], ["TABLE t"], ["VIEW v"], ["TRIGGER r"], ["PROCEDURE p"]]
    assert [*expected, *([name] for name in sequence)] == seen


@on_server
def test_a_session_that_still_works(project: Project) -> None:
    """A statement outlives its client; a session that sleeps, or of another start, is none."""
    journal = MysqlJournal()
    with project.engine().connect() as other, project.engine().connect() as connection:
        session = journal.session(other)
        number = session.partition("/")[0]
        deadline = time.monotonic() + 300
        # The server lists a session as working until shortly after its answer has arrived.
        while journal.is_running(connection, session):
            assert time.monotonic() < deadline
        connection.exec_driver_sql("SELECT GET_LOCK('held', 0)")
        statement = "SELECT GET_LOCK('held', 1000)"
        working = threading.Thread(target=lambda: other.exec_driver_sql(statement))
        working.start()
        while not journal.is_running(connection, session):
            assert time.monotonic() < deadline
        assert not journal.is_running(connection, f"{number}/1000")
        assert not journal.is_running(connection, journal.session(connection))
        connection.exec_driver_sql("SELECT RELEASE_LOCK('held')")
        working.join()


FIRST = """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
op.execute("INSERT INTO t (id, a) VALUES (1, 1)")
op.execute("UPDATE t SET a = a + 1")
"""


@on_server
@pytest.mark.parametrize(
    ("third", "error"),
    [
        pytest.param("op.create_index('i', 't', ['b'])", "b", id="SQL"),
        pytest.param("raise RuntimeError('no')", "no", id="Python"),
    ],
)
def test_a_statement_that_failed_is_mended(project: Project, third: str, error: str) -> None:
    """Committed statements are skipped, and rolled back ones are executed."""
    project.revision("a", None, FIRST + third)
    with pytest.raises(Exception, match=error):
        project.upgrade()
    project.revision("a", None, FIRST + "op.create_index('i', 't', ['a'])")
    project.upgrade()
    assert ["a"] == project.heads()
    assert [2] == project.rows("SELECT a FROM t")
    assert ["alembic_version", "t"] == project.tables()


@on_server
def test_a_procedure_that_was_in_flight(project: Project) -> None:
    """Its entry is committed with its changes, and it is unknown whether these are complete."""
    body = (
        FIRST
        + """
op.execute(
    "CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (5, 5); COMMIT; SIGNAL SQLSTATE '45000'; END"
)
op.execute("CALL p()")
"""
    )
    project.revision("a", None, body)
    with pytest.raises(Exception, match="1644"):
        project.upgrade()
    with pytest.raises(UnfinishedRevisionError, match=r"executed, write 5: CALL p\(\)"):
        project.upgrade()
    assert [2, 5] == project.rows("SELECT a FROM t ORDER BY a")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO t VALUES (1); ALTER TABLE t ADD b INT", Kind.SCHEMA),
        ("SELECT 1; DROP TABLE t", Kind.SCHEMA),
        ("INSERT INTO t VALUES (';\\'; a')", Kind.DATA),
        ("UPDATE t SET `a;b` = 1 /* ; c */ ;", Kind.DATA),
    ],
)
def test_several_statements_in_one_text(sql: str, expected: Kind) -> None:
    """The first one does not determine the effect of all."""
    assert expected == MysqlJournal().kind(sql)


@on_server
@pytest.mark.parametrize("how", ["SET", "driver", "engine"])
def test_statements_that_commit_themselves(project: Project, how: str) -> None:
    """In any autocommit mode, rows and their entry are committed together."""
    if how == "driver":
        project.url += "?autocommit=true"
    if how == "engine":
        project.attributes["engine"] = create_engine(project.url, isolation_level="AUTOCOMMIT")
    body = FIRST + ("op.execute('SET autocommit = 1')\n" if how == "SET" else "")
    body += "op.execute('INSERT INTO t VALUES (5, 5)')\n"
    project.revision("a", None, body + "raise RuntimeError('cut off')")
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()
    assert ["done"] == project.rows(
        "SELECT state FROM alembic_version_journal WHERE statement LIKE 'INSERT INTO t VALUES (5%'"
    )
    project.revision("a", None, body + "op.execute('INSERT INTO t VALUES (6, 6)')\n")
    project.upgrade()
    assert [2, 5, 6] == project.rows("SELECT a FROM t ORDER BY a")


@on_server
def test_a_transaction_that_the_revision_begins(project: Project) -> None:
    """In an autocommit block, it is rolled back or committed as a whole; DDL ends it."""
    statements = (
        "CREATE TABLE t (n int) ENGINE=InnoDB",
        "BEGIN",
        "INSERT INTO t VALUES (1)",
        "ROLLBACK",
        "START TRANSACTION",
        "INSERT INTO t VALUES (2)",
        "CREATE TABLE u (n int)",
        "INSERT INTO t VALUES (3)",
        "ROLLBACK",
        "BEGIN",
        "INSERT INTO t VALUES (4)",
        "COMMIT",
        "BEGIN",
        "INSERT INTO t VALUES (5)",
    )
    lines = [f"    op.execute({each!r})" for each in statements]
    body = "\n".join(("with op.get_context().autocommit_block():", *lines))
    project.revision("a", None, f"{body}\n    raise RuntimeError('cut off')")
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()
    rows = ([2, 3, 4], [1, 3, 4, 5, 6])
    seqs = "SELECT seq FROM alembic_version_journal ORDER BY seq"
    assert rows == (project.rows("SELECT n FROM t ORDER BY n"), project.rows(seqs))


@on_server
def test_variables_of_the_session(project: Project) -> None:
    """Values stored in variables would be read again."""
    for number, query in enumerate(
        ("SELECT max(a) INTO @v FROM t", "SET @v = (SELECT max(a) FROM t)")
    ):
        body = FIRST if not number else ""
        body += f"op.execute('{query}')\nop.execute('CREATE TABLE u{number} (v INT)')\n"
        project.revision("a", None, body + "raise RuntimeError('cut off')")
        with pytest.raises(RuntimeError, match="cut off"):
            project.upgrade(restart=True)
        with pytest.raises(UnfinishedRevisionError, match="reads the database into its session"):
            project.upgrade()


@on_server
def test_locked_tables(project: Project) -> None:
    """Nothing can be recorded while tables are locked; a run that ends well needs none of it."""
    body = (
        FIRST
        + """
op.execute("LOCK TABLES t WRITE, alembic_version WRITE")
op.execute("UPDATE t SET a = 7")
op.execute("ALTER TABLE t ADD COLUMN c INTEGER")
{}
op.execute("UNLOCK TABLES")
"""
    )
    project.revision("a", None, body.format("raise RuntimeError('cut off')"))
    with pytest.raises(RuntimeError):
        project.upgrade()
    with pytest.raises(UnfinishedRevisionError, match="The revision locks tables at"):
        project.upgrade()
    project.revision("b", None, body.format("").replace('"t"', '"u"').replace(" t ", " u "))
    (project.folder / "versions" / "a_.py").unlink()
    command.repair(project.config(), forget=True)
    project.upgrade()
    assert ["b"] == project.heads()


@on_server
def test_what_was_undone_by_hand(project: Project) -> None:
    """The last statement may be undone; what came before it is missed."""
    body = FIRST + 'op.create_index("i", "t", ["a"])\n'
    project.revision("a", None, body + "raise RuntimeError('cut off')")
    with pytest.raises(RuntimeError):
        project.upgrade()
    with project.engine().connect() as connection:
        connection.exec_driver_sql("DROP INDEX i ON t")
    project.revision("a", None, body)
    project.upgrade()
    assert ["a"] == project.heads()

    project.revision("b", "a", body.replace('"t"', '"u"').replace(" t ", " u ") + "1 / 0")
    with pytest.raises(ZeroDivisionError):
        project.upgrade()
    with project.engine().connect() as connection:
        connection.exec_driver_sql("DROP TABLE u")
    with pytest.raises(UnfinishedRevisionError, match="TABLE u is as it was before"):
        project.upgrade()


@on_server
@pytest.mark.parametrize(
    "changes",
    [
        "ALTER TABLE t ADD x INT; ALTER TABLE t DROP x",
        "ALTER TABLE t ADD x INT; ALTER TABLE t DROP x; ALTER TABLE t ADD x INT",
        "ALTER TABLE t ADD b INT; ALTER TABLE t DROP a; ALTER TABLE t CHANGE b a INT",
        "DROP TABLE t; CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT)",
        "DROP TABLE t; CREATE TABLE t (a INT); DROP TABLE t; CREATE TABLE t (a INT)",
        "CREATE TABLE u LIKE t; RENAME TABLE t TO old, u TO t; DROP TABLE old",
        "CREATE TABLE u LIKE t; ALTER TABLE t ADD x INT; DROP TABLE t; RENAME TABLE u TO t",
        "CREATE TABLE u LIKE t; ALTER TABLE t ADD x INT; RENAME TABLE t TO o, u TO t; DROP TABLE o",
    ],
)
def test_a_definition_that_comes_back(project: Project, changes: str) -> None:
    """The revision itself may restore the earlier definition: nothing was undone by hand."""
    lines = [f"op.execute({change.strip()!r})\n" for change in changes.split(";")]
    number = len(lines) + 1
    for count in range(1, number):
        with project.engine().begin() as connection:
            for name in project.tables():
                connection.exec_driver_sql(f"DROP TABLE {name}")
        project.revision("a", None, FIRST + "".join(lines[:count]) + "raise RuntimeError")
        with pytest.raises(RuntimeError):
            project.upgrade()
        project.revision("a", None, FIRST + "".join(lines))
        project.upgrade()
        assert ["alembic_version", "t"] == project.tables()


@on_server
def test_tables_that_change_places(project: Project) -> None:
    """Their definitions are the same, so that only the user can tell whether it happened."""
    body = (
        FIRST
        + "op.execute('CREATE TABLE u LIKE t')\nop.execute('RENAME TABLE t TO x, u TO t, x TO u')\n"
    )
    project.revision("a", None, body + "raise RuntimeError")
    with pytest.raises(RuntimeError):
        project.upgrade()
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="executed, write 5: RENAME TABLE"):
        project.upgrade()
    command.repair(project.config(), mark_done="last")
    project.upgrade()
    assert [2] == project.rows("SELECT a FROM u")


@on_server
def test_the_table_goes_with_the_commit_of_env_py(project: Project) -> None:
    """Dropping it before would commit what is env.py's to commit; other tools need not see it."""
    project.attributes["tables"] = []
    project.env(
        """
        from idiolect import context
        from idiolect.migration import MigrationContext
        from sqlalchemy import NullPool, create_engine, inspect

        config = context.config
        engine = create_engine(config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
        with engine.connect() as connection:
            transaction = connection.begin()
            for _ in range(2):
                context.configure(connection=connection)
                context.run_migrations()
                MigrationContext.configure(connection).journal.look()
            tables = inspect(connection).get_table_names()
            config.attributes["tables"].extend(sorted(tables))
            transaction.commit()
        """
    )
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.upgrade()
    expected = ["alembic_version", "alembic_version_journal", "t"]
    assert expected == project.attributes["tables"]
    assert ["alembic_version", "t"] == project.tables()


@on_server
def test_a_callback_that_fails_at_the_end(project: Project) -> None:
    """The version row is rolled back, and with it the emptying of the journal."""

    def fail(**_: object) -> None:
        raise RuntimeError("no")

    project.revision("a", None, FIRST)
    with pytest.raises(RuntimeError):
        project.upgrade(on_version_apply=fail)
    assert [1] == project.rows("SELECT count(*) FROM alembic_version_journal")
    project.upgrade()
    assert (["a"], [2]) == (project.heads(), project.rows("SELECT a FROM t"))


@on_server
def test_definitions_that_may_not_be_seen(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement is sent all the same; only what was in flight is left to a person."""
    driver = project.engine().dialect.import_dbapi()

    def refuse(*_: object) -> dict[str, str]:
        raise driver.OperationalError(1142, "SHOW VIEW command denied")

    monkeypatch.setattr(MysqlJournal, "definitions", refuse)
    project.revision("a", None, FIRST)
    project.upgrade()
    assert ["a"] == project.heads()


@on_server
def test_a_revision_that_leaves_the_database(
    project: Project, second_mariadb: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The journal is next to the version table; elsewhere nothing is recorded, with a message."""
    here, there = (make_url(url).database for url in (project.url, second_mariadb))
    body = f"""
    {{}}
    op.execute("USE {there}")
    op.create_table("u", sa.Column("id", sa.Integer))
    op.execute("USE {here}")
    """
    project.revision("a", None, body.format('op.execute("CREATE TABLE t (id INTEGER)")'))
    with caplog.at_level(logging.WARNING):
        project.upgrade()
    assert "upgrade() of revision 'a' cannot resume from here" in caplog.text
    assert (["a"], ["alembic_version", "t"]) == (project.heads(), project.tables())


COPY = """
metadata = sa.MetaData()
metadata.reflect(op.get_bind())
for table in list(metadata.tables.values()):
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    op.create_table(f"shadow_{table.name}", *columns)
"""


DROP = """
metadata = sa.MetaData()
metadata.reflect(op.get_bind())
for name in metadata.tables.keys() - {"alembic_version"}:
    op.drop_table(name)
"""


@on_server
def test_a_revision_that_copies_all_tables_does_not_see_the_journal(project: Project) -> None:
    """As Nova's first does; the run's own table is left out, also on the way down."""
    project.revision("a", None, 'op.create_table("t", sa.Column("id", sa.Integer))')
    project.revision("b", "a", COPY, DROP)

    project.upgrade()

    copies = ["shadow_alembic_version", "shadow_t"]
    assert ["alembic_version", *copies, "t"] == sorted(project.tables())
    project.downgrade("a")
    assert ["alembic_version"] == project.tables()

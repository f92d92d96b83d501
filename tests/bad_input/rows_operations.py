"""Operations that fail: what the message names, and that nothing is left half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bad_input.row import FIRST, SECOND, Row
from tests.bad_input.spoil import on_server, second, sql

if TYPE_CHECKING:
    from tests.bad_input.row import Needs

_SQL = f"upgrade {FIRST}:head --sql"
_ID = 'sa.Column("id", sa.Integer)'
_BEFORE = 'op.create_table("before", sa.Column("id", sa.Integer))\n'
_LONG = "n" * 64
_CHILD = sql(
    "CREATE TABLE child (id INTEGER PRIMARY KEY, a TEXT, first_id INTEGER REFERENCES first (id), "
    "UNIQUE (a))"
)


def _refused(name: str, body: str, *says: str, line: int = 9, framed: bool = False) -> Row:
    """Return a row for an operation that is refused after another one has run."""
    return Row(
        f"operation-{name}",
        "upgrade head",
        (f"line {line}", *says),
        (_CHILD, second(f"{_BEFORE}{body}")),
        fails_in=SECOND,
        frameless=not framed,
    )


def _script(name: str, body: str, *says: str, framed: bool = False) -> Row:
    """Return a row for an operation of which no script can be written."""
    return Row(
        f"operation-sql-{name}",
        _SQL,
        ("line 8", *says),
        (second(body),),
        fails_in=SECOND,
        frameless=not framed,
    )


def _on(server: Needs, name: str, body: str, *says: str, framed: bool = True) -> Row:
    """Return a row for an operation that a server or its driver refuses."""
    made = 'op.create_table("child", sa.Column("a", sa.Integer))\n'
    return Row(
        f"operation-{server}-{name}",
        "upgrade head",
        ("line 9", *says),
        (on_server, second(f"{made}{body}")),
        fails_in=SECOND,
        frameless=not framed,
        # MariaDB commits what was done before: the tables of both revisions are there.
        changes=("the server's database",) if server == "mariadb" else (),
        needs=server,
    )


def _on_both(name: str, body: str, *says: str, framed: bool = True) -> list[Row]:
    return [_on(server, name, body, *says, framed=framed) for server in ("mariadb", "postgresql")]


ROWS = [
    _refused("unknown", f'op.creat_table("t", {_ID})', "creat_table", "create_table", framed=True),
    _refused(
        "unknown-in-batch",
        'with op.batch_alter_table("child") as b:\n    b.ad_column(sa.Column("x", sa.Integer))',
        "ad_column",
        "add_column",
        line=10,
    ),
    _refused(
        "of-a-dialect",
        'op.create_exclude_constraint("x", "child", ("a", "="))',
        "create_exclude_constraint",
        "dialect",
    ),
    _refused("argument-table", f'op.create_table("t", {_ID}, comnent="x")', "comnent", "'t'"),
    _refused(
        "argument-index",
        'op.create_index("i", "child", ["a"], uniqe=True)',
        "create_index",
        "'i'",
        "'child'",
        "uniqe",
    ),
    _refused(
        "argument-foreign-key",
        'op.create_foreign_key("f", "child", "first", ["id"], ["id"], on_delete="CASCADE")',
        "create_foreign_key",
        "'f'",
        "'child'",
        "on_delete",
    ),
    _refused(
        "argument-drop", 'op.drop_table("child", cascade=True)', "drop_table", "'child'", "cascade"
    ),
    _refused(
        "argument-batch",
        'with op.batch_alter_table("child", recreat="always") as b:\n    pass',
        "recreat",
        "batch_alter_table",
        framed=True,
    ),
    _refused("argument-missing", "op.create_table()", "create_table", "table_name", framed=True),
    _refused(
        "option-misspelt",
        f'op.create_table("t", {_ID}, sqlite_autoincremnt=True)',
        "sqlite_autoincremnt",
        "'t'",
    ),
    _refused(
        "option-of-another-dialect-misspelt",
        'op.create_index("i", "child", ["a"], postgresql_usin="gin")',
        "postgresql_usin",
        "'i'",
        "'child'",
    ),
    Row(
        "operation-option-of-no-dialect",
        "upgrade head",
        ("nosuchdb_using",),
        (_CHILD, second('op.create_index("i", "child", ["a"], nosuchdb_using="gin")')),
        status=0,
        changes=("app.db",),
    ),
    _refused(
        "constraint-unnamed",
        'with op.batch_alter_table("child") as b:\n    b.drop_constraint(None, type_="unique")',
        "drop_constraint",
        "'child'",
        "name",
    ),
    _refused(
        "constraint-unnamed-to-make",
        'with op.batch_alter_table("child") as b:\n    b.create_unique_constraint(None, ["a"])',
        "'child'",
        "name",
    ),
    _refused(
        "constraint-unknown",
        'with op.batch_alter_table("child") as b:\n    b.drop_constraint("nosuch", type_="unique")',
        "'nosuch'",
        "'child'",
    ),
    _refused(
        "constraint-kind",
        'op.drop_constraint("x", "child", type_="uniq")',
        "uniq",
        "'x'",
        "'child'",
    ),
    _refused(
        "constraint-without-batch",
        'op.create_unique_constraint("u", "child", ["a"])',
        "'u'",
        "'child'",
        "batch",
    ),
    _refused(
        "alter-without-batch",
        'op.alter_column("child", "a", nullable=False)',
        "'a'",
        "'child'",
        "batch",
    ),
    *(
        _refused(
            f"column-unknown-{name}",
            f'with op.batch_alter_table("child", recreate="always") as b:\n    {body}',
            "'nosuch'",
            "'child'",
        )
        for name, body in (
            ("alter", 'b.alter_column("nosuch", nullable=False)'),
            ("drop", 'b.drop_column("nosuch")'),
            ("index", 'b.create_index("i", ["nosuch"])'),
            ("insert-after", 'b.add_column(sa.Column("x", sa.Integer), insert_after="nosuch")'),
        )
    ),
    # Alembic leaves such a constraint out silently, and published revisions rely on it.
    *(
        Row(
            f"operation-column-unknown-{name}",
            "upgrade head",
            ("is left out", "'nosuch'", "'child'"),
            (_CHILD, second(f'with op.batch_alter_table("child") as b:\n    {body}')),
            status=0,
            changes=("app.db",),
        )
        for name, body in (
            ("unique", 'b.create_unique_constraint("u", ["nosuch"])'),
            ("foreign-key", 'b.create_foreign_key("f", "first", ["nosuch"], ["id"])'),
            ("primary-key", 'b.create_primary_key("p", ["nosuch"])'),
        )
    ),
    _refused(
        "column-there",
        'with op.batch_alter_table("child", recreate="always") as b:\n'
        '    b.add_column(sa.Column("a", sa.Integer))',
        "'a'",
        "'child'",
        "already",
    ),
    _refused(
        "column-without-a-type", 'op.add_column("child", sa.Column("x"))', "'x'", "'child'", "type"
    ),
    _refused("column-no-column", 'op.add_column("child", "x")', "add_column", "'child'", "'x'"),
    _refused(
        "table-missing-batch",
        'with op.batch_alter_table("nosuch", recreate="always") as b:\n    b.drop_column("a")',
        "'nosuch'",
        "batch_alter_table",
    ),
    _refused("table-missing-drop", 'op.drop_table("nosuch")', "nosuch", framed=True),
    _refused(
        "table-missing-add",
        'op.add_column("nosuch", sa.Column("x", sa.Integer))',
        "nosuch",
        framed=True,
    ),
    _refused("index-empty", 'op.create_index("i", "child", [])', "'i'", "'child'"),
    _refused("index-text", 'op.create_index("i", "child", [1])', "'i'", "'child'"),
    _refused("index-missing", 'op.drop_index("nosuch", table_name="child")', "nosuch", framed=True),
    _refused(
        "bulk-key",
        'op.bulk_insert(sa.table("child", sa.column("a")), [{"a": "x", "nosuch": 1}])',
        "'nosuch'",
        "'child'",
    ),
    _refused(
        "bulk-no-list",
        'op.bulk_insert(sa.table("child", sa.column("a")), {"a": "x"})',
        "bulk_insert",
        "'child'",
        "list",
    ),
    _refused("execute-number", "op.execute(5)", "execute", "5"),
    _script(
        "reflection",
        'with op.batch_alter_table("child", recreate="always") as b:\n    b.drop_column("a")',
        '"child"',
        "batch_alter_table",
        "copy_from",
    ),
    _script(
        "literal",
        'op.bulk_insert(sa.table("child", sa.column("a", sa.PickleType())), [{"a": [1]}])',
        "'child'",
        "'a'",
    ),
    _script("parameters", 'op.execute(sa.text("SELECT :x"), {"x": 1})', "execute", framed=True),
    _script("parameter", 'op.execute(sa.text("SELECT :x"))', "execute", "'x'"),
    *_on_both("long-index", f'op.create_index("{_LONG}9", "child", ["a"])', f"{_LONG}9"),
    *_on_both(
        "long-constraint",
        f'op.create_unique_constraint("{_LONG}9", "child", ["a"])',
        _LONG,
    ),
    _on("mariadb", "long-table", f'op.rename_table("child", "{_LONG}9")', f"{_LONG}9"),
    _on(
        "mariadb",
        "long-column",
        f'op.add_column("child", sa.Column("{_LONG}9", sa.Integer))',
        _LONG,
        "too long",
    ),
    *(
        Row(
            f"operation-postgresql-long-{name}",
            "upgrade head",
            (f"{_LONG}9", "PostgreSQL keeps 63"),
            (on_server, second(f'op.create_table("t", {_ID})\n{body}')),
            status=0,
            changes=("the server's database",),
            needs="postgresql",
        )
        for name, body in (
            ("table", f'op.rename_table("t", "{_LONG}9")'),
            ("column", f'op.add_column("t", sa.Column("{_LONG}9", sa.Integer))'),
        )
    ),
    *_on_both("column-unknown", 'op.create_index("i", "child", ["nosuch"])', "nosuch", "INDEX i"),
    *_on_both("column-unknown-drop", 'op.drop_column("child", "nosuch")', "nosuch", "child"),
    *_on_both(
        "constraint-unnamed",
        'op.drop_constraint(None, "child", type_="check")',
        "drop_constraint",
        "child",
        "name",
        framed=False,
    ),
    *_on_both("table-missing", 'op.drop_index("i", table_name="nosuch")', "i"),
]

"""Models, filters and hooks that make autogenerate fail, and databases that change."""

from __future__ import annotations

from tests.bad_input.row import FIRST, SECOND, Row, each_command
from tests.bad_input.spoil import env_py, on_server, replace, sql, write

_NEW = "revision --autogenerate -m new"
_BOTH = (_NEW, "check")
_AT_HEAD = sql(
    f"UPDATE alembic_version SET version_num = '{SECOND}'",
    "CREATE TABLE second (id INTEGER NOT NULL PRIMARY KEY)",
)
_IMPORTS = "import sqlalchemy as sa; "
_MODELS = (
    f"{_IMPORTS}models = sa.MetaData(); key = lambda: sa.Column('id', sa.Integer, primary_key=True)"
    "; sa.Table('first', models, key()); sa.Table('second', models, key()); "
)
_TARGET = "target_metadata=models, "
_NEW_TABLE = "sa.Table('fresh', models, key()); "


def _process(body: str) -> str:
    """Return models with something new, and a directive hook of this body."""
    return f"{_MODELS}{_NEW_TABLE}\ndef nonsense(context, revision, directives):\n    {body}\n"


def _nonsense(name: str, body: str, *says: str, fails_in: str = "") -> list[Row]:
    """Return a row for a directive hook of env.py that does no good."""
    hook = f"{_TARGET}process_revision_directives=nonsense, "
    spoil = (_AT_HEAD, env_py(before=_process(body), configure=hook))
    return [Row(f"autogenerate-directives-{name}", _NEW, says, spoil, fails_in=fails_in)]


ROWS = [
    *each_command(
        "autogenerate-no-models",
        _BOTH,
        ("env.py", "target_metadata"),
        _AT_HEAD,
    ),
    *each_command(
        "autogenerate-models-a-class",
        _BOTH,
        ("target_metadata", "metadata", "Base"),
        _AT_HEAD,
        env_py(before="class Base: pass", configure="target_metadata=Base, "),
    ),
    *each_command(
        "autogenerate-not-at-head",
        _BOTH,
        ("not up to date", FIRST, SECOND, "upgrade heads"),
        env_py(before=_MODELS, configure=_TARGET),
    ),
    *(
        Row(
            f"autogenerate-models-fail-{command.partition(' ')[0]}",
            command,
            ("models.py", "nosuchthing", "ImportError"),
            (
                _AT_HEAD,
                write("models.py", "from sqlalchemy import nosuchthing\n"),
                replace("migrations/env.py", "target_metadata = None", "import models"),
            ),
            fails_in="env.py",
        )
        for command in _BOTH
    ),
    *each_command(
        "autogenerate-table-gone",
        _BOTH,
        ("'going'", "gone"),
        _AT_HEAD,
        sql("CREATE TABLE going (id INTEGER)"),
        env_py(
            before=f"{_MODELS}\ndef drop(name, kind, parents):\n    if name == 'going':\n"
            # A comparison begins no transaction; this one is rolled back at the end.
            "        connection.exec_driver_sql('BEGIN')\n"
            "        connection.exec_driver_sql('DROP TABLE going')\n    return True\n",
            configure=f"{_TARGET}include_name=drop, ",
        ),
    ),
    Row(
        "autogenerate-column-without-type",
        _NEW,
        ("'fresh'", "'untyped'", "type"),
        (
            _AT_HEAD,
            env_py(
                before=f"{_MODELS}sa.Table('fresh', models, key(), sa.Column('untyped'))",
                configure=_TARGET,
            ),
        ),
    ),
    Row(
        "autogenerate-added-column-without-type",
        _NEW,
        ("'second'", "'untyped'", "type"),
        (
            _AT_HEAD,
            env_py(
                before=f"{_MODELS}models.tables['second'].append_column(sa.Column('untyped'))",
                configure=_TARGET,
            ),
        ),
    ),
    Row(
        "autogenerate-foreign-key-to-nowhere",
        _NEW,
        ("fresh", "nosuch"),
        (
            _AT_HEAD,
            env_py(
                before=f"{_MODELS}sa.Table('fresh', models, key(), "
                "sa.Column('other', sa.ForeignKey('nosuch.id')))",
                configure=_TARGET,
            ),
        ),
    ),
    *each_command(
        "autogenerate-tables-twice",
        _BOTH,
        ("second", "multiple MetaData"),
        _AT_HEAD,
        env_py(
            before=f"{_MODELS}more = sa.MetaData(); sa.Table('second', more, key())",
            configure="target_metadata=[models, more], ",
        ),
    ),
    *each_command(
        "autogenerate-set-unknown",
        _BOTH,
        ("alembic.autogenerate.tabels", "alembic.autogenerate.tables"),
        _AT_HEAD,
        env_py(
            before=_MODELS,
            configure=f"{_TARGET}autogenerate_plugins=['alembic.autogenerate.tabels'], ",
        ),
    ),
    *(
        Row(
            f"autogenerate-{option}-fails",
            "check",
            ("ZeroDivisionError",),
            (
                _AT_HEAD,
                env_py(before=_MODELS, configure=f"{_TARGET}{option}=lambda *_a: 1 / 0, "),
            ),
            fails_in="env.py",
        )
        for option in ("include_name", "include_object", "compare_type")
    ),
    *_nonsense("text", "directives[:] = ['nonsense']", "nonsense", "'nonsense'", "MigrationScript"),
    *_nonsense("none", "directives[0] = None", "nonsense", "None", "MigrationScript"),
    *_nonsense("operations", "directives[0].upgrade_ops = ['x']", "'x'", "UpgradeOps"),
    *_nonsense("operation-text", "directives[0].upgrade_ops.ops[:] = ['x']", "nonsense", "'x'"),
    *_nonsense("operation-none", "directives[0].upgrade_ops.ops.append(None)", "nonsense", "None"),
    *_nonsense(
        "operation-inside",
        "from idiolect.operations.ops import ModifyTableOps; "
        "directives[0].downgrade_ops.ops.append(ModifyTableOps('t', [5]))",
        "nonsense",
        "5",
    ),
    *_nonsense("operations-none", "directives[0].upgrade_ops.ops = None", "nonsense", "None"),
    *_nonsense("id", "directives[0].rev_id = '../../up'", "'../../up'"),
    *_nonsense("id-taken", f"directives[0].rev_id = '{FIRST}'", FIRST),
    *_nonsense("head", "directives[0].head = 'nosuchhead'", "nosuchhead"),
    *_nonsense("path", "directives[0].version_path = '/no/where'", "/no/where"),
    *_nonsense("fails", "1 / 0", "ZeroDivisionError", fails_in="env.py"),
    Row(
        "autogenerate-directives-no-function",
        _NEW,
        ("process_revision_directives", "'int'"),
        (
            _AT_HEAD,
            env_py(before=_MODELS, configure=f"{_TARGET}process_revision_directives=5, "),
        ),
    ),
    Row(
        "autogenerate-rewriter-text",
        _NEW,
        ("Rewriter", "to_text", "'x'"),
        (
            _AT_HEAD,
            env_py(
                before=f"{_MODELS}{_NEW_TABLE}\nfrom idiolect.autogenerate import Rewriter\n"
                "from idiolect.operations import ops\nwriter = Rewriter()\n"
                "@writer.rewrites(ops.CreateTableOp)\ndef to_text(context, revision, op):\n"
                "    return 'x'\n",
                configure=f"{_TARGET}process_revision_directives=writer, ",
            ),
        ),
    ),
    Row(
        "autogenerate-render-item-number",
        _NEW,
        ("render_item", "5"),
        (
            _AT_HEAD,
            env_py(
                before=f"{_MODELS}{_NEW_TABLE}",
                configure=f"{_TARGET}render_item=lambda *_a: 5, ",
            ),
        ),
    ),
    Row(
        "autogenerate-second-file-fails",
        _NEW,
        ("nosuchhead",),
        (
            _AT_HEAD,
            env_py(
                before=_process(
                    "from idiolect.operations import ops; directives.append(ops.MigrationScript("
                    "'dddd4444', ops.UpgradeOps([]), ops.DowngradeOps([]), head='nosuchhead'))"
                ),
                configure=f"{_TARGET}process_revision_directives=nonsense, ",
            ),
        ),
    ),
    *(
        Row(
            f"autogenerate-models-{name}",
            "check",
            says,
            (
                on_server,
                env_py(
                    before=f"{_MODELS}{item}\nconnection = create_engine("
                    "config.get_main_option('sqlalchemy.url')).connect()\nfor statement in ["
                    "'CREATE TABLE alembic_version (version_num varchar(32))', "
                    f"\"INSERT INTO alembic_version VALUES ('{SECOND}')\", "
                    "'CREATE TABLE second (id serial primary key, kind varchar(9))']:\n"
                    "    connection.exec_driver_sql(statement)\nconnection.commit()\n",
                    configure=_TARGET,
                ),
            ),
            changes=("the server's database",),
            needs="postgresql",
        )
        for name, item, says in (
            (
                "type-without-name",
                "models.tables['second'].append_column(sa.Column('kind', sa.Enum('a', 'b')))",
                ("'kind'", "'second'", "name"),
            ),
            (
                "name-too-long",
                "sa.Index('i' * 70, models.tables['second'].c.id)",
                ("'second'", "iiiiiii", "63"),
            ),
        )
    ),
    Row(
        "autogenerate-type-unknown",
        _NEW,
        ("'going'", "'odd'", "type"),
        (
            on_server,
            env_py(
                before=f"{_MODELS}\nwith create_engine(config.get_main_option('sqlalchemy.url'))"
                ".begin() as other:\n    for statement in ["
                "'CREATE TABLE alembic_version (version_num varchar(32))', "
                f"\"INSERT INTO alembic_version VALUES ('{SECOND}')\", "
                "'CREATE TYPE strange AS (a int)', 'CREATE TABLE going (odd strange)']:\n"
                "        other.exec_driver_sql(statement)\n",
                configure=_TARGET,
            ),
        ),
        status=0,
        changes=("the server's database", "migrations/versions/*_new.py", "migrations/versions"),
        needs="postgresql",
    ),
]

"""Revision files that cannot be read, executed, or put in order."""

from __future__ import annotations

from tests.bad_input.row import FIRST, FIRST_FILE, SECOND, SECOND_FILE, Row, each_command
from tests.bad_input.spoil import (
    delete,
    link,
    lock_up,
    on_server,
    revision,
    second,
    second_file,
    url,
    write,
)

_HEAD = f"revision = {SECOND!r}\ndown_revision = {FIRST!r}\n"
_READERS = (
    "heads|history|branches|current|upgrade head|upgrade head --sql|stamp head|revision -m x|"
    f"show {FIRST}|downgrade base|merge heads"
).split("|")
"""Every way to read the revision files."""

_UNKNOWN_DOWN = revision("cccc3333", "no0such0")

ROWS = [
    *each_command(
        "file-no-identifiers",
        _READERS,
        (SECOND_FILE, "revision"),
        second_file("def upgrade():\n    pass\n"),
    ),
    *each_command(
        "file-unknown-down", _READERS, ("cccc3333", "no0such0", "down_revision"), _UNKNOWN_DOWN
    ),
    Row(
        "file-unknown-depends",
        "heads",
        ("cccc3333", "no0such0", "depends_on"),
        (revision("cccc3333", FIRST, "depends_on = 'no0such0'"),),
    ),
    Row(
        "file-syntax-upgrade",
        "upgrade head",
        (SECOND_FILE, "line 4", "not valid Python"),
        (second_file(f"{_HEAD}def upgrade():\n    return (\n"),),
    ),
    Row(
        "file-syntax-header",
        "heads",
        (SECOND_FILE,),
        (second_file("revision = 'bbbb2222\ndown_revision = \n"),),
    ),
    Row(
        "file-syntax-sql",
        "upgrade head --sql",
        (SECOND_FILE, "line 4", "not valid Python"),
        (second_file(f"{_HEAD}def upgrade():\n    return (\n"),),
    ),
    Row("file-null-bytes", "upgrade head", (SECOND_FILE,), (second_file(b"x = 1\0\n"),)),
    Row("file-null-bytes-heads", "heads", (SECOND_FILE,), (second_file(b"\0" * 300),)),
    Row(
        "file-null-bytes-below",
        "upgrade head",
        (SECOND_FILE, "null bytes"),
        (second_file(f"{_HEAD}def upgrade():\n    pass\n\0\n"),),
    ),
    Row(
        "file-latin-1",
        "upgrade head",
        (SECOND_FILE,),
        (second_file(f"{_HEAD}# Zürich\ndef upgrade():\n    pass\n".encode("latin-1")),),
    ),
    Row("file-binary", "heads", (SECOND_FILE,), (second_file(bytes(range(256)) * 8),)),
    Row("file-empty", "heads", (SECOND_FILE,), (second_file(""),)),
    Row(
        "file-conflict",
        "heads",
        (SECOND_FILE,),
        (
            second_file(
                f"<<<<<<< HEAD\nrevision = {SECOND!r}\n=======\nrevision = 'other000'\n"
                f">>>>>>> theirs\ndown_revision = {FIRST!r}\n"
            ),
        ),
    ),
    Row(
        "file-conflict-body",
        "upgrade head",
        (SECOND_FILE, "line 4"),
        (second_file(f"{_HEAD}def upgrade():\n<<<<<<< HEAD\n    pass\n=======\n>>>>>>> x\n"),),
    ),
    Row(
        "file-conflict-down",
        "upgrade head",
        (SECOND_FILE,),
        (
            second_file(
                f"revision = {SECOND!r}\n<<<<<<< HEAD\ndown_revision = {FIRST!r}\n=======\n"
                "down_revision = None\n>>>>>>> theirs\ndef upgrade():\n    pass\n"
            ),
        ),
    ),
    Row(
        "file-empty-id",
        "heads",
        (SECOND_FILE, "revision"),
        (second_file(f"revision = ''\ndown_revision = {FIRST!r}\n"),),
    ),
    Row(
        "file-number-id",
        "heads",
        (SECOND_FILE, "revision"),
        (second_file(f"revision = 12345\ndown_revision = {FIRST!r}\n"),),
    ),
    Row(
        "file-none-id",
        "heads",
        (SECOND_FILE, "revision"),
        (second_file(f"revision = None\ndown_revision = {FIRST!r}\n"),),
    ),
    Row(
        "file-reserved-id",
        "heads",
        (SECOND_FILE, "a@b"),
        (second_file(f"revision = 'a@b'\ndown_revision = {FIRST!r}\n"),),
    ),
    Row(
        "file-number-down",
        "heads",
        (SECOND, "down_revision"),
        (second_file(f"revision = {SECOND!r}\ndown_revision = 17\n"),),
    ),
    Row(
        "file-self-loop",
        "upgrade head",
        (SECOND, "loop"),
        (second_file(f"revision = {SECOND!r}\ndown_revision = {SECOND!r}\n"),),
    ),
    Row(
        "file-cycle",
        "upgrade head",
        (SECOND, "cccc3333", "cycle"),
        (
            second_file(f"revision = {SECOND!r}\ndown_revision = 'cccc3333'\n"),
            revision("cccc3333", SECOND),
        ),
    ),
    Row(
        "file-cycle-above",
        "heads",
        ("cccc3333", "dddd4444", "cycle"),
        (revision("cccc3333", (SECOND, "dddd4444")), revision("dddd4444", "cccc3333")),
    ),
    Row(
        "file-cycle-of-all",
        "history",
        (FIRST, SECOND, "cycle"),
        (
            write(
                f"migrations/versions/{FIRST_FILE}",
                f"revision={FIRST!r}\ndown_revision={SECOND!r}\n",
            ),
        ),
    ),
    Row(
        "file-dependency-loop",
        "heads",
        ("cccc3333", "loop"),
        (revision("cccc3333", FIRST, "depends_on = 'cccc3333'"),),
    ),
    Row(
        "file-dependency-cycle",
        "heads",
        ("cccc3333", "dddd4444", "cycle"),
        (
            revision("cccc3333", FIRST, "depends_on = 'dddd4444'"),
            revision("dddd4444", SECOND, "depends_on = 'cccc3333'"),
        ),
    ),
    Row(
        "file-label-twice",
        "heads",
        ("cccc3333", "dddd4444", "web"),
        (
            revision("cccc3333", FIRST, "branch_labels = 'web'"),
            revision("dddd4444", FIRST, "branch_labels = 'web'"),
        ),
    ),
    Row(
        "file-label-an-id",
        "heads",
        ("cccc3333", SECOND),
        (revision("cccc3333", FIRST, f"branch_labels = {SECOND!r}"),),
    ),
    Row(
        "file-label-odd",
        "heads",
        ("cccc3333", "a:b"),
        (revision("cccc3333", FIRST, "branch_labels = 'a:b'"),),
        status=0,
    ),
    *(
        Row(
            f"file-label-{label.strip('+')}",
            "heads",
            ("cccc3333", label),
            (revision("cccc3333", FIRST, f"branch_labels = {label!r}"),),
            status=0,
        )
        for label in ("head", "heads", "base", "current", "a@b", "+2")
    ),
    *(
        Row(
            f"file-double-id-{name}",
            command,
            (SECOND, SECOND_FILE, "copy_.py", "delete one"),
            (revision(SECOND, FIRST, file="copy"),),
        )
        for name, command in (
            ("upgrade", "upgrade head"),
            ("sql", "upgrade head --sql"),
            ("downgrade", f"downgrade {SECOND}:base --sql"),
        )
    ),
    Row(
        "file-double-id-below",
        "upgrade heads",
        (SECOND, SECOND_FILE, "copy_.py", "delete one"),
        (revision(SECOND, FIRST, file="copy"), revision("cccc3333", SECOND)),
    ),
    *(
        Row(
            f"file-double-id-told-by-{command.split()[0]}",
            command,
            (SECOND, SECOND_FILE, "copy_.py"),
            (revision(SECOND, FIRST, file="copy"),),
            status=0,
        )
        for command in ("heads", "history", "current", f"upgrade {FIRST}")
    ),
    Row(
        "file-a-dead-link",
        "upgrade head",
        ("versions/gone.py",),
        (link(f"migrations/versions/{SECOND_FILE}", "gone.py"),),
    ),
    Row(
        "file-unreadable",
        "upgrade head",
        (SECOND_FILE, "denied"),
        (lock_up(f"migrations/versions/{SECOND_FILE}"),),
        powerless=True,
    ),
    Row(
        "file-below-gone",
        "upgrade head",
        (FIRST, SECOND),
        (delete(f"migrations/versions/{FIRST_FILE}"),),
    ),
    Row(
        "file-no-upgrade",
        "upgrade head",
        (SECOND, SECOND_FILE, "upgrade"),
        (second_file(_HEAD),),
        fails_in=SECOND,
        frameless=True,
    ),
    Row(
        "file-no-downgrade",
        "downgrade -1",
        (FIRST, FIRST_FILE, "downgrade"),
        (
            write(
                f"migrations/versions/{FIRST_FILE}", f"revision = {FIRST!r}\ndown_revision = None\n"
            ),
        ),
        fails_in=FIRST,
        frameless=True,
    ),
    Row(
        "file-upgrade-no-function",
        "upgrade head",
        (SECOND, SECOND_FILE, "upgrade"),
        (second_file(f"{_HEAD}upgrade = None\n"),),
        fails_in=SECOND,
        frameless=True,
    ),
    Row(
        "file-import-fails",
        "upgrade head",
        ("nosuchmodule", SECOND_FILE),
        (second_file(f"{_HEAD}import nosuchmodule\ndef upgrade():\n    pass\n"),),
        fails_in=SECOND,
    ),
    *(
        Row(
            f"revision-lacks-op-{name}",
            command,
            ("nosuch_operation", SECOND_FILE),
            (second("op.nosuch_operation('x')"),),
            fails_in=SECOND,
        )
        for name, command in (("online", "upgrade head"), ("offline", "upgrade head --sql"))
    ),
    Row(
        "revision-raises",
        "upgrade head",
        (SECOND, SECOND_FILE, "RuntimeError", "all is lost"),
        (
            second(
                "op.execute('CREATE TABLE gone (id INTEGER)')\nraise RuntimeError('all is lost')"
            ),
        ),
        fails_in=SECOND,
    ),
    Row(
        "revision-raises-after-data",
        "upgrade head",
        (SECOND, SECOND_FILE, "RuntimeError"),
        (
            second(
                "op.execute('DROP TABLE first')\nop.create_table('t', sa.Column('a', sa.Integer))\n"
                "op.execute('INSERT INTO t VALUES (1)')\nraise RuntimeError('all is lost')"
            ),
        ),
        fails_in=SECOND,
    ),
    Row(
        "revision-raises-offline",
        f"upgrade {FIRST}:{SECOND} --sql",
        (SECOND, SECOND_FILE, "RuntimeError"),
        (second("raise RuntimeError('all is lost')"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-reads-offline",
        f"upgrade {FIRST}:{SECOND} --sql",
        (SECOND, SECOND_FILE),
        (second("op.get_bind().execute(sa.text('select 1')).scalar()"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-raises-url",
        "upgrade head",
        (SECOND, SECOND_FILE),
        (second("raise RuntimeError('postgresql://app:{secret}@db/x')"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-sql-wrong",
        "upgrade head",
        (SECOND, SECOND_FILE, "no such table: nowhere", "DROP TABLE nowhere"),
        (second("op.drop_table('nowhere')"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-sql-syntax",
        "upgrade head",
        (SECOND, SECOND_FILE, "syntax error", "SELEKT"),
        (second("op.execute('SELEKT 1')"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-table-exists",
        "upgrade head",
        (SECOND, SECOND_FILE, "table first already exists"),
        (second("op.create_table('first', sa.Column('id', sa.Integer))"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-column-unknown",
        "upgrade head",
        (SECOND, SECOND_FILE, "nosuchcolumn"),
        (second("op.drop_column('first', 'nosuchcolumn')"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-exits",
        "upgrade head",
        (),
        (second("import sys\nsys.exit('FAILED: no more')"),),
    ),
    Row(
        "revision-long-statement",
        "upgrade head",
        (SECOND, SECOND_FILE),
        (second("op.execute('SELEKT\\n' + '\\n'.join(['1,'] * 500))"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-wrong-argument",
        "upgrade head",
        (SECOND, SECOND_FILE, "TypeError"),
        (second("op.create_table()"),),
        fails_in=SECOND,
    ),
    Row(
        "revision-needs-argument",
        "upgrade head",
        (SECOND, SECOND_FILE),
        (second_file(f"{_HEAD}def upgrade(engine_name):\n    pass\n"),),
        fails_in=SECOND,
        frameless=True,
    ),
    Row(
        "downgrade-raises",
        "downgrade base",
        (FIRST, FIRST_FILE, "RuntimeError"),
        (
            write(
                f"migrations/versions/{FIRST_FILE}",
                f"revision = {FIRST!r}\ndown_revision = None\nfrom idiolect import op\n"
                "def upgrade():\n    pass\ndef downgrade():\n    op.drop_table('first')\n"
                "    raise RuntimeError('no way back')\n",
            ),
        ),
        fails_in=FIRST,
    ),
    Row(
        "revision-raises-postgresql",
        "upgrade head",
        (SECOND, SECOND_FILE, "RuntimeError"),
        (
            on_server,
            second("op.execute('CREATE TABLE t (a int)')\nraise RuntimeError('no')"),
        ),
        fails_in=SECOND,
        needs="postgresql",
    ),
    Row(
        "mariadb-no-existing-type",
        f"upgrade {FIRST}:{SECOND} --sql",
        (SECOND, SECOND_FILE, "require the existing type", "'c'", "'t'"),
        (url("mariadb+pymysql://h/never"), second("op.alter_column('t', 'c', nullable=False)")),
    ),
    Row(
        "mariadb-constraint-of-no-kind",
        f"upgrade {FIRST}:{SECOND} --sql",
        (SECOND, SECOND_FILE, "specify constraint type", "'ck'"),
        (url("mariadb+pymysql://h/never"), second("op.drop_constraint('ck', 't')")),
    ),
]

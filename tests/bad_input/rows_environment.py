"""env.py that cannot be compiled, fails, or does not do its work."""

from __future__ import annotations

from tests.bad_input.row import SECOND, Row, each_command
from tests.bad_input.spoil import ENV, env_py, write

_ENGINE = 'engine = create_engine(context.config.get_main_option("sqlalchemy.url"))\n'
_HEAD = f"from sqlalchemy import create_engine\nfrom idiolect import context\n{_ENGINE}"
_SOME = ("upgrade head", "current", "stamp head", "downgrade base", "upgrade head --sql")

ROWS = [
    *each_command(
        "env-py-syntax",
        _SOME,
        ("migrations/env.py", "line 2", "not valid Python"),
        write(ENV, "import os\ndef broken(:\n"),
    ),
    Row("env-py-null-bytes", "current", ("migrations/env.py",), (write(ENV, b"x = 1\0\n"),)),
    Row(
        "env-py-latin-1",
        "current",
        ("migrations/env.py", "utf-8"),
        (write(ENV, "x = 'Zürich'\n".encode("latin-1")),),
    ),
    Row(
        "env-py-indentation",
        "current",
        ("migrations/env.py", "line 1"),
        (write(ENV, "    x = 1\n"),),
    ),
    Row(
        "env-py-import-unknown",
        "upgrade head",
        ("nosuchmodule", "env.py"),
        (write(ENV, "import nosuchmodule\n"),),
        fails_in="env.py",
    ),
    Row(
        "env-py-import-name",
        "upgrade head",
        ("nosuchname", "env.py"),
        (write(ENV, "from idiolect.context import nosuchname\n"),),
        fails_in="env.py",
    ),
    Row(
        "env-py-models-syntax",
        "upgrade head",
        ("models.py",),
        (write("models.py", "class (:\n"), write(ENV, "import models\n")),
        fails_in="models.py",
    ),
    Row(
        "env-py-raises",
        "upgrade head",
        ("env.py", "RuntimeError", "all is lost"),
        (write(ENV, "raise RuntimeError('all is lost')\n"),),
        fails_in="env.py",
    ),
    Row(
        "env-py-raises-url",
        "upgrade head",
        ("env.py", "KeyError"),
        (write(ENV, "raise KeyError('postgresql://app:{secret}@db/x')\n"),),
        fails_in="env.py",
    ),
    Row(
        "env-py-raises-deep",
        "upgrade head",
        ("env.py", "RecursionError"),
        (write(ENV, "def again():\n    again()\nagain()\n"),),
        fails_in="env.py",
    ),
    Row(
        "env-py-raises-long",
        "upgrade head",
        ("env.py", "ValueError"),
        (write(ENV, "raise ValueError('\\n'.join('line %d' % i for i in range(500)))\n"),),
        fails_in="env.py",
    ),
    Row(
        "env-py-raises-group",
        "upgrade head",
        ("env.py", "ExceptionGroup", "inner"),
        (write(ENV, "raise ExceptionGroup('all', [ValueError('inner'), KeyError('k')])\n"),),
        fails_in="env.py",
    ),
    Row(
        "env-py-wrong-option",
        "upgrade head",
        ("configure(transactional_ddl=...)", "expected: bool"),
        (
            write(
                ENV,
                f"{_HEAD}with engine.connect() as connection:\n"
                "    context.configure(connection, transactional_ddl=object)\n"
                "    context.run_migrations()\n",
            ),
        ),
    ),
    Row(
        "env-py-wrong-argument",
        "upgrade head",
        ("env.py", "TypeError"),
        (
            write(
                ENV,
                f"{_HEAD}with engine.connect() as connection:\n"
                "    context.configure(connection)\n"
                "    context.run_migrations(1, 2)\n",
            ),
        ),
        fails_in="env.py",
    ),
    *each_command(
        "env-py-never-configures",
        ("upgrade head", "stamp head", "ensure_version"),
        ("migrations/env.py", "context.configure()", "nothing was done"),
        write(ENV, "from idiolect import context\n"),
    ),
    Row(
        "env-py-runs-unconfigured",
        "upgrade head",
        ("context.configure()", "env.py"),
        (write(ENV, "from idiolect import context\ncontext.run_migrations()\n"),),
    ),
    Row(
        "env-py-configures-nothing",
        "upgrade head",
        ("connection", "url", "dialect_name"),
        (write(ENV, "from idiolect import context\ncontext.configure()\n"),),
    ),
    Row(
        "env-py-engine",
        "upgrade head",
        ("Connection", "Engine"),
        (write(ENV, f"{_HEAD}context.configure(engine)\ncontext.run_migrations()\n"),),
    ),
    Row(
        "env-py-connection-text",
        "upgrade head",
        ("Connection",),
        (write(ENV, f"{_HEAD}context.configure(str(engine.url))\ncontext.run_migrations()\n"),),
    ),
    *each_command(
        "env-py-runs-nothing",
        ("upgrade head", "stamp head", "ensure_version"),
        ("migrations/env.py", "run_migrations()", "nothing was done"),
        write(
            ENV, f"{_HEAD}with engine.connect() as connection:\n    context.configure(connection)\n"
        ),
    ),
    *each_command(
        "env-py-no-commit",
        ("upgrade head", "stamp head", "downgrade base"),
        ("env.py", "connection.commit()"),
        write(
            ENV,
            f"{_HEAD}with engine.connect() as connection:\n    connection.begin()\n"
            "    context.configure(connection)\n    context.run_migrations()\n",
        ),
    ),
    Row(
        "env-py-rolls-back",
        "upgrade head",
        ("env.py", "rolled the connection back"),
        (
            write(
                ENV,
                f"{_HEAD}with engine.connect() as connection:\n    context.configure(connection)\n"
                "    with context.begin_transaction():\n        context.run_migrations()\n"
                "        connection.rollback()\n",
            ),
        ),
    ),
    Row(
        "env-py-closed-connection",
        "upgrade head",
        ("closed",),
        (
            write(
                ENV,
                f"{_HEAD}with engine.connect() as connection:\n    pass\n"
                "context.configure(connection)\ncontext.run_migrations()\n",
            ),
        ),
        fails_in="env.py",
    ),
    Row(
        "env-py-no-url-offline",
        "upgrade head --sql",
        ("dialect_name", "url"),
        (write(ENV, "from idiolect import context\ncontext.configure()\n"),),
    ),
    Row(
        "env-py-unknown-dialect-offline",
        "upgrade head --sql",
        ("nosuchdialect",),
        (
            write(
                ENV,
                "from idiolect import context\ncontext.configure(dialect_name='nosuchdialect')\n"
                "context.run_migrations()\n",
            ),
        ),
    ),
    Row(
        "env-py-exits",
        "upgrade head",
        (),
        (write(ENV, "import sys\nsys.exit('FAILED: env.py gives up')\n"),),
    ),
    Row(
        "env-py-keyword-unknown-to-revision",
        "upgrade head",
        (SECOND, "TypeError", "engine_name"),
        (env_py(run="engine_name='x'"),),
        fails_in=SECOND,
        frameless=True,
    ),
    Row(
        "env-py-failing-listener",
        "upgrade head",
        ("ZeroDivisionError",),
        (env_py(configure="on_version_apply=lambda **kw: 1 / 0, "),),
        fails_in=SECOND,
    ),
]

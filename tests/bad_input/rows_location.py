"""The folder that script_location names: missing, or without what belongs there."""

from __future__ import annotations

from tests.bad_input.row import FIRST, Row, each_command
from tests.bad_input.rows_config import ALL
from tests.bad_input.spoil import (
    BRANCH,
    ENV,
    TEMPLATE,
    delete,
    folder,
    link,
    lock_up,
    option,
    write,
)

_RUN_ENV = (
    "current|downgrade -1|ensure_version|stamp head|upgrade head|upgrade head --sql|"
    f"stamp head --sql|history -i|history -r current:|show current|edit current|"
    f"downgrade {FIRST}:base --sql|ensure_version --sql|current --check-heads"
).split("|")
"""Every command that runs env.py."""

ROWS = [
    *each_command("no-location", ALL, ("migrations", "init"), delete("migrations")),
    *each_command("no-env-py", _RUN_ENV, ("migrations/env.py",), delete(ENV)),
    Row(
        "location-a-file",
        "upgrade head",
        ("migrations",),
        (delete("migrations"), write("migrations", "no folder")),
    ),
    Row(
        "location-a-file-heads",
        "heads",
        ("migrations",),
        (delete("migrations"), write("migrations", "no folder")),
    ),
    Row(
        "location-unknown-package",
        "heads",
        ("nosuchpackage",),
        (option("script_location", "nosuchpackage:migrations"),),
    ),
    Row(
        "location-a-module",
        "heads",
        ("json/migrations", "init"),
        (option("script_location", "json:migrations"),),
    ),
    Row(
        "location-a-loop",
        "heads",
        ("migrations",),
        (link("migrations", "migrations"),),
    ),
    Row(
        "location-versions-loop",
        "upgrade head",
        ("versions",),
        (link("migrations/versions", "versions"),),
    ),
    Row(
        "location-locked",
        "upgrade head",
        ("migrations", "denied"),
        (lock_up("migrations"),),
        powerless=True,
    ),
    Row("env-py-a-folder", "upgrade head", ("migrations/env.py",), (folder(ENV),)),
    Row("env-py-unreadable", "upgrade head", ("env.py", "denied"), (lock_up(ENV),), powerless=True),
    Row("template-gone", "revision -m x", (TEMPLATE,), (delete(TEMPLATE),)),
    Row("template-gone-merge", "merge -m x heads", (TEMPLATE,), (BRANCH, delete(TEMPLATE))),
    Row("template-a-folder", "revision -m x", (TEMPLATE,), (folder(TEMPLATE),)),
    Row(
        "template-syntax",
        "revision -m x",
        (TEMPLATE,),
        (write(TEMPLATE, '"""${message}"""\n% if up_revision:\nnothing ends this\n'),),
    ),
    Row(
        "template-unknown-name",
        "revision -m x",
        (TEMPLATE,),
        (write(TEMPLATE, "revision = ${repr(nosuch.name)}\n"),),
    ),
    Row(
        "template-raises",
        "revision -m x",
        (TEMPLATE,),
        (write(TEMPLATE, "revision = ${1 / 0}\n"),),
    ),
    Row(
        "template-latin-1",
        "revision -m x",
        (TEMPLATE,),
        (write(TEMPLATE, "# Zürich\nrevision = ${repr(up_revision)}\n".encode("latin-1")),),
    ),
    Row(
        "template-without-identifiers",
        "revision -m x",
        ("'revision'", "_x.py"),
        (write(TEMPLATE, '"""${message}"""\n'),),
    ),
    Row(
        "versions-gone-upgrade",
        "upgrade head",
        (FIRST,),
        (delete("migrations/versions"),),
    ),
    Row(
        "versions-gone-current",
        "current",
        (FIRST,),
        (delete("migrations/versions"),),
    ),
    Row(
        "versions-a-file",
        "heads",
        ("migrations/versions",),
        (delete("migrations/versions"), write("migrations/versions", "no folder")),
    ),
    Row(
        "versions-locked",
        "heads",
        ("migrations/versions", "denied"),
        (lock_up("migrations/versions"),),
        powerless=True,
    ),
    Row(
        "versions-unwritable",
        "revision -m x",
        ("migrations/versions", "denied"),
        (lock_up("migrations/versions", 0o500),),
        powerless=True,
    ),
    Row(
        "versions-unwritable-merge",
        "merge -m x heads",
        ("migrations/versions", "denied"),
        (BRANCH, lock_up("migrations/versions", 0o500)),
        powerless=True,
    ),
    Row(
        "version-location-gone",
        "upgrade head",
        ("gone",),
        (option("version_locations", "%(here)s/migrations/versions:%(here)s/gone"),),
        status=0,
        changes=("app.db",),
    ),
    Row(
        "version-path-unknown",
        "revision -m x --version-path elsewhere",
        ("elsewhere", "version"),
    ),
]

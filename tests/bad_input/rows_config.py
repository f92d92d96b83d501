"""Config files that are missing, broken, or lead nowhere."""

from __future__ import annotations

from tests.bad_input.row import FIRST, SECOND, Row, each_command
from tests.bad_input.spoil import INI, delete, folder, lock_up, nothing_there, option, write

ALL = (
    f"branches|current|downgrade -1|edit {FIRST}|ensure_version|heads|history|merge heads|"
    f"revision -m x|show {FIRST}|stamp head|upgrade head|upgrade head --sql|"
    f"downgrade {FIRST}:base --sql|stamp head --sql|ensure_version --sql|history -i|current -v"
).split("|")
"""Every command that works on a project."""

_NO_LOCATION = ("script_location", "init")

ROWS = [
    *each_command("nothing", ALL, _NO_LOCATION, nothing_there),
    *each_command("no-config", ("upgrade head", "heads"), (*_NO_LOCATION, INI), delete(INI)),
    Row("config-named-missing", "-c no/such.ini heads", ("no/such.ini", "does not exist")),
    Row("config-env-missing", "heads", ("gone.ini",), env=(("IDIOLECT_CONFIG", "gone.ini"),)),
    Row(
        "config-alembic-env-missing", "heads", ("gone.ini",), env=(("ALEMBIC_CONFIG", "gone.ini"),)
    ),
    Row("config-two-inis", "-c a.ini -c b.ini heads", ("a.ini", "b.ini", "only one")),
    Row("config-two-tomls", "-c a.toml -c b.toml heads", ("a.toml", "b.toml", "more than once")),
    Row(
        "config-empty", "heads", (*_NO_LOCATION, INI, "[idiolect]", "[alembic]"), (write(INI, ""),)
    ),
    Row("config-only-comments", "upgrade head", (*_NO_LOCATION, INI), (write(INI, "# no\n"),)),
    Row(
        "config-no-section",
        "upgrade head",
        (*_NO_LOCATION, INI, "section"),
        (write(INI, "[other]\nscript_location = migrations\npassword = {secret}\n"),),
    ),
    Row("config-unknown-name", "-n nosuch heads", ("[nosuch]", *_NO_LOCATION, INI)),
    Row("config-unknown-name-upgrade", "-n nosuch upgrade head", ("[nosuch]", *_NO_LOCATION, INI)),
    Row(
        "config-no-location",
        "upgrade head",
        (*_NO_LOCATION, INI),
        (option("script_location", None),),
    ),
    Row(
        "config-blank-location",
        "upgrade head",
        (*_NO_LOCATION, INI),
        (option("script_location", ""),),
    ),
    Row("config-binary", "heads", (INI, "UTF-8"), (write(INI, bytes(range(256)) * 4),)),
    Row(
        "config-null-bytes",
        "heads",
        (INI, "line"),
        (write(INI, b"\0\0\0\0[idiolect]\0\nscript_location=x\n"),),
    ),
    Row(
        "config-latin-1",
        "upgrade head",
        (INI, "line 2", "UTF-8"),
        (write(INI, "[idiolect]\n# Zürich\nscript_location = migrations\n".encode("latin-1")),),
    ),
    Row(
        "config-utf-16",
        "heads",
        (INI, "UTF-16"),
        (write(INI, "[idiolect]\nscript_location = migrations\n".encode("utf-16")),),
    ),
    Row(
        "config-syntax",
        "upgrade head",
        (INI, "line 3"),
        (write(INI, "[idiolect]\nscript_location = migrations\n://app:{secret}@db/x\n"),),
    ),
    Row(
        "config-no-header",
        "heads",
        (INI, "line 1", "header"),
        (write(INI, "sqlalchemy.url = postgresql://app:{secret}@db/x\n"),),
    ),
    Row(
        "config-open-bracket",
        "heads",
        (INI, "line 1"),
        (write(INI, "[idiolect\nscript_location = migrations\n"),),
    ),
    Row(
        "config-double-section",
        "heads",
        (INI, "line 4", "[idiolect]"),
        (write(INI, "[idiolect]\nscript_location = migrations\n\n[idiolect]\na = {secret}\n"),),
    ),
    Row(
        "config-double-key",
        "heads",
        (INI, "line 3", "script_location"),
        (write(INI, "[idiolect]\nscript_location = migrations\nscript_location = {secret}\n"),),
    ),
    Row(
        "config-unknown-reference",
        "heads",
        (INI, "script_location", "[idiolect]", "here"),
        (option("script_location", "%(nowhere)s/migrations"),),
    ),
    Row(
        "config-reference-loop",
        "heads",
        (INI, "script_location"),
        (option("script_location", "%(script_location)s/x"),),
    ),
    Row(
        "config-single-percent",
        "heads",
        (INI, "script_location", "%%"),
        (option("script_location", "50%/migrations"),),
    ),
    Row("config-folder", "upgrade head", (INI, "folder"), (folder(INI),)),
    Row("config-folder-named", "-c migrations heads", ("migrations", "folder")),
    Row("config-unreadable", "heads", (INI, "denied"), (lock_up(INI),), powerless=True),
    Row("config-no-file-name", "-c /proc/self/mem heads", ("/proc/self/mem",)),
    Row(
        "config-bad-boolean",
        "heads",
        (INI, "sourceless", "boolean"),
        (option("sourceless", "perhaps"),),
    ),
    Row(
        "config-bad-environment-boolean",
        "history",
        ("revision_environment", INI),
        (option("revision_environment", "perhaps"),),
    ),
    Row(
        "config-bad-length",
        "heads",
        ("truncate_slug_length", "forty", "characters", INI),
        (option("truncate_slug_length", "forty"),),
    ),
    Row(
        "config-bad-separator",
        "heads",
        ("path_separator", "comma"),
        (option("path_separator", "comma"),),
    ),
    Row(
        "config-bad-timezone",
        "revision -m x",
        ("timezone", "Mars/Olympus"),
        (option("timezone", "Mars/Olympus"),),
    ),
    Row(
        "config-bad-file-template",
        "revision -m x",
        ("file_template", "nosuch"),
        (option("file_template", "%%(nosuch)s"),),
    ),
    Row(
        "config-bad-encoding",
        "revision -m x",
        ("output_encoding", "klingon"),
        (option("output_encoding", "klingon"),),
    ),
    Row(
        "config-encoding-python-does-not-expect",
        "revision -m Zürich",
        ("output_encoding", "utf-8", "nothing was written"),
        (option("output_encoding", "latin-1"),),
    ),
    Row("config-empty-name", "-n '' upgrade head", ("usage:", "-n/--name"), status=2),
    Row("revision-current-of-script", "upgrade current:head --sql", ("'current'", "history")),
    Row("revision-current-less-one", "show current-1", ("'current'", "history")),
    Row(
        "config-bad-logging",
        "upgrade head",
        (INI, "KeyError", "class", "[handlers]"),
        (option("class", None),),
    ),
    Row(
        "toml-syntax",
        "heads",
        ("pyproject.toml", "line 2"),
        (delete(INI), write("pyproject.toml", '[tool.idiolect]\nscript_location = "x\n')),
    ),
    Row(
        "toml-no-location",
        "heads",
        ("pyproject.toml", *_NO_LOCATION),
        (delete(INI), write("pyproject.toml", "[tool.idiolect]\nsourceless = true\n")),
    ),
    Row(
        "toml-no-table",
        "heads",
        ("pyproject.toml", "[tool.idiolect]"),
        (delete(INI), write("pyproject.toml", '[project]\nname = "idiolect-user"\n')),
    ),
    Row(
        "toml-not-a-table",
        "heads",
        ("pyproject.toml", "tool.idiolect", "table"),
        (delete(INI), write("pyproject.toml", '[tool]\nidiolect = "{secret}"\n')),
    ),
    Row(
        "toml-wrong-type",
        "heads",
        ("pyproject.toml", "script_location"),
        (delete(INI), write("pyproject.toml", "[tool.idiolect]\nscript_location = 1979-05-27\n")),
    ),
    Row(
        "toml-location-number",
        "heads",
        ("pyproject.toml", "script_location"),
        (delete(INI), write("pyproject.toml", "[tool.idiolect]\nscript_location = 7\n")),
    ),
    *(
        Row(
            f"toml-{key}-{id_}",
            "revision -m x",
            ("'pyproject.toml', section [tool.idiolect]", key, words),
            (write("pyproject.toml", f"[tool.idiolect]\n{key} = {value}\n"),),
        )
        for key, id_, value, words in (
            ("truncate_slug_length", "list", "[1]", "characters"),
            ("truncate_slug_length", "fraction", "1.5", "characters"),
            ("truncate_slug_length", "boolean", "true", "characters"),
            ("timezone", "number", "5", "text in quotes"),
            ("output_encoding", "number", "5", "text in quotes"),
            ("file_template", "boolean", "true", "text in quotes"),
        )
    ),
    *(
        Row(
            f"config-endless-{name}-{id_}",
            "upgrade head",
            (name, "seconds", value[:20]),
            (option(name, value),),
            fails_in=SECOND,
            frameless=True,
        )
        for name in ("statement_timeout", "lock_wait_timeout")
        for id_, value in (("infinite", "inf"), ("huge", "9" * 400))
    ),
    *(
        Row(
            f"config-no-limit-{name}-{value}",
            "upgrade head",
            (INI, name, "seconds"),
            (option(name, value),),
        )
        for name in ("statement_timeout", "lock_wait_timeout", "migration_lock_timeout")
        for value in ("nan", "-1")
    ),
    Row(
        "toml-latin-1",
        "heads",
        ("pyproject.toml", "line 1", "UTF-8"),
        (delete(INI), write("pyproject.toml", "# Zürich\n[tool.idiolect]\n".encode("latin-1"))),
    ),
    Row("toml-folder", "heads", ("pyproject.toml", "folder"), (folder("pyproject.toml"),)),
    Row("init-in-full-folder", "init migrations", ("migrations", "not empty")),
    Row("init-on-a-file", "init idiolect.ini", ("idiolect.ini",)),
    Row("init-below-a-file", "init idiolect.ini/x", ("idiolect.ini",)),
    Row("init-unknown-template", "init -t generik new", ("generik", "'generic'")),
    Row(
        "init-unwritable",
        "init locked/new",
        ("locked/new", "denied"),
        (folder("locked"), lock_up("locked", 0o500)),
        powerless=True,
    ),
    Row(
        "init-broken-toml",
        "init -t pyproject new",
        ("pyproject.toml", "TOML"),
        (nothing_there, write("pyproject.toml", "[tool\n")),
    ),
]

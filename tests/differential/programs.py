"""What programs ask of Config, ScriptDirectory, the commands and steps, asked of one of the tools.

    python -m tests.differential.programs idiolect FOLDER

The folder is empty; the answers are printed as JSON. Run by an interpreter that has the tool.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

INI = """\
[alembic]
script_location = %(here)s/scripts
path_separator = os
"""
ENV = """\
from alembic import context
import sqlalchemy as sa

if context.is_offline_mode():
    context.configure(dialect_name="sqlite", tag=context.get_tag_argument() or "none")
    with context.begin_transaction():
        context.run_migrations()
else:
    with sa.create_engine("sqlite:///data.db").connect() as connection:
        calls = context.config.attributes.setdefault("calls", [])
        context.configure(connection=connection, on_version_apply=lambda **kw: calls.append(kw))
        with context.begin_transaction():
            context.run_migrations()
"""
#: Revision -> what it follows, its labels, what it depends on.
REVISIONS: dict[str, tuple[Any, Any, Any]] = {
    "a1aa": (None, None, None),
    "b2bb": ("a1aa", None, None),
    "c3cc": ("b2bb", None, None),
    "d4dd": ("b2bb", ("side",), None),
    "e5ee": (None, ("other",), None),
    "f6ff": ("e5ee", None, ("b2bb",)),
}
IDENTIFIERS: tuple[Any, ...] = (
    *("head", "heads", "base", "a1aa", "a1", "a", "side", "side@head", "other@base", "nosuch"),
    *("current", (), None, ("a1aa", "b2bb"), ("a1",), ["heads"], 5, b"a1"),
)
RANGES = (
    *(("c3cc", "base"), ("heads", "base"), ("heads", "b2bb"), ("side@head", "base")),
    *(("c3cc", "a1aa"), ("a1aa", "c3cc"), ("f6ff", "e5ee"), ("a1aa", "a1aa"), ("heads", "-1")),
)
#: Commands that change the database, one after the other.
CHANGES: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("upgrade", "a1", {}),
    ("upgrade", "+1", {}),
    ("upgrade", ["c3cc", "d4dd"], {}),
    ("upgrade", ("other@head",), {}),
    ("upgrade", "a1aa:heads", {}),
    ("upgrade", None, {}),
    ("upgrade", "heads", {"sql": True, "tag": "x"}),
    ("downgrade", "side@b2bb", {}),
    ("downgrade", "other@base", {}),
    ("downgrade", ("base",), {}),
    ("downgrade", "c3cc", {"sql": True}),
    ("downgrade", "c3cc:a1aa", {"sql": True}),
    ("stamp", "heads", {}),
    ("stamp", "a1aa", {}),
    ("stamp", ["c3cc", "d4dd"], {}),
    ("stamp", "head", {}),
    ("stamp", "base", {}),
    ("stamp", "b2bb", {"purge": True}),
    ("stamp", "f6ff", {}),
    ("stamp", "b2bb:heads", {"sql": True}),
    ("stamp", ["b2bb:c3cc", "b2bb:d4dd"], {"sql": True}),
    ("stamp", ["a1aa:c3cc", "b2bb:d4dd"], {"sql": True}),
)


def asked(question: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Return the answer in a form that can be compared; of an error, that it is one."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            answer = question(*args, **options)
    except Exception as exc:  # noqa: BLE001 - whatever it is, the tools are to agree
        return {"refused": True, "told": type(exc).__name__ if _is_bug(exc) else None}
    return _plain(answer), printed.getvalue()


def _is_bug(exc: Exception) -> bool:
    return type(exc).__module__ == "builtins" and sys.argv[1] == "idiolect"


def _plain(answer: Any) -> Any:
    if isinstance(answer, (set, frozenset)):
        return sorted(map(str, answer))
    if isinstance(answer, (list, tuple)):
        return [_plain(each) for each in answer]
    return str(answer)


def answers(tool: str, folder: Path) -> dict[str, Any]:
    """Return all answers, by question."""
    if tool == "idiolect":
        importlib.import_module("idiolect_alembic").activate()
    config = importlib.import_module("alembic.config").Config
    directory = importlib.import_module("alembic.script").ScriptDirectory.from_config(
        config("alembic.ini", None)
    )
    found: dict[str, Any] = {}
    for section in ("alembic", None):
        made = config("alembic.ini", ini_section=section) if section else config()
        found[f"option {section}"] = asked(made.get_main_option, "path_separator")
    for name in ("get_revision", "get_revisions", "as_revision_number"):
        for identifier in IDENTIFIERS:
            found[f"{name} {identifier!r}"] = asked(getattr(directory, name), identifier)
    for upper, lower in RANGES:
        found[f"range {upper} {lower}"] = asked(_between, directory, upper, lower)
    for revision in directory.walk_revisions():
        for name in ("path", "longdoc", "dependencies", "nextrev", "is_head", "is_merge_point"):
            found[f"{revision.revision} {name}"] = asked(getattr, revision, name)
    found["version_locations"] = asked(getattr, directory, "version_locations")
    found.update(_compared())
    for number, (name, revision, options) in enumerate(CHANGES):
        key = f"{number} {name} {revision} {options}"
        found[key] = _changed(config, name, revision, options)
    return found


def _compared() -> dict[str, Any]:
    """Return what compare_metadata() reports of a column, by how its default differs."""
    compare = importlib.import_module("alembic.autogenerate").compare_metadata
    configure = importlib.import_module("alembic.migration").MigrationContext.configure
    found: dict[str, Any] = {}
    for asked_for in (True, False):
        for before, after in ((None, None), ("5", None), (None, "5"), ("5", "5"), ("5", "6")):
            with sa.create_engine("sqlite://").connect() as connection:
                _table(before, nullable=True).create_all(connection)
                model = _table(after, nullable=False)
                context = configure(connection, opts={"compare_server_default": asked_for})
                found[f"default {asked_for} {before} {after}"] = [
                    [_default(item) for item in change] for change in compare(context, model)[0]
                ]
    return found


def _table(default: str | None, *, nullable: bool) -> sa.MetaData:
    metadata = sa.MetaData()
    column: Any = sa.Column("x", sa.Integer, server_default=default, nullable=nullable)
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), column)
    return metadata


def _default(item: Any) -> Any:
    if isinstance(item, dict):
        return {key: _default(value) for key, value in item.items()}
    return str(getattr(item, "arg", item))


def _between(directory: Any, upper: str, lower: str) -> list[str]:
    return [each.revision for each in directory.iterate_revisions(upper, lower)]


def _changed(config: Any, name: str, revision: Any, options: dict[str, Any]) -> Any:
    """Run a command; return its result, the arguments of callbacks, and the version rows."""
    made = config("alembic.ini", stdout=io.StringIO())
    command = getattr(importlib.import_module("alembic.command"), name)
    answer = asked(command, made, revision, **options)
    calls = [_told(**call) for call in made.attributes.get("calls", ())]
    with sa.create_engine("sqlite:///data.db").connect() as connection:
        rows = sorted(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))
    return answer, calls, rows


def _told(ctx: Any, step: Any, heads: Any, run_args: Any) -> dict[str, Any]:
    names = (
        *("is_upgrade", "is_stamp", "is_migration", "up_revision_id", "up_revision_ids"),
        *("down_revision_ids", "source_revision_ids", "destination_revision_ids"),
        *("up_revision", "up_revisions", "down_revisions", "source_revisions"),
        "destination_revisions",
    )
    told = {name: _plain(getattr(step, name)) for name in names}
    return {**told, "heads": sorted(heads), "arguments": run_args, "rows": ctx.version_table}


def write_project(folder: Path) -> None:
    """Write a small project with a branch, a label, and a dependency."""
    versions = folder / "scripts" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "scripts" / "env.py").write_text(ENV)
    for revision, (down, labels, needs) in REVISIONS.items():
        (versions / f"{revision}.py").write_text(
            f'"""{revision}"""\n\nrevision = {revision!r}\ndown_revision = {down!r}\n'
            f"branch_labels = {labels!r}\ndepends_on = {needs!r}\n\n\n"
            "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"
        )


if __name__ == "__main__":
    write_project(Path(sys.argv[2]))
    os.chdir(sys.argv[2])
    json.dump(answers(sys.argv[1], Path(sys.argv[2])), sys.stdout)

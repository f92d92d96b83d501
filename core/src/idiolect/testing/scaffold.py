"""The command ``new-dialect``, which generates the package of a dialect plugin with passing tests.

No existing file is overwritten.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.errors import CommandError
from idiolect.util.messaging import msg, status
from idiolect.util.pyfiles import render_template, write_file

if TYPE_CHECKING:
    from idiolect.runtime.migration import MigrationContext
    from idiolect.settings.config import Config

_TEMPLATES = Path(__file__).parent / "new_dialect"
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")


def new_dialect(
    config: Config, dialect: str, like: str | None = None, directory: str | None = None
) -> None:
    """Generate the package of a new dialect plugin.

    Args:
        config: has the output stream; needs no file.
        dialect: SQLAlchemy's name of the dialect.
        like: the installed dialect to inherit from; None: standard SQL.
        directory: the folder to create; None: ``idiolect-`` and the name, in the current folder.

    Raises:
        CommandError: the name is invalid, the folder is not empty, or pytest, which the package's
            tests need, is missing.
        UnknownDialectError: no installed plugin supports ``like``.
    """
    if not _NAME.fullmatch(dialect):
        raise CommandError(
            f"{dialect!r} cannot be the name of a dialect: expected are small letters, digits and "
            "underscores, as in the scheme of a URL: 'acme'."
        )
    distribution = "idiolect-" + re.sub(r"\W|_", "-", dialect)
    target = Path(directory or distribution)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CommandError(
            f"{str(target)!r} exists and is not empty. Choose another directory with --directory."
        )
    facts = _facts(dialect, distribution, like)
    texts = {
        path: render_template(_TEMPLATES / f"{name}.mako", **facts)
        for path, name in _files(facts["package"]).items()
    }
    texts[f"src/{facts['package']}/py.typed"] = ""
    texts[f"tests/golden/contract_{dialect}.sql"] = _golden(like, dialect)
    for path, text in texts.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with status(f"Generating {file}", **config.messaging_opts):
            write_file(file, text.encode())
    shown = target if target.is_absolute() else f"./{target}"
    msg(
        f"Next: run 'pip install -e {shown}', then 'pytest' in {str(target)!r}. "
        "Its README.md says how to test with a database.",
        **config.messaging_opts,
    )


def _files(package: str) -> dict[str, str]:
    """Return the files to write, each with the name of its template."""
    return {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        ".github/workflows/tests.yml": "tests.yml",
        f"src/{package}/__init__.py": "init.py",
        f"src/{package}/plugin.py": "plugin.py",
        f"src/{package}/impl.py": "impl.py",
        "tests/conftest.py": "conftest.py",
        "tests/stand_in.py": "stand_in.py",
        "tests/test_contract.py": "test_contract.py",
        "tests/test_plugin.py": "test_plugin.py",
    }


def _facts(dialect: str, distribution: str, like: str | None) -> dict[str, Any]:
    """Return the variables of the templates."""
    from idiolect import __version__
    from idiolect.hooks import HOOKSPEC_VERSION

    context = _context(like)
    words = re.split(r"[._]", dialect)
    major, minor = HOOKSPEC_VERSION
    return {
        "written_by": context,
        "contract": _contract_version(),
        "core": ".".join(__version__.split(".")[:2]),
        "dialect": dialect,
        "distribution": distribution,
        # In TOML an unquoted dot would start a table.
        "entry_name": f'"{dialect}"' if "." in dialect else dialect,
        "hookspec": f">={major}.{minor},<{major + 1}",
        "like": like,
        "like_impl": _named(type(context.impl)),
        "like_plugin": None,
        "package": distribution.replace("-", "_"),
        "quoted": _quoted,
        "requirements": [],
        "rules": context.rules,
        "standin": _named(type(context.dialect)),
        "title": "".join(word.capitalize() for word in words),
        "variable": "_".join(words).upper() + "_URL",
        **(_origin(like) if like else {}),
    }


def _origin(like: str) -> dict[str, Any]:
    """Return the names that a package needs to inherit from an installed plugin."""
    from idiolect.hooks.manager import get_manager

    found = get_manager().load_dialect(like)
    if found is None or found.source is None:
        return {}
    version = ".".join(found.source.version.split(".")[:2])
    facts: dict[str, Any] = {"requirements": [f"{found.source.distribution}>={version}"]}
    # If the plugin is a module, inherit only from its impl.
    if not hasattr(found.plugin, "__file__"):
        facts["like_plugin"] = _named(type(found.plugin))
    return facts


def _context(like: str | None) -> MigrationContext:
    """Return a context that generates scripts for the other dialect, or in standard SQL."""
    import io

    from sqlalchemy.engine.default import DefaultDialect
    from sqlalchemy.exc import NoSuchModuleError

    from idiolect.runtime.migration import MigrationContext

    opts = {"as_sql": True, "output_buffer": io.StringIO()}
    if like is None:
        return MigrationContext.configure(dialect=DefaultDialect(), opts=opts)
    try:
        return MigrationContext.configure(dialect_name=like, opts=opts)
    except NoSuchModuleError as exc:
        raise CommandError(
            f"There is no dialect {like!r} to be like: SQLAlchemy knows none of that name."
        ) from exc


def _golden(like: str | None, dialect: str) -> str:
    """Return the text of the golden file: the scripts of the other dialect."""
    from idiolect.testing.suite.operations import OPERATIONS
    from idiolect.testing.suite.scripts import script_of, sections_as_text

    text = sections_as_text({each.name: script_of(each, _context(like)) for each in OPERATIONS})
    # Error messages contain the dialect's name.
    return text.replace(f"dialect {like} ", f"dialect {dialect} ")


def _contract_version() -> tuple[int, int]:
    try:
        from idiolect.testing.capabilities import CONTRACT_VERSION
    except ModuleNotFoundError as exc:
        raise CommandError(
            f"The tests of the new package need {exc.name}, which is not installed. Run "
            f"'pip install {exc.name}'."
        ) from exc
    return CONTRACT_VERSION


def _named(cls: type[Any]) -> tuple[str, str]:
    """Return module and name of a class."""
    return cls.__module__, cls.__qualname__


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

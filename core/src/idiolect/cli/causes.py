"""Translates exceptions raised between env.py and the database to errors that say what to do.

Used for exceptions of SQLAlchemy or of a driver. An exception that no rule matches is returned
unchanged: then the user's code failed.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.errors import (
    CommandError,
    DatabaseError,
    DriverMissingError,
    IdiolectError,
    ScriptError,
)
from idiolect.hooks.entrypoints import DIALECTS, find, known_dialects, offering_distribution
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from idiolect.settings.config import Config

_URL_OPTION = "sqlalchemy.url"
_LONGEST_STATEMENT = 200
#: The module that commits a run; a string, because most commands do not import it.
_COMMITS = "idiolect.runtime.transactions"
#: The dialect of the URL in new config files.
_EXAMPLE = "driver"
_ENCODE = (
    "In the password, '@' has to be written as %40, '/' as %2F, ':' as %3A, and, in an ini file, "
    "each % doubled."
)


def translated(exc: BaseException, config: Config | None, *, is_ours: bool) -> BaseException:
    """Return an error of ours for problems with configuration or connection; otherwise ``exc``.

    Args:
        exc: the exception that ended the command.
        config: the configuration, or None if there was none yet.
        is_ours: whether Idiolect's own code, rather than the user's, was running.
    """
    if isinstance(exc, IdiolectError):
        return exc
    if is_ours and isinstance(exc, OSError) and exc.filename:
        return ScriptError(f"Cannot use {str(exc.filename)!r}: {exc.strerror or exc}.")
    if isinstance(exc, FileNotFoundError) and not _has_working_directory():
        return ScriptError(
            "The current directory has been deleted, so relative paths lead nowhere. Change to "
            "another directory and run the command again."
        )
    errors: Any = sys.modules.get("sqlalchemy.exc")
    if errors is None:
        return exc
    if is_ours and isinstance(exc, (errors.NoReferencedTableError, errors.NoReferencedColumnError)):
        return CommandError(
            f"The models cannot be compared: {exc}. Import all models before "
            "context.configure(target_metadata=...), or correct the name."
        )
    of_url = _of_driver(exc, config, errors) or _of_url(exc, config, errors)
    return of_url or _of_database(exc, config, errors, is_ours) or exc


def _has_working_directory() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - nothing but whether it fails
    except OSError:
        return False
    return True


def _of_driver(exc: BaseException, config: Config | None, errors: Any) -> IdiolectError | None:
    """Explain an async driver in a synchronous env.py, and vice versa."""
    if isinstance(exc, errors.MissingGreenlet) and _raised_in(exc, "raw_connection"):
        return DatabaseError(
            f"env.py connects in the synchronous way, and the driver of {_source(config)} is an "
            "async one. Name a synchronous driver in the URL, or take the env.py of the template "
            "'async' (see 'list_templates')."
        )
    if isinstance(exc, errors.InvalidRequestError) and "requires an async driver" in str(exc):
        return DatabaseError(
            f"env.py connects in the async way, and the driver of {_source(config)} is a "
            "synchronous one. Name an async driver in the URL, (dialect+driver://...)."
        )
    return None


def _of_url(exc: BaseException, config: Config | None, errors: Any) -> IdiolectError | None:
    if isinstance(exc, ModuleNotFoundError) and _raised_in(exc, "import_dbapi", "dbapi"):
        return DriverMissingError(
            f"The database driver {exc.name!r} is not installed, which {_source(config)} asks "
            f"for. {_how_to_install(exc.name, config)}, or name an installed driver in the URL "
            "(dialect+driver://...)."
        )
    if isinstance(exc, errors.NoSuchModuleError):
        name = str(exc).rpartition(":")[2].strip()
        if name == _EXAMPLE:
            return DatabaseError(
                f"The database URL is still the example that 'init' wrote: set {_source(config)} "
                "to that of your database. Expected: "
                "dialect+driver://user:password@host:port/database."
            )
        alike = nearest(name.partition(".")[0], known_dialects(), limit=1)
        hint = f"write {alike[0]!r}" if alike else "install the package that brings this dialect"
        return DatabaseError(
            f"The database URL names {name}, which SQLAlchemy does not know; check "
            f"{_source(config)}, or {hint}."
        )
    if isinstance(exc, KeyError) and _raised_in(exc, "engine_from_config"):
        return DatabaseError(f"There is no database URL: {_missing(config)}")
    if isinstance(exc, errors.ArgumentError) and "URL" in str(exc):
        if config is not None and _url(config) == "":
            return DatabaseError(f"There is no database URL: {_source(config)} is empty.")
        return DatabaseError(
            f"The database URL cannot be parsed; check {_source(config)}. Expected: "
            f"dialect+driver://user:password@host:port/database. {_ENCODE}"
        )
    if isinstance(exc, ValueError) and _raised_in(exc, "make_url", "_parse_url"):
        return DatabaseError(
            f"The database URL has an unusable port; check {_source(config)}. {_ENCODE}"
        )
    return None


def _of_database(
    exc: BaseException, config: Config | None, errors: Any, is_ours: bool
) -> IdiolectError | None:
    if isinstance(exc, OSError) and _raised_in(exc, "raw_connection"):
        # Some async drivers raise OSError, and SQLAlchemy does not wrap it.
        return _of_connecting(exc, config)
    if not isinstance(exc, errors.DBAPIError):
        return None
    if exc.statement is None and _raised_in(exc, "_commit_impl"):
        # An error in a commit of the revision itself is reported like its other errors.
        return _of_committing(exc.orig, config) if _raised_by(exc, _COMMITS) else None
    if exc.statement is None:
        return _of_connecting(exc.orig, config)
    if not is_ours:
        return None
    notes = "; ".join(getattr(exc, "__notes__", ()))
    when = f", {notes}" if notes else ""
    said = f"{_on_one_line(exc.orig)} (statement: {_on_one_line(exc.statement)})"
    if exc.connection_invalidated:
        return DatabaseError(
            f"The connection to the database of {_source(config)} was lost{when}: {said}. Run the "
            "command again once the server answers."
        )
    return DatabaseError(
        f"The database of {_source(config)} refuses what Idiolect itself sends it{when}: {said}"
    )


def _of_connecting(exc: BaseException | None, config: Config | None) -> IdiolectError:
    misread = _misread_host(config)
    if misread is not None:
        return DatabaseError(
            f"Cannot connect to the database of {_source(config)}: an '@' in the password "
            f"ends it early, so that the host is taken to be '***@{misread}'. {_ENCODE}"
        )
    return DatabaseError(
        f"Cannot connect to the database of {_source(config)}: {_on_one_line(exc)}"
    )


def _of_committing(exc: BaseException | None, config: Config | None) -> IdiolectError:
    return DatabaseError(
        f"The database of {_source(config)} refuses the commit, so what the transaction did is "
        f"rolled back: {_on_one_line(exc)}"
    )


def _url(config: Config) -> str | None:
    return config._ini_option(_URL_OPTION)  # noqa: SLF001 - there may be no ini file


def _source(config: Config | None) -> str:
    """Return where the URL comes from, and the URL without its password."""
    if config is None:
        return "the database URL"
    place = f"{_URL_OPTION!r} in {config.config_file_name!r}"
    try:
        url = _url(config)
    except Exception:  # noqa: BLE001 - the URL is what is broken
        return place
    if url:
        return f"{place} ({_masked(url)})"
    sections = " or ".join(f"[{name}]" for name in _sections(config))
    if not sections and _has_no_ini(config):
        return "the URL that env.py uses"
    return f"{place} (in {sections})" if sections else place


def _missing(config: Config | None) -> str:
    """Say which section has no URL."""
    section = f" in section [{config.config_ini_section}]" if config else ""
    if config is None or not _has_no_ini(config):
        return f"{_source(config)} is missing{section}."
    return (
        f"env.py reads {_URL_OPTION!r} from {config.config_file_name!r}, which does not exist. "
        f"Write that file, with the URL{section}, or let env.py set the URL."
    )


def _has_no_ini(config: Config) -> bool:
    return not Path(config.config_file_name or "").is_file()


def _sections(config: Config) -> list[str]:
    """Return the sections with a URL each, as in the template ``multidb``."""
    parser = config.file_config
    return [name for name in parser.sections() if parser.has_option(name, _URL_OPTION)]


def _masked(url: str) -> str:
    """Return a URL without password; only the scheme if it cannot be parsed."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except Exception:  # noqa: BLE001 - several kinds, all of them mean "not a URL"
        scheme, separator, _ = url.partition("://")
        return f"{scheme}{separator}..." if separator else "not shown"


def _misread_host(config: Config | None) -> str | None:
    """Return the intended host if the password contains an unencoded ``@``."""
    from sqlalchemy.engine import make_url

    try:
        host = make_url(_url(config) or "").host if config else None
    except Exception:  # noqa: BLE001 - env.py has a URL of its own
        return None
    return host.rpartition("@")[2] if host and "@" in host else None


def _how_to_install(driver: str | None, config: Config | None) -> str:
    """Say how to install a driver, and the dialect's plugin if it is missing as well."""
    from sqlalchemy.engine import make_url

    try:
        url = _url(config) if config else None
        dialect = make_url(url).get_backend_name() if url else ""
    except Exception:  # noqa: BLE001 - env.py has a URL of its own, or this one is broken
        dialect = ""
    plugin = offering_distribution(dialect) if dialect else None
    if plugin is None or find(DIALECTS, dialect):
        return f"Run 'pip install {driver}'"
    return f"Run 'pip install {driver} {plugin}', since the dialect's plugin is missing too"


def _on_one_line(text: object) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= _LONGEST_STATEMENT else line[:_LONGEST_STATEMENT] + "..."


def _raised_by(exc: BaseException, module: str) -> bool:
    """Return whether the given module of ours was running when ``exc`` was raised."""
    return any(
        frame.f_globals.get("__name__") == module
        for frame, _ in traceback.walk_tb(exc.__traceback__)
    )


def _raised_in(exc: BaseException, *functions: str) -> bool:
    """Return whether one of the given SQLAlchemy functions was running."""
    return any(
        frame.f_code.co_name in functions and "sqlalchemy" in frame.f_code.co_filename
        for frame, _ in traceback.walk_tb(exc.__traceback__)
    )

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

from idiolect.cli.urls import configured_url, source_of, url_option, used_url, what_is_missing
from idiolect.errors import (
    CommandError,
    ConfigError,
    DatabaseError,
    DriverMissingError,
    IdiolectError,
    ScriptError,
)
from idiolect.hooks.entrypoints import DIALECTS, find, known_dialects, offering_distribution
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from idiolect.settings.config import Config

_LONGEST_STATEMENT = 200
#: Names of packages on PyPI that differ from the module, or from the driver's name in a URL.
_DISTRIBUTIONS = {
    "mysqlconnector": "mysql-connector-python",
    "mysqldb": "mysqlclient",
    "psycopg2": "psycopg2-binary",
    "pysqlcipher3": "sqlcipher3",
}
#: What SQLAlchemy calls around PREPARE: if that fails, rolling back what it names fails too.
_TWO_PHASES = ("_prepare_twophase_impl", "_rollback_twophase_impl")
#: The module that commits a run; a string, because most commands do not import it.
_COMMITS = "idiolect.runtime.transactions"
#: The dialect of the URL in new config files.
_EXAMPLE = "driver"
#: How similar a dialect's name has to be to be suggested; short unrelated words share letters.
_ALIKE = 0.65
_ENCODE = (
    "In the password, '@' has to be written as %40, '/' as %2F, ':' as %3A, and, in an ini file, "
    "each % doubled."
)
_EXPECTED = f"Expected: dialect+driver://user:password@host:port/database. {_ENCODE}"


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
            "The current directory has been deleted, so relative paths cannot be resolved. "
            "Change to another directory and run the command again."
        )
    if _is_of_logging(exc):
        return ConfigError(
            f"The logging configuration of {_ini_of(config)} cannot be used "
            f"({type(exc).__name__}: {_on_one_line(exc)}). Correct its sections [loggers], "
            "[handlers] and [formatters], or those that they name; or remove the call of "
            "fileConfig() from env.py."
        )
    errors: Any = sys.modules.get("sqlalchemy.exc")
    if errors is None:
        return exc
    if is_ours and isinstance(exc, (errors.NoReferencedTableError, errors.NoReferencedColumnError)):
        return CommandError(
            f"The models cannot be compared: {exc}. Import all models before "
            "context.configure(target_metadata=...), or correct the name."
        )
    of_driver = _of_driver(exc, config, errors) or _of_loading(exc, config)
    return (
        of_driver
        or _of_url(exc, config, errors)
        or _of_database(exc, config, errors, is_ours)
        or exc
    )


def _is_of_logging(exc: BaseException) -> bool:
    """Return whether an exception was raised in ``logging.config``."""
    frames = [frame for frame, _ in traceback.walk_tb(exc.__traceback__)]
    names = [frame.f_globals.get("__name__") for frame in frames]
    return isinstance(exc, Exception) and "logging.config" in names[-4:]


def _ini_of(config: Config | None) -> str:
    return repr(config.config_file_name) if config is not None else "the config file"


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
            f"env.py connects synchronously, but the driver of {source_of(config, exc)} is an "
            "async one. Name a synchronous driver in the URL, or use the env.py of the template "
            "'async' (see 'list_templates')."
        )
    if isinstance(exc, errors.InvalidRequestError) and "requires an async driver" in str(exc):
        return DatabaseError(
            f"env.py connects asynchronously, but the driver of {source_of(config, exc)} is a "
            "synchronous one. Name an async driver in the URL (dialect+driver://...)."
        )
    return None


def _of_loading(exc: BaseException, config: Config | None) -> IdiolectError | None:
    """Explain a driver that is not installed or cannot be loaded."""
    if not isinstance(exc, ImportError) or not _raised_in(exc, "import_dbapi", "dbapi"):
        return None
    source = source_of(config, exc)
    if isinstance(exc, ModuleNotFoundError):
        return DriverMissingError(
            f"The database driver {exc.name!r} is not installed, but {source} requires it. "
            f"{_how_to_install(exc, config)}, or name an installed driver in the URL "
            "(dialect+driver://...)."
        )
    return DriverMissingError(
        f"The database driver that {source} requires cannot be loaded: {_on_one_line(exc)}. "
        "Install what it needs, or name another driver in the URL (dialect+driver://...)."
    )


def _of_url(exc: BaseException, config: Config | None, errors: Any) -> IdiolectError | None:
    if isinstance(exc, errors.NoSuchModuleError):
        name = str(exc).rpartition(":")[2].strip()
        if name == _EXAMPLE:
            return DatabaseError(
                "The database URL is still the example that 'init' wrote: set "
                f"{source_of(config, exc)} to that of your database. Expected: "
                "dialect+driver://user:password@host:port/database."
            )
        alike = nearest(name.partition(".")[0], known_dialects(), limit=1, cutoff=_ALIKE)
        hint = f"write {alike[0]!r}" if alike else "install the package that provides this dialect"
        return DatabaseError(
            f"The database URL names {name}, which is unknown to SQLAlchemy; check "
            f"{source_of(config, exc)}, or {hint}."
        )
    if isinstance(exc, KeyError) and _raised_in(exc, "engine_from_config"):
        return DatabaseError(f"There is no database URL: {what_is_missing(config)}")
    if isinstance(exc, errors.ArgumentError) and "URL" in str(exc):
        if config is not None and url_option(config) == "":
            return DatabaseError(f"There is no database URL: {source_of(config)} is empty.")
        hint = _hint_at_text(url_option(config) or "") if config is not None else ""
        # If parsing succeeded, the dialect's own message says more.
        is_parsed = _raised_in(exc, "create_connect_args")
        return DatabaseError(
            f"The database URL cannot be {'used' if is_parsed else 'parsed'}; check "
            f"{source_of(config, exc)}. {hint or (_on_one_line(exc) if is_parsed else _EXPECTED)}"
        )
    if isinstance(exc, ValueError) and _raised_in(exc, "make_url", "_parse_url"):
        return DatabaseError(
            f"The database URL has an unusable port; check {source_of(config, exc)}. {_ENCODE}"
        )
    return None


def _hint_at_text(url: str) -> str:
    """Return what is wrong with a URL written as for a shell or for Python."""
    if url[:1] in {"'", '"'}:
        return "An ini file has no quotes around values: remove them."
    if "${" in url or url.startswith("$"):
        return (
            "An ini file does not know the variables of the environment: let env.py read them, as "
            "in config.set_main_option('sqlalchemy.url', os.environ['...'].replace('%', '%%'))."
        )
    return ""


def _of_database(
    exc: BaseException, config: Config | None, errors: Any, is_ours: bool
) -> IdiolectError | None:
    if isinstance(exc, OSError) and _raised_in(exc, "raw_connection"):
        # Some async drivers raise OSError, and SQLAlchemy does not wrap it.
        return _of_connecting(exc, exc, config)
    if not isinstance(exc, errors.DBAPIError):
        return _of_use(exc, config)
    if exc.statement is None and _raised_in(exc, *_TWO_PHASES):
        return DatabaseError(
            f"The database of {source_of(config, exc)} does not prepare the transaction, which "
            f"two-phase commit requires: {_on_one_line(_first_of(exc))}"
        )
    if exc.statement is None and _raised_in(exc, "_commit_impl"):
        # An error in a commit of the revision itself is reported like its other errors.
        return _of_committing(exc, config) if _raised_by(exc, _COMMITS) else None
    if exc.statement is None:
        return _of_connecting(exc, exc.orig, config)
    if not is_ours:
        return None
    notes = "; ".join(getattr(exc, "__notes__", ()))
    when = f", {notes}" if notes else ""
    said = f"{_on_one_line(exc.orig)} (statement: {_on_one_line(exc.statement)})"
    if exc.connection_invalidated:
        return DatabaseError(
            f"The connection to the database of {source_of(config, exc)} was lost{when}: {said}. "
            "Run the command again once the server answers."
        )
    return DatabaseError(
        f"The database of {source_of(config, exc)} rejects a statement that Idiolect itself "
        f"sends{when}: {said}"
    )


def _of_use(exc: BaseException, config: Config | None) -> IdiolectError | None:
    """Explain errors that SQLAlchemy or a driver raises on wrong use, such as an incomplete URL."""
    url = used_url(exc) or configured_url(config)
    is_nameless = url is not None and url.host and not url.database
    if isinstance(exc, AssertionError) and is_nameless and _raised_in(exc, "has_table"):
        return DatabaseError(
            f"The URL of {source_of(config, exc)} names no database, and the connection has none "
            "selected. Add it after the host: dialect+driver://user:password@host:port/database."
        )
    if isinstance(exc, TypeError | AttributeError) and _is_of_arguments(exc):
        return DatabaseError(
            f"Cannot connect to the database of {source_of(config, exc)}: its driver does not "
            f"accept the arguments after '?' in the URL, or connect_args ({_on_one_line(exc)})"
        )
    return None


def _of_connecting(
    exc: BaseException, said: BaseException | None, config: Config | None
) -> IdiolectError:
    source = source_of(config, exc)
    url = used_url(exc) or configured_url(config)
    host = getattr(url, "host", None) or ""
    if "@" in host:
        return DatabaseError(
            f"Cannot connect to the database of {source}: an '@' in the password ends it early, "
            f"so that the host is taken to be '***@{host.rpartition('@')[2]}'. {_ENCODE}"
        )
    hint = ""
    if url is not None and not host and url.database:
        # A database file is created on demand, its directory is not.
        folder = Path(url.database).absolute().parent
        hint = "" if folder.is_dir() else f" (there is no folder {str(folder)!r})"
    return DatabaseError(f"Cannot connect to the database of {source}: {_on_one_line(said)}{hint}")


def _first_of(exc: BaseException) -> BaseException:
    """Return the exception that was raised before all others, without SQLAlchemy's wrapper."""
    while (earlier := exc.__cause__ or exc.__context__) is not None:
        exc = earlier
    return exc


def _of_committing(exc: Any, config: Config | None) -> IdiolectError:
    return DatabaseError(
        f"The database of {source_of(config, exc)} rejects the commit, and the transaction "
        f"was rolled back: {_on_one_line(exc.orig)}"
    )


def _is_of_arguments(exc: BaseException) -> bool:
    """Return whether a driver rejected an argument, with no user code below the connect call."""
    if "argument" not in str(exc) or not _raised_in(exc, "raw_connection"):
        return False
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(exc.__traceback__)]
    names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(exc.__traceback__)]
    below = files[names.index("raw_connection") :]
    return all("site-packages" in file or "dist-packages" in file for file in below)


def _how_to_install(exc: ModuleNotFoundError, config: Config | None) -> str:
    """Say how to install a driver, and the dialect's plugin if it is missing as well."""
    url = used_url(exc) or configured_url(config)
    driver = _DISTRIBUTIONS.get(str(exc.name).lower(), exc.name)
    dialect = ""
    if url is not None:
        dialect = url.get_backend_name()
        driver = _DISTRIBUTIONS.get(url.drivername.partition("+")[2], driver)
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

"""A failure in words: one message that names the culprit, no traceback of ours, no password.

The command line comes in with an exception. Errors of Idiolect are told as they are; those of
SQLAlchemy that env.py meets on the way to the database are told in a line; anything else is the
user's code failing, and its own frames are shown.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import traceback
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.errors import DatabaseError, DriverMissingError, IdiolectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.settings.config import Config

_URL_PASSWORD = re.compile(r"(\w://[^\s:/@]*:)[^\s]*(@)")
_SHORTEST_SECRET = 4
_OURS = ("idiolect", "sqlalchemy", "pluggy", "mako")
_MOST_LINES = 12


def describe_failure(exc: BaseException, config: Config | None) -> str:
    """Return what to print for an exception that ended a command.

    Args:
        exc: the exception.
        config: the configuration in use, whose secrets are kept out of the text; None where
            there was none yet.
    """
    exc = _translated(exc, config)
    if isinstance(exc, IdiolectError):
        notes = "".join(f" ({note})" for note in getattr(exc, "__notes__", ()))
        text = f"FAILED: {exc}{notes} [{exc.code}]"
    else:
        text = _with_frames(exc)
    return redact(text, config)


def redact(text: str, config: Config | None) -> str:
    """Return ``text`` without any password that the configuration or a URL in it holds."""
    for secret in sorted(_secrets(config), key=len, reverse=True):
        text = text.replace(secret, "***")
    return _URL_PASSWORD.sub(r"\1***\2", text)


def _translated(exc: BaseException, config: Config | None) -> BaseException:
    """Return one of our errors for what goes wrong between env.py and the database."""
    sqlalchemy_errors: Any = sys.modules.get("sqlalchemy.exc")
    if sqlalchemy_errors is None or isinstance(exc, IdiolectError):
        return exc
    if isinstance(exc, ModuleNotFoundError) and _raised_by_import_dbapi(exc):
        return DriverMissingError(
            f"The database driver {exc.name!r} is not installed, which {_source(config)} asks "
            f"for. {_how_to_install(exc.name, config)}, or name an installed driver in the URL "
            "(dialect+driver://...)."
        )
    if isinstance(exc, sqlalchemy_errors.NoSuchModuleError):
        name = str(exc).rpartition(":")[2].strip()
        return DatabaseError(
            f"The database URL names {name}, which SQLAlchemy does not know; check "
            f"{_source(config)}, or install the package that brings this dialect."
        )
    if isinstance(exc, sqlalchemy_errors.ArgumentError) and "URL" in str(exc):
        return DatabaseError(
            f"The database URL cannot be parsed; check {_source(config)}. Expected: "
            "dialect+driver://user:password@host:port/database, with special characters of the "
            "password percent-encoded ('@' as %40, '/' as %2F) and, in an ini file, each % doubled."
        )
    if isinstance(exc, ValueError) and _raised_in(exc, "make_url", "_parse_url"):
        return DatabaseError(
            f"The database URL has an unusable port; check {_source(config)}. A '/', ':' or '@' "
            "in the password has to be percent-encoded."
        )
    if isinstance(exc, sqlalchemy_errors.DBAPIError) and exc.statement is None:
        return DatabaseError(
            f"Cannot connect to the database of {_source(config)}: {_first_lines(exc.orig)}"
        )
    return exc


def _how_to_install(driver: str | None, config: Config | None) -> str:
    """Say how to get a driver, and the dialect's plugin with it where that is missing as well."""
    from sqlalchemy.engine import make_url

    from idiolect.hooks.entrypoints import DIALECTS, find, offering_distribution

    try:
        url = config.get_main_option("sqlalchemy.url") if config else None
        dialect = make_url(url).get_backend_name() if url else ""
    except Exception:  # noqa: BLE001 - env.py has a URL of its own, or this one is broken
        dialect = ""
    plugin = offering_distribution(dialect) if dialect else None
    if plugin is None or find(DIALECTS, dialect):
        return f"Run 'pip install {driver}'"
    return f"Run 'pip install {driver} {plugin}', since the dialect's plugin is missing too"


def _source(config: Config | None) -> str:
    """Return where the URL comes from, and the URL without its password."""
    if config is None:
        return "the database URL"
    try:
        url = config.get_main_option("sqlalchemy.url") or ""
        shown = _masked(url)
    except Exception:  # noqa: BLE001 - the URL is what is broken
        return f"'sqlalchemy.url' in {config.config_file_name!r}"
    if not url:
        return "the database URL that env.py uses"
    return f"'sqlalchemy.url' in {config.config_file_name!r} ({shown})"


def _masked(url: str) -> str:
    """Return a URL without password; of one that cannot be parsed only what comes first."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except Exception:  # noqa: BLE001 - several kinds, all of them mean "not a URL"
        return url.partition("://")[0] + "://..."


def _first_lines(error: object) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:4]) or type(error).__name__


def _raised_by_import_dbapi(exc: BaseException) -> bool:
    return _raised_in(exc, "import_dbapi", "dbapi", "import_driver")


def _raised_in(exc: BaseException, *functions: str) -> bool:
    """Return whether SQLAlchemy raised ``exc`` while one of its functions ran."""
    return any(
        frame.f_code.co_name in functions and "sqlalchemy" in frame.f_code.co_filename
        for frame, _ in traceback.walk_tb(exc.__traceback__)
    )


def _with_frames(exc: BaseException) -> str:
    """Return where the user's code failed, its frames, and the exception."""
    notes: list[str] = list(getattr(exc, "__notes__", ()))
    frames = _from_revision(list(_user_frames(exc)), " ".join(notes))
    where = "; ".join(notes) or (f"in {frames[0].filename!r}" if frames else "inside Idiolect")
    reason = "".join(traceback.format_exception_only(type(exc), exc)[: 1 + bool(not notes)])
    reason = _shortened(reason.strip())
    shown = "".join(traceback.format_list(frames[-3:])) or "".join(
        traceback.format_tb(exc.__traceback__)
    )
    return f"FAILED: {type(exc).__name__} {where}\n{shown}{reason}"


def _from_revision(
    frames: list[traceback.FrameSummary], notes: str
) -> list[traceback.FrameSummary]:
    """Leave out the frames of env.py where a revision, which the notes name, failed."""
    for place, frame in enumerate(frames):
        if frame.filename in notes:
            return frames[place:]
    return frames


def _shortened(reason: str) -> str:
    lines = reason.splitlines()
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], "..."]
    return "\n".join(lines)


def _user_frames(exc: BaseException) -> Iterator[traceback.FrameSummary]:
    standard = tuple(
        os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "platstdlib")
    )
    for frame in traceback.extract_tb(exc.__traceback__):
        path = os.path.realpath(frame.filename)
        package = _installed_package(path)
        if package is None and not path.startswith(standard) and Path(path).exists():
            yield frame


def _installed_package(path: str) -> str | None:
    """Return the top package of an installed module, or None for a project's own file."""
    parts = Path(path).parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return parts[parts.index(folder) + 1]
    return next((part for part in parts if part.startswith(_OURS) and _is_ours(path)), None)


def _is_ours(path: str) -> bool:
    """Return whether a module outside site-packages belongs to an editable install of ours."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0].startswith(_OURS) and "." not in name:
            file = getattr(module, "__file__", None)
            if file and Path(path).is_relative_to(Path(file).resolve().parent):
                return True
    return False


def _secrets(config: Config | None) -> set[str]:
    """Return every password in the URLs of the configuration, quoted and unquoted."""
    found: set[str] = set()
    for text in _texts(config):
        for match in re.finditer(r"://[^\s:/@]*:(\S*)@", text):
            for secret in {match[1], match[1].replace("%%", "%")}:
                found |= {secret, urllib.parse.unquote(secret), urllib.parse.unquote_plus(secret)}
    return {secret for secret in found if len(secret) >= _SHORTEST_SECRET}


def _texts(config: Config | None) -> Iterator[str]:
    yield from (value for value in os.environ.values() if "://" in value)
    if config is None:
        return
    yield from getattr(config.cmd_opts, "x", None) or ()
    try:
        parser = config.file_config
        for section in parser.sections():
            yield from (value or "" for _, value in parser.items(section, raw=True))
    except Exception:  # noqa: BLE001 - a broken file is reported, not searched
        return

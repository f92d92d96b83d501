"""Finds the database URL that was used and where it is set, for error messages.

Used by :mod:`idiolect.cli.causes`. The traceback takes precedence over the configuration, because
env.py need not use the configured URL. Passwords are never returned.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from idiolect.settings.config import Config

_URL_OPTION = "sqlalchemy.url"
#: Methods of SQLAlchemy's engines and connections that raise the database's errors.
_OF_ENGINES = {"raw_connection", "execute", "exec_driver_sql", "_commit_impl"}


def url_option(config: Config) -> str | None:
    """Return the configured URL, or None."""
    return config._ini_option(_URL_OPTION)  # noqa: SLF001 - there may be no ini file


def source_of(config: Config | None, exc: BaseException | None = None) -> str:
    """Return where the URL is set, and the URL without its password.

    Args:
        config: the configuration in use.
        exc: the error whose traceback contains the engine in use.
    """
    used = None if exc is None else used_url(exc)
    if config is None:
        return "the database URL"
    place = f"{_URL_OPTION!r} in {config.config_file_name!r}"
    try:
        url = url_option(config)
    except Exception:  # noqa: BLE001 - the URL is what is broken
        return place
    if used is not None and used != configured_url(config):
        sections = [name for name in _sections(config) if _parsed(_url_in(config, name)) == used]
        where = f"{place}, section [{sections[0]}]" if sections else "the URL that env.py uses"
        return f"{where} ({_masked(used)})"
    if url:
        return f"{place} ({_masked(url)})"
    sections = _sections(config)
    if not sections and _has_no_ini(config):
        return "the URL that env.py uses"
    return f"{place} (in {' or '.join(f'[{name}]' for name in sections)})" if sections else place


def used_url(exc: BaseException) -> URL | None:
    """Return the URL of the engine that was being created or connected, or None."""
    for frame, _ in traceback.walk_tb(exc.__traceback__):
        if "sqlalchemy" not in frame.f_code.co_filename:
            continue
        if frame.f_code.co_name in _OF_ENGINES:
            # Works for a connection and for an engine, whose ``engine`` is itself.
            engine = getattr(frame.f_locals.get("self"), "engine", None)
            return getattr(engine, "url", None)
        if frame.f_code.co_name == "create_engine":
            return _parsed(frame.f_locals.get("url"))
    return None


def configured_url(config: Config | None) -> URL | None:
    """Return the configured URL, parsed, or None."""
    try:
        return _parsed(url_option(config)) if config else None
    except Exception:  # noqa: BLE001 - the file is what is broken
        return None


def _url_in(config: Config, section: str) -> str | None:
    try:
        return config.get_section_option(section, _URL_OPTION)
    except Exception:  # noqa: BLE001 - as above
        return None


def _parsed(url: Any) -> URL | None:
    """Return a parsed URL; None if it is invalid."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url)
    except Exception:  # noqa: BLE001 - several kinds, all of them mean "not a URL"
        return None


def what_is_missing(config: Config | None) -> str:
    """Return a message about a missing URL."""
    if config is None:
        return f"{source_of(config)} is missing."
    section = f" in section [{config.place_of(_URL_OPTION).section}]"
    if not _has_no_ini(config):
        from idiolect.settings.nearby import hint_at_option

        return f"{source_of(config)} is missing{section}.{hint_at_option(config, _URL_OPTION)}"
    return (
        f"env.py reads {_URL_OPTION!r} from {config.config_file_name!r}, which does not exist. "
        f"Write that file, with the URL{section}, or let env.py set the URL."
    )


def _has_no_ini(config: Config) -> bool:
    return not Path(config.config_file_name or "").is_file()


def _sections(config: Config) -> list[str]:
    """Return the sections with a URL, such as those of the template ``multidb``."""
    parser = config.file_config
    return [name for name in parser.sections() if parser.has_option(name, _URL_OPTION)]


def _masked(url: str | URL) -> str:
    """Return a URL without its password; only the scheme if it cannot be parsed."""
    found = _parsed(url)
    if found is not None:
        return found.set(query={}).render_as_string(hide_password=True)
    scheme, separator, _ = str(url).partition("://")
    return f"{scheme}{separator}..." if separator else "not shown"

"""The Config object: the options of one migration environment, from whatever source.

The command line creates one and every command takes one; in ``env.py`` it is ``context.config``.
Files are read once, on first access. Config never connects to a database or evaluates a value.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast, overload

from idiolect.errors import ConfigError
from idiolect.settings import sections, sources
from idiolect.util.controls import visible
from idiolect.util.langhelpers import EMPTY_DICT, immutabledict, nearest
from idiolect.util.messaging import write_outstream

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping
    from configparser import ConfigParser

    from idiolect.settings.messages import MessagingOptions

T = TypeVar("T")

_SECTIONS_SHOWN = 10


class Config:
    """The options of one migration environment.

    In ini files the main section is called ``[idiolect]`` or ``[alembic]``, in ``pyproject.toml``
    the tables are ``[tool.idiolect]`` and ``[tool.alembic]``. The names are synonyms; if a file
    has both, ``idiolect`` takes precedence key by key. An ini file takes precedence over toml.

    Works without any file; values can be set in code, and sections are created as needed::

        config = Config()
        config.set_main_option("script_location", "myapp:migrations")

    Args:
        file_: path of an ini file; it does not have to exist unless its sections are accessed.
        toml_file: path of a ``pyproject.toml``; treated as empty if it does not exist.
        ini_section: name of the main section of the ini file (``-n``); None for the default;
            does not apply to toml.
        output_buffer: the output stream of ``--sql``; None means stdout.
        stdout: the output stream of commands.
        cmd_opts: the parsed command line, or None.
        config_args: values that ``%(name)s`` may refer to in either file. Copied.
        attributes: initial value of :attr:`attributes`. Copied.
    """

    config_file_name: str | None = None
    """Path of the ini file as given, or None."""

    toml_file_name: str | None = None
    """Path of ``pyproject.toml`` as given, or None."""

    config_ini_section: str = cast("str", None)
    """Name of the main section of the ini file: ``alembic`` unless ``-n`` names another."""

    cmd_opts: Namespace | None = None
    """The parsed command line, or None."""

    def __init__(  # noqa: PLR0917 - the documented order
        self,
        file_: str | os.PathLike[str] | None = None,
        toml_file: str | os.PathLike[str] | None = None,
        ini_section: str | None = "alembic",
        output_buffer: TextIO | None = None,
        stdout: TextIO = sys.stdout,
        cmd_opts: Namespace | None = None,
        config_args: Mapping[str, Any] = EMPTY_DICT,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.config_file_name = None if file_ is None else os.fspath(file_)
        self.toml_file_name = None if toml_file is None else os.fspath(toml_file)
        self.config_ini_section = sources.MAIN_SECTIONS[-1] if ini_section is None else ini_section
        self.output_buffer = output_buffer
        self.stdout = stdout
        self.cmd_opts = cmd_opts
        self.config_args = dict(config_args)
        self.toml_args = dict(config_args)
        self._toml_tables: dict[str, str] = {}
        self.attributes: dict[str, Any] = dict(attributes or {})
        """Arbitrary objects by name, for ``env.py``, such as a connection."""

    @property
    def _config_file_path(self) -> Path | None:
        return None if self.config_file_name is None else Path(self.config_file_name)

    @property
    def _toml_file_path(self) -> Path | None:
        return None if self.toml_file_name is None else Path(self.toml_file_name)

    @cached_property
    def file_config(self) -> ConfigParser:
        """The ini file's ConfigParser, read on first access; empty if the file does not exist.

        Raises:
            ConfigError: the file cannot be read or parsed.
        """
        path = self._config_file_path
        if getattr(self.cmd_opts, "verbose", False):
            _log_source(path)
        self.config_args["here"] = "." if path is None else sources.here_of(path)
        parser = sources.read_ini(path, self.config_args)
        if path is None:
            parser.add_section(self.config_ini_section)
        return parser

    @cached_property
    def toml_alembic_config(self) -> Mapping[str, Any]:
        """The toml options as written, ``[tool.idiolect]`` merged over ``[tool.alembic]``.

        Raises:
            ConfigError: the file cannot be read or parsed.
        """
        path = self._toml_file_path
        if path is None:
            return {}
        self.toml_args["here"] = sources.here_of(path)
        tables = sources.read_toml(path)
        merged: dict[str, Any] = {}
        for name in reversed(sources.MAIN_SECTIONS):
            for key, value in tables.get(name, {}).items():
                merged[key] = value
                self._toml_tables[key] = f"tool.{name}"
        return merged

    def describe_sources(self) -> str:
        """Return a sentence about the files that were searched and the state of each.

        For messages about missing options; reads the files.
        """
        if self.config_file_name is None and self.toml_file_name is None:
            return "No configuration file is in use."
        names = (self.config_file_name, self.toml_file_name)
        looked_at = [f"{name!r} ({self._state_of(name)})" for name in names if name is not None]
        if names[0] == sources.INI_NAMES[-1] and not getattr(self.cmd_opts, "config", None):
            # The other names were looked up first.
            missing = [f"{name!r} (does not exist)" for name in sources.INI_NAMES[:-1]]
            looked_at = missing + looked_at
        return f"Looked at {' and '.join(looked_at)}."

    def _state_of(self, file_name: str) -> str:
        if sources.read_text(Path(file_name)) is None:
            return "does not exist"
        if file_name == self.config_file_name:
            section = self.config_ini_section
            if self.file_config.has_section(self._section(section)):
                return f"section [{self._section(section)}]"
            known = sources.MAIN_SECTIONS if section in sources.MAIN_SECTIONS else (section,)
            return f"has no section {' or '.join(f'[{name}]' for name in known)}"
        tables = " or ".join(f"[tool.{name}]" for name in sources.MAIN_SECTIONS)
        return tables if self.toml_alembic_config else f"has no {tables}"

    def _section(self, name: str) -> str:
        """Return the name of a section in the parser, resolving the synonym."""
        if name in sources.MAIN_SECTIONS:
            for synonym in sources.MAIN_SECTIONS:
                if self.file_config.has_section(synonym):
                    return synonym
        return name

    def _place(self, section: str, key: str) -> sections.Place:
        return sections.Place(self.config_file_name, section, key)

    def _require_section(self, name: str) -> str:
        """Return the parser's name of a section, or raise if it does not exist."""
        section = self._section(name)
        if self.file_config.has_section(section):
            return section
        file = self.config_file_name
        message = f"No config file {file!r} found, or file has no '[{name}]' section"
        known = self.file_config.sections()
        if file is None:
            hint = "no file is in use; set_section_option() makes a section"
        elif sources.read_text(Path(file)) is None:
            hint = "the file does not exist; name another with -c, IDIOLECT_CONFIG or Config()"
        else:
            shown = nearest(name, known) or known[:_SECTIONS_SHOWN]
            hint = f"it has {', '.join(f'[{found}]' for found in shown) or 'no sections'}"
        raise ConfigError(f"{message} ({hint})", file=file, section=name)

    @overload
    def get_section(self, name: str, default: None = ...) -> dict[str, str] | None: ...
    @overload
    def get_section(self, name: str, default: dict[str, str]) -> dict[str, str]: ...
    @overload
    def get_section(
        self, name: str, default: Mapping[str, str]
    ) -> dict[str, str] | Mapping[str, str]: ...
    def get_section(
        self, name: str, default: Mapping[str, str] | None = None
    ) -> Mapping[str, str] | None:
        """Return all options of a section of the ini file, interpolated.

        Args:
            name: the section; includes the keys of ``[DEFAULT]`` and ``here``.
            default: returned if there is no such section.

        Raises:
            ConfigError: a value cannot be interpolated.
        """
        section = self._section(name)
        if not self.file_config.has_section(section):
            return default
        return dict(self.file_config.items(section))

    @overload
    def get_section_option(self, section: str, name: str, default: str) -> str: ...
    @overload
    def get_section_option(
        self, section: str, name: str, default: str | None = None
    ) -> str | None: ...
    def get_section_option(self, section: str, name: str, default: str | None = None) -> str | None:
        """Return an option of a section of the ini file, interpolated. Toml is not searched.

        Args:
            section: an existing section.
            name: the key, case-insensitive.
            default: returned if the section has no such key.

        Raises:
            ConfigError: no such section, or the value cannot be interpolated.
        """
        found = self._require_section(section)
        if not self.file_config.has_option(found, name):
            return default
        return self.file_config.get(found, name)

    @overload
    def get_main_option(self, name: str, default: str) -> str: ...
    @overload
    def get_main_option(self, name: str, default: str | None = None) -> str | None: ...
    def get_main_option(self, name: str, default: str | None = None) -> str | None:
        """Return an option of the ini file's main section. Toml is not searched.

        See :meth:`get_section_option`, and :meth:`get_alembic_option` for both files.
        """
        return self.get_section_option(self.config_ini_section, name, default)

    def set_section_option(self, section: str, name: str, value: str) -> None:
        """Set an option for this object; the file is not changed.

        Args:
            section: created if it does not exist.
            name: the key.
            value: text in which ``%(other)s`` refers to another key and ``%%`` means ``%``.

        Raises:
            OptionValueError: the value contains a lone ``%``; also a ValueError.
            TypeError: the value is not a string, such as a URL object.
        """
        sections.check_settable(sections.Place(None, section, name), value)
        found = self._section(section)
        if not self.file_config.has_section(found):
            self.file_config.add_section(found)
        self.file_config.set(found, name, value)

    def set_main_option(self, name: str, value: str) -> None:
        """Set an option in the main section; see :meth:`set_section_option`."""
        self.set_section_option(self.config_ini_section, name, value)

    def remove_main_option(self, name: str) -> None:
        """Remove an option of the main section, if present; the file is not changed.

        Raises:
            ConfigError: there is no main section.
        """
        self.file_config.remove_option(self._require_section(self.config_ini_section), name)

    def _ini_option(self, name: str) -> str | None:
        """Return an option of the main section; None if key or section does not exist."""
        section = self._section(self.config_ini_section)
        if not self.file_config.has_option(section, name):
            return None
        return self.file_config.get(section, name)

    def _toml_place(self, name: str) -> sections.Place:
        table = self._toml_tables.get(name, f"tool.{sources.MAIN_SECTIONS[0]}")
        return sections.Place(self.toml_file_name, table, name)

    def place_of(self, name: str) -> sections.Place:
        """Return the location of an option, for messages about its value.

        Args:
            name: a key of the main section, or ``post_write_hooks``. If it is not set, the location
                where it belongs is returned.
        """
        if name == sections.HOOKS_SECTION and self.file_config.has_section(name):
            return self._place(name, "hooks")
        section = self._section(self.config_ini_section)
        has_toml = self.toml_file_name is not None and name in self.toml_alembic_config
        if has_toml and not self.file_config.has_option(section, name):
            return self._toml_place(name)
        return self._place(section, name)

    def _toml_option(self, name: str) -> Any:
        """Return an option of the toml file, interpolated; None if it is missing."""
        value = self.toml_alembic_config.get(name)
        if value is None:
            return None
        return sections.expand(value, self.toml_args, self._toml_place(name))

    @overload
    def get_alembic_option(self, name: str, default: str) -> str: ...
    @overload
    def get_alembic_option(self, name: str, default: str | None = None) -> str | None: ...
    def get_alembic_option(self, name: str, default: str | None = None) -> sections.OptionValue:
        """Return an option from the ini file's main section, or else from toml.

        Args:
            name: the key; case-sensitive in toml.
            default: returned if neither file has it.

        Returns:
            Text from an ini file; from toml any type, with ``%(here)s``, the names of
            ``config_args`` and ``%%`` interpolated in all strings.

        Raises:
            ConfigError: the value cannot be interpolated, or is of an unsupported type.
        """
        value = self._ini_option(name)
        if value is not None:
            return value
        found: sections.OptionValue = self._toml_option(name)
        return default if found is None else found

    def get_alembic_boolean_option(self, name: str) -> bool:
        """Return an option as a boolean; False if it is missing or empty.

        Raises:
            ConfigError: not a boolean; in toml, true and false are written without quotes.
        """
        text = self._ini_option(name)
        if text is not None:
            section = self._section(self.config_ini_section)
            return sections.boolean(text, self._place(section, name))
        value = self._toml_option(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        place = self._toml_place(name)
        raise ConfigError(f"boolean value expected for TOML parameter {name!r} ({place})")

    def get_version_locations_list(self) -> list[str] | None:
        """Return ``version_locations``, in order; None if it is missing or empty.

        Raises:
            ConfigError: unknown path separator (also a ValueError), or not a list in toml.
        """
        return self._path_list("version_locations")

    def get_prepend_sys_paths_list(self) -> list[str] | None:
        """Return ``prepend_sys_path``, in order; see :meth:`get_version_locations_list`."""
        return self._path_list("prepend_sys_path")

    def _path_list(self, name: str) -> list[str] | None:
        text = self._ini_option(name)
        if text:
            words = {key: self._ini_option(key) for key in sections.SEPARATOR_OPTIONS}
            try:
                return sections.split_paths(name, text, words)
            except sections.OptionValueError as exc:
                exc.add_note(self.place_of(sections.SEPARATOR_OPTIONS[0]).note)
                raise
        value = self._toml_option(name)
        return None if value is None else sections.path_list(value, self._toml_place(name))

    def _get_file_separator_char(self, *names: str) -> str | None:
        """Return the separator that the first of the given options names; None if none is set.

        Flask-Alembic joins the paths of its own options by it.

        Raises:
            OptionValueError: unknown path separator.
        """
        for name in names:
            word = self._ini_option(name)
            if word is not None:
                return sections.separator(name, word)
        return None

    def get_hooks_list(self) -> list[sections.PostWriteHookConfig]:
        """Return the post-write hooks, in the order in which they run; may be empty.

        A section ``[post_write_hooks]`` in the ini file takes precedence over toml.

        Raises:
            ConfigError: a hook in toml has no name, or an option that is not a string.
        """
        name = sections.HOOKS_SECTION
        section = self.get_section(name)
        if section is not None:
            return sections.hooks_from_section(section)
        tables = self._toml_option(name)
        return [] if tables is None else sections.hooks_from_table(tables, self._toml_place(name))

    def get_template_directory(self) -> str:
        """Return the absolute folder of the templates of ``init``. Can be overridden."""
        return str(Path(__file__).resolve().parent.parent / "templates")

    def _get_template_path(self) -> Path:
        return Path(self.get_template_directory())

    @cached_property
    def messaging_opts(self) -> MessagingOptions:
        """Keyword arguments for functions that print: ``quiet`` from the command line."""
        quiet = bool(getattr(self.cmd_opts, "quiet", False))
        return cast("MessagingOptions", immutabledict({"quiet": quiet}))

    def print_stdout(self, text: str, *arg: Any) -> None:
        """Print a line to :attr:`stdout`, unless ``quiet``; control characters are escaped.

        Args:
            text: the line; with ``arg``, a ``%`` format.
            arg: values for the format; without any, ``text`` is printed unchanged.
        """
        line = str(text) % arg if arg else str(text)
        write_outstream(self.stdout, visible(line), "\n", **self.messaging_opts)


def _log_source(path: Path | None) -> None:
    # Imported here because logging takes a tenth of a short command's time.
    from idiolect.util.logs import Log

    log = Log("config")
    if path is None:
        log.info("No config file provided; using in-memory default config")
    else:
        log.info("Loading config from file: %s", path)

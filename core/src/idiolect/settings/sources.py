"""Finds and reads configuration files.

``cli/main.py`` calls :func:`find_config`; :class:`~idiolect.settings.config.Config` calls
:func:`read_ini` and :func:`read_toml`. Files are read as UTF-8; nothing is written, and no message
quotes a line of a file.
"""

from __future__ import annotations

import configparser
import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.errors import ConfigError
from idiolect.settings.sections import SafeInterpolation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The two names of the main section, in ini files and below ``tool`` in toml, by precedence.
MAIN_SECTIONS = ("idiolect", "alembic")
#: Environment variables for the configuration file, by precedence.
ENVIRONMENT_NAMES = ("IDIOLECT_CONFIG", "ALEMBIC_CONFIG")
#: Ini files looked for in the current folder, by precedence.
INI_NAMES = ("idiolect.ini", "alembic.ini")
TOML_NAME = "pyproject.toml"

_LINES_SHOWN = 5
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class ConfigPaths:
    """The files to read. One of them may not exist, as options can come from the other alone.

    Args:
        ini: the ini file to use, or to create.
        toml: the ``pyproject.toml`` to use, or to create.
    """

    __slots__ = ("ini", "toml")

    def __init__(self, ini: Path, toml: Path) -> None:
        self.ini = ini
        self.toml = toml


def find_config(
    cli_value: str | Sequence[str] | None,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    *,
    new_ini: str = INI_NAMES[-1],
) -> ConfigPaths:
    """Choose the configuration files, without opening them.

    Files named by ``-c``, or else by the environment, are used whether or not they exist; the ini
    file or ``pyproject.toml`` that is not named is looked for in the current folder.

    Args:
        cli_value: the values of ``-c``: none, one, or one ini and one toml file, in any order.
        environ: the process environment; see :data:`ENVIRONMENT_NAMES`.
        cwd: the folder to search; None means the current one, and keeps the paths relative.
        new_ini: the ini file's name if none of :data:`INI_NAMES` exists.

    Raises:
        ConfigError: more than one ini file or more than one toml file is named.
    """
    given = [cli_value] if isinstance(cli_value, str) else list(cli_value or ())
    # An empty value means "not set", as in ALEMBIC_CONFIG= on a command line.
    named = [Path(value) for value in given if value]
    if not named:
        named = [Path(environ[name]) for name in ENVIRONMENT_NAMES if environ.get(name)][:1]
    tomls = [path for path in named if path.suffix.lower() == ".toml"]
    inis = [path for path in named if path not in tomls]
    if len(inis) > 1:
        files = ", ".join(repr(str(path)) for path in inis)
        raise ConfigError(f"only one ini file may be indicated, not {files}", files=inis)
    if len(tomls) > 1:
        files = ", ".join(repr(str(path)) for path in tomls)
        raise ConfigError(f"pyproject.toml indicated more than once: {files}", files=tomls)
    folder = cwd or Path()
    candidates = [folder / name for name in INI_NAMES]
    # A folder of that name comes last: it is reported rather than ignored.
    existing = [*filter(_is_file, candidates), *filter(_exists, candidates)]
    ini = (inis or existing or [folder / new_ini])[0]
    return ConfigPaths(ini=ini, toml=tomls[0] if tomls else folder / TOML_NAME)


def _is_file(path: Path) -> bool:
    return _exists(path) and path.is_file()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no permission to search the folder
        return False


def read_text(path: Path) -> str | None:
    """Return the text of a UTF-8 file, without a byte order mark; None if it does not exist.

    Raises:
        ConfigError: the file cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError as exc:
        raise ConfigError(f"Cannot read {str(path)!r}: it is a folder, not a file") from exc
    except OSError as exc:
        raise ConfigError(f"Cannot read {str(path)!r}: {exc.strerror}") from exc
    except ValueError as exc:
        raise ConfigError(f"Cannot read {str(path)!r}: this is no file name ({exc})") from exc
    try:
        return data.removeprefix(BOM_UTF8).decode().replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
    # Raised outside of the handler: UnicodeDecodeError contains the whole file.
    hint = " (it looks like UTF-16)" if data.startswith(_UTF16_MARKS) else ""
    raise ConfigError(
        f"Cannot read {str(path)!r}: line {line} is not UTF-8{hint}, the only encoding that is "
        "tried. Save the file as UTF-8.",
        file=str(path),
        line=line,
    )


def here_of(path: Path) -> str:
    """Return the value of ``%(here)s`` in a file: its absolute folder, with forward slashes."""
    return path.absolute().parent.as_posix()


def read_ini(path: Path | None, defaults: Mapping[str, Any]) -> configparser.ConfigParser:
    """Read an ini file.

    If it has both ``[idiolect]`` and ``[alembic]``, keys that only the latter has are added to the
    former, so that it is complete.

    Args:
        path: the file; None or a missing one gives an empty parser.
        defaults: values for every section, also available to ``%(name)s``, including ``here``.
            They are interpolated themselves, except ``here``.

    Raises:
        ConfigError: the file cannot be read or parsed; names file and line.
    """
    shared = {key: str(value) for key, value in defaults.items()}
    if "here" in shared:
        # The folder may be called "50%off".
        shared["here"] = shared["here"].replace("%", "%%")
    file = None if path is None else str(path)
    parser = configparser.ConfigParser(shared, interpolation=SafeInterpolation(file))
    text = None if path is None else read_text(path)
    if text is None:
        return parser
    try:
        parser.read_string(text, source=str(path))
        _complete_main_section(parser, text)
    except configparser.Error as exc:
        problem, line = _parsing_problem(exc)
    else:
        return parser
    # Raised outside of the handler: configparser's exceptions quote the line.
    raise ConfigError(f"Cannot parse {file!r}: {problem}", file=file, line=line)


def _complete_main_section(parser: configparser.ConfigParser, text: str) -> None:
    winner, other = MAIN_SECTIONS
    if not (parser.has_section(winner) and parser.has_section(other)):
        return
    # Parsed again without a default section, to distinguish own keys from inherited ones.
    own = configparser.RawConfigParser(default_section="")
    own.read_string(text)
    for key, value in own.items(other):
        if not own.has_option(winner, key):
            parser.set(winner, key, value)


def _parsing_problem(exc: configparser.Error) -> tuple[str, int | None]:
    """Return what is wrong with an ini file, quoting only names, and the line if known."""
    line: int | None = getattr(exc, "lineno", None)
    if isinstance(exc, configparser.DuplicateSectionError):
        return f"line {line}: section [{exc.section}] appears a second time", line
    if isinstance(exc, configparser.DuplicateOptionError):
        return f"line {line}: key {exc.option!r} appears twice in section [{exc.section}]", line
    if isinstance(exc, configparser.MissingSectionHeaderError):
        problem = "stands before the first [section] header; is one missing, or its bracket?"
        return f"line {line} {problem}", line
    errors: list[tuple[int, str]] = getattr(exc, "errors", [])
    lines = [number for number, _ in errors] or [line or 1]
    numbers = ", ".join(str(number) for number in lines[:_LINES_SHOWN])
    return (
        f"line {numbers}: neither a [section] header, nor 'key = value', "
        "nor an indented continuation of the value above"
    ), lines[0]


def read_toml(path: Path) -> dict[str, dict[str, Any]]:
    """Return the tables ``[tool.idiolect]`` and ``[tool.alembic]`` by name, if present.

    Args:
        path: the file; treated as empty if it does not exist.

    Raises:
        ConfigError: the file cannot be read or parsed, or ``tool`` or a table is not a table.
    """
    text = read_text(path)
    if text is None or not any(name in text for name in MAIN_SECTIONS):
        # Most pyproject.toml files end here, without importing the parser.
        return {}
    tool = _parse_toml(path, text).get("tool", {})
    _require_table(path, "tool", tool)
    tables = {name: tool[name] for name in MAIN_SECTIONS if name in tool}
    for name, table in tables.items():
        _require_table(path, f"tool.{name}", table)
    return tables


def _require_table(path: Path, name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise ConfigError(
            f"Incorrect TOML format in {str(path)!r}: {name!r} must be a table, [{name}]"
        )


def _parse_toml(path: Path, text: str) -> dict[str, Any]:
    import tomllib  # only needed by projects configured in toml

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        problem = str(exc)
    except RecursionError:
        problem = "too deeply nested"
    # Raised outside of the handler: newer versions of the exception contain the whole file.
    line = re.search(r"\(at line (\d+)", problem)
    hint = ""
    if "\\" in problem:
        hint = ". In a Windows path, use forward slashes, '\\\\', or single quotes"
    raise ConfigError(
        f"Cannot parse {str(path)!r}: {problem}{hint}",
        file=str(path),
        line=int(line[1]) if line else None,
    )

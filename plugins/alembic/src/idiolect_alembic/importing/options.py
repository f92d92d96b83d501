"""Renames the main section, tables and the logger in config files, and nothing else.

Lines are edited in place; afterwards the text is parsed again, and must contain the same values.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_SECTION = re.compile(r"^\[(?P<name>[^\]]+)\]")
_TABLE = re.compile(
    r"^(?P<start>[ \t]*(?:#[ \t]*)?\[{1,2}[ \t]*(?:tool[ \t]*\.[ \t]*))alembic(?=[ \t]*[.\]])",
    re.MULTILINE,
)
_MAIN = "alembic"
_OWN = "idiolect"


class NotRenamedError(ValueError):
    """A section cannot be renamed without other changes; the file is left unchanged."""

    def __init__(self, path: Path) -> None:
        super().__init__("the section cannot be renamed without changing something else")
        self.path = path


def rewritten_ini(data: bytes, path: Path) -> tuple[bytes, bool]:
    """Return an ini file with Idiolect's names, and whether its logger was renamed.

    A file that has both main sections keeps both.

    Raises:
        NotRenamedError: the values would not be the same.
    """
    text = data.decode("utf-8-sig")
    before = _sections(text)
    both = _MAIN in before and _OWN in before
    loggers = "logger_alembic" in before and "logger_idiolect" not in before
    section = ""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        match = _SECTION.match(line)
        section = match["name"] if match else section
        new = line
        if match and section == _MAIN and not both:
            new = line.replace(f"[{_MAIN}]", f"[{_OWN}]", 1)
        elif loggers:
            new = _logger_line(line, section, is_header=match is not None)
        lines.append(new)
    after = "".join(lines)
    expected = {_renamed(name, both=both, loggers=loggers): v for name, v in before.items()}
    if _comparable(expected) != _comparable(_sections(after)):
        raise NotRenamedError(path)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + after.encode("utf-8"), loggers


def _logger_line(line: str, section: str, *, is_header: bool) -> str:
    if is_header and section == "logger_alembic":
        return line.replace("[logger_alembic]", "[logger_idiolect]", 1)
    if section == "loggers" and not line.lstrip().startswith(("#", ";")):
        return re.sub(r"(?<![\w.])alembic(?![\w.])", _OWN, line)
    if section == "logger_alembic":
        return re.sub(r"^(qualname[ \t]*[=:][ \t]*)alembic\b", rf"\g<1>{_OWN}", line)
    return line


def _renamed(name: str, *, both: bool, loggers: bool) -> str:
    if name == _MAIN and not both:
        return _OWN
    return "logger_idiolect" if loggers and name == "logger_alembic" else name


def _sections(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _comparable(sections: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return sections without the intended differences."""
    return {
        name: {
            key: value
            for key, value in values.items()
            if (name, key) not in {("loggers", "keys"), ("logger_idiolect", "qualname")}
        }
        for name, values in sections.items()
    }


def rewritten_toml(data: bytes, path: Path) -> bytes:
    """Return a ``pyproject.toml`` with ``[tool.alembic]`` renamed to ``[tool.idiolect]``.

    A file that has both tables keeps both.

    Raises:
        NotRenamedError: the values would not be the same, for example with an inline table.
    """
    text = data.decode("utf-8-sig")
    before = tomllib.loads(text)
    tool: dict[str, Any] = before.get("tool", {})
    if _MAIN not in tool or _OWN in tool:
        return data
    after = _TABLE.sub(rf"\g<start>{_OWN}", text)
    tool[_OWN] = tool.pop(_MAIN)
    try:
        same = tomllib.loads(after) == before
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise NotRenamedError(path)
    return data.replace(text.encode(), after.encode())

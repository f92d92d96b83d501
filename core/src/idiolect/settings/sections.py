"""Interprets option values: interpolation, lists of paths, booleans, write hooks.

Used by :class:`~idiolect.settings.config.Config` and the readers of files, on values already read.
Never opens a file, and never quotes a value or part of it in a message, because any value may
contain a password.
"""

from __future__ import annotations

import configparser
import os
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from idiolect.errors import ConfigError
from idiolect.util.langhelpers import asbool, nearest
from idiolect.util.messaging import warn_deprecated

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, MutableMapping

#: The type of an option: text from an ini file; text, number, boolean, list or table from toml.
OptionValue: TypeAlias = (
    str | int | float | bool | list[str] | dict[str, str] | list[dict[str, str]] | None
)
#: One post-write hook: its options by name, and its own name under ``_hook_name``.
PostWriteHookConfig: TypeAlias = dict[str, str]

HOOKS_SECTION = "post_write_hooks"
#: Path separators by their names in ini files.
SEPARATORS: Mapping[str, str] = {
    "space": " ",
    "newline": "\n",
    "os": os.pathsep,
    ":": ":",
    ";": ";",
}
#: The options that set a separator; the second is the legacy one.
SEPARATOR_OPTIONS = ("path_separator", "version_path_separator")
# Patterns are compiled when used: most commands need none of them.
_LEGACY_SPLIT = {
    "version_locations": (r"[ ,]+", "spaces/commas"),
    "prepend_sys_path": (r"[ ,:]+", "spaces, commas, and colons"),
}
# A '%' and what may follow it; neither group matches a lone one.
_PERCENT = r"%(?:(?P<escape>%)|\((?P<name>[^)]+)\)s)?"
_NAMES_SHOWN = 10


class OptionValueError(ConfigError, ValueError):
    """An option has an invalid value. Also a ValueError, as callers of Alembic expect."""

    code = "IDI-011"


class Place:
    """The location of an option, for messages: file, section, key; never the value."""

    __slots__ = ("file", "key", "section")

    def __init__(self, file: str | None, section: str, key: str) -> None:
        self.file = file
        self.section = section
        self.key = key

    def __str__(self) -> str:
        source = "in code" if self.file is None else repr(self.file)
        return f"{source}, section [{self.section}], key {self.key!r}"

    @property
    def note(self) -> str:
        """The file and section, for a message that already contains the key."""
        source = "set in code" if self.file is None else f"in {self.file!r}"
        return f"{source}, section [{self.section}]"

    def error(self, problem: str, kind: type[ConfigError] = ConfigError) -> ConfigError:
        """Return an error about this option, with the location as attributes."""
        return kind(f"{self}: {problem}", file=self.file, section=self.section, key=self.key)


class SafeInterpolation(configparser.BasicInterpolation):
    """``%(name)s`` interpolation with errors that do not quote the value.

    Sections are text; since Python 3.13, ``configparser`` declares that they may also be unnamed.

    Args:
        file: the ini file's path for messages, or None.
    """

    def __init__(self, file: str | None) -> None:
        super().__init__()
        self.file = file

    def before_get(
        self,
        parser: MutableMapping[str, Any],
        section: Any,
        option: str,
        value: str,
        defaults: Mapping[str, str],
    ) -> str:
        """Return ``value`` interpolated.

        Raises:
            ConfigError: a lone ``%``, an unknown name, or a circular reference.
        """
        try:
            return super().before_get(parser, section, option, value, defaults)
        except configparser.InterpolationError:
            culprit = _culprit(option, value, defaults)
        # Raised outside of the handler: configparser's exception contains the value.
        raise Place(self.file, section, culprit or option).error(
            "its references lead in a circle, or through more than ten other keys. "
            "Write '%%' for a '%' that stands for itself."
            if culprit is None
            else percent_problem(defaults[culprit], defaults)
        )

    def before_set(
        self, parser: MutableMapping[str, Any], section: Any, option: str, value: str
    ) -> str:
        """Return ``value`` unchanged: :func:`check_settable` validates it, knowing its location."""
        return value


def _culprit(option: str, value: str, names: Mapping[str, str]) -> str | None:
    """Return the first of ``option`` and the keys it refers to that is invalid."""
    waiting, seen = [(option, value)], {option}
    while waiting:
        key, text = waiting.pop(0)
        if percent_problem(text, names):
            return key
        for match in re.finditer(_PERCENT, text):
            name = (match["name"] or "").lower()
            if name and name not in seen:
                seen.add(name)
                waiting.append((name, names[name]))
    return None


def percent_problem(text: str, names: Collection[str] | None) -> str:
    """Return what is wrong with the percent signs of ``text``; empty if nothing is.

    Args:
        text: a value as written, before interpolation. The result does not quote it.
        names: what ``%(name)s`` may refer to, in any case; None allows any name.
    """
    known = None if names is None else {name.lower() for name in names}
    for match in re.finditer(_PERCENT, text):
        if match["escape"]:
            continue
        if match["name"] is None:
            return (
                "the value holds a '%' that is neither '%%' nor the start of '%(name)s'. "
                "Write '%%' for each '%' that stands for itself, also in a password or URL."
            )
        if known is not None and match["name"].lower() not in known:
            return _unknown_name(match["name"], known)
    return ""


def _unknown_name(name: str, known: Collection[str]) -> str:
    # The unknown name is not shown: in a password such as "a%(b)s" it is part of the secret.
    names = ", ".join(map(repr, nearest(name, known) or sorted(known)[:_NAMES_SHOWN]))
    return (
        "the value refers to a '%(name)s' that is not defined. Write '%%' for a '%' that "
        f"stands for itself. Names that can be used here: {names or 'none'}."
    )


def check_settable(place: Place, value: object) -> None:
    """Raise for a value, set in code, that could not be read back.

    Raises:
        OptionValueError: the value contains an unescaped ``%``; also a ValueError.
        TypeError: the value is not a string.
    """
    if not isinstance(value, str):
        kind = type(value).__name__
        raise TypeError(f"option values must be strings: {place.key!r} is given a {kind}")
    problem = percent_problem(value, None)
    if problem:
        raise place.error(f"{problem} In code: value.replace('%', '%%').", OptionValueError)


def expand(value: Any, names: Mapping[str, Any], place: Place) -> Any:
    """Return a toml value with ``%(name)s`` and ``%%`` interpolated in all strings within it.

    Args:
        value: text, number, boolean, list or table; anything but text stays unchanged.
        names: replacements by name.
        place: the option's location, for messages.

    Raises:
        ConfigError: a lone ``%``, an unknown name, or an unsupported type.
    """
    if isinstance(value, str):
        return _expand_text(value, names, place)
    if isinstance(value, list):
        return [expand(item, names, place) for item in value]
    if isinstance(value, dict):
        return {key: expand(item, names, place) for key, item in value.items()}
    if isinstance(value, int | float):
        return value
    kind = type(value).__name__
    message = f"unsupported TOML value type for key: {place.key!r}"
    raise ConfigError(f"{message} ({kind}, {place.note}). Write it as a string.")


def _expand_text(text: str, names: Mapping[str, Any], place: Place) -> str:
    def replacement(match: re.Match[str]) -> str:
        if match["escape"]:
            return "%"
        name = match["name"]
        if name is None or name not in names:
            # Names are case-sensitive in toml: another case is an unknown name.
            problem = percent_problem(match[0], names) or _unknown_name(name, names)
            raise place.error(problem)
        return str(names[name])

    return re.sub(_PERCENT, replacement, text)


def separator(name: str, word: str) -> str:
    """Return the separator character named ``word``.

    Args:
        name: the option that contains ``word``, for the message.
        word: one of :data:`SEPARATORS`; a comment may follow after ``#``.

    Raises:
        OptionValueError: the name is unknown.
    """
    # Alembic's own guide shows "path_separator = os  # Use os.pathsep."
    key = word.partition("#")[0].strip() or word
    if key in SEPARATORS:
        return SEPARATORS[key]
    raise OptionValueError(
        f"{word!r} is not a valid value for {name}; expected 'space', 'newline', 'os', ':', ';'"
    )


def split_paths(name: str, text: str, words: Mapping[str, str | None]) -> list[str]:
    """Return the paths of an ini option, in order, without blank ones.

    Args:
        name: ``version_locations`` or ``prepend_sys_path``.
        text: the option's value.
        words: the values of ``path_separator`` and ``version_path_separator``; None if not set.

    Raises:
        OptionValueError: unknown separator.
    """
    word, legacy_word = words["path_separator"], None
    if word is None and name == "version_locations":
        legacy_word = words["version_path_separator"]
    if word is not None:
        parts = text.split(separator("path_separator", word))
    elif legacy_word is not None:
        parts = text.split(separator("version_path_separator", legacy_word))
        warn_deprecated(
            "The version_path_separator configuration parameter is deprecated; "
            "please use path_separator",
            stacklevel=5,
        )
    else:
        pattern, words_of_pattern = _LEGACY_SPLIT[name]
        warn_deprecated(
            "No path_separator found in configuration; falling back to legacy splitting on "
            f"{words_of_pattern} for {name}.  Add 'path_separator = os' to choose the new rule.",
            stacklevel=5,
        )
        parts = re.split(pattern, text)
    return [part.strip() for part in parts if part.strip()]


def boolean(text: str, place: Place) -> bool:
    """Convert an ini option to a boolean; an empty value is False.

    Raises:
        OptionValueError: the text is not a boolean.
    """
    if not text.strip():
        return False
    try:
        return asbool(text)
    except ValueError:
        problem = "boolean value expected, such as 'true' or 'false'"
    raise place.error(problem, OptionValueError)


def hooks_from_section(options: Mapping[str, str]) -> list[PostWriteHookConfig]:
    """Return the hooks of an ini section ``[post_write_hooks]``, in the order of ``hooks``.

    Args:
        options: the section: ``hooks`` lists names, ``<name>.<option>`` sets their options.
    """
    hooks = []
    for name in re.split(r"[,\s]+", options.get("hooks", "")):
        if not name:
            continue
        # configparser lower-cases keys, but a hook may be called Black.
        prefix = f"{name.lower()}."
        found = {
            key[len(prefix) :]: value for key, value in options.items() if key.startswith(prefix)
        }
        hooks.append({**found, "_hook_name": name})
    return hooks


def hooks_from_table(tables: Any, place: Place) -> list[PostWriteHookConfig]:
    """Return the hooks of the toml list ``[[tool.idiolect.post_write_hooks]]``, in its order.

    Raises:
        ConfigError: not a list of tables, a hook without a name, or an option that is not a string.
    """
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise place.error(f"a list of tables is expected: [[{place.section}.{place.key}]]")
    hooks = []
    for number, table in enumerate(tables, start=1):
        for key, value in table.items():
            if not isinstance(value, str):
                raise place.error(f"hook {number}: {key!r} must be a string")
        if not table.get("name"):
            raise place.error(f"hook {number} has no 'name'; add name = \"...\"")
        options = {key: value for key, value in table.items() if key != "name"}
        hooks.append({**options, "_hook_name": table["name"]})
    return hooks


def path_list(value: Any, place: Place) -> list[str]:
    """Validate and return a toml list of paths.

    Raises:
        ConfigError: not a list of strings.
    """
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise place.error(f'a list of strings is expected: {place.key} = ["...", "..."]')

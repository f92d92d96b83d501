"""The meaning of option texts: interpolation, lists of paths, booleans, write hooks.

Used by :class:`~idiolect.settings.config.Config` and the readers of files. Works on values that
are already read; never opens a file, and never repeats a value or a part of it in a message,
because any value may hold a password.
"""

from __future__ import annotations

import configparser
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from idiolect.errors import ConfigError
from idiolect.util.langhelpers import asbool, nearest
from idiolect.util.messaging import warn_deprecated

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, MutableMapping

#: What an option may be: text from an ini file; text, number, boolean, list or table from toml.
OptionValue: TypeAlias = (
    str | int | float | bool | list[str] | dict[str, str] | list[dict[str, str]] | None
)
#: One post-write hook: its options by name, and its own name under ``_hook_name``.
PostWriteHookConfig: TypeAlias = dict[str, str]

HOOKS_SECTION = "post_write_hooks"
#: Path separators by the word that an ini file uses for them.
SEPARATORS: Mapping[str, str] = {
    "space": " ",
    "newline": "\n",
    "os": os.pathsep,
    ":": ":",
    ";": ";",
}
# Patterns are compiled when they are used: most commands need none of them.
_LEGACY_SPLIT = {
    "version_locations": (r"[ ,]+", "spaces/commas"),
    "prepend_sys_path": (r"[ ,:]+", "spaces, commas, and colons"),
}
# A '%' and what may follow it; neither group matches where it stands alone.
_PERCENT = r"%(?:(?P<escape>%)|\((?P<name>[^)]+)\)s)?"
_NAMES_SHOWN = 10


class OptionValueError(ConfigError, ValueError):
    """The value of an option is of no use. A ValueError too, as Alembic's callers expect."""

    code = "IDI-011"


class Place(NamedTuple):
    """Where an option stands, for messages: file, section, key; never the value."""

    file: str | None
    section: str
    key: str

    def __str__(self) -> str:
        source = "in code" if self.file is None else repr(self.file)
        return f"{source}, section [{self.section}], key {self.key!r}"

    def error(self, problem: str, kind: type[ConfigError] = ConfigError) -> ConfigError:
        """Return the error that says what is wrong here, with the place as attributes."""
        return kind(f"{self}: {problem}", file=self.file, section=self.section, key=self.key)


class SafeInterpolation(configparser.BasicInterpolation):
    """``%(name)s`` as in every ini file, with errors that do not quote the value.

    Args:
        file: the ini file's path for messages; None where there is none.
    """

    def __init__(self, file: str | None) -> None:
        super().__init__()
        self.file = file

    def before_get(
        self,
        parser: MutableMapping[str, Any],
        section: str,
        option: str,
        value: str,
        defaults: Mapping[str, str],
    ) -> str:
        """Return ``value`` with its references filled in.

        Raises:
            ConfigError: a lone ``%``, an unknown name, or a circle of references.
        """
        try:
            return super().before_get(parser, section, option, value, defaults)
        except configparser.InterpolationError:
            culprit = _culprit(option, value, defaults)
        # Raised out here: configparser's own exception holds the value and must not be chained.
        raise Place(self.file, section, culprit or option).error(
            "its references lead in a circle, or through more than ten other keys. "
            "Write '%%' for a '%' that stands for itself."
            if culprit is None
            else percent_problem(defaults[culprit], defaults)
        )

    def before_set(
        self, parser: MutableMapping[str, Any], section: str, option: str, value: str
    ) -> str:
        """Return ``value`` as it is: :func:`check_settable` looks at it with its place known."""
        return value


def _culprit(option: str, value: str, names: Mapping[str, str]) -> str | None:
    """Return the first of ``option`` and the keys it refers to that is written wrongly."""
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
    """Say what is wrong with the percent signs of ``text``; an empty string if nothing is.

    Args:
        text: a value as written, before interpolation. No part of it appears in the answer.
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
    # The unknown name is not shown: in a password such as "a%(b)s" it is a part of the secret.
    names = ", ".join(map(repr, nearest(name, known) or sorted(known)[:_NAMES_SHOWN]))
    return (
        "the value refers to a '%(name)s' that is not defined. Write '%%' for a '%' that "
        f"stands for itself. Names that can be used here: {names or 'none'}."
    )


def check_settable(place: Place, value: object) -> None:
    """Refuse a value, set in code, that could not be read back.

    Raises:
        OptionValueError: the value holds a ``%`` that is not escaped; a ValueError too.
        TypeError: the value is no string.
    """
    if not isinstance(value, str):
        kind = type(value).__name__
        raise TypeError(f"option values must be strings: {place.key!r} is given a {kind}")
    problem = percent_problem(value, None)
    if problem:
        raise place.error(f"{problem} In code: value.replace('%', '%%').", OptionValueError)


def expand(value: Any, names: Mapping[str, Any], place: Place) -> Any:
    """Return a toml value with ``%(name)s`` and ``%%`` filled in, in every text within it.

    Args:
        value: text, number, boolean, list or table; what is no text stays as it is.
        names: replacements by name.
        place: where the value stands, for messages.

    Raises:
        ConfigError: a lone ``%``, an unknown name, or a type that no option takes.
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
    raise ConfigError(f"{message} ({kind}, in {place.file!r}). Write it as a string.")


def _expand_text(text: str, names: Mapping[str, Any], place: Place) -> str:
    def replacement(match: re.Match[str]) -> str:
        if match["escape"]:
            return "%"
        name = match["name"]
        if name is None or name not in names:
            # In toml, case counts: a name in another case is unknown as well.
            problem = percent_problem(match[0], names) or _unknown_name(name, names)
            raise place.error(problem)
        return str(names[name])

    return re.sub(_PERCENT, replacement, text)


def separator(name: str, word: str) -> str:
    """Return the character that ``word`` stands for.

    Args:
        name: the option that holds ``word``, for the message.
        word: one of :data:`SEPARATORS`; a comment may follow after ``#``.

    Raises:
        OptionValueError: another word.
    """
    # Alembic's own guide shows "path_separator = os  # Use os.pathsep."
    key = word.partition("#")[0].strip() or word
    if key in SEPARATORS:
        return SEPARATORS[key]
    raise OptionValueError(
        f"{word!r} is not a valid value for {name}; expected 'space', 'newline', 'os', ':', ';'"
    )


def split_paths(name: str, text: str, words: Mapping[str, str | None]) -> list[str]:
    """Return the paths of an ini option, in order; blank ones are left out.

    Args:
        name: ``version_locations`` or ``prepend_sys_path``.
        text: the option's value.
        words: the values of ``path_separator`` and ``version_path_separator``; None where absent.

    Raises:
        OptionValueError: a separator that does not exist.
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
    """Return the truth of an ini option; an empty value is false.

    Raises:
        OptionValueError: the text is no boolean.
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
        options: the section: ``hooks`` names them, ``<name>.<option>`` tells each.
    """
    hooks = []
    for name in re.split(r"[,\s]+", options.get("hooks", "")):
        if not name:
            continue
        # configparser folds keys to lower case, so a hook may be called Black.
        prefix = f"{name.lower()}."
        found = {
            key[len(prefix) :]: value for key, value in options.items() if key.startswith(prefix)
        }
        hooks.append({**found, "_hook_name": name})
    return hooks


def hooks_from_table(tables: Any, place: Place) -> list[PostWriteHookConfig]:
    """Return the hooks of the toml list ``[[tool.idiolect.post_write_hooks]]``, in its order.

    Raises:
        ConfigError: not a list of tables, a hook without a name, an option that is no text.
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
    """Return a toml list of paths as it stands.

    Raises:
        ConfigError: anything but a list of strings.
    """
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise place.error(f'a list of strings is expected: {place.key} = ["...", "..."]')

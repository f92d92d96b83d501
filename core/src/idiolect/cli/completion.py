"""Computes completions for the shells' completion scripts.

Takes the words up to the cursor. Revisions come from the files or their cache; env.py does not run,
plugins are not called for contributions, and errors are suppressed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from idiolect.cli.commands import BUILTIN, load, summary_of
from idiolect.cli.parser import Parser, build_parser
from idiolect.settings.config import Config
from idiolect.settings.sources import INI_NAMES, find_config

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from idiolect.script.base import ScriptDirectory

#: A word and its description.
Candidate = tuple[str, str]

#: Returned instead of words if the shell should complete paths.
FILES, FOLDERS = (":files", ""), (":dirs", "")
#: Maximum number of completions; more do not fit on a screen.
_MOST: Final = 500
_REVISIONS: Final = frozenset(
    {"depends_on", "head", "rev", "rev_range", "revision", "revisions", "splice"}
)
_RANGES: Final = frozenset({"rev_range", "revision", "revisions"})
_FOLDERS: Final = frozenset({"directory", "version_path"})
_SYMBOLS: Final[tuple[Candidate, ...]] = (
    ("head", "the only head"),
    ("heads", "all heads"),
    ("base", "before the first revision"),
)
_CURRENT: Final = ("current", "what the database is at")
#: Commands that accept ``current`` as a revision.
_ASK_DATABASE: Final = frozenset({"edit", "history", "show"})


def complete(words: Sequence[str]) -> Iterator[str]:
    """Yield a line per completion: the word, a tab, and its description.

    Args:
        words: the words after the program's name, up to the cursor; the last one may be empty.
    """
    found: list[Candidate] = []
    # An error message would disturb the user's input line.
    with suppress(Exception, SystemExit):
        found.extend(_candidates(list(words) or [""]))
    for name, meaning in found[:_MOST]:
        yield f"{name}\t{' '.join(meaning.split())}"


def _candidates(words: list[str]) -> Iterable[Candidate]:
    *before, begun = words
    parser = build_parser("idiolect", list(BUILTIN))
    given: dict[str, str] = {}
    rest = _passed(parser, before, given)
    if rest is None:
        return _values("", _place_of(parser, before[-1]), begun, given)
    if not rest:
        return _beginning(begun, [*_options(parser)] if begun.startswith("-") else _commands(begun))
    name, *after = rest
    sub = _subparser(name)
    return [] if sub is None else _of_command(name, sub, after, begun, given)


def _passed(parser: Parser, words: list[str], given: dict[str, str]) -> list[str] | None:
    """Return the words after the options and their values; None if a value comes next.

    Args:
        parser: its options are skipped.
        words: the words before the cursor.
        given: receives the values, by destination.
    """
    at = 0
    while at < len(words) and words[at].startswith("-"):
        action = parser.option(words[at])
        at += 1
        if action is not None and _takes_value(action):
            if at == len(words):
                return None
            given[action.dest] = words[at]
            at += 1
    return words[at:]


def _place_of(parser: Parser, option: str) -> str:
    action = parser.option(option)
    return action.dest if action else ""


def _takes_value(action: argparse.Action) -> bool:
    return action.nargs is None


def _subparser(name: str) -> Parser | None:
    """Return the parser of a command, built in or contributed."""
    if name in BUILTIN:
        spec: Any = load(name)
    else:
        from idiolect.cli.contributed import contributed_commands

        spec = next((each for each in contributed_commands() if each.name == name), None)
        if spec is None:
            return None
    parser = build_parser("idiolect", [spec])
    (commands,) = (each for each in parser.arguments if each.metavar == "COMMAND")
    sub: Parser = dict(commands.choices or {})[name]
    return sub


def _of_command(
    name: str,
    sub: Parser,
    after: list[str],
    begun: str,
    given: dict[str, str],
) -> Iterable[Candidate]:
    """Return completions after a command and its arguments."""
    free = 0
    while after:
        left = _passed(sub, after, given)
        if left is None:
            return _values(name, _place_of(sub, after[-1]), begun, given)
        if not left:
            break
        free += 1
        after = left[1:]
    if begun.startswith("-"):
        return _beginning(begun, _options(sub))
    places = [each for each in sub.arguments if not each.option_strings]
    if not places:
        return []
    place = places[min(free, len(places) - 1)]
    if free >= len(places) and place.nargs != "+":
        return []
    return _values(name, place.dest, begun, given)


def _commands(begun: str) -> list[Candidate]:
    own = [(name, summary_of(name)) for name in BUILTIN]
    if any(name.startswith(begun) for name, _ in own):
        return own
    # Plugins are loaded only if the command is not built in.
    from idiolect.cli.contributed import contributed_commands

    return [(spec.name, spec.summary) for spec in contributed_commands()]


def _options(parser: Parser) -> Iterator[Candidate]:
    for action in parser.arguments:
        for option in action.option_strings:
            yield option, str(action.help or "").replace("%%", "%")


def _values(command: str, place: str, begun: str, given: dict[str, str]) -> Iterable[Candidate]:
    """Return completions for a value, by the name of its argument."""
    if place == "config":
        return [FILES]
    if place in _FOLDERS:
        return [FOLDERS]
    if place in _REVISIONS:
        return _revisions(command, place, begun, given)
    return _beginning(begun, [(each, "") for each in _words(command, place)])


def _words(command: str, place: str) -> Iterable[str]:
    """Return the choices of an argument that has a fixed set."""
    if place == "format":
        from idiolect.commands.graph import FORMATS

        return FORMATS if command == "graph" else ("text", "json")
    if place == "shell":
        from idiolect.cli.shells import SCRIPTS

        return SCRIPTS
    if place == "template":
        return sorted(os.listdir(Config().get_template_directory()))  # noqa: PTH208 - names alone
    if (command, place) == ("hooks", "name"):
        from idiolect.hooks import hookspecs

        return [name for name in vars(hookspecs) if hasattr(vars(hookspecs)[name], "idiolect_spec")]
    if place == "like":
        from idiolect.hooks.entrypoints import known_dialects

        return known_dialects()
    return ()


def _revisions(command: str, place: str, begun: str, given: dict[str, str]) -> Iterator[Candidate]:
    """Yield revisions by id and other names; in a range, completions of its second end."""
    kept, colon, start = begun.rpartition(":") if place in _RANGES else ("", "", begun)
    script = _script_directory(given)
    named: list[Candidate] = [*_SYMBOLS]
    if command in _ASK_DATABASE:
        named.append(_CURRENT)
    revisions = list(script.walk_revisions())
    for each in revisions:
        named += [(f"{label}@head", f"the head of {label}") for label in sorted(each.own_labels)]
    named += [(each.revision, each.doc) for each in revisions]
    for name, meaning in _beginning(start, named):
        yield f"{kept}{colon}{name}", meaning


def _script_directory(given: dict[str, str]) -> ScriptDirectory:
    from idiolect.script.base import ScriptDirectory

    chosen = [given["config"]] if "config" in given else None
    paths = find_config(chosen, os.environ, new_ini=INI_NAMES[-1])
    section: dict[str, Any] = {"ini_section": given["name"]} if given.get("name") else {}
    config = Config(file_=str(paths.ini), toml_file=str(paths.toml), **section)
    return ScriptDirectory.from_config(config)


def _beginning(begun: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    return [each for each in candidates if each[0].startswith(begun)]

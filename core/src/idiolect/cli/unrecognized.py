"""Messages for unrecognised arguments: misplaced or misspelt options.

Used by the parser after parsing. Values of options are never shown, because they may be passwords;
nothing here decides which arguments are accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from idiolect.cli.parser import Parser

#: Similarity from which a word is reported as a misspelt option, from 0 to 1.
_ALIKE = 0.75
#: Arguments whose option is often forgotten, with the hint.
_UNNAMED = {
    "message": "a message is given with -m, in quotes if it has spaces",
    "rev_range": "a range is given with -r",
}


def describe_left_over(main: Parser, command: Parser, rest: Sequence[str]) -> str:
    """Return the message for unrecognised arguments.

    Args:
        main: the program's parser.
        command: the parser of the given command.
        rest: the unrecognised arguments, in order.
    """
    misplaced = list(dict.fromkeys(_main_options(main, rest)))
    if misplaced:
        names = ", ".join("/".join(option.option_strings) for option in misplaced)
        shown = " ".join(_written(option) for option in misplaced)
        is_one = len(misplaced) == 1
        return (
            f"{names} {'belongs' if is_one else 'belong'} before the command: "
            f"{main.prog} {shown} {_name(main, command)} ..."
        )
    shown = " ".join(_without_value(word) for word in rest)
    return f"unrecognized arguments: {shown}{_hint(main, command, rest)}"


def _main_options(main: Parser, rest: Sequence[str]) -> Iterator[argparse.Action]:
    """Yield the program's own options among the arguments, in any spelling."""
    for word in rest:
        if not word.startswith("-"):
            continue
        name = word.partition("=")[0]
        option = main.option(name)
        if option is None and not word.startswith("--"):
            # Such as -cx.ini.
            option = main.option(word[:2])
        elif option is None:
            # Before the command an unambiguous prefix is accepted.
            meant = [each for each in _strings(main) if each.startswith(name)]
            option = main.option(meant[0]) if len(meant) == 1 else None
        if option is not None:
            yield option


def _hint(main: Parser, command: Parser, rest: Sequence[str]) -> str:
    """Return a hint to append to the message; "" if there is none."""
    for word in rest:
        name = word.partition("=")[0]
        alike = nearest(name, _strings(command), limit=1, cutoff=_ALIKE)
        if word.startswith("--") and alike:
            return f" (did you mean {alike[0]!r}?)"
    if rest[0].startswith("-"):
        return ""
    hints = [_UNNAMED[each.dest] for each in command.arguments if each.dest in _UNNAMED]
    for each in command.arguments:
        for string in each.option_strings:
            option = main.option(string)
            if option is not None and option.nargs != 0 and option.dest != each.dest:
                hints.append(
                    f"after the command, {string} is short for {each.option_strings[-1]}; "
                    f"{option.option_strings[-1]} goes before it: {main.prog} {_written(option)} "
                    f"{_name(main, command)} ..."
                )
    return f" ({'; '.join(hints)})" if hints else ""


def _strings(parser: Parser) -> list[str]:
    return [string for each in parser.arguments for string in each.option_strings]


def _without_value(word: str) -> str:
    name, is_given, _ = word.partition("=")
    return f"{name}=..." if is_given and word.startswith("-") else word


def _written(option: argparse.Action) -> str:
    """Return an option in command-line form, with a placeholder for its value."""
    if option.nargs == 0:
        return option.option_strings[0]
    value = option.metavar if isinstance(option.metavar, str) else option.dest.upper()
    return f"{option.option_strings[0]} {value}"


def _name(main: Parser, command: Parser) -> str:
    return command.prog.removeprefix(main.prog).strip()

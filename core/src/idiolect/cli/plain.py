"""Reads command lines that have no options, without a parser.

Most commands are run like that: ``heads``, ``current``, ``upgrade head``. Importing argparse and
creating the arguments would be a good part of their time. Everything else, including every wrong
command line, is left to the parser.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from idiolect.cli.commands import BUILTIN, FLAGS, OWN_FLAGS, POSITIONALS, load

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The values of the options that stand before the command.
_MAIN = {
    "config": None,
    "name": None,
    "x": None,
    "raiseerr": False,
    "trace_hooks": False,
    "quiet": False,
}
_WORDS_ONLY = {"help", "metavar"}


class PlainOptions(SimpleNamespace):
    """What the parser would return; supports ``in``, as argparse's Namespace does."""

    def __contains__(self, name: object) -> bool:
        return name in self.__dict__


def plain_options(words: Sequence[str]) -> PlainOptions | None:
    """Return what the parser would return for a built-in command without options.

    Args:
        words: the command line.

    Returns:
        The options; None if the parser has to decide: there is an option, the command is not built
        in, or it is not followed by exactly one word for each of its arguments.
    """
    command, *values = words or ("",)
    if command not in BUILTIN or any(word.startswith("-") for word in values):
        return None
    spec = load(command)
    names = [spec.argument_name(name) for name in spec.positionals]
    if len(names) != len(values) or any(POSITIONALS[name].keys() - _WORDS_ONLY for name in names):
        return None
    for name in spec.flags:
        flags, _ = OWN_FLAGS.get((command, name)) or FLAGS.get(name, (("-",), {}))
        if not flags[0].startswith("-"):
            return None
    return PlainOptions(**_MAIN, **spec.flags, **dict(zip(names, values, strict=True)), cmd=spec)

"""The command ``graph``, which draws the revision graph as text, for programs, or as a picture.

Reads only revision files, unless the database's current revisions are to be marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idiolect.commands.documents import check_format, print_document, revision_entries
from idiolect.commands.environment import run_environment, script_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from idiolect.script.script import Script
    from idiolect.settings.config import Config

#: Characters with a meaning in quoted Mermaid text.
_MERMAID_SIGNS: Final = {"#": "#35;", '"': "#quot;", "&": "#amp;", "<": "#lt;", ">": "#gt;"}
_HEAD_COLOR, _CURRENT_COLOR = "#dbeafe", "#bbf7d0"


def graph(config: Config, format: str = "text", current: bool = False) -> None:
    """Draw the revision graph.

    Args:
        config: the configuration.
        format: ``text`` for a terminal, ``mermaid`` or ``dot`` for drawing programs, ``svg`` for a
            picture, ``json`` for a document.
        current: mark the database's current revisions; runs env.py.

    Raises:
        CommandError: the format is unknown, or the database has an unknown revision.
    """
    check_format(format, FORMATS)
    script = script_directory(config)
    held: set[str] = set()
    marked = held if current else None

    def look(heads: tuple[str, ...], _context: Any) -> list[Any]:
        held.update(each.revision for each in script.get_revisions(heads))
        return []

    if current:
        run_environment(config, script, look, dont_mutate=True)
    revisions = list(script.walk_revisions())
    if format == "json":
        edges = [
            {"from": below, "to": above, "kind": "depends_on" if needed else "follows"}
            for below, above, needed in _edges(revisions)
        ]
        print_document(config, revisions=revision_entries(revisions, marked), edges=edges)
        return
    for line in _WRITERS[format](revisions, held):
        config.print_stdout("%s", line)


def _text(revisions: list[Script], held: Collection[str]) -> Iterator[str]:
    """Yield one line per revision, latest first, with connecting lines in between."""
    # Column -> the revision that its line leads to.
    lanes: list[str] = []
    for each in revisions:
        name = each.revision
        if name not in lanes:
            lanes.append(name)
        at = lanes.index(name)
        while lanes.count(name) > 1:
            last = len(lanes) - 1 - lanes[::-1].index(name)
            yield _joining(len(lanes), last, at)
            del lanes[last]
        marks = " ".join("*" if lane == at else "|" for lane in range(len(lanes)))
        yield f"{marks} {_caption(each, held)}"
        # The first parent continues the column; other parents of a merge get columns next to it.
        own, *others = each.parents or ("",)
        for other in reversed(others):
            yield _parting(len(lanes), at)
            lanes.insert(at + 1, other)
        lanes[at] = own
        if not own:
            if at + 1 < len(lanes):
                yield _joining(len(lanes), at, at)
            del lanes[at]


def _joining(count: int, ending: int, into: int) -> str:
    """Return the line on which a column joins one to its left, or ends."""
    line = [" "] * (2 * count - 1)
    for lane in range(count):
        if lane < ending:
            line[2 * lane] = "|"
        elif lane > ending or ending != into:
            line[2 * lane - 1] = "/"
    for lane in range(into, ending - 1):
        line[2 * lane + 1] = "_"
    return "".join(line).rstrip()


def _parting(count: int, at: int) -> str:
    """Return the line on which a column begins to the right of another."""
    line = [" "] * (2 * count)
    for lane in range(count):
        line[2 * lane + (lane > at)] = "\\" if lane > at else "|"
    line[2 * at + 1] = "\\"
    return "".join(line).rstrip()


def _caption(each: Script, held: Collection[str]) -> str:
    each._db_current_indicator = each.revision in held
    head = each.cmd_format(False, include_branches=True, tree_indicators=False)
    needed = f" (depends on {', '.join(each.resolved_dependencies)})" if each.dependencies else ""
    return f"{head}{needed}, {_message(each)}"


def _mermaid(revisions: list[Script], held: Collection[str]) -> Iterator[str]:
    # Ids may be keywords of Mermaid.
    nodes = {each.revision: f"r{number}" for number, each in enumerate(revisions)}
    yield "flowchart BT"
    for each in revisions:
        lines = [each.revision, *_labels(each), _message(each)]
        label = "<br>".join(
            "".join(_MERMAID_SIGNS.get(sign, sign) for sign in one) for one in lines
        )
        yield f'    {nodes[each.revision]}["{label}"]'
    for below, above, is_dependency in _edges(revisions):
        yield f"    {nodes[below]} {'-.->' if is_dependency else '-->'} {nodes[above]}"
    for word, color, names in _colored(revisions, held):
        yield f"    classDef {word} fill:{color}"
        yield f"    class {','.join(nodes[name] for name in names)} {word}"


def _svg(revisions: list[Script], held: Collection[str]) -> Iterator[str]:
    # Imported here because only one format needs it.
    from idiolect.commands.svg import svg_lines

    return svg_lines(revisions, _fills(revisions, held))


def _fills(revisions: list[Script], held: Collection[str]) -> dict[str, str]:
    return {name: color for _word, color, names in _colored(revisions, held) for name in names}


def _dot(revisions: list[Script], held: Collection[str]) -> Iterator[str]:
    fills = _fills(revisions, held)
    yield "digraph revisions {"
    yield "    rankdir=BT"
    yield "    node [shape=box]"
    for each in revisions:
        label = "\\n".join(map(_escaped, [each.revision, *_labels(each), _message(each)]))
        fill = fills.get(each.revision)
        style = f', style=filled, fillcolor="{fill}"' if fill else ""
        yield f'    "{_escaped(each.revision)}" [label="{label}"{style}]'
    for below, above, is_dependency in _edges(revisions):
        style = " [style=dashed]" if is_dependency else ""
        yield f'    "{_escaped(below)}" -> "{_escaped(above)}"{style}'
    yield "}"


def _edges(revisions: list[Script]) -> Iterator[tuple[str, str, bool]]:
    """Yield the earlier and the later revision of each edge, and whether it is a dependency."""
    for each in reversed(revisions):
        for below in each.parents:
            yield below, each.revision, False
        for below in each.resolved_dependencies:
            yield below, each.revision, True


def _colored(
    revisions: list[Script], held: Collection[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the meaning of a colour, the colour, and the ids; later ones override earlier ones."""
    groups = (
        ("head", _HEAD_COLOR, [each.revision for each in revisions if each.is_head]),
        ("current", _CURRENT_COLOR, [each.revision for each in revisions if each.revision in held]),
    )
    yield from (group for group in groups if group[2])


def _labels(each: Script) -> list[str]:
    return [f"({', '.join(sorted(each.own_labels))})"] if each.own_labels else []


def _message(each: Script) -> str:
    return " ".join(each.doc.split())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


_WRITERS: Final[dict[str, Callable[[list[Script], Collection[str]], Iterator[str]]]] = {
    "text": _text,
    "mermaid": _mermaid,
    "dot": _dot,
    "svg": _svg,
}
#: The supported formats.
FORMATS: Final = (*_WRITERS, "json")

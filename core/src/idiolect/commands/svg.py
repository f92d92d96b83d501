"""Draws the revision graph as SVG.

Used by the command ``graph``. Each revision has a row, latest first; edges to its parents run in
separate columns. Needs only the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idiolect.script.script import Script

#: In pixels: column width, row height, margin, radius of a circle, width of a letter.
_COLUMN, _ROW, _MARGIN, _RADIUS, _LETTER = 20, 28, 20, 6, 8
_STYLE: Final = (
    "text{font:13px monospace;fill:#1f2937}path{fill:none;stroke:#6b7280;stroke-width:1.5}"
    "circle{stroke:#1f2937;stroke-width:1.5}.needs{stroke-dasharray:4 3}"
)


@dataclass(slots=True)
class _Lane:
    """An edge to a revision that has not been drawn yet.

    Attributes:
        target: the revision.
        column: its column on the last row.
    """

    target: str
    column: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """Positions, in columns and rows.

    Attributes:
        places: column and row of each revision.
        parts: the segments of edges between two rows: column on the upper row, column on the
            lower row, lower row.
        width: the number of columns.
    """

    places: dict[str, tuple[int, int]]
    parts: list[tuple[int, int, int]]
    width: int


def svg_lines(revisions: list[Script], fills: Mapping[str, str]) -> Iterator[str]:
    """Yield the picture, line by line.

    Args:
        revisions: latest first, each before its parents.
        fills: the colours of revisions by id; others are white.
    """
    layout = _laid_out(revisions)
    texts = [_caption(each) for each in revisions]
    text_x = _MARGIN + layout.width * _COLUMN
    width = text_x + max(map(len, texts), default=0) * _LETTER + _MARGIN
    height = 2 * _MARGIN + max(len(revisions) - 1, 0) * _ROW
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="Graph of revisions">'
    )
    yield f"<style>{_STYLE}</style>"
    yield f'<rect width="{width}" height="{height}" fill="white"/>'
    yield from (_part(*each) for each in layout.parts)
    yield from _needs(revisions, layout.places)
    for each, text in zip(revisions, texts, strict=True):
        x, y = _point(*layout.places[each.revision])
        fill = fills.get(each.revision, "white")
        yield f"<g><title>{escape(each.longdoc)}</title>"
        yield f'<circle cx="{x}" cy="{y}" r="{_RADIUS}" fill="{fill}"/>'
        yield f'<text x="{text_x}" y="{y + 4}">{escape(text)}</text></g>'
    yield "</svg>"


def _laid_out(revisions: list[Script]) -> _Layout:
    places: dict[str, tuple[int, int]] = {}
    parts: list[tuple[int, int, int]] = []
    lanes: list[_Lane] = []
    width = 1
    for row, each in enumerate(revisions):
        leading = [at for at, lane in enumerate(lanes) if lane.target == each.revision]
        at = leading[0] if leading else len(lanes)
        kept = [lane for number, lane in enumerate(lanes) if number not in leading[1:]]
        columns = {id(lane): number for number, lane in enumerate(kept)}
        for lane in lanes:
            column = columns.get(id(lane), at)
            parts.append((lane.column, column, row))
            lane.column = column
        places[each.revision] = at, row
        lanes = kept
        lanes[at : at + 1] = [_Lane(parent, at) for parent in each.parents]
        width = max(width, len(kept), at + 1)
    return _Layout(places, parts, width)


def _part(upper: int, lower: int, row: int) -> str:
    """Return a segment from one row to the next."""
    (x, y), (to_x, to_y) = _point(upper, row - 1), _point(lower, row)
    if x == to_x:
        return f'<path d="M{x} {y}V{to_y}"/>'
    middle = (y + to_y) // 2
    return f'<path d="M{x} {y}C{x} {middle} {to_x} {middle} {to_x} {to_y}"/>'


def _needs(revisions: list[Script], places: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """Yield the edges to dependencies that are not parents."""
    for each in revisions:
        for below in each.resolved_dependencies:
            (x, y), (to_x, to_y) = _point(*places[each.revision]), _point(*places[below])
            aside = max(x, to_x) + _COLUMN // 2
            yield (
                f'<path class="needs" d="M{x} {y}C{aside} {y + _ROW} {aside} {to_y - _ROW} '
                f'{to_x} {to_y}"/>'
            )


def _point(column: int, row: int) -> tuple[int, int]:
    return _MARGIN + column * _COLUMN, _MARGIN + row * _ROW


def _caption(each: Script) -> str:
    labels = f" ({', '.join(sorted(each.own_labels))})" if each.own_labels else ""
    return f"{each.revision}{labels}  {' '.join(each.doc.split())}"

"""graph: the output in each format, and which options query the database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal


def test_a_line(linear: Terminal) -> None:
    """Without branches each revision is one line, latest first; the database is not queried."""
    said = linear.run("graph")

    assert ["* c333 (head), the third", "* b222, the second", "* a111, the first"] == said.lines
    assert linear.tables() is None


def test_branches_and_merges(branched: Terminal) -> None:
    """Lines part at a merge and join at a branch point."""
    branched.revision("e555", ("c333", "d444"), "merge")

    assert [
        "* e555 (side) (head), merge",
        "|\\",
        "* | c333, the third",
        "* | b222, the second",
        "| * d444 (side), the side",
        "|/",
        "* a111, the first",
    ] == branched.run("graph").lines


def test_a_line_that_crosses_others(linear: Terminal) -> None:
    """A branch that joins further left runs beneath the lines between."""
    linear.revision("d444", "a111", "left")
    linear.revision("o111", None, "other")
    linear.revision("o222", "o111", "other head")
    linear.revision("z999", ("o222", "a111"), "over")

    lines = linear.run("graph").lines

    assert 7 == sum("*" in line for line in lines)
    assert "|_|/" in lines
    assert "* a111, the first" == lines[-1][lines[-1].index("*") :]


def test_roots_end_their_line(terminal: Terminal) -> None:
    """A base ends its column, and the columns on its right move up."""
    terminal.make_project()
    terminal.revision("a1", None)
    terminal.revision("b1", None)
    terminal.revision("b2", "b1", depends_on="a1")
    terminal.revision("m1", ("a1", "b2"))

    lines = terminal.run("graph").lines

    assert "* m1 (head), make m1" == lines[0]
    assert any("b2 (depends on a1), make b2" in line for line in lines)
    assert 4 == sum("*" in line for line in lines)


def test_mermaid(branched: Terminal) -> None:
    """Nodes have generated names, labels are escaped, and arrows point up."""
    branched.revision("e555", ("c333", "d444"), 'the "fifth" <one>', depends_on="a111")

    assert [
        "flowchart BT",
        '    r0["e555<br>the #quot;fifth#quot; #lt;one#gt;"]',
    ] == branched.run("graph", "--format", "mermaid").lines[:2]
    assert {
        "    r4 --> r2",
        "    r4 --> r3",
        "    r4 -.-> r0",
        "    r3 --> r0",
        "    class r0 head",
    } <= {*branched.run("graph", "--format", "mermaid").lines}


def test_dot(branched: Terminal) -> None:
    """Ids and labels are quoted; dependencies are dashed."""
    branched.revision("e555", "c333", 'a "quoted" \\\\ word', depends_on="d444")

    lines = branched.run("graph", "--format", "dot").lines

    assert ("digraph revisions {", "}") == (lines[0], lines[-1])
    assert {
        '    "a111" [label="a111\\nthe first"]',
        '    "d444" [label="d444\\n(side)\\nthe side", style=filled, fillcolor="#dbeafe"]',
        '    "c333" -> "e555"',
        '    "d444" -> "e555" [style=dashed]',
    } <= {*lines}
    assert any('a \\"quoted\\" \\\\ word' in line for line in lines)


def picture(terminal: Terminal, *words: str) -> ET.Element:
    """Return what is drawn as SVG, read back."""
    text = terminal.run("graph", "--format", "svg", *words).out
    return ET.fromstring(text.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def test_svg(branched: Terminal) -> None:
    """A circle and a line of text for each revision, and every line ends at a circle."""
    branched.revision("e555", ("c333", "d444"), 'the "fifth" <one>')
    branched.revision("f666", "e555", depends_on="a111")

    drawn = picture(branched)

    texts = [each.text for each in drawn.iter("text")]
    assert ["f666  make f666", 'e555  the "fifth" <one>'] == texts[:2]
    assert "d444 (side)  the side" in texts
    places = {(each.get("cx"), each.get("cy")) for each in drawn.iter("circle")}
    assert 6 == len(places)
    (needs,) = [each for each in drawn.iter("path") if each.get("class") == "needs"]
    x, y, to_x, to_y = re.findall(r"^M(\d+) (\d+)C.* (\d+) (\d+)$", needs.get("d", ""))[0]
    assert {(x, y), (to_x, to_y)} <= places
    # Whatever begins or ends on the row of the merge or of the branch point is at its circle.
    rows = {each.get("cy"): each.get("cx") for each in drawn.iter("circle")}
    fifth, first = sorted(rows, key=lambda each: int(each or 0))[1::4]
    curves = [
        re.findall(r"^M(\d+) (\d+)(?:C\d+ \d+ \d+ \d+ (\d+) |V)(\d+)$", each.get("d", ""))[0]
        for each in drawn.iter("path")
    ]
    assert {rows[fifth]} == {begin for begin, row, _end, _to in curves if row == fifth}
    assert {rows[first]} == {end or begin for begin, _row, end, to in curves if to == first}


def test_svg_marks_heads_and_what_the_database_is_at(linear: Terminal) -> None:
    """In the colours of the other formats."""
    linear.run("upgrade", "b222")

    fills = [each.get("fill") for each in picture(linear, "--current").iter("circle")]

    assert ["#dbeafe", "#bbf7d0", "white"] == fills


def test_svg_of_nothing(terminal: Terminal) -> None:
    """An empty history is an empty picture."""
    terminal.make_project()

    assert [] == list(picture(terminal).iter("circle"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text", "* b222 (current), the second"),
        ("mermaid", "    class r1 current"),
        ("dot", '    "b222" [label="b222\\nthe second", style=filled, fillcolor="#bbf7d0"]'),
    ],
)
def test_current_is_marked_where_asked(linear: Terminal, kind: str, expected: str) -> None:
    """The database is queried only with --current."""
    linear.run("upgrade", "b222")

    assert expected in linear.run("graph", "--format", kind, "--current").lines
    assert expected not in linear.run("graph", "--format", kind).lines


def test_an_unknown_format_is_refused(linear: Terminal) -> None:
    """The message lists the known formats."""
    said = linear.run("graph", "--format", "png")

    assert 1 == said.status
    expected = "expected 'text', 'mermaid', 'dot', 'svg' or 'json'"
    assert f"Unknown format 'png'; {expected}" in said.err

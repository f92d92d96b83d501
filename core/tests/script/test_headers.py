"""What a revision file declares, read from its text."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from idiolect.errors import ScriptError
from idiolect.script import headers
from idiolect.script.headers import RevisionHeader, parse_header, read_header
from idiolect.util.pyfiles import load_python_file

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = '''"""first line

Revision ID: b
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# identifiers
revision: str = 'b'
down_revision: Union[str, Sequence[str], None] = 'a'
branch_labels: Union[str, Sequence[str], None] = ('x', 'y')
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.drop_table("t")
'''

FIRST = "revision = 'b'\ndown_revision = 'a'\n"
FOUND = RevisionHeader("b", "a", None, None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            PLAIN,
            RevisionHeader("b", "a", ("x", "y"), None, "first line\n\nRevision ID: b\n"),
            id="template",
        ),
        pytest.param(FIRST, FOUND, id="nothing-but-ids"),
        pytest.param('revision = "b"  # c\ndown_revision = "a"', FOUND, id="comment-no-eol"),
        pytest.param(
            f"# -*- x -*-\n\n'''d\"oc'''\n{FIRST}@decorated\n",
            RevisionHeader("b", "a", None, None, 'd"oc'),
            id="comment-docstring-decorator",
        ),
        pytest.param(
            "revision = 'b'\ndown_revision = (\n    'a',\n    'c',\n)\ndepends_on = ['q']\n",
            RevisionHeader("b", ("a", "c"), None, ["q"], None),
            id="tuple-over-lines",
        ),
        pytest.param(
            "revision = 'b'\ndown_revision = ('a')\n", FOUND, id="parentheses-are-no-tuple"
        ),
        pytest.param(
            f"{FIRST}import os, re as r\nfrom x.y import z  # noqa\nclass A: pass\n",
            FOUND,
            id="imports",
        ),
    ],
)
def test_plain_header(text: str, expected: RevisionHeader) -> None:
    """The common forms are read without Python's parser."""
    assert headers._plain_header(text) == expected
    assert parse_header(text, "x.py") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f'"""a\ndef of things\nclass of things\n"""\n{FIRST}',
            RevisionHeader("b", "a", None, None, "a\ndef of things\nclass of things\n"),
            id="docstring-lines-begin-like-code",
        ),
        pytest.param(f"def upgrade():\n    pass\n\n\n{FIRST}", FOUND, id="header-after-functions"),
        pytest.param(f"revision = 'x'\n{FIRST}", FOUND, id="assigned-twice-the-last-wins"),
        pytest.param(
            f"{FIRST}def upgrade(): pass\n\nrevision = 'c'\n",
            RevisionHeader("c", "a", None, None, None),
            id="assigned-again-at-the-end",
        ),
        pytest.param(f"X = 1\n{FIRST}LIMIT = 5\n", FOUND, id="constants"),
        pytest.param(f"from x import (\n    y,\n    z,\n)\n{FIRST}", FOUND, id="import-over-lines"),
        pytest.param(
            f'"""C:\\\\new \\u00e9 \\"\\"\\""""\n{FIRST}',
            RevisionHeader("b", "a", None, None, 'C:\\new é """'),
            id="docstring-with-escapes",
        ),
        pytest.param(
            f"'one'\n{FIRST}", RevisionHeader("b", "a", None, None, "one"), id="one-quote"
        ),
        pytest.param(
            "revision = 'b' 'c'\ndown_revision = None\n",
            RevisionHeader("bc", None, None, None, None),
            id="joined-strings",
        ),
        pytest.param(
            f'{FIRST}Q = """\nrevision = \'no\'\n"""\n', FOUND, id="assignment-inside-a-string"
        ),
        pytest.param(
            f"{FIRST}def upgrade(:\n", FOUND, id="syntax-error-below-the-header-is-not-looked-at"
        ),
    ],
)
def test_parsed_header(text: str, expected: RevisionHeader) -> None:
    """Uncommon forms are read as Python reads them."""
    assert parse_header(text, "x.py") == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("revision = 'b'\ndown_revision = BASE\n", id="a-name"),
        pytest.param("revision, down_revision = 'b', None\n", id="unpacking"),
        pytest.param(f"{FIRST}if X:\n    revision = 'c'\n", id="condition"),
        pytest.param(f"{FIRST}from x import *\n", id="star"),
        pytest.param(f"{FIRST}from x import y as down_revision\n", id="import-as"),
        pytest.param("from x import revision\ndown_revision = None\n", id="import"),
        pytest.param(f"{FIRST}revision += 'c'\n", id="augmented"),
        pytest.param(f"{FIRST}del revision\n", id="del"),
        pytest.param(f"{FIRST}globals()['revision'] = 'c'\n", id="globals"),
        pytest.param(f"{FIRST}def upgrade(): pass\nexec('revision = 5')\n", id="exec"),
        pytest.param("down_revision = None\n", id="no-id"),
        pytest.param("", id="empty"),
    ],
)
def test_only_running_tells(text: str) -> None:
    """Headers that cannot be determined from the text are left to executing the file."""
    assert parse_header(text, "x.py") is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"revision = 'a'\n\0", ["null bytes", "UTF-8"], id="null-bytes"),
        pytest.param(b"'''\xe9'''\n" + FIRST.encode(), ["not utf-8 text", "coding"], id="latin-1"),
        pytest.param(b"# coding: nope\n" + FIRST.encode(), ["nope"], id="unknown-coding"),
        pytest.param(b"revision = = 'a'\n", ["not valid Python", "line 1"], id="syntax"),
        pytest.param(
            b"<<<<<<< HEAD\nrevision = 'a'\n=======\nrevision = 'b'\n>>>>>>> x\n" + FIRST.encode(),
            ["merge conflict", "line 1"],
            id="conflict",
        ),
        pytest.param(
            b'"""d\n<<<<<<< HEAD\nRevises: a\n=======\n>>>>>>> x\n"""\n' + FIRST.encode(),
            ["merge conflict", "line 2"],
            id="conflict-in-the-docstring",
        ),
        pytest.param(b"revision = 5\ndown_revision = None\n", ["revision = 5"], id="number"),
        pytest.param(b"revision = ''\ndown_revision = None\n", ["not empty"], id="empty-id"),
        pytest.param(
            b"revision = None\ndown_revision = None\n",
            ["declares revision = None; expected a string", "in its name"],
            id="no-id",
        ),
        pytest.param(
            b"revision = 'a',\ndown_revision = None\n",
            ["declares revision = ('a',)", "Write revision = 'a', without the comma"],
            id="comma-after-the-id",
        ),
        pytest.param(
            b"revision = 'a'\ndown_revision = 12\n",
            ["declares down_revision = 12; expected None, a string", "in quotes: '12'"],
            id="number-below",
        ),
        pytest.param(
            b"revision = 'a'\ndown_revision = ('b', None)\n",
            ["declares down_revision = ('b', None); expected None, a string", "tuple of such"],
            id="none-among-those-below",
        ),
        pytest.param(b"revision = 'a'\ndown_revision = ''\n", ["down_revision"], id="empty-down"),
        pytest.param(b"revision = 'a'\ndown_revision = {'b': 1}\n", ["tuple"], id="dict"),
        pytest.param(
            FIRST.encode() + b"branch_labels = ('x', None)\n", ["branch_labels"], id="none-label"
        ),
    ],
)
def test_broken_file(tmp_path: Path, data: bytes, words: list[str]) -> None:
    """A file that cannot be used is named, with what is wrong."""
    path = tmp_path / "x.py"
    path.write_bytes(data)

    with pytest.raises(ScriptError) as caught:
        read_header(str(path))

    assert [word for word in [str(path), *words] if word not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("data", "doc"),
    [
        pytest.param(b"# coding: latin-1\n'''\xe9'''\n", "\xe9", id="declared-coding"),
        pytest.param(b"#!x\n# vim: set fileencoding=latin-1 :\n'''\xe9'''\n", "\xe9", id="vim"),
        pytest.param(b"\xef\xbb\xbf'''\xc3\xa9'''\n", "\xe9", id="byte-order-mark"),
        pytest.param(b"'''a\r\nb\rc'''\r\n", "a\nb\nc", id="line-ends"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, doc: str) -> None:
    """Text is decoded as Python decodes it."""
    path = tmp_path / "x.py"
    path.write_bytes(data + FIRST.encode())

    assert read_header(str(path)) == RevisionHeader("b", "a", None, None, doc)


def test_missing_file(tmp_path: Path) -> None:
    """The error names a missing file."""
    with pytest.raises(ScriptError, match="gone"):
        read_header(str(tmp_path / "gone.py"))


@pytest.mark.parametrize("heading", ["Title\n=======", "a <<<<<<< b", ">>>>>> six"])
def test_no_conflict(heading: str) -> None:
    """Lines that merely look like conflict markers are text."""
    text = f'"""{heading}\n"""\n{FIRST}'

    assert parse_header(text, "x.py") == RevisionHeader("b", "a", None, None, f"{heading}\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"X = 1\n{FIRST}LIMIT = 5\n", id="constants"),
        pytest.param(f"{FIRST}def upgrade(): pass\nrevision = 'c'\n", id="assigned-twice"),
        pytest.param(f'{FIRST}Q = """\nrevision = 5\n"""\n', id="string"),
        pytest.param(
            "revision = 'b'\ndown_revision = ('a', 'c')\nbranch_labels = {'q'}\n", id="set"
        ),
        pytest.param(f'"""\\x41 \\N{{BULLET}}\\\nb"""\n{FIRST}', id="escapes"),
    ],
)
def test_reads_what_running_gives(tmp_path: Path, text: str) -> None:
    """Reading a file and running it give the same."""
    path = tmp_path / "x.py"
    path.write_text(text, encoding="utf-8")
    module = load_python_file(tmp_path, "x.py")

    assert read_header(str(path)) == headers.header_of_module(module, str(path))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'"""match \\d"""\n{FIRST}', id="docstring"),
        pytest.param(f"{FIRST}PATTERN = '\\d'\nif PATTERN: pass\n", id="whole-file"),
    ],
)
def test_reading_warns_of_nothing(text: str) -> None:
    """Python's warnings about a file are issued when it runs, not each time it is read."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        header = parse_header(text, "x.py")

    assert header is not None
    assert [] == caught


@pytest.mark.parametrize(
    ("lines", "labels", "dependencies"),
    [
        pytest.param("branch_labels = ''\ndepends_on = ''\n", None, None, id="empty-text"),
        pytest.param("branch_labels = ('',)\ndepends_on = ['']\n", None, None, id="empty-element"),
        pytest.param("branch_labels = ('', 'x')\n", ("x",), None, id="one-of-two"),
    ],
)
def test_empty_labels_and_dependencies(
    tmp_path: Path, lines: str, labels: object, dependencies: object
) -> None:
    """They are ignored, because histories that declare them work with Alembic."""
    path = tmp_path / "x.py"
    path.write_text(f"{FIRST}{lines}")
    header = read_header(str(path))

    assert header is not None
    assert (labels, dependencies) == (header.branch_labels, header.depends_on)

"""New revision files: their contents, invalid requests, and safe messages."""

from __future__ import annotations

import ast
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.errors import CommandError, ScriptError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Environment

MESSAGES = [
    pytest.param("plain words", id="plain"),
    pytest.param("don't", id="apostrophe"),
    pytest.param('he said "yes"', id="ends-in-a-quote"),
    pytest.param('"quoted" start', id="begins-with-a-quote"),
    pytest.param('x"""y', id="triple-quotes"),
    pytest.param("x'''y", id="triple-apostrophes"),
    pytest.param('"""', id="nothing-but-triple-quotes"),
    pytest.param('"""\nimport os; raise SystemExit(9)\n"""', id="code-after-quotes"),
    pytest.param("back\\", id="ends-in-a-backslash"),
    pytest.param("C:\\new\\table \\x \\N{no} \\d", id="backslashes"),
    pytest.param("one\ntwo\n\nthree", id="newlines"),
    pytest.param("x\nraise SystemExit(9)", id="code-on-a-new-line"),
    pytest.param("%s %(rev)s 100%", id="percent"),
    pytest.param("${1/0} <% raise SystemExit(9) %>\n% if x:\n## y", id="mako"),
    pytest.param("{revision!r}", id="braces"),
    pytest.param("emoji \N{GRINNING FACE} \u00fc \u4e2d", id="emoji"),
    pytest.param("a\x00b\x07c\x1bd\x7fe\x85f\u2028g", id="control-characters"),
    pytest.param("a\rb\r\nc\td\fe\vf", id="line-ends"),
    pytest.param("not utf-8 \udcff", id="surrogate"),
    pytest.param("long " * 3000, id="over-long"),
    pytest.param("# coding: latin-1", id="coding-line"),
    pytest.param("<<<<<<< HEAD", id="conflict-marker-in-mid-line"),
]

COMMENT = """\
# ${message}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
def upgrade(): pass
"""


@pytest.mark.parametrize("message", MESSAGES)
def test_message_reads_back(environment: Environment, message: str) -> None:
    """With any message the file can be loaded, and its docstring starts with the message."""
    made: Any = environment.open().generate_revision("abc", message)

    read = environment.open().get_revision("abc")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        doc = read.module.__doc__
    assert doc is not None
    expected = message.encode("utf-8", "backslashreplace").decode("utf-8")
    longdoc = read.longdoc
    assert longdoc is not None
    assert made.longdoc == longdoc
    if sys.version_info >= (3, 13):
        # Its compiler writes a docstring's tabs as blanks.
        expected, longdoc = expected.expandtabs(), longdoc.expandtabs()
    assert doc[: len(expected)] == expected
    assert doc.strip() == longdoc
    assert callable(read.module.upgrade)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize(
    "template",
    [
        pytest.param(COMMENT, id="comment"),
        pytest.param('r"""' + "${message}\n" + '"""\n' + COMMENT, id="raw-docstring-and-comment"),
        pytest.param("'''${message}'''\n" + COMMENT, id="apostrophes-and-comment"),
    ],
)
def test_message_is_never_code(environment: Environment, template: str, message: str) -> None:
    """In any docstring or comment of a template, a message adds no code."""
    (environment.folder / "script.py.mako").write_text(template)

    environment.open().generate_revision("abc", message)

    (name,) = environment.names()
    tree = ast.parse((environment.versions / name).read_bytes())
    code = [node for node in tree.body if not isinstance(node, ast.Expr)]
    assert ["Assign", "Assign", "FunctionDef"] == [type(node).__name__ for node in code]
    assert environment.open().get_heads() == ["abc"]


def test_message_as_code_is_refused(environment: Environment) -> None:
    """A template that turns the message into code is rejected, and nothing is written."""
    (environment.folder / "script.py.mako").write_text("${message}\n" + COMMENT)

    with pytest.raises(ScriptError, match="neither a docstring nor a comment"):
        environment.open().generate_revision("abc", "import os\nos.abort()  # 'x'")

    assert environment.names() == []


@pytest.mark.parametrize(
    ("rev", "words"),
    [
        pytest.param("a/b", "holds '/'", id="separator"),
        pytest.param("a\\b", "which a file name cannot", id="backslash"),
        pytest.param("..", "holds '..'", id="dots"),
        pytest.param("/etc/x", "holds '/'", id="absolute"),
        pytest.param("a b", "holds ' '", id="space"),
        pytest.param('x"""', "holds '\"'", id="quotes"),
        pytest.param("a\nb", "holds", id="newline"),
        pytest.param("", "empty", id="empty"),
        pytest.param("head", "symbol", id="symbol"),
        pytest.param("a-b", r"Character\(s\) '-' not allowed", id="dash"),
        pytest.param("taken", "exists already", id="exists"),
        pytest.param("x" * 300, "name too long", id="over-long"),
    ],
)
def test_refused_id(environment: Environment, rev: str, words: str) -> None:
    """An id that is taken or not usable in a file name is rejected before anything is written."""
    environment.revision("taken")
    before = sorted(environment.folder.rglob("*"))

    with pytest.raises(CommandError, match=words):
        environment.open().generate_revision(rev, "m")

    assert sorted(environment.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"head": "a1"}, "a1 is not a head revision; please specify --splice", id="no"),
        pytest.param({"head": ["b1", "b1"]}, "Duplicate head revisions", id="twice"),
        pytest.param({"head": "zzzz"}, "Can't locate revision identified by 'zzzz'", id="unknown"),
        pytest.param({}, r"Multiple heads are present; .*heads are: b1, c1", id="several"),
        pytest.param({"depends_on": "zzzz", "head": "b1"}, "Can't locate", id="dependency"),
        pytest.param(
            {"branch_labels": "lab", "head": "b1"},
            "Branch name 'lab' in revision new already used by revision c1",
            id="label",
        ),
        pytest.param({"branch_labels": "a1", "head": "b1"}, "already used by", id="label-is-an-id"),
        pytest.param(
            {"version_path": "foo/bar/", "head": "b1"},
            "Path foo/bar is not represented in current version locations",
            id="version-path",
        ),
        pytest.param({"file_template": "../%(rev)s", "head": "b1"}, "outside", id="outside"),
        pytest.param({"file_template": "%(no)s", "head": "b1"}, "unknown token 'no'", id="token"),
        pytest.param({"file_template": "%(rev", "head": "b1"}, "malformed", id="malformed"),
        pytest.param({"file_template": "a1_", "head": "b1"}, "exists already", id="file-exists"),
        pytest.param({"file_template": "__init__", "head": "b1"}, "file_template", id="init"),
    ],
)
def test_refused_request(environment: Environment, options: dict[str, Any], words: str) -> None:
    """Invalid requests raise errors, and no file is left, new or changed."""
    environment.revision("a1")
    environment.revision("b1", "a1")
    environment.revision("c1", "a1", "branch_labels = ('lab',)\n")
    before = {name: (environment.versions / name).read_bytes() for name in environment.names()}

    with pytest.raises(CommandError, match=words):
        environment.open().generate_revision("new", "m", **options)

    assert {
        name: (environment.versions / name).read_bytes() for name in environment.names()
    } == before


def test_template_without_labels(environment: Environment) -> None:
    """A template that omits branch labels is rejected, and its file deleted."""
    (environment.folder / "script.py.mako").write_text(COMMENT)

    with pytest.raises(CommandError, match="have you upgraded your script"):
        environment.open().generate_revision("abc", "m", branch_labels="x")

    assert environment.names() == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        pytest.param(None, "does not exist", id="missing"),
        pytest.param("<% z = x + y %>", "Template rendering failed; see .+ for a", id="broken"),
        pytest.param("${", "Template rendering failed", id="syntax"),
    ],
)
def test_unusable_template(environment: Environment, template: str | None, words: str) -> None:
    """A template that is missing or cannot be rendered is named."""
    path = environment.folder / "script.py.mako"
    path.unlink()
    if template is not None:
        path.write_text(template)

    with pytest.raises(ScriptError, match=words) as caught:
        environment.open().generate_revision("abc", "m")

    assert str(path) in str(caught.value)
    assert environment.names() == []


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        pytest.param(
            {}, ["Revises: b1", "down_revision: str | Sequence[str] | None = 'b1'"], id="head"
        ),
        pytest.param({"head": "base"}, ["Revises: ", "= None"], id="base"),
        pytest.param(
            {"head": ("a1", "b1"), "splice": True},
            ["Revises: a1, b1", "down_revision: str | Sequence[str] | None = ('a1', 'b1')"],
            id="merge",
        ),
        pytest.param(
            {"depends_on": "roo"}, ["depends_on: str | Sequence[str] | None = 'root'"], id="partial"
        ),
        pytest.param(
            {"depends_on": ["lab", "a1"]},
            ["depends_on: str | Sequence[str] | None = ['lab', 'a1']"],
            id="label-stays",
        ),
        pytest.param(
            {"branch_labels": "x"},
            ["branch_labels: str | Sequence[str] | None = ('x',)"],
            id="label",
        ),
        pytest.param(
            {"upgrades": "op.x()", "imports": "import os"}, ["    op.x()", "import os"], id="names"
        ),
    ],
)
def test_written_text(environment: Environment, options: dict[str, Any], lines: list[str]) -> None:
    """The file has the requested contents."""
    environment.revision("root")
    environment.revision("a1", "root")
    environment.revision("b1", "a1", "branch_labels = 'lab'\n")

    made: Any = environment.open().generate_revision("new", "m", **options)

    text = made._script_path.read_text()
    assert [line for line in lines if line not in text] == []


def test_graph_is_updated(environment: Environment) -> None:
    """A new revision is part of the graph at once, and of the next reading."""
    directory = environment.open()
    directory.generate_revision("a1", None)
    made: Any = directory.generate_revision("b1", "second")

    assert (directory.get_heads(), directory.get_revision("a1").nextrev) == (
        ["b1"],
        frozenset({"b1"}),
    )
    assert (made.doc, directory.get_revision("a1").doc) == ("second", "empty message")
    assert environment.open().get_heads() == ["b1"]


def test_several_locations(environment: Environment, tmp_path: Path) -> None:
    """A file is written to the requested location, or to that of its head."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    directory = environment.open(version_locations=[one, two])
    with pytest.raises(CommandError, match="please specify --version-path"):
        directory.generate_revision("a1", "m")

    first: Any = directory.generate_revision("a1", "m", version_path=f"{two}/")
    second: Any = directory.generate_revision("b1", "m", file_template="deep/%(rev)s")
    third: Any = directory.generate_revision("c1", "m")

    paths = [script._script_path for script in (first, second, third)]
    assert paths == [two / "a1_m.py", two / "deep" / "b1.py", two / "c1_m.py"]


def test_a_message_that_the_locale_could_not_read(environment: Environment) -> None:
    """It is UTF-8 nevertheless; what is not is written as bytes that can be read."""
    for name, data, expected in [
        ("one", "Füße".encode(), "Füße"),
        ("two", "Füße".encode("latin-1"), r"F\udcfc\udcdfe"),
    ]:
        message = data.decode("ascii", "surrogateescape")
        script = environment.open().generate_revision(name, message, head="base")
        assert script is not None
        assert expected == script.doc


def test_a_location_inside_of_another(environment: Environment, tmp_path: Path) -> None:
    """A file is created next to its head, in the inner one of two locations."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    directory = environment.open(
        version_locations=[tmp_path / "outer", inner], recursive_version_locations=False
    )
    directory.generate_revision("a1", "m", version_path=inner)

    second: Any = directory.generate_revision("b1", "m")

    assert inner / "b1_m.py" == second._script_path


def test_encoding_that_python_does_not_expect(environment: Environment) -> None:
    """A file that Python could not read is not written; with a declaration in it, it is."""
    directory = environment.open(output_encoding="latin-1")
    with pytest.raises(ScriptError, match="# coding: latin-1"):
        directory.generate_revision("abc", "\u00fc")
    left = environment.names()

    template = environment.folder / "script.py.mako"
    template.write_text("# coding: ${'latin-1'}\n" + template.read_text())
    made: Any = directory.generate_revision("abc", "\u00fc")

    assert ([], "\u00fc") == (left, made.doc)


def test_encoding_that_lacks_a_character(environment: Environment) -> None:
    """The error for a message that cannot be encoded names the option."""
    directory = environment.open(output_encoding="ascii")

    with pytest.raises(ScriptError, match="output_encoding"):
        directory.generate_revision("abc", "\u4e2d")

    assert environment.names() == []


def test_unwritable_folder(environment: Environment) -> None:
    """The error names a versions folder that cannot be created."""
    environment.versions.rmdir()
    environment.versions.write_text("a file")

    with pytest.raises(CommandError, match="versions"):
        environment.open().generate_revision("abc", "m")


def test_progress_is_printed(
    generate: Callable[..., Any], environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path is printed when the file is complete, unless -q is given."""
    generate("a1")
    assert capsys.readouterr().out == ""

    environment.open(messaging_opts={}).generate_revision("b1", "m")

    assert f"Generating {environment.versions / 'b1_m.py'} ...  done" in capsys.readouterr().out

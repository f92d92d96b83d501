"""A revision file: when it runs, and how it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idiolect.errors import ScriptError
from idiolect.script.script import Script
from idiolect.util.pyfiles import load_python_file

if TYPE_CHECKING:
    from .conftest import Environment


def test_runs_when_its_module_is_asked_for(environment: Environment) -> None:
    """A file with a plain header runs on first use of its module, once."""
    path = environment.revision("a1", None, "open(__file__ + '.ran', 'a').close()\nX = [1]\n")
    script = environment.open().get_revision("a1")
    before = path.with_name("a1_.py.ran").exists()

    assert (before, script.module.X) == (False, [1])
    assert script.module is script.module
    assert path.with_name("a1_.py.ran").exists()


def test_syntax_error_is_told_by_the_module(environment: Environment) -> None:
    """A file invalid below its header is part of the graph; loading it says where it is invalid."""
    path = environment.revision("a1", None, "def upgrade(:\n")
    script = environment.open().get_revision("a1")

    with pytest.raises(ScriptError, match="line 3") as caught:
        _ = script.module

    assert str(path) in str(caught.value)


def test_errors_of_the_file_pass(environment: Environment) -> None:
    """Errors raised by a file propagate unchanged."""
    environment.revision("a1", None, "import no_such_module_at_all\n")
    script = environment.open().get_revision("a1")

    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        _ = script.module


def test_computed_header_runs_the_file(environment: Environment) -> None:
    """A computed header is determined by executing the file."""
    environment.write("x.py", "base = 'a'\nrevision = base + '1'\ndown_revision = None\n")

    assert environment.open().get_heads() == ["a1"]


def test_from_a_module(environment: Environment) -> None:
    """The documented constructor takes an executed file."""
    path = environment.write("x.py", "'''d'''\nrevision = 'a1'\ndown_revision = ['b', 'c']\n")
    module = load_python_file(path.parent, path.name)

    script = Script(module, "a1", path)

    assert (script.module, script.path, script.doc) == (module, str(path), "d")
    assert script._versioned_down_revisions == ("b", "c")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param(
            "x.py", "pass\n", "Could not determine revision id from filename x.py. ", id="no"
        ),
        pytest.param("x.py", "down_revision = None\n", "Be sure the 'revision' variable", id="id"),
        pytest.param("x.py", "revision = 'a'\n", "declares no 'down_revision'", id="no-down"),
    ],
)
def test_undeclared(environment: Environment, name: str, text: str, words: str) -> None:
    """A file that declares too little is named, with what is missing."""
    path = environment.write(name, text)

    with pytest.raises(ScriptError, match=words) as caught:
        environment.open().get_heads()

    assert str(path) in str(caught.value)


def test_named_by_its_id(environment: Environment) -> None:
    """A file of the oldest form has its id for a name."""
    environment.write("abc12.py", "down_revision = None\n")

    assert environment.open().get_heads() == ["abc12"]


@pytest.mark.parametrize(
    ("docstring", "doc", "longdoc"),
    [
        pytest.param("", "", "", id="none"),
        pytest.param('"""a\nb\n\nc\n"""\n', "a\nb", "a\nb\n\nc", id="paragraphs"),
        pytest.param("'one'\n", "one", "one", id="line"),
        pytest.param('"""\n\n  x\n   y\n\n z"""\n', "x\n   y", "x\n   y\n\n z", id="indented"),
    ],
)
def test_doc(environment: Environment, docstring: str, doc: str, longdoc: str) -> None:
    """The message is the first paragraph of the docstring."""
    environment.write("x.py", (docstring + "revision = 'a'\ndown_revision = None\n").encode())
    script = environment.open().get_revision("a")

    assert (script.doc, script.longdoc) == (doc, longdoc)


@pytest.fixture
def scripts(environment: Environment) -> dict[str, Any]:
    """A branch point, a head that is depended on, a merge; the database at the last two."""
    doc = '"""{} message\n\nmore"""\nrevision = {!r}\ndown_revision = {!r}\n{}'
    for rev, down, extra in (
        ("a1", None, ""),
        ("b1", None, "branch_labels = 'lb'\n"),
        ("a2", "a1", "depends_on = 'b1'\n"),
        ("a3", "a1", ""),
        ("m1", ("a2", "a3"), ""),
    ):
        environment.write(f"{rev}.py", doc.format(rev, rev, down, extra).encode())
    found = {script.revision: script for script in environment.open().walk_revisions()}
    found["m1"]._db_current_indicator = found["b1"]._db_current_indicator = True
    return found


@pytest.mark.parametrize(
    ("rev", "options", "expected"),
    [
        pytest.param("a1", {}, "a1 (branchpoint)", id="branchpoint"),
        pytest.param("a1", {"tree_indicators": False}, "a1", id="no-tree"),
        pytest.param("a1", {"include_parents": True}, "<base> -> a1 (branchpoint)", id="base"),
        pytest.param("a1", {"include_doc": True}, "a1 (branchpoint), a1 message", id="doc"),
        pytest.param("b1", {}, "b1 (effective head) (current)", id="effective"),
        pytest.param(
            "b1",
            {"include_branches": True, "include_doc": True, "include_parents": True},
            "<base> -> b1 (lb) (effective head) (current), b1 message",
            id="all",
        ),
        pytest.param("a2", {"include_parents": True}, "a1 (b1) -> a2", id="dependency"),
        pytest.param("m1", {}, "m1 (head) (current) (mergepoint)", id="merge"),
        pytest.param(
            "m1",
            {"include_parents": True, "tree_indicators": False},
            "a2, a3 -> m1 (head) (current)",
            id="merge-parents",
        ),
    ],
)
def test_one_line(
    scripts: dict[str, Any], rev: str, options: dict[str, bool], expected: str
) -> None:
    """The short form is that of the documented commands."""
    assert scripts[rev].cmd_format(False, **options) == expected


@pytest.mark.parametrize(
    ("rev", "expected"),
    [
        pytest.param(
            "a1",
            "Rev: a1 (branchpoint)\nParent: <base>\nBranches into: a2, a3\nPath: {}\n\n"
            "    a1 message\n    \n    more\n",
            id="branchpoint",
        ),
        pytest.param(
            "b1",
            "Rev: b1 (head) (current)\nParent: <base>\nBranch names: lb\nPath: {}\n\n"
            "    b1 message\n    \n    more\n",
            id="label",
        ),
        pytest.param(
            "a2",
            "Rev: a2\nParent: a1\nAlso depends on: b1\nPath: {}\n\n"
            "    a2 message\n    \n    more\n",
            id="dependency",
        ),
        pytest.param(
            "m1",
            "Rev: m1 (head) (mergepoint) (current)\nMerges: a2, a3\nPath: {}\n\n"
            "    m1 message\n    \n    more\n",
            id="merge",
        ),
    ],
)
def test_several_lines(scripts: dict[str, Any], rev: str, expected: str) -> None:
    """The long form is that of the documented commands."""
    script = scripts[rev]

    assert script.cmd_format(True) == script.log_entry == expected.format(script.path)


def test_text(scripts: dict[str, Any]) -> None:
    """As a string a revision shows its parents, marks and message."""
    assert str(scripts["m1"]) == "a2, a3 -> m1 (head) (mergepoint), m1 message"
    assert str(scripts["a1"]) == "<base> -> a1 (branchpoint), a1 message"

"""Which files are revision files."""

from __future__ import annotations

import importlib.util
import py_compile
from typing import TYPE_CHECKING

import pytest

from idiolect.errors import ScriptError

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Environment

TEXT = "revision = 'a'\ndown_revision = None\n"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("x.py", True, id="plain"),
        pytest.param("a b.py", True, id="space"),
        pytest.param(".x.py", True, id="hidden"),
        pytest.param("__init__.py", False, id="init"),
        pytest.param("__init__x.py", False, id="init-something"),
        pytest.param(".#x.py", False, id="editor-lock"),
        pytest.param("x.PY", False, id="upper-case"),
        pytest.param("x.pyx", False, id="pyx"),
        pytest.param("x.py.orig", False, id="left-by-a-merge"),
        pytest.param("x.pyc", False, id="compiled"),
        pytest.param("sub/x.py", False, id="sub-folder"),
    ],
)
def test_names(environment: Environment, name: str, found: bool) -> None:
    """Python files are revisions, with a few exceptions."""
    environment.write(name, TEXT)

    assert environment.open().get_heads() == (["a"] if found else [])


def test_recursion(environment: Environment) -> None:
    """Sub-folders are searched if configured."""
    environment.write("one/two/x.py", TEXT)
    environment.write("one/__pycache__/y.py", TEXT)

    assert environment.open(recursive_version_locations=True).get_heads() == ["a"]


@pytest.mark.parametrize("where", ["beside", "cache", "both", "with-source"])
def test_sourceless(environment: Environment, where: str) -> None:
    """Compiled files without source are revisions if configured; once."""
    source = environment.write("x.py", TEXT)
    if where in {"beside", "both", "with-source"}:
        py_compile.compile(str(source), cfile=str(source.with_suffix(".pyc")))
    if where in {"cache", "both"}:
        py_compile.compile(str(source), cfile=importlib.util.cache_from_source(str(source)))
    if where != "with-source":
        source.unlink()

    assert environment.open(sourceless=True).get_heads() == ["a"]
    assert environment.open().get_heads() == (["a"] if where == "with-source" else [])


def test_other_pythons_caches_are_passed_over(environment: Environment) -> None:
    """A file compiled by another Python is none of ours."""
    environment.write("__pycache__/x.cpython-27.pyc", b"no such format")

    assert environment.open(sourceless=True).get_heads() == []


def test_location_given_twice(environment: Environment) -> None:
    """A file reached twice is taken once, with a warning."""
    path = environment.write("x.py", TEXT)
    directory = environment.open(version_locations=[environment.versions, environment.versions])

    with pytest.warns(UserWarning, match="loaded twice! ignoring") as caught:
        heads = directory.get_heads()

    assert (heads, str(path) in str(caught[0].message)) == (["a"], True)


def test_links(environment: Environment, tmp_path: Path) -> None:
    """Links are resolved to real paths; a loop is an error."""
    real = environment.write("x.py", TEXT)
    link = tmp_path / "link"
    link.symlink_to(environment.versions)
    assert environment.open(version_locations=[link]).get_revision("a").path == str(real)

    (environment.versions / "loop.py").symlink_to(environment.versions / "loop.py")
    with pytest.raises(ScriptError, match="loop"):
        environment.open().get_heads()


def test_location_that_is_a_file(environment: Environment) -> None:
    """A version location that is no folder is named."""
    path = environment.write("x.py", TEXT)

    with pytest.raises(ScriptError, match="Cannot list the version location") as caught:
        environment.open(version_locations=[path]).get_heads()

    assert str(path) in str(caught.value)


def test_order_is_that_of_the_names(environment: Environment) -> None:
    """Heads are in the order of the files, whatever the file system returns."""
    for rev in ("c", "a", "b"):
        environment.revision(rev)

    assert environment.open().get_heads() == ["a", "b", "c"]


def test_duplicate_id(environment: Environment) -> None:
    """The warning about two files with one id names both."""
    one, two = environment.write("x.py", TEXT), environment.write("y.py", TEXT)

    with pytest.warns(UserWarning, match="Revision a is present more than once") as caught:
        environment.open().get_heads()

    assert all(str(path) in str(caught[0].message) for path in (one, two))

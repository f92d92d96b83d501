"""Parses a revision file's declarations with Python's own parser, without executing the file.

Used by :mod:`idiolect.script.headers` for text that its strict grammar does not match.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from idiolect.errors import ScriptError
from idiolect.script.headers import FIELDS, RevisionHeader, rebinding
from idiolect.util.pyfiles import syntax_message

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_FUNCTION: Final = re.compile(r"^(?:def|class|async\s+def)\s|^@", re.MULTILINE)
#: What Python's parser is told to be the file.
_NO_FILE: Final = "<header of a revision>"
_CONFLICT: Final = re.compile(r"^(?:<{7}|>{7}|\|{7})(?:[ \t].*)?$", re.MULTILINE)


def parsed_header(text: str, path: str) -> RevisionHeader | None:
    """Read a header with Python's parser: from the part before the first function, or from all.

    Args:
        text: the whole file.
        path: its path, for messages.

    Returns:
        The header, not validated, or None if the file must be executed.

    Raises:
        ScriptError: the header contains conflict markers, or the file is not valid Python.
    """
    cut = _FIRST_FUNCTION.search(text)
    prefix = text[: cut.start()] if cut else text
    _refuse_conflict(prefix, path)
    if cut is not None and not rebinding().search(text, cut.start() - 1):
        try:
            bindings = _bindings(_tree(prefix))
        except SyntaxError:  # cut inside a docstring or an expression; try the whole file
            bindings = None
        if bindings is not None and bindings.complete:
            return bindings.header()
    try:
        tree = _tree(text)
    except (SyntaxError, ValueError, RecursionError) as exc:
        _refuse_conflict(text, path)
        raise ScriptError(syntax_message(path, exc), path=path) from exc
    bindings = _bindings(tree)
    return bindings.header() if bindings is not None and bindings.complete else None


def _tree(text: str) -> ast.Module:
    """Parse a text without Python's warnings about it, such as those of invalid escapes.

    Python issues them when it compiles the file to execute it, and once if it keeps the bytecode.
    The filter is for a file name that only this function uses. It stays installed, because
    ``warnings.catch_warnings()`` in one thread can undo the filters of another.
    """
    warnings.filterwarnings("ignore", module=re.escape(_NO_FILE))
    return ast.parse(text, _NO_FILE)


def _refuse_conflict(prefix: str, path: str) -> None:
    found = _CONFLICT.search(prefix)
    if found is not None:
        line = prefix.count("\n", 0, found.start()) + 1
        raise ScriptError(
            f"The revision file {path!r} has an unresolved merge conflict: line {line} is "
            f"{found.group()!r}. Resolve it and commit the file.",
            path=path,
            lineno=line,
        )


class _Bindings(NamedTuple):
    """The last literal that a module binds to each of our names; and its docstring."""

    values: Mapping[str, Any]
    doc: str | None

    @property
    def complete(self) -> bool:
        """Whether the two names that every revision file needs are bound."""
        return "revision" in self.values and "down_revision" in self.values

    def header(self) -> RevisionHeader:
        """Return the bindings as a header."""
        return RevisionHeader(
            self.values.get("revision"),
            self.values.get("down_revision"),
            self.values.get("branch_labels"),
            self.values.get("depends_on"),
            self.doc,
        )


def _bindings(tree: ast.Module) -> _Bindings | None:
    """Collect literal bindings of our names; None if executing the module could add others."""
    values: dict[str, Any] = {}
    for statement in tree.body:
        name, value = _literal_binding(statement)
        if name is not None:
            if value is None:
                return None
            try:
                values[name] = ast.literal_eval(value)
            except (ValueError, TypeError, RecursionError):
                return None
        elif _may_bind(statement):
            return None
    return _Bindings(values, ast.get_docstring(tree, clean=False))


def _literal_binding(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    """Return which of our names a plain assignment binds, and the value."""
    target: ast.expr
    match statement:
        case ast.Assign(targets=[target], value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            pass
        case _:
            return None, None
    if isinstance(target, ast.Name) and target.id in FIELDS:
        return target.id, value
    return None, None


def _may_bind(statement: ast.stmt) -> bool:
    """Return whether a statement other than a plain assignment might bind one of our names."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name in FIELDS
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if name in FIELDS:
                return True
            case ast.alias(name=name, asname=alias) if (alias or name) in FIELDS or name == "*":
                return True
            case ast.Call(func=ast.Name(id="exec" | "globals" | "vars")):
                return True
            case _:
                pass
    return False

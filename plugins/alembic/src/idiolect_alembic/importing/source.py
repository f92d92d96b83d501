"""Extracts facts from one Python file of a project: imports, uses of Alembic, identifiers, traits.

Takes the bytes of a file; returns facts with line numbers. Works only on the syntax tree.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from idiolect.errors import ScriptError
from idiolect_alembic.importing.calls import of_tree

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "alembic"
DIALECTS = "sqlalchemy.dialects"
#: Packages that extend migrations without ``alembic`` in their names.
_COMPANIONS = frozenset(
    {
        "advanced_alchemy",
        "clickhouse_sqlalchemy",
        "databricks",
        "duckdb_engine",
        "flask_migrate",
        "geoalchemy2",
        "snowflake",
        "sqlalchemy_bigquery",
        "sqlalchemy_cockroachdb",
        "sqlalchemy_redshift",
        "sqlmodel",
        "trino",
    }
)
_IDENTIFIERS = frozenset({"revision", "down_revision", "branch_labels", "depends_on"})
#: Statements that SQLite does not execute inside a transaction.
_PRAGMA = re.compile(r"\s*(?:PRAGMA\s+\w|VACUUM\b|DETACH\s+(?:DATABASE\b|['\"]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name below ``alembic``.

    Attributes:
        path: the dotted path below ``alembic``; empty for the package.
        line: the line, from 1.
    """

    path: str
    line: int


@dataclass(slots=True)
class PythonFile:
    """The facts of one file.

    Attributes:
        path: the file.
        tree: its syntax tree.
        text: its text, to which the tree's positions refer.
        imports: third-party modules, by the line that imports them.
        uses: the names of Alembic that it uses.
        identifiers: the revision's variables that are literals.
        computed: those that are not literals.
        configure: keyword arguments of ``context.configure``, with the source of their values.
        calls: names of called methods, by the first line that does.
        strings: the lines of statements that SQLite does not execute inside a transaction.
        executed: the lines of statements with side effects when the file is imported.
        impls: dialects of ``DefaultImpl`` subclasses defined here.
        started: the lines that run the program ``alembic``.
    """

    path: Path
    tree: ast.Module
    text: str
    imports: dict[str, int] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    identifiers: dict[str, Any] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    configure: dict[str, tuple[str, int]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    strings: list[int] = field(default_factory=list)
    executed: list[int] = field(default_factory=list)
    impls: list[str] = field(default_factory=list)
    started: list[int] = field(default_factory=list)

    @property
    def is_revision(self) -> bool:
        """Whether it declares the variables of a revision."""
        declared = {*self.identifiers, *self.computed}
        return "revision" in declared and "down_revision" in declared


def is_companion(package: str) -> bool:
    """Return whether a top-level package extends migrations."""
    return PACKAGE in package or package in _COMPANIONS


def decode(data: bytes, path: Path) -> tuple[str, str]:
    """Return a Python file's text with its original line ends, and its encoding.

    Raises:
        ScriptError: it cannot be decoded, or declares an unknown encoding.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), encoding
    except (SyntaxError, UnicodeDecodeError, LookupError) as exc:
        message = f"Cannot read {str(path)!r}: it is not in its encoding ({exc}). Save it as UTF-8."
        raise ScriptError(message, path=str(path)) from exc


def scan(data: bytes, path: Path) -> PythonFile:
    """Extract the facts of a file.

    Raises:
        ScriptError: it cannot be decoded, or is not valid Python.
    """
    text, _ = decode(data, path)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as exc:
        line = getattr(exc, "lineno", None)
        where = f", line {line}" if line else ""
        message = (
            f"Cannot read {str(path)!r}{where}: not valid Python ({getattr(exc, 'msg', exc)})."
        )
        raise ScriptError(message, path=str(path)) from exc
    found = PythonFile(path, tree, text)
    found.executed += [
        each.lineno
        for each in tree.body
        if isinstance(each, ast.Expr) and not isinstance(each.value, ast.Constant)
    ]
    found.started += of_tree(tree)
    _read_identifiers(found)
    _Reader(found).visit(tree)
    return found


def _read_identifiers(found: PythonFile) -> None:
    for statement in found.tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        if name not in _IDENTIFIERS:
            continue
        try:
            found.identifiers[name] = ast.literal_eval(value)
        except ValueError:
            found.computed.add(name)


def bindings(tree: ast.Module) -> dict[str, str]:
    """Return the names that imports bind to something below ``alembic``, with its path."""
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                if is_below(each.name):
                    path = _below(each.name) if each.asname else ""
                    bound[each.asname or PACKAGE] = path
        elif isinstance(node, ast.ImportFrom) and is_below(node.module) and not node.level:
            for each in node.names:
                prefix = _below(node.module or "")
                path = f"{prefix}.{each.name}" if prefix else each.name
                bound[each.asname or each.name] = path
    return bound


def is_below(module: str | None) -> bool:
    """Return whether a dotted name is ``alembic`` or below it."""
    return module == PACKAGE or (module or "").startswith(f"{PACKAGE}.")


def _below(module: str) -> str:
    return module.removeprefix(PACKAGE).lstrip(".")


def chain(node: ast.expr) -> tuple[ast.Name, list[str]] | None:
    """Return the name and the attributes of ``name.a.b``; None for other expressions."""
    words: list[str] = []
    while isinstance(node, ast.Attribute):
        words.append(node.attr)
        node = node.value
    return (node, words[::-1]) if isinstance(node, ast.Name) else None


class _Reader(ast.NodeVisitor):
    """Walks a tree and collects facts."""

    def __init__(self, found: PythonFile) -> None:
        self.found = found
        self.bound = bindings(found.tree)

    def visit_Import(self, node: ast.Import) -> None:
        """Record modules."""
        for each in node.names:
            self._module(each.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Record a module, and the names imported from it."""
        if node.level or node.module is None:
            return
        self._module(node.module, node.lineno, only_other=True)
        if node.module == DIALECTS:
            for each in node.names:
                self.found.imports.setdefault(f"{DIALECTS}.{each.name}", node.lineno)
        if is_below(node.module):
            prefix = _below(node.module)
            for each in node.names:
                name = prefix if each.name == "*" else f"{prefix}.{each.name}".lstrip(".")
                self.found.uses.append(Use(name, each.lineno))

    def _module(self, name: str, line: int, *, only_other: bool = False) -> None:
        if not is_below(name):
            self.found.imports.setdefault(name, line)
        elif not only_other:
            self.found.uses.append(Use(_below(name), line))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Record ``op.add_column`` and the like, once for the longest chain."""
        words = chain(node)
        if words is None:
            self.generic_visit(node)
        elif words[0].id in self.bound:
            path = ".".join(filter(None, [self.bound[words[0].id], *words[1]]))
            self.found.uses.append(Use(path, node.lineno))

    def visit_Call(self, node: ast.Call) -> None:
        """Record called methods, and the arguments of ``configure``."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        self.found.calls.setdefault(name, node.lineno)
        if name == "configure":
            for each in node.keywords:
                if each.arg:
                    value = ast.unparse(each.value)
                    self.found.configure[each.arg] = (value, each.value.lineno)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Record statements that SQLite does not execute inside a transaction."""
        if isinstance(node.value, str) and _PRAGMA.match(node.value):
            self.found.strings.append(node.lineno)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Record impl classes of a dialect."""
        for each in node.body:
            match each:
                case ast.Assign(
                    targets=[ast.Name(id="__dialect__")], value=ast.Constant(value=str(name))
                ):
                    self.found.impls.append(name)
                case _:
                    pass
        self.generic_visit(node)

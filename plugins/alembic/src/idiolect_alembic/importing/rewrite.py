"""Renames Alembic to Idiolect in a project's files: plans the edits, shows a diff, writes.

An edit only touches the name, so that formatting and comments are kept. Every edited file is parsed
again and compared before anything is written.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import io
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.errors import CommandError
from idiolect_alembic.importing.names import own_module, standing
from idiolect_alembic.importing.options import NotRenamedError, rewritten_ini, rewritten_toml
from idiolect_alembic.importing.source import PACKAGE, PythonFile, bindings, chain, decode, is_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idiolect_alembic.importing.project import Project

TARGET = "idiolect"
_TEMPLATE = re.compile(rf"^(?P<start>[ \t]*from[ \t]+){PACKAGE}\b", re.MULTILINE)
#: A URL with a password, and settings that are passwords.
_PASSWORD = re.compile(
    r"://[^\s/:@]*:[^\s]*@|(?:password|passwd|secret|token)\w*\s*[=:]", re.IGNORECASE
)
#: Context lines of a diff.
_AROUND = 3
#: Printed by diff after a last line without line end.
_NO_END = "\\ No newline at end of file\n"
_FROM = re.compile(rf"from[\s\\]+{PACKAGE}\b")


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after."""

    path: Path
    before: bytes
    after: bytes

    def diff(self, name: str) -> str:
        """Return the change as a unified diff.

        Context lines are omitted if one of them contains a password.

        Args:
            name: the file's name in the diff.
        """
        shown = self._diff(name, _AROUND)
        return self._diff(name, 0) if _PASSWORD.search(shown) else shown

    def _diff(self, name: str, around: int) -> str:
        before, after = _lines(self.before), _lines(self.after)
        lines = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", n=around)
        # A last line without line end would be joined to the next file's first line.
        return "".join(line if line.endswith("\n") else f"{line}\n{_NO_END}" for line in lines)


@dataclass(frozen=True, slots=True)
class Left:
    """A place that is left unchanged, and why."""

    path: Path
    line: int
    reason: str


def _lines(data: bytes) -> list[str]:
    # The encoding does not matter here: bytes that are not UTF-8 are shown escaped.
    # Split lines as diff and patch do, not at every character that str.splitlines() accepts.
    return [*io.StringIO(data.decode("utf-8", "backslashreplace"), newline="\n")]


def plan(project: Project) -> tuple[list[Change], list[Left]]:
    """Return the changes that rename Alembic to Idiolect in a project, and what is left.

    Raises:
        CommandError: an edited file does not have the same meaning.
    """
    changes: list[Change] = []
    left: list[Left] = []
    loggers = _config_files(project, changes, left)
    files = (*project.environment, *project.others)
    changes += [_python(each, left, loggers=loggers) for each in files]
    for path in project.templates:
        before = path.read_bytes()
        text = _TEMPLATE.sub(rf"\g<start>{TARGET}", before.decode("utf-8", "surrogateescape"))
        changes.append(Change(path, before, text.encode("utf-8", "surrogateescape")))
    return [each for each in changes if each.before != each.after], left


def _config_files(project: Project, changes: list[Change], left: list[Left]) -> bool:
    """Add the changes of config files; return whether the logger is renamed."""
    loggers = False
    try:
        if project.ini is not None:
            before = project.ini.read_bytes()
            after, loggers = rewritten_ini(before, project.ini)
            changes.append(Change(project.ini, before, after))
        if project.toml is not None:
            before = project.toml.read_bytes()
            changes.append(Change(project.toml, before, rewritten_toml(before, project.toml)))
    except NotRenamedError as exc:
        left.append(Left(exc.path, 1, str(exc)))
    return loggers


def _python(found: PythonFile, left: list[Left], *, loggers: bool) -> Change:
    before = found.path.read_bytes()
    text, encoding = decode(before, found.path)
    if text != found.text:
        raise CommandError(f"{str(found.path)!r} was changed while it was read; run this again.")
    edits = [*_from_imports(found, left), *_plain_imports(found, left)]
    if loggers:
        edits += _loggers(found)
    if not edits:
        return Change(found.path, before, before)
    after = _edited(text, edits)
    _check(found, after)
    return Change(found.path, before, after.encode(encoding))


#: Line from 1, column in UTF-8 bytes, length in bytes, and the new text.
_Edit = tuple[int, int, int, str]


def _from_imports(found: PythonFile, left: list[Left]) -> Iterator[_Edit]:
    for node in ast.walk(found.tree):
        if not (isinstance(node, ast.ImportFrom) and is_below(node.module) and not node.level):
            continue
        prefix = (node.module or "").removeprefix(PACKAGE).lstrip(".")
        paths = [f"{prefix}.{e.name}".lstrip(".") if e.name != "*" else prefix for e in node.names]
        # Names of the package itself stay Alembic's: its version is not Idiolect's.
        lacking = [p for p in paths if not standing(p).offered or p.startswith("__")]
        if lacking:
            names = ", ".join(f"alembic.{path}" for path in lacking)
            left.append(Left(found.path, node.lineno, f"Idiolect has no {names}"))
            continue
        start = _offset(found.text, node.lineno, node.col_offset)
        match = _FROM.match(found.text.encode()[start:].decode())
        if match is not None:
            at = start + len(match[0].encode()) - len(PACKAGE)
            yield _place(found.text, at)


def _plain_imports(found: PythonFile, left: list[Left]) -> Iterator[_Edit]:
    imports = [node for node in ast.walk(found.tree) if isinstance(node, ast.Import)]
    aliases = [each for node in imports for each in node.names if is_below(each.name)]
    for each in [each for each in aliases if each.asname]:
        path = each.name.removeprefix(PACKAGE).lstrip(".")
        if path and standing(path).offered:
            yield (each.lineno, each.col_offset, len(PACKAGE), TARGET)
        else:
            left.append(Left(found.path, each.lineno, f"{each.name!r} is imported as a whole"))
    plain = [each for each in aliases if not each.asname]
    if not plain:
        return
    names, modules, reason = _uses_of_package(found)
    reason = reason or next(
        (f"Idiolect has no {e.name}" for e in plain if not _offered(e.name)), None
    )
    if reason:
        left += [Left(found.path, each.lineno, reason) for each in plain]
        return
    yield from ((name.lineno, name.col_offset, len(PACKAGE), TARGET) for name in names)
    # Idiolect's package does not import its modules by itself.
    imported = {each.name.removeprefix(PACKAGE).lstrip(".") for each in plain}
    further = [*sorted(modules - imported)]
    for each in plain:
        new = TARGET + each.name.removeprefix(PACKAGE)
        if each.name == PACKAGE and further:
            new = ", ".join(f"{TARGET}.{module}" for module in further)
            further = []
        yield (each.lineno, each.col_offset, len(each.name), new)
    if further:
        # Only submodules are imported: the first one binds the package for the others.
        first = plain[0]
        more = ", ".join(f"{TARGET}.{module}" for module in further)
        yield (first.lineno, first.col_offset, 0, f"{more}, ")


def _offered(name: str) -> bool:
    path = name.removeprefix(PACKAGE).lstrip(".")
    return not path or (own_module(path) == path)


def _uses_of_package(found: PythonFile) -> tuple[list[ast.Name], set[str], str | None]:
    """Return the uses of ``alembic``, the modules needed, and why it cannot be renamed, if so."""
    names: list[ast.Name] = []
    modules: set[str] = set()
    whole: dict[int, ast.Name] = {}
    for node in ast.walk(found.tree):
        if isinstance(node, ast.arg) and node.arg == PACKAGE:
            return [], set(), "the name 'alembic' means something else too"
        if isinstance(node, ast.Name) and node.id == PACKAGE:
            if not isinstance(node.ctx, ast.Load):
                return [], set(), "the name 'alembic' means something else too"
            whole[id(node)] = node
        words = chain(node) if isinstance(node, ast.Attribute) else None
        if words is None or words[0].id != PACKAGE:
            continue
        module = own_module(".".join(words[1]))
        if module and id(words[0]) not in {id(name) for name in names}:
            names.append(words[0])
            modules.add(module)
    bare = [each for key, each in whole.items() if key not in {id(name) for name in names}]
    if bare or bindings(found.tree).get(PACKAGE):
        return [], set(), "the package 'alembic' itself is used, which Idiolect's differs from"
    return names, modules, None


def _loggers(found: PythonFile) -> Iterator[_Edit]:
    """Yield the names of loggers, renamed together with those in the ini file."""
    for node in ast.walk(found.tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="getLogger") | ast.Name(id="getLogger"),
                args=[ast.Constant(value=str(name)) as literal],
            ) if is_below(name):
                start = _offset(found.text, literal.lineno, literal.col_offset)
                source = found.text.encode()[start:].decode()
                quote = re.match(rf"[rRuU]?(?:'''|\"\"\"|'|\"){PACKAGE}", source)
                if quote is not None:
                    yield _place(found.text, start + len(quote[0]) - len(PACKAGE))
            case _:
                pass


def _offset(text: str, line: int, column: int) -> int:
    lines = text.encode().splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + column


def _place(text: str, offset: int) -> _Edit:
    before = text.encode()[:offset].splitlines(keepends=True)
    whole = bool(before) and before[-1].endswith((b"\n", b"\r"))
    if not before or whole:
        return (len(before) + 1, 0, len(PACKAGE), TARGET)
    return (len(before), len(before[-1]), len(PACKAGE), TARGET)


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    data = text.encode()
    for line, column, length, new in sorted(edits, reverse=True):
        start = _offset(text, line, column)
        data = data[:start] + new.encode() + data[start + length :]
    return data.decode()


def _check(found: PythonFile, after: str) -> None:
    """Compare the edited text with the original, name by name."""
    try:
        tree = ast.parse(after)
    except SyntaxError as exc:
        raise _broken(found.path) from exc
    old = [type(node) for node in ast.walk(found.tree) if not isinstance(node, ast.alias)]
    new = [type(node) for node in ast.walk(tree) if not isinstance(node, ast.alias)]
    if sorted(map(str, old)) != sorted(map(str, new)):
        raise _broken(found.path)


def _broken(path: Path) -> CommandError:
    return CommandError(
        f"Rewriting {str(path)!r} would change more than names; nothing was written. "
        "Change its imports by hand, and run this again."
    )


def write(changes: Iterable[Change]) -> None:
    """Write all changes, or none.

    Raises:
        CommandError: a file cannot be written, or has changed since it was read; all files are
            restored.
    """
    staged: list[tuple[Change, Path, Path]] = []
    done: list[tuple[Change, Path]] = []
    path = Path()
    try:
        for change in changes:
            path = change.path
            target = path.resolve()
            staged.append((change, target, _staged(target, change.after)))
            _require_unchanged(change, target)
        for change, target, new in staged:
            path = change.path
            new.replace(target)
            done.append((change, target))
    except OSError as exc:
        _restore(done)
        raise CommandError(
            f"Cannot write {str(path)!r}: {exc.strerror}. All files are as they were."
        ) from exc
    except BaseException:  # such as an interrupt between two files
        _restore(done)
        raise
    finally:
        for _, _, new in staged:
            new.unlink(missing_ok=True)


def _require_unchanged(change: Change, target: Path) -> None:
    if target.read_bytes() != change.before:
        raise CommandError(f"{str(change.path)!r} was changed meanwhile; nothing was written.")


def _staged(target: Path, data: bytes) -> Path:
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is write-protected", str(target))
    handle, name = tempfile.mkstemp(prefix=".idiolect-", dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        new.chmod(target.stat().st_mode & 0o7777)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return new


def _restore(done: list[tuple[Change, Path]]) -> None:
    for change, target in done:
        with contextlib.suppress(OSError):
            target.write_bytes(change.before)

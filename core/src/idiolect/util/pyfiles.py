"""Loads Python files by path, resolves package resources, renders templates, writes files.

Used by the script directory, the generators and ``init``. Mako is imported when a template is
rendered.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import time
from importlib.machinery import BYTECODE_SUFFIXES, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.errors import ScriptError

if TYPE_CHECKING:
    from types import ModuleType

    from _typeshed import ReadableBuffer

StrPath = str | os.PathLike[str]
#: Age in seconds of a source file from which on its bytecode is written.
_SETTLED = 2.0


class _SourceLoader(SourceFileLoader):
    """Python's loader, except that bytecode of a file modified a moment ago is not written.

    Python detects outdated bytecode by the source's size and modification time in seconds: a
    revision that fails, is fixed by one letter and run again at once would run unchanged.
    """

    def set_data(self, path: str, data: ReadableBuffer, *, _mode: int = 0o666) -> None:
        """Write bytecode, unless the source may change again within the same second."""
        if time.time() - os.stat(self.path).st_mtime >= _SETTLED:  # noqa: PTH116
            super().set_data(path, data, _mode=_mode)


def load_python_file(dir_: StrPath, filename: StrPath) -> ModuleType:
    """Execute a Python file and return it as a module that is not in ``sys.modules``.

    Args:
        dir_: the file's folder.
        filename: its name; if only compiled files exist, one of them is used.

    Raises:
        ScriptError: the file does not exist, or is not valid Python. Its own errors propagate.
    """
    name = os.fspath(filename)
    path = os.path.join(dir_, name)  # noqa: PTH118 - paths stay the strings that users see
    module_id = re.sub(r"\W", "_", name)
    extension = os.path.splitext(name)[1]  # noqa: PTH122
    if extension in {".pyc", ".pyo"}:
        return load_module_py(module_id, path)
    if extension != ".py":
        raise ScriptError(f"Can't load {path!r} as Python: its name does not end in '.py'.")
    if _is_there(path):
        return load_module_py(module_id, path)
    compiled = pyc_file_from_path(path)
    if compiled is None:
        raise ScriptError(
            f"Can't find Python file {path}. Restore it, or make a new environment with 'init'.",
            path=path,
        )
    return load_module_py(module_id, compiled)


def _is_there(path: str) -> bool:
    """Return whether a file exists; an unreadable folder is an error, not False."""
    try:
        os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def load_module_py(module_id: str, path: StrPath) -> ModuleType:
    """Execute the source or bytecode file ``path`` as a module named ``module_id``.

    Raises:
        ScriptError: the file cannot be read or is not valid Python.
    """
    # Imported here because they are only needed if a file is executed.
    from idiolect.util.bound import mark_globals, unmark_globals
    from idiolect.util.dialectpaths import offer_dialects

    offer_dialects()
    where = os.fspath(path)
    loader = _SourceLoader(module_id, where) if where.endswith(".py") else None
    spec = importlib.util.spec_from_file_location(module_id, where, loader=loader)
    if spec is None or spec.loader is None:
        raise ScriptError(f"Can't load {where!r} as Python.", path=where)
    module = importlib.util.module_from_spec(spec)
    # First, so that threads which the code starts find their context.
    mark_globals(module.__dict__)
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ValueError) as exc:
        if _concerns(exc, where):
            raise ScriptError(syntax_message(where, exc), path=where) from exc
        raise
    finally:
        unmark_globals(module.__dict__)
    return module


def _concerns(exc: Exception, path: str) -> bool:
    """Return whether an exception is a failure to compile ``path`` itself."""
    if isinstance(exc, SyntaxError) and exc.filename is not None:
        return os.path.basename(exc.filename) == os.path.basename(path)  # noqa: PTH119
    with contextlib.suppress(OSError):
        return path.endswith(".py") and b"\0" in Path(path).read_bytes()
    return False


def syntax_message(path: str, exc: Exception) -> str:
    """Return a message about where a Python file cannot be parsed."""
    line = getattr(exc, "lineno", None)
    where = f" (line {line})" if line else ""
    what = getattr(exc, "msg", None) or str(exc)
    return f"The file {path!r} is not valid Python: {what}{where}. Fix it and try again."


def pyc_file_from_path(path: StrPath) -> Path | None:
    """Return the compiled file of the source file ``path``, or None.

    The one in ``__pycache__`` for this Python takes precedence over one next to the source.
    """
    cached = Path(importlib.util.cache_from_source(os.fspath(path)))
    if cached.exists():
        return cached
    beside = (Path(path).with_suffix(suffix) for suffix in (*BYTECODE_SUFFIXES, ".pyo"))
    return next((file for file in beside if file.exists()), None)


def coerce_resource_to_filename(fname_or_resource: StrPath) -> Path:
    """Return a path as a Path; ``package:folder/file`` is resolved inside that package.

    Raises:
        ScriptError: the package cannot be imported, or is not a folder on disk.
    """
    name = os.fspath(fname_or_resource)
    if os.path.isabs(name) or ":" not in name:  # noqa: PTH117
        return Path(name)
    package, *parts = name.split(":")
    # Imported here because it takes a millisecond that plain paths do not need.
    from importlib import resources

    try:
        found = resources.files(package).joinpath(*parts)
    except (ImportError, TypeError, ValueError) as exc:
        raise ScriptError(
            f"Can't locate {name!r}: the package {package!r} cannot be imported ({exc}). "
            "Install it, or name a folder without a colon.",
        ) from exc
    return Path(str(found))


def render_template(template_file: StrPath, **kw: Any) -> str:
    """Render a Mako template.

    Raises:
        ScriptError: the template does not exist or cannot be rendered; the message names a file
            with Mako's own traceback.
    """
    # Imported here because Mako imports pygments if installed, which takes 17 ms.
    from mako import exceptions  # type: ignore[import-untyped] # it has no stubs
    from mako.template import Template  # type: ignore[import-untyped] # as above

    source = os.fspath(template_file)
    if not os.path.isfile(source):  # noqa: PTH113
        raise ScriptError(
            f"The template {source!r} does not exist. Restore it, or copy one that 'init' makes.",
            path=source,
        )
    try:
        return str(Template(filename=source).render_unicode(**kw))  # noqa: S702 - not HTML
    except Exception as exc:
        account = _save_traceback(exceptions.text_error_template().render_unicode())
        raise ScriptError(
            f"Template rendering failed; see {account} for a template-oriented traceback. "
            f"The template is {source!r}.",
            path=source,
        ) from exc


def _save_traceback(text: str) -> str:
    # Imported here because it takes 5 ms, and only a failure needs it.
    import tempfile

    with tempfile.NamedTemporaryFile(
        "w", suffix=".txt", prefix="template_error_", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    return file.name


def template_to_file(
    template_file: StrPath,
    dest: StrPath,
    output_encoding: str,
    *,
    append_with_newlines: bool = False,
    **kw: Any,
) -> None:
    """Render a Mako template into a file, replacing its contents.

    Args:
        template_file: the template.
        dest: the file to write, atomically.
        output_encoding: the encoding.
        append_with_newlines: keep the contents of ``dest`` and append the text after a blank line.
        kw: variables for the template.

    Raises:
        ScriptError: the template cannot be rendered, or the file cannot be written.
    """
    text = render_template(template_file, **kw)
    data = encode_text(text, output_encoding, dest)
    if append_with_newlines:
        with contextlib.suppress(FileNotFoundError):
            data = Path(dest).read_bytes() + b"\n\n" + data
    write_file(dest, data, overwrite=True)


def encode_text(text: str, encoding: str, dest: StrPath) -> bytes:
    """Encode ``text``.

    Raises:
        ScriptError: the encoding is unknown or lacks a character.
    """
    try:
        return text.encode(encoding)
    except (UnicodeEncodeError, LookupError) as exc:
        raise ScriptError(
            f"Cannot write {os.fspath(dest)!r} as {encoding!r}: {exc}. "
            "Set output_encoding = utf-8, or leave that option out."
        ) from exc


def write_file(dest: StrPath, data: bytes, *, overwrite: bool = False) -> None:
    """Write a file atomically.

    Args:
        dest: the file.
        data: its contents.
        overwrite: replace an existing file instead of raising.

    Raises:
        ScriptError: the folder is not writable, or the file exists.
    """
    path = Path(dest)
    # In the same folder, because a rename must stay on one file system; not a name of a revision.
    # Random, because a killed process may have left one, and process ids repeat in containers.
    draft = path.with_name(f".idiolect-{os.urandom(8).hex()}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            draft.replace(path)
        else:
            _place(draft, path)
    except FileExistsError as exc:
        raise ScriptError(
            f"The file {os.fspath(path)!r} exists already, and nothing is overwritten. "
            "Move it away, or choose another name.",
            path=os.fspath(path),
        ) from exc
    except UnicodeEncodeError as exc:
        raise ScriptError(
            f"Cannot write {os.fspath(path)!r}: the locale encodes file names as {exc.encoding}, "
            "which lacks a character of it. Set a UTF-8 locale, such as LC_ALL=C.UTF-8.",
            path=os.fspath(path),
        ) from exc
    except OSError as exc:
        raise ScriptError(
            f"Cannot write {os.fspath(path)!r}: {exc.strerror or exc}.", path=os.fspath(path)
        ) from exc
    finally:
        with contextlib.suppress(OSError, UnicodeEncodeError):
            draft.unlink()


def _place(draft: Path, path: Path) -> None:
    """Rename a finished draft, unless the target exists; atomically if hard links are supported."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(str(path)) from None
        draft.replace(path)

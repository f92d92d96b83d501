"""Python files and text files on disk: loading by path, package resources, atomic writing.

Used by the script directory, the generators and ``init``. Mako is imported when a template is
rendered, and nothing here knows what a revision is.
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
#: How old, in seconds, a source file has to be for its bytecode to be kept.
_SETTLED = 2.0


class _SourceLoader(SourceFileLoader):
    """Python's loader, but for bytecode of a file that was written a moment ago.

    Bytecode is told from outdated bytecode by the second and the size of its source: a revision
    that fails, is fixed by one letter and run again at once would run as it was.
    """

    def set_data(self, path: str, data: ReadableBuffer, *, _mode: int = 0o666) -> None:
        """Write bytecode, unless its source may change once more within the second."""
        if time.time() - os.stat(self.path).st_mtime >= _SETTLED:  # noqa: PTH116
            super().set_data(path, data, _mode=_mode)


def load_python_file(dir_: StrPath, filename: StrPath) -> ModuleType:
    """Execute a Python file and return it as a module that stands in no ``sys.modules``.

    Args:
        dir_: the folder that the file is in.
        filename: its name; where only compiled files of it are there, one of them is taken.

    Raises:
        ScriptError: there is no such file, or it is not valid Python. What the file itself raises
            passes through.
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
    """Return whether a file is there; a folder that may not be read is an error, not a no."""
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
    # What executes no file does without the bindings.
    from idiolect.util.bound import mark_globals, unmark_globals

    where = os.fspath(path)
    loader = _SourceLoader(module_id, where) if where.endswith(".py") else None
    spec = importlib.util.spec_from_file_location(module_id, where, loader=loader)
    if spec is None or spec.loader is None:
        raise ScriptError(f"Can't load {where!r} as Python.", path=where)
    module = importlib.util.module_from_spec(spec)
    # First of all, so that threads which the code starts find the context that it belongs to.
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
    """Whether an exception is Python's refusal to compile ``path`` itself."""
    if isinstance(exc, SyntaxError) and exc.filename is not None:
        return os.path.basename(exc.filename) == os.path.basename(path)  # noqa: PTH119
    with contextlib.suppress(OSError):
        return path.endswith(".py") and b"\0" in Path(path).read_bytes()
    return False


def syntax_message(path: str, exc: Exception) -> str:
    """Say where a Python file cannot be parsed."""
    line = getattr(exc, "lineno", None)
    where = f" (line {line})" if line else ""
    what = getattr(exc, "msg", None) or str(exc)
    return f"The file {path!r} is not valid Python: {what}{where}. Fix it and try again."


def pyc_file_from_path(path: StrPath) -> Path | None:
    """Return the compiled file of the source file ``path``, or None where there is none.

    The one in ``__pycache__`` for this Python comes first, then one beside the source.
    """
    cached = Path(importlib.util.cache_from_source(os.fspath(path)))
    if cached.exists():
        return cached
    beside = (Path(path).with_suffix(suffix) for suffix in (*BYTECODE_SUFFIXES, ".pyo"))
    return next((file for file in beside if file.exists()), None)


def coerce_resource_to_filename(fname_or_resource: StrPath) -> Path:
    """Return a path as a Path; ``package:folder/file`` becomes a path inside that package.

    Raises:
        ScriptError: the package cannot be imported, or is no folder on disk.
    """
    name = os.fspath(fname_or_resource)
    if os.path.isabs(name) or ":" not in name:  # noqa: PTH117
        return Path(name)
    package, *parts = name.split(":")
    # Costs a millisecond that a plain path need not pay.
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
    """Return the text of a Mako template.

    Raises:
        ScriptError: the template is missing or cannot be rendered; the message names a file
            that holds Mako's own account of it.
    """
    # Mako imports pygments where it is installed: 17 ms that only a written file is worth.
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
        account = _keep_account(exceptions.text_error_template().render_unicode())
        raise ScriptError(
            f"Template rendering failed; see {account} for a template-oriented traceback. "
            f"The template is {source!r}.",
            path=source,
        ) from exc


def _keep_account(text: str) -> str:
    # Costs 5 ms, and only a failure needs it.
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
    """Render a Mako template into a file, replacing what was there.

    Args:
        template_file: the template.
        dest: the file to write; it appears whole or not at all.
        output_encoding: the encoding to write.
        append_with_newlines: keep what is in ``dest`` and add the text after a blank line.
        kw: what the template may refer to.

    Raises:
        ScriptError: the template cannot be rendered or the file not be written.
    """
    text = render_template(template_file, **kw)
    data = encode_text(text, output_encoding, dest)
    if append_with_newlines:
        with contextlib.suppress(FileNotFoundError):
            data = Path(dest).read_bytes() + b"\n\n" + data
    write_file(dest, data, overwrite=True)


def encode_text(text: str, encoding: str, dest: StrPath) -> bytes:
    """Return ``text`` in ``encoding``.

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
    """Write a file that appears whole or not at all.

    Args:
        dest: the file.
        data: all of its bytes.
        overwrite: replace a file of that name rather than refuse.

    Raises:
        ScriptError: the folder cannot be written to, or the file is there already.
    """
    path = Path(dest)
    # Beside the file, so that the rename stays on one file system; no revision ends like this.
    draft = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
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
    except OSError as exc:
        raise ScriptError(
            f"Cannot write {os.fspath(path)!r}: {exc.strerror or exc}.", path=os.fspath(path)
        ) from exc
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def _place(draft: Path, path: Path) -> None:
    """Give a finished draft its name, unless something bears it: at once where links exist."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(str(path)) from None
        draft.replace(path)

"""The methods by which a script directory writes new files; ScriptDirectory inherits them.

Used by ``init``, ``revision`` and ``merge`` for every file that they write. Programs override or
replace these methods to change new files, and call them to create environments of their own.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.util import messaging

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from idiolect.util.pyfiles import StrPath


class NewFiles:
    """Writes files atomically, with a message for each. No existing file is replaced."""

    output_encoding: str
    messaging_opts: Mapping[str, Any]

    def blaming(self, option: str) -> AbstractContextManager[None]:
        """Add an option's location to errors caused by its value."""
        del option
        return nullcontext()

    def _generate_template(self, src: StrPath, dest: StrPath, **kw: Any) -> None:
        """Write a new file from a template.

        Args:
            src: the template.
            dest: the file to create.
            kw: the variables of the template. A ``message`` cannot become code.

        Raises:
            ScriptError: the template cannot be rendered, or the file exists or cannot be written.
        """
        # Imported here, as below, because commands that only read do not need it.
        from idiolect.util.pyfiles import write_file

        path = Path(dest)
        data = self._rendered(src, path, kw)
        with messaging.status(f"Generating {path.absolute()}", **self.messaging_opts):
            write_file(path, data)

    def _append_template(self, src: StrPath, dest: StrPath, **kw: Any) -> None:
        """Append a rendered template to a file, after a blank line; see _generate_template()."""
        from idiolect.util.pyfiles import write_file

        path = Path(dest)
        data = path.read_bytes().rstrip(b"\n") + b"\n\n" + self._rendered(src, path, kw)
        with messaging.status(f"Appending to {path.absolute()}", **self.messaging_opts):
            write_file(path, data, overwrite=True)

    def _copy_file(self, src: StrPath, dest: StrPath) -> None:
        """Copy a file of a template to a new file.

        Raises:
            ScriptError: the file exists or cannot be written.
        """
        from idiolect.util.pyfiles import write_file

        with messaging.status(f"Generating {Path(dest).absolute()}", **self.messaging_opts):
            write_file(dest, Path(src).read_bytes())

    def _ensure_directory(self, path: StrPath) -> None:
        """Create a folder and its parents, unless it exists.

        Raises:
            ScriptError: it cannot be created.
        """
        from idiolect.script.scaffold import ensure_directory

        ensure_directory(Path(path), **self.messaging_opts)

    def _rendered(self, src: StrPath, dest: Path, names: Mapping[str, Any]) -> bytes:
        from idiolect.script.generate import encode_python, render_revision
        from idiolect.util.pyfiles import encode_text, render_template

        message = names.get("message")
        if isinstance(message, str):
            text = render_revision(Path(src), message, names)
        else:
            text = render_template(src, **names)
        encode = encode_python if dest.suffix == ".py" else encode_text
        with self.blaming("output_encoding"):
            return encode(text, self.output_encoding, dest)

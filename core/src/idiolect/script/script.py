"""One revision file: its place in the graph, its docstring, and its module.

The script directory creates Scripts from headers; commands print them and steps run them. A file
is not executed before ``module`` is first accessed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.errors import ScriptError
from idiolect.revisions.errors import RevisionError
from idiolect.revisions.node import Revision
from idiolect.script.locations import is_revision_file
from idiolect.util.messaging import format_as_comma
from idiolect.util.pyfiles import StrPath, load_python_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from idiolect.revisions.node import Links
    from idiolect.script.base import ScriptDirectory
    from idiolect.script.headers import RevisionHeader

#: The oldest environments have files that are named after their id and do not declare it.
_NAMED_BY_ID = r"([a-f0-9]+)\.py[co]?$"


class Script(Revision):
    """A revision file of a script directory.

    Args:
        module: the executed file; None to execute it on first use.
        rev_id: its id.
        path: its path.
        header: its declarations; None to take them from ``module``.
    """

    __slots__ = ("_docstring", "_module", "path")

    path: str
    """Path of the file."""

    _db_current_indicator: bool | None = None
    """Set by ``history --indicate-current``: whether this is a current revision of the database."""

    def __init__(
        self,
        module: ModuleType | None,
        rev_id: str,
        path: StrPath,
        *,
        header: RevisionHeader | None = None,
    ) -> None:
        self.path = os.fspath(path)
        self._module = module
        if header is None:
            # Imported here and below because most commands read no file.
            from idiolect.script.headers import header_of_module

            header = header_of_module(self.module, self.path)
        self._docstring = header.doc
        super().__init__(
            rev_id,
            header.down_revision,
            dependencies=header.depends_on,
            branch_labels=header.branch_labels,
        )

    @property
    def module(self) -> ModuleType:
        """The file as a Python module, executed on first use.

        Raises:
            ScriptError: it does not exist, or is not valid Python. Its own errors propagate.
        """
        if self._module is None:
            folder, name = os.path.split(self.path)
            self._module = load_python_file(folder, name)
        return self._module

    @property
    def longdoc(self) -> str:
        """The docstring, stripped; "" if there is none."""
        return (self._docstring or "").strip()

    @property
    def doc(self) -> str:
        """The first paragraph of the docstring: the message."""
        return self.longdoc.partition("\n\n")[0]

    @property
    def _script_path(self) -> Path:
        return Path(self.path)

    @classmethod
    def _from_path(cls, scriptdir: ScriptDirectory, path: StrPath) -> Script | None:
        """Read one file; return None if its name is not that of a revision file.

        Raises:
            ScriptError: it cannot be read, or declares no id.
        """
        where = os.fspath(path)
        if not is_revision_file(os.path.basename(where), sourceless=scriptdir.sourceless):  # noqa: PTH119 - 20,000 of these count
            return None
        return cls._read(where)

    @classmethod
    def _kept(cls, rev_id: str, path: str, header: RevisionHeader, links: Links) -> Script:
        """Recreate a Script from a cached header and its links in the graph."""
        made = cls.__new__(cls)
        made.path = path
        made._module = None  # noqa: SLF001 - its own class
        made._docstring = header.doc  # noqa: SLF001 - as above
        made.take(rev_id, header.down_revision, header.depends_on, header.branch_labels, links)
        return made

    @classmethod
    def _read(
        cls, path: str, header_of: Callable[[str], RevisionHeader | None] | None = None
    ) -> Script:
        if header_of is None:
            from idiolect.script.headers import read_header

            header_of = read_header
        module: ModuleType | None = None
        header = header_of(path) if path.endswith(".py") else None
        if header is None:
            folder, name = os.path.split(path)
            module = load_python_file(folder, name)
            header = _header_after_running(module, path)
        rev_id = _id_by_name(path) if header.revision is None else header.revision
        try:
            return cls(module, rev_id, path, header=header)
        except RevisionError as exc:
            if type(exc) is not RevisionError:
                exc.add_note(f"in {path!r}")  # the error already names the revision
                raise
            raise RevisionError(f"{exc} (file {path!r})", path=path) from exc

    def __str__(self) -> str:
        marks = [
            mark
            for mark, holds in (
                (" (head)", self.is_head),
                (" (branchpoint)", self.is_branch_point),
                (" (mergepoint)", self.is_merge_point),
            )
            if holds
        ]
        return f"{self._format_down_revision()} -> {self.revision}{''.join(marks)}, {self.doc}"

    def _format_down_revision(self) -> str:
        return format_as_comma(self._versioned_down_revisions) or "<base>"

    @property
    def log_entry(self) -> str:
        """The long form for ``history -v`` and ``show``: several lines, with a final newline."""
        lines = [f"Rev: {self.revision}{self._marks_of_entry()}"]
        if self.is_merge_point:
            lines.append(f"Merges: {self._format_down_revision()}")
        else:
            lines.append(f"Parent: {self._format_down_revision()}")
        if self.dependencies:
            lines.append(f"Also depends on: {format_as_comma(self._resolved_dependencies)}")
        if self.is_branch_point:
            lines.append(f"Branches into: {format_as_comma(sorted(self.nextrev))}")
        if self.branch_labels:
            lines.append(f"Branch names: {format_as_comma(sorted(self.branch_labels))}")
        lines.append(f"Path: {self.path}")
        doc = "\n".join(f"    {line}" for line in self.longdoc.splitlines())
        return "\n".join(lines) + f"\n\n{doc}\n"

    def _marks_of_entry(self) -> str:
        marks = (
            (" (head)", self.is_head),
            (" (branchpoint)", self.is_branch_point),
            (" (mergepoint)", self.is_merge_point),
            (" (current)", self._db_current_indicator),
        )
        return "".join(mark for mark, holds in marks if holds)

    def cmd_format(
        self,
        verbose: bool,
        include_branches: bool = False,
        include_doc: bool = False,
        include_parents: bool = False,
        tree_indicators: bool = True,
    ) -> str:
        """Return the revision as commands print it.

        Args:
            verbose: several lines (:attr:`log_entry`); the other options apply to the short form.
            include_branches: add the branch labels.
            include_doc: add the message.
            include_parents: prepend the parent ids.
            tree_indicators: mark branch points and merge points.
        """
        if verbose:
            return self.log_entry
        return self._head_only(include_branches, include_doc, include_parents, tree_indicators)

    def _head_only(
        self,
        include_branches: bool = False,
        include_doc: bool = False,
        include_parents: bool = False,
        tree_indicators: bool = True,
        head_indicators: bool = True,
    ) -> str:
        text = self.revision
        if include_parents:
            needed = format_as_comma(self._resolved_dependencies) if self.dependencies else ""
            parents = self._format_down_revision() + (f" ({needed})" if needed else "")
            text = f"{parents} -> {text}"
        if include_branches and self.branch_labels:
            text += f" ({format_as_comma(sorted(self.branch_labels))})"
        effective = "" if self._is_real_head else "effective "
        marks = (
            (f" ({effective}head)", self.is_head and (head_indicators or tree_indicators)),
            (" (current)", self._db_current_indicator and (head_indicators or tree_indicators)),
            (" (branchpoint)", tree_indicators and self.is_branch_point),
            (" (mergepoint)", tree_indicators and self.is_merge_point),
        )
        text += "".join(mark for mark, holds in marks if holds)
        return f"{text}, {self.doc}" if include_doc else text


def _header_after_running(module: ModuleType, path: str) -> RevisionHeader:
    """Read the header of an executed file; raise if it declares nothing at all."""
    if not hasattr(module, "revision") and not hasattr(module, "down_revision"):
        _id_by_name(path)
    from idiolect.script.headers import header_of_module

    return header_of_module(module, path)


def _id_by_name(path: str) -> str:
    """Return the id in the name of a file without ``revision``.

    Raises:
        ScriptError: the name contains none.
    """
    name = os.path.basename(path)  # noqa: PTH119 - paths are strings here
    found = re.match(_NAMED_BY_ID, name)
    if found is None:
        raise ScriptError(
            f"Could not determine revision id from filename {name}. Be sure the 'revision' "
            f"variable is declared inside the script. The file is {path!r}; if it is no "
            "revision, move it out of the versions folder.",
            path=path,
        )
    return found.group(1)

"""New files: revision files from script.py.mako, and whole environments from a template folder.

Used by ``ScriptDirectory.generate_revision`` and the ``init`` command. Everything is checked
before anything is written, each file appears whole or not at all, and none is overwritten.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from idiolect.errors import CommandError, ScriptError
from idiolect.revisions.errors import RevisionError
from idiolect.revisions.node import Revision, tuple_rev_as_scalar
from idiolect.script.headers import decode_source
from idiolect.script.naming import check_new_id, check_new_label
from idiolect.script.scaffold import ensure_directory
from idiolect.script.script import Script
from idiolect.util import messaging
from idiolect.util.pyfiles import encode_text, render_template, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from idiolect.script.base import RevIds, ScriptDirectory

NO_MESSAGE: Final = "empty message"
#: Text that means the same inside any string literal and any comment.
_INERT: Final = re.compile(r"[^\\'\"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")
#: What Python makes of bytes that the locale has no characters for.
_UNREAD: Final = re.compile("[\udc80-\udcff]")
#: Takes the message's place to see what a template does with it.
_STAND_IN: Final = "idiolect_message_stand_in"


@dataclass(frozen=True, slots=True)
class NewRevision:
    """A revision that is wanted, as the caller said it.

    Attributes:
        rev_id: its id.
        message: its message; None for none.
        head: the identifiers that it is to stand on.
        splice: whether these may be no heads.
        branch_labels: names for its branch.
        version_path: the version location to write to; None to follow ``head``.
        file_template: the name's format; None for the environment's.
        depends_on: ids or labels that it depends on.
    """

    rev_id: str
    message: str | None
    head: RevIds
    splice: bool
    branch_labels: tuple[str, ...]
    version_path: str | None
    file_template: str | None
    depends_on: tuple[str, ...]


def write_revision(
    directory: ScriptDirectory, new: NewRevision, template_args: Mapping[str, Any]
) -> Script:
    """Write a revision file, run the hooks on it and add it to the graph.

    Args:
        directory: the environment; its graph gets the new revision.
        new: what is wanted.
        template_args: further names that the template may refer to.

    Raises:
        CommandError: something about it cannot be; then no file is left.
    """
    new = replace(new, message=_as_typed(new.message))
    parents = _parents(directory, new)
    depends_on = _resolved_dependencies(directory, new.depends_on)
    down_revision = tuple_rev_as_scalar(tuple(parent.revision for parent in parents))
    _check_free(directory, new)
    folder = _version_location(directory, new, parents)
    created = directory._generate_create_date()  # noqa: SLF001 - of this room
    path = directory._rev_path(  # noqa: SLF001
        folder, new.rev_id, new.message, created, new.file_template
    )
    text = render_revision(
        Path(directory.dir, "script.py.mako"),
        new.message if new.message is not None else NO_MESSAGE,
        {
            **template_args,
            "up_revision": str(new.rev_id),
            "down_revision": down_revision,
            "branch_labels": new.branch_labels or None,
            "depends_on": tuple_rev_as_scalar(depends_on),
            "create_date": created,
            "comma": messaging.format_as_comma,
        },
    )
    data = _encoded(text, directory.output_encoding, path)
    ensure_directory(path.parent, **directory.messaging_opts)
    with messaging.status(f"Generating {path}", **directory.messaging_opts):
        write_file(path, data)
    if directory.hooks:
        # Starting programs is for those who configured some.
        from idiolect.script.write_hooks import _run_hooks

        _run_hooks(path, directory.hooks)
    return _joined_to_graph(directory, new, path)


def _encoded(text: str, encoding: str, path: Path) -> bytes:
    """Return the bytes of a new file.

    Raises:
        ScriptError: the encoding lacks a character, or Python would not read the file.
    """
    data = encode_text(text, encoding, path)
    try:
        decode_source(data, str(path))
    except ScriptError as exc:
        raise ScriptError(
            f"Python could not read {str(path)!r} in {encoding!r}, and nothing was written. Set "
            f"output_encoding = utf-8, or let script.py.mako begin with: # coding: {encoding}",
            path=str(path),
        ) from exc
    return data


def _parents(directory: ScriptDirectory, new: NewRevision) -> list[Script]:
    """Return the revisions that a new one is to stand on; none for a base."""
    with directory._catch_revision_errors(
        multiple_heads=(
            "Multiple heads are present; please specify the head revision on which the new "
            "revision should be based, or perform a merge."
        )
    ):
        Revision.verify_rev_id(new.rev_id)
        check_new_id(new.rev_id)
        for label in new.branch_labels:
            check_new_label(label)
        found = directory.revision_map.get_revisions(new.head)
    parents = cast("list[Script]", list(found))
    if len({parent.revision for parent in parents}) != len(parents):
        raise CommandError("Duplicate head revisions specified")
    for parent in parents:
        if not new.splice and not parent.is_head:
            raise CommandError(
                f"Revision {parent.revision} is not a head revision; please specify --splice "
                "to create a new branch from this revision"
            )
    return parents


def _resolved_dependencies(
    directory: ScriptDirectory, depends_on: Sequence[str]
) -> list[str] | None:
    """Return full ids for beginnings of ids; labels stay labels, to follow their branch."""
    if not depends_on:
        return None
    with directory._catch_revision_errors():
        return [
            name if name in revision.branch_labels else revision.revision
            for name in depends_on
            for revision in directory.revision_map.get_revisions(name)
        ]


def _check_free(directory: ScriptDirectory, new: NewRevision) -> None:
    """Refuse an id or a branch label that is taken.

    Raises:
        CommandError: naming the file that has it.
    """
    for script in directory.walk_revisions():
        if script.revision == new.rev_id:
            raise CommandError(
                f"Revision {new.rev_id} exists already, in {script.path!r}; nothing was written. "
                "Choose another --rev-id, or leave it out."
            )
        for label in new.branch_labels:
            if label in script._orig_branch_labels or label == script.revision:  # noqa: SLF001
                raise CommandError(
                    f"Branch name '{label}' in revision {new.rev_id} already used by revision "
                    f"{script.revision}; nothing was written. Choose another --branch-label."
                )


def _version_location(
    directory: ScriptDirectory, new: NewRevision, parents: Sequence[Script]
) -> Path:
    """Return the version location that a new file belongs to.

    Raises:
        CommandError: the one asked for is none of the environment's, or none follows.
    """
    locations = directory._version_locations
    if new.version_path is not None:
        wanted = os.path.abspath(new.version_path)  # noqa: PTH100 - links stay as they are
        for location in locations:
            if _same_folder(wanted, location):
                return location
        raise CommandError(
            f"Path {os.path.normpath(new.version_path)} is not represented in current version "
            f"locations; these are: {', '.join(map(str, locations))}"
        )
    if len(locations) == 1:
        return locations[0]
    for parent in parents:
        around = [
            location
            for location in locations
            if Path(parent.path).is_relative_to(os.path.realpath(location))
        ]
        if around:
            # One location may hold another.
            return max(around, key=lambda location: len(os.path.realpath(location)))
    raise CommandError(
        "Multiple version locations present, please specify --version-path; "
        f"these are: {', '.join(map(str, locations))}"
    )


def _same_folder(one: str, other: Path) -> bool:
    return os.path.normcase(one) == os.path.normcase(other) or (
        os.path.realpath(one) == os.path.realpath(other)
    )


def _joined_to_graph(directory: ScriptDirectory, new: NewRevision, path: Path) -> Script:
    """Read the file back and add it to the graph; take it away again where that fails."""
    try:
        script = _read_back(directory, new, path)
        with directory._catch_revision_errors():
            directory.revision_map.add_revision(script)
    except (CommandError, RevisionError):
        path.unlink(missing_ok=True)
        raise
    return script


def _read_back(directory: ScriptDirectory, new: NewRevision, path: Path) -> Script:
    """Return the Script of a file just written, having checked that it is what was wanted."""
    script = Script._from_path(directory, os.path.realpath(path))
    if script is None:
        raise ScriptError(
            f"The new file {str(path)!r} has a name that no revision file may have. "
            "Correct file_template.",
            path=str(path),
        )
    if new.branch_labels and not script.branch_labels:
        raise CommandError(
            f"Version {script.revision} specified branch_labels "
            f"{messaging.format_as_comma(new.branch_labels)}, however the migration file "
            f"{path} does not have them; have you upgraded your script.py.mako to include "
            "the 'branch_labels' section?"
        )
    return script


def render_revision(template: Path, message: str, names: Mapping[str, Any]) -> str:
    """Render a revision template so that the message is text and nothing else.

    Templates put the message into a docstring, some into a comment; neither quotes it. Where a
    message holds a character that could end either, it is tried as typed, then with escapes,
    then on one line; the first is taken that leaves the code as it is with a harmless message
    and whose docstring reads back as typed.

    Args:
        template: the path of script.py.mako.
        message: any text.
        names: all else that the template may refer to.

    Raises:
        ScriptError: the template is missing or cannot be rendered.
    """

    def render(text: str) -> str:
        return render_template(template, **{**names, "message": text})

    if _INERT.fullmatch(message):
        return render(message)
    # Bytes of a command line that are no UTF-8: Python 3.13 refuses a docstring with such a half
    # of a character.
    message = message.encode("utf-8", "backslashreplace").decode("utf-8")
    expected = _shape(render(_STAND_IN))
    if expected is None:  # the template makes no Python that could be looked at
        return render(_on_one_line(message))
    last = ""
    for spelling in (message, _escaped(message), _on_one_line(message)):
        last = render(spelling)
        found = _shape(last)
        if found is not None and found.code == expected.code:
            doc = None if expected.doc is None else expected.doc.replace(_STAND_IN, message)
            if found.doc == doc or spelling == _on_one_line(message):
                return last
    raise ScriptError(
        f"The template {str(template)!r} puts the message where it is neither a docstring nor a "
        f"comment, so that {message!r} would become code. Correct the template, or use a plain "
        "message.",
        path=str(template),
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """The code of a module with all strings blanked, and its docstring."""

    code: str
    doc: str | None


def _shape(text: str) -> _Shape | None:
    """Return the shape of a module, or None where Python would refuse or complain."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # As Python reads a file: with any line end.
            tree = ast.parse(text.replace("\r\n", "\n").replace("\r", "\n"))
    except (SyntaxError, ValueError, RecursionError, Warning):
        return None
    doc = ast.get_docstring(tree, clean=False)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return _Shape(ast.dump(tree), doc)


def _as_typed(message: str | None) -> str | None:
    """Return a message whose bytes Python could not read in this locale as the UTF-8 that it is."""
    if message is None or not _UNREAD.search(message):
        return message
    try:
        return os.fsencode(message).decode("utf-8")
    except UnicodeError:
        return message


def _escaped(message: str) -> str:
    r"""Write a message as the inside of any quotes; line feeds stay."""
    text = message.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")
    return re.sub(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]",
        lambda found: f"\\u{ord(found.group()):04x}",
        text,
    )


def _on_one_line(message: str) -> str:
    """Write a message so that it is harmless in a comment too."""
    return _escaped(" ".join(message.split()))

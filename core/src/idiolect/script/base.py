"""ScriptDirectory: the folder with env.py, a template and revision files.

Commands use it to look up revisions, to plan steps, to create files and to run env.py. Revision
files are parsed when the graph is first needed; loading the graph executes none of them.
"""

from __future__ import annotations

import datetime  # noqa: ICN001 - 'dt' is not used in this project
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from idiolect.errors import CommandError, IdiolectError, ScriptError
from idiolect.script.index import HeaderIndex
from idiolect.script.locations import warn_of_missing
from idiolect.script.newfiles import NewFiles
from idiolect.script.revmap import ScriptMap, read_all
from idiolect.settings.sections import OptionValueError
from idiolect.util.langhelpers import EMPTY_DICT, memoized_property, to_tuple
from idiolect.util.pyfiles import StrPath, coerce_resource_to_filename, load_python_file

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from idiolect.revisions.graph import RevisionMap
    from idiolect.runtime.steps import RevisionStep, StampStep
    from idiolect.script.script import Script
    from idiolect.settings.config import Config

RevIds = str | Sequence[str] | None

DEFAULT_FILE_TEMPLATE = "%(rev)s_%(slug)s"
DEFAULT_SLUG_LENGTH = 40

_NO_HINT = " Run 'init', or name the right file with -c."


class ScriptDirectory(NewFiles):
    """A migration environment on disk.

    Args:
        dir: the folder that contains env.py and script.py.mako.
        file_template: a ``%`` format for the names of new files, without ``.py``.
        truncate_slug_length: maximum length of the slug; None or 0 for 40.
        version_locations: the folders of revision files; None for ``versions`` in ``dir``.
        sourceless: accept compiled files without a source file as revisions.
        output_encoding: the encoding of new files.
        timezone: time zone for the dates of new files; None for naive local time.
        hooks: the configured post-write hooks.
        recursive_version_locations: search sub-folders of the locations as well.
        messaging_opts: options for messages: ``quiet``.

    Raises:
        ScriptError: ``dir`` does not exist.
    """

    #: The source of the options; None if a program created the directory without a config.
    _config: Config | None = None

    def __init__(  # noqa: PLR0917 - the documented order
        self,
        dir: StrPath,
        file_template: str = DEFAULT_FILE_TEMPLATE,
        truncate_slug_length: int | None = DEFAULT_SLUG_LENGTH,
        version_locations: Sequence[StrPath] | None = None,
        sourceless: bool = False,
        output_encoding: str = "utf-8",
        timezone: str | None = None,
        hooks: Sequence[Mapping[str, Any]] = (),
        recursive_version_locations: bool = False,
        messaging_opts: Mapping[str, Any] = EMPTY_DICT,
    ) -> None:
        self.dir = os.fspath(dir)
        self.file_template = file_template
        self.truncate_slug_length = truncate_slug_length or DEFAULT_SLUG_LENGTH
        self.version_locations = list(version_locations or ())
        self.sourceless = sourceless
        self.output_encoding = output_encoding
        self.timezone = timezone
        self.hooks = hooks
        self.recursive_version_locations = recursive_version_locations
        self.messaging_opts = messaging_opts
        self.revision_map: RevisionMap = ScriptMap(self._index)
        if not os.access(self.dir, os.F_OK):
            raise ScriptError(
                f"Path doesn't exist: {os.path.abspath(self.dir)}.  "  # noqa: PTH100
                "Please use the 'init' command to create a new scripts folder.",
                path=self.dir,
            )

    @classmethod
    def from_config(cls, config: Config) -> ScriptDirectory:
        """Create one from a Config; only ``script_location`` is required.

        The paths in ``prepend_sys_path`` are prepended to ``sys.path``.

        Raises:
            CommandError: ``script_location`` is not set, or the folder does not exist.
            ConfigError: an option has an invalid value.
        """
        location: Any = config.get_alembic_option("script_location")
        if not location:
            # Imported here because only an error needs it.
            from idiolect.settings.nearby import hint_at_option

            hint = hint_at_option(config, "script_location")
            raise CommandError(
                f"No 'script_location' key found in configuration. {config.describe_sources()}"
                f"{hint}{'' if 'init' in hint else _NO_HINT}"
            )
        if not isinstance(location, str):
            problem = f"has to be a path in quotes, not {location!r}"
            raise config.place_of("script_location").error(problem)
        _prepend_sys_path(config.get_prepend_sys_paths_list() or [])
        options: dict[str, Any] = {
            "file_template": _text_option(config, "file_template") or DEFAULT_FILE_TEMPLATE,
            "truncate_slug_length": _length_option(config, "truncate_slug_length"),
            "version_locations": config.get_version_locations_list(),
            "sourceless": config.get_alembic_boolean_option("sourceless"),
            "output_encoding": _text_option(config, "output_encoding") or "utf-8",
            "timezone": _text_option(config, "timezone") or None,
            "hooks": config.get_hooks_list(),
            "recursive_version_locations": config.get_alembic_boolean_option(
                "recursive_version_locations"
            ),
            "messaging_opts": config.messaging_opts,
        }
        with _blaming(config, "script_location"):
            made = cls(coerce_resource_to_filename(location), **options)
        made._config = config
        return made

    def blaming(self, option: str) -> AbstractContextManager[None]:
        """Add an option's location to errors caused by its value."""
        return nullcontext() if self._config is None else _blaming(self._config, option)

    @property
    def versions(self) -> str:
        """The only version location, as an absolute path.

        Raises:
            CommandError: there are several.
        """
        return str(self._singular_version_location)

    @memoized_property
    def _singular_version_location(self) -> Path:
        if len(self._version_locations) > 1:
            raise CommandError("Multiple version_locations present")
        return self._version_locations[0]

    @memoized_property
    def _version_locations(self) -> Sequence[Path]:
        locations = self.version_locations or [os.path.join(self.dir, "versions")]  # noqa: PTH118
        return [
            Path(os.path.abspath(coerce_resource_to_filename(location)))  # noqa: PTH100
            for location in locations
        ]

    def _index(self) -> HeaderIndex:
        """Return the revision files and the index of their headers."""
        folders = [os.path.realpath(folder) for folder in self._version_locations]
        if self.version_locations:
            place = self._config and self._config.place_of("version_locations").note
            warn_of_missing(folders, place or "")
        return HeaderIndex(
            folders, recursive=self.recursive_version_locations, sourceless=self.sourceless
        )

    def _load_revisions(self) -> Iterator[Script]:
        """Yield the revisions of all files, uncached; pytest-alembic builds a graph of them."""
        yield from read_all(self._index())

    @property
    def env_py_location(self) -> str:
        """The path of env.py, whether or not it exists."""
        return os.path.join(self.dir, "env.py")  # noqa: PTH118

    def run_env(self) -> None:
        """Execute env.py, which configures a context and runs the planned steps.

        Raises:
            ScriptError: env.py does not exist or is not valid Python. Its own errors propagate.
        """
        # Imported here because it imports SQLAlchemy, as env.py does.
        from idiolect.util.sqla_compat import offer_dialects

        offer_dialects()
        load_python_file(self.dir, "env.py")

    @contextmanager
    def _catch_revision_errors(self, **texts: str | None) -> Iterator[None]:
        """Convert errors of the graph to command errors.

        Args:
            texts: as for :func:`idiolect.script.faults.command_error`.
        """
        try:
            yield
        except IdiolectError as exc:
            # Imported here because only errors need it.
            from idiolect.script.faults import command_error

            error = command_error(exc, **texts)
            if error is None:
                raise
            raise error from exc

    def walk_revisions(self, base: str = "base", head: str = "heads") -> Iterator[Script]:
        """Iterate over revisions from the heads down, each before its ancestors.

        Args:
            base: the last revision, inclusive; "base" for all.
            head: the first one; "heads" for all heads, "head" for the only one.

        Raises:
            CommandError: one of them cannot be resolved.
        """
        with self._catch_revision_errors(start=base, end=head):
            for revision in self.revision_map.iterate_revisions(
                head, base, inclusive=True, assert_relative_length=False
            ):
                yield cast("Script", revision)

    def get_revisions(self, id_: RevIds) -> tuple[Script, ...]:
        """Return the revisions that one or several identifiers resolve to.

        Args:
            id_: an id, a partial id, a symbol, or several of them.

        Raises:
            CommandError: one cannot be resolved.
        """
        with self._catch_revision_errors():
            return cast("tuple[Script, ...]", self.revision_map.get_revisions(id_))

    def get_all_current(self, id_: tuple[str, ...]) -> set[Script]:
        """Return the revisions that are heads among ``id_`` and their dependencies."""
        with self._catch_revision_errors():
            return cast("set[Script]", self.revision_map._get_all_current(id_))  # noqa: SLF001

    def get_revision(self, id_: str) -> Script:
        """Return the revision that an identifier resolves to; None for "base" and an empty graph.

        Raises:
            CommandError: it resolves to none, or to several.
        """
        with self._catch_revision_errors():
            return cast("Script", self.revision_map.get_revision(id_))

    def as_revision_number(self, id_: RevIds) -> str | tuple[str, ...] | None:
        """Return the ids that a symbol such as ``head`` resolves to.

        Returns:
            One id, a tuple for "heads", or None for the base. Anything else (ids, partial ids,
            labels, "+1") is returned unchanged; a tuple with one element as that element.

        Raises:
            CommandError: the symbol resolves to several revisions where one is expected.
        """
        given = to_tuple(id_, ())
        if not all(isinstance(each, str) for each in given):
            with self._catch_revision_errors():
                self.revision_map.get_revisions(id_)
        if len(given) > 1:
            return given
        symbol = given[0].rpartition("@")[2] if given else "base"
        if symbol not in {"head", "heads", "base"}:
            return str(given[0])
        with self._catch_revision_errors():
            ids, _ = self.revision_map._resolve_revision_number(id_)  # noqa: SLF001
        if symbol == "heads":
            return tuple(ids)
        return ids[0] if ids else None

    def iterate_revisions(self, upper: RevIds, lower: RevIds, **kw: Any) -> Iterator[Script]:
        """Iterate over revisions from ``upper`` down to ``lower``.

        Args:
            upper: the start, inclusive.
            lower: the end; must be an ancestor.
            kw: as in :meth:`RevisionMap.iterate_revisions`.

        Raises:
            RevisionError: an end cannot be resolved, or ``lower`` is not an ancestor of ``upper``.
        """
        return cast("Iterator[Script]", self.revision_map.iterate_revisions(upper, lower, **kw))

    def get_current_head(self) -> str | None:
        """Return the id of the only head; None if there are no revisions.

        Raises:
            CommandError: there are several; see :meth:`get_heads`.
        """
        with self._catch_revision_errors(
            multiple_heads=(
                "The script directory has multiple heads (due to branching). "
                "Please use get_heads(), or merge the branches using the 'merge' command"
            )
        ):
            return self.revision_map.get_current_head()

    def get_heads(self, consider_depends_on: bool = False) -> list[str]:
        """Return the ids of all heads.

        Args:
            consider_depends_on: exclude heads that another revision depends on, as the version
                table does after all upgrades.
        """
        if consider_depends_on:
            return list(self.revision_map._real_heads)  # noqa: SLF001 - the graph's vocabulary
        return list(self.revision_map.heads)

    def get_base(self) -> str | None:
        """Return the id of the only base; None if there are no revisions.

        Raises:
            CommandError: there are several; see :meth:`get_bases`.
        """
        bases = self.get_bases()
        if len(bases) > 1:
            from idiolect.script.faults import format_heads

            raise CommandError(
                "The script directory has multiple bases. Please use get_bases(). "
                f"The bases are: {format_heads(bases)}"
            )
        return bases[0] if bases else None

    def get_bases(self) -> list[str]:
        """Return the ids of all bases."""
        return list(self.revision_map.bases)

    def _upgrade_revs(self, destination: RevIds, current_rev: RevIds) -> list[RevisionStep]:
        """Plan an upgrade.

        Args:
            destination: the target.
            current_rev: the heads of the database.

        Returns:
            The steps, in the order in which they are to run.
        """
        with self._catch_revision_errors(
            ancestor="Destination %(end)s is not a valid upgrade target from current head(s)",
            end=", ".join(to_tuple(destination, ())) or None,
        ):
            scripts = list(self.iterate_revisions(destination, current_rev, implicit_base=True))
        if not scripts:
            return []
        # Imported here and below because most runs have nothing to do.
        from idiolect.runtime.steps import MigrationStep

        make = MigrationStep.upgrade_from_script
        return [make(self.revision_map, script) for script in reversed(scripts)]

    def _downgrade_revs(self, destination: RevIds, current_rev: RevIds) -> list[RevisionStep]:
        """Plan a downgrade; see :meth:`_upgrade_revs`."""
        with self._catch_revision_errors(
            ancestor="Destination %(end)s is not a valid downgrade target from current head(s)",
            end=", ".join(to_tuple(destination, ())) or None,
        ):
            scripts = list(
                self.iterate_revisions(current_rev, destination, select_for_downgrade=True)
            )
        from idiolect.runtime.steps import MigrationStep

        make = MigrationStep.downgrade_from_script
        return [make(self.revision_map, script) for script in scripts]

    def _stamp_revs(self, revision: RevIds, heads: RevIds) -> list[StampStep]:
        """Plan a stamp.

        Args:
            revision: the target.
            heads: the heads of the database.

        Returns:
            The steps; empty if the version table is already in this state.
        """
        # Imported here because only stamp needs it.
        from idiolect.script.stamping import plan_stamp

        with self._catch_revision_errors(
            multiple_heads="Multiple heads are present; please specify a single target revision"
        ):
            return plan_stamp(self.revision_map, revision, heads)

    def _generate_create_date(self) -> datetime.datetime:
        """Return the date of a new file, in the configured time zone.

        Raises:
            CommandError: the time zone is unknown.
        """
        if self.timezone is None:
            return datetime.datetime.now()  # noqa: DTZ005 - documented: local, without a zone
        from idiolect.script.naming import find_zone

        zone = find_zone(self.timezone)
        return datetime.datetime.now(tz=datetime.timezone.utc).astimezone(zone)  # noqa: UP017

    def _rev_path(
        self,
        path: StrPath,
        rev_id: str,
        message: str | None,
        create_date: datetime.datetime,
        file_template: str | None = None,
    ) -> Path:
        """Return the path of a new revision file in the folder ``path``."""
        from idiolect.script.naming import revision_path, slug

        return revision_path(
            path,
            file_template or self.file_template,
            rev_id=rev_id,
            slug=slug(message, self.truncate_slug_length),
            create_date=create_date,
        )

    def generate_revision(  # noqa: PLR0917 - the documented order
        self,
        revid: str,
        message: str | None,
        head: RevIds = None,
        splice: bool | None = False,
        branch_labels: RevIds = None,
        version_path: StrPath | None = None,
        file_template: str | None = None,
        depends_on: RevIds = None,
        **kw: Any,
    ) -> Script | None:
        """Write a new revision file and add it to the graph.

        Args:
            revid: the new id.
            message: any text; None for "empty message".
            head: the parent: one identifier, or several for a merge; "base" or () for none; None
                for the only head.
            splice: allow a ``head`` that already has children.
            branch_labels: branch labels of the new revision.
            version_path: the version location to write to; None for that of ``head``.
            file_template: the format of the file name; None for the configured one.
            depends_on: ids or labels that must be applied first.
            kw: additional variables for the template.

        Raises:
            CommandError: the id, the label or the file exists, an identifier cannot be resolved, or
                the file cannot be written. No file is left behind.
        """
        # Imported here because commands that only read do not need it.
        from idiolect.script.generate import NewRevision, write_revision

        wanted = NewRevision(
            rev_id=revid,
            message=message,
            head="head" if head is None else head,
            splice=bool(splice),
            branch_labels=to_tuple(branch_labels, ()),
            version_path=None if version_path is None else os.fspath(version_path),
            file_template=file_template,
            depends_on=to_tuple(depends_on, ()),
        )
        return write_revision(self, wanted, kw)


def _prepend_sys_path(paths: list[str]) -> None:
    # Every command creates a script directory; do not add the same paths twice.
    if paths and sys.path[: len(paths)] != paths:
        sys.path[:0] = paths


def _length_option(config: Config, name: str) -> int | None:
    value: Any = config.get_alembic_option(name)
    if value is None or value == "":
        return None
    # bool is a subclass of int.
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        try:
            return int(value)
        except ValueError as exc:
            # The text that Alembic's callers know, and the place as a note.
            error = OptionValueError(str(exc))
            place = config.place_of(name).note
            error.add_note(f"{name!r} {place}: expected a number of characters")
            raise error from exc
    raise config.place_of(name).error(f"expected a number of characters, not {value!r}")


def _text_option(config: Config, name: str) -> str | None:
    value: Any = config.get_alembic_option(name)
    if value is None or isinstance(value, str):
        return value
    raise config.place_of(name).error(f"has to be text in quotes, not {value!r}")


@contextmanager
def _blaming(config: Config, option: str) -> Iterator[None]:
    """Add an option's location to errors caused by its value."""
    try:
        yield
    except CommandError as exc:
        place = config.place_of(option)
        exc.add_note(f"{option!r} {place.note}")
        raise


def __getattr__(name: str) -> Any:
    # Published code finds it here.
    if name == "Script":
        from idiolect.script.script import Script

        return Script
    # The import system looks up __path__ here; that must not load anything.
    if not name.startswith("__"):
        # Published code builds file names with the first and searches for files with the others.
        from idiolect.script.patterns import NAMES

        if name in NAMES:
            return NAMES[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

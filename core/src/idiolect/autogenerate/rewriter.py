"""Rewriter: a ``process_revision_directives`` function composed of functions per operation class.

env.py creates one, registers functions with it and passes it to ``configure()``.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar

from idiolect.autogenerate.directives import is_operation
from idiolect.errors import CommandError
from idiolect.operations.ops.containers import MigrationScript, OpContainer
from idiolect.util.dispatch import Dispatcher
from idiolect.util.langhelpers import to_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from idiolect.operations.ops.core import MigrateOperation


class Rewriter:
    """Replaces operations by the results of registered functions.

    Call it, or pass it as ``process_revision_directives``.
    """

    #: Traversal functions for operation classes of programs, called with the rewriter, the
    #: migration context, the revision and the operation. By default only containers are traversed.
    _traverse: ClassVar[Dispatcher] = Dispatcher()

    def __init__(self) -> None:
        self._dispatch = Dispatcher()
        self._chained: tuple[Callable[..., None], ...] = ()

    def chain(self, other: Callable[..., None]) -> Rewriter:
        """Return a copy that calls ``other`` afterwards with the same directives.

        Args:
            other: a Rewriter, or another ``process_revision_directives`` function.
        """
        copy = type(self)()
        copy._dispatch = self._dispatch  # noqa: SLF001 - of this class
        copy._chained = (*self._chained, other)  # noqa: SLF001 - as above
        return copy

    def rewrites(
        self, operator: type[MigrateOperation] | Sequence[type[MigrateOperation]]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator that registers a function for operations of a class.

        The function takes the migration context, the current revision and the operation, and
        returns an operation, a list of operations, or None to remove it. The same function is not
        called again with its result; the contents of a returned container are traversed.

        Args:
            operator: the class or classes, including subclasses.
        """
        kinds = to_list(operator)

        def register(fn: Callable[..., Any]) -> Callable[..., Any]:
            for kind in kinds:
                self._dispatch.dispatch_for(kind)(fn)
            return fn

        return register

    def __call__(self, context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        """Call :meth:`process_revision_directives`."""
        self.process_revision_directives(context, revision, directives)

    def process_revision_directives(
        self, context: Any, revision: Any, directives: list[MigrationScript]
    ) -> None:
        """Rewrite directives in place, then call the chained function.

        Args:
            context: the migration context.
            revision: the heads of the database.
            directives: the MigrationScripts to be written.
        """
        directives[:] = self._rewritten(context, revision, directives)
        for directive in directives:
            self._walk(context, revision, directive)
        for process in self._chained:
            process(context, revision, directives)

    def _walk(self, context: Any, revision: Any, directive: MigrateOperation) -> None:
        if isinstance(directive, MigrationScript):
            for attribute in ("upgrade_ops", "downgrade_ops"):
                given = getattr(directive, f"{attribute}_list")
                found = self._rewritten(context, revision, given)
                if len(found) != len(given):
                    raise CommandError(
                        f"Rewriter: {attribute} of a MigrationScript have to be replaced by as "
                        f"many; {len(given)} became {len(found)}."
                    )
                setattr(directive, attribute, found)
                for container in found:
                    self._walk(context, revision, container)
        elif isinstance(directive, OpContainer):
            directive.ops[:] = self._rewritten(context, revision, directive.ops)
            for operation in directive.ops:
                self._walk(context, revision, operation)
        else:
            self._walker_of(directive)(self, context, revision, directive)

    def _walker_of(self, directive: MigrateOperation) -> Callable[..., None]:
        try:
            walker: Callable[..., None] = self._traverse.dispatch(directive)
        except ValueError:
            return lambda *_arguments: None
        return walker

    def _rewritten(self, context: Any, revision: Any, directives: Sequence[Any]) -> list[Any]:
        return [
            new
            for directive in directives
            for new in self._replacements(context, revision, directive)
        ]

    def _replacements(self, context: Any, revision: Any, directive: Any) -> Iterator[Any]:
        try:
            rewrite = self._dispatch.dispatch(directive)
        except ValueError:
            yield directive
            return
        if rewrite in getattr(directive, "_mutations", ()):
            yield directive
            return
        for new in to_list(rewrite(context, revision, directive)):
            if not is_operation(new):
                raise CommandError(
                    f"Rewriter: {getattr(rewrite, '__qualname__', rewrite)!r} has to return an "
                    f"operation, a list of operations or None, got {new!r}."
                )
            # A third-party operation class may be frozen.
            with contextlib.suppress(AttributeError):
                new._mutations = getattr(new, "_mutations", frozenset()) | {rewrite}  # noqa: SLF001
            yield new

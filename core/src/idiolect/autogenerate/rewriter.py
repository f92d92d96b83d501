"""Rewriter: a ``process_revision_directives`` function made of functions, one a kind of operation.

env.py makes one, registers functions with it and passes it to ``configure()``. It knows how to
walk through directives and nothing about databases.
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
    """Replaces operations by what registered functions return for them.

    Call it, or pass it as ``process_revision_directives``.
    """

    #: How operations of programs are walked through, by their class: called with the rewriter,
    #: the migration context, the revision and the operation. Others than containers are not.
    _traverse: ClassVar[Dispatcher] = Dispatcher()

    def __init__(self) -> None:
        self._dispatch = Dispatcher()
        self._chained: tuple[Callable[..., None], ...] = ()

    def chain(self, other: Callable[..., None]) -> Rewriter:
        """Return a copy after which ``other`` is called on the same directives.

        Args:
            other: a Rewriter, or another function of the form of process_revision_directives.
        """
        copy = type(self)()
        copy._dispatch = self._dispatch  # noqa: SLF001 - of this class
        copy._chained = (*self._chained, other)  # noqa: SLF001 - as above
        return copy

    def rewrites(
        self, operator: type[MigrateOperation] | Sequence[type[MigrateOperation]]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator that registers a function for operations of a kind.

        The function takes the migration context, the current revision and the operation, and
        returns an operation, a list of operations, or None to remove it. What it returns is
        not given to the same function again; what is inside of it is walked through.

        Args:
            operator: the class, whose subclasses are meant too, or several.
        """
        kinds = to_list(operator)

        def register(fn: Callable[..., Any]) -> Callable[..., Any]:
            for kind in kinds:
                self._dispatch.dispatch_for(kind)(fn)
            return fn

        return register

    def __call__(self, context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        """Do what :meth:`process_revision_directives` does."""
        self.process_revision_directives(context, revision, directives)

    def process_revision_directives(
        self, context: Any, revision: Any, directives: list[MigrationScript]
    ) -> None:
        """Rewrite directives in place, then call what is chained.

        Args:
            context: the migration context.
            revision: the heads of the database.
            directives: the revisions to be written.
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
            # An operation that derives from nothing of ours may be frozen.
            with contextlib.suppress(AttributeError):
                new._mutations = getattr(new, "_mutations", frozenset()) | {rewrite}  # noqa: SLF001
            yield new

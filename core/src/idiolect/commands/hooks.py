"""The command ``hooks``, which shows the hooks, their signatures and their implementations.

Signatures and texts come from the specifications, implementations from the inventory of plugins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.commands.documents import check_format, print_document
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.settings.config import Config


def hooks(config: Config, name: str | None = None, format: str = "text") -> None:
    """List the hooks that plugins can implement, or describe one of them.

    Args:
        config: has the output stream; needs no file.
        name: the hook to describe in detail; None lists all hooks.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the hook or the format is unknown.
    """
    check_format(format)
    # Imported here because it imports the plugins.
    from idiolect.commands.specifications import known_hooks
    from idiolect.util.langhelpers import nearest

    found = known_hooks()
    if name is not None:
        wanted = [each for each in found if each.name == name]
        if not wanted:
            alike = nearest(name, [each.name for each in found], limit=1)
            hint = f"Did you mean {alike[0]!r}?" if alike else "See 'hooks' for all of them."
            raise CommandError(f"There is no hook {name!r}. {hint}")
        found = wanted
    if format == "json":
        from dataclasses import asdict

        print_document(config, hooks=[asdict(each) for each in found])
        return
    for line in _lines(found) if name is None else _details(found[0]):
        config.print_stdout("%s", line)


def _lines(found: list[Any]) -> Iterator[str]:
    """Yield one line per hook."""
    width = max(len(each.name) for each in found)
    for each in found:
        number = len([one for one in each.implementers if one.kind != "core"])
        by = "by nobody" if not number else "by 1 plugin" if number == 1 else f"by {number} plugins"
        yield f"{each.name:<{width}}  {by:<13}  {each.doc.partition(chr(10))[0]}"


def _details(hook: Any) -> Iterator[str]:
    """Yield the detailed description of a hook."""
    yield hook.signature
    yield ""
    yield from (f"    {line}".rstrip() for line in hook.doc.splitlines())
    yield ""
    yield "Answers: " + ("the first counts" if hook.first_result else "all count")
    if not hook.implementers:
        yield "Implemented by: nobody"
        return
    yield "Implemented by, in calling order:"
    for each in hook.implementers:
        origin = f" of {each.distribution} {each.version}" if each.distribution else ""
        serves = f", for {each.dialect} alone" if each.dialect else ""
        yield f"    {each.kind} {each.name!r}{origin}{serves} ({each.place})"

"""The command ``doctor``, which checks everything that a migration needs.

The checks are in :mod:`idiolect.cli.diagnosis`; here they are formatted as lines or a document, and
determine the exit status. Changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idiolect.commands.documents import check_format, print_document
from idiolect.errors import CommandError
from idiolect.util.colors import has_colors, painted
from idiolect.util.controls import visible
from idiolect.util.messaging import write_outstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.cli.findings import Finding, Status
    from idiolect.settings.config import Config
    from idiolect.util.colors import Style

_STYLES: Final[dict[Status, Style]] = {
    "ok": "green",
    "note": "yellow",
    "problem": "red",
    "skipped": "dim",
}


def doctor(config: Config, format: str = "text") -> None:
    """Diagnose problems with the project, the plugins and the database.

    Args:
        config: the configuration.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: there is a problem, or the format is unknown.
    """
    check_format(format)
    from idiolect.cli.diagnosis import diagnose

    found = list(diagnose(config))
    problems = sum(each.status == "problem" for each in found)
    if format == "json":
        from dataclasses import asdict

        print_document(config, healthy=not problems, findings=[asdict(each) for each in found])
    else:
        for line in _lines(found, has_colors(config.stdout)):
            # print_stdout() would escape the colour codes.
            write_outstream(config.stdout, line, "\n", **config.messaging_opts)
    if problems:
        count = "1 problem" if problems == 1 else f"{problems} problems"
        raise CommandError(f"The doctor found {count}; see above.")


def _lines(found: list[Finding], colors: bool) -> Iterator[str]:
    for each in found:
        first, *others = visible(each.text).splitlines() or [""]
        status = painted(f"{each.status:<9}", _STYLES[each.status], colors)
        yield f"{status}{each.check:<14}{first}"
        if each.remedy:
            others.append(f"To fix it: {visible(each.remedy)}")
        yield from (f"{'':<23}{line}".rstrip() for line in others)

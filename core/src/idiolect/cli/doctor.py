"""The command that looks at all that a migration needs, and says what is wrong and how to mend it.

The command line and programs come in. The looking is done next door; here it becomes lines or a
document, and an exit status. Changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.cli.findings import Finding
    from idiolect.settings.config import Config

#: Of the document; to be raised when a key goes or means something else, not for a new one.
_DOCUMENT_VERSION: Final = 1


def doctor(config: Config, format: str = "text") -> None:
    """Look at all that a migration needs: say what is wrong and how to mend it.

    Args:
        config: the configuration in use.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: something is wrong, or the format is none of the two.
    """
    if format not in {"text", "json"}:
        raise CommandError(f"Unknown format {format!r}; expected 'text' or 'json'.")
    from idiolect.cli.diagnosis import diagnose

    found = list(diagnose(config))
    problems = sum(each.status == "problem" for each in found)
    if format == "json":
        config.print_stdout("%s", _document(found, healthy=not problems))
    else:
        for line in _lines(found):
            config.print_stdout("%s", line)
    if problems:
        count = "1 problem" if problems == 1 else f"{problems} problems"
        raise CommandError(f"The doctor found {count}; see above.")


def _document(found: list[Finding], *, healthy: bool) -> str:
    import json
    from dataclasses import asdict

    entries = [asdict(each) for each in found]
    document = {"version": _DOCUMENT_VERSION, "healthy": healthy, "findings": entries}
    return json.dumps(document, indent=2)


def _lines(found: list[Finding]) -> Iterator[str]:
    for each in found:
        first, *others = each.text.splitlines() or [""]
        yield f"{each.status:<9}{each.check:<14}{first}"
        if each.remedy:
            others.append(f"To mend it: {each.remedy}")
        yield from (f"{'':<23}{line}".rstrip() for line in others)

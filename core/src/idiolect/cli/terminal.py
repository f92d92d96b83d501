"""Output for terminals: failures with the surrounding lines of code, and colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from idiolect.util.colors import Style, painted
from idiolect.util.controls import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.cli.report import Failure
    from idiolect.settings.config import Config

#: Lines of code shown above and below the failing one.
_AROUND: Final = 2


def failure_at_terminal(failure: Failure, config: Config | None, colors: bool) -> str:
    """Return a failure formatted for a terminal, with the surrounding lines of code.

    Args:
        failure: the failure.
        config: the configuration, whose secrets are masked.
        colors: whether to use colours.
    """
    # Imported here because the progress display imports this module and redacts nothing.
    from idiolect.cli.secrets import redact

    code = f" [{failure.code}]" if failure.code else ""
    lines = [painted("FAILED: ", "red", colors) + painted(failure.headline, "bold", colors)]
    lines[0] += painted(code, "dim", colors)
    excerpt = list(_excerpt(failure.place)) if failure.place else []
    # The excerpt replaces the two lines of the innermost frame.
    frames = failure.frames[:-2] if excerpt and failure.code is None else failure.frames
    lines += [painted(line, "dim", colors) for line in frames]
    lines += [painted(visible(redact(text, config)), style, colors) for style, text in excerpt]
    lines += [painted(line, "red", colors) for line in failure.reason]
    return "\n".join(lines)


def _excerpt(place: tuple[str, int]) -> Iterator[tuple[Style, str]]:
    """Yield numbered lines around a position; nothing if the file does not exist."""
    path, number = place
    try:
        lines = Path(path).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return
    if not 1 <= number <= len(lines):
        return
    first, last = max(1, number - _AROUND), min(len(lines), number + _AROUND)
    width = len(str(last))
    yield "dim", f"  {path}, line {number}"
    for at in range(first, last + 1):
        mark = ">" if at == number else " "
        line = f"  {mark} {at:>{width}} | {lines[at - 1]}".rstrip()
        yield ("yellow" if at == number else "plain"), line

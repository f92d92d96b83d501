"""Comments in revision files that suppress findings: ``# lint: ignore[rule, ...]``.

A comment applies to the statement that it is in or right above; before the first statement of the
file, it applies to the whole file.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT: Final = re.compile(r"\blint:\s*ignore\[([^\]]*)\]")


@dataclass(slots=True)
class Ignore:
    """A comment.

    Attributes:
        line: where it is.
        names: the rules that it names.
        first: the first line of the code that it applies to.
        last: the last line of it.
        used: the rules of which it has suppressed a finding.
    """

    line: int
    names: tuple[str, ...]
    first: int
    last: int
    used: set[str] = field(default_factory=set)

    def suppresses(self, rule: str, line: int) -> bool:
        """Return whether a finding is suppressed, and remember that it was."""
        applies = rule in self.names and self.first <= line <= self.last
        if applies:
            self.used.add(rule)
        return applies


def ignores_in(path: str) -> list[Ignore]:
    """Return the comments in a revision file; none if it has no source."""
    try:
        source = Path(path).read_bytes()
        if b"lint:" not in source:
            return []
        tree = ast.parse(source)
        return list(_found(source, tree))
    except (OSError, SyntaxError, ValueError, tokenize.TokenError):
        return []


def _found(source: bytes, tree: ast.Module) -> Iterator[Ignore]:
    lines = source.count(b"\n") + 1
    begin = _beginning(tree, lines)
    spans = sorted(_spans(tree))
    own_lines: dict[int, bool] = {}
    found: list[tuple[int, tuple[str, ...]]] = []
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            own_lines[line] = not token.line[:column].strip()
            if match := _COMMENT.search(token.string):
                found.append((line, tuple(match[1].replace(",", " ").split())))
    for line, names in found:
        if line < begin:
            yield Ignore(line, names, 1, lines)
            continue
        target = line
        while own_lines.get(target):
            target += 1
        first, last = next(
            (span for span in reversed(spans) if span[0] <= target <= span[1]), (target, target)
        )
        yield Ignore(line, names, first, last)


def _beginning(tree: ast.Module, lines: int) -> int:
    """Return the line of the first statement after the docstring."""
    body = tree.body[1:] if ast.get_docstring(tree, clean=False) is not None else tree.body
    return body[0].lineno if body else lines + 1


def _spans(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield the lines of each statement; of one with a body, those before its body."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno
            yield node.lineno, max(node.lineno, last or node.lineno)

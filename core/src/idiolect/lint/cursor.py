"""A position in the tokens of a statement, with the questions that recognising it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.lint.tokens import Token

#: Words after the type of a column.
_AFTER_TYPE: Final = (
    "NOT NULL DEFAULT CONSTRAINT PRIMARY UNIQUE CHECK REFERENCES COLLATE GENERATED IDENTITY "
    "AUTO_INCREMENT AUTOINCREMENT COMMENT AFTER FIRST USING AS ENABLE DISABLE INVISIBLE VISIBLE "
    "STORED VIRTUAL PERSISTED SPARSE KEY ON"
)
_ENDS: Final = frozenset(_AFTER_TYPE.split())


class Cursor:
    """A position in tokens.

    Args:
        tokens: the tokens of a statement, or of a part of one.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def copy(self) -> Cursor:
        """Return a cursor at the same position."""
        return Cursor(self._tokens[self._at :])

    def peeks(self, *words: str) -> bool:
        """Return whether these words or signs come next."""
        coming = self._tokens[self._at : self._at + len(words)]
        return [token.keyword for token in coming] == [*words]

    def accept(self, *words: str) -> bool:
        """Skip these words or signs if they come next, and return whether they do."""
        if not self.peeks(*words):
            return False
        self._at += len(words)
        return True

    def accept_any(self, *words: str) -> str:
        """Skip the next word if it is one of these, and return it, or ``""``."""
        word = self._tokens[self._at].keyword if self._at < len(self._tokens) else ""
        if word not in words:
            return ""
        self._at += 1
        return word

    def has(self, *words: str) -> bool:
        """Return whether these words follow each other anywhere after this position."""
        found = [token.keyword for token in self._tokens[self._at :]]
        size = len(words)
        return any(found[i : i + size] == [*words] for i in range(len(found) - size + 1))

    def peek_name(self) -> str:
        """Return the name that comes next, or ``""``."""
        if self._at < len(self._tokens) and self._tokens[self._at].kind in {"word", "quoted"}:
            return self._tokens[self._at].text
        return ""

    def name(self) -> str:
        """Skip a name and return it, or ``""`` if none comes next."""
        found = self.peek_name()
        self._at += bool(found)
        return found

    def table(self) -> tuple[str | None, str] | None:
        """Skip a name with its schema, if any, and return both; None if none comes next."""
        parts = [self.name()]
        while parts[-1] and self.accept("."):
            parts.append(self.name())
        self.accept("*")
        if not parts[-1]:
            return None
        return (".".join(parts[:-1]) or None, parts[-1])

    def columns(self) -> tuple[str, ...]:
        """Skip a list in parentheses and return its elements that are plain names."""
        if not self.peeks("("):
            return ()
        return tuple(name for each in self.inside() if (name := each.peek_name()))

    def inside(self) -> list[Cursor]:
        """Skip parentheses and return a cursor for each part between their commas."""
        depth, start = 0, self._at + 1
        while self._at < len(self._tokens):
            depth += self._depth_change()
            self._at += 1
            if not depth:
                break
        return list(Cursor(self._tokens[start : self._at - 1]).parts())

    def parts(self) -> Iterator[Cursor]:
        """Yield a cursor for each part of the rest, separated by commas outside of parentheses."""
        depth = 0
        part: list[Token] = []
        for token in self._tokens[self._at :]:
            depth += {"(": 1, ")": -1}.get(token.keyword, 0)
            if token.keyword == "," and not depth:
                yield Cursor(part)
                part = []
            else:
                part.append(token)
        if part:
            yield Cursor(part)

    def flat(self) -> Cursor:
        """Return a cursor for the rest without what is in parentheses."""
        depth = 0
        kept: list[Token] = []
        for token in self._tokens[self._at :]:
            depth -= token.keyword == ")"
            if not depth:
                kept.append(token)
            depth += token.keyword == "("
        return Cursor(kept)

    def skip_to(self, *words: str) -> bool:
        """Move behind the next occurrence of these words; if there is none, return False."""
        before = self._at
        while self._at < len(self._tokens):
            if self.accept(*words):
                return True
            self._at += 1
        self._at = before
        return False

    def type(self) -> str:
        """Skip a type and return its text."""
        start = self._at
        if not self.peek_name():
            return ""
        while self._at < len(self._tokens) and not self._ends_type(start):
            self._at += 1
        return self._text(start, self._at)

    def rest(self) -> str:
        """Return the text up to the end."""
        return self._text(self._at, len(self._tokens))

    def default(self) -> tuple[str, bool]:
        """Skip the expression after DEFAULT; return its text and whether it is a constant."""
        start = self._at
        if self.peeks("("):
            self.inside()
        else:
            self._at += 1
        if self.peeks("("):
            self.inside()
        is_constant = self._at == start + 1 and (
            self._tokens[start].is_literal or self._tokens[start].keyword in {"TRUE", "FALSE"}
        )
        return self._text(start, self._at), is_constant

    def _ends_type(self, start: int) -> bool:
        token = self._tokens[self._at]
        return self._at > start and token.keyword in _ENDS

    def _depth_change(self) -> int:
        return {"(": 1, ")": -1}.get(self._tokens[self._at].keyword, 0)

    def _text(self, start: int, end: int) -> str:
        text = " ".join(token.text for token in self._tokens[start:end])
        for sign in ("(", ")", ",", "."):
            text = text.replace(f" {sign}", sign)
        return text.replace("( ", "(").replace(". ", ".")

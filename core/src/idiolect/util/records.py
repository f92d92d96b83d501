"""A base class for small frozen records that every command defines.

Defining a dataclass or a named tuple takes ten times as long as defining a class, because both
compile code for it; a short command would spend more time on that than on its work. Elsewhere,
records are dataclasses.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record:
    """A class whose annotations are its fields, as in a frozen dataclass.

    Defaults are values in the class body. Records are equal if they are of the same class and all
    fields are equal.

    Raises:
        TypeError: a field has neither value nor default, has two, or is unknown.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        declared = [name for name in cls.__annotations__ if not name.startswith("_")]
        cls._fields = tuple(dict.fromkeys((*cls._fields, *declared)))
        cls._defaults = {name: getattr(cls, name) for name in cls._fields if hasattr(cls, name)}

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self._fields
        state = self.__dict__
        state.update(self._defaults)
        state.update(zip(fields, values, strict=False))
        state.update(named)
        # An unknown name makes one too many, a missing value one too few.
        is_twice = named and not named.keys().isdisjoint(fields[: len(values)])
        if len(state) != len(fields) or len(values) > len(fields) or is_twice:
            raise TypeError(self._refusal())

    def __setattr__(self, name: str, value: Any) -> None:
        message = f"{type(self).__name__} is frozen: cannot set {name!r}"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> None:
        message = f"{type(self).__name__} is frozen: cannot delete {name!r}"
        raise AttributeError(message)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__[name] for name in self._fields))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._fields)
        return f"{type(self).__name__}({values})"

    @classmethod
    def _refusal(cls) -> str:
        expected = ", ".join(
            f"{name}={cls._defaults[name]!r}" if name in cls._defaults else name
            for name in cls._fields
        )
        return f"{cls.__name__} takes the values ({expected}), each once"

    def replaced(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return type(self)(**{**self.__dict__, **changes})

"""Options of ``configure()`` as records, and the registry in which core and plugins put them.

Filled by implementations of the hook ``register_options`` and read by ``runtime/options.py``.
Nothing here looks at a value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from idiolect.errors import HookError
from idiolect.hooks.collectors import Collector

Kind = type[Any] | tuple[type[Any], ...]

#: What an ini file's text can be turned into.
_FROM_TEXT = (bool, float, int, str)


class Option(NamedTuple):
    """One option of ``configure()``.

    Attributes:
        name: the keyword argument.
        type: the class of its values, or several; ``object`` takes anything. None, and the
            default, are always taken.
        default: what plugins find where nothing was given; None: the option is left out.
        doc: one line on what it does.
        ini: the key in the main section of the ini file; ``""``: it is not read from there.
        toml: the key in ``[tool.idiolect]``; ``""``: it is not read from there.
        owner: whose it is; filled in by the registry.
    """

    name: str
    type: Kind
    default: Any = None
    doc: str = ""
    ini: str = ""
    toml: str = ""
    owner: str = ""

    @property
    def types(self) -> tuple[Any, ...]:
        """The classes of its values."""
        return self.type if isinstance(self.type, tuple) else (self.type,)


class OptionRegistry(Collector[Option]):
    """The options of ``configure()``."""

    kind = "option of configure()"

    def add(self, option: Option) -> None:
        """Register an option.

        Raises:
            PluginConflictError: there is one of this name.
            HookError: it is no usable option.
        """
        if not isinstance(option, Option):
            raise HookError(f"{self.owner} registered {option!r}; expected: an Option.")
        if not all(isinstance(each, type) for each in option.types):
            raise HookError(
                f"The option {option.name!r} of {self.owner} has the type {option.type!r}; "
                "expected: a class, or a tuple of classes."
            )
        if option.ini and not any(each in _FROM_TEXT for each in option.types):
            raise HookError(
                f"The option {option.name!r} of {self.owner} cannot be read from an ini file: "
                "its type is none of bool, int, float, str. Leave out its ini key."
            )
        self.put(option.name, option._replace(owner=self.owner))

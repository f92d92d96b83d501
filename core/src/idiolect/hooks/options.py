"""Options of ``configure()`` as records, and the registry that core and plugins add them to.

Filled by implementations of the hook ``register_options``, read by ``runtime/options.py``. Values
are not looked at here.
"""

from __future__ import annotations

from typing import Any

from idiolect.errors import HookError
from idiolect.hooks.collector import CORE, Collector
from idiolect.util.records import Record

Kind = type[Any] | tuple[type[Any], ...]

#: Types that the text of an ini file can be converted to.
_FROM_TEXT = (bool, float, int, str)


class Option(Record):
    """One option of ``configure()``.

    Attributes:
        name: the keyword argument.
        type: the class or classes of its values; ``object`` accepts anything. None and the
            default are always accepted.
        default: what plugins get if the option is not given; None: the option is absent.
        doc: one line of documentation.
        ini: the key in the main section of the ini file; ``""``: not read from there.
        toml: the key in ``[tool.idiolect]``; ``""``: not read from there.
        owner: who registered it; filled in by the registry.
    """

    name: str
    type: Kind
    default: Any = None
    doc: str = ""
    ini: str = ""
    toml: str = ""
    owner: str = CORE

    @property
    def types(self) -> tuple[Any, ...]:
        """The accepted classes."""
        return self.type if isinstance(self.type, tuple) else (self.type,)


class OptionRegistry(Collector[Option]):
    """The options of ``configure()``."""

    kind = "option of configure()"

    def add(self, option: Option) -> None:
        """Register an option.

        Raises:
            PluginConflictError: an option of this name exists.
            HookError: the option is invalid.
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
        is_owned = option.owner == self.owner
        self.put(option.name, option if is_owned else option.replaced(owner=self.owner))

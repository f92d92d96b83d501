"""The connection of a context without a database: what is executed on it is written.

Used by impls for ``--sql``, and by plans. Gives parameters to statements as values, since a script
has no driver that would bind them. Never answers anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import NullType

from idiolect.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.base import Executable

# Where text() would see a parameter, by SQLAlchemy's rule.
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")


class ScriptParameterError(OperationError, TypeError):
    """Parameters were passed where they cannot be written into a script."""


class StandInConnectionError(OperationError, AttributeError):
    """Something was asked of the connection of a script that only a real one has."""


class StandInConnection(MockConnection):
    """A connection whose every statement goes to a function.

    Args:
        dialect: of the statements.
        write: called with each statement, which has the values of its parameters.
        answer: makes the result of a statement; None has no result.
    """

    def __init__(
        self,
        dialect: Dialect,
        write: Callable[[Any], object],
        answer: Callable[[], Any] | None = None,
    ) -> None:
        self._write = write
        self._answer = answer or _nothing
        super().__init__(dialect, self._execute)

    def _execute(self, statement: Executable, parameters: Any = None) -> Any:
        for each in with_parameters(statement, parameters):
            self._write(each)
        return self._answer()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise StandInConnectionError(
            f"The connection of a script only writes what is executed on it, and has no {name!r}: "
            "there is no database. Test context.is_offline_mode() in the revision."
        )

    def scalar(self, statement: Executable, parameters: Any = None, **options: Any) -> Any:
        """Write a statement, and ask its result for a value."""
        return self.execute(statement, parameters, **options).scalar()

    def scalars(self, statement: Executable, parameters: Any = None, **options: Any) -> Any:
        """Write a statement, and ask its result for the values of a column."""
        return self.execute(statement, parameters, **options).scalars()

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> Any:
        """Write a string as it is.

        Args:
            statement: in which a colon has no meaning.
            parameters: must be empty: their placeholders are the driver's.
            execution_options: ignored.

        Raises:
            ScriptParameterError: there are parameters.
        """
        del execution_options
        if parameters:
            raise ScriptParameterError(
                "The parameters of exec_driver_sql() cannot be written into a script: "
                f"{_shortened(statement)!r}. Execute text() with parameters such as ':name'."
            )
        return self._execute(text(_PARAMETER.sub(r"\\:", statement)))


def with_parameters(statement: Executable, parameters: Any) -> Iterator[Executable]:
    """Yield a statement once for each set of parameters, which it then has as values.

    Args:
        statement: yielded as it is where there are no parameters.
        parameters: as for ``Connection.execute()``: a mapping, or a sequence of some.

    Raises:
        ScriptParameterError: they are neither.
    """
    if not parameters:
        yield statement
        return
    several = [parameters] if isinstance(parameters, Mapping) else parameters
    is_list = isinstance(several, Sequence) and not isinstance(several, str)
    if not is_list or not all(isinstance(each, Mapping) for each in several):
        raise ScriptParameterError(
            "The parameters of a statement are a dict or a list of dicts, got "
            f"{type(parameters).__name__}: {_shortened(statement)!r}."
        )
    for each in several:
        yield _with_values(statement, each)


def _with_values(statement: Any, values: Mapping[str, Any]) -> Any:
    names: set[str] = set()

    def with_value(element: Any, **_: Any) -> Any:
        if not isinstance(element, BindParameter) or element.key not in values:
            return None
        names.add(element.key)
        type_ = None if isinstance(element.type, NullType) else element.type
        return bindparam(element.key, values[element.key], type_=type_, expanding=element.expanding)

    given = visitors.replacement_traverse(statement, {}, with_value)
    columns = {name: value for name, value in values.items() if name not in names}
    if columns and isinstance(given, Insert | Update):
        return given.values(columns)
    return given


def _shortened(statement: Any) -> str:
    return " ".join(str(statement).split())[:80]


def _nothing() -> None:
    return None

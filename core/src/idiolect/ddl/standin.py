"""A mock connection for contexts without a database: statements are written, not executed.

Used by impls for ``--sql``, and by plans. Parameters are set as values in the statement, because a
script has no driver to bind them. Returns no results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import NullType

from idiolect.errors import OperationError
from idiolect.util.colons import escape_colons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.base import Executable


class ScriptParameterError(OperationError, TypeError):
    """Parameters were passed that cannot be written to a script."""


class StandInConnectionError(OperationError, AttributeError):
    """An attribute was accessed that only a real connection has."""


class StandInConnection(MockConnection):
    """A connection that passes every statement to a function.

    Args:
        dialect: the dialect of the statements.
        write: called with each statement, with the parameter values set in it.
        answer: creates the result of a statement; None: there is no result.
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
        """Write a statement, and return the scalar of its result."""
        return self.execute(statement, parameters, **options).scalar()

    def scalars(self, statement: Executable, parameters: Any = None, **options: Any) -> Any:
        """Write a statement, and return the scalars of its result."""
        return self.execute(statement, parameters, **options).scalars()

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> Any:
        """Write a string unchanged.

        Args:
            statement: the text; colons have no meaning in it.
            parameters: must be empty: placeholders depend on the driver.
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
        return self._execute(text(escape_colons(statement)))


def check_parameters(
    multiparams: Sequence[Mapping[str, Any]] | None, params: Mapping[str, Any], *, as_sql: bool
) -> None:
    """Raise ScriptParameterError if parameters are given in both forms, or for a script."""
    if multiparams is not None and params:
        raise ScriptParameterError("Can't send params and multiparams at the same time")
    if as_sql:
        raise ScriptParameterError("SQL parameters not allowed with as_sql")


def with_parameters(statement: Executable, parameters: Any) -> Iterator[Executable]:
    """Yield a statement once per set of parameters, with the values set in it.

    Args:
        statement: yielded unchanged if there are no parameters.
        parameters: as for ``Connection.execute()``: a mapping, or a sequence of mappings.

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

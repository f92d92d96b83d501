"""The primary key of a table that is rebuilt.

Used by :mod:`idiolect.operations.batch.rebuild`. A primary key is a list of column keys, in order,
and not a set of flags of columns, so that columns can be replaced while the key stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.operations.batch import copies
from idiolect.util.sqla_compat import constraint_name, set_final_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping
    from typing import Any

    from sqlalchemy import Column, Constraint, PrimaryKeyConstraint


class PrimaryKey:
    """The primary key of the new table.

    Args:
        named: the new table's constraints by name, among which it is kept if it has a name.
        key_of: column name, before or after the batch -> column key; None if there is none.
    """

    def __init__(
        self, named: MutableMapping[str, Constraint], key_of: Callable[[str], str | None]
    ) -> None:
        self._named = named
        self._key_of = key_of
        self._keys: list[str] = []
        #: Provides the name and the options.
        self._model: PrimaryKeyConstraint | None = None
        #: Added by the batch; its columns may follow later.
        self._added: PrimaryKeyConstraint | None = None

    @property
    def name(self) -> str | None:
        """Its name, or None."""
        return None if self._model is None else constraint_name(self._model, self._model.table)

    def set(self, model: PrimaryKeyConstraint | None, keys: list[str]) -> None:
        """Replace it.

        Args:
            model: provides the name and the options; None: there are none.
            keys: the keys of its columns, in order.
        """
        if self.name is not None:
            self._named.pop(self.name, None)
        self._model, self._keys = model, keys
        if model is not None and self.name is not None:
            self._named[self.name] = model

    def add(self, constraint: PrimaryKeyConstraint) -> None:
        """Replace it by a constraint that the batch adds."""
        self._added = constraint
        self._use(constraint)

    def complete(self) -> tuple[PrimaryKeyConstraint, str] | None:
        """Use the added constraint, whose columns may have been replaced or added after it.

        Returns:
            The constraint and the name of a column that it lacks, if it could never be used.
        """
        added = self._added
        if added is None:
            return None
        missing = self._use(added)
        return (added, missing[0]) if missing and self._model is not added else None

    def _use(self, constraint: PrimaryKeyConstraint) -> list[str]:
        """Set it if all columns of the constraint exist; return the names of those that do not."""
        keys = {column.name: self._key_of(column.name) for column in constraint.columns}
        missing = [name for name, key in keys.items() if key is None]
        if not missing:
            self.set(constraint, [key for key in keys.values() if key is not None])
        return missing

    def drop(self) -> None:
        """Remove it."""
        self.set(None, [])
        self._added = None

    def add_column(self, key: str) -> None:
        """Make it consist of a new column that is flagged, unless it has columns.

        A flag does not extend an existing key; ``create_primary_key()`` does.
        """
        if not self._keys:
            self._keys = [key]

    def drop_column(self, key: str) -> None:
        """Remove a column from it; without the last one, it has no name either."""
        remaining = [each for each in self._keys if each != key]
        self.set(self._model if remaining else None, remaining)

    def constraints(self, columns: Mapping[str, Column[Any]]) -> Iterator[PrimaryKeyConstraint]:
        """Yield the constraint for the new table, if any, and set the flags of the columns."""
        for key, column in columns.items():
            column.primary_key = key in self._keys
        if self._keys:
            yield set_final_name(copies.primary_key(self._model, self._keys), self.name)

"""The base class of all parts: the author's declarations, and a database for each test."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import sqlalchemy as sa

from idiolect.operations.base import Operations
from idiolect.runtime.migration import MigrationContext
from idiolect.testing.capabilities import YES, Answer, check_names, clause_of
from idiolect.testing.project import Project
from idiolect.testing.suite.database import Database
from idiolect.testing.suite.operations import OPERATIONS, PERSISTED
from idiolect.util.compat import signature_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: Replaces a database's URL if only scripts are tested.
_NO_DATABASE = "{}://"


class Contract:
    """The base class of all parts.

    A test class derives from one or more parts, or from all of them by ``DialectContract``. A
    fixture ``contract_url``, of any scope, in its module or conftest.py returns the URL of an
    empty database that the tests may fill and empty.

    Attributes:
        dialect: SQLAlchemy's name of the dialect.
        capabilities: the declarations other than YES, by capability.
        untried: why no database is available, for a class that only tests scripts; "" if
            ``contract_url`` provides one.
        contract: the contract version that the class is written for; newer tests are skipped.
        longest_name: the maximum length of names; 0: as in SQLAlchemy's dialect.
        persisted: whether to test computed columns as stored; None: unspecified.
        golden: the file with the scripts of all operations.
    """

    dialect: ClassVar[str] = ""
    capabilities: ClassVar[Mapping[str, Answer]] = {}
    untried: ClassVar[str] = ""
    contract: ClassVar[tuple[int, int]] = (1, 0)
    longest_name: ClassVar[int] = 0
    persisted: ClassVar[bool | None] = True
    golden: ClassVar[Path]

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if not cls.dialect:
            return
        if "golden" not in cls.__dict__:
            home = Path(inspect.getfile(cls)).parent
            cls.golden = home / "golden" / f"contract_{cls.dialect}.sql"
        check_names(cls.capabilities, cls.known_capabilities(), cls.__qualname__)
        if cls.untried:
            # Otherwise hundreds of skips would be reported.
            for name, test in contract_tests(cls):
                if needs_database(test):
                    setattr(cls, name, None)

    @classmethod
    def known_capabilities(cls) -> dict[str, str]:
        """Return all capabilities, each with its description."""
        # From all parts, so that a class with one part can share the declarations of others.
        from idiolect.testing import suite

        return suite.capabilities_of(suite.DialectContract)

    @classmethod
    def answer(cls, capability: str) -> Answer:
        """Return the author's declaration."""
        return cls.capabilities.get(capability, YES)

    # may be overridden for a dialect

    def read(self, connection: sa.Connection) -> Database:
        """Return an object that inspects the database."""
        return Database(connection)

    def empty(self, connection: sa.Connection) -> None:
        """Drop all tables; called before each test."""
        found = sa.MetaData()
        with warnings.catch_warnings():
            # What reflection cannot read is dropped with its table.
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            found.reflect(connection)
        found.drop_all(connection)

    # fixtures

    @pytest.fixture
    def url(self, request: pytest.FixtureRequest) -> str:
        """URL of an empty database."""
        url = str(request.getfixturevalue("contract_url"))
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            self.empty(connection)
        engine.dispose()
        return url

    @pytest.fixture
    def connection(self, url: str) -> Iterator[sa.Connection]:
        """A connection to an empty database."""
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    @pytest.fixture
    def project(self, url: str, tmp_path: Path) -> Project:
        """A project without revisions, on an empty database."""
        return Project(tmp_path / "project", url)

    @pytest.fixture
    def offline(self, tmp_path: Path) -> Project:
        """A project without revisions, for scripts."""
        return Project(tmp_path / "project", _NO_DATABASE.format(self.dialect.replace(".", "+")))

    # helpers of the parts

    def look(self, url: str, question: Callable[[Database], Any]) -> Any:
        """Query a database on a new connection."""
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        try:
            with engine.connect() as connection:
                return question(self.read(connection))
        finally:
            engine.dispose()

    def heads(self, url: str) -> list[str]:
        """Return the ids in the version table, sorted; [] if there is no table."""
        return [
            head
            for (head,) in self.rows_if_there(
                url, "alembic_version", "SELECT version_num FROM alembic_version"
            )
        ]

    def tables(self, url: str) -> list[str]:
        """Return the names of the tables, sorted, without the version table."""
        found: list[str] = self.look(url, Database.tables)
        return [name for name in found if not name.startswith("alembic_version")]

    def rows_if_there(self, url: str, table: str, query: str) -> list[Any]:
        """Return a query's rows, sorted; [] if the table does not exist."""
        return sorted(self.look(url, lambda db: db.rows(query) if table in db.tables() else []))

    def context(self, connection: sa.Connection, **opts: Any) -> MigrationContext:
        """Return a context for a connection."""
        return MigrationContext.configure(connection, opts={PERSISTED: self.persisted, **opts})

    def operations(self, connection: sa.Connection) -> Operations:
        """Return the operations of a connection."""
        return Operations(self.context(connection))


def capabilities_of(contract: type[Contract]) -> dict[str, str]:
    """Return the capabilities of a test class, each with its description, in order."""
    found: dict[str, str] = {}
    for name, test in contract_tests(contract):
        clause = clause_of(test)
        if clause is not None and clause.capability:
            found.setdefault(clause.capability, (test.__doc__ or name).strip().partition("\n")[0])
        elif clause is None and name == "test_operation":
            found.update((each.name, f"`{each.name}`") for each in OPERATIONS)
    return found


def contract_tests(contract: type[Contract]) -> list[tuple[str, Callable[..., Any]]]:
    """Return the test methods of a class by name, in the order of its parts."""
    found: dict[str, Callable[..., Any] | None] = {}
    for cls in contract.__mro__:
        for name, value in vars(cls).items():
            if name.startswith("test_"):
                found.setdefault(name, value)
    return [(name, test) for name, test in found.items() if test is not None]


def needs_database(test: Callable[..., Any]) -> bool:
    """Return whether a test method cannot run without a database."""
    return bool({"connection", "project", "url"} & set(signature_of(test).parameters))

"""What Operations offer besides directives, and how directives are found."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    MetaData,
    Table,
    create_engine,
    text,
)
from sqlalchemy.exc import PendingRollbackError, ResourceClosedError
from sqlalchemy.ext.asyncio import create_async_engine

from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import OperationError
from idiolect.migration import MigrationContext
from idiolect.operations import BatchOperations, MigrateOperation, Operations, ops, toimpl
from idiolect.operations.registry import OperationRegistry, directives, implementations
from idiolect.util.bound import operations as bound_operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection


@pytest.fixture
def scratch() -> Iterator[None]:
    """Take back what a test registers."""
    methods, registered = dict(vars(Operations)), dict(directives._by_name)
    carried_out = dict(implementations._registry)
    yield
    for name in vars(Operations).keys() - methods.keys():
        delattr(Operations, name)
    directives._by_name = registered
    implementations._registry = carried_out


def _create_sequence() -> type[MigrateOperation]:
    @Operations.register_operation("create_sequence")
    class CreateSequenceOp(MigrateOperation):
        """Create a sequence."""

        def __init__(self, sequence_name: str, schema: str | None = None) -> None:
            self.sequence_name = sequence_name
            self.schema = schema

        @classmethod
        def create_sequence(cls, operations: Operations, sequence_name: str, **kw: Any) -> Any:
            """Create a sequence by name."""
            return operations.invoke(cls(sequence_name, **kw))

    return CreateSequenceOp


@pytest.mark.usefixtures("scratch")
def test_own_operation_becomes_a_directive(script: Any) -> None:
    """An operation registered with an implementation is a method with its own signature."""

    @Operations.implementation_for(_create_sequence())
    def create_sequence(operations: Operations, operation: Any) -> str:
        operations.execute(f"CREATE SEQUENCE {operation.sequence_name}")
        return "made"

    assert script.op.create_sequence("s") == "made"
    assert script.statements == ["CREATE SEQUENCE s"]
    directive: Any = vars(Operations)["create_sequence"]
    assert directive.__doc__ == "Create a sequence by name."
    assert list(inspect.signature(directive).parameters) == ["self", "sequence_name", "kw"]


@pytest.mark.usefixtures("scratch")
def test_operation_without_implementation_is_an_error(script: Any) -> None:
    """The error names the operation without implementation, and a remedy."""
    _create_sequence()
    with pytest.raises(ValueError, match=r"Nothing implements create_sequence.*implement") as told:
        script.op.create_sequence("s")
    assert isinstance(told.value, OperationError)


@pytest.mark.usefixtures("scratch")
def test_implementation_can_be_replaced_and_call_the_former(script: Any) -> None:
    """A replacement serves every later call, and may use the original."""

    @Operations.implementation_for(ops.CreateTableOp, replace=True)
    def logged(operations: Operations, operation: ops.CreateTableOp) -> Table:
        table = toimpl.create_table(operations, operation)
        operations.execute(f"-- made {operation.table_name}")
        return table

    assert script.op.create_table("t", Column("a", Integer)).name == "t"
    assert script.statements == ["CREATE TABLE t ( a INTEGER )", "-- made t"]


def test_implementation_is_not_replaced_by_accident() -> None:
    """A second implementation needs replace=True."""
    with pytest.raises(ValueError, match=r"key already exists\. To replace existing function"):
        Operations.implementation_for(ops.CreateTableOp)(lambda *_args: None)


def test_registering_needs_the_classmethod() -> None:
    """An operation without the method to call is rejected when it is registered."""
    with pytest.raises(OperationError, match=r"'nope' cannot be registered.*no classmethod 'nope'"):
        Operations.register_operation("nope")(MigrateOperation)
    assert "nope" not in directives.names()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("create_tabel", "Operations has no operation 'create_tabel'. Did you mean 'create_table'"),
        ("frobnicate", "Operations has no operation 'frobnicate'.$"),
    ],
    ids=["misspelt", "unknown"],
)
def test_missing_operation_is_named(script: Any, name: str, message: str) -> None:
    """An unknown directive raises an error that names it; hasattr() is False."""
    with pytest.raises(OperationError, match=message):
        getattr(script.op, name)
    assert not hasattr(script.op, name)


def test_directive_of_a_dialect_is_told_from_a_misspelt_one() -> None:
    """The error for a documented directive says which plugin has it."""
    error = OperationRegistry("Operations").unknown("create_exclude_constraint")
    assert "is provided by a dialect's plugin that is not loaded" in str(error)


def test_private_attributes_are_plainly_missing(script: Any) -> None:
    """Introspection of private names gets an AttributeError of the usual kind."""
    with pytest.raises(AttributeError, match="_repr_html_"):
        _ = script.op._repr_html_


def test_batch_registrations_are_apart() -> None:
    """A directive of a batch is none of Operations."""
    assert set(BatchOperations._directives.names()).isdisjoint({"create_table"})
    assert BatchOperations._directives is not directives


def test_context_and_bind_are_the_contexts_own(script: Any, online: Operations) -> None:
    """get_context() and get_bind() give what the context has."""
    assert script.op.get_context() is script.op.migration_context
    assert script.op.get_bind() is script.impl.bind
    assert online.get_bind() is online.impl.bind


def test_op_is_bound_for_a_block(script: Any) -> None:
    """Operations.context() binds a new object, and the former one again afterwards."""
    before = bound_operations.find()
    with Operations.context(script.op.migration_context) as operations:
        assert bound_operations.find() is operations
        with Operations.context(script.op.migration_context) as inner:
            assert bound_operations.find() is inner
        assert bound_operations.find() is operations
    assert bound_operations.find() is before


CONVENTION = {"ck": "ck_%(table_name)s_%(constraint_name)s"}


@pytest.mark.parametrize(
    ("final", "expected"), [(False, "ck_t_foo"), (True, "foo")], ids=["by convention", "final"]
)
def test_naming_convention_of_the_target_metadata(
    make_script: Any, final: bool, expected: str
) -> None:
    """Names go through the convention, except those marked by f()."""
    script = make_script(target_metadata=MetaData(naming_convention=CONVENTION))
    name = script.op.f("foo") if final else "foo"
    script.op.add_column("t", Column("c", Boolean(name=name, create_constraint=True)))
    script.op.create_table("t", Column("a", Integer), CheckConstraint("a > 1", name=name))
    script.op.create_table("t", Column("a", Integer, CheckConstraint("a > 1", name=name)))
    assert script.statements == [
        "ALTER TABLE t ADD COLUMN c BOOLEAN",
        f"ALTER TABLE t ADD CONSTRAINT {expected} CHECK (c IN (0, 1))",
        f"CREATE TABLE t ( a INTEGER, CONSTRAINT {expected} CHECK (a > 1) )",
        f"CREATE TABLE t ( a INTEGER CONSTRAINT {expected} CHECK (a > 1) )",
    ]


def test_several_target_metadata_have_no_convention(make_script: Any) -> None:
    """A list of MetaData, as env.py may give, is no error."""
    script = make_script(target_metadata=[MetaData(), MetaData()])
    script.op.create_table("t", Column("a", Integer))
    assert script.statements == ["CREATE TABLE t ( a INTEGER )"]


def test_constraint_without_the_name_a_convention_needs(make_script: Any) -> None:
    """A convention that cannot be applied is an error naming operation and table."""
    script = make_script(target_metadata=MetaData(naming_convention=CONVENTION))
    with pytest.raises(OperationError, match="create_table on table 't': Naming convention"):
        script.op.create_table("t", Column("a", Integer), CheckConstraint("a > 1"))


def test_info_belongs_to_one_operation() -> None:
    """Every operation has a separate info dict."""
    one, two = ops.ExecuteSQLOp("a"), ops.ExecuteSQLOp("a")
    one.info["k"] = 1
    assert (one.info, two.info) == ({"k": 1}, {})


async def _ask(connection: Any, number: int, *, add: int) -> int:
    result = await connection.execute(text("select :n"), {"n": number})
    return int(result.scalar_one()) + add


def test_run_async_refuses_a_script_and_a_synchronous_driver(
    script: Any, online: Operations
) -> None:
    """Where nothing can be awaited, the error has a standard base class."""
    with pytest.raises(NotImplementedError, match="Cannot call run_async in SQL mode"):
        script.op.run_async(_ask, 1, add=1)
    with pytest.raises(ValueError, match="Cannot call run_async with a sync engine"):
        online.run_async(_ask, 1, add=1)


def test_run_async_awaits_on_the_same_connection() -> None:
    """A coroutine function runs on the migration's connection, and its result is returned."""
    pytest.importorskip("aiosqlite")

    def migrate(connection: Connection) -> int:
        impl = DefaultImpl(connection.dialect, connection, False, None, None, {})
        return Operations(BareContext(impl)).run_async(_ask, 40, add=2)  # type: ignore[arg-type]

    async def main() -> int:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.connect() as connection:
            answer = await connection.run_sync(migrate)
        await engine.dispose()
        return answer

    assert asyncio.run(main()) == 42


class BareContext:
    """Just what run_async() reads of a context."""

    def __init__(self, impl: DefaultImpl) -> None:
        self.impl = impl
        self.as_sql = False
        self.opts: dict[str, Any] = {}


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(
    ("end", "error"),
    [("close", ResourceClosedError), ("invalidate", PendingRollbackError)],
    ids=["closed", "lost"],
)
def test_the_state_of_the_connection_is_no_fault_of_an_operation(
    end: str, error: type[Exception]
) -> None:
    """SQLAlchemy's error about the connection propagates."""
    engine = create_engine("sqlite://")
    connection = engine.connect()
    connection.begin()
    operations = Operations(MigrationContext.configure(connection))
    getattr(connection, end)()
    with pytest.raises(error):
        operations.execute("SELECT 1")
    connection.close()
    engine.dispose()

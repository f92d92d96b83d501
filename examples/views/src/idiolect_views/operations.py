"""The directives: ``op.create_view()``, ``op.drop_view()``, and the same for functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from idiolect.operations import MigrateOperation, Operations

if TYPE_CHECKING:
    from idiolect.hooks.collectors import OperationCollector


class ObjectOp(MigrateOperation):
    """Create or drop an object that has a name and a definition.

    Args:
        name: its name; for a function with the types of its arguments.
        definition: the part after the name and ``AS``; None to drop the object.
        replaces: its current definition; None for a new object.
    """

    kind: ClassVar[str]
    joined_by: ClassVar[str]

    def __init__(self, name: str, definition: str | None, replaces: str | None = None) -> None:
        self.name = name
        self.definition = definition
        self.replaces = replaces

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return the tuple that ``check`` shows."""
        return self.verb, self.name, self.definition or self.replaces

    @property
    def verb(self) -> str:
        """The verb in the directive's name."""
        if self.definition is None:
            return f"drop_{self.kind}"
        return f"{'create' if self.replaces is None else 'replace'}_{self.kind}"

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one."""
        return type(self)(self.name, self.replaces, self.definition)

    def statements(self) -> list[str]:
        """Return the SQL; replacing drops first, because column types may have changed."""
        word = self.kind.upper()
        made = []
        if self.definition is None or self.replaces is not None:
            made.append(f"DROP {word} {self.name}")
        if self.definition is not None:
            made.append(f"CREATE {word} {self.name} {self.joined_by}{self.definition}")
        return made

    def as_code(self, prefix: str) -> str:
        """Return the line of a revision for this operation."""
        arguments = [self.name, *filter(None, (self.definition, self.replaces))]
        return f"{prefix}{self.verb}({', '.join(map(_literal, arguments))})"

    @classmethod
    def create(cls, operations: Operations, name: str, definition: str) -> None:
        """Create an object.

        Args:
            operations: executes the operation.
            name: see the class.
            definition: see the class.
        """
        operations.invoke(cls(name, definition))

    @classmethod
    def replace(cls, operations: Operations, name: str, definition: str, replaces: str) -> None:
        """Replace the definition of an object.

        Args:
            operations: executes the operation.
            name: see the class.
            definition: the new one.
            replaces: the current one.
        """
        operations.invoke(cls(name, definition, replaces))

    @classmethod
    def drop(cls, operations: Operations, name: str, replaces: str | None = None) -> None:
        """Drop an object.

        Args:
            operations: executes the operation.
            name: see the class.
            replaces: its definition, with which the operation can be reversed.
        """
        operations.invoke(cls(name, None, replaces))


class ViewOp(ObjectOp):
    """Create or drop a view."""

    kind = "view"
    joined_by = "AS "


class FunctionOp(ObjectOp):
    """Create or drop a function."""

    kind = "function"
    joined_by = ""


@Operations.implementation_for(ViewOp)
@Operations.implementation_for(FunctionOp)
def _carry_out(operations: Operations, operation: ObjectOp) -> None:
    for statement in operation.statements():
        # Colons are not parameters here: casts use two.
        operations.execute(statement.replace(":", "\\:"))


def register(registry: OperationCollector) -> None:
    """Add the directives to ``op``."""
    for op_class in (ViewOp, FunctionOp):
        for verb in ("create", "replace", "drop"):
            registry.add(f"{verb}_{op_class.kind}", op_class, sourcename=verb)


def _literal(text: str) -> str:
    if "\n" not in text or '"""' in text or "\\" in text:
        return repr(text)
    return f'"""{text}"""'

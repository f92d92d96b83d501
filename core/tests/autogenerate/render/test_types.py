"""Types are rendered as code that creates them, with the required imports."""

from __future__ import annotations

import enum
import sys
import types
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import NullType, UserDefinedType

from idiolect.autogenerate import render
from idiolect.autogenerate.render import repr_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

OF_POSTGRESQL = "from sqlalchemy.dialects import postgresql"
HERE = __name__


class Colour(enum.Enum):
    """Names and values that differ."""

    RED = "r"


class Name(sa.TypeDecorator[str]):
    """A type of a user's own."""

    impl = sa.String
    cache_ok = True


class Chosen(sa.TypeDecorator[str]):
    """A type for which SQLAlchemy's repr() shows the arguments of another."""

    impl = sa.String
    cache_ok = True

    def __init__(self, choices: list[str], kind: Any = None) -> None:
        self.choices = choices
        super().__init__()
        vars(self)["impl"] = kind or sa.String(len(choices))


class Native(Chosen):
    """The same, with a type that only PostgreSQL has, and without a public name."""

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what it is on a dialect."""
        return dialect.type_descriptor(postgresql.UUID())


class Vector(Chosen):
    """The same, for which a dialect has SQL of its own."""


@compiles(Vector)
def _write_vector(*_args: Any, **_kw: Any) -> str:
    return "VECTOR"


class Told(UserDefinedType[Any]):
    """A type with its own repr()."""

    def __repr__(self) -> str:
        return "Told('x')"


class Outer:
    """A class with a nested type."""

    class Inner(sa.String):
        """Defined inside of another class."""


CASES: dict[str, tuple[Any, str, set[str]]] = {
    "plain": (sa.String(5), "sa.String(length=5)", set()),
    "of no namespace": (NullType(), "sa.types.NullType()", set()),
    "enum": (sa.Enum("it's", name="e"), """sa.Enum("it's", name='e')""", set()),
    "enum class": (sa.Enum(Colour), "sa.Enum('RED', name='colour')", set()),
    "dialect": (postgresql.INET(), "postgresql.INET()", {OF_POSTGRESQL}),
    "inside": (
        sa.ARRAY(postgresql.BYTEA(), dimensions=2),
        "sa.ARRAY(postgresql.BYTEA(), dimensions=2)",
        {OF_POSTGRESQL},
    ),
    "the class's inside": (
        postgresql.JSONB(),
        "postgresql.JSONB(astext_type=sa.Text())",
        {OF_POSTGRESQL},
    ),
    "twice inside": (
        sa.ARRAY(postgresql.JSON(astext_type=Name(3))),
        f"sa.ARRAY(postgresql.JSON(astext_type={HERE}.Name(length=3)))",
        {OF_POSTGRESQL, f"import {HERE}"},
    ),
    "user's": (Name(5), f"{HERE}.Name(length=5)", {f"import {HERE}"}),
    "user's repr": (Told(), f"{HERE}.Told('x')", {f"import {HERE}"}),
    "user's, of arguments that repr() does not tell": (
        Chosen(["a", "b"]),
        "sa.String(length=2)",
        set(),
    ),
    "user's, of the dialect's": (Native(["a"]), "sa.UUID()", set()),
    "user's, of an array that the dialect does not have": (
        Chosen(["a"], sa.ARRAY(sa.Integer(), dimensions=2)),
        "sa.ARRAY(sa.Integer(), dimensions=2)",
        set(),
    ),
    "user's, with SQL of its own": (
        Vector(["a"]),
        f"{HERE}.Vector(length=1)",
        {f"import {HERE}"},
    ),
    "a MetaData is left out": (
        postgresql.ENUM("a", name="e", metadata=sa.MetaData()),
        "postgresql.ENUM('a', name='e')",
        {OF_POSTGRESQL},
    ),
    "nested": (Outer.Inner(5), f"{HERE}.Outer.Inner(length=5)", {f"import {HERE}"}),
    "variants": (
        sa.String(5).with_variant(mysql.TINYTEXT(), "mysql").with_variant(Name(), "alpha"),
        (
            f"sa.String(length=5).with_variant({HERE}.Name(), 'alpha')"
            ".with_variant(mysql.TINYTEXT(), 'mysql')"
        ),
        {f"import {HERE}", "from sqlalchemy.dialects import mysql"},
    ),
}


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this module one that a revision can import, as pytest does not."""
    monkeypatch.setitem(sys.modules, HERE, sys.modules.get(HERE) or types.ModuleType(HERE))


@pytest.mark.parametrize(("type_", "code", "imports"), CASES.values(), ids=CASES)
def test_the_code_of_a_type(
    surroundings: Callable[..., Any], type_: Any, code: str, imports: set[str]
) -> None:
    """Each name has its prefix, and the modules are imported."""
    context = surroundings()
    assert code == repr_type(type_, context)
    assert imports == context.imports


def test_a_prefix_for_users_types(surroundings: Callable[..., Any]) -> None:
    """``user_module_prefix`` replaces the module, and the template has to import it."""
    context = surroundings(user_module_prefix="house.")
    assert "house.Name(length=5)" == repr_type(Name(5), context)
    assert set() == context.imports


def test_a_module_that_is_not_importable(surroundings: Callable[..., Any]) -> None:
    """A dynamically created class gets no import, which would fail."""
    made: Any = type("Made", (sa.String,), {"__module__": "nowhere.at.all"})
    context = surroundings()
    assert "nowhere.at.all.Made()" == repr_type(made(), context)
    assert set() == context.imports


def test_render_item_goes_first(surroundings: Callable[..., Any]) -> None:
    """It is called for the type and for nested types."""

    def render_item(kind: str, item: Any, context: Any) -> str | bool:
        if kind == "type" and isinstance(item, sa.String):
            context.imports.add("import house")
            return "house.Text()"
        return False

    context = surroundings(render_item=render_item)
    assert "house.Text()" == repr_type(sa.String(5), context)
    assert "sa.ARRAY(house.Text())" == repr_type(sa.ARRAY(sa.String(5)), context)
    assert {"import house"} == context.imports


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [(r"(ARRAY\()", "sa.ARRAY(sa.Integer(), dimensions=2)"), (r"(LIST\()", None)],
)
def test_a_type_with_a_subtype(
    surroundings: Callable[..., Any], pattern: str, expected: str | None
) -> None:
    """Published code renders a type that holds another by a pattern; no match is None."""
    type_ = sa.ARRAY(sa.Integer(), dimensions=2)
    found = vars(render)["_render_type_w_subtype"](type_, surroundings(), "item_type", pattern)
    assert expected == found

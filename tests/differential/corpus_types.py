"""Types and defaults of columns that both tools render: whatever SQLAlchemy has, and users' own."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite


class Colour(enum.Enum):
    """Names and values that differ."""

    RED = "r"
    BLUE = "b"


class Name(sa.TypeDecorator[str]):
    """A type of a user's own, with SQLAlchemy's repr()."""

    impl = sa.String
    cache_ok = True


class Point(sqltypes.UserDefinedType[Any]):
    """A type of a user's own with arguments."""

    def __init__(self, size: int, unit: str = "m") -> None:
        self.size = size
        self.unit = unit

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the type's name in DDL."""
        return "POINT"


class Told(sqltypes.UserDefinedType[Any]):
    """A user-defined type with its own repr()."""

    def __repr__(self) -> str:
        return "told(1, 2)"


def everything() -> dict[str, Any]:
    """Return all types of SQLAlchemy that need no argument, by their module and name."""
    found: dict[str, Any] = {}
    for module in (sqltypes, postgresql, sqlite, mysql, mssql, oracle):
        for name, cls in sorted(vars(module).items()):
            if not _is_usable(name, cls):
                continue
            try:
                found[f"{module.__name__}.{name}"] = cls()
            except (TypeError, NotImplementedError, sa.exc.ArgumentError):
                continue
    return found


def _is_usable(name: str, cls: Any) -> bool:
    return (
        isinstance(cls, type)
        and issubclass(cls, sqltypes.TypeEngine)
        # The others are bases, which no column can have.
        and getattr(cls, "__visit_name__", None) is not None
        and not name.startswith(("_", "Abstract"))
        and cls not in {sa.TypeDecorator, sqltypes.UserDefinedType, sqltypes.TypeEngine}
    )


def types() -> dict[str, Any]:
    """Return types with arguments by what is special about them."""
    schema = sa.MetaData(schema="s")
    domain: Any = postgresql.DOMAIN
    return {
        **everything(),
        "string": sa.String(5, collation="de"),
        "numeric": sa.Numeric(10, 2, asdecimal=False),
        "double": sa.Double(53),
        "time zone": sa.DateTime(timezone=True),
        "interval": sa.Interval(second_precision=3, day_precision=2, native=False),
        "uuid": sa.Uuid(as_uuid=False, native_uuid=False),
        "boolean": sa.Boolean(create_constraint=True, name="b"),
        "array": sa.ARRAY(sa.String(5), dimensions=2, zero_indexes=True),
        "array of enum": sa.ARRAY(sa.Enum("a", "b", name="e")),
        "array of a user's": postgresql.ARRAY(Name(3)),
        "array of the dialect's": postgresql.ARRAY(postgresql.JSONB(), as_tuple=True),
        "enum": sa.Enum("it's", 'say "b"', name="e"),
        "enum class": sa.Enum(Colour, name="colour", schema="s"),
        "enum of values": sa.Enum(Colour, values_callable=lambda each: [one.value for one in each]),
        "enum of metadata": sa.Enum("a", name="e", metadata=schema),
        "enum that inherits": sa.Enum("a", name="e", inherit_schema=True),
        "enum as text": sa.Enum("a", name="e", native_enum=False, length=9, create_constraint=True),
        "user's": Name(5),
        "user's with arguments": Point(1, unit="cm"),
        "user's with a repr": Told(),
        "variant": sa.String(5).with_variant(mysql.VARCHAR(5, charset="utf8"), "mysql", "mariadb"),
        "variants": sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
        "variant of a user's": Name().with_variant(Point(2), "oracle"),
        "postgresql enum": postgresql.ENUM("a", name="e", schema="s", create_type=False),
        "postgresql enum class": postgresql.ENUM(Colour, name="c", metadata=schema),
        "hstore": postgresql.HSTORE(text_type=sa.String(3)),
        "json": postgresql.JSON(none_as_null=True, astext_type=Name(3)),
        "postgresql interval": postgresql.INTERVAL(fields="DAY TO SECOND", precision=3),
        "bit": postgresql.BIT(5, varying=True),
        "domain": domain("d", sa.Integer),
        "domain with a check": domain("email", postgresql.CITEXT(), check="value ~ '^my'"),
        "domain with a default": domain("d", sa.Integer, default=sa.func.now()),
        "domain with everything": domain(
            "d",
            sa.String(),
            collation="C",
            default="x",
            constraint_name="ck",
            not_null=True,
            check="value > 0",
            schema="s",
            create_type=False,
        ),
        "mysql": mysql.INTEGER(unsigned=True, display_width=5, zerofill=True),
        "mysql set": mysql.SET("a", "b", charset="utf8"),
        "mysql enum": mysql.ENUM("a", collation="utf8_bin"),
        "mssql": mssql.NVARCHAR(None),
        "mssql with a collation": mssql.VARCHAR(5, collation="L"),
        "oracle": oracle.RAW(16),
    }


def defaults() -> dict[str, Any]:
    """Return server defaults by what is special about them."""
    return {
        "number": sa.text("-1"),
        "fraction": sa.text("1.5"),
        "string": sa.text("'a'"),
        "quotes": "it's",
        "brackets": sa.text("(1+2)"),
        "expression": sa.text("1+2"),
        "function": sa.func.now(),
        "NULL": sa.null(),
        "true": sa.true(),
        "literal": sa.literal("x"),
        "percent": sa.func.lower("A%B"),
        "parameter": sa.text(r"'\:a'"),
        "cast": sa.cast(sa.literal("x"), sa.String),
        "clause": sa.DefaultClause("q"),
        "fetched": sa.FetchedValue(),
        "computed": sa.Computed("a + 1"),
        "stored": sa.Computed(sa.column("a") + 1, persisted=True),
        "identity": sa.Identity(always=True, start=3, minvalue=1, nomaxvalue=True, cycle=True),
    }

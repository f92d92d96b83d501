"""Random batches on one table, from a plan of numbers, carried out by one of the tools.

    python -m tests.differential.batches alembic

Reads a plan a line, as JSON, and answers what its SQLite database holds then. A plan is a list of
batches, a batch a list of steps, a step a word and numbers that choose among what is there: every
plan can be carried out, and a smaller one too. What differs on purpose is never chosen.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Step = tuple[str, int, int, int]

TABLE = "My Table"
NAMES = ("a", "My Column", "größe", "select", "c%d", "it's", "x;y")
#: By kind: type, values, server defaults.
KINDS: dict[str, tuple[Any, tuple[Any, ...], tuple[str | None, ...]]] = {
    "number": (sa.Integer(), (1, -7, 0), (None, "5")),
    "big": (sa.BigInteger(), (10**10, 3, -1), (None, "12")),
    "words": (sa.String(20), ("x", "it's; 5%", ""), (None, "new", "it's")),
    "more words": (sa.String(60), ("x:y", "7", "ü"), (None, "100%")),
    "sum": (sa.Numeric(10, 2), (1.5, -2.25, 0), (None, "3.50")),
    "flag": (sa.Boolean(), (True, False, True), (None,)),
}
#: What a type may become on databases that look at values.
WIDER = {"number": "big", "words": "more words"}
#: Its values are not all different.
COARSE = "flag"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a column is.

    Attributes:
        kind: one of KINDS.
        nullable: whether NULL is allowed.
        default: the server's default.
        filled: no row has a NULL there.
        refers: its values are ids of the table ``parent``, or NULL.
    """

    kind: str
    nullable: bool = True
    default: str | None = None
    filled: bool = False
    refers: bool = False

    @property
    def distinct(self) -> bool:
        """Whether no two rows have the same."""
        return self.filled and self.kind != COARSE and not self.refers


@dataclass(slots=True)
class Model:
    """The state of the table, as far as steps need it: columns except ``id``, the rest by name."""

    columns: dict[str, Facts] = field(default_factory=dict)
    uniques: dict[str, list[str]] = field(default_factory=dict)
    checks: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    indexes: dict[str, list[str]] = field(default_factory=dict)

    def items(self) -> list[Any]:
        """Return new columns and constraints, attached to nothing."""
        return [
            sa.Column("id", sa.Integer, primary_key=True),
            *(column(name, facts) for name, facts in self.columns.items()),
            *(sa.UniqueConstraint(*on, name=name) for name, on in self.uniques.items()),
            *(sa.CheckConstraint(condition(on[0]), name=name) for name, on in self.checks.items()),
            *(
                sa.ForeignKeyConstraint(on, ["parent.id"], name=name, ondelete="CASCADE")
                for name, on in self.keys.items()
            ),
        ]

    def table(self) -> sa.Table:
        """Return the table, for ``copy_from``."""
        metadata = sa.MetaData()
        sa.Table("parent", metadata, sa.Column("id", sa.Integer, primary_key=True))
        table = sa.Table(TABLE, metadata, *self.items())
        for name, on in self.indexes.items():
            sa.Index(name, *(table.c[each] for each in on))
        return table


def column(name: str, facts: Facts) -> sa.Column[Any]:
    """Return a column of no table."""
    type_ = KINDS[facts.kind][0]
    return sa.Column(name, type_, nullable=facts.nullable, server_default=facts.default)


def condition(name: str) -> Any:
    """Return a CHECK condition on a column."""
    return sa.column(name).is_distinct_from(None) | sa.column(name).is_(None)


class Direct:
    """The directives themselves, called as a batch is.

    Args:
        op: the tool's operations.
    """

    def __init__(self, op: Any) -> None:
        self.op = op

    def __getattr__(self, directive: str) -> Any:
        return lambda *args, **kw: getattr(self.op, directive)(TABLE, *args, **kw)

    def drop_index(self, name: str) -> None:
        """Drop an index."""
        self.op.drop_index(name, table_name=TABLE)

    def create_index(self, name: str, on: list[str]) -> None:
        """Make an index."""
        self.op.create_index(name, TABLE, on)

    def drop_constraint(self, name: str, type_: str) -> None:
        """Drop a constraint."""
        self.op.drop_constraint(name, TABLE, type_=type_)

    def create_unique_constraint(self, name: str, on: list[str]) -> None:
        """Make a unique constraint."""
        self.op.create_unique_constraint(name, TABLE, on)

    def create_check_constraint(self, name: str, says: Any) -> None:
        """Make a CHECK."""
        self.op.create_check_constraint(name, TABLE, says)

    def create_foreign_key(self, name: str, referred: str, *on: Any, ondelete: str) -> None:
        """Make a foreign key."""
        self.op.create_foreign_key(name, TABLE, referred, *on, ondelete=ondelete)


class Play:
    """Batches on one table.

    Args:
        op: the tool's operations.
        given: tell each batch its table by ``copy_from``, which a script needs on SQLite.
        recreate: of every third batch.
        strict: the database looks at values when a type changes; and its ALTER can do all, so
            every third time directives are called without a batch.
    """

    def __init__(self, op: Any, *, given: bool, recreate: str, strict: bool) -> None:
        self.op = op
        self.given = given
        self.recreate = recreate
        self.strict = strict
        self.model = Model()
        self.made = 0
        self.touched: set[str] = set()
        self.added: set[str] = set()

    def run(self, plan: Sequence[Sequence[Step]]) -> None:
        """Make the table with rows, then carry out the batches."""
        self.begin()
        for number, steps in enumerate(plan):
            self.batch(steps, ("auto", self.recreate, "" if self.strict else "auto")[number % 3])

    def begin(self) -> None:
        """Make the table, and one that it refers to."""
        parent = self.op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True))
        self.op.bulk_insert(parent, [{"id": number} for number in (1, 2, 3)])
        model = self.model
        for number, (kind, (_type, _values, defaults)) in enumerate(KINDS.items()):
            facts = Facts(kind, number % 2 == 0, defaults[-1], filled=True)
            model.columns[self.name(number)] = facts
        names = list(model.columns)
        model.columns["up"] = Facts("number", filled=True, refers=True)
        model.uniques = {"uq_1": names[:2]}
        model.checks = {"ck_1": names[:1]}
        model.keys = {"fk_1": ["up"]}
        table = self.op.create_table(TABLE, *model.items())
        model.indexes = {"ix_1": [names[2]], "ix_2": [names[3], names[0]]}
        for name, on in model.indexes.items():
            self.op.create_index(name, TABLE, on)
        kinds = {name: facts.kind for name, facts in model.columns.items() if name != "up"}
        values = [
            {name: KINDS[kind][1][number] for name, kind in kinds.items()} for number in range(3)
        ]
        rows = [{"id": n + 1, "up": n + 1, **each} for n, each in enumerate(values)]
        self.op.bulk_insert(table, rows)

    def batch(self, steps: Sequence[Step], recreate: str) -> None:
        """Carry out a batch; without ``recreate`` it is none."""
        options = {"copy_from": self.model.table()} if self.given else {}
        self.touched, self.added = set(), set()
        with (
            self.op.batch_alter_table(TABLE, recreate=recreate, **options)
            if recreate
            else contextlib.nullcontext(Direct(self.op))
        ) as batch:
            for word, *numbers in steps:
                getattr(self, word)(batch, *numbers)

    def name(self, number: int) -> str:
        """Return a new name of a column."""
        self.made += 1
        return f"{NAMES[number % len(NAMES)]}{self.made}"

    def label(self, prefix: str) -> str:
        """Return a new name of a constraint or index."""
        self.made += 1
        return f"{prefix}_{self.made}"

    def chosen(self, number: int, wanted: Callable[[Facts], bool] = bool) -> str | None:
        """Return a column that the batch has not changed, or None."""
        columns = self.model.columns
        found = [each for each in columns if each not in self.touched and wanted(columns[each])]
        return found[number % len(found)] if found else None

    def holders(self, name: str) -> Iterable[tuple[dict[str, list[str]], str, str]]:
        """Return what uses a column: where, its name, the type to drop it by."""
        model = self.model
        for held, type_ in (
            (model.keys, "foreignkey"),
            (model.uniques, "unique"),
            (model.checks, "check"),
            (model.indexes, "index"),
        ):
            for each in [each for each, on in held.items() if name in on]:
                yield held, each, type_

    # the steps

    def add(self, batch: Any, kind: int, fact: int, _place: int) -> None:
        """Add a column."""
        name = self.name(kind + fact)
        chosen = list(KINDS)[kind % len(KINDS)]
        defaults = KINDS[chosen][2]
        default = defaults[fact % len(defaults)]
        nullable = default is None or fact % 3 > 0
        refers = chosen == "number" and default is None
        facts = Facts(chosen, nullable, default, filled=False, refers=refers)
        batch.add_column(column(name, facts))
        self.model.columns[name] = facts
        self.touched.add(name)
        self.added.add(name)

    def drop(self, batch: Any, number: int, _more: int, how: int) -> None:
        """Drop a column and what has it, or leave the latter to the batch where it may."""
        name = self.chosen(number)
        columns = list(self.model.columns)
        if name is None or len(columns) < 3:
            return
        if self.added.intersection(columns[columns.index(name) + 1 :][:1]):
            return  # Alembic moves a column whose left neighbour goes
        for held, each, type_ in self.holders(name):
            if type_ == "index":
                batch.drop_index(each)
            elif type_ == "check" or self.strict or how % 2:
                batch.drop_constraint(each, type_=type_)
            del held[each]
        batch.drop_column(name)
        del self.model.columns[name]

    def nullable(self, batch: Any, number: int, _more: int, _place: int) -> None:
        """Change whether NULL is allowed."""
        name = self.chosen(number, lambda facts: facts.filled or not facts.nullable)
        if name is not None:
            self.change(batch, name, nullable=not self.model.columns[name].nullable)

    def default(self, batch: Any, number: int, which: int, _place: int) -> None:
        """Change or drop the default."""
        name = self.chosen(number)
        if name is not None:
            defaults = KINDS[self.model.columns[name].kind][2]
            self.change(batch, name, default=defaults[which % len(defaults)])

    def type_(self, batch: Any, number: int, which: int, _place: int) -> None:
        """Change the type; if values are checked, to a wider one."""
        name = self.chosen(number, lambda facts: not facts.refers)
        if name is None:
            return
        kind = self.model.columns[name].kind
        wider = WIDER.get(kind, kind)
        self.change(batch, name, kind=wider if self.strict else list(KINDS)[which % len(KINDS)])

    def rename(self, batch: Any, number: int, which: int, _place: int) -> None:
        """Rename a column that no CHECK names."""
        checked = {name for on in self.model.checks.values() for name in on}
        name = self.chosen(number)
        if name is None or name in checked:
            return
        new = self.name(which)
        self.alter(batch, name, self.model.columns[name], new_column_name=new)
        model = self.model
        model.columns = {new if each == name else each: f for each, f in model.columns.items()}
        for held in (model.uniques, model.keys, model.indexes):
            for label, on in held.items():
                held[label] = [new if each == name else each for each in on]
        self.touched.add(new)

    def change(self, batch: Any, name: str, **new: Any) -> None:
        """Change facts of a column."""
        facts = self.model.columns[name]
        words = {"kind": "type_", "nullable": "nullable", "default": "server_default"}
        given = {
            words[key]: KINDS[value][0] if key == "kind" else value for key, value in new.items()
        }
        self.alter(batch, name, facts, **given)
        self.model.columns[name] = replace(facts, **new)
        self.touched.add(name)

    @staticmethod
    def alter(batch: Any, name: str, facts: Facts, **given: Any) -> None:
        """Call the directive, with all existing attributes repeated."""
        batch.alter_column(
            name,
            existing_type=KINDS[facts.kind][0],
            existing_nullable=facts.nullable,
            existing_server_default=facts.default,
            **given,
        )

    def unique(self, batch: Any, one: int, other: int, _place: int) -> None:
        """Make a unique constraint."""
        first = self.chosen(one, lambda facts: facts.distinct)
        second = self.chosen(other, lambda facts: not facts.refers)
        if first is not None and second is not None:
            name = self.label("uq")
            on = list(dict.fromkeys([first, second]))
            batch.create_unique_constraint(name, on)
            self.model.uniques[name] = on
            self.touched.update(on)

    def check(self, batch: Any, number: int, _more: int, _place: int) -> None:
        """Make a CHECK."""
        on = self.chosen(number)
        if on is not None:
            name = self.label("ck")
            batch.create_check_constraint(name, condition(on))
            self.model.checks[name] = [on]
            self.touched.add(on)

    def key(self, batch: Any, number: int, rule: int, _place: int) -> None:
        """Make a foreign key."""
        on = self.chosen(number, lambda facts: facts.refers)
        # Of two on one column, SQLAlchemy reads one alone.
        if on is not None and [on] not in self.model.keys.values():
            name = self.label("fk")
            batch.create_foreign_key(name, "parent", [on], ["id"], ondelete="CASCADE")
            self.model.keys[name] = [on]
            self.touched.add(on)

    def index(self, batch: Any, one: int, other: int, _place: int) -> None:
        """Make an index."""
        found = [self.chosen(number, lambda facts: not facts.refers) for number in (one, other)]
        on = list(dict.fromkeys(name for name in found if name is not None))
        if on:
            name = self.label("ix")
            batch.create_index(name, on)
            self.model.indexes[name] = on
            self.touched.update(on)

    def undo(self, batch: Any, number: int, _more: int, _place: int) -> None:
        """Drop a constraint or an index."""
        model = self.model
        found: list[tuple[dict[str, list[str]], str, str]] = [
            (held, name, type_)
            for held, type_ in (
                (model.uniques, "unique"),
                (model.checks, "check"),
                (model.keys, "foreignkey"),
                (model.indexes, "index"),
            )
            for name, on in held.items()
            if not self.touched.intersection(on)
        ]
        if not found:
            return
        held, name, type_ = found[number % len(found)]
        if type_ == "index":
            batch.drop_index(name)
        else:
            batch.drop_constraint(name, type_=type_)
        # Nothing else is asked of its columns in this batch: no name comes and goes.
        self.touched.update(held.pop(name))


STEPS = (
    *("add", "drop", "nullable", "default", "type_", "rename"),
    *("unique", "check", "key", "index", "undo"),
)


def play(tool: str, plan: Sequence[Sequence[Step]]) -> dict[str, Any]:
    """Return what a new database holds after a plan, and how it failed if it did."""
    from tests.differential.harness import held_by

    migration = importlib.import_module(f"{tool}.migration")
    operations = importlib.import_module(f"{tool}.operations")
    engine = sa.create_engine("sqlite://")
    failed = None
    with engine.connect() as connection:
        context = migration.MigrationContext.configure(connection)
        one = Play(operations.Operations(context), given=False, recreate="always", strict=False)
        try:
            one.run(plan)
        except Exception as exc:  # noqa: BLE001 - both must fail, in whatever words
            failed = f"{type(exc).__name__}: {exc}"
        held = None if failed else held_by(connection)
    engine.dispose()
    return {"failed": failed, "held": json.loads(json.dumps(held, default=repr))}


def main(tool: str) -> None:
    """Answer plans until there are no more."""
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(play(tool, json.loads(line))), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main(*sys.argv[1:])

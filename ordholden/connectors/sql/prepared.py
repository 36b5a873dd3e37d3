"""Statements of PostgreSQL that are said once and asked again and again with other keys.

Saying a predicate in SQL takes longer than a database needs to answer about one person. So a predicate with slots
(`connectors/predicate.py`) is translated when it is first met; after that only its keys travel, and several statements
travel together.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ordholden.connectors.predicate import Given, Predicate, Slot
from ordholden.connectors.sql.translate import INLINE_KEYS, Translator, array_text, as_kind, is_text

__all__ = ["Build", "Prepared", "Question", "Sayings", "Slots", "Statements", "Wanted"]

# More keys than these are unpacked by the server into a table of its own; so many fit an index's own search.
FEW = 20
REMEMBERED = 1_000

Keys = tuple[object, ...]
Row = tuple[Any, ...]
Convert = Callable[[Keys], Any]


class Unslotted(Exception):
    """A key of this type cannot stand in a slot; the predicate is said with its keys in it."""


class NotOne(Exception):
    """A single key that is none of the column's kind, so that no value could stand for it."""


Size = Literal["one", "few", "many"]
"""How many keys stand in a slot, as far as the statement is another one for it.

A single one is a value: about an array the server thinks anew each time, guessing how many there are.
"""


def _size(keys: Keys) -> Size:
    return "one" if len(keys) == 1 else "few" if len(keys) <= FEW else "many"


@dataclass
class Slots:
    """Where the slots of a predicate stand in its statement: the translator writes them down here."""

    sizes: Mapping[Slot, Size] = field(default_factory=dict)
    used: dict[str, tuple[Slot, Convert]] = field(default_factory=dict)
    _among_said: dict[tuple[Slot, str], sa.BindParameter[Any]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def key_in(self, column: sa.ColumnElement[Any], slot: Slot) -> sa.ColumnElement[bool]:
        return self._among(column, slot, lambda keys: as_kind(column, keys, strict=True))

    def row_in(self, columns: Sequence[sa.ColumnElement[Any]], slot: Slot) -> sa.ColumnElement[bool]:
        if len(columns) == 1:
            return self._among(columns[0], slot, lambda keys: [k[0] for k in keys])  # type: ignore[index]
        arrays = [self._bound(slot, _array(c), _nth(n)) for n, c in enumerate(columns)]
        names = [f"k{n}" for n in range(len(columns))]
        each = sa.func.unnest(*arrays).table_valued(*names, name=f"slot_{len(self.used)}")
        return sa.tuple_(*columns).in_(sa.select(*(each.c[n] for n in names)))

    def bound(self, column: sa.ColumnElement[Any], slot: Slot, nth: int = 0) -> sa.ColumnElement[Any]:
        """One value that a column is compared with."""
        return self._bound(slot, column.type, lambda keys: keys[nth])

    def _among(self, column: sa.ColumnElement[Any], slot: Slot, convert: Convert) -> sa.ColumnElement[bool]:
        type_ = _array(column)
        size = self.sizes.get(slot, "few")
        if size == "one":
            return column == self._once(slot, type_.item_type, lambda keys: _only(convert(keys)))
        if size == "few":
            return column == sa.any_(self._once(slot, type_, convert))
        array: sa.ColumnElement[Any]
        if isinstance(type_.item_type, sa.Text):
            # Written out here: the driver would look at each key for itself.
            array = sa.cast(self._once(slot, sa.Text(), lambda keys: array_text(convert(keys))), type_)
        else:
            array = self._once(slot, type_, convert)
        name = f"slot_{next(self._numbers)}"
        return column.in_(sa.select(sa.func.unnest(array, type_=type_.item_type).column_valued(name)))

    def _once(self, slot: Slot, type_: Any, convert: Convert) -> sa.BindParameter[Any]:
        """The same keys for columns of the same kind travel once."""
        kind = (slot, repr(type_))
        if kind not in self._among_said:
            self._among_said[kind] = self._bound(slot, type_, convert)
        return self._among_said[kind]

    def _bound(self, slot: Slot, type_: Any, convert: Convert) -> sa.BindParameter[Any]:
        name = f"slot{len(self.used)}"
        self.used[name] = (slot, convert)
        return sa.bindparam(name, None, type_)


def _as_given(type_: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Convert | None:
    """What SQLAlchemy would do to the driver's value; numbers the driver gives as they are meant."""
    if isinstance(type_, sa.Numeric | sa.Float):
        return None
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _only(keys: Sequence[object]) -> object:
    if len(keys) != 1:
        raise NotOne
    return keys[0]


def _nth(n: int) -> Convert:
    return lambda keys: [k[n] for k in keys]  # type: ignore[index]


def _array(column: sa.ColumnElement[Any]) -> sa.ARRAY[Any]:
    """An array of what the column holds, without the width or precision that a cast would cut values to."""
    if is_text(column) and not isinstance(column.type, sa.CHAR):
        return sa.ARRAY(sa.Text())
    match column.type:
        case sa.Integer():
            return sa.ARRAY(sa.BigInteger())
        case sa.Uuid():
            return sa.ARRAY(postgresql.UUID())
        case sa.Numeric():
            return sa.ARRAY(sa.Numeric())
        case _:
            raise Unslotted(str(column.type))


@dataclass(frozen=True)
class Prepared:
    """A statement in PostgreSQL's words, with what is always the same in it."""

    text: str
    constants: Mapping[str, Any]
    slots: tuple[tuple[str, Slot, Convert], ...]
    processors: tuple[Callable[[Any], Any] | None, ...]

    def parameters(self, keys: Mapping[Slot, Keys]) -> dict[str, Any]:
        found = dict(self.constants)
        for name, slot, convert in self.slots:
            found[name] = convert(keys[slot])
        return found

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows of the driver with their values as SQLAlchemy would give them."""
        if not any(self.processors):
            return rows
        pairs = self.processors
        return [tuple(v if p is None else p(v) for p, v in zip(pairs, row, strict=True)) for row in rows]


@dataclass
class Lists(Slots):
    """Slots as lists of parameters, for databases without arrays: SQLAlchemy writes as many as there are keys."""

    strict: bool = True

    def row_in(self, columns: Sequence[sa.ColumnElement[Any]], slot: Slot) -> sa.ColumnElement[bool]:
        if len(columns) == 1:
            return self._among(columns[0], slot, lambda keys: self._typed(columns[0], [k[0] for k in keys]))  # type: ignore[index]
        return sa.tuple_(*columns).in_(self._list(slot, None, lambda keys: [tuple(k) for k in keys]))  # type: ignore[arg-type]

    def key_in(self, column: sa.ColumnElement[Any], slot: Slot) -> sa.ColumnElement[bool]:
        return self._among(column, slot, lambda keys: self._typed(column, keys))

    def _among(self, column: sa.ColumnElement[Any], slot: Slot, convert: Convert) -> sa.ColumnElement[bool]:
        return column.in_(self._list(slot, column.type, convert))

    def _typed(self, column: sa.ColumnElement[Any], keys: Sequence[object]) -> list[object]:
        return as_kind(column, keys, strict=self.strict)

    def _list(self, slot: Slot, type_: Any, convert: Convert) -> sa.BindParameter[Any]:
        name = f"slot{len(self.used)}"
        self.used[name] = (slot, convert)
        return sa.bindparam(name, None, type_, expanding=True)


class Sayings:
    """Statements of SQLAlchemy that are built once, for databases whose statements are not prepared by us.

    Building one takes as long as a hundred answers; SQLAlchemy knows one that it has seen by its identity.
    """

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._known: OrderedDict[Hashable, tuple[Predicate, Build, Any, Lists]] = OrderedDict()

    def said(self, what: Hashable, where: Given, build: Build) -> tuple[Any, dict[str, Any]] | None:
        """The statement with its parameters; None where its keys cannot stand in lists."""
        if any(len(keys) > INLINE_KEYS for keys in where.keys.values()):
            return None
        name = (what, id(where.part))
        if name not in self._known:
            slots = Lists(strict=self._translator.dialect != "sqlite")
            statement = build(replace(self._translator, slots=slots, _names=itertools.count()), where.part)
            # What it was made from is kept beside, so that nothing new gets its identity.
            self._known[name] = (where.part, build, statement, slots)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        _, _, statement, slots = self._known[name]
        return statement, {n: convert(where.keys[slot]) for n, (slot, convert) in slots.used.items()}


@dataclass(frozen=True)
class Question:
    """A statement with its keys, ready to travel."""

    prepared: Prepared
    parameters: dict[str, Any]


Build = Callable[[Translator, Predicate], Any]
"""A predicate, said by a translator, to a statement of SQLAlchemy."""


@dataclass(frozen=True)
class Wanted:
    """What is to be asked: the name of what is done, the predicate with its keys, and how both become a statement."""

    what: Hashable
    where: Given
    build: Build


class Statements:
    """What has been said so far, by what it does and the very predicate it was made from."""

    def __init__(self, translator: Translator, dialect: sa.Dialect) -> None:
        self._translator, self._dialect = translator, dialect
        self._known: OrderedDict[Hashable, tuple[Sequence[Wanted], Prepared | None]] = OrderedDict()

    def question(self, what: Hashable, where: Given, build: Build, wrap: str = "{}") -> Question | None:
        """The statement that `build` makes of the predicate; None where its keys cannot stand in slots."""
        return self._question([Wanted(what, where, build)], wrap)

    def together(self, wanted: Sequence[Wanted]) -> Question | None:
        """One statement for several about the same keys, each of which gives a single value."""
        return self._question(wanted, None) if _same_keys(wanted) else None

    def _question(self, wanted: Sequence[Wanted], wrap: str | None) -> Question | None:
        keys = wanted[0].where.keys
        sizes = {slot: _size(some) for slot, some in keys.items()}
        try:
            return self._asked(wanted, wrap, sizes)
        except NotOne:
            return self._asked(wanted, wrap, dict.fromkeys(sizes, "few"))

    def _asked(
        self, wanted: Sequence[Wanted], wrap: str | None, sizes: Mapping[Slot, Size]
    ) -> Question | None:
        said = [(one.what, id(one.where.part)) for one in wanted]
        name = (wrap, *said, *sizes.items())
        known = self._known.get(name)
        if known is None:
            # The predicates are kept beside, and what else the statement is built from, so that nothing new gets their identity.
            kept = [Wanted(one.what, Given(one.where.part, {}), one.build) for one in wanted]
            known = (kept, self._prepared(wanted, sizes, wrap))
            self._known[name] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        prepared = known[1]
        return None if prepared is None else Question(prepared, prepared.parameters(wanted[0].where.keys))

    def _prepared(
        self, wanted: Sequence[Wanted], sizes: Mapping[Slot, Size], wrap: str | None
    ) -> Prepared | None:
        slots = Slots(sizes)
        translator = replace(self._translator, slots=slots, _names=itertools.count())
        try:
            said: list[Any] = [one.build(translator, one.where.part) for one in wanted]
        except Unslotted:
            return None
        statement: Any = said[0]
        if wrap is None:
            statement = sa.select(*[one.scalar_subquery() for one in said])
        compiled = statement.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})
        given = compiled.construct_params()
        processors = compiled._bind_processors
        constants = {
            name: processors[name](value) if name in processors else value
            for name, value in given.items()
            if name not in slots.used
        }
        columns = statement.exported_columns
        return Prepared(
            (wrap or "{}").replace("{}", str(compiled)),
            constants,
            tuple((name, slot, convert) for name, (slot, convert) in slots.used.items()),
            tuple(_as_given(c.type, self._dialect) for c in columns),
        )


def _same_keys(wanted: Sequence[Wanted]) -> bool:
    keys = wanted[0].where.keys
    return bool(keys) and all(one.where.keys == keys for one in wanted)

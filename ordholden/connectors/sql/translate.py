"""Predicates to SQL: the one place where the grounds' terms become expressions of a database."""

from __future__ import annotations

import itertools
import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.sql.elements import Grouping

from ordholden.connectors.predicate import (
    AtOrAfter,
    Before,
    Both,
    ColumnSpan,
    Constant,
    Day,
    Earlier,
    Either,
    Exists,
    Filled,
    Given,
    KeyIn,
    KeySpan,
    Known,
    Missing,
    Not,
    PeriodIs,
    Predicate,
    Referenced,
    RowIn,
    Slot,
    Test,
    Unsaid,
    ValueIn,
    plain,
)
from ordholden.connectors.reading import ForeignKey
from ordholden.connectors.sql.moments import Instant, TimeColumn, later
from ordholden.inventory.system import EventColumn, Path, System
from ordholden.policy.condition import ColumnTest, Present, comparable, numbers

if TYPE_CHECKING:
    from ordholden.connectors.sql.prepared import Slots

__all__ = ["Translator", "array_text", "as_kind", "is_text", "same_filler"]

# More keys than this travel as one parameter that the database unpacks, not as a list in the statement's text.
INLINE_KEYS = 200

# Capitals that a database with an ASCII locale does not know to lower.
CAPITALS = "".join(
    chr(c) for c in range(0xC0, 0x180) if chr(c) != chr(c).lower() and len(chr(c).lower()) == 1
)

# The row that a predicate is about, last, and the rows around it.
Rows = tuple[FromClause, ...]


@dataclass
class Translator:
    """Turns predicates about one system's tables into SQL expressions; holds the live tables by name."""

    system: System
    tables: dict[str, sa.Table]
    foreign_keys: tuple[ForeignKey, ...]
    dialect: str
    lowers: bool = True  # whether the database knows the small letters beyond ASCII
    slots: Slots | None = None  # where those of the predicate are written down
    _names: itertools.count[int] = field(default_factory=itertools.count)

    def where(
        self, predicate: Predicate, table: FromClause, outer: FromClause | None = None
    ) -> ColumnElement[bool]:
        """The predicate about a row of `table`; `outer` is the row around it, inside `Exists`."""
        return self._where(predicate, (table,) if outer is None else (outer, table))

    def _where(self, predicate: Predicate, rows: Rows) -> ColumnElement[bool]:
        return _TERMS[type(predicate)](self, predicate, rows)

    # — logic —

    def _constant(self, term: Constant, _: Rows) -> ColumnElement[bool]:
        return sa.true() if term.value else sa.false()

    def _both(self, term: Both, rows: Rows) -> ColumnElement[bool]:
        return sa.and_(*(self._where(p, rows) for p in term.parts))

    def _either(self, term: Either, rows: Rows) -> ColumnElement[bool]:
        return sa.or_(*(self._where(p, rows) for p in term.parts))

    def _not(self, term: Not, rows: Rows) -> ColumnElement[bool]:
        return _untrue(self._where(term.part, rows))

    def _given(self, term: Given, rows: Rows) -> ColumnElement[bool]:
        return self._where(plain(term), rows)

    def _unsaid(self, term: Unsaid, _: Rows) -> ColumnElement[bool]:
        raise AssertionError(f"asked a database what it cannot say: {term.why}")

    # — time —

    def _known(self, term: Known, rows: Rows) -> ColumnElement[bool]:
        return self.time(term.column, rows[-1], term.span).known()

    def _before(self, term: Before, rows: Rows) -> ColumnElement[bool]:
        return self.time(term.column, rows[-1]).before(term.day)

    def _at_or_after(self, term: AtOrAfter, rows: Rows) -> ColumnElement[bool]:
        return self.time(term.inner, rows[-1]).not_before(self.time(term.outer, rows[-2]))

    def _earlier(self, term: Earlier, rows: Rows) -> ColumnElement[bool]:
        return self._day(term.early, rows) < self._day(term.late, rows)

    def _day(self, day: Day, rows: Rows) -> ColumnElement[Any]:
        found = self.time(day.column, _outward(rows, day.up), day.span).day()
        return found if day.plus is None else later(found, day.plus, self.dialect)

    def time(
        self, column: EventColumn, table: FromClause, span: tuple[date, date] | None = None
    ) -> TimeColumn:
        return TimeColumn(table.c[column.column], column, span or self.system.plausible, self.dialect)

    # — paths, other rows —

    def key(self, path: Path, table: FromClause) -> ColumnElement[object]:
        """The key at the end of a path, as a column or a scalar subquery."""
        if not path.hops:
            return table.c[path.column]
        last, joined, first = self._joined(path)
        return (
            sa.select(last.c[path.column])
            .select_from(joined)
            .where(first == table.c[path.first])
            .correlate(table)
            .scalar_subquery()
        )

    def written(self, path: Path, own: Path | None, table: FromClause) -> ColumnElement[Any] | None:
        """The key at the end of a path as the table where it leads writes it itself, where that may differ.

        A reference is what the database takes for one: MariaDB finds `KUNDE-1` by `kunde-1`, and a number by its text.
        """
        if own is None or own == path:
            return None
        key, target = self.key(path, table), self.alias(path.target.table)
        there = target.c[own.column]
        if is_text(there) == is_text(key) and not (is_text(key) and self._is_mariadb):
            return None
        return sa.select(sa.func.min(there)).where(_same_kind(there, key)).correlate(table).scalar_subquery()

    def _joined(self, path: Path) -> tuple[FromClause, FromClause, ColumnElement[object]]:
        """The tables of a path's hops joined together, and the column where the path enters them."""
        here: FromClause | None = None
        joined: FromClause | None = None
        entry: ColumnElement[object] | None = None
        for hop in path.hops:
            there = self.alias(hop.table)
            landing = there.c[hop.on or self.primary_key(hop.table)[0]]
            if joined is None or here is None:
                joined, entry = there, landing
            else:
                joined = joined.join(there, here.c[hop.column] == landing)
            here = there
        assert here is not None
        assert joined is not None
        assert entry is not None
        return here, joined, entry

    def alias(self, table: str) -> FromClause:
        return self.tables[table].alias(f"t{next(self._names)}")

    def primary_key(self, table: str) -> tuple[str, ...]:
        return tuple(c.name for c in self.tables[table].primary_key.columns)

    def row_key(self, table: FromClause, name: str) -> tuple[ColumnElement[object], ...]:
        return tuple(table.c[c] for c in self.primary_key(name))

    def _missing(self, term: Missing, rows: Rows) -> ColumnElement[bool]:
        return self.key(term.path, _outward(rows, term.up)).is_(None)

    def _exists(self, term: Exists, rows: Rows) -> ColumnElement[bool]:
        inner = self.alias(term.table.table)
        joined: FromClause = inner
        end = inner.c[term.inner.column] if not term.inner.hops else None
        if end is None:
            last, hops, entry = self._joined(term.inner)
            joined = inner.join(hops, inner.c[term.inner.first] == entry)
            end = last.c[term.inner.column]
        same = _same_kind(end, self.key(term.outer, _outward(rows, term.up)))
        found = (
            sa.select(sa.literal(1)).select_from(joined).where(same, self._where(term.where, (*rows, inner)))
        )
        return sa.exists(found.correlate(*rows))

    def _referenced(self, term: Referenced, rows: Rows) -> ColumnElement[bool]:
        table, unless = rows[-1], dict(term.unless)
        name = _name(table)
        found = []
        for key in self.foreign_keys:
            if key.parent != name or key.on_delete == "SET NULL":
                continue
            child = self.alias(key.table)
            link = [child.c[c] == table.c[p] for c, p in zip(key.columns, key.parent_columns, strict=True)]
            if key.table == name:
                # A row that refers to itself does not keep itself.
                mine = zip(self.row_key(child, name), self.row_key(table, name), strict=True)
                link.append(sa.or_(*(a != b for a, b in mine)))
            if key.table in unless:
                link.append(_untrue(self.where(unless[key.table], child)))
            child_there = sa.select(sa.literal(1)).select_from(child).where(*link)
            found.append(sa.exists(child_there.correlate(table)))
        return sa.or_(*found) if found else sa.false()

    # — values —

    def _test(self, term: Test, rows: Rows) -> ColumnElement[bool]:
        return sa.and_(*(self._column_test(test, rows[-1]) for test in term.condition.tests))

    def _column_test(self, test: ColumnTest, table: FromClause) -> ColumnElement[bool]:
        column = table.c[test.column]
        if isinstance(test, Present):
            return sa.not_(self._blank(column)) if test.present else self._blank(column)
        return self._one_of(column, test.values)

    def _value_in(self, term: ValueIn, rows: Rows) -> ColumnElement[bool]:
        column = rows[-1].c[term.column]
        found = self._one_of(column, term.values)
        return sa.or_(self._blank(column), found) if term.or_missing else found

    def _blank(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Null, an empty text, or one of spaces; true or false, never unknown."""
        # SQLite takes an empty text into a column of any type.
        if not is_text(column) and self.dialect != "sqlite":
            return sa.not_(_there(column))
        return sa.or_(column.is_(None), sa.func.trim(self.text(column)) == "")

    def _one_of(self, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
        """The value, as text without regard to case, is one of these; a number as a number."""
        wanted, among = sorted(comparable(values)), numbers(values)
        found: ColumnElement[bool]
        match column.type:
            case sa.Boolean():
                found = sa.case((column, sa.literal("1")), else_=sa.literal("0")).in_(wanted)
            case mysql.BIT():
                bits = sa.cast(column, mysql.INTEGER(unsigned=True))
                found = bits.in_([sa.literal(n, sa.Numeric()) for n in among])
            case sa.Integer() | sa.Numeric() | sa.Float() if self.dialect != "sqlite":
                found = column.in_([sa.literal(n, sa.Numeric()) for n in among])
            case _:
                found = self.fold(sa.func.trim(self.text(column)) if is_text(column) else column).in_(wanted)
        return sa.and_(_there(column), found)

    def _period_is(self, term: PeriodIs, rows: Rows) -> ColumnElement[bool]:
        column = rows[-1].c[term.column.column]
        return sa.func.trim(self.text(column)) == str(term.count) if is_text(column) else column == term.count

    def fold(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """A value as text without regard to case, by Unicode and not by what the database's collation thinks."""
        if self.dialect == "sqlite":
            return sa.func.ordholden_fold(sa.type_coerce(value, sa.String), type_=sa.String)
        small = sa.func.lower(self._exact(self.text(value)), type_=sa.String)
        if not self.lowers:
            small = sa.func.translate(small, CAPITALS, CAPITALS.lower(), type_=sa.String)
        return sa.func.replace(small, "ß", "ss", type_=sa.String)

    def text(self, column: ColumnElement[Any]) -> ColumnElement[str]:
        if is_text(column):
            return column
        return sa.cast(column, sa.CHAR if self._is_mariadb else sa.Text)

    def _exact(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """Text that is equal only where every letter is: MariaDB's collations think é is e, and some that å is a."""
        if not self._is_mariadb:
            return text
        return sa.cast(text, mysql.CHAR(charset="utf8mb4")).collate("utf8mb4_bin")

    @property
    def _is_mariadb(self) -> bool:
        return self.dialect in ("mysql", "mariadb")

    def _filled(self, term: Filled, rows: Rows) -> ColumnElement[bool]:
        table, value = rows[-1], rows[-1].c[term.column]
        here = sa.not_(self._blank(value))
        if term.filler is None:
            return here
        return sa.and_(here, _untrue(same_filler(self, table, value, term.filler)))

    def filler(self, table: FromClause, column: ColumnElement[Any], filler: str) -> ColumnElement[Any]:
        """The value that a cleared field gets; `{key}` becomes the record's primary key."""
        if "{key}" not in filler:
            return sa.literal(as_type(column, filler), column.type)
        key = self._joined_text([self.text(p) for p in self.row_key(table, _name(table))], "-")
        whole = self._joined_text([sa.literal(piece) for piece in filler.split("{key}")], key)
        return whole if is_text(column) else sa.cast(whole, column.type)

    def _joined_text(self, parts: Sequence[ColumnElement[str]], between: Any) -> ColumnElement[str]:
        pieces = [piece for part in parts for piece in (between, part)][1:]
        if self._is_mariadb:
            return sa.func.concat(*pieces, type_=sa.String)
        return sa.cast(reduce(operator.add, pieces), sa.String)

    # — keys —

    def _led_to(self, term: KeyIn, rows: Rows) -> ColumnElement[bool]:
        """The path ends at one of the keys: asked from the keys' side, so that the indexes on the way serve."""
        path, table = term.path, rows[-1]
        if not path.hops:
            return self._key_in(table.c[path.column], term.keys)
        last, joined, entry = self._joined(path)
        reached = sa.select(entry).select_from(joined).where(self._key_in(last.c[path.column], term.keys))
        return table.c[path.first].in_(reached)

    def _key_in(self, column: ColumnElement[object], keys: Sequence[object]) -> ColumnElement[bool]:
        if self.slots is not None and keys and isinstance(keys[0], Slot):
            return self.slots.key_in(column, keys[0])
        keys = as_kind(column, keys, strict=self.dialect != "sqlite")
        if len(keys) <= INLINE_KEYS:
            return column.in_(keys)
        return column.in_(self.unpacked(keys))

    def among(self, text: ColumnElement[Any], values: Sequence[object]) -> ColumnElement[bool]:
        """The text is one of the values, however many."""
        if len(values) <= INLINE_KEYS or self.dialect in ("mysql", "mariadb"):
            # A list takes the collation of what it is compared with; an unpacked table would have its own.
            return text.in_(list(values))
        return text.in_(self.unpacked(list(values)))

    def unpacked(self, keys: Sequence[object]) -> sa.Select[Any]:
        """Many keys as a table of one column, from one parameter."""
        whole = all(isinstance(k, int) and not isinstance(k, bool) for k in keys)
        type_: sa.types.TypeEngine[object] = sa.BigInteger() if whole else sa.Text()  # type: ignore[assignment]
        values = [k if whole else str(k) for k in keys]
        match self.dialect:
            case "postgresql":
                # Written out here once: the driver would take longer, and again for every batch.
                array = sa.cast(sa.literal(array_text(values), sa.Text), sa.ARRAY(type_))
                return sa.select(sa.func.unnest(array, type_=type_).column_valued(f"k{next(self._names)}"))
            case "sqlite":
                each = sa.func.json_each(sa.literal(json.dumps(values), sa.String)).table_valued(
                    "value", name=f"k{next(self._names)}"
                )
                return sa.select(each.c.value)
            case _:
                column = "BIGINT" if whole else "VARCHAR(255)"
                name = f"k{next(self._names)}"
                packed = sa.text(
                    f"JSON_TABLE(:{name}, '$[*]' COLUMNS (k {column} PATH '$')) AS {name}"
                ).bindparams(sa.bindparam(name, json.dumps(values)))
                return sa.select(sa.literal_column(f"{name}.k", type_)).select_from(packed)

    def _key_span(self, term: KeySpan, rows: Rows) -> ColumnElement[bool]:
        columns = self.row_key(rows[-1], _name(rows[-1]))
        return _within(columns, self._bound(columns, term.low), self._bound(columns, term.high))

    def _column_span(self, term: ColumnSpan, rows: Rows) -> ColumnElement[bool]:
        columns = (rows[-1].c[term.column],)
        low, high = (b if b is None or isinstance(b, Slot) else (b,) for b in (term.low, term.high))
        return _within(columns, self._bound(columns, low), self._bound(columns, high))

    def _bound(
        self, columns: Sequence[ColumnElement[Any]], bound: Sequence[object] | Slot | None
    ) -> Sequence[object] | None:
        if isinstance(bound, Slot):
            assert self.slots is not None
            return [self.slots.bound(column, bound, n) for n, column in enumerate(columns)]
        return bound

    def _row_in(self, term: RowIn, rows: Rows) -> ColumnElement[bool]:
        columns = self.row_key(rows[-1], _name(rows[-1]))
        if self.slots is not None and term.keys and isinstance(term.keys[0], Slot):
            return self.slots.row_in(columns, term.keys[0])
        if len(columns) == 1:
            return self._key_in(columns[0], [k[0] for k in term.keys])  # type: ignore[index]
        return sa.tuple_(*columns).in_(list(term.keys)) if term.keys else sa.false()


_TERMS: dict[type, Callable[[Translator, Any, Rows], ColumnElement[bool]]] = {
    Constant: Translator._constant,
    Both: Translator._both,
    Either: Translator._either,
    Not: Translator._not,
    Known: Translator._known,
    Before: Translator._before,
    AtOrAfter: Translator._at_or_after,
    Earlier: Translator._earlier,
    Test: Translator._test,
    ValueIn: Translator._value_in,
    PeriodIs: Translator._period_is,
    Filled: Translator._filled,
    Missing: Translator._missing,
    KeyIn: Translator._led_to,
    RowIn: Translator._row_in,
    KeySpan: Translator._key_span,
    ColumnSpan: Translator._column_span,
    Exists: Translator._exists,
    Referenced: Translator._referenced,
    Given: Translator._given,
    Unsaid: Translator._unsaid,
}


def _untrue(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The opposite. A comparison with an empty column is null; here it counts as false, so its opposite is true."""
    if isinstance(condition, Grouping):
        return _untrue(condition.element)  # type: ignore[arg-type]
    if isinstance(condition, sa.Exists):
        # Never null; and bare, the database may look for all rows at once.
        return sa.not_(condition)
    if isinstance(condition, sa.BooleanClauseList) and condition.operator is operator.or_:
        return sa.and_(*(_untrue(c) for c in condition.clauses))
    return sa.not_(sa.func.coalesce(condition, sa.false(), type_=sa.Boolean))


def _there(column: ColumnElement[Any]) -> ColumnElement[bool]:
    # MariaDB's BIT lacks the operator in SQLAlchemy.
    return (
        sa.type_coerce(column, sa.Integer).is_not(None)
        if isinstance(column.type, mysql.BIT)
        else column.is_not(None)
    )


def array_text(values: Sequence[object]) -> str:
    """Numbers or texts as PostgreSQL writes an array."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: object) -> str:
    if not isinstance(value, str):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _outward(rows: Rows, up: int) -> FromClause:
    return rows[-1 - up]


def _within(
    columns: Sequence[ColumnElement[Any]], low: Sequence[object] | None, high: Sequence[object] | None
) -> ColumnElement[bool]:
    """The columns, together, are above `low` and not above `high`."""
    if len(columns) == 1:
        column = columns[0]
        above = [column > low[0]] if low is not None else []
        return sa.and_(sa.true(), *above, *([column <= high[0]] if high is not None else []))
    together = sa.tuple_(*columns)
    bounds = [together > _tuple(low)] if low is not None else []
    return sa.and_(sa.true(), *bounds, *([together <= _tuple(high)] if high is not None else []))


def _tuple(values: Sequence[object]) -> ColumnElement[Any]:
    return sa.tuple_(*(v if isinstance(v, ColumnElement) else sa.literal(v) for v in values))


def _name(table: FromClause) -> str:
    return table.element.name if isinstance(table, sa.Alias) else table.name  # type: ignore[attr-defined, no-any-return]


def is_text(column: ColumnElement[Any]) -> bool:
    # PostgreSQL's enumerations are compared like text by nobody but themselves.
    return isinstance(column.type, sa.String) and not isinstance(column.type, postgresql.ENUM)


def same_filler(
    translator: Translator, table: FromClause, column: ColumnElement[Any], filler: str
) -> ColumnElement[bool]:
    value = translator.filler(table, column, filler)
    if is_text(column):
        # Only spaces at the filler's own ends need cutting off, or those of a key that stands there.
        tight = (
            filler == filler.strip(" ") and not filler.startswith("{key}") and not filler.endswith("{key}")
        )
        return translator._exact(sa.func.trim(column)) == (value if tight else sa.func.trim(value))
    return column == value


def as_type(column: ColumnElement[Any], filler: str) -> object:
    """The text as the column's own type."""
    match column.type:
        case sa.Boolean():
            return filler.casefold() in ("1", "true", "yes")
        case sa.Integer():
            return int(filler)
        case sa.Numeric() | sa.Float():
            return Decimal(filler)
        case sa.DateTime() | Instant():
            return datetime.fromisoformat(filler)
        case sa.Date():
            return date.fromisoformat(filler)
        case _:
            return filler


def as_kind(column: ColumnElement[object], keys: Sequence[object], *, strict: bool) -> list[object]:
    """Keys as the column holds them: a number that somebody typed, or that another table holds as text.

    A text that is no number is in no column of numbers, where the database is strict about them.
    """
    if is_text(column):
        return [k if isinstance(k, str) else str(k) for k in keys]
    if not isinstance(column.type, sa.Integer):
        return list(keys)
    whole = [int(k) if isinstance(k, str) and k.strip().lstrip("-").isdecimal() else k for k in keys]
    return [k for k in whole if not (strict and isinstance(k, str))]


def _same_kind(a: ColumnElement[object], b: ColumnElement[object]) -> ColumnElement[bool]:
    """Equality of two keys; as text where one is text and the other a number."""
    if is_text(a) != is_text(b):
        return sa.cast(a, sa.String) == sa.cast(b, sa.String)
    return a == b

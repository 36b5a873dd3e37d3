"""Predicates to SQL: the one place where the grounds' terms become expressions of a database."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from ordholden.connectors.predicate import (
    AtOrAfter,
    Before,
    Both,
    ColumnSpan,
    Constant,
    Either,
    Exists,
    Filled,
    Inverted,
    KeyIn,
    KeySpan,
    Known,
    Missing,
    Not,
    PeriodIs,
    Predicate,
    Referenced,
    RowIn,
    Test,
    Unsaid,
    ValueIn,
)
from ordholden.connectors.reading import ForeignKey
from ordholden.connectors.sql.moments import TimeColumn
from ordholden.inventory.system import EventColumn, Path, System
from ordholden.policy.condition import ColumnTest, Present

__all__ = ["Translator", "is_text", "same_filler"]

# More keys than this travel as one parameter that the database unpacks, not as a list in the statement's text.
INLINE_KEYS = 200


@dataclass
class Translator:
    """Turns predicates about one system's tables into SQL expressions; holds the live tables by name."""

    system: System
    tables: dict[str, sa.Table]
    foreign_keys: tuple[ForeignKey, ...]
    dialect: str
    lowers: bool = True  # whether the database knows the small letters beyond ASCII
    _names: itertools.count[int] = field(default_factory=itertools.count)

    def where(self, predicate: Predicate, table: FromClause, outer: FromClause | None = None) -> ColumnElement[bool]:
        """The predicate about a row of `table`; `outer` is the row around it, inside `Exists`."""
        match predicate:
            case Constant(value):
                return sa.true() if value else sa.false()
            case Both(parts):
                return sa.and_(*(self.where(p, table, outer) for p in parts))
            case Either(parts):
                return sa.or_(*(self.where(p, table, outer) for p in parts))
            case Not(part):
                # A comparison with an empty column is null; here it counts as false, so its opposite is true.
                return sa.not_(sa.func.coalesce(self.where(part, table, outer), sa.false(), type_=sa.Boolean))
            case Known(column):
                return self.time(column, table).known()
            case Before(column, day):
                return self.time(column, table).before(day)
            case Inverted(end, begin):
                late, early = self.time(end, table), self.time(begin, table)
                return sa.and_(late.known(), early.known(), late.as_written() < early.as_written())  # type: ignore[operator]
            case AtOrAfter(inner, around):
                assert outer is not None
                return self.time(inner, table).instant() >= self.time(around, outer).instant()  # type: ignore[operator]
            case Test(condition):
                return sa.and_(*(self._test(test, table) for test in condition.tests))
            case ValueIn(column, values, or_missing):
                return self._value_in(table.c[column], values, or_missing)
            case PeriodIs(column, count):
                return table.c[column.column] == count
            case Filled(column, filler):
                return self._filled(table, column, filler)
            case Missing(path):
                return self.key(path, table).is_(None)
            case KeyIn(path, keys):
                return self._led_to(path, table, keys)
            case RowIn(keys):
                return self._row_in(table, keys)
            case KeySpan(low, high):
                return self._key_span(table, low, high)
            case ColumnSpan(column, low, high):
                value = table.c[column]
                return sa.and_(*([value > low] if low is not None else []), *([value <= high] if high is not None else []))
            case Exists():
                return self._exists(predicate, table)
            case Referenced(unless):
                return self._referenced(table, dict(unless))
            case Unsaid(why):
                raise AssertionError(f"asked a database what it cannot say: {why}")
        raise AssertionError(predicate)

    def time(self, column: EventColumn, table: FromClause) -> TimeColumn:
        return TimeColumn(table.c[column.column], column, self.system.plausible, self.dialect)

    def key(self, path: Path, table: FromClause) -> ColumnElement[object]:
        """The key at the end of a path, as a column or a scalar subquery."""
        if not path.hops:
            return table.c[path.column]
        last, joined, first = self._joined(path)
        return sa.select(last.c[path.column]).select_from(joined).where(first == table.c[path.first]).correlate(table).scalar_subquery()

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
        assert here is not None and joined is not None and entry is not None
        return here, joined, entry

    def alias(self, table: str) -> FromClause:
        return self.tables[table].alias(f"t{next(self._names)}")

    def primary_key(self, table: str) -> tuple[str, ...]:
        return tuple(c.name for c in self.tables[table].primary_key.columns)

    def row_key(self, table: FromClause, name: str) -> tuple[ColumnElement[object], ...]:
        return tuple(table.c[c] for c in self.primary_key(name))

    def _exists(self, predicate: Exists, outer: FromClause) -> ColumnElement[bool]:
        name = predicate.table.table
        inner = self.alias(name)
        joined: FromClause = inner
        path = predicate.inner
        if path.hops:
            last, hops, entry = self._joined(path)
            joined = inner.join(hops, inner.c[path.first] == entry)
            end: ColumnElement[object] = last.c[path.column]
        else:
            end = inner.c[path.column]
        same = _same_kind(end, self.key(predicate.outer, outer))
        where = sa.and_(same, self.where(predicate.where, inner, outer))
        return sa.exists(sa.select(sa.literal(1)).select_from(joined).where(where).correlate(outer))

    def _referenced(self, table: FromClause, unless: dict[str, Predicate]) -> ColumnElement[bool]:
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
                link.append(sa.not_(self.where(unless[key.table], child)))
            found.append(sa.exists(sa.select(sa.literal(1)).select_from(child).where(*link).correlate(table)))
        return sa.or_(*found) if found else sa.false()

    # — values —

    def _test(self, test: ColumnTest, table: FromClause) -> ColumnElement[bool]:
        column = table.c[test.column]
        if isinstance(test, Present):
            here = sa.and_(column.is_not(None), self.text(column) != "") if is_text(column) else column.is_not(None)
            return here if test.present else sa.not_(here)
        return self._value_in(column, test.values, False)

    def _value_in(self, column: ColumnElement[object], values: Sequence[str], or_missing: bool) -> ColumnElement[bool]:
        wanted = [v.casefold() for v in values]
        if isinstance(column.type, sa.Boolean) and self.dialect == "postgresql":
            found: ColumnElement[bool] = sa.case((column, sa.literal("1")), else_=sa.literal("0")).in_(wanted)
            found = sa.and_(column.is_not(None), found)
        else:
            found = sa.and_(column.is_not(None), self.fold(sa.func.trim(self.text(column))).in_(wanted))
        if not or_missing:
            return found
        empty = sa.or_(column.is_(None), self.text(column) == "") if is_text(column) else column.is_(None)
        return sa.or_(empty, found)

    def fold(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """Text without regard to case, by Unicode and not by what the database's collation thinks."""
        return sa.func.ordholden_fold(text, type_=sa.String) if self.dialect == "sqlite" else sa.func.lower(text, type_=sa.String)

    def text(self, column: ColumnElement[object]) -> ColumnElement[str]:
        if is_text(column):
            return column  # type: ignore[return-value]
        return sa.cast(column, sa.CHAR if self.dialect in ("mysql", "mariadb") else sa.Text)

    def _filled(self, table: FromClause, column: str, filler: str | None) -> ColumnElement[bool]:
        value = table.c[column]
        parts = [value.is_not(None)]
        if is_text(value):
            parts.append(sa.func.trim(self.text(value)) != "")
        if filler is not None:
            parts.append(sa.not_(same_filler(self, table, value, filler)))
        return sa.and_(*parts)

    def filler(self, table: FromClause, column: ColumnElement[object], filler: str) -> ColumnElement[object]:
        """The value that a cleared field gets; `{key}` becomes the record's primary key."""
        if "{key}" not in filler:
            return sa.literal(_as_type(column, filler), column.type)
        key: ColumnElement[str] | None = None
        for part in self.row_key(table, _name(table)):
            text = self.text(part)
            key = text if key is None else sa.func.concat(key, "-", text, type_=sa.String) if self.dialect != "sqlite" else key + "-" + text
        pieces: list[ColumnElement[str]] = []
        for index, piece in enumerate(filler.split("{key}")):
            if index:
                pieces.append(key)  # type: ignore[arg-type]
            if piece:
                pieces.append(sa.literal(piece))
        if self.dialect in ("mysql", "mariadb"):
            return sa.func.concat(*pieces, type_=sa.String)
        whole = pieces[0]
        for piece_ in pieces[1:]:
            whole = whole + piece_
        return whole if len(pieces) > 1 else sa.cast(whole, sa.String)

    # — keys —

    def _led_to(self, path: Path, table: FromClause, keys: Sequence[object]) -> ColumnElement[bool]:
        """The path ends at one of the keys: asked from the keys' side, so that the indexes on the way serve."""
        if not path.hops:
            return self._key_in(table.c[path.column], keys)
        last, joined, entry = self._joined(path)
        reached = sa.select(entry).select_from(joined).where(self._key_in(last.c[path.column], keys))
        return table.c[path.first].in_(reached)

    def _key_in(self, column: ColumnElement[object], keys: Sequence[object]) -> ColumnElement[bool]:
        keys = _as_kind(column, keys, strict=self.dialect != "sqlite")
        if len(keys) <= INLINE_KEYS:
            return column.in_(keys)
        return column.in_(self.unpacked(keys))

    def among(self, text: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
        """The text is one of the values, however many."""
        if len(values) <= INLINE_KEYS or self.dialect in ("mysql", "mariadb"):
            # A list takes the collation of what it is compared with; an unpacked table would have its own.
            return text.in_(list(values))
        return text.in_(self.unpacked(list(values)))

    def unpacked(self, keys: Sequence[object]) -> sa.Select[tuple[object]]:
        """Many keys as a table of one column, from one parameter."""
        whole = all(isinstance(k, int) and not isinstance(k, bool) for k in keys)
        type_: sa.types.TypeEngine[object] = sa.BigInteger() if whole else sa.Text()  # type: ignore[assignment]
        values = [k if whole else str(k) for k in keys]
        match self.dialect:
            case "postgresql":
                array = sa.literal(values, sa.ARRAY(type_))
                return sa.select(sa.func.unnest(array, type_=type_).column_valued(f"k{next(self._names)}"))
            case "sqlite":
                each = sa.func.json_each(sa.literal(json.dumps(values), sa.String)).table_valued("value", name=f"k{next(self._names)}")
                return sa.select(each.c.value)
            case _:
                column = "BIGINT" if whole else "VARCHAR(255)"
                name = f"k{next(self._names)}"
                packed = sa.text(f"JSON_TABLE(:{name}, '$[*]' COLUMNS (k {column} PATH '$')) AS {name}").bindparams(
                    sa.bindparam(name, json.dumps(values))
                )
                return sa.select(sa.literal_column(f"{name}.k", type_)).select_from(packed)

    def _key_span(self, table: FromClause, low: tuple[object, ...] | None, high: tuple[object, ...] | None) -> ColumnElement[bool]:
        columns = self.row_key(table, _name(table))
        key = columns[0] if len(columns) == 1 else sa.tuple_(*columns)
        one = (lambda k: k[0]) if len(columns) == 1 else (lambda k: sa.tuple_(*(sa.literal(v) for v in k)))
        above = [key > one(low)] if low is not None else []
        return sa.and_(*above, *([key <= one(high)] if high is not None else []))

    def _row_in(self, table: FromClause, keys: Sequence[tuple[object, ...]]) -> ColumnElement[bool]:
        columns = self.row_key(table, _name(table))
        if len(columns) == 1:
            return self._key_in(columns[0], [k[0] for k in keys])
        if not keys:
            return sa.false()
        return sa.tuple_(*columns).in_(list(keys))


def _name(table: FromClause) -> str:
    return table.element.name if isinstance(table, sa.Alias) else table.name  # type: ignore[attr-defined, no-any-return]


def is_text(column: ColumnElement[object]) -> bool:
    return isinstance(column.type, sa.String)


def same_filler(translator: Translator, table: FromClause, column: ColumnElement[object], filler: str) -> ColumnElement[bool]:
    value = translator.filler(table, column, filler)
    return sa.and_(column.is_not(None), (sa.func.trim(column) if is_text(column) else column) == value)


def _as_type(column: ColumnElement[object], filler: str) -> object:
    """The filler as the column's own type."""
    from datetime import date, datetime
    from decimal import Decimal

    match column.type:
        case sa.Boolean():
            return filler.casefold() in ("1", "true", "yes")
        case sa.Integer():
            return int(filler)
        case sa.Numeric():
            return Decimal(filler)
        case sa.DateTime():
            return datetime.fromisoformat(filler)
        case sa.Date():
            return date.fromisoformat(filler)
        case _:
            return filler


def _as_kind(column: ColumnElement[object], keys: Sequence[object], *, strict: bool) -> list[object]:
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

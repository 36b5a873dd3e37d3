"""Whether the systems are as `systems.yaml` says: a live schema in, what does not fit it out.

The same is asked when somebody checks the files, and again before each plan (`plans/preflight.py`): what
would fail is said then, not half-way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from ordholden.inventory.schema import Column, Schema, TableSchema
from ordholden.inventory.system import (
    As,
    EventColumn,
    Field,
    Inventory,
    Path,
    Table,
    TableName,
    WhenExpired,
)
from ordholden.problems import Place, Problem, Problems, nearest

__all__ = ["fits_live", "table_fits"]

_DIGITS = {"BIGINT": 19, "SMALLINT": 5, "TINYINT": 3, "MEDIUMINT": 8, "INT": 10}
"""How many digits a key of the type may grow to."""

_LONG_KEY = 20


def fits_live(inventory: Inventory, schemas: Mapping[str, Schema]) -> tuple[Problem, ...]:
    """What is wrong between the inventory and the systems whose schemas are given."""
    problems = Problems()
    for table in inventory.tables:
        schema = schemas.get(table.name.system)
        if schema is not None and not table.is_folder:
            problems.extend(table_fits(inventory, table, schema))
    for name, schema in schemas.items():
        if schema.undeclared:
            # What is forgotten is kept for ever: the omission that costs companies most.
            tables = ", ".join(schema.undeclared)
            problems.warning("tables-undeclared", inventory.systems[name].at, system=name, tables=tables)
    return problems.all


def table_fits(inventory: Inventory, table: Table, schema: Schema) -> tuple[Problem, ...]:
    """What is wrong with one table; an error here means that nothing in it can be erased safely."""
    problems = Problems()
    live = schema.tables.get(table.name.table)
    if live is None:
        known = {*schema.tables, *(k.table for k in schema.foreign_keys)}
        problems.error(
            "table-not-there", table.at, table=table.name, nearest=nearest(table.name.table, known)
        )
        return problems.all
    one = _Table(inventory, table, live, schema, problems)
    one.columns()
    one.keys()
    one.paths()
    one.events()
    one.fields()
    one.references()
    return problems.all


class _Table:
    """One declared table beside the live one."""

    def __init__(
        self, inventory: Inventory, table: Table, live: TableSchema, schema: Schema, problems: Problems
    ) -> None:
        self._inventory, self._table, self._live = inventory, table, live
        self._schema, self._problems = schema, problems

    def _at(self, *way: str) -> Place:
        name = self._table.name
        return self._inventory.place(name.system, "tables", name.table, *way) or self._table.at

    # — columns and keys —

    def columns(self) -> None:
        name, there = self._table.name, self._live.columns
        # Where nothing personal is declared nothing is erased; there an unlisted column is only a question.
        unlisted = self._problems.error if self._table.fields else self._problems.warning
        for column in sorted(set(there) - self._table.listed):
            unlisted("column-unlisted", self._table.at, table=name, column=column)
        for column in sorted(self._table.listed - set(there)):
            near = nearest(column, there)
            self._problems.error(
                "column-not-there", self._where(column), table=name, column=column, nearest=near
            )
        for trigger in self._live.triggers:
            self._problems.warning("trigger-there", self._table.at, table=name, trigger=trigger)
        for column in self._table.cut:
            if column in there and not there[column].nullable:
                self._problems.error("cut-not-nullable", self._at("cut", column), table=name, column=column)

    def _where(self, column: str) -> Place:
        """Where the declaration speaks of the column."""
        field = self._table.field(column)
        events = [e.at for e in self._table.events if e.column == column and e.at]
        paths = [p.at for p in self._paths() if p.first == column and p.at]
        listed = self._at("not personal", column) if column in self._table.not_personal else None
        return next((p for p in (field and field.at, *events, *paths, listed) if p), self._table.at)

    def keys(self) -> None:
        table = self._table
        if not self._live.primary_key and table.fields:
            self._problems.error("primary-key-missing", table.at, table=table.name)
        for what, path in (("person", table.person), *(("matter", m.path) for m in table.matters)):
            # Somebody known by an identifier is one person, however many rows have it.
            named = what == "person" and path is not None and path.column in table.identifiers.values()
            if path is not None and path.own and not named and path.column in self._live.columns:
                self._unique(what, path)

    def _unique(self, what: str, path: Path) -> None:
        key = (path.column,)
        if key == self._live.primary_key or key in self._live.unique:
            return
        composite = path.column in self._live.primary_key
        code = "key-composite" if composite else "key-not-unique"
        self._problems.error(code, path.at, table=self._table.name, column=path.column, what=what)

    # — paths —

    def _paths(self) -> list[Path]:
        table = self._table
        found = [table.person, *(m.path for m in table.matters), *(f.person for f in table.fields)]
        return [p for p in dict.fromkeys(found) if p is not None]

    def paths(self) -> None:
        for path in self._paths():
            self._walk(path)

    def _walk(self, path: Path) -> None:
        here: TableSchema = self._live
        for hop in path.hops:
            there = self._schema.tables.get(hop.table)
            if there is None:
                return  # Said of that table itself.
            landing = self._landing(path, there, hop.on)
            if landing is None or not self._there(path, here, hop.column):
                return
            self._alike(path, here.columns[hop.column], there.columns[landing])
            here = there
        if self._there(path, here, path.column) and not path.own:
            self._key(path, here)

    def _landing(self, path: Path, there: TableSchema, on: str | None) -> str | None:
        if on is not None:
            if not self._there(path, there, on):
                return None
            if (on,) != there.primary_key and (on,) not in there.unique:
                # Two rows that answer are two people, and one of them would be guessed.
                self._problems.error("landing-not-unique", path.at, table=there.name, column=on)
            return on
        if len(there.primary_key) == 1:
            return there.primary_key[0]
        if there.primary_key:
            self._problems.error(
                "arrow-composite", path.at, table=there.name, key=", ".join(there.primary_key)
            )
        return None

    def _key(self, path: Path, here: TableSchema) -> None:
        """The column before the last arrow holds the key of the table where the people or the matters are."""
        target = self._inventory.systems[path.target.system].tables.get(path.target.table)
        there = self._schema.tables.get(path.target.table)
        if target is None or there is None or target.name == TableName(path.target.system, here.name):
            return
        keys = [
            p.column for p in (target.person, *(m.path for m in target.matters)) if p is not None and p.own
        ]
        for column in keys[:1]:
            if column in there.columns:
                self._alike(path, here.columns[path.column], there.columns[column])

    def _there(self, path: Path, live: TableSchema, column: str) -> bool:
        if column in live.columns:
            return True
        if live is not self._live or column != path.first:
            near = nearest(column, live.columns)
            self._problems.error("path-broken", path.at, table=live.name, column=column, nearest=near)
        return False

    def _alike(self, path: Path, one: Column, other: Column) -> None:
        mine, theirs = _sort(one), _sort(other)
        if {mine, theirs} == {"number", "text"}:
            facts = {"column": one.name, "type": one.type, "other": other.name, "other_type": other.type}
            self._problems.error("path-types-differ", path.at, table=self._table.name, **facts)

    # — moments —

    def events(self) -> None:
        for event in self._table.events:
            self._moment(event, event.event)
        for consent in self._table.consents:
            for column in (consent.given, consent.withdrawn):
                if column is not None:
                    self._moment(column, consent.consent)
        for name in dict.fromkeys(c.consent for c in self._table.consents):
            self._consent(name)

    def _moment(self, moment: EventColumn, word: str) -> None:
        column = self._live.columns.get(moment.column)
        if column is None:
            return
        sort, counted = _sort(column), moment.form in (As.SECONDS, As.MILLISECONDS)
        impossible = sort == "truth" or (sort == "number" and moment.form is As.DATE)
        if impossible or (counted and sort in ("day", "stamp")):
            say = self._problems.error if impossible else self._problems.warning
            facts = {"column": column.name, "type": column.type, "form": moment.form}
            say("event-type", moment.at, table=self._table.name, word=word, **facts)

    def _consent(self, name: str) -> None:
        """The latest of yes and no decides; a day and a moment of the same day cannot be told apart."""
        entries = [c for c in self._table.consents if c.consent == name]
        moments = [m for c in entries for m in (c.given, c.withdrawn) if m is not None]
        sorts = {self._precision(m) for m in moments} - {""}
        if len(sorts) > 1:
            columns = ", ".join(dict.fromkeys(m.column for m in moments))
            at = self._at("consents", name)
            self._problems.warning(
                "consent-forms-differ", at, table=self._table.name, consent=name, columns=columns
            )

    def _precision(self, moment: EventColumn) -> str:
        column = self._live.columns.get(moment.column)
        sort = "" if column is None else _sort(column)
        if moment.form in (As.SECONDS, As.MILLISECONDS) or sort == "stamp":
            return "clock"
        return "day" if sort == "day" or (moment.form is As.TEXT and moment.format != "YYYY-MM-DD") else ""

    # — what a cleared field gets —

    def fields(self) -> None:
        for field in self._table.fields:
            column = self._live.columns.get(field.column)
            if column is not None:
                self._field(field, column)

    def _field(self, field: Field, column: Column) -> None:
        name = self._table.name
        facts = {"table": name, "column": field.column}
        if field.column in self._live.primary_key:
            if self._table.when_expired is WhenExpired.ANONYMISE:
                self._problems.error("key-personal", field.at, **facts)
            return
        if column.generated:
            self._problems.error("column-generated", field.at, **facts)
        if field.filler is not None:
            self._filler(field, field.filler, column)
        elif not column.nullable:
            say = self._problems.error if _may_be_cleared(self._table) else self._problems.warning
            say("filler-missing", field.at, **facts)

    def _filler(self, field: Field, filler: str, column: Column) -> None:
        at, facts = (
            self._at("data", field.column, "filler"),
            {"table": self._table.name, "column": field.column},
        )
        keyed = "{key}" in filler
        cleared = {f.column for f in self._table.fields}
        for unique in self._live.unique:
            if field.column in unique and not keyed and unique != self._live.primary_key:
                # Where the other columns stay, two erased rows collide only if these are equal, too.
                alone = set(unique) <= cleared
                say = self._problems.error if alone else self._problems.warning
                say("filler-not-unique", at, **facts)
        longest = len(filler.replace("{key}", "")) + (self._key_length() if keyed else 0)
        if column.length is not None and longest > column.length:
            self._problems.error("filler-too-long", at, **facts, length=column.length)
        if not _fits(filler, _sort(column)):
            self._problems.error("filler-type", at, **facts, filler=filler, type=column.type)
        personal = {f.column for f in self._table.fields} & set(self._live.primary_key)
        if keyed and personal:
            self._problems.error("filler-key-personal", at, **facts, key=min(personal))

    def _key_length(self) -> int:
        """How many characters `{key}` may become: the parts of the primary key, with a dash between."""
        columns = [self._live.columns[c] for c in self._live.primary_key if c in self._live.columns]
        return sum(_longest(c) for c in columns) + max(len(columns) - 1, 0)

    # — references —

    def references(self) -> None:
        if not self._table.fields:
            return
        name = self._table.name
        declared = self._inventory.systems[name.system].tables
        for key in self._schema.foreign_keys:
            if key.parent != name.table or key.table == key.parent or key.on_delete == "SET NULL":
                continue
            cascades = key.on_delete == "CASCADE"
            if key.table in declared:
                if cascades:
                    self._problems.note("cascade-there", self._table.at, table=name, child=key.table)
            elif cascades:
                self._problems.warning("cascade-undeclared", self._table.at, table=name, child=key.table)
            else:
                self._problems.warning("held-by-undeclared", self._table.at, table=name, child=key.table)


def _may_be_cleared(table: Table) -> bool:
    """Whether single fields can come to be cleared: it is anonymised, or its data have different fates."""
    return table.when_expired is WhenExpired.ANONYMISE or len({f.category for f in table.fields}) > 1


_SORTS = (
    ("stamp", ("TIMESTAMP", "DATETIME")),
    ("day", ("DATE",)),
    ("truth", ("BOOL",)),
    (
        "number",
        (
            "INT",
            "BIGINT",
            "SMALLINT",
            "TINYINT",
            "MEDIUMINT",
            "NUMERIC",
            "DECIMAL",
            "FLOAT",
            "DOUBLE",
            "REAL",
        ),
    ),
    ("text", ("CHAR", "VARCHAR", "TEXT", "CLOB", "NCHAR", "NVARCHAR", "STRING", "ENUM")),
)


def _sort(column: Column) -> str:
    """What sort of value the column's type holds, as far as its name tells: a day, a stamp, a number …"""
    written = column.type.upper()
    return next((sort for sort, names in _SORTS if written.startswith(names)), "")


def _longest(column: Column) -> int:
    written = column.type.upper()
    digits = next((n for name, n in _DIGITS.items() if written.startswith(name)), None)
    return digits or column.length or _LONG_KEY


def _fits(filler: str, sort: str) -> bool:
    """Whether a column of the sort can hold the filler."""
    if filler == "{key}":
        return sort not in ("day", "stamp", "truth")
    try:
        match sort:
            case "number":
                float(filler)
            case "day":
                date.fromisoformat(filler)
            case "stamp":
                datetime.fromisoformat(filler)
            case "truth":
                return filler.casefold() in ("0", "1", "true", "false")
    except ValueError:
        return False
    return True

"""Reads `systems.yaml`: a file in, an `Inventory` and every problem with it out. Whether it fits the policy: `fits.py`."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path as File
from zoneinfo import ZoneInfo

from ordholden.inventory.system import (
    As,
    ConsentColumns,
    EventColumn,
    Field,
    Hop,
    Inventory,
    Kind,
    Matter,
    OwnPeriodColumn,
    Path,
    System,
    Table,
    TableName,
    WhenExpired,
)
from ordholden.policy.condition import ColumnCondition
from ordholden.policy.document import Text
from ordholden.policy.keep import RESERVED, read_condition
from ordholden.policy.rule import Unit
from ordholden.policy.source import Node, places, read_source
from ordholden.problems import Problem, Problems, nearest

__all__ = ["NAME", "read_inventory"]

NAME = "systems.yaml"
ENVIRONMENT = ".env"

_ARROW = re.compile(r"\s*->\s*")
# Names are whatever a database allows (`Order Details`, `2024_orders`), but for the signs that a path is made of.
_LANDING = re.compile(r"([^.()]+?)\s*(?:\(([^.()]+)\))?(?:\.([^.()]+))?")
_DATES = re.compile(r"\s*(\d{4}-\d\d-\d\d)\s+to\s+(\d{4}-\d\d-\d\d)\s*")


def read_inventory(
    folder: File, problems: Problems, environment: Mapping[str, str] = os.environ
) -> Inventory | None:
    """The systems in the folder; None where the file cannot be made sense of. What is wrong is added to `problems`."""
    path = folder / NAME
    before = len(problems.all)
    root = read_source(path, shown_as=NAME, schema="systems.schema.json", problems=problems)
    if root is None or len(problems.all) > before:
        return None
    known = {**_file_environment(folder), **environment}
    systems = {name: _system(name, node, known, problems) for name, node in root.items()}
    if not systems:
        problems.error("systems-empty", root.at)
    inventory = Inventory(systems, hashlib.sha256(path.read_bytes()).hexdigest(), places(root))
    _targets(inventory, problems)
    return inventory


def _file_environment(folder: File) -> dict[str, str]:
    """`NAME=value` lines of a file `.env` beside the policy; the real environment goes before it."""
    path = folder / ENVIRONMENT
    if not path.is_file():
        return {}
    pairs = (
        line.split("=", 1)
        for line in path.read_text(encoding="utf-8").splitlines()
        if "=" in line and line[:1] != "#"
    )
    return {name.strip(): value.strip() for name, value in pairs}


def _system(name: str, node: Node, environment: Mapping[str, str], problems: Problems) -> System:
    zone = node.text("zone", "Europe/Copenhagen")
    _zone_exists(zone, node, problems)
    tables: dict[str, Table] = {}
    reader = _Tables(name, zone, node.text("quality") == "exempt", problems)
    for key, table in node["tables"].items() if node.get("tables") else ():
        tables[key] = reader.table(key, table, folder=False)
    for key, table in node["folders"].items() if node.get("folders") else ():
        tables[key] = reader.table(key, table, folder=True)
    if not tables:
        problems.error("system-empty", node.key_at, system=name)
    return System(
        name=name,
        url=_filled(node["url"], environment, problems),
        zone=zone,
        plausible=_plausible(node, problems),
        backup_days=_backups(name, node, problems),
        quality_exempt=node.text("quality") == "exempt",
        about=_about(node) or Text(name, name),
        agreement=node.text("agreement"),
        without_personal_data=tuple(str(n.value) for n in _elements(node, "without personal data")),
        tables=tables,
        at=node.key_at,
    )


def _about(node: Node) -> Text | None:
    """What people call it: one text for both languages, or one for each. One language alone stands for the other, too."""
    about = node.get("about")
    if about is None:
        return None
    if not about.is_mapping:
        return Text(str(about.value), str(about.value))
    return Text(about.text("da", about.text("en")), about.text("en", about.text("da")))


def _elements(node: Node, key: str) -> Iterator[Node]:
    found = node.get(key)
    return iter(()) if found is None else found.elements()


def _filled(node: Node, environment: Mapping[str, str], problems: Problems) -> str:
    def value(match: re.Match[str]) -> str:
        default: str | None = match[3]
        found = environment.get(match[1], default)
        if found is None:
            problems.error("variable-missing", node.at, variable=match[1])
            return ""
        return found

    return re.sub(r"\$\{([A-Za-z_]\w*)(:-([^}]*))?\}", value, str(node.value))


def _plausible(node: Node, problems: Problems) -> tuple[date, date]:
    written = node.get("dates")
    if written is None:
        return date(1990, 1, 1), date(2099, 12, 31)
    match = _DATES.fullmatch(str(written.value))
    try:
        if match:
            first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
            if first < last:
                return first, last
    except ValueError:
        pass
    problems.error(
        "value-form", written.at, within="dates", wanted="1990-01-01 to 2099-12-31", found=written.value
    )
    return date(1990, 1, 1), date(2099, 12, 31)


def _backups(name: str, node: Node, problems: Problems) -> int | None:
    written = node.get("backups")
    if written is None:
        problems.warning("backups-unsaid", node.key_at, system=name)
        return None
    if str(written.value).strip() == "none":
        return 0
    match = re.fullmatch(r"\s*(?:kept\s+)?([0-9]+)\s+days?\s*", str(written.value))
    if match is None:
        problems.error(
            "value-form", written.at, within="backups", wanted="kept N days, or none", found=written.value
        )
        return None
    return int(match[1])


def _zone_exists(zone: str, node: Node, problems: Problems) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        problems.error("zone-unknown", (node.get("zone") or node).at, zone=zone)


class _Tables:
    """Reads the tables of one system; holds what their parts need from it."""

    def __init__(self, system: str, zone: str, exempt: bool, problems: Problems) -> None:
        self._system, self._zone, self._exempt, self._problems = system, zone, exempt, problems

    def table(self, key: str, node: Node, *, folder: bool) -> Table:
        name = TableName(self._system, key)
        fields = [self._field(name, column, n) for column, n in _pairs(node, "data")]
        if folder:
            fields.append(Field("path", node.text("content"), None, None, "", name, node["content"].at))
        return Table(
            name=name,
            kinds=self._kinds(node),
            person=self._path(name, node.get("person")),
            identifiers={kind: str(n.value) for kind, n in _pairs(node, "identifiers")},
            matters=tuple(self._matter(name, matter, n) for matter, n in _pairs(node, "matter")),
            begins=node.text("begins"),
            should_have_ended=self._condition(node.get("should have ended")),
            own_period=_own_period(node.get("own period")),
            fields=tuple(fields),
            not_personal=_columns(node, "not personal"),
            events=tuple(self._event(name, event, n) for event, n in _pairs(node, "events")),
            states={
                state: c
                for state, n in _pairs(node, "states")
                if (c := self._condition(n)) and self._named(state, n)
            },
            consents=tuple(
                c for consent, n in _pairs(node, "consents") for c in self._consents(name, consent, n)
            ),
            values={value: str(n.value) for value, n in _pairs(node, "values")},
            when_expired=WhenExpired(node.text("when expired", "delete")),
            cut=_columns(node, "cut"),
            free_text=_columns(node, "free text"),
            quality_exempt=self._exempt or node.text("quality") == "exempt",
            names=node.text("names"),
            at=node.key_at,
            about=_about(node),
        )

    def _kinds(self, node: Node) -> tuple[Kind, ...]:
        written = node.get("people")
        if written is None:
            return ()
        if not written.is_mapping:
            return (Kind(str(written.value), None),)
        return tuple(Kind(people, self._condition(n)) for people, n in written.items())

    def _field(self, table: TableName, column: str, node: Node) -> Field:
        if not node.is_mapping:
            return Field(column, str(node.value), None, None, "", None, node.at)
        filler = node.get("filler")
        return Field(
            column=column,
            category=node.text("is"),
            person=self._path(table, node.get("person")),
            filler=None if filler is None else str(filler.value),
            source=node.text("source"),
            file_in=self._file_in(node.get("file in")),
            at=node["is"].at,
        )

    def _file_in(self, node: Node | None) -> TableName | None:
        if node is None:
            return None
        parts = str(node.value).split(".")
        if len(parts) != 2:
            self._problems.error(
                "value-form", node.at, within="file in", wanted="system.folder", found=node.value
            )
            return None
        return TableName(*parts)

    def _path(self, table: TableName, node: Node | None) -> Path | None:
        if node is None:
            return None
        parts = _ARROW.split(str(node.value).strip())
        column, hops, target = parts[0], [], table.table
        for index, part in enumerate(parts[1:]):
            landing = _LANDING.fullmatch(part)
            last = index == len(parts) - 2
            if landing is None or bool(landing[3]) == last:
                self._problems.error("path-form", node.at, path=node.value)
                return None
            hops.append(Hop(column, landing[1], landing[2]))
            target, column = landing[1], landing[3] or ""
        return Path(column, TableName(self._system, target), tuple(hops), own=not hops, at=node.at)

    def _matter(self, table: TableName, name: str, node: Node) -> Matter:
        self._named(name, node)
        return Matter(name, self._path(table, node) or Path("", table, own=True, at=node.at))

    def _event(self, table: TableName, name: str, node: Node) -> EventColumn:
        self._named(name, node)
        return self._moment(table, name, node)

    def _moment(self, table: TableName, name: str, node: Node) -> EventColumn:
        if not node.is_mapping:
            return EventColumn(name, table, str(node.value), zone=self._zone, at=node.at)
        zone = node.text("zone", self._zone)
        _zone_exists(zone, node, self._problems)
        return EventColumn(
            event=name,
            table=table,
            column=node.text("column"),
            form=As(node.text("as", "date")),
            format=node.text("format", "YYYY-MM-DD"),
            zone=zone,
            when=self._condition(node.get("when")),
            at=node.at,
        )

    def _consents(self, table: TableName, name: str, node: Node) -> list[ConsentColumns]:
        found = []
        for entry in node.elements():
            when = self._condition(entry.get("when"))
            given, withdrawn = (
                self._consent_moment(table, name, entry.get(key), when) for key in ("given", "withdrawn")
            )
            found.append(ConsentColumns(name, table, given, withdrawn, entry.at))
        return found

    def _consent_moment(
        self, table: TableName, name: str, node: Node | None, when: ColumnCondition | None
    ) -> EventColumn | None:
        if node is None:
            return None
        moment = self._moment(table, name, node)
        tests = (*(when.tests if when else ()), *(moment.when.tests if moment.when else ()))
        text = " and ".join(c.text for c in (when, moment.when) if c)
        return EventColumn(
            moment.event,
            table,
            moment.column,
            moment.form,
            moment.format,
            moment.zone,
            ColumnCondition(text, tests) if tests else None,
            moment.at,
        )

    def _condition(self, node: Node | None) -> ColumnCondition | None:
        if node is None:
            return None
        found = read_condition(str(node.value), node.text_at)
        if isinstance(found, Problem):
            self._problems.add(found)
            return None
        return found

    def _named(self, name: str, node: Node) -> bool:
        used = sorted(RESERVED & set(name.split()))
        if used:
            self._problems.error("name-reserved", node.key_at, name=name, word=used[0])
        return not used


def _pairs(node: Node, key: str) -> list[tuple[str, Node]]:
    found = node.get(key)
    return list(found.items()) if found else []


def _columns(node: Node, key: str) -> tuple[str, ...]:
    found = node.get(key)
    return tuple(str(e.value) for e in found.elements()) if found else ()


def _own_period(node: Node | None) -> OwnPeriodColumn | None:
    return None if node is None else OwnPeriodColumn(node.text("column"), Unit(node.text("unit").rstrip("s")))


def _targets(inventory: Inventory, problems: Problems) -> None:
    """Completes every path: an arrow lands where the target says people or matters are, and the tables on the way exist."""
    for system in inventory.systems.values():
        tables = dict(system.tables)
        for key, table in tables.items():
            changed: dict[str, object] = {}
            if table.person:
                changed["person"] = _landed(table.person, system, "person", "", problems)
            changed["matters"] = tuple(
                Matter(m.name, _landed(m.path, system, "matter", m.name, problems) or m.path)
                for m in table.matters
            )
            changed["fields"] = tuple(_field_landed(f, system, problems) for f in table.fields)
            system.tables[key] = replace(table, **changed)  # type: ignore[index, arg-type]
    for table in inventory.tables:
        for field in table.fields:
            if field.file_in and not _folder_exists(inventory, field.file_in):
                folders = [str(t.name) for t in inventory.tables if t.is_folder]
                problems.error(
                    "folder-unknown",
                    field.at,
                    folder=field.file_in,
                    nearest=nearest(str(field.file_in), folders),
                )


def _folder_exists(inventory: Inventory, name: TableName) -> bool:
    system = inventory.systems.get(name.system)
    return system is not None and name.table in system.tables and system.tables[name.table].is_folder


def _field_landed(field: Field, system: System, problems: Problems) -> Field:
    if field.person is None:
        return field
    return replace(field, person=_landed(field.person, system, "person", "", problems))


def _landed(path: Path, system: System, what: str, matter: str, problems: Problems) -> Path | None:
    if path.own:
        return path
    hops = list(path.hops)
    for hop in hops:
        if hop.table not in system.tables:
            problems.error(
                "table-unknown", path.at, table=hop.table, nearest=nearest(hop.table, system.tables)
            )
            return None
    target = system.tables[hops[-1].table]
    key = _own_key(target, what, matter)
    if key is None:
        problems.error("path-leads-nowhere", path.at, table=target.name.table, what=matter or "people")
        return None
    if hops[-1].on in (None, key):
        # The column before the last arrow already holds the key, so the last table need not be visited.
        return Path(hops[-1].column, target.name, tuple(hops[:-1]), at=path.at)
    return Path(key, target.name, tuple(hops), at=path.at)


def _own_key(table: Table, what: str, matter: str) -> str | None:
    if what == "person":
        return table.person.column if table.person and table.holds_people else None
    own = table.matter(matter)
    return own.path.column if own and own.own else None

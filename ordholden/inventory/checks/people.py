"""Whose the data is, and when things begin: paths, keys and events of a table that do not add up."""

from __future__ import annotations

from ordholden.inventory.system import Table
from ordholden.inventory.together import Datum, Together
from ordholden.problems import Problems, nearest


def check(both: Together, problems: Problems) -> None:
    for table in both.inventory.tables:
        _person(table, both, problems)
        _matter(table, both, problems)


def _person(table: Table, both: Together, problems: Problems) -> None:
    nobodys = [f for f in table.fields if Datum(table, f).person is None]
    if nobodys and not table.matters:
        columns = ", ".join(f.column for f in nobodys)
        problems.error("person-missing", table.at, table=table.name, columns=columns)
    elif nobodys:
        # Its keep rules work by the matter; what a person asks for never gets here.
        problems.warning("person-unreachable", table.at, table=table.name)
    if table.person is not None and not both.inventory.kinds(table)[0] and both.table(table.person.target):
        problems.error("people-missing", both.at(table, "person"), table=table.name)
    if table.identifiers and not table.holds_people:
        problems.error("identifiers-without-people", both.at(table, "identifiers"), table=table.name)
    if table.person is not None and not table.fields:
        problems.warning("table-without-data", table.at, table=table.name)


def _matter(table: Table, both: Together, problems: Problems) -> None:
    events = [e.event for e in table.events]
    if table.begins and table.begins not in events:
        at = both.at(table, "begins", table.begins)
        near = nearest(table.begins, events)
        problems.error("begins-unknown", at, word=table.begins, table=table.name, nearest=near)
    if table.own_period and not any(m.own for m in table.matters):
        problems.error("own-period-without-matter", both.at(table, "own period"), table=table.name)
    if table.should_have_ended and not events:
        problems.warning("should-have-ended-idle", both.at(table, "should have ended"), table=table.name)

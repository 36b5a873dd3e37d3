"""The interpreter and the compiler say the same, of random policies, records, days and wishes.

`HYPOTHESIS_PROFILE=thorough` walks on for longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordholden.connectors.predicate import TRUE, Filled, Predicate, at_least, at_most, either, exact
from ordholden.connectors.reading import Key, Row
from ordholden.grounds.compile import Compiler
from ordholden.grounds.interpret import Evaluation, filled, whole_number
from ordholden.grounds.wishes import Card, Wishes
from ordholden.grounds.world import World
from ordholden.inventory.system import Table, TableName
from ordholden.policy.document import Policy
from tests import databases
from tests.grounds import town
from tests.grounds.town import Town

# A hundred take about half a minute on each database.
_EXAMPLES = 30 if settings.get_current_profile_name() == "ordholden" else settings().max_examples


@pytest.fixture(scope="module", params=databases.KINDS)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    if request.param == "sqlite":
        with town.build(databases.sqlite_database(folder), folder) as built:
            yield built
        return
    server = request.getfixturevalue(f"{request.param}_server")
    with databases.fresh_database(server) as url, town.build(url, folder) as built:
        yield built


@dataclass(frozen=True)
class Look:
    """What is looked at: a policy, a day and wishes; whether evidence may just have gone."""

    policy: Policy
    on: date
    wishes: Wishes
    whole: bool


@st.composite
def looks(draw: st.DrawFn, on: date) -> Look:
    policy = draw(town.policy())
    return Look(policy, on, draw(town.wishes(policy, on)), draw(town.some(True, True, True, False)))


@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck), max_examples=_EXAMPLES)
def test_the_database_says_what_the_interpreter_says(company: Town, data: st.DataObject) -> None:
    on = data.draw(st.sampled_from(town.TODAYS), label="on")
    company.fill(data.draw(town.rows(company.dialect, on), label="rows"))
    rows = _read(company)
    world = World(company.inventory, rows, _linked(rows))
    look = data.draw(looks(on), label="look")
    seen = data.draw(st.none() | st.integers(0, 40).map(lambda days: on + timedelta(days=days)), label="seen")
    evaluation = Evaluation(look.policy, world, on, look.wishes, look.whole, seen=seen)
    compiler = Compiler(look.policy, company.inventory, on, look.wishes, _periods(company), look.whole, seen)
    for table in data.draw(_tables(company), label="tables"):
        _agree(company, table, [r for r in rows if r.table == table.name], evaluation, compiler)


def _tables(company: Town) -> st.SearchStrategy[list[Table]]:
    return st.lists(st.sampled_from(list(company.inventory.tables)), min_size=4, max_size=4, unique_by=_named)


def _named(table: Table) -> TableName:
    return table.name


def _agree(company: Town, table: Table, rows: list[Row], evaluation: Evaluation, compiler: Compiler) -> None:
    claims = [
        *_of_groups(table, rows, evaluation, compiler),
        *_of_activities(table, rows, evaluation, compiler),
    ]
    verdicts = {r.key: evaluation.verdict(r) for r in rows}
    claims.append(("expired", compiler.expired(table), {k for k, v in verdicts.items() if v.record_expired}))
    claims.append(
        ("undeclared", compiler.undeclared(table), {k for k, v in verdicts.items() if v.undeclared})
    )
    bounds = [bound for _, said, _ in claims for bound in (at_least(said), at_most(said))]
    found = _which(company, table, bounds)
    for (what, said, truth), least, most in zip(claims, found[::2], found[1::2], strict=True):
        assert least <= truth <= most, (table.name, what, least, truth, most, said)
        assert not exact(said) or least == most


Claim = tuple[str, Predicate, set[Key]]


def _of_groups(table: Table, rows: list[Row], evaluation: Evaluation, compiler: Compiler) -> Iterator[Claim]:
    for group in compiler.groups(table):
        for field in group.fields:
            covered = {r.key for r in rows if evaluation.covering(r, field)}
            dead = {
                r.key for r in rows if r.key in covered and evaluation.keep_until(r, field) <= evaluation.on
            }
            there = {r.key for r in rows if filled(r, field)}
            yield f"{field.column} covered", group.covered, covered
            yield f"{field.column} dead", group.dead, dead
            yield f"{field.column} filled", Filled(field.column, field.filler), there
        some = {r.key for r in rows if any(filled(r, f) for f in group.fields)}
        yield "group filled", group.filled, some


def _of_activities(
    table: Table, rows: list[Row], evaluation: Evaluation, compiler: Compiler
) -> Iterator[Claim]:
    """Whether each activity has a ground for each record, also where it covers none of the record's data."""
    for activity in compiler.policy.activities.values():
        alive = {r.key for r in rows if evaluation.ground(activity, r).until > evaluation.on}
        yield f"{activity.name} {activity.keep.text}", compiler.alive(activity, table), alive


def _which(company: Town, table: Table, predicates: list[Predicate]) -> list[set[Key]]:
    """Per predicate, the keys of the rows that fulfil it, all in one statement."""
    translator, target = company.system.translator, company.tables.tables[table.name.table]
    live = translator.tables[table.name.table]
    different = list(dict.fromkeys(predicates))
    said = [sa.cast(sa.case((translator.where(p, live), 1), else_=0), sa.Integer) for p in different]
    keys = translator.row_key(live, target.name)
    with company.system.engine.connect() as connection:
        found = connection.execute(sa.select(*keys, *said)).all()
    width = len(keys)
    sets = {p: {tuple(r[:width]) for r in found if r[width + n]} for n, p in enumerate(different)}
    return [sets[p] for p in predicates]


def _read(company: Town) -> list[Row]:
    tables = company.inventory.tables
    return [row for table in tables for batch in company.system.rows(table.name, TRUE) for row in batch]


def _linked(rows: list[Row]) -> Any:
    """Who has the same e-mail in the other people table."""
    mails: dict[str, list[Card]] = {}
    for row in rows:
        if row.table in (town.PEOPLE, town.MEMBERS) and row.values["email"] is not None:
            key = row.key[0]
            mails.setdefault(str(row.values["email"]), []).append(Card(row.table, key))

    def linked(card: Card) -> tuple[Card, ...]:
        own = [m for m, cards in mails.items() if card in cards]
        return tuple(c for m in own for c in mails[m] if c.table != card.table)

    return linked


def _periods(company: Town) -> Any:
    def periods(table: TableName) -> tuple[int, ...]:
        own = company.inventory.table(table).own_period
        values = company.system.distinct(table, own.column) if own else ()
        return tuple(sorted({n for v in values if (n := whole_number(v)) is not None}))

    return periods


def test_predicates_give_the_same_keys_by_statement_and_by_reader(company: Town) -> None:
    """The comparison above asks in one statement per table; a reader asks as the product does."""
    company.fill({"people": [{"id": 1, "kind": "C"}, {"id": 2, "kind": "S", "name": "Bo"}, {"id": 3}]})
    table = company.inventory.table(town.PEOPLE)
    where = either([Filled("name"), Filled("kind")])

    keys = [k for batch in company.system.keys(table.name, where) for k in batch]

    assert set(keys) == _which(company, table, [where])[0] == {(1,), (2,)}

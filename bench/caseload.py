"""A hundred thousand cases: a few that the desk itself takes from arrival to answer, and these many times over.

Every row of a copy is what the desk wrote for its model, at the copy's own moments. Who asks, what they are known by, whom
the case found, its number and its dates are each copy's own, sealed and digested as the desk does it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from bench.crowd import APPROVER, CLERKS, Somebody
from ordholden import audit
from ordholden.app.organisation import Organisation
from ordholden.cases import clock
from ordholden.cases.case import Channel, Request, State
from ordholden.cases.change import known_by
from ordholden.cases.models import CaseRow
from ordholden.cases.rows import card_lines, cases_of, content_of, sealed

__all__ = ["loaded"]

OPEN = 700
"""So many of them are open: with thirty thousand a year, and a week for each, hundreds are."""
YEARS = 3
Connection = psycopg.Connection[tuple[Any, ...]]


def loaded(
    organisation: Organisation, connection: Connection, people: Sequence[Somebody], count: int
) -> None:
    """So many cases in the organisation's store, on the store's own server."""
    made = _Models(organisation, people)
    rows = list(_copies(organisation, made, people[len(made.all) :], count))
    _put(organisation, connection, rows)
    drafts = [
        audit.Draft(entry.actor, entry.what, copy.row.number, entry.facts)
        for copy in rows
        for entry in copy.model.entries
    ]
    for start in range(0, len(drafts), 50_000):
        audit.record_many(organisation.store, drafts[start : start + 50_000])


# — the models: what the desk does —


@dataclass(frozen=True)
class Model:
    """A case as the desk left it."""

    row: CaseRow
    entries: tuple[Any, ...]

    @property
    def closed(self) -> bool:
        return self.row.state == State.CLOSED.value


class _Models:
    """One case for each way that cases go, done by the desk's own verbs."""

    def __init__(self, organisation: Organisation, people: Sequence[Somebody]) -> None:
        self.desk, self._people = organisation.desk, iter(people)
        closed = [
            self._closed("access", Channel.PORTAL),
            self._closed("access", Channel.TELEPHONE),
            self._closed("erasure", Channel.EMAIL),
            self._closed("objection", Channel.PORTAL),
            self._withdrawn(),
        ]
        waiting = [
            self._arrived("access", Channel.PORTAL),
            self._arrived("erasure", Channel.EMAIL),
            self._asked(),
            self._confirmed("access"),
            self._confirmed("erasure"),
            self._decided("erasure"),
            self._refused(),
        ]
        self.closed = [self._model(organisation, number) for number in closed]
        self.open = [self._model(organisation, number) for number in waiting]

    @property
    def all(self) -> Sequence[Model]:
        return (*self.closed, *self.open)

    def _model(self, organisation: Organisation, number: str) -> Model:
        row = cases_of(organisation.store).get(number=number)
        return Model(row, tuple(row.entries.order_by("pk")))

    def _arrived(self, right: str, channel: Channel = Channel.PORTAL) -> str:
        self.one = next(self._people)
        asked = Request(
            right=right,
            channel=channel,
            who=self.one.who,
            words="Jeg skriver, fordi jeg gerne vil vide, hvad I har stående om mig, og hvor længe.",
        )
        return self.desk.open_case(asked, actor="the person").number

    def _asked(self) -> str:
        number = self._arrived("access", Channel.EMAIL)
        self.desk.ask_identity(number, doubt="To med samme navn", wanted="Et kundenummer", actor=CLERKS[0])
        return number

    def _confirmed(self, right: str, channel: Channel = Channel.PORTAL) -> str:
        number = self._arrived(right, channel)
        self.desk.assign(number, CLERKS[0], actor=CLERKS[0])
        self.desk.confirm_identity(
            number, cards=(self.one.card,), how="Skrev fra den adresse, vi kender", actor=CLERKS[0]
        )
        return number

    def _refused(self) -> str:
        number = self._confirmed("access")
        self.desk.refuse(number, ground="excessive", reason="Femte gang på en måned.", actor=CLERKS[0])
        return number

    def _decided(self, right: str, channel: Channel = Channel.PORTAL) -> str:
        """Decided and carried out, but for what is done by hand."""
        number = self._confirmed(right, channel)
        decided = self.desk.decide(number, actor=CLERKS[0])
        if decided.state is State.APPROVING:
            self.desk.approve(number, actor=APPROVER)
        self.desk.carry_out(number, actor=CLERKS[0])
        for _ in range(5):
            due = [task.id for task in self.desk.due_tasks(100) if task.case == number]
            if not due:
                break
            self.desk.run_tasks(due)
        return number

    def _closed(self, right: str, channel: Channel) -> str:
        number = self._decided(right, channel)
        for task in self.desk.case(number).tasks:
            if task.state == "by hand":
                receipts = dict.fromkeys(task.fields, "Slettet, kvittering 77")
                self.desk.done_by_hand(task.id, receipts=receipts, actor=CLERKS[0])
        self.desk.send_answer(number, actor=CLERKS[0])
        return number

    def _withdrawn(self) -> str:
        number = self._confirmed("erasure")
        self.desk.withdraw(number, actor=CLERKS[0], reason="Har fundet det selv")
        return number


# — the copies —


@dataclass(frozen=True)
class Copy:
    model: Model
    row: CaseRow
    digests: tuple[str, ...]
    until: datetime


def _copies(
    organisation: Organisation, models: _Models, people: Sequence[Somebody], count: int
) -> Iterator[Copy]:
    """The longest ago first, so that numbers are given in the order of arrival."""
    dice = random.Random(7)
    now = organisation.store.now()
    numbers = dict[int, int]()
    arrivals = [
        (now - timedelta(seconds=dice.randint(0, YEARS * 365 * 86_400)), True) for _ in range(count - OPEN)
    ]
    # Of those that are open most came this month; some are late.
    arrivals += [
        (
            now - timedelta(days=dice.choice((*range(28), *range(24, 45))), minutes=dice.randint(0, 1440)),
            False,
        )
        for _ in range(OPEN)
    ]
    for place, (at, closed) in enumerate(sorted(arrivals)):
        model = dice.choices(models.closed, (40, 15, 30, 10, 5))[0] if closed else dice.choice(models.open)
        yield _copy(organisation, model, people[place % len(people)], _number(numbers, at), at, dice)


def _number(numbers: dict[int, int], at: datetime) -> str:
    """Those of the models are taken."""
    numbers[at.year] = numbers.get(at.year, 100) + 1
    return f"{at.year}-{numbers[at.year]:06d}"


def _copy(
    organisation: Organisation, model: Model, one: Somebody, number: str, at: datetime, dice: random.Random
) -> Copy:
    store, origin = organisation.store, model.row
    row = CaseRow(**{f.attname: getattr(origin, f.attname) for f in CaseRow._meta.concrete_fields})
    row.number, row.received_at, row.received_on = number, at, at.date()
    row.own_days, row.months, row.paused_days = origin.own_days, clock.MONTHS, 0
    clock.reckon(row)
    content = replace(content_of(store, origin), who=one.who)
    row.sealed = sealed(store, content)
    row.cards = store.seal(card_lines([one.card])) if origin.cards else b""
    row.fingerprint = store.digest(number, use="case request")
    until = min(store.now(), at + timedelta(days=dice.randint(1, 26), minutes=dice.randint(0, 600)))
    if model.closed:
        row.owner = dice.choice(CLERKS)
        row.closed_at, row.closed_on = until, until.date()
        row.answer_days = (until.date() - row.received_on).days
    else:
        # Nobody's as long as nobody has taken it; else somebody's.
        row.owner = (
            dice.choice(CLERKS) if origin.owner else dice.choice(("", "", *CLERKS[: dice.randint(1, 20)]))
        )
        row.paused_since = None if origin.paused_since is None else until.date()
    return Copy(model, row, tuple(known_by(organisation.desk.corridor, one.who)), until)


# — into the tables —

_ENTRIES = """
INSERT INTO cases_entry (organisation, case_id, at, actor, what, facts, note)
SELECT m.organisation, c.id, c.since + (c.until - c.since) * place / most, m.actor, m.what, m.facts, m.note
FROM copies c JOIN (SELECT *, row_number() OVER w - 1 AS place, count(*) OVER (PARTITION BY case_id)::float AS most
                    FROM cases_entry WINDOW w AS (PARTITION BY case_id ORDER BY id)) m ON m.case_id = c.model
ORDER BY c.id, m.id
"""
_MESSAGES = """
INSERT INTO cases_message (organisation, case_id, incoming, at, actor, kind, sealed, documents, delivery)
SELECT m.organisation, c.id, m.incoming, CASE WHEN place = 0 THEN c.since ELSE c.until END, m.actor, m.kind, m.sealed,
       m.documents, m.delivery
FROM copies c JOIN (SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY id) - 1 AS place FROM cases_message) m
     ON m.case_id = c.model
ORDER BY c.id, m.id
"""
_TASKS = """
INSERT INTO cases_task (organisation, case_id, kind, key, system, together, state, due, next_at, attempts, leased_by,
                        leased_until, fields, receipts, steps, reason, done_at, done_by)
SELECT m.organisation, c.id, m.kind, m.key, m.system, m.together, m.state,
       m.due + (c.until::date - current_date), m.next_at, m.attempts, m.leased_by, m.leased_until, m.fields, m.receipts,
       m.steps, m.reason, CASE WHEN m.done_at IS NOT NULL THEN c.until END, m.done_by
FROM copies c JOIN cases_task m ON m.case_id = c.model
ORDER BY c.id, m.id
"""
_DOCUMENTS = """
INSERT INTO cases_document (organisation, case_id, at, incoming, purpose, type, size, name)
SELECT m.organisation, c.id, c.until, m.incoming, m.purpose, m.type, m.size, m.name
FROM copies c JOIN cases_document m ON m.case_id = c.model
ORDER BY c.id, m.id
"""
_LETTERS = """
INSERT INTO post_outgoing (organisation, key, token, "case", kind, language, sealed, put_at, state, attempts, next_at,
                           settled_at, code, reason)
SELECT m.organisation, c.number || ':' || m.key, encode(sha256((c.number || m.key)::bytea), 'hex'), c.number, m.kind,
       m.language, '', c.since, 'sent', 1, c.since, c.since, 250, ''
FROM copies c JOIN post_outgoing m ON m."case" = (SELECT number FROM cases_case o WHERE o.id = c.model)
"""


def _put(organisation: Organisation, connection: Connection, copies: Sequence[Copy]) -> None:
    columns = [f.column for f in CaseRow._meta.concrete_fields]
    names = [f.attname for f in CaseRow._meta.concrete_fields]
    quoted = ", ".join(f'"{c}"' for c in columns)
    first = _one(connection, "SELECT max(id) + 1 FROM cases_case")
    connection.execute(
        "CREATE TEMP TABLE copies (id bigint PRIMARY KEY, model bigint, number text, since timestamptz, until timestamptz)"
    )
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY cases_case ({quoted}) FROM STDIN") as into:
            for number, copy in enumerate(copies, first):
                into.write_row([number, *(getattr(copy.row, name) for name in names[1:])])
        with cursor.copy("COPY copies FROM STDIN") as into:
            for number, copy in enumerate(copies, first):
                into.write_row([number, copy.model.row.pk, copy.row.number, copy.row.received_at, copy.until])
        with cursor.copy("COPY cases_contact (organisation, case_id, digest) FROM STDIN") as into:
            for number, copy in enumerate(copies, first):
                for digest in copy.digests:
                    into.write_row([organisation.store.organisation, number, digest])
    connection.execute(
        "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), (SELECT max(id) FROM cases_case))"
    )
    connection.execute("ANALYZE copies")
    for statement in (_ENTRIES, _MESSAGES, _TASKS, _DOCUMENTS, _LETTERS):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO cases_number (organisation, year, last) SELECT %s, left(number, 4)::int, max(right(number, 6)::int)"
        " FROM copies GROUP BY 1, 2 ON CONFLICT (organisation, year) DO UPDATE SET last = excluded.last",
        [organisation.store.organisation],
    )


def _one(connection: Connection, question: str) -> int:
    row = connection.execute(question).fetchone()
    return int(row[0]) if row else 0

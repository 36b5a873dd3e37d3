"""A small made-up company: tables with every way of keeping time, people and matters; random policies for it.

Nothing in its tables refers to anything by an enforced key, so that rows may lack what they point to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql

from ordholden.connectors.sql.system import SqlSystem
from ordholden.grounds.wishes import Card, ConsentEntry, Hold, MatterKey, Objection, Wishes
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import Inventory, TableName
from ordholden.policy.document import (
    Activity,
    Basis,
    BasisKind,
    Limits,
    OnRequest,
    Organisation,
    Policy,
    Text,
)
from ordholden.policy.keep import read_rule
from ordholden.policy.rule import ConsentGiven, Rule, Withdrawn
from ordholden.problems import Place, Problems

HERE = Place("policy.yaml", 1, 1)

SYSTEMS = """
town:
  url: {url}
  backups: none
  tables:
    people:
      people: {{customer: kind is C, supplier: "kind is one of S, ø and active is yes"}}
      person: id
      identifiers: {{email: email}}
      data: {{name: name, email: email, born: birth date, level: rating, number: {{is: rating, filler: "0"}}}}
      not personal: [id, kind, active]
      events:
        registered: {{column: registered_at, zone: UTC}}
        seen: {{column: seen, as: seconds}}
      states: {{account open: active is yes}}
      values: {{birth date: born, level: level}}
      consents:
        news: {{given: {{column: registered_at, zone: UTC, when: active is yes}}}}
    members:
      people: member
      person: email
      identifiers: {{email: email}}
      data: {{email: email, nick: name}}
      not personal: [number, joined, left_on]
      events:
        joined: {{column: joined, as: text, format: YYYYMMDD}}
        left: left_on
      begins: joined
      states: {{membership running: left_on is missing}}
      values: {{level: nick}}
    stays:
      person: person_id -> people
      matter: {{stay: id}}
      data: {{place: history, note: {{is: history, filler: "gone {{key}}"}}}}
      not personal: [id, person_id, status]
      events: {{stay started: started_on, stay ended: {{column: ended_on, when: status is present}}}}
      begins: stay started
      should have ended: status is closed
      states: {{stay disputed: status is disputed}}
      values: {{sort: status}}
    answers:
      person: stay_id -> stays.person_id -> people
      matter: {{stay: stay_id -> stays}}
      data: {{answer: {{is: rating, filler: ""}}, remark: history}}
      not personal: [id]
      events:
        answered: {{column: answered, as: milliseconds}}
        contacted: {{column: answered, as: milliseconds}}
      consents: {{news: {{given: yes_on}}}}
    choices:
      person: person_id -> people
      data: {{what: name}}
      not personal: [id]
      events: {{chosen: {{column: at, zone: UTC}}, contacted: {{column: at, zone: UTC, when: choice is present}}}}
      consents:
        storage:
          - {{given: {{column: at, zone: UTC}}, when: choice is yes}}
          - {{withdrawn: {{column: at, zone: UTC}}, when: choice is no}}
        news:
          - {{withdrawn: {{column: told, as: text, zone: UTC}}}}
    invoices:
      person: email -> members
      matter: {{invoice: number}}
      data: {{text: invoice, email: email}}
      not personal: [year]
      events:
        invoice issued: {{column: issued, as: text, format: DD-MM-YYYY}}
        invoice paid: {{column: paid, as: text, zone: UTC}}
      begins: invoice issued
      states: {{invoice unpaid: paid is missing}}
      values: {{sort: sort}}
    campaigns:
      matter: {{campaign: id}}
      own period: {{column: keep_days, unit: days}}
      data: {{contact: name}}
      not personal: [id]
      events: {{campaign started: starts, campaign ended: {{column: ends, as: text}}}}
      begins: campaign started
    calls:
      person: person_id -> people
      matter: {{campaign: campaign_id -> campaigns, stay: stay_id -> stays}}
      data: {{phone: phone, note: {{is: history, person: agent_id -> people}}, text: {{is: rating}}}}
      not personal: [id, campaign_id]
      events: {{called: made_at, contacted: made_at}}
      values: {{level: outcome, sort: text}}
    complaints:
      person: person_id -> people
      matter: {{stay: stay_id -> stays, complaint: id}}
      data: {{text: history, sender: {{is: name, person: person_id -> people}}}}
      not personal: [id]
      events:
        complaint filed: {{column: filed, as: text, format: DD.MM.YYYY}}
        complaint closed: closed
        contacted: closed
      begins: complaint filed
    messages:
      person: writer -> members
      matter: {{complaint: complaint_id -> complaints}}
      data: {{body: history}}
      not personal: [id]
      events: {{written: {{column: at, zone: America/New_York}}}}
"""

CATEGORIES = ("name", "email", "birth date", "rating", "history", "invoice", "phone")
KINDS = ("customer", "supplier", "member")
CONSENTS = ("storage", "news")
MAILS = ("a@town.example", "b@town.example", "Ø@town.example")


def metadata(dialect: str) -> sa.MetaData:
    """The tables, with the types that each database has for them."""
    tables = sa.MetaData()
    aware = mysql.TIMESTAMP() if dialect == "mysql" else sa.DateTime(timezone=True)
    precise = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
    active: Any = {"postgresql": sa.Boolean(), "mysql": mysql.BIT(1)}.get(dialect, sa.Integer())
    stamp = {"sqlite": sa.String(40)}

    def table(name: str, *columns: sa.Column[Any]) -> None:
        sa.Table(name, tables, *columns, mysql_charset="utf8mb4")

    def column(name: str, type_: Any) -> sa.Column[Any]:
        return sa.Column(name, type_, nullable=True)

    text = sa.String(60)
    day: Any = stamp.get(dialect, sa.Date())
    moment: Any = stamp.get(dialect, precise)
    instant: Any = stamp.get(dialect, aware)
    table(
        "people",
        _key(),
        *(column(c, text) for c in ("name", "email", "kind")),
        column("born", day),
        column("active", active),
        column("level", sa.Numeric(8, 2)),
        column("number", sa.Integer),
        column("registered_at", moment),
        column("seen", sa.BigInteger),
    )
    table(
        "members",
        sa.Column("email", text, primary_key=True),
        column("nick", text),
        column("number", sa.Integer),
        column("joined", sa.Integer),
        column("left_on", day),
    )
    table(
        "stays",
        _key(),
        column("person_id", sa.Integer),
        *(column(c, text) for c in ("place", "note", "status")),
        column("started_on", day),
        column("ended_on", moment),
    )
    table(
        "answers",
        _key(),
        column("stay_id", sa.Integer),
        sa.Column("answer", text, nullable=False),
        column("remark", text),
        column("answered", sa.BigInteger),
        column("yes_on", day),
    )
    table(
        "choices",
        _key(),
        column("person_id", sa.Integer),
        column("what", text),
        column("choice", text),
        column("at", moment),
        column("told", text),
    )
    table(
        "invoices",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(column(c, text) for c in ("email", "text", "issued", "paid", "sort")),
    )
    table(
        "campaigns",
        _key(),
        column("contact", text),
        column("keep_days", sa.String(10)),
        column("starts", instant),
        column("ends", text),
    )
    table(
        "calls",
        _key(),
        *(column(c, sa.Integer) for c in ("campaign_id", "stay_id", "person_id", "agent_id", "outcome")),
        *(column(c, text) for c in ("phone", "note", "text")),
        column("made_at", instant),
    )
    table(
        "complaints",
        _key(),
        *(column(c, sa.Integer) for c in ("stay_id", "person_id")),
        *(column(c, text) for c in ("text", "sender", "filed")),
        column("closed", moment),
    )
    table(
        "messages",
        _key(),
        column("complaint_id", sa.Integer),
        *(column(c, text) for c in ("writer", "body")),
        column("at", moment),
    )
    return tables


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)


@dataclass(frozen=True, repr=False)
class Town:
    """The company's database, open: for us to fill, and as the product reads it."""

    inventory: Inventory
    system: SqlSystem
    tables: sa.MetaData
    engine: sa.Engine

    def __repr__(self) -> str:
        return f"Town({self.dialect})"

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def fill(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """Leaves exactly these rows."""
        with self.engine.begin() as connection:
            for name, table in self.tables.tables.items():
                connection.execute(sa.delete(table))
                if rows.get(name):
                    full = [{c.name: row.get(c.name) for c in table.columns} for row in rows[name]]
                    connection.execute(sa.insert(table), full)


@contextmanager
def build(url: str, folder: Path) -> Iterator[Town]:
    """The company with empty tables in the database at the address."""
    (folder / "systems.yaml").write_text(SYSTEMS.format(url=url), encoding="utf-8")
    problems = Problems()
    inventory = read_inventory(folder, problems)
    assert inventory is not None, problems.all
    assert not problems.broken, problems.all
    engine = sa.create_engine(url)
    tables = metadata(engine.dialect.name)
    tables.create_all(engine)
    system = SqlSystem(inventory.systems["town"], folder)
    try:
        yield Town(inventory, system, tables, engine)
    finally:
        system.close()
        engine.dispose()


# — random rows —

TODAYS = [
    date(2024, 2, 29),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2025, 3, 30),
    date(2024, 10, 27),
    date(2025, 6, 30),
    date(2025, 7, 1),
    date(2025, 12, 31),
    date(2026, 1, 1),
]
AGO = (
    0,
    0,
    1,
    -1,
    2,
    5,
    6,
    7,
    8,
    27,
    28,
    29,
    30,
    31,
    32,
    59,
    61,
    181,
    184,
    364,
    365,
    366,
    367,
    730,
    731,
    1095,
    1826,
    1827,
    3652,
)
CLOCKS = (time(0), time(0, 30), time(1, 15), time(11), time(22), time(22, 59, 59), time(23), time(23, 30))
ODD_DAYS = (
    date(1970, 1, 1),
    date(9999, 12, 31),
    date(1989, 12, 31),
    date(1990, 1, 1),
    date(2099, 12, 31),
    date(2100, 1, 1),
)


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@st.composite
def day(draw: st.DrawFn, on: date) -> date:
    if draw(st.integers(0, 11)) == 0:
        return draw(st.sampled_from(ODD_DAYS))
    return on - timedelta(days=draw(st.sampled_from(AGO)))


@st.composite
def moment(draw: st.DrawFn, on: date) -> datetime:
    return datetime.combine(draw(day(on)), draw(st.sampled_from(CLOCKS)))


def or_none(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(strategy, strategy, strategy, st.none())


def text_moment(on: date) -> st.SearchStrategy[Any]:
    """A moment in text, as people and programs write it, and some that nobody can read."""
    forms = some("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.5Z", "%Y-%m-%d 25:61")
    written = st.builds(lambda m, f: m.strftime(f), moment(on), forms)
    return or_none(
        st.one_of(
            written, written, written, some("", "  ", "soon", "2025-02-31", "0000-00-00", " 2025-01-01")
        )
    )


def danish(on: date, form: str) -> st.SearchStrategy[Any]:
    written = day(on).map(lambda d: d.strftime(form) if d.year > 999 else "")
    odd = some("", " ", "31" + form[2:3] + "02" + form[2:3] + "2025", "1.1.2025", "00.01.2025")
    return or_none(st.one_of(written, written, written, odd))


def words(*values: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, "", " ", *values])


@st.composite
def rows(draw: st.DrawFn, dialect: str, on: date) -> dict[str, list[dict[str, Any]]]:
    """Rows for every table; some point nowhere, some are empty, some say what cannot be."""
    sqlite = dialect == "sqlite"

    def as_day(value: Any) -> Any:
        return value.isoformat() if sqlite and value is not None else value

    def as_moment(value: datetime | None) -> Any:
        return value.isoformat(" ") if sqlite and value is not None else value

    def as_instant(value: datetime | None) -> Any:
        if value is None:
            return None
        if dialect == "mysql":
            # What a TIMESTAMP cannot hold.
            value = value.replace(year=min(max(value.year, 1980), 2037), day=min(value.day, 28))
        return value.isoformat("T") if sqlite else value.replace(tzinfo=UTC)

    def seconds(scale: int) -> st.SearchStrategy[Any]:
        return or_none(moment(on).map(lambda m: int(m.replace(tzinfo=UTC).timestamp()) * scale))

    people = st.integers(1, 4)
    person, stay = or_none(people), or_none(st.integers(1, 4))
    mails = st.sampled_from(MAILS)
    # On MariaDB some of these are somebody: it finds keys without regard to case, or to a ring above a letter.
    near_mails = some(*MAILS, "A@town.example", "å@town.example")
    yes = st.sampled_from([0, 1] if dialect != "postgresql" else [False, True])

    def many(most: int, **columns: st.SearchStrategy[Any]) -> list[dict[str, Any]]:
        number = draw(st.integers(0, most))
        return [
            {"id": n + 1, **{c: draw(strategy) for c, strategy in columns.items()}} for n in range(number)
        ]

    found = {
        "people": many(
            3,
            name=words("Ane", "Bo"),
            email=or_none(mails),
            kind=words("C", "c ", "S", "Ø", "x"),
            born=or_none(day(on).map(lambda d: d.replace(year=max(d.year - 18, 1), day=min(d.day, 28)))).map(
                as_day
            ),
            active=or_none(yes),
            level=or_none(some(1, 2, "2.50")),
            number=or_none(some(0, 1)),
            registered_at=or_none(moment(on)).map(as_moment),
            seen=seconds(1),
        ),
        "members": [
            {
                "email": mail,
                "nick": draw(words("1", "Bo", "ØL")),
                "number": draw(st.integers(0, 3)),
                "joined": draw(or_none(day(on).map(lambda d: int(f"{d:%Y%m%d}")))),
                "left_on": draw(or_none(day(on)).map(as_day)),
            }
            for mail in draw(st.lists(mails, unique=True, max_size=2))
        ],
        "stays": many(
            3,
            person_id=person,
            place=words("Aarhus"),
            note=words("gone 1", "here"),
            status=words("closed", "disputed", "Closed"),
            started_on=or_none(day(on)).map(as_day),
            ended_on=or_none(moment(on)).map(as_moment),
        ),
        "answers": many(
            3,
            stay_id=stay,
            answer=some("", "good"),
            remark=words("long"),
            answered=seconds(1000),
            yes_on=or_none(day(on)).map(as_day),
        ),
        "choices": many(
            4,
            person_id=person,
            what=words("x"),
            choice=words("yes", "no", "NO", "Ja"),
            at=or_none(moment(on)).map(as_moment),
            told=text_moment(on),
        ),
        "campaigns": many(
            2,
            contact=words("Cleo"),
            keep_days=or_none(some("30", " 90", "0", "-5", "007", "x", "365")),
            starts=or_none(moment(on)).map(as_instant),
            ends=text_moment(on),
        ),
        "calls": many(
            3,
            campaign_id=or_none(st.integers(1, 3)),
            stay_id=stay,
            person_id=person,
            agent_id=person,
            outcome=or_none(st.integers(1, 2)),
            phone=words("12345678"),
            note=words("rang"),
            text=words("1", "closed"),
            made_at=or_none(moment(on)).map(as_instant),
        ),
        "complaints": many(
            3,
            stay_id=stay,
            person_id=person,
            text=words("bad"),
            sender=words("Ane"),
            filed=danish(on, "%d.%m.%Y"),
            closed=or_none(moment(on)).map(as_moment),
        ),
        "messages": many(
            3,
            complaint_id=or_none(st.integers(1, 4)),
            writer=or_none(near_mails),
            body=words("hello"),
            at=or_none(moment(on)).map(as_moment),
        ),
    }
    found["invoices"] = [
        {
            "year": 2000 + n,
            "number": n,
            "email": draw(or_none(near_mails)),
            "text": draw(words("wood")),
            "issued": draw(danish(on, "%d-%m-%Y")),
            "paid": draw(text_moment(on)),
            "sort": draw(words("closed", "Open")),
        }
        for n in range(draw(st.integers(0, 3)))
    ]
    return found


# — random policies —

EVENTS = (
    "registered",
    "seen",
    "joined",
    "left",
    "stay started",
    "stay ended",
    "answered",
    "chosen",
    "invoice issued",
    "invoice paid",
    "campaign started",
    "campaign ended",
    "called",
    "contacted",
    "contacted",
    "complaint filed",
    "complaint closed",
    "written",
)
DURATIONS = ("0 days", "1 day", "30 days", "1 week", "1 month", "6 months", "1 year", "2 years", "10 years")
event = st.sampled_from(EVENTS)
duration = st.sampled_from(DURATIONS)
_STATES = ("account open", "membership running", "stay disputed", "invoice unpaid")

anchor = st.one_of(
    event,
    event,
    st.builds("end of {} year of {}".format, some("calendar", "financial"), event),
    st.lists(event, min_size=2, max_size=3, unique=True).map(lambda e: "last of " + ", ".join(e)),
)
condition = st.one_of(
    st.builds("{} within {} of {}".format, event, duration, event),
    st.just("complaint filed within 1 year of stay ended"),
    st.builds("no {}".format, event),
    some("sort is closed", "sort is one of closed, open", "level is 1", 'level is one of "2.50", bo'),
    st.builds("under {} at {}".format, some(17, 18, 0), event),
    some("also a customer", "also a member", "also supplier"),
)
conditions = st.one_of(
    st.just(""),
    st.just(""),
    st.lists(condition, min_size=1, max_size=2).map(lambda c: ", if " + " and ".join(c)),
)
after = st.builds("{} after {}".format, duration, anchor)
term = st.one_of(
    after,
    after,
    after,
    st.builds("until {}".format, anchor),
    st.builds("while {}".format, some(*_STATES)),
    st.builds("while its {} is kept".format, some("stay", "complaint", "campaign")),
    st.builds("campaign's own period after {}".format, some("campaign ended", "campaign started", "called")),
    st.builds("{} after {}, then ask, then {}".format, duration, event, some("1 day", "30 days")),
    st.builds("{} after stay ended, if complaint filed within {} of stay ended".format, duration, duration),
)
consenting = st.one_of(st.just("while consent"), st.builds("{} after consent withdrawn".format, duration))
opening = st.one_of(st.just(""), st.just(""), st.builds("from {}, ".format, event))


def _rule(text: str) -> Rule:
    found = read_rule(text, HERE)
    assert isinstance(found, Rule), (text, found)
    return found


@st.composite
def rule(draw: st.DrawFn, *, consent: bool) -> Rule:
    main = draw(st.one_of(consenting, term)) if consent else draw(term)
    after_that = "" if ", if " in main else draw(conditions)
    return _rule(draw(opening) + main + after_that)


@st.composite
def activity(draw: st.DrawFn, name: str) -> Activity:
    kind = draw(st.sampled_from(BasisKind))
    consent = draw(st.sampled_from(CONSENTS)) if kind is BasisKind.CONSENT else ""
    keep = draw(rule(consent=bool(consent)))
    rests = not isinstance(keep.term, ConsentGiven | Withdrawn)
    return Activity(
        name=name,
        purpose=Text(name, name),
        basis=Basis(kind, consent=consent),
        people=tuple(draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))),
        data=draw(
            st.one_of(
                st.just(("everything",)),
                st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=4, unique=True).map(tuple),
            )
        ),
        keep=keep,
        if_none=draw(st.none() | rule(consent=bool(consent))) if rests else None,
        says_if_none=True,
        systems=draw(some((), (), (), ("town",), ("elsewhere",))),
        sources=(),
        recipients=(),
        wish=draw(st.sampled_from([None, None, OnRequest.ENDS, OnRequest.STAYS, OnRequest.DECIDE])),
        direct_marketing=draw(st.integers(0, 9)) == 0,
        balancing="",
        controller="",
        instruction="",
        at=HERE,
        keep_at=HERE,
    )


@st.composite
def policy(draw: st.DrawFn) -> Policy:
    number = draw(st.integers(1, 3))
    activities = {f"activity {n}": draw(activity(f"activity {n}")) for n in range(number)}
    ends = draw(some((12, 31), (6, 30), (2, 29), (9, 30)))
    return Policy(
        organisation=Organisation("Town", "", "controller", ends, ()),
        people={},
        categories={},
        consents={},
        recipients={},
        activities=activities,
        limits=Limits(),
        promises={},
        digest="",
    )


# — random wishes —

PEOPLE, MEMBERS = TableName("town", "people"), TableName("town", "members")
cards = st.one_of(
    st.builds(Card, st.just(PEOPLE), st.integers(1, 4)),
    st.builds(Card, st.just(MEMBERS), st.sampled_from(MAILS)),
)
matters = st.builds(
    lambda name, key: MatterKey(TableName("town", name + "s"), name, key),
    some("stay", "complaint", "campaign", "invoice"),
    st.integers(0, 3),
)


@st.composite
def wishes(draw: st.DrawFn, policy: Policy, on: date) -> Wishes:
    names = st.sampled_from([*policy.activities])
    hold = st.builds(
        Hold,
        st.just("hold"),
        st.frozensets(cards, max_size=2),
        st.frozensets(matters, max_size=2),
        st.one_of(st.just(""), st.just(""), names),
    )
    entry = st.builds(
        ConsentEntry,
        st.sampled_from(CONSENTS),
        moment(on).map(lambda m: m.replace(tzinfo=UTC)),
        st.booleans(),
        st.booleans(),
    )
    objection = st.builds(Objection, names, st.frozensets(cards, min_size=1, max_size=2), st.booleans())
    rarely = draw(st.integers(0, 3))
    return Wishes(
        holds=tuple(draw(st.lists(hold, max_size=2))) if rarely == 0 else (),
        consents=draw(st.dictionaries(cards, st.lists(entry, min_size=1, max_size=2).map(tuple), max_size=1)),
        asked=draw(st.dictionaries(st.tuples(names, cards), day(on), max_size=3)),
        requested=draw(st.frozensets(cards, max_size=2)),
        decided=draw(st.dictionaries(names, st.sampled_from(OnRequest), max_size=1)),
        withdrawing=draw(some("", "", "", *CONSENTS)),
        objections=tuple(draw(st.lists(objection, max_size=2))),
    )

"""A million people at an example company: some thousands as the example makes them, and these many times over.

Each copy has numbers, addresses and telephone numbers of its own, in the spelling of the one it is copied from. The server
does it, table by table, before there is an index; what takes the example's own pen half an hour takes three minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from examples import generate
from ordholden.cases.case import Who
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from tests.databases import Server

__all__ = ["APPROVER", "CLERKS", "NAME", "Somebody", "crowded", "plain", "some"]

NAME = "clienti"
CLERKS = tuple(f"sagsbehandler{n}@clienti.example" for n in range(1, 21))
APPROVER = "godkender@clienti.example"
CONTACTS = TableName("crm", "contacts")
MADE = 10_000
"""So many people the example makes itself."""
SYSTEMS = ("crm", "newsletter", "invoices", "events", "lists")

# The example numbers its people, and those around them, up to six times their number; a telephone number has ten million.
_SPAN = 6 * MADE
_SHUFFLE, _NUMBERS = 7_368_787, 10_000_000

_EMAIL = (
    "regexp_replace({c}, '([0-9]+)@', ((substring({c} from '([0-9]+)@')::int + k * {span})::text || '@'))"
)
_PHONE = "respelt({c}, k)"
_CUSTOMER = "'K' || (substring({c} from 2)::int + k * {companies})"
_AGREEMENT = (
    "regexp_replace({c}, '-([0-9]+)-', '-' || (split_part({c}, '-', 3)::int + k * {companies}) || '-')"
)
_INVOICE = "(split_part({c}, '-', 1)::int + k * {companies}) || '-' || split_part({c}, '-', 2)"
_PICTURE = "{c} || '?' || k"

# What is different in a copy: a number of the thing that is named, or a text as it is written here.
_DIFFERENT: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "crm": {
        "companies": {"id": "companies", "customer_no": _CUSTOMER},
        "contacts": {"id": "contacts", "company_id": "companies", "email": _EMAIL, "phone": _PHONE},
        "contact_upkeep": {"id": "own", "contact_id": "contacts"},
        "sole_traders": {"company_id": "companies", "contact_id": "contacts"},
        "deals": {"id": "own", "company_id": "companies", "contact_id": "contacts"},
        "agreements": {"number": _AGREEMENT, "company_id": "companies", "contact_id": "contacts"},
        "messages": {
            "id": "messages",
            "company_id": "companies",
            "contact_id": "contacts",
            "written_by_id": "contacts",
            "from_address": _EMAIL,
        },
        "message_attachments": {"message_id": "messages"},
        "web_visits": {"id": "own", "contact_id": "contacts"},
        "enquiries": {"id": "own", "email": _EMAIL, "phone": _PHONE},
        "call_log": {"call_no": "own", "contact_no": "contacts"},
    },
    "newsletter": {
        "subscribers": {"id": "subscribers", "email": _EMAIL},
        "consent_log": {"id": "own", "subscriber_id": "subscribers"},
        "interests": {"subscriber_id": "subscribers"},
        "deliveries": {"id": "own", "subscriber_id": "subscribers"},
    },
    "invoices": {
        "debtors": {"customer_no": _CUSTOMER, "email": _EMAIL, "phone": _PHONE},
        "invoices": {"id": "invoices", "customer_no": _CUSTOMER, "number": _INVOICE},
        "invoice_lines": {"invoice_id": "invoices"},
        "payments": {"id": "own", "invoice_id": "invoices"},
        "reminders": {"id": "own", "invoice_id": "invoices"},
    },
    "events": {
        "events": {"id": "events"},
        "attendees": {"id": "attendees", "event_id": "events", "email": _EMAIL},
        "photo_objections": {"attendee_id": "attendees"},
        "photos": {"id": "photos", "event_id": "events", "address": _PICTURE},
        "photo_people": {"photo_id": "photos", "attendee_id": "attendees"},
    },
    "lists": {
        "assignments": {"id": "assignments", "customer_no": _CUSTOMER},
        "list_members": {"assignment_id": "assignments", "email": _EMAIL, "phone": _PHONE},
    },
}

_RESPELT = f"""
CREATE FUNCTION respelt(phone text, k bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT substring(phone from '^(\\+45 ?|0045 )?') || CASE
        WHEN phone ~ '[0-9]{{8}}$' THEN n
        WHEN phone ~ '[0-9]{{4}} [0-9]{{4}}$' THEN left(n, 4) || ' ' || right(n, 4)
        ELSE substr(n, 1, 2) || ' ' || substr(n, 3, 2) || ' ' || substr(n, 5, 2) || ' ' || substr(n, 7, 2) END
    FROM (SELECT ({_NUMBERS} + (right(regexp_replace(phone, '[^0-9]', '', 'g'), 8)::bigint - {_NUMBERS}
                  + k * {_SPAN} * {_SHUFFLE}) % {_NUMBERS})::text n) made $$
"""

Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Somebody:
    """A contact of the company."""

    key: int
    name: str
    email: str
    phone: str

    @property
    def who(self) -> Who:
        return Who(name=self.name, email=self.email, phone=self.phone)

    @property
    def card(self) -> Card:
        return Card(CONTACTS, self.key)


_SOME = """
SELECT id, full_name, email, phone FROM contacts
WHERE email IS NOT NULL AND phone IS NOT NULL AND deleted_at IS NULL AND company_id IS NOT NULL
ORDER BY hashint4(id) LIMIT %s
"""


def some(server: Server, count: int) -> Sequence[Somebody]:
    """So many contacts of all kinds, the same each time."""
    with psycopg.connect(plain(server.url(f"{NAME}_crm"))) as connection:
        return [Somebody(*row) for row in connection.execute(_SOME, [count])]


def crowded(server: Server, folder: Path, people: int, *, on: date) -> None:
    """The company in the folder, its systems on the server, with at least so many people."""
    generate(NAME, folder, people=min(people, MADE), at=server.admin, on=on)
    copies = -(-people // MADE)
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda system: _multiplied(server, system, copies), SYSTEMS))


def _multiplied(server: Server, system: str, copies: int) -> None:
    with psycopg.connect(plain(server.url(f"{NAME}_{system}")), autocommit=True) as connection:
        connection.execute(_RESPELT)
        build = list(_dismantled(connection))
        spans = _spans(connection, system)
        for table, different in _DIFFERENT[system].items():
            connection.execute(_copy(connection, table, different, spans), [copies - 1])
        for statement in build:
            connection.execute(statement)
        connection.execute("DROP FUNCTION respelt")
        connection.execute("VACUUM (ANALYZE, FREEZE)")


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def _spans(connection: Connection, system: str) -> dict[str, int]:
    """How far a copy's numbers are from the original's, for each thing that is numbered."""
    found = {"span": _SPAN, "contacts": 2 * MADE}
    if system == "crm":
        found["companies"] = _most(connection, "companies", "id")
    if system in ("invoices", "lists"):
        found["companies"] = MADE
    for table, different in _DIFFERENT[system].items():
        for column, what in different.items():
            if what == table and what not in found:
                found[what] = _most(connection, table, column)
    return found


def _most(connection: Connection, table: str, column: str) -> int:
    row = connection.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()
    return int(str(row[0])) if row else 0


def _copy(connection: Connection, table: str, different: Mapping[str, str], spans: Mapping[str, int]) -> str:
    columns = [
        str(name)
        for (name,) in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
            " ORDER BY ordinal_position",
            [table],
        )
    ]
    own = {c: _most(connection, table, c) for c, what in different.items() if what == "own"}
    said = []
    for column in columns:
        what = different.get(column)
        if what is None:
            said.append(column)
        elif "{c}" in what:
            said.append(what.format(c=column, **spans))
        else:
            said.append(f"{column} + k * {own.get(column) or spans[what]}")
    return (
        f"INSERT INTO {table} ({', '.join(columns)})"
        f" SELECT {', '.join(said)} FROM {table}, generate_series(1, %s::int) k ORDER BY k"
    )


def _dismantled(connection: Connection) -> Iterator[str]:
    """Takes away keys and indexes, and says how they come back: keys, indexes, then references."""
    keys = connection.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype::text"
        " FROM pg_constraint WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace"
        " ORDER BY contype"
    ).fetchall()
    for table, name, _, _ in keys:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = connection.execute(
        "SELECT quote_ident(indexname), indexdef FROM pg_indexes WHERE schemaname = 'public'"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    back = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}" for table, name, said, _ in keys]
    references = [b for b, (_, _, _, kind) in zip(back, keys, strict=True) if kind == "f"]
    yield from (b for b in back if b not in references)
    yield from (str(said) for _, said in indexes)
    yield from references

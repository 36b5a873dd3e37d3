"""A small club for tests of plans: members, their orders and order lines, visits, a register in a database of its own.

Members live two years after the last of their orders (the orders are erased by the same plan, so this is decided
beforehand); orders five years after the financial year; a complaint in the other database keeps everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

ON = date(2026, 11, 22)

POLICY = """\
organisation:
  name: Klubben
people:
  member: {da: medlem, en: member}
categories:
  name: {da: navn, en: name}
  email: {da: e-mail, en: e-mail}
  phone: {da: telefon, en: phone}
  order: {da: ordre, en: order}
  visit: {da: besøg, en: visit}
  complaint: {da: klage, en: complaint}
activities:
  membership:
    purpose: Membership
    basis: contract
    people: [member]
    data: [name, email, phone]
    keep: 2 years after order placed
    if none: 2 years after joined
  bookkeeping:
    purpose: Bookkeeping
    basis: legal obligation (bogføringsloven § 12)
    people: [member]
    data: [name, order]
    keep: 5 years after end of financial year of order placed
    if none: nothing
  door:
    purpose: The door
    basis: legitimate interest
    balancing: docs/door.md
    people: [member]
    data: [visit]
    keep: 90 days after visit made
  complaints:
    purpose: Complaints
    basis: legitimate interest
    balancing: docs/complaints.md
    people: [member]
    data: everything
    keep: 10 years after complaint filed
    if none: nothing
limits:
  rows: 1000000
  share of a table: 100%
  first run of a rule: allow
"""

SYSTEMS = """\
club:
  url: ${CLUB_URL}
  backups: kept 30 days
  tables:
    members:
      people: member
      person: id
      identifiers: {email: email}
      data:
        name: {is: name, filler: "-"}
        email: {is: email, filler: "gone-{key}@club.invalid"}
        phone: phone
      not personal: [id]
      events: {joined: joined_on}
    orders:
      person: member_id -> members
      matter: {order: id}
      data: {wording: order}
      not personal: [id]
      events: {order placed: placed_on}
    order_lines:
      person: order_id -> orders.member_id -> members
      matter: {order: order_id -> orders}
      data: {wording: order}
      not personal: [line]
    visits:
      person: member_id -> members
      matter: {visit: id}
      data: {gate: visit}
      not personal: [id]
      events: {visit made: made_at}
desk:
  url: ${DESK_URL}
  backups: none
  tables:
    complaints:
      people: member
      person: id
      identifiers: {email: email}
      data: {email: email, wording: complaint}
      not personal: [id]
      events: {complaint filed: filed_on}
"""


def tables() -> dict[str, sa.MetaData]:
    club, desk = sa.MetaData(), sa.MetaData()
    number = sa.Integer
    sa.Table(
        "members",
        club,
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("email", sa.String(80), nullable=False, unique=True),
        sa.Column("phone", sa.String(20)),
        sa.Column("joined_on", sa.Date),
    )
    sa.Table(
        "orders",
        club,
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("member_id", sa.ForeignKey("members.id"), nullable=False, index=True),
        sa.Column("wording", sa.String(40)),
        sa.Column("placed_on", sa.Date, index=True),
    )
    sa.Table(
        "order_lines",
        club,
        sa.Column("order_id", sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("line", number, primary_key=True, autoincrement=False),
        sa.Column("wording", sa.String(40)),
    )
    sa.Table(
        "visits",
        club,
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("member_id", sa.ForeignKey("members.id"), nullable=False, index=True),
        sa.Column("gate", sa.String(10)),
        sa.Column("made_at", sa.DateTime, index=True),
    )
    sa.Table(
        "complaints",
        desk,
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("email", sa.String(80), index=True),
        sa.Column("wording", sa.String(40)),
        sa.Column("filed_on", sa.Date),
    )
    return {"club": club, "desk": desk}


@dataclass(frozen=True)
class Club:
    """The organisation's folder, and its databases for a look from outside."""

    folder: Path
    urls: dict[str, str]

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in both databases, sorted."""
        found = {}
        for system, metadata in tables().items():
            engine = sa.create_engine(self.urls[system])
            with engine.connect() as connection:
                for table in metadata.sorted_tables:
                    keys = list(table.primary_key.columns)
                    found[table.name] = [
                        tuple(r) for r in connection.execute(sa.select(table).order_by(*keys))
                    ]
            engine.dispose()
        return found

    def run(self, system: str, *statements: str) -> None:
        engine = sa.create_engine(self.urls[system])
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
        engine.dispose()


def found_club(
    folder: Path, club_url: str, desk_url: str, *, members: int = 60, policy: str = POLICY
) -> Club:
    """Founds the club: members whose orders, visits and complaints lie on both sides of every boundary."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    (folder / "systems.yaml").write_text(SYSTEMS, encoding="utf-8")
    (folder / ".env").write_text(f"CLUB_URL={club_url}\nDESK_URL={desk_url}\n", encoding="utf-8")
    urls = {"club": club_url, "desk": desk_url}
    rows = _rows(members)
    for system, metadata in tables().items():
        engine = sa.create_engine(urls[system])
        metadata.drop_all(engine)
        metadata.create_all(engine)
        with engine.begin() as connection:
            for table in metadata.sorted_tables:
                if rows[table.name]:
                    connection.execute(sa.insert(table), rows[table.name])
        engine.dispose()
    return Club(folder, urls)


def _rows(members: int) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {
        t: [] for t in ("members", "orders", "order_lines", "visits", "complaints")
    }
    for n in range(1, members + 1):
        found["members"].append(
            {
                "id": n,
                "name": f"Medlem {n}",
                "email": f"medlem{n}@klub.example",
                "phone": f"1{n:07}" if n % 3 else None,
                "joined_on": ON - timedelta(days=400 + 37 * n),
            }
        )
        for k in range(n % 4):
            order = n * 10 + k
            placed = None if n % 17 == 0 and k == 0 else ON - timedelta(days=61 * n + 200 * k)
            found["orders"].append(
                {"id": order, "member_id": n, "wording": f"ordre {order}", "placed_on": placed}
            )
            found["order_lines"] += [
                {"order_id": order, "line": i, "wording": f"linje {i}"} for i in range(1, 3)
            ]
        for k in range(5):
            made = ON - timedelta(days=20 * k + n % 30, hours=n % 24)
            found["visits"].append(
                {"id": n * 10 + k, "member_id": n, "gate": f"port {k}", "made_at": made_at(made, n)}
            )
        if n % 11 == 0:
            found["complaints"].append(
                {
                    "id": n,
                    "email": f"MEDLEM{n}@klub.example",
                    "wording": "for meget larm",
                    "filed_on": ON - timedelta(days=30 * n),
                }
            )
    return found


def made_at(day: date, n: int):  # type: ignore[no-untyped-def]
    from datetime import datetime

    return datetime(day.year, day.month, day.day, n % 24, n % 60)

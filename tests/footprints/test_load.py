"""Around records lies all that a judgement of them looks at; no table is asked once for each person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from examples import ORGANISATIONS, generate
from ordholden.connectors.predicate import TRUE
from ordholden.connectors.reading import Reader, Row
from ordholden.footprints import Footprints
from ordholden.grounds.interpret import Evaluation
from ordholden.grounds.world import World
from ordholden.inventory.system import Inventory, TableName
from tests.footprints.making import card, counted, filled_database, footprints_of, opened

ON = date(2026, 11, 22)


def everything(inventory: Inventory, readers: Mapping[str, Reader]) -> list[Row]:
    return [
        row
        for table in inventory.tables
        for page in readers[table.name.system].rows(table.name, TRUE)
        for row in page
    ]


@pytest.mark.parametrize("name", ORGANISATIONS)
@pytest.mark.parametrize("with_policy", [True, False])
def test_a_batch_is_judged_as_if_all_records_were_there(name: str, with_policy: bool, tmp_path: Path) -> None:
    generate(name, tmp_path, people=25, on=ON)
    with opened(tmp_path) as (policy, inventory, readers):
        footprints = Footprints(inventory, readers, policy if with_policy else None)
        rows = everything(inventory, readers)
        cards = {c for row in rows for c in World(inventory, [row]).people_of(row)}
        links = footprints.linked(tuple(cards))
        world = World(inventory, rows, lambda c: links[c].sure, lambda c: links[c].doubtful)
        whole = Evaluation(policy, world, ON)

        for start in range(0, len(rows), 97):
            some = rows[start : start + 97 : 4]
            around = Evaluation(policy, footprints.world_around(some), ON)
            for row in some:
                assert around.verdict(row) == whole.verdict(row), (row.table, row.key)
                assert around.record_until(row) == whole.record_until(row), (row.table, row.key)


SYSTEMS = """
crm:
  url: URL
  backups: none
  tables:
    contacts:
      people: contact
      person: id
      identifiers: {email: email}
      data: {email: email}
      not personal: [id]
    messages:
      person: contact_id -> contacts
      matter: {message: id}
      data: {body: {is: correspondence, person: written_by_id -> contacts}, topic: correspondence}
      not personal: [id]
      events: {message sent: sent_on}
    attachments:
      person: message_id -> messages.contact_id -> contacts
      matter: {message: message_id -> messages}
      data: {file_name: attachment}
      not personal: [id]
shop:
  url: URL
  backups: none
  tables:
    buyers:
      people: buyer
      person: mail
      identifiers: {email: mail}
      data: {mail: email, item: order}
      not personal: [id]
"""


@pytest.fixture
def agency(database: str, tmp_path: Path) -> Footprints:
    """Contacts whose messages may be another's, and a shop that knows people by their address."""
    metadata, text = sa.MetaData(), sa.String(60)

    def whole(name: str, **options: bool) -> sa.Column[int]:
        return sa.Column(name, sa.Integer, **options)  # type: ignore[arg-type]

    contacts = sa.Table("contacts", metadata, whole("id", primary_key=True), sa.Column("email", text))
    messages = sa.Table(
        "messages",
        metadata,
        *(whole("id", primary_key=True), whole("contact_id"), whole("written_by_id")),
        *(sa.Column("body", text), sa.Column("topic", text), sa.Column("sent_on", sa.Date)),
    )
    attachments = sa.Table(
        "attachments",
        metadata,
        whole("id", primary_key=True),
        whole("message_id"),
        sa.Column("file_name", text),
    )
    buyers = sa.Table(
        "buyers", metadata, whole("id", primary_key=True), sa.Column("mail", text), sa.Column("item", text)
    )
    filled_database(
        database,
        (contacts, [{"id": n, "email": f"p{n}@nordlys.example"} for n in range(1, 301)]),
        (
            messages,
            [
                {
                    "id": n,
                    "contact_id": n,
                    "written_by_id": n if n % 2 else n - 1,
                    "body": "Hello",
                    "topic": "trip",
                    "sent_on": date(2026, 1, 1),
                }
                for n in range(1, 301)
            ],
        ),
        (attachments, [{"id": n, "message_id": n, "file_name": "a.pdf"} for n in range(1, 301)]),
        (buyers, [{"id": n, "mail": f"P{n // 2}@nordlys.example", "item": "x"} for n in range(1, 301)]),
    )
    return footprints_of(tmp_path, SYSTEMS, database)


def places(rows: list[Row]) -> list[tuple[str, object]]:
    return sorted((row.table.table, row.key[0]) for row in rows)


def test_the_text_of_a_message_is_its_writers(agency: Footprints) -> None:
    writer, receiver = card("crm.contacts", 1), card("crm.contacts", 2)

    world = agency.world([writer])
    assert places(world.about(writer)) == [
        ("attachments", 1),
        ("contacts", 1),
        ("messages", 1),
        ("messages", 2),
    ]
    assert [r.key for r in world.of_card(TableName("crm", "messages"), writer)] == [(1,)], (
        "the record is another's"
    )
    assert world.people_of(next(r for r in world.about(writer) if r.key == (2,))) == (receiver, writer)


def test_a_person_is_found_under_a_name_of_several_rows(agency: Footprints) -> None:
    world = agency.world([card("crm.contacts", 3)])

    (other,) = world.linked(card("crm.contacts", 3))
    assert other.key in ("P3@nordlys.example", "p3@nordlys.example")
    assert places(world.about(other)) == [("buyers", 6), ("buyers", 7)]


def test_only_the_wanted_tables_are_looked_at_and_what_their_grounds_stand_on(agency: Footprints) -> None:
    person = card("crm.contacts", 3)

    world = agency.world([person], wanted=[TableName("crm", "attachments")])
    assert ("messages", 3) in places(world.about(person)), "its event, and the matter of the attachment"
    assert ("attachments", 3) in places(world.about(person))


def test_statements_do_not_grow_with_the_people(agency: Footprints) -> None:
    agency.world([card("crm.contacts", 1)])
    with counted(agency) as few:
        agency.world([card("crm.contacts", n) for n in (1, 2)])
    with counted(agency) as many:
        world = agency.world([card("crm.contacts", n) for n in range(1, 301)])

    assert len(world.rows[TableName("crm", "attachments")]) == 300
    # A few more the third time: a column without an index is then read once as a whole.
    assert len(many) <= len(few) + 6

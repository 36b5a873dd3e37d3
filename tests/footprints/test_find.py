"""Whoever is asked for is found by any spelling; all who could be meant are listed, nobody is guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from ordholden.footprints import Footprints
from ordholden.footprints.find import read_people_file
from ordholden.problems import Refusal
from tests.footprints.making import card, filled_database, footprints_of

SYSTEMS = """
crm:
  url: URL
  backups: none
  tables:
    customers:
      people: customer
      person: id
      identifiers: {email: email, phone: phone}
      data:
        name: {is: name, filler: "(erased)"}
        email: {is: email, filler: "erased-{key}@invalid.example"}
        phone: phone
      not personal: [id]
    orders:
      person: customer_id -> customers
      data: {what: order}
      not personal: [id]
exchange:
  url: URL
  backups: none
  tables:
    numbers:
      people: employee
      person: local
      identifiers: {local number: local, email: mail}
      data: {local: local number, mail: email, user_name: name}
      not personal: []
"""

PEOPLE = [
    {"id": 1, "name": "Anna Hansen", "email": "Anna@Nordlys.example", "phone": "+45 12 34 56 78"},
    {"id": 2, "name": "Bo Hansen", "email": "family@nordlys.example", "phone": "12 34 56 79"},
    {"id": 3, "name": "Carl Hansen", "email": "family@nordlys.example", "phone": None},
    {"id": 4, "name": "(erased)", "email": "erased-4@invalid.example", "phone": None},
]
NUMBERS = [
    {"local": "204", "mail": "anna@nordlys.example", "user_name": "A. Hansen"},
    {"local": "205", "mail": None, "user_name": "Dina Dam"},
]

Make = Callable[[], Footprints]


@pytest.fixture
def footprints(database: str, tmp_path: Path) -> Footprints:
    metadata, text = sa.MetaData(), sa.String(60)
    name, email, phone = (sa.Column(c, text) for c in ("name", "email", "phone"))
    customers = sa.Table(
        "customers", metadata, sa.Column("id", sa.Integer, primary_key=True), name, email, phone
    )
    orders = sa.Table(
        "orders",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer),
        sa.Column("what", text),
    )
    mail, user = sa.Column("mail", text), sa.Column("user_name", text)
    numbers = sa.Table("numbers", metadata, sa.Column("local", sa.String(20), primary_key=True), mail, user)
    filled_database(database, (customers, PEOPLE), (orders, []), (numbers, NUMBERS))
    return footprints_of(tmp_path, SYSTEMS, database)


ANNA, BO, CARL = (card("crm.customers", n) for n in (1, 2, 3))
NUMBER = card("exchange.numbers", "204")


@pytest.mark.parametrize(
    ("words", "cards"),
    [
        ("ANNA@nordlys.example", [ANNA]),
        ("email: anna@nordlys.example", [ANNA]),
        ("Email:anna@nordlys.example", [ANNA]),
        ("12345678", [ANNA]),
        ("phone:+4512345678", [ANNA]),
        ("crm.customers:1", [ANNA]),
        ("exchange.numbers:204", [NUMBER]),
        ("204", [NUMBER]),
        ("local number:204 name:Anna Hansen", [NUMBER]),
        ("local number:204 name:anna  HANSEN", [NUMBER]),
        ("local number:204 name:Bo Hansen", []),
        ("name:Bo Hansen", [BO]),
        ("Bo Hansen", [BO]),
        ("family@nordlys.example", [BO, CARL]),
        ("family@nordlys.example name:Bo Hansen", []),
        ("email:family@nordlys.example name:Bo Hansen", [BO]),
        ("nobody@nordlys.example", []),
        ("crm.customers:17", []),
        ("name:(erased)", []),
        ("erased-4@invalid.example", []),
        ("Nobody At All", []),
    ],
)
def test_people_are_found(footprints: Footprints, words: str, cards: list[object]) -> None:
    assert [found.card for found in footprints.find(words)] == cards


def test_one_person_in_two_systems_is_one_and_shown_masked(footprints: Footprints) -> None:
    (found,) = footprints.find("anna@nordlys.example")

    assert found.links.sure == (NUMBER,)
    assert found.shown == "crm.customers:1, A*** H***, a***@nordlys.example, +45 12 ** ** 78"


def test_an_unknown_word_is_told_with_the_one_that_was_meant(footprints: Footprints) -> None:
    with pytest.raises(Refusal) as refusal:
        footprints.find_all(["emial:anna@nordlys.example", "crm.custommers:1", "12345678"])

    told = [(p.code, p.facts["nearest"]) for p in refusal.value.problems]
    assert told == [("identifier-unknown", "email"), ("people-table-unknown", "crm.customers")]


def test_many_people_from_a_file_are_found_together(footprints: Footprints, tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text(
        "\ufeffanna@nordlys.example\n\n# a remark\ncrm.customers:2\nnobody@nordlys.example\n", "utf-8"
    )

    lines = read_people_file(path)
    found = footprints.find_all(lines)
    assert lines == ("anna@nordlys.example", "crm.customers:2", "nobody@nordlys.example")
    assert [[f.card for f in found[line]] for line in lines] == [[ANNA], [BO], []]

"""People are found whatever sort of column their identifiers are in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from ordholden.connectors.errors import Unreachable
from ordholden.footprints import Footprints
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
      data: {email: email, phone: phone}
      not personal: [id]
"""

FLOATS = (sa.Float(), sa.Double(), sa.REAL(), sa.Numeric(12, 2), sa.BigInteger())
DECLARED = ("STRING", "EMAIL_ADDRESS", "", "FLOAT", "NUMERIC", "VARCHAR(50)")


@pytest.mark.parametrize("sort", FLOATS, ids=lambda t: type(t).__name__)
def test_a_phone_number_is_found_in_a_column_of_any_numbers(
    database: str, tmp_path: Path, sort: sa.types.TypeEngine[object]
) -> None:
    if "mysql" in database and type(sort) is sa.Float:
        pytest.skip("MariaDB's FLOAT shows six digits of a number")
    customers = sa.Table(
        "customers",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(50)),
        sa.Column("phone", sort),
    )
    filled_database(database, (customers, [{"id": 1, "email": None, "phone": 12345678}]))

    found = footprints_of(tmp_path, SYSTEMS, database).find("+45 12 34 56 78")
    assert [f.card for f in found] == [card("crm.customers", 1)]


def shop(file: Path, declared: str) -> Footprints:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            f"CREATE TABLE customers (id INTEGER PRIMARY KEY, email {declared}, phone {declared})"
        )
        connection.executemany(
            "INSERT INTO customers VALUES (?, ?, ?)",
            [(1, " Anna@Nordlys.example", "tlf. 12 34 56 78"), (2, "bo@nordlys.example", 12345679)],
        )
    return footprints_of(file.parent, SYSTEMS, f"sqlite:///{file.name}")


@pytest.mark.parametrize("declared", DECLARED)
def test_sqlite_holds_any_text_under_any_type(tmp_path: Path, declared: str) -> None:
    footprints = shop(tmp_path / "shop.sqlite3", declared)

    for number, words in enumerate(("anna@nordlys.example", "bo@nordlys.example"), 1):
        assert [f.card for f in footprints.find(words)] == [card("crm.customers", number)]
    for number, words in enumerate(("12345678", "phone:+45 12 34 56 79"), 1):
        assert [f.card for f in footprints.find(words)] == [card("crm.customers", number)]


def test_a_folder_may_be_called_what_it_likes(tmp_path: Path) -> None:
    folder = tmp_path / "a?mode=rwc#100%41"
    folder.mkdir()

    assert shop(folder / "shop.sqlite3", "TEXT").find("bo@nordlys.example")
    assert [f.name for f in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    "address", ["postgresql+psycopg://u:secret@127.0.0.1:port/x", "mysql+pymysql://u:secret@[::1/x", "x"]
)
def test_an_address_that_is_none_is_no_fault_of_the_program(tmp_path: Path, address: str) -> None:
    with pytest.raises(Unreachable) as refusal:
        footprints_of(tmp_path, SYSTEMS, address).find("bo@nordlys.example")

    assert "secret" not in str(refusal.value)

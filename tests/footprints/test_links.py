"""Cards in different systems are one person by their identifiers, in any spelling; never by a shared one."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from ordholden import identifiers
from ordholden.connectors.sql.system import SqlSystem
from ordholden.footprints import Footprints, Links
from ordholden.identifiers import KINDS
from ordholden.inventory.system import TableName
from tests.footprints.making import Rows, card, counted, filled_database, footprints_of, inventory_of

SYSTEMS = """
crm:
  url: URL
  backups: none
  tables:
    customers:
      people: customer
      person: id
      identifiers: {email: email, phone: phone, cpr: cpr}
      data:
        email: {is: email, filler: "erased-{key}@invalid.example"}
        phone: phone
        cpr: cpr
      not personal: [id]
shop:
  url: URL
  backups: none
  tables:
    buyers:
      people: buyer
      person: number
      identifiers: {email: mail, customer number: number}
      data: {mail: {is: email, filler: "erased-{key}@invalid.example"}}
desk:
  url: URL
  backups: none
  tables:
    callers:
      people: caller
      person: id
      identifiers: {phone: tel, customer number: customer_no, cpr: cpr}
      data: {tel: phone, customer_no: customer number, cpr: cpr}
      not personal: [id]
"""


@pytest.fixture
def three(database: str, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Three systems with people: the CRM, the shop, the help desk."""

    def make(customers: Rows = (), buyers: Rows = (), callers: Rows = ()) -> Footprints:
        metadata = sa.MetaData()
        text = sa.String(60)
        crm = [sa.Column("email", text), sa.Column("phone", text), sa.Column("cpr", text)]
        desk = [sa.Column("tel", text), sa.Column("customer_no", sa.Integer), sa.Column("cpr", sa.BigInteger)]
        empty = {"email": None, "phone": None, "cpr": None}
        filled_database(
            database,
            (
                sa.Table("customers", metadata, sa.Column("id", sa.Integer, primary_key=True), *crm),
                [{**empty, **c} for c in customers],
            ),
            (
                sa.Table(
                    "buyers",
                    metadata,
                    sa.Column("number", sa.Integer, primary_key=True),
                    sa.Column("mail", text),
                ),
                buyers,
            ),
            (
                sa.Table("callers", metadata, sa.Column("id", sa.Integer, primary_key=True), *desk),
                [{"tel": None, "customer_no": None, "cpr": None, **c} for c in callers],
            ),
        )
        return footprints_of(tmp_path, SYSTEMS, database)

    return make


def test_one_person_is_found_in_three_systems_by_two_spellings(three) -> None:  # type: ignore[no-untyped-def]
    found = three(
        customers=[{"id": 1, "email": "SØREN@Nordlys.example ", "phone": "+45 12 34 56 78"}],
        buyers=[
            {"number": 70, "mail": "søren@nordlys.example"},
            {"number": 71, "mail": "soren@nordlys.example"},
        ],
        callers=[
            {"id": 5, "tel": "tlf. 12.34.56.78 (efter kl. 16)"},
            {"id": 6, "tel": "12345679"},
        ],
    ).linked([card("crm.customers", 1)])

    assert found == {card("crm.customers", 1): Links(sure=(card("desk.callers", 5), card("shop.buyers", 70)))}


def test_the_walk_goes_on_with_the_identifiers_it_finds(three) -> None:  # type: ignore[no-untyped-def]
    footprints = three(
        customers=[{"id": 1, "email": "anna@nordlys.example"}],
        buyers=[{"number": 70, "mail": "Anna@Nordlys.example"}],
        callers=[{"id": 5, "customer_no": 70}],
    )

    first, last = card("crm.customers", 1), card("desk.callers", 5)
    links = footprints.linked([first, last])
    assert links[first].sure == (last, card("shop.buyers", 70))
    assert links[last].sure == (first, card("shop.buyers", 70))


def test_a_shared_address_of_child_and_guardian_never_merges_them(three) -> None:  # type: ignore[no-untyped-def]
    footprints = three(
        customers=[{"id": 1, "email": "home@nordlys.example"}, {"id": 2, "email": "Home@nordlys.example"}],
        buyers=[{"number": 70, "mail": "home@nordlys.example"}],
        callers=[{"id": 5, "customer_no": 70}],
    )
    child, guardian, buyer = card("crm.customers", 1), card("crm.customers", 2), card("shop.buyers", 70)

    links = footprints.linked([child, guardian, buyer])
    assert links[child] == Links(doubtful=(buyer,)), "doubtful, and not walked further"
    assert links[guardian] == Links(doubtful=(buyer,))
    assert links[buyer] == Links(sure=(card("desk.callers", 5),), doubtful=(child, guardian))


def test_two_cpr_numbers_are_two_people(three) -> None:  # type: ignore[no-untyped-def]
    footprints = three(
        customers=[{"id": 1, "phone": "12345678", "cpr": "311257-5000"}],
        callers=[
            {"id": 5, "tel": "12 34 56 78", "cpr": 101575001},
            {"id": 6, "tel": None, "cpr": 3112575000},
        ],
    )

    links = footprints.linked([card("crm.customers", 1), card("desk.callers", 5)])
    assert links[card("crm.customers", 1)] == Links(sure=(card("desk.callers", 6),))
    assert links[card("desk.callers", 5)] == Links()


def test_links_that_lead_back_to_another_card_of_the_table_are_all_doubtful(three) -> None:  # type: ignore[no-untyped-def]
    # The buyer has the child's e-mail, the caller has the buyer's number and the guardian's telephone.
    footprints = three(
        customers=[{"id": 1, "email": "anna@nordlys.example"}, {"id": 2, "phone": "12345678"}],
        buyers=[{"number": 70, "mail": "anna@nordlys.example"}],
        callers=[{"id": 5, "tel": "12345678", "customer_no": 70}],
    )

    links = footprints.linked([card("crm.customers", 1)])[card("crm.customers", 1)]
    assert links == Links(doubtful=(card("desk.callers", 5), card("shop.buyers", 70)))


def test_erased_people_are_nobody_although_their_fillers_are_equal(three) -> None:  # type: ignore[no-untyped-def]
    footprints = three(
        customers=[{"id": 70, "email": "erased-70@invalid.example"}],
        buyers=[{"number": 70, "mail": "erased-70@invalid.example"}],
    )

    assert footprints.linked([card("crm.customers", 70)]) == {card("crm.customers", 70): Links()}


def test_a_person_without_an_address_has_the_links_of_the_telephone(three) -> None:  # type: ignore[no-untyped-def]
    footprints = three(
        customers=[{"id": 1, "phone": "12345678"}, {"id": 2}],
        buyers=[{"number": 70, "mail": None}, {"number": 71, "mail": ""}],
        callers=[{"id": 5, "tel": "004512345678"}],
    )

    links = footprints.linked([card("crm.customers", 1), card("crm.customers", 2), card("shop.buyers", 404)])
    assert [link.sure for link in links.values()] == [(card("desk.callers", 5),), (), ()]


def test_what_a_crowd_shares_links_nobody(three) -> None:  # type: ignore[no-untyped-def]
    footprints = three(
        customers=[{"id": n, "phone": "10 00 00 00"} for n in range(1, 40)],
        callers=[{"id": 5, "tel": "10000000"}],
    )

    assert footprints.linked([card("desk.callers", 5)])[card("desk.callers", 5)] == Links()


def test_questions_do_not_grow_with_the_number_of_people(three) -> None:  # type: ignore[no-untyped-def]
    footprints = three(
        customers=[{"id": n, "email": f"p{n}@nordlys.example"} for n in range(1, 1001)],
        buyers=[{"number": n, "mail": f"P{n}@nordlys.example"} for n in range(1, 1001)],
    )
    some, all_ = (
        [card("crm.customers", n) for n in (1, 2)],
        [card("crm.customers", n) for n in range(1, 1001)],
    )

    # What is written in an unusual way is read beforehand, once.
    footprints.linked(some)
    with counted(footprints) as few:
        footprints.linked(some)
    with counted(footprints) as many:
        links = footprints.linked(all_)
    assert all(link.sure == (card("shop.buyers", c.key),) for c, link in links.items())
    assert len(many) == len(few) < 20


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("indexed", [False, True])
def test_every_sample_of_every_kind_is_found_by_its_normal_form(
    kind: str, indexed: bool, database: str, tmp_path: Path
) -> None:
    samples = [*KINDS[kind].SAMPLES]
    samples += [(s, n) for _, n in KINDS[kind].SAMPLES if n for s in KINDS[kind].spellings(n)]
    samples += [
        (h, n) for s, n in samples if n for h in (s.upper(), s.title(), f" {s}", f"{s.upper()} ", f"  {s} ")
    ]
    table = sa.Table(
        "people",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("known_by", sa.String(80), index=indexed),
    )
    filled_database(database, (table, [{"id": n, "known_by": s} for n, (s, _) in enumerate(samples, 1)]))
    systems = (
        f"s:\n  url: URL\n  backups: none\n  tables:\n    people:\n      people: somebody\n      person: id\n"
        f"      identifiers: {{{kind}: known_by}}\n      data: {{known_by: {kind}}}\n"
    )
    reader = SqlSystem(inventory_of(tmp_path, systems, database).systems["s"], tmp_path)

    for wanted in sorted({n for _, n in samples if n}):
        rows = [
            r for page in reader.matching(TableName("s", "people"), "known_by", kind, [wanted]) for r in page
        ]
        assert {r.key[0] for r in rows} == {
            n for n, (s, _) in enumerate(samples, 1) if identifiers.normal(kind, s) == wanted
        }

"""AL-18 and AL-20 on ALOTTbetter's four databases: a consent taken back, and a no to some purposes."""

from __future__ import annotations

from collections.abc import Callable

from ordholden.cases.case import Change, Channel, Outcome
from ordholden.grounds.wishes import Card
from tests.cases.rights.house import House, person
from tests.swept import sweep

At = Callable[[str], House]

STORY = (
    "INSERT INTO stories (id, customer_id, title, wording, published_on)"
    " VALUES (9001, {0}, 'Min prøvetid', 'Det var godt', '2025-02-01')"
)


def intern(house: House) -> Card:
    """Somebody who is in the customer database, and whom it knows by e-mail."""
    [(number,), *_] = house.ask(
        "customers",
        "SELECT c.id FROM customers c JOIN internships i ON i.customer_id = c.id WHERE c.deleted_at IS NULL"
        " AND c.email IS NOT NULL AND i.ended_on IS NULL AND i.status NOT IN ('finished', 'cancelled')"
        " ORDER BY c.id",
    )
    return person("customers.customers", number)


def telling_stories(house: House) -> Card:
    """The same, with a story that rests on nothing but the consent."""
    who = intern(house)
    house.tell(
        "customers",
        f"INSERT INTO consents (id, customer_id, kind, channel, given_at, withdrawn_at)"
        f" VALUES (9001, {who.key}, 'stories', 'web', '2025-01-01 10:00:00.000000', NULL)",
        STORY.format(who.key),
    )
    return who


def test_AL_18_a_consent_taken_back_by_contact_ends_the_use_and_erases_what_rests_on_it(at: At) -> None:
    house = at("alottbetter")
    who = telling_stories(house)
    sweep(house.organisation)
    assert house.allowed("share stories", who)
    case = house.begun("withdrawal", who, about=("stories",), channel=Channel.TELEPHONE)
    house.decided(case)
    file = house.done(case)

    assert not house.allowed("share stories", who)
    assert house.ask("customers", "SELECT count(*) FROM stories WHERE id = 9001") == [(0,)]
    # The internship rests on something else, and goes on.
    assert house.allowed("run the internship", who)
    assert house.ask("customers", "SELECT count(*) FROM customers WHERE id = ?", who.key) == [(1,)]
    assert file.case.outcome in (Outcome.GRANTED, Outcome.PARTLY)
    assert "backups" in house.letter(file)
    assert house.promise("AL-18").state == "kept"
    assert [e for e in house.promise("AL-18").evidence if e.code == "withdrawal"]


def test_AL_20_data_is_completed_and_corrected(at: At) -> None:
    house = at("alottbetter")
    who = intern(house)
    [(name,)] = house.ask("customers", "SELECT full_name FROM customers WHERE id = ?", who.key)
    changes = (Change("name", str(name), "Prøve Nytnavn"), Change("address", "", "Prøvevej 3"))
    house.whole("rectification", who, changes=changes[:1])

    assert house.ask("customers", "SELECT full_name FROM customers WHERE id = ?", who.key) == [
        ("Prøve Nytnavn",)
    ]


def test_AL_20_a_person_may_say_no_to_marketing_and_to_profiling_and_nothing_else_stops(at: At) -> None:
    house = at("alottbetter")
    [(number,)] = house.ask(
        "customers",
        "SELECT id FROM customers WHERE deleted_at IS NULL AND email IS NOT NULL ORDER BY id LIMIT 1",
    )
    who = person("customers.customers", number)
    purposes = [a for a in house.organisation.policy.activities if house.allowed(a, who)]
    assert purposes
    for purpose in ("send offers", "understand the portal"):
        house.whole("restriction", who, about=(purpose,), words=purpose)

    still = [a for a in house.organisation.policy.activities if house.allowed(a, who)]
    assert still == [p for p in purposes if p not in ("send offers", "understand the portal")]
    assert house.promise("AL-20").state == "kept"
    assert [
        e.facts["restrictions"] for e in house.promise("AL-20").evidence if e.code == "restrictions-standing"
    ] == [2]


def test_AL_20_erasure_is_decided_for_each_datum(at: At) -> None:
    house = at("alottbetter")
    who = intern(house)
    case = house.begun("erasure", who)
    proposal = house.proposed(case)

    assert {x.activity for x in proposal.lines if not x.granted} >= {"run the internship"}
    assert all(x.until is None or x.until.year >= 2026 for x in proposal.lines if not x.granted)

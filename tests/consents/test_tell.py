"""What people said is kept as they said it, in the order of time, and goes with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connections

from ordholden import audit
from ordholden.consents import Telling, ask, asked, forget, tell, tell_all, told
from ordholden.grounds.wishes import Card, ConsentEntry
from ordholden.inventory.system import TableName
from ordholden.store import Store
from tests.stores import folder_of, opened

GUESTS, MEMBERS = TableName("crm", "guests"), TableName("club", "members")
NUMBER, TEXT, LONG = Card(GUESTS, 7), Card(GUESTS, "7"), Card(MEMBERS, UUID(int=7))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 8, 31), date(2026, 9, 1)


def said(store: Store, card: Card, hour: int, *, given: bool, consent: str = "long storage") -> None:
    tell(store, card, consent, at=NOON + timedelta(hours=hour), given=given, actor="anna")


def test_what_was_said_is_read_as_it_was_said(store: Store) -> None:
    tell(store, NUMBER, "long storage", at=NOON, given=False, actor="anna", by_request=True, note="a letter")

    assert told(store) == {NUMBER: (ConsentEntry("long storage", NOON, given=False, by_request=True),)}


def test_each_person_is_heard_in_the_order_of_time_not_of_writing(store: Store) -> None:
    said(store, NUMBER, 2, given=False)
    said(store, TEXT, 0, given=True)
    said(store, NUMBER, 1, given=True)
    said(store, LONG, 3, given=True, consent="news")

    heard = told(store)
    assert {card: [entry.given for entry in entries] for card, entries in heard.items()} == {
        NUMBER: [True, False],
        TEXT: [True],
        LONG: [True],
    }


def test_of_two_words_in_one_instant_the_later_written_is_the_later(store: Store) -> None:
    said(store, NUMBER, 0, given=True)
    said(store, NUMBER, 0, given=False)

    assert [entry.given for entry in told(store)[NUMBER]] == [True, False]


def test_an_instant_is_the_same_in_any_zone(store: Store) -> None:
    there = timezone(timedelta(hours=2))
    tell(store, NUMBER, "news", at=datetime(2026, 3, 1, 14, tzinfo=there), given=True, actor="anna")

    assert told(store)[NUMBER][0].at == NOON


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        tell(store, NUMBER, "news", at=NOON.replace(tzinfo=None), given=True, actor="anna")


def test_some_people_can_be_asked_for(store: Store) -> None:
    tell_all(store, [Telling(Card(GUESTS, n), "news", NOON, given=True) for n in range(1200)], actor="anna")
    said(store, LONG, 0, given=True)

    some = told(store, [LONG, *(Card(GUESTS, n) for n in range(100, 5000))])

    assert len(some) == 1101
    assert LONG in some
    assert told(store, []) == {}


def test_what_was_said_is_never_changed(store: Store) -> None:
    said(store, NUMBER, 0, given=False)
    ask(store, "news", [NUMBER], on=MONDAY, actor="night")

    for statement in ("UPDATE consents_record SET given = given", "UPDATE consents_asked SET actor = 'bo'"):
        with connections[store.alias].cursor() as cursor, pytest.raises(DatabaseError, match="stays"):
            cursor.execute(statement)


def test_a_yes_is_recorded_without_saying_whose(store: Store) -> None:
    said(store, Card(GUESTS, "+4500000000"), 0, given=True)
    said(store, Card(GUESTS, "+4500000000"), 1, given=False)

    first, second = audit.entries(store)
    assert (first.actor, first.action) == ("anna", "consent:told")
    assert first.facts == {
        "table": "crm.guests",
        "consent": "long storage",
        "at": "2026-03-01T12:00:00.000000Z",
        "given": True,
        "by request": False,
    }
    assert first.subject == second.subject == store.digest("crm", "guests", '"+4500000000"', use="card")


def test_who_is_asked_again_was_last_asked_then(store: Store) -> None:
    ask(store, "news", [NUMBER, TEXT, NUMBER], on=TUESDAY, actor="night")
    ask(store, "news", [NUMBER], on=MONDAY, actor="night")
    ask(store, "club", [NUMBER], on=MONDAY, actor="night")
    ask(store, "club", [], on=TUESDAY, actor="night")

    assert asked(store) == {("news", NUMBER): TUESDAY, ("news", TEXT): TUESDAY, ("club", NUMBER): MONDAY}
    assert [(entry.subject, entry.facts) for entry in audit.entries(store)] == [
        ("news", {"people": 2, "on": "2026-09-01"}),
        ("news", {"people": 1, "on": "2026-08-31"}),
        ("club", {"people": 1, "on": "2026-08-31"}),
    ]


def test_who_gets_an_erased_persons_key_does_not_inherit_their_yes(store: Store) -> None:
    for card in (NUMBER, TEXT, LONG):
        said(store, card, 0, given=True)
    ask(store, "news", [NUMBER, LONG], on=MONDAY, actor="night")

    assert forget(store, [NUMBER, TEXT], actor="night") == 3
    assert forget(store, [NUMBER, TEXT], actor="night") == 0

    assert told(store).keys() == {LONG}
    assert asked(store).keys() == {("news", LONG)}
    assert [entry.facts for entry in audit.entries(store, subject="")] == [{"people": 2, "rows": 3}]
    assert isinstance(audit.verify(store), audit.Verified)


def test_what_fails_leaves_nothing_said(store: Store) -> None:
    with pytest.raises(TypeError):
        tell_all(
            store,
            [
                Telling(NUMBER, "news", NOON, given=True),
                Telling(Card(GUESTS, None), "news", NOON, given=True),
            ],
            actor="anna",
        )

    assert told(store) == {}
    assert audit.head(store).number == 0


def test_organisations_hear_their_own_people_only(tmp_path: Path, postgresql_url: str) -> None:
    with (
        opened(folder_of(tmp_path, "nordlys"), postgresql_url) as one,
        opened(folder_of(tmp_path, "sydvind"), postgresql_url) as other,
    ):
        said(one, NUMBER, 0, given=True)
        ask(one, "news", [NUMBER], on=MONDAY, actor="night")

        assert told(other) == {}
        assert asked(other) == {}
        assert forget(other, [NUMBER], actor="night") == 0

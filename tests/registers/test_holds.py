"""A hold stands from its day until the day of its release, says why, and is looked at again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connections

from ordholden import audit
from ordholden.grounds.wishes import Card, MatterKey
from ordholden.inventory.system import TableName
from ordholden.problems import Refusal
from ordholden.registers.holds import (
    HoldRecord,
    Scope,
    all_holds,
    cover,
    due_for_review,
    forget,
    place,
    release,
    review,
    standing,
)
from ordholden.store import Store
from tests.stores import folder_of, opened

GUESTS = TableName("crm", "guests")
NUMBER, TEXT = Card(GUESTS, 7), Card(GUESTS, "7")
CASE = MatterKey(TableName("crm", "bookings"), "booking", 12)
KNOWN_BY = (("email", "søren@post.example"), ("phone", "+45 00 00 00 00"))
MONDAY, TUESDAY = date(2026, 8, 31), date(2026, 9, 1)


def placed(store: Store, **more: object) -> HoldRecord:
    given = {"cards": [NUMBER], "reason": "a dispute", "actor": "anna", "on": MONDAY} | more
    return place(store, **given)  # type: ignore[arg-type]


def refused(problem: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [found.code for found in problem.value.problems]


def test_a_hold_on_people_is_read_as_it_was_placed(store: Store) -> None:
    record = place(
        store,
        cards=[NUMBER, TEXT, NUMBER],
        identifiers=KNOWN_BY,
        reason=" the accident in May ",
        actor="anna",
        on=MONDAY,
        restriction=True,
    )

    assert record == HoldRecord(
        id="H-1",
        scope=Scope.PERSON,
        reason="the accident in May",
        placed_by="anna",
        placed_on=MONDAY,
        review_on=date(2027, 2, 28),
        cards=frozenset({NUMBER, TEXT}),
        identifiers=KNOWN_BY,
        restriction=True,
    )
    assert all_holds(store) == (record,)


def test_a_hold_may_be_on_matters_or_on_an_activity(store: Store) -> None:
    on_matter = place(store, matters=[CASE], reason="x", actor="anna", on=MONDAY, review_on=TUESDAY)
    on_activity = place(store, activity="bookkeeping", reason="y", actor="anna", on=MONDAY)

    assert (on_matter.scope, on_matter.matters, on_matter.cards) == (Scope.MATTER, {CASE}, frozenset())
    assert (on_activity.scope, on_activity.activity) == (Scope.ACTIVITY, "bookkeeping")
    assert standing(store, MONDAY) == (on_matter, on_activity)


def test_somebody_in_no_system_yet_is_held_by_what_they_are_known_by(store: Store) -> None:
    record = placed(store, cards=(), identifiers=KNOWN_BY)

    found = cover(store, record.id, [NUMBER], actor="night")
    again = cover(store, record.id, [NUMBER, TEXT], actor="night")

    assert record.identifiers == KNOWN_BY
    assert found.cards == {NUMBER}
    assert again.cards == {NUMBER, TEXT}


def test_a_hold_stands_until_the_day_of_its_release(store: Store) -> None:
    record = placed(store)

    released = release(store, record.id, on=TUESDAY, actor="bo", reason="settled")

    assert (released.released_on, released.released_by, released.release_reason) == (TUESDAY, "bo", "settled")
    assert standing(store, date(2026, 8, 30)) == ()
    assert standing(store, MONDAY) == (released,)
    assert standing(store, TUESDAY) == ()
    assert [released.stands(day) for day in (date(2026, 8, 30), MONDAY, TUESDAY)] == [False, True, False]
    assert all_holds(store) == (released,)


def test_a_review_is_due_on_its_day_and_moves_on_when_it_is_done(store: Store) -> None:
    record = placed(store, review_on=TUESDAY)
    released = placed(store, review_on=TUESDAY)
    release(store, released.id, on=TUESDAY, actor="anna", reason="settled")

    assert due_for_review(store, MONDAY) == ()
    assert due_for_review(store, TUESDAY) == (record,)
    reviewed = review(store, record.id, on=TUESDAY, actor="anna")

    assert reviewed.review_on == date(2027, 3, 1)
    assert due_for_review(store, TUESDAY) == ()


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"reason": "  "}, ["hold-reason"]),
        ({"cards": ()}, ["hold-scope"]),
        ({"matters": [CASE]}, ["hold-scope"]),
        ({"review_on": MONDAY}, ["hold-review"]),
        ({"reason": "", "cards": (), "review_on": MONDAY}, ["hold-reason", "hold-scope", "hold-review"]),
    ],
)
def test_a_hold_without_a_reason_a_scope_or_a_review_is_refused(
    store: Store, given: dict[str, object], codes: list[str]
) -> None:
    with pytest.raises(Refusal) as problem:
        placed(store, **given)

    assert refused(problem) == codes
    assert all_holds(store) == ()
    assert list(audit.entries(store)) == []


def test_a_hold_is_released_once_and_with_a_reason(store: Store) -> None:
    record = placed(store)
    codes = []
    for hold, day, reason in (
        (record.id, TUESDAY, " "),
        ("H-99", TUESDAY, "settled"),
        ("nonsense", TUESDAY, "settled"),
        (record.id, date(2026, 8, 30), "settled"),
    ):
        with pytest.raises(Refusal) as problem:
            release(store, hold, on=day, actor="bo", reason=reason)
        codes += refused(problem)
    release(store, "h-1", on=TUESDAY, actor="bo", reason="settled")
    with pytest.raises(Refusal) as problem:
        release(store, record.id, on=TUESDAY, actor="bo", reason="again")

    assert [*codes, *refused(problem)] == [
        "hold-reason",
        "hold-unknown",
        "hold-unknown",
        "hold-release",
        "hold-released",
    ]


def test_a_released_hold_is_not_widened_or_reviewed(store: Store) -> None:
    record = placed(store)
    release(store, record.id, on=TUESDAY, actor="bo", reason="settled")

    with pytest.raises(Refusal) as widened:
        cover(store, record.id, [TEXT], actor="bo")
    with pytest.raises(Refusal) as reviewed:
        review(store, record.id, on=TUESDAY, actor="bo")
    assert refused(widened) == refused(reviewed) == ["hold-released"]


def test_what_people_are_known_by_is_not_readable_in_the_database(store: Store) -> None:
    record = placed(store, identifiers=KNOWN_BY)

    with connections[store.alias].cursor() as cursor:
        cursor.execute("SELECT identifiers FROM registers_hold")
        sealed = bytes(cursor.fetchone()[0])
    assert b"post.example" not in sealed
    assert b"post.example" in store.unseal(sealed)
    assert "post.example" not in repr(record)


def test_what_people_are_known_by_goes_after_the_release(store: Store) -> None:
    standing_still = placed(store, identifiers=KNOWN_BY)
    over = placed(store, identifiers=KNOWN_BY)
    release(store, over.id, on=TUESDAY, actor="bo", reason="settled")

    assert forget(store, on=MONDAY, actor="night") == 0
    assert forget(store, on=TUESDAY, actor="night") == 1
    assert forget(store, on=TUESDAY, actor="night") == 0
    assert {hold.id: hold.identifiers for hold in all_holds(store)} == {
        standing_still.id: KNOWN_BY,
        over.id: (),
    }


def test_every_change_is_recorded_without_a_word_about_the_person(store: Store) -> None:
    record = placed(store, identifiers=KNOWN_BY, reason="Søren fell")
    cover(store, record.id, [NUMBER, TEXT], actor="bo")
    review(store, record.id, on=TUESDAY, actor="bo")
    release(store, record.id, on=TUESDAY, actor="cleo", reason="Søren got well")
    forget(store, on=TUESDAY, actor="night")

    entries = list(audit.entries(store))
    assert [(entry.actor, entry.action, entry.subject) for entry in entries] == [
        ("anna", "hold:placed", "H-1"),
        ("bo", "hold:covered", "H-1"),
        ("bo", "hold:reviewed", "H-1"),
        ("cleo", "hold:released", "H-1"),
        ("night", "hold:forgotten", ""),
    ]
    assert entries[0].facts == {
        "scope": "person",
        "cards": 1,
        "matters": 0,
        "on": "2026-08-31",
        "review on": "2027-02-28",
        "restriction": False,
    }
    assert entries[1].facts == {"cards": 1}
    assert "ren" not in str([entry.facts for entry in entries]).replace("restriction", "")


def test_a_hold_that_is_taken_back_leaves_no_trace(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            placed(store)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert all_holds(store) == ()
    assert audit.head(store).number == 0


def test_many_cards_are_one_hold(store: Store) -> None:
    cards = {Card(GUESTS, number) for number in range(5000)}

    record = placed(store, cards=cards)

    assert record.cards == cards


def test_an_organisation_does_not_see_the_holds_of_another(tmp_path: Path, postgresql_url: str) -> None:
    with (
        opened(folder_of(tmp_path, "nordlys"), postgresql_url) as one,
        opened(folder_of(tmp_path, "sydvind"), postgresql_url) as other,
    ):
        record = placed(one)

        assert all_holds(other) == ()
        with pytest.raises(Refusal) as problem:
            release(other, record.id, on=TUESDAY, actor="bo", reason="not theirs")
        assert refused(problem) == ["hold-unknown"]

"""A person's data from elsewhere stays until somebody says that they have it; a download that breaks off loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ordholden import audit
from ordholden.problems import Refusal
from ordholden.registers.arrivals import ArrivalRecord, arrivals, confirm, fetch, forget, keep, numbers
from ordholden.store import Store


def arrived(store: Store, nonce: str = "n1") -> ArrivalRecord:
    return keep(store, nonce=nonce, sender="Nordlys", reference="2026-000001", known="", content=b"PK")


def said(store: Store) -> list[str]:
    return [entry.action for entry in audit.entries(store)]


def test_what_arrived_is_fetched_as_often_as_it_takes(store: Store) -> None:
    one = arrived(store)
    contents = [fetch(store, one.id, actor=who)[1] for who in ("anna", "bo")]

    assert contents == [b"PK", b"PK"]
    [waiting] = arrivals(store)
    assert (waiting.waits, waiting.fetched_by) == (True, "bo")
    assert said(store) == ["transfer:arrived", "transfer:fetched", "transfer:fetched"]


def test_it_goes_when_somebody_says_that_they_have_it(store: Store) -> None:
    one = arrived(store)
    with pytest.raises(Refusal, match="arrival-unfetched"):
        confirm(store, one.id, actor="anna")
    fetch(store, one.id, actor="anna")
    confirm(store, one.id, actor="anna")

    assert said(store)[-1] == "transfer:taken"
    assert not arrivals(store)[0].waits
    for verb in (fetch, confirm):
        with pytest.raises(Refusal, match="arrival-unknown"):
            verb(store, one.id, actor="anna")


def test_what_nobody_wants_is_forgotten_and_its_number_is_not(store: Store) -> None:
    one = arrived(store)
    fetch(store, one.id, actor="anna")

    assert forget(store, before=one.at) == 0
    assert forget(store, before=one.at + timedelta(seconds=1)) == 1
    assert numbers(store) == {"n1"}
    with pytest.raises(Refusal, match="arrival-unknown"):
        fetch(store, one.id, actor="anna")
    with pytest.raises(Refusal, match="transfer-twice"):
        arrived(store)


@pytest.mark.parametrize("number", ["A-7", "A-", "x", ""])
def test_what_is_not_there_is_said(store: Store, number: str) -> None:
    with pytest.raises(Refusal, match="arrival-unknown"):
        fetch(store, number, actor="anna")

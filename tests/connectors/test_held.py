"""What has been read of a column: once for all who ask at the same time, and behind those who must not be kept waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ordholden.connectors.sql import held
from ordholden.connectors.sql.held import Kept, Read, columns_of
from ordholden.inventory.system import TableName


def reading(of: str, slow: float = 0.0) -> Callable[[], Read]:
    def read() -> Read:
        time.sleep(slow)
        found = Read()
        found.add([(of, (1,))])
        found.finish()
        return found

    return read


def test_many_who_ask_in_one_moment_read_once() -> None:
    kept, times = Kept(), list[int]()
    read = reading("anna", slow=0.05)

    def counted() -> Read:
        times.append(1)
        return read()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: kept.now(counted, ahead=False), range(4)))

    assert len(times) == 1
    assert all(one is not None and one.keys(["anna"]) == [(1,)] for one in found)


def test_what_is_not_fresh_is_used_by_pages_while_it_is_read_anew(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    kept = Kept()
    old = kept.now(reading("anna"), ahead=True)
    monkeypatch.setattr(held, "AHEAD_SECONDS", 0.0)
    monkeypatch.setattr(held, "AHEAD_TIMES", 0)
    again = threading.Event()

    def read() -> Read:
        found = reading("bo")()
        again.set()
        return found

    assert kept.now(read, ahead=True) is old
    assert again.wait(5)
    monkeypatch.setattr(held, "AHEAD_SECONDS", 300.0)
    # The reading thread puts down what it read a moment after it has it.
    until = time.monotonic() + 5
    while (new := kept.now(read, ahead=True)) is old and time.monotonic() < until:
        time.sleep(0.01)
    assert new is not None
    assert new.keys(["bo"]) == [(1,)]


def test_whoever_plans_waits_for_what_is_fresh(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    kept = Kept()
    old = kept.now(reading("anna"), ahead=False)
    monkeypatch.setattr(held, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(held, "FRESH_TIMES", 0)

    new = kept.now(reading("bo"), ahead=False)
    assert new is not old
    assert new is not None
    assert new.keys(["anna"]) == []


def test_who_has_the_same_database_open_shares_it_and_the_last_takes_it_along() -> None:
    one, other = columns_of("here"), columns_of("here")
    name = TableName("s", "people")
    one[name, "email", "email"].scans = 9

    assert one is other
    assert columns_of("there") is not one
    del one, other
    assert columns_of("here")[name, "email", "email"].scans == 0

"""Duties are leased: one has it, whoever dies loses it, and failures are seen until they end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from ordholden.store import Store
from ordholden.worker import roster
from ordholden.worker.duty import Duty, nightly, seconds
from ordholden.worker.pauses import PAUSES, pause
from tests.stores import Clock

DUTY = Duty("tick", seconds(3600), lambda _: {})


def clock(store: Store) -> Clock:
    assert isinstance(store.now, Clock)
    return store.now


def later(store: Store, time: timedelta) -> None:
    clock(store)._now += time


def test_a_duty_is_one_workers(store: Store) -> None:
    roster.enlist(store, [DUTY])

    assert roster.due(store, [DUTY]) == (DUTY,)
    assert roster.take(store, DUTY, worker="one")
    assert not roster.take(store, DUTY, worker="other")
    assert roster.due(store, [DUTY]) == ()


def test_of_many_who_take_at_once_one_has_it(store: Store) -> None:
    roster.enlist(store, [DUTY])
    took: list[str] = []
    together = threading.Barrier(8)

    def take(name: str) -> None:
        together.wait()
        if roster.take(store, DUTY, worker=name):
            took.append(name)

    _all_at_once(take, 8)

    assert len(took) == 1


def test_what_a_dead_worker_had_comes_free_after_a_minute(store: Store) -> None:
    roster.enlist(store, [DUTY])
    roster.take(store, DUTY, worker="dead")

    later(store, roster.LEASE / 2)
    assert not roster.take(store, DUTY, worker="next")
    later(store, roster.LEASE)
    assert roster.take(store, DUTY, worker="next")


def test_a_heartbeat_keeps_a_long_duty(store: Store) -> None:
    roster.enlist(store, [DUTY])
    roster.take(store, DUTY, worker="slow")

    for _ in range(4):
        later(store, roster.LEASE / 2)
        assert roster.renew(store, worker="slow") == 1
    assert not roster.take(store, DUTY, worker="next")


def test_who_was_thought_dead_settles_nothing(store: Store) -> None:
    roster.enlist(store, [DUTY])
    roster.take(store, DUTY, worker="slow")
    later(store, roster.LEASE * 2)
    roster.take(store, DUTY, worker="next")

    assert not roster.settle(store, DUTY, worker="slow", came={"n": 1})
    assert roster.failed(store, DUTY, worker="slow", reason="late") is None
    assert roster.settle(store, DUTY, worker="next", came={"n": 2})
    assert roster.states(store)[0].came == {"n": 2}


def test_failures_are_seen_with_reason_and_beginning_until_it_works(store: Store) -> None:
    roster.enlist(store, [DUTY])
    began = None
    for number in range(1, 4):
        roster.take(store, DUTY, worker="one")
        state = roster.failed(store, DUTY, worker="one", reason="The system does not answer.")
        assert state is not None
        assert state.failures == number
        began = began or state.failing_since
        assert state.failing_since == began
        later(store, state.next_at - clock(store)._now)

    roster.take(store, DUTY, worker="one")
    roster.settle(store, DUTY, worker="one", came={})
    (state,) = roster.states(store)
    assert (state.failures, state.failing_since, state.reason) == (0, None, "")


def test_a_duty_that_was_given_back_is_due_at_once(store: Store) -> None:
    roster.enlist(store, [DUTY])
    roster.take(store, DUTY, worker="one")
    roster.give_back(store, DUTY, worker="one")

    assert roster.take(store, DUTY, worker="other")


def test_a_restart_changes_no_duty(store: Store) -> None:
    roster.enlist(store, [DUTY])
    roster.take(store, DUTY, worker="one")
    roster.settle(store, DUTY, worker="one", came={})
    before = roster.states(store)

    roster.enlist(store, [DUTY])

    assert roster.states(store) == before


def test_a_nights_duty_waits_for_the_night(store: Store) -> None:
    duty = replace(DUTY, name="sweep", next_after=nightly, at_once=False)
    roster.enlist(store, [duty])

    assert roster.due(store, [duty]) == ()
    later(store, timedelta(days=1))
    assert roster.due(store, [duty]) == (duty,)


def test_pauses_grow_to_a_day_and_never_end() -> None:
    waited = [pause(n) for n in range(1, 30)]

    assert waited == sorted(waited)
    assert waited[0] == timedelta(minutes=1)
    assert set(waited[len(PAUSES) - 1 :]) == {timedelta(days=1)}
    assert pause(9, at_most=timedelta(hours=1)) == timedelta(hours=1)


def test_a_week_of_silence_is_a_handful_of_tries() -> None:
    waited, tries = timedelta(0), 0
    while waited < timedelta(days=7):
        tries += 1
        waited += pause(tries)

    assert tries <= 13


def _all_at_once(do: Callable[[str], None], number: int) -> None:
    threads = [threading.Thread(target=do, args=(str(n),)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

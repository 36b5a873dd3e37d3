"""A promise that a person keeps: done so lately that its cadence has not run out."""

from __future__ import annotations

from datetime import date, timedelta

from ordholden.grounds.calendar import add
from ordholden.policy.document import Duty
from ordholden.policy.rule import Duration, Unit
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

__all__ = ["duty_proof"]

NOTICE = timedelta(days=30)


def duty_proof(duty: Duty, look: Look) -> Proof:
    done = _day(duty.done)
    if done is None or done > look.on:
        evidence = Evidence.of("duty-never", owner=duty.owner, months=duty.months)
        return Proof(State.DUE, (evidence, *_document(duty, look)), next=look.on, owner=duty.owner)
    again = add(done, Duration(duty.months, Unit.MONTH))
    evidence = Evidence.of("duty-done", owner=duty.owner, done=done, again=again)
    state = State.BROKEN if again < look.on else State.DUE if again - NOTICE <= look.on else State.KEPT
    since = again + timedelta(days=1) if state is State.BROKEN else None
    return Proof(state, (evidence, *_document(duty, look)), since=since, next=again, owner=duty.owner)


def _document(duty: Duty, look: Look) -> tuple[Evidence, ...]:
    if not duty.evidence:
        return ()
    return (
        Evidence.of("document" if look.has(duty.evidence) else "document-missing", document=duty.evidence),
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None

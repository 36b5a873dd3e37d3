"""How the cases stand, as numbers: what promises about requests are judged by. Only columns are looked at, no seal is broken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from ordholden.cases.case import (
    Outcome,
    RepresentationState,
    State,
    TaskKind,
    TaskState,
)
from ordholden.cases.handover import MAIL_AFTER
from ordholden.cases.rows import cases_of, tasks_of
from ordholden.store import Store

__all__ = [
    "Answering",
    "Forwarded",
    "Letters",
    "Mandates",
    "Refusals",
    "answering",
    "delegated",
    "forwarded",
    "mandates",
    "refusals",
    "signed_letters",
]

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Answering:
    """Of the last twelve months and now. `promised` counts what the organisation's own shorter limit has passed by."""

    cases: int
    open: int
    late: int
    promised_late: int
    closed: int
    closed_late: int
    longest: int
    by_channel: dict[str, int]
    first_late: date | None
    next_due: date | None


def answering(store: Store, on: date, *, right: str = "") -> Answering:
    from django.db.models import Count, F, Max, Min, Q

    ours = cases_of(store).filter(received_on__lte=on)
    if right:
        ours = ours.filter(right=right)
    recent = ours.filter(Q(open=True) | Q(closed_on__gt=on - _YEAR))
    running = Q(open=True, paused_since=None)
    answered = Q(open=False) & ~Q(outcome=Outcome.WITHDRAWN.value)
    found = recent.aggregate(
        cases_=Count("id"),
        open_=Count("id", filter=Q(open=True)),
        late_=Count("id", filter=running & Q(legal__lt=on)),
        promised_late_=Count("id", filter=running & Q(due__lt=on)),
        closed_=Count("id", filter=answered),
        closed_late_=Count("id", filter=answered & Q(closed_on__gt=F("due"))),
        longest_=Max("answer_days", filter=answered),
        first_late_=Min("due", filter=running & Q(due__lt=on)),
        next_due_=Min("due", filter=running & Q(due__gte=on)),
    )
    # A sum may not be called like a column that another one asks about.
    named = {name.removesuffix("_"): value for name, value in found.items()}
    channels = dict(recent.values_list("channel").annotate(n=Count("id")).order_by("channel"))
    return Answering(**{**named, "longest": named["longest"] or 0}, by_channel=channels)


@dataclass(frozen=True)
class Refusals:
    """`alone`: nobody else agreed to it. `groundless`: it stands on nothing in the list."""

    cases: int
    refused: int
    alone: int
    groundless: int
    fees: int
    fees_alone: int


def refusals(store: Store, on: date, grounds: Collection[str]) -> Refusals:
    """Every no and every fee there still is a record of."""
    ours = cases_of(store).filter(received_on__lte=on)
    said_no = ours.filter(ground__gt="", outcome__in=(Outcome.REFUSED.value, Outcome.NOT_IDENTIFIED.value))
    no_ground = ours.filter(outcome=Outcome.NOT_IDENTIFIED.value, ground="")
    groundless = said_no.exclude(ground__in=list(grounds)).count() + no_ground.count()
    charged = _cases_with(store, "request:fee:charged")
    agreed = _cases_with(store, "request:fee:approved")
    return Refusals(
        cases=ours.count(),
        refused=ours.filter(
            outcome__in=(Outcome.REFUSED.value, Outcome.NOT_IDENTIFIED.value), open=False
        ).count(),
        alone=said_no.filter(open=False).exclude(decided_by__contains=", ").count(),
        groundless=groundless,
        fees=len(agreed | charged),
        fees_alone=len(charged - agreed),
    )


@dataclass(frozen=True)
class Forwarded:
    """What was passed on to a controller or to processors. `silent`: asked, and past the day to remind them."""

    cases: int
    sent: int
    received: int
    answered: int
    reminded: int
    unsent: int
    silent: int
    first_silent: date | None


def forwarded(store: Store, on: date) -> Forwarded:
    """A partner that is silent is late; whoever was reminded is not forgotten. What they could not be given is unsent."""
    from django.db.models import Q

    asked = tasks_of(store).filter(kind=TaskKind.AWAIT_ANSWER.value)
    rows = list(asked.values_list("case_id", "state", "due", "steps"))
    waiting = [(due, steps) for _, state, due, steps in rows if state == TaskState.WAITING.value]
    silent = [due for due, _ in waiting if due is not None and due < on]
    handing = tasks_of(store).filter(kind=TaskKind.HAND_OVER.value)
    in_vain = Q(state=TaskState.WAITING.value, attempts__gte=MAIL_AFTER)
    unsent = handing.filter(Q(state=TaskState.FAILED.value) | in_vain)
    return Forwarded(
        cases=len({case for case, *_ in rows}),
        sent=len(rows),
        received=sum("received" in steps or "answered" in steps for *_, steps in rows),
        answered=sum("answered" in steps for *_, steps in rows),
        reminded=sum(int(steps.get("reminded", "0")) for *_, steps in rows),
        unsent=unsent.count(),
        silent=len(silent),
        first_silent=min(silent, default=None),
    )


@dataclass(frozen=True)
class Mandates:
    """Cases in which somebody acts for another; `unchecked` went on though nobody had accepted a mandate."""

    cases: int
    accepted: int
    waiting: int
    unchecked: int


_BEFORE = (State.RECEIVED.value, State.IDENTIFYING.value)


def mandates(store: Store) -> Mandates:
    theirs = cases_of(store).exclude(representation=RepresentationState.NONE.value)
    open_ones = (
        RepresentationState.ASKED.value,
        RepresentationState.RECEIVED.value,
        RepresentationState.REJECTED.value,
    )
    missing = theirs.filter(representation__in=open_ones)
    went_on = missing.exclude(state__in=_BEFORE).exclude(
        outcome__in=(Outcome.WITHDRAWN.value, Outcome.NOT_IDENTIFIED.value, Outcome.REFUSED.value)
    )
    return Mandates(
        cases=theirs.count(),
        accepted=theirs.filter(representation=RepresentationState.ACCEPTED.value).count(),
        waiting=missing.filter(state__in=_BEFORE, open=True).count(),
        unchecked=went_on.exclude(state=State.APPROVING.value).exclude(state=State.HANDED_OVER.value).count(),
    )


@dataclass(frozen=True)
class Letters:
    """Cases of rights for which the policy asks for a signed letter. `without` went on with neither letter nor reason."""

    cases: int
    signed: int
    waived: int
    waiting: int
    without: int


def signed_letters(store: Store, rights: Collection[str]) -> Letters:
    ours = cases_of(store).filter(right__in=list(rights))
    signed = _cases_with(store, "request:letter:received", signed="yes")
    waived = _cases_with(store, "request:letter:waived")
    at_once = _cases_with(store, "request:letter:arrived")
    rows = list(ours.values_list("pk", "state", "outcome"))
    shown = signed | waived | at_once
    passed_by = (
        Outcome.WITHDRAWN.value,
        Outcome.NOT_IDENTIFIED.value,
        Outcome.REFUSED.value,
        Outcome.HANDED_OVER.value,
    )
    open_still = [pk for pk, state, _ in rows if pk not in shown and state in _BEFORE]
    without = [
        pk
        for pk, state, outcome in rows
        if pk not in shown and state not in (*_BEFORE, State.APPROVING.value) and outcome not in passed_by
    ]
    numbers = {pk for pk, *_ in rows}
    return Letters(
        cases=len(rows),
        signed=len((signed | at_once) & numbers),
        waived=len(waived & numbers),
        waiting=len(open_still),
        without=len(without),
    )


def _cases_with(store: Store, what: str, **facts: str) -> frozenset[int]:
    """The cases whose timeline has such a line."""
    from ordholden.cases.models import EntryRow

    ours = EntryRow.objects.using(store.alias).filter(organisation=store.organisation, what=what)
    if facts:
        ours = ours.filter(**{f"facts__{name}": value for name, value in facts.items()})
    return frozenset(ours.values_list("case_id", flat=True))


def delegated(store: Store) -> tuple[tuple[int, int], ...]:
    """Who of the tree outside asked for whom, by their numbers in it."""
    theirs = cases_of(store).exclude(asked_by=0)
    return tuple(theirs.values_list("asked_by", "asked_for"))

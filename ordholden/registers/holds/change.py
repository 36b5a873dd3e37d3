"""Places, reviews, widens and releases holds. Each change and its audit entry are one transaction.

The audit entry says how much is held, never who, and not the reason: in its words there may be a person.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.grounds.calendar import add
from ordholden.grounds.wishes import Card, MatterKey
from ordholden.policy.rule import Duration, Unit
from ordholden.problems import Problems, Refusal
from ordholden.registers.holds.hold import HoldRecord, Scope
from ordholden.registers.holds.stand import holds_of, recorded
from ordholden.store import Store, key_to_text

if TYPE_CHECKING:
    from ordholden.registers.holds.models import Hold

__all__ = ["REVIEWED_AFTER", "cover", "forget", "place", "release", "review"]

REVIEWED_AFTER = Duration(6, Unit.MONTH)


def place(
    store: Store,
    *,
    reason: str,
    actor: str,
    on: date,
    cards: Collection[Card] = (),
    identifiers: Collection[tuple[str, str]] = (),
    matters: Collection[MatterKey] = (),
    activity: str = "",
    review_on: date | None = None,
    restriction: bool = False,
) -> HoldRecord:
    """A hold on people (by their cards, what they are known by, or both), on matters, or on an activity.

    Only a restriction may be on people and an activity: these people's data, for this purpose.
    """
    review_on = review_on or add(on, REVIEWED_AFTER)
    scopes = [
        scope
        for scope, given in (
            (Scope.PERSON, cards or identifiers),
            (Scope.MATTER, matters),
            (Scope.ACTIVITY, activity and not (restriction and (cards or identifiers))),
        )
        if given
    ]
    _must_be_sound(reason, scopes, on, review_on)
    with store.transaction():
        row = holds_of(store).create(
            organisation=store.organisation,
            scope=scopes[0],
            activity=activity,
            reason=reason.strip(),
            restriction=restriction,
            identifiers=_sealed(store, identifiers),
            placed_by=actor,
            placed_on=on,
            review_on=review_on,
        )
        _aim(store, row, cards, matters)
        facts = {
            "scope": scopes[0],
            "cards": len(set(cards)),
            "matters": len(set(matters)),
            "on": on,
            "review on": review_on,
            "restriction": restriction,
        }
        return _written(store, row, actor, "hold:placed", facts)


def cover(store: Store, hold: str, cards: Collection[Card], *, actor: str) -> HoldRecord:
    """Also these cards, which were found later. Those that it covers already are no harm."""
    with store.transaction():
        row = _unreleased(store, hold)
        added = _aim(store, row, cards, ())
        return _written(store, row, actor, "hold:covered", {"cards": added})


def review(store: Store, hold: str, *, on: date, actor: str, review_on: date | None = None) -> HoldRecord:
    """Somebody looked at it again, and it is still needed, until the next review."""
    review_on = review_on or add(on, REVIEWED_AFTER)
    if review_on <= on:
        raise Refusal.of("hold-review", on=on, review=review_on)
    with store.transaction():
        row = _unreleased(store, hold)
        row.review_on = review_on
        row.save(using=store.alias)
        return _written(store, row, actor, "hold:reviewed", {"on": on, "review on": review_on})


def release(
    store: Store, hold: str, *, on: date, actor: str, reason: str, told_on: date | None = None
) -> HoldRecord:
    """It holds no longer, from that day. A restriction of people is lifted only after they were told (GDPR art. 18(3))."""
    if not reason.strip():
        raise Refusal.of("hold-reason")
    with store.transaction():
        row = _unreleased(store, hold)
        if on < row.placed_on:
            raise Refusal.of("hold-release", hold=hold, on=on, placed=row.placed_on)
        if row.restriction and row.scope == Scope.PERSON and (told_on is None or told_on > on):
            raise Refusal.of("restriction-untold", hold=hold)
        row.told_on = told_on
        row.released_on, row.released_by, row.release_reason = on, actor, reason.strip()
        row.save(using=store.alias)
        return _written(store, row, actor, "hold:released", {"on": on})


def forget(store: Store, *, on: date, actor: str) -> int:
    """What people are known by goes from the holds that no longer stand. How many holds that were."""
    with store.transaction():
        known = holds_of(store).filter(released_on__lte=on).exclude(identifiers=b"")
        number = known.update(identifiers=b"")
        if number:
            audit.record(store, actor=actor, action="hold:forgotten", subject="", facts={"holds": number})
        return number


def _must_be_sound(reason: str, scopes: list[Scope], on: date, review_on: date) -> None:
    problems = Problems()
    if not reason.strip():
        problems.error("hold-reason", None)
    if len(scopes) != 1:
        problems.error("hold-scope", None, given=", ".join(scopes))
    if review_on <= on:
        problems.error("hold-review", None, on=on, review=review_on)
    if problems.broken:
        raise Refusal(*problems.all)


def _unreleased(store: Store, hold: str) -> Hold:
    number = hold.strip().upper().removeprefix("H-")
    row = holds_of(store).select_for_update().filter(pk=number).first() if number.isdecimal() else None
    if row is None:
        raise Refusal.of("hold-unknown", hold=hold)
    if row.released_on is not None:
        raise Refusal.of("hold-released", hold=hold, on=row.released_on)
    return row


def _aim(store: Store, row: Hold, cards: Iterable[Card], matters: Iterable[MatterKey]) -> int:
    """Writes down what the hold is on; how much of that is new."""
    from ordholden.registers.holds.models import HoldTarget

    ours = HoldTarget.objects.using(store.alias)
    known = set(ours.filter(hold=row).values_list("system", "table", "name", "key"))
    wanted = {(c.table.system, c.table.table, "", key_to_text(c.key)) for c in cards}
    wanted |= {(m.table.system, m.table.table, m.name, key_to_text(m.key)) for m in matters}
    new = sorted(wanted - known)
    ours.bulk_create(
        HoldTarget(organisation=store.organisation, hold=row, system=system, table=table, name=name, key=key)
        for system, table, name, key in new
    )
    return len(new)


def _sealed(store: Store, identifiers: Collection[tuple[str, str]]) -> bytes:
    return store.seal(json.dumps(sorted(set(identifiers))).encode()) if identifiers else b""


def _written(store: Store, row: Hold, actor: str, action: str, facts: audit.Facts) -> HoldRecord:
    [record] = recorded(store, holds_of(store).filter(pk=row.pk))
    audit.record(store, actor=actor, action=action, subject=record.id, facts=facts)
    return record

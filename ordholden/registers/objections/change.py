"""Raises, settles and takes back objections. Each change and its audit entry are one transaction.

The audit entry says to what, never who, and not the reason: it is about somebody's particular situation.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.grounds.wishes import Card
from ordholden.problems import Refusal
from ordholden.registers.objections.objection import ObjectionRecord, Standing
from ordholden.registers.objections.stand import objections_of, recorded
from ordholden.store import Store, key_to_text

if TYPE_CHECKING:
    from ordholden.registers.objections.models import Objection

__all__ = ["raise_objection", "settle", "take_back"]


def raise_objection(
    store: Store,
    activity: str,
    cards: Collection[Card],
    *,
    absolute: bool,
    on: date,
    actor: str,
    words: str = "",
) -> ObjectionRecord:
    """Somebody objects. One that stands already for any of these cards is the same objection, raised again."""
    from ordholden.registers.objections.models import Objection, ObjectionCard

    if not cards:
        raise Refusal.of("objection-nobody", activity=activity)
    with store.transaction():
        row = _standing_for(store, activity, cards)
        new = row is None
        if row is None:
            row = Objection.objects.using(store.alias).create(
                organisation=store.organisation,
                activity=activity,
                standing=(Standing.UPHELD if absolute else Standing.PENDING).value,
                absolute=absolute,
                words=store.seal(words.encode()) if words else b"",
                raised_by=actor,
                raised_on=on,
                settled_on=on if absolute else None,
            )
        ObjectionCard.objects.using(store.alias).bulk_create(
            [
                ObjectionCard(
                    organisation=store.organisation,
                    objection=row,
                    system=card.table.system,
                    table=card.table.table,
                    key=key_to_text(card.key),
                )
                for card in sorted(set(cards), key=repr)
            ],
            ignore_conflicts=True,
        )
        if not new and not (absolute and row.standing == Standing.PENDING):
            return _record(store, row)
        if not new:
            # It rested while nobody knew who they are; now it is known.
            row.absolute, row.standing, row.settled_on = True, Standing.UPHELD.value, on
            row.save(using=store.alias)
        facts = {"activity": activity, "cards": len(set(cards)), "on": on, "marketing": absolute}
        return _written(store, row, actor, "objection:raised", facts)


def settle(
    store: Store, objection: str, *, upheld: bool, reason: str, on: date, actor: str
) -> ObjectionRecord:
    """Somebody weighed the interests. To say no takes a reason, which is what the person is told (GDPR art. 21(1))."""
    with store.transaction():
        row = _unsettled(store, objection, upheld=upheld)
        wanted = Standing.UPHELD if upheld else Standing.REJECTED
        if row.standing == wanted:
            return _record(store, row)
        if not upheld and not reason.strip():
            raise Refusal.of("objection-reason", objection=objection)
        row.standing = wanted.value
        row.settled_by, row.settled_on = actor, on
        row.reason = store.seal(reason.strip().encode()) if reason.strip() else b""
        row.save(using=store.alias)
        return _written(store, row, actor, f"objection:{wanted}", {"on": on})


def take_back(store: Store, objection: str, *, on: date, actor: str) -> ObjectionRecord:
    """The person no longer objects. Also of direct marketing: whoever said no may say yes."""
    with store.transaction():
        row = _row(store, objection)
        if row.standing in (Standing.REJECTED, Standing.TAKEN_BACK):
            return _record(store, row)
        row.standing, row.settled_by, row.settled_on = Standing.TAKEN_BACK.value, actor, on
        row.save(using=store.alias)
        return _written(store, row, actor, "objection:taken-back", {"on": on})


def _standing_for(store: Store, activity: str, cards: Collection[Card]) -> Objection | None:
    """The objection to the activity that one of these cards has already raised, and that still has an effect."""
    from ordholden.registers.objections.models import ObjectionCard

    wanted = {(c.table.system, c.table.table, key_to_text(c.key)) for c in cards}
    rows = objections_of(store).select_for_update().filter(activity=activity)
    alive = {r.pk: r for r in rows.filter(standing__in=(Standing.PENDING.value, Standing.UPHELD.value))}
    keys = [key for _, _, key in wanted]
    theirs = ObjectionCard.objects.using(store.alias).filter(objection__in=list(alive), key__in=keys)
    same = [c.objection_id for c in theirs if (c.system, c.table, c.key) in wanted]
    return alive[min(same)] if same else None


def _row(store: Store, objection: str) -> Objection:
    number = objection.strip().upper().removeprefix("O-")
    row = objections_of(store).select_for_update().filter(pk=number).first() if number.isdecimal() else None
    if row is None:
        raise Refusal.of("objection-unknown", objection=objection)
    return row


def _unsettled(store: Store, objection: str, *, upheld: bool) -> Objection:
    """One that waits for a decision, or on which this very decision was taken."""
    row = _row(store, objection)
    if row.absolute and not upheld:
        raise Refusal.of("objection-marketing", objection=objection)
    same = Standing.UPHELD if upheld else Standing.REJECTED
    if row.standing not in (Standing.PENDING, same):
        raise Refusal.of("objection-settled", objection=objection, standing=row.standing)
    return row


def _record(store: Store, row: Objection) -> ObjectionRecord:
    [record] = recorded(store, objections_of(store).filter(pk=row.pk))
    return record


def _written(store: Store, row: Objection, actor: str, action: str, facts: audit.Facts) -> ObjectionRecord:
    record = _record(store, row)
    audit.record(store, actor=actor, action=action, subject=record.id, facts=facts)
    return record

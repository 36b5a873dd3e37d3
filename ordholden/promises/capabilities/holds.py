"""`holds`: what somebody holds is not erased (GDPR art. 17(3)(e)), and each hold is looked at again in time.

Tried in memory, on a day so far off that every period has run out: without a hold the sampled people's data
would go, with one nothing does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ordholden.connectors.predicate import KeyIn, Predicate, at_least, at_most, both
from ordholden.grounds.wishes import Card, Hold
from ordholden.inventory.system import Table
from ordholden.plans.sight import Sight
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.registers.holds import due_for_review, standing

NAME = "holds"

FAR = 150
"""Years. No period reaches so far."""


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    late = due_for_review(look.book.store, look.on)
    stand = standing(look.book.store, look.on)
    register = Evidence.of("holds-standing", holds=len(stand), restrictions=sum(h.restriction for h in stand))
    cards = tuple(dict.fromkeys(card for person in look.people for card in person))
    without, with_hold = _would_go(look, cards, held=False), _would_go(look, cards, held=True)
    tried = Evidence.of("hold-tried", people=len(look.people), without=without, held=with_hold)
    if with_hold:
        return Proof(State.BROKEN, (register, tried), next=look.on)
    if late:
        reviews = tuple(Evidence.of("hold-review-late", hold=h.id, due=h.review_on) for h in late)
        return Proof(State.DUE, (register, tried, *reviews), next=min(h.review_on for h in late))
    following = min((h.review_on for h in stand), default=None)
    return Proof(State.KEPT if without else State.NOT_PROVABLE, (register, tried), next=following)


def held_back(look: Look, cards: tuple[Card, ...]) -> int:
    """How much of these people's data would go on a far day although it is held: nothing, or something is wrong."""
    return _would_go(look, cards, held=True)


def _would_go(look: Look, cards: tuple[Card, ...], *, held: bool) -> int:
    """How many of these people's data would be gone on a far day."""
    day = date(min(look.on.year + FAR, date.max.year), 1, 1)
    holds = (*look.sight.wishes.holds, Hold("tried", frozenset(cards))) if held else ()
    sight = replace(look.at(day), wishes=replace(look.sight.wishes, holds=holds))
    return sum(
        _count(sight, table, cards, held=held) for table in look.inventory.tables if _askable(look, table)
    )


def _askable(look: Look, table: Table) -> bool:
    return bool(table.fields) and table.name.system in look.sight.readers and look.there(table.name)


def _count(sight: Sight, table: Table, cards: tuple[Card, ...], *, held: bool) -> int:
    """With a hold whatever could go; without one only what certainly would."""
    found = 0
    for group in sight.compiler.groups(table):
        path = group.fields[0].person or table.person
        keys = () if path is None else tuple(c.key for c in cards if c.table == path.target)
        if path is not None and keys:
            dead = group.cleared
            bounded: Predicate = at_most(dead) if held else at_least(dead)
            found += sight.reader(table).count(table.name, both([KeyIn(path, keys), bounded]))
    return found

"""The tree outside: operator, resellers, their customers, the customers' employees; and who may do what at each level.

A reseller is registered with a contact person, a telephone number and an address for mail. A customer is registered by the
operator or by its reseller, an employee by the customer or by the reseller on its behalf. Employees are known by local
number and full name together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from ordholden import audit
from ordholden.identifiers import normal
from ordholden.problems import Problems, Refusal
from ordholden.staff.members import dismiss
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.staff.models import PartyRow

__all__ = [
    "OPERATOR",
    "Act",
    "Level",
    "Party",
    "amend",
    "below",
    "employee",
    "end",
    "may_act",
    "must_act",
    "party",
    "places",
    "register",
    "resellers",
    "wanted",
]


class Level(StrEnum):
    """How far from the operator somebody stands."""

    OPERATOR = "operator"
    RESELLER = "reseller"
    CUSTOMER = "customer"
    EMPLOYEE = "employee"


class Act(StrEnum):
    """What one level can do to another."""

    REGISTER = "register"
    SEE = "see"
    ACT_FOR = "act for"
    END = "end"


_ABOVE = {Level.RESELLER: None, Level.CUSTOMER: Level.RESELLER, Level.EMPLOYEE: Level.CUSTOMER}
_WANTED: Mapping[Level, tuple[str, ...]] = {
    Level.RESELLER: ("name", "contact", "phone", "email"),
    Level.CUSTOMER: ("name", "contact", "email"),
    Level.EMPLOYEE: ("name", "local number"),
}


@dataclass(frozen=True)
class Party:
    """Somebody in the tree; `way` are the numbers from the reseller down to themselves."""

    id: int
    level: Level
    way: tuple[int, ...]
    details: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        return self.details["name"]


OPERATOR = Party(0, Level.OPERATOR, (), {"name": ""})
"""The organisation itself, which stands above everybody."""


def may_act(actor: Party, act: Act, on: Party) -> bool:
    """Whether the row of the table says so, and the other stands below (or is) the actor."""
    return _row_says(actor.level, act, on.level) and on.way[: len(actor.way)] == actor.way


def must_act(actor: Party, act: Act, on: Party) -> None:
    if not may_act(actor, act, on):
        raise Refusal.of("tree-may-not", actor=actor.level.value, act=act.value, level=on.level.value)


def register(
    store: Store, level: Level, details: Mapping[str, str], *, above: Party, by: Party, on: date, actor: str
) -> Party:
    """One more in the tree. Who registers must stand above them, and may by the table."""
    _must_be_whole(level, details)
    if _ABOVE.get(level) != (None if above.level is Level.OPERATOR else above.level):
        raise Refusal.of("tree-place", level=level.value, above=above.level.value)
    if not _row_says(by.level, Act.REGISTER, level) or above.way[: len(by.way)] != by.way:
        raise Refusal.of("tree-may-not", actor=by.level.value, act=Act.REGISTER.value, level=level.value)
    digest = _digest(store, level, details)
    with store.transaction():
        if _standing(store).filter(level=level, above_id=above.id or None, digest=digest).exists():
            raise Refusal.of("tree-twice", level=level.value)
        row = _rows(store).create(
            organisation=store.organisation,
            level=level,
            above_id=above.id or None,
            digest=digest,
            sealed=store.seal(json.dumps({k: v.strip() for k, v in details.items()}).encode()),
            registered_by=actor,
            since=on,
        )
        facts = {"level": level.value, "above": above.id, "by": by.level.value, "on": on}
        audit.record(store, actor=actor, action="party:registered", subject=f"T-{row.pk}", facts=facts)
    return Party(row.pk, level, (*above.way, row.pk), dict(details))


def amend(store: Store, one: Party, details: Mapping[str, str], *, by: Party, on: date, actor: str) -> Party:
    """What is written about somebody is put right by who may write it: whoever may register them, themselves included."""
    if one.id != by.id:
        must_act(by, Act.REGISTER, one)
    _must_be_whole(one.level, details)
    digest = _digest(store, one.level, details)
    with store.transaction():
        row = _standing(store).select_for_update().get(pk=one.id)
        alike = _standing(store).filter(level=one.level, above_id=row.above_id, digest=digest)
        if alike.exclude(pk=one.id).exists():
            raise Refusal.of("tree-twice", level=one.level.value)
        changed = [k for k, v in details.items() if v.strip() != one.details.get(k, "")]
        row.digest = digest
        row.sealed = store.seal(json.dumps({k: v.strip() for k, v in details.items()}).encode())
        row.save(using=store.alias)
        facts = {"level": one.level.value, "changed": ", ".join(sorted(changed)), "by": by.id, "on": on}
        audit.record(store, actor=actor, action="party:amended", subject=f"T-{one.id}", facts=facts)
    return Party(one.id, one.level, one.way, {k: v.strip() for k, v in details.items()})


def end(store: Store, one: Party, *, by: Party, on: date, actor: str) -> None:
    """They are in the tree no longer; who stands below them goes with them, and so do their accounts here."""
    must_act(by, Act.END, one)
    with store.transaction():
        gone = _with_below(store, [one.id])
        _standing(store).filter(pk__in=gone).update(until=on)
        for member in _accounts(store, gone):
            dismiss(store, member, on=on, actor=actor)
        facts = {"level": one.level.value, "with below": len(gone) - 1, "on": on}
        audit.record(store, actor=actor, action="party:ended", subject=f"T-{one.id}", facts=facts)


def party(store: Store, number: int | None) -> Party | None:
    """Somebody of the tree who is still in it."""
    row = _standing(store).select_related("above__above").filter(pk=number).first() if number else None
    return None if row is None else _party(store, row)


def resellers(store: Store) -> tuple[Party, ...]:
    rows = _standing(store).filter(level=Level.RESELLER).order_by("pk")
    return tuple(_party(store, row) for row in rows)


def below(store: Store, one: Party) -> tuple[Party, ...]:
    """Those right below."""
    rows = _standing(store).select_related("above__above").filter(above_id=one.id or None).order_by("pk")
    return tuple(_party(store, row) for row in rows)


def employee(store: Store, customer: Party, *, local_number: str, name: str) -> Party | None:
    """The employee of that local number *and* that full name; one of them alone finds nobody."""
    digest = _digest(store, Level.EMPLOYEE, {"local number": local_number, "name": name})
    row = (
        _standing(store)
        .select_related("above__above")
        .filter(level=Level.EMPLOYEE, above_id=customer.id, digest=digest)
        .first()
    )
    return None if row is None else _party(store, row)


def places(store: Store, *, standing: bool = False) -> Mapping[int, Party]:
    """Where everybody stands or stood, or stands now; who they are stays sealed."""
    rows = {row.pk: row for row in _rows(store).only("pk", "level", "above_id", "until")}
    return {
        pk: Party(pk, Level(row.level), _way(row, rows), {})
        for pk, row in rows.items()
        if row.until is None or not standing
    }


def wanted(level: Level) -> tuple[str, ...]:
    """What has to be told about somebody at that level."""
    return _WANTED.get(level, ())


def _way(row: PartyRow, rows: Mapping[int, PartyRow]) -> tuple[int, ...]:
    above = rows.get(row.above_id) if row.above_id else None
    return (*(_way(above, rows) if above is not None else ()), row.pk)


def _accounts(store: Store, parties: list[int]) -> list[str]:
    from ordholden.staff.models import MemberRow

    ours = MemberRow.objects.using(store.alias).filter(organisation=store.organisation, until=None)
    return [f"M-{pk}" for pk in ours.filter(party_id__in=parties).values_list("pk", flat=True)]


@cache
def _table() -> Mapping[Level, Mapping[Level, frozenset[Act]]]:
    written = YAML(typ="safe").load(files("ordholden.staff").joinpath("tree.yaml").read_text("utf-8"))
    return {
        Level(actor): {Level(level): frozenset(map(Act, acts)) for level, acts in row.items()}
        for actor, row in written.items()
    }


def _row_says(actor: Level, act: Act, on: Level) -> bool:
    return act in _table().get(actor, {}).get(on, frozenset())


def _must_be_whole(level: Level, details: Mapping[str, str]) -> None:
    problems = Problems()
    if level not in _WANTED:
        raise Refusal.of("tree-place", level=level.value, above="")
    for wanted in _WANTED[level]:
        if not details.get(wanted, "").strip():
            problems.error("tree-missing", None, level=level.value, wanted=wanted)
    for kind in ("email", "phone"):
        if details.get(kind, "").strip() and not normal(kind, details[kind]):
            problems.error("tree-form", None, kind=kind)
    if problems.broken:
        raise Refusal(*problems.all)


def _digest(store: Store, level: Level, details: Mapping[str, str]) -> str:
    parts = [details["name"], details.get("local number", "")]
    return store.digest(level, *(" ".join(p.split()).casefold() for p in parts), use="party")


def _rows(store: Store) -> QuerySet[PartyRow]:
    from ordholden.staff.models import PartyRow

    return PartyRow.objects.using(store.alias).filter(organisation=store.organisation)


def _standing(store: Store) -> QuerySet[PartyRow]:
    return _rows(store).filter(until=None)


def _with_below(store: Store, numbers: list[int]) -> list[int]:
    found, level = list(numbers), list(numbers)
    while level:
        level = list(_standing(store).filter(above_id__in=level).values_list("pk", flat=True))
        found += level
    return found


def _party(store: Store, row: PartyRow) -> Party:
    way: list[int] = []
    step: PartyRow | None = row
    while step is not None:
        way.insert(0, step.pk)
        step = step.above
    return Party(row.pk, Level(row.level), tuple(way), json.loads(store.unseal(bytes(row.sealed))))

"""Lets people in and out, and knows who is in. Each change and its audit entry are one transaction.

An audit entry names a member by number. The address stands sealed in the member's row, and goes with it.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.identifiers import normal
from ordholden.problems import Refusal
from ordholden.staff.member import Member
from ordholden.staff.roles import Role
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.staff.models import MemberRow

__all__ = ["accept_confidentiality", "admit", "dismiss", "member", "members"]


def member(store: Store, email: str) -> Member | None:
    """Who signs in with that address, if they are in."""
    row = _inside(store).filter(digest=_digest(store, email)).first() if email else None
    return None if row is None else _member(store, row)


def members(store: Store) -> tuple[Member, ...]:
    """Everybody who is in, in the order they came."""
    return tuple(_member(store, row) for row in _inside(store).order_by("pk"))


def admit(
    store: Store, *, email: str, name: str, role: Role, on: date, actor: str, party: int | None = None
) -> Member:
    """Somebody is let in; who is in already, in another role, changes to it and stays bound."""
    address = normal("email", email)
    if not address:
        raise Refusal.of("member-email", email=email)
    with store.transaction():
        row = _inside(store).select_for_update().filter(digest=_digest(store, address)).first()
        if row is None:
            row = _rows(store).model(organisation=store.organisation, since=on)
        elif row.role == Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
            _must_leave_an_administrator(store, row)
        row.digest, row.role, row.party_id = _digest(store, address), role, party
        row.sealed = store.seal(json.dumps({"email": address, "name": name.strip()}).encode())
        row.save(using=store.alias)
        return _written(store, row, actor, "member:admitted", {"role": role.value, "on": on})


def dismiss(store: Store, number: str, *, on: date, actor: str) -> None:
    """Somebody leaves: from now on they see nothing. The last administrator stays."""
    with store.transaction():
        row = _one(store, number)
        if row.role == Role.ADMINISTRATOR:
            _must_leave_an_administrator(store, row)
        row.until = on
        row.save(using=store.alias)
        _written(store, row, actor, "member:dismissed", {"role": row.role, "on": on})


def accept_confidentiality(store: Store, number: str, *, at: datetime, actor: str) -> Member:
    """Before the first look: what is seen here is not told to others."""
    with store.transaction():
        row = _one(store, number)
        row.confidential_at = row.confidential_at or at
        row.save(using=store.alias)
        return _written(store, row, actor, "member:bound", {"at": row.confidential_at})


def _rows(store: Store) -> QuerySet[MemberRow]:
    from ordholden.staff.models import MemberRow

    return MemberRow.objects.using(store.alias).filter(organisation=store.organisation)


def _inside(store: Store) -> QuerySet[MemberRow]:
    return _rows(store).filter(until=None)


def _one(store: Store, number: str) -> MemberRow:
    key = number.removeprefix("M-")
    row = _inside(store).select_for_update().filter(pk=key).first() if key.isdecimal() else None
    if row is None:
        raise Refusal.of("member-unknown", member=number)
    return row


def _must_leave_an_administrator(store: Store, row: MemberRow) -> None:
    """Else nobody could let anybody in again."""
    if not _inside(store).filter(role=Role.ADMINISTRATOR).exclude(pk=row.pk).exists():
        raise Refusal.of("member-last", member=f"M-{row.pk}")


def _digest(store: Store, email: str) -> str:
    return store.digest("email", normal("email", email) or email.strip().casefold(), use="member")


def _member(store: Store, row: MemberRow) -> Member:
    known = json.loads(store.unseal(bytes(row.sealed)))
    return Member(
        id=f"M-{row.pk}",
        role=Role(row.role),
        email=known["email"],
        name=known["name"],
        since=row.since,
        confidential_at=row.confidential_at,
        party=row.party_id,
    )


def _written(store: Store, row: MemberRow, actor: str, action: str, facts: audit.Facts) -> Member:
    audit.record(store, actor=actor, action=action, subject=f"M-{row.pk}", facts=facts)
    return _member(store, row)

"""Keys of programs: each may do what it was made for and nothing else, at one organisation, until a day.

A token is shown once, when it is made. Kept is its keyed digest, so that who reads the store can sign in nowhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.problems import Refusal, nearest
from ordholden.staff.roles import Deed
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.staff.models import TokenRow

__all__ = ["Token", "make", "revoke", "token", "tokens"]

PREFIX = "oh_"
LONGEST = 400
"""So many days a token lasts at most: one that nobody renews is one that nobody looks after."""


@dataclass(frozen=True)
class Token:
    """A program's key as others may know it."""

    id: str
    name: str
    deeds: frozenset[Deed]
    expires_on: date
    used_on: date | None = None
    party: int | None = None

    @property
    def actor(self) -> str:
        """What is written beside its deeds."""
        return self.id

    def may(self, deed: Deed) -> bool:
        return deed in self.deeds


def make(
    store: Store,
    name: str,
    deeds: Collection[str],
    *,
    on: date,
    expires_on: date,
    actor: str,
    party: int | None = None,
) -> tuple[Token, str]:
    """A new token, and its words, which are never seen again."""
    known = {deed.value for deed in Deed}
    for deed in deeds:
        if deed not in known:
            raise Refusal.of("token-deed", word=deed, nearest=nearest(deed, known))
    if not name.strip() or not deeds:
        raise Refusal.of("token-empty")
    if not on < expires_on or (expires_on - on).days > LONGEST:
        raise Refusal.of("token-expires", days=LONGEST)
    words = PREFIX + secrets.token_urlsafe(32)
    with store.transaction():
        row = _rows(store).create(
            organisation=store.organisation,
            name=name.strip(),
            digest=_digest(store, words),
            deeds=sorted(set(deeds)),
            party_id=party,
            made_by=actor,
            made_on=on,
            expires_on=expires_on,
        )
        made = _token(row)
        facts = {"deeds": ", ".join(row.deeds), "until": expires_on}
        audit.record(store, actor=actor, action="token:made", subject=made.id, facts=facts)
    return made, words


def token(store: Store, words: str, *, on: date) -> Token | None:
    """The token with these words; None where it is wrong, revoked or over."""
    if not words.startswith(PREFIX):
        return None
    row = _rows(store).filter(digest=_digest(store, words), revoked_on=None, expires_on__gt=on).first()
    if row is None:
        return None
    if row.used_on != on:
        _rows(store).filter(pk=row.pk).update(used_on=on)
    return _token(row)


def tokens(store: Store) -> tuple[Token, ...]:
    """Those that have not been revoked."""
    return tuple(_token(row) for row in _rows(store).filter(revoked_on=None).order_by("pk"))


def revoke(store: Store, number: str, *, on: date, actor: str) -> None:
    """From now on it opens nothing. Revoking it again is no harm."""
    key = number.removeprefix("T-")
    with store.transaction():
        changed = key.isdecimal() and _rows(store).filter(pk=key, revoked_on=None).update(revoked_on=on)
        if not changed:
            if not (key.isdecimal() and _rows(store).filter(pk=key).exists()):
                raise Refusal.of("token-unknown", token=number)
            return
        audit.record(store, actor=actor, action="token:revoked", subject=f"T-{key}", facts={"on": on})


def _token(row: TokenRow) -> Token:
    deeds = frozenset(Deed(deed) for deed in row.deeds)
    return Token(f"T-{row.pk}", row.name, deeds, row.expires_on, row.used_on, row.party_id)


def _digest(store: Store, words: str) -> str:
    return store.digest(words, use="api token")


def _rows(store: Store) -> QuerySet[TokenRow]:
    from ordholden.staff.models import TokenRow

    return TokenRow.objects.using(store.alias).filter(organisation=store.organisation)

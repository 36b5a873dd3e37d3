"""Programs that may use the API: let in with a token for certain deeds and until a day, shut out again, and listed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from ordholden.app.organisation import today, whoever
from ordholden.staff import tokens
from ordholden.staff.tokens import Token

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation

__all__ = ["let_in", "programs", "shut_out"]


def let_in(
    organisation: Organisation, name: str, deeds: Collection[str], *, until: date, actor: str | None = None
) -> tuple[Token, str]:
    """A new token, and its words, which are shown this once. `until` is the last day on which it opens anything."""
    return tokens.make(
        organisation.store, name, deeds, on=today(), expires_on=_day_after(until), actor=actor or whoever()
    )


def shut_out(organisation: Organisation, token: str, *, actor: str | None = None) -> None:
    """From now on it opens nothing. A Refusal `token-unknown` where there never was one."""
    tokens.revoke(organisation.store, token, on=today(), actor=actor or whoever())


def programs(organisation: Organisation) -> tuple[Token, ...]:
    """Tokens that were not revoked; one whose day has come is still there to be seen."""
    return tokens.tokens(organisation.store)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1) if day < date.max else day

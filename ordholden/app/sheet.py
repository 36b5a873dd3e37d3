"""The call sheet: for whom a call is made, why, what is said first, and what may be asked for yet.

A number or an account that a person need not give before they want the agreement stays shut until it is written down that
the purpose was told and that they want it. Asked for earlier it is refused, whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ordholden.cases.case import Change
from ordholden.footprints.explain import Datum
from ordholden.footprints.use import Ruling
from ordholden.grounds.wishes import Card
from ordholden.policy.document import Activity, Category
from ordholden.policy.requests import Partner
from ordholden.problems import Refusal, nearest
from ordholden.registers.calls import Said, how_far, note

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.plans.book import Kept
    from ordholden.policy.calls import Calls

__all__ = ["Sheet", "SheetField", "Sheets"]


@dataclass(frozen=True)
class SheetField:
    """One category of data of the call: what is known, masked, and whether it may be asked for yet."""

    category: Category
    values: tuple[str, ...]
    gated: bool
    open: bool


@dataclass(frozen=True)
class Sheet:
    """What an agent has before them. `may_call` is the ruling on the purpose: somebody who said no is not called."""

    campaign: str
    controller: Partner
    activity: Activity
    say_first: Mapping[str, str]
    said: Said
    fields: tuple[SheetField, ...]
    cards: tuple[Card, ...]
    may_call: bool
    ruling: str


class Sheets:
    """`organisation.sheets`: the call sheets of one organisation."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    @property
    def campaigns(self) -> tuple[str, ...]:
        """The campaigns whose controller the policy names."""
        requests = self._organisation.policy.requests
        return tuple(dict.fromkeys(c for p in requests.controllers.values() for c in p.campaigns))

    def open(self, campaign: str, cards: Sequence[Card], *, actor: str) -> Sheet:
        """The sheet of one person in one campaign; that it was opened is recorded."""
        calls, controller = self._calls(), self._controller(campaign)
        organisation = self._organisation
        cards = organisation.desk.corridor.with_links(cards)
        decisions = organisation.may_use_cards(calls.purpose, cards, actor=actor)
        # One no is a no, under whatever card it was said.
        ruling = min((d.ruling for d in decisions), key=_GRAVEST.index, default=Ruling.UNKNOWN_PERSON)
        said = how_far(organisation.store, campaign, cards)
        activity = organisation.policy.activities[calls.purpose]
        names = {"client": controller.name, "organisation": organisation.policy.organisation.name}
        return Sheet(
            campaign,
            controller,
            activity,
            {language: calls.first(language, **names) for language in ("da", "en")},
            said,
            self._fields(calls, cards, said, actor),
            cards,
            ruling is Ruling.ALLOWED,
            ruling.value,
        )

    def note(self, campaign: str, cards: Sequence[Card], said: str, *, actor: str) -> Said:
        """That the purpose was told (`told`), that the person wants the agreement (`wants`) or not (`declined`)."""
        self._controller(campaign)
        cards = self._organisation.desk.corridor.with_links(cards)
        return note(self._organisation.store, campaign, cards, said, actor=actor)

    def collect(self, campaign: str, cards: Sequence[Card], given: Mapping[str, str], *, actor: str) -> Kept:
        """Writes what the person gave in the call, by the same road as every change. A Refusal where it is too early."""
        calls, organisation = self._calls(), self._organisation
        self._controller(campaign)
        cards = organisation.desk.corridor.with_links(cards)
        said = how_far(organisation.store, campaign, cards)
        if said.told_at is None:
            raise Refusal.of("call-untold")
        early = [c for c in given if c in calls.gated and not said.open]
        if early:
            raise Refusal.of("collect-gated", data=", ".join(early))
        unknown = [c for c in given if c not in organisation.policy.categories]
        if unknown:
            known = organisation.policy.categories
            raise Refusal.of("category-unknown", word=unknown[0], nearest=nearest(unknown[0], known))
        changes = [Change(category, "", value.strip()) for category, value in given.items() if value.strip()]
        corridor = organisation.desk.corridor
        kept = corridor.plan_correction(cards, changes, actor=actor)
        corridor.apply(kept.plan.id, actor=actor)
        return corridor.plan(kept.plan.id)

    def _fields(self, calls: Calls, cards: Sequence[Card], said: Said, actor: str) -> tuple[SheetField, ...]:
        """What the purpose and the agreements need, each category once; a shut one shows nothing that is known."""
        policy = self._organisation.policy
        shown: dict[str, list[str]] = {}
        for datum in self._organisation.desk.explain(cards, actor=actor).data:
            shown.setdefault(datum.category, []).append(_said(datum))
        wanted = dict.fromkeys([*policy.activities[calls.purpose].data, *calls.gated])
        return tuple(
            SheetField(
                policy.categories[name],
                tuple(dict.fromkeys(shown.get(name, ()))) if name not in calls.gated or said.open else (),
                name in calls.gated,
                name not in calls.gated or said.open,
            )
            for name in wanted
            if name in policy.categories
        )

    def _calls(self) -> Calls:
        calls = self._organisation.policy.calls
        if calls is None:
            raise Refusal.of("calls-none")
        return calls

    def _controller(self, campaign: str) -> Partner:
        found = self._organisation.policy.requests.controller_of("", campaign)
        if found is None:
            raise Refusal.of("campaign-unknown", word=campaign, nearest=nearest(campaign, self.campaigns))
        return found


_GRAVEST = (
    Ruling.RESTRICTED,
    Ruling.ALLOWED,
    Ruling.NO_GROUND,
    Ruling.UNKNOWN_PERSON,
    Ruling.UNKNOWN_PURPOSE,
)


def _said(datum: Datum) -> str:
    return "" if datum.value is None else str(datum.value)

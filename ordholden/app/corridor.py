"""The hall as cases see it: cards in, and what the organisation's rooms do with them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ordholden.audit.words import SEALED_REASON, sealed_words
from ordholden.cases.case import Change
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Inventory
from ordholden.plans.correct import Wrong
from ordholden.plans.plan import Plan, Scope, ScopeKind
from ordholden.policy.document import OnRequest, Policy, Text
from ordholden.problems import Refusal, nearest

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation, Outcome
    from ordholden.footprints import Found
    from ordholden.footprints.explain import Explanation
    from ordholden.footprints.export import Export, Withheld
    from ordholden.footprints.use import Decision as Ruled
    from ordholden.plans.book import Kept
    from ordholden.store import Store

__all__ = ["HallCorridor"]


class HallCorridor:
    """One organisation, for its cases."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    @property
    def policy(self) -> Policy:
        return self.organisation.policy

    @property
    def inventory(self) -> Inventory:
        return self.organisation.inventory

    @property
    def words(self) -> Mapping[str, Text]:
        return self.organisation.words

    @property
    def store(self) -> Store:
        return self.organisation.store

    @property
    def folder(self) -> Path:
        return self.organisation.folder.resolve()

    def today(self) -> date:
        return self.store.now().astimezone(ZoneInfo("Europe/Copenhagen")).date()

    # — looking —

    def find(self, words: str) -> Sequence[Found]:
        return tuple(self.organisation.footprints.glance(words))

    def with_links(self, cards: Sequence[Card]) -> tuple[Card, ...]:
        linked = self.organisation.footprints.linked(tuple(cards))
        return tuple(dict.fromkeys([*cards, *(c for card in cards for c in linked[card].sure)]))

    def explain(
        self,
        cards: Sequence[Card],
        on: date | None = None,
        *,
        reveal: bool = False,
        reason: str = "",
        actor: str = "",
    ) -> Explanation:
        from ordholden.footprints.explain import explain

        day = on or self.today()
        hall = self.organisation
        with hall.footprints.one_look():
            found = explain(
                hall.footprints, hall.policy, tuple(cards), on=day, wishes=hall.wishes(day), reveal=reveal
            )
        if reveal:
            # In somebody's words, which may name a person: the log holds them sealed.
            said = {SEALED_REASON: sealed_words(hall.store, reason.strip())} if reason.strip() else {}
            hall._record_look("person:revealed", tuple(cards), actor, {"data": len(found.data), **said})
        return found

    def explain_request(
        self, cards: Sequence[Card], *, decided: Mapping[str, OnRequest] | None = None, consent: str = ""
    ) -> Explanation:
        from ordholden.footprints.explain import explain

        day, hall = self.today(), self.organisation
        ours = self.with_links(cards)
        wishes = replace(
            hall.wishes(day), requested=frozenset(ours), decided=dict(decided or {}), withdrawing=consent
        )
        return explain(hall.footprints, hall.policy, ours, on=day, wishes=wishes)

    def may_use(self, activity: str, cards: Sequence[Card]) -> Sequence[Ruled]:
        return self.organisation._uses(activity, self.today()).may_use(activity, cards)

    def export(
        self,
        cards: Sequence[Card],
        folder: Path,
        *,
        portability: bool = False,
        withheld: Sequence[Withheld] = (),
        actor: str,
    ) -> Export:
        """A copy without what a silent system holds would be a wrong answer, so then there is none."""
        from ordholden.footprints.export import export_access, export_portability

        hall = self.organisation
        readers = hall._systems.readers()
        hall._must_answer()
        found = self.explain(cards, reveal=True, actor=actor)
        make = export_portability if portability else export_access
        made = make(found, hall.policy, readers, folder, withheld=withheld)
        facts = {"data": made.data, "files": made.files}
        hall._record_look("person:exported", found.cards, actor, facts)
        return made

    def recipients_of(self, cards: Sequence[Card]) -> tuple[str, ...]:
        return self.explain(cards).received_by

    # — planning —

    def plan_erasure(
        self, cards: Sequence[Card], *, decided: Mapping[str, OnRequest] | None = None, actor: str
    ) -> Kept:
        scope = Scope(ScopeKind.ERASE, self.with_links(cards), decided=dict(decided or {}))
        return self.organisation._plan(scope, self.today(), None, actor, _nobody_watches)

    def plan_withdrawal(self, consent: str, cards: Sequence[Card], *, actor: str) -> Kept:
        known = self.policy.consents
        if consent not in known:
            raise Refusal.of("consent-unknown", word=consent, nearest=nearest(consent, known))
        scope = Scope(ScopeKind.WITHDRAW, self.with_links(cards), consent=consent)
        return self.organisation._plan(scope, self.today(), None, actor, _nobody_watches)

    def plan_correction(self, cards: Sequence[Card], changes: Sequence[Change], *, actor: str) -> Kept:
        ours = self.with_links(cards)
        return self.organisation.plan_correction(ours, _wrongs(changes), self.today(), actor=actor)

    def look_correction(self, cards: Sequence[Card], changes: Sequence[Change]) -> Plan:
        ours = self.with_links(cards)
        return self.organisation.look_correction(ours, _wrongs(changes), self.today())[0]

    def plan(self, plan: str) -> Kept:
        return self.organisation.book.find(plan)

    def approve(self, plan: str, *, actor: str) -> Kept:
        return self.organisation.approve(plan, actor=actor)

    def apply(self, plan: str, *, actor: str) -> Outcome:
        return self.organisation.apply(plan, actor=actor)

    def verify(self, plan: str, *, actor: str) -> Outcome:
        return self.organisation.verify(plan, actor=actor)

    def backups_until(self, plan: str) -> Mapping[str, date | None]:
        return self.organisation.gone_from_backups(self.organisation.book.find(plan))

    # — registers —

    def restrict(self, cards: Sequence[Card], *, activity: str = "", reason: str, actor: str) -> str:
        """Placed once: the same people, purpose and reason are the same restriction."""
        from ordholden.registers.holds import place, standing

        ours, on = frozenset(self.with_links(cards)), self.today()
        for hold in standing(self.store, on):
            if hold.restriction and (hold.cards, hold.activity, hold.reason) == (ours, activity, reason):
                return hold.id
        placed = place(
            self.store, cards=ours, activity=activity, reason=reason, on=on, actor=actor, restriction=True
        )
        return placed.id

    def lift(self, restriction: str, *, reason: str, actor: str, told_on: date | None = None) -> None:
        from ordholden.registers.holds import release

        release(self.store, restriction, on=self.today(), actor=actor, reason=reason, told_on=told_on)

    def object_to(
        self, activity: str, cards: Sequence[Card], *, reason: str, actor: str, rests: bool = False
    ) -> str:
        from ordholden.registers.objections import raise_objection

        absolute = self.organisation._activity(activity).direct_marketing and not rests
        ours, on = self.with_links(cards), self.today()
        return raise_objection(
            self.store, activity, ours, absolute=absolute, on=on, actor=actor, words=reason
        ).id

    def settle_objection(self, objection: str, *, upheld: bool, reason: str, actor: str) -> None:
        from ordholden.registers.objections import settle

        settle(self.store, objection, upheld=upheld, reason=reason, on=self.today(), actor=actor)

    def take_back_objection(self, objection: str, *, actor: str) -> None:
        from ordholden.registers.objections import take_back

        take_back(self.store, objection, on=self.today(), actor=actor)

    def objections(self, cards: Sequence[Card]) -> Mapping[str, str]:
        from ordholden.registers.objections import standing

        ours = frozenset(self.with_links(cards))
        return {o.activity: o.id for o in standing(self.store) if o.cards & ours}


def _wrongs(changes: Sequence[Change]) -> tuple[Wrong, ...]:
    return tuple(Wrong(c.what, c.old, c.new) for c in changes)


def _nobody_watches(what: str, rows: int) -> None:
    """Progress that nobody watches."""

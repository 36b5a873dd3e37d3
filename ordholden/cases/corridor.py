"""What cases may ask of the hall: to find people, to explain, to plan and to carry out. Implemented by `app/corridor.py`.

People are cards here, never words: who is meant was settled with the identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ordholden.cases.case import Change
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Inventory
from ordholden.policy.document import OnRequest, Policy, Text

if TYPE_CHECKING:
    from ordholden.footprints.explain import Explanation
    from ordholden.footprints.export import Export, Withheld
    from ordholden.footprints.find import Found
    from ordholden.footprints.use import Decision as Ruled
    from ordholden.plans.book import Kept
    from ordholden.plans.plan import Plan
    from ordholden.store import Store

__all__ = ["Corridor"]


class Corridor(Protocol):
    """The hall, as cases see it."""

    @property
    def policy(self) -> Policy: ...
    @property
    def inventory(self) -> Inventory: ...
    @property
    def words(self) -> Mapping[str, Text]:
        """How the policy's own names read in a sentence, where somebody wrote that down."""
        ...

    @property
    def store(self) -> Store: ...
    @property
    def folder(self) -> Path:
        """The organisation's folder: own wording of letters, documents."""
        ...

    def today(self) -> date:
        """The day in Copenhagen, by the store's clock."""
        ...

    # — looking —

    def find(self, words: str) -> Sequence[Found]:
        """Whom the words mean, for somebody who looks: spelling is forgiven, and the answer comes in a moment."""
        ...

    def with_links(self, cards: Sequence[Card]) -> tuple[Card, ...]:
        """These cards and all that surely are the same person's."""
        ...

    def explain(
        self,
        cards: Sequence[Card],
        on: date | None = None,
        *,
        reveal: bool = False,
        reason: str = "",
        actor: str = "",
    ) -> Explanation: ...

    def explain_request(
        self, cards: Sequence[Card], *, decided: Mapping[str, OnRequest] | None = None, consent: str = ""
    ) -> Explanation:
        """The data as they would stand if these people were erased, or took a consent back: what lives on, and why."""
        ...

    def export(
        self,
        cards: Sequence[Card],
        folder: Path,
        *,
        portability: bool = False,
        withheld: Sequence[Withheld] = (),
        actor: str,
    ) -> Export:
        """The person's copy, in a new folder."""
        ...

    def may_use(self, activity: str, cards: Sequence[Card]) -> Sequence[Ruled]:
        """For each card, whether the activity may use the person's data today."""
        ...

    def recipients_of(self, cards: Sequence[Card]) -> tuple[str, ...]:
        """Names of those to whom the person's data went or goes, as the policy names them."""
        ...

    # — planning —

    def plan_erasure(
        self, cards: Sequence[Card], *, decided: Mapping[str, OnRequest] | None = None, actor: str
    ) -> Kept: ...

    def plan_withdrawal(self, consent: str, cards: Sequence[Card], *, actor: str) -> Kept: ...

    def plan_correction(self, cards: Sequence[Card], changes: Sequence[Change], *, actor: str) -> Kept: ...

    def look_correction(self, cards: Sequence[Card], changes: Sequence[Change]) -> Plan:
        """The same, looked at and not kept."""
        ...

    def plan(self, plan: str) -> Kept:
        """A plan as it stands now."""
        ...

    def approve(self, plan: str, *, actor: str) -> Kept: ...

    def apply(self, plan: str, *, actor: str) -> Any:
        """Carries out and verifies; from where it was left. The `Outcome` of the hall."""
        ...

    def verify(self, plan: str, *, actor: str) -> Any: ...

    def backups_until(self, plan: str) -> Mapping[str, date | None]:
        """Per system, the first day when no backup holds what the plan removed."""
        ...

    # — registers —

    def restrict(self, cards: Sequence[Card], *, activity: str = "", reason: str, actor: str) -> str:
        """Freezes: stored, not used, not deleted. The id of what was placed."""
        ...

    def lift(self, restriction: str, *, reason: str, actor: str, told_on: date | None = None) -> None:
        """Only after the person was told (GDPR art. 18(3)); refused without the day."""
        ...

    def object_to(
        self, activity: str, cards: Sequence[Card], *, reason: str, actor: str, rests: bool = False
    ) -> str:
        """An objection to an activity: its ground is suspended, or ends at once where it is direct marketing; unless the use
        only `rests`, since nobody knows yet whose objection it is."""
        ...

    def settle_objection(self, objection: str, *, upheld: bool, reason: str, actor: str) -> None: ...

    def take_back_objection(self, objection: str, *, actor: str) -> None: ...

    def objections(self, cards: Sequence[Card]) -> Mapping[str, str]:
        """The objections of these people that have an effect: the id, by activity."""
        ...

"""Objection (GDPR art. 21): to marketing it is absolute and at once; to a legitimate interest the use rests until it is weighed.

Both begin when it is known who asks, before anybody decides. The organisation has to show compelling grounds to go on
(`stays`, with its reason); otherwise the ground ends (`ends`). Data that rests on nothing else is then erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import counted, outcome_of, purpose_of, why, works_on
from ordholden.cases.right import Done, Right
from ordholden.policy.document import Activity, BasisKind, OnRequest
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.footprints.explain import Datum

__all__ = ["RIGHT", "objectable"]

_OPEN_TO_IT = (BasisKind.LEGITIMATE_INTEREST, BasisKind.PUBLIC_TASK)


def objectable(activity: Activity) -> bool:
    """GDPR art. 21(1) and (2)."""
    return activity.direct_marketing or activity.basis.kind in _OPEN_TO_IT


def _wanted(case: Case, corridor: Corridor) -> dict[str, tuple[Datum, ...]]:
    """What the person objects to: the activities named, or all that use their data and are open to it."""
    activities = corridor.policy.activities
    standing = corridor.objections(case.cards)
    using = works_on(corridor.explain(case.cards))
    if case.about:
        return {name: using.get(name, ()) for name in case.about if name in activities}
    names = [n for n in {**using, **standing} if n in activities and objectable(activities[n])]
    return {name: using.get(name, ()) for name in names}


def begin(case: Case, corridor: Corridor) -> tuple[str, ...]:
    """The use stops now: for good where it is marketing, else until somebody has weighed it."""
    activities = corridor.policy.activities
    return tuple(
        f"{name}: {corridor.object_to(name, case.cards, reason=case.words, actor='the person')}"
        for name in _wanted(case, corridor)
        if objectable(activities[name])
    )


def by_mailbox(case: Case, corridor: Corridor) -> tuple[str, ...]:
    """No to marketing, from the very mailbox that it goes to: the use rests now, and nobody has to show who they are for that
    (GDPR art. 21(3)); for each who is known by the address. No ground ends, and nothing is erased, until it is known whose."""
    found = corridor.find(f"email:{case.who.email}") if case.who.email else ()
    activities = corridor.policy.activities
    marketing = [a for a in case.about or activities if a in activities and activities[a].direct_marketing]
    return tuple(
        f"{name}: {corridor.object_to(name, (one.card,), reason=case.words, actor='the person', rests=True)}"
        for name in marketing
        for one in found
    )


def propose(case: Case, corridor: Corridor) -> Proposal:
    return _proposed(case, corridor, {}, "")


def reconsider(case: Case, corridor: Corridor, decided: Mapping[str, str], reason: str) -> Proposal:
    goes_on = [a for a, word in decided.items() if word == OnRequest.STAYS]
    if goes_on and not reason:
        raise Refusal.of("objection-reason", objection=", ".join(goes_on))
    return _proposed(case, corridor, decided, reason)


def _proposed(case: Case, corridor: Corridor, decided: Mapping[str, str], reason: str) -> Proposal:
    activities = corridor.policy.activities
    lines: list[Line] = []
    choices: dict[str, str] = {}
    for name, data in _wanted(case, corridor).items():
        activity = activities[name]
        if objectable(activity) and not activity.direct_marketing:
            choices[name] = decided.get(name, OnRequest.ENDS.value)
        lines += _lines(case, activity, data, choices.get(name), reason)
    weighed = tuple(
        why("doubt-weigh", case, activity=purpose_of(a, case, corridor.policy))
        for a in choices
        if a not in decided
    )
    found = counted(lines)
    # Whoever uses the data for what was objected to has to stop; to others it would be news about the person.
    objected = dict.fromkeys(line.activity for line in found if line.granted)
    told = tuple(dict.fromkeys(r for name in objected for r in activities[name].recipients))
    return Proposal(found, outcome_of(found), weighed, choices, recipients=told)


def _lines(
    case: Case, activity: Activity, data: Sequence[Datum], choice: str | None, reason: str
) -> list[Line]:
    places = [(d.table.system, d.table.table, d.category) for d in data] or [("", "", activity.name)]
    if not objectable(activity):
        other = "consent" if activity.basis.kind is BasisKind.CONSENT else "basis"
        no = why(f"objection-{other}", case, article=activity.basis.kind.article)
        return [Line(*place, activity.name, False, activity.basis.kind.article, None, no) for place in places]
    if choice == OnRequest.STAYS:
        ground = activity.basis.kind.article
        return [Line(*place, activity.name, False, ground, None, reason) for place in places]
    return [Line(*place, activity.name, granted=True) for place in places]


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    """Settles what was begun; what somebody else settled meanwhile stays settled."""
    begun = corridor.objections(case.cards)
    actor = decision.by.split(", ")[0]
    activities = corridor.policy.activities
    stopped = []
    for name in dict.fromkeys(line.activity for line in decision.lines):
        activity = activities.get(name)
        if activity is None or not objectable(activity):
            continue
        goes_on = decision.decided.get(name) == OnRequest.STAYS
        entry = begun.get(name)
        if entry is None and not goes_on:
            entry = corridor.object_to(name, case.cards, reason=case.words, actor="the person")
        if entry is not None:
            corridor.settle_objection(entry, upheld=not goes_on, reason=decision.reason, actor=actor)
        if not goes_on:
            stopped.append(activity.purpose[case.language])
    return Done(entries=tuple(begun.values()), facts={"stopped": stopped})


def verify(case: Case, decision: Decision, corridor: Corridor) -> tuple[str, ...]:
    """What was objected to with success may not use the data any more."""
    granted = {line.activity for line in decision.lines if line.granted}
    using = [a for a in granted if any(ruled.allowed for ruled in corridor.may_use(a, case.cards))]
    return ("use-allowed",) if using else ()


RIGHT = Right(
    "objection",
    "GDPR art. 21",
    "objection",
    propose,
    carry_out,
    verify,
    begin,
    reconsider,
    at_once=True,
    by_mailbox=by_mailbox,
    tells_recipients=True,
    letters={Outcome.PARTLY: "answer-objection"},
)

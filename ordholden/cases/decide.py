"""What is decided: the lines that the grounds propose, but for what somebody withholds with a reason.

Whatever the policy's own grounds leave is decided by one person. What somebody withholds by hand, and an answer that
grants nothing at all, needs a second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ordholden.cases import clock, letters
from ordholden.cases.case import Case, Decision, IdentityState, Line, Outcome, Proposal
from ordholden.cases.change import Opened, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.right import Right, right_of
from ordholden.cases.rows import case_of, cases_of
from ordholden.policy.document import OnRequest
from ordholden.problems import Refusal, nearest

__all__ = ["decide", "extend", "propose"]


def propose(corridor: Corridor, number: str) -> Proposal:
    """What the grounds say today, and which categories the policy doesn't give out."""
    row = cases_of(corridor.store).filter(number=number).first()
    if row is None:
        raise Refusal.of("case-unknown", case=number)
    case = case_of(corridor.store, row)
    right = right_of(case.right)
    if right.needs_person and case.identity.state is not IdentityState.CONFIRMED:
        raise Refusal.of("identity-open", case=number)
    if right.needs_person and not case.cards:
        return Proposal(outcome=Outcome.NOTHING_FOUND)
    return _without_undisclosed(right.propose(case, corridor), right, corridor, case.language)


def _reconsidered(
    corridor: Corridor, number: str, choices: Mapping[str, str], reason: str
) -> Proposal | None:
    """What the lines come to with what somebody decided."""
    case = case_of(corridor.store, cases_of(corridor.store).get(number=number))
    right = right_of(case.right)
    if right.reconsider is None or not case.cards:
        return None
    return _without_undisclosed(
        right.reconsider(case, corridor, choices, reason), right, corridor, case.language
    )


def _without_undisclosed(proposal: Proposal, right: Right, corridor: Corridor, language: str) -> Proposal:
    """Some categories are never given out, for a reason that the policy states; the answer names them."""
    closed = corridor.policy.requests.not_disclosed
    if not closed or right.code not in ("access", "portability"):
        return proposal
    lines = tuple(
        replace(line, granted=False, why=closed[line.category][language])
        if line.category in closed and line.granted
        else line
        for line in proposal.lines
    )
    return replace(proposal, lines=lines, outcome=_outcome(lines, proposal.outcome))


def decide(
    corridor: Corridor,
    number: str,
    *,
    actor: str,
    decided: Mapping[str, str] | None = None,
    withheld: Sequence[Line] = (),
    reason: str = "",
) -> Case:
    """The grounds are asked first, without holding anything; a case that changed meanwhile is not decided."""
    before = cases_of(corridor.store).filter(number=number).values_list("version", flat=True).first()
    proposal = propose(corridor, number)
    choices = _choices(corridor, proposal, decided or {})
    if decided:
        proposal = _reconsidered(corridor, number, choices, reason.strip()) or proposal
    with opened(corridor, number) as case:
        if case.row.version != before:
            raise Refusal.of("case-changed", case=number)
        case.move("decide")
        lines, by_hand = _lines(proposal.lines, withheld, reason.strip())
        outcome = _outcome(lines, proposal.outcome)
        decision = Decision(
            lines=lines,
            outcome=outcome,
            by=actor,
            at=case.store.now(),
            decided=choices,
            reason=reason.strip(),
            plan=proposal.plan,
            recipients=proposal.recipients,
            facts=proposal.facts,
        )
        case.decide(decision)
        case.row.proposed_by = case.row.decided_by = actor
        case.row.needs_staff = False
        case.know(reason=reason.strip())
        counted = {"granted": sum(x.granted for x in lines), "kept": sum(not x.granted for x in lines)}
        case.record(
            "request:decision:made", actor=actor, note=reason.strip(), outcome=outcome.value, **counted
        )
        if by_hand or outcome is Outcome.REFUSED:
            _second(case, decision)
        return case.case


def _second(case: Opened, decision: Decision) -> None:
    """A no has its reason: the ground of each line, or what somebody wrote."""
    if not decision.reason and not any(
        line.why or line.ground for line in decision.lines if not line.granted
    ):
        raise Refusal.of("reason-missing", case=case.row.number)
    case.move("send to second person")
    case.row.waits_for, case.row.decided_by = "decision", ""


def _choices(corridor: Corridor, proposal: Proposal, decided: Mapping[str, str]) -> dict[str, str]:
    """Per activity what somebody decided; what is left open stays as proposed."""
    words = {w.value for w in OnRequest}
    for activity, word in decided.items():
        known = corridor.policy.activities
        if activity not in known:
            raise Refusal.of("activity-unknown", word=activity, nearest=nearest(activity, known))
        if word not in words:
            raise Refusal.of("decision-word", word=word, wanted=", ".join(sorted(words)))
    return {**proposal.choices, **decided}


def _lines(proposed: Sequence[Line], withheld: Sequence[Line], reason: str) -> tuple[tuple[Line, ...], bool]:
    """The proposed lines, those withheld put in their place; whether something was withheld by hand."""
    why = {(x.system, x.table, x.category): x.why.strip() or reason for x in withheld}
    if not all(why.values()):
        raise Refusal.of("withheld-why", category=", ".join(c for (_, _, c), w in why.items() if not w))
    found = tuple(
        replace(line, granted=False, why=why[line.system, line.table, line.category])
        if line.granted and (line.system, line.table, line.category) in why
        else line
        for line in proposed
    )
    return found, found != tuple(proposed)


def _outcome(lines: Sequence[Line], proposed: Outcome) -> Outcome:
    if not lines or proposed in (Outcome.NOTHING_FOUND, Outcome.HANDED_OVER):
        return proposed
    granted = {line.granted for line in lines}
    if granted == {True}:
        return Outcome.GRANTED if proposed is Outcome.REFUSED else proposed
    return Outcome.REFUSED if granted == {False} else Outcome.PARTLY


def extend(corridor: Corridor, number: str, *, reason: str, actor: str) -> Case:
    """Two more months, told with reasons inside the first (GDPR art. 12(3))."""
    if not reason.strip():
        raise Refusal.of("reason-missing", case=number)
    with opened(corridor, number) as case:
        case.move("extend")
        was = case.case.due.legal
        clock.extend(case.row, case.on)
        letters.send(case, "extension", {"was_due": was, "reason": reason.strip()}, actor=actor)
        case.record("request:deadline:extended", actor=actor, note=reason.strip(), until=case.row.legal)
        return case.case

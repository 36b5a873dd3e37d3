"""Saying no: on a ground of the law's list, in writing, agreed to by a second person; and the fee that may stand instead.

Nothing is charged unless that was decided the same way, and the person is told before anything is done, so that they can
take the request back.
"""

from __future__ import annotations

from ordholden.cases import letters
from ordholden.cases.case import Case, Decision, Outcome
from ordholden.cases.change import Opened, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import decision_of
from ordholden.law.refusals import RefusalGround, refusal_grounds
from ordholden.problems import Refusal, nearest

__all__ = ["approve", "charge", "propose_refusal", "refuse", "send_back"]


def refuse(corridor: Corridor, number: str, *, ground: str, reason: str, actor: str) -> Case:
    with opened(corridor, number) as case:
        propose_refusal(case, ground=ground, reason=reason, actor=actor)
        return case.case


def propose_refusal(case: Opened, *, ground: str, reason: str, actor: str) -> None:
    found = _ground(case, ground)
    _propose(case, found, reason, actor, waits_for="refusal")
    case.record("request:refusal:proposed", actor=actor, note=reason.strip(), ground=found.code)


def charge(corridor: Corridor, number: str, *, ground: str, amount: str, reason: str, actor: str) -> Case:
    with opened(corridor, number) as case:
        found = _ground(case, ground)
        if not found.fee:
            raise Refusal.of("fee-ground", ground=ground)
        if not amount.strip():
            raise Refusal.of("fee-amount", case=number)
        _propose(case, found, reason, actor, waits_for="fee")
        case.know(fee=amount.strip())
        case.record("request:fee:proposed", actor=actor, note=reason.strip(), ground=found.code)
        return case.case


def approve(corridor: Corridor, number: str, *, actor: str) -> Case:
    """The second person says yes to what waits: a refusal, a fee, a decision, or a plan beyond the policy's limits."""
    with opened(corridor, number) as case:
        waits, first = case.row.waits_for, case.row.proposed_by
        if not waits:
            raise Refusal.of("nothing-to-approve", case=number)
        if actor == first:
            raise Refusal.of("second-person", case=number)
        _APPROVED[waits](case, actor)
        case.row.waits_for = ""
        case.record(f"request:{waits}:approved", actor=actor)
        return case.case


def send_back(corridor: Corridor, number: str, *, reason: str, actor: str) -> Case:
    """The second person says no; or an answer is thought over once more before it goes."""
    if not reason.strip():
        raise Refusal.of("reason-missing", case=number)
    with opened(corridor, number) as case:
        case.move("return" if case.row.waits_for else "work again")
        case.row.waits_for = case.row.proposed_by = case.row.ground = case.row.decided_by = ""
        case.row.outcome, case.row.decision = "", b""
        case.know(reason="", fee="")
        case.record("request:decision:returned", actor=actor, note=reason.strip())
        return case.case


def _ground(case: Opened, code: str) -> RefusalGround:
    known = refusal_grounds()
    if code not in known:
        raise Refusal.of("refusal-ground", word=code, nearest=nearest(code, known))
    if case.row.right not in known[code].rights:
        raise Refusal.of("refusal-right", ground=code, right=case.row.right)
    return known[code]


def _propose(case: Opened, ground: RefusalGround, reason: str, actor: str, *, waits_for: str) -> None:
    if not reason.strip():
        raise Refusal.of("reason-missing", case=case.row.number)
    case.move("send to second person")
    case.row.waits_for, case.row.proposed_by, case.row.ground = waits_for, actor, ground.code
    case.row.needs_staff = False
    case.know(reason=reason.strip())


def _refused(case: Opened, actor: str) -> None:
    case.move("approve refusal")
    before = decision_of(case.store, case.row)
    case.decide(
        Decision(
            lines=before.lines if before else (),
            outcome=Outcome.NOT_IDENTIFIED if case.row.ground == "identity-failed" else Outcome.REFUSED,
            by=case.row.proposed_by,
            at=case.store.now(),
            reason=case.content.reason,
        )
    )
    case.row.decided_by = f"{case.row.proposed_by}, {actor}"


def _charged(case: Opened, actor: str) -> None:
    case.move("approve fee")
    case.record("request:fee:charged", actor=actor)
    facts = {"amount": case.content.fee, "reason": case.content.reason}
    text = letters.text("fee-notice", case.row.language, facts)
    letters.send(case, "message", {"text": text, **letters.link_facts(case, days=14)}, actor=actor)


def _decided(case: Opened, actor: str) -> None:
    case.move("approve decision")
    case.row.decided_by = f"{case.row.proposed_by}, {actor}"


def _planned(case: Opened, actor: str) -> None:
    from ordholden.cases.tasks import go_on

    case.corridor.approve(case.row.plan, actor=actor)
    go_on(case)


_APPROVED = {"refusal": _refused, "fee": _charged, "decision": _decided, "plan": _planned}

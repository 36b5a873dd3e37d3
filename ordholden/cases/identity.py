"""Who asks: in proportion. A doubt is written down for this one case before anything is asked for (GDPR art. 12(6)).

Who the person is in the systems is said by somebody, with how they know; it is never guessed. That somebody reads a
mailbox makes it a way to reach them, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence

from ordholden.cases import clock, letters
from ordholden.cases.case import Case, IdentityState, RepresentationState, State, Upload
from ordholden.cases.change import Opened, attach, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.refuse import propose_refusal
from ordholden.cases.right import right_of
from ordholden.grounds.wishes import Card
from ordholden.policy.requests import SIGNED_LETTER
from ordholden.problems import Refusal

__all__ = ["ask", "confirm", "confirm_email", "fail", "receive_letter"]


def ask(corridor: Corridor, number: str, *, doubt: str, wanted: str, actor: str) -> Case:
    """The clock stands still from today; the date that would hold without that is in the letter."""
    if not doubt.strip() or not wanted.strip():
        raise Refusal.of("identity-doubt", case=number)
    with opened(corridor, number) as case:
        case.move("ask identity")
        case.row.identity = IdentityState.ASKED.value
        case.row.needs_staff = False
        case.know(doubt=doubt.strip(), wanted=wanted.strip())
        clock.pause(case.row, case.on)
        facts = {"doubt": doubt.strip(), "wanted": wanted.strip(), **letters.link_facts(case, days=14)}
        letters.send(case, "identity-asked", facts, actor=actor)
        case.record("request:identity:asked", actor=actor, note=doubt.strip())
        return case.case


def confirm(
    corridor: Corridor,
    number: str,
    *,
    cards: Sequence[Card],
    how: str,
    actor: str,
    without_letter: str = "",
) -> Case:
    """Somebody says who it is and how they know. What the mandate or the letter still lacks is not passed over."""
    if not how.strip():
        raise Refusal.of("identity-how", case=number)
    with opened(corridor, number) as case:
        _papers(case, without_letter.strip())
        case.move("confirm identity")
        case.row.identity = IdentityState.CONFIRMED.value
        case.row.needs_staff = False
        case.know(how=how.strip())
        case.cards = tuple(dict.fromkeys(cards))
        begun = right_of(case.row.right).begin(case.case, corridor) if cards else ()
        case.know(registered=tuple(dict.fromkeys((*case.content.registered, *begun))))
        days = clock.resume(case.row, case.on)
        case.record(
            "request:identity:confirmed", actor=actor, note=how.strip(), cards=len(cards), paused_days=days
        )
        return case.case


def _papers(case: Opened, without_letter: str) -> None:
    if case.row.representation in (RepresentationState.ASKED.value, RepresentationState.RECEIVED.value):
        raise Refusal.of("representation-unchecked", case=case.row.number)
    if case.row.representation == RepresentationState.REJECTED.value:
        raise Refusal.of("representation-rejected", case=case.row.number)
    wanted = case.corridor.policy.requests.forms.get(case.row.right) == SIGNED_LETTER
    if wanted and not case.content.letter_seen:
        # The law asks for no form; whoever goes on without the letter says why, and is right.
        if not without_letter:
            raise Refusal.of("letter-awaited", case=case.row.number)
        case.know(letter_seen=True, letter_waived=without_letter)
        case.record("request:letter:waived", actor="ordholden", note=without_letter)


def fail(corridor: Corridor, number: str, *, reason: str, actor: str) -> Case:
    """It could not be shown who asks; the refusal needs its second person like any other."""
    with opened(corridor, number) as case:
        case.row.identity = IdentityState.FAILED.value
        clock.resume(case.row, case.on)
        case.record("request:identity:failed", actor=actor, note=reason.strip())
        propose_refusal(case, ground="identity-failed", reason=reason, actor=actor)
        return case.case


def confirm_email(corridor: Corridor, number: str, *, actor: str) -> Case:
    """Somebody has read our mail there. That is no identity; but what is sent to this mailbox they can stop."""
    with opened(corridor, number) as case:
        case.move("confirm email")
        begun = right_of(case.row.right).by_mailbox(case.case, corridor)
        registered = tuple(dict.fromkeys((*case.content.registered, *begun)))
        case.know(email_confirmed=True, registered=registered)
        case.record("request:email:confirmed", actor=actor, stopped=len(begun))
        return case.case


def receive_letter(corridor: Corridor, number: str, scan: Upload, *, signed: bool, actor: str) -> Case:
    """The scan of the letter, and whether somebody saw a signature on it."""
    with opened(corridor, number) as case:
        case.move("receive letter")
        file = Upload(scan.name, scan.content, scan.type, "signed letter")
        attach(case, (file,), incoming=True)
        case.know(letter_seen=signed)
        case.record("request:letter:received", actor=actor, signed="yes" if signed else "no")
        if (
            signed
            and case.state is State.IDENTIFYING
            and case.row.representation
            in (
                RepresentationState.NONE.value,
                RepresentationState.ACCEPTED.value,
            )
        ):
            case.row.state = State.RECEIVED.value
        case.row.needs_staff = True
        return case.case

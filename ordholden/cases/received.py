"""What comes from another installation: believed as far as its key is known, taken once, and put where it belongs.

Safety design.

*Who it is* is known by the key that the policy names for a partner, never by what the message says of itself; and before
the message is read. Whoever is not known, and whose signature does not fit, learns nothing, not even which cases there are.

*Once.* The message's number is kept with the case in the same transaction, so what is sent again gets the same answer, and
changes nothing. A message older than some minutes is not taken, however good its signature; whoever sends again signs again.

*An answer* goes to the case that this partner was asked in. There is no such case: whether there is none at all, or one
that is not theirs, is the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ordholden.cases import dispatch, handover, intake, letters
from ordholden.cases.between import FORMS, Answered, Asked, Reminded, Said, as_uploads, read
from ordholden.cases.case import Channel, Request, State, TaskKind, TaskState
from ordholden.cases.change import Opened, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import tasks_of
from ordholden.policy.requests import Partner
from ordholden.post.envelope import (
    Envelope,
    Head,
    must_be_fresh,
    must_be_ours,
    must_be_signed,
    must_be_whole,
)
from ordholden.problems import Refusal

__all__ = ["FRESH", "known_partner", "take"]

FRESH = timedelta(minutes=15)
LONGEST_AGO = timedelta(days=400)
"""A request that lay with a partner for longer is a mistake in a date."""


def known_partner(corridor: Corridor, head: Head, *, ours: str) -> Partner:
    """Whose message it is; looked at before its content."""
    manifest = head.manifest
    found = corridor.policy.requests.partner_by_key(manifest.key)
    if found is None:
        raise Refusal.of("partner-stranger")
    must_be_signed(head)
    form = manifest.format if manifest.format in FORMS else dispatch.ASKED
    must_be_ours(manifest, form=form, ours=ours)
    must_be_fresh(manifest, now=corridor.store.now(), fresh=FRESH)
    return found


def take(corridor: Corridor, partner: Partner, envelope: Envelope) -> str:
    """Does what it says, unless that was done; the number of the case here."""
    must_be_whole(envelope)
    manifest = envelope.manifest
    said = read(manifest.format, envelope.content)
    store = corridor.store
    with store.transaction():
        row, first = dispatch.dispatches(corridor).get_or_create(
            organisation=store.organisation,
            incoming=True,
            # Another partner's numbers are no matter of this one.
            nonce=store.digest(partner.name, manifest.nonce, use="partner message"),
            defaults={
                "partner": partner.name,
                "form": manifest.format,
                "reference": said.asked if isinstance(said, Reminded) else said.case,
                "at": store.now(),
            },
        )
        if first:
            row.case = _DEEDS[type(said)](corridor, partner, said).row
            row.save(using=store.alias)
        assert row.case is not None
        return str(row.case.number)


def _asked(corridor: Corridor, partner: Partner, said: Asked) -> Opened:
    """A case of our own. Its time runs from the day on which they received it."""
    now = corridor.store.now()
    if not partner.endpoint or said.answer_to not in ("", partner.endpoint):
        raise Refusal.of("partner-door", partner=partner.name)
    if not now - LONGEST_AGO <= said.received_at <= now + timedelta(days=1):
        raise Refusal.of("transfer-form")
    request = Request(
        right=said.right,
        channel=Channel.PROCESSOR,
        who=said.by or said.who,
        on_behalf=said.who if said.by else None,
        words=_words(said),
        language=said.language,
        received_at=min(said.received_at, now),
        changes=said.changes,
        transfer_to=said.transfer_to,
        # Two partners may have a case of the same number.
        origin=f"{said.case} {corridor.store.digest(partner.name, use='partner')[:32]}",
        partner=partner.name,
    )
    made = intake.open_case(corridor, request, actor=partner.name, files=as_uploads(said.files))
    with opened(corridor, made.number) as case:
        case.record(
            "request:partner:asked",
            actor=partner.name,
            case_there=said.case,
            channel=said.channel.value,
            identity=said.identity.value,
            **({"campaign": said.campaign} if said.campaign else {}),
        )
        return case


def _words(said: Asked) -> str:
    return "\n\n".join(part for part in (said.words.strip(), "; ".join(said.about)) if part)


def _answered(corridor: Corridor, partner: Partner, said: Answered) -> Opened:
    with opened(corridor, said.asked) as case:
        outcome = said.outcome.value if said.outcome else "–"
        files = as_uploads(said.files)
        text = said.text.strip()
        handover.take_answer(case, text, by=partner.name, theirs=said.case, outcome=outcome, files=files)
        return case


def _reminded(corridor: Corridor, partner: Partner, said: Reminded) -> Opened:
    """They wait. Where the answer is written and has not reached them, it is sent now."""
    theirs = dispatch.dispatches(corridor).filter(
        incoming=True, form=dispatch.ASKED, partner=partner.name, reference=said.asked
    )
    row = theirs.exclude(case=None).select_related("case").order_by("-pk").first()
    if row is None or row.case is None:
        raise Refusal.of("case-unknown", case=said.asked)
    with opened(corridor, row.case.number) as case:
        case.record("request:partner:reminded", actor=partner.name, case_there=said.asked, times=said.times)
        if case.state is State.CLOSED:
            unsent = tasks_of(case.store).filter(
                case=case.row, kind=TaskKind.TELL_PARTNER.value, state=TaskState.WAITING.value
            )
            unsent.update(next_at=case.store.now())
        else:
            case.row.needs_staff = True
            facts = {"case": case.row.number, "partner": partner.name, "theirs": said.asked}
            key = f"urged:{row.pk}:{said.times}"
            letters.to_staff(case, letters.text("partner-waits", "da", facts), key=key)
        return case


_DEEDS: dict[type[Said], Callable[[Corridor, Partner, Any], Opened]] = {
    Asked: _asked,
    Answered: _answered,
    Reminded: _reminded,
}

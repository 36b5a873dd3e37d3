"""A request arrives: it gets a number and its due dates at once, whoever received it and however it was worded.

The same request again within a day is the same case. What is missing (a mandate, a signed letter) does not keep the clock
from starting. Nothing here depends on whether the person is known: the receipt is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ordholden.cases import clock, letters
from ordholden.cases.case import (
    Case,
    Channel,
    IdentityState,
    RepresentationState,
    Request,
    State,
    Upload,
    Who,
)
from ordholden.cases.change import Opened, attach, contacts, request_digest
from ordholden.cases.corridor import Corridor
from ordholden.cases.messages import keep_message
from ordholden.cases.right import right_of
from ordholden.cases.rows import Content, cases_of, content_of, sealed
from ordholden.policy.requests import SIGNED_LETTER
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.cases.models import CaseRow

__all__ = ["SAME_WITHIN", "open_case"]

SAME_WITHIN = timedelta(days=1)
CALL_NOTE = 500
"""So many characters at most are noted of a call: name and purpose, not the conversation."""


def open_case(corridor: Corridor, request: Request, *, actor: str, files: Sequence[Upload] = ()) -> Case:
    store = corridor.store
    right = right_of(request.right)
    _must_be_sound(corridor, request)
    received = request.received_at or store.now()
    with store.transaction():
        number = _next_number(corridor, received)
        known = _same(corridor, request)
        if known is not None:
            return _again(corridor, known, request, actor=actor, files=files)
        case = _new(corridor, request, number, received)
        attached = attach(case, files, incoming=True)
        contacts(case)
        case.record("request:arrival:opened", actor=actor, right=right.code, channel=request.channel.value)
        _mandate(case, files, attached)
        _first_state(case, request)
        letters.receipt(case, told=bool(request.partner))
        case.write()
        return case.case


def _must_be_sound(corridor: Corridor, request: Request) -> None:
    now = corridor.store.now()
    if request.received_at is not None and request.received_at > now + timedelta(minutes=5):
        raise Refusal.of("received-future")
    if request.channel is Channel.TELEPHONE and len(request.words) > CALL_NOTE:
        raise Refusal.of("call-note-long", characters=CALL_NOTE)
    if not any((request.who.name, *request.who.lines, request.who.address)):
        raise Refusal.of("request-nobody")


def _next_number(corridor: Corridor, received: datetime) -> str:
    """Held until the transaction ends, so that who files the same request in the same moment waits for the first."""
    from ordholden.cases.models import CaseNumber

    store, year = corridor.store, received.astimezone(ZoneInfo("Europe/Copenhagen")).year
    numbers = CaseNumber.objects.using(store.alias)
    numbers.bulk_create([CaseNumber(organisation=store.organisation, year=year)], ignore_conflicts=True)
    counter = numbers.select_for_update().get(organisation=store.organisation, year=year)
    counter.last += 1
    counter.save(using=store.alias)
    return f"{year}-{counter.last:06d}"


def _same(corridor: Corridor, request: Request) -> CaseRow | None:
    """The case that this request opened before: it has the same origin, or it is word for word about the same."""
    ours = cases_of(corridor.store).select_for_update()
    if request.origin:
        found = ours.filter(origin=request.origin).first()
        if found is not None:
            return found
    since = corridor.store.now() - SAME_WITHIN
    return (
        ours.filter(fingerprint=_fingerprint(corridor, request), received_at__gte=since, open=True)
        .order_by("id")
        .first()
    )


def _fingerprint(corridor: Corridor, request: Request) -> str:
    from ordholden import identifiers

    def who(one: Who | None) -> list[str]:
        if one is None:
            return []
        known = {}
        for line in one.lines:
            kind, _, value = line.partition(":")
            known[kind] = identifiers.normal(kind, value) or value
        return [" ".join(one.name.split()).casefold(), *(f"{k}:{v}" for k, v in sorted(known.items()))]

    return request_digest(
        corridor,
        {
            "right": request.right,
            "who": who(request.who),
            "on behalf": who(request.on_behalf),
            "about": sorted(request.about),
            "changes": [(c.what, c.old, c.new) for c in request.changes],
            "transfer": request.transfer_to,
            "controller": request.controller,
            "campaign": request.campaign,
            # Two customers may have a local number and a name alike: the same words, and not the same request.
            **({"asked for": request.asked_for} if request.asked_for else {}),
        },
    )


def _again(
    corridor: Corridor, row: CaseRow, request: Request, *, actor: str, files: Sequence[Upload]
) -> Case:
    case = Opened(corridor, row, content_of(corridor.store, row))
    case.record("request:arrival:repeated", actor=actor, channel=request.channel.value)
    if Channel(case.row.channel) is Channel.PROCESSOR and request.channel is not Channel.PROCESSOR:
        # Whoever asks us as well is answered by us as well.
        case.row.channel = request.channel.value
        letters.receipt(case)
    said = request.words.strip() if request.words.strip() != case.content.words.strip() else ""
    # Mail that is read twice brings the same files; who asks again brings what they had forgotten, a mandate perhaps.
    brought = files if not request.origin or request.origin != row.origin else ()
    if said or brought:
        documents = attach(case, brought, incoming=True)
        keep_message(case, said, actor=actor, incoming=True, documents=documents)
        case.row.needs_staff = True
        if case.row.representation == RepresentationState.ASKED.value:
            _mandate(case, brought, documents)
    case.write()
    return case.case


def _new(corridor: Corridor, request: Request, number: str, received: datetime) -> Opened:
    from ordholden.cases.models import CaseRow

    store, requests = corridor.store, corridor.policy.requests
    who, by = (request.on_behalf, request.who) if request.on_behalf else (request.who, None)
    content = Content(
        who=who,
        by=by,
        words=request.words.strip(),
        about=request.about,
        changes=request.changes,
        transfer_to=request.transfer_to,
        letter_seen=request.signed and request.channel is Channel.LETTER,
    )
    row = CaseRow(
        organisation=store.organisation,
        number=number,
        right=request.right,
        channel=request.channel.value,
        state=State.RECEIVED.value,
        language=request.language,
        received_at=received,
        received_on=received.astimezone(ZoneInfo("Europe/Copenhagen")).date(),
        own_days=requests.own_days(request.right),
        customary=requests.customary,
        identity=IdentityState.UNDOUBTED.value,
        representation=RepresentationState.NONE.value,
        controller=request.controller,
        campaign=request.campaign,
        origin=request.origin,
        asked_by=request.asked_by,
        asked_for=request.asked_for,
        fingerprint=_fingerprint(corridor, request),
        sealed=sealed(store, content),
        needs_staff=True,
        version=0,
    )
    partner = requests.controller_of(request.controller, request.campaign)
    if partner is not None:
        row.controller = partner.name
    clock.reckon(row)
    row.save(using=store.alias)
    return Opened(corridor, row, content)


def _mandate(case: Opened, files: Sequence[Upload], attached: Sequence[int]) -> None:
    """Who acts for somebody else shows why; a reseller does by its agreement, and for a named employee only."""
    if case.content.by is None:
        return
    papers = [d for f, d in zip(files, attached, strict=True) if f.purpose == "representation"]
    if papers:
        case.row.representation = RepresentationState.RECEIVED.value
        case.know(mandate=papers[0])
    elif Channel(case.row.channel) is Channel.RESELLER:
        case.row.representation = RepresentationState.ACCEPTED.value
        case.know(mandate_reason="agreement")
    else:
        case.row.representation = RepresentationState.ASKED.value


def _first_state(case: Opened, request: Request) -> None:
    requests = case.corridor.policy.requests
    waits = case.row.representation in (RepresentationState.ASKED.value, RepresentationState.RECEIVED.value)
    letter = requests.forms.get(case.row.right) == SIGNED_LETTER and not case.content.letter_seen
    if waits or letter:
        case.row.state = State.IDENTIFYING.value
    if case.content.letter_seen:
        case.record("request:letter:arrived", actor="ordholden")
    missing = [kind for kind in requests.known_by.get(request.right, ()) if not _told(case.content.who, kind)]
    if missing:
        case.row.state = State.IDENTIFYING.value
        case.record("request:identity:incomplete", actor="ordholden", missing=", ".join(missing))


def _told(who: Who, kind: str) -> bool:
    own = {"name": who.name, "email": who.email, "phone": who.phone, "address": who.address}
    return bool(own.get(kind, "") or who.identifiers.get(kind, ""))

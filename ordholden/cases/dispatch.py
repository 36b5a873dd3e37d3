"""What goes to another installation: written down with the deed it tells of, and sent until they say that they have it.

What was written down stays as it is, under a number of its own, and is signed anew each time it is sent. So whoever dies in
between, whether before they had it or after, nothing is there twice and nothing is lost. Once they have it, the content is
no longer kept here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ordholden.cases import letters
from ordholden.cases.between import (
    MEDIA_TYPE,
    Answered,
    Asked,
    Attached,
    Reminded,
    Said,
    attached,
    form_of,
    written,
)
from ordholden.cases.case import Channel, IdentityState, Outcome, TaskKind, Upload
from ordholden.cases.change import Opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.courier import acknowledged, carry, host_of
from ordholden.cases.links import ADDRESS_VARIABLE
from ordholden.cases.right import Work
from ordholden.cases.rows import unsealed_text
from ordholden.connectors.errors import SystemFailure
from ordholden.policy.requests import Partner
from ordholden.post.envelope import enclose
from ordholden.problems import Refusal

if TYPE_CHECKING:
    import httpx
    from django.db.models import QuerySet

    from ordholden.cases.models import CaseRow, DispatchRow, DocumentRow, TaskRow

__all__ = [
    "ASKED",
    "answer",
    "ask",
    "deliver",
    "dispatches",
    "for_partner",
    "forget",
    "is_written",
    "our_door",
    "remind",
    "settled",
    "was_asked",
]

ASKED, ANSWERED = "ordholden-request/1", "ordholden-answer/1"
_REQUEST = ("attachment", "representation", "signed letter")
_PATIENCE = (401, 403, 408, 425)
"""What whoever runs the other installation can mend (a key, an address, a clock): it is tried again."""
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,24}")
_CODE = re.compile(r"[a-z-]{1,40}")


def our_door(corridor: Corridor) -> str:
    """Where partners reach us; nothing where we are not on the web."""
    base = os.environ.get(ADDRESS_VARIABLE, "").rstrip("/")
    return f"{base}/api/{corridor.folder.name}/partner" if base else ""


# — what is said —


def ask(case: Opened, partner: Partner, key: str) -> None:
    """The request as it came, with what belongs to it."""
    content = case.content
    files, too_large = _files(case, _request_files(case))
    asked = Asked(
        case=case.row.number,
        answer_to=our_door(case.corridor),
        right=case.row.right,
        who=content.who,
        by=content.by,
        received_at=case.row.received_at,
        words=content.words + too_large,
        channel=Channel(case.row.channel),
        language=case.row.language,
        identity=IdentityState(case.row.identity),
        about=_in_words(case, content.about),
        changes=content.changes,
        transfer_to=content.transfer_to,
        campaign=case.row.campaign,
        files=files,
    )
    _write(case, partner.name, key, asked)


def remind(case: Opened, partner: str, times: int) -> None:
    """That their answer has not come."""
    from ordholden.cases.tasks import make

    key = f"remind:{partner}:{times}"
    _write(case, partner, key, Reminded(asked=case.row.number, times=times))
    make(case, [Work(TaskKind.TELL_PARTNER, key, partner)])


def answer(case: Opened, text: str) -> None:
    """To every partner who passed the request on: what came of it, in the letter's words, with the files for the person."""
    from ordholden.cases.tasks import make

    waiting = dispatches(case.corridor).filter(case=case.row, incoming=True, form=ASKED, done_at=None)
    for row in list(waiting.select_for_update()):
        key = f"reply:{row.pk}"
        files, too_large = _files(case, _answer_files(case))
        outcome = Outcome(case.row.outcome) if case.row.outcome else None
        said = Answered(row.reference, case.row.number, text + too_large, outcome, files)
        _write(case, row.partner, key, said, reference=row.reference)
        make(case, [Work(TaskKind.TELL_PARTNER, key, row.partner)])
        row.done_at = case.store.now()
        row.save(using=case.store.alias)
        case.record("request:partner:answered", actor="ordholden", to=row.partner, case_there=row.reference)


def for_partner(case: Opened) -> bool:
    """Whether the one who asks us is a partner's installation; it tells the person what we say to it."""
    if case.row.channel != Channel.PROCESSOR.value:
        return False
    return dispatches(case.corridor).filter(case=case.row, incoming=True, form=ASKED).exists()


def was_asked(case: Opened, partner: str) -> bool:
    """Whether a request to them was written down, whatever we heard of it since."""
    ours = dispatches(case.corridor).filter(case=case.row, incoming=False, form=ASKED, partner=partner)
    return ours.exists()


def _in_words(case: Opened, about: Sequence[str]) -> tuple[str, ...]:
    """Purposes, consents and categories as people call them."""
    policy, language = case.corridor.policy, case.row.language
    found = []
    for name in about:
        activity, category = policy.activities.get(name), policy.categories.get(name)
        text = activity.purpose if activity else category.text if category else policy.consents.get(name)
        found.append(text[language] if text else name)
    return tuple(found)


def _files(case: Opened, files: Sequence[Upload]) -> tuple[tuple[Attached, ...], str]:
    """The files; or, where they are too large, the words that say so."""
    found = attached(files)
    said = letters.text("files-too-large", case.row.language, {"case": case.row.number})
    return (found, "") if found or not files else ((), f"\n\n{said}")


def _request_files(case: Opened) -> tuple[Upload, ...]:
    """What came with the request. What somebody showed us of who they are stays here, and so does what was written since."""
    from ordholden.cases.models import DocumentRow, MessageRow

    alias = case.store.alias
    later = {
        document
        for documents in MessageRow.objects.using(alias)
        .filter(case=case.row)
        .values_list("documents", flat=True)
        for document in documents
    }
    rows = DocumentRow.objects.using(alias).filter(case=case.row, incoming=True, purpose__in=_REQUEST)
    return _uploads(case, rows.exclude(pk__in=later))


def _answer_files(case: Opened) -> tuple[Upload, ...]:
    from ordholden.cases.models import DocumentRow

    rows = DocumentRow.objects.using(case.store.alias).filter(case=case.row, pk__in=case.content.files)
    return _uploads(case, rows)


def _uploads(case: Opened, rows: QuerySet[DocumentRow]) -> tuple[Upload, ...]:
    store = case.store
    return tuple(
        Upload(unsealed_text(store, row.name), store.unseal(bytes(row.content.sealed)), row.type, row.purpose)
        for row in rows.select_related("content").order_by("pk")
    )


# — written down —


def dispatches(corridor: Corridor) -> QuerySet[DispatchRow]:
    from ordholden.cases.models import DispatchRow

    store = corridor.store
    return DispatchRow.objects.using(store.alias).filter(organisation=store.organisation)


def _nonce(case: Opened, partner: str, key: str) -> str:
    return case.store.digest(case.row.number, partner, key, use="partner message")


def is_written(corridor: Corridor, case: CaseRow, key: str) -> bool:
    return dispatches(corridor).filter(case=case, incoming=False, key=key).exists()


def _write(case: Opened, partner: str, key: str, said: Said, *, reference: str = "") -> None:
    """Once under its key; it is not changed any more, since it may be there already."""
    from ordholden.cases.models import DispatchRow

    store = case.store
    row = DispatchRow(
        organisation=store.organisation,
        case=case.row,
        incoming=False,
        partner=partner,
        form=form_of(said),
        nonce=_nonce(case, partner, key),
        key=key,
        reference=reference,
        at=store.now(),
        sealed=store.seal(written(said)),
    )
    DispatchRow.objects.using(store.alias).bulk_create([row], ignore_conflicts=True)


# — sent —


def deliver(corridor: Corridor, case: CaseRow, key: str) -> str:
    """Sends what was written down; the number that the case has there. Outside any transaction.

    A `SystemFailure` where it is worth trying again, a Refusal where they will not have it.
    """
    row = dispatches(corridor).get(case=case, incoming=False, key=key)
    if row.done_at is not None:
        return row.reference
    if not row.sealed:
        raise Refusal.of("partner-forgotten", partner=row.partner)
    found = corridor.policy.requests.partner(row.partner)
    if found is None or not found.endpoint:
        raise Refusal.of("partner-unreachable", partner=row.partner)
    envelope = enclose(
        corridor.store,
        corridor.store.unseal(bytes(row.sealed)),
        form=row.form,
        sender=corridor.policy.organisation.name,
        receiver=found.endpoint,
        reference=case.number,
        nonce=row.nonce,
    )
    answered = carry(envelope, found.endpoint, media_type=MEDIA_TYPE)
    if not answered.is_success:
        raise _unwilling(answered, found)
    try:
        number = str(acknowledged(answered, envelope).get("case", ""))
    except Refusal as refusal:
        # A page of somebody in between, who says yes to everything, is no answer of theirs.
        raise SystemFailure(host_of(found.endpoint), refusal.problems[0].code) from refusal
    return number if _NUMBER.fullmatch(number) else ""


def _unwilling(answered: httpx.Response, partner: Partner) -> SystemFailure | Refusal:
    status, code = answered.status_code, _code(answered)
    # An address where nothing stands is somebody's mistake in a file; that a case is not there is their answer.
    elsewhere = status < 400 or (status == 404 and code in ("", "not-there"))
    if status in _PATIENCE or elsewhere:
        return SystemFailure(host_of(partner.endpoint), f"HTTP {status} {code}".strip())
    return Refusal.of("partner-refused", partner=partner.name, status=status, reason=code or "–")


def _code(answered: httpx.Response) -> str:
    """Why not, where they say it as we do."""
    try:
        code = str(answered.json()["problems"][0]["code"])
    except (ValueError, KeyError, TypeError, IndexError):
        return ""
    return code if _CODE.fullmatch(code) else ""


def forget(corridor: Corridor, cases: QuerySet[CaseRow]) -> int:
    """What lies there for them still, of cases whose copies are not kept any more. How much that was."""
    unsent = dispatches(corridor).filter(incoming=False, case__in=cases).exclude(sealed=b"")
    return unsent.update(sealed=b"")


def settled(case: Opened, task: TaskRow, reference: str) -> None:
    """They have it: its content is not needed here any more."""
    ours = dispatches(case.corridor).filter(case=case.row, incoming=False, key=task.key)
    ours.update(done_at=case.store.now(), sealed=b"", reference=reference)

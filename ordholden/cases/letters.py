"""Letters of a case: what each is told, to whom it goes, and that it goes once.

A letter is written and put into the outbox in the transaction of the deed it tells of. Where there is no mail address
it is printed: then a task remains until somebody says that it was posted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ordholden.cases.case import RepresentationState, TaskKind, TaskState, Upload, Who
from ordholden.cases.change import Opened, attach
from ordholden.lang import word
from ordholden.policy.requests import SIGNED_LETTER

if TYPE_CHECKING:
    from ordholden.post import Letter

__all__ = [
    "common",
    "kept",
    "kept_for_partner",
    "letter",
    "link_facts",
    "receipt",
    "send",
    "text",
    "to_partner",
    "to_staff",
]

PAPER = "by post"


def receipt(case: Opened, *, told: bool = False) -> None:
    """That it arrived, its number, and the day of the answer; the same for everybody. `told`: a partner has said so."""
    content = case.content
    if reader(case).email and not told:
        facts = {"words": content.words, **link_facts(case)}
        send(case, "receipt", facts, actor="ordholden", files=_blank(case))
    if case.row.representation == RepresentationState.ASKED.value:
        asked = {
            "on_behalf": content.who.name or "–",
            "wanted": text("mandate", case.row.language),
            **link_facts(case),
        }
        send(case, "representation-asked", asked, actor="ordholden")
        case.record("request:representation:asked", actor="ordholden")


def _blank(case: Opened) -> tuple[Upload, ...]:
    """The letter to sign, filled in, where the policy asks for one that has not come yet."""
    wanted = case.corridor.policy.requests.forms.get(case.row.right) == SIGNED_LETTER
    return (signed_request(case),) if wanted and not case.content.letter_seen else ()


def signed_request(case: Opened) -> Upload:
    """A letter that asks for the right, with what the person told us filled in, and a line for the signature."""
    from ordholden.post import pdf

    who, language = case.content.who, case.row.language
    rows = [
        (word(f"request-field.{name}", language), value)
        for name, value in (
            ("case", case.row.number),
            ("name", who.name),
            ("address", who.address),
            ("email", who.email),
            ("phone", who.phone),
        )
    ]
    rows += [(kind, value) for kind, value in who.identifiers.items()]
    made = letter(case, "signed-request", {"fields": rows, "text": case.content.words})
    return Upload(f"{case.row.number}.pdf", pdf(made), "application/pdf", "blank")


def reader(case: Opened) -> Who:
    """Who is written to: the one who asks. Nothing goes any more to the address of somebody who has died."""
    content = case.content
    if content.by is not None:
        return content.by
    return Who(name=content.who.name) if content.died else content.who


def common(case: Opened) -> dict[str, Any]:
    """What every letter of the case knows."""
    now = case.case
    who = reader(case)
    return {
        "case": now.number,
        "right": now.right,
        "received": now.received_on,
        "due": now.due.first,
        "unpaused": now.unpaused.first,
        "name": who.name,
        "address": who.address,
    }


def letter(case: Opened, kind: str, facts: Mapping[str, Any]) -> Letter:
    """The letter, in the language of the case."""
    from ordholden.post import write

    corridor = case.corridor
    return write(
        kind,
        case.row.language,
        {**common(case), **facts},
        corridor.policy.organisation,
        corridor.folder,
        on=case.on,
    )


def send(
    case: Opened,
    kind: str,
    facts: Mapping[str, Any],
    *,
    actor: str,
    files: Sequence[Upload] = (),
    subject: str = "",
) -> Letter:
    """Writes to the one who asks, once, and keeps what was written in the thread."""
    made = letter(case, kind, facts)
    documents = attach(case, files, incoming=False)
    to = reader(case)
    message = _kept(
        case,
        made,
        kind,
        actor=actor,
        documents=documents,
        delivery="waiting" if to.email else PAPER,
        subject=subject,
    )
    if to.email:
        _put(case, made, to, files, f"{case.row.number}:message:{message}")
    else:
        _print(case, message)
    return made


def kept(case: Opened, kind: str, facts: Mapping[str, Any], *, actor: str, delivery: str) -> Letter:
    """What goes to a partner's installation and not by post, as the thread shows it."""
    made = letter(case, kind, facts)
    _kept(case, made, kind, actor=actor, delivery=delivery)
    return made


def kept_for_partner(case: Opened, name: str, kind: str, facts: Mapping[str, Any]) -> None:
    """What their installation was sent, in the words that a mail would have had."""
    made = letter(case, kind, {**facts, "name": name, "address": ""})
    _kept(case, made, _as_kept(kind), actor=name, delivery="sent")


def _as_kept(kind: str) -> str:
    """A processor is asked in a letter like others; in the thread it is no message to the person."""
    return "processor-request" if kind == "message" else kind


def to_partner(case: Opened, name: str, email: str, kind: str, facts: Mapping[str, Any], *, key: str) -> None:
    """To a controller, a processor or a recipient."""
    made = letter(case, kind, {**facts, "name": name, "address": ""})
    _kept(case, made, _as_kept(kind), actor=name)
    _put(case, made, Who(name=name, email=email), (), f"{case.row.number}:{key}")


def to_staff(case: Opened, said: str, *, key: str, escalated: bool = False) -> None:
    """To who has the case; to those responsible for data protection where nobody has it, or it is grave."""
    owner = (case.row.owner,) if "@" in case.row.owner else ()
    contacts = case.corridor.policy.organisation.contacts
    responsible = tuple(c.email for c in contacts if c.topic == "data protection" and c.email)
    for address in dict.fromkeys((*owner, *responsible) if escalated or not owner else owner):
        made = letter(case, "message", {"text": said, "name": "", "address": ""})
        _put(case, made, Who(email=address), (), f"{case.row.number}:{key}:{address}")


def link_facts(case: Opened, *, purpose: str = "case", days: int = 1) -> dict[str, Any]:
    """A link to the case, where the organisation can be reached on the web."""
    from ordholden.cases.links import address_of, make_link

    minutes = days * 24 * 60
    if not address_of(case.corridor, "", purpose=purpose):
        return {}
    token = make_link(case, purpose=purpose, minutes=minutes)
    until = case.store.now() + timedelta(minutes=minutes)
    return {"link": address_of(case.corridor, token, purpose=purpose), "link_until": until}


def text(name: str, language: str, facts: Mapping[str, str] | None = None) -> str:
    """A text that is no letter of its own kind, with its facts."""
    return word(f"request-text.{name}", language).format(**(facts or {}))


def _kept(
    case: Opened,
    made: Letter,
    kind: str,
    *,
    actor: str,
    documents: Sequence[int] = (),
    delivery: str = "waiting",
    subject: str = "",
) -> int:
    from ordholden.cases.messages import keep_message

    return keep_message(
        case,
        made.text,
        actor=actor,
        incoming=False,
        subject=subject or made.subject,
        kind=kind,
        documents=documents,
        delivery=delivery,
    )


def _put(case: Opened, made: Letter, to: Who, files: Sequence[Upload], key: str) -> None:
    from ordholden.post import outbox
    from ordholden.post.carrier import Attachment

    attachments = [Attachment(f.name, f.content, f.type) for f in files]
    outbox.put(case.store, made, to.email, case=case.row.number, key=key, attachments=attachments)


def _print(case: Opened, message: int) -> None:
    """A task for whoever takes letters to the post."""
    from ordholden.cases.models import TaskRow

    TaskRow.objects.using(case.store.alias).bulk_create(
        [
            TaskRow(
                organisation=case.store.organisation,
                case=case.row,
                kind=TaskKind.BY_HAND.value,
                key=f"post:{message}",
                system="letter",
                state=TaskState.BY_HAND.value,
                due=case.on,
                fields=["posted"],
            )
        ],
        ignore_conflicts=True,
    )

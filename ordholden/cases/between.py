"""What two installations say to each other about a case: a request that is passed on, its answer, and a reminder.

Each is the content of a signed envelope, in a form of its own; what does not read as one of them is refused. Files travel
inside, and what they are called is made harmless on arrival.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from ordholden.cases.case import Change, Channel, IdentityState, Outcome, Upload, Who
from ordholden.problems import Refusal

__all__ = [
    "FORMS",
    "MEDIA_TYPE",
    "MOST",
    "Answered",
    "Asked",
    "Attached",
    "Reminded",
    "Said",
    "as_uploads",
    "attached",
    "form_of",
    "read",
    "written",
]

MEDIA_TYPE = "application/vnd.ordholden.case"
MOST = 140 * 1024 * 1024
"""Of a message with its files; as text they are a third larger."""
MOST_FILES = 100 * 1024 * 1024
MOST_WORDS = 500_000
MOST_THINGS = 500
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,24}")
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_REQUESTS = ("attachment", "representation", "signed letter")


@dataclass(frozen=True)
class Attached:
    """A file."""

    name: str
    type: str
    purpose: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """A request that somebody made to the sender, and that the receiver has to answer."""

    case: str  # the number it has at the sender
    answer_to: str  # the sender's own door
    right: str
    who: Who  # whom it is about
    received_at: datetime  # by the sender; the time limit runs from there
    words: str = ""
    by: Who | None = None  # who asks for them
    channel: Channel = Channel.PORTAL
    language: str = "da"
    identity: IdentityState = IdentityState.UNDOUBTED  # as far as the sender knows
    about: tuple[str, ...] = ()  # in words: the receiver calls its purposes otherwise
    changes: tuple[Change, ...] = ()
    transfer_to: str = ""
    campaign: str = ""
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class Answered:
    """What became of it: the letter's text, and the files that are for the person."""

    asked: str  # the number that it has at the receiver
    case: str
    text: str
    outcome: Outcome | None = None
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class Reminded:
    """That the answer has not come."""

    asked: str
    times: int = 1
    sent_on: date | None = None


Said = Asked | Answered | Reminded
FORMS: Mapping[str, type[Said]] = {
    "ordholden-request/1": Asked,
    "ordholden-answer/1": Answered,
    "ordholden-reminder/1": Reminded,
}


def form_of(said: Said) -> str:
    return next(form for form, kind in FORMS.items() if isinstance(said, kind))


def written(said: Said) -> bytes:
    return msgspec.json.encode(said)


def read(form: str, content: bytes) -> Said:
    """A Refusal where it is nothing that is said in this form."""
    try:
        said: Said = msgspec.json.decode(content, type=FORMS[form])
    except (msgspec.DecodeError, KeyError, RecursionError, UnicodeDecodeError):
        raise Refusal.of("transfer-form") from None
    if not _sound(said):
        raise Refusal.of("transfer-form")
    return said


def _sound(said: Said) -> bool:
    """What any request or answer fits into with room to spare, and nothing that a number is not."""
    if isinstance(said, Reminded):
        return _NUMBER.fullmatch(said.asked) is not None and 0 < said.times < MOST_THINGS
    numbers = (said.case, said.asked) if isinstance(said, Answered) else (said.case,)
    words = said.text if isinstance(said, Answered) else said.words
    if not all(_NUMBER.fullmatch(number) for number in numbers) or len(words) > MOST_WORDS:
        return False
    return len(said.files) <= MOST_THINGS and (isinstance(said, Answered) or _sound_request(said))


def _sound_request(said: Asked) -> bool:
    people = [who for who in (said.who, said.by) if who is not None]
    return (
        max(len(said.about), len(said.changes), *(len(p.identifiers) for p in people)) <= MOST_THINGS
        and said.language in ("da", "en")
        and said.received_at.tzinfo is not None
        and len(said.campaign) <= 200
        and said.campaign.isprintable()
    )


# — files —


def attached(files: Sequence[Upload]) -> tuple[Attached, ...]:
    """The files as they travel; none where they are too large together, which has to be said then."""
    if sum(len(f.content) for f in files) > MOST_FILES:
        return ()
    return tuple(Attached(f.name, f.type, f.purpose, f.content) for f in files)


def as_uploads(files: Sequence[Attached]) -> tuple[Upload, ...]:
    """As they are kept here. Of a request's files some have a purpose of their own, of others nothing is believed."""
    return tuple(
        Upload(
            _plain(f.name),
            f.content,
            f.type if _TYPE.fullmatch(f.type) and len(f.type) <= 100 else "application/octet-stream",
            f.purpose if f.purpose in _REQUESTS else "attachment",
        )
        for f in files
    )


def _plain(name: str) -> str:
    """A name without a way, and without what cannot be seen."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable()).strip(". ")[-120:] or "file"

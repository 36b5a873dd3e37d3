"""A case's messages as a page shows them: a letter's plain text as headings and paragraphs, without what a mail needs around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ordholden.cases.case import Document, Message

__all__ = ["Part", "Shown", "shown", "with_person"]

_LINE = re.compile(r"[=\-]{4,}")
_LINK = re.compile(r"https?://\S+/(?:case|partner)/[\w-]{20,}")


@dataclass(frozen=True)
class Part:
    """A heading, or a paragraph."""

    text: str
    heading: bool = False


@dataclass(frozen=True)
class Shown:
    """One message. A letter is folded, but for the newest."""

    message: Message
    parts: tuple[Part, ...]
    files: tuple[Document, ...]
    letter: bool
    newest: bool


def with_person(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """What was written between the person and us; not what we asked others, and what they said to us."""
    return tuple(m for m in messages if not m.with_partner)


def shown(messages: tuple[Message, ...], files: Mapping[int, Document]) -> tuple[Shown, ...]:
    """The newest first: that is what somebody comes for."""
    last = messages[-1].id if messages else 0
    return tuple(
        Shown(
            message=m,
            parts=(Part(m.body),) if _is_written(m) else tuple(_parts(m)),
            files=tuple(files[n] for n in m.attachments if n in files),
            letter=not _is_written(m),
            newest=m.id == last,
        )
        for m in reversed(messages)
    )


def _is_written(message: Message) -> bool:
    """By somebody, not from a letter's wording."""
    return message.incoming or not any(map(_LINE.fullmatch, message.body.split("\n")))


def _parts(message: Message) -> Iterator[Part]:
    """From below the letter's own heading on; a link to the case is no news to who has opened it."""
    begun = False
    for block in re.split(r"\n{2,}", message.body.strip()):
        lines = block.split("\n")
        is_heading = len(lines) > 1 and _LINE.fullmatch(lines[-1].strip()) is not None
        if is_heading and not begun:
            begun = True
        elif is_heading:
            yield Part(" ".join(lines[:-1]), heading=True)
        elif begun and not _LINK.search(block.replace("\n", "")):
            yield Part(block.removeprefix("--\n"))

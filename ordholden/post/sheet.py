"""A letter as nouns, before it is HTML, text or paper: what comes from people stands in it as plain text.

No text is ever read as markup again once it is in here; each writer escapes what its own form would take for a sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

__all__ = [
    "Again",
    "Block",
    "Button",
    "Fields",
    "Grid",
    "Heading",
    "Items",
    "Paragraph",
    "Quote",
    "Sheet",
    "Span",
]


@dataclass(frozen=True)
class Span:
    """Some words of a line."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Heading:
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Paragraph:
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Items:
    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Quote:
    """What somebody wrote, in their own paragraphs."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table; every row is as long as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Button:
    """A link that stands by itself. On paper its address is written out."""

    label: str
    link: str


@dataclass(frozen=True)
class Fields:
    """A form's fields, filled in or left as a line to write on."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Again:
    """The whole letter once more, in another language: for whoever is not known to read the first."""

    language: str
    title: str
    blocks: tuple[Block, ...]
    closing: tuple[str, ...]


Block: TypeAlias = Heading | Paragraph | Items | Quote | Grid | Button | Fields | Again


@dataclass(frozen=True)
class Sheet:
    """A whole letter: who writes to whom on what day, what it says, and what stands below every letter."""

    language: str
    title: str
    sender: str
    to: tuple[str, ...]
    dated: date
    day: str
    reference: str
    blocks: tuple[Block, ...]
    closing: tuple[str, ...]
    footer: tuple[str, ...]

"""Reads the wording of a letter: text with `{facts}`, and what is wrong with it, each finding with its place.

    # The subject                      the first line
    Dear … {fact} … **strong**         a paragraph; what stands in [brackets] is left out where a fact in it is empty
    - an item                          a list
    {stays}                            a block, in a line of its own
    ## A heading                       begins a section; one whose blocks are all empty is left out whole

Nothing else is markup: HTML, links and comments are words like any other, so nothing can be hidden in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ordholden.post.kinds import COMPUTED, FACTS, Form, Kind
from ordholden.problems import Place, Problems, nearest

__all__ = [
    "Fact",
    "Inserted",
    "Line",
    "Listed",
    "Maybe",
    "Said",
    "Section",
    "Wording",
    "form_of",
    "read_wording",
]

_SIGN = re.compile(r"\{(?P<fact>\w+)\}|(?P<strong>\*\*)|(?P<open>\[)|(?P<close>\])|(?P<stray>[{}])")
_ALONE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Fact:
    """A fact within a line."""

    name: str
    strong: bool = False


@dataclass(frozen=True)
class Said:
    """Words as they stand."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Maybe:
    """Left out where one of its facts is empty."""

    pieces: tuple[Said | Fact, ...]


Line = tuple[Said | Fact | Maybe, ...]


@dataclass(frozen=True)
class Listed:
    """A list; an item of which nothing is left is none."""

    items: tuple[Line, ...]


@dataclass(frozen=True)
class Inserted:
    """A fact or part that is a block of its own."""

    name: str


@dataclass(frozen=True)
class Section:
    """A heading, empty for the beginning, and what stands under it."""

    heading: Line
    parts: tuple[Line | Listed | Inserted, ...]


@dataclass(frozen=True)
class Wording:
    """What a letter of a kind says in a language, before anybody's facts are in it."""

    subject: Line
    sections: tuple[Section, ...]


def form_of(name: str) -> Form:
    """How a fact or part of this name is written."""
    return FACTS.get(name) or COMPUTED[name]


def read_wording(text: str, kind: Kind, file: str, problems: Problems) -> Wording:
    """The wording; what is wrong with it is added to the problems."""
    reader = _Reader(kind, file, problems)
    wording = reader.read(text)
    reader.must_say_what_is_demanded()
    return wording


class _Reader:
    def __init__(self, kind: Kind, file: str, problems: Problems) -> None:
        self._kind = kind
        self._file = file
        self._problems = problems
        self._sure: set[str] = set()
        self._doubtful: dict[str, Place] = {}

    def read(self, text: str) -> Wording:
        paragraphs = list(_paragraphs(text))
        subject: Line = ()
        if paragraphs and paragraphs[0][1].startswith("# ") and "\n" not in paragraphs[0][1]:
            number, first = paragraphs.pop(0)
            subject = self._line(first.removeprefix("# "), number, 3, counts=False)
        else:
            self._problems.error("letter-subject", Place(self._file, 1, 1), kind=self._kind.name)
        sections: list[tuple[Line, list[Line | Listed | Inserted]]] = [((), [])]
        for number, paragraph in paragraphs:
            if paragraph.startswith("## ") and "\n" not in paragraph:
                heading = self._line(paragraph.removeprefix("## "), number, 4, counts=False)
                sections.append((heading, []))
            else:
                sections[-1][1].append(self._part(paragraph, number))
        return Wording(subject, tuple(Section(heading, tuple(parts)) for heading, parts in sections))

    def must_say_what_is_demanded(self) -> None:
        """What stands only in brackets beside another fact may be gone in the letter, so it doesn't count."""
        for name in self._kind.demands:
            if name in self._sure:
                continue
            code = "letter-part-doubtful" if name in self._doubtful else "letter-part-missing"
            at = self._doubtful.get(name, Place(self._file, 1, 1))
            self._problems.error(code, at, kind=self._kind.name, part=name)

    def _part(self, paragraph: str, number: int) -> Line | Listed | Inserted:
        alone = _ALONE.fullmatch(paragraph)
        if alone and self._known(alone[1], Place(self._file, number, 1)) and not form_of(alone[1]).inline:
            self._sure.add(alone[1])
            return Inserted(alone[1])
        lines = paragraph.splitlines()
        if all(line.startswith("- ") for line in lines):
            return Listed(tuple(self._line(line[2:], number + i, 3) for i, line in enumerate(lines)))
        return self._line(paragraph, number, 1)

    def _line(self, text: str, number: int, column: int, *, counts: bool = True) -> Line:
        """`counts`: a fact in it is said. A subject is not read on paper, a heading may go with its section."""
        pieces: list[Said | Fact | Maybe] = []
        inside: list[Said | Fact] | None = None
        strong, end = False, 0
        for sign in _SIGN.finditer(text):
            at = _place_in(self._file, text, sign.start(), number, column)
            _add(pieces if inside is None else inside, Said(_joined(text[end : sign.start()]), strong))
            end = sign.end()
            if sign["fact"] and self._inline(sign["fact"], at):
                (pieces if inside is None else inside).append(Fact(sign["fact"], strong))
                if inside is None and counts:
                    self._sure.add(sign["fact"])
            elif sign["strong"]:
                strong = not strong
            elif sign["open"] and inside is None:
                inside = []
            elif sign["close"] and inside is not None:
                self._weigh(inside, at, counts=counts)
                pieces.append(Maybe(tuple(inside)))
                inside = None
            elif not sign["fact"]:
                self._problems.error("letter-sign", at, sign=sign[0])
        _add(pieces if inside is None else inside, Said(_joined(text[end:]), strong))
        if inside is not None or strong:
            alone = "**" if inside is None else "["
            self._problems.error("letter-sign", Place(self._file, number, column), sign=alone)
        return tuple(pieces if inside is None else [*pieces, *inside])

    def _weigh(self, inside: list[Said | Fact], at: Place, *, counts: bool) -> None:
        facts = {piece.name for piece in inside if isinstance(piece, Fact)}
        if counts and len(facts) == 1:
            self._sure |= facts
        elif counts:
            self._doubtful |= dict.fromkeys(facts, at)

    def _inline(self, name: str, at: Place) -> bool:
        if not self._known(name, at):
            return False
        if form_of(name).inline:
            return True
        self._problems.error("letter-block", at, fact=name)
        return False

    def _known(self, name: str, at: Place) -> bool:
        known = self._kind.known
        if name not in known:
            self._problems.error(
                "letter-fact-unknown", at, kind=self._kind.name, fact=name, nearest=nearest(name, known)
            )
        return name in known


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Each with the number of its first line."""
    for match in re.finditer(r"(?:^[^\n]*\S[^\n]*\n?)+", text.replace("\r\n", "\n"), re.MULTILINE):
        yield text.replace("\r\n", "\n").count("\n", 0, match.start()) + 1, match[0].strip()


def _place_in(file: str, text: str, position: int, number: int, column: int) -> Place:
    before = text[:position]
    lines = before.count("\n")
    return Place(file, number + lines, position - before.rfind("\n") if lines else column + position)


def _joined(text: str) -> str:
    """The lines of a paragraph are one line."""
    return text.replace("\n", " ")


def _add(pieces: list[Said | Fact | Maybe] | list[Said | Fact], said: Said) -> None:
    if said.text:
        pieces.append(said)

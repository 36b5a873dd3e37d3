"""Writes a letter: the kind's wording, the facts of one case, and what the law and the organisation add.

An organisation may have its own wording in `letters/<kind>.<language>.md`. One with an error is not used: the
person gets ours, which says what the law demands, and the letter carries the finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from ordholden.lang import LANGUAGES, day
from ordholden.lang.texts import texts
from ordholden.law.authority import Authority, authority
from ordholden.policy.document import Contact, Organisation
from ordholden.post import page, plain
from ordholden.post.kinds import COLUMNS, FACTS, KINDS, Form, Kind
from ordholden.post.sheet import (
    Again,
    Block,
    Button,
    Fields,
    Grid,
    Heading,
    Items,
    Paragraph,
    Quote,
    Sheet,
    Span,
)
from ordholden.post.wording import (
    Fact,
    Inserted,
    Line,
    Listed,
    Maybe,
    Said,
    Section,
    Wording,
    form_of,
    read_wording,
)
from ordholden.problems import Place, Problem, Problems, Refusal, nearest

__all__ = ["OWN_WORDINGS", "Facts", "Letter", "together", "wordings", "write"]

OWN_WORDINGS = "letters"
"""The folder of an organisation's own wordings, inside its own."""

Facts = Mapping[str, object]

_TOPIC = "data protection"
_LONGEST = 100_000


@dataclass(frozen=True)
class Letter:
    """A letter, ready to be read, printed and sent. `problems`: why an organisation's own wording was not used."""

    kind: str
    language: str
    sheet: Sheet
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"Letter({self.kind!r}, {self.language!r})"

    @property
    def subject(self) -> str:
        again = (block.title for block in self.sheet.blocks if isinstance(block, Again))
        return " / ".join([self.sheet.title, *again])

    @cached_property
    def html(self) -> str:
        """A whole page for a mail programme: style in the elements, nothing fetched from anywhere."""
        return page.whole(self.sheet)

    @cached_property
    def fragment(self) -> str:
        """For our own pages: elements and classes, no style and no heading above the second level."""
        return page.fragment(self.sheet)

    @cached_property
    def text(self) -> str:
        return plain.text(self.sheet)


def write(
    kind: str,
    language: str,
    facts: Facts,
    organisation: Organisation,
    folder: Path | None = None,
    *,
    on: date,
) -> Letter:
    """The letter of a kind, dated on the day. A `Refusal` names the facts that are missing."""
    if language not in LANGUAGES:
        raise ValueError(f"no letters in {language!r}")
    what = KINDS[kind]
    _must_have(what, facts)
    wording, problems = _wording(what, language, folder)
    writer = _Writer(what, language, facts, organisation)
    return Letter(kind, language, writer.sheet(wording, on), problems)


def together(first: Letter, *others: Letter) -> Letter:
    """One letter of several that say the same in different languages; its language is the first's."""
    again = (Again(o.language, o.sheet.title, o.sheet.blocks, o.sheet.closing) for o in others)
    footer = dict.fromkeys(line for letter in (first, *others) for line in letter.sheet.footer)
    sheet = replace(first.sheet, blocks=(*first.sheet.blocks, *again), footer=tuple(footer))
    problems = tuple(problem for letter in (first, *others) for problem in letter.problems)
    return replace(first, sheet=sheet, problems=problems) if others else first


def wordings(folder: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with an organisation's own wordings; nothing where it has none."""
    problems = Problems()
    for file in sorted((folder / OWN_WORDINGS).glob("*")):
        name, _, language = file.name.removesuffix(".md").partition(".")
        known = [f"{kind}.{other}.md" for kind in KINDS for other in LANGUAGES]
        if file.name in known:
            _own(KINDS[name], language, folder, problems)
        else:
            at = Place(_shown(file), 1, 1)
            problems.warning("letter-unknown", at, name=file.name, nearest=nearest(file.name, known))
    return problems.all


def _must_have(kind: Kind, facts: Facts) -> None:
    """A list may be empty, and the letter says so. A line, a day or a reason may not: nothing is promised without a day."""
    problems = Problems()
    for name in kind.needs:
        form, value = FACTS[name], facts.get(name)
        listed = form in (Form.LIST, Form.TABLE, Form.FIELDS)
        if value is None or (not listed and not _is_said(value)):
            problems.error("letter-fact-missing", None, kind=kind.name, fact=name)
    if problems.broken:
        raise Refusal(*problems.all)
    for name, value in facts.items():
        if FACTS.get(name) is Form.DAY and type(value) is not date:
            raise TypeError(f"{name} has to be a day, not {value!r}")


def _is_said(value: object) -> bool:
    return bool(str(value).strip())


# — the wording —


def _wording(kind: Kind, language: str, folder: Path | None) -> tuple[Wording, tuple[Problem, ...]]:
    problems = Problems()
    own = _own(kind, language, folder, problems) if folder is not None else None
    if own is not None and not problems.broken:
        return own, ()
    return _ours(kind.name, language), problems.all


def _own(kind: Kind, language: str, folder: Path, problems: Problems) -> Wording | None:
    file = folder / OWN_WORDINGS / f"{kind.name}.{language}.md"
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        problems.error("letter-unreadable", Place(_shown(file), 1, 1), reason=type(error).__name__)
        return None
    if len(content) > _LONGEST:
        problems.error("letter-unreadable", Place(_shown(file), 1, 1), reason=f"{len(content)} bytes")
        return None
    return read_wording(text, kind, _shown(file), problems)


def _shown(file: Path) -> str:
    return f"{OWN_WORDINGS}/{file.name}"


@cache
def _ours(kind: str, language: str) -> Wording:
    problems = Problems()
    text = files("ordholden.post.kinds").joinpath(f"{kind}.{language}.md").read_text(encoding="utf-8")
    wording = read_wording(text, KINDS[kind], f"{kind}.{language}.md", problems)
    if problems.all:
        raise ValueError(f"our own wording: {problems.all}")
    return wording


# — the facts in it —


class _Writer:
    """Fills a wording. What comes out is nouns: no value is ever read as markup."""

    def __init__(self, kind: Kind, language: str, facts: Facts, organisation: Organisation) -> None:
        self._kind = kind
        self._language = language
        self._facts = facts
        self._organisation = organisation
        self._contact = _contact_for(organisation, str(facts.get("topic", "")))
        self._authority = authority()

    def sheet(self, wording: Wording, on: date) -> Sheet:
        case = self._line("case")
        return Sheet(
            language=self._language,
            title=_one_line("".join(span.text for span in self._spans(wording.subject) or ())),
            sender=self._organisation.name,
            to=() if self._kind.by_person else self._to(),
            dated=on,
            # Whoever signs writes the day.
            day="" if self._kind.by_person else day(on, self._language),
            reference=self._word("frame.case").format(case=case) if case else "",
            blocks=tuple(block for section in wording.sections for block in self._section(section)),
            closing=self._closing(),
            footer=self._footer(),
        )

    def _section(self, section: Section) -> Iterable[Block]:
        """With its heading; nothing of it where it has blocks and all of them are empty."""
        parts = section.parts
        inserted = [part.name for part in parts if isinstance(part, Inserted)]
        if section.heading and inserted and not any(self._block(name) for name in inserted):
            return
        body = [block for i, part in enumerate(parts) for block in self._part(part, parts[i + 1 : i + 2])]
        heading = self._spans(section.heading)
        if body and heading:
            yield Heading(heading)
        yield from body

    def _part(
        self, part: Line | Listed | Inserted, after: Sequence[Line | Listed | Inserted]
    ) -> tuple[Block, ...]:
        if isinstance(part, Inserted):
            return self._block(part.name)
        if isinstance(part, Listed):
            items = tuple(spans for line in part.items if (spans := self._spans(line)))
            return (Items(items),) if items else ()
        spans = self._spans(part)
        if not spans or (spans[-1].text.endswith(":") and self._announces_nothing(after)):
            return ()
        return (Paragraph(spans),)

    def _announces_nothing(self, after: Sequence[Line | Listed | Inserted]) -> bool:
        """The sentence before a list, where the list is empty."""
        names = [part.name for part in after if isinstance(part, Inserted)]
        return any(name in FACTS and not self._given(name) for name in names)

    def _spans(self, line: Line) -> tuple[Span, ...]:
        spans: list[Span] = []
        for piece in line:
            if isinstance(piece, Maybe):
                facts = [inner.name for inner in piece.pieces if isinstance(inner, Fact)]
                if all(self._line(name) for name in facts):
                    spans += [self._span(inner) for inner in piece.pieces]
            else:
                spans.append(self._span(piece))
        return tuple(span for span in _trimmed(spans) if span.text)

    def _span(self, piece: Said | Fact) -> Span:
        text = piece.text if isinstance(piece, Said) else self._line(piece.name)
        return Span(text, piece.strong)

    # — within a line —

    def _line(self, name: str) -> str:
        if name in self._made:
            return self._made[name]
        value = self._facts.get(name)
        if value is None:
            return ""
        if isinstance(value, datetime):
            local = value.astimezone(ZoneInfo("Europe/Copenhagen"))
            clock = f"kl. {local:%H.%M}" if self._language == "da" else f"at {local:%H:%M}"
            return f"{day(local.date(), self._language)} {clock}"
        if isinstance(value, date):
            return day(value, self._language)
        if name == "deed":
            return self._words("deed").get(str(value), _one_line(str(value)))
        return _one_line(str(value))

    @cached_property
    def _made(self) -> Mapping[str, str]:
        right = str(self._facts.get("right", ""))
        name = _one_line(str(self._facts.get("name", "")))
        greeting = self._word("greeting.named").format(name=name) if name else self._word("greeting.unnamed")
        return {
            "greeting": f"{greeting},",
            "wish": self._words("wish").get(right, right),
            "about": self._words("about").get(right, right),
            "organisation": self._organisation.name,
            "contact": self._reached(),
            "authority": _reach(self._authority),
        }

    def _reached(self) -> str:
        if self._contact is None:
            return self._organisation.name
        phone = self._contact.phone and self._word("frame.phone").format(phone=self._contact.phone)
        return ", ".join(part for part in (self._contact.email, phone) if part)

    # — blocks —

    def _given(self, name: str) -> bool:
        value = self._facts.get(name)
        return _is_said(value) if isinstance(value, str) else bool(value)

    def _block(self, name: str) -> tuple[Block, ...]:
        form = form_of(name)
        if form is Form.PART:
            return self._part_of_law(name)
        if self._given(name):
            return self._written(name, form)
        none = self._words("none").get(name) if name in self._kind.needs else None
        return (Paragraph((Span(none),)),) if none else ()

    def _written(self, name: str, form: Form) -> tuple[Block, ...]:
        value = self._facts[name]
        if form is Form.WORDS:
            return tuple(Paragraph((Span(text),)) for text in _paragraphs(str(value)))
        if form is Form.QUOTE:
            return (Quote(_paragraphs(str(value))),)
        if form is Form.BUTTON:
            return self._button(str(value))
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise TypeError(f"{name} has to be a list")
        if form is Form.LIST:
            return (Items(tuple((Span(_one_line(str(item))),) for item in value)),)
        if form is Form.FIELDS:
            return (Fields(tuple((_one_line(str(label)), _one_line(str(text))) for label, text in value)),)
        return (self._grid(name, value),)

    def _button(self, link: str) -> tuple[Block, ...]:
        """Only a web address becomes a link; anything else would be somebody's trick."""
        address = _one_line(link)
        if not address.startswith(("https://", "http://")):
            raise ValueError("a link has to be a web address")
        labels = self._words("button")
        return (Button(labels.get(self._kind.name, labels["case"]), address),)

    def _grid(self, name: str, rows: Sequence[Sequence[object]]) -> Grid:
        columns = COLUMNS[name]
        opened = "until.backup open" if name == "backups" else "until.open"
        head = tuple(self._word(f"column.{column}") for column in columns)
        return Grid(head, tuple(self._row(row, columns, self._word(opened)) for row in rows))

    def _row(self, row: Sequence[object], columns: tuple[str, ...], opened: str) -> tuple[str, ...]:
        return tuple(
            (self._last_day(cell) or opened) if column == "until" else _one_line(str(cell))
            for cell, column in zip(row, columns, strict=True)
        )

    def _last_day(self, cell: object) -> str:
        """A day, also one that was kept as text; other words as they are."""
        if not isinstance(cell, date):
            try:
                cell = date.fromisoformat(str(cell))
            except ValueError:
                return _one_line(str(cell)) if cell else ""
        return day(cell, self._language)

    def _part_of_law(self, name: str) -> tuple[Block, ...]:
        if name == "signature":
            labels = ("place and day", "signature", "name")
            return (Fields(tuple((self._word(f"form.{label}"), "") for label in labels)),)
        if name == "rights":
            rights = texts(self._language, "access")["right"].values()
            return (Items(tuple((Span(right),) for right in rights)),)
        return self._complaint()

    def _complaint(self) -> tuple[Block, ...]:
        """To us, to the authority, to court: GDPR art. 12(4), 15(1)(f), 77 and 79."""
        us = self._word("complaint.us" if self._contact else "complaint.us unreached")
        who = self._authority
        said = (
            us.format(contact=self._reached()),
            self._word("complaint.authority").format(
                name=who.name, address=who.address, email=who.email, phone=who.phone, page=who.page
            ),
            self._word("complaint.court"),
        )
        return tuple(Paragraph((Span(text),)) for text in said)

    # — around it —

    def _to(self) -> tuple[str, ...]:
        lines = (_one_line(line) for line in str(self._facts.get("address", "")).splitlines())
        return tuple(line for line in (self._line("name"), *lines) if line)

    def _closing(self) -> tuple[str, ...]:
        if self._kind.by_person:
            return ()
        lines = (self._word("greeting.closing"), self._line("signer"), self._organisation.name)
        return tuple(line for line in lines if line)

    def _footer(self) -> tuple[str, ...]:
        """Below every letter: who wrote it and how to reach them; and for a person, whom to complain to."""
        cvr = self._organisation.cvr and self._word("frame.cvr").format(cvr=self._organisation.cvr)
        contact = self._reached() if self._contact else ""
        us = " · ".join(part for part in (self._organisation.name, cvr, contact) if part)
        complain = self._word("frame.complain").format(authority=_reach(self._authority))
        return (us, complain) if self._kind.to_person else (us,)

    def _words(self, group: str) -> Mapping[str, str]:
        return texts(self._language, "letters")[group]

    def _word(self, key: str) -> str:
        group, _, name = key.partition(".")
        return self._words(group)[name]


def _contact_for(organisation: Organisation, topic: str) -> Contact | None:
    """The contact for the letter's topic, else for data protection, else the first there is."""
    by_topic = {contact.topic: contact for contact in organisation.contacts}
    return by_topic.get(topic) or by_topic.get(_TOPIC) or next(iter(organisation.contacts), None)


def _reach(who: Authority) -> str:
    return f"{who.name}, {who.address}, {who.email}, {who.phone}"


def _one_line(text: str) -> str:
    """Without line ends and other control characters: it goes into a subject and into cells."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _paragraphs(text: str) -> tuple[str, ...]:
    """Line ends within a paragraph stay; other control characters go."""
    lines = ["".join(c for c in line if c.isprintable()) for line in text.expandtabs(4).splitlines()]
    joined = "\n".join(line.rstrip() for line in lines)
    return tuple(part.strip("\n") for part in joined.split("\n\n") if part.strip())


def _trimmed(spans: list[Span]) -> list[Span]:
    """A line from which something was left out begins and ends with a word."""
    if spans:
        spans[0] = Span(spans[0].text.lstrip(), spans[0].strong)
        spans[-1] = Span(spans[-1].text.rstrip(), spans[-1].strong)
    return spans

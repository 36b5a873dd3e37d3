"""The page of a person's copy: what the folder holds, in Danish and in English, for reading and for printing.

It stands alone: nothing is loaded from anywhere, and every word from a system is shown as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from ordholden.footprints.copied import LeftOut, csv_place, file_place, records
from ordholden.footprints.explain import Datum, Explanation, Purpose, State
from ordholden.inventory.system import TableName
from ordholden.lang import LANGUAGES, day, number, say
from ordholden.lang.texts import texts
from ordholden.lang.words import article, translated
from ordholden.law.authority import authority
from ordholden.law.transfers import Standing, standing
from ordholden.policy.document import THE_PERSON, BasisKind, Policy, Recipient

__all__ = ["Page", "page"]

# More records of one table than these are only in its file.
SHOWN = 100

_STYLE = """ body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:72rem;margin:0
auto;padding:1.5rem}
h1{font-size:1.7rem}h2{margin-top:2.5rem;font-size:1.3rem}h3{margin-top:2rem;font-size:1.1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem;font-size:.95rem} th,td{border:1px solid
#999;padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eef1f4}caption{text-align:left;font-weight:600;padding:.3rem 0}
a{color:#0b4f8a}main+main{border-top:3px solid #1a1a1a;margin-top:4rem} @media
print{body{max-width:none;padding:0}tr{break-inside:avoid}}
"""


@dataclass(frozen=True)
class Page:
    """What the page says; `kind` is `access` or `portability`."""

    kind: str
    explanation: Explanation
    policy: Policy
    left_out: tuple[LeftOut, ...]


def page(about: Page) -> str:
    """The whole page, Danish first."""
    names = {"da": "Dansk", "en": "English"}
    links = " · ".join(f'<a href="#{code}" lang="{code}">{names[code]}</a>' for code in LANGUAGES)
    parts = "\n".join("\n".join(_Told(about, code).whole()) for code in LANGUAGES)
    title = escape(
        _Told(about, "da").word(f"{about.kind}.title", organisation=about.explanation.organisation)
    )
    return (
        f'<!doctype html>\n<html lang="da">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="robots" content="noindex">\n<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<nav>{links}</nav>\n{parts}\n</body>\n</html>\n"
    )


class _Told:
    """The page in one language."""

    def __init__(self, about: Page, language: str) -> None:
        self._about, self._language = about, language
        self._told, self._policy = about.explanation, about.policy

    def word(self, key: str, **facts: object) -> str:
        group, _, name = key.partition(".")
        text = texts(self._language, "access")[group][name]
        for fact, value in facts.items():
            text = text.replace(f"{{{fact}}}", str(value))
        return text

    def whole(self) -> Iterator[str]:
        yield f'<main id="{self._language}" lang="{self._language}">'
        facts = {"organisation": self._told.organisation, "day": day(self._told.on, self._language)}
        yield f"<h1>{escape(self.word(f'{self._about.kind}.title', **facts))}</h1>"
        yield from (self._paragraph(f"{self._about.kind}.{name}", **facts) for name in ("intro", "folder"))
        yield from self._purposes()
        yield from self._data()
        if self._about.kind == "access":
            yield from self._disclosed()
            yield from self._findings()
        yield from self._left_out()
        yield from self._rights()
        yield "</main>"

    # — parts —

    def _purposes(self) -> Iterator[str]:
        used = dict.fromkeys(w.activity for d in self._told.data for w in d.alive)
        yield self._heading("purposes")
        rows = (
            [self._purpose(p), self._basis(p), self._names(p.recipients)]
            for p in map(self._told.purposes.__getitem__, used)
        )
        yield self._table(("purpose", "basis", "recipients"), rows)

    def _data(self) -> Iterator[str]:
        yield self._heading("data")
        if not self._told.data:
            yield f"<p>{escape(self.word('say.nothing'))}</p>"
        for name, data in self._told.tables.items():
            yield f"<h3>{escape(str(name))}</h3>"
            yield from self._records(name, data)

    def _records(self, name: TableName, data: Sequence[Datum]) -> Iterator[str]:
        found = list(records(data))
        if len(found) > SHOWN:
            shown, all_ = (number(n, self._language) for n in (SHOWN, len(found)))
            yield self._paragraph("say.rows", shown=shown, all=all_, file=csv_place(name).as_posix())
        five = ("why", "whence", "how long", "whom") if self._about.kind == "access" else ()
        for record, some in found[:SHOWN]:
            caption = f"{self.word('heading.record')} {record}"
            yield self._table(("what", "value", *five), (self._row(d, bool(five)) for d in some), caption)

    def _row(self, datum: Datum, five: bool) -> list[str]:
        shown = [escape(datum.category_text[self._language]), self._value(datum)]
        return (
            [*shown, self._why(datum), self._whence(datum), self._until(datum), self._whom(datum)]
            if five
            else shown
        )

    def _disclosed(self) -> Iterator[str]:
        if self._told.disclosed:
            yield self._heading("disclosed")
            rows = (
                [day(d.on, self._language), escape(d.recipient), escape(d.what)] for d in self._told.disclosed
            )
            yield self._table(("day", "whom", "what"), rows)

    def _findings(self) -> Iterator[str]:
        said = [
            say(p.code, p.facts, self._language).says
            for p in self._told.findings
            if p.code != "link-doubtful"
        ]
        if self._told.doubtful:
            said.append(self.word("say.doubtful"))
        if said:
            yield self._heading("findings")
            yield self._list(said)

    def _left_out(self) -> Iterator[str]:
        if self._about.left_out:
            yield self._heading("left out")
            rows = (
                [
                    escape(x.category[self._language]),
                    escape(f"{x.table}.{x.column}"),
                    str(x.count),
                    self._reason(x),
                ]
                for x in self._about.left_out
            )
            yield self._table(("what", "field", "count", "reason"), rows)

    def _rights(self) -> Iterator[str]:
        yield self._heading("rights")
        yield self._list(self.word(f"right.{name}") for name in self._having())
        yield self._heading("contact")
        yield self._list(
            ", ".join(part for part in (c.role[self._language], c.email, c.phone) if part)
            for c in self._policy.organisation.contacts
        )
        yield self._heading("complaint")
        whom = authority()
        facts = {
            "name": whom.name,
            "address": whom.address,
            "email": whom.email,
            "phone": whom.phone,
            "page": whom.page,
        }
        yield self._paragraph("complaint.how", **facts)

    def _having(self) -> Iterator[str]:
        """The rights that the person has by the bases of what is held."""
        used = {w.activity for d in self._told.data for w in d.alive}
        bases = {self._told.purposes[name].basis for name in used}
        yield from ("rectification", "erasure", "restriction")
        if bases & {BasisKind.CONSENT, BasisKind.CONTRACT}:
            yield "portability"
        if bases & {BasisKind.LEGITIMATE_INTEREST, BasisKind.PUBLIC_TASK}:
            yield "objection"
        if any(self._policy.activities[name].direct_marketing for name in used):
            yield "marketing"
        if BasisKind.CONSENT in bases:
            yield "withdrawal"

    # — one thing —

    def _value(self, datum: Datum) -> str:
        value = datum.value
        text = (
            day(value, self._language)
            if isinstance(value, date) and not isinstance(value, datetime)
            else str(value)
        )
        if datum.file is None:
            return escape(text)
        return f'<a href="{escape(file_place(datum).as_posix())}">{escape(text)}</a>'

    def _why(self, datum: Datum) -> str:
        said = [self._purpose(self._told.purposes[w.activity]) for w in datum.alive]
        return "<br>".join([*said, *([escape(self.word("say.restricted"))] if datum.restricted else [])])

    def _whence(self, datum: Datum) -> str:
        known = texts(self._language, "access")["source"]
        named = self._told.words
        return escape(
            ", ".join(
                known.get(s, s) if s == THE_PERSON else named[s][self._language] if s in named else s
                for s in datum.sources
            )
        )

    def _until(self, datum: Datum) -> str:
        match datum.state:
            case State.KEPT if datum.last_day:
                return escape(self.word("until.day", day=day(datum.last_day, self._language)))
            case State.OPEN:
                rules = dict.fromkeys(w.says[self._language] for w in datum.alive if w.last_day is None)
                return escape(self.word("until.open", rules="; ".join(rules)))
            case state:
                return escape(self.word(f"until.{state.value}"))

    def _whom(self, datum: Datum) -> str:
        return self._names(self._told.recipients(datum))

    def _purpose(self, purpose: Purpose) -> str:
        said = purpose.purpose[self._language]
        if purpose.controller:
            said += f" ({self.word('say.on behalf of', controller=purpose.controller)})"
        return escape(said)

    def _basis(self, purpose: Purpose) -> str:
        said = [
            translated("basis", purpose.basis.value, self._language),
            article(purpose.article, self._language),
            purpose.reference,
        ]
        if purpose.consent:
            said.append(self.word("say.consent", consent=purpose.consent[self._language]))
        return escape(", ".join(part for part in said if part))

    def _names(self, recipients: Iterable[Recipient]) -> str:
        return escape(", ".join(map(self._name, recipients)) or self.word("say.nobody"))

    def _name(self, recipient: Recipient) -> str:
        """A recipient; one outside the EU with what makes the transfer lawful (GDPR art. 15(2))."""
        name = recipient.text[self._language]
        if not recipient.country or standing(recipient.country) is Standing.FREE:
            return name
        abroad = self.word("say.country", country=recipient.country)
        return f"{name} ({'; '.join(part for part in (abroad, recipient.transfer) if part)})"

    def _reason(self, left_out: LeftOut) -> str:
        why = left_out.why[self._language] if left_out.why else ""
        return escape(self.word(f"left out.{left_out.reason}", why=why))

    # — markup —

    def _heading(self, name: str) -> str:
        return f"<h2>{escape(self.word(f'heading.{name}'))}</h2>"

    def _paragraph(self, key: str, **facts: object) -> str:
        return f"<p>{escape(self.word(key, **facts))}</p>"

    def _list(self, items: Iterable[str]) -> str:
        return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"

    def _table(self, headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
        head = "".join(f'<th scope="col">{escape(self.word(f"heading.{h}"))}</th>' for h in headings)
        body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        said = f"<caption>{escape(caption)}</caption>" if caption else ""
        return f"<table>{said}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"

"""A letter as a PDF that a screen reader can read (PDF/UA-1): tagged, with language and title.

The typesetting is fixed text of ours. What is in the letter goes to it as data and is set as text, never read as
commands; so nothing that a person writes can be one.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from ordholden.post.letter import Letter

__all__ = ["pdf"]

_SETTING = """
#let sheet = json(bytes(sys.inputs.sheet))
#set document(title: sheet.title, author: sheet.sender, date: datetime(
  year: sheet.dated.at(0), month: sheet.dated.at(1), day: sheet.dated.at(2)))
#set text(lang: sheet.language, size: 11pt, font: ("Libertinus Serif", "DejaVu Sans Mono"))
#set par(leading: 0.62em, spacing: 1em)
#set page(paper: "a4", margin: (x: 25mm, top: 22mm, bottom: 30mm),
  footer: context [
    #set text(size: 8.5pt, fill: luma(30%))
    #line(length: 100%, stroke: 0.4pt + luma(60%))
    #v(-0.6em)
    #for l in sheet.footer [#par(spacing: 0.5em, l)]
    #sheet.page #counter(page).display("1 / 1", both: true)
  ])
#show heading: set block(above: 1.5em, below: 0.7em, sticky: true)
#show heading.where(level: 1): set text(size: 17pt)
#show heading.where(level: 2): set text(size: 12pt)

#let spans(all) = for s in all { if s.strong { strong(s.text) } else { s.text } }
#let lines(text) = text.split("\\n").join(linebreak())
#let draw = (
  heading: b => heading(level: 2, spans(b.spans)),
  paragraph: b => par(for s in b.spans { if s.strong { strong(lines(s.text)) } else { lines(s.text) } }),
  items: b => list(..b.items.map(spans)),
  quote: b => quote(block: true, b.paragraphs.map(lines).join(parbreak())),
  grid: b => {
    set text(size: 9.5pt)
    set par(justify: false)
    table(columns: (1fr,) * b.head.len(), stroke: none, inset: (x: 0.3em, y: 0.45em), align: left,
      table.hline(stroke: 0.8pt),
      table.header(..b.head.map(strong)),
      table.hline(stroke: 0.4pt),
      ..b.rows.flatten().map(c => [#c]),
      table.hline(stroke: 0.4pt))
  },
  fields: b => for row in b.rows {
    block(above: 1.6em, below: 0.4em, width: 100%,
      [#text(size: 9pt, fill: luma(30%), row.at(0)) \\ #if row.at(1) == "" { v(2.2em) } else { row.at(1) }])
    line(length: 100%, stroke: 0.4pt)
  },
  button: b => par([#b.label: #linebreak() #link(b.link, b.link)]),
)

#strong(sheet.sender)
#v(1.2em)
#sheet.to.join(linebreak())
#v(1.2em)
#align(right, (sheet.day, sheet.reference).filter(l => l != "").join(linebreak()))
#heading(level: 1, sheet.title)
#let again(b) = {
  set text(lang: b.language)
  pagebreak(weak: true)
  heading(level: 1, b.title)
  for inner in b.blocks { draw.at(inner.kind)(inner) }
  v(1em)
  block(breakable: false, b.closing.join(linebreak()))
}
#for b in sheet.blocks { if b.kind == "again" { again(b) } else { draw.at(b.kind)(b) } }
#v(1em)
#block(breakable: false, sheet.closing.join(linebreak()))
"""

# What the typesetter says of a character for which none of its fonts has a sign.
_NO_SIGN = re.compile(r'the text `"(?P<text>(?:[^"\\]|\\.)+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{(?P<code>[0-9a-f]+)\}")
_TRIES = 8


def pdf(letter: Letter) -> bytes:
    """The letter on A4. A character that can't be set becomes a box; in text and HTML it is as it was written."""
    from typst import TypstError

    sheet = _as_data(letter.sheet)
    for _ in range(_TRIES):
        try:
            return _set(json.dumps(sheet))
        except TypstError as error:
            missing = _without_sign(error.diagnostic)
            if not missing:
                raise
            sheet = _boxed(sheet, missing)
    return _set(json.dumps(_boxed(sheet, None)))


def _set(sheet: str) -> bytes:
    import typst

    made = typst.compile(
        _SETTING.encode(), sys_inputs={"sheet": sheet}, pdf_standards="ua-1", font_paths=_fonts()
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> Any:
    """Those of the typesetter itself and the machine's own; found once."""
    import typst

    return typst.Fonts()


def _without_sign(diagnostic: str) -> frozenset[str]:
    found = (match["text"] for match in _NO_SIGN.finditer(diagnostic))
    return frozenset(c for text in found for c in _ESCAPED.sub(lambda m: chr(int(m["code"], 16)), text))


def _boxed(value: Any, missing: frozenset[str] | None) -> Any:
    """With a box for each of the characters, or, at last, for everything beyond Latin letters."""
    if isinstance(value, str):
        return "".join("□" if (ord(c) > 0x24F if missing is None else c in missing) else c for c in value)
    if isinstance(value, list):
        return [_boxed(item, missing) for item in value]
    if isinstance(value, dict):
        return {key: _boxed(item, missing) for key, item in value.items()}
    return value


def _as_data(sheet: Sheet) -> dict[str, Any]:
    from ordholden.lang.texts import texts

    return {
        "language": sheet.language,
        "title": sheet.title,
        "sender": sheet.sender,
        "to": list(sheet.to),
        "dated": [sheet.dated.year, sheet.dated.month, sheet.dated.day],
        "day": sheet.day,
        "reference": sheet.reference,
        "blocks": [_block(block) for block in sheet.blocks],
        "closing": list(sheet.closing),
        "footer": list(sheet.footer),
        "page": texts(sheet.language, "letters")["frame"]["page"],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(spans) | Paragraph(spans):
            return {"kind": type(block).__name__.lower(), "spans": _spans(spans)}
        case Items(items):
            return {"kind": "items", "items": [_spans(item) for item in items]}
        case Quote(paragraphs):
            return {"kind": "quote", "paragraphs": list(paragraphs)}
        case Grid(head, rows):
            return {"kind": "grid", "head": list(head), "rows": [list(row) for row in rows]}
        case Fields(rows):
            return {"kind": "fields", "rows": [list(row) for row in rows]}
        case Button(label, link):
            return {"kind": "button", "label": label, "link": link}
        case Again(language, title, blocks, closing):
            inner = [_block(one) for one in blocks]
            again = {"language": language, "title": title, "blocks": inner, "closing": list(closing)}
            return {"kind": "again", **again}


def _spans(spans: tuple[Span, ...]) -> list[dict[str, Any]]:
    return [{"text": span.text, "strong": span.strong} for span in spans]

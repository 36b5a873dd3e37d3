"""What is known about one person, as a tree: records, their data, and why each is there and until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ordholden.cli.screen import visible
from ordholden.footprints.explain import Datum, Explanation, Purpose, State, Why
from ordholden.lang import Words
from ordholden.policy.document import THE_PERSON
from ordholden.policy.document import Text as NamedText

__all__ = ["tree"]

STYLES = {
    State.KEPT: "",
    State.OPEN: "",
    State.HELD: "magenta",
    State.EXPIRED: "yellow",
    State.UNDECLARED: "bold red",
}


def tree(found: Explanation, words: Words) -> Iterator[RenderableType]:
    """The whole answer: purposes by number first, then every record, with the numbers that keep it."""
    used = dict.fromkeys(w.activity for d in found.data for w in _told(d))
    numbers = {name: n for n, name in enumerate((p for p in found.purposes if p in used), 1)}
    yield Text.assemble((found.organisation, "bold"), " · ", words("explain:title", on=found.on))
    if not found.data:
        yield Text(words("explain:nothing"), "green")
        return
    yield Text()
    yield Text(words("explain:why"), "bold")
    yield from (_purpose(n, found.purposes[name], words) for name, n in numbers.items())
    yield Text()
    for system, tables in groupby(found.tables.items(), key=lambda item: item[0].system):
        branch = Tree(Text(system, "bold"), guide_style="dim")
        for name, data in tables:
            for _, of_record in groupby(data, key=lambda d: d.key):
                _record(branch, name.table, list(of_record), numbers, words, named=found.words)
        yield branch
    if any(d.masked for d in found.data):
        yield Text(words("explain:masked"), "dim")


def _purpose(number: int, purpose: Purpose, words: Words) -> RenderableType:
    basis = words.word("basis", purpose.basis)
    if purpose.consent:
        basis += f" ({purpose.consent[words.language]})"
    if purpose.reference:
        basis += f" ({purpose.reference})"
    line = Text.assemble(
        (purpose.purpose[words.language], "bold"), f" · {basis}, {words.article(purpose.article)}"
    )
    if purpose.recipients:
        named = [_recipient(r.text[words.language], r.country) for r in purpose.recipients]
        line.append(f" · {words('explain:to', who=words.listed(named))}", "dim")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column()
    grid.add_row(Text(str(number), "cyan"), line)
    return grid


def _recipient(name: str, country: str) -> str:
    return f"{name} ({country})" if country else name


def _told(datum: Datum) -> tuple[Why, ...]:
    """The grounds worth telling of: those that live, or what there was."""
    return datum.alive or datum.why


def _record(
    branch: Tree,
    table: str,
    data: Sequence[Datum],
    numbers: Mapping[str, int],
    words: Words,
    *,
    named: Mapping[str, NamedText],
) -> None:
    key = "" if data[0].file else visible(", ".join(map(str, data[0].key)))
    leaf = branch.add(Text.assemble(table, (f" {key}", "dim")))
    by_fate: dict[object, list[Datum]] = {}
    for datum in data:
        fate = (datum.state, datum.last_day, _told(datum), datum.sources, datum.holds)
        by_fate.setdefault(fate, []).append(datum)
    for alike in by_fate.values():
        leaf.add(Group(_fields(alike, words), *_fate(alike[0], numbers, words, named)))


def _fields(data: Sequence[Datum], words: Words) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(style="dim")
    for datum in data:
        grid.add_row(datum.column, Text(_value(datum), "bold"), datum.category_text[words.language])
    return grid


def _value(datum: Datum) -> str:
    value: Any = datum.value
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return visible(text if len(text) <= 300 else f"{text[:300]}…")


def _sources(datum: Datum, words: Words, named: Mapping[str, NamedText]) -> str:
    def said(source: str) -> str:
        if source == THE_PERSON:
            return words("explain:the person")
        return named[source][words.language] if source in named else source

    return words.listed([said(source) for source in datum.sources])


def _fate(
    datum: Datum, numbers: Mapping[str, int], words: Words, named: Mapping[str, NamedText]
) -> Iterator[RenderableType]:
    day = words.day(datum.last_day) if datum.last_day else words("explain:never")
    head = Text(words(f"explain:{datum.state}", day=day), STYLES[datum.state])
    head.append(
        f" · {words('explain:from', who=_sources(datum, words, named))}",
        "dim",
    )
    if datum.holds:
        head.append(f" · {words.listed([words('on hold', hold=h) for h in datum.holds])}", "magenta")
    if datum.restricted:
        head.append(f" · {words('restricted')}", "magenta")
    yield Padding(head, (0, 0, 0, 2))
    for why in _told(datum):
        yield Padding(_why(why, numbers[why.activity], words), (0, 0, 0, 2))


def _why(why: Why, number: int, words: Words) -> Text:
    if not why.alive:
        last = (
            words("explain:over", day=words.day(why.last_day)) if why.last_day else words("explain:no_ground")
        )
    else:
        last = words("explain:through", day=words.day(why.last_day)) if why.last_day else words("until:open")
    line = Text.assemble((str(number), "cyan"), " ", last, (f" · {why.says[words.language]}", "dim italic"))
    for fact in why.stands_on[:3]:
        day = words.day(fact.day) if fact.day else words(f"explain:unknown {fact.unknown}")
        line.append(f" · {fact.event}: {day}", "dim")
    if len(why.stands_on) > 3:
        line.append(f" · {words.count('explain:more', len(why.stands_on) - 3)}", "dim")
    return line

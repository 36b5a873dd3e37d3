"""From what somebody says to the people it could mean: words in, everybody found out; never a guess.

Words are an identifier as people write it (`anna@nordlys.example`, `+45 12 34 56 78`), one whose kind is
said (`email:…`, `customer number:1029`), several that must all hold (`local number:204 name:Anna Hansen`),
or a card (`crm.customers:17`). Where no kind is said every kind that it could be is looked for. A name is
looked for where nothing else is found, or where it is asked for. Thousands of words are looked up together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ordholden import identifiers
from ordholden.connectors.predicate import KeyIn
from ordholden.connectors.reading import Reader, Row
from ordholden.footprints.links import BATCH, Links, Walk
from ordholden.grounds.interpret import filled
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Inventory, Table, TableName
from ordholden.problems import Problem, Refusal, nearest

__all__ = ["Found", "Search", "read_people_file"]

NAME = "name"


@dataclass(frozen=True)
class Found:
    """Somebody: a card, what it is linked with, and how the person is shown to those who need not know."""

    card: Card
    links: Links
    shown: str


@dataclass(frozen=True)
class Source:
    """A column of a people table that something can be looked for in, and how its spellings compare."""

    table: TableName
    column: str
    kind: str


@dataclass(frozen=True)
class Criterion:
    """One thing that somebody said: what it may be, and so where it may stand."""

    values: tuple[tuple[Source, str], ...] = ()  # a source, and the value in normal form
    card: Card | None = None


@dataclass(frozen=True)
class Wanted:
    """What one line of words asks for: all criteria hold; `otherwise` is asked where nobody is found."""

    criteria: tuple[Criterion, ...]
    otherwise: Criterion = field(default_factory=Criterion)


def read_people_file(path: Path) -> tuple[str, ...]:
    """People, one a line; empty lines and those that begin with # are nobody."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


class Search:
    """Looks people up, many lines at once; `at_once` only where an index answers, as its walk does.

    For each line so many cards are looked at `at_most`: the first, where hundreds bear one name.
    """

    def __init__(
        self,
        inventory: Inventory,
        readers: Mapping[str, Reader],
        walk: Walk,
        *,
        at_once: bool = False,
        at_most: int | None = None,
    ) -> None:
        self._inventory, self._readers, self._walk = inventory, readers, walk
        self._at_once, self._at_most = at_once, at_most
        self._tables = {t.name: t for t in inventory.people_tables if t.name.system in readers}
        self._identifying, self._categories = (
            defaultdict[str, list[Source]](list),
            defaultdict[str, list[Source]](list),
        )
        for table in self._tables.values():
            for kind, column in table.identifiers.items():
                self._identifying[kind].append(Source(table.name, column, kind))
            for datum in table.fields:
                if not table.is_folder:
                    self._categories[datum.category].append(Source(table.name, datum.column, datum.category))
        words = sorted({*self._identifying, *self._categories}, key=len, reverse=True)
        self._said = re.compile(rf"(?:^|(?<=\s))({'|'.join(map(re.escape, words))})\s*:", re.IGNORECASE)

    def people(self, lines: Iterable[str]) -> dict[str, tuple[Found, ...]]:
        """Everybody that each line could mean. A Refusal names every line that asks for something unknown."""
        wanted: dict[str, Wanted] = {}
        problems: list[Problem] = []
        for line in lines:
            try:
                wanted[line] = self._read(line)
            except Refusal as refusal:
                problems += refusal.problems
        if problems:
            raise Refusal(*problems)
        return self._all(wanted)

    def _all(self, wanted: Mapping[str, Wanted]) -> dict[str, tuple[Found, ...]]:
        hits = self._hits(c for w in wanted.values() for c in w.criteria)
        cards = {line: self._meeting(w.criteria, hits) for line, w in wanted.items()}
        missed = {line: wanted[line].otherwise for line, found in cards.items() if not found}
        hits |= self._hits(missed.values())
        cards |= {line: self._meeting((criterion,), hits) for line, criterion in missed.items()}
        return self._grouped(cards)

    # — what is asked —

    def _read(self, line: str) -> Wanted:
        card = self._card(line)
        if card is not None:
            return Wanted((Criterion(card=card),))
        said = list(self._said.finditer(line))
        if not said or line[: said[0].start()].strip():
            return self._guess(line)
        ends = [*(m.start() for m in said[1:]), len(line)]
        return Wanted(
            tuple(self._said_as(m[1], line[m.end() : end]) for m, end in zip(said, ends, strict=True))
        )

    def _card(self, line: str) -> Card | None:
        place, colon, key = line.strip().partition(":")
        names = {str(name): name for name in self._tables}
        if not colon or not key.strip():
            return None
        if place in names:
            return Card(names[place], key.strip())
        if "." in place and "@" not in line and place.partition(".")[0] in self._inventory.systems:
            raise Refusal.of("people-table-unknown", table=place, nearest=nearest(place, names))
        return None

    def _said_as(self, word: str, value: str) -> Criterion:
        sources = self._sources(word)
        normal = [(s, identifiers.normal(s.kind, value.strip())) for s in sources]
        return Criterion(tuple((s, n) for s, n in normal if n is not None))

    def _sources(self, word: str) -> list[Source]:
        for known in (self._identifying, self._categories):
            found = next((k for k in known if k.casefold() == word.casefold()), None)
            if found is not None:
                return known[found]
        return []

    def _guess(self, line: str) -> Wanted:
        word, colon, _ = line.partition(":")
        if colon and word.replace(" ", "").isalpha() and word.casefold() != "mailto":
            known = [*self._identifying, *self._categories]
            raise Refusal.of("identifier-unknown", word=word, nearest=nearest(word, known))
        kinds = ["email"] if identifiers.normal("email", line) else list(self._identifying)
        values = tuple(v for kind in kinds for v in self._said_as(kind, line).values)
        return Wanted(
            (Criterion(values),), self._said_as(NAME, line) if NAME in self._categories else Criterion()
        )

    # — who has it —

    def _hits(self, criteria: Iterable[Criterion]) -> dict[tuple[Source, str] | Card, frozenset[Card]]:
        """For everything asked for, who has it: one question for each column, however much is asked."""
        values: dict[Source, set[str]] = defaultdict(set)
        keys: dict[TableName, set[object]] = defaultdict(set)
        for criterion in criteria:
            for source, value in criterion.values:
                values[source].add(value)
            if criterion.card is not None:
                keys[criterion.card.table].add(criterion.card.key)
        found: dict[tuple[Source, str] | Card, set[Card]] = defaultdict(set)
        identifying = {(s.kind, v) for s, some in values.items() if self._identifies(s) for v in some}
        holders = self._walk.holders(identifying)
        for source, some in values.items():
            if self._identifies(source):
                for value in some:
                    found[source, value] |= {
                        c for c in holders[source.kind, value] if c.table == source.table
                    }
                continue
            for row, card in self._having(source, some):
                found[source, identifiers.normal(source.kind, row.values[source.column]) or ""].add(card)
        for name, wanted in keys.items():
            for _, card in self._rows(name, wanted):
                found[Card(name, str(card.key))].add(card)
        return {asked: frozenset(cards) for asked, cards in found.items()}

    def _identifies(self, source: Source) -> bool:
        return self._tables[source.table].identifiers.get(source.kind) == source.column

    def _having(self, source: Source, values: Collection[str]) -> Iterator[tuple[Row, Card]]:
        table, ordered = self._tables[source.table], sorted(values)
        cleared = table.field(source.column)
        reader = self._readers[source.table.system]
        for start in range(0, len(ordered), BATCH):
            some = ordered[start : start + BATCH]
            for rows in reader.matching(
                source.table, source.column, source.kind, some, at_once=self._at_once
            ):
                for row, card in self._with_cards(table, rows):
                    if cleared is None or filled(row, cleared):
                        yield row, card

    def _rows(self, name: TableName, keys: Collection[object]) -> Iterator[tuple[Row, Card]]:
        table, ordered = self._tables[name], sorted(keys, key=str)
        if table.person is None:
            return
        for start in range(0, len(ordered), BATCH):
            for rows in self._readers[name.system].rows(
                name, KeyIn(table.person, tuple(ordered[start : start + BATCH]))
            ):
                yield from self._with_cards(table, rows)

    def _with_cards(self, table: Table, rows: Sequence[Row]) -> Iterator[tuple[Row, Card]]:
        for row in rows:
            key = row.links.get(table.person) if table.person else None
            if key is not None:
                yield row, Card(table.name, key)

    def _meeting(
        self, criteria: Sequence[Criterion], hits: Mapping[tuple[Source, str] | Card, frozenset[Card]]
    ) -> frozenset[Card]:
        """The cards whose person meets all criteria, here or under another sure name."""
        each = [self._meeting_one(c, hits) for c in criteria]
        if len(each) < 2:
            return frozenset().union(*each)
        links = self._walk.links(frozenset().union(*each))
        return frozenset(c for c in each[0] if all({c, *links[c].sure} & others for others in each[1:]))

    def _meeting_one(
        self, criterion: Criterion, hits: Mapping[tuple[Source, str] | Card, frozenset[Card]]
    ) -> frozenset[Card]:
        if criterion.card is not None:
            return hits.get(Card(criterion.card.table, str(criterion.card.key)), frozenset())
        return frozenset(c for value in criterion.values for c in hits.get(value, ()))

    # — who that is —

    def _grouped(self, cards: Mapping[str, Collection[Card]]) -> dict[str, tuple[Found, ...]]:
        """Cards that are surely one person become one; the first table of `systems.yaml` stands for it."""
        order = {name: n for n, name in enumerate(self._tables)}
        first = {
            line: sorted(found, key=lambda c: (order[c.table], str(c.key)))[: self._at_most]
            for line, found in cards.items()
        }
        links = self._walk.links({c for found in first.values() for c in found})
        people: dict[str, list[Card]] = {}
        for line, some in first.items():
            people[line], left = [], some
            while left:
                people[line].append(left[0])
                left = [c for c in left[1:] if c not in links[left[0]].sure]
        shown = self._shown({c for found in people.values() for c in found})
        return {line: tuple(Found(c, links[c], shown[c]) for c in found) for line, found in people.items()}

    def _shown(self, cards: Collection[Card]) -> dict[Card, str]:
        """`crm.customers:17, A*** H***, a***@nordlys.example`."""
        by_table: dict[TableName, set[object]] = defaultdict(set)
        for card in cards:
            by_table[card.table].add(card.key)
        said: dict[Card, str] = {}
        for name, keys in by_table.items():
            for row, card in self._rows(name, keys):
                said.setdefault(card, ", ".join([self._place(card), *self._masked(self._tables[name], row)]))
        return {card: said.get(card, self._place(card)) for card in cards}

    def _place(self, card: Card) -> str:
        table = self._tables[card.table]
        column = table.person.column if table.person else ""
        kind = next((k for k, c in table.identifiers.items() if c == column and k in identifiers.KINDS), None)
        return f"{card.table}:{card.key if kind is None else identifiers.shown(kind, card.key)}"

    def _masked(self, table: Table, row: Row) -> Iterator[str]:
        for datum in table.fields:
            if datum.category == NAME and filled(row, datum):
                yield " ".join(f"{word[0]}***" for word in str(row.values[datum.column]).split())
        for kind, column in table.identifiers.items():
            cleared = table.field(column)
            if row.values.get(column) is not None and (cleared is None or filled(row, cleared)):
                yield identifiers.shown(kind, row.values[column])

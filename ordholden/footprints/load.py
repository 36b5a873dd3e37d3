"""All records about some people, and all records that a judgement about them may look at: into a `World`.

For any number of cards each table is asked a fixed number of times. A record is *judged* when somebody
wants to know about it; around it lie the records that its grounds may stand on: of its people and what they
are called elsewhere, of its matters, and of the matters that these events belong to. Where a rule says
"while its case is kept", the case is judged, too, so what lies around it is loaded as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ordholden.connectors.predicate import Given, KeyIn, Slot
from ordholden.connectors.reading import Key, Reader, Row
from ordholden.footprints.links import Links, Walk
from ordholden.grounds.wishes import Card, MatterKey
from ordholden.grounds.world import World, by_table
from ordholden.inventory.system import Inventory, Matter, Path, Table, TableName
from ordholden.policy.document import Policy
from ordholden.policy.rule import RecordKept, Rule, StateHolds, Within

__all__ = ["Evidence", "Loading", "Sayings"]

# Keys in one statement.
BATCH = 5_000
# A record that lives while another does, which lives while a third does: no policy says more than this.
DEEPEST = 4


@dataclass(frozen=True)
class Evidence:
    """Which tables a judgement may look at: those the policy's rules speak of, or all that any rule could."""

    of_people: frozenset[TableName]  # rows of a person there may open, close or tell apart a ground
    of_matters: frozenset[TableName]  # rows of a matter there may
    beside: frozenset[
        TableName
    ]  # … and also of the matters of such rows ("complaint filed within 2 years of …")
    kept: frozenset[str] | None  # matters whose own record is judged, too; None: any

    @classmethod
    def of(cls, inventory: Inventory, policy: Policy | None) -> Evidence:
        rules = (
            []
            if policy is None
            else [r for a in policy.activities.values() for r in (a.keep, a.if_none) if r]
        )
        events = {e.name for r in rules for e in r.events}
        states = {r.term.state for r in rules if isinstance(r.term, StateHolds)}
        near = {e.name for r in rules for c in r.conditions if isinstance(c, Within) for e in (c.event, c.of)}
        everything = policy is None

        def telling(table: Table, of: Collection[str]) -> bool:
            return any(everything or e.event in of for e in table.events)

        said = [
            t
            for t in inventory.tables
            if telling(t, events) or any(everything or s in states for s in t.states)
        ]
        more = [t for t in inventory.tables if t.consents or t.values or t.holds_people]
        return cls(
            frozenset(t.name for t in (*said, *more) if t.person),
            frozenset(t.name for t in said if t.matters),
            frozenset(t.name for t in inventory.tables if t.matters and telling(t, near)),
            None if everything else frozenset(_kept(rules)),
        )


def _kept(rules: Iterable[Rule]) -> Iterator[str]:
    return (r.term.matter for r in rules if isinstance(r.term, RecordKept))


@dataclass(frozen=True)
class Question:
    """The rows of a table whose path leads to one of these keys."""

    table: Table
    path: Path
    keys: Sequence[object]


class Sayings:
    """Each question is said once, and asked again and again with other keys."""

    def __init__(self) -> None:
        self._known: dict[tuple[TableName, Path], tuple[KeyIn, Slot]] = {}

    def given(self, table: TableName, path: Path, keys: tuple[object, ...]) -> Given:
        if (table, path) not in self._known:
            slot = Slot("keys", table)
            self._known[table, path] = KeyIn(path, (slot,)), slot
        part, slot = self._known[table, path]
        return Given(part, {slot: keys})


@dataclass
class Loading:
    """One batch being loaded; remembers what was asked, so that nothing is asked twice."""

    inventory: Inventory
    readers: Mapping[str, Reader]
    evidence: Evidence
    walk: Walk
    sayings: Sayings
    rows: list[Row] = field(default_factory=list)
    links: dict[Card, Links] = field(default_factory=dict)
    _keys: dict[TableName, set[Key]] = field(default_factory=lambda: defaultdict(set))
    _asked: dict[tuple[TableName, Path], set[object]] = field(default_factory=lambda: defaultdict(set))

    def world(self) -> World:
        keys = {name: reader.schema().foreign_keys for name, reader in self.readers.items()}
        return World(self.inventory, self.rows, self._sure, self._doubtful, foreign_keys=keys)

    def _sure(self, card: Card) -> tuple[Card, ...]:
        found = self.links.get(card)
        return () if found is None else found.sure

    def _doubtful(self, card: Card) -> tuple[Card, ...]:
        found = self.links.get(card)
        return () if found is None else found.doubtful

    def people(self, cards: Collection[Card], wanted: Collection[TableName] | None) -> None:
        """Everything about these people under each of their sure names, and what lies around it."""
        links = self.walk.links(cards)
        self.links.update(links)
        known = dict.fromkeys([*cards, *(c for link in links.values() for c in link.sure)])
        names = None if wanted is None else frozenset(wanted)
        self._support(self._about(known, names))

    def _about(self, cards: Collection[Card], wanted: frozenset[TableName] | None) -> list[Row]:
        tables = [t for t in self.inventory.tables if wanted is None or t.name in wanted]
        return self._ask(self._of_cards(t, path, cards) for t in tables for path in t.people)

    def around(self, judged: Sequence[Row]) -> None:
        """What the grounds of these records may stand on."""
        self._add(judged)
        self._support(judged)

    def _support(self, judged: Sequence[Row]) -> None:
        self._have(judged)
        before: list[Sequence[Row]] = []
        for _ in range(DEEPEST):
            if before:
                judged = _others(judged, before)
            if not judged:
                return
            before.append(judged)
            beside = self._of_people(judged)
            owners, events = self._of_matters(judged)
            self._beside([*beside, *owners, *events])
            judged = [r for r in owners if self._may_be_kept(r)]

    def _of_people(self, judged: Sequence[Row]) -> list[Row]:
        cards = set(self._people_of(judged))
        self.links.update(self.walk.links(cards))
        # Each doubtful card is taken for the same person in turn, with all that is surely its own.
        doubtful = {c for card in cards for c in self.links[card].doubtful}
        self.links.update(self.walk.links(doubtful))
        known = dict.fromkeys(c for card in (*cards, *doubtful) for c in (card, *self.links[card].sure))
        tables = [self.inventory.table(name) for name in sorted(self.evidence.of_people)]
        return self._ask(self._of_cards(t, t.person, known) for t in tables if t.person)

    def _of_matters(self, judged: Sequence[Row]) -> tuple[list[Row], list[Row]]:
        """The matters' own records, and records of the same matters that may say something about them."""
        matters = self._matters_of(judged)
        own = [(t, m) for t in self.inventory.tables for m in t.matters if m.own]
        owners = self._ask(self._by_matter(t, m, matters) for t, m in own)
        return owners, self._ask(self._events(self.evidence.of_matters, matters))

    def _beside(self, rows: Sequence[Row]) -> None:
        self._ask(self._events(self.evidence.beside, self._matters_of(rows)))

    def _events(self, names: Collection[TableName], matters: Collection[MatterKey]) -> Iterator[Question]:
        for name in sorted(names):
            table = self.inventory.table(name)
            # An event is the first matter's.
            yield self._by_matter(table, table.matters[0], matters)

    def _by_matter(self, table: Table, matter: Matter, matters: Collection[MatterKey]) -> Question:
        keys = [m.key for m in matters if (m.table, m.name) == (matter.path.target, matter.name)]
        return Question(table, matter.path, keys)

    def _may_be_kept(self, row: Row) -> bool:
        names = self.evidence.kept
        return names is None or any(
            m.own and m.name in names for m in self.inventory.table(row.table).matters
        )

    # — rows —

    def _of_cards(self, table: Table, path: Path, cards: Iterable[Card]) -> Question:
        return Question(table, path, [c.key for c in cards if c.table == path.target])

    def _ask(self, questions: Iterable[Question]) -> list[Row]:
        """The rows that the paths lead to some keys from; of each system everything is asked together."""
        together: dict[str, list[tuple[TableName, Given]]] = defaultdict(list)
        for question in questions:
            name, new = question.table.name, self._new(question)
            if name.system in self.readers:
                for start in range(0, len(new), BATCH):
                    given = self.sayings.given(name, question.path, new[start : start + BATCH])
                    together[name.system].append((name, given))
        found = [r for s, some in together.items() for rows in self.readers[s].many(some) for r in rows]
        self._add(found)
        return found

    def _new(self, question: Question) -> tuple[object, ...]:
        """The keys that have not been asked for yet; they are from now on."""
        asked = self._asked[question.table.name, question.path]
        new = tuple(k for k in dict.fromkeys(question.keys) if k not in asked)
        asked.update(new)
        return new

    def _have(self, rows: Iterable[Row]) -> None:
        """A record that is a matter of its own under its own key need not be asked for again."""
        for name, some in by_table(rows):
            own = [m.path for m in self.inventory.table(name).matters if m.own]
            for row in some if own else ():
                for path in own:
                    if row.key == (row.links.get(path),):
                        self._asked[name, path].add(row.key[0])

    def _add(self, rows: Sequence[Row]) -> None:
        self.rows += _unseen(rows, self._keys)

    def _people_of(self, rows: Iterable[Row]) -> Iterator[Card]:
        for name, some in by_table(rows):
            same = list(some)
            for path in self.inventory.table(name).people:
                yield from (Card(path.target, key) for key in _led_to(path, same))

    def _matters_of(self, rows: Iterable[Row]) -> set[MatterKey]:
        found = set()
        for name, some in by_table(rows):
            same = list(some)
            for matter in self.inventory.table(name).matters:
                keys = _led_to(matter.path, same)
                found |= {MatterKey(matter.path.target, matter.name, key) for key in keys}
        return found


def _others(rows: Sequence[Row], before: Sequence[Sequence[Row]]) -> list[Row]:
    """The rows that were in none of the rounds before."""
    seen: dict[TableName, set[Key]] = defaultdict(set)
    for some in before:
        _unseen(some, seen)
    return _unseen(rows, seen)


def _unseen(rows: Sequence[Row], seen: dict[TableName, set[Key]]) -> list[Row]:
    """The rows that were not there before; they are from now on."""
    found: list[Row] = []
    for name, some in by_table(rows):
        known = seen[name]
        for row in some:
            if row.key not in known:
                known.add(row.key)
                found.append(row)
    return found


def _led_to(path: Path, rows: Iterable[Row]) -> dict[object, None]:
    """The different keys at the end of a path."""
    return dict.fromkeys(key for row in rows if (key := row.links.get(path)) is not None)

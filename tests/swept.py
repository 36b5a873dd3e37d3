"""Example organisations for tests: generated once, copied as often as needed, swept as people sweep them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from examples import generate
from ordholden.app import Organisation, Outcome, open_organisation, today
from ordholden.plans.book import Kept
from ordholden.promises import PromiseState

__all__ = [
    "CLERK",
    "ON",
    "SECOND",
    "Swept",
    "ask",
    "carried_out",
    "content",
    "copied",
    "made",
    "sweep",
    "swept",
    "tell",
]

ON = date(2026, 3, 5)
CLERK, SECOND = "the clerk", "a second person"

Planted = Callable[[Path], None]


def made(parent: Path, name: str, *, people: int = 24) -> Path:
    """An organisation as it looks on the day."""
    folder = parent / name
    generate(name, folder, people=people, on=ON)
    return folder


def copied(folder: Path, to: Path) -> Path:
    """The same organisation again, with whatever the product has written down about it."""
    shutil.copytree(folder, to)
    return to


def ask(folder: Path, system: str, question: str, *facts: object) -> list[tuple[object, ...]]:
    """What a system's database answers."""
    with closing(sqlite3.connect(folder / f"{system}.sqlite3")) as connection:
        return connection.execute(question, facts).fetchall()


def tell(folder: Path, system: str, *statements: str) -> None:
    """Changes that the company makes in a system by itself; foreign keys hold."""
    with closing(sqlite3.connect(folder / f"{system}.sqlite3")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def carried_out(organisation: Organisation, kept: Kept) -> Outcome:
    """A plan, agreed to by a second person where it has to be, and carried out."""
    if kept.needs_approval:
        organisation.approve(kept.plan.id, actor=SECOND)
    return organisation.apply(kept.plan.id, on=max(kept.plan.on, today()), actor=CLERK)


def sweep(organisation: Organisation, on: date = ON) -> Outcome:
    return carried_out(organisation, organisation.plan(on, actor=CLERK))


def content(folder: Path) -> dict[str, object]:
    """Everything that is in the organisation's databases, and every file beside them."""
    found: dict[str, object] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and ".ordholden" not in p.parts):
        place = str(path.relative_to(folder))
        if path.suffix != ".sqlite3":
            found[place] = path.read_bytes()
            continue
        with closing(sqlite3.connect(path)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in names:
                rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
                found[f"{path.stem}.{table}"] = sorted(rows, key=repr)
    return found


@dataclass(frozen=True)
class Swept:
    """An organisation before and after a sweep, and how its promises stand afterwards."""

    before: Path
    after: Path
    outcome: Outcome
    promises: Mapping[str, PromiseState]

    def ask(self, system: str, question: str, *facts: object) -> list[tuple[object, ...]]:
        return ask(self.after, system, question, *facts)

    def was(self, system: str, question: str, *facts: object) -> list[tuple[object, ...]]:
        return ask(self.before, system, question, *facts)


def swept(parent: Path, name: str, planted: Planted, *, people: int = 24) -> Swept:
    """An organisation with some people whom a test knows, swept on the day."""
    before = made(parent, name, people=people)
    planted(before)
    after = copied(before, parent / f"{name}-after")
    with open_organisation(after) as organisation:
        outcome = sweep(organisation)
        promises = {p.id: p for p in organisation.promises(ON)}
    return Swept(before, after, outcome, promises)


def proven(found: Swept, promise: str) -> PromiseState:
    """The promise, which has to be kept, and shown by the sweep that was verified."""
    state = found.promises[promise]
    plans = {e.facts.get("plan") for e in state.evidence if e.code in ("sweep-verified", "plan-verified")}

    assert state.state == "kept", state
    assert plans == {found.outcome.kept.plan.id}
    return state


def evidence(state: PromiseState, code: str) -> list[Mapping[str, str | int]]:
    """The facts of all evidence of one kind."""
    return [e.facts for e in state.evidence if e.code == code]

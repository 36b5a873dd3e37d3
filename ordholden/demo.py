"""`make run`: five made-up companies, their policies carried out on their systems before your eyes.

Everything here is what the command line does, told as a story. It ends with commands that work when pasted.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ordholden.app.organisation import Progress, nothing, today
from ordholden.cli.bar import bar
from ordholden.cli.words import Words, language_asked
from ordholden.connectors.predicate import TRUE
from ordholden.plans.plan import Operation, Plan
from ordholden.problems import Level, Problem

if TYPE_CHECKING:
    from ordholden.app import Organisation, Outcome
    from ordholden.promises import PromiseState

__all__ = ["main"]

PEOPLE = 120
FOLDER = Path("demo")
CHOSEN = "clienti"


@dataclass
class Told:
    """What the last table needs of one company."""

    name: str
    folder: Path
    rows: int = 0
    due: int = 0
    changed: int = 0
    verified: bool = False
    promises: Sequence[PromiseState] = field(default_factory=tuple)


class Story:
    """Prints the chapters, each as it happens."""

    def __init__(self, words: Words, console: Console) -> None:
        self.words, self.console = words, console

    def say(self, key: str, **facts: object) -> None:
        self.console.print(Text(self.words(key, **facts)))

    def step(self, label: str, text: str | Text) -> None:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(width=14, no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_row(Text(self.words(f"demo:{label}"), "bold"), text)
        self.console.print(Padding(grid, (0, 0, 0, 2)))

    @contextmanager
    def working(self, label: str, total: int | None = None) -> Iterator[Progress]:
        """A bar while something is done, where somebody looks."""
        if not self.console.is_terminal:
            yield nothing
            return
        with bar(self.console, f"  {self.words(f'demo:{label}')}", total, self.words) as tell:
            yield tell


def main(arguments: Sequence[str] | None = None) -> int:
    """Tells the story; 0 where every plan came to its end."""
    words = Words(language_asked(sys.argv[1:] if arguments is None else arguments))
    story = Story(words, Console(highlight=False, emoji=False, markup=False))
    began = time.monotonic()
    story.console.print(Text(words("demo:title"), "bold"))
    story.say("demo:opening")
    shutil.rmtree(FOLDER, ignore_errors=True)
    told = [_company(name, FOLDER / name, story) for name in companies()]
    story.console.print()
    story.console.print(_all(told, words))
    story.say("demo:legend")
    seconds = int(time.monotonic() - began)
    story.console.print(Text(words("demo:took", seconds=seconds), "dim"))
    _next(FOLDER / CHOSEN, story)
    return 0 if all(t.verified for t in told) else 1


def companies() -> tuple[str, ...]:
    from examples import ORGANISATIONS

    return ORGANISATIONS


# — one company —


def _company(name: str, folder: Path, story: Story) -> Told:
    import ordholden

    rows = _generate(name, folder, story)
    with ordholden.open(folder) as organisation:
        told = Told(organisation.policy.organisation.name, folder, rows)
        story.console.print()
        story.console.print(Rule(Text(told.name, "bold"), align="left", style="dim"))
        systems = story.words.listed(list(organisation.inventory.systems))
        story.step("systems", story.words("demo:made", systems=systems, rows=rows, people=PEOPLE))
        story.step("check", _checked(organisation.check(), story.words))
        _keep(organisation, told, story)
        with story.working("promises"):
            told.promises = organisation.promises()
        story.step("promises", _states(told.promises, story.words))
    return told


def _generate(name: str, folder: Path, story: Story) -> int:
    from examples import generate

    made = 0
    with story.working("making"):

        def count(_: str, __: str, rows: int) -> None:
            nonlocal made
            made += rows

        generate(name, folder, people=PEOPLE, on=today(), progress=count)
    return made


def _checked(problems: Sequence[Problem], words: Words) -> str:
    counted = {level: sum(p.level is level for p in problems) for level in Level}
    parts = [words.count(f"found:{level}", n) for level, n in counted.items() if n]
    return words("demo:checked") + (f" ({', '.join(parts)})" if parts else "")


def _keep(organisation: Organisation, told: Told, story: Story) -> None:
    words = story.words
    with story.working("due"):
        kept = organisation.plan()
    told.due = kept.plan.rows
    tables = len({s.table for s in kept.plan.steps})
    story.step(
        "due", words("demo:due_today", rows=kept.plan.rows, tables=tables) + _largest(kept.plan, words)
    )
    if kept.needs_approval:
        second = words("demo:who")
        organisation.approve(kept.plan.id, actor=second)
        story.step("second", words("demo:approved", limits=_limits(kept.plan, words), who=second))
    began = time.monotonic()
    with story.working("applied", kept.plan.rows) as tell:
        outcome = organisation.apply(kept.plan.id, progress=tell)
    told.changed = sum(n for what, n in outcome.changed.items() if not what.startswith(Operation.ASK))
    told.verified = not outcome.findings
    seconds = f"{time.monotonic() - began:.1f}"
    story.step(
        "applied", words("demo:changed", rows=told.changed, seconds=seconds.replace(".", words("comma")))
    )
    story.step("verified", _verified(outcome, words))


def _largest(plan: Plan, words: Words) -> str:
    steps = sorted((s for s in plan.steps if s.operation is not Operation.ASK), key=lambda s: -s.rows)[:3]
    if not steps:
        return ""
    named = [f"{s.table} ({words.word('operation', s.operation)} {words.number(s.rows)})" for s in steps]
    return words("demo:most", what=words.listed(named))


def _limits(plan: Plan, words: Words) -> str:
    kinds = dict.fromkeys(limit.kind for limit in plan.limits)
    return words.listed([words(f"demo:limit {kind}") for kind in kinds])


def _verified(outcome: Outcome, words: Words) -> Text:
    if not outcome.findings:
        return Text(words("demo:is_verified"), "green")
    said = [words.problem(Problem(f.code, None, f.facts)).says for f in outcome.findings]
    return Text(words("demo:not_verified", said=" ".join(said)), "bold red")


def _states(promises: Sequence[PromiseState], words: Words) -> Text:
    from ordholden.cli.promises import totals

    return totals(promises, words)


# — the end —


def _all(told: Sequence[Told], words: Words) -> Table:
    from ordholden.promises import State, summary

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    for name in ("column:rows", "demo:erased"):
        table.add_column(words(name), justify="right")
    for state in State:
        table.add_column(words(f"demo:state {state}"), justify="right")
    for one in told:
        numbers: Mapping[State, int] = summary(one.promises)
        table.add_row(
            one.name,
            words.number(one.rows),
            Text(words.number(one.changed), "green" if one.verified else "bold red"),
            *(words.number(numbers[state]) for state in State),
        )
    return table


def _next(folder: Path, story: Story) -> None:
    import ordholden

    words = story.words
    program = _program()
    mistake = folder.parent / f"{folder.name}-mistake.yaml"
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    mistake.write_text(
        text.replace("keep: 24 months after customer", "keep: 24 days after customer"), encoding="utf-8"
    )
    with ordholden.open(folder) as organisation:
        person = _somebody(organisation)
    story.console.print()
    story.console.print(Text(words("demo:next"), "bold"))
    commands = {
        "explain": f"explain {folder} {person}",
        "export": f"export {folder} {person} --access --to {folder.parent}/copy",
        "erase": f"plan {folder} --erase {person}",
        "hold": f'hold {folder} --person {person} --reason "{words("demo:dispute")}"',
        "diff": f"diff {folder} {mistake}",
        "promises": f"promises {folder}",
        "check": f"check {folder}",
        "audit": f"audit {folder}",
    }
    for key, line in commands.items():
        story.console.print(Text(f"  {words(f'demo:try {key}')}", "dim"))
        story.console.print(Text(f"  {program} {line}"), soft_wrap=True)
    story.console.print()
    story.say("demo:yours")


def _program() -> str:
    """The command as it can be pasted here."""
    beside = Path(sys.executable).parent / "ordholden"
    if shutil.which("ordholden") == str(beside) or not beside.exists():
        return "ordholden"
    return os.path.relpath(beside)


def _somebody(organisation: Organisation) -> str:
    """An e-mail address that one person alone has, in as many systems as possible."""
    found: list[tuple[int, str]] = []
    sight = organisation.sight(today())
    for table in organisation.inventory.people_tables:
        column = table.identifiers.get("email")
        rows = next(iter(sight.reader(table).rows(table.name, TRUE, batch=60)), ()) if column else ()
        for row in rows:
            address = str(row.values.get(column or "") or "")
            if "@" in address and len(people := organisation.find(address)) == 1:
                found.append((len(people[0].links.sure), address))
    return max(found)[1]


if __name__ == "__main__":
    sys.exit(main())

"""`make run`: five made-up companies, their policies carried out on their systems before your eyes.

Everything here is what the command line does, told as a story. It ends with commands that work when pasted, and with the
product running on the five companies, until somebody stops it. With `--once` it stops by itself when every page has answered
and whatever was due has been done: so a test, or a machine without anybody in front of it, can go through all of it.

Only here are there accounts with passwords that are shown. `ordholden serve` makes none.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ordholden.app.organisation import Progress, nothing, today
from ordholden.cli.bar import bar
from ordholden.cli.language import in_language, language_asked
from ordholden.connectors.predicate import TRUE
from ordholden.lang import LANGUAGES, Words
from ordholden.plans.plan import Operation, Plan
from ordholden.problems import Level, Problem

if TYPE_CHECKING:
    from ordholden.app import Organisation, Outcome
    from ordholden.promises import PromiseState
    from ordholden.staff import Role

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
    """Tells the story, then keeps the product running; 0 where every plan came to its end."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _asked(given)
    words = in_language(language_asked(given))
    story = Story(words, Console(highlight=False, emoji=False, markup=False))
    told = _told(asked, story)
    fine = all(t.verified for t in told)
    if not asked.serve:
        return 0 if fine else 1
    return 0 if _run(asked, story) and fine else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--people", type=int, default=PEOPLE, metavar="N", help="people in each company")
    parser.add_argument("--only", action="append", metavar="NAME", help="this company only")
    parser.add_argument("--port", type=int, metavar="N", help="the port; from 8000 on the first that is free")
    parser.add_argument("--once", action="store_true", help="stop when every page has answered")
    parser.add_argument("--no-serve", dest="serve", action="store_false", help="the story alone")
    return parser.parse_args(arguments)


def _told(asked: argparse.Namespace, story: Story) -> list[Told]:
    words = story.words
    began = time.monotonic()
    story.console.print(Text(words("demo:title"), "bold"))
    story.say("demo:opening")
    shutil.rmtree(FOLDER, ignore_errors=True)
    if asked.serve:
        _set_up(asked)
    told = [_company(name, FOLDER / name, story, asked.people) for name in asked.only or companies()]
    story.console.print()
    story.console.print(_all(told, words))
    story.say("demo:legend")
    seconds = int(time.monotonic() - began)
    story.console.print(Text(words("demo:took", seconds=seconds), "dim"))
    _next(told[0].folder if asked.only else FOLDER / CHOSEN, story)
    return told


def companies() -> tuple[str, ...]:
    from examples import ORGANISATIONS

    return ORGANISATIONS


# — one company —


def _company(name: str, folder: Path, story: Story, people: int) -> Told:
    import ordholden
    from ordholden.app.published import publish

    rows = _generate(name, folder, story, people)
    with ordholden.open(folder) as organisation:
        told = Told(organisation.policy.organisation.name, folder, rows)
        story.console.print()
        story.console.print(Rule(Text(told.name, "bold"), align="left", style="dim"))
        systems = story.words.listed(list(organisation.inventory.systems))
        story.step("systems", story.words("demo:made", systems=systems, rows=rows, people=people))
        story.step("check", _checked(organisation.check(), story.words))
        # People find an edition, and the next change of the file has something to be different from.
        publish(organisation, actor="the demonstration", significant=False)
        _keep(organisation, told, story)
        with story.working("promises"):
            told.promises = organisation.look_at_promises()
        story.step("promises", _states(told.promises, story.words))
    return told


def _generate(name: str, folder: Path, story: Story, people: int) -> int:
    from examples import generate

    made = 0
    with story.working("making"):

        def count(_: str, __: str, rows: int) -> None:
            nonlocal made
            made += rows

        generate(name, folder, people=people, on=today(), progress=count)
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


# — the commands —


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
        person = _addresses(organisation)[0]
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


def _addresses(organisation: Organisation) -> list[str]:
    """E-mail addresses that one person alone has; those that are known in most systems first."""
    sight = organisation.sight(today())
    seen: dict[str, None] = {}
    for table in organisation.inventory.people_tables:
        column = table.identifiers.get("email")
        rows = next(iter(sight.reader(table).rows(table.name, TRUE, batch=60)), ()) if column else ()
        seen.update(dict.fromkeys(str(row.values.get(column or "") or "") for row in rows))
    found = organisation.footprints.find_all(tuple(a for a in seen if "@" in a))
    alone = [(len(people[0].links.sure), address) for address, people in found.items() if len(people) == 1]
    return [address for _, address in sorted(alone, reverse=True)]


# — running —


@dataclass(frozen=True)
class Account:
    """Somebody of the demonstration who can sign in: at every company, in one role."""

    email: str
    role: Role


def _accounts() -> tuple[Account, ...]:
    from ordholden.staff import Role

    shown = (
        Role.CASE_WORKER,
        Role.APPROVER,
        Role.DATA_PROTECTION,
        Role.AGENT,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    )
    return tuple(Account(f"{role.replace(' ', '.')}@demo.example", role) for role in shown)


def _set_up(asked: argparse.Namespace) -> None:
    """Django takes its settings once per process, so the web's come before the first store is opened."""
    from ordholden.web.begin import begin

    asked.port = asked.port or _free_port()
    os.environ["ORDHOLDEN_ADDRESS"] = f"http://localhost:{asked.port}"
    # Nobody's telephone knows these accounts.
    os.environ["ORDHOLDEN_SECOND_FACTOR"] = "offered"
    FOLDER.mkdir()
    begin(FOLDER)


def _free_port() -> int:
    for port in range(8000, 8020):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    return 8000


def _run(asked: argparse.Namespace, story: Story) -> bool:
    """The pages and what works behind them, in one process to start and one to stop. Whether all went well."""
    import multiprocessing

    from ordholden.app.house import folders_of
    from ordholden.web.begin import bring_up_to_date
    from ordholden.web.serve import serve
    from ordholden.worker.worker import Worker, once

    bring_up_to_date()
    password, outside = _let_in()
    # A copy of a process whose threads are at work could wait for ever for a lock that one of them held.
    multiprocessing.set_start_method("spawn", force=True)
    worker = Worker(FOLDER, language=story.words.language)
    fine: list[bool] = []

    def greet() -> None:
        """When the pages answer, somebody is told; with `--once` that is the end of it."""
        fine.append(_answers(asked.port))
        _welcome(asked.port, password, outside, story)
        if asked.once:
            fine.extend(_page_answers(asked.port, f"/{name}/") for name in folders_of(FOLDER))
            once(FOLDER)
            story.say("demo:once")
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=greet, daemon=True).start()
    if not asked.once:
        worker.start()
    serve(FOLDER, port=asked.port)
    worker.stop()
    return bool(fine) and all(fine)


_ARRIVED = (
    ("access", "portal", 27, "Jeg vil gerne vide, hvad I har om mig."),
    ("erasure", "email", 3, "Vil I slette mig?"),
    ("objection", "telephone", 0, "Vil ikke have flere reklamer."),
)
"""What has been asked for when somebody first looks, and how many days ago."""


def _asked_for(organisation: Organisation) -> None:
    """Some requests have arrived, one of them weeks ago: nobody begins with an empty desk."""
    from ordholden.cases.case import Channel, Request, Who

    now = organisation.store.now()
    for (right, channel, days, words), address in zip(_ARRIVED, _addresses(organisation), strict=False):
        name = " ".join(part.strip("0123456789").title() for part in address.partition("@")[0].split("."))
        asked = Request(
            right=right,
            channel=Channel(channel),
            who=Who(name=name, email=address),
            words=words,
            received_at=now - timedelta(days=days),
        )
        organisation.desk.open_case(asked, actor="the demonstration")


def _let_in() -> tuple[str, tuple[Account, ...]]:
    """Everybody of the demonstration is let in everywhere, with one password that is new each time; and who stands outside
    the one company that has a tree.
    """
    from ordholden.app.house import House
    from ordholden.staff import admit
    from ordholden.web.accounts import made

    password = "-".join(secrets.token_hex(2) for _ in range(3))
    accounts, outside = _accounts(), tuple[Account, ...]()
    for account in accounts:
        made(account.email, password=password)
    with House(FOLDER) as house:
        for name in house.names:
            organisation = house.organisation(name)
            _asked_for(organisation)
            for account in accounts:
                admit(
                    organisation.store,
                    email=account.email,
                    name=account.role.value,
                    role=account.role,
                    on=today(),
                    actor="the demonstration",
                )
            if name == TREE:
                outside = tuple(_outside(organisation))
    for account in outside:
        made(account.email, password=password)
    return password, outside


TREE = "flexfone"
"""The company that sells through others."""


def _outside(organisation: Organisation) -> Iterator[Account]:
    """A reseller, its customer and an employee whom the systems know, who may hear their own messages."""
    from ordholden.app import tree
    from ordholden.staff import Role, member
    from ordholden.staff.tree import OPERATOR

    operator = member(organisation.store, f"{Role.DATA_PROTECTION.replace(' ', '.')}@demo.example")
    found = _telephoning(organisation)
    if operator is None or found is None:
        return
    firms = (
        {
            "name": "Demo Tale",
            "contact": "salget",
            "phone": "+45 12 00 00 01",
            "email": "reseller@demo.example",
        },
        {"name": "Demo Kunde", "contact": "kontoret", "email": "customer.administrator@demo.example"},
        found,
    )
    above, by = OPERATOR, operator
    for details in firms:
        above, account = tree.register(organisation, by, details, above=above)
        if account is None:
            return
        yield Account(account.email, account.role)
        by = account


def _telephoning(organisation: Organisation) -> Mapping[str, str] | None:
    """Somebody with a local number, a name, an address and a message that is still kept."""
    for address in _addresses(organisation):
        found = organisation.explain(f"email:{address}", reveal=True, actor="the demonstration")
        known = {d.category: str(d.value) for d in reversed(found.data) if d.value}
        kept = any(d.file is not None and d.alive for d in found.data)
        words = f"email:{address} local number:{known.get('local number')} name:{known.get('name')}"
        if kept and "local number" in known and len(organisation.find(words)) == 1:
            return {"name": known["name"], "local number": known["local number"], "email": address}
    return None


def _answers(port: int, *, seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if _page_answers(port, "/alive"):
            return True
        time.sleep(0.2)
    return False


def _page_answers(port: int, path: str) -> bool:
    from http.client import HTTPConnection, HTTPException

    line = HTTPConnection("localhost", port, timeout=30)
    try:
        line.request("GET", path)
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def _welcome(port: int, password: str, outside: Sequence[Account], story: Story) -> None:
    from ordholden.app.house import folders_of

    words, console = story.words, story.console
    address = f"http://localhost:{port}"
    chosen = CHOSEN if (FOLDER / CHOSEN).exists() else next(iter(folders_of(FOLDER)))
    console.print()
    console.print(Text.assemble((words("demo:runs"), "bold"), " ", (address, "bold cyan")))
    said = words("demo:sign in", address=f"{address}/console/", password=password)
    console.print(Text(said), soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    for account in _accounts():
        table.add_row(Text(f"  {account.email}"), Text(words(f"demo:role {account.role}"), "dim"))
    console.print(table)
    if outside:
        console.print(Text(words("demo:outside", address=f"{address}/{TREE}/tree/")), soft_wrap=True)
        below = Table.grid(padding=(0, 2))
        for account in outside:
            below.add_row(Text(f"  {account.email}"), Text(words(f"demo:role {account.role}"), "dim"))
        console.print(below)
    facts = {
        "portal": f"{address}/{chosen}/",
        "console": f"{address}/console/",
        "mail": FOLDER / ".ordholden/mail",
    }
    for number in (1, 2, 3):
        console.print(Text(f"  {number}. {words(f'demo:thing {number}', **facts)}"), soft_wrap=True)
    console.print(Text(words("demo:stop"), "dim"))


if __name__ == "__main__":
    sys.exit(main())

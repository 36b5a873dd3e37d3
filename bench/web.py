"""The console with a hundred thousand cases and a million people on PostgreSQL, and twenty who work in it at once.

What is measured is the pages as `ordholden serve` gives them, to sessions that signed in, over HTTP. People and cases are
made once and kept in `.bench/web`; `--fresh` makes them anew. The erasure at the end is measured on the examples.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.crowd import APPROVER, CLERKS, NAME, Somebody, crowded, plain, some
from bench.measure import Wrong
from bench.served import Answer, Line, served, share, signed_in, together
from tests.databases import Server, start_postgresql, version

__all__ = ["main"]

FOLDER = Path(__file__).parents[1] / ".bench" / "web"
STORE = "ordholden"
BAR = 0.150
THINKS = (0.5, 1.5)
"""Seconds between a page and the next click, at random: quicker than people read."""

# What a server for such tables would be set to.
_SETTINGS = {
    "shared_buffers": "2GB",
    "max_wal_size": "16GB",
    "maintenance_work_mem": "512MB",
    "work_mem": "16MB",
}
_CARELESS = ("fsync", "synchronous_commit")


def main() -> int:
    asked = _asked()
    begun = time.perf_counter()
    with ExitStack() as stack:
        if asked.fresh:
            shutil.rmtree(FOLDER, ignore_errors=True)
        server = stack.enter_context(start_postgresql(data=FOLDER / "data", durable=True))
        password = _made(server, asked)
        town = _town(server)
        _say(f"made or found in {time.perf_counter() - begun:.0f} s")
        found = _measured(server, town, asked, password)
        said = _said(found, asked, version(server))
    subprocess.run([sys.executable, "-m", "bench.click"], check=False, stderr=subprocess.DEVNULL)
    if asked.json:
        asked.json.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    print(f"{time.perf_counter() - begun:.0f} s in all")
    return 1 if said["wrong"] else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="people of the company (%(default)s)")
    parser.add_argument("--cases", type=int, default=100_000, help="cases in the store (%(default)s)")
    parser.add_argument("--users", type=int, default=20, help="who work at once (%(default)s)")
    parser.add_argument("--seconds", type=float, default=40, help="of clicking, each way (%(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="of the pages (%(default)s)")
    parser.add_argument("--threads", type=int, default=4, help="of each process (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="make people and cases anew")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results here")
    return parser.parse_args()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


# — people and cases, once —


def _made(server: Server, asked: argparse.Namespace) -> str:
    """The house in the folder, its databases on the server; the password of its clerks."""
    stamp = FOLDER / "made.json"
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    today = datetime.now(UTC).date()
    _set(server, {**_SETTINGS, **dict.fromkeys(_CARELESS, "off")})
    if known.get("people") != asked.people:
        _say(f"making {asked.people:,} people …")
        shutil.rmtree(FOLDER / "house", ignore_errors=True)
        crowded(server, FOLDER / "house" / NAME, asked.people, on=today)
        known = {"people": asked.people, "password": secrets.token_urlsafe(12)}
        stamp.write_text(json.dumps(known))
    _move(server)
    _begin(server)
    if (known.get("cases"), known.get("on")) != (asked.cases, today.isoformat()):
        _say(f"making {asked.cases:,} cases …")
        _open(server, known["password"], asked.cases)
        known |= {"cases": asked.cases, "on": today.isoformat()}
        stamp.write_text(json.dumps(known))
    _set(server, dict.fromkeys(_CARELESS, "on"))
    _admin(server, "CHECKPOINT")
    return str(known["password"])


def _move(server: Server) -> None:
    """The server listens somewhere else each time."""
    environment = FOLDER / "house" / NAME / ".env"
    lines = [line.split("=", 1) for line in environment.read_text().splitlines()]
    said = [f"{name}={server.url(address.rpartition('/')[2])}\n" for name, address in lines]
    environment.write_text("".join(said))


def _begin(server: Server) -> None:
    os.environ["ORDHOLDEN_STORE"] = server.url(STORE)
    os.environ["ORDHOLDEN_SECOND_FACTOR"] = "offered"
    from ordholden.web.begin import begin

    begin(FOLDER / "house")


def _open(server: Server, password: str, cases: int) -> None:
    from bench.caseload import loaded
    from ordholden.app import open_organisation
    from ordholden.staff import Role, accept_confidentiality, admit
    from ordholden.web.accounts import made
    from ordholden.web.begin import bring_up_to_date

    _admin(server, f"DROP DATABASE IF EXISTS {STORE} WITH (FORCE)", f"CREATE DATABASE {STORE}")
    shutil.rmtree(FOLDER / "house" / NAME / ".ordholden", ignore_errors=True)
    bring_up_to_date()
    with open_organisation(FOLDER / "house" / NAME) as organisation:
        store = organisation.store
        for address in (*CLERKS, APPROVER):
            role = Role.APPROVER if address == APPROVER else Role.CASE_WORKER
            on = store.now().date()
            one = admit(store, email=address, name="Prøve", role=role, on=on, actor="bench")
            accept_confidentiality(store, one.id, at=store.now(), actor=one.actor)
            made(address, password=password)
        with psycopg.connect(plain(server.url(STORE)), autocommit=True) as connection:
            loaded(organisation, connection, some(server, cases + 100), cases)
            connection.execute("VACUUM (ANALYZE, FREEZE)")


def _set(server: Server, settings: dict[str, str]) -> None:
    changed = [f"ALTER SYSTEM SET {name} = '{value}'" for name, value in settings.items()]
    _admin(server, *changed, "SELECT pg_reload_conf()")


def _admin(server: Server, *statements: str) -> None:
    with psycopg.connect(plain(server.admin), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


# — what is clicked —


@dataclass(frozen=True)
class Click:
    """A page, and what must stand in it."""

    page: str
    path: str
    holds: tuple[str, ...]


@dataclass(frozen=True)
class Town:
    """Whom and what the clerks look for."""

    cases: Sequence[tuple[str, str]]  # number, state
    due: dict[str, str]  # the case that is due first, for each clerk
    people: Sequence[Somebody]
    customers: Sequence[tuple[str, int]]


_CASES = """
(SELECT number, state FROM cases_case WHERE open ORDER BY hashint8(id) LIMIT 400)
UNION ALL (SELECT number, state FROM cases_case WHERE NOT open ORDER BY hashint8(id) LIMIT 400)
"""
_DUE = """
SELECT number FROM cases_case WHERE open AND owner IN ('', %s) AND waits_for = '' AND due <= current_date
ORDER BY due, id LIMIT 1
"""


def _town(server: Server) -> Town:
    with psycopg.connect(plain(server.url(STORE))) as connection:
        cases = [(str(n), str(s)) for n, s in connection.execute(_CASES)]
        due = {}
        for clerk in CLERKS:
            row = connection.execute(_DUE, [clerk]).fetchone()
            due[clerk] = str(row[0]) if row else ""
    with psycopg.connect(plain(server.url(f"{NAME}_invoices"))) as connection:
        question = "SELECT customer_no FROM debtors ORDER BY hashtext(customer_no) LIMIT 300"
        customers = [(str(number), 0) for (number,) in connection.execute(question)]
    return Town(cases, due, some(server, 3_000), customers)


def _clicks(town: Town, clerk: str, number: int) -> Iterator[Click]:
    """A clerk's day: the tasks, a case, somebody looked for; again and again, in this order."""
    dice = random.Random(number)
    console = f"/console/{NAME}/"
    while True:
        yield Click("start", console, (town.due[clerk],))
        case, state = dice.choice(town.cases)
        page = "case, being decided" if state == "working" else "case"
        yield Click(page, f"{console}cases/{case}", (case,))
        yield _search(town, dice, f"{console}people")


def _first_clicks(town: Town, number: int) -> Iterator[Click]:
    """Of what takes long the first time, some of each kind."""
    console = f"/console/{NAME}/"
    decided = [case for case, state in town.cases if state == "working"]
    for n in range(5):
        yield Click("", f"{console}people?q=findes.ikke{number}.{n}@post.example", ())
        yield Click("", f"{console}cases/{decided[(number * 5 + n) % len(decided)]}", ())
        yield Click("", console, ())
        yield Click("", f"{console}people?q={_quoted(town.people[number * 5 + n].name)}", ())


def _search(town: Town, dice: random.Random, path: str) -> Click:
    one = dice.choice(town.people)
    digits = "".join(c for c in one.phone if c.isdigit())[-8:]
    customer = dice.choice(town.customers)[0]
    page, words, holds = dice.choice(
        (
            ("search", one.email, f"crm.contacts|{one.key}"),
            ("search", f" {one.email.upper()}", f"crm.contacts|{one.key}"),
            (
                "search",
                f"+45 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}",
                f"crm.contacts|{one.key}",
            ),
            ("search", digits, f"crm.contacts|{one.key}"),
            ("search", customer.lower(), f"|&quot;{customer}&quot;"),
            ("search by name", one.name, "crm.contacts|"),
            ("search in vain", f"findes.ikke{one.key}@post.example", "findes.ikke"),
        )
    )
    return Click(page, f"{path}?q={_quoted(words)}", (holds,))


def _quoted(words: str) -> str:
    from urllib.parse import quote

    return quote(words)


# — clicking —


@dataclass
class Found:
    """What was seen in one way of clicking: with pauses for thought, or without."""

    way: str
    answers: list[Answer] = field(default_factory=list)
    busy: float = 0.0
    load: tuple[float, float] = (0.0, 0.0)
    seconds: float = 0.0


def _measured(server: Server, town: Town, asked: argparse.Namespace, password: str) -> list[Found]:
    clerks = CLERKS[: asked.users]
    with served(FOLDER / "house", asked.processes, asked.threads) as address:
        lines = [Line(address, signed_in(address, clerk, password)) for clerk in clerks]
        days = [_clicks(town, clerk, n) for n, clerk in enumerate(clerks)]
        _say("warming up …")
        # After a start each thread opens the systems, and each process reads which rows are written in an unusual way.
        _go("", lines, [_first_clicks(town, n) for n in range(len(lines))], thinks=(0.0, 0.0), seconds=300.0)
        found = [
            _go("thinking", lines, days, thinks=THINKS, seconds=asked.seconds),
            _go("without a pause", lines, days, thinks=(0.0, 0.0), seconds=asked.seconds / 2),
        ]
        for line in lines:
            line.close()
    return found


def _go(
    way: str,
    lines: Sequence[Line],
    days: Sequence[Iterator[Click]],
    *,
    thinks: tuple[float, float],
    seconds: float,
) -> Found:
    found = Found(way)
    before, begun = os.getloadavg()[0], time.perf_counter()
    for clicked, answer in together(lines, days, thinks=thinks, seconds=seconds):
        missing = [words for words in clicked.holds if words not in answer.text]
        if answer.status != 200 or missing:
            raise Wrong(f"{clicked.path} answered {answer.status}, without {missing}")
        found.answers.append(answer)
    found.seconds = time.perf_counter() - begun
    found.load = (before, os.getloadavg()[0])
    return found


# — what came of it —


def _said(found: Sequence[Found], asked: argparse.Namespace, postgresql: str) -> dict[str, object]:
    pages: list[dict[str, object]] = []
    print(
        f"{asked.people:,} people, {asked.cases:,} cases, PostgreSQL {postgresql}, {os.cpu_count()} processors,"
        f" {asked.processes} processes of {asked.threads} threads, {asked.users} users"
    )
    for way in found:
        rate = len(way.answers) / way.seconds
        print(
            f"\n{way.way}: {rate:.1f} pages a second, load {way.load[0]:.1f} before, {way.load[1]:.1f} after"
        )
        print(
            f"{'page':<22}{'seen':>6}{'server p50':>12}{'p95':>8}{'p99':>8}{'client p50':>13}{'p95':>8}{'p99':>8}"
            f"{'work p50':>11}  ms"
        )
        for page in sorted({a.page for a in way.answers}):
            mine = [a for a in way.answers if a.page == page]
            line = {"way": way.way, "page": page, "seen": len(mine), "rate": round(rate, 2), "load": way.load}
            for side, times in (("server", [a.server for a in mine]), ("client", [a.client for a in mine])):
                line |= {f"{side} p{p}": round(share(times, p) * 1000, 1) for p in (50, 95, 99)}
            line["work p50"] = round(share([a.work for a in mine], 50) * 1000, 1)
            pages.append(line)
            bar = (
                ""
                if way.way != "thinking"
                else "  reached"
                if share([a.server for a in mine], 95) <= BAR
                else "  MISSED"
            )
            print(
                f"{page:<22}{len(mine):>6}{line['server p50']:>12}{line['server p95']:>8}{line['server p99']:>8}"
                f"{line['client p50']:>13}{line['client p95']:>8}{line['client p99']:>8}{line['work p50']:>11}{bar}"
            )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "people": asked.people,
        "cases": asked.cases,
        "users": asked.users,
        "postgresql": postgresql,
        "python": platform.python_version(),
        "bar": BAR,
        "pages": pages,
        "wrong": [],
    }


if __name__ == "__main__":
    sys.exit(main())

"""A case worker's erasure, from the click to the verified plan, as `make run` has it: SQLite, and a worker in the process.

In each example company some people have a case that was opened, confirmed and decided. The console's own form is sent, and
the company's records are looked at until the plan is verified. `python -m bench.click` by itself, or the end of `bench.web`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import httpx

from bench.measure import Wrong
from bench.served import served, sign_in

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation

__all__ = ["main"]

BAR = 2.0
PEOPLE = 120
"""In each company, as `make run` has them."""
CLERK, COLLEAGUE = "sagsbehandler@demo.example", "kollega@demo.example"
_PATIENCE = 60.0
_STATE = "SELECT p.state, p.findings, p.reason FROM cases_case c JOIN plans_plan p ON p.name = c.plan WHERE c.number = ?"


@dataclass(frozen=True)
class Decided:
    """A case of a company that waits for the click."""

    company: str
    number: str


def main() -> int:
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="ordholden-click-") as folder:
        os.environ.pop("ORDHOLDEN_STORE", None)
        os.environ["ORDHOLDEN_SECOND_FACTOR"] = "offered"
        house = Path(folder) / "house"
        password = secrets.token_urlsafe(12)
        cases = list(_made(house, password, asked.each))
        with served(house, 1, 4, work=True) as address:
            times = list(_clicked(house, address, password, cases))
    seconds = [took for _, took, found in times if not found]
    for case, _, found in times:
        if found:
            print(f"NOT VERIFIED  {case.company} {case.number}: {found}")
    reached = max(seconds) <= BAR
    print(
        f"erasure on the examples, from click to verified: {len(seconds)} times, median {median(seconds):.2f} s,"
        f" worst {max(seconds):.2f} s; bar {BAR:g} s  {'reached' if reached else 'MISSED'};"
        f" load {os.getloadavg()[0]:.1f}"
    )
    if asked.json:
        said = [{"company": c.company, "seconds": round(took, 3), "found": found} for c, took, found in times]
        asked.json.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.click", description=__doc__)
    parser.add_argument("--each", type=int, default=4, help="erasures in each company (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the times here")
    return parser.parse_args()


def _made(house: Path, password: str, each: int) -> Iterator[Decided]:
    import examples

    house.mkdir()
    for name in examples.ORGANISATIONS:
        examples.generate(name, house / name, people=PEOPLE, on=datetime.now(UTC).date())
    from ordholden.web.begin import begin, bring_up_to_date

    begin(house)
    bring_up_to_date()
    from ordholden.app import open_organisation
    from ordholden.staff import Role, accept_confidentiality, admit
    from ordholden.web.accounts import made

    made(CLERK, password=password)
    for name in examples.ORGANISATIONS:
        with open_organisation(house / name) as organisation:
            store = organisation.store
            now = store.now()
            one = admit(store, email=CLERK, name="Prøve", role=Role.CASE_WORKER, on=now.date(), actor="bench")
            accept_confidentiality(store, one.id, at=now, actor=one.actor)
            _swept(organisation)
            for number in _decided(organisation, each):
                yield Decided(name, number)


def _swept(organisation: Organisation) -> None:
    """What is over has gone, as it has after the first night."""
    kept = organisation.plan()
    if kept.needs_approval:
        organisation.approve(kept.plan.id, actor=COLLEAGUE)
    organisation.apply(kept.plan.id)


def _decided(organisation: Organisation, each: int) -> Iterator[str]:
    """Cases of people of whom something goes, up to the click."""
    from ordholden.cases.case import Channel, Outcome, Request, State, Who

    desk = organisation.desk
    found = 0
    seen: set[object] = set()
    for address in _addresses(organisation):
        people = organisation.find(address)
        if len(people) != 1 or people[0].card in seen:
            continue
        seen |= {people[0].card, *people[0].links.all}
        who = Who(name="Prøve Person", email=address)
        case = desk.open_case(Request(right="erasure", channel=Channel.EMAIL, who=who), actor=CLERK)
        if case.state is State.HANDED_OVER:
            continue
        desk.confirm_identity(
            case.number,
            cards=(people[0].card,),
            how="Kendt",
            actor=CLERK,
            without_letter="Ingen tvivl om, hvem der skriver",
        )
        if desk.propose(case.number).outcome not in (Outcome.GRANTED, Outcome.PARTLY):
            continue
        if desk.decide(case.number, actor=CLERK).state is State.APPROVING:
            desk.approve(case.number, actor=COLLEAGUE)
        yield case.number
        found += 1
        if found == each:
            return


def _addresses(organisation: Organisation) -> Iterator[str]:
    from ordholden.app import today
    from ordholden.connectors.predicate import TRUE
    from ordholden.identifiers import normal

    sight = organisation.sight(today())
    for table in organisation.inventory.people_tables:
        column = table.identifiers.get("email")
        for page in sight.reader(table).rows(table.name, TRUE, batch=60) if column else ():
            found = (normal("email", row.values.get(column or "")) for row in page)
            # Whoever has been erased has an address where nothing arrives.
            yield from (
                one for one in found if one and one.isascii() and not one.endswith("@invalid.example")
            )


def _clicked(
    house: Path, address: str, password: str, cases: list[Decided]
) -> Iterator[tuple[Decided, float, str]]:
    """In any order of companies, with a pause between, as somebody would who reads."""
    dice = random.Random(3)
    dice.shuffle(cases)
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        sign_in(browser, CLERK, password)
        for case in cases:
            page = f"/console/{case.company}/cases/{case.number}"
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).text)
            if token is None:
                raise Wrong(f"{page} has no form")
            time.sleep(dice.uniform(0.5, 2.0))
            took, found = _carried_out(browser, page, token[1], house / case.company, case.number)
            yield case, took, found


def _carried_out(
    browser: httpx.Client, page: str, token: str, folder: Path, number: str
) -> tuple[float, str]:
    """How long it took, and what verification found where it was not content."""
    begun = time.perf_counter()
    answer = browser.post(
        f"{page}/carry-out",
        data={"csrfmiddlewaretoken": token},
        headers={"Referer": str(browser.base_url)},
        follow_redirects=False,
    )
    if answer.status_code != 302:
        raise Wrong(f"{page}: {answer.status_code}")
    with closing(
        sqlite3.connect(f"file:{folder / '.ordholden' / 'store.sqlite3'}?mode=ro", uri=True)
    ) as records:
        while time.perf_counter() < begun + _PATIENCE:
            state = records.execute(_STATE, [number]).fetchone()
            if state and state[0] in ("verified", "failed"):
                return time.perf_counter() - begun, "" if state[0] == "verified" else str(state[1])
            time.sleep(0.01)
    raise Wrong(f"{page}: after {_PATIENCE:.0f} s the plan is {state}")


if __name__ == "__main__":
    sys.exit(main())

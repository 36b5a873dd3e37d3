"""Two installations, each a process of its own: All Ears telephones for others, Clienti is one of those it telephones for."""

from __future__ import annotations

import email
import email.policy
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from examples import generate
from ordholden.app import Organisation, open_organisation, today
from ordholden.cases.case import CaseFile, Channel, Outcome, State, TaskKind
from ordholden.post.envelope import public_key
from tests.cli.test_running import answers, free_port, running

ANNA, BO = "anna@clienti.example", "bo@clienti.example"
CONTROLLER = "Clienti A/S"


@dataclass
class Installation:
    folder: Path
    address: str
    organisation: Organisation

    def case(self, number: str) -> CaseFile:
        return self.organisation.desk.case(number)

    def mails_to(self, address: str) -> list[str]:
        folder = self.folder / ".ordholden" / "mail"
        found = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in sorted(folder.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        ]
        bodies = [mail.get_body(("plain",)) for mail in found if address in str(mail["To"])]
        return [body.get_content() for body in bodies if body is not None]


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Installation, Installation]]:
    for name in ("ORDHOLDEN_STORE", "ORDHOLDEN_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    folders = {name: tmp_path / f"house of {name}" / name for name in ("all_ears", "clienti")}
    ports = {name: free_port() for name in folders}
    at = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    keys = {}
    for name, folder in folders.items():
        folder.parent.mkdir()
        generate(name, folder, people=3, on=today())
        with open_organisation(folder) as one:
            keys[name] = public_key(one.store)
    knows(
        folders["all_ears"],
        "  controllers:",
        CONTROLLER,
        f'{{endpoint: "{at["clienti"]}/api/clienti/partner", key: "{keys["clienti"]}"}}',
    )
    knows(
        folders["clienti"],
        "  processors:",
        "All Ears TM A/S",
        f'{{endpoint: "{at["all_ears"]}/api/all_ears/partner", key: "{keys["all_ears"]}"}}',
    )
    with ExitStack() as stack:
        found = []
        for name, folder in folders.items():
            env = {"ORDHOLDEN_ADDRESS": at[name], "ORDHOLDEN_HOUSE": str(folder.parent)}
            words = ("serve", str(folder.parent), "--port", str(ports[name]))
            answers(ports[name], stack.enter_context(running(*words, env=env)))
            one = stack.enter_context(open_organisation(folder))
            found.append(Installation(folder, at[name], one))
        ears, clienti = found
        yield ears, clienti


def knows(folder: Path, section: str, name: str, partner: str) -> None:
    policy = folder / "policy.yaml"
    text = policy.read_text(encoding="utf-8")
    before, found, after = text.partition(f"\n{section}\n")
    assert found
    policy.write_text(f"{before}{found}    {name}: {partner}\n{after}", encoding="utf-8")


def until(there: Callable[[], object]) -> None:
    patience = time.monotonic() + 60
    while not there():
        assert time.monotonic() < patience
        time.sleep(0.2)


def filed(ears: Installation, **who: str) -> str:
    """Through the portal's wizard, as a person does; the number on the receipt."""
    with httpx.Client(base_url=ears.address, follow_redirects=True) as browser:
        page = browser.get("/all_ears/right/access/")
        for _ in range(12):
            form = {
                "csrfmiddlewaretoken": browser.cookies["ordholden-form"],
                "scope": "everything",
                "controller": CONTROLLER,
                "words": "Hvad har I om mig?",
                **who,
            }
            page = browser.post(page.url, data=form)
            if number := re.search(r'id="number">([^<]+)<', page.text):
                return number[1]
    raise AssertionError(page.text)


def test_a_request_at_the_processor_becomes_a_case_at_the_controller_and_its_answer_comes_back(
    both: tuple[Installation, Installation], monkeypatch: pytest.MonkeyPatch
) -> None:
    ears, clienti = both
    with sqlite3.connect(clienti.folder / "crm.sqlite3") as crm:
        [(name, address)] = crm.execute(
            "select full_name, email from contacts where email is not null limit 1"
        ).fetchall()

    number = filed(ears, name=name, email=address)
    ears.organisation.desk.hand_over(number, actor="cille@all-ears.example")
    until(lambda: clienti.organisation.desk.cases().items)
    [case] = clienti.organisation.desk.cases().items
    answer(clienti.organisation, case.number, address)
    until(lambda: ears.case(number).case.state is State.ANSWERING)
    monkeypatch.setenv("ORDHOLDEN_ADDRESS", ears.address)
    ears.organisation.desk.send_answer(number, actor="cille@all-ears.example")
    until(lambda: len(ears.mails_to(address)) >= 3)

    assert (case.channel, case.right, case.who.email) == (Channel.PROCESSOR, "access", address)
    assert case.received_on == ears.case(number).case.received_on
    [awaited] = [t for t in ears.case(number).tasks if t.kind is TaskKind.AWAIT_ANSWER]
    assert {"sent", "received", "answered"} <= awaited.steps.keys()
    assert awaited.steps["case"] == case.number
    file = ears.case(number)
    [copy] = [d for d in file.documents if d.for_person]
    assert ears.organisation.desk.document(number, copy.id, actor="x")[1].startswith(b"PK")
    assert file.case.outcome is Outcome.HANDED_OVER
    # A receipt, that it was passed on, and the answer: all from the one that was asked.
    told = ears.mails_to(address)
    assert case.number in told[-1]
    assert "/all_ears/case/" in told[-1]
    assert clienti.mails_to(address) == []


def answer(organisation: Organisation, number: str, address: str) -> None:
    """As staff do: found, decided, carried out by the worker of the other process, and sent."""
    desk = organisation.desk
    found = desk.find_people(address)[0]
    desk.confirm_identity(number, cards=(found.card,), how="the address is theirs", actor=ANNA)
    if desk.decide(number, actor=ANNA).waits_for:
        desk.approve(number, actor=BO)
    desk.carry_out(number, actor=ANNA)
    until(lambda: desk.case(number).case.state is State.ANSWERING)
    desk.send_answer(number, actor=ANNA)

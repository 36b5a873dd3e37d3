"""A request that was sent on, at the controller's end: opened by its link, acknowledged by that, answered on the page."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ordholden.cases.case import Channel, Request, TaskState, Who
from tests.companies import HOTEL_POLICY, HOTEL_SYSTEMS, HOTEL_TABLES, company
from tests.web.town import Town

CONTROLLER = """
requests:
  controllers:
    Nordlys Rejser: {email: privat@nordlys.example, campaigns: [N-1]}
"""


@pytest.fixture
def agency(town: Town) -> Iterator[Path]:
    """A small company in the house that works for another."""
    import shutil

    folder = town.folder / "agency"
    folder.mkdir()
    yield company(folder, HOTEL_POLICY + CONTROLLER, HOTEL_SYSTEMS, "desk", HOTEL_TABLES)
    shutil.rmtree(folder)


def handed_over(town: Town) -> tuple[str, str]:
    """The number, and the path of the link that the controller got."""
    desk = town.organisation("agency").desk
    who = Who(name="Gæst Et", email="et@post.example")
    case = desk.open_case(
        Request(right="erasure", channel=Channel.PORTAL, who=who, words="Slet mig", campaign="N-1"),
        actor="test",
    )
    desk.hand_over(case.number, actor="test")
    for task in desk.due_tasks():
        desk.run_task(task.id)
    return case.number, town.link_to("privat@nordlys.example", "partner", "agency")


def test_opening_the_link_acknowledges_and_shows_the_request_only(town: Town, agency: Path) -> None:
    number, link = handed_over(town)
    assert Client().get(link).status_code == 200
    client = Client()
    assert client.post(link).status_code == 302
    shown = unescape(client.get("/agency/partner/").content.decode())

    assert number in shown
    assert "Slet mig" in shown
    assert "et@post.example" in shown
    assert "2024-05-31" not in shown
    [task] = [t for t in town.organisation("agency").desk.case(number).tasks if t.key.startswith("answer:")]
    assert "received" in task.steps
    assert Client().post(link).status_code == 404


def test_the_controllers_answer_comes_back_into_the_case(town: Town, agency: Path) -> None:
    number, link = handed_over(town)
    client = Client()
    client.post(link)
    paper = SimpleUploadedFile("afgørelse.pdf", b"%PDF-1.7 decided")
    client.post("/agency/partner/answer/", {"text": "Vi har slettet personen.", "files": paper})

    whole = town.organisation("agency").desk.case(number)
    [task] = [t for t in whole.tasks if t.key.startswith("answer:")]
    assert task.state is TaskState.DONE
    assert any("Vi har slettet" in m.body for m in whole.messages)
    assert "I har svaret" in unescape(client.get("/agency/partner/").content.decode())


def test_a_partners_link_does_not_open_the_persons_page(town: Town, agency: Path) -> None:
    _, link = handed_over(town)

    assert Client().post(link.replace("/partner/", "/case/")).status_code == 404


def test_without_the_link_there_is_no_request_to_see(client: Client) -> None:
    assert client.get("/clienti/partner/").status_code == 404

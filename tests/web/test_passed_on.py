"""A case that was passed on: staff see how far it is and what the partner said; the person sees what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from ordholden.cases.case import Channel, Request, Upload, Who
from ordholden.staff import Role
from tests.web.town import Town, built

NORDLYSET = "Klubben Nordlyset"
SAID = "Vi har en lydfil med to personer"


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    yield from built(("all_ears",))


def test_what_a_controller_says_is_the_persons_with_the_answer_and_not_before(town: Town) -> None:
    town.forget_attempts()
    desk = town.organisation("all_ears").desk
    who = Who(name="Sag Person", email="videre@post.example")
    request = Request("access", Channel.PORTAL, who, controller=NORDLYSET)
    number = desk.open_case(request, actor="the person").number
    desk.hand_over(number, actor="cille")
    [task] = [t for t in desk.due_tasks() if t.case == number]
    desk.run_task(task.id)
    desk.answered(number, SAID, by=NORDLYSET, files=[Upload("lyd.txt", b"to personer", "text/plain")])
    person = Client()
    person.post(f"/all_ears/case/{desk.link(number)}")
    before = unescape(person.get("/all_ears/case/").content.decode())
    [file] = desk.case(number).documents
    barred = person.get(f"/all_ears/case/file/{file.id}").status_code
    staff = town.signed_in(Role.CASE_WORKER, "all_ears")
    seen = unescape(staff.get(f"/console/all_ears/cases/{number}").content.decode())
    desk.send_answer(number, actor="cille")
    after = unescape(person.get("/all_ears/case/").content.decode())

    assert (SAID in before, "lyd.txt" in before, barred) == (False, False, 404)
    assert (SAID in after, "lyd.txt" in after) == (True, True)
    assert person.get(f"/all_ears/case/file/{file.id}").status_code == 200
    assert f"Til {NORDLYSET}" in seen
    assert f"Fra {NORDLYSET}" in seen
    assert " · besvaret " in seen

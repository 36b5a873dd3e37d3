"""Every right, from its first question to the receipt; the answer is the same whoever asks, and nothing is asked for in vain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from django.test import Client

from ordholden.cases.case import Case, CaseFile, Channel
from ordholden.cases.right import rights
from ordholden.web.portal.questions import RIGHTS, questions
from tests.web.town import Town

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "about": {"scope": "everything"},
    "objects": {"about": ["all marketing"], "words": "Jeg vil ikke."},
    "consents": {"about": ["newsletter"]},
    "corrections": {"what-1": "name", "old-1": "Hansen", "new-1": "Jensen"},
    "words": {"words": "Det handler om en afgørelse fra maj."},
    "transfer": {"transfer": ""},
    "for": {"controller": ""},
    "who": {"name": "Ny Person"},
    "reach": {"email": "ny.person@post.example"},
}


def asked(client: Client, town: Town, right: str, name: str = "clienti", **other: Mapping[str, Any]) -> str:
    """Answers every question; the number on the receipt."""
    client.get(f"/{name}/right/{right}/")
    for question in questions(right, town.organisation(name).policy):
        form = other.get(question.name, ANSWERS[question.name])
        response = client.post(f"/{name}/right/{right}/{question.name}/", form)
        assert response.status_code == 302, (question.name, unescape(response.content.decode()))
    response = client.post(f"/{name}/right/{right}/check/")
    assert response.status_code == 302, response.content.decode()
    return number_of(receipt(client, name))


def receipt(client: Client, name: str = "clienti") -> str:
    return unescape(client.get(f"/{name}/right/receipt/").content.decode())


def number_of(shown: str) -> str:
    found = re.search(r'id="number">([^<]+)<', shown)
    assert found, shown
    return found[1]


def filed(town: Town, number: str, name: str = "clienti") -> CaseFile:
    return town.organisation(name).desk.case(number)


def test_every_right_can_be_exercised_here() -> None:
    assert set(RIGHTS) == set(rights())


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_comes_from_its_first_question_to_the_receipt(client: Client, town: Town, right: str) -> None:
    number = asked(client, town, right, who={"name": f"Person {right}"})

    case: Case = filed(town, number).case
    assert (case.right, case.channel, case.who.name) == (right, Channel.PORTAL, f"Person {right}")
    shown = receipt(client)
    assert f"{case.due.legal.day}. " in shown
    assert str(case.due.legal.year) in shown


def test_AL_02_only_what_an_answer_needs_is_asked_for(client: Client, town: Town) -> None:
    """A name and one way to reach the person; everything else may be left out, and nothing sensitive is asked for."""
    number = asked(client, town, "access", name="alottbetter", who={"name": "Kun Navn"})

    case = filed(town, number, "alottbetter").case
    assert (case.who.phone, case.who.address, dict(case.who.identifiers)) == ("", "", {})
    for step in ("about", "who", "reach"):
        form = client.get(f"/alottbetter/right/access/{step}/").content.decode()
        assert not re.search(r'name="[^"]*(cpr|birth|sex|passport)', form)
    assert "required" not in client.get("/alottbetter/right/access/").content.decode()


def test_a_stranger_learns_nothing_of_who_is_known(client: Client, town: Town) -> None:
    """The receipt of somebody whom the systems know reads as that of somebody they don't."""
    known = next(f for f in _addresses(town) if "@" in f)
    shown = []
    for address in (known, "nobody.at.all@post.example"):
        asked(client, town, "access", reach={"email": address})
        page = receipt(client).replace(address, "…")
        shown.append(re.sub(r"20\d\d-\d{6}", "…", re.sub(r'value="\w{64}"', "", page)))

    assert shown[0] == shown[1]


def _addresses(town: Town) -> list[str]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(town.folder / "clienti" / "newsletter.sqlite3")) as base:
        tables = [r[0] for r in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [r[1] for r in base.execute(f"PRAGMA table_info({table})")]
            if "email" in columns:
                return [str(r[0]) for r in base.execute(f"SELECT email FROM {table} WHERE email IS NOT NULL")]
    return []


def test_the_same_request_twice_within_a_day_is_the_same_case(client: Client, town: Town) -> None:
    twice = {"reach": {"email": "twice@post.example"}}

    assert asked(client, town, "erasure", **twice) == asked(Client(), town, "erasure", **twice)


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(client: Client) -> None:
    client.get("/clienti/right/access/")
    client.post("/clienti/right/access/about/", ANSWERS["about"])
    response = client.post("/clienti/right/access/who/", {"name": "", "known-customer number": "K17"})

    assert response.status_code == 422
    shown = unescape(response.content.decode())
    assert 'href="#name"' in shown
    assert 'aria-describedby=" name-wrong"' in shown or 'aria-describedby="name-wrong"' in shown
    assert "Skriv dit navn." in shown


def test_going_back_shows_what_was_written(client: Client) -> None:
    client.get("/clienti/right/access/")
    client.post("/clienti/right/access/about/", ANSWERS["about"])
    client.post("/clienti/right/access/who/", {"name": "Åse Ærlig"})

    assert 'value="Åse Ærlig"' in unescape(client.get("/clienti/right/access/who/").content.decode())


def test_an_answer_can_be_mended_from_the_last_page(client: Client) -> None:
    client.get("/clienti/right/access/")
    for step in ("about", "who", "reach"):
        client.post(f"/clienti/right/access/{step}/", ANSWERS[step])
    response = client.post("/clienti/right/access/who/?then=check", {"name": "En Anden"})

    assert response["Location"] == "/clienti/right/access/check/"
    assert "En Anden" in client.get("/clienti/right/access/check/").content.decode()


@pytest.mark.parametrize("step", ["who", "reach", "check"])
def test_no_question_is_skipped_by_its_address(client: Client, step: str) -> None:
    client.get("/clienti/right/access/")

    assert client.get(f"/clienti/right/access/{step}/").status_code == 409


def test_nothing_written_stands_in_the_sessions_table(client: Client, town: Town) -> None:
    from django.contrib.sessions.models import Session

    client.get("/clienti/right/access/")
    client.post("/clienti/right/access/about/", ANSWERS["about"])
    client.post("/clienti/right/access/who/", {"name": "Hemmelig Person"})

    session = Session.objects.get(pk=client.session.session_key)
    assert "Hemmelig" not in str(session.get_decoded())


def test_a_draft_is_gone_when_it_was_sent(client: Client, town: Town) -> None:
    asked(client, town, "access")

    assert client.get("/clienti/right/access/who/").status_code == 409


def test_whoever_asks_for_somebody_else_is_told_what_is_missing(client: Client, town: Town) -> None:
    who = {"name": "Mor", "behalf": "yes", "behalf_name": "Barn", "behalf_email": "barn@post.example"}
    number = asked(client, town, "access", who=who)

    case = filed(town, number).case
    assert case.who.name == "Barn"
    assert case.representation.by is not None
    assert case.representation.by.name == "Mor"
    assert "Vi mangler at se" in receipt(client)


def test_a_mandate_can_be_sent_along(client: Client, town: Town) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.get("/clienti/right/access/")
    client.post("/clienti/right/access/about/", ANSWERS["about"])
    who = {"name": "Far", "behalf": "yes", "behalf_name": "Barnet", "behalf_email": "b2@post.example"}
    client.post("/clienti/right/access/who/", who)
    client.post("/clienti/right/access/reach/", {"email": "far@post.example"})
    paper = SimpleUploadedFile("fuldmagt.pdf", b"%PDF-1.7 made up")
    assert client.post("/clienti/right/access/check/", {"mandate": paper}).status_code == 302

    [document] = filed(town, number_of(receipt(client))).documents
    assert (document.name, document.purpose) == ("fuldmagt.pdf", "representation")


def test_no_to_all_marketing_names_every_marketing_activity(client: Client, town: Town) -> None:
    number = asked(client, town, "objection", who={"name": "Nej Tak"})

    policy = town.organisation().policy
    assert set(filed(town, number).case.about) == {
        a.name for a in policy.activities.values() if a.direct_marketing
    }


def test_corrections_arrive_as_what_was_and_what_should_be(client: Client, town: Town) -> None:
    number = asked(client, town, "rectification", who={"name": "Ret Mig"})

    [change] = filed(town, number).case.changes
    assert (change.what, change.old, change.new) == ("name", "Hansen", "Jensen")


def test_a_right_that_means_nothing_here_is_not_offered(client: Client, town: Town) -> None:
    assert client.get("/clienti/right/wishing/").status_code == 404


def test_whoever_tries_too_often_is_asked_to_wait(client: Client, town: Town) -> None:
    for n in range(10):
        asked(client, town, "complaint", words={"words": f"Klage {n}"})
    client.get("/clienti/right/complaint/")
    for question in questions("complaint", town.organisation().policy):
        client.post(f"/clienti/right/complaint/{question.name}/", ANSWERS[question.name])
    response = client.post("/clienti/right/complaint/check/")

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_a_form_from_elsewhere_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/clienti/right/", {"right": "access"})
    assert response.status_code == 403
    assert "Siden har stået åben for længe" in response.content.decode()


def test_the_receipt_is_mailed_with_a_link_to_the_case(client: Client, town: Town) -> None:
    asked(client, town, "access", reach={"email": "mail.me@post.example"})

    assert town.link_to("mail.me@post.example", "case")


@pytest.mark.parametrize(
    "address",
    ["https://[modtager.example/", "https://modtager.example:99999/", "https://me@modtager.example/"],
)
def test_an_address_to_send_to_that_is_none_is_said_at_its_field(client: Client, address: str) -> None:
    client.get("/clienti/right/portability/")
    client.post("/clienti/right/portability/about/", {"scope": "everything"})

    assert client.post("/clienti/right/portability/transfer/", {"transfer": address}).status_code == 422

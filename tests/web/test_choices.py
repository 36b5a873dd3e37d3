"""My choices, behind a link to one's own mailbox: no to marketing, a consent back, and whether details are still right."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client

from ordholden.app import people
from ordholden.registers.objections import Standing, standing
from tests.web.town import Town, addresses


def somebody(town: Town, *, last: bool = False) -> str:
    """The address of one person whom the agency knows, and whom no other shares it with: the first, or the last."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(town.folder / "clienti" / "crm.sqlite3")) as base:
        rows = base.execute("SELECT email FROM contacts WHERE email LIKE '%@%.example'").fetchall()
    organisation = town.organisation()
    return next(a for (a,) in (reversed(rows) if last else rows) if people.details(organisation, a))


def opened(town: Town, address: str) -> Client:
    client = Client()
    client.post("/clienti/choices/", {"email": address})
    response = client.post(town.link_to(address, "choices"))
    assert response.status_code == 302
    return client


def mine(client: Client) -> str:
    return unescape(client.get("/clienti/choices/mine/").content.decode())


def test_AK_08_people_see_their_details_and_propose_corrections(town: Town) -> None:
    address = somebody(town)
    client = opened(town, address)
    known = people.details(town.organisation(), address)
    shown = mine(client)
    assert all(detail.value in shown for detail in known)

    form = {f"detail-{n}": d.value for n, d in enumerate(known, 1)} | {"detail-1": "Ret Navn"}
    client.post("/clienti/choices/mine/details/", form)
    number = re.search(r"sag (20\d\d-\d{6})", mine(client))
    assert number
    case = town.organisation().desk.case(number[1]).case
    assert case.right == "rectification"
    assert [(c.what, c.old, c.new) for c in case.changes] == [(known[0].category, known[0].value, "Ret Navn")]


def test_AK_08_who_says_that_all_is_right_is_noted_without_a_case(town: Town) -> None:
    client = opened(town, somebody(town))
    client.post("/clienti/choices/mine/details/", {"all": "right"})

    assert "Vi har skrevet ned, at det passer." in mine(client)
    told = [(e.action, e.actor) for e in town.organisation().audit_entries(last=5)]
    assert ("person:details:confirmed", "the person") in told


def test_AK_08_who_is_due_to_be_asked_gets_a_letter_once_with_a_link_that_opens(town: Town) -> None:
    from datetime import date

    from ordholden.consents import ask
    from ordholden.web.portal.keys import link_to_choices
    from ordholden.web.visit import organisation_at

    # Of whom no case tells what they read.
    address, organisation = somebody(town, last=True), town.organisation()
    [found] = organisation.find(f"email:{address}")
    day = date(2026, 11, 22)
    ask(organisation.store, "keep contacts up to date", [found.card], on=day, actor="test")
    visit = organisation_at("clienti")
    told = [
        people.write_to_asked(organisation, since=day, link=lambda email: link_to_choices(visit, email))
        for _ in range(2)
    ]
    before = [m for m in town.mails() if "Passer det stadig" in str(m["Subject"])]

    assert told == [1, 0]
    assert len(before) == 1
    # Nothing says what they read: so both languages are in the one letter, with one link.
    body = before[0].get_body(("plain",))
    assert body is not None
    assert "Is this still right?" in body.get_content()
    assert len(set(re.findall(r"https?://\S+/choices/\S+", body.get_content()))) == 1
    client = Client()
    assert client.post(town.link_to(address, "choices")).status_code == 302
    assert "Det passer alt sammen" in mine(client)


def test_no_to_marketing_is_a_case_at_once(town: Town) -> None:
    client = opened(town, "no.thanks@post.example")
    client.post("/clienti/choices/mine/marketing/")
    number = re.search(r"sag (20\d\d-\d{6})", mine(client))

    assert number
    case = town.organisation().desk.case(number[1]).case
    policy = town.organisation().policy
    assert case.right == "objection"
    assert all(policy.activities[a].direct_marketing for a in case.about)
    assert case.identity.email_confirmed


def test_marketing_stops_at_once_for_the_mailbox_that_says_no_and_for_nobody_else(town: Town) -> None:
    first, *_, other = addresses(town, "clienti", "newsletter.subscribers")
    organisation = town.organisation()

    def stopped(address: str) -> list[str]:
        found = [f.card for f in organisation.find(f"email:{address}")]
        return sorted(organisation.desk.corridor.objections(found))

    client = opened(town, first)
    assert stopped(first) == []
    client.post("/clienti/choices/mine/marketing/")

    marketing = sorted(a.name for a in organisation.policy.activities.values() if a.direct_marketing)
    assert stopped(first) == marketing
    assert stopped(other) == []
    # Whoever shares the mailbox loses nothing: the use rests, and no ground has ended.
    cards = {f.card for f in organisation.find(f"email:{first}")}
    ours = [o for o in standing(organisation.store) if o.cards & cards]
    assert {o.standing for o in ours} == {Standing.PENDING}
    number = re.search(r"sag (20\d\d-\d{6})", mine(client))
    assert number
    organisation.desk.confirm_identity(number[1], cards=tuple(cards), how="Skrev derfra", actor="clerk")
    assert {o.standing for o in standing(organisation.store) if o.cards & cards} == {Standing.UPHELD}


def test_a_consent_is_withdrawn_with_a_tick(town: Town) -> None:
    client = opened(town, "take.back@post.example")
    client.post("/clienti/choices/mine/consent/", {"about": "newsletter"})
    number = re.search(r"sag (20\d\d-\d{6})", mine(client))

    assert number
    case = town.organisation().desk.case(number[1]).case
    assert (case.right, case.about) == ("withdrawal", ("newsletter",))


def test_nothing_ticked_is_said_and_no_case(town: Town) -> None:
    client = opened(town, "nothing@post.example")

    assert client.post("/clienti/choices/mine/consent/").status_code == 422
    assert client.post("/clienti/choices/mine/details/", {}).status_code == 422


def test_everybody_who_asks_gets_the_same_page_and_a_mail(town: Town) -> None:
    shown = []
    for address in (somebody(town), "stranger@post.example"):
        response = Client().post("/clienti/choices/", {"email": address})
        page = unescape(response.content.decode()).replace(address, "…")
        shown.append(re.sub(r'value="\w{64}"', "", page))

    assert shown[0] == shown[1]
    assert town.link_to("stranger@post.example", "choices")


def test_a_stranger_is_shown_no_details(town: Town) -> None:
    assert "Vi kan ikke vise oplysninger her." in mine(opened(town, "stranger2@post.example"))


def test_a_link_to_choices_works_once_and_is_not_used_by_looking(town: Town) -> None:
    address = "link.once@post.example"
    Client().post("/clienti/choices/", {"email": address})
    link = town.link_to(address, "choices")

    assert Client().get(link).status_code == 200
    assert Client().post(link).status_code == 302
    assert Client().post(link).status_code == 404


def test_a_link_of_one_organisation_opens_nothing_at_another(town: Town) -> None:
    address = "cross@post.example"
    Client().post("/clienti/choices/", {"email": address})
    link = town.link_to(address, "choices")

    assert Client().post(link.replace("/clienti/", "/flexfone/")).status_code == 404


def test_a_mailbox_is_not_filled_with_links(town: Town) -> None:
    answers = [Client().post("/clienti/choices/", {"email": "victim@post.example"}) for _ in range(4)]

    assert [a.status_code for a in answers] == [200, 200, 200, 429]


def test_without_the_link_there_is_nothing_to_choose(client: Client) -> None:
    assert client.get("/clienti/choices/mine/").status_code == 302
    assert client.post("/clienti/choices/mine/marketing/")["Location"] == "/clienti/choices/"


def test_AK_08_the_night_writes_to_who_was_asked_and_passes_over_who_is_gone(town: Town) -> None:
    from dataclasses import replace

    from ordholden.app import today
    from ordholden.consents import ask
    from ordholden.worker.duty import DUTIES

    address, organisation = somebody(town), town.organisation()
    [found] = organisation.find(f"email:{address}")
    gone = replace(found.card, key=999999)
    ask(organisation.store, "any activity", [found.card, gone], on=today(), actor="test")
    [duty] = [d for d in DUTIES if d.name == "ask"]

    assert dict(duty.run(organisation)) == {"asked": 1}
    assert dict(duty.run(organisation)) == {}
    assert Client().post(town.link_to(address, "choices")).status_code == 302

"""A reseller's day, a customer's administrator and an employee: each sees their branch of the tree and asks for what is theirs."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from html import unescape

import pytest
from django.test import Client

from ordholden.cases.case import Channel, RepresentationState
from ordholden.staff import Role, accept_confidentiality, members
from ordholden.staff.tree import OPERATOR, Level, Party, party, register
from tests.web.town import ON, Town

HERE = "/flexfone/tree/"


@dataclass
class Branch:
    """A reseller with a customer and an employee who is in the systems, each signed in."""

    reseller: Party
    customer: Party
    employee: Party
    clients: dict[Level, Client]


def known(town: Town, number: int) -> tuple[str, str, str]:
    """Local number, full name and address of an employee who has messages or recordings."""
    folder = town.folder / "flexfone"
    with closing(sqlite3.connect(folder / "pbx.sqlite3")) as pbx:
        voices = {
            local
            for (local,) in pbx.execute(
                "SELECT local FROM voicemails WHERE file IS NOT NULL"
                " UNION SELECT local FROM recordings WHERE disk_file IS NOT NULL"
            )
        }
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as portal:
        rows = portal.execute(
            "SELECT local, full_name, email FROM employees WHERE status = 'active' AND email IS NOT NULL ORDER BY id"
        ).fetchall()
    found = [row for row in rows if row[0] in voices]
    local, name, email = found[number]
    return local, name, email


def signed_in(town: Town, role: Role, email: str, one: Party) -> Client:
    from allauth.mfa.models import Authenticator

    from ordholden.staff import admit
    from ordholden.web.accounts import made

    store = town.organisation("flexfone").store
    who = admit(store, email=email, name="Prøve Person", role=role, on=ON, actor="test", party=one.id)
    accept_confidentiality(store, who.id, at=store.now(), actor=who.actor)
    user = made(email)
    Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}}
    )
    client = Client()
    client.force_login(user)
    return client


def branch(town: Town, name: str, number: int = 0) -> Branch:
    store = town.organisation("flexfone").store
    local, full_name, email = known(town, number)
    short = name.casefold().replace(" ", "")
    salg = {
        "name": name,
        "contact": "salgschefen",
        "phone": "+45 12 00 00 01",
        "email": f"salg@{short}.example",
    }
    firm = {"name": f"{name} kunde", "contact": "kontoret", "email": f"kontor@{short}.example"}
    person = {"name": full_name, "local number": local, "email": email}
    top = register(store, Level.RESELLER, salg, above=OPERATOR, by=OPERATOR, on=ON, actor="test")
    middle = register(store, Level.CUSTOMER, firm, above=top, by=top, on=ON, actor="test")
    low = register(store, Level.EMPLOYEE, person, above=middle, by=top, on=ON, actor="test")
    clients = {
        Level.RESELLER: signed_in(town, Role.RESELLER, salg["email"], top),
        Level.CUSTOMER: signed_in(town, Role.CUSTOMER_ADMINISTRATOR, firm["email"], middle),
        Level.EMPLOYEE: signed_in(town, Role.EMPLOYEE, email, low),
    }
    return Branch(top, middle, low, clients)


def text(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]


def asked(client: Client, about: Party, right: str = "access", **form: str) -> str:
    response = client.post(f"{HERE}{about.id}/ask/{right}/", form)
    assert response.status_code == 302, text(response)
    found = re.search(r"20\d\d-\d{6}", response["Location"])
    assert found
    return found[0]


def test_FF_01_a_reseller_registers_a_customer_and_an_employee_on_its_pages(town: Town) -> None:
    ours = branch(town, "Tale og Co")
    client = ours.clients[Level.RESELLER]
    firm = {"name": "Bageriet", "contact": "kontoret", "email": "kontor@bageri.example"}
    response = client.post(f"{HERE}new/", firm)
    customer = int(response["Location"].rstrip("/").rpartition("/")[2])
    client.post(f"{HERE}{customer}/new/", {"name": "Anna Prøve Hansen", "local-number": "204"})

    shown = text(client.get(f"{HERE}{customer}/"))
    assert "Anna Prøve Hansen" in shown
    assert "204" in shown
    assert "Bageriet" in text(client.get(HERE))
    [account] = [
        m for m in members(town.organisation("flexfone").store) if m.email == "kontor@bageri.example"
    ]
    assert (account.role, account.party) == (Role.CUSTOMER_ADMINISTRATOR, customer)


def test_FF_01_the_operator_registers_a_reseller_with_contact_phone_and_email(town: Town) -> None:
    client = town.signed_in(Role.DATA_PROTECTION, "flexfone")
    short = client.post(f"{HERE}new/", {"name": "Nye Toner", "contact": "ejeren", "email": "x"})
    assert short.status_code == 422
    assert "telefonnummer" in text(short)
    whole = {
        "name": "Nye Toner",
        "contact": "ejeren",
        "email": "ny@toner.example",
        "phone": "+45 12 00 00 07",
    }
    client.post(f"{HERE}new/", whole)

    assert "Nye Toner" in text(client.get(HERE))


def test_being_registered_changes_nobodys_role(town: Town) -> None:
    ours = branch(town, "Listige Toner")
    worker = town.member(Role.DATA_PROTECTION, "flexfone")
    firm = {"name": "Snedig", "contact": "kontoret", "email": worker.email}
    ours.clients[Level.RESELLER].post(f"{HERE}new/", firm)

    [after] = [m for m in members(town.organisation("flexfone").store) if m.email == worker.email]
    assert after.role is Role.DATA_PROTECTION


@pytest.mark.parametrize("right", ["access", "erasure", "portability"])
def test_FF_11_a_reseller_asks_for_a_named_employee_and_needs_no_paper(town: Town, right: str) -> None:
    ours = branch(town, f"Navngiven {right}")
    number = asked(ours.clients[Level.RESELLER], ours.employee, right, words="Hun bad om det i dag.")

    case = town.organisation("flexfone").desk.case(number).case
    assert (case.right, case.channel) == (right, Channel.RESELLER)
    assert case.representation.state is RepresentationState.ACCEPTED
    assert (case.who.name, case.who.identifiers["local number"]) == (
        ours.employee.name,
        ours.employee.details["local number"],
    )
    assert (case.asked_by, case.asked_for) == (ours.reseller.id, ours.employee.id)
    assert number in text(ours.clients[Level.RESELLER].get(HERE))


def test_FF_11_a_reseller_is_refused_for_the_customers_administrator(town: Town) -> None:
    ours = branch(town, "Afvist")
    client = ours.clients[Level.RESELLER]
    before = len(town.organisation("flexfone").desk.cases().items)
    answer = client.post(f"{HERE}{ours.customer.id}/ask/access/", {})

    assert answer.status_code == 403
    assert "Det må forhandler ikke over for kunde (handle på vegne af)." in text(answer)
    assert len(town.organisation("flexfone").desk.cases().items) == before
    assert "aldrig for kundens administrator" in text(client.get(f"{HERE}{ours.customer.id}/"))


def test_FF_11_nobody_reaches_into_another_resellers_tree(town: Town) -> None:
    ours, theirs = branch(town, "Egen Gren"), branch(town, "Anden Gren", 1)
    number = asked(theirs.clients[Level.RESELLER], theirs.employee)
    client = ours.clients[Level.RESELLER]
    for place in (f"{theirs.employee.id}/", f"{theirs.employee.id}/ask/", f"{theirs.customer.id}/new/"):
        answer = client.get(f"{HERE}{place}")
        assert answer.status_code == 404
        assert "under dig i træet" in text(answer)
    unknown = text(client.get(f"{HERE}999999/")).replace("999.999", "N")

    there = text(client.get(f"{HERE}{theirs.employee.id}/"))
    assert unknown.count("under dig i træet") == there.count("under dig i træet") == 1
    assert client.post(f"{HERE}{theirs.employee.id}/ask/erasure/").status_code == 404
    assert client.post(f"{HERE}{theirs.employee.id}/end/").status_code == 404
    assert client.get(f"{HERE}case/{number}/").status_code == 404
    assert client.post(f"{HERE}case/{number}/write/", {"text": "Hej"}).status_code == 404
    assert number not in text(client.get(HERE))


def test_a_case_is_followed_by_who_asked_and_by_nobody_else(town: Town) -> None:
    ours = branch(town, "Følger")
    number = asked(ours.clients[Level.CUSTOMER], ours.employee)
    desk = town.organisation("flexfone").desk
    ours.clients[Level.CUSTOMER].post(f"{HERE}case/{number}/write/", {"text": "Hun hedder nu noget andet."})

    assert desk.case(number).messages[-1].body == "Hun hedder nu noget andet."
    assert "noget andet" in text(ours.clients[Level.CUSTOMER].get(f"{HERE}case/{number}/"))
    for other in (Level.RESELLER, Level.EMPLOYEE):
        assert ours.clients[other].get(f"{HERE}case/{number}/").status_code == 404


def test_two_employees_called_alike_are_two_cases(town: Town) -> None:
    ours = branch(town, "Dobbelt")
    store = town.organisation("flexfone").store
    firm = {"name": "Nabofirmaet", "contact": "kontoret", "email": "kontor@nabo.example"}
    other = register(store, Level.CUSTOMER, firm, above=ours.reseller, by=ours.reseller, on=ON, actor="test")
    same = register(store, Level.EMPLOYEE, ours.employee.details, above=other, by=other, on=ON, actor="test")
    client = ours.clients[Level.RESELLER]

    assert asked(client, ours.employee) != asked(client, same)
    assert asked(client, ours.employee) == asked(client, ours.employee)


def test_FF_11_a_customers_administrator_handles_its_own_employees(town: Town) -> None:
    ours = branch(town, "Egne Folk")
    client = ours.clients[Level.CUSTOMER]
    made = client.post(f"{HERE}new/", {"name": "Bo Prøve", "local-number": "205"})
    bo = int(made["Location"].rstrip("/").rpartition("/")[2])
    client.post(f"{HERE}{bo}/change/", {"name": "Bo Prøve Holm", "local-number": "205"})
    assert "Bo Prøve Holm" in text(client.get(HERE))
    client.post(f"{HERE}{bo}/end/")

    assert party(town.organisation("flexfone").store, bo) is None
    assert client.get(f"{HERE}{ours.reseller.id}/").status_code == 404


def test_FF_17_the_tree_is_corrected_at_once_and_the_systems_by_support(town: Town) -> None:
    ours = branch(town, "Retter")
    client = ours.clients[Level.RESELLER]
    form = {"name": ours.employee.name, "local-number": ours.employee.details["local number"]}
    client.post(f"{HERE}{ours.employee.id}/change/", {**form, "email": "nyt@firma.example"})
    store = town.organisation("flexfone").store
    now = party(store, ours.employee.id)
    assert now is not None
    assert now.details["email"] == "nyt@firma.example"
    number = asked(
        client,
        ours.employee,
        "rectification",
        **{"what-1": "workplace", "old-1": "Lager", "new-1": "Kantinen"},
    )

    case = town.organisation("flexfone").desk.case(number).case
    assert [(c.what, c.old, c.new) for c in case.changes] == [("workplace", "Lager", "Kantinen")]
    nothing = client.post(f"{HERE}{ours.employee.id}/ask/rectification/", {"what-1": "workplace"})
    assert nothing.status_code == 422


def test_FF_18_an_employee_fetches_their_own_recordings_and_messages(town: Town) -> None:
    ours = branch(town, "Optaget", 1)
    client = ours.clients[Level.EMPLOYEE]
    links = re.findall(rf'href="({HERE}mine/file/\w+)"', text(client.get(HERE)))
    assert links
    answer = client.get(links[0])

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    told = [e.action for e in town.organisation("flexfone").audit_entries(last=3)]
    assert "person:file:fetched" in told
    for other in (Level.RESELLER, Level.CUSTOMER):
        assert ours.clients[other].get(links[0]).status_code == 403


def test_a_local_number_and_a_name_alone_open_nobodys_recordings(town: Town) -> None:
    ours = branch(town, "Nysgerrig")
    stranger = signed_in(town, Role.EMPLOYEE, "fremmed@post.example", ours.employee)

    shown = text(stranger.get(HERE))
    assert "mine/file" not in shown
    assert "ingen, vi sikkert kan sige er dine" in shown


def test_FF_19_who_was_taken_out_of_the_tree_fetches_nothing(town: Town) -> None:
    ours = branch(town, "Slut", 1)
    employee = ours.clients[Level.EMPLOYEE]
    [link, *_] = re.findall(rf'href="({HERE}mine/file/\w+)"', text(employee.get(HERE)))
    ours.clients[Level.CUSTOMER].post(f"{HERE}{ours.employee.id}/end/")

    assert employee.get(link).status_code == 404
    assert employee.get(HERE).status_code == 404


def test_an_employee_asks_for_themselves_and_for_no_colleague(town: Town) -> None:
    ours, theirs = branch(town, "Selv"), branch(town, "Kollega", 1)
    client = ours.clients[Level.EMPLOYEE]
    case = town.organisation("flexfone").desk.case(asked(client, ours.employee)).case

    assert case.representation.state is RepresentationState.NONE
    assert case.channel is Channel.PORTAL
    assert client.get(f"{HERE}{theirs.employee.id}/ask/").status_code == 404


@pytest.mark.parametrize("level", [Level.RESELLER, Level.CUSTOMER, Level.EMPLOYEE])
def test_those_outside_see_nothing_of_the_console(town: Town, level: Level) -> None:
    client = branch(town, f"Udenfor {level}").clients[level]

    assert client.get("/console/")["Location"] == HERE
    assert client.get("/console/flexfone/").status_code == 403
    assert "/console/" not in text(client.get(HERE))


def test_a_stranger_to_the_organisation_finds_no_tree(town: Town, client: Client) -> None:
    assert client.get(HERE).status_code == 302
    assert town.signed_in(Role.RESELLER, "clienti").get(HERE).status_code == 404
    # A reseller who was let in without a place in the tree stands nowhere.
    assert town.signed_in(Role.RESELLER, "clienti").get("/clienti/tree/").status_code == 409


def test_the_pages_are_whole_in_both_languages(town: Town) -> None:
    ours = branch(town, "Sprog")
    client = ours.clients[Level.RESELLER]
    number = asked(client, ours.employee)
    places = ("", "new/", f"{ours.customer.id}/", f"{ours.employee.id}/", f"{ours.employee.id}/change/")
    for language in ("en", "da"):
        client.get(f"{HERE}?language={language}")
        for place in (*places, f"{ours.employee.id}/ask/rectification/", f"case/{number}/"):
            assert client.get(f"{HERE}{place}").status_code == 200, (language, place)

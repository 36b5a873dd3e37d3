"""Staff read people's words: tables by what they hold, the log in sentences; engineers' names stand quietly behind."""

from __future__ import annotations

from html import unescape

from django.test import Client

from ordholden.cases.case import Channel, Request, Who
from ordholden.plans.plan import Limit
from ordholden.staff import Role
from ordholden.web.templatetags.console import field_words, limit_said, place, reason_said
from ordholden.web.visit import Visit, organisation_at
from tests.web.town import Town, addresses

HERE = "/console/clienti"


def visit(town: Town) -> Visit:
    return organisation_at("clienti")


def revealed(client: Client, town: Town) -> str:
    person = addresses(town, "clienti", "crm.contacts")[4]
    found = unescape(client.get(f"{HERE}/people", {"q": person}).content.decode())
    card = found.partition('name="card" value="')[2].partition('"')[0]
    reason = "Gæst Ni ringede i tvivl"
    shown = client.post(f"{HERE}/person/reveal", {"card": card, "reason": reason})
    return unescape(shown.content.decode())


def test_a_persons_page_names_tables_as_people_call_them(town: Town) -> None:
    shown = revealed(town.signed_in(Role.DATA_PROTECTION), town)

    assert 'Kontaktpersoner <span class="quiet engineer">crm.contacts</span>' in shown


def test_why_somebody_saw_values_in_clear_is_read_in_the_log_and_sealed_in_the_store(town: Town) -> None:
    client = town.signed_in(Role.DATA_PROTECTION)
    revealed(client, town)
    shown = unescape(client.get(f"{HERE}/audit").content.decode())

    assert "En persons oplysninger blev vist i klartekst" in shown
    assert "Gæst Ni ringede i tvivl" in shown
    entries = town.organisation().audit_entries(last=20)
    assert not any("Gæst Ni" in str(entry.facts) for entry in entries)


def test_the_log_says_what_happened_and_leads_to_the_case(town: Town) -> None:
    who = Who(name="Logbog Person", email="log@post.example")
    asked = Request(right="access", channel=Channel.EMAIL, who=who, words="x")
    number = town.organisation().desk.open_case(asked, actor="test").number
    client = town.signed_in(Role.DATA_PROTECTION)
    danish = unescape(client.get(f"{HERE}/audit").content.decode())
    english = unescape(client.get(f"{HERE}/audit?language=en", follow=True).content.decode())

    assert "Henvendelsen kom ind" in danish
    assert f'href="{HERE}/cases/{number}"' in danish
    assert "The request came in" in english
    assert "request:arrival:opened" in english


def test_a_second_person_reads_what_a_plan_would_do_and_why_they_are_asked(town: Town) -> None:
    kept = town.organisation("flexfone").plan(actor="test")
    assert kept.needs_approval
    client = town.signed_in(Role.APPROVER, "flexfone")
    shown = unescape(client.get("/console/flexfone/approvals").content.decode())

    assert "En regel ville blive brugt for første gang:" in shown
    assert 'Opkaldslog <span class="quiet engineer">pbx.call_records</span>' in shown
    assert kept.plan.id in shown


def test_places_fields_limits_and_reasons_have_words(town: Town) -> None:
    here = visit(town)

    assert place(here, "newsletter", "subscribers").startswith("Abonnenter på nyhedsbrevet <span")
    assert place(here, "paper archive") == "paper archive"
    assert field_words(here, "crm.contacts.email") == "e-mailadresse, Kontaktpersoner (crm.contacts.email)"
    assert field_words(here, "told") == "hvordan modtageren fik besked"
    share = Limit("share", "delete crm.contacts", "40%", "25%")
    assert "Kontaktpersoner" in limit_said(here, share)
    assert reason_said(here, "crm: connection refused").endswith(
        "svarer ikke, som det skal: connection refused"
    )
    assert reason_said(here, "something of another release") == "something of another release"

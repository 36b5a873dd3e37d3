"""The policy page is made of the policy file: what it says, every company's page says, in both languages."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from ordholden.app.published import published
from ordholden.law.authority import authority
from ordholden.policy.rule import After, OwnPeriod, RecordKept, StateHolds, ValueIs
from ordholden.web.portal.told import groups, told
from ordholden.web.words import in_language
from tests.web.town import COMPANIES, Town


def read(client: Client, path: str, language: str = "da") -> str:
    client.cookies["language"] = language
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return unescape(response.content.decode())


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", COMPANIES)
def test_AE_01_the_page_says_of_every_activity_what_why_and_how_long(
    client: Client, town: Town, name: str, language: str
) -> None:
    shown, words = read(client, f"/{name}/", language), in_language(language)

    this = published(town.organisation(name))
    for activity in this.policy.activities.values():
        one = told(activity, this, words)
        assert one.purpose in shown
        for part in ("data", "basis", "sources", "recipients", "keep"):
            assert dict(one.parts)[part] in shown, (activity.name, part)


@pytest.mark.parametrize("name", COMPANIES)
def test_everybody_finds_their_own_part_of_the_page(town: Town, name: str) -> None:
    this = published(town.organisation(name))

    found = {group.who.casefold() for group in groups(this, in_language("da"))}
    assert found == {p.da.casefold() for k, p in this.policy.people.items() if _has_activity(this, k)}


def _has_activity(this, kind: str) -> bool:  # type: ignore[no-untyped-def]
    return any(kind in a.people for a in this.policy.activities.values())


@pytest.mark.parametrize("name", COMPANIES)
def test_AE_09_whom_to_ask_about_what_stands_on_the_page(client: Client, town: Town, name: str) -> None:
    shown = read(client, f"/{name}/")

    for contact in town.organisation(name).policy.organisation.contacts:
        assert contact.email in shown
        assert contact.role.da in shown
        assert contact.phone in shown


@pytest.mark.parametrize("name", COMPANIES)
def test_AL_21_the_page_says_where_to_complain(client: Client, name: str) -> None:
    shown = read(client, f"/{name}/")

    for part in (authority().name, authority().address, authority().email, authority().phone):
        assert part in shown
    assert f"/{name}/right/complaint/" in shown


@pytest.mark.parametrize("name", COMPANIES)
def test_AK_15_the_page_names_the_publisher_and_its_number(client: Client, town: Town, name: str) -> None:
    shown = read(client, f"/{name}/")

    organisation = town.organisation(name).policy.organisation
    assert organisation.name in shown
    assert f"CVR {organisation.cvr}" in shown
    assert authority().page in shown


def test_the_right_to_object_stands_apart_from_the_rest(client: Client) -> None:
    """GDPR art. 21(4): clearly, and separately from other information."""
    shown = read(client, "/clienti/")

    note = shown[shown.index('<div class="note"><p><strong>Du kan altid sige nej') :]
    assert "markedsføring" in note[: note.index("</div>")]


@pytest.mark.parametrize("name", COMPANIES)
def test_no_name_of_the_file_is_left_untranslated(town: Town, name: str) -> None:
    """Events, states, matters, values, sources: each has words that people read."""
    this = published(town.organisation(name))
    used: set[str] = set()
    for activity in this.policy.activities.values():
        used |= {s for s in (*activity.sources, activity.controller) if s and s != "the person"}
        for rule in (r for r in (activity.keep, activity.if_none) if r is not None):
            used |= {event.name for event in rule.events}
            match rule.term:
                case StateHolds(state=state):
                    used.add(state)
                case RecordKept(matter=matter) | After(period=OwnPeriod(matter=matter)):
                    used.add(matter)
                case _:
                    pass
            used |= {v for c in rule.conditions if isinstance(c, ValueIs) for v in (c.name, *c.values)}
    used |= {contact.topic for contact in this.policy.organisation.contacts}

    assert sorted(used - this.words.keys()) == []


def test_a_page_of_nobody_is_not_there(client: Client) -> None:
    assert client.get("/nobody/").status_code == 404
    assert client.get("/../etc/").status_code == 404

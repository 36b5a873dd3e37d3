"""Editions of the policy: each is kept whole, says what it changed, and a significant one is told prominently."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from ordholden.app import open_organisation
from ordholden.app.published import edition, editions, pending, publish, published, tell_affected
from ordholden.cases.case import Channel, Request, Who
from ordholden.policy.document import Text
from ordholden.problems import Refusal
from tests.companies import hotel
from tests.web.town import Town


@pytest.fixture
def inn(town: Town) -> Iterator[Path]:
    """A small hotel in the house, whose policy is changed in the test."""
    folder = town.folder / "inn"
    folder.mkdir()
    hotel(folder)
    yield folder
    import shutil

    shutil.rmtree(folder)


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "policy.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def put_out(folder: Path, **more: object) -> None:
    with open_organisation(folder) as organisation:
        publish(organisation, actor="test", **more)  # type: ignore[arg-type]


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_AE_25_every_edition_is_kept_and_says_what_it_changed(client: Client, inn: Path) -> None:
    put_out(inn)
    change(inn, "12 months after stay ended", "24 months after stay ended")
    put_out(inn, note=Text("Vi gemmer længere.", "We keep for longer."))

    listed = read(client, "/inn/editions/")
    assert "Udgave 2" in listed
    assert "Udgave 1" in listed
    second = read(client, "/inn/editions/2/")
    assert "12 måneder efter, at stay ended." in second
    assert "24 måneder efter, at stay ended." in second
    first = read(client, "/inn/editions/1/")
    assert "24 måneder" not in first
    assert "Du ser en tidligere udgave" in first


def test_AE_25_a_significant_change_is_announced_on_top_and_marked(client: Client, inn: Path) -> None:
    put_out(inn)
    assert "Vi har ændret politikken" not in read(client, "/inn/")
    change(inn, "12 months after stay ended", "24 months after stay ended")
    put_out(inn, note=Text("Vi gemmer længere.", "We keep for longer."))

    assert "Vi har ændret politikken" in read(client, "/inn/")
    assert "Vi gemmer længere." in read(client, "/inn/")
    assert "vigtigt" in read(client, "/inn/editions/")


def test_AE_25_the_page_says_since_when_it_holds(client: Client, inn: Path) -> None:
    put_out(inn)

    with open_organisation(inn) as organisation:
        [only] = editions(organisation)
    assert f"Udgave 1, gældende fra {only.at.day}." in read(client, "/inn/")


def test_AE_25_those_whom_a_significant_change_concerns_are_told_by_mail_once(town: Town, inn: Path) -> None:
    put_out(inn)
    change(inn, "12 months after stay ended", "24 months after stay ended")
    put_out(inn, note=Text("Vi gemmer længere.", "We keep for longer."))
    with open_organisation(inn) as organisation:
        assert [tell_affected(organisation, actor="test") for _ in range(2)] == [3, 3]
        organisation.desk.send_post()

    mails = town.mails("inn")
    assert sorted(str(m["To"]) for m in mails) == ["et@post.example", "to@post.example", "tre@post.example"]
    body = mails[0].get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert "hvor længe de bliver gemt (24 måneder efter" in " ".join(said.split())
    assert "/inn/editions/2/" in said
    assert "Vi gemmer længere." in said


def test_AE_25_each_is_told_in_their_own_language_and_in_both_where_it_is_not_known(
    town: Town, inn: Path
) -> None:
    """By a column of the system, else by the latest case; a country says less than a case, and nothing less than all."""
    speaks = "      values: {language: speaks, country: lives_in}\n"
    change_systems(inn, "      not personal: [id]\n", f"      not personal: [id]\n{speaks}")
    told = {
        "et": ("Danish", "GB"),
        "to": (None, "DK"),
        "tre": (None, None),
        "fire": (None, "DE"),
        "fem": ("?", None),
    }
    with sqlite3.connect(inn / "desk.sqlite3") as desk:
        desk.execute("ALTER TABLE guests ADD COLUMN speaks VARCHAR(20)")
        desk.execute("ALTER TABLE guests ADD COLUMN lives_in VARCHAR(20)")
        rows = [(4, "Gæst Fire", "fire@post.example"), (5, "Gæst Fem", "fem@post.example")]
        desk.executemany(
            "INSERT INTO guests (id, name, email, last_stay) VALUES (?, ?, ?, '2025-10-01')", rows
        )
        for name, (language, country) in told.items():
            where = f"{name}@post.example"
            desk.execute(
                "UPDATE guests SET speaks = ?, lives_in = ? WHERE email = ?", (language, country, where)
            )
    put_out(inn)
    change(inn, "12 months after stay ended", "24 months after stay ended")
    put_out(inn, note=Text("Vi gemmer længere.", "We keep for longer."))
    with open_organisation(inn) as organisation:
        who = Who(name="Gæst To", email="to@post.example")
        asked = Request(right="access", channel=Channel.EMAIL, who=who, words="x", language="en")
        organisation.desk.open_case(asked, actor="test")
        organisation.desk.send_post()
        assert tell_affected(organisation, actor="test") == 5

    said = {str(m["To"]).partition("@")[0]: m for m in town.mails("inn") if "2026-" not in str(m["Subject"])}
    languages = {name: read_in(mail) for name, mail in said.items()}
    both = {"da", "en"}
    assert languages == {"et": {"da"}, "to": {"en"}, "tre": both, "fire": {"en"}, "fem": both}
    assert " / " in str(said["tre"]["Subject"])
    html = said["tre"].get_body(("html",))
    assert html is not None
    assert '<div lang="en">' in html.get_content()


def read_in(mail: EmailMessage) -> set[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    return {
        language
        for language, note in (("da", "Vi gemmer længere."), ("en", "We keep for longer."))
        if note in said
    }


def change_systems(folder: Path, old: str, new: str) -> None:
    file = folder / "systems.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_AE_25_nobody_is_written_to_where_somebody_decided_that_it_does_not_weigh(inn: Path) -> None:
    put_out(inn)
    change(inn, "12 months after stay ended", "11 months after stay ended")
    put_out(inn, significant=False)
    with open_organisation(inn) as organisation:
        assert tell_affected(organisation, actor="test") == 0


def test_people_read_the_published_policy_and_not_the_draft(client: Client, inn: Path) -> None:
    put_out(inn)
    change(inn, "12 months after stay ended", "24 months after stay ended")

    assert "12 måneder" in read(client, "/inn/")
    with open_organisation(inn) as organisation:
        [waiting] = pending(organisation)
        assert waiting.parts == ("keep",)
        assert published(organisation).policy.activities["host guests"].keep.text.startswith("12 months")


def test_less_of_everything_disturbs_nobody(inn: Path) -> None:
    put_out(inn)
    change(inn, "data: [name, email]", "data: [name]")
    with open_organisation(inn) as organisation:
        [change_] = pending(organisation)

        assert (change_.parts, change_.weighs) == (("data",), False)


def test_the_same_policy_again_is_no_edition(inn: Path) -> None:
    put_out(inn)

    with pytest.raises(Refusal, match="edition-same"):
        put_out(inn)


def test_an_edition_that_never_was_is_a_page_that_is_not_there(client: Client, inn: Path) -> None:
    put_out(inn)

    assert client.get("/inn/editions/7/").status_code == 404


def test_what_changed_is_known_to_the_hall(inn: Path) -> None:
    put_out(inn)
    change(inn, "purpose: Host guests", "purpose: Host and feed guests")
    put_out(inn)
    with open_organisation(inn) as organisation:
        this, [found] = edition(organisation, 2)

    assert found.parts == ("purpose",)
    assert this.edition is not None
    assert this.edition.significant

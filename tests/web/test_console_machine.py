"""Staff see whether the machine works: who does what is due, which letters did not arrive, which systems are down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from ordholden.cases.case import Channel, Request, TaskState, Who
from ordholden.staff import Role
from ordholden.web.words import in_language
from ordholden.worker.duty import DUTIES, Duty
from ordholden.worker.models import DutyRow
from ordholden.worker.roster import enlist, failed, settle, take
from ordholden.worker.standing import standing
from tests.post.servers import MailServer
from tests.web.town import Town, addresses

NAME = "alottbetter"
HERE = f"/console/{NAME}"


def read(client: Client, path: str = "machine") -> str:
    return unescape(client.get(f"{HERE}/{path}").content.decode())


@pytest.fixture
def duties(town: Town) -> Iterator[tuple[Duty, ...]]:
    """The duties as if somebody had just done each of them."""
    store = town.organisation(NAME).store
    rows = DutyRow.objects.using(store.alias).filter(organisation=store.organisation)
    rows.delete()
    enlist(store)
    rows.update(next_at=store.now())
    for duty in DUTIES:
        assert take(store, duty, worker="w")
        settle(store, duty, worker="w", came={})
    yield DUTIES
    rows.delete()


def test_where_nobody_has_worked_yet_the_start_page_says_so(town: Town) -> None:
    store = town.organisation(NAME).store
    assert standing(store).idle

    assert "Ingen har arbejdet i baggrunden endnu." in read(town.signed_in(Role.CASE_WORKER, NAME), "")


def test_what_works_is_said_to_work(town: Town, duties: tuple[Duty, ...]) -> None:
    client = town.signed_in(Role.CASE_WORKER, NAME)
    shown = read(client)

    assert shown.count("✓ virker") == len(duties)
    assert "arbejdet i baggrunden" not in read(client, "")


def test_a_duty_that_fails_is_seen_from_the_start_page_with_its_reason(
    town: Town, duties: tuple[Duty, ...]
) -> None:
    store = town.organisation(NAME).store
    DutyRow.objects.using(store.alias).filter(organisation=store.organisation, name="fetch").update(
        next_at=store.now()
    )
    fetch = next(d for d in duties if d.name == "fetch")
    assert take(store, fetch, worker="w")
    failed(store, fetch, worker="w", reason="the mailbox does not answer")
    client = town.signed_in(Role.CASE_WORKER, NAME)

    assert "Noget i baggrunden mislykkes." in read(client, "")
    assert "the mailbox does not answer" in read(client)


def test_an_hour_without_anybody_at_work_is_a_warning(town: Town, duties: tuple[Duty, ...]) -> None:
    store = town.organisation(NAME).store
    rows = DutyRow.objects.using(store.alias).filter(organisation=store.organisation)
    rows.update(last_at=store.now() - timedelta(minutes=50), next_at=store.now() - timedelta(minutes=49))
    assert not standing(store).idle

    rows.update(last_at=store.now() - timedelta(minutes=70), next_at=store.now() - timedelta(minutes=69))

    assert standing(store).idle
    assert "Der er ikke blevet arbejdet i baggrunden siden" in read(town.signed_in(Role.AGENT, NAME), "")


def test_a_letter_that_was_refused_is_seen_and_sent_again(
    town: Town, duties: tuple[Duty, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = town.organisation(NAME).desk
    desk.send_post()
    who = Who(name="Gæst", email="findes.ikke@post.example")
    case = desk.open_case(Request(right="access", channel=Channel.EMAIL, who=who, words="x"), actor="test")
    client = town.signed_in(Role.CASE_WORKER, NAME)
    with MailServer(at_address=["550 5.1.1 no such user"]) as server:
        monkeypatch.setenv("ORDHOLDEN_SMTP", server.url)
        desk.send_post()
        shown = read(client)
        assert case.number in shown
        assert "afvist af modtagerens mailserver" in shown
        assert "Kvittering" in shown
        assert "gået i stå" in read(client, "")
        [letter] = desk.letters_in_trouble()

        client.post(f"{HERE}/machine/letters/{letter.id}", {"arrived": "no"})
        desk.send_post()

        assert len(server.taken) == 1
    assert desk.letters_in_trouble() == ()
    assert desk.case(case.number).messages[0].delivery == "sent"
    assert "Alle breve er nået frem" in read(client)


def test_tasks_that_wait_for_a_system_that_is_down_are_shown_together_with_since_when(
    town: Town, duties: tuple[Duty, ...]
) -> None:
    organisation = town.organisation(NAME)
    numbers = [_begun(town, address) for address in people(town)]
    file = town.folder / NAME / f"{SYSTEM}.sqlite3"
    away = file.rename(file.with_suffix(".away"))
    file.mkdir()
    try:
        for task in organisation.desk.due_tasks():
            waiting = organisation.desk.run_task(task.id)
            assert (waiting.state, waiting.failing_since is not None) == (TaskState.WAITING, True)
        shown = read(town.signed_in(Role.CASE_WORKER, NAME))
    finally:
        file.rmdir()
        away.rename(file)

    assert all(number in shown for number in numbers)
    assert shown.count("svarer ikke, som det skal") == 1
    assert len(organisation.desk.stuck_tasks()) == len(numbers)


SYSTEM = "customers"


def people(town: Town) -> list[str]:
    return addresses(town, NAME, "customers.customers")[:2]


def _begun(town: Town, address: str) -> str:
    desk = town.organisation(NAME).desk
    asked = Request(
        right="erasure", channel=Channel.EMAIL, who=Who(name="En", email=address), words="Slet mig"
    )
    number = desk.open_case(asked, actor="anna").number
    desk.confirm_identity(number, cards=[f.card for f in desk.find_people(address)], how="test", actor="anna")
    desk.decide(number, actor="anna")
    desk.carry_out(number, actor="anna")
    return number


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_duty_has_words(language: str) -> None:
    words = in_language(language)

    assert [d.name for d in DUTIES if not words.known(f"console_duty:{d.name}")] == []

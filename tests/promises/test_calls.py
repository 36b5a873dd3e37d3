"""All Ears calls for others: what the agent sees, what must be said first, and what stays shut until then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import ordholden
from examples import generate
from ordholden import audit
from ordholden.app import Organisation
from ordholden.app.organisation import today
from ordholden.connectors.predicate import TRUE
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.problems import Refusal
from ordholden.promises import State

CONTACTS = TableName("crm", "contacts")
CPR = "010190-0000"  # no such day's number has this end; nobody's


@pytest.fixture
def all_ears(tmp_path: Path) -> Iterator[Organisation]:
    generate("all_ears", tmp_path / "all_ears", people=60, on=today())
    with ordholden.open(tmp_path / "all_ears") as organisation:
        yield organisation


@pytest.fixture
def called(all_ears: Organisation) -> tuple[str, Card]:
    """Somebody who has an agreement, and the campaign they were called in."""
    readers = all_ears.sight(today()).readers
    agreements = [r for page in readers["crm"].rows(TableName("crm", "agreements"), TRUE) for r in page]
    contacts = {r.key[0]: r for page in readers["crm"].rows(CONTACTS, TRUE) for r in page}
    table = all_ears.inventory.table(TableName("crm", "agreements"))
    assert table.person is not None
    card = next(
        Card(CONTACTS, a.links[table.person])
        for a in agreements
        if a.links[table.person] in contacts
        and all_ears.may_use_cards("run the campaign", (Card(CONTACTS, a.links[table.person]),))[0].allowed
    )
    campaign = contacts[card.key].links[all_ears.inventory.table(CONTACTS).matters[0].path]
    code = next(c for c in all_ears.sheets.campaigns if int(c[1:]) == campaign)
    return code, card


def test_AE_03_the_sheet_says_for_whom_why_and_how_to_reach_them(
    all_ears: Organisation, called: tuple[str, Card]
) -> None:
    campaign, card = called

    sheet = all_ears.sheets.open(campaign, (card,), actor="M-1")

    assert campaign in sheet.controller.campaigns
    assert sheet.controller.email.endswith(".example")
    assert sheet.controller.name in sheet.say_first["da"]
    assert "All Ears" in sheet.say_first["en"]
    assert sheet.activity.purpose.da
    assert sheet.may_call


def test_AE_03_that_it_was_said_is_recorded_and_the_promise_shows_it(
    all_ears: Organisation, called: tuple[str, Card]
) -> None:
    campaign, card = called

    said = all_ears.sheets.note(campaign, (card,), "told", actor="M-1")

    assert said.told_at is not None
    entry = all_ears.audit_entries(last=1)[0]
    assert (entry.action, entry.subject, entry.actor) == ("call:told", campaign, "M-1")
    promise = all_ears.promises(only=["AE-03"])[0]
    assert promise.state is State.KEPT
    assert promise.evidence[0].facts["told"] == 1


def test_AE_03_a_campaign_of_nobody_has_no_sheet(all_ears: Organisation, called: tuple[str, Card]) -> None:
    with pytest.raises(Refusal) as refused:
        all_ears.sheets.open("K99999", (called[1],), actor="M-1")

    assert refused.value.problems[0].code == "campaign-unknown"


def test_AE_03_who_said_no_to_calls_is_not_called(all_ears: Organisation, called: tuple[str, Card]) -> None:
    campaign, card = called
    corridor = all_ears.desk.corridor
    corridor.object_to("run the campaign", corridor.with_links((card,)), reason="", actor="M-1")

    sheet = all_ears.sheets.open(campaign, (card,), actor="M-1")

    assert not sheet.may_call


def test_AE_05_cpr_and_payment_are_refused_until_told_and_wanted(
    all_ears: Organisation, called: tuple[str, Card]
) -> None:
    campaign, card = called
    sheets = all_ears.sheets

    for said in ((), ("told",), ("wants", "declined")):
        for one in said:
            sheets.note(campaign, (card,), one, actor="M-1")
        with pytest.raises(Refusal) as refused:
            sheets.collect(campaign, (card,), {"cpr number": CPR}, actor="M-1")
        assert refused.value.problems[0].code in ("call-untold", "collect-gated")

    sheets.note(campaign, (card,), "wants", actor="M-1")
    kept = sheets.collect(campaign, (card,), {"cpr number": CPR}, actor="M-1")

    assert kept.state == "verified"
    assert all_ears.promises(only=["AE-05"])[0].state is State.KEPT


def test_AE_05_a_wish_counts_only_after_the_purpose_was_told(
    all_ears: Organisation, called: tuple[str, Card]
) -> None:
    campaign, card = called

    with pytest.raises(Refusal) as refused:
        all_ears.sheets.note(campaign, (card,), "wants", actor="M-1")

    assert refused.value.problems[0].code == "call-untold"
    assert all_ears.sheets.open(campaign, (card,), actor="M-1").said.wanted_at is None


def test_AE_06_shut_fields_show_nothing_and_the_rest_is_masked(
    all_ears: Organisation, called: tuple[str, Card]
) -> None:
    campaign, card = called

    fields = {f.category.name: f for f in all_ears.sheets.open(campaign, (card,), actor="M-1").fields}

    for gated in ("cpr number", "payment details"):
        assert not fields[gated].open
        assert fields[gated].values == ()
    assert fields["email"].open
    assert all("@" not in v or "***" in v for v in fields["email"].values)


def test_AE_06_every_reveal_is_written_with_its_reason(
    all_ears: Organisation, called: tuple[str, Card]
) -> None:
    before = audit.head(all_ears.store).number

    all_ears.desk.explain((called[1],), reveal=True, reason="Rettelse aftalt i telefonen", actor="M-1")

    written = [e for e in all_ears.audit_entries(last=20) if e.number > before]
    assert any(e.action == "person:revealed" and e.actor == "M-1" for e in written)

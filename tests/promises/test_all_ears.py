"""All Ears' promises, each kept on its data: calls for others, each campaign with its own end and its own period.

Campaigns and people numbered from 9001 are put there by these tests, one person for each campaign.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ordholden.app import open_organisation
from ordholden.audit import Verified
from ordholden.footprints.use import Ruling
from ordholden.inventory.system import TableName
from ordholden.plans.book import PlanState
from ordholden.plans.keys import unpacked
from ordholden.plans.plan import Operation
from tests.swept import CLERK, ON, Swept, carried_out, content, copied, evidence, proven, swept, tell

TOMORROW = ON + timedelta(days=1)
CONTACTS = TableName("crm", "contacts")


@dataclass(frozen=True)
class Campaign:
    """A campaign that ended, how many days its data may stay, and when its agreement was handed over."""

    ended: str
    days: int
    closed: str = "2025-11-20"


# Over on the day; a day later; the same two days for a longer period; ended with the first, and has longer.
CAMPAIGNS = {
    9001: Campaign("2026-02-03", 30),
    9002: Campaign("2026-02-04", 30, closed="2026-02-19"),
    9003: Campaign("2025-12-05", 90),
    9004: Campaign("2025-12-06", 90, closed="2026-02-20"),
    9005: Campaign("2026-02-03", 90),
    # Over long ago, and somebody complained.
    9006: Campaign("2025-12-05", 7),
}
OVER, LIVING = (9001, 9003), (9002, 9004, 9005)


def email(number: int) -> str:
    return f"p{number}@brev.example"


def recording(number: int) -> str:
    return f"K{number}/20251110-{number}-1000{number}.wav"


def campaign(number: int, of: Campaign) -> Iterator[str]:
    """A list of one: cleaned, telephoned, agreed, recorded, and answered two questions."""
    yield (
        f"INSERT INTO campaigns VALUES ({number}, 1, 'K{number}', 'Prøve', '2025-11-01', '{of.ended}', 'closed', {of.days})"
    )
    yield (
        f"INSERT INTO contacts VALUES ({number}, {number}, '0001-{number}', 'Prøve {number}', 'Prøvevej 1', '7100', 'Vejle',"
        f" '{email(number)}', '+45 1000{number}', 'et notat', 'controller', '2025-11-01 10:00:00.000000', NULL)"
    )
    yield (
        f"INSERT INTO cleanings VALUES ({number}, {number}, 'street', 'Prøvevej 2', 'Prøvevej 1', 'cpr register',"
        " '2025-11-02 10:00:00.000000')"
    )
    yield (
        f"INSERT INTO calls VALUES ({number}, {number}, 1, '2025-11-10 10:00:00.000000', 90, 'agreement', 1, 1, 'et notat',"
        f" NULL, NULL, '{recording(number)}')"
    )
    yield (
        f"INSERT INTO agreements VALUES ({number}, {number}, 'membership', '2025-11-10 10:01:00.000000', '000000-{number}',"
        f" '0000', '000000{number}', 'handed over', '{of.closed}')"
    )
    yield from (f"INSERT INTO answers VALUES ({number}, {question}, 'et svar')" for question in (1, 2))


def dialled(number: int, of: Campaign) -> Iterator[str]:
    """The same in the old dialler."""
    opened = int(datetime(2025, 11, 1, 12, tzinfo=UTC).timestamp())
    closed = int(datetime.combine(date.fromisoformat(of.ended), time(12), UTC).timestamp())
    yield f"INSERT INTO jobs VALUES ({number}, 'K{number}', {opened}, {closed}, 'P')"
    yield f"INSERT INTO leads VALUES ({number}, {number}, 'PRØVE {number}', '1000{number}', '01-11-2025', 0)"
    yield f"INSERT INTO cdr VALUES ('u{number}', {number}, '1000{number}', {opened + 86_400}, 90, 'ANS')"


def planted(folder: Path) -> None:
    tell(
        folder,
        "crm",
        *(told for number, of in CAMPAIGNS.items() for told in campaign(number, of)),
        "INSERT INTO complaints VALUES (9006, 9006, '2025-11-12', '2025-11-20', 'closed', 'en klage')",
    )
    tell(folder, "dialler", *(told for n in (9001, 9002) for told in dialled(n, CAMPAIGNS[n])))
    for number in CAMPAIGNS:
        file = folder / "recordings" / recording(number)
        file.parent.mkdir(parents=True)
        file.write_bytes(b"a voice")


@pytest.fixture(scope="module")
def all_ears(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    return swept(tmp_path_factory.mktemp("all_ears"), "all_ears", planted)


def there(found: Swept, table: str, *, system: str = "crm", of: str = "contact_id") -> list[object]:
    """Whose records are there after the sweep, of those whom the tests know."""
    question = f"SELECT DISTINCT {of} FROM {table} WHERE {of} BETWEEN 9001 AND 9006 ORDER BY 1"
    return [number for (number,) in found.ask(system, question)]


def test_AE_08_when_a_campaign_is_over_everything_of_it_is_destroyed(all_ears: Swept) -> None:
    for table in ("cleanings", "answers", "agreements"):
        assert not set(there(all_ears, table)) & {*OVER, 9006}, table
    assert not set(there(all_ears, "contacts", of="id")) & set(OVER)
    assert not set(there(all_ears, "calls")) & set(OVER)
    # The dialler's jobs have thirty days of their own; the second was closed a day later.
    assert there(all_ears, "leads", system="dialler", of="lead_no") == [9002]
    assert there(all_ears, "cdr", system="dialler", of="lead_no") == [9002]
    files = {n for n in CAMPAIGNS if (all_ears.after / "recordings" / recording(n)).exists()}
    assert files == set(LIVING)

    proven(all_ears, "AE-08")


def test_AE_08_what_is_kept_for_a_complaint_is_of_no_use_to_the_campaign(all_ears: Swept) -> None:
    question = "SELECT full_name, email, street, customer_no, remark FROM contacts WHERE id = 9006"
    assert all_ears.ask("crm", question) == [("Prøve 9006", email(9006), None, "slettet-9006", None)]

    with open_organisation(all_ears.after) as organisation:
        said = {
            purpose: organisation.may_use(purpose, [email(9006)], ON, actor=CLERK)[email(9006)].ruling
            for purpose in ("handle complaints", "run the campaign", "conclude agreements")
        }
    assert said == {
        "handle complaints": Ruling.ALLOWED,
        "run the campaign": Ruling.NO_GROUND,
        "conclude agreements": Ruling.NO_GROUND,
    }


def test_AE_08_use_outside_the_instruction_is_refused(all_ears: Swept, tmp_path: Path) -> None:
    people = [email(9001), email(9002)]
    # Before the sweep the data of the first is there still, and may not be used any more.
    with open_organisation(copied(all_ears.before, tmp_path / "all_ears")) as organisation:
        today = organisation.may_use("run the campaign", people, ON, actor=CLERK)
        tomorrow = organisation.may_use("run the campaign", people, TOMORROW, actor=CLERK)
        training = organisation.may_use("train callers", people, ON, actor=CLERK)

    assert [d.ruling for d in today.values()] == [Ruling.NO_GROUND, Ruling.ALLOWED]
    assert today[email(9002)].until == TOMORROW
    assert {d.ruling for d in (*tomorrow.values(), *training.values())} == {Ruling.NO_GROUND}
    [asked] = evidence(proven(all_ears, "AE-08"), "purposes-asked")
    assert int(asked["refused"]) > 0


def test_AE_08_the_receipts_certify_the_destruction_to_the_controller(all_ears: Swept) -> None:
    plan = all_ears.outcome.kept.plan
    with open_organisation(all_ears.after) as organisation:
        receipts = [
            r
            for r in organisation.book.receipts(plan)
            if r.table == CONTACTS and r.operation is Operation.DELETE and r.state == "done"
        ]
        whole = organisation.audit()
    certified = {n for r in receipts for (n,) in unpacked(r.keys) if n in CAMPAIGNS}

    assert certified == set(OVER)
    assert all_ears.outcome.kept.state is PlanState.VERIFIED
    assert all_ears.outcome.findings == ()
    assert all_ears.outcome.changed["delete crm.contacts"] == sum(r.rows for r in receipts)
    rules = {r.activity for s in plan.steps if s.table == CONTACTS for r in s.reasons}
    assert "run the campaign" in rules
    assert isinstance(whole, Verified)


def test_AE_10_each_campaign_has_its_own_deadline(all_ears: Swept) -> None:
    # Thirty days and ninety, each over on the day and a day later; and two that ended together.
    assert there(all_ears, "contacts", of="id") == [*LIVING, 9006]
    assert there(all_ears, "agreements") == list(LIVING)
    assert there(all_ears, "answers") == list(LIVING)

    state = proven(all_ears, "AE-10")
    assert state.next == TOMORROW


def test_AE_10_each_task_has_its_own_deadline(all_ears: Swept) -> None:
    # Fourteen days for what sets up the payment, however long the campaign's agreement stays.
    question = "SELECT id, cpr, bank_account, kind FROM agreements WHERE id IN (9002, 9004) ORDER BY 1"
    assert all_ears.ask("crm", question) == [
        (9002, None, None, "membership"),
        (9004, "000000-9004", "0000009004", "membership"),
    ]
    proven(all_ears, "keep: set up payment")


def test_AE_15_it_is_told_when_the_last_backup_is_gone(all_ears: Swept) -> None:
    applied = all_ears.outcome.kept.applied_at
    assert applied is not None
    day = applied.astimezone(ZoneInfo("Europe/Copenhagen")).date()
    # Of the recordings there are no backups.
    days = {"crm": 30, "dialler": 14, "hr": 60}

    told = all_ears.outcome.backups_until
    assert told == {system: day + timedelta(days=n) for system, n in {**days, "audio": 0}.items()}
    state = all_ears.promises["AE-15"]
    assert state.state == "kept"
    assert {e["system"]: e["by"] for e in evidence(state, "gone-from-backups")} == {
        system: str(told[system]) for system in days
    }


@pytest.mark.parametrize(
    "system",
    ["crm", "dialler", "hr"],
)
def test_AE_15_after_a_restore_everything_is_erased_again_and_proven(
    all_ears: Swept, tmp_path: Path, system: str
) -> None:
    folder = copied(all_ears.after, tmp_path / "all_ears")
    erased = content(folder)
    shutil.copy(all_ears.before / f"{system}.sqlite3", folder / f"{system}.sqlite3")
    assert content(folder) != erased

    with open_organisation(folder) as organisation:
        outcome = carried_out(organisation, organisation.plan_replay(system, actor=CLERK))
        assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
        nothing = organisation.plan_replay(system, actor=CLERK)
        promises = {p.id: p for p in organisation.promises(ON, only=["AE-08", "AE-10", "AE-15"])}

    first = sum(n for place, n in all_ears.outcome.changed.items() if f" {system}." in place)
    assert (outcome.kept.plan.rows, nothing.plan.rows) == (first, 0)
    assert content(folder) == erased
    assert promises["AE-15"].state == "kept"
    [replayed] = evidence(promises["AE-15"], "replay-verified")
    assert (replayed["plan"], replayed["system"]) == (outcome.kept.plan.id, system)
    # The campaigns' own promises stand as the sweep left them.
    assert [promises[p].state for p in ("AE-08", "AE-10")] == ["kept", "kept"]

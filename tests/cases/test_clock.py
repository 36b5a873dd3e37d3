"""The clock of a case: it runs from receipt, stands still for a doubt about who asks, and nothing is late silently."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ordholden.cases.case import State
from ordholden.problems import Refusal
from tests.cases.office import ANNA, BO, Office, ask, granted, known
from tests.cases.stores import url_of_the_folder as url

__all__ = ["url"]


def mails(office: Office, kind: str = "message") -> list[str]:
    from ordholden.post.models import Outgoing

    ours = Outgoing.objects.using(office.organisation.store.alias).filter(kind=kind)
    return [row.key for row in ours.order_by("id")]


def test_the_clock_stands_still_while_identity_is_awaited_and_the_unpaused_date_stays_visible(
    office: Office,
) -> None:
    case = ask(office)
    office.clock.go_to("2026-03-10")
    office.desk.ask_identity(
        case.number, doubt="two people have this address", wanted="the year of the stay", actor=ANNA
    )
    office.clock.go_to("2026-03-16")
    waiting = office.desk.case(case.number).case
    going_on = known(office, case)

    assert waiting.state is State.IDENTIFYING
    assert waiting.paused_since == date(2026, 3, 10)
    assert (waiting.due.own, waiting.unpaused.own) == (date(2026, 3, 31), date(2026, 3, 25))
    assert (going_on.paused_since, going_on.due.own, going_on.due.nominal) == (
        None,
        date(2026, 3, 31),
        date(2026, 4, 11),
    )
    assert going_on.due.legal == date(2026, 4, 13)
    assert going_on.unpaused.nominal == date(2026, 4, 5)


def test_the_clock_goes_on_the_day_the_person_answers(office: Office) -> None:
    case = ask(office)
    office.desk.ask_identity(case.number, doubt="two people", wanted="the year", actor=ANNA)
    office.clock.later(days=3)
    answered = office.desk.receive(case.number, "2024")
    office.clock.later(days=9)

    assert (answered.paused_since, answered.needs_staff) == (None, True)
    assert office.desk.case(case.number).case.due.own == date(2026, 3, 28)


def test_identity_is_asked_for_only_with_a_doubt_in_this_case(office: Office) -> None:
    case = ask(office)

    for doubt, wanted in (("", "a passport"), ("two people", " ")):
        with pytest.raises(Refusal, match="identity-doubt"):
            office.desk.ask_identity(case.number, doubt=doubt, wanted=wanted, actor=ANNA)
    assert office.desk.case(case.number).case.paused_since is None


def test_an_extension_is_told_inside_the_first_month_and_counts_from_receipt(office: Office) -> None:
    case = ask(office)
    office.clock.go_to("2026-04-07")
    longer = office.desk.extend(case.number, reason="Fire systemer og mange års ophold", actor=ANNA)

    assert longer.extended
    assert (longer.due.nominal, longer.due.legal) == (date(2026, 6, 5), date(2026, 6, 5))
    [letter] = [m for m in office.desk.case(case.number).messages if m.kind == "extension"]
    assert "5. juni 2026" in letter.body
    assert "Fire systemer" in letter.body
    assert "Datatilsynet" in letter.body
    with pytest.raises(Refusal, match="extended-already"):
        office.desk.extend(case.number, reason="again", actor=ANNA)


def test_after_the_first_month_nothing_is_extended(office: Office) -> None:
    case = ask(office)
    office.clock.go_to("2026-04-08")

    with pytest.raises(Refusal, match="extension-late"):
        office.desk.extend(case.number, reason="too much to do", actor=ANNA)
    assert not [m for m in office.desk.case(case.number).messages if m.kind == "extension"]


def test_nothing_is_late_silently(office: Office) -> None:
    case = ask(office)
    office.desk.assign(case.number, ANNA, actor=ANNA)
    before = office.desk.tick()
    office.clock.go_to("2026-03-18")
    week, same_hour = office.desk.tick(), office.desk.tick()
    office.clock.go_to("2026-03-23")
    close = office.desk.tick()
    office.clock.go_to("2026-03-26")
    missed = office.desk.tick()

    assert (before.reminded, before.escalated) == (0, 0)
    assert (week.reminded, same_hour.reminded) == (1, 0)
    assert (close.escalated, missed.escalated) == (1, 1)
    assert [m for m in mails(office) if ":warned:" in m] == [
        f"{case.number}:warned:1:2026-03-25:{ANNA}",
        f"{case.number}:warned:2:2026-03-25:{ANNA}",
        f"{case.number}:warned:2:2026-03-25:privat@selskab.example",
        f"{case.number}:warned:3:2026-03-25:{ANNA}",
        f"{case.number}:warned:3:2026-03-25:privat@selskab.example",
    ]
    assert office.desk.my_tasks(ANNA)[0].overdue
    assert office.desk.figures().late == 0
    office.clock.go_to("2026-04-08")
    assert office.desk.figures().late == 1
    assert office.desk.case(case.number).case.late(date(2026, 4, 8))


def test_a_case_that_waits_for_the_person_is_not_warned_about(office: Office) -> None:
    case = ask(office)
    office.desk.ask_identity(case.number, doubt="two people", wanted="the year", actor=ANNA)
    office.clock.go_to("2026-04-01")

    found = office.desk.tick()

    assert (found.reminded, found.escalated, found.identity_lapsed) == (0, 0, 1)
    [line] = office.desk.my_tasks(BO, days=365)
    assert (line.case, line.what) == (case.number, "message")
    assert office.desk.tick().identity_lapsed == 0


def test_a_case_of_christmas_is_due_on_the_working_day_after(office: Office) -> None:
    office.clock.go_to("2026-11-25")

    assert ask(office).due.legal == date(2026, 12, 28)


def test_my_tasks_begin_with_what_is_overdue(office: Office) -> None:
    old = granted(office)
    office.clock.go_to("2026-03-20")
    new = ask(office, "access")
    theirs = ask(office, "complaint")
    office.desk.assign(theirs.number, BO, actor=BO)
    office.clock.go_to("2026-03-27")

    lines = office.desk.my_tasks(ANNA)

    assert [(x.case, x.overdue) for x in lines] == [(old.number, True), (new.number, False)]
    assert lines[0].name == "Gæst Tre"


def test_figures_count_what_is_open_and_how_long_answers_took(office: Office) -> None:
    ask(office, "access")
    for days in (2, 4, 12):
        case = ask(office, "complaint", words=str(days), who=_guest(days))
        office.clock.later(days=days)
        office.desk.withdraw(case.number, actor=ANNA)

    found = office.desk.figures()

    assert (found.open, found.closed, found.median_days) == (1, 3, 4.0)
    assert [(r.right, r.open, r.closed) for r in found.rights] == [("access", 1, 0), ("complaint", 0, 3)]
    assert found.due_in_7_days == 1
    assert timedelta(days=18) < office.clock.now - office.desk.cases().items[0].received_at


def _guest(number: int):  # type: ignore[no-untyped-def]
    from ordholden.cases.case import Who

    return Who(name=f"Gæst {number}", email=f"g{number}@post.example")

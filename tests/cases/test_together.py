"""Many at once: people who file the same thing in one moment, workers, organisations in one store; and few questions for all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from ordholden.cases.case import TaskState, Who
from ordholden.problems import Refusal
from tests.cases.office import ANNA, Office, ask, granted, office_of


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """All of them, begun in the same moment."""
    start = Barrier(len(deeds))

    def deed(one: Callable[[], object]) -> object:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(deed, deeds))


def test_the_same_request_in_the_same_moment_is_one_case(office: Office) -> None:
    found = at_once(*[lambda: ask(office).number] * 4)

    assert set(found) == {"2026-000001"}
    assert len(office.desk.cases().items) == 1


def test_different_requests_in_the_same_moment_have_numbers_without_holes(office: Office) -> None:
    deeds = [
        lambda n=n: ask(office, who=Who(name=f"Gæst {n}", email=f"g{n}@post.example")).number
        for n in range(4)
    ]

    assert set(at_once(*deeds)) == {f"2026-00000{n}" for n in (1, 3, 2, 4)}


def test_two_workers_do_one_task_once(office: Office) -> None:
    office.desk.carry_out(granted(office).number, actor=ANNA)
    [task] = office.desk.due_tasks()
    at_once(*[lambda w=w: office.desk.run_task(task.id, worker=w) for w in ("w1", "w2", "w3")])

    assert len(office.world.carried_out) == 1
    assert office.desk.task(task.id).state is TaskState.DONE
    assert office.desk.task(task.id).attempts == 1


def test_two_who_use_a_link_in_the_same_moment_are_one(office: Office) -> None:
    token = office.desk.link(ask(office).number)

    def use() -> str:
        try:
            return office.desk.by_link(token).number
        except Refusal as refusal:
            return refusal.problems[0].code

    assert sorted(at_once(use, use, use)) == ["2026-000001", "link-invalid", "link-invalid"]


def test_organisations_in_one_store_never_see_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> None:
    with (
        office_of(tmp_path / "one", monkeypatch, url=postgresql_url, name="One") as one,
        office_of(tmp_path / "two", monkeypatch, url=postgresql_url, name="Two") as two,
    ):
        first = ask(one)
        token = one.desk.link(first.number)
        one.desk.assign(first.number, ANNA, actor=ANNA)
        one.desk.carry_out(granted(one, "access").number, actor=ANNA)

        assert two.desk.cases().items == ()
        assert two.desk.cases(words="tre@post.example").items == ()
        assert two.desk.my_tasks(ANNA) == ()
        assert two.desk.due_tasks() == ()
        assert (two.desk.figures().open, two.desk.tick().forgotten) == (0, 0)
        for deed in (
            lambda: two.desk.case(first.number),
            lambda: two.desk.note(first.number, "x", actor=ANNA),
            lambda: two.desk.task(one.desk.due_tasks()[0].id),
            lambda: two.desk.run_task(one.desk.due_tasks()[0].id),
            lambda: two.desk.done_by_hand(one.desk.due_tasks()[0].id, receipts={}, actor=ANNA),
            lambda: two.desk.by_link(token),
        ):
            with pytest.raises(Refusal):
                deed()
        assert ask(two).number == first.number
        assert one.desk.by_link(token).number == first.number


def test_pages_ask_a_constant_number_of_questions(office: Office) -> None:
    def asked(deed: Callable[[], object]) -> int:
        with CaptureQueriesContext(connections[office.organisation.store.alias]) as found:
            deed()
        return len(found)

    def pages() -> list[int]:
        number = office.desk.cases().items[0].number
        return [
            asked(lambda: office.desk.case(number)),
            asked(lambda: office.desk.cases(size=20)),
            asked(lambda: office.desk.cases(words="g1@post.example")),
            asked(lambda: office.desk.my_tasks(ANNA)),
            asked(office.desk.figures),
            asked(office.desk.due_tasks),
        ]

    office.desk.carry_out(granted(office).number, actor=ANNA)
    few = pages()
    for n in range(12):
        who = Who(name=f"Gæst {n}", email=f"g{n}@post.example")
        office.desk.carry_out(granted(office, who=who).number, actor=ANNA)
    office.desk.note("2026-000001", "a", actor=ANNA)
    office.desk.receive("2026-000001", "b")

    assert pages() == few == [5, 1, 1, 2, 3, 1]


def test_lists_go_on_where_the_page_before_ended(office: Office) -> None:
    for n in range(7):
        office.clock.later(days=n % 3)
        ask(office, who=Who(name=f"Gæst {n}", email=f"g{n}@post.example"))
    seen: list[str] = []
    after = ""
    while True:
        page = office.desk.cases(size=3, after=after)
        seen += [c.number for c in page.items]
        after = page.after
        if not after:
            break

    assert len(seen) == len(set(seen)) == 7
    dues = [office.desk.case(n).case.due.first for n in seen]
    assert dues == sorted(dues)
    with pytest.raises(Refusal, match="page-unknown"):
        office.desk.cases(after="the middle")

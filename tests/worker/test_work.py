"""Workers on one store: each task is done, by one at a time, whoever dies and whenever."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import Organisation, open_organisation, today
from ordholden.cases.case import State, TaskState
from tests.stores import ROOT
from tests.worker.noting import Noted, known, noting, overlapping, read, waiting_cases

LEASE = 2.0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house") / "clienti"
    generate("clienti", folder, people=3, on=today())
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path, url: str | None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small company, its records in its folder or on a server."""
    monkeypatch.setenv("ORDHOLDEN_STORE", url or "")
    return shutil.copytree(built, tmp_path / "clienti")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@contextmanager
def at_work(
    folder: Path, notes: Path, *, seconds: float, patience: float = 20
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.worker.noting", str(folder), str(notes), str(seconds), str(LEASE)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PATIENCE": str(patience)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "at work\n"
        try:
            yield worker
        finally:
            worker.kill()


def until(what: Callable[[], object], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)


def done(organisation: Organisation, numbers: list[str]) -> bool:
    return all(organisation.desk.case(n).case.state is State.ANSWERING for n in numbers)


def test_two_workers_never_do_one_task_at_the_same_time(folder: Path, notes: Path) -> None:
    with known(noting(notes, 0)), open_organisation(folder) as organisation:
        numbers = waiting_cases(organisation, 25)
        with at_work(folder, notes, seconds=0.05), at_work(folder, notes, seconds=0.05):
            until(lambda: done(organisation, numbers))

        found = read(notes)
        assert sorted(n.case for n in found) == numbers, "each is done, and done once"
        assert overlapping(found) == []


def test_what_a_killed_worker_had_in_hand_another_brings_to_its_end(folder: Path, notes: Path) -> None:
    with known(noting(notes, 0)), open_organisation(folder) as organisation:
        numbers = waiting_cases(organisation, 4)
        with at_work(folder, notes, seconds=30) as first:
            until(lambda: len(read(notes)) == 2)
            first.send_signal(signal.SIGKILL)
        with at_work(folder, notes, seconds=0.05):
            until(lambda: done(organisation, numbers))

        left = [n for n in read(notes) if n.end is None]
        again = [n for n in read(notes) if n.end is not None]
        assert len(left) == 2
        assert sorted(n.case for n in again) == numbers
        first_try = {n.case: n for n in left}
        late = [n for n in again if n.case in first_try]
        assert all(n.begin > first_try[n.case].begin + LEASE - 0.5 for n in late), (
            "not before its lease ran out"
        )
        for number in numbers:
            file = organisation.desk.case(number)
            assert [t.state for t in file.tasks] == [TaskState.DONE]
            assert [e.what for e in file.entries].count("request:task:done") == 1


def test_a_slow_worker_keeps_what_it_has_by_its_heartbeat(folder: Path, notes: Path) -> None:
    with known(noting(notes, 0)), open_organisation(folder) as organisation:
        numbers = waiting_cases(organisation, 1)
        with at_work(folder, notes, seconds=LEASE * 3), at_work(folder, notes, seconds=LEASE * 3):
            until(lambda: done(organisation, numbers))

        assert len(read(notes)) == 1


def test_a_clean_stop_ends_what_is_begun_and_begins_nothing(folder: Path, notes: Path) -> None:
    with known(noting(notes, 0)), open_organisation(folder) as organisation:
        numbers = waiting_cases(organisation, 4)
        with at_work(folder, notes, seconds=1.5) as worker:
            until(lambda: len(read(notes)) == 2)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(20) == 0

        found = read(notes)
        assert [n.end is not None for n in found] == [True, True]
        states = sorted(t.state for n in numbers for t in organisation.desk.case(n).tasks)
        assert states == [TaskState.DONE, TaskState.DONE, TaskState.WAITING, TaskState.WAITING]


def test_a_stop_out_of_patience_leaves_the_rest_to_others(folder: Path, notes: Path) -> None:
    with known(noting(notes, 0)), open_organisation(folder) as organisation:
        numbers = waiting_cases(organisation, 1)
        with at_work(folder, notes, seconds=30, patience=0.5) as worker:
            until(lambda: len(read(notes)) == 1)
            began = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(20) == 9
            assert time.monotonic() - began < 10
        with at_work(folder, notes, seconds=0):
            until(lambda: done(organisation, numbers))

        assert [n.end is None for n in read(notes)] == [True, False]


def test_overlaps_would_be_seen() -> None:
    """The measure itself: two at one case at once are found."""
    one, other = Noted("1", "a", 0.0, 2.0), Noted("1", "b", 1.0, 3.0)

    assert overlapping([one, other]) == [(one, other)]
    assert overlapping([one, Noted("1", "b", 2.0, 3.0)]) == []

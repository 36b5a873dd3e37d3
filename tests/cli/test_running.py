"""`serve` and `work` as services are run: started, asked, stopped by a signal; and what they say about themselves."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import open_organisation, today
from ordholden.cli import main
from ordholden.cli.door import Exit
from ordholden.worker import roster
from ordholden.worker.duty import DUTIES


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house") / "clienti"
    generate("clienti", folder, people=3, on=today())
    return folder


@pytest.fixture
def house(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORDHOLDEN_STORE", "")
    # `work` names its house to the pages' settings, and that must not outlive the test.
    monkeypatch.setenv("ORDHOLDEN_HOUSE", str(tmp_path / "house"))
    shutil.copytree(built, tmp_path / "house" / "clienti")
    return tmp_path / "house"


@contextmanager
def running(*words: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ordholden", *words]
    with subprocess.Popen(
        command,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            # Not killed at once: its own workers would serve on.
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def status(port: int, path: str) -> int:
    """0 while nobody answers."""
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        line.close()


def answers(port: int, process: subprocess.Popen[str]) -> float:
    """Waits until it does; the moment when a test has waited long enough."""
    until = time.monotonic() + 60
    while status(port, "/alive") != 200:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.1)
    return until


def ended(process: subprocess.Popen[str], number: signal.Signals) -> str:
    process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pages_are_served_and_the_duties_done_by_one_process_until_a_signal(
    house: Path, number: signal.Signals
) -> None:
    port = free_port()
    with running("serve", str(house), "--port", str(port), "--language", "en") as process:
        until = answers(port, process)
        with open_organisation(house / "clienti") as organisation:
            while not any(s.last_at for s in roster.states(organisation.store)):
                assert time.monotonic() < until
                time.sleep(0.1)
        assert status(port, "/clienti/") == 200
        said = ended(process, number)

    assert f"http://localhost:{port}" in said
    assert "Stopped." in said
    assert "Traceback" not in said


def test_a_worker_ends_cleanly_when_nothing_waits(house: Path) -> None:
    with running("work", str(house), "--language", "en") as process:
        assert process.stdout is not None
        while "hands at work" not in process.stdout.readline():
            assert process.poll() is None
        assert "Nothing is left half done." in ended(process, signal.SIGTERM)


def test_a_port_that_is_taken_is_a_mistake_in_the_command(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = str(somebody.getsockname()[1])

        assert main(["serve", str(house), "--port", port, "--language", "en"]) == Exit.MISTAKE
    assert "--port" in " ".join(capsys.readouterr().err.split())


def test_once_does_what_is_due_and_show_says_how_it_stands(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["work", str(house), "--once", "--json"]) == Exit.FINE
    assert json.loads(capsys.readouterr().out)["done"] >= 1

    assert main(["work", str(house), "--show", "--json"]) == Exit.FINE
    (duties,) = json.loads(capsys.readouterr().out).values()
    done = {d["duty"]: d["last done"] is not None for d in duties}
    assert done == {d.name: d.at_once for d in DUTIES}, "the night's are left to the night"
    assert all(d["failures"] == 0 for d in duties)


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_failing_duty_is_shown_with_its_reason(
    house: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    main(["work", str(house), "--once"])
    with open_organisation(house / "clienti") as organisation:
        roster._rows(organisation.store).filter(name="tick").update(next_at=organisation.store.now())
        tick = next(d for d in roster.due(organisation.store) if d.name == "tick")
        roster.take(organisation.store, tick, worker="one")
        roster.failed(organisation.store, tick, worker="one", reason="crm: away")
    capsys.readouterr()

    assert main(["work", str(house), "--show", "--language", language]) == Exit.FOUND
    assert "crm: away" in " ".join(capsys.readouterr().out.split())


def test_a_folder_without_organisations_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["work", str(tmp_path), "--once"]) == Exit.MISTAKE
    assert capsys.readouterr().err


def test_CL_23_a_persons_data_goes_from_one_installation_to_another(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two installations of their own: what one signs and sends, the other checks, keeps, and hands out once."""
    from ordholden.app.arrivals import arrive, arrived, fetch_arrival, have_arrival
    from ordholden.cases import transfer
    from ordholden.connectors.predicate import TRUE
    from ordholden.problems import Refusal

    there = tmp_path / "there"
    shutil.copytree(house / "clienti", there / "clienti")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    door = f"{address}/api/clienti/transfer"
    with running(
        "serve",
        str(there),
        "--port",
        str(port),
        env={"ORDHOLDEN_ADDRESS": address, "ORDHOLDEN_HOUSE": str(there)},
    ) as process:
        answers(port, process)
        with open_organisation(house / "clienti") as ours:
            readers = ours.sight(today()).readers
            everybody = [
                f"{table.name}:{row.key[0]}"
                for table in ours.inventory.people_tables
                for page in readers[table.name.system].rows(table.name, TRUE)
                for row in page
            ]
            copies = (ours.export_portability(one, tmp_path / f"copy-{n}") for n, one in enumerate(everybody))
            copy = next(copy for copy in copies if copy.data)
            content = zipped(copy.folder)
            package = transfer.pack(
                ours.store, content, sender="Clienti A/S", receiver=door, reference="2026-000001"
            )

            receipt = transfer.send(package, door, private=True)
            again = transfer.send(package, door, private=True)

    assert receipt.digest == again.digest == package.manifest.digest
    with open_organisation(there / "clienti") as theirs:
        [arrival] = arrived(theirs)
        assert (arrival.sender, arrival.reference, arrival.waits) == ("Clienti A/S", "2026-000001", True)
        assert arrival.known == ""
        with pytest.raises(Refusal, match="arrival-unfetched"):
            have_arrival(theirs, arrival.id, actor="test")
        for _ in range(2):
            assert fetch_arrival(theirs, arrival.id, actor="test")[1] == content
        assert not have_arrival(theirs, arrival.id, actor="test").waits
        with pytest.raises(Refusal, match="arrival-unknown"):
            fetch_arrival(theirs, arrival.id, actor="test")
        with pytest.raises(Refusal) as refused:
            arrive(theirs, package.to_bytes(), ours="https://elsewhere.example/transfer")
        assert refused.value.problems[0].code == "transfer-not-ours"


def zipped(folder: Path) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                made.write(file, file.relative_to(folder).as_posix())
    return target.getvalue()

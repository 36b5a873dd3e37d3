"""From one installation straight to another: signed, checked on arrival; what was changed on the way is not taken."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ordholden.cases import transfer
from ordholden.cases.transfer import Arrival, pack, public_key, receive
from ordholden.connectors.errors import SystemFailure
from ordholden.post.envelope import Envelope
from ordholden.problems import Refusal
from ordholden.store import Store, open_store
from tests.cases.rights.house import House
from tests.cases.rights.test_all_ears import buyer

At = Callable[[str], House]
NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
HERE = "https://modtager.example/transfer"


def archive(**files: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return target.getvalue()


DATA = archive(**{"data.json": json.dumps({"tables": {"crm.contacts": [{"name": "Prøve"}]}})})


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "afsender").mkdir()
    with open_store(tmp_path / "afsender", clock=lambda: NOW) as store:
        yield store


def package(store: Store, content: bytes = DATA) -> Envelope:
    return pack(store, content, sender="Afsender", receiver=HERE, reference="2026-000001")


@contextmanager
def door(known: dict[str, str], arrived: list[Arrival]) -> Iterator[str]:
    """The other installation's door, as simple as can be: it remembers what it has taken."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen = frozenset(a.manifest.nonce for a in arrived)
            try:
                found = receive(body, ours=address, now=NOW + timedelta(minutes=1), known=known, seen=seen)
            except Refusal as refusal:
                code = refusal.problems[0].code
                self.send_response(transfer.ALREADY_THERE if code == "transfer-twice" else 422)
                answer = {"code": code}
            else:
                arrived.append(found)
                self.send_response(200)
                answer = {"digest": found.receipt.digest}
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """A test is quiet."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    address = f"http://127.0.0.1:{server.server_port}/transfer"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()


def test_a_person_goes_from_one_installation_to_the_other(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    house = at("all_ears")
    monkeypatch.setenv(transfer.PRIVATE, "1")
    known = {"All Ears TM": public_key(house.organisation.store)}
    arrived: list[Arrival] = []
    with door(known, arrived) as address:
        file = house.whole("portability", buyer(house), transfer_to=address)

    [arrival] = arrived
    assert arrival.known == "All Ears TM"
    assert arrival.manifest.reference == file.case.number
    assert "email" in {column for rows in arrival.data["tables"].values() for row in rows for column in row}
    assert address in house.letter(file)


def test_what_was_signed_arrives_as_it_was_sent(sender: Store) -> None:
    arrival = receive(package(sender).to_bytes(), ours=HERE, now=NOW, known={"Afsender": public_key(sender)})

    assert (arrival.known, arrival.files) == ("Afsender", ("data.json",))
    assert arrival.content == DATA
    assert receive(package(sender).to_bytes(), ours=HERE, now=NOW).known == ""


def _refused(body: bytes, **more: object) -> str:
    given = {"ours": HERE, "now": NOW} | more
    with pytest.raises(Refusal) as refusal:
        receive(body, **given)  # type: ignore[arg-type]
    return refusal.value.problems[0].code


def test_what_is_not_as_it_was_signed_is_not_taken(sender: Store) -> None:
    good = package(sender)
    manifest = good.manifest
    other = replace(manifest, sender="En anden")
    body = good.to_bytes()

    assert _refused(replace(good, manifest=other).to_bytes()) == "transfer-signature"
    assert _refused(replace(good, content=archive(**{"data.json": "{}"})).to_bytes()) == "transfer-changed"
    assert _refused(body[:-1]) == "transfer-changed"
    assert _refused(body, ours="https://andre.example/") == "transfer-not-ours"
    assert _refused(body, now=NOW + timedelta(days=8)) == "transfer-old"
    assert _refused(body, now=NOW - timedelta(hours=1)) == "transfer-old"
    assert _refused(body, seen=frozenset([manifest.nonce])) == "transfer-twice"
    assert _refused(b"") == "transfer-form"
    assert _refused(b"{}\n") == "transfer-form"
    assert _refused(b"[1]\nx") == "transfer-form"


def test_what_would_do_harm_when_unpacked_is_not_taken(sender: Store) -> None:
    plain = json.dumps({"tables": {}})
    for name in ("../evil", "/etc/passwd", "a\\b"):
        bad = archive(**{"data.json": plain, name: "x"})
        assert _refused(package(sender, bad).to_bytes()) == "transfer-changed"
    assert _refused(package(sender, b"no archive").to_bytes()) == "transfer-form"
    assert _refused(package(sender, archive(**{"other.json": plain})).to_bytes()) == "transfer-form"


def test_what_would_fill_the_memory_or_cannot_be_unpacked_is_not_taken(sender: Store) -> None:
    head = b'{"manifest": [' + b"[]," * 10_000 + b"[]]}\n"
    assert _refused(head) == "transfer-form"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("data.json", json.dumps({"tables": {}}))
    assert _refused(package(sender, target.getvalue()).to_bytes()) == "transfer-changed"
    with zipfile.ZipFile(target := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("data.json", json.dumps({"tables": {}}) + " " * 500)
    whole = target.getvalue()
    begin = whole.index(b"data.json") + len("data.json")
    broken = whole[:begin] + b"\xff" * 8 + whole[begin + 8 :]
    assert _refused(package(sender, broken).to_bytes()) == "transfer-form"
    nested = archive(**{"data.json": "[" * 100_000})
    assert _refused(package(sender, nested).to_bytes()) == "transfer-form"


def test_an_answer_without_an_end_is_no_receipt(sender: Store) -> None:
    class Talker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(b" " * 65_536)

        def log_message(self, *_: object) -> None:
            """A test is quiet."""

    server = HTTPServer(("127.0.0.1", 0), Talker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(Refusal, match="transfer-unacknowledged"):
            transfer.send(package(sender), f"http://127.0.0.1:{server.server_port}/", private=True)
    finally:
        server.shutdown()
        server.server_close()


def test_nothing_is_sent_into_the_own_network_or_without_https(sender: Store) -> None:
    for address in (
        "http://modtager.example/",
        "https://127.0.0.1/",
        "https://localhost/x",
        "ftp://x.example/",
        "https://[x.example/",
        "https://x.example:99999/",
        "",
    ):
        with pytest.raises((Refusal, SystemFailure)) as problem:
            transfer.send(package(sender), address)
        assert "transfer-address" in str(problem.value)


def test_what_is_sent_again_arrives_once(sender: Store) -> None:
    arrived: list[Arrival] = []
    with door({}, arrived) as address:
        sent = [
            transfer.send(
                pack(sender, DATA, sender="Afsender", receiver=address, reference="2026-000001"),
                address,
                private=True,
            )
            for _ in range(2)
        ]

    assert len(arrived) == 1
    assert [r.reference for r in sent] == ["2026-000001"] * 2


def test_a_receiver_that_is_silent_or_says_no_is_told_apart(sender: Store) -> None:
    with pytest.raises(SystemFailure):
        transfer.send(package(sender), "http://127.0.0.1:9/transfer", private=True)
    with door({}, []) as address, pytest.raises(Refusal, match="transfer-refused"):
        # It is for somebody else.
        transfer.send(package(sender), address, private=True)

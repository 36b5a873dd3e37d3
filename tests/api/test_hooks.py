"""Webhooks against a real receiver: signed, in order, and nothing lost while it was down."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ordholden.app import hooks
from ordholden.app.organisation import Organisation
from ordholden.cases.case import Channel, Request, Who
from ordholden.problems import Refusal
from tests.api.conftest import Program
from tests.web.town import Town


class Receiver:
    """Takes what it is sent; while it is `down` it says 503."""

    def __init__(self) -> None:
        self.down = False
        self.got: list[tuple[bytes, str]] = []
        receiver = self

        class Taken(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not receiver.down:
                    receiver.got.append((body, self.headers[hooks.SIGNATURE]))
                self.send_response(503 if receiver.down else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Taken)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/cases"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


def opened(organisation: Organisation, name: str) -> str:
    who = Who(name=name, email=f"{name}@hooks.example")
    asked = Request(right="access", channel=Channel.EMAIL, who=who, words="Indsigt")
    return organisation.desk.open_case(asked, actor="test").number


def later(organisation: Organisation, monkeypatch: pytest.MonkeyPatch, **more: int) -> None:
    """The clock is what the store was opened with."""
    before = organisation.store.now
    monkeypatch.setattr(organisation.store, "now", lambda: before() + timedelta(**more))


def test_messages_come_signed_in_order_and_none_is_lost(
    town: Town, program: Program, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = town.organisation()
    opened(organisation, "before")
    made = program().post("/api/clienti/hooks", {"url": receiver.url}, content_type="application/json")
    assert made.status_code == 201
    secret = made.json()["secret"]
    first = opened(organisation, "first")
    later(organisation, monkeypatch, seconds=30)
    assert hooks.deliver(organisation.store) >= 1
    receiver.down = True
    second = opened(organisation, "second")
    third = opened(organisation, "third")
    later(organisation, monkeypatch, seconds=30)
    assert hooks.deliver(organisation.store) == 0
    waiting = program().get("/api/clienti/hooks").json()
    assert [one["reason"] for one in waiting if one["url"] == receiver.url] == ["HTTP 503"]
    assert secret not in json.dumps(waiting)
    receiver.down = False
    later(organisation, monkeypatch, minutes=10)
    assert hooks.deliver(organisation.store) >= 2

    told = [json.loads(body) for body, _ in receiver.got]
    opened_in_order = [one["case"] for one in told if one["happened"] == "request:arrival:opened"]
    assert opened_in_order == [first, second, third]
    assert [one["id"] for one in told] == sorted({one["id"] for one in told})
    for body, signed in receiver.got:
        assert hmac.compare_digest(signed, hmac.digest(secret.encode(), body, "sha256").hex())
    assert not any(b"hooks.example" in body or b"second" in body for body, _ in receiver.got)
    assert program().delete(f"/api/clienti/hooks/{made.json()['id']}").status_code == 200


def test_an_address_in_clear_is_only_this_machine(town: Town) -> None:
    for url in (
        "http://elsewhere.example/",
        "ftp://elsewhere.example/",
        "https://me:word@elsewhere.example/",
        "https://elsewhere.example:99999/",
        "https://[elsewhere.example/",
        "https://else where.example/",
        "https://elsewhere.example/\n",
    ):
        with pytest.raises(Refusal, match="hook-address"):
            hooks.tell_from_now_on(town.organisation(), url, actor="test")

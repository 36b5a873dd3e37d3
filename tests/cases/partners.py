"""Two installations and a wire between them: All Ears, who telephones for others, and Nordlys, for whom it does.

Each has a folder, a store, a key and a policy of its own that names the other. The wire is HTTP; behind it each desk does what
the API's door does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ordholden.cases.links import ADDRESS_VARIABLE
from ordholden.post.envelope import public_key, read_envelope
from ordholden.problems import Refusal
from ordholden.store import open_store
from ordholden.web.refusals import STATUS
from tests.cases.office import Office, office_of

__all__ = ["EARS", "NORDLYS", "Wire", "two"]

EARS, NORDLYS = "All Ears", "Nordlys Rejser"

_TEXT = """
requests:
  {section}:
    {name}: {{endpoint: "{endpoint}", key: "{key}"{more}}}
  remind after: 5 days
"""


@dataclass
class Wire:
    """What goes from one to the other; `down` and `deaf` are how it fails, `bodies` is what a listener would have."""

    server: HTTPServer
    offices: dict[str, Office] = field(default_factory=dict)
    down: bool = False  # nobody is there
    deaf: bool = False  # they take it, and the answer is lost
    in_between: bool = False  # somebody else answers, and says yes
    bodies: list[bytes] = field(default_factory=list)
    answers: list[tuple[int, dict]] = field(default_factory=list)  # type: ignore[type-arg]
    taken: Callable[[], None] | None = None  # what happens when they have it, and have not said so

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def door(self, name: str) -> str:
        return f"{self.address}/api/{name}/partner"

    @property
    def ears(self) -> Office:
        return self.offices["ears"]

    @property
    def nordlys(self) -> Office:
        return self.offices["nordlys"]

    def later(self, **span: float) -> None:
        for office in self.offices.values():
            office.clock.later(**span)

    def run(self) -> None:
        """Both workers, until neither has anything to do."""
        while self.ears.run() + self.nordlys.run():
            pass

    def take(self, name: str, body: bytes) -> tuple[int, dict]:  # type: ignore[type-arg]
        """As the API's door does."""
        desk = self.offices[name].desk
        try:
            envelope = read_envelope(body)
            known = desk.partner_of(envelope.head, ours=self.door(name))
            number = desk.take_from_partner(known, envelope)
        except Refusal as refusal:
            code = refusal.problems[0].code
            return STATUS.get(code, 409), {"problems": [{"code": code}]}
        return 200, {"digest": envelope.manifest.digest, "case": number}


def _served(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            wire.bodies.append(body)
            if wire.down:
                self.send_error(502)
                return
            status, said = wire.take(self.path.split("/")[2], body)
            wire.answers.append((status, said))
            if wire.taken is not None:
                wire.taken()
                return
            if wire.in_between:
                status, said = 200, {"welcome": "log in to the network"}
            if wire.deaf:
                status, said = 504, {}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            """A test is quiet."""

    return Door


@contextmanager
def two(
    folder: Path, patch: pytest.MonkeyPatch, *, url: str | None = None, email: str = "", key: str = ""
) -> Iterator[Wire]:
    """`email`: All Ears knows one of Nordlys; `key`: a wrong one under which Nordlys knows All Ears."""
    with ExitStack() as stack:
        server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        wire = Wire(server)
        server.RequestHandlerClass = _served(wire)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        patch.setenv(ADDRESS_VARIABLE, wire.address)
        keys = {}
        for name in ("ears", "nordlys"):
            (folder / name).mkdir()
            with open_store(folder / name, url, organisation=name) as store:
                keys[name] = public_key(store)
        more = ", campaigns: [N-1]" + (f", email: {email}" if email else "")
        policies = {
            "ears": _TEXT.format(
                section="controllers",
                name=NORDLYS,
                endpoint=wire.door("nordlys"),
                key=keys["nordlys"],
                more=more,
            ),
            "nordlys": _TEXT.format(
                section="processors", name=EARS, endpoint=wire.door("ears"), key=key or keys["ears"], more=""
            ),
        }
        for name, requests in policies.items():
            wire.offices[name] = stack.enter_context(
                office_of(folder / name, patch, url=url, requests=requests, name=name)
            )
        yield wire

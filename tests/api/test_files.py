"""Files that programs send: inside JSON, and as large as those that people send."""

from __future__ import annotations

import base64

from django.test import Client

from ordholden.staff import Deed
from tests.api.conftest import Program
from tests.web.town import Town

SCAN = b"%PDF-1.7 " + b"x" * 3_000_000


def test_a_scan_that_a_program_sends_is_in_the_case(town: Town, program: Program) -> None:
    asked = {
        "right": "access",
        "channel": "letter",
        "who": {"name": "Skannet Brev", "email": "brev@post.example"},
        "files": [{"name": "brev.pdf", "content": base64.b64encode(SCAN).decode()}],
    }
    answer = program(Deed.TAKE_CALLS).post("/api/clienti/cases", asked, content_type="application/json")

    assert answer.status_code == 201
    [kept] = town.organisation().desk.case(answer.json()["number"]).documents
    assert (kept.name, kept.size) == ("brev.pdf", len(SCAN))


def test_nonsense_from_one_address_shuts_the_door_for_nobody_else(town: Town, client: Client) -> None:
    town.forget_attempts()
    for n in range(12):
        client.post("/api/clienti/transfer", b"x", "application/octet-stream", REMOTE_ADDR=f"192.0.2.{n % 3}")
    answer = client.post(
        "/api/clienti/transfer", b"x", "application/octet-stream", REMOTE_ADDR="198.51.100.7"
    )

    assert answer.status_code == 422


def test_who_may_not_is_sent_away_before_anything_is_read(program: Program) -> None:
    """What is too large for a form is no reason to read it."""
    answer = program(Deed.SEE_CASES).post(
        "/api/clienti/cases", b"x" * 3_000_000, content_type="application/json"
    )

    assert answer.status_code == 403

"""Files that programs send: inside JSON, and as large as those that people send."""

from __future__ import annotations

import base64

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


def test_who_may_not_is_sent_away_before_anything_is_read(program: Program) -> None:
    """What is too large for a form is no reason to read it."""
    answer = program(Deed.SEE_CASES).post(
        "/api/clienti/cases", b"x" * 3_000_000, content_type="application/json"
    )

    assert answer.status_code == 403

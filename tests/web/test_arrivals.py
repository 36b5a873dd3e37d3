"""What other organisations sent here: fetched, and kept until somebody says that they have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ordholden.registers.arrivals import arrivals, keep
from ordholden.staff import Role
from tests.web.town import Town, built


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    yield from built(("clienti",))


def arrived(town: Town, nonce: str, known: str = "") -> str:
    store = town.organisation().store
    return keep(store, nonce=nonce, sender="Nordlys", reference="2026-000001", known=known, content=b"PK1").id


def test_a_package_stays_until_somebody_has_it(town: Town) -> None:
    one = arrived(town, "w1")
    staff = town.signed_in(Role.CASE_WORKER)
    page, there = "/console/clienti/arrivals", f"/console/clienti/arrivals/{one}"
    before = staff.get(page).content.decode()
    too_early = staff.post(f"{there}/here")
    downloads = [staff.post(there).content for _ in range(2)]
    after = staff.get(page).content.decode()
    staff.post(f"{there}/here")

    assert (f"{there}/here" in before, too_early.status_code) == (False, 409)
    assert downloads == [b"PK1", b"PK1"]
    assert f"{there}/here" in after
    assert staff.post(there).status_code == 404
    [record] = [a for a in arrivals(town.organisation().store) if a.id == one]
    assert not record.waits


def test_a_sender_is_called_what_we_know_it_as_and_nothing_else_is_believed(town: Town) -> None:
    arrived(town, "w2", known="Rejsebureauet")
    arrived(town, "w3")
    staff = town.signed_in(Role.CASE_WORKER)
    page = staff.get("/console/clienti/arrivals", headers={"accept-language": "da"}).content.decode()

    assert "Rejsebureauet" in page
    assert "Fra nogen vi ikke kender" in page
    assert "kalder sig Nordlys" in page

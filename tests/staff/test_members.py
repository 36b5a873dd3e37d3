"""Members come and go, in one role each; there is always somebody who can let others in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ordholden import audit
from ordholden.problems import Refusal
from ordholden.staff import Deed, Role, accept_confidentiality, admit, dismiss, may, member, members
from ordholden.staff.roles import INSIDE, OUTSIDE
from ordholden.store import Store
from tests.stores import folder_of, opened

ON = date(2026, 11, 22)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(folder_of(tmp_path)) as one:
        yield one


def let_in(store: Store, email: str, role: Role = Role.CASE_WORKER):  # type: ignore[no-untyped-def]
    return admit(store, email=email, name="En Medarbejder", role=role, on=ON, actor="test")


def test_a_member_is_found_by_the_address_in_any_spelling(store: Store) -> None:
    one = let_in(store, "Sag@Firma.example")

    found = member(store, " sag@firma.EXAMPLE")
    assert found is not None
    assert (found.id, found.role, found.email) == (one.id, Role.CASE_WORKER, "sag@firma.example")


def test_who_comes_in_another_role_changes_to_it_and_stays_bound(store: Store) -> None:
    one = let_in(store, "a@firma.example")
    accept_confidentiality(store, one.id, at=store.now(), actor=one.actor)
    again = let_in(store, "a@firma.example", Role.APPROVER)

    assert (again.id, again.role, again.is_bound) == (one.id, Role.APPROVER, True)
    assert len(members(store)) == 1


def test_who_left_is_in_no_longer_and_may_come_again(store: Store) -> None:
    one = let_in(store, "a@firma.example")
    dismiss(store, one.id, on=ON, actor="test")
    assert member(store, "a@firma.example") is None

    again = let_in(store, "a@firma.example")
    assert again.id != one.id
    assert not again.is_bound


def test_the_last_administrator_stays(store: Store) -> None:
    one = let_in(store, "admin@firma.example", Role.ADMINISTRATOR)
    with pytest.raises(Refusal, match="member-last"):
        dismiss(store, one.id, on=ON, actor="test")
    with pytest.raises(Refusal, match="member-last"):
        let_in(store, "admin@firma.example", Role.AGENT)

    let_in(store, "other@firma.example", Role.ADMINISTRATOR)
    dismiss(store, one.id, on=ON, actor="test")
    assert member(store, "admin@firma.example") is None


def test_what_is_no_address_lets_nobody_in(store: Store) -> None:
    with pytest.raises(Refusal, match="member-email"):
        let_in(store, "nobody")
    assert member(store, "") is None


def test_neither_rows_nor_audit_name_a_member_in_clear(store: Store) -> None:
    let_in(store, "secret@firma.example")
    from ordholden.staff.models import MemberRow

    [row] = MemberRow.objects.using(store.alias).all()
    assert b"secret" not in bytes(row.sealed)
    assert "secret" not in str([e.facts for e in audit.entries(store)])


def test_every_role_has_a_row_and_only_deeds_that_are_known() -> None:
    assert {role for role in Role for deed in Deed if may(role, deed)} == set(Role)


def test_every_deed_can_be_done_by_somebody() -> None:
    assert [deed for deed in Deed if not any(may(role, deed) for role in Role)] == []


def test_an_auditor_only_reads() -> None:
    done = {deed for deed in Deed if may(Role.AUDITOR, deed)}

    assert all(deed.value.startswith(("see", "read")) for deed in done)


def test_who_lets_people_in_sees_nobodys_data() -> None:
    seen = (Deed.FIND_PEOPLE, Deed.SEE_PERSON, Deed.REVEAL, Deed.SEE_CASES)

    assert not any(may(Role.ADMINISTRATOR, deed) for deed in seen)


def test_who_stands_outside_does_nothing_inside() -> None:
    outside = {deed for role in OUTSIDE for deed in Deed if may(role, deed)}
    inside = {Deed.SEE_CASES, Deed.WORK_CASES, Deed.DECIDE, Deed.FIND_PEOPLE, Deed.REVEAL, Deed.READ_AUDIT}

    assert not outside & inside
    assert set(INSIDE) | set(OUTSIDE) == set(Role)

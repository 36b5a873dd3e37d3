"""What is sealed is read by its own secret only; a digest tells nobody whom it stands for."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as some

from ordholden.store import Store
from ordholden.store.secret import Secret

SECRET = Secret(bytes(range(32)))


def test_the_secret_is_made_once(store: Store) -> None:
    assert len(store.secret()) == 32
    assert (store.folder / ".ordholden" / "key").read_bytes() == store.secret()


@given(some.binary())
def test_what_is_sealed_is_read_again(plain: bytes) -> None:
    assert SECRET.unseal(SECRET.seal(plain)) == plain


def test_the_same_sealed_twice_looks_different() -> None:
    assert SECRET.seal(b"ida@post.example") != SECRET.seal(b"ida@post.example")


def test_another_secret_reads_nothing(store: Store) -> None:
    with pytest.raises(InvalidTag):
        SECRET.unseal(store.seal(b"ida@post.example"))


def test_a_sealed_thing_with_any_byte_changed_is_not_read() -> None:
    sealed = SECRET.seal(b"ida")

    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(InvalidTag):
            SECRET.unseal(bytes(changed))


def test_a_digest_is_the_same_tomorrow_and_needs_the_secret(store: Store) -> None:
    assert SECRET.digest("digest", "crm", "7").startswith("693d481c3629")
    assert SECRET.digest("digest", "crm", "7") != store.digest("crm", "7")
    assert store.digest("crm", "7") == store.digest("crm", "7")


def test_a_digest_keeps_its_parts_apart(store: Store) -> None:
    said = {
        store.digest("ab", "c"),
        store.digest("a", "bc"),
        store.digest("abc"),
        store.digest("abc", use="x"),
    }

    assert len(said) == 4


def test_a_secret_is_not_shown() -> None:
    assert repr(SECRET) == "Secret(…)"

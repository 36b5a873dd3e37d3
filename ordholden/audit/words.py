"""What somebody wrote in their own words beside a deed: it may name a person, so an entry holds it sealed.

Whoever verifies the chain needs no key for it, and whoever reads the log with the organisation's key reads it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode

from ordholden.store import Store

__all__ = ["SEALED_REASON", "sealed_words", "unsealed_words"]

SEALED_REASON = "sealed reason"
"""The fact under which they stand."""


def sealed_words(store: Store, words: str) -> str:
    return b64encode(store.seal(words.encode())).decode()


def unsealed_words(store: Store, sealed: str) -> str:
    return store.unseal(b64decode(sealed)).decode()

"""The store's secret: 32 random bytes in a file beside the store, and what is made with them.

From the one secret come separate keys for separate uses, so that what one of them gives away helps nowhere
else. Who has the database and not this file can neither read what is sealed, nor find out whom a digest
stands for, nor forge a chain.
"""

from __future__ import annotations

import hmac
import json
import os
from pathlib import Path

from ordholden.problems import Refusal
from ordholden.store.once import put_once

__all__ = ["Secret", "existing", "made"]

_LENGTH = 32
_NONCE = 12
_FORM = b"\x01"


class Secret:
    """Never shown: `repr` says only that it is one."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._keys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "Secret(…)"

    @property
    def content(self) -> bytes:
        return self._content

    def key(self, use: str) -> bytes:
        if use not in self._keys:
            self._keys[use] = hmac.digest(self._content, f"ordholden {use}".encode(), "sha256")
        return self._keys[use]

    @property
    def fingerprint(self) -> str:
        """Tells two secrets apart, and nothing else of them."""
        return self.key("fingerprint").hex()

    def digest(self, use: str, *parts: str) -> str:
        """The same parts give the same 64 digits; without the secret nobody can try candidates."""
        return hmac.digest(self.key(use), json.dumps(parts).encode(), "sha256").hex()

    def seal(self, plain: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        return _FORM + nonce + AESGCM(self.key("seal")).encrypt(nonce, plain, _FORM)

    def unseal(self, sealed: bytes) -> bytes:
        """`cryptography.exceptions.InvalidTag` when a byte is not as it was sealed."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        form, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        return AESGCM(self.key("seal")).decrypt(nonce, rest, form)


def existing(file: Path) -> Secret | None:
    """The secret in the file, or None if there is no file yet."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    if len(content) != _LENGTH:
        raise Refusal.of("store-key-broken", file=file)
    return Secret(content)


def made(file: Path) -> Secret:
    """The secret in the file, made now if there is none."""
    put_once(file, os.urandom(_LENGTH))
    found = existing(file)
    if found is None:
        raise FileNotFoundError(file)
    return found

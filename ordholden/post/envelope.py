"""What one installation sends another: the content, and before it one signed line that says from whom, to whom and when.

*The signature* (Ed25519, a key made from the store's secret) is over the manifest; the manifest has the digest and the size of
the content, the address it is for, the moment, and a number that is this message's alone. So an envelope can be neither
changed, nor aimed at somebody else, nor put in twice: what is sent again has the same number.

*The head comes first*, so that a door reads who it is from before it takes in what may be large.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ordholden.problems import Refusal
from ordholden.store import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "HEAD_MOST",
    "Envelope",
    "Head",
    "Manifest",
    "enclose",
    "must_be_fresh",
    "must_be_ours",
    "must_be_signed",
    "must_be_whole",
    "public_key",
    "read_envelope",
    "read_head",
]

HEAD_MOST = 16 * 1024
SKEW = timedelta(minutes=10)
"""Clocks differ."""


@dataclass(frozen=True)
class Manifest:
    """What is signed. It names the case, not the person."""

    sender: str
    receiver: str
    reference: str
    at: str
    nonce: str
    digest: str
    size: int
    key: str  # the sender's public key, base64
    format: str

    @property
    def signed(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Head:
    """A manifest and its signature, as they came; nothing of it is believed yet."""

    manifest: Manifest
    signature: str


@dataclass(frozen=True)
class Envelope:
    """A manifest, its signature, and the content."""

    manifest: Manifest
    signature: str
    content: bytes = field(repr=False)

    @property
    def head(self) -> Head:
        return Head(self.manifest, self.signature)

    def to_bytes(self) -> bytes:
        """As it travels: one line of JSON, then the content."""
        head = {"manifest": asdict(self.manifest), "signature": self.signature}
        return json.dumps(head, ensure_ascii=False).encode() + b"\n" + self.content


# — sending —


def public_key(store: Store) -> str:
    """By which others know what this organisation signed."""
    from cryptography.hazmat.primitives import serialization

    raw = _key(store).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def _key(store: Store) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(store.digest("signing key", use="transfer")))


def enclose(
    store: Store, content: bytes, *, form: str, sender: str, receiver: str, reference: str, nonce: str
) -> Envelope:
    """The content, signed as of now."""
    manifest = Manifest(
        sender=sender,
        receiver=receiver,
        reference=reference,
        at=store.now().astimezone(UTC).isoformat(timespec="seconds"),
        nonce=nonce,
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        key=public_key(store),
        format=form,
    )
    return Envelope(manifest, base64.b64encode(_key(store).sign(manifest.signed)).decode(), content)


# — on arrival —


def read_envelope(body: bytes) -> Envelope:
    """Of a body that came whole."""
    line, _, content = body.partition(b"\n")
    if len(line) > HEAD_MOST:
        raise Refusal.of("transfer-form")
    head = read_head(line)
    return Envelope(head.manifest, head.signature, content)


def read_head(line: bytes) -> Head:
    """What came before the content; a Refusal where that is no head."""
    try:
        found = json.loads(line)
        manifest, signature = Manifest(**found["manifest"]), found["signature"]
        texts = [v for name, v in asdict(manifest).items() if name != "size"]
        if not all(isinstance(v, str) for v in (*texts, signature)) or type(manifest.size) is not int:
            raise TypeError
        # Half a character is no text, and nothing could be checked against it.
        manifest.signed.decode()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refusal.of("transfer-form") from None
    return Head(manifest, signature)


def must_be_ours(manifest: Manifest, *, form: str, ours: str) -> None:
    """For this very door. What is meant for another one is not opened here."""
    if manifest.format != form or manifest.receiver != ours:
        raise Refusal.of("transfer-not-ours", receiver=manifest.receiver)


def must_be_signed(head: Head) -> None:
    """By whoever has the key that it names. Whether that key is known is asked elsewhere."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(head.manifest.key, validate=True))
        key.verify(base64.b64decode(head.signature, validate=True), head.manifest.signed)
    except (InvalidSignature, ValueError):
        raise Refusal.of("transfer-signature", sender=head.manifest.sender) from None


def must_be_fresh(manifest: Manifest, *, now: datetime, fresh: timedelta) -> None:
    at = _moment(manifest.at)
    if at is None or not now - fresh <= at <= now + SKEW:
        raise Refusal.of("transfer-old", sender=manifest.sender)


def must_be_whole(envelope: Envelope) -> None:
    """What came is what was signed."""
    manifest, content = envelope.manifest, envelope.content
    if len(content) != manifest.size or hashlib.sha256(content).hexdigest() != manifest.digest:
        raise Refusal.of("transfer-changed", sender=manifest.sender)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None

"""A person's data from one installation straight to another (GDPR art. 20(2)): packed, signed, sent, checked on arrival.

Safety design.

*The signature* (Ed25519, a key made from the store's secret) is over the manifest; the manifest has the digest and size of
the data, who sends, to whom, when, and a number that the case has for this receiver. So a package can be neither changed, nor
aimed at somebody else, nor put in twice: what is sent again after a crash has the same number, the receiver's door answers
409 to it, and the sender takes that for the receipt it missed.

*Who sends* is believed as far as its key is known: the receiver is told whether the key is one that it knows. An unknown
sender's package is taken in and marked so; a person looks at it before anything is used.

*The receiver's address* comes from a stranger. It has to be https, and not an address inside our own network, unless
whoever runs the product says so.

*What arrives* is untrusted: bounded in size, only plain names inside, no entry that unpacks to more than it says.
"""

from __future__ import annotations

import base64
import hashlib
import io
import ipaddress
import json
import socket
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ordholden.connectors.errors import SystemFailure
from ordholden.problems import Refusal
from ordholden.store import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "ALREADY_THERE",
    "PRIVATE",
    "Arrival",
    "Manifest",
    "Package",
    "Receipt",
    "pack",
    "public_key",
    "receive",
    "send",
]

PRIVATE = "ORDHOLDEN_TRANSFER_PRIVATE"
"""Set where receivers inside the own network, and without https, are meant: a test, a company of several houses."""

FORMAT = "ordholden-transfer/1"
MOST = 200 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_FILES = 20_000
FRESH = timedelta(days=7)
SKEW = timedelta(minutes=10)
SECONDS = 60.0
ALREADY_THERE = 409
"""What a door answers to `transfer-twice`."""


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
    format: str = FORMAT

    @property
    def signed(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Package:
    """A manifest, its signature, and the packed copy."""

    manifest: Manifest
    signature: str
    content: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """As it travels: one line of JSON, then the content."""
        head = {"manifest": asdict(self.manifest), "signature": self.signature}
        return json.dumps(head, ensure_ascii=False).encode() + b"\n" + self.content


@dataclass(frozen=True)
class Receipt:
    """What the receiver says: that it has the data of this digest."""

    digest: str
    reference: str = ""


@dataclass(frozen=True)
class Arrival:
    """A package that was checked. `known` is the name under which the sender's key is known, if it is."""

    manifest: Manifest
    known: str
    content: bytes = field(repr=False)
    files: tuple[str, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """The data itself, as the copy has it."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            found: dict[str, Any] = json.loads(archive.read("data.json"))
        return found

    @property
    def receipt(self) -> Receipt:
        return Receipt(self.manifest.digest, self.manifest.reference)


# — sending —


def public_key(store: Store) -> str:
    """By which others know what this organisation signed."""
    from cryptography.hazmat.primitives import serialization

    raw = _key(store).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def _key(store: Store) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(store.digest("signing key", use="transfer")))


def pack(store: Store, content: bytes, *, sender: str, receiver: str, reference: str) -> Package:
    """The packed copy with its signed manifest."""
    manifest = Manifest(
        sender=sender,
        receiver=receiver,
        reference=reference,
        at=store.now().astimezone(UTC).isoformat(timespec="seconds"),
        nonce=store.digest(reference, receiver, use="transfer number")[:32],
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        key=public_key(store),
    )
    signature = base64.b64encode(_key(store).sign(manifest.signed)).decode()
    return Package(manifest, signature, content)


def send(package: Package, to: str, *, private: bool = False) -> Receipt:
    """Hands it over. A `SystemFailure` where the receiver does not answer; a Refusal where it will not have it."""
    import httpx

    _must_be_elsewhere(to, private=private)
    try:
        answer = httpx.post(
            to,
            content=package.to_bytes(),
            headers={"Content-Type": "application/vnd.ordholden.transfer"},
            timeout=SECONDS,
            follow_redirects=False,
        )
    except httpx.HTTPError as error:
        raise SystemFailure(_host(to), type(error).__name__) from error
    if answer.status_code >= 500 or answer.status_code == 429:
        raise SystemFailure(_host(to), f"HTTP {answer.status_code}")
    if answer.status_code == ALREADY_THERE:
        return Receipt(package.manifest.digest, package.manifest.reference)
    if answer.is_success:
        return _acknowledged(answer.content, package)
    raise Refusal.of("transfer-refused", receiver=_host(to), status=answer.status_code)


def _acknowledged(content: bytes, package: Package) -> Receipt:
    """A yes that does not name what it is for is no receipt."""
    try:
        digest = str(json.loads(content)["digest"])
    except (ValueError, KeyError, TypeError):
        digest = ""
    if digest != package.manifest.digest:
        raise Refusal.of("transfer-unacknowledged", reference=package.manifest.reference)
    return Receipt(digest, package.manifest.reference)


def _must_be_elsewhere(to: str, *, private: bool) -> None:
    address = urlsplit(to)
    if address.scheme not in ("https", "http") or not address.hostname or address.username:
        raise Refusal.of("transfer-address", address=_host(to))
    if private:
        return
    if address.scheme != "https":
        raise Refusal.of("transfer-address", address=_host(to))
    try:
        found = socket.getaddrinfo(address.hostname, address.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise SystemFailure(_host(to), "no such host") from error
    if not all(ipaddress.ip_address(str(place[4][0])).is_global for place in found):
        raise Refusal.of("transfer-address", address=_host(to))


def _host(to: str) -> str:
    return urlsplit(to).hostname or "?"


# — receiving —


def receive(
    body: bytes,
    *,
    ours: str,
    now: datetime,
    known: Mapping[str, str] | None = None,
    seen: frozenset[str] = frozenset(),
) -> Arrival:
    """Checks what arrived at our address `ours`. `known` are public keys by sender, `seen` the numbers of earlier ones."""
    manifest, signature, content = _read(body)
    if manifest.format != FORMAT or manifest.receiver != ours:
        raise Refusal.of("transfer-not-ours", receiver=manifest.receiver)
    if not _signed(manifest, signature):
        raise Refusal.of("transfer-signature", sender=manifest.sender)
    at = _moment(manifest.at)
    if manifest.nonce in seen:
        raise Refusal.of("transfer-twice", sender=manifest.sender, reference=manifest.reference)
    if at is None or not now - FRESH <= at <= now + SKEW:
        raise Refusal.of("transfer-old", sender=manifest.sender)
    if len(content) != manifest.size or hashlib.sha256(content).hexdigest() != manifest.digest:
        raise Refusal.of("transfer-changed", sender=manifest.sender)
    name = next((n for n, key in (known or {}).items() if key == manifest.key), "")
    return Arrival(manifest, name, content, _files(content, manifest))


def _read(body: bytes) -> tuple[Manifest, bytes, bytes]:
    if len(body) > MOST:
        raise Refusal.of("transfer-large", most=MOST // 1024 // 1024)
    head, _, content = body.partition(b"\n")
    try:
        found = json.loads(head)
        manifest = Manifest(**found["manifest"])
        signature = base64.b64decode(found["signature"], validate=True)
        if not all(isinstance(v, str) for n, v in asdict(manifest).items() if n != "size"):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise Refusal.of("transfer-form") from None
    return manifest, signature, content


def _signed(manifest: Manifest, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(manifest.key, validate=True))
        key.verify(signature, manifest.signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _files(content: bytes, manifest: Manifest) -> tuple[str, ...]:
    """The names inside, each of them harmless."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > MOST_UNPACKED:
                raise Refusal.of("transfer-large", most=MOST_UNPACKED // 1024 // 1024)
            if not all(_harmless(e) for e in entries) or archive.testzip() is not None:
                raise Refusal.of("transfer-changed", sender=manifest.sender)
            found: object = json.loads(archive.read("data.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError):
        raise Refusal.of("transfer-form") from None
    if not isinstance(found, dict) or "tables" not in found:
        raise Refusal.of("transfer-form")
    return tuple(e.filename for e in entries)


def _harmless(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    link = stat.S_ISLNK(entry.external_attr >> 16)
    return not (name.startswith("/") or ".." in name.split("/") or "\\" in name or "\x00" in name or link)

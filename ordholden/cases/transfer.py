"""A person's data from one installation straight to another (GDPR art. 20(2)): packed, signed, sent, checked on arrival.

Safety design.

*The package* is a signed envelope (`post/envelope.py`); its number is one that the case has for this receiver. What is sent
again after a crash has the same number, the receiver's door answers 409 to it, and the sender takes that for the receipt it
missed.

*Who sends* is believed as far as its key is known: the receiver is told whether the key is one that it knows. An unknown
sender's package is taken in and marked so; a person looks at it before anything is used.

*The receiver's address* comes from a stranger. It has to be https, and not an address inside our own network, unless
whoever runs the product says so.

*What arrives* is untrusted: bounded in size, only plain names inside, no entry that unpacks to more than it says.
"""

from __future__ import annotations

import io
import ipaddress
import json
import socket
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ordholden.cases.courier import acknowledged, carry, host_of
from ordholden.connectors.errors import SystemFailure
from ordholden.post.envelope import (
    Envelope,
    Manifest,
    enclose,
    must_be_fresh,
    must_be_ours,
    must_be_signed,
    must_be_whole,
    public_key,
    read_envelope,
)
from ordholden.problems import Refusal
from ordholden.store import Store

__all__ = [
    "ALREADY_THERE",
    "MOST",
    "PRIVATE",
    "Arrival",
    "Receipt",
    "pack",
    "public_key",
    "receive",
    "send",
]

PRIVATE = "ORDHOLDEN_TRANSFER_PRIVATE"
"""Set where receivers inside the own network, and without https, are meant: a test, a company of several houses."""

FORM = "ordholden-transfer/1"
MEDIA_TYPE = "application/vnd.ordholden.transfer"
MOST = 200 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_FILES = 20_000
FRESH = timedelta(days=7)
ALREADY_THERE = 409
"""What a door answers to `transfer-twice`."""


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


def pack(store: Store, content: bytes, *, sender: str, receiver: str, reference: str) -> Envelope:
    """The packed copy with its signed manifest."""
    nonce = store.digest(reference, receiver, use="transfer number")[:32]
    return enclose(
        store,
        content,
        form=FORM,
        sender=sender,
        receiver=receiver,
        reference=reference,
        nonce=nonce,
    )


def send(package: Envelope, to: str, *, private: bool = False) -> Receipt:
    """Hands it over. A `SystemFailure` where the receiver does not answer; a Refusal where it will not have it."""
    _must_be_elsewhere(to, private=private)
    answer = carry(package, to, media_type=MEDIA_TYPE)
    if answer.status_code == ALREADY_THERE:
        return Receipt(package.manifest.digest, package.manifest.reference)
    if answer.is_success:
        acknowledged(answer, package)
        return Receipt(package.manifest.digest, package.manifest.reference)
    raise Refusal.of("transfer-refused", receiver=host_of(to), status=answer.status_code)


def _must_be_elsewhere(to: str, *, private: bool) -> None:
    try:
        address = urlsplit(to)
        port = address.port
    except ValueError:
        raise Refusal.of("transfer-address", address="?") from None
    if address.scheme not in ("https", "http") or not address.hostname or address.username:
        raise Refusal.of("transfer-address", address=host_of(to))
    if private:
        return
    if address.scheme != "https":
        raise Refusal.of("transfer-address", address=host_of(to))
    try:
        found = socket.getaddrinfo(address.hostname, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SystemFailure(host_of(to), "no such host") from error
    if not all(ipaddress.ip_address(str(place[4][0])).is_global for place in found):
        raise Refusal.of("transfer-address", address=host_of(to))


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
    if len(body) > MOST:
        raise Refusal.of("transfer-large", most=MOST // 1024 // 1024)
    package = read_envelope(body)
    manifest = package.manifest
    must_be_ours(manifest, form=FORM, ours=ours)
    must_be_signed(package.head)
    if manifest.nonce in seen:
        raise Refusal.of("transfer-twice", sender=manifest.sender, reference=manifest.reference)
    must_be_fresh(manifest, now=now, fresh=FRESH)
    must_be_whole(package)
    name = next((n for n, key in (known or {}).items() if key == manifest.key), "")
    return Arrival(manifest, name, package.content, _files(package.content, manifest))


class _Copy(msgspec.Struct):
    """What has to be in `data.json`. It is read through and not built up: small files can be large objects."""

    tables: msgspec.Raw


def _files(content: bytes, manifest: Manifest) -> tuple[str, ...]:
    """The names inside, each of them harmless."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            data = archive.getinfo("data.json")
            unpacked = sum(e.file_size for e in entries)
            if len(entries) > MOST_FILES or unpacked > MOST_UNPACKED or data.file_size > MOST:
                raise Refusal.of("transfer-large", most=MOST_UNPACKED // 1024 // 1024)
            if not all(_harmless(e) for e in entries) or archive.testzip() is not None:
                raise Refusal.of("transfer-changed", sender=manifest.sender)
            msgspec.json.decode(archive.read(data), type=_Copy)
    except _NO_COPY:
        raise Refusal.of("transfer-form") from None
    return tuple(e.filename for e in entries)


_NO_COPY = (
    zipfile.BadZipFile,
    zlib.error,
    msgspec.MsgspecError,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Other ways of packing take as much memory as the package says they need."""


def _harmless(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if entry.compress_type not in _PACKED:
        return False
    return not (name.startswith("/") or ".." in name.split("/") or "\\" in name or "\x00" in name or link)

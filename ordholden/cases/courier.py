"""Carries an envelope to another installation's door, and brings back what was said there."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ordholden.connectors.errors import SystemFailure
from ordholden.post.envelope import Envelope
from ordholden.problems import Refusal

if TYPE_CHECKING:
    import httpx

__all__ = ["acknowledged", "carry", "host_of"]

SECONDS = 60.0
MOST_SAID = 64 * 1024
"""An answer is a receipt; what is longer is none."""


def carry(envelope: Envelope, to: str, *, media_type: str) -> httpx.Response:
    """What the door answered. A `SystemFailure` where there was no answer, or the door asks for patience."""
    import httpx

    try:
        with httpx.stream(
            "POST",
            to,
            content=envelope.to_bytes(),
            headers={"Content-Type": media_type, "Accept-Encoding": "identity"},
            timeout=SECONDS,
            follow_redirects=False,
        ) as came:
            answer = httpx.Response(came.status_code, content=_said(came))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SystemFailure(host_of(to), type(error).__name__) from error
    if answer.status_code >= 500 or answer.status_code == 429:
        raise SystemFailure(host_of(to), f"HTTP {answer.status_code}")
    return answer


def _said(came: httpx.Response) -> bytes:
    """So much and no more: whoever is at the other end may be a stranger's choice. What is packed is not unpacked."""
    until, found = time.monotonic() + SECONDS, b""
    for block in came.iter_raw():
        found += block
        if len(found) > MOST_SAID or time.monotonic() > until:
            return b""
    return found


def acknowledged(answer: httpx.Response, envelope: Envelope) -> dict[str, Any]:
    """A yes that does not name what it is for is no receipt."""
    try:
        said = json.loads(answer.content)
        digest = str(said["digest"])
    except (ValueError, KeyError, TypeError):
        digest = ""
    if digest != envelope.manifest.digest:
        raise Refusal.of("transfer-unacknowledged", reference=envelope.manifest.reference)
    found: dict[str, Any] = said
    return found


def host_of(to: str) -> str:
    try:
        return urlsplit(to).hostname or "?"
    except ValueError:
        return "?"

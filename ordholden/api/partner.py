"""The door for other installations: a request that they pass on, their answer to one of ours, a reminder.

No token: what comes is signed, with a key that the policy names. Who it is from is looked at before the content is read.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema

from ordholden.api.door import REFUSALS
from ordholden.cases.between import MEDIA_TYPE, MOST
from ordholden.post.envelope import HEAD_MOST, Envelope, read_head
from ordholden.problems import Refusal
from ordholden.web.limits import count_attempt
from ordholden.web.visit import organisation_at

__all__ = ["router"]

router = Router(tags=["partners"])
_BLOCK = 4096


class Taken(Schema):
    """It is here: the digest shows which message, `case` is the number that it has here."""

    digest: str
    case: str


@router.post(
    "/{organisation}/partner",
    auth=None,
    response={200: Taken, **REFUSALS},
    summary="A signed message from a partner's installation",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def partner(request: HttpRequest, organisation: str) -> Any:
    desk = organisation_at(organisation).desk
    ours = f"{settings.ORDHOLDEN_ADDRESS}{request.path}"
    try:
        line, begun = _first_line(request)
        head = read_head(line)
        known = desk.partner_of(head, ours=ours)
    except Refusal:
        # Whoever tries keys has only so many.
        count_attempt(request, "token")
        raise
    if head.manifest.size > MOST:
        raise Refusal.of("transfer-large", most=MOST // 1024 // 1024)
    # One byte more than it is said to be is seen to be too much.
    content = begun + _read(request, max(head.manifest.size, 0) + 1 - len(begun))
    number = desk.take_from_partner(known, Envelope(head.manifest, head.signature, content))
    return Taken(digest=head.manifest.digest, case=number)


def _first_line(request: HttpRequest) -> tuple[bytes, bytes]:
    """What stands before the content, and what of that was read along.

    Not by `readline`: what a server makes of the end of a line is the server's.
    """
    found = b""
    while b"\n" not in found and len(found) < HEAD_MOST and (more := request.read(_BLOCK)):
        found += more
    line, _, begun = found.partition(b"\n")
    return line, begun


def _read(request: HttpRequest, size: int) -> bytes:
    """So many bytes, or as many as there are; a server may give fewer at a time."""
    parts = []
    while size > 0 and (more := request.read(size)):
        parts.append(more)
        size -= len(more)
    return b"".join(parts)

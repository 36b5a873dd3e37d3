"""The door for data that a person has another organisation send here (GDPR art. 20(2)). No token: the package is signed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema

from ordholden.api.door import REFUSALS
from ordholden.app.arrivals import arrive
from ordholden.cases.transfer import MEDIA_TYPE, MOST, public_key
from ordholden.web.limits import count_attempt
from ordholden.web.visit import organisation_at

__all__ = ["router"]

router = Router(tags=["transfer"])


class Taken(Schema):
    """The package was taken; its digest shows which."""

    digest: str
    reference: str


class Key(Schema):
    """By which what this organisation signed is known."""

    public_key: str


@router.post(
    "/{organisation}/transfer",
    auth=None,
    response={200: Taken, **REFUSALS},
    summary="A signed package with a person's data",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def transfer(request: HttpRequest, organisation: str) -> Any:
    # By whom alone: one who sends nonsense must not shut the door for everybody else.
    count_attempt(request, "request")
    # More than the most is read by one byte, so that it is seen to be too much and nothing is filled.
    body = request.read(MOST + 1)
    ours = f"{settings.ORDHOLDEN_ADDRESS}{request.path}"
    receipt = arrive(organisation_at(organisation).organisation, body, ours=ours)
    return Taken(digest=receipt.digest, reference=receipt.reference)


@router.get(
    "/{organisation}/transfer/key", auth=None, response={200: Key, **REFUSALS}, summary="The public key"
)
def transfer_key(request: HttpRequest, organisation: str) -> Any:
    return Key(public_key=public_key(organisation_at(organisation).organisation.store))

"""A mail address that may stand in a header, or a refusal: no line ends, one address, ASCII before the @."""

from __future__ import annotations

import re

from ordholden.problems import Refusal

__all__ = ["domain_of", "mail_address"]

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def mail_address(text: str) -> str:
    """The address, its domain as mail servers know it. A `Refusal` says no more of a wrong one than that it is."""
    local, _, domain = text.strip(" ").rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    labels = host.split(".")
    sound = _LOCAL.fullmatch(local) and len(local) <= 64 and len(host) <= 253
    if not sound or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refusal.of("mail-address")
    return f"{local}@{host}"


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]

"""What the policy says about people's requests: own time limits, forms, who else is asked, and how long cases are kept.

Everything has a default that the law is content with; an organisation that promises more, or works for others, says so
under `requests`.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ordholden.policy.rule import Duration, Unit
from ordholden.policy.source import Node
from ordholden.problems import Place, Problems

__all__ = ["SIGNED_LETTER", "Elsewhere", "Partner", "Requests", "may_be_sent_to", "read_requests"]

SIGNED_LETTER = "signed letter"
KEY_SIZE = 32
"""Bytes of a public key (Ed25519)."""


@dataclass(frozen=True)
class Elsewhere:
    """A place with personal data that no connector reaches: a paper archive, a supplier's screen. People see to it."""

    name: str
    data: tuple[str, ...]
    owner: str
    at: Place


@dataclass(frozen=True)
class Partner:
    """A controller whose data it is, or a sub-processor who has some of it, and how to reach them with a request."""

    name: str
    email: str
    endpoint: str  # the door of their own installation
    campaigns: tuple[str, ...]
    data: tuple[str, ...]
    at: Place
    key: str = ""  # the public key by which what they signed is known


@dataclass(frozen=True)
class Requests:
    """How requests are handled here. `own` are limits beyond the law, in days, by right; `""` is for all of them."""

    own: Mapping[str, int] = field(default_factory=dict)
    customary: bool = False
    forms: Mapping[str, str] = field(default_factory=dict)
    known_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    controllers: Mapping[str, Partner] = field(default_factory=dict)
    processors: Mapping[str, Partner] = field(default_factory=dict)
    known_senders: Mapping[str, str] = field(default_factory=dict)  # of people's own data: name → public key
    not_disclosed: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # category → why, by language
    remind_days: int = 7  # a partner who was asked and is silent
    identity_days: int = 30  # a person who was asked who they are and is silent
    keep_case: Duration = Duration(3, Unit.YEAR)  # noqa: RUF009 – a frozen value
    keep_copies: Duration = Duration(30, Unit.DAY)  # noqa: RUF009 – a frozen value
    keep_arrivals: Duration = Duration(30, Unit.DAY)  # noqa: RUF009 – a frozen value

    def own_days(self, right: str) -> int | None:
        return self.own.get(right, self.own.get(""))

    def controller_of(self, name: str, campaign: str) -> Partner | None:
        """The controller by name, or the one whose campaign it is."""
        if name:
            return self.controllers.get(name)
        return next((c for c in self.controllers.values() if campaign and campaign in c.campaigns), None)

    def partner(self, name: str) -> Partner | None:
        return self.controllers.get(name) or self.processors.get(name)

    def partner_by_key(self, key: str) -> Partner | None:
        """Whose key it is; nobody has an empty one."""
        both = (*self.controllers.values(), *self.processors.values())
        return next((p for p in both if key and p.key == key), None)

    @property
    def known_keys(self) -> Mapping[str, str]:
        """Public keys by the name that they are known under here."""
        both = (*self.controllers.values(), *self.processors.values())
        return {**{p.name: p.key for p in both if p.key}, **self.known_senders}


def may_be_sent_to(address: str) -> bool:
    """Over https; without it only to this very machine."""
    try:
        found = urlsplit(address)
        host = found.hostname or ""
    except ValueError:
        return False
    if not host or found.username or found.password or found.query or found.fragment:
        return False
    return found.scheme == "https" or (found.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_requests(node: Node | None, problems: Problems) -> Requests:
    """The section `requests` of a policy; without one, the defaults."""
    if node is None:
        return Requests()
    _keys_differ(node, problems)
    own = {right: _days(n, problems) for right, n in _items(node, "own limits")}
    if within := node.get("answer within"):
        own[""] = _days(within, problems)
    default = Requests()
    forms = {right: str(n.value) for right, n in _items(node, "forms")}
    _stricter(node, forms, problems)
    return Requests(
        own=own,
        customary=node.text("customary days off") in ("True", "true", "yes"),
        forms=forms,
        known_by={right: _words(n) for right, n in _items(node, "known by")},
        elsewhere={
            name: Elsewhere(name, _words(n.get("data")), n.text("owner"), n.key_at)
            for name, n in _items(node, "elsewhere")
        },
        controllers=_partners(node, "controllers", problems),
        processors=_partners(node, "processors", problems),
        known_senders=_senders(node, problems),
        not_disclosed={category: _said(n) for category, n in _items(node, "not disclosed")},
        remind_days=_days(node.get("remind after"), problems, default.remind_days),
        identity_days=_days(node.get("wait for identity"), problems, default.identity_days),
        keep_case=_duration(node.get("keep cases"), problems, default.keep_case),
        keep_copies=_duration(node.get("keep copies"), problems, default.keep_copies),
        keep_arrivals=_duration(node.get("keep arrivals"), problems, default.keep_arrivals),
    )


def _stricter(node: Node, forms: Mapping[str, str], problems: Problems) -> None:
    """The law asks for no form (GDPR art. 12(2)): a person who writes otherwise is answered, too."""
    for right, form in forms.items():
        if form == SIGNED_LETTER:
            problems.warning("request-form-strict", node["forms"][right].at, right=right)


def _partners(node: Node, section: str, problems: Problems) -> dict[str, Partner]:
    return {name: _partner(name, n, problems) for name, n in _items(node, section)}


def _partner(name: str, node: Node, problems: Problems) -> Partner:
    _reachable(name, node, problems)
    return Partner(
        name,
        node.text("email"),
        node.text("endpoint"),
        _words(node.get("campaigns")),
        _words(node.get("data")),
        node.key_at,
        _key(name, node.get("key"), problems),
    )


def _reachable(name: str, node: Node, problems: Problems) -> None:
    """Nothing is sent in clear, and nothing is sent where the answer could not be believed."""
    endpoint = node.get("endpoint")
    if endpoint is None:
        if not node.text("email"):
            problems.warning("partner-nowhere", node.key_at, partner=name)
        return
    if not may_be_sent_to(str(endpoint.value)):
        problems.error("partner-address", endpoint.at, partner=name, address=endpoint.value)
    if node.get("key") is None:
        problems.error("partner-key-missing", endpoint.key_at, partner=name)


def _senders(node: Node, problems: Problems) -> dict[str, str]:
    return {name: _key(name, n, problems) for name, n in _items(node, "known senders")}


def _keys_differ(node: Node, problems: Problems) -> None:
    """One key is one name: else nobody could say whose message it is."""
    sections = ("controllers", "processors")
    found = [(name, n.get("key")) for section in sections for name, n in _items(node, section)]
    found += _items(node, "known senders")
    whose: dict[str, str] = {}
    for name, key in found:
        if key is not None and (other := whose.setdefault(str(key.value), name)) != name:
            problems.error("partner-key-twice", key.at, partner=name, other=other)


def _key(name: str, node: Node | None, problems: Problems) -> str:
    if node is None:
        return ""
    key = str(node.value)
    try:
        size = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != KEY_SIZE:
        problems.error("partner-key", node.at, partner=name)
    return key


def _items(node: Node, key: str) -> list[tuple[str, Node]]:
    found = node.get(key)
    return list(found.items()) if found else []


def _words(node: Node | None) -> tuple[str, ...]:
    return tuple(str(e.value) for e in node.elements()) if node else ()


def _said(node: Node) -> dict[str, str]:
    if not node.is_mapping:
        return {"da": str(node.value), "en": str(node.value)}
    english = node.text("en") or node.text("da")
    return {"da": node.text("da") or english, "en": english}


def _days(node: Node | None, problems: Problems, default: int = 30) -> int:
    if node is None:
        return default
    written = re.fullmatch(r"\s*([0-9]+)\s+days?\s*", str(node.value))
    if not written:
        problems.error("value-form", node.at, within="requests", wanted="N days", found=node.value)
        return default
    return int(written[1])


def _duration(node: Node | None, problems: Problems, default: Duration) -> Duration:
    if node is None:
        return default
    written = re.fullmatch(r"\s*([0-9]+)\s+(day|week|month|year)s?\s*", str(node.value))
    if not written:
        problems.error(
            "value-form", node.at, within="requests", wanted="N days, months or years", found=node.value
        )
        return default
    return Duration(int(written[1]), Unit(written[2]))

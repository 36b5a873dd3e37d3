"""What the policy says about people's requests: own time limits, forms, who else is asked, and how long cases are kept.

Everything has a default that the law is content with; an organisation that promises more, or works for others, says so
under `requests`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ordholden.policy.rule import Duration, Unit
from ordholden.policy.source import Node
from ordholden.problems import Place, Problems

__all__ = ["SIGNED_LETTER", "Elsewhere", "Partner", "Requests", "read_requests"]

SIGNED_LETTER = "signed letter"


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
    endpoint: str  # another installation's API
    campaigns: tuple[str, ...]
    data: tuple[str, ...]
    at: Place


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
    not_disclosed: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # category → why, by language
    remind_days: int = 7  # a partner who was asked and is silent
    identity_days: int = 30  # a person who was asked who they are and is silent
    keep_case: Duration = Duration(3, Unit.YEAR)  # noqa: RUF009 – a frozen value
    keep_copies: Duration = Duration(30, Unit.DAY)  # noqa: RUF009 – a frozen value

    def own_days(self, right: str) -> int | None:
        return self.own.get(right, self.own.get(""))

    def controller_of(self, name: str, campaign: str) -> Partner | None:
        """The controller by name, or the one whose campaign it is."""
        if name:
            return self.controllers.get(name)
        return next((c for c in self.controllers.values() if campaign and campaign in c.campaigns), None)


def read_requests(node: Node | None, problems: Problems) -> Requests:
    """The section `requests` of a policy; without one, the defaults."""
    if node is None:
        return Requests()
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
        controllers=_partners(node, "controllers"),
        processors=_partners(node, "processors"),
        not_disclosed={category: _said(n) for category, n in _items(node, "not disclosed")},
        remind_days=_days(node.get("remind after"), problems, default.remind_days),
        identity_days=_days(node.get("wait for identity"), problems, default.identity_days),
        keep_case=_duration(node.get("keep cases"), problems, default.keep_case),
        keep_copies=_duration(node.get("keep copies"), problems, default.keep_copies),
    )


def _stricter(node: Node, forms: Mapping[str, str], problems: Problems) -> None:
    """The law asks for no form (GDPR art. 12(2)): a person who writes otherwise is answered, too."""
    for right, form in forms.items():
        if form == SIGNED_LETTER:
            problems.warning("request-form-strict", node["forms"][right].at, right=right)


def _partners(node: Node, key: str) -> dict[str, Partner]:
    return {
        name: Partner(
            name,
            n.text("email"),
            n.text("endpoint"),
            _words(n.get("campaigns")),
            _words(n.get("data")),
            n.key_at,
        )
        for name, n in _items(node, key)
    }


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

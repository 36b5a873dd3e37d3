"""The policy as nouns: the organisation, its activities and what each rests on. Frozen, with places for later findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ordholden.policy.calls import Calls
from ordholden.policy.requests import Requests
from ordholden.policy.rule import Rule
from ordholden.policy.source import place_of
from ordholden.problems import Place

__all__ = [
    "EVERYTHING",
    "THE_PERSON",
    "Activity",
    "Basis",
    "BasisKind",
    "Category",
    "Contact",
    "Duty",
    "Limits",
    "OnRequest",
    "Organisation",
    "Policy",
    "Promise",
    "Recipient",
    "Sensitivity",
    "Text",
]

EVERYTHING = "everything"
THE_PERSON = "the person"


@dataclass(frozen=True)
class Text:
    """What people read, in each language of the product."""

    da: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.da if language == "da" else self.en


class BasisKind(StrEnum):
    """The legal basis, GDPR art. 6(1)(a)–(f)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal obligation"
    VITAL_INTEREST = "vital interest"
    PUBLIC_TASK = "public task"
    LEGITIMATE_INTEREST = "legitimate interest"

    @property
    def article(self) -> str:
        return f"GDPR art. 6(1)({_LETTERS[self]})"


_LETTERS = {
    BasisKind.CONSENT: "a",
    BasisKind.CONTRACT: "b",
    BasisKind.LEGAL_OBLIGATION: "c",
    BasisKind.VITAL_INTEREST: "d",
    BasisKind.PUBLIC_TASK: "e",
    BasisKind.LEGITIMATE_INTEREST: "f",
}


@dataclass(frozen=True)
class Basis:
    """A legal basis; `consent` names the consent it rests on, `reference` the law it points to."""

    kind: BasisKind
    consent: str = ""
    reference: str = ""


class OnRequest(StrEnum):
    """What a person's erasure request does to a ground (GDPR art. 17(1) and (3))."""

    ENDS = "ends"
    CLOSES = "closes"  # lives until its closing event and ends then: the tail of the keep rule is gone
    STAYS = "stays"
    DECIDE = "decide"


_BY_BASIS = {
    BasisKind.CONSENT: OnRequest.ENDS,
    BasisKind.CONTRACT: OnRequest.CLOSES,
    BasisKind.LEGAL_OBLIGATION: OnRequest.STAYS,
    BasisKind.VITAL_INTEREST: OnRequest.DECIDE,
    BasisKind.PUBLIC_TASK: OnRequest.STAYS,
    BasisKind.LEGITIMATE_INTEREST: OnRequest.DECIDE,
}


@dataclass(frozen=True)
class Activity:
    """A processing activity (*behandlingsaktivitet*): what GDPR art. 30(1) asks, and the rule that ends it."""

    name: str
    purpose: Text
    basis: Basis
    people: tuple[str, ...]
    data: tuple[str, ...]
    keep: Rule
    if_none: Rule | None
    says_if_none: bool
    systems: tuple[str, ...]
    sources: tuple[str, ...]
    recipients: tuple[str, ...]
    wish: OnRequest | None
    direct_marketing: bool
    balancing: str
    controller: str
    instruction: str
    at: Place
    keep_at: Place

    def covers(self, category: str) -> bool:
        return EVERYTHING in self.data or category in self.data

    def reaches(self, system: str) -> bool:
        return not self.systems or system in self.systems

    @property
    def on_request(self) -> OnRequest:
        """What an erasure request does to this ground; direct marketing ends at once and always (GDPR art. 21(3))."""
        if self.direct_marketing:
            return OnRequest.ENDS
        return self.wish or _BY_BASIS[self.basis.kind]


class Sensitivity(StrEnum):
    """How much protection a category needs: `special` is GDPR art. 9, `criminal` art. 10, `national id` DBL § 11."""

    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"
    SPECIAL = "special"
    CRIMINAL = "criminal"
    NATIONAL_ID = "national id"


@dataclass(frozen=True)
class Category:
    name: str
    text: Text
    sensitivity: Sensitivity
    at: Place


@dataclass(frozen=True)
class Recipient:
    name: str
    text: Text
    kind: str
    country: str
    agreement: str
    transfer: str  # what a transfer out of the EU/EEA rests on, GDPR art. 46 and 49


@dataclass(frozen=True)
class Contact:
    topic: str
    role: Text
    email: str
    phone: str


@dataclass(frozen=True)
class Organisation:
    name: str
    cvr: str
    role: str
    year_ends: tuple[
        int, int
    ]  # month, day of the financial year's last day; (2, 29) is the last day of February
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class Limits:
    """What a plan may do without a second person: rows in all, a share of any one table, and rules run before."""

    rows: int = 5_000
    share: float = 0.25
    ask_first_run: bool = True


@dataclass(frozen=True)
class Duty:
    """A promise that a person keeps: who, how often (a number of months), and where the evidence is."""

    owner: str
    months: int
    evidence: str
    done: str


@dataclass(frozen=True)
class Promise:
    """What the published policy promises, and what proves it: keep rules, a capability of the system, or a duty."""

    id: str
    says: Text
    activities: tuple[str, ...]
    capability: str
    duty: Duty | None
    at: Place


@dataclass(frozen=True)
class Policy:
    """The whole document; `digest` changes with every byte of the file."""

    organisation: Organisation
    people: Mapping[str, Text]
    categories: Mapping[str, Category]
    consents: Mapping[str, Text]
    recipients: Mapping[str, Recipient]
    activities: Mapping[str, Activity]
    limits: Limits
    promises: Mapping[str, Promise]
    digest: str
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)
    requests: Requests = field(default_factory=Requests)
    calls: Calls | None = None

    def place(self, *way: str) -> Place | None:
        """Where a key or a text of the file stands, by its way from the top."""
        return place_of(self.places, way)

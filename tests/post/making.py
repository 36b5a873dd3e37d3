"""Made-up letters: an organisation, and facts enough for every kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from ordholden.policy.document import Contact, Organisation, Text
from ordholden.post import Letter, write

ON = date(2026, 11, 22)
DUE = date(2026, 12, 22)

NORDLYS = Organisation(
    "Nordlys Rejser ApS",
    "12345674",
    "controller",
    (12, 31),
    (
        Contact("sales", Text("Salg", "Sales"), "salg@nordlys.example", "+45 10 00 00 02"),
        Contact("data protection", Text("Privat", "Privacy"), "privat@nordlys.example", "+45 10 00 00 01"),
    ),
)

FACTS: Mapping[str, object] = MappingProxyType(
    {
        "name": "Maja Prøve",
        "address": "Prøvevej 1\n0000 Prøveby",
        "authority_case": "2026-431-0001",
        "automated": [],
        "backups": [("kundekartoteket", date(2026, 12, 27))],
        "case": "2026-000017",
        "changed": [("telefon", "+45 10 00 00 02", "+45 10 00 00 03")],
        "changes": ["Vi gemmer optagelser i 14 dage."],
        "consents": ["nyhedsbrev"],
        "controller": "Havblik A/S",
        "data": [("navn", "rejsen (aftale)", "dig selv", "hotellet", date(2031, 12, 31))],
        "decision": "Du får rejsen alligevel.",
        "deed": "erased",
        "details": [("navn", "Maja Prøve")],
        "done": ["navn og adresse i kundekartoteket"],
        "done_on": ON,
        "doubt": "Mailen kom fra en adresse, vi ikke kender.",
        "due": DUE,
        "fields": [("Navn", "Maja Prøve"), ("Adresse", "")],
        "files": ["kopi.zip"],
        "from_day": DUE,
        "ground": "databeskyttelsesforordningens artikel 12, stk. 5",
        "handed_on": ON,
        "left_out": [("en samtale", "den rummer en andens oplysninger")],
        "lifted_on": DUE,
        "limited": ["telefonnummer"],
        "link": "https://nordlys.example/sag/abc",
        "link_until": datetime(2026, 11, 23, 13, 5, tzinfo=UTC),
        "on_behalf": "Bo Prøve",
        "person": ["Maja Prøve"],
        "reason": "Sagen rummer mange optagelser.",
        "received": ON,
        "receiver": "Solskin A/S",
        "recipients": ["Hotel Prøve"],
        "right": "erasure",
        "searched": ["maja@post.example"],
        "sent_on": ON,
        "stays": [
            ("faktura 1007", "bogføringsloven kræver den", date(2031, 12, 31)),
            ("aftale", "løber", None),
        ],
        "stopped": ["nyhedsbrev"],
        "text": "Tak for sidst.\n\nVi vender tilbage.",
        "transfers": [("Hotel Prøve", "Norge", "EØS")],
        "unpaused": DUE,
        "wanted": "Skriv dit kundenummer.",
        "was_due": DUE,
        "what": ["navn"],
        "words": "Hej\n\nSlet mig.",
    }
)


def letter(kind: str = "receipt", language: str = "da", folder: Path | None = None, **more: object) -> Letter:
    return write(kind, language, {**FACTS, **more}, NORDLYS, folder, on=ON)

"""The letters as they would go out today, in both languages: does each say whom one can complain to?

They are written in memory, with the organisation's own wording where it has one, and nobody's facts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from ordholden.lang import LANGUAGES
from ordholden.law.authority import authority
from ordholden.post import KINDS, wordings, write
from ordholden.post.kinds import FACTS, Form
from ordholden.problems import Refusal
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

__all__ = ["complaint_route"]


def complaint_route(look: Look, kinds: Collection[str] = ()) -> Proof:
    """Every kind of letter that has to name the authority, or these; those that don't are named."""
    chosen = [k for k in KINDS.values() if "complaint" in k.demands and (not kinds or k.name in kinds)]
    silent = [
        f"{kind.name} ({language})"
        for kind in chosen
        for language in LANGUAGES
        if not _names_authority(look, kind.name, language)
    ]
    own = [p for p in wordings(look.folder) if p.level == "error"]
    told = Evidence.of("letters-tried", letters=len(chosen) * len(LANGUAGES), silent=len(silent))
    missing = [Evidence.of("letter-silent", letter=name) for name in silent]
    state = State.BROKEN if silent else State.DUE if own else State.KEPT
    return Proof(state, (told, *missing), next=look.on if state is not State.KEPT else None)


def _names_authority(look: Look, kind: str, language: str) -> bool:
    """By name and by an address that somebody can write to."""
    try:
        letter = write(
            kind, language, _facts(kind, look.on), look.policy.organisation, look.folder, on=look.on
        )
    except Refusal:
        return False
    known = authority()
    return all(known.name in text and known.email in text for text in (letter.text, letter.html))


def _facts(kind: str, on: date) -> dict[str, Any]:
    """Something for each fact that the kind has to be told."""
    made: dict[Form, Any] = {
        Form.DAY: on,
        Form.MOMENT: datetime.combine(on, datetime.min.time(), UTC),
        Form.LIST: ["–"],
        Form.TABLE: [],
        Form.FIELDS: [],
        Form.BUTTON: "https://ordholden.invalid/",
    }
    found = {name: made.get(FACTS[name], "–") for name in KINDS[kind].needs}
    return {**found, **({"right": "access"} if "right" in found else {})}

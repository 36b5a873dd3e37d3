"""The questions of the wizard, one a page: which a right has, how each is read from a form, and what is wrong with it.

A question reads a form into the draft and names what is wrong by field; it knows nothing of pages. Only what an answer
needs is asked for: a name, one way to reach the person, and what they may be known by, if they like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import QueryDict

from ordholden.identifiers import normal
from ordholden.policy.document import Policy
from ordholden.web.portal.draft import Correction, Draft
from ordholden.web.portal.told import rights_of

if TYPE_CHECKING:
    from ordholden.inventory.system import Inventory

__all__ = ["ALL_MARKETING", "RIGHTS", "Question", "known_by", "questions"]

ALL_MARKETING = "all marketing"
EVERYTHING = "everything"
CORRECTIONS = 4
LONGEST = 4_000
_SHORT = 300

Wrong = Mapping[str, str]
"""Field → key of the sentence that says what is wrong with it."""


@dataclass(frozen=True)
class Question:
    """`name` is the page's, and its template's."""

    name: str
    read: Callable[[Draft, QueryDict, Policy], tuple[Draft, Wrong]]


def questions(right: str, policy: Policy) -> tuple[Question, ...]:
    """In the order in which they are asked."""
    first = [_BY_NAME[name] for name in _OF_RIGHT[right] if name != "for" or policy.requests.controllers]
    return (*first, _BY_NAME["who"], _BY_NAME["reach"])


def known_by(right: str, policy: Policy, inventory: Inventory) -> tuple[str, ...]:
    """What the person may tell so that they can be found: what the policy says for this right, else a customer number."""
    said = [
        k for k in policy.requests.known_by.get(right, ()) if k not in ("name", "email", "phone", "address")
    ]
    if said:
        return tuple(said)
    systems = {kind for table in inventory.tables for kind in table.identifiers}
    return tuple(kind for kind in ("customer number", "local number") if kind in systems)


# — reading —


def _about(draft: Draft, form: QueryDict, policy: Policy) -> tuple[Draft, Wrong]:
    """Who chose everything and had ticked something before has chosen everything."""
    if form.get("scope") == EVERYTHING:
        return draft.answered("about", about=()), {}
    about = tuple(a for a in form.getlist("about") if a in policy.activities)
    wrong = {} if about else {"about": "wizard:about.needed"}
    return draft.answered("about", about=about), wrong


def _objects(draft: Draft, form: QueryDict, policy: Policy) -> tuple[Draft, Wrong]:
    chosen = form.getlist("about")
    marketing = [a.name for a in policy.activities.values() if a.direct_marketing]
    wanted = [a.name for a in policy.activities.values() if a.name in chosen and rights_of(a)]
    about = tuple(dict.fromkeys([*(marketing if ALL_MARKETING in chosen else []), *wanted]))
    wrong = {} if about else {"about": "wizard:about.needed"}
    return draft.answered("objects", about=about, words=_long(form)), wrong


def _consents(draft: Draft, form: QueryDict, policy: Policy) -> tuple[Draft, Wrong]:
    about = tuple(c for c in form.getlist("about") if c in policy.consents)
    return draft.answered("consents", about=about), {} if about else {"about": "wizard:about.needed"}


def _corrections(draft: Draft, form: QueryDict, policy: Policy) -> tuple[Draft, Wrong]:
    rows = [
        Correction(form.get(f"what-{n}", ""), _short(form, f"old-{n}"), _short(form, f"new-{n}"))
        for n in range(1, CORRECTIONS + 1)
    ]
    said = tuple(c for c in rows if c.what or c.old or c.new)
    whole = said and all(c.what in policy.categories and c.new for c in said)
    wrong = {} if whole else {"what-1": "wizard:change.needed"}
    about = tuple(dict.fromkeys(c.what for c in said))
    return draft.answered("corrections", corrections=said, about=about), wrong


def _words(draft: Draft, form: QueryDict, _: Policy) -> tuple[Draft, Wrong]:
    words = _long(form)
    wrong = {} if words or draft.right not in _WORDS_NEEDED else {"words": "wizard:words.needed"}
    return draft.answered("words", words=words), wrong


def _transfer(draft: Draft, form: QueryDict, _: Policy) -> tuple[Draft, Wrong]:
    place = _short(form, "transfer")
    wrong = {"transfer": "wizard:transfer.wrong"} if place and not _is_address(place) else {}
    return draft.answered("transfer", transfer_to=place), wrong


def _is_address(place: str) -> bool:
    try:
        parts = urlsplit(place)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        # A bracket that isn't closed, or a port that is none.
        return False


def _for(draft: Draft, form: QueryDict, policy: Policy) -> tuple[Draft, Wrong]:
    chosen = form.get("controller", "")
    return draft.answered("for", controller=chosen if chosen in policy.requests.controllers else ""), {}


def _who(draft: Draft, form: QueryDict, _: Policy) -> tuple[Draft, Wrong]:
    behalf = form.get("behalf") == "yes"
    told = {k.removeprefix("known-"): _short(form, k) for k in form if k.startswith("known-")}
    read = draft.answered(
        "who",
        name=_short(form, "name"),
        identifiers={k: v for k, v in told.items() if v},
        behalf=behalf,
        behalf_name=_short(form, "behalf_name") if behalf else "",
        behalf_email=_short(form, "behalf_email") if behalf else "",
    )
    wrong = {}
    if not read.name:
        wrong["name"] = "wizard:name.needed"
    if behalf and not read.behalf_name:
        wrong["behalf_name"] = "wizard:behalf name.needed"
    if read.behalf_email and not normal("email", read.behalf_email):
        wrong["behalf_email"] = "wizard:email.wrong"
    return read, wrong


def _reach(draft: Draft, form: QueryDict, _: Policy) -> tuple[Draft, Wrong]:
    read = draft.answered(
        "reach",
        email=_short(form, "email"),
        phone=_short(form, "phone"),
        address=form.get("address", "").strip()[:_SHORT],
    )
    wrong = {}
    if read.email and not normal("email", read.email):
        wrong["email"] = "wizard:email.wrong"
    if read.phone and not normal("phone", read.phone):
        wrong["phone"] = "wizard:phone.wrong"
    if not (read.email or read.address):
        wrong["email"] = "wizard:reach.needed"
    return read, wrong


def _short(form: QueryDict, name: str) -> str:
    """One line."""
    return " ".join(form.get(name, "").split())[:_SHORT]


def _long(form: QueryDict) -> str:
    return form.get("words", "").replace("\r\n", "\n").strip()[:LONGEST]


_BY_NAME = {
    name: Question(name, read)
    for name, read in {
        "about": _about,
        "objects": _objects,
        "consents": _consents,
        "corrections": _corrections,
        "words": _words,
        "transfer": _transfer,
        "for": _for,
        "who": _who,
        "reach": _reach,
    }.items()
}

_OF_RIGHT = {
    "access": ("about", "for"),
    "rectification": ("corrections", "for"),
    "erasure": ("about", "for", "words"),
    "restriction": ("about", "for", "words"),
    "objection": ("objects", "for"),
    "no-automated-decision": ("words", "for"),
    "portability": ("about", "transfer", "for"),
    "withdrawal": ("consents", "for"),
    "complaint": ("words", "for"),
}

_WORDS_NEEDED = {"no-automated-decision", "complaint", "restriction"}

RIGHTS = tuple(_OF_RIGHT)
"""In the order in which people are shown them."""

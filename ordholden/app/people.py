"""What people do for themselves, outside a case: get a link by mail, and say whether what is known is still right.

An address proves that somebody reads it, and no more. So what is shown behind it is only what that address is for: the
ordinary details of the one person who has it. Two people with one address, or none, are shown nothing, and the page says
the same to both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.identifiers import normal
from ordholden.policy.document import Sensitivity, Text
from ordholden.problems import Refusal
from ordholden.store import key_to_text

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.footprints.find import Found
    from ordholden.post import Letter

__all__ = ["DETAILS", "Detail", "confirm", "details", "mail_case_link", "mail_link", "write_to_asked"]

LINK_MINUTES = 24 * 60
Link = Callable[[str], tuple[str, datetime]]
"""Makes a link for an address: where it leads, and until when it works."""

DETAILS = ("name", "address", "email", "phone")
"""The categories by which a person is reached; whatever else is known is shown by access, to who is identified."""


@dataclass(frozen=True)
class Detail:
    """One thing that is known: its category, and the value wherever it stands (in several spellings, perhaps)."""

    category: str
    text: Text
    value: str


def mail_link(
    organisation: Organisation, email: str, link: str, *, until: datetime, key: str, language: str
) -> None:
    """Puts the letter with the link in the outbox; the same to everybody who asks."""
    from ordholden.app.organisation import today
    from ordholden.post import outbox, write

    facts = {"link": link, "link_until": until, "name": ""}
    policy = organisation.policy
    letter = write("sign-in-link", language, facts, policy.organisation, organisation.folder, on=today())
    outbox.put(organisation.store, letter, email, key=key)


def mail_case_link(organisation: Organisation, number: str, *, language: str) -> None:
    """A new link to the case, to the address that the case has. Nothing where there is none, and nobody is told which."""
    from ordholden.cases.links import ADDRESS_VARIABLE

    email = organisation.desk.mailbox(number)
    if not email:
        return
    token = organisation.desk.link(number, minutes=LINK_MINUTES)
    base = os.environ.get(ADDRESS_VARIABLE, "")
    link = f"{base}/{organisation.folder.name}/case/{token}"
    until = organisation.store.now() + timedelta(minutes=LINK_MINUTES)
    key = f"{number}:link:{organisation.store.digest(token, use='case link key')}"
    mail_link(organisation, email, link, until=until, key=key, language=language)


def details(organisation: Organisation, email: str) -> tuple[Detail, ...]:
    """What is known about the one person with that address, as far as it is for reaching them. That it was shown is recorded."""
    if _one(organisation, email) is None:
        return ()
    return _details(organisation, f"email:{email}", actor="the person")


def _details(organisation: Organisation, words: str, *, actor: str) -> tuple[Detail, ...]:
    known: dict[tuple[str, str], Detail] = {}
    for datum in organisation.explain(words, reveal=True, actor=actor).data:
        value = str(datum.value or "").strip()
        if (
            datum.category in DETAILS
            and datum.sensitivity is Sensitivity.ORDINARY
            and value
            and not datum.masked
        ):
            folded = normal(datum.category, value) or value.casefold()
            known.setdefault((datum.category, folded), Detail(datum.category, datum.category_text, value))
    order = {name: n for n, name in enumerate(DETAILS)}
    return tuple(sorted(known.values(), key=lambda d: order[d.category]))


def confirm(organisation: Organisation, email: str) -> None:
    """The person says that all of it is right: who, by digest, and when (GDPR art. 5(1)(d))."""
    found = _one(organisation, email)
    if found is None:
        return
    store, card = organisation.store, found.card
    subject = store.digest(card.table.system, card.table.table, key_to_text(card.key), use="card")
    with store.transaction():
        audit.record(store, actor="the person", action="person:details:confirmed", subject=subject, facts={})


def write_to_asked(organisation: Organisation, *, since: date, link: Link) -> int:
    """Everybody whom a keep rule has asked since that day gets a letter with their details and a link; how many did now.

    In their own language, or in both where it is not known.
    Asked by letter once for each question: the key is the activity, the card and the day. Who has no address, or is
    gone since, is not written to, and nobody looks at more of them than that.
    """
    from ordholden.app.tongues import in_languages, of_card
    from ordholden.consents import asked
    from ordholden.post import outbox

    store, told = organisation.store, 0
    for (activity, card), day in sorted(asked(store).items(), key=lambda entry: str(entry[0])):
        if day < since:
            continue
        digest = store.digest(str(card.table), key_to_text(card.key), use="still right")
        key = f"still right:{activity}:{digest}:{day}"
        who = f"{card.table}:{card.key}"
        if outbox.is_put(store, key) or not _has_address(organisation, who):
            continue
        known = _details(organisation, who, actor="ordholden")
        email = next((d.value for d in known if d.category == "email" and normal("email", d.value)), "")
        if not email:
            continue
        place, until = link(email)
        facts = {"link": place, "link_until": until}
        languages = of_card(organisation, card, email)
        letters = {one: _still_right(organisation, known, one, day, facts) for one in languages}
        outbox.put(store, in_languages(letters, languages), email, key=key)
        told += 1
    return told


def _still_right(
    organisation: Organisation, known: Sequence[Detail], language: str, on: date, facts: Mapping[str, object]
) -> Letter:
    from ordholden.post import write

    said = {
        "name": next((d.value for d in known if d.category == "name"), ""),
        "details": [(d.text[language], d.value) for d in known],
        **facts,
    }
    of = organisation.policy.organisation
    return write("still-right", language, said, of, organisation.folder, on=on)


def _has_address(organisation: Organisation, who: str) -> bool:
    """Looked at masked, which leaves no entry: most who can't be written to can't be tomorrow either."""
    try:
        return any(datum.category == "email" and datum.value for datum in organisation.explain(who).data)
    except Refusal:
        return False


def _one(organisation: Organisation, email: str) -> Found | None:
    """Whom the address surely means; nobody where it could be two."""
    if not normal("email", email):
        return None
    try:
        found = organisation.find(f"email:{email}")
    except Refusal:
        # No system here knows people by their address.
        return None
    if len(found) != 1 or found[0].links.doubtful:
        return None
    one: Found = found[0]
    return one

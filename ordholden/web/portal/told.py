"""The policy as a page tells it: activities in words, grouped by whom they are about. Nouns in, nouns for a template out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ordholden.app.published import Published
from ordholden.lang import Words
from ordholden.law.transfers import Standing, standing
from ordholden.policy.changes import Change
from ordholden.policy.document import EVERYTHING, THE_PERSON, Activity, BasisKind, OnRequest, Policy
from ordholden.policy.rule import Rule
from ordholden.policy.spoken import spoken

__all__ = ["Group", "Told", "ToldChange", "about_choices", "changed", "groups", "rights_of"]


@dataclass(frozen=True)
class Told:
    """One activity in words. `parts` are label and text, in the order in which people ask."""

    name: str
    purpose: str
    parts: tuple[tuple[str, str], ...]
    rights: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """What is done with the data of one kind of people."""

    key: str
    who: str
    activities: tuple[Told, ...]


@dataclass(frozen=True)
class ToldChange:
    """One change: what it is about, and of each part how it was and how it is."""

    kind: str
    purpose: str
    weighs: bool
    parts: tuple[tuple[str, str, str], ...]


def groups(published: Published, words: Words) -> tuple[Group, ...]:
    """An activity about several kinds of people stands under each of them: nobody has to read about the others."""
    policy = published.policy
    found = []
    for kind, who in policy.people.items():
        about = [a for a in policy.activities.values() if kind in a.people]
        if about:
            text = who[words.language]
            told_all = tuple(told(a, published, words) for a in about)
            found.append(Group(f"about-{kind.replace(' ', '-')}", text[:1].upper() + text[1:], told_all))
    return tuple(found)


def told(activity: Activity, published: Published, words: Words) -> Told:
    return Told(
        name=activity.name,
        purpose=activity.purpose[words.language],
        parts=tuple(_parts(activity, published, words).items()),
        rights=tuple(words(f"policy:right.{right}") for right in rights_of(activity)),
    )


def changed(found: Sequence[Change], old: Published, new: Published, words: Words) -> tuple[ToldChange, ...]:
    return tuple(_told_change(change, old, new, words) for change in found)


def _told_change(change: Change, old: Published, new: Published, words: Words) -> ToldChange:
    """Told by what people read: what reads the same on both sides is left out."""
    before = _all_parts(change.old, old, words)
    after = _all_parts(change.new, new, words)
    shown = change.new or change.old
    assert shown is not None
    labels = dict.fromkeys((*before, *after))
    parts = tuple(
        (label, before.get(label, ""), after.get(label, ""))
        for label in labels
        if before.get(label) != after.get(label)
    )
    return ToldChange(change.kind, shown.purpose[words.language], change.weighs, parts)


def _all_parts(activity: Activity | None, published: Published, words: Words) -> dict[str, str]:
    if activity is None:
        return {}
    people = words.listed([published.said(p, words.language) for p in activity.people])
    purpose = {"purpose": activity.purpose[words.language], "people": people}
    return purpose | _parts(activity, published, words)


def _parts(activity: Activity, published: Published, words: Words) -> dict[str, str]:
    found = {
        "data": _data(activity, published.policy, words),
        "basis": _basis(activity, published, words),
        "sources": _sources(activity, published, words),
        "recipients": _recipients(activity, published.policy, words),
        "keep": _keep(activity, published, words),
    }
    if activity.controller:
        found["controller"] = _sentence(published.said(activity.controller, words.language))
    return found


def _data(activity: Activity, policy: Policy, words: Words) -> str:
    if EVERYTHING in activity.data:
        return words("policy:everything")
    return _sentence(words.listed([policy.categories[d].text[words.language] for d in activity.data]))


def _basis(activity: Activity, published: Published, words: Words) -> str:
    basis = activity.basis
    said = [words(f"policy:basis.{basis.kind}")]
    if basis.consent:
        consent = published.policy.consents[basis.consent][words.language]
        said = [words("policy:basis.consent to", consent=consent)]
    if basis.reference:
        said.append(published.said(basis.reference, words.language))
    return f"{'. '.join(said)} ({words(f'policy:article.{basis.kind}')})"


def _sources(activity: Activity, published: Published, words: Words) -> str:
    if not activity.sources or activity.sources == (THE_PERSON,):
        return words("policy:from you only")
    said = [
        words("policy:from you") if s == THE_PERSON else published.said(s, words.language)
        for s in activity.sources
    ]
    return _sentence(words.listed(said))


def _recipients(activity: Activity, policy: Policy, words: Words) -> str:
    if not activity.recipients:
        return words("policy:nobody")
    return _sentence(words.listed([_recipient(r, policy, words) for r in activity.recipients]))


def _recipient(name: str, policy: Policy, words: Words) -> str:
    """One outside the EU with the country, and what makes the transfer lawful (GDPR art. 13(1)(f))."""
    recipient = policy.recipients[name]
    text = recipient.text[words.language]
    if not recipient.country or standing(recipient.country) is Standing.FREE:
        return text
    return words("policy:abroad", name=text, country=recipient.country, transfer=recipient.transfer).replace(
        "; )", ")"
    )


def _keep(activity: Activity, published: Published, words: Words) -> str:
    def rule(one: Rule) -> str:
        return spoken(one, words.language, lambda name: published.said(name, words.language))

    said = _sentence(rule(activity.keep)) + "."
    if activity.if_none is not None:
        said += " " + words("policy:if none", rule=rule(activity.if_none))
    return said


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# — rights —


def rights_of(activity: Activity) -> tuple[str, ...]:
    """The rights that follow from the basis, beyond those that everybody always has (GDPR art. 17–22)."""
    kind = activity.basis.kind
    found = []
    if activity.direct_marketing:
        found.append("marketing")
    elif kind in (BasisKind.LEGITIMATE_INTEREST, BasisKind.PUBLIC_TASK):
        found.append("objection")
    if kind is BasisKind.CONSENT:
        found.append("withdrawal")
    if kind in (BasisKind.CONSENT, BasisKind.CONTRACT):
        found.append("portability")
    if activity.on_request is OnRequest.STAYS:
        found.append("stays")
    return tuple(found)


def about_choices(policy: Policy, right: str, words: Words) -> tuple[tuple[str, str], ...]:
    """What a right can be about: (name in the policy, text). Empty where the question makes no sense."""
    if right == "withdrawal":
        return tuple((name, text[words.language]) for name, text in policy.consents.items())
    if right == "objection":
        wanted = [a for a in policy.activities.values() if {"marketing", "objection"} & set(rights_of(a))]
        marketing = sorted(wanted, key=lambda a: not a.direct_marketing)
        return tuple((a.name, a.purpose[words.language]) for a in marketing)
    if right in ("access", "erasure", "restriction", "portability"):
        return tuple((a.name, a.purpose[words.language]) for a in policy.activities.values())
    if right == "rectification":
        return tuple((c.name, c.text[words.language]) for c in policy.categories.values())
    return ()

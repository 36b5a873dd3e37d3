"""Reads `policy.yaml`: a file in, a `Policy` and every problem with it out."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ordholden.policy.calls import read_calls
from ordholden.policy.document import (
    EVERYTHING,
    THE_PERSON,
    Activity,
    Basis,
    BasisKind,
    Category,
    Contact,
    Duty,
    Limits,
    OnRequest,
    Organisation,
    Policy,
    Promise,
    Recipient,
    Sensitivity,
    Text,
)
from ordholden.policy.keep import read_rule
from ordholden.policy.requests import read_requests
from ordholden.policy.rule import Also, ConsentGiven, Duration, Rule, Unit, Withdrawn
from ordholden.policy.source import Node, places, read_source
from ordholden.problems import Place, Problem, Problems, nearest

__all__ = ["NAME", "read_policy"]

NAME = "policy.yaml"

_MONTHS = (
    "january february march april may june july august september october november december".split(),
    "januar februar marts april maj juni juli august september oktober november december".split(),
)


def read_policy(place: Path, problems: Problems) -> Policy | None:
    """The policy in a folder, or in a file; None where it can't be made sense of. What is wrong is added to `problems`."""
    path = place if place.is_file() else place / NAME
    before = len(problems.all)
    root = read_source(path, shown_as=path.name, schema="policy.schema.json", problems=problems)
    if root is None or len(problems.all) > before:
        return None
    people = {key: _text(node, key) for key, node in _items(root, "people")}
    categories = {key: _category(key, node) for key, node in _items(root, "categories")}
    consents = {key: _text(node, key) for key, node in _items(root, "consents")}
    recipients = {key: _recipient(key, node) for key, node in _items(root, "recipients")}
    known = _Known(people, categories, consents, recipients)
    activities = {}
    for key, node in _items(root, "activities"):
        activity = _activity(key, node, known, problems)
        if activity is not None:
            activities[key] = activity
    if not activities and not problems.broken:
        problems.error("policy-empty", root.at)
    promises = {key: _promise(key, node, activities, problems) for key, node in _items(root, "promises")}
    _unused(known, activities, root, problems)
    return Policy(
        organisation=_organisation(root["organisation"], problems),
        people=people,
        categories=categories,
        consents=consents,
        recipients=recipients,
        activities=activities,
        limits=_limits(root.get("limits"), problems),
        promises=promises,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        places=places(root),
        requests=read_requests(root.get("requests"), problems),
        calls=read_calls(root.get("calls"), activities, categories, problems),
    )


class _Known:
    def __init__(self, people: dict, categories: dict, consents: dict, recipients: dict) -> None:  # type: ignore[type-arg]
        self.people, self.categories, self.consents, self.recipients = (
            people,
            categories,
            consents,
            recipients,
        )


def _items(root: Node, key: str) -> list[tuple[str, Node]]:
    node = root.get(key)
    return list(node.items()) if node else []


def _text(node: Node | None, default: str) -> Text:
    if node is None or node.value is None:
        return Text(default, default)
    if node.is_mapping:
        english = node.text("en") or node.text("da") or default
        return Text(node.text("da") or english, english)
    return Text(str(node.value), str(node.value))


def _category(name: str, node: Node) -> Category:
    return Category(name, _text(node, name), Sensitivity(node.text("sensitivity", "ordinary")), node.key_at)


def _recipient(name: str, node: Node) -> Recipient:
    return Recipient(
        name,
        _text(node, name),
        node.text("kind"),
        node.text("country"),
        node.text("agreement"),
        node.text("transfer"),
    )


def _organisation(node: Node, problems: Problems) -> Organisation:
    contacts = tuple(
        Contact(topic, _text(contact.get("role"), topic), contact.text("email"), contact.text("phone"))
        for topic, contact in _items(node, "contacts")
    )
    ends = node.get("financial year ends")
    year_ends = (12, 31) if ends is None else _day_of_year(ends, problems)
    return Organisation(
        node.text("name"), node.text("cvr"), node.text("role", "controller"), year_ends, contacts
    )


def _day_of_year(node: Node, problems: Problems) -> tuple[int, int]:
    written = re.fullmatch(r"\s*([0-9]{1,2})\.?\s+([a-z]+)\s*", str(node.value).lower())
    if written:
        for names in _MONTHS:
            if written[2] in names:
                month, day = names.index(written[2]) + 1, int(written[1])
                if 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31):
                    return (2, 29) if (month, day) == (2, 28) else (month, day)
    problems.error("year-end", node.at, found=node.value)
    return (12, 31)


def _limits(node: Node | None, problems: Problems) -> Limits:
    if node is None:
        return Limits()
    share = node.text("share of a table", "25%")
    number = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*%?\s*", share)
    if not number or float(number[1]) > 100:
        problems.error(
            "value-form", node["share of a table"].at, within="limits", wanted="a percentage", found=share
        )
        return Limits()
    return Limits(
        int(node.text("rows", "5000")),
        float(number[1]) / 100,
        node.text("first run of a rule", "ask") == "ask",
    )


def _activity(name: str, node: Node, known: _Known, problems: Problems) -> Activity | None:
    basis = _basis(name, node["basis"], known, problems)
    keep = _rule(node["keep"], problems)
    none_node = node.get("if none")
    nothing = none_node is not None and str(none_node.value).strip() == "nothing"
    if_none = None if none_node is None or nothing else _rule(none_node, problems)
    if basis is None or keep is None or (none_node is not None and not nothing and if_none is None):
        return None
    for rule, at in ((keep, node["keep"].text_at), (if_none, none_node.text_at if none_node else node.at)):
        if rule is not None:
            _rule_fits(rule, basis, known, at, problems)
    if basis.kind is BasisKind.LEGITIMATE_INTEREST and not node.text("balancing"):
        problems.warning("balancing-missing", node.key_at, activity=name)
    wish = node.get("on request")
    data = _words(node, "data")
    _known_words(node, "people", known.people, "people-unknown", problems)
    for key in ("people", "data"):
        if not _words(node, key):
            problems.error("activity-covers-nothing", node[key].at, activity=name)
    if EVERYTHING not in data:
        _known_words(node, "data", {*known.categories, EVERYTHING}, "category-unknown", problems)
    return Activity(
        name=name,
        purpose=_text(node["purpose"], name),
        basis=basis,
        people=_words(node, "people"),
        data=data,
        keep=keep,
        if_none=if_none,
        says_if_none=none_node is not None,
        systems=_words(node, "systems"),
        sources=_words(node, "sources") or (THE_PERSON,),
        recipients=_words(node, "recipients"),
        wish=OnRequest(str(wish.value)) if wish is not None else None,
        direct_marketing=node.text("direct marketing") in ("True", "yes", "true"),
        balancing=node.text("balancing"),
        controller=node.text("controller"),
        instruction=node.text("instruction"),
        at=node.key_at,
        keep_at=node["keep"].text_at,
    )


def _words(node: Node, key: str) -> tuple[str, ...]:
    found = node.get(key)
    return tuple(str(e.value) for e in found.elements()) if found else ()


def _known_words(node: Node, key: str, known: object, code: str, problems: Problems) -> None:
    found = node.get(key)
    for element in found.elements() if found else ():
        if str(element.value) not in known:  # type: ignore[operator]
            problems.error(code, element.at, word=element.value, nearest=nearest(str(element.value), known))  # type: ignore[arg-type]


def _basis(name: str, node: Node, known: _Known, problems: Problems) -> Basis | None:
    written = str(node.value).strip()
    consent = re.fullmatch(r"consent\s+to\s+(.+)", written)
    if consent:
        if consent[1] not in known.consents:
            at = node.text_at.shifted(written.index(consent[1]))
            problems.error(
                "consent-unknown", at, word=consent[1], nearest=nearest(consent[1], known.consents)
            )
            return None
        return Basis(BasisKind.CONSENT, consent=consent[1])
    with_reference = re.fullmatch(r"([a-z ]+?)\s*(?:\((.+)\))?", written)
    kinds = {kind.value: kind for kind in BasisKind if kind is not BasisKind.CONSENT}
    if with_reference is None or with_reference[1] not in kinds:
        problems.error(
            "basis-unknown",
            node.at,
            activity=name,
            word=written,
            nearest=nearest(written, [*kinds, "consent to …"]) or "contract",
        )
        return None
    basis = Basis(kinds[with_reference[1]], reference=with_reference[2] or "")
    if basis.kind is BasisKind.LEGAL_OBLIGATION and not basis.reference:
        problems.warning("law-missing", node.at, activity=name)
    return basis


def _rule(node: Node, problems: Problems) -> Rule | None:
    found = read_rule(str(node.value), node.text_at)
    if isinstance(found, Problem):
        problems.add(found)
        return None
    return found


def _rule_fits(rule: Rule, basis: Basis, known: _Known, at: Place, problems: Problems) -> None:
    if isinstance(rule.term, ConsentGiven | Withdrawn) and basis.kind is not BasisKind.CONSENT:
        problems.error("rule-without-consent", at, rule=rule.text)
    tail = rule.term.tail if isinstance(rule.term, Withdrawn) else None
    if tail is not None and _longer_than_a_year(tail):
        # Proof of a withdrawn consent may be kept a short while only (law RT-09).
        problems.warning("consent-tail-long", at, duration=tail)
    for condition in rule.conditions:
        if isinstance(condition, Also) and condition.people not in known.people:
            place = at.shifted(condition.offset)
            problems.error(
                "people-unknown",
                place,
                word=condition.people,
                nearest=nearest(condition.people, known.people),
            )


def _longer_than_a_year(tail: Duration) -> bool:
    days = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.YEAR: 365}[tail.unit]
    return tail.count * days > 366


def _promise(name: str, node: Node, activities: dict[str, Activity], problems: Problems) -> Promise:
    _known_words(node, "activities", activities, "activity-unknown", problems)
    duty = node.get("duty")
    if node.get("activities") is None and duty is None and not node.text("capability"):
        problems.error("promise-unproven", node.key_at, promise=name)
    return Promise(
        id=name,
        says=_text(node.get("says"), name),
        activities=_words(node, "activities"),
        capability=node.text("capability"),
        duty=_duty(duty, problems) if duty else None,
        at=node.key_at,
    )


def _duty(node: Node, problems: Problems) -> Duty:
    every = re.fullmatch(r"\s*([0-9]+)\s+(month|year)s?\s*", node.text("every"))
    if not every:
        problems.error(
            "value-form", node.at, within="duty", wanted="every: N months", found=node.text("every")
        )
    months = int(every[1]) * (12 if every[2] == "year" else 1) if every else 12
    return Duty(node.text("owner"), months, node.text("evidence"), node.text("done"))


def _unused(known: _Known, activities: dict[str, Activity], root: Node, problems: Problems) -> None:
    for key, node in _items(root, "consents"):
        if not any(a.basis.consent == key for a in activities.values()):
            problems.warning("consent-unused", node.key_at, consent=key)
    covered = {c for a in activities.values() for c in a.data}
    for key, category in known.categories.items():
        if key not in covered and EVERYTHING not in covered:
            problems.warning("category-unused", category.at, category=key)

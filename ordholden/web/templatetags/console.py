"""What only the console says: days to a limit, colleagues by name, a timeline's line, how much of a case is done."""

from __future__ import annotations

import re
from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ordholden import lang
from ordholden.cases.case import CaseFile, Entry, TaskLine
from ordholden.footprints.explain import Datum, Explanation
from ordholden.law.refusals import RefusalGround
from ordholden.problems import Problem
from ordholden.promises.promise import Evidence
from ordholden.staff import members
from ordholden.web.visit import Visit
from ordholden.web.words import spoken

__all__: list[str] = []

register = template.Library()
_LINK = re.compile(r"https?://[^\s]+")


@register.simple_tag
def days_to(limit: date, today: date) -> str:
    """How far it is to a limit, or past it."""
    left = (limit - today).days
    if left == 0:
        return spoken()("console:due-today")
    return spoken().count("console:days-left" if left > 0 else "console:days-late", abs(left))


@register.simple_tag
def is_late(limit: date, today: date) -> str:
    """The class of a limit: past, soon or neither. The words beside it say the same."""
    left = (limit - today).days
    return "bad" if left < 0 else "soon" if left <= 7 else "quiet"


@register.simple_tag(takes_context=True)
def member_name(context: template.Context, visit: Visit, actor: str) -> str:
    """A colleague by name. All of them are asked for once in a page."""
    if not actor:
        return spoken()("console:nobody")
    if actor in ("the person", "ordholden"):
        return spoken()(f"console:actor-{actor.rsplit(maxsplit=1)[-1]}")
    known = context.render_context.get("members")
    if known is None:
        known = {m.actor: m.name or m.email for m in members(visit.organisation.store)}
        context.render_context["members"] = known
    return str(known.get(actor, actor))


@register.simple_tag
def activity_name(visit: Visit, name: str) -> str:
    """An activity by its purpose, a consent or a category by its text."""
    policy, language = visit.organisation.policy, spoken().language
    if name in policy.activities:
        return policy.activities[name].purpose[language]
    if name in policy.consents:
        return policy.consents[name][language]
    return category_name(visit, name)


@register.simple_tag
def category_name(visit: Visit, name: str) -> str:
    category = visit.organisation.policy.categories.get(name)
    return category.text[spoken().language] if category else name


@register.simple_tag
def recipient_name(visit: Visit, name: str) -> str:
    """A recipient by its text in the policy; a system by its own name; the post, where somebody carries a letter to it."""
    if name == "letter":
        return spoken()("console:the-post")
    known = visit.organisation.policy.recipients.get(name)
    return known.text[spoken().language] if known else name


@register.filter
def without_links(text: str) -> str:
    """A link to a case is the person's own: whoever opens it is taken for them, so staff do not see it."""
    return _LINK.sub("https://…", text)


@register.simple_tag
def ground_text(ground: RefusalGround) -> str:
    return ground.text(spoken().language)


@register.simple_tag
def purposes(explanation: Explanation, datum: Datum) -> str:
    """The purposes whose grounds live for a datum."""
    names = dict.fromkeys(
        explanation.purposes[why.activity].purpose[spoken().language] for why in datum.alive
    )
    return "; ".join(names)


@register.simple_tag
def entry_said(entry: Entry) -> str:
    """A line of the timeline in words; one that has none yet is shown as it is written."""
    words = spoken()
    key = f"entry:{entry.what.removeprefix('request:').replace(':', '-')}"
    if not words.known(key):
        return entry.what
    try:
        return words(key, **entry.facts)
    except KeyError:
        return entry.what


@register.simple_tag
def stands(line: TaskLine) -> str:
    """The state of a task, or of the case that a line is about."""
    return spoken().word("task_state" if line.task else "case_state", line.state)


@register.simple_tag
def of_console(group: str, value: str) -> str:
    """A value as the console says it; one that it has no word for, as it is."""
    key, words = f"{group}:{value}", spoken()
    return words(key) if words.known(key) else str(value)


@register.simple_tag
def code_said(code: str) -> str:
    """What a code says; one that is none is said as it is."""
    return lang.say(code, {}, spoken().language).says if code else ""


@register.simple_tag
def problem_said(problem: Problem) -> str:
    return spoken().problem(problem).says


@register.simple_tag
def reason_said(visit: Visit, reason: str) -> str:
    """Why a task waits: a code with its facts, or a system with what its driver said."""
    head, colon, rest = reason.partition(": ")
    if head in lang.codes():
        pairs = (part.partition(" ") for part in rest.split(", "))
        return lang.say(head, {name: value for name, _, value in pairs}, spoken().language).says
    system = visit.organisation.inventory.systems.get(head)
    if system is not None and colon:
        return spoken()("console:machine-down", system=system.about[spoken().language], said=rest)
    return reason


@register.simple_tag
def evidence(one: Evidence) -> str:
    return lang.say(one.code, one.facts, spoken().language).says


@register.simple_tag
def checklist(file: CaseFile) -> SafeString:
    """How much is done, as a bar; the sentence above says it in words."""
    share = round(file.done / file.wanted * 100) if file.wanted else 0
    return format_html(
        '<svg class="progress" viewBox="0 0 100 6" role="img" aria-label="{}/{}" preserveAspectRatio="none">'
        '<rect class="track" width="100" height="6"></rect><rect class="fill" width="{}" height="6"></rect></svg>',
        file.done,
        file.wanted,
        share,
    )

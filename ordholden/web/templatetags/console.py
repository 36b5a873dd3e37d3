"""What only the console says: days to a limit, colleagues by name, a timeline's line, how much of a case is done."""

from __future__ import annotations

import re
from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ordholden import lang
from ordholden.audit import Entry as AuditEntry
from ordholden.audit.words import SEALED_REASON, unsealed_words
from ordholden.cases.case import CaseFile, Entry, Task, TaskLine
from ordholden.footprints.explain import Datum, Explanation
from ordholden.law.refusals import RefusalGround
from ordholden.plans.plan import Limit, Step
from ordholden.problems import Problem
from ordholden.promises.promise import Evidence
from ordholden.staff import members
from ordholden.web.visit import Visit
from ordholden.web.words import spoken

__all__: list[str] = []

register = template.Library()
_DIGEST = re.compile(r"[0-9a-f]{32,64}")
_CASE = re.compile(r"20[0-9]{2}-[0-9]{6}")
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
def field_words(visit: Visit, name: str) -> str:
    """A category by its text; a column by what it holds and where; what somebody has to see to, in words."""
    words = spoken()
    if words.known(f"task_field:{name}"):
        return words(f"task_field:{name}")
    system, _, rest = name.partition(".")
    table, _, column = rest.rpartition(".")
    inventory = visit.organisation.inventory
    if system in inventory.systems and table in inventory.systems[system].tables:
        field = inventory.systems[system].tables[table].field(column)
        what = category_name(visit, field.category) if field else column
        return f"{what}, {place_words(visit, system, table)} ({name})"
    return category_name(visit, name)


@register.simple_tag
def recipient_name(visit: Visit, name: str) -> str:
    """A recipient by its text in the policy, a system by its own; the post, where somebody carries a letter to it."""
    if name == "letter":
        return spoken()("console:the-post")
    recipient = visit.organisation.policy.recipients.get(name)
    known = recipient.text if recipient else visit.organisation.inventory.words(name)
    return known[spoken().language] if known else name


@register.simple_tag
def place_words(visit: Visit, system: str, table: str = "") -> str:
    """A table or a system as people call it."""
    known = visit.organisation.inventory.words(system, table)
    return known[spoken().language] if known else f"{system}.{table}".rstrip(".")


@register.simple_tag
def place(visit: Visit, system: str, table: str = "") -> SafeString:
    """The same, with the engineers' name quietly behind it."""
    known = f"{system}.{table}".rstrip(".")
    words = place_words(visit, system, table)
    if words in (known, system):
        return format_html("{}", known)
    return format_html('{} <span class="quiet engineer">{}</span>', words, known)


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


def action_key(action: str) -> str:
    """Where the sentence of a recorded action stands: what happens to a case as in its timeline."""
    group, _, rest = action.partition(":")
    return (
        f"entry:{rest.replace(':', '-')}"
        if group == "request"
        else f"audit_action:{action.replace(':', '-')}"
    )


@register.simple_tag
def action_said(action: str) -> str:
    """What happened, in words; what another release has recorded is shown as it was written."""
    return spoken().either(action_key(action), action)


@register.simple_tag
def entry_said(entry: Entry) -> str:
    """A line of the timeline in words."""
    return action_said(entry.what)


@register.simple_tag
def passed_on(file: CaseFile) -> str:
    """Whose installation passed the case on, and its number there; nothing of one that came otherwise."""
    found = [e for e in file.entries if e.what == "request:partner:asked"]
    words = spoken()
    told = {(e.actor, e.facts.get("case there", "")): None for e in found}
    return " ".join(words("console:passed-on", partner=partner, theirs=theirs) for partner, theirs in told)


@register.simple_tag
def steps_said(task: Task) -> str:
    """How far a partner is: sent, received, reminded, answered."""
    words = spoken()
    known = [step for step in ("sent", "received", "answered") if step in task.steps]
    said = [words(f"console_step:{s}", day=words.day(date.fromisoformat(task.steps[s]))) for s in known]
    if "case" in task.steps:
        said.append(words("console_step:case", number=task.steps["case"]))
    if "reminded" in task.steps:
        said.append(words.count("console_step:reminded", int(task.steps["reminded"])))
    return " · ".join(said)


@register.simple_tag
def look_reason(visit: Visit, entry: AuditEntry) -> str:
    """Why somebody looked at a person's data in clear, in their words."""
    said = entry.facts.get(SEALED_REASON, "")
    return unsealed_words(visit.organisation.store, str(said)) if said else ""


@register.filter
def shortly(subject: str) -> str:
    """Of a digest its beginning, which the plan's name ends with."""
    return subject[:8] if _DIGEST.fullmatch(subject) else subject


@register.filter
def is_case(subject: str) -> bool:
    return _CASE.fullmatch(subject) is not None


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
def limit_said(visit: Visit, limit: Limit) -> SafeString:
    """A limit that a plan exceeds."""
    words = spoken()
    match limit.kind:
        case "share":
            operation, _, table = limit.what.partition(" ")
            name = place_words(visit, *table.split(".", 1))
            facts = {"operation": words.word("operation", operation), "place": name}
            said = words("console_limit:share", **facts, found=limit.found, allowed=limit.allowed)
            return format_html('{} <span class="quiet engineer">{}</span>', said, table)
        case "first run":
            activity, _, rule = limit.what.partition(": ")
            said = words("console_limit:first-run", activity=activity_name(visit, activity))
            return format_html('{} <span class="quiet engineer">{}</span>', said, rule)
    rows = {name: words.number(int(n)) for name, n in (("found", limit.found), ("allowed", limit.allowed))}
    return format_html("{}", words("console_limit:rows", **rows))


@register.simple_tag
def step_purposes(visit: Visit, step: Step) -> str:
    """What the records of a step were for."""
    return "; ".join(dict.fromkeys(activity_name(visit, reason.activity) for reason in step.reasons))


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

"""The answer, and the end of a case: what was done, what stays and why, when it leaves the backups, whom one can complain to.

Nothing is answered while something is still to be done, and nothing about a person goes to somebody who has not been
identified.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ordholden.cases import clock, dispatch, letters, tasks
from ordholden.cases.case import FROM_PARTNER, Case, Decision, IdentityState, Line, Outcome, Upload
from ordholden.cases.change import Opened, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.right import right_of
from ordholden.cases.rows import content_of, decision_of, tasks_of, unsealed_text
from ordholden.lang import word
from ordholden.law.refusals import refusal_grounds
from ordholden.policy.document import Activity, Text
from ordholden.policy.spoken import spoken
from ordholden.problems import Refusal, nearest

if TYPE_CHECKING:
    from ordholden.post import Letter

__all__ = ["assign", "died", "facts_of", "preview", "send_answer", "withdraw"]

BY_PARTNER = "by partner"


def preview(corridor: Corridor, number: str, kind: str = "") -> Letter:
    """The letter as it would be sent now; nothing is kept of it."""
    from ordholden.cases.rows import cases_of

    row = cases_of(corridor.store).filter(number=number).first()
    if row is None:
        raise Refusal.of("case-unknown", case=number)
    case = Opened(corridor, row, content_of(corridor.store, row))
    from ordholden.post.kinds import KINDS

    chosen = kind or _kind(case)
    if chosen not in KINDS:
        raise Refusal.of("letter-unknown", name=chosen, nearest=nearest(chosen, KINDS))
    return letters.letter(case, chosen, facts_of(case, chosen))


def send_answer(corridor: Corridor, number: str, *, actor: str) -> Case:
    with opened(corridor, number) as case:
        _may_answer(case)
        kind = _kind(case)
        text = _say(case, kind, facts_of(case, kind), actor=actor)
        case.move("answer")
        _close(case)
        _give(case)
        dispatch.answer(case, text)
        case.record("request:answer:sent", actor=actor, outcome=case.row.outcome, days=case.row.answer_days)
        return case.case


def _say(case: Opened, kind: str, facts: Mapping[str, Any], *, actor: str) -> str:
    """To the one who asks; where that is a partner's installation it goes there, files and all, and no letter beside it."""
    if dispatch.for_partner(case):
        return letters.kept(case, kind, facts, actor=actor, delivery=BY_PARTNER).text
    return letters.send(case, kind, {**facts, **_fetch(case, _files(case))}, actor=actor).text


def _may_answer(case: Opened) -> None:
    known = case.row.identity == IdentityState.CONFIRMED.value
    right = right_of(case.row.right)
    outcome = Outcome(case.row.outcome) if case.row.outcome else None
    told_nothing = outcome in (Outcome.NOT_IDENTIFIED, Outcome.REFUSED, Outcome.HANDED_OVER)
    if right.needs_person and not known and not told_nothing:
        raise Refusal.of("identity-open", case=case.row.number)


def _kind(case: Opened) -> str:
    outcome = Outcome(case.row.outcome) if case.row.outcome else Outcome.GRANTED
    if outcome is Outcome.HANDED_OVER:
        # The person was told at once; what is left to say is what the controller answered.
        return "message"
    return right_of(case.row.right).letter_for(outcome)


def _files(case: Opened) -> tuple[int, ...]:
    return case.content.files


def _give(case: Opened) -> None:
    """What a partner gave for the person is theirs now."""
    from ordholden.cases.models import DocumentRow

    ours = DocumentRow.objects.using(case.store.alias).filter(case=case.row, purpose=FROM_PARTNER)
    ours.filter(pk__in=_files(case)).update(purpose="answer")


def _fetch(case: Opened, files: tuple[int, ...]) -> dict[str, Any]:
    """Files are fetched behind a link, not sent about in mails."""
    return letters.link_facts(case, days=14) if files else {}


def facts_of(case: Opened, kind: str) -> dict[str, Any]:
    """What the answer says: from the decision's lines, but for what the right itself told of what it did."""
    decision = decision_of(case.store, case.row)
    policy, language = case.corridor.policy, case.row.language
    facts: dict[str, Any] = {"reason": case.content.reason or (decision.reason if decision else "")}
    if decision is not None:
        facts |= _lines(decision, case.corridor, language)
        told = (policy.recipients.get(name) or name for name in _told(case, decision))
        facts["recipients"] = [one if isinstance(one, str) else one.text[language] for one in told]
        facts |= decision.facts
    facts |= case.content.done
    if case.row.ground:
        facts["ground"] = refusal_grounds()[case.row.ground].text(language)
    facts |= _empty(case, kind, facts)
    return {name: _dated(value) for name, value in facts.items()}


def _lines(decision: Decision, corridor: Corridor, language: str) -> dict[str, Any]:
    """In words: what was granted, and what stays with its reason and last day."""
    policy, inventory = corridor.policy, corridor.inventory
    words = {**policy.people, **corridor.words}

    def what(line: Line) -> str:
        category, activity = policy.categories.get(line.category), policy.activities.get(line.category)
        known = category.text if category else activity.purpose if activity else None
        text = known or policy.consents.get(line.category)
        name = text[language] if text else line.category
        place = inventory.words(line.system, line.table)
        where = place[language] if place else line.system
        return f"{name} ({where})" if where else name

    def why(line: Line) -> str:
        activity = policy.activities.get(line.activity)
        return line.why or (_ground(activity, words, language) if activity else line.ground)

    def until(line: Line) -> date | str | None:
        """A last day that is not known yet is told by what decides it."""
        activity = policy.activities.get(line.activity)
        if line.until is not None or line.why or activity is None:
            return line.until
        rule = spoken(activity.keep, language, lambda name: _named(name, words, language))
        return word("right-why.until-open", language).format(rule=rule)

    granted = list(dict.fromkeys(what(line) for line in decision.lines if line.granted))
    kept = [line for line in decision.lines if not line.granted]
    stays = list(dict.fromkeys((what(line), why(line), until(line)) for line in kept))
    left_out = list(dict.fromkeys((what(line), why(line)) for line in kept))
    return {"done": granted, "stays": stays, "left_out": left_out, "limited": granted, "stopped": granted}


def _ground(activity: Activity, words: Mapping[str, Text], language: str) -> str:
    """What for, and the law that it rests on: why something stays (GDPR art. 12(4))."""
    law = (activity.basis.reference, activity.basis.kind.article)
    return f"{activity.purpose[language]} ({', '.join(_named(one, words, language) for one in law if one)})"


def _named(name: str, words: Mapping[str, Text], language: str) -> str:
    return words[name][language] if name in words else name


def _told(case: Opened, decision: Decision) -> Mapping[str, str]:
    """Those who were told; whoever could not be reached is named with the reason."""
    told = tasks_of(case.store).filter(case=case.row, key__startswith="tell:")
    found = {}
    for row in told:
        receipt = unsealed_text(case.store, row.receipts)
        found[row.system] = receipt or row.state
    return found or dict.fromkeys(decision.recipients, "")


def _empty(case: Opened, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the kind of letter has to be told and nobody told yet: lists may be empty, and then the letter says so."""
    from ordholden.post.kinds import FACTS, KINDS, Form

    known = {*facts, *letters.common(case)}
    found: dict[str, Any] = {}
    for name in KINDS[kind].needs:
        if name in known and (facts.get(name) or name not in facts):
            continue
        form = FACTS[name]
        if form in (Form.LIST, Form.TABLE):
            found[name] = facts.get(name) or []
        elif name == "ground":
            found[name] = letters.text("answer-grounds", case.row.language)
        elif name in ("reason", "decision", "text"):
            found[name] = _reason(case, facts)
    if "searched" in KINDS[kind].needs:
        who = case.content.who
        found["searched"] = [x for x in (who.name, who.email, who.phone, *who.identifiers.values()) if x]
    return found


def _reason(case: Opened, facts: Mapping[str, Any]) -> str:
    if facts.get("reason"):
        return str(facts["reason"])
    why = list(dict.fromkeys(str(row[1]) for row in facts.get("stays", ()) if row[1]))
    return "; ".join(why) or letters.text("answer-as-asked", case.row.language)


def _dated(value: Any) -> Any:
    """Days that came through the seal as text are days again."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == len("2026-01-01") else value
        except ValueError:
            return value
    if isinstance(value, (list, tuple)):
        return [_dated(v) if not isinstance(v, (list, tuple)) else tuple(_dated(x) for x in v) for v in value]
    return value


def _close(case: Opened) -> None:
    clock.resume(case.row, case.on)
    now = case.store.now()
    case.row.closed_at, case.row.closed_on = now, case.on
    case.row.answer_days = (case.on - case.row.received_on).days
    case.row.needs_staff, case.row.waits_for = False, ""
    case.row.open = False
    # What showed who somebody is has served its purpose.
    from ordholden.cases.forget import papers

    papers(case)


def withdraw(corridor: Corridor, number: str, *, actor: str, reason: str = "") -> Case:
    """What has been done stays done; what has not is not done any more. A letter says so."""
    with opened(corridor, number) as case:
        case.move("withdraw")
        dropped = tasks.drop(case)
        for entry in case.content.registered:
            if entry.startswith("O-"):
                corridor.take_back_objection(entry, actor=actor)
        case.row.outcome = Outcome.WITHDRAWN.value
        _close(case)
        text = letters.text("withdrawn-notice", case.row.language, {"case": number})
        if not dispatch.for_partner(case):
            letters.send(case, "message", {"text": text}, actor=actor)
        dispatch.answer(case, text)
        case.record("request:case:withdrawn", actor=actor, note=reason.strip(), dropped=dropped)
        return case.case


def assign(corridor: Corridor, number: str, owner: str, *, actor: str) -> Case:
    with opened(corridor, number) as case:
        case.move("assign")
        case.row.owner = owner.strip()
        case.record("request:case:assigned", actor=actor, owner=owner.strip())
        return case.case


def died(corridor: Corridor, number: str, *, reason: str, actor: str) -> Case:
    """Data of somebody who died is still looked after; nothing is sent to them, and staff decide what becomes of it."""
    if not reason.strip():
        raise Refusal.of("reason-missing", case=number)
    with opened(corridor, number) as case:
        case.move("person died")
        case.know(died=True)
        case.row.needs_staff = True
        days = clock.resume(case.row, case.on)
        case.record("request:person:died", actor=actor, note=reason.strip(), paused_days=days)
        return case.case


def blank(corridor: Corridor, number: str) -> Upload:
    """The letter to print and sign, filled in with what the person told us."""
    with opened(corridor, number) as case:
        return letters.signed_request(case)

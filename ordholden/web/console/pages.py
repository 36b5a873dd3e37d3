"""The console's pages: each reads what its member may see, with one call of the desk, and shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordholden.app.arrivals import arrived, fetch_arrival, have_arrival, kept_until
from ordholden.app.organisation import today
from ordholden.app.tree import has_tree
from ordholden.audit import Broken
from ordholden.cases.case import Channel, Request, State, TaskKind, TaskState, Who
from ordholden.cases.right import rights
from ordholden.grounds.wishes import Card
from ordholden.law.refusals import refusal_grounds
from ordholden.problems import Refusal
from ordholden.promises.promise import State as PromiseStands
from ordholden.staff import Deed
from ordholden.web.console.cards import card_of, words_of
from ordholden.web.console.charts import chart
from ordholden.web.pages import page
from ordholden.web.portal import thread
from ordholden.web.uploads import as_download, received
from ordholden.web.visit import Visit, for_staff
from ordholden.web.words import spoken
from ordholden.worker.standing import standing

__all__ = [
    "approvals",
    "approve_plan",
    "arrivals",
    "audit",
    "call",
    "case",
    "cases",
    "document",
    "fetch_one_arrival",
    "figures",
    "found_people",
    "have_one_arrival",
    "letter",
    "open_call",
    "people",
    "person",
    "promises",
    "reveal",
    "shown",
    "start",
    "task",
    "task_done",
]

DAYS = 30
FIRST = 100
"""Nobody does more in a day; the others are in the list of cases."""


PLACES = {
    "start": Deed.SEE_TASKS,
    "cases": Deed.SEE_CASES,
    "call": Deed.TAKE_CALLS,
    "people": Deed.FIND_PEOPLE,
    "sheet": Deed.TAKE_CALLS,
    "approvals": Deed.APPROVE,
    "mails": Deed.WORK_CASES,
    "arrivals": Deed.WORK_CASES,
    "figures": Deed.SEE_FIGURES,
    "promises": Deed.SEE_PROMISES,
    "audit": Deed.READ_AUDIT,
}
"""The menu; who may not do the deed doesn't see the place."""
_GRAVEST = (PromiseStands.BROKEN, PromiseStands.DUE, PromiseStands.NOT_PROVABLE, PromiseStands.KEPT)


def shown(request: HttpRequest, name: str, **facts: Any) -> HttpResponse:
    visit: Visit = request.visit  # type: ignore[attr-defined]
    return page(
        request,
        f"console/{name}.html",
        here=name,
        console_places=[(f"console-{place}", place) for place in _places(visit)],
        may_see_cases=visit.may(Deed.SEE_CASES),
        may_approve=visit.may(Deed.APPROVE),
        words_somebody=spoken()("console:somebody"),
        today=today(),
        **facts,
    )


def _places(visit: Visit) -> list[str]:
    """A sheet is only for those who call for others."""
    calls = visit.organisation.policy.calls is not None
    return [place for place, deed in PLACES.items() if visit.may(deed) and (calls or place != "sheet")]


# — what awaits me —


@require_safe
@for_staff(Deed.SEE_TASKS)
def start(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    lines = visit.desk.my_tasks(visit.actor, days=DAYS, size=FIRST)
    return shown(
        request,
        "start",
        first=FIRST if len(lines) == FIRST else 0,
        overdue=[line for line in lines if line.overdue],
        coming=[line for line in lines if not line.overdue],
        until=today() + timedelta(days=DAYS),
        mails=visit.desk.mails_waiting() if visit.may(Deed.WORK_CASES) else 0,
        standing=standing(visit.organisation.store),
        troubled=_troubled(visit) if visit.may(Deed.SEE_FIGURES) else 0,
        may_see_machine=visit.may(Deed.SEE_FIGURES),
        tree=has_tree(visit.organisation) and visit.may(Deed.SEE_TREE),
    )


def _troubled(visit: Visit) -> int:
    """Letters that did not arrive, and tasks that wait for a system or were given up."""
    return len(visit.desk.letters_in_trouble()) + len(visit.desk.stuck_tasks())


@require_safe
@for_staff(Deed.APPROVE)
def approvals(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Decisions and refusals that wait for a second person, and plans over the policy's limits."""
    waiting = visit.desk.cases(states=(State.APPROVING,))
    plans = [kept for kept in visit.organisation.plans() if kept.needs_approval]
    return shown(request, "approvals", waiting=waiting.items, plans=plans)


@require_POST
@for_staff(Deed.APPROVE)
def approve_plan(request: HttpRequest, visit: Visit, plan: str) -> HttpResponseBase:
    """The second person; not the one who made it."""
    try:
        visit.organisation.approve(plan, actor=visit.actor)
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, spoken().problem(problem).says)
    else:
        messages.success(request, spoken()("console_done:approve"))
    return redirect("console-approvals", visit.slug)


@require_safe
@for_staff(Deed.WORK_CASES)
def arrivals(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """What other organisations sent here at a person's wish."""
    found = arrived(visit.organisation)
    return shown(request, "arrivals", arrivals=[(one, kept_until(visit.organisation, one)) for one in found])


@require_POST
@for_staff(Deed.WORK_CASES)
def fetch_one_arrival(_: HttpRequest, visit: Visit, arrival: str) -> HttpResponseBase:
    """A download that breaks off is begun again."""
    found, content = fetch_arrival(visit.organisation, arrival, actor=visit.actor)
    return as_download(f"{found.id}.zip", "application/zip", content)


@require_POST
@for_staff(Deed.WORK_CASES)
def have_one_arrival(request: HttpRequest, visit: Visit, arrival: str) -> HttpResponseBase:
    """They have it; from then on it is not kept here."""
    have_arrival(visit.organisation, arrival, actor=visit.actor)
    messages.success(request, spoken()("console_done:arrival"))
    return redirect("console-arrivals", visit.slug)


@require_safe
@for_staff(Deed.SEE_FIGURES)
def figures(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    found, words = visit.desk.figures(), spoken()
    names = [words.word("right", line.right) for line in found.rights]
    return shown(
        request,
        "figures",
        figures=found,
        open_chart=chart(words("console_figures:open-by-right"), names, [r.open for r in found.rights]),
        days_chart=chart(
            words("console_figures:days-by-right"),
            names,
            [r.median_days for r in found.rights],
            limit=30,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Deed.SEE_PROMISES)
def promises(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """As they were last seen; by POST they are looked at now, which asks every system."""
    if request.method == "POST":
        visit.organisation.look_at_promises()
        return redirect("console-promises", visit.slug)
    found = visit.organisation.last_look() or ()
    counted = [(state, sum(p.state is state for p in found)) for state in PromiseStands]
    return shown(
        request,
        "promises",
        promises=sorted(found, key=lambda p: _GRAVEST.index(p.state)),
        counted=counted,
        looked_at=found[0].looked_at if found else None,
    )


@require_safe
@for_staff(Deed.READ_AUDIT)
def audit(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    entries = tuple(reversed(visit.organisation.audit_entries(last=200)))
    verified = visit.organisation.audit()
    return shown(
        request,
        "audit",
        entries=entries,
        verified=verified,
        broken=isinstance(verified, Broken),
    )


# — people —


@require_safe
@for_staff(Deed.FIND_PEOPLE)
def people(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    words = request.GET.get("q", "").strip()
    return shown(request, "people", words=words, found=found_people(visit, words))


@require_POST
@for_staff(Deed.SEE_PERSON)
def person(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """What is known about somebody, masked. By POST, so that nobody's key stands in an address."""
    card = card_of(request.POST.get("card", ""))
    return _person(request, visit, (card,), reveal=False)


@require_POST
@for_staff(Deed.REVEAL)
def reveal(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The same in clear, for a reason that is written down."""
    card, reason = card_of(request.POST.get("card", "")), request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, spoken()("console:reason-needed"))
        return _person(request, visit, (card,), reveal=False)
    return _person(request, visit, (card,), reveal=True, reason=reason)


def _person(
    request: HttpRequest,
    visit: Visit,
    cards: tuple[Card, ...],
    *,
    reveal: bool,
    reason: str = "",
) -> HttpResponse:
    found = visit.desk.explain(cards, reveal=reveal, reason=reason, actor=visit.actor)
    return shown(
        request,
        "person",
        explanation=found,
        tables=_tables(found),
        card=words_of(cards[0]),
        revealed=reveal,
        may_reveal=visit.may(Deed.REVEAL),
    )


def found_people(visit: Visit, words: str) -> list[Mapping[str, str]]:
    if not words:
        return []
    return [
        {"card": words_of(f.card), "shown": f.shown, "system": f.card.table.system}
        for f in visit.desk.find_people(words)
    ]


def _tables(explanation: object) -> list[tuple[object, object]]:
    """Tables with their data; a template cannot ask a mapping for its pairs when a key is called `items`."""
    return list(explanation.tables.items()) if explanation else []  # type: ignore[attr-defined]


# — the telephone —


@require_safe
@for_staff(Deed.TAKE_CALLS)
def call(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """One screen: who calls, on what matter, and what they want."""
    words = request.GET.get("q", "").strip()
    return shown(
        request,
        "call",
        words=words,
        found=found_people(visit, words) if visit.may(Deed.FIND_PEOPLE) else [],
        rights=list(rights()),
        activities=visit.organisation.policy.activities.values(),
        said=request.GET,
    )


@require_POST
@for_staff(Deed.TAKE_CALLS)
def open_call(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Opens the case while the person is on the line; who they are is confirmed at once where there is no doubt."""
    said = request.POST
    asked = Request(
        right=said.get("right", ""),
        channel=Channel.TELEPHONE,
        who=Who(name=said.get("name", ""), email=said.get("email", ""), phone=said.get("phone", "")),
        words=said.get("purpose", ""),
        about=tuple(said.getlist("about")),
        language=said.get("language") or spoken().language,
        campaign=said.get("campaign", ""),
    )
    try:
        case = visit.desk.open_case(asked, actor=visit.actor)
        if said.get("card") and visit.may(Deed.WORK_CASES):
            visit.desk.confirm_identity(
                case.number, cards=(card_of(said["card"]),), how=said.get("how", ""), actor=visit.actor
            )
    except Refusal as refusal:
        for problem in refusal.problems:
            message = spoken().problem(problem)
            messages.error(request, f"{message.says} {message.do}".strip())
        return redirect("console-call", visit.slug)
    messages.success(request, spoken()("console_done:call", number=case.number, day=case.due.legal))
    if visit.may(Deed.SEE_CASES):
        return redirect("console-case", visit.slug, case.number)
    return redirect("console-call", visit.slug)


# — cases —


@require_safe
@for_staff(Deed.SEE_CASES)
def cases(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    asked = request.GET
    states = tuple(State(s) for s in asked.getlist("state") if s in set(State))
    found = visit.desk.cases(
        states=states or tuple(s for s in State if s is not State.CLOSED),
        right=asked.get("right", ""),
        owner=visit.actor if asked.get("mine") else "",
        words=asked.get("q", "").strip(),
        after=asked.get("after", ""),
    )
    query = asked.copy()
    query["after"] = found.after
    return shown(
        request,
        "cases",
        page=found,
        asked=asked,
        chosen=set(states),
        states=list(State),
        rights=list(rights()),
        more=query.urlencode() if found.after else "",
    )


@require_safe
@for_staff(Deed.SEE_CASES)
def case(request: HttpRequest, visit: Visit, number: str) -> HttpResponseBase:
    file = visit.desk.case(number)
    found = file.case
    words = request.GET.get("q", "").strip()
    proposal = explanation = None
    if found.state is State.WORKING and visit.may(Deed.DECIDE):
        proposal = visit.desk.propose(number)
    if found.cards and visit.may(Deed.SEE_PERSON) and request.GET.get("data"):
        explanation = visit.desk.footprint(number, actor=visit.actor)
    return shown(
        request,
        "case",
        file=file,
        case=found,
        right=rights().get(found.right),
        proposal=proposal,
        choices=list(proposal.choices.items()) if proposal else [],
        explanation=explanation,
        tables=_tables(explanation),
        words=words,
        found=found_people(visit, words) or _by_who(visit, file),
        grounds=[g for g in refusal_grounds().values() if found.right in g.rights],
        waiting=[t for t in file.tasks if t.state is TaskState.BY_HAND],
        asked=[t.system for t in file.tasks if t.kind is TaskKind.AWAIT_ANSWER],
        thread=thread.shown(file.messages, {}),
        recipients=visit.organisation.policy.recipients.values(),
    )


def _by_who(visit: Visit, file: object) -> list[Mapping[str, str]]:
    """Those whom the request itself could mean, while nobody has said who it is."""
    found = file.case  # type: ignore[attr-defined]
    if found.cards or not found.open or not visit.may(Deed.WORK_CASES):
        return []
    seen: dict[str, Mapping[str, str]] = {}
    for words in found.who.lines or ((found.who.name,) if found.who.name else ()):
        seen.update((one["card"], one) for one in found_people(visit, words))
    return list(seen.values())


@require_safe
@for_staff(Deed.SEE_CASES)
def letter(request: HttpRequest, visit: Visit, number: str) -> HttpResponseBase:
    """The letter as it would be sent; `?form=pdf` as paper."""
    written = visit.desk.preview_letter(number, request.GET.get("kind", ""))
    if request.GET.get("form") == "pdf":
        from ordholden.post.paper import pdf

        return as_download(f"{number}.pdf", "application/pdf", pdf(written))
    return shown(request, "letter", letter=written, number=number)


@require_safe
@for_staff(Deed.SEE_CASES)
def document(request: HttpRequest, visit: Visit, number: str, document: int) -> HttpResponseBase:  # noqa: ARG001
    found, content = visit.desk.document(number, document, actor=visit.actor)
    return as_download(found.name, found.type, content)


# — tasks done by hand —


@require_safe
@for_staff(Deed.DO_TASKS)
def task(request: HttpRequest, visit: Visit, task: int) -> HttpResponseBase:
    return shown(request, "task", task=visit.desk.task(task))


@require_POST
@for_staff(Deed.DO_TASKS)
def task_done(request: HttpRequest, visit: Visit, task: int) -> HttpResponseBase:
    asked = visit.desk.task(task)
    receipts = {name: request.POST.get(f"receipt-{n}", "").strip() for n, name in enumerate(asked.fields)}
    try:
        visit.desk.done_by_hand(task, receipts=receipts, actor=visit.actor)
        if files := received(request.FILES.getlist("files"), purpose="receipt"):
            visit.desk.attach(asked.case, files, actor=visit.actor)
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, spoken().problem(problem).says)
        return redirect("console-task", visit.slug, task)
    messages.success(request, spoken()("console_done:task"))
    return redirect("console-start", visit.slug)

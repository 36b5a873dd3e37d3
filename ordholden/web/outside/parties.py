"""Who is below: a reseller's customers, a customer's employees; registered, put right and ended, as far as the tree lets them."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordholden.app import tree
from ordholden.problems import Refusal
from ordholden.staff import Deed, Member
from ordholden.staff.tree import Act, Level, Party, may_act, wanted
from ordholden.web.accounts import invite
from ordholden.web.limits import count_attempt
from ordholden.web.pages import page
from ordholden.web.visit import Visit, for_staff
from ordholden.web.words import spoken

__all__ = ["change", "end", "home", "new", "one", "who"]

OPTIONAL = {Level.CUSTOMER: ("phone",), Level.EMPLOYEE: ("email",)}
"""What may be told, too: an employee with an address gets an account."""

_LONGEST = 200


@require_safe
@for_staff(Deed.SEE_TREE)
def home(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Oneself: who is below, what was asked for, and for an employee what is theirs."""
    me = tree.standing(visit.organisation, who(visit))
    found = tree.asked(visit.organisation, who(visit), after=request.GET.get("after", ""))
    return page(
        request,
        "tree/home.html",
        me=me,
        level=me.level.value,
        below=tree.below(visit.organisation, me) if tree.level_below(me) else (),
        next=tree.level_below(me),
        cases=found.items,
        after=found.after,
        own=tree.own_files(visit.organisation, who(visit)),
        themselves=may_act(me, Act.ACT_FOR, me),
    )


@require_safe
@for_staff(Deed.SEE_TREE)
def one(request: HttpRequest, visit: Visit, party: int) -> HttpResponseBase:
    me = tree.standing(visit.organisation, who(visit))
    found = tree.seen(visit.organisation, who(visit), party)
    under = tree.level_below(found)
    shows = under is not None and may_act(me, Act.SEE, Party(0, under, (*found.way, 0), {}))
    return page(
        request,
        "tree/party.html",
        me=me,
        party=found,
        level=found.level.value,
        back=_back(visit, me, found),
        details=[(k, found.details.get(k, "")) for k in _fields(found.level)],
        below=tree.below(visit.organisation, found) if shows else (),
        shows=shows,
        next=under if under and may_act(me, Act.REGISTER, Party(0, under, (*found.way, 0), {})) else None,
        may_ask=may_act(me, Act.ACT_FOR, found),
        may_change=may_act(me, Act.REGISTER, found) or me.id == found.id,
        may_end=may_act(me, Act.END, found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Deed.SEE_TREE)
def new(request: HttpRequest, visit: Visit, party: int = 0) -> HttpResponseBase:
    """One more, right below oneself or below somebody whom one sees."""
    me = tree.standing(visit.organisation, who(visit))
    above = tree.seen(visit.organisation, who(visit), party) if party else me
    level = tree.level_below(above)
    if level is None or not may_act(me, Act.REGISTER, Party(0, level, (*above.way, 0), {})):
        asked = (level or above.level).value
        raise Refusal.of("tree-may-not", actor=me.level.value, act=Act.REGISTER.value, level=asked)
    if request.method != "POST":
        return _form(request, level, {}, above=above, number=party)
    count_attempt(request, "message", who(visit).id)
    told = _told(request, level)
    try:
        found, admitted = tree.register(visit.organisation, who(visit), told, above=above)
    except Refusal as refusal:
        return _form(request, level, told, above=above, number=party, refusal=refusal)
    if admitted is not None:
        invite(request, admitted.email)
    messages.success(request, spoken()("tree:registered", name=found.name))
    return redirect("tree party", visit.slug, found.id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Deed.SEE_TREE)
def change(request: HttpRequest, visit: Visit, party: int) -> HttpResponseBase:
    """What stands in the tree is put right here; what stands in the company's systems is asked for as a correction."""
    me = tree.standing(visit.organisation, who(visit))
    found = tree.seen(visit.organisation, who(visit), party)
    if found.id != me.id and not may_act(me, Act.REGISTER, found):
        raise Refusal.of(
            "tree-may-not", actor=me.level.value, act=Act.REGISTER.value, level=found.level.value
        )
    if request.method != "POST":
        return _form(request, found.level, found.details, party=found)
    told = _told(request, found.level)
    try:
        tree.amend(visit.organisation, who(visit), found, told)
    except Refusal as refusal:
        return _form(request, found.level, told, party=found, refusal=refusal)
    messages.success(request, spoken()("tree:changed"))
    return redirect("tree party", visit.slug, found.id)


@require_POST
@for_staff(Deed.SEE_TREE)
def end(request: HttpRequest, visit: Visit, party: int) -> HttpResponseBase:
    found = tree.seen(visit.organisation, who(visit), party)
    tree.end(visit.organisation, who(visit), found)
    messages.success(request, spoken()("tree:ended", name=found.name))
    return redirect("tree", visit.slug)


def who(visit: Visit) -> Member:
    """The wrapper let nobody else in."""
    assert visit.member is not None
    return visit.member


def _back(visit: Visit, me: Party, party: Party) -> str:
    """One step up, as far as one stands oneself."""
    above = party.way[-2] if len(party.way) > 1 else me.id
    far = len(party.way) > len(me.way) + 1
    return reverse("tree party", args=[visit.slug, above]) if far else reverse("tree", args=[visit.slug])


def _fields(level: Level) -> tuple[str, ...]:
    return (*wanted(level), *OPTIONAL.get(level, ()))


def _told(request: HttpRequest, level: Level) -> dict[str, str]:
    found = {name: request.POST.get(_id(name), "").strip()[:_LONGEST] for name in _fields(level)}
    return {name: value for name, value in found.items() if value or name in wanted(level)}


def _form(
    request: HttpRequest,
    level: Level,
    told: Mapping[str, str],
    *,
    above: Party | None = None,
    number: int = 0,
    party: Party | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    wrong = _wrong(refusal, level) if refusal is not None else {}
    fields = [
        {
            "id": _id(name),
            "name": name,
            "value": told.get(name, ""),
            "optional": name not in wanted(level),
            "wrong": wrong.get(_id(name), ""),
            "type": {"email": "email", "phone": "tel"}.get(name, "text"),
        }
        for name in _fields(level)
    ]
    slug = request.visit.slug  # type: ignore[attr-defined]
    # Back to where one came from: the party itself, the one above, or one's own page.
    back_to = party.id if party is not None else number
    back = reverse("tree party", args=[slug, back_to]) if back_to else reverse("tree", args=[slug])
    return page(
        request,
        "tree/form.html",
        status=422 if wrong else 200,
        level=level.value,
        fields=fields,
        above=above,
        party=party,
        wrong=wrong,
        back=back,
    )


def _wrong(refusal: Refusal, level: Level) -> dict[str, str]:
    """Each problem at its field; what is about none of them at the first."""
    found: dict[str, str] = {}
    for problem in refusal.problems:
        about = str(problem.facts.get("wanted") or problem.facts.get("kind") or wanted(level)[0])
        said = spoken().problem(problem)
        found[_id(about)] = f"{said.says} {said.do}".strip()
    return found


def _id(name: str) -> str:
    return name.replace(" ", "-")

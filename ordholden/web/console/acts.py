"""What a member can do with a case from its page: each a form, a deed of the roles' table and one verb of the desk.

The address of an act is the case's, with the act's name behind it. After it comes the case's page again: with what was
done, or with why it was not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from ordholden.cases.case import Line
from ordholden.grounds.wishes import Card
from ordholden.problems import Refusal
from ordholden.staff import Deed
from ordholden.web.console.cards import card_of
from ordholden.web.uploads import received
from ordholden.web.visit import Visit, for_staff
from ordholden.web.words import spoken

__all__ = ["ACTS", "Act", "addresses"]


@dataclass(frozen=True)
class Form:
    """What was sent with the form; a missing field is empty."""

    request: HttpRequest

    def __call__(self, name: str) -> str:
        return self.request.POST.get(name, "").strip()

    def many(self, name: str) -> tuple[str, ...]:
        return tuple(self.request.POST.getlist(name))

    def files(self, purpose: str) -> tuple:  # type: ignore[type-arg]
        return received(self.request.FILES.getlist("files"), purpose=purpose)

    def cards(self) -> tuple[Card, ...]:
        return tuple(card_of(words) for words in self.many("card") if words)


Do = Callable[[Visit, str, Form], object]


@dataclass(frozen=True)
class Act:
    """One thing that can be done: its name in the address, who may, and the verb."""

    name: str
    deed: Deed
    do: Do


def _take(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.assign(number, form("owner") or visit.actor, actor=visit.actor)


def _ask_identity(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.ask_identity(number, doubt=form("doubt"), wanted=form("wanted"), actor=visit.actor)


def _confirm_identity(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.confirm_identity(number, cards=form.cards(), how=form("how"), actor=visit.actor)


def _fail_identity(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.fail_identity(number, reason=form("reason"), actor=visit.actor)


def _bring_mandate(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.receive_representation(number, _one(form, "representation"), actor=visit.actor)


def _check_mandate(visit: Visit, number: str, form: Form) -> object:
    accepted = form("answer") == "accept"
    return visit.desk.check_representation(
        number, accepted=accepted, reason=form("reason"), actor=visit.actor
    )


def _signed(visit: Visit, number: str, form: Form) -> object:
    scan = _one(form, "signed letter")
    return visit.desk.receive_signed_letter(number, scan, signed=bool(form("signed")), actor=visit.actor)


def _decide(visit: Visit, number: str, form: Form) -> object:
    """As the grounds say, but for the activities that a person decided; what is withheld needs its reason."""
    names = form.many("activity")
    decided = {name: form(f"decided-{n}") for n, name in enumerate(names) if form(f"decided-{n}")}
    withheld: tuple[Line, ...] = ()
    if form.many("withheld"):
        lines = visit.desk.propose(number).lines
        withheld = tuple(
            lines[int(n)] for n in form.many("withheld") if n.isdecimal() and int(n) < len(lines)
        )
    return visit.desk.decide(
        number, decided=decided, withheld=withheld, reason=form("reason"), actor=visit.actor
    )


def _refuse(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.refuse(number, ground=form("ground"), reason=form("reason"), actor=visit.actor)


def _charge(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.charge(
        number, ground=form("ground"), amount=form("amount"), reason=form("reason"), actor=visit.actor
    )


def _approve(visit: Visit, number: str, _: Form) -> object:
    return visit.desk.approve(number, actor=visit.actor)


def _return(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.return_case(number, reason=form("reason"), actor=visit.actor)


def _extend(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.extend(number, reason=form("reason"), actor=visit.actor)


def _carry_out(visit: Visit, number: str, _: Form) -> object:
    return visit.desk.carry_out(number, actor=visit.actor)


def _write(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.write(number, form("text"), actor=visit.actor, files=form.files("attachment"))


def _note(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.note(number, form("text"), actor=visit.actor)


def _answer(visit: Visit, number: str, _: Form) -> object:
    return visit.desk.send_answer(number, actor=visit.actor)


def _withdraw(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.withdraw(number, reason=form("reason"), actor=visit.actor)


def _died(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.person_died(number, reason=form("reason"), actor=visit.actor)


def _hand_over(visit: Visit, number: str, _: Form) -> object:
    return visit.desk.hand_over(number, actor=visit.actor)


def _fan_out(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.fan_out(number, form.many("recipient"), actor=visit.actor)


def _answered(visit: Visit, number: str, form: Form) -> object:
    return visit.desk.answered(number, form("text"), by=form("by"), files=form.files("answer"))


def _retry(visit: Visit, number: str, form: Form) -> object:  # noqa: ARG001 – the task knows its case
    return visit.desk.retry(int(form("task") or 0), actor=visit.actor)


def _one(form: Form, purpose: str):  # type: ignore[no-untyped-def]
    files = form.files(purpose)
    if not files:
        raise Refusal.of("upload-missing")
    return files[0]


ACTS = (
    Act("take", Deed.WORK_CASES, _take),
    Act("ask-identity", Deed.WORK_CASES, _ask_identity),
    Act("confirm-identity", Deed.WORK_CASES, _confirm_identity),
    Act("fail-identity", Deed.WORK_CASES, _fail_identity),
    Act("bring-mandate", Deed.WORK_CASES, _bring_mandate),
    Act("check-mandate", Deed.WORK_CASES, _check_mandate),
    Act("signed-letter", Deed.WORK_CASES, _signed),
    Act("decide", Deed.DECIDE, _decide),
    Act("refuse", Deed.DECIDE, _refuse),
    Act("charge", Deed.DECIDE, _charge),
    Act("approve", Deed.APPROVE, _approve),
    Act("return", Deed.APPROVE, _return),
    Act("extend", Deed.WORK_CASES, _extend),
    Act("carry-out", Deed.WORK_CASES, _carry_out),
    Act("write", Deed.WORK_CASES, _write),
    Act("note", Deed.WORK_CASES, _note),
    Act("answer", Deed.WORK_CASES, _answer),
    Act("withdraw", Deed.WORK_CASES, _withdraw),
    Act("died", Deed.WORK_CASES, _died),
    Act("hand-over", Deed.WORK_CASES, _hand_over),
    Act("fan-out", Deed.WORK_CASES, _fan_out),
    Act("answered", Deed.WORK_CASES, _answered),
    Act("retry", Deed.WORK_CASES, _retry),
)


def addresses() -> list[URLPattern]:
    return [path(f"cases/<str:number>/{act.name}", _view(act), name=f"console-{act.name}") for act in ACTS]


def _view(act: Act):  # type: ignore[no-untyped-def]
    @require_POST
    @for_staff(act.deed)
    def done(request: HttpRequest, visit: Visit, number: str) -> HttpResponseBase:
        words = spoken()
        try:
            act.do(visit, number, Form(request))
        except Refusal as refusal:
            for problem in refusal.problems:
                said = words.problem(problem)
                messages.error(request, f"{said.says} {said.do}".strip())
        else:
            messages.success(request, words(f"console_done:{act.name}"))
        return redirect("console-case", visit.slug, number)

    return done

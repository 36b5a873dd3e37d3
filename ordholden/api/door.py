"""Who calls and may they: the token of an organisation, the deed of an operation, and the form of a refusal."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from ordholden.app.organisation import today
from ordholden.connectors.errors import SystemFailure
from ordholden.lang import say
from ordholden.problems import Problem, Refusal
from ordholden.staff import Deed
from ordholden.staff.tokens import Token, token
from ordholden.web.limits import TooOften, count_attempt
from ordholden.web.refusals import STATUS
from ordholden.web.visit import organisation_at
from ordholden.web.words import spoken

if TYPE_CHECKING:
    from ordholden.app.desk import Desk
    from ordholden.app.organisation import Organisation

__all__ = ["DEEDS", "REFUSALS", "Caller", "Problems", "api", "caller", "needs"]


@dataclass(frozen=True)
class Caller:
    """A program at one organisation."""

    slug: str
    organisation: Organisation
    token: Token

    @property
    def desk(self) -> Desk:
        return self.organisation.desk

    @property
    def actor(self) -> str:
        return self.token.actor


class ProblemShape(Schema):
    """One thing that is wrong: its code, a sentence, and what to do."""

    code: str
    says: str
    do: str = ""
    law: str = ""


class Problems(Schema):
    """Why something was not done."""

    problems: list[ProblemShape]


REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 503), Problems)
_log = logging.getLogger(__name__)
DEEDS: dict[str, Deed | None] = {}
"""The deed of each operation by its name; None where anybody may call."""


class Bearer(HttpBearer):
    """`Authorization: Bearer oh_…`, at the organisation that stands in the address."""

    def __call__(self, request: HttpRequest) -> Any:
        try:
            return super().__call__(request)
        except Http404:
            return None

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        slug = str(request.resolver_match.kwargs.get("organisation", "")) if request.resolver_match else ""
        visit = organisation_at(slug)
        found = _known(visit.organisation, token)
        if found is None:
            count_attempt(request, "token")
            return None
        return Caller(slug, visit.organisation, found)


def _known(organisation: Organisation, words: str) -> Token | None:
    return token(organisation.store, words, on=today())


api = NinjaAPI(
    title="ordholden",
    version="1",
    description="People's requests, from arrival to answer, for one organisation at a time.",
    auth=Bearer(),
    urls_namespace="api",
)


def needs(deed: Deed | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An operation is for tokens that may do the deed; None is for everybody."""

    def wrapped(operation: Callable[..., Any]) -> Callable[..., Any]:
        DEEDS[operation.__name__] = deed

        @wraps(operation)
        def called(request: HttpRequest, *args: Any, **more: Any) -> Any:
            if deed is not None and not caller(request).token.may(deed):
                raise HttpError(403, deed.value)
            return operation(request, *args, **more)

        # The names in the operation's types are those of its own module.
        called.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
        return called

    return wrapped


def caller(request: HttpRequest) -> Caller:
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found


# — what is not done, in one form —


def _answered(request: HttpRequest, status: int, problems: Sequence[ProblemShape]) -> HttpResponse:
    return api.create_response(request, {"problems": [p.model_dump() for p in problems]}, status=status)


def _shaped(problem: Problem) -> ProblemShape:
    said = say(problem.code, problem.facts, spoken().language)
    return ProblemShape(code=problem.code, says=said.says, do=said.do, law=said.law)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _answered(
        request, STATUS.get(refusal.problems[0].code, 409), [_shaped(p) for p in refusal.problems]
    )


@api.exception_handler(SystemFailure)
def _silent(request: HttpRequest, failure: SystemFailure) -> HttpResponse:
    facts = {"system": failure.system, "reason": failure.reason}
    return _answered(request, 503, [_shaped(Problem("system-unreachable", None, facts))])


@api.exception_handler(TooOften)
def _too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    answer = _answered(request, 429, [ProblemShape(code="too-often", says=spoken()("error:too often"))])
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Says where and what was wrong, and never what was sent."""
    problems = [
        ProblemShape(code="not-understood", says=f"{'.'.join(map(str, e['loc']))}: {e['msg']}")
        for e in error.errors
    ]
    return _answered(request, 422, problems)


@api.exception_handler(HttpError)
def _said(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = {401: "token-wrong", 403: "token-deed"}.get(error.status_code, "not-understood")
    return _answered(request, error.status_code, [ProblemShape(code=code, says=str(error))])


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of this program: told as one, and written down without what was sent."""
    _log.error("%s %s", request.method, request.path, exc_info=error)
    return _answered(request, 500, [ProblemShape(code="broken", says=spoken()("error:broken"))])


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, _: Http404) -> HttpResponse:
    return _answered(request, 404, [ProblemShape(code="not-there", says=spoken()("error:not there"))])

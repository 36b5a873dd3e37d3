"""Who calls and may they: the token of an organisation, the deed of an operation, and the form of a refusal."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
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

__all__ = ["REFUSALS", "Caller", "Needs", "Problems", "api", "caller", "deeds", "needs"]


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


class Needs(HttpBearer):
    """`Authorization: Bearer oh_…`: a token of the organisation that stands in the address, which may do the deed.

    Looked at before anything that was sent is read: to who may not, no operation explains what it would take.
    """

    def __init__(self, deed: Deed) -> None:
        super().__init__()
        self.deed = deed

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        slug = str(request.resolver_match.kwargs.get("organisation", "")) if request.resolver_match else ""
        found = _at(slug, token)
        if found is None:
            count_attempt(request, "token")
            return None
        if not found.token.may(self.deed):
            raise HttpError(403, spoken()("api:deed-missing", deed=self.deed.value))
        _read_whole(request)
        return found


def _read_whole(request: HttpRequest) -> None:
    """Programs send files inside JSON, and so more than the framework takes of fields that anybody may send.

    Whoever has no token has been sent away before, and what announces itself as larger than its files may be, too.
    """
    if request.content_type == "application/json":
        request._body = request.read()


def _at(slug: str, words: str) -> Caller | None:
    """A token opens nothing at an organisation that is not there, like a wrong one; so nobody learns which are."""
    try:
        organisation = organisation_at(slug).organisation
    except Http404:
        return None
    known = token(organisation.store, words, on=today())
    return Caller(slug, organisation, known) if known else None


api = NinjaAPI(
    title="ordholden",
    version="1",
    description="People's requests, from arrival to answer, for one organisation at a time.",
    urls_namespace="api",
    # Its page would fetch programs from a stranger, which our own policy for pages forbids.
    docs_url=None,
)


def needs(deed: Deed) -> Needs:
    """Said of each operation, as its `auth`; one that everybody may call says `auth=None`."""
    return Needs(deed)


def deeds(*routers: Router) -> dict[str, Deed | None]:
    """Of each operation, by its name, the deed that opens it; None where everybody may call."""
    operations = [
        one for router in routers for view in router.path_operations.values() for one in view.operations
    ]
    return {one.view_func.__name__: _deed(one.auth_param) for one in operations}


def _deed(auth: object) -> Deed | None:
    if auth is None:
        return None
    # Neither a deed nor said to be open: that is our own mistake, and no operation is opened by it.
    assert isinstance(auth, Needs)
    return auth.deed


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
    """What was refused at the door itself."""
    code = {401: "token-wrong", 403: "deed-missing"}.get(error.status_code, "not-understood")
    says = spoken()("api:token-wrong") if error.status_code == 401 else str(error)
    answer = _answered(request, error.status_code, [ProblemShape(code=code, says=says)])
    if error.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of this program: told as one, and written down without what was sent."""
    _log.error("%s %s", request.method, request.path, exc_info=error)
    return _answered(request, 500, [ProblemShape(code="broken", says=spoken()("error:broken"))])


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, _: Http404) -> HttpResponse:
    return _answered(request, 404, [ProblemShape(code="not-there", says=spoken()("error:not there"))])

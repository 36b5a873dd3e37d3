"""Who looks at which organisation, and may they: every view of an organisation is wrapped by one of two words.

`@for_people` finds the organisation. `@for_staff(Deed.DECIDE)` also wants a signed-in member of it, with a second factor,
bound to confidentiality, whose role may do the deed. A view so wrapped is called as `view(request, visit, …)`, and the
address it stands at has `<slug:organisation>` in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec
from weakref import finalize

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from ordholden.app.house import House, folders_of
from ordholden.staff import Deed, Member, member
from ordholden.web.look import Look, look_of

if TYPE_CHECKING:
    from ordholden.app.desk import Desk
    from ordholden.app.organisation import Organisation

__all__ = ["DEED", "Visit", "for_people", "for_staff", "house", "memberships", "organisation_at", "slugs"]

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
DEED = "ordholden_deed"
"""The attribute of a view that names its deed; of a portal's view it is None."""

_here = threading.local()


@dataclass(frozen=True)
class Visit:
    """One look at one organisation. `member` is whoever signed in; people have none."""

    slug: str
    organisation: Organisation
    look: Look
    member: Member | None = None

    @property
    def desk(self) -> Desk:
        return self.organisation.desk

    @property
    def actor(self) -> str:
        """What is written beside a deed."""
        return self.member.actor if self.member else "the person"

    def may(self, deed: Deed) -> bool:
        return self.member is not None and self.member.may(deed)


def house() -> House:
    """This thread's house: systems are opened once for each thread, since a connection belongs to one."""
    known: House | None = getattr(_here, "house", None)
    if known is None or known.folder != settings.ORDHOLDEN_HOUSE:
        known = _here.house = House(settings.ORDHOLDEN_HOUSE, ahead=True)
        # The end of the thread is the end of what it keeps; its connections are given back then.
        _here.until = _Thread()
        finalize(_here.until, known.close)
    return known


class _Thread:
    """Lives as long as the thread."""


def slugs() -> tuple[str, ...]:
    """How organisations are called in addresses: by the short names of their folders."""
    return tuple(folders_of(settings.ORDHOLDEN_HOUSE))


def organisation_at(slug: str) -> Visit:
    """The organisation of an address; one that is not there is a page that is not there."""
    if slug not in slugs():
        raise Http404
    organisation = house().organisation(slug)
    return Visit(slug, organisation, look_of(organisation))


def memberships(request: HttpRequest) -> tuple[Visit, ...]:
    """Every organisation of the house where whoever signed in is a member."""
    if not request.user.is_authenticated:
        return ()
    return tuple(v for slug in slugs() if (v := _joined(request, organisation_at(slug))).member is not None)


def for_people(
    view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase],
) -> View:
    """A page of an organisation that everybody may see."""

    @wraps(view)
    def seen(request: HttpRequest, organisation: str, *args: P.args, **more: P.kwargs) -> HttpResponseBase:
        visit = organisation_at(organisation)
        request.visit = visit  # type: ignore[attr-defined]
        return view(request, visit, *args, **more)

    setattr(seen, DEED, None)
    return seen


def for_staff(
    deed: Deed,
) -> Callable[[Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase]], View]:
    """A page of an organisation for those whose role may do the deed."""

    def wrapped(
        view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase],
    ) -> View:
        @wraps(view)
        def seen(
            request: HttpRequest, organisation: str, *args: P.args, **more: P.kwargs
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect(f"{settings.LOGIN_URL}?next={request.get_full_path()}")
            visit = _joined(request, organisation_at(organisation))
            if visit.member is None:
                # To who is not a member the organisation's console is not there.
                raise Http404
            request.visit = visit  # type: ignore[attr-defined]
            if settings.ORDHOLDEN_SECOND_FACTOR == "required" and not is_mfa_enabled(request.user):
                return redirect("mfa_index")
            if not visit.member.is_bound:
                return redirect(
                    f"{reverse('confidentiality', args=[organisation])}?next={request.get_full_path()}"
                )
            if not visit.may(deed):
                raise PermissionDenied
            return view(request, visit, *args, **more)

        setattr(seen, DEED, deed)
        return seen

    return wrapped


def _joined(request: HttpRequest, visit: Visit) -> Visit:
    email = getattr(request.user, "email", "")
    return Visit(visit.slug, visit.organisation, visit.look, member(visit.organisation.store, email))

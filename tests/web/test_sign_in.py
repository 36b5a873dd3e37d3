"""Who sees the console's pages: a member, with a second factor, bound to confidentiality, whose role may do the deed."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory

from ordholden.staff import Deed, Role, may
from ordholden.web.accounts import made
from ordholden.web.visit import Visit, for_staff
from tests.web.town import PASSWORD, Town

INSIDE = [
    Role.AGENT,
    Role.CASE_WORKER,
    Role.APPROVER,
    Role.DATA_PROTECTION,
    Role.SYSTEM_OWNER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
]


def asked(client: Client, deed: Deed, organisation: str = "clienti") -> HttpResponseBase:
    """A view of that deed, asked for by whoever signed in with the client."""

    @for_staff(deed)
    def view(request: HttpRequest, visit: Visit) -> HttpResponse:
        return HttpResponse(visit.actor)

    request = RequestFactory().get(f"/console/{organisation}/somewhere/")
    request.session = client.session  # type: ignore[assignment]
    request.user = SimpleNamespace(is_authenticated=False)  # type: ignore[assignment]
    if key := client.session.get("_auth_user_id"):
        from django.contrib.auth.models import User

        request.user = User.objects.get(pk=key)
    return view(request, organisation=organisation)


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    response = asked(client, Deed.SEE_CASES)

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/console/clienti/somewhere/"


@pytest.mark.parametrize("role", INSIDE)
def test_a_role_does_what_the_table_says_and_nothing_else(town: Town, role: Role) -> None:
    client = town.signed_in(role)
    for deed in Deed:
        if may(role, deed):
            assert asked(client, deed).status_code == 200
        else:
            with pytest.raises(PermissionDenied):
                asked(client, deed)


@pytest.mark.parametrize("role", INSIDE)
def test_to_a_member_of_one_organisation_the_other_is_not_there(town: Town, role: Role) -> None:
    client = town.signed_in(role, "clienti")

    with pytest.raises(Http404):
        asked(client, Deed.SEE_TASKS, "flexfone")


def test_without_a_second_factor_there_is_one_to_be_set_up(town: Town) -> None:
    assert settings.ORDHOLDEN_SECOND_FACTOR == "required"
    client = town.signed_in(Role.CASE_WORKER, factor=False)

    assert asked(client, Deed.SEE_CASES)["Location"] == "/accounts/2fa/"


def test_confidentiality_is_accepted_before_the_first_look(town: Town) -> None:
    client = town.signed_in(Role.CASE_WORKER, "all_ears", bound=False)
    sent = asked(client, Deed.SEE_CASES, "all_ears")
    assert sent["Location"].startswith("/console/all_ears/confidentiality?next=")

    assert client.post(sent["Location"], {"next": "/console/all_ears/x"}).status_code == 200
    done = client.post(sent["Location"], {"next": "/console/all_ears/x", "accept": "yes"})
    assert done["Location"] == "/console/all_ears/x"
    assert asked(client, Deed.SEE_CASES, "all_ears").status_code == 200


def test_the_word_of_confidentiality_leads_to_no_other_house(town: Town) -> None:
    client = town.signed_in(Role.AGENT, "all_ears", bound=False)
    done = client.post(
        "/console/all_ears/confidentiality", {"next": "https://evil.example/", "accept": "yes"}
    )

    assert done["Location"] == "/console/"


def test_who_was_dismissed_sees_nothing_any_more(town: Town) -> None:
    from ordholden.staff import dismiss, member
    from tests.web.town import ON

    client = town.signed_in(Role.AUDITOR, "alles_klar")
    store = town.organisation("alles_klar").store
    one = member(store, "auditor@alles-klar.example")
    assert one is not None
    dismiss(store, one.id, on=ON, actor="test")

    with pytest.raises(Http404):
        asked(client, Deed.SEE_CASES, "alles_klar")


def test_an_account_signs_in_by_address_and_password(client: Client) -> None:
    made("sign.in@clienti.example", password=PASSWORD)
    wrong = client.post("/accounts/login/", {"login": "sign.in@clienti.example", "password": "no"})
    assert wrong.status_code == 200

    right = client.post("/accounts/login/", {"login": "SIGN.in@clienti.example", "password": PASSWORD})
    assert right.status_code == 302


def test_the_second_factor_is_asked_for_where_there_is_one(town: Town, client: Client) -> None:
    town.signed_in(Role.CASE_WORKER)
    made("case.worker@clienti.example", password=PASSWORD)
    response = client.post("/accounts/login/", {"login": "case.worker@clienti.example", "password": PASSWORD})

    assert response["Location"] == "/accounts/2fa/authenticate/"


def test_nobody_makes_an_account_for_themselves(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "me@post.example", "password1": PASSWORD})
    from django.contrib.auth.models import User

    assert not User.objects.filter(email="me@post.example").exists()


def test_a_forgotten_password_tells_nobody_who_has_an_account(client: Client) -> None:
    made("known@clienti.example", password=PASSWORD)
    answers = [
        client.post("/accounts/password/reset/", {"email": e})
        for e in ("known@clienti.example", "un@known.example")
    ]

    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]


def test_an_invited_member_sets_a_password_by_the_link_in_the_mail(town: Town, client: Client) -> None:
    import re

    from ordholden.web.accounts import invite
    from ordholden.web.mail import outbox

    request = RequestFactory().get("/")
    request.session = client.session  # type: ignore[assignment]
    before = set(outbox().glob("*.eml"))
    invite(request, "invited@clienti.example")
    [mail] = set(outbox().glob("*.eml")) - before

    import email as mails
    import email.policy

    body = mails.message_from_bytes(mail.read_bytes(), policy=email.policy.default).get_body(("plain",))  # type: ignore[attr-defined]
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", body.get_content())
    assert link
    assert client.get(link[1]).status_code == 302


@pytest.mark.parametrize(
    "path",
    ["/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/password/change/", "/accounts/sessions/"],
)
def test_the_pages_of_ones_own_account_are_there(town: Town, path: str) -> None:
    client = town.signed_in(Role.CASE_WORKER, factor=False)
    session = client.session
    import time

    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()

    assert client.get(path).status_code in (200, 302)


def test_people_proven_by_a_provider_make_no_account(town: Town, client: Client) -> None:
    """What a broker says is used in the session, and kept nowhere else."""
    from allauth.core.exceptions import ImmediateHttpResponse
    from django.contrib.auth.models import User

    from ordholden.web.adapters import PROVEN, Identities

    request = RequestFactory().get("/")
    request.session = client.session  # type: ignore[assignment]
    app = SimpleNamespace(name="MitID", settings={"for": "people"})
    said = {"userinfo": {"name": "Mona Mitid", "email": "mona@post.example", "email_verified": True}}
    login = SimpleNamespace(
        provider=SimpleNamespace(app=app),
        account=SimpleNamespace(extra_data=said),
        state={"next": "https://evil.example/"},
    )
    count = User.objects.count()

    with pytest.raises(ImmediateHttpResponse) as done:
        Identities(request).pre_social_login(request, login)
    assert done.value.response["Location"] == "/"
    assert request.session[PROVEN]["name"] == "Mona Mitid"
    assert User.objects.count() == count
    json.dumps(dict(request.session))

"""People who show who they are by an identity provider, against a real one on this machine: the wizard then knows the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import httpx
import oidc_provider_mock
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings
from oidc_provider_mock import User as Known

from ordholden.web.providers import as_apps
from tests.web.town import Town


@pytest.fixture
def provider(tmp_path) -> Iterator[str]:  # type: ignore[no-untyped-def]
    known = Known(
        sub="mona", claims={"name": "Mona Prøve", "email": "mona@post.example", "email_verified": True}
    )
    with oidc_provider_mock.run_server_in_thread(user_claims=[known]) as server:
        address = f"http://localhost:{server.server_port}"
        file = tmp_path / "oidc.json"
        file.write_text(
            f'[{{"id": "mitid", "name": "MitID", "client_id": "ordholden", "secret": "s",'
            f' "server_url": "{address}/.well-known/openid-configuration", "for": "people"}}]'
        )
        apps = {"openid_connect": {"APPS": as_apps(str(file))}}
        with override_settings(SOCIALACCOUNT_PROVIDERS=apps):
            yield address


def test_the_wizard_offers_the_provider_and_believes_what_it_says(town: Town, provider: str) -> None:
    client, accounts = Client(), User.objects.count()
    client.get("/clienti/right/access/")
    client.post("/clienti/right/access/about/", {"scope": "everything"})
    shown = unescape(client.get("/clienti/right/access/who/").content.decode())
    assert "Log ind med MitID" in shown

    link = re.search(r'href="(/accounts/oidc/mitid/login/[^"]*)"', shown)
    assert link
    gone = client.get(link[1])
    assert gone.status_code == 302
    assert gone["Location"].startswith(provider)
    back = httpx.post(gone["Location"], data={"sub": "mona"}, follow_redirects=False)
    place = urlsplit(back.headers["Location"])
    landed = client.get(f"{place.path}?{place.query}")

    assert landed["Location"] == "/clienti/right/access/"
    client.get("/clienti/right/access/")
    client.post("/clienti/right/access/about/", {"scope": "everything"})
    shown = unescape(client.get("/clienti/right/access/who/").content.decode())
    assert "Du er logget ind med MitID som Mona Prøve." in shown
    assert 'value="Mona Prøve"' in shown
    assert User.objects.count() == accounts


def test_without_a_provider_none_is_offered(client: Client) -> None:
    assert settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] == []
    client.get("/clienti/right/access/")
    client.post("/clienti/right/access/about/", {"scope": "everything"})

    assert "Log ind med" not in client.get("/clienti/right/access/who/").content.decode()

"""Identity providers by OpenID Connect, from one JSON file: for staff, or for people (MitID comes through a broker this way).

`[{"id": "mitid", "name": "MitID", "client_id": "…", "secret": "${NAME}", "server_url": "https://…", "for": "people"}]`
A secret may be the name of a variable. What a provider for people says is used in that session, and makes no account.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

__all__ = ["FOR_PEOPLE", "as_apps", "people_providers", "staff_providers"]

FOR_PEOPLE = "people"


def as_apps(file: str) -> list[dict[str, Any]]:
    """As the sign-in library wants them; none where there is no file."""
    apps = [_app(one) for one in json.loads(Path(file).read_text("utf-8"))] if file else []
    # Between password and second factor the library remembers a provider by its client id alone.
    ours = [app["client_id"] for app in apps if app["settings"]["for"] != FOR_PEOPLE]
    if twice := sorted({name for name in ours if ours.count(name) > 1}):
        raise ValueError(f"{file}: two providers for staff have the client_id {', '.join(twice)}")
    return apps


def _app(one: dict[str, Any]) -> dict[str, Any]:
    whose = one.get("for", "staff")
    return {
        "provider_id": one["id"],
        "name": one["name"],
        "client_id": one["client_id"],
        "secret": os.path.expandvars(one.get("secret", "")),
        "settings": {
            "server_url": one["server_url"],
            "for": whose,
            # Of two with one client id the library takes the one that isn't hidden: only staff go on to a second factor.
            "hidden": whose == FOR_PEOPLE,
            "oauth_pkce_enabled": True,
        },
    }


def people_providers() -> tuple[tuple[str, str], ...]:
    """(id, name) of the providers by which people can show who they are."""
    return tuple((a["provider_id"], a["name"]) for a in _apps() if a["settings"]["for"] == FOR_PEOPLE)


def staff_providers() -> tuple[tuple[str, str], ...]:
    """(id, name) of the providers by which staff can sign in."""
    return tuple((a["provider_id"], a["name"]) for a in _apps() if a["settings"]["for"] != FOR_PEOPLE)


def _apps() -> list[dict[str, Any]]:
    from django.conf import settings

    found: list[dict[str, Any]] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return found

"""Identity providers by OpenID Connect, from one JSON file: for staff, or for people (MitID comes through a broker this way).

`[{"id": "mitid", "name": "MitID", "client_id": "…", "secret": "${NAME}", "server_url": "https://…", "for": "people"}]`
A secret may be the name of a variable. What a provider for people says is used in that session, and makes no account.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

__all__ = ["FOR_PEOPLE", "as_apps", "people_providers"]

FOR_PEOPLE = "people"


def as_apps(file: str) -> list[dict[str, Any]]:
    """As the sign-in library wants them; none where there is no file."""
    return [_app(one) for one in json.loads(Path(file).read_text("utf-8"))] if file else []


def _app(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "provider_id": one["id"],
        "name": one["name"],
        "client_id": one["client_id"],
        "secret": os.path.expandvars(one.get("secret", "")),
        "settings": {
            "server_url": one["server_url"],
            "for": one.get("for", "staff"),
            "oauth_pkce_enabled": True,
        },
    }


def people_providers() -> tuple[tuple[str, str], ...]:
    """(id, name) of the providers by which people can show who they are."""
    from django.conf import settings

    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return tuple((a["provider_id"], a["name"]) for a in apps if a["settings"]["for"] == FOR_PEOPLE)

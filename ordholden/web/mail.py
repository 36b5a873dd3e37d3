"""Where the sign-in library's mail goes: to the server that the environment names, else into a folder of the house.

Without a server nothing is sent and nothing is lost: each mail is a file `.ordholden/mail/*.eml` that the console shows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage

__all__ = ["Backend", "outbox"]


def outbox() -> Path:
    folder = Path(settings.ORDHOLDEN_HOUSE) / ".ordholden" / "mail"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class Backend(BaseEmailBackend):
    """`ORDHOLDEN_SMTP=smtp://user:password@host:587` (STARTTLS where it is port 587), `smtps://` for TLS at once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        url = os.environ.get("ORDHOLDEN_SMTP", "")
        if not url:
            return sum(_kept(message) for message in email_messages)
        return _server(url).send_messages(list(email_messages)) or 0


def _server(url: str) -> EmailBackend:
    parts = urlsplit(url)
    return EmailBackend(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        use_tls=parts.scheme == "smtp" and parts.port == 587,
        timeout=20,
    )


def _kept(message: EmailMessage) -> int:
    (outbox() / f"{uuid4().hex}.eml").write_bytes(message.message().as_bytes())
    return 1

"""Who takes a letter away: a mail server, or, where none is set up, a folder that can be looked into.

A carrier says yes by returning. Otherwise it says which of three things happened: *later* is worth another
attempt, *refused* never will be, and *unsure* is a line that broke after the whole letter was handed over and
before the server said yes or no: sending again could deliver it twice, so a person decides.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, formatdate
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ordholden.policy.document import Organisation
from ordholden.post.address import domain_of, mail_address
from ordholden.problems import Refusal
from ordholden.store.once import own_folder, put_once

if TYPE_CHECKING:
    from django.core.mail.backends.smtp import EmailBackend

__all__ = [
    "SENDER_VARIABLE",
    "SMTP_VARIABLE",
    "Attachment",
    "Carrier",
    "FolderCarrier",
    "Later",
    "Mail",
    "Refused",
    "SmtpCarrier",
    "Unsure",
    "carrier_of",
    "variable",
]

SMTP_VARIABLE = "ORDHOLDEN_SMTP"
SENDER_VARIABLE = "ORDHOLDEN_SENDER"

_SECONDS = 60


class NotDelivered(Exception):
    """What a server said instead of yes: its code, where it gave one, and its words."""

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Later(NotDelivered):
    """No connection, or a server that asks us to come back."""


class Refused(NotDelivered):
    """A final no."""


class Unsure(NotDelivered):
    """Handed over whole, and no answer came."""


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes = field(repr=False)
    type: str = "application/pdf"


@dataclass(frozen=True)
class Mail:
    """A letter as it is handed to a carrier. `automatic`: nobody wrote it by hand, so no machine should answer."""

    token: str
    to: str
    sender_name: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = True


class Carrier(Protocol):
    """Takes letters one after the other; `close` gives the connection back."""

    def deliver(self, mail: Mail) -> None: ...

    def close(self) -> None: ...


def carrier_of(environment: Mapping[str, str], organisation: Organisation, folder: Path) -> Carrier:
    """As the environment says; without a mail server the letters lie in the organisation's own folder."""
    sender = mail_address(
        variable(environment, SENDER_VARIABLE, folder) or _contact(organisation) or "post@ordholden.invalid"
    )
    url = variable(environment, SMTP_VARIABLE, folder)
    return SmtpCarrier(url, sender) if url else FolderCarrier(folder, sender)


def variable(environment: Mapping[str, str], name: str, folder: Path) -> str:
    """`NAME_ALL_EARS` for the folder `all_ears` alone, else `NAME` for every organisation of the house."""
    own = re.sub(r"[^A-Z0-9]", "_", folder.resolve().name.upper())
    return environment.get(f"{name}_{own}") or environment.get(name) or ""


class FolderCarrier:
    """Puts each letter into `.ordholden/mail` as a file that any mail programme opens."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def deliver(self, mail: Mail) -> None:
        place = own_folder(self._folder) / "mail"
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            put_once(place / f"{mail.token}.eml", _message(mail, self._sender))
        except OSError as error:
            raise Later(error.strerror or type(error).__name__) from error

    def close(self) -> None:
        """Nothing is held open."""


class SmtpCarrier:
    """`smtp://user:password@host:port`, or `smtps://…`; the line is encrypted unless the server is this machine.

    `?tls=no` says that it need not be.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._parts, self._port = _parts_of(url)
        self._sender = sender
        self._backend: EmailBackend | None = None

    def deliver(self, mail: Mail) -> None:
        content = _message(mail, self._sender)
        smtp = self._line()
        try:
            self._envelope(smtp, mail.to)
            self._hand_over(smtp, content)
        except NotDelivered:
            self.close()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Later(_said(error)) from error

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.fail_silently = True
            backend.close()

    def _line(self) -> smtplib.SMTP:
        """An open line. Whatever goes wrong before a letter is named is no fault of the letter, so it is worth waiting."""
        from django.core.mail.backends.smtp import EmailBackend

        if self._backend is None:
            self._backend = EmailBackend(
                host=self._parts.hostname,
                port=self._port,
                username=unquote(self._parts.username or ""),
                password=unquote(self._parts.password or ""),
                use_ssl=self._parts.scheme == "smtps",
                use_tls=self._parts.scheme == "smtp" and self._must_be_encrypted(),
                timeout=_SECONDS,
            )
        try:
            self._backend.open()
            smtp: smtplib.SMTP | None = self._backend.connection
            assert smtp is not None
            smtp.ehlo_or_helo_if_needed()
        except smtplib.SMTPResponseException as error:
            self.close()
            raise Later(_said(error), error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Later(_said(error)) from error
        return smtp

    def _must_be_encrypted(self) -> bool:
        return parse_qs(self._parts.query).get("tls") != ["no"] and not _is_here(self._parts.hostname or "")

    def _envelope(self, smtp: smtplib.SMTP, to: str) -> None:
        for code, said in (smtp.mail(self._sender), smtp.rcpt(to), smtp.docmd("DATA")):
            if code not in (250, 251, 354):
                raise _no(code, said)

    def _hand_over(self, smtp: smtplib.SMTP, content: bytes) -> None:
        """The full stop is sent by itself: before it the server has no letter, after it it may."""
        smtp.send(re.sub(rb"(?m)^\.", b"..", content))
        try:
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise Unsure(_said(error)) from error
        if code != 250:
            raise _no(code, said)


def _parts_of(url: str) -> tuple[SplitResult, int]:
    """A refusal names the variable, and never what is in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal.of(
            "mail-server", variable=SMTP_VARIABLE, wanted="smtp://user:password@host:587"
        ) from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise Refusal.of("mail-server", variable=SMTP_VARIABLE, wanted="smtp://user:password@host:587")
    return parts, port or (465 if parts.scheme == "smtps" else 587)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _no(code: int, said: bytes) -> NotDelivered:
    reason = said.decode("utf-8", "replace")
    return Refused(reason, code) if 500 <= code <= 599 else Later(reason, code)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return str(error) or type(error).__name__


def _contact(organisation: Organisation) -> str:
    by_topic = {contact.topic: contact.email for contact in organisation.contacts if contact.email}
    return by_topic.get("data protection") or next(iter(by_topic.values()), "")


def _message(mail: Mail, sender: str) -> bytes:
    """The bytes of the letter, lines ended as mail wants them."""
    from django.core.mail import EmailMultiAlternatives

    headers = {
        "Message-ID": f"<{mail.token}@{domain_of(sender)}>",
        "Date": formatdate(localtime=False),
        "From": formataddr((mail.sender_name, sender)),
    }
    if mail.automatic:
        headers |= {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    message = EmailMultiAlternatives(mail.subject, mail.text, sender, [mail.to], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        message.attach(attachment.name, attachment.content, attachment.type)
    return re.sub(rb"\r?\n", b"\r\n", message.message().as_bytes(linesep="\r\n").rstrip() + b"\r\n")

"""Real mail servers on loopback: aiosmtpd takes letters, or refuses them as it is told; Debian's Dovecot keeps mail."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
HANG_UP = "hang up"


@dataclass
class MailServer:
    """What it says to each address and to each letter is looked up in lists, from which the first is taken."""

    at_address: list[str] = field(default_factory=list)
    at_letter: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    seen: int = 0
    certificate: ssl.SSLContext | None = None

    # aiosmtpd hands both of them more than they need.
    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        answer = self.at_address.pop(0) if self.at_address else OK
        if answer == HANG_UP:
            server.transport.abort()
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        self.seen += 1
        answer = self.at_letter.pop(0) if self.at_letter else OK
        if answer == HANG_UP:
            server.transport.abort()
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            self.taken.append(envelope.content)
        return answer

    def __enter__(self) -> MailServer:
        self._controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), ssl_context=self.certificate
        )
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp{'s' if self.certificate else ''}://127.0.0.1:{self._controller.port}"


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate for this machine that nobody vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

    key, name = generate_private_key(SECP256R1()), x509.Name.from_rfc4514_string("CN=127.0.0.1")
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now)
    signed = made.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(private + signed.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Unavailable(Exception):
    """There is no such server on this machine; the reason a test is skipped."""


@dataclass(frozen=True)
class Mailbox:
    """A mailbox of a running Dovecot: its address for us, and the folder into which mail is delivered."""

    url: str
    folder: Path

    def deliver(self, raw: bytes, name: str = "") -> None:
        """As a mail server does: written beside, then moved in whole."""
        name = name or f"{time.time_ns()}.test"
        draft = self.folder / "tmp" / name
        draft.write_bytes(raw)
        if os.getuid() == 0:
            shutil.chown(draft, "nobody", "nogroup")
        draft.rename(self.folder / "new" / name)


_SETTINGS = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{place}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=hemmelig
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={place}
}}
"""


@contextmanager
def start_dovecot() -> Iterator[Mailbox]:
    """One mailbox, everything of it in a temporary folder, run by this account (by `nobody` where this is root)."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise Unavailable("no Dovecot here: install dovecot-imapd")
    root = os.getuid() == 0
    user, group = ("nobody", "nogroup") if root else _own_names()
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        place, port = Path(folder), free_port()
        for name in ("run", "state", "mail/new", "mail/cur", "mail/tmp"):
            (place / name).mkdir(parents=True)
        (place / "conf").write_text(_SETTINGS.format(place=place, port=port, user=user, group=group))
        if root:
            for path in (place, *place.rglob("*")):
                shutil.chown(path, user, group)
        as_whom: dict[str, Any] = {"user": user, "group": group, "extra_groups": []} if root else {}
        process = subprocess.Popen(
            [program, "-F", "-c", str(place / "conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **as_whom,
        )
        try:
            _wait(process, port, place / "log")
            yield Mailbox(f"imap://maja:hemmelig@127.0.0.1:{port}", place / "mail")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _own_names() -> tuple[str, str]:
    import grp
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    said = process.stderr.read() if process.poll() is not None and process.stderr else b""
    raise RuntimeError(f"Dovecot did not start: {said!r} {log.read_text() if log.exists() else ''}")

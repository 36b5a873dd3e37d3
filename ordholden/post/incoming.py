"""Reads one mail, whatever its form: never an exception, and nothing of it is lost without being named.

Text comes from any character set, also from one that is named wrongly or not at all; of a mail that is HTML alone,
what a reader would see. Files are taken by what they are, see `attached`.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

from ordholden.post.attached import MOST_FILES, file_name, type_of, why_not
from ordholden.problems import Problem

__all__ = ["Bounce", "File", "Incoming", "read"]

_LONGEST_TEXT = 500_000
_ADDRESS = re.compile(r"[^\s@<>\",;:]+@[^\s@<>\",;:]+\.[^\s@<>\",;:]+")
_ID = re.compile(r"<([^<>\s@]+)@[^<>\s]*>")
_CODE = re.compile(r"\b(?P<class>[245])\.(?P<rest>[0-9]{1,3}\.[0-9]{1,3})\b")


@dataclass(frozen=True)
class File:
    """A file that came along. `refused` says why it was not taken; then it has no content here."""

    name: str
    type: str
    size: int
    content: bytes = field(default=b"", repr=False)
    refused: Problem | None = None


@dataclass(frozen=True)
class Bounce:
    """A mail server reports about letters of ours. `final`: it gave up."""

    final: bool
    code: int
    reason: str


@dataclass(frozen=True)
class Incoming:
    """A mail as it came. `sender` is empty where it names nobody; `refers` are the first halves of the Message-IDs
    that it answers or reports about; `automatic`: a machine wrote it, so no machine should answer."""

    message_id: str
    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject: str
    text: str = field(repr=False)
    at: datetime | None
    files: tuple[File, ...] = ()
    refers: tuple[str, ...] = ()
    automatic: bool = False
    bounce: Bounce | None = None


def read(raw: bytes) -> Incoming:
    """The mail in these bytes."""
    message = email.message_from_bytes(raw)
    parts = [part for part in message.walk() if not part.is_multipart()]
    name, sender = _sender(message)
    bounce = _bounce(message, parts)
    return Incoming(
        message_id=_header(message, "Message-ID"),
        sender=sender,
        sender_name=name,
        to=tuple(address for _, address in _addresses(message, "To", "Cc", "Delivered-To")),
        subject=_header(message, "Subject"),
        text=_text(message)[:_LONGEST_TEXT],
        at=_moment(_header(message, "Date")),
        files=() if bounce else tuple(_files(message)),
        refers=_refers(message, raw if bounce else b""),
        automatic=bounce is not None or _is_automatic(message),
        bounce=bounce,
    )


# — headers —


def _header(message: Message, name: str) -> str:
    """On one line, decoded as far as it can be."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError, email.errors.MessageError):
        pieces = [(str(value), None)]
    text = "".join(piece if isinstance(piece, str) else _decoded(piece, charset) for piece, charset in pieces)
    # What decodes to nothing is shown as it came.
    return " ".join("".join(c if c.isprintable() else " " for c in _mended(text or str(value))).split())


def _mended(text: str) -> str:
    """Bytes that stood bare in a header come as surrogates."""
    return _decoded(text.encode("utf-8", "surrogateescape"), None) if _has_surrogates(text) else text


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)


def _addresses(message: Message, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        # As it came: a name written in bare bytes is mended afterwards, and not lost before.
        for whole in (value for key, value in message.raw_items() if key.lower() == name.lower()):
            for shown, address in getaddresses([re.sub(r"[\r\n]+", "", str(whole))]):
                if _ADDRESS.fullmatch(address) and not _has_surrogates(address):
                    yield shown, address


def _sender(message: Message) -> tuple[str, str]:
    """Whom an answer would go to: the address under From, where there is a single one."""
    found = list(_addresses(message, "From")) or list(_addresses(message, "Sender"))
    if len(found) != 1:
        return "", ""
    shown = Message()
    shown["Name"] = re.sub(r"[\r\n]+", " ", found[0][0])
    return _header(shown, "Name"), found[0][1]


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _refers(message: Message, report: bytes) -> tuple[str, ...]:
    """The last named is the one that was answered; a report names the letter somewhere in its body."""
    named = " ".join(str(message.get(name, "")) for name in ("References", "In-Reply-To"))
    found = [*_ID.findall(named), *_ID.findall(report.decode("latin-1"))]
    return tuple(dict.fromkeys(reversed(found)))


def _is_automatic(message: Message) -> bool:
    """An out-of-office reply, a list, a robot (RFC 3834)."""
    said = str(message.get("Auto-Submitted", "no")).strip().lower()
    bulk = str(message.get("Precedence", "")).strip().lower() in ("bulk", "list", "junk", "auto_reply")
    marks = any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Auto-Response"))
    return not said.startswith("no") or bulk or marks or message.get("Return-Path", "").strip() == "<>"


# — text —


def _text(message: Message) -> str:
    plain, html = [], []
    for part in message.walk():
        if part.is_multipart() or _is_file(part):
            continue
        if part.get_content_type() == "text/plain":
            plain.append(_content(part))
        elif part.get_content_type() == "text/html":
            html.append(_seen(_content(part)))
    text = "\n\n".join(t for t in plain if t.strip()) or "\n\n".join(html)
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    clean = "\n".join("".join(c for c in line if c.isprintable() or c == "\t") for line in lines)
    return re.sub(r"\n{3,}", "\n\n", clean).strip()


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _content(part: Message) -> str:
    return _decoded(_bytes(part), part.get_content_charset())


def _bytes(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError):
        content = None
    if isinstance(content, bytes):
        return content
    return str(part.get_payload()).encode("utf-8", "surrogateescape")


def _decoded(content: bytes, charset: str | None) -> str:
    """As it says; else as UTF-8, which hardly anything else is by accident; else as Western letters."""
    for name in (charset, "utf-8", "windows-1252"):
        try:
            if name and name.lower() not in ("unknown-8bit", "us-ascii", "ascii"):
                return content.decode(name).replace("\x00", "")
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1").replace("\x00", "")


class _Seen(HTMLParser):
    """What a reader of the page sees, in lines."""

    _HIDDEN = frozenset({"script", "style", "head", "title", "template"})
    _LINES = frozenset("p br div tr li h1 h2 h3 h4 h5 h6 table ul ol blockquote hr".split())

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in self._HIDDEN
        if tag in self._LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in self._HIDDEN))
        if tag in self._LINES and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def _seen(html: str) -> str:
    reader = _Seen()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        # Broken declarations; without the signs it can still be read.
        return re.sub(r"<[^>]*>", " ", html)
    return "\n".join(line.strip() for line in "".join(reader.parts).split("\n"))


# — files —


def _files(message: Message) -> Iterator[File]:
    for number, part in enumerate(_outermost(message)):
        name = file_name(_file_title(part))
        forwarded = part.is_multipart()
        content = _forwarded(part) if forwarded else _bytes(part)
        refused = None if forwarded else why_not(name, content)
        if number >= MOST_FILES:
            refused = Problem("file-many")
        kind = "message/rfc822" if forwarded else type_of(content)
        yield File(name, kind, len(content), b"" if refused else content, refused)


def _outermost(part: Message) -> Iterator[Message]:
    """Files, and mails that were forwarded whole; not what is inside of those."""
    if part.get_content_type() == "message/rfc822":
        yield part
    elif part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _outermost(inner)
    elif _is_file(part) or part.get_content_maintype() not in ("text", "multipart"):
        yield part


def _file_title(part: Message) -> str:
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError):
        name = None
    if not name:
        return "mail.eml" if part.is_multipart() else "file"
    shown = Message()
    shown["Name"] = re.sub(r"[\r\n]+", " ", str(name))
    return _header(shown, "Name")


def _forwarded(part: Message) -> bytes:
    inner = part.get_payload()
    try:
        return b"".join(bytes(m) for m in inner if isinstance(m, Message)) if isinstance(inner, list) else b""
    except (UnicodeError, LookupError, ValueError, TypeError, AttributeError):
        return str(inner).encode("utf-8", "replace")


# — reports about our own letters (RFC 3464) —


def _bounce(message: Message, parts: list[Message]) -> Bounce | None:
    reports = [p for p in message.walk() if p.get_content_type() == "message/delivery-status"]
    if reports:
        return _report("\n".join(_as_text(report) for report in reports))
    said = _header(message, "From").lower()
    if message.get("Return-Path", "").strip() == "<>" and ("mailer-daemon" in said or "postmaster" in said):
        return _report("\n".join(_content(p) for p in parts if p.get_content_maintype() == "text"))
    return None


def _as_text(report: Message) -> str:
    inner = report.get_payload()
    return "\n".join(_lines(block) for block in inner) if isinstance(inner, list) else str(inner)


def _lines(block: object) -> str:
    """As it came: to write it anew would trip over a charset that is none."""
    if not isinstance(block, Message):
        return str(block)
    inner = block.get_payload()
    headers = (f"{name}: {value}" for name, value in block.raw_items())
    return "\n".join((*headers, inner if isinstance(inner, str) else ""))


def _report(text: str) -> Bounce:
    action = re.search(r"^Action:\s*(\w+)", text, re.IGNORECASE | re.MULTILINE)
    status = _CODE.search(text)
    said = re.search(r"^Diagnostic-Code:\s*(.+(?:\n[ \t].+)*)", text, re.IGNORECASE | re.MULTILINE)
    reason = " ".join((said[1] if said else status[0] if status else "").split())
    final = action[1].lower() == "failed" if action else status is None or status["class"] == "5"
    reply = re.search(r"\b([45][0-9]{2})\b", reason)
    return Bounce(final, int(reply[1]) if reply else 550 if final else 450, reason[:500])

"""Where files are: the parts of an address, its form without secrets, and the parts of a path below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from ordholden.connectors.errors import Refused, Unreachable

__all__ = ["Address", "parts_of", "read_address", "without_secret"]


@dataclass(frozen=True)
class Address:
    """An address, taken apart. `system` is what errors call it and holds no secret."""

    system: str
    scheme: str
    path: str
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    key: str = ""


def read_address(url: str, name: str = "") -> Address:
    """The parts of an address; after `file:` a path stands as it is, everything else may be %-encoded."""
    system = name or without_secret(url)
    scheme, _, rest = url.strip().partition(":")
    if scheme == "file":
        return Address(system, scheme, rest.removeprefix("//localhost").removeprefix("//"))
    try:
        parts = urlsplit(url.strip())
        options = dict(parse_qsl(parts.query))
        return Address(
            system=system,
            scheme=parts.scheme,
            path=unquote(parts.path),
            host=parts.hostname or "",
            port=parts.port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca=options.get("ca", ""),
            key=options.get("key", ""),
        )
    except ValueError:
        # What the library says here can hold the password.
        reason = "the address cannot be read; in a password # / ? @ and % are written %23 %2F %3F %40 and %25"
        raise Unreachable(system, reason) from None


def without_secret(url: str) -> str:
    """The address for people: without user, password and options, even if a password holds a bare @ or #."""
    scheme, slashes, rest = url.strip().partition("://")
    if not slashes:
        return scheme
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def parts_of(path: str, system: str, *, foreign: bool = False) -> tuple[str, ...]:
    """The parts of a path below a root; refused where it could lead anywhere else.

    `foreign`: on a server, whose own idea of a separator may be `\\`.
    """
    parts = tuple(path.split("/"))
    if not path or path.startswith("/"):
        raise Refused(system, "a file's path is relative to its root")
    if any(part in ("", ".", "..") for part in parts):
        raise Refused(system, "a file's path has no empty part, no . and no ..")
    if "\0" in path or (foreign and any(ord(c) < 32 or c in "\\\x7f" for c in path)):
        raise Refused(system, "a file's path has a character that no path here may have")
    return parts

"""From the address of a database, as SQLAlchemy and libpq write it, to the words of Django's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ordholden.problems import Refusal

__all__ = ["file_of", "settings_for", "sqlite_settings"]

_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_SQLITE = ("sqlite", "sqlite+pysqlite")

# How long a writer waits for another one, in seconds.
_PATIENCE = 30


def settings_for(url: str) -> dict[str, Any]:
    """What Django wants to know of the database; a refusal names what is wrong, and never the password."""
    scheme = url.partition("://")[0]
    if scheme in _SQLITE:
        return sqlite_settings(file_of(url))
    if scheme in _POSTGRESQL:
        return _postgresql_settings(url)
    raise Refusal.of("store-kind", kind=scheme, wanted="postgresql://… or sqlite:///…")


def file_of(url: str) -> Path:
    """The file of a SQLite address: three slashes before a relative path, four before an absolute one."""
    path = url.partition("://")[2].partition("?")[0].removeprefix("/")
    if not path or path == ":memory:":
        raise Refusal.of("store-kind", kind=url, wanted="sqlite:///file")
    return Path(unquote(path))


def sqlite_settings(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file.resolve()),
        "OPTIONS": {
            # A transaction that reads first and writes later would be refused, not made to wait.
            "transaction_mode": "IMMEDIATE",
            "timeout": _PATIENCE,
            # Committed means on the disk; deleted means overwritten.
            "init_command": "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
        },
    }


def _postgresql_settings(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal.of("store-address", kind="postgresql") from None
    options = dict(parse_qsl(parts.query))
    if not parts.path.strip("/"):
        raise Refusal.of("store-address", kind="postgresql")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(port or "")),
        "OPTIONS": _with_defaults(options),
    }


def _with_defaults(options: dict[str, str]) -> dict[str, str | int | None]:
    """`?prepare_threshold=0` is for a connection pooler that knows no prepared statements."""
    threshold = int(options.pop("prepare_threshold", "5")) or None
    return {
        "application_name": "ordholden",
        "connect_timeout": "10",
        "prepare_threshold": threshold,
        **options,
    }

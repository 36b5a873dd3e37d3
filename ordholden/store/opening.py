"""Opens a store: finds the database, brings its tables up to date, and checks that the secret belongs to it.

The organisation is known by the secret in its folder, not by the folder's name: a folder may be moved and
renamed. A secret that doesn't fit the rows is refused at once, because with it nothing sealed could be read
and no chain verified.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from ordholden.problems import Refusal
from ordholden.store import address, framework, once, secret, tables
from ordholden.store.secret import Secret

__all__ = ["ADDRESS_VARIABLE", "Store", "open_store"]

ADDRESS_VARIABLE = "ORDHOLDEN_STORE"


def utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """An open store of one organisation. Threads may share it: each has its own connection under the alias.

    `alias` is the database for Django's `using()`; `organisation` marks every row, and filters.
    """

    def __init__(
        self, *, folder: Path, alias: str, organisation: str, secret: Secret, clock: Callable[[], datetime]
    ) -> None:
        self.folder = folder
        self.alias = alias
        self.organisation = organisation
        self.now = clock
        self._secret = secret

    def __repr__(self) -> str:
        return f"Store({self.organisation!r}, {self.alias!r})"

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing. Inside another one it is a part of that: what fails here fails all."""
        from django.db import connections, transaction

        connection = connections[self.alias]
        if not connection.in_atomic_block:
            # A connection that broke while a long-running process was idle is opened anew.
            connection.close_if_unusable_or_obsolete()
        return transaction.atomic(using=self.alias, savepoint=False)

    def secret(self) -> bytes:
        """32 random bytes, made with the store."""
        return self._secret.content

    def digest(self, *parts: str, use: str = "digest") -> str:
        """64 digits for what must not be named: always the same, and no way back without the secret."""
        return self._secret.digest(use, *parts)

    def seal(self, plain: bytes) -> bytes:
        return self._secret.seal(plain)

    def unseal(self, sealed: bytes) -> bytes:
        return self._secret.unseal(sealed)

    def close(self) -> None:
        """Closes the connections of every thread; a second time is no harm."""
        framework.disconnect(self.alias)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(
    folder: Path,
    url: str | None = None,
    *,
    organisation: str = "",
    clock: Callable[[], datetime] = utc_now,
) -> Store:
    """The store in the organisation's folder; or, at `url` or `ORDHOLDEN_STORE`, one that several may share.

    `organisation` names it at its first opening; without it, it is named as the folder.
    """
    framework.ready()
    own = _own_folder(folder)
    url = url or os.environ.get(ADDRESS_VARIABLE) or ""
    alias = framework.connect(_database(own, url))
    try:
        _must_reach(alias)
        tables.bring_up_to_date(alias)
        name = organisation or folder.resolve().name
        key, name = _admitted(alias, own / "key", name, alone=not url, now=clock())
    except BaseException:
        framework.disconnect(alias)
        raise
    return Store(folder=folder, alias=alias, organisation=name, secret=key, clock=clock)


def _own_folder(folder: Path) -> Path:
    try:
        return once.own_folder(folder)
    except OSError as error:
        raise Refusal.of("store-folder", folder=folder, reason=error.strerror) from error


def _database(own: Path, url: str) -> dict[str, Any]:
    settings = address.settings_for(url) if url else address.sqlite_settings(own / "store.sqlite3")
    if settings["ENGINE"].endswith("sqlite3"):
        try:
            once.database_file(Path(settings["NAME"]))
        except OSError as error:
            raise Refusal.of(
                "store-folder", folder=Path(settings["NAME"]).parent, reason=error.strerror
            ) from error
    return settings


def _must_reach(alias: str) -> None:
    """A database that isn't there, or is none, is said to the user; the driver's words hold no password."""
    from django.db import DatabaseError, connections

    try:
        connections[alias].introspection.table_names()
    except DatabaseError as error:
        raise Refusal.of("store-unreachable", reason=str(error).strip().split("\n")[0]) from error


def _admitted(alias: str, file: Path, name: str, *, alone: bool, now: datetime) -> tuple[Secret, str]:
    """The secret, and the name that its rows bear. For a store `alone` in its folder no other secret fits."""
    from ordholden.store.models import Organisation

    known = Organisation.objects.using(alias)
    key = secret.existing(file)
    if key and (ours := known.filter(fingerprint=key.fingerprint).first()):
        return key, ours.name

    there = known.all() if alone else known.filter(name=name)
    if key is None:
        # The secret is made before the row, so who finds the row and no secret has lost it. Unless another
        # process made both in this very moment.
        key = secret.existing(file) if there.exists() else secret.made(file)
    if key is None or there.exclude(fingerprint=key.fingerprint).exists():
        raise Refusal.of("store-key-other", file=file, organisation=name)
    row, _ = known.get_or_create(fingerprint=key.fingerprint, defaults={"name": name, "since": now})
    return key, row.name

"""A house: the organisations that one installation serves, each open once, and opened anew when its files change.

A house is a folder whose subfolders with a `policy.yaml` are the organisations; or one organisation's own folder.
An organisation's short name is its folder's: it stands in addresses and in the worker's log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ordholden.app.organisation import Organisation, open_organisation
from ordholden.problems import Problem, Refusal, nearest

__all__ = ["House", "folders_of"]

FILES = ("policy.yaml", "systems.yaml", "look.yaml")
GRACE = 60.0
"""So many seconds an organisation that was opened anew stays open for those who still hold the old one."""


def folders_of(house: Path) -> Mapping[str, Path]:
    """The organisations' folders by short name, in the order of the alphabet. A Refusal where there is none."""
    if (house / FILES[0]).is_file():
        return {house.resolve().name: house}
    try:
        found = {f.name: f for f in sorted(house.iterdir()) if (f / FILES[0]).is_file()}
    except OSError:
        raise Refusal.of("folder-missing", folder=house) from None
    if not found:
        raise Refusal.of("house-empty", folder=house)
    return found


@dataclass(frozen=True)
class _Open:
    organisation: Organisation
    stamp: tuple[tuple[int, int], ...]


class House:
    """The organisations of a folder. Threads may ask for them; whoever applies plans wants a house of their own.

    Pages open them `ahead` (see `open_organisation`).
    """

    def __init__(self, folder: Path | str, *, ahead: bool = False) -> None:
        self.folder, self._ahead = Path(folder), ahead
        self._door = threading.RLock()
        self._open: dict[str, _Open] = {}
        self._leaving: list[tuple[float, Organisation]] = []
        self._wrong: dict[str, tuple[Problem, ...]] = {}
        folders_of(self.folder)

    def __repr__(self) -> str:
        return f"House({str(self.folder)!r})"

    @property
    def names(self) -> tuple[str, ...]:
        """The short names; a folder that was added a moment ago is among them."""
        return tuple(folders_of(self.folder))

    @property
    def wrong(self) -> Mapping[str, tuple[Problem, ...]]:
        """Organisations whose files were changed and make no sense now: they go on as they were, and this says why."""
        return dict(self._wrong)

    def organisation(self, name: str) -> Organisation:
        """The organisation of that short name, as its files are now. A Refusal where there is none, or it never opened."""
        folders = folders_of(self.folder)
        if name not in folders:
            raise Refusal.of("organisation-unknown", word=name, nearest=nearest(name, folders))
        with self._door:
            self._see_off()
            known = self._open.get(name)
            stamp = _stamp(folders[name])
            if known is not None and known.stamp == stamp:
                return known.organisation
            return self._opened(name, folders[name], stamp, known)

    def _opened(
        self, name: str, folder: Path, stamp: tuple[tuple[int, int], ...], known: _Open | None
    ) -> Organisation:
        try:
            organisation = open_organisation(folder, ahead=self._ahead)
        except Refusal as refusal:
            if known is None:
                raise
            # Somebody is in the middle of an edit. The next change is looked at again, this one isn't.
            self._wrong[name] = refusal.problems
            self._open[name] = _Open(known.organisation, stamp)
            return known.organisation
        self._wrong.pop(name, None)
        self._open[name] = _Open(organisation, stamp)
        if known is not None:
            self._leaving.append((time.monotonic() + GRACE, known.organisation))
        return organisation

    def _see_off(self) -> None:
        now = time.monotonic()
        gone = [o for until, o in self._leaving if until <= now]
        self._leaving = [(until, o) for until, o in self._leaving if until > now]
        for organisation in gone:
            organisation.close()

    def close(self) -> None:
        """Gives back every connection."""
        with self._door:
            for organisation in (
                *(o.organisation for o in self._open.values()),
                *(o for _, o in self._leaving),
            ):
                organisation.close()
            self._open.clear()
            self._leaving.clear()

    def __enter__(self) -> House:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _stamp(folder: Path) -> tuple[tuple[int, int], ...]:
    """Changes when one of the files does."""
    found = []
    for name in FILES:
        try:
            stat = (folder / name).stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)

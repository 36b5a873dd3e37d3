"""What a person is known by: e-mail address, telephone, CPR number, a customer's number.

In comes a spelling as some system holds it, out goes the one spelling under which two are equal,
or the masked form that people may be shown. One module per kind, all with the same verbs
(`Identifier`); a kind is found by its file, so a new one is a new file and nothing else. A kind
that has no module (`customer number`, `local number`, a company's own) is read by `plain`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from types import MappingProxyType
from typing import Protocol, cast

from ordholden.identifiers import plain

__all__ = ["KINDS", "Identifier", "digits", "exclusive", "normal", "shown", "spellings"]


class Identifier(Protocol):
    """What each module of this room offers."""

    # (a spelling, its normal form or None where it can't be one)
    SAMPLES: tuple[tuple[str, str | None], ...]
    # Two different values prove two different people.
    EXCLUSIVE: bool
    # Digits that the number always has: a number column has lost the zeros in front. 0: any.
    WIDTH: int
    # So many last digits all spellings of one number share, where nothing but signs stands between them:
    # what a database can look for. 0: spellings differ as text does (case, blanks) and as `spellings` says.
    DIGITS: int

    def normal(self, text: str) -> str | None: ...

    def spellings(self, normal: str) -> tuple[str, ...]:
        """How people mostly write the value, its normal form first: what an index can be asked for."""
        ...

    def shown(self, text: str) -> str: ...


def _found() -> Mapping[str, Identifier]:
    kinds: dict[str, Identifier] = {}
    for module in pkgutil.walk_packages(__path__, __name__ + "."):
        if module.ispkg:
            continue
        kind = module.name.rpartition(".")[2].replace("_", " ")
        if kind in kinds:
            raise ImportError(f"two modules for the identifier {kind!r}")
        kinds[kind] = cast(Identifier, importlib.import_module(module.name))
    return MappingProxyType(kinds)


KINDS: Mapping[str, Identifier] = _found()


def normal(kind: str, value: object) -> str | None:
    """The one spelling under which two are equal; None where the value can't be of that kind."""
    module = KINDS.get(kind, plain)
    text = _text(value, module.WIDTH)
    return None if text is None else module.normal(text)


def shown(kind: str, value: object) -> str:
    """Enough to recognise the value by for somebody who knows it, and no more."""
    module = KINDS.get(kind, plain)
    return module.shown(_text(value, module.WIDTH) or "")


def exclusive(kind: str) -> bool:
    """Whether two different values prove two different people (nobody has two CPR numbers)."""
    return KINDS.get(kind, plain).EXCLUSIVE


def digits(kind: str) -> int:
    """How many last digits every spelling of one value shares; 0 for text."""
    return KINDS.get(kind, plain).DIGITS


def spellings(kind: str, normal_form: str) -> tuple[str, ...]:
    """How people mostly write the value, its normal form first."""
    return KINDS.get(kind, plain).spellings(normal_form)


def _text(value: object, width: int) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, (float, Decimal)) and isfinite(value) and value % 1 == 0:
        # A spreadsheet's 12345678.0 is the number 12345678.
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value).zfill(width)
    return str(value)

"""Identifiers in columns: for each way people spell them, the SQL that finds every row that could be one of some values.

What it finds holds all spellings and a few rows more; who asked compares `identifiers.normal` in Python. Text is compared
without case, blanks and invisible marks; a number by its last digits, or, where more than signs stands around it (`tlf.`,
an extension, somebody's remark), by these digits anywhere in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from ordholden import identifiers
from ordholden.connectors.sql.translate import Translator, is_text

__all__ = ["Spelling", "digits_of"]

# What does not tell two spellings apart: white space, and marks that nobody sees.
_DROPPED = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_DROP = dict.fromkeys(map(ord, _DROPPED))
# Capitals that a database with an ASCII locale does not know to lower.
_CAPITALS = "ÆØÅÄÖÜÉÈÁÀÐÞŁŠŽÇÑ"

# Signs that may stand in a number without being part of it.
_PLAIN = "0-9 +().-"
# More numbers than these are not looked for inside longer text one by one: every such text is looked at.
_FEW = 100


def digits_of(value: object) -> str | None:
    """The digits in it, in order."""
    return None if value is None else re.sub("[^0-9]", "", _whole(value))


def _whole(value: object) -> str:
    if isinstance(value, (float, Decimal)) and value % 1 == 0:
        value = int(value)
    return str(value)


@dataclass(frozen=True)
class Spelling:
    """One kind of identifier on one database."""

    translator: Translator
    kind: str

    def among(self, column: ColumnElement[object], values: Collection[str]) -> ColumnElement[bool]:
        """The column could hold a spelling of one of the values."""
        tail = identifiers.digits(self.kind)
        return self._number_among(column, values, tail) if tail else self._text_among(column, values)

    # — text —

    def _text_among(self, column: ColumnElement[object], values: Collection[str]) -> ColumnElement[bool]:
        if self.translator.dialect == "sqlite":
            normal = sa.func.ordholden_normal(self.kind, column, type_=sa.String)
            return self.translator.among(normal, sorted(values))
        spelt = {s for v in values for s in identifiers.spellings(self.kind, v)}
        folded = {
            _folded(form) for s in spelt for form in (unicodedata.normalize(f, s) for f in ("NFC", "NFD"))
        }
        return self.translator.among(self._fold(self._text(column)), sorted(folded))

    def _fold(self, text: ColumnElement[str]) -> ColumnElement[str]:
        lower = sa.func.lower(text, type_=sa.String)
        if self.translator.dialect == "postgresql":
            capitals = "" if self.translator.lowers else _CAPITALS
            bare = sa.func.translate(lower, capitals + _DROPPED, capitals.lower(), type_=sa.String)
        else:
            bare = sa.func.regexp_replace(lower, f"[{_DROPPED}]", "", type_=sa.String)
        return sa.func.replace(bare, "ß", "ss", type_=sa.String)

    def _text(self, column: ColumnElement[object]) -> ColumnElement[str]:
        """The value as text; a number without what stands behind its point."""
        if isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Integer):
            return self.translator.text(sa.cast(column, sa.BigInteger))
        return self.translator.text(column)

    # — numbers —

    def _number_among(
        self, column: ColumnElement[object], values: Collection[str], tail: int
    ) -> ColumnElement[bool]:
        tails = sorted({digits_of(v.partition(";")[0])[-tail:] for v in values})  # type: ignore[index]
        digits, text = self._digits(column), self._text(column)
        plain = self.translator.among(self._last(digits, tail), tails)
        if not is_text(column) and self.translator.dialect != "sqlite":
            return plain
        surrounded = self._surrounded(text)
        if len(tails) <= _FEW:
            surrounded = sa.and_(surrounded, sa.or_(*(digits.contains(t) for t in tails)))
        return sa.or_(plain, surrounded)

    def _digits(self, column: ColumnElement[object]) -> ColumnElement[str]:
        match self.translator.dialect:
            case "sqlite":
                return sa.func.ordholden_digits(column, type_=sa.String)
            case "postgresql":
                return sa.func.regexp_replace(self._text(column), "[^0-9]", "", "g", type_=sa.String)
            case _:
                return sa.func.regexp_replace(self._text(column), "[^0-9]", "", type_=sa.String)

    def _last(self, digits: ColumnElement[str], tail: int) -> ColumnElement[str]:
        if self.translator.dialect == "sqlite":
            return sa.func.substr(digits, -tail, type_=sa.String)
        return sa.func.right(digits, tail, type_=sa.String)

    def _surrounded(self, text: ColumnElement[str]) -> ColumnElement[bool]:
        """Something else than signs stands in it, too."""
        if self.translator.dialect == "sqlite":
            return text.op("GLOB")(f"*[^{_PLAIN}]*")
        return text.regexp_match(f"[^{_PLAIN}]")


def _folded(text: str) -> str:
    return text.lower().translate(_DROP).replace("ß", "ss")

"""Identifiers in columns: for each way people spell them, the SQL that finds every row that could be one of
some values.

Three questions to a column. `among`: could it hold a spelling of one of these values; finds all of them and
a few rows more, by one scan. `exactly`: is it one of their usual spellings; an index serves it. `odd`: is
it written in an unusual way, so that `exactly` would miss it. Who asks compares `identifiers.normal` in
Python. Usual is, beside a kind's own spellings, what hurried hands make of a value: all capitals, a capital
for each word, a blank before or behind.

Text is compared without case, blanks and invisible marks; a number by its last digits, or, where more than
signs stands around it (`tlf.`, an extension, somebody's remark), by these digits anywhere in it. Not found:
a text whose accents are composed in two ways at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

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

# Letters of which every database and Python make the same capital, and nothing longer.
_PAIRED = "À-ÖØ-Þà-öø-þ"

_DIGITS = "0123456789"
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
    """One kind of identifier in one column; `caseless` where the column itself compares without case."""

    translator: Translator
    kind: str
    column: ColumnElement[Any]
    caseless: bool = False

    @property
    def _dialect(self) -> str:
        return self.translator.dialect

    @property
    def _tail(self) -> int:
        return identifiers.digits(self.kind)

    @property
    def _number(self) -> bool:
        """The column holds numbers, which have one spelling."""
        return not is_text(self.column) and self._dialect != "sqlite"

    @property
    def _text(self) -> ColumnElement[str]:
        """The value as text; a number without what stands behind its point."""
        if not isinstance(self.column.type, sa.Numeric | sa.Float) or self._dialect == "sqlite":
            # SQLite would make 45 of `45 10 00 00`.
            return self.translator.text(self.column)
        if self._dialect != "postgresql":
            return self.translator.text(sa.cast(self.column, sa.BigInteger))
        # Written as it is, a float has an exponent, and a short one six digits; an integer has no infinity.
        exact = sa.cast(self.column, sa.Double) if isinstance(self.column.type, sa.Float) else self.column
        return self.translator.text(sa.func.trunc(sa.cast(exact, sa.Numeric)))

    # — by one scan —

    def among(self, values: Collection[str]) -> ColumnElement[bool]:
        """The column could hold a spelling of one of the values."""
        return self._number_among(values) if self._tail else self._text_among(values)

    def _text_among(self, values: Collection[str]) -> ColumnElement[bool]:
        """Most rows are told by their small letters alone; only what is marked is looked at closely."""
        written = sorted({s.lower() for v in values for s in _written(self.kind, v)})
        lower = sa.func.lower(self._text, type_=sa.String)
        return sa.or_(
            self.translator.among(lower, written), sa.and_(self._marked(), self._bare_among(values))
        )

    def _bare_among(self, values: Collection[str]) -> ColumnElement[bool]:
        if self._dialect == "sqlite":
            normal = sa.func.ordholden_normal(self.kind, self.column, type_=sa.String)
            return self.translator.among(normal, sorted(values))
        folded = sorted({_folded(s) for v in values for s in _written(self.kind, v)})
        lower = sa.func.lower(self._text, type_=sa.String)
        if self._dialect == "postgresql":
            capitals = "" if self.translator.lowers else _CAPITALS
            bare = sa.func.translate(lower, capitals + _DROPPED, capitals.lower(), type_=sa.String)
        else:
            bare = sa.func.regexp_replace(lower, f"[{_DROPPED}]", "", type_=sa.String)
        return self.translator.among(sa.func.replace(bare, "ß", "ss", type_=sa.String), folded)

    def _marked(self) -> ColumnElement[bool]:
        """Something is in it that other spellings may lack: blanks around it, two in a row, odd letters."""
        if self._dialect == "sqlite":
            # SQLite's own small letters are ASCII's.
            return sa.or_(*(self._text.bool_op("GLOB")(p) for p in ("*[^ -~]*", " *", "* ", "*  *")))
        text = self._text
        if self._dialect == "postgresql":
            # Ranges of characters are by their number, whatever the database sorts by.
            letters = "À-ɏ" if self.translator.lowers else ""
            return text.collate("C").regexp_match(f"[^ -~{letters}]|^ | $|  ")
        return text.regexp_match("[^ -~À-ɏ]|^ | $|  ")

    def _number_among(self, values: Collection[str]) -> ColumnElement[bool]:
        tails = sorted({(digits_of(v.partition(";")[0]) or "")[-self._tail :] for v in values})
        digits = self._only_digits()
        plain = self.translator.among(self._last(digits), tails)
        if self._number:
            return plain
        surrounded = self._surrounded()
        if len(tails) <= _FEW:
            surrounded = sa.and_(surrounded, sa.or_(*(digits.contains(t) for t in tails)))
        return sa.or_(plain, surrounded)

    def _only_digits(self) -> ColumnElement[str]:
        match self._dialect:
            case "sqlite":
                return sa.func.ordholden_digits(self.column, type_=sa.String)
            case "postgresql":
                return sa.func.regexp_replace(self._text, "[^0-9]", "", "g", type_=sa.String)
            case _:
                return sa.func.regexp_replace(self._text, "[^0-9]", "", type_=sa.String)

    def _last(self, digits: ColumnElement[str]) -> ColumnElement[str]:
        if self._dialect == "sqlite":
            return sa.func.substr(digits, -self._tail, type_=sa.String)
        return sa.func.right(digits, self._tail, type_=sa.String)

    def _surrounded(self) -> ColumnElement[bool]:
        """Something else than signs stands in it, too."""
        if self._dialect == "sqlite":
            return self._text.bool_op("GLOB")(f"*[^{_PLAIN}]*")
        return self._text.regexp_match(f"[^{_PLAIN}]")

    # — by an index —

    @property
    def listed(self) -> bool:
        """A text, or a whole number: the usual spellings alone tell, whatever is compared with them."""
        return is_text(self.column) or isinstance(self.column.type, sa.Integer)

    def written(self, values: Collection[str]) -> list[str]:
        """The usual spellings of the values."""
        return [s for v in sorted(values) for s in self._usually(v)]

    def exactly(self, values: Collection[str]) -> ColumnElement[bool]:
        """The column is a usual spelling of one of the values."""
        written: list[object] = list(self.written(values))
        if not is_text(self.column):
            numbers: list[object] = [int(str(w)) for w in written if str(w).isdecimal()]
            # A column without a type holds on SQLite what was put there, text or number.
            written = [*written, *numbers] if self._dialect == "sqlite" else numbers
        if self._dialect == "postgresql":
            type_: Any = sa.Text() if is_text(self.column) else sa.BigInteger()
            return self.column == sa.any_(sa.literal(written, sa.ARRAY(type_)))
        return self.translator.among(self.column, written)

    def _usually(self, value: str) -> dict[str, None]:
        written = _written(self.kind, value)
        return written if self._tail else written | _hurried(identifiers.spellings(self.kind, value)[0])

    def odd(self) -> ColumnElement[bool]:
        """The column holds something that is in no usual spelling."""
        if self._number:
            return sa.false()
        here = sa.and_(self.column.is_not(None), self._text != "")
        return sa.and_(here, sa.not_(self._usual_number() if self._tail else self._usual_text()))

    def _usual_text(self) -> ColumnElement[bool]:
        text, unmarked = self._text, sa.not_(self._marked())
        if self.caseless:
            return unmarked
        return sa.or_(sa.and_(unmarked, self._is(text, sa.func.lower)), self._hurried())

    def _hurried(self) -> ColumnElement[bool]:
        """What `_hurried` writes: of a value's own form only, which has no colon, no dot at its end and no ASCII in disguise."""
        core = (sa.func.btrim if self._dialect == "postgresql" else sa.func.trim)(self._text, type_=sa.String)
        length = sa.func.length if self._dialect == "sqlite" else sa.func.char_length
        hands = [sa.func.lower, sa.func.upper, *([sa.func.initcap] if self._dialect == "postgresql" else [])]
        return sa.and_(
            length(self._text) <= length(core) + 1,
            sa.not_(self._strange(core)),
            sa.func.lower(core, type_=sa.String).not_like("%xn--%"),
            sa.or_(*(self._is(core, hand) for hand in hands)),
        )

    def _is(self, text: ColumnElement[str], hand: Any) -> ColumnElement[bool]:
        made: ColumnElement[str] = hand(text, type_=sa.String)
        if self._dialect in ("mysql", "mariadb"):
            return sa.cast(made, sa.BINARY) == sa.cast(text, sa.BINARY)
        return made == text

    def _strange(self, text: ColumnElement[str]) -> ColumnElement[bool]:
        if self._dialect == "sqlite":
            return sa.or_(*(text.bool_op("GLOB")(p) for p in ("*[^ -~]*", "*  *", "*:*", "*.")))
        pattern = f"[^ -~{_PAIRED if self.translator.lowers else ''}]|  |:|[.]$"
        if self._dialect == "postgresql":
            return text.collate("C").regexp_match(pattern)
        return text.regexp_match(pattern)

    def _usual_number(self) -> ColumnElement[bool]:
        return self._shape().in_(_shapes(self.kind))

    def _shape(self) -> ColumnElement[str]:
        """The text with a 9 for each digit."""
        text = self._text
        match self._dialect:
            case "sqlite":
                for digit in _DIGITS[:-1]:
                    text = sa.func.replace(text, digit, "9", type_=sa.String)
                return text
            case "postgresql":
                return sa.func.translate(text, _DIGITS, "9" * 10, type_=sa.String)
            case _:
                return sa.func.regexp_replace(text, "[0-9]", "9", type_=sa.String)


def _written(kind: str, value: str) -> dict[str, None]:
    """How a value is usually written, accents composed in either way."""
    spelt = list(identifiers.spellings(kind, value))
    spelt += [s.replace("ss", "ß") for s in spelt if "ss" in s]
    return dict.fromkeys(unicodedata.normalize(form, s) for s in spelt for form in ("NFC", "NFD"))


def _hurried(text: str) -> dict[str, None]:
    """In small letters, in capitals, a capital for each word; each also with a blank before or behind."""
    hands = (text, text.upper(), _WORD.sub(lambda word: word[0].capitalize(), text))
    return dict.fromkeys(f"{before}{one}{behind}" for one in hands for before, behind in _BLANKS)


_WORD = re.compile(r"[^\W_]+")
_BLANKS = (("", ""), (" ", ""), ("", " "))


@cache
def _shapes(kind: str) -> tuple[str, ...]:
    """The usual spellings of a number, with a 9 for each digit, as its own samples show."""
    normals = {normal for _, normal in identifiers.KINDS[kind].SAMPLES if normal}
    return tuple(sorted({re.sub("[0-9]", "9", s) for n in normals for s in identifiers.spellings(kind, n)}))


def _folded(text: str) -> str:
    return text.lower().translate(_DROP).replace("ß", "ss")

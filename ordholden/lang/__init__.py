"""Every word shown to people, Danish and English.

In comes a code with its facts, or the key of a word; out goes text. Another language is another folder. The
texts are read when the first of them is asked for.
"""

from ordholden.lang.message import Message, codes, say
from ordholden.lang.phrases import Words
from ordholden.lang.texts import LANGUAGES
from ordholden.lang.words import article, counted, day, duration, number, share, translated, word

__all__ = [
    "LANGUAGES",
    "Message",
    "Words",
    "article",
    "codes",
    "counted",
    "day",
    "duration",
    "number",
    "say",
    "share",
    "translated",
    "word",
]

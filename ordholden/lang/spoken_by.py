"""Which of the product's languages somebody reads, by what a system says of them."""

from __future__ import annotations

__all__ = ["COUNTRY", "LANGUAGE", "language_of"]

LANGUAGE, COUNTRY = "language", "country"
"""The names under which an inventory maps the columns that say it."""

_SPOKEN = {
    "da": ("da", "dan", "dansk", "danish", "dänisch"),
    "en": ("en", "eng", "engelsk", "english", "englisch"),
}
_DANISH_IN = ("dk", "dnk", "danmark", "denmark", "fo", "færøerne", "gl", "grønland")


def language_of(name: str, value: object) -> str:
    """`da`, `en`, or nothing where it does not tell: another language is none of ours, and a country is only a hint."""
    said = str(value if value is not None else "").strip().casefold()
    if name == COUNTRY:
        return "" if not said else "da" if said in _DANISH_IN else "en"
    short = said.replace("_", "-").partition("-")[0]
    return next((language for language, names in _SPOKEN.items() if short in names), "")

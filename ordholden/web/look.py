"""How an organisation's pages look: its name, logo and colour, from `look.yaml` beside the policy, or derived from the name.

Whatever colour is wished for, what is written in it or on it can be read: it is darkened for paper and lightened for
the dark until the contrast is that of WCAG 2.2 AA.
"""

from __future__ import annotations

import colorsys
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ordholden.policy.names import NAME, read_look

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation

__all__ = ["HOUSE", "Colours", "Look", "colours", "contrast", "look_of", "stylesheet"]

_LOGOS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}

NIGHT = "#16171a"
DEEPEST_PAPER, LIGHTEST_NIGHT = "#f1ead8", "#303136"
"""Of the grounds that text stands on (page, card, note), those on which it is hardest to read."""
READABLE = 4.6
"""A little above what WCAG 2.2 AA wants of text (4.5), so that rounding takes nothing away."""

# Hues that are nobody's warning and no authority's blue.
_HUES = (12, 28, 95, 140, 168, 185, 262, 285, 318, 342)


@dataclass(frozen=True)
class Look:
    """How one organisation's pages are told from another's."""

    name: str
    accent: str
    logo: Path | None = None
    logo_type: str = ""

    @property
    def initial(self) -> str:
        return next((c.upper() for c in self.name if c.isalnum()), "·")

    @property
    def paint(self) -> Colours:
        """For a mark among those of others, on any page."""
        return colours(self.accent, dark=False)


HOUSE = Look("ordholden", "#7a3b12")
"""Pages that belong to no organisation: the list of them, signing in."""


@dataclass(frozen=True)
class Colours:
    """The accent as text on the page, as a surface, and what is written on that surface."""

    accent: str
    surface: str
    on_surface: str


def look_of(organisation: Organisation) -> Look:
    """What the file says, as far as it makes sense: a wrong colour must not take a portal down."""
    name = organisation.policy.organisation.name
    written = read_look(_text(organisation.folder / NAME))
    accent = str(written.get("accent", ""))
    logo = organisation.folder / str(written.get("logo", "")) if written.get("logo") else None
    if logo is not None and not (logo.suffix in _LOGOS and _inside(logo, organisation.folder)):
        logo = None
    return Look(
        name=str(written.get("name") or name),
        accent=accent if re.fullmatch("#[0-9a-fA-F]{6}", accent) else _derived(name),
        logo=logo,
        logo_type=_LOGOS[logo.suffix] if logo else "",
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _inside(file: Path, folder: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _derived(name: str) -> str:
    drawn = hashlib.sha256(name.encode()).digest()
    return _hex(colorsys.hls_to_rgb(_HUES[drawn[0] % len(_HUES)] / 360, 0.32, 0.55))


# — colours that can be read —


def colours(accent: str, *, dark: bool) -> Colours:
    page, step = (LIGHTEST_NIGHT, 0.02) if dark else (DEEPEST_PAPER, -0.02)
    text = _moved_until(accent, page, step)
    surface = text if dark else _moved_until(accent, "#ffffff", -0.02)
    return Colours(text, surface, NIGHT if dark else "#ffffff")


def contrast(one: str, other: str) -> float:
    """By the formula of WCAG 2.2."""
    light, deep = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (deep + 0.05)


def _moved_until(colour: str, against: str, step: float) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    while contrast(colour, against) < READABLE:
        lightness = min(1.0, max(0.0, lightness + step))
        colour = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def _luminance(colour: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def stylesheet(look: Look) -> str:
    """The few lines that differ from one organisation to the next."""
    light, night = (_tokens(colours(look.accent, dark=dark)) for dark in (False, True))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {night} }} }}\n"


def _tokens(found: Colours) -> str:
    return f"--accent: {found.accent}; --surface: {found.surface}; --on-surface: {found.on_surface};"

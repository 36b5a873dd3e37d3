"""E-mail addresses.

Equal without regard to case on both sides of the @. By the letter of the standard the part in
front could tell `A` from `a`; no mail host does, and people type it either way. A domain is equal
to its own ASCII form (`blåbær.example`, `xn--blbr-roah.example`).
"""

from __future__ import annotations

from functools import lru_cache

from ordholden.identifiers import plain

SAMPLES: tuple[tuple[str, str | None], ...] = (
    ("anna@nordlys.example", "anna@nordlys.example"),
    (" SØREN@Nordlys.Example\n", "søren@nordlys.example"),
    ("a@xn--blbr-roah.example", "a@blåbær.example"),
    ("mailto:anna@nordlys.example", "anna@nordlys.example"),
    ("anna@nordlys.example.", "anna@nordlys.example"),
    ("anna+tilbud@nordlys.example", "anna+tilbud@nordlys.example"),
    ("", None),
    ("ingen", None),
    ("@nordlys.example", None),
    ("anna@", None),
    ("anna @nordlys.example", None),
    ("anna@nordlys@example", None),
    ("anna@nordlys.example, bo@nordlys.example", None),
)
EXCLUSIVE = False
WIDTH = 0
DIGITS = 0


@lru_cache(maxsize=20_000)
def normal(text: str) -> str | None:
    """Without case, trimmed, the domain in letters."""
    folded = (plain.normal(text) or "").removeprefix("mailto:").strip()
    local, at, domain = folded.partition("@")
    domain = ".".join(map(_letters, domain.rstrip(".").split(".")))
    if not local or not domain.strip(".") or any(c.isspace() or c in "@,;<>" for c in local + domain):
        return None
    return local + at + domain


def spellings(normal: str) -> tuple[str, ...]:
    """Also as a link, with the domain's last dot, with the domain in ASCII."""
    local, _, domain = normal.partition("@")
    domains = dict.fromkeys([domain, ".".join(map(_ascii, domain.split(".")))])
    written = [f"{local}@{d}{dot}" for dot in ("", ".") for d in domains]
    return (*written, *(f"mailto:{w}" for w in written))


def shown(text: str) -> str:
    """`s***@nordlys.example`: the domain is mostly a company's, the name is not shown."""
    address = normal(text)
    if address is None:
        return "***"
    local, _, domain = address.partition("@")
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


def _letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return plain.normal(label.encode("ascii").decode("idna")) or label
    except UnicodeError:
        return label


def _ascii(label: str) -> str:
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        return label

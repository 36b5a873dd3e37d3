"""The page of the documentation that lists every code: `docs/problems.md` is made of this."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ordholden.lang.message import EVIDENCE, FILES
from ordholden.lang.texts import texts

__all__ = ["page"]

_TITLES = {
    "files": "The two files",
    "policy": "The policy",
    "fits": "The policy and the systems together",
    "law": "The law",
    "live": "The systems as they are",
    "plans": "Plans",
    "people": "People and holds",
    "post": "Letters and mail",
    "cases": "Cases",
    "store": "The store",
    "doors": "Commands",
    "staff": "People at work, and what the pages do not take",
    EVIDENCE: "Evidence",
}


def page() -> str:
    """Each file a chapter, each code a heading: what is wrong, what to do, the article; the same in Danish."""
    return "\n".join(_chapter(name) for name in FILES)


def _chapter(name: str) -> str:
    english, danish = (texts(language, name) for language in ("en", "da"))
    entries = [_entry(code, english[code], danish.get(code, {})) for code in sorted(english)]
    return "\n".join([f"## {_TITLES[name]}\n", *entries])


def _entry(code: str, english: Mapping[str, str], danish: Mapping[str, str]) -> str:
    law = f" ({english['law']})" if english.get("law") else ""
    lines = [f"### {code}\n", f"{_shown(english)}{law}\n"]
    if danish:
        lines.append(f"*{_shown(danish)}*\n")
    return "\n".join(lines)


def _shown(found: Mapping[str, str]) -> str:
    text = " ".join(found[part] for part in ("says", "do") if found.get(part))
    text = re.sub(r"\{(\w+)(?::#?\w+)?\}", r"‹\1›", text)
    return re.sub(r"\[([^\[\]]*)\]", r"\1", text)

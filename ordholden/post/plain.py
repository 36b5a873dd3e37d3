"""A letter as text: what a mail programme without HTML shows, and what a screen reader reads fastest."""

from __future__ import annotations

from ordholden.post.sheet import (
    Again,
    Block,
    Button,
    Fields,
    Grid,
    Heading,
    Items,
    Paragraph,
    Quote,
    Sheet,
    Span,
)

__all__ = ["text"]

_TO_FILL_IN = "_" * 30


def text(sheet: Sheet) -> str:
    """Paragraphs between empty lines; a row of a table is a list of what its columns say."""
    parts = [
        sheet.sender,
        "\n".join(sheet.to),
        "\n".join(line for line in (sheet.day, sheet.reference) if line),
        f"{sheet.title}\n{'=' * len(sheet.title)}",
        *(_block(block) for block in sheet.blocks),
        "\n".join(sheet.closing),
        # Mail programmes know by this line where the letter ends.
        "-- \n" + "\n".join(sheet.footer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(spans):
            said = _spans(spans)
            return f"{said}\n{'-' * len(said)}"
        case Paragraph(spans):
            return _spans(spans)
        case Items(items):
            return "\n".join(f"- {_spans(item)}" for item in items)
        case Quote(paragraphs):
            lines = "\n\n".join(paragraphs).splitlines()
            return "\n".join(f"> {line}".rstrip() for line in lines)
        case Grid(head, rows):
            return "\n".join(_row(head, row) for row in rows)
        case Fields(rows):
            return "\n".join(f"{label}: {value or _TO_FILL_IN}" for label, value in rows)
        case Again(_, title, blocks, closing):
            above = f"{title}\n{'=' * len(title)}"
            return "\n\n".join(["* * *", above, *(_block(one) for one in blocks), "\n".join(closing)])
        case Button(label, link):
            return f"{label}:\n{link}"


def _row(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    first, *rest = row
    said = [f"  {label}: {value}" for label, value in zip(head[1:], rest, strict=True) if value]
    return "\n".join([f"- {first}", *said])


def _spans(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)

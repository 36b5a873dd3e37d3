"""A letter as HTML: for a mail programme, with style in the elements; for our own pages, with classes alone.

Nothing is fetched from anywhere, there is no script and no form, and every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from types import MappingProxyType

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

__all__ = ["fragment", "whole"]

Style = Mapping[str, str]

# Mail programmes drop <style>; so each element carries its own.
_MAIL: Style = MappingProxyType(
    {
        "body": "margin:0;padding:24px 16px;background:#ffffff;color:#1a1a1a;font:16px/1.5 Arial,Helvetica,sans-serif",
        "main": "max-width:640px;margin:0 auto",
        "h1": "font-size:24px;line-height:1.25;margin:24px 0 16px",
        "h2": "font-size:18px;line-height:1.3;margin:28px 0 8px",
        "p": "margin:0 0 12px",
        "ul": "margin:0 0 12px;padding-left:24px",
        "blockquote": "margin:0 0 12px;padding:4px 0 4px 14px;border-left:3px solid #767676",
        "table": "border-collapse:collapse;width:100%;margin:0 0 12px;font-size:15px",
        "th": "text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:2px solid #1a1a1a",
        "td": "overflow-wrap:anywhere;text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #c8c8c8",
        "a": "color:#0b4f8a;overflow-wrap:anywhere",
        "footer": "margin-top:32px;padding-top:12px;border-top:1px solid #c8c8c8;font-size:14px;color:#4a4a4a",
    }
)
_TO_FILL_IN = "………………………………"
_PLAIN: Style = MappingProxyType({})


def whole(sheet: Sheet) -> str:
    """A page of its own."""
    open_body, close_body = _tags("body", _MAIL)
    open_main, close_main = _tags("main", _MAIL)
    return (
        f'<!doctype html>\n<html lang="{sheet.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(sheet.title)}</title>\n</head>\n{open_body}\n{open_main}\n"
        f"{_inside(sheet, _MAIL)}\n{close_main}\n{close_body}\n</html>\n"
    )


def fragment(sheet: Sheet) -> str:
    """A part of another page, whose first heading is that page's own: so this one begins at the second level."""
    return f'<article class="letter" lang="{sheet.language}">\n{_inside(sheet, _PLAIN, deeper=1)}\n</article>'


def _inside(sheet: Sheet, style: Style, *, deeper: int = 0) -> str:
    dated = [line for line in (sheet.day, sheet.reference) if line]
    parts = [
        _element("p", f"<strong>{escape(sheet.sender)}</strong>", style),
        *([_element("p", "<br>".join(map(escape, sheet.to)), style)] if sheet.to else []),
        *([_element("p", "<br>".join(map(escape, dated)), style)] if dated else []),
        _element("h1", escape(sheet.title), style, deeper=deeper),
        *(_block(block, style, deeper) for block in sheet.blocks),
    ]
    if sheet.closing:
        parts.append(_element("p", "<br>".join(map(escape, sheet.closing)), style))
    parts.append(_element("footer", "<br>".join(map(escape, sheet.footer)), style))
    return "\n".join(parts)


def _block(block: Block, style: Style, deeper: int) -> str:
    match block:
        case Heading(spans):
            return _element("h2", _spans(spans), style, deeper=deeper)
        case Paragraph(spans):
            return _element("p", _spans(spans).replace("\n", "<br>"), style)
        case Items(items):
            return _element("ul", "".join(f"<li>{_spans(item)}</li>" for item in items), style)
        case Quote(paragraphs):
            inner = (_element("p", escape(text).replace("\n", "<br>"), style) for text in paragraphs)
            return _element("blockquote", "".join(inner), style)
        case Grid(head, rows):
            return _grid(head, rows, style)
        case Fields(rows):
            body = "".join(_field(*row, style) for row in rows)
            return _element("table", f"<tbody>{body}</tbody>", style)
        case Again(language, title, blocks, closing):
            parts = [_element("h2", escape(title), style, deeper=deeper)]
            parts += [_block(one, style, deeper) for one in blocks]
            parts.append(_element("p", "<br>".join(map(escape, closing)), style))
            return f'<hr><div lang="{language}">\n{"".join(parts)}\n</div>'
        case Button(label, link):
            # The address is shown as well, for whoever wants to see where it leads.
            shown = _element("a", escape(label), style, f' href="{escape(link)}"')
            return _element("p", f"{shown}<br>{escape(link)}", style)


def _grid(head: Iterable[str], rows: Iterable[Iterable[str]], style: Style) -> str:
    top = "".join(_element("th", escape(text), style, ' scope="col"') for text in head)
    body = "".join(f"<tr>{_cells(row, style)}</tr>" for row in rows)
    return _element("table", f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody>", style)


def _field(label: str, value: str, style: Style) -> str:
    head = _element("th", escape(label), style, ' scope="row"')
    return f"<tr>{head}{_cells((value or _TO_FILL_IN,), style)}</tr>"


def _cells(row: Iterable[str], style: Style) -> str:
    return "".join(_element("td", escape(text), style) for text in row)


def _spans(spans: Iterable[Span]) -> str:
    return "".join(
        f"<strong>{escape(span.text)}</strong>" if span.strong else escape(span.text) for span in spans
    )


def _element(name: str, inner: str, style: Style, attributes: str = "", *, deeper: int = 0) -> str:
    opening, closing = _tags(name, style, attributes, deeper=deeper)
    return f"{opening}{inner}{closing}"


def _tags(name: str, style: Style, attributes: str = "", *, deeper: int = 0) -> tuple[str, str]:
    tag = f"h{int(name[1]) + deeper}" if deeper else name
    styled = f' style="{style[name]}"' if name in style else ""
    return f"<{tag}{attributes}{styled}>", f"</{tag}>"

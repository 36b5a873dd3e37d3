"""Bars as SVG, drawn here: nothing is fetched, nothing runs in the browser. The table beside says the same in figures."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["chart"]

_NAME, _BAR, _LINE, _WIDTH = 190, 330, 30, 600


def chart(
    title: str, names: Sequence[str], values: Sequence[float | None], *, limit: float = 0
) -> SafeString:
    """One bar a name; a dashed line where the limit is."""
    known = [value or 0 for value in values]
    most = max([*known, limit, 1])
    height = _LINE * max(len(names), 1) + 8
    bars = format_html_join(
        "\n",
        '<text class="chart-name" x="0" y="{}">{}</text>'
        '<rect class="chart-bar{}" x="{}" y="{}" width="{}" height="16" rx="2"></rect>'
        '<text class="chart-value" x="{}" y="{}">{}</text>',
        (
            (
                n * _LINE + 20,
                name,
                " chart-over" if limit and value > limit else "",
                _NAME,
                n * _LINE + 8,
                round(max(value / most * _BAR, 1 if value else 0)),
                round(_NAME + value / most * _BAR + 8),
                n * _LINE + 20,
                "–" if given is None else f"{given:g}",
            )
            for n, (name, value, given) in enumerate(zip(names, known, values, strict=True))
        ),
    )
    line = (
        format_html(
            '<line class="chart-limit" x1="{0}" x2="{0}" y1="0" y2="{1}"></line>',
            round(_NAME + limit / most * _BAR),
            height,
        )
        if limit
        else ""
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}{}</svg>',
        _WIDTH,
        height,
        title,
        title,
        bars,
        line,
    )

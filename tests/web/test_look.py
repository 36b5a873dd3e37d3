"""Each organisation's own look, readable whatever it wishes for; one stylesheet; nothing inline, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ordholden.web.look import colours, contrast, look_of
from tests.web.town import COMPANIES, Town

WEB = Path(__file__).parents[2] / "ordholden" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


STYLE = (WEB / "static" / "web" / "ordholden.css").read_text()


def grounds(*, dark: bool) -> set[str]:
    """What text stands on: every paper that the stylesheet names."""
    light, night = STYLE.split("@media (prefers-color-scheme: dark)")[:2]
    names = r"--(?:paper|raised|sunk|[a-z]+-paper): (#[0-9a-f]{6})"
    return set(re.findall(names, night.split("box-sizing")[0] if dark else light))


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_can_be_read_on_every_ground(number: int) -> None:
    for dark in (False, True):
        found = colours(f"#{number:06x}", dark=dark)

        assert all(contrast(found.accent, ground) >= 4.5 for ground in grounds(dark=dark))
        assert contrast(found.on_surface, found.surface) >= 4.5


def test_the_contrast_is_that_of_the_guideline() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_organisations_are_told_apart(town: Town) -> None:
    looks = [look_of(town.organisation(name)) for name in COMPANIES]

    assert len({look.accent for look in looks}) == len(COMPANIES)
    assert len({look.name for look in looks}) == len(COMPANIES)


def test_an_organisation_without_a_look_gets_one_from_its_name(town: Town) -> None:
    file = town.folder / "clienti" / "look.yaml"
    written = file.read_text()
    try:
        file.write_text("accent: red\nlogo: ../../etc/passwd\nwords: [no]\n")
        look = look_of(town.organisation("clienti"))
    finally:
        file.write_text(written)

    assert re.fullmatch("#[0-9a-f]{6}", look.accent)
    assert look.logo is None


def test_a_logo_is_served_so_that_nothing_in_it_runs(client: Client, town: Town) -> None:
    folder = town.folder / "clienti"
    file, written = folder / "look.yaml", (folder / "look.yaml").read_text()
    (folder / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    try:
        file.write_text(f"logo: logo.svg\n{written}")
        response = client.get("/clienti/logo")
        assert 'src="/clienti/logo"' in client.get("/clienti/").content.decode()
    finally:
        file.write_text(written)

    assert response["Content-Type"] == "image/svg+xml"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/clienti/", "/clienti/right/", "/accounts/login/", "/nowhere/"])
def test_a_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(client: Client, path: str) -> None:
    response = client.get(path)

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_no_template_has_anything_inline(file: Path) -> None:
    text = file.read_text()

    assert not re.search(r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style|javascript:""", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or "application/json" in script
    assert not re.search(r"""(?:src|href)\s*=\s*["']https?://""", text)


def test_nothing_is_styled_by_a_font_or_picture_of_others() -> None:
    text = (WEB / "static" / "web" / "ordholden.css").read_text()

    assert "url(" not in text
    assert "@import" not in text

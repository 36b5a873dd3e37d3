"""A browser and a server for tests: Debian's Chromium, and `ordholden serve` on the examples, both real.

Where there is no Chromium the tests are skipped, and counted.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["CHROMIUM", "Site", "axe", "chromium", "copied", "press", "served"]

CHROMIUM = os.environ.get("ORDHOLDEN_CHROMIUM", "/usr/bin/chromium")
_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Site:
    """A house that is being served."""

    house: Path
    address: str


def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine")
    # The browser's loop runs in this thread, and Django would refuse every query beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(house: Path) -> Iterator[str]:
    """The house's address while it is served in a process of its own."""
    port = _free_port()
    address = f"http://localhost:{port}"
    environment = {**os.environ, "ORDHOLDEN_ADDRESS": address, "ORDHOLDEN_SECOND_FACTOR": "offered"}
    log = house.parent / f"{house.name}.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            [sys.executable, "-m", "ordholden", "serve", str(house), "--port", str(port), "--no-work"],
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        _must_answer(f"{address}/alive", server, log)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
        log.unlink(missing_ok=True)


def press(page: Page, name: str | re.Pattern[str], *, exact: bool = False) -> None:
    """Presses the first such button and waits for the page it leads to, which may be the same again: a click doesn't wait."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=exact).first.click()


def axe(page: Page) -> list[str]:
    """What keeps people out of the page: rule and element. The page's own policy lets no script in, so it comes in from outside."""
    page.evaluate(_AXE.read_text("utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
        ".then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' ' + n.html)))",
        _RULES,
    )
    return list(found)


def copied(house: Path, to: Path) -> Path:
    """A house of one's own: the examples without what tests did to them."""
    return Path(shutil.copytree(house, to, ignore=shutil.ignore_patterns(".ordholden", "inn")))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _must_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.poll() is not None:
            raise AssertionError(f"the server stopped: {log.read_text()}")
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310 – our own
                assert answer.status == 200
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"no answer: {log.read_text()}")

"""The pages as they are served, and those who click: a process of its own, a line and a thread for each user.

A page's server time is what the server says of itself (`Server-Timing`, from the request's arrival to its answer); what the
user saw has waiting for a free thread in it, too.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from pathlib import Path
from socket import socket
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import httpx

__all__ = ["Answer", "Line", "served", "share", "sign_in", "signed_in", "together"]


class Clicked(Protocol):
    """A page to be asked for."""

    @property
    def page(self) -> str: ...

    @property
    def path(self) -> str: ...


C = TypeVar("C", bound=Clicked)


@dataclass(frozen=True)
class Answer:
    """What came, how long it took by either clock, and how long the pages' processor worked for it."""

    page: str
    status: int
    text: str
    client: float
    server: float
    work: float


@contextmanager
def served(house: Path, processes: int, threads: int, *, work: bool = False) -> Iterator[str]:
    """The address of `ordholden serve`, while it runs."""
    port = _free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "ordholden", "serve", str(house), "--port", str(port)]
    command += ["--work" if work else "--no-work"]
    command += ["--processes", str(processes), "--threads", str(threads)]
    given = {"ORDHOLDEN_ADDRESS": address, "ORDHOLDEN_SERVER_TIMING": "1"}
    process = subprocess.Popen(command, env={**os.environ, **given}, stdout=subprocess.DEVNULL)
    try:
        _must_answer(address, process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _must_answer(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{address}/alive").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer")


def signed_in(address: str, email: str, password: str) -> str:
    """The cookies of somebody who has signed in as people do."""
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        sign_in(browser, email, password)
        return "; ".join(f"{c.name}={c.value}" for c in browser.cookies.jar)


def sign_in(browser: httpx.Client, email: str, password: str) -> None:
    page = "/accounts/login/"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).text)
    if token is None:
        raise LookupError("the page to sign in has no form")
    said = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
    answer = browser.post(page, data=said, headers={"Referer": f"{browser.base_url}{page}"})
    if "/console/" not in str(answer.url):
        raise LookupError(f"{email} could not sign in: {answer.status_code} at {answer.url}")


class Line:
    """One user's connection, which stays open."""

    def __init__(self, address: str, cookies: str) -> None:
        host = urlsplit(address)
        self._line = HTTPConnection(host.hostname or "localhost", host.port or 80, timeout=180)
        self._cookies = {"Cookie": cookies}

    def ask(self, clicked: Clicked) -> Answer:
        try:
            response, content, took = self._asked(clicked.path)
        except RemoteDisconnected:
            # The server let go of a line that had been silent; a browser opens another one.
            self._line.close()
            response, content, took = self._asked(clicked.path)
        said = re.findall(r"dur=([0-9.]+)", response.headers.get("Server-Timing", "")) or ["nan", "nan"]
        server, work = (float(one) / 1000 for one in said)
        return Answer(clicked.page, response.status, content.decode(), took, server, work)

    def _asked(self, path: str) -> tuple[HTTPResponse, bytes, float]:
        begun = time.perf_counter()
        self._line.request("GET", path, headers=self._cookies)
        response = self._line.getresponse()
        content = response.read()
        return response, content, time.perf_counter() - begun

    def close(self) -> None:
        self._line.close()


def together(
    lines: Sequence[Line], days: Sequence[Iterator[C]], *, thinks: tuple[float, float], seconds: float
) -> Iterator[tuple[C, Answer]]:
    """Everybody clicks for so many seconds, each through a day of their own."""
    seen: list[tuple[C, Answer]] = []
    failed: list[BaseException] = []
    until = time.monotonic() + seconds

    def work(number: int) -> None:
        dice = random.Random(number)
        # Nobody begins in the same moment as everybody.
        time.sleep(dice.random() * (thinks[1] or 0.1))
        try:
            while time.monotonic() < until and not failed:
                clicked = next(days[number], None)
                if clicked is None:
                    return
                try:
                    answer = lines[number].ask(clicked)
                except OSError as error:
                    raise TimeoutError(f"{clicked.path}: {error}") from error
                seen.append((clicked, answer))
                time.sleep(dice.uniform(*thinks))
        except Exception as error:  # noqa: BLE001 – a thread's failure is told by whoever waits for it
            failed.append(error)

    _joined([threading.Thread(target=work, args=(n,)) for n in range(len(lines))])
    if failed:
        raise failed[0]
    yield from seen


def _joined(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def share(times: Sequence[float], percent: int) -> float:
    """The time that so many of a hundred do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]

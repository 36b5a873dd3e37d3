"""The console in a browser: this process's own web on a socket, and members who are signed in to it by their cookie.

Other than in `browser.served`, tests and pages share a process here, so that a test can let the tasks of a case run.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page

from ordholden.staff import Role
from tests.web.town import Town

__all__ = ["Office", "served_here", "sitting"]


class Pool(WSGIServer):
    """A few threads, each with a house of its own that stays open."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._threads = ThreadPoolExecutor(2)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._threads.submit(self._answer, request, client_address)

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        self._threads.shutdown()


class Quiet(WSGIRequestHandler):
    # A browser opens connections in advance; one on which nothing is asked must not keep a thread.
    timeout = 1

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served_here() -> Iterator[str]:
    """The address of this process's web."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Pool, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    with override_settings(ALLOWED_HOSTS=["127.0.0.1", "localhost", "testserver"]):
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def sitting(browser: Browser, address: str, client: Client, **more: Any) -> BrowserContext:
    """The browser of whoever the client is signed in as."""
    given = {"locale": "da-DK", "viewport": {"width": 1200, "height": 900}, "bypass_csp": True, **more}
    context = browser.new_context(base_url=address, **given)
    cookies = [{"name": name, "value": one.value, "url": address} for name, one in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    context.set_default_timeout(8_000)
    return context


class Office:
    """Members of staff at their browsers."""

    def __init__(self, browser: Browser, address: str, town: Town) -> None:
        self.town, self._browser, self._address = town, browser, address
        self._contexts: list[BrowserContext] = []

    def desk_of(self, role: Role, name: str = "clienti", **more: object) -> Page:
        client = self.town.signed_in(role, name)
        context = sitting(self._browser, self._address, client, **more)
        self._contexts.append(context)
        page: Page = context.new_page()
        page.goto(f"/console/{name}/")
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()

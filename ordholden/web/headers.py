"""What browsers are told about every answer: nothing from elsewhere, nothing inline, in nobody's frame, kept nowhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

__all__ = ["POLICY", "Headers", "Timing"]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the second factor's QR code
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_FEATURES = ", ".join(f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb"))


class Headers:
    """Sets what a view has not set itself."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Permissions-Policy", _FEATURES)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")
        return response


class Timing:
    """Says with each answer how long it took here, and how long of that the processor worked for it in this process.

    Only where the environment asks for it, since it tells of what was done.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun, worked = time.perf_counter(), time.thread_time()
        response = self._answer(request)
        took, work = time.perf_counter() - begun, time.thread_time() - worked
        response.headers["Server-Timing"] = f"all;dur={took * 1000:.1f}, work;dur={work * 1000:.1f}"
        return response

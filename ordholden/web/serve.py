"""Starts the server: as many processes as wanted, each with some threads; and stops it as it was asked to."""

from __future__ import annotations

import os
from pathlib import Path

from ordholden.web.begin import begin, bring_up_to_date

__all__ = ["serve"]


def serve(
    folder: Path, *, address: str = "127.0.0.1", port: int = 8000, workers: int = 1, threads: int = 4
) -> None:
    """Serves a house until somebody stops it."""
    os.environ.setdefault("ORDHOLDEN_ADDRESS", f"http://localhost:{port}")
    begin(folder)
    bring_up_to_date()
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "ordholden.web.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,
        log_level="warning",  # type: ignore[arg-type] # the library takes the word as well
    ).serve()

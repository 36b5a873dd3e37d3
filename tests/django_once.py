"""Django takes its settings once per process. Tests of every room run with the web's, in a house that is empty at first.

Imported before anything opens a store; what the settings read from the environment is taken out of it again.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["HOUSE"]

HOUSE = Path(tempfile.mkdtemp(prefix="ordholden-house-")).resolve()
atexit.register(shutil.rmtree, HOUSE, ignore_errors=True)

_OURS = ("ORDHOLDEN_HOUSE", "ORDHOLDEN_ADDRESS", "ORDHOLDEN_STORE", "ORDHOLDEN_OIDC", "ORDHOLDEN_SMTP")


def _begin() -> None:
    before = {name: os.environ.pop(name, None) for name in _OURS}
    from ordholden.web.begin import begin

    os.environ["ORDHOLDEN_ADDRESS"] = "http://testserver"
    begin(HOUSE)
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


_begin()

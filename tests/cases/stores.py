"""Where nothing depends on the kind of database, a store in the folder is enough; the others run on both."""

from __future__ import annotations

import pytest

__all__ = ["url_of_the_folder"]


@pytest.fixture(name="url")
def url_of_the_folder() -> None:
    """The store is in the organisation's folder."""

"""The five examples, each made once, and given to a test as a house of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cases.rights.house import House, house
from tests.swept import made


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    parent, found = tmp_path_factory.mktemp("examples"), dict[str, Path]()

    def example(name: str) -> Path:
        if name not in found:
            found[name] = made(parent, name)
        return found[name]

    return example


@pytest.fixture
def at(examples: Callable[[str], Path], tmp_path: Path) -> Iterator[Callable[[str], House]]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(house(examples(name), tmp_path / name))

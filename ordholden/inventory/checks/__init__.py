"""What only both files together tell, one check a file: a `Together` in, problems out.

A check is a module here with a function `check(both, problems)`; it is found by its file, so a new one is a
new file and nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import cast

from ordholden.inventory.together import Together
from ordholden.problems import Problems

__all__ = ["Check", "every"]

Check = Callable[[Together, Problems], None]


def every() -> tuple[Check, ...]:
    """All checks, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast(Check, importlib.import_module(f"{__name__}.{name}").check) for name in names)

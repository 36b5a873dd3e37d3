"""What the system can do, one file each: `NAME` as policies write it, and `proof`, which shows it live.

A file here is a capability; nothing else has to be told of it. A proof reads and never writes, and it
never says "kept" because the code is there: it looks at what was carried out, or tries the thing in
memory on somebody who is in the systems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Proof

__all__ = ["Capability", "capabilities"]

Capability = Callable[[Keeping], Proof]


@cache
def capabilities() -> Mapping[str, Capability]:
    """Every capability of this version, by name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return {module.NAME: module.proof for module in modules}

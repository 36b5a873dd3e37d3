"""Reads and never writes: which promises are kept, due, broken or not provable yet, and what shows it.

In comes a `Look` (the open systems on one day, the plans' book, the folder); out goes a `PromiseState` for
every promise of the policy, every keep rule and every system. A new capability is a file in `capabilities/`.
"""

from ordholden.promises.look import Look
from ordholden.promises.overview import as_json, promises, summary
from ordholden.promises.promise import Evidence, Kind, Promises, PromiseState, Proof, State

__all__ = [
    "Evidence",
    "Kind",
    "Look",
    "PromiseState",
    "Promises",
    "Proof",
    "State",
    "as_json",
    "promises",
    "summary",
]

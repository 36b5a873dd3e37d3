"""ordholden: a personal data policy that is kept, and proof that it is.

    import ordholden

    with ordholden.open("demo/clienti") as clienti:
        clienti.check()
        plan = clienti.plan()

Nothing heavy is loaded until a folder is opened; every name below is fetched when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ordholden.app import Difference, Organisation, Outcome
    from ordholden.app import open_organisation as open  # noqa: A004
    from ordholden.connectors.errors import SystemFailure
    from ordholden.plans.book import Kept, PlanState
    from ordholden.plans.plan import Operation, Plan, Step
    from ordholden.policy.document import Policy
    from ordholden.problems import Level, Place, Problem, Refusal

__version__ = "0.1.0"

__all__ = [
    "Difference",
    "Kept",
    "Level",
    "Operation",
    "Organisation",
    "Outcome",
    "Place",
    "Plan",
    "PlanState",
    "Policy",
    "Problem",
    "Refusal",
    "Step",
    "SystemFailure",
    "__version__",
    "open",
]

_HOMES = {
    "open": "ordholden.app:open_organisation",
    "Difference": "ordholden.app",
    "Organisation": "ordholden.app",
    "Outcome": "ordholden.app",
    "SystemFailure": "ordholden.connectors.errors",
    "Kept": "ordholden.plans.book",
    "PlanState": "ordholden.plans.book",
    "Operation": "ordholden.plans.plan",
    "Plan": "ordholden.plans.plan",
    "Step": "ordholden.plans.plan",
    "Policy": "ordholden.policy.document",
    "Level": "ordholden.problems",
    "Place": "ordholden.problems",
    "Problem": "ordholden.problems",
    "Refusal": "ordholden.problems",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ordholden' has no attribute {name!r}")
    home, _, inner = _HOMES[name].partition(":")
    found = getattr(importlib.import_module(home), inner or name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])

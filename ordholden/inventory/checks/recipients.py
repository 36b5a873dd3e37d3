"""Who gets data, where they are, and what that rests on (GDPR art. 28, 44–49)."""

from __future__ import annotations

from ordholden.inventory.together import Together
from ordholden.law.transfers import Standing, standing
from ordholden.policy.document import Recipient
from ordholden.problems import Place, Problems


def check(both: Together, problems: Problems) -> None:
    used = {r for a in both.policy.activities.values() for r in a.recipients}
    for name, recipient in both.policy.recipients.items():
        at = both.policy.place("recipients", name)
        if name not in used:
            problems.note("recipient-unused", at, recipient=name)
        if recipient.kind == "processor" and not recipient.agreement:
            problems.warning("agreement-missing", at, recipient=name)
        _country(name, recipient, at, both, problems)


def _country(name: str, recipient: Recipient, at: Place | None, both: Together, problems: Problems) -> None:
    country = recipient.country
    if not country:
        problems.warning("country-missing", at, recipient=name)
        return
    at = both.policy.place("recipients", name, "country", country) or at
    match standing(country):
        case Standing.UNKNOWN:
            problems.error("country-unknown", at, recipient=name, country=country)
        case Standing.THIRD if not recipient.transfer:
            problems.warning("transfer-unfounded", at, recipient=name, country=country)
        case Standing.PARTLY if not recipient.transfer:
            problems.warning("transfer-partly", at, recipient=name, country=country)
        case _:
            pass

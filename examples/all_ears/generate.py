"""All Ears TM: campaigns, lists, calls and agreements; an old dialler; the staff; recordings as files."""

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from examples.making import (
    Batches,
    Dice,
    Person,
    batched,
    lorem,
    misspelt,
    person,
    spelt_cpr,
)

Row = dict[str, Any]
Batch = tuple[str, str, list[Row]]

VARIABLES = {"crm": "ALL_EARS_CRM_URL", "dialler": "ALL_EARS_DIALLER_URL", "hr": "ALL_EARS_HR_URL"}

# Spans of numbers, so that no two people get the same CPR number, address or telephone.
EMPLOYEE, APPLICANT, CLIENT, OBJECTOR = 6_000_000, 7_000_000, 8_000_000, 9_000_000

# The folder holds recordings of so many people at most: a million small files prove nothing more.
RECORDED = 5_000
NEVER = date(9999, 12, 31)

crm, dialler, hr = sa.MetaData(), sa.MetaData(), sa.MetaData()
SYSTEMS = {"crm": crm, "dialler": dialler, "hr": hr}

sa.Table(
    "controllers",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("cvr", sa.String(8), nullable=False),
    sa.Column("joined_on", sa.Date, nullable=False),
    sa.Column("left_on", sa.Date),
)
sa.Table(
    "controller_contacts",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("controller_id", sa.ForeignKey("controllers.id"), nullable=False, index=True),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("title", sa.String(60)),
    sa.Column("email", sa.String(120), index=True),
    sa.Column("phone", sa.String(24)),
)
sa.Table(
    "campaigns",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("controller_id", sa.ForeignKey("controllers.id"), nullable=False, index=True),
    sa.Column("code", sa.String(10), nullable=False, unique=True),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("started_on", sa.Date, nullable=False, index=True),
    sa.Column("ended_on", sa.Date, index=True),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("keep_days", sa.SmallInteger, nullable=False),
)
sa.Table(
    "invoices",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("campaign_id", sa.ForeignKey("campaigns.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("controller_contacts.id"), index=True),
    sa.Column("attention", sa.String(80)),
    sa.Column("issued_on", sa.Date, nullable=False, index=True),
    sa.Column("paid_on", sa.Date),
    sa.Column("amount", sa.Numeric(12, 2), nullable=False),
)
sa.Table(
    "agents",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("employee_no", sa.String(12), index=True),
    sa.Column("initials", sa.String(16), nullable=False, unique=True),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("email", sa.String(120), index=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("deactivated_at", sa.DateTime, index=True),
)
sa.Table(
    "contacts",
    crm,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("campaign_id", sa.ForeignKey("campaigns.id"), nullable=False, index=True),
    sa.Column("customer_no", sa.String(32), nullable=False, unique=True),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("street", sa.String(80)),
    sa.Column("postcode", sa.String(8)),
    sa.Column("city", sa.String(40)),
    sa.Column("email", sa.String(120), index=True),
    sa.Column("phone", sa.String(40), nullable=False, index=True),
    sa.Column("remark", sa.Text),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("imported_at", sa.DateTime, nullable=False, index=True),
    sa.Column("deleted_at", sa.DateTime),
    sa.UniqueConstraint("campaign_id", "phone"),
)
sa.Table(
    "cleanings",
    crm,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("field", sa.String(20), nullable=False),
    sa.Column("value_before", sa.String(120)),
    sa.Column("value_after", sa.String(120)),
    sa.Column("register", sa.String(20), nullable=False),
    sa.Column("cleaned_at", sa.DateTime, nullable=False),
)
sa.Table(
    "answers",
    crm,
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), primary_key=True),
    sa.Column("question", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("answer", sa.String(200), nullable=False),
)
sa.Table(
    "calls",
    crm,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("agent_id", sa.ForeignKey("agents.id"), nullable=False, index=True),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("purpose_told", sa.Boolean, nullable=False),
    sa.Column("wants_agreement", sa.Boolean),
    sa.Column("note", sa.Text),
    sa.Column("recording_yes_at", sa.DateTime(timezone=True)),
    sa.Column("recording_no_at", sa.DateTime(timezone=True)),
    sa.Column("recording_file", sa.String(120), unique=True),
)
sa.Table(
    "agreements",
    crm,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, unique=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("signed_at", sa.DateTime, nullable=False, index=True),
    sa.Column("cpr", sa.String(24)),
    sa.Column("bank_reg", sa.String(4)),
    sa.Column("bank_account", sa.String(12)),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("closed_on", sa.Date, index=True),
)
sa.Table(
    "complaints",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date, index=True),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
sa.Table(
    "objections",
    crm,
    sa.Column("phone", sa.String(16), primary_key=True),
    sa.Column("full_name", sa.String(80)),
    sa.Column("noted_on", sa.Date, nullable=False, index=True),
    # The call may be gone: no foreign key, and in old rows no such call.
    sa.Column("call_no", sa.BigInteger),
)

# Bought second-hand and older than half the staff: no foreign keys, days as text, moments as seconds.
sa.Table(
    "jobs",
    dialler,
    sa.Column("job_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("title", sa.String(40), nullable=False),
    sa.Column("opened", sa.BigInteger, nullable=False),
    sa.Column("closed", sa.BigInteger, index=True),
    sa.Column("mode", sa.String(1), nullable=False),
)
sa.Table(
    "leads",
    dialler,
    sa.Column("lead_no", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("job_no", sa.Integer, nullable=False, index=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("tel", sa.String(20), nullable=False, index=True),
    sa.Column("loaded", sa.String(10), nullable=False),
    sa.Column("hidden", sa.SmallInteger, nullable=False),
)
sa.Table(
    "cdr",
    dialler,
    sa.Column("uniqueid", sa.String(32), primary_key=True),
    sa.Column("lead_no", sa.BigInteger, nullable=False, index=True),
    sa.Column("tel", sa.String(20), nullable=False),
    sa.Column("dialled", sa.BigInteger, nullable=False, index=True),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("result", sa.String(8), nullable=False),
)

sa.Table(
    "employees",
    hr,
    sa.Column("number", sa.String(12), primary_key=True),
    sa.Column("cpr", sa.String(24), nullable=False, unique=True),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("street", sa.String(80)),
    sa.Column("postcode", sa.String(8)),
    sa.Column("city", sa.String(40)),
    sa.Column("email", sa.String(120), nullable=False, unique=True),
    sa.Column("phone", sa.String(24)),
    sa.Column("relatives", sa.Text),
    sa.Column("employed_on", sa.Date, nullable=False),
    sa.Column("left_on", sa.Date, index=True),
    sa.Column("status", sa.String(10), nullable=False),
)
sa.Table(
    "salaries",
    hr,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("employee_no", sa.ForeignKey("employees.number"), nullable=False, index=True),
    sa.Column("paid_on", sa.Date, nullable=False, index=True),
    sa.Column("amount", sa.Numeric(10, 2), nullable=False),
    sa.Column("bank_account", sa.String(20)),
    sa.UniqueConstraint("employee_no", "paid_on"),
)
sa.Table(
    "shifts",
    hr,
    sa.Column("employee_no", sa.ForeignKey("employees.number"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("hours", sa.Numeric(4, 2), nullable=False),
    sa.Column("absence", sa.String(20)),
)
sa.Table(
    "applicants",
    hr,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("email", sa.String(120), index=True),
    sa.Column("phone", sa.String(24)),
    sa.Column("born", sa.Date),
    sa.Column("letter", sa.Text, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False, index=True),
    sa.Column("decided_on", sa.Date, index=True),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("pool_yes_at", sa.DateTime),
    sa.Column("pool_no_at", sa.DateTime),
)


@dataclass(frozen=True)
class Scene:
    """What the made-up company depends on."""

    people: int
    on: date
    seed: int

    @property
    def campaigns(self) -> int:
        return min(max(self.people // 40, 10), 2_000)

    @property
    def controllers(self) -> int:
        return max(self.campaigns // 4, 4)

    @property
    def employees(self) -> int:
        return min(max(self.people // 20, 20), 400)

    @property
    def applicants(self) -> int:
        return min(max(self.people // 10, 20), 5_000)

    @property
    def agents(self) -> int:
        """Those who call; the other employees don't, and the last few agents come from an agency."""
        return self.employees * 3 // 4

    def dice(self, *names: str | int) -> Dice:
        return Dice(self.seed, *names)


def rows(people: int, *, on: date, seed: int) -> Iterator[Batch]:
    """All rows of all systems, parents before children."""
    scene = Scene(people, on, seed)
    yield from (("hr", "employees", b) for b in batched(employees(scene)))
    yield from (("hr", "salaries", b) for b in batched(salaries(scene)))
    yield from (("hr", "shifts", b) for b in batched(shifts(scene)))
    yield from (("hr", "applicants", b) for b in batched(applicants(scene)))
    yield from (("crm", "controllers", b) for b in batched(controllers(scene)))
    yield from (("crm", "controller_contacts", b) for b in batched(controller_contacts(scene)))
    yield from (("crm", "campaigns", b) for b in batched(campaigns(scene)))
    yield from (("crm", "invoices", b) for b in batched(invoices(scene)))
    yield from (("crm", "agents", b) for b in batched(agents(scene)))
    yield from (("dialler", "jobs", b) for b in batched(jobs(scene)))
    yield from contacts_and_calls(scene)
    yield from (("crm", "objections", b) for b in batched(objections(scene)))


# Campaigns and those who order them


@dataclass(frozen=True)
class Campaign:
    number: int
    code: str
    controller: int
    started: date
    ended: date | None
    keep_days: int
    status: str

    def last_day(self, on: date) -> date:
        return on if self.ended is None or self.ended > on else self.ended


# Ten campaigns in a row are one of each of these, so that every day has something of every kind.
RUNNING, PLANNED, KEPT, DUE, EXPIRED, UNTIDY = "running", "planned", "kept", "due", "expired", "untidy"
FATES = (RUNNING, KEPT, RUNNING, PLANNED, DUE, KEPT, RUNNING, EXPIRED, UNTIDY, RUNNING)


@lru_cache(maxsize=2_048)
def campaign(scene: Scene, number: int) -> Campaign:
    dice = scene.dice("campaign", number)
    fate = FATES[number % 10]
    keep_days = dice.pick((30, 45, 60, 90, 180)) if fate in (KEPT, DUE) else dice.pick((7, 14, 30, 60, 90))
    ended = campaign_end(dice, number, keep_days, scene.on)
    last = scene.on if ended is None or ended > scene.on else ended
    return Campaign(
        number=number,
        code=f"K{number:05d}",
        controller=1 + number % scene.controllers,
        started=last - timedelta(days=dice.number(25, 150)),
        ended=ended,
        keep_days=keep_days,
        status="closed" if fate in (KEPT, DUE, EXPIRED, UNTIDY) else "open",
    )


def campaign_end(dice: Dice, number: int, keep_days: int, on: date) -> date | None:
    fate = FATES[number % 10]
    if fate == PLANNED:
        return on + timedelta(days=dice.number(10, 60))
    if fate == KEPT:
        return on - timedelta(days=dice.number(1, keep_days - 12))
    if fate == DUE:
        return on - timedelta(days=keep_days - dice.number(1, 7))
    if fate == EXPIRED:
        return on - timedelta(days=keep_days + (900, 0, 3, 40, 300)[number // 10 % 5])
    # Closed, and nobody wrote down when; or somebody wrote a day that never comes.
    return NEVER if fate == UNTIDY and dice.chance(0.4) else None


def controllers(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.controllers + 1):
        dice = scene.dice("controller", number)
        left = scene.on - timedelta(days=dice.number(30, 900)) if number % 4 == 3 else None
        yield {
            "id": number,
            "name": f"{dice.pick(TRADES)} {dice.pick(PLACES)} {number}",
            "cvr": f"99{number:06d}",
            "joined_on": scene.on - timedelta(days=dice.number(1_000, 3_000)),
            "left_on": left,
        }


def controller_contacts(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.controllers * 2 + 1):
        dice = scene.dice("controller contact", number)
        who = person(dice, CLIENT + number)
        yield {
            "id": number,
            "controller_id": 1 + (number - 1) // 2,
            "full_name": who.full_name,
            "title": dice.pick(("Marketingchef", "Indkøber", "Direktør", None)),
            "email": who.email if dice.chance(0.9) else None,
            "phone": who.phone,
        }


def campaigns(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.campaigns + 1):
        made = campaign(scene, number)
        yield {
            "id": number,
            "controller_id": made.controller,
            "code": made.code,
            "title": f"{scene.dice('title', number).pick(OFFERS)} {made.started:%m/%Y}",
            "started_on": made.started,
            "ended_on": made.ended,
            "status": made.status,
            "keep_days": made.keep_days,
        }


def invoices(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.campaigns * 4 + 1):
        dice = scene.dice("invoice", number)
        ordered = campaign(scene, 1 + (number - 1) // 4)
        # The older ones are from years that had other campaigns under the same number.
        issued = scene.on - timedelta(days=(number - 1) % 4 * 780 + dice.number(0, 60))
        contact = 2 * ordered.controller - number % 2 if dice.chance(0.9) else None
        who = person(scene.dice("controller contact", contact), CLIENT + contact) if contact else None
        yield {
            "id": number,
            "campaign_id": ordered.number,
            "contact_id": contact,
            "attention": f"Att. {who.full_name}" if who else None,
            "issued_on": issued,
            "paid_on": issued + timedelta(days=dice.number(5, 40)) if dice.chance(0.93) else None,
            "amount": dice.number(4_000, 90_000),
        }


# Staff


def employment(scene: Scene, number: int) -> tuple[date, date | None]:
    """First and last day; a third have left, some of them more than five years ago."""
    dice = scene.dice("employment", number)
    if number % 3:
        return scene.on - timedelta(days=dice.number(30, 4_000)), None
    left = scene.on - timedelta(days=dice.pick((20, 150, 200, 700, 1_500, 2_300, 2_900)))
    return left - timedelta(days=dice.number(200, 2_000)), left


def employee(scene: Scene, number: int) -> Person:
    return person(scene.dice("employee", number), EMPLOYEE + number)


def employees(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.employees + 1):
        dice = scene.dice("employee's row", number)
        who = employee(scene, number)
        first, left = employment(scene, number)
        yield {
            "number": f"M{number:04d}",
            "cpr": spelt_cpr(dice, who.cpr),
            "full_name": who.full_name,
            "street": who.street,
            "postcode": who.postcode,
            "city": who.city,
            "email": who.email,
            "phone": who.phone,
            "relatives": f"Ægtefælle {dice.pick(RELATIVES)}, 1{dice.digits(7)}" if dice.chance(0.4) else None,
            "employed_on": first,
            "left_on": NEVER if left is None and number % 7 == 0 else left,
            "status": "left" if left else "employed",
        }


def salaries(scene: Scene) -> Iterator[Row]:
    number = 0
    for who in range(1, scene.employees + 1):
        first, left = employment(scene, who)
        paid = (left or scene.on).replace(day=1) - timedelta(days=1)
        # Every third month and seven years back is enough to have some of each age.
        while paid > max(first, scene.on - timedelta(days=7 * 366)):
            number += 1
            yield {
                "id": number,
                "employee_no": f"M{who:04d}",
                "paid_on": paid,
                "amount": scene.dice("salary", number).number(12_000, 38_000),
                "bank_account": f"0000 {scene.dice('account', who).digits(10)}",
            }
            paid = (paid - timedelta(days=70)).replace(day=1) - timedelta(days=1)


def shifts(scene: Scene) -> Iterator[Row]:
    for who in range(1, scene.employees + 1):
        dice = scene.dice("shifts", who)
        first, left = employment(scene, who)
        for back in range(1, 40, 3):
            day = (left or scene.on) - timedelta(days=back)
            if day > first:
                yield {
                    "employee_no": f"M{who:04d}",
                    "day": day,
                    "hours": dice.pick((4, 5.5, 7.4)),
                    "absence": dice.weighted({None: 20, "syg": 1, "ferie": 2}),
                }


def applicants(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.applicants + 1):
        dice = scene.dice("applicant", number)
        hired = number % 5 == 0 and number // 5 <= scene.employees
        who = employee(scene, number // 5) if hired else person(dice, APPLICANT + number)
        received = scene.on - timedelta(days=dice.number(1, 420))
        decided = received + timedelta(days=dice.number(5, 60))
        status = "open" if decided > scene.on else "hired" if hired else dice.pick(("rejected", "withdrawn"))
        pool = datetime.combine(decided, time(9, 30)) if dice.chance(0.3) and status == "rejected" else None
        yield {
            "id": number,
            "full_name": who.full_name if dice.chance(0.8) else misspelt(dice, who.full_name),
            "email": None if dice.chance(0.05) else misspelt(dice, who.email) if hired else who.email,
            "phone": who.phone,
            "born": who.born if dice.chance(0.8) else None,
            "letter": f"{lorem(dice, 25)} Med venlig hilsen {who.given}, tlf. {who.phone}",
            "received_on": received,
            # Some were told on the telephone, and nobody wrote down when.
            "decided_on": None if status == "open" or dice.chance(0.05) else decided,
            "status": status,
            "pool_yes_at": pool,
            "pool_no_at": pool + timedelta(days=30) if pool and dice.chance(0.2) else None,
        }


def agents(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.agents + 1):
        dice = scene.dice("agent", number)
        agency = number > scene.agents - 3
        who = person(dice, EMPLOYEE + 500_000 + number) if agency else employee(scene, number)
        _, left = employment(scene, number)
        moment = datetime.combine(left, time(16)) if left else None
        yield {
            "id": number,
            "employee_no": None if agency else f"M{number:04d}",
            "initials": f"{who.given[:2]}{who.family[:1]}{number}".upper(),
            "full_name": who.full_name if dice.chance(0.7) else misspelt(dice, who.full_name),
            "email": None if agency else who.email if dice.chance(0.7) else misspelt(dice, who.email),
            "active": left is None,
            "deactivated_at": moment if dice.chance(0.9) else None,
        }


# People on the lists


@dataclass(frozen=True)
class Listed:
    """One line of a controller's list, and what became of it."""

    number: int
    campaign: Campaign
    who: Person
    phone: str
    email: str | None
    full_name: str
    calls: tuple[tuple[int, datetime, str], ...]  # number, moment in UTC, outcome

    @property
    def agreed(self) -> bool:
        return bool(self.calls) and self.calls[-1][2] == "agreement"


def listed(scene: Scene, number: int) -> Listed:
    dice = scene.dice("contact", number)
    ordered = campaign(scene, 1 + (number - 1) * scene.campaigns // scene.people)
    same = same_person(scene, number)
    who = person(scene.dice("person", same), same)
    again = same != number
    return Listed(
        number=number,
        campaign=ordered,
        who=who,
        phone=misspelt(dice, who.phone) if again else who.phone,
        email=None if dice.chance(0.2) else misspelt(dice, who.email) if again else who.email,
        full_name=misspelt(dice, who.full_name) if again and dice.chance(0.5) else who.full_name,
        calls=tuple(calls_to(scene, dice, number, ordered)),
    )


def same_person(scene: Scene, number: int) -> int:
    """Every twelfth line is somebody whom an earlier list, mostly another controller's, has too."""
    earlier = number - scene.people // 3
    if number % 12 or earlier < 1:
        return number
    return earlier + 1 if earlier % 12 == 0 else earlier


def calls_to(scene: Scene, dice: Dice, number: int, ordered: Campaign) -> Iterator[tuple[int, datetime, str]]:
    days = sorted(
        dice.date_between(ordered.started, ordered.last_day(scene.on) - timedelta(days=1))
        for _ in range(dice.weighted({0: 2, 1: 4, 2: 3, 3: 1}))
    )
    for turn, day in enumerate(days):
        last = turn == len(days) - 1
        outcome = dice.weighted(LAST_OUTCOMES if last else FIRST_OUTCOMES)
        yield number * 10 + turn, dice.moment(day, opens=8, closes=19).replace(tzinfo=UTC), outcome


LAST_OUTCOMES = {"agreement": 4, "no thanks": 6, "no answer": 4, "call back": 2, "wrong number": 1}
FIRST_OUTCOMES = {"no answer": 3, "call back": 2}


def contacts_and_calls(scene: Scene) -> Iterator[Batch]:
    tables = ("contacts", "cleanings", "answers", "calls", "agreements", "complaints")
    waiting = Batches(*(("crm", t) for t in tables), ("dialler", "leads"), ("dialler", "cdr"))
    for number in range(1, scene.people + 1):
        line = listed(scene, number)
        waiting.put("crm", "contacts", contact_row(scene, line))
        put_what_followed(scene, line, waiting)
        if FATES[line.campaign.number % 10] in DIALLED:
            put_dialler(scene, line, waiting)
        yield from waiting.full()
    yield from waiting.rest()


def contact_row(scene: Scene, line: Listed) -> Row:
    dice = scene.dice("contact's row", line.number)
    # Nothing on a list can be newer than the day it is looked at.
    imported = dice.moment(min(line.campaign.started, scene.on - timedelta(days=1)))
    refused = bool(line.calls) and line.calls[-1][2] in ("no thanks", "wrong number")
    return {
        "id": line.number,
        "campaign_id": line.campaign.number,
        "customer_no": f"{line.campaign.controller:04d}-{line.number:08d}",
        "full_name": line.full_name,
        "street": line.who.street if dice.chance(0.95) else None,
        "postcode": line.who.postcode,
        "city": line.who.city,
        "email": line.email,
        "phone": line.phone,
        "remark": remark(dice, line.who) if dice.chance(0.15) else None,
        "source": dice.weighted({"controller": 8, "cpr register": 1, "number register": 1}),
        "imported_at": imported,
        # What the callers take for deleting.
        "deleted_at": imported + timedelta(days=9) if refused and dice.chance(0.3) else None,
    }


def remark(dice: Dice, who: Person) -> str:
    return dice.pick(
        (
            f"Ring efter kl. 16, ellers {who.email}",
            f"{lorem(dice, 8)} {who.given} vil helst have brev.",
            f"Ny adresse: {who.street}, {who.postcode} {who.city}",
            lorem(dice, 12),
        )
    )


def put_what_followed(scene: Scene, line: Listed, waiting: Batches) -> None:
    dice = scene.dice("what followed", line.number)
    if dice.chance(0.25):
        waiting.put("crm", "cleanings", cleaning_row(scene, dice, line))
    for number, moment, outcome in line.calls:
        waiting.put("crm", "calls", call_row(scene, line, number, moment, outcome))
    if line.agreed:
        waiting.put("crm", "agreements", agreement_row(scene, dice, line))
        for question in range(1, dice.number(1, 3)):
            answer = f"{lorem(dice, 5)} ({line.who.given})"
            waiting.put("crm", "answers", {"contact_id": line.number, "question": question, "answer": answer})
    if line.number % 80 == 7:
        waiting.put("crm", "complaints", complaint_row(scene, dice, line))


def cleaning_row(scene: Scene, dice: Dice, line: Listed) -> Row:
    moved = dice.chance(0.6)
    elsewhere = person(dice, line.number).street
    return {
        "id": line.number,
        "contact_id": line.number,
        "field": "street" if moved else "phone",
        "value_before": elsewhere if moved else misspelt(dice, line.phone),
        "value_after": line.who.street if moved else line.phone,
        "register": dice.pick(("cpr register", "cpr register", "robinson list"))
        if moved
        else "number register",
        "cleaned_at": dice.moment(min(line.campaign.started, scene.on - timedelta(days=1))),
    }


def call_row(scene: Scene, line: Listed, number: int, moment: datetime, outcome: str) -> Row:
    dice = scene.dice("call", number)
    answered = outcome != "no answer"
    asked = answered and dice.chance(0.8)
    yes = asked and dice.chance(0.6)
    withdrawn = yes and dice.chance(0.06)
    return {
        "id": number,
        "contact_id": line.number,
        "agent_id": dice.number(1, scene.agents),
        "started_at": moment,
        "seconds": dice.number(20, 900) if answered else 0,
        "outcome": outcome,
        "purpose_told": answered and dice.chance(0.98),
        "wants_agreement": outcome == "agreement" if answered else None,
        "note": f"{line.who.given}: {lorem(dice, 9)}" if answered and dice.chance(0.5) else None,
        "recording_yes_at": moment + timedelta(seconds=15) if yes else None,
        "recording_no_at": moment + timedelta(days=1) if withdrawn else None,
        "recording_file": recording(line, number, moment)
        if answered and yes and line.number <= RECORDED
        else None,
    }


def recording(line: Listed, number: int, moment: datetime) -> str:
    return f"{line.campaign.code}/{moment:%Y%m%d}-{number}-{digits(line.phone)}.wav"


def digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())[-8:]


def agreement_row(scene: Scene, dice: Dice, line: Listed) -> Row:
    signed = line.calls[-1][1]
    closed = min(signed.date() + timedelta(days=dice.number(1, 12)), scene.on)
    status = dice.weighted({"handed over": 12, "cancelled": 2, "new": 3})
    forgotten = dice.chance(0.05)
    return {
        "id": line.number,
        "contact_id": line.number,
        "kind": dice.pick(("subscription", "membership", "donation")),
        # Without a zone, in UTC.
        "signed_at": signed.replace(tzinfo=None) + timedelta(seconds=240),
        "cpr": spelt_cpr(dice, line.who.cpr) if dice.chance(0.8) else None,
        "bank_reg": "0000",
        "bank_account": dice.digits(10),
        "status": status,
        "closed_on": None if status == "new" or forgotten else closed,
    }


def complaint_row(scene: Scene, dice: Dice, line: Listed) -> Row:
    last = line.calls[-1][1].date() if line.calls else line.campaign.started
    received = min(last + timedelta(days=dice.number(1, 9)), scene.on)
    answered = received + timedelta(days=dice.number(3, 40))
    is_open = answered > scene.on
    return {
        "id": line.number,
        "contact_id": line.number,
        "received_on": received,
        "closed_on": None if is_open else answered,
        "status": "open" if is_open else "closed",
        "text": f"{lorem(dice, 15)} Svar til {line.email or line.phone}. {line.full_name}",
    }


def objections(scene: Scene) -> Iterator[Row]:
    """People who want no calls at all, whoever they come from; half of them are on nobody's list."""
    for number in range(1, max(scene.people // 15, 12) + 1):
        dice = scene.dice("objection", number)
        known = number * 2 if number % 2 and number * 2 <= scene.people else OBJECTOR + number
        who = person(scene.dice("person", known), known)
        yield {
            "phone": f"+45{digits(who.phone)}",
            "full_name": who.full_name if dice.chance(0.7) else None,
            "noted_on": scene.on - timedelta(days=dice.number(0, 900)),
            "call_no": number * 10 if dice.chance(0.5) else None,
        }


# The old dialler

DIALLED = (RUNNING, DUE, EXPIRED, UNTIDY)
NO_SUCH_JOB = 99_999


def seconds(day: date | None) -> int | None:
    """Since 1970; a day that nobody entered is 0, or nothing."""
    return None if day is None else int(datetime.combine(day, time(18), UTC).timestamp())


def jobs(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.campaigns + 1):
        made = campaign(scene, number)
        if FATES[number % 10] in DIALLED:
            closed = made.ended if made.ended and made.ended <= scene.on else None
            yield {
                "job_no": 7_000 + number,
                "title": made.code,
                "opened": seconds(made.started),
                "closed": seconds(closed) if closed else scene.dice("job", number).pick((0, None)),
                "mode": "P",
            }


def put_dialler(scene: Scene, line: Listed, waiting: Batches) -> None:
    dice = scene.dice("lead", line.number)
    lead = 500_000_000 + line.number
    loaded = min(line.campaign.started, scene.on - timedelta(days=1))
    waiting.put(
        "dialler",
        "leads",
        {
            "lead_no": lead,
            "job_no": NO_SUCH_JOB if dice.chance(0.04) else 7_000 + line.campaign.number,
            "name": f"{line.who.family} {line.who.given}".upper(),
            "tel": digits(line.phone) if dice.chance(0.6) else misspelt(dice, line.phone),
            "loaded": dice.weighted({f"{loaded:%d-%m-%Y}": 20, "00-00-0000": 1, "": 1}),
            "hidden": int(dice.chance(0.1)),
        },
    )
    for number, moment, outcome in line.calls:
        waiting.put(
            "dialler",
            "cdr",
            {
                "uniqueid": f"{moment.timestamp():.0f}.{number}",
                # The switch counted from another start for some weeks: such a lead there is not.
                "lead_no": lead + 400_000_000 if dice.chance(0.03) else lead,
                "tel": digits(line.phone),
                "dialled": int(moment.timestamp()),
                "seconds": 0 if outcome == "no answer" else dice.number(20, 900),
                "result": "NOANS" if outcome == "no answer" else "ANS",
            },
        )


# Recordings


def files(folder: Path, people: int, *, on: date, seed: int) -> None:
    """The recordings that calls know of, and some that no call knows of."""
    scene = Scene(people, on, seed)
    root = folder / "recordings"
    root.mkdir(parents=True, exist_ok=True)
    for number in range(1, min(people, RECORDED) + 1):
        line = listed(scene, number)
        for call, moment, outcome in line.calls:
            name = call_row(scene, line, call, moment, outcome)["recording_file"]
            # One in fifty is missing on the disk.
            if name and call % 50:
                write_tone(root / name)
        if line.calls and number % 45 == 0:
            call, moment, _ = line.calls[0]
            write_tone(root / recording(line, call + 5, moment))
    write_tone(root / "prøve.wav")
    write_tone(root / "K00001" / "ny optagelse (2).wav")


def write_tone(path: Path) -> None:
    """A hundredth of a second of a square tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8_000)
        sound.writeframes((b"\x60" * 10 + b"\xa0" * 10) * 4)


TRADES = ("Foreningen", "Forlaget", "Indsamlingen", "Bladet", "Forsikringen", "Redningstjenesten", "Klubben")
PLACES = ("Nordlyset", "Fyrtårnet", "Strandkanten", "Egetræet", "Solsiden", "Vindrosen", "Havblik")
OFFERS = ("Støttemedlemmer", "Årsabonnement", "Genbesøg", "Velkomst", "Indsamling", "Fornyelse")
RELATIVES = ("Anne", "Lars", "Mette", "Peter", "Ida", "Jens")

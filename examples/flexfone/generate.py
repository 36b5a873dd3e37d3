"""Data for *Flexfone*: telephony sold by resellers, with the switch's call records and the voices on disk.

The tree is walked from the root: a reseller, its customers one by one, each customer's employees. Who an
employee is follows from the number alone, so that the audio files fit the rows with neither being remembered.
"""

import os
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from examples.making import Batches, Dice, Person, ascii_name, lorem, misspelt, person, spelt_cpr, spelt_phone

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NEVER = date(9999, 12, 31)
EPOCH = date(1970, 1, 1)

BigKey = sa.BigInteger().with_variant(sa.Integer, "sqlite")

portal = sa.MetaData()
sa.Table(
    "resellers",
    portal,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("company", sa.String(120), nullable=False),
    sa.Column("cvr", sa.String(8), index=True),
    sa.Column("contact_name", sa.String(120), nullable=False),
    sa.Column("contact_email", sa.String(160), nullable=False, unique=True),
    sa.Column("contact_phone", sa.String(24), index=True),
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("signed_on", sa.Date),
    sa.Column("ended_on", sa.Date, index=True),
)
# The customer number is the key. It is made of the order of signing and says nothing about anybody.
sa.Table(
    "customers",
    portal,
    sa.Column("code", sa.String(12), primary_key=True),
    sa.Column("reseller_id", sa.ForeignKey("resellers.id"), nullable=False, index=True),
    sa.Column("company", sa.String(120), nullable=False),
    sa.Column("city", sa.String(60)),
    sa.Column("admin_name", sa.String(120), nullable=False),
    sa.Column("admin_email", sa.String(160), index=True),
    sa.Column("admin_phone", sa.String(24), index=True),
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("started_on", sa.Date, nullable=False),
    sa.Column("ended_on", sa.Date, index=True),
)
# Anonymised, never deleted: a customer's number plan and its statistics outlive who had the telephone.
sa.Table(
    "employees",
    portal,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_code", sa.ForeignKey("customers.code"), nullable=False, index=True),
    sa.Column("local", sa.String(20), nullable=False, unique=True),
    sa.Column("full_name", sa.String(120), nullable=False),
    sa.Column("login", sa.String(40), nullable=False, unique=True),
    sa.Column("email", sa.String(160), unique=True),
    sa.Column("mobile", sa.String(24), index=True),
    sa.Column("department", sa.String(60)),
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("left_on", sa.Date, index=True),
    sa.Column("deleted_at", sa.DateTime),
    # A telephone book knows nobody twice.
    sa.UniqueConstraint("customer_code", "full_name"),
)
sa.Table(
    "usage_months",
    portal,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("customer_code", sa.ForeignKey("customers.code"), nullable=False, index=True),
    sa.Column("employee_id", sa.ForeignKey("employees.id"), index=True),
    sa.Column("month", sa.Date, nullable=False, index=True),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("most_called", sa.String(24)),
)
sa.Table(
    "enquiries",
    portal,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("reseller_id", sa.ForeignKey("resellers.id"), nullable=False, index=True),
    sa.Column("employee_id", sa.ForeignKey("employees.id"), index=True),
    sa.Column("employee_name", sa.String(120)),
    sa.Column("channel", sa.String(8), nullable=False),
    sa.Column("subject", sa.String(160), nullable=False),
    sa.Column("body", sa.Text),
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("received_at", sa.DateTime, nullable=False, index=True),
    sa.Column("closed_at", sa.DateTime, index=True),
)
sa.Table(
    "newsletter_log",
    portal,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("reseller_id", sa.ForeignKey("resellers.id"), nullable=False, index=True),
    sa.Column("email", sa.String(160), nullable=False),
    sa.Column("choice", sa.String(4), nullable=False),
    sa.Column("wording", sa.String(20), nullable=False),
    sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False, index=True),
)

pbx = sa.MetaData()
# The local number is the key of the switch, so the key itself is about somebody.
sa.Table(
    "extensions",
    pbx,
    sa.Column("local", sa.String(20), primary_key=True),
    sa.Column("customer_code", sa.String(12), nullable=False, index=True),
    sa.Column("name", sa.String(120)),
    sa.Column("mobile", sa.String(24), index=True),
    sa.Column("device", sa.String(20)),
    sa.Column("note", sa.Text),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("assigned_at", sa.DateTime, nullable=False),
    sa.Column("released_on", sa.Date, index=True),
)
sa.Table(
    "call_records",
    pbx,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("local", sa.ForeignKey("extensions.local"), nullable=False, index=True),
    sa.Column("direction", sa.String(3), nullable=False),
    sa.Column("other_number", sa.String(24), nullable=False),
    sa.Column("cell", sa.String(12)),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("seconds", sa.Integer, nullable=False),
)
# The oldest table of the house: moments are seconds, and nothing holds a row to its extension.
sa.Table(
    "ip_log",
    pbx,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("local", sa.String(20), nullable=False, index=True),
    sa.Column("address", sa.String(45), nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False, index=True),
)
# Almost as old: the day is written as it is said.
sa.Table(
    "voicemails",
    pbx,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("local", sa.ForeignKey("extensions.local"), nullable=False, index=True),
    sa.Column("caller", sa.String(24)),
    sa.Column("received", sa.String(10), index=True),
    sa.Column("file", sa.String(200)),
    sa.Column("heard", sa.Boolean, nullable=False),
)
sa.Table(
    "recordings",
    pbx,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("local", sa.ForeignKey("extensions.local"), nullable=False, index=True),
    sa.Column("other_number", sa.String(24)),
    sa.Column("started_at", sa.DateTime, nullable=False, index=True),
    sa.Column("begun_by", sa.String(8), nullable=False),
    sa.Column("disk_file", sa.String(200)),
    sa.Column("ftp_file", sa.String(200)),
    sa.Column("deleted_at", sa.DateTime),
)

billing = sa.MetaData()
sa.Table(
    "accounts",
    billing,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_code", sa.String(12), nullable=False, unique=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("street", sa.String(120)),
    sa.Column("postcode", sa.String(4)),
    sa.Column("city", sa.String(60)),
    sa.Column("opened_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "numbers",
    billing,
    sa.Column("local", sa.String(20), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("user_name", sa.String(120)),
    sa.Column("added_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "invoices",
    billing,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.String(16), nullable=False, unique=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("attention", sa.String(120), nullable=False),
    sa.Column("oere", sa.Integer, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False, index=True),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("paid_on", sa.Date),
    sa.Column("written_off_on", sa.Date),
)
sa.Table(
    "invoice_lines",
    billing,
    sa.Column("invoice_id", sa.ForeignKey("invoices.id"), primary_key=True, autoincrement=False),
    sa.Column("line", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("local", sa.ForeignKey("numbers.local"), nullable=False, index=True),
    sa.Column("text", sa.String(200), nullable=False),
    sa.Column("oere", sa.Integer, nullable=False),
    sa.Column("billed_on", sa.Date, nullable=False, index=True),
)

SYSTEMS = {"portal": portal, "pbx": pbx, "billing": billing}
VARIABLES = {"portal": "FLEXFONE_PORTAL", "pbx": "FLEXFONE_PBX", "billing": "FLEXFONE_BILLING"}

# Parents before children.
TABLES = (
    *(
        ("portal", t)
        for t in ("resellers", "customers", "employees", "usage_months", "enquiries", "newsletter_log")
    ),
    *(("pbx", t) for t in ("extensions", "call_records", "ip_log", "voicemails", "recordings")),
    *(("billing", t) for t in ("accounts", "numbers", "invoices", "invoice_lines")),
)


@dataclass(frozen=True)
class Tree:
    """How many there are on each level; together they are the people asked for."""

    people: int
    on: date
    seed: int

    @property
    def resellers(self) -> int:
        return max(self.people // 25, 1)

    @property
    def customers(self) -> int:
        return max(self.people // 10, 1)

    @property
    def employees(self) -> int:
        return max(self.people - self.resellers - self.customers, 1)

    def customers_of(self, reseller: int) -> range:
        return range(reseller, self.customers, self.resellers)

    def employees_of(self, customer: int) -> range:
        return range(customer, self.employees, self.customers)

    def dice(self, *names: str | int) -> Dice:
        return Dice(self.seed, *names)

    def ago(self, days: int) -> date:
        return self.on - timedelta(days=days)


@dataclass(frozen=True)
class Term:
    """How long something ran: what the status says, what the date says, and what really was the last day."""

    status: str
    written: date | None
    last: date | None


# By turns, so that each case is there however few there are. Days since the end; None runs on.
RESELLERS = (
    "runs",
    "lead",
    "runs",
    "ended 500",
    "runs",
    "ended 90",
    "old lead",
    "ended 362",
    "runs",
    "no date",
)
CUSTOMERS = (
    *("runs", "runs", "sentinel", "runs", "ended 400", "runs", "runs", "ended 40", "runs", "runs"),
    *("no date", "runs", "runs", "runs", "ended 2400", "runs", "runs", "ended 180", "runs", "runs"),
)
EMPLOYEES = (
    *(
        "runs",
        "runs",
        "runs",
        "ended 200",
        "sentinel",
        "runs",
        "ended 12",
        "runs",
        "ended 30",
        "runs",
        "no date",
    ),
    *(
        "runs",
        "ended 27",
        "runs",
        "runs",
        "ended 600",
        "runs",
        "1970",
        "runs",
        "anonymous",
        "runs",
        "deleted",
    ),
)


def term(tree: Tree, case: str, *, running: str, ended: str) -> Term:
    word, _, days = case.partition(" ")
    last = tree.ago(int(days)) if word == "ended" else None
    match word:
        case "ended":
            return Term(ended, last, last)
        case "no" | "1970":
            return Term(ended, EPOCH if word == "1970" else None, tree.ago(250))
        case "deleted" | "anonymous":
            return Term(ended, tree.ago(700), tree.ago(700))
        case "sentinel":
            return Term(running, NEVER, None)
        case "lead" | "old":
            return Term("lead", None, None)
        case _:
            return Term(running, None, None)


@dataclass(frozen=True)
class Books:
    """What a row is made from, and where it goes: rows waiting for their batch, the next key of a table."""

    tree: Tree
    waiting: Batches
    counters: dict[str, "count[int]"]

    def put(self, system: str, table: str, row: dict[str, Any]) -> None:
        self.waiting.put(system, table, row)

    def next(self, table: str) -> int:
        return next(self.counters[table])


def rows(people: int, *, on: date, seed: int) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    tree = Tree(people, on, seed)
    books = Books(tree, Batches(*TABLES), {table: count(1) for _, table in TABLES})
    for reseller in range(tree.resellers):
        add_reseller(books, reseller)
        for customer in tree.customers_of(reseller):
            add_customer(books, reseller, customer)
            yield from books.waiting.full()
    yield from books.waiting.rest()


def add_reseller(books: Books, number: int) -> None:
    dice = books.tree.dice("reseller", number)
    contact = person(dice, 9_000_000 + number)
    case = RESELLERS[number % len(RESELLERS)]
    runs = term(books.tree, case, running="active", ended="ended")
    entered = books.tree.ago({"lead": 100, "old": 260}.get(case.split()[0], dice.number(900, 2500)))
    email = danish(contact)
    books.put(
        "portal",
        "resellers",
        {
            "id": number + 1,
            "company": f"{contact.family} {dice.pick(TRADES)} {dice.pick(('ApS', 'A/S', 'I/S'))}",
            "cvr": None if runs.status == "lead" else f"0{dice.digits(7)}",
            "contact_name": contact.full_name,
            "contact_email": email,
            "contact_phone": None if dice.chance(0.1) else contact.phone,
            "status": runs.status,
            "created_at": zoned(dice.moment(entered)),
            "signed_on": None if runs.status == "lead" else entered + timedelta(days=dice.number(0, 40)),
            "ended_on": runs.written,
        },
    )
    for chosen_at, choice in newsletter_choices(books.tree, dice, entered):
        books.put(
            "portal",
            "newsletter_log",
            {
                "id": books.next("newsletter_log"),
                "reseller_id": number + 1,
                "email": misspelt(dice, email) if dice.chance(0.3) else email,
                "choice": choice,
                "wording": f"nyhedsbrev {chosen_at.year}",
                "chosen_at": chosen_at,
            },
        )


def newsletter_choices(tree: Tree, dice: Dice, entered: date) -> Iterator[tuple[datetime, str]]:
    """Nothing, yes, yes then no (some of it long ago, some of it this week), or yes, no and yes again."""
    story = dice.pick(("", "yes", "yes", "yes no", "yes no", "yes no yes"))
    moments = sorted(dice.moment(dice.date_between(entered, tree.on)) for _ in story.split())
    if story == "yes no" and dice.chance(0.5):
        moments[1] = dice.moment(tree.ago(dice.number(1, 45)))
        moments[0] = min(moments[0], moments[1] - timedelta(days=1))
    for moment, choice in zip(moments, story.split(), strict=True):
        yield zoned(moment), choice


def add_customer(books: Books, reseller: int, number: int) -> None:
    dice = books.tree.dice("customer", number)
    runs = customer_term(books.tree, number)
    people = books.tree.employees_of(number)
    # The administrator is often one of the employees, and then is the same person twice.
    also_employee = len(people) > 0 and dice.chance(0.4)
    admin = employee_person(books.tree, people[0]) if also_employee else person(dice, 8_000_000 + number)
    email = danish(admin)
    started = (runs.last or books.tree.on) - timedelta(days=dice.number(1800, 3200))
    code = customer_code(number)
    books.put(
        "portal",
        "customers",
        {
            "code": code,
            "reseller_id": reseller + 1,
            "company": f"{dice.pick(FIRMS)} {dice.pick(('Nord', 'Syd', 'Øst', 'Vest', 'Midt'))} {number}",
            "city": admin.city,
            "admin_name": misspelt(dice, admin.full_name) if dice.chance(0.3) else admin.full_name,
            "admin_email": None if dice.chance(0.1) else email.upper() if dice.chance(0.3) else email,
            "admin_phone": misspelt(dice, admin.phone) if dice.chance(0.5) else admin.phone,
            "status": runs.status,
            "started_on": started,
            "ended_on": runs.written,
        },
    )
    books.put(
        "billing",
        "accounts",
        {
            "id": number + 1,
            "customer_code": code,
            "name": admin.full_name,
            "email": misspelt(dice, email) if dice.chance(0.4) else email,
            "street": admin.street,
            "postcode": admin.postcode,
            "city": admin.city,
            "opened_on": started,
        },
    )
    invoices = add_invoices(books, number, admin.full_name, started, runs.last)
    taken: set[str] = set()
    for employee in people:
        add_employee(books, number, employee, taken)
        add_lines(books, invoices, employee)
    add_ghost(books, invoices, number)
    add_meeting_room(books, number)
    add_enquiries(books, reseller, number)


def customer_term(tree: Tree, number: int) -> Term:
    return term(tree, CUSTOMERS[number % len(CUSTOMERS)], running="active", ended="ended")


def customer_code(number: int) -> str:
    return f"K{100_000 + number}"


@dataclass
class Invoice:
    id: int
    issued_on: date
    lines: int = 0


def add_invoices(
    books: Books, customer: int, attention: str, started: date, last: date | None
) -> list[Invoice]:
    """Each year of the last eight, and each quarter of this one."""
    dice = books.tree.dice("invoices", customer)
    invoices = []
    for days in (2900, 2500, 2130, 1790, 1400, 1100, 730, 380, 270, 180, 100, 30, 4):
        issued = books.tree.ago(days + dice.number(0, 20))
        if issued < started or (last and issued > last):
            continue
        due = issued + timedelta(days=30)
        paid = due + timedelta(days=dice.number(-20, 12))
        unpaid = dice.chance(0.08) or paid >= books.tree.on
        invoices.append(Invoice(books.next("invoices"), issued))
        books.put(
            "billing",
            "invoices",
            {
                "id": invoices[-1].id,
                "number": f"{issued.year}-{invoices[-1].id:08}",
                "account_id": customer + 1,
                "attention": attention,
                "oere": dice.number(20_000, 900_000),
                "issued_on": issued,
                "due_on": due,
                "paid_on": None if unpaid else paid,
                "written_off_on": books.tree.ago(days // 2)
                if unpaid and days > 1000 and dice.chance(0.6)
                else None,
            },
        )
    return invoices


@dataclass(frozen=True)
class Employee:
    """Who it is, how long, and by which number; all of it follows from `number`."""

    number: int
    person: Person
    local: str
    case: str
    runs: Term
    started: date


def employee_person(tree: Tree, number: int) -> Person:
    return person(tree.dice("employee", number), 1 + number)


def employee(tree: Tree, number: int) -> Employee:
    customer = number % tree.customers
    case = EMPLOYEES[number % len(EMPLOYEES)]
    runs = term(tree, case, running="active", ended="left")
    closed = customer_term(tree, customer).last
    if closed and (runs.last is None or runs.last > closed):
        runs = Term("left", closed, closed)
    started = (runs.last or tree.on) - timedelta(days=tree.dice("hired", number).number(300, 2000))
    return Employee(
        number,
        employee_person(tree, number),
        f"{1000 + customer}-{200 + number // tree.customers}",
        case,
        runs,
        started,
    )


def add_employee(books: Books, customer: int, number: int, taken: set[str]) -> None:
    dice = books.tree.dice("employee row", number)
    one = employee(books.tree, number)
    anonymous = one.case == "anonymous"
    name = unlike(one.person.full_name, taken)
    email = danish(one.person)
    books.put(
        "portal",
        "employees",
        {
            "id": number + 1,
            "customer_code": customer_code(customer),
            # Some were renamed by hand before anybody wrote a policy.
            "local": f"x{number + 1}" if anonymous else one.local,
            "full_name": f"Medarbejder {number + 1}" if anonymous else name,
            "login": f"slettet{number + 1}" if anonymous else login(one),
            "email": None if anonymous or dice.chance(0.1) else email,
            "mobile": None if anonymous or dice.chance(0.15) else one.person.phone,
            "department": None if anonymous else dice.pick(DEPARTMENTS),
            "status": one.runs.status,
            "created_at": zoned(dice.moment(one.started)),
            "left_on": one.runs.written,
            "deleted_at": dice.moment(one.runs.last + timedelta(days=20))
            if one.runs.last and one.case == "deleted"
            else None,
        },
    )
    add_usage(books, customer, one, dice)
    if not anonymous:
        add_extension(books, customer, one)


def unlike(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where somebody is called the same."""
    number, tried = 1, name
    while tried.casefold() in taken:
        number += 1
        tried = f"{name} {number}"
    taken.add(tried.casefold())
    return tried


def login(one: Employee) -> str:
    return f"{ascii_name(one.person.given)[:3]}{ascii_name(one.person.family)[:3]}{one.number}".replace(
        "-", ""
    )


def add_usage(books: Books, customer: int, one: Employee, dice: Dice) -> None:
    last = one.runs.last or books.tree.on
    for months in (0, 4, 11, 14):
        month = (last - timedelta(days=30 * months)).replace(day=1)
        forgotten = one.case == "anonymous"
        books.put(
            "portal",
            "usage_months",
            {
                "id": books.next("usage_months"),
                "customer_code": customer_code(customer),
                "employee_id": None if forgotten else one.number + 1,
                "month": month,
                "calls": dice.number(0, 400),
                "minutes": dice.number(0, 2000),
                "most_called": None if forgotten or dice.chance(0.2) else somebody(dice),
            },
        )


def add_extension(books: Books, customer: int, one: Employee) -> None:
    dice = books.tree.dice("extension", one.number)
    released = one.runs.written if one.runs.written not in (NEVER, EPOCH) else None
    books.put(
        "pbx",
        "extensions",
        {
            "local": one.local,
            "customer_code": customer_code(customer),
            "name": misspelt(dice, one.person.full_name) if dice.chance(0.25) else one.person.full_name,
            "mobile": misspelt(dice, one.person.phone) if dice.chance(0.6) else None,
            "device": f"SEP{dice.digits(9)}",
            "note": dice.pick(NOTES) if dice.chance(0.15) else None,
            "state": "released" if one.runs.status == "left" else "in use",
            "assigned_at": dice.moment(one.started),
            "released_on": released,
        },
    )
    last = one.runs.last or books.tree.on
    add_calls(books, one, last)
    add_addresses(books, one, last)
    for mail in voicemails(books.tree, one):
        books.put(
            "pbx",
            "voicemails",
            {
                "id": books.next("voicemails"),
                "local": one.local,
                "caller": mail.other,
                "received": "" if mail.odd else f"{mail.day:%d-%m-%Y}",
                "file": mail.path,
                "heard": not dice.chance(0.2),
            },
        )
    for taken in recordings(books.tree, one):
        books.put(
            "pbx",
            "recordings",
            {
                "id": books.next("recordings"),
                "local": one.local,
                "other_number": taken.other,
                "started_at": taken.moment.astimezone(UTC).replace(tzinfo=None),
                "begun_by": dice.pick(("*7", "always")),
                "disk_file": None if taken.on_ftp else taken.path,
                "ftp_file": taken.path if taken.on_ftp else None,
                # The company hid the row and forgot the file.
                "deleted_at": dice.moment(taken.day + timedelta(days=90)) if taken.odd else None,
            },
        )


def add_calls(books: Books, one: Employee, last: date) -> None:
    dice = books.tree.dice("calls", one.number)
    for _ in range(dice.number(4, 16)):
        day = dice.date_between(max(one.started, last - timedelta(days=420)), last)
        books.put(
            "pbx",
            "call_records",
            {
                "id": books.next("call_records"),
                "local": one.local,
                "direction": dice.pick(("in", "out")),
                "other_number": somebody(dice),
                "cell": f"238-{dice.digits(5)}" if dice.chance(0.4) else None,
                # Up to midnight: in UTC it is another day then.
                "started_at": zoned(dice.moment(day, opens=0, closes=24)),
                "seconds": dice.number(0, 3000),
            },
        )


def add_addresses(books: Books, one: Employee, last: date) -> None:
    dice = books.tree.dice("addresses", one.number)
    for turn in range(dice.number(0, 4)):
        day = dice.date_between(last - timedelta(days=500), last)
        lost = turn == 0 and one.number % 30 == 11
        books.put(
            "pbx",
            "ip_log",
            {
                "id": books.next("ip_log"),
                # Nobody has that number any more.
                "local": f"{one.local}99" if lost else one.local,
                "address": dice.pick(
                    (f"192.0.2.{dice.number(1, 254)}", f"2001:db8::{dice.number(1, 9999):x}")
                ),
                "seen": int(zoned(dice.moment(day)).timestamp()),
            },
        )


def add_lines(books: Books, invoices: list[Invoice], number: int) -> None:
    one = employee(books.tree, number)
    dice = books.tree.dice("lines", number)
    account = number % books.tree.customers + 1
    number_row = {
        "local": one.local,
        "account_id": account,
        "user_name": misspelt(dice, one.person.full_name) if dice.chance(0.2) else one.person.full_name,
        "added_on": one.started,
    }
    books.put("billing", "numbers", number_row)
    for invoice in invoices:
        if one.started <= invoice.issued_on <= (one.runs.last or books.tree.on):
            add_line(books, invoice, one.local, one.person.full_name, dice)


def add_line(books: Books, invoice: Invoice, local: str, name: str, dice: Dice) -> None:
    invoice.lines += 1
    books.put(
        "billing",
        "invoice_lines",
        {
            "invoice_id": invoice.id,
            "line": invoice.lines,
            "local": local,
            "text": f"{dice.pick(('Abonnement', 'Mobil', 'Udlandsopkald'))} {local} ({name})",
            "oere": dice.number(900, 40_000),
            "billed_on": invoice.issued_on,
        },
    )


def add_ghost(books: Books, invoices: list[Invoice], customer: int) -> None:
    """Somebody who left before the portal was built, and whom only old invoices remember."""
    old = [invoice for invoice in invoices if invoice.issued_on < books.tree.ago(1700)]
    if customer % 3 or not old:
        return
    dice = books.tree.dice("ghost", customer)
    ghost = person(dice, 7_000_000 + customer)
    local = f"{1000 + customer}-19{dice.number(0, 9)}"
    books.put(
        "billing",
        "numbers",
        {
            "local": local,
            "account_id": customer + 1,
            "user_name": ghost.full_name,
            "added_on": old[0].issued_on - timedelta(days=90),
        },
    )
    for invoice in old[: 1 + customer % 4]:
        add_line(books, invoice, local, ghost.full_name, dice)


def add_meeting_room(books: Books, customer: int) -> None:
    """A telephone without anybody: no employee anywhere goes with the number."""
    if customer % 8 == 5:
        dice = books.tree.dice("room", customer)
        books.put(
            "pbx",
            "extensions",
            {
                "local": f"{1000 + customer}-900",
                "customer_code": customer_code(customer),
                "name": "Mødelokale",
                "mobile": None,
                "device": f"SEP{dice.digits(9)}",
                "note": None,
                "state": "in use",
                "assigned_at": dice.moment(books.tree.ago(800)),
                "released_on": None,
            },
        )


def add_enquiries(books: Books, reseller: int, customer: int) -> None:
    dice = books.tree.dice("enquiries", customer)
    people = books.tree.employees_of(customer)
    for days in dice.some((3, 20, 60, 85, 150, 400, 800, 1093, 1200, 1600), 1, 4):
        received = dice.moment(books.tree.ago(days + 2))
        about = employee(books.tree, dice.pick(people)) if people and dice.chance(0.5) else None
        known = about is not None and about.case != "anonymous"
        open_ = dice.chance(0.12)
        books.put(
            "portal",
            "enquiries",
            {
                "id": books.next("enquiries"),
                "reseller_id": reseller + 1,
                "employee_id": about.number + 1 if about and known else None,
                "employee_name": about.person.full_name if about and known else None,
                "channel": dice.pick(("mail", "phone", "portal")),
                "subject": dice.pick(SUBJECTS),
                "body": letter(dice, about.person if about and known else None),
                # Two kinds of forgetting: to close it, and to write down when.
                "status": "open" if open_ and dice.chance(0.5) else "closed",
                "received_at": received,
                "closed_at": None if open_ else received + timedelta(days=2),
            },
        )


def letter(dice: Dice, about: Person | None) -> str | None:
    """What was asked; one in ten holds what nobody should have written there."""
    if dice.chance(0.1):
        return None
    text = lorem(dice, dice.number(8, 40))
    if about and dice.chance(0.1):
        return f"{text} Medarbejderens cpr-nr. er {spelt_cpr(dice, about.cpr)}."
    if about and dice.chance(0.1):
        return f"{text} {about.given} er sygemeldt med stress, ring i stedet på {somebody(dice)}."
    return text


@dataclass(frozen=True)
class Voice:
    """An audio file: who, when, with whom. `odd`: what is not as it should be, see where it is used."""

    path: str
    day: date
    moment: datetime
    other: str
    on_ftp: bool
    odd: bool


def voicemails(tree: Tree, one: Employee) -> Iterator[Voice]:
    dice = tree.dice("voicemails", one.number)
    if one.case == "anonymous":
        return
    for number in range(dice.pick((0, 0, 1, 1, 2, 3))):
        moment = voice_moment(tree, dice, one)
        path = f"voicemails/{one.local}/{moment:%Y%m%d}-{number + 1}.mp3"
        yield Voice(path, moment.date(), moment, somebody(dice), False, dice.chance(0.03))


def recordings(tree: Tree, one: Employee) -> Iterator[Voice]:
    dice = tree.dice("recordings", one.number)
    if one.case == "anonymous":
        return
    for number in range(dice.pick((0, 0, 0, 1, 2, 3))):
        moment = voice_moment(tree, dice, one)
        on_ftp = dice.chance(0.25)
        name = f"{one.local}/{moment:%Y%m%d}-{number + 1}"
        path = f"{name}.mp3" if on_ftp else f"recordings/{name}.wav"
        yield Voice(path, moment.date(), moment, somebody(dice), on_ftp, dice.chance(0.08))


def voice_moment(tree: Tree, dice: Dice, one: Employee) -> datetime:
    """In the last four months of the employment, and well past 90 days for some; at times after midnight."""
    last = one.runs.last or tree.on - timedelta(days=1)
    day = dice.date_between(last - timedelta(days=130), last)
    return zoned(dice.moment(day, opens=0, closes=24))


def files(folder: Path, people: int, *, on: date, seed: int) -> None:
    tree = Tree(people, on, seed)
    for root in ("audio/recordings", "audio/voicemails", "ftp"):
        (folder / root).mkdir(parents=True, exist_ok=True)
    for number in range(tree.employees):
        one = employee(tree, number)
        for mail in voicemails(tree, one):
            write(folder / "audio" / mail.path, mp3(), mail.moment)
        for taken in recordings(tree, one):
            # A row whose file is long gone is a row still.
            if not (taken.odd and number % 2):
                content = mp3() if taken.on_ftp else wav()
                write(folder / ("ftp" if taken.on_ftp else "audio") / taken.path, content, taken.moment)
        if number % 41 == 3:
            write_strays(tree, folder, one)


def write_strays(tree: Tree, folder: Path, one: Employee) -> None:
    """Files that no row knows: two whose names say whose they are, and two whose names say nothing."""
    late, early = (zoned(datetime.combine(tree.ago(days), time(14))) for days in (10, 200))
    write(folder / f"audio/recordings/{one.local}/{early:%Y%m%d}-77.wav", wav(), early)
    write(folder / f"ftp/{one.local}/{late:%Y%m%d}-78.mp3", mp3(), late)
    write(folder / f"audio/recordings/Kopi til {one.person.given}.wav", wav(), early)
    write(folder / f"ftp/læs mig {one.local}.txt", b"Hent selv dine optagelser her.\n", early)


def write(path: Path, content: bytes, moment: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def wav() -> bytes:
    """A twentieth of a second of silence, 8 kHz."""
    held = BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 400)
    return held.getvalue()


def mp3() -> bytes:
    """Two frames of silence: MPEG 1 layer III, 32 kbit/s, 32 kHz, mono, so 144 bytes each."""
    return (b"\xff\xfb\x18\xc0" + bytes(140)) * 2


def zoned(moment: datetime) -> datetime:
    return moment.replace(tzinfo=COPENHAGEN)


def danish(one: Person) -> str:
    """The address as somebody with a Danish letter in the name has it: Søren is `søren@`."""
    return one.email.replace(ascii_name(one.given), one.given.lower(), 1)


def somebody(dice: Dice) -> str:
    return spelt_phone(dice, 10_000_000 + dice.number(0, 9_999_999))


TRADES = ("Tele", "IT", "Erhvervstelefoni", "Kontor", "Net")
FIRMS = (
    "Blikkenslageren",
    "Tandklinikken",
    "Bogladen",
    "Transport",
    "Bageriet",
    "Revisorerne",
    "Fysioterapien",
)
DEPARTMENTS = ("Salg", "Lager", "Kontor", "Værksted", "Kundeservice", None)
SUBJECTS = (
    "Nye koder ønskes",
    "Flytning af numre",
    "Tilbud på flere lokalnumre",
    "Indsigt på vegne af medarbejder",
    "Pris på headset",
    "Lyden falder ud",
    "Aftale om omstilling",
)
NOTES = (
    "Ringer ikke igennem efter kl. 16",
    "Viderestilles til lageret",
    "Har høretab, høj ringetone",
    "Barselsorlov til foråret",
    "Bruger kun mobil",
)

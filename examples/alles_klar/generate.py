"""Alles-klar: customers, their tasks and documents, translators, invoices and fees, an archive of orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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

VARIABLES = {
    "crm": "ALLES_KLAR_CRM_URL",
    "workshop": "ALLES_KLAR_WORKSHOP_URL",
    "books": "ALLES_KLAR_BOOKS_URL",
}

# Spans of numbers, so that no two people get the same CPR number, address or telephone.
ARCHIVED, TRANSLATOR, INTERPRETED = 5_000_000, 6_000_000, 7_000_000

# Documents lie on the disk for so many customers at most.
ON_DISK = 5_000
NEVER = date(9999, 12, 31)
TWO_YEARS = 730

crm, workshop, books = sa.MetaData(), sa.MetaData(), sa.MetaData()
SYSTEMS = {"crm": crm, "workshop": workshop, "books": books}

sa.Table(
    "customers",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer_no", sa.String(32), nullable=False, unique=True),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("company", sa.String(80)),
    sa.Column("street", sa.String(80)),
    sa.Column("postcode", sa.String(8)),
    sa.Column("city", sa.String(40)),
    sa.Column("email", sa.String(120), index=True),
    sa.Column("phone", sa.String(24)),
    sa.Column("registered_at", sa.DateTime, nullable=False, index=True),
    sa.Column("confirmed_on", sa.Date, index=True),
    sa.Column("obtained_from", sa.String(60)),
    sa.Column("obtained_on", sa.Date),
    sa.Column("told_on", sa.Date),
    sa.Column("deleted_at", sa.DateTime),
)
sa.Table(
    "enquiries",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("quote", sa.Text),
    sa.Column("quote_sent_on", sa.Date, index=True),
)
sa.Table(
    "consents",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("subject", sa.String(12), nullable=False),
    sa.Column("answer", sa.String(3), nullable=False),
    sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("wording", sa.String(10), nullable=False),
    sa.Column("channel", sa.String(40)),
)
sa.Table(
    "disclosures",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("recipient", sa.String(60), nullable=False),
    sa.Column("what", sa.String(120), nullable=False),
    sa.Column("allowed_by", sa.String(10), nullable=False),
    sa.Column("sent_at", sa.DateTime, nullable=False, index=True),
    sa.Column("stopped_on", sa.Date),
)
sa.Table(
    "complaints",
    crm,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("filed_on", sa.Date, nullable=False, index=True),
    sa.Column("closed_on", sa.Date, index=True),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

sa.Table(
    "clients",
    workshop,
    sa.Column("number", sa.String(12), primary_key=True),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("email", sa.String(120), index=True),
    sa.Column("phone", sa.String(24)),
    sa.Column("created_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "translators",
    workshop,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("supplier_no", sa.String(32), nullable=False, unique=True),
    sa.Column("full_name", sa.String(80), nullable=False),
    sa.Column("street", sa.String(80)),
    sa.Column("postcode", sa.String(8)),
    sa.Column("city", sa.String(40)),
    sa.Column("email", sa.String(120), nullable=False, unique=True),
    sa.Column("phone", sa.String(24)),
    sa.Column("cpr", sa.String(24), nullable=False, unique=True),
    sa.Column("presentation", sa.Text),
    sa.Column("engaged_on", sa.Date, nullable=False),
    sa.Column("left_on", sa.Date, index=True),
    sa.Column("active", sa.Boolean, nullable=False),
)
sa.Table(
    "translator_languages",
    workshop,
    sa.Column("translator_id", sa.ForeignKey("translators.id"), primary_key=True),
    sa.Column("from_language", sa.String(2), primary_key=True),
    sa.Column("to_language", sa.String(2), primary_key=True),
    sa.Column("level", sa.String(20)),
)
sa.Table(
    "tasks",
    workshop,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("client_no", sa.ForeignKey("clients.number"), nullable=False, index=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("title", sa.String(160), nullable=False),
    sa.Column("ordered_on", sa.Date, nullable=False, index=True),
    sa.Column("delivered_on", sa.Date, index=True),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("words", sa.Integer),
)
sa.Table(
    "assignments",
    workshop,
    sa.Column("task_id", sa.ForeignKey("tasks.id"), primary_key=True),
    sa.Column("translator_id", sa.ForeignKey("translators.id"), primary_key=True, index=True),
    sa.Column("agreed_fee", sa.Numeric(10, 2)),
    sa.Column("wishes", sa.Text),
)
sa.Table(
    "documents",
    workshop,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("task_id", sa.ForeignKey("tasks.id"), nullable=False, index=True),
    sa.Column("source_file", sa.String(120), unique=True),
    sa.Column("target_file", sa.String(120), unique=True),
    sa.Column("received_at", sa.DateTime, nullable=False),
    sa.Column("pages", sa.SmallInteger, nullable=False),
)
sa.Table(
    "segments",
    workshop,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("task_id", sa.ForeignKey("tasks.id"), nullable=False, index=True),
    sa.Column("source_text", sa.Text, nullable=False),
    sa.Column("target_text", sa.Text),
)
sa.Table(
    "interpretations",
    workshop,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("task_id", sa.ForeignKey("tasks.id"), nullable=False, index=True),
    sa.Column("held_at", sa.DateTime, index=True),
    sa.Column("place", sa.String(12), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("full_name", sa.String(80)),
    sa.Column("born", sa.Date),
    sa.Column("phone", sa.String(24)),
    sa.Column("subject", sa.String(120)),
)
# Out of the system that the workshop had before; nothing in it refers to anything, and each date is
# written in another way.
sa.Table(
    "archive_orders",
    workshop,
    sa.Column("order_no", sa.String(16), primary_key=True),
    sa.Column("customer", sa.String(80), nullable=False),
    sa.Column("mail", sa.String(120), index=True),
    sa.Column("what", sa.String(160), nullable=False),
    sa.Column("sort", sa.String(12), nullable=False),
    sa.Column("ordered", sa.String(10), nullable=False),
    sa.Column("delivered", sa.BigInteger, index=True),
)

sa.Table(
    "accounts",
    books,
    sa.Column("number", sa.String(12), primary_key=True),
    sa.Column("kind", sa.String(1), nullable=False),
    sa.Column("customer_no", sa.String(12), index=True),
    sa.Column("supplier_no", sa.String(12), index=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("street", sa.String(80)),
    sa.Column("postcode", sa.String(8)),
    sa.Column("city", sa.String(40)),
    sa.Column("email", sa.String(120), index=True),
    sa.Column("bank_account", sa.String(20)),
)
sa.Table(
    "invoices",
    books,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("account_no", sa.ForeignKey("accounts.number"), nullable=False, index=True),
    # The workshop is another database, so no foreign key.
    sa.Column("task_no", sa.Integer),
    sa.Column("issued_on", sa.Date, nullable=False, index=True),
    sa.Column("paid_on", sa.Date, index=True),
    sa.Column("total", sa.Numeric(10, 2), nullable=False),
    sa.Column("reference", sa.String(80)),
)
sa.Table(
    "invoice_lines",
    books,
    sa.Column("invoice_id", sa.ForeignKey("invoices.id"), primary_key=True),
    sa.Column("line", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.String(160), nullable=False),
    sa.Column("amount", sa.Numeric(10, 2), nullable=False),
)
sa.Table(
    "fees",
    books,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("account_no", sa.ForeignKey("accounts.number"), nullable=False, index=True),
    sa.Column("paid_on", sa.Date, nullable=False, index=True),
    sa.Column("amount", sa.Numeric(10, 2), nullable=False),
    sa.Column("text", sa.String(120), nullable=False),
)


@dataclass(frozen=True)
class Scene:
    """What the made-up company depends on."""

    people: int
    on: date
    seed: int

    @property
    def translators(self) -> int:
        return min(max(self.people // 20, 12), 1_000)

    def dice(self, *names: str | int) -> Dice:
        return Dice(self.seed, *names)

    def ago(self, days: int) -> date:
        return self.on - timedelta(days=days)


def rows(people: int, *, on: date, seed: int) -> Iterator[Batch]:
    """All rows of all systems, parents before children."""
    scene = Scene(people, on, seed)
    yield from (("workshop", "translators", b) for b in batched(translators(scene)))
    yield from (("workshop", "translator_languages", b) for b in batched(languages(scene)))
    yield from (("books", "accounts", b) for b in batched(suppliers(scene)))
    yield from (("books", "fees", b) for b in batched(fees(scene)))
    yield from customers_and_tasks(scene)
    yield from (("workshop", "archive_orders", b) for b in batched(archive(scene)))


# Customers and what they ordered


@dataclass(frozen=True)
class Task:
    number: int
    kind: str
    ordered: date
    delivered: date | None
    forgotten: bool  # delivered, but nobody wrote down when


@dataclass(frozen=True)
class Customer:
    number: int
    who: Person
    registered: date
    tasks: tuple[Task, ...]

    @property
    def customer_no(self) -> str:
        return f"K{self.number:07d}"


# Ten customers in a row are one of each of these: when they asked, or when their last task was delivered.
LAST_TASK: tuple[int | None, ...] = (20, 400, None, 90, 900, TWO_YEARS, None, 200, 2_700, 0)


def customer(scene: Scene, number: int) -> Customer:
    dice = scene.dice("customer", number)
    who = person(dice, number)
    last = LAST_TASK[number % 10]
    if last is None:
        return Customer(number, who, scene.ago(dice.pick((8, 40, 100, 300))), ())
    made = tuple(tasks(scene, dice, number, last))
    return Customer(number, who, made[0].ordered - timedelta(days=dice.number(1, 20)), made)


def tasks(scene: Scene, dice: Dice, number: int, last: int) -> Iterator[Task]:
    """The last one at the end of a row of older ones; `last` 0 is still being worked on."""
    how_many = dice.weighted({1: 4, 2: 3, 3: 2, 4: 1})
    for turn in range(how_many):
        back = last + (how_many - 1 - turn) * dice.number(60, 400)
        if last == TWO_YEARS:
            # Paid some days after delivery, and due within a week or so from now.
            back += dice.number(2, 5)
        ordered = scene.ago(back + dice.number(4, 25))
        running = last == 0 and turn == how_many - 1
        yield Task(
            number=number * 10 + turn,
            kind=dice.weighted({"translation": 6, "certified": 2, "interpreting": 3}),
            ordered=ordered,
            delivered=None if running else scene.ago(max(back, 1)),
            forgotten=not running and dice.chance(0.02),
        )


def customers_and_tasks(scene: Scene) -> Iterator[Batch]:
    waiting = Batches(
        *(("crm", t) for t in ("customers", "enquiries", "consents", "disclosures", "complaints")),
        *(("workshop", t) for t in ("clients", "tasks", "assignments", "documents", "segments")),
        ("workshop", "interpretations"),
        *(("books", t) for t in ("accounts", "invoices", "invoice_lines")),
    )
    for number in range(1, scene.people + 1):
        made = customer(scene, number)
        put_customer(scene, made, waiting)
        if made.tasks:
            waiting.put("workshop", "clients", client_row(scene, made))
            waiting.put("books", "accounts", account_row(scene, made))
        for task in made.tasks:
            put_task(scene, made, task, waiting)
        yield from waiting.full()
    yield from waiting.rest()


def put_customer(scene: Scene, made: Customer, waiting: Batches) -> None:
    dice = scene.dice("customer's rows", made.number)
    waiting.put("crm", "customers", customer_row(scene, dice, made))
    if not made.tasks or dice.chance(0.5):
        waiting.put("crm", "enquiries", enquiry_row(dice, made))
    for row in consent_rows(scene, dice, made):
        waiting.put("crm", "consents", row)
    if dice.chance(0.08):
        waiting.put("crm", "disclosures", disclosure_row(scene, dice, made))
    if made.tasks and made.number % 25 in (3, 4, 5):
        waiting.put("crm", "complaints", complaint_row(scene, dice, made))


def customer_row(scene: Scene, dice: Dice, made: Customer) -> Row:
    who, registered = made.who, made.registered
    obtained = dice.chance(0.04)
    # The customer is told within ten days; sometimes late, and sometimes nobody did.
    told = registered + timedelta(days=dice.pick((2, 5, 9, 17))) if obtained and dice.chance(0.8) else None
    last = max([t.delivered for t in made.tasks if t.delivered], default=registered)
    return {
        "id": made.number,
        "customer_no": made.customer_no,
        "full_name": who.full_name,
        "company": f"{who.family} & Co. {made.number}" if dice.chance(0.4) else None,
        "street": who.street,
        "postcode": who.postcode,
        "city": who.city,
        "email": None if dice.chance(0.08) else who.email,
        "phone": who.phone if dice.chance(0.9) else None,
        "registered_at": dice.moment(registered),
        "confirmed_on": dice.date_between(last, scene.on) if dice.chance(0.12) else None,
        "obtained_from": dice.pick(("en samarbejdspartner", "en leverandør", "en myndighed"))
        if obtained
        else None,
        "obtained_on": registered if obtained else None,
        "told_on": told if told and told <= scene.on else None,
        # Hidden in the lists, and what the office takes for deleting.
        "deleted_at": datetime.combine(last, time(15))
        if (scene.on - last).days > TWO_YEARS and dice.chance(0.4)
        else None,
    }


def enquiry_row(dice: Dice, made: Customer) -> Row:
    who, day = made.who, made.registered
    asked = day + timedelta(days=dice.number(0, 1))
    quoted = dice.chance(0.6)
    reach = who.email if dice.chance(0.5) else who.phone
    return {
        "id": made.number,
        "customer_id": made.number,
        "received_at": dice.moment(asked, opens=7, closes=21).replace(tzinfo=UTC),
        "channel": dice.weighted({"mail": 6, "phone": 3, "website": 2}),
        "text": f"{lorem(dice, 20)} Svar til {reach}. {who.given}",
        "quote": f"Tilbud til {who.full_name}: {lorem(dice, 10)}" if quoted else None,
        "quote_sent_on": asked + timedelta(days=1) if quoted else None,
    }


def consent_rows(scene: Scene, dice: Dice, made: Customer) -> Iterator[Row]:
    """A yes or a no per subject; some take the yes back, some of those give it again."""
    number = made.number * 10
    for subject, asked in (
        ("memory", bool(made.tasks) and dice.chance(0.5)),
        ("disclosure", dice.chance(0.12)),
    ):
        answers = (
            dice.weighted({("yes",): 6, ("no",): 2, ("yes", "no"): 2, ("yes", "no", "yes"): 1})
            if asked
            else ()
        )
        moment = dice.moment(made.registered).replace(tzinfo=UTC)
        for answer in answers:
            number += 1
            yield {
                "id": number,
                "customer_id": made.number,
                "subject": subject,
                "answer": answer,
                "answered_at": moment,
                "wording": "2024-1",
                "channel": dice.pick(("mail", "telefon, noteret af kontoret", None)),
            }
            moment = min(
                moment + timedelta(days=dice.number(1, 90), minutes=1),
                datetime.combine(scene.ago(1), time(12), UTC),
            )
            moment += timedelta(minutes=number % 10)


def disclosure_row(scene: Scene, dice: Dice, made: Customer) -> Row:
    sent = dice.date_between(made.registered, scene.ago(1))
    return {
        "id": made.number,
        "customer_id": made.number,
        "recipient": dice.pick(("Notarkontoret", "Samarbejdsbureau Nord", "Skatteforvaltningen")),
        "what": f"{made.who.full_name}, {made.who.email}",
        "allowed_by": dice.pick(("consent", "agreement", "law")),
        # Without a zone, in UTC.
        "sent_at": dice.moment(sent),
        "stopped_on": sent + timedelta(days=3) if dice.chance(0.1) else None,
    }


def complaint_row(scene: Scene, dice: Dice, made: Customer) -> Row:
    done = made.tasks[-1].delivered or made.tasks[-1].ordered
    filed = min(done + timedelta(days=dice.pick((5, 60, 170, 300))), scene.on)
    closed = filed + timedelta(days=dice.number(3, 50))
    is_open = closed > scene.on or dice.chance(0.1)
    return {
        "id": made.number,
        "customer_id": made.number,
        "filed_on": filed,
        "closed_on": None if is_open else closed,
        "status": "open" if closed > scene.on else "closed",
        "text": f"{lorem(dice, 18)} Mvh. {made.who.full_name}, {made.who.phone}",
    }


# The workshop


def client_row(scene: Scene, made: Customer) -> Row:
    dice = scene.dice("client", made.number)
    who = made.who
    return {
        "number": made.customer_no,
        "full_name": misspelt(dice, who.full_name) if dice.chance(0.3) else who.full_name,
        "email": None if dice.chance(0.1) else misspelt(dice, who.email) if dice.chance(0.3) else who.email,
        "phone": misspelt(dice, who.phone),
        "created_on": made.registered,
    }


def put_task(scene: Scene, made: Customer, task: Task, waiting: Batches) -> None:
    dice = scene.dice("task", task.number)
    waiting.put("workshop", "tasks", task_row(dice, made, task))
    translators = scene.dice("assigned", task.number).some(range(1, scene.translators + 1), 1, 2)
    for translator in translators:
        waiting.put("workshop", "assignments", assignment_row(dice, made, task, translator))
    if task.kind == "interpreting":
        waiting.put("workshop", "interpretations", interpretation_row(scene, dice, task))
    else:
        waiting.put("workshop", "documents", document_row(dice, made, task))
        for turn in range(dice.number(0, 2)):
            waiting.put("workshop", "segments", segment_row(dice, made, task, turn))
    if task.delivered and task.number % 50 != 1:
        put_invoice(scene, made, task, waiting, issued=task.delivered + timedelta(days=1))


def task_row(dice: Dice, made: Customer, task: Task) -> Row:
    what = dice.pick(
        ("Eksamensbevis", "Dåbsattest", "Manual", "Kontrakt", "Årsrapport", "Mødet om skolegang")
    )
    return {
        "id": task.number,
        "client_no": made.customer_no,
        "kind": task.kind,
        "title": f"{what} for {made.who.full_name}" if dice.chance(0.5) else what,
        "ordered_on": task.ordered,
        "delivered_on": None if task.forgotten else task.delivered,
        "status": "delivered" if task.delivered else "in work",
        "words": None if task.kind == "interpreting" else dice.number(80, 9_000),
    }


def assignment_row(dice: Dice, made: Customer, task: Task, translator: int) -> Row:
    wishes = f"{made.who.given} vil gerne have den inden den {task.ordered.day}. {lorem(dice, 6)}"
    return {
        "task_id": task.number,
        "translator_id": translator,
        "agreed_fee": dice.number(400, 9_000),
        "wishes": wishes if dice.chance(0.4) else None,
    }


def document_row(dice: Dice, made: Customer, task: Task) -> Row:
    kept = made.number <= ON_DISK
    done = task.delivered is not None and dice.chance(0.97)
    return {
        "id": task.number,
        "task_id": task.number,
        "source_file": document_path(made, task, "source") if kept else None,
        "target_file": document_path(made, task, "target") if kept and done else None,
        "received_at": dice.moment(task.ordered),
        "pages": dice.number(1, 40),
    }


def document_path(made: Customer, task: Task, side: str) -> str:
    return f"{made.customer_no}/{task.ordered:%Y-%m-%d}_{task.number}-{side}.txt"


def segment_row(dice: Dice, made: Customer, task: Task, turn: int) -> Row:
    return {
        "id": task.number * 10 + turn,
        "task_id": task.number,
        "source_text": f"{made.who.full_name}, {made.who.street}: {lorem(dice, 12)}",
        "target_text": lorem(dice, 12) if task.delivered else None,
    }


def interpretation_row(scene: Scene, dice: Dice, task: Task) -> Row:
    who = person(dice, INTERPRETED + task.number % 1_000_000)
    held = task.delivered or scene.on + timedelta(days=dice.number(1, 14))
    child = dice.chance(0.15)
    born = held - timedelta(days=dice.number(3_000, 6_500)) if child else who.born
    return {
        "id": task.number,
        "task_id": task.number,
        # Without a zone, in UTC; moved appointments have none until there is a new one.
        "held_at": None if dice.chance(0.03) else dice.moment(held, opens=7, closes=17),
        "place": dice.weighted({"hospital": 4, "court": 2, "police": 1, "school": 3, "company": 2}),
        "language": dice.pick(LANGUAGES),
        "full_name": who.full_name if dice.chance(0.9) else None,
        "born": born if dice.chance(0.7) else None,
        "phone": who.phone if dice.chance(0.3) else None,
        "subject": dice.pick(
            ("Behandling for forhøjet blodtryk", "Samtale om skolegang", "Afhøring", "Kontrol hos jordemoder")
        ),
    }


# Translators


def translator(scene: Scene, number: int) -> Person:
    return person(scene.dice("translator", number), TRANSLATOR + number)


def engagement(scene: Scene, number: int) -> tuple[date, date | None]:
    """First and last day; every third has left."""
    dice = scene.dice("engagement", number)
    left = scene.ago((100, 400, 725, 1_000, 2_600)[number // 3 % 5]) if number % 3 == 0 else None
    return (left or scene.on) - timedelta(days=dice.number(300, 3_000)), left


def translators(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.translators + 1):
        dice = scene.dice("translator's row", number)
        who = translator(scene, number)
        first, left = engagement(scene, number)
        yield {
            "id": number,
            "supplier_no": f"L{number:05d}",
            "full_name": who.full_name,
            "street": who.street,
            "postcode": who.postcode,
            "city": who.city,
            "email": who.email,
            "phone": who.phone,
            "cpr": spelt_cpr(dice, who.cpr),
            "presentation": f"{who.given} har oversat i {dice.number(2, 30)} år. {lorem(dice, 10)}",
            "engaged_on": first,
            # For those who are still here, the form wanted a date.
            "left_on": NEVER if left is None and dice.chance(0.3) else left,
            "active": left is None,
        }


def languages(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.translators + 1):
        dice = scene.dice("languages", number)
        for language in dice.some(LANGUAGES, 1, 3):
            for pair in ((language, "da"), ("da", language)):
                yield {
                    "translator_id": number,
                    "from_language": pair[0],
                    "to_language": pair[1],
                    "level": dice.pick(("modersmål", "uddannet", "prøve bestået", None)),
                }


# The books


def suppliers(scene: Scene) -> Iterator[Row]:
    for number in range(1, scene.translators + 1):
        dice = scene.dice("supplier", number)
        who = translator(scene, number)
        yield account(
            number=f"4{number:07d}",
            kind="K",
            customer_no=None,
            supplier_no=f"L{number:05d}",
            who=who,
            name=misspelt(dice, who.full_name) if dice.chance(0.3) else who.full_name,
            email=misspelt(dice, who.email),
            bank_account=f"0000 {dice.digits(10)}",
        )


def account_row(scene: Scene, made: Customer) -> Row:
    dice = scene.dice("account", made.number)
    who = made.who
    return account(
        number=f"1{made.number:07d}",
        kind="D",
        customer_no=made.customer_no if dice.chance(0.85) else None,
        supplier_no=None,
        who=who,
        name=misspelt(dice, who.full_name) if dice.chance(0.3) else who.full_name,
        email=None if dice.chance(0.05) else misspelt(dice, who.email) if dice.chance(0.4) else who.email,
        bank_account=f"0000 {dice.digits(10)}" if dice.chance(0.05) else None,
    )


def account(
    *,
    number: str,
    kind: str,
    customer_no: str | None,
    supplier_no: str | None,
    who: Person,
    name: str,
    email: str | None,
    bank_account: str | None,
) -> Row:
    return {
        "number": number,
        "kind": kind,
        "customer_no": customer_no,
        "supplier_no": supplier_no,
        "name": name,
        "street": who.street,
        "postcode": who.postcode,
        "city": who.city,
        "email": email,
        "bank_account": bank_account,
    }


def put_invoice(scene: Scene, made: Customer, task: Task, waiting: Batches, *, issued: date) -> None:
    dice = scene.dice("invoice", task.number)
    paid = issued + timedelta(days=dice.number(5, 9))
    settled = paid <= scene.on and dice.chance(0.95)
    # Written off: never paid, and the books wanted a date.
    written_off = not settled and dice.chance(0.2)
    lines = dice.number(1, 2)
    waiting.put(
        "books",
        "invoices",
        {
            "id": task.number,
            "account_no": f"1{made.number:07d}",
            "task_no": task.number,
            "issued_on": min(issued, scene.on),
            "paid_on": paid if settled else NEVER if written_off else None,
            "total": lines * 500,
            "reference": f"Att. {made.who.full_name}" if dice.chance(0.6) else None,
        },
    )
    for line in range(1, lines + 1):
        text = f"{task.kind}, {made.who.given} {made.who.family}" if line == 1 else "expedition"
        row = {"invoice_id": task.number, "line": line, "text": text, "amount": 500}
        waiting.put("books", "invoice_lines", row)


def fees(scene: Scene) -> Iterator[Row]:
    number = 0
    for who in range(1, scene.translators + 1):
        first, left = engagement(scene, who)
        paid = (left or scene.on) - timedelta(days=9)
        while paid > max(first, scene.ago(8 * 366)):
            number += 1
            dice = scene.dice("fee", number)
            yield {
                "id": number,
                "account_no": f"4{who:07d}",
                "paid_on": paid,
                "amount": dice.number(400, 22_000),
                "text": f"Honorar {paid:%m/%Y}, {translator(scene, who).family}",
            }
            paid -= timedelta(days=dice.number(60, 120))


def archive(scene: Scene) -> Iterator[Row]:
    """Orders of five to ten years ago; half of them by people who are customers still."""
    for number in range(1, min(scene.people // 4, 20_000) + 1):
        dice = scene.dice("archive", number)
        known = number % 2 == 0
        who = customer(scene, number * 2).who if known else person(dice, ARCHIVED + number)
        ordered = scene.ago(dice.number(1_800, 3_600))
        delivered = datetime.combine(ordered + timedelta(days=20), time(10), UTC)
        yield {
            "order_no": f"A{ordered.year}-{number:06d}",
            "customer": f"{who.family}, {who.given}".upper(),
            "mail": None if dice.chance(0.1) else misspelt(dice, who.email) if known else who.email,
            "what": f"{dice.pick(('Attest', 'Brev', 'Vejledning'))}, {who.given}",
            "sort": dice.weighted({"translation": 3, "certified": 1}),
            "ordered": dice.weighted({f"{ordered:%d.%m.%Y}": 20, "": 1, "00.00.0000": 1}),
            "delivered": dice.weighted({int(delivered.timestamp()): 20, 0: 1, None: 1}),
        }


# Documents


def files(folder: Path, people: int, *, on: date, seed: int) -> None:
    """What came in and what went out; also some that no task knows of."""
    scene = Scene(people, on, seed)
    root = folder / "documents"
    root.mkdir(parents=True, exist_ok=True)
    for number in range(1, min(people, ON_DISK) + 1):
        made = customer(scene, number)
        for task in made.tasks:
            if task.kind != "interpreting":
                dice = scene.dice("text", task.number)
                for side in ("source", "target") if task.delivered else ("source",):
                    write_document(root / document_path(made, task, side), dice, made.who)
        if made.tasks and number % 40 == 1:
            lost = f"{made.customer_no}/{made.tasks[0].ordered:%Y-%m-%d}_udkast.txt"
            write_document(root / lost, scene.dice("draft", number), made.who)
    write_document(root / "skabelon.txt", scene.dice("template"), None)


def write_document(path: Path, dice: Dice, who: Person | None) -> None:
    """Text with somebody in it, and with mistakes that nobody may correct."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = f"{misspelt(dice, who.full_name)}, {who.street}, født 31.02.1990\n" if who else ""
    path.write_text(f"{about}{lorem(dice, 40)}\n", encoding="utf-8")


LANGUAGES = ("de", "en", "fr", "pl", "uk", "ar", "tr", "es")

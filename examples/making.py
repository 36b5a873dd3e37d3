"""Made-up people and words for the example organisations: the same every time, and nobody's own.

Nobody here exists. E-mail addresses end in `.example`. Telephone numbers begin with 1, which no
Danish subscriber's number does. CPR numbers belong to births in 2037–2057, so none is in use; the last
digit fits the sex, the date does not fit the birthday.
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class Dice:
    """A source of chance that falls the same way for the same seed and names: `Dice(1, "customer", 17)`.

    One of them per thing, named after it and its number, makes each thing the same however many there are.
    """

    def __init__(self, seed: int, *names: str | int) -> None:
        digest = hashlib.blake2b(repr((seed, *names)).encode(), digest_size=8).digest()
        # Chance that falls the same way again is the point.
        self.random = random.Random(int.from_bytes(digest))  # noqa: S311
        self.people = 0

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.random.random() * (high - low + 1))

    def pick(self, seq: Sequence[T]) -> T:
        return seq[int(self.random.random() * len(seq))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def some(self, seq: Sequence[T], low: int, high: int) -> list[T]:
        """Between `low` and `high` different ones."""
        return self.random.sample(seq, min(self.number(low, high), len(seq)))

    def date_between(self, first: date, last: date) -> date:
        """A day, both ends included; `first` where they are the wrong way round."""
        return first + timedelta(days=self.number(0, max((last - first).days, 0)))

    def moment(self, day: date, *, opens: int = 8, closes: int = 20) -> datetime:
        """A second within the opening hours of a day, without zone."""
        return datetime.combine(day, time()) + timedelta(seconds=self.number(opens * 3600, closes * 3600 - 1))

    def digits(self, n: int) -> str:
        return str(self.number(0, 10**n - 1)).zfill(n)


@dataclass(frozen=True)
class Person:
    given: str
    family: str
    full_name: str
    sex: str  # F or M
    born: date
    cpr: str  # ten digits
    email: str
    phone: str
    street: str
    postcode: str
    city: str


def person(dice: Dice, number: int | None = None) -> Person:
    """Somebody. `number` makes cpr, email and phone unique, up to ten million: give each kind of people of an
    organisation a span of its own. Left out, the dice counts its people from 1."""
    if number is None:
        dice.people += 1
        number = dice.people
    cpr = cpr_number(number)
    sex = "M" if int(cpr[-1]) % 2 else "F"
    given = dice.pick(MEN if sex == "M" else WOMEN)
    family = dice.pick(FAMILIES)
    second = f" {dice.pick(MIDDLE)}" if dice.chance(0.3) else ""
    postcode, city = dice.pick(CITIES)
    return Person(
        given=given,
        family=family,
        full_name=f"{given}{second} {family}",
        sex=sex,
        born=dice.date_between(date(1938, 1, 1), date(2006, 12, 31)),
        cpr=cpr,
        email=f"{ascii_name(given)}.{ascii_name(family)}{number}@{dice.pick(DOMAINS)}",
        phone=spelt_phone(dice, 10_000_000 + shuffled(number, 10_000_000)),
        street=f"{dice.pick(STREETS)} {dice.number(1, 148)}{dice.pick(FLOORS)}",
        postcode=postcode,
        city=city,
    )


FIRST_BIRTH, LAST_BIRTH = date(2037, 1, 1), date(2057, 12, 31)


def cpr_number(number: int) -> str:
    """The number-th CPR number of births between 2037 and 2057 (seventh digit 5–8), in a shuffled order."""
    days = (LAST_BIRTH - FIRST_BIRTH).days + 1
    day, serial = divmod(shuffled(number, days * 4000), 4000)
    return f"{FIRST_BIRTH + timedelta(days=day):%d%m%y}{5000 + serial}"


def shuffled(number: int, size: int) -> int:
    """Another place for each number below `size`: a prime that divides no size here visits all of them."""
    return number * 7_368_787 % size


def spelt_phone(dice: Dice, digits: int) -> str:
    return dice.pick(SPELLINGS)(str(digits))


def pairs(digits: str) -> str:
    return " ".join(digits[i : i + 2] for i in range(0, 8, 2))


SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda d: f"+45 {d}",
    lambda d: f"+45{d}",
    lambda d: f"+45 {pairs(d)}",
    pairs,
    str,
    lambda d: f"0045 {d}",
    lambda d: f"{d[:4]} {d[4:]}",
)


def misspelt(dice: Dice, name: str) -> str:
    """The same name, e-mail address or telephone number in another hand."""
    if "@" in name:
        return dice.pick((name.upper(), name.title(), f" {name}", f"{name} "))
    digits = "".join(c for c in name if c.isdigit())
    if len(digits) >= 8 and not any(c.isalpha() for c in name):
        return dice.pick([s for s in (spelt(digits[-8:]) for spelt in SPELLINGS) if s != name])
    return dice.pick([s for s in other_spellings(name) if s != name])


def other_spellings(name: str) -> Iterator[str]:
    yield name.upper()
    first, _, rest = name.partition(" ")
    if rest:
        yield f"{rest}, {first}"
        yield f"{first[0]}. {rest}"
    for written, other in HEARD_ALIKE:
        if written in name:
            yield name.replace(written, other, 1)
    yield f"{name} "


def spelt_cpr(dice: Dice, cpr: str) -> str:
    """Ten digits, often with a hyphen, seldom with a space."""
    return dice.weighted({cpr: 5, f"{cpr[:6]}-{cpr[6:]}": 4, f"{cpr[:6]} {cpr[6:]}": 1})


def lorem(dice: Dice, words: int) -> str:
    """Danish that could stand in any office's notes and says nothing about anybody."""
    text = ""
    while len(text.split()) < words:
        text += f"{dice.pick(OPENINGS)} {dice.pick(MIDDLES)} {dice.pick(ENDINGS)}. "
    return " ".join(text.split()[:words]).rstrip(".,") + "."


def batched(rows: Iterator[dict[str, Any]], size: int = 1000) -> Iterator[list[dict[str, Any]]]:
    """The rows in lists of at most `size`."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class Batches:
    """Rows of several tables, gathered into batches, sent by `yield from full()`, at the end by `rest()`.

    Name the tables parents first, put a parent before its children, and give a table's rows the same keys.
    """

    def __init__(self, *tables: tuple[str, str], size: int = 1000) -> None:
        self.waiting: dict[tuple[str, str], list[dict[str, Any]]] = {table: [] for table in tables}
        self.size = size

    def put(self, system: str, table: str, row: dict[str, Any]) -> None:
        self.waiting[system, table].append(row)

    def full(self) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
        """Everything that waits, once one of the tables has a batch together."""
        if any(len(rows) >= self.size for rows in self.waiting.values()):
            yield from self.rest()

    def rest(self) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
        for (system, table), rows in self.waiting.items():
            if rows:
                self.waiting[system, table] = []
                yield system, table, rows


def ascii_name(name: str) -> str:
    return (
        name.lower()
        .replace("æ", "ae")
        .replace("ø", "oe")
        .replace("å", "aa")
        .replace(" ", "-")
        .replace("é", "e")
    )


HEARD_ALIKE = (
    ("ss", "s"),
    ("Ch", "K"),
    ("Th", "T"),
    ("ø", "oe"),
    ("Ø", "Oe"),
    ("å", "aa"),
    ("Å", "Aa"),
    ("æ", "ae"),
    ("sen", "son"),
    ("ie", "i"),
    ("c", "k"),
    ("nn", "n"),
    ("tt", "t"),
)


def among(words: str) -> tuple[str, ...]:
    return tuple(" ".join(words.split()).split(" | "))


WOMEN = among("""
Anne | Mette | Kirsten | Hanne | Camilla | Charlotte | Louise | Pia | Tina | Gitte | Maria | Ida | Emma
| Sofie | Freja | Alma | Ellen | Clara | Karla | Nanna | Signe | Åse | Bodil | Birthe | Inge | Grethe |
Lærke | Maja | Josefine | Cecilie | Rikke | Trine | Line | Katrine | Sanne | Amina | Leyla | Fatima |
Agnieszka | Olena | Zoé | Ragnhild | Tove | Solvej | Vibeke | Dorthe | Mia | Julie
""")
MEN = among("""
Peter | Jens | Lars | Michael | Henrik | Thomas | Søren | Jan | Christian | Martin | Niels | Anders |
Morten | Jesper | Hans | Jørgen | Ole | Per | Rasmus | Mads | Kasper | Mathias | Emil | Oliver | Noah |
Oscar | Lucas | Malthe | Åge | Bjørn | Torben | Flemming | Svend | Kjeld | Aksel | Viggo | Storm | Ali |
Mohammed | Yusuf | Piotr | Andrii | André | Ebbe | Frode | Gorm | Troels | Jeppe
""")
MIDDLE = among("""
Lund | Holm | Bech | Marie | Kjær | Dam | Krogh | Skov | Friis | Juul | Vang | Østergaard
""")
FAMILIES = among("""
Nielsen | Jensen | Hansen | Pedersen | Andersen | Christensen | Larsen | Sørensen | Rasmussen |
Jørgensen | Petersen | Madsen | Kristensen | Olsen | Thomsen | Poulsen | Johansen | Møller | Mortensen |
Knudsen | Mikkelsen | Lauridsen | Frandsen | Bæk | Nørgaard | Åkjær | Ølgaard | Brandt | Winther |
Fischer | Schmidt | Toft | Riis | Bang | Dahl | Overgaard | Sandager | Ejlersen | Yildiz | Hussain |
Kowalska | Shevchenko | Nguyen | Smidt-Jensen | von Holten | Ravn | Storgaard | Klit
""")
DOMAINS = (
    "post.example",
    "mail.example",
    "hjemme.example",
    "postkasse.example",
    "brev.example",
    "kontor.example",
    "firma.example",
)
STREETS = among("""
Birkevænget | Møllestien | Søndre Ringvej | Åboulevarden | Kirkebakken | Lærkehøj | Ndr. Strandgade |
Skolevangen | Gl. Landevej | Engdraget | Tværmarken | Østre Allé | Havnepladsen | Rønnebærhaven |
Stationsstræde | Bakkedraget | Klokkerengen | Pilehegnet | Smedebroen | Fyrrelunden
""")
FLOORS = ("", "", "", "", "A", "B", ", st. tv.", ", 1. th.", ", 2. tv.", ", 3. mf.", ", 4.")
CITIES = tuple(
    (place[:4], place[5:])
    for place in among("""
1620 København V | 2100 København Ø | 2200 København N | 2500 Valby | 2630 Taastrup | 2800 Kongens
Lyngby | 3000 Helsingør | 3400 Hillerød | 3700 Rønne | 4000 Roskilde | 4600 Køge | 4700 Næstved | 4900
Nakskov | 5000 Odense C | 5700 Svendborg | 6000 Kolding | 6400 Sønderborg | 6700 Esbjerg | 7100 Vejle |
7400 Herning | 7800 Skive | 8000 Aarhus C | 8210 Aarhus V | 8600 Silkeborg | 8900 Randers C | 9000
Aalborg | 9400 Nørresundby | 9800 Hjørring | 9990 Skagen
""")
)
OPENINGS = among("""
Der er aftalt | Vi vender tilbage med | Der mangler stadig | Kontoret har modtaget | Gennemgået sammen:
| Der spørges til | Vi afventer | Der er sendt | Kort om | Opfølgning på | Notat vedrørende | Talte om |
Husk at se på | Der er enighed om | Fik svar på
""")
MIDDLES = among("""
et nyt tilbud | den sidste levering | en rolig plan | tidspunktet for næste møde | vilkårene i aftalen |
materialet fra i går | den korte udgave | priserne for efteråret | et par rettelser | en ny kontaktvej |
rækkefølgen i opgaven | de åbne spørgsmål | den manglende kvittering | et eksemplar til arkivet
""")
ENDINGS = among("""
inden fredag | i næste uge | når kontoret åbner igen | efter ferien | uden forbehold | som aftalt | ved
lejlighed | med en kopi til afdelingen | så snart det kan lade sig gøre | og så er sagen lukket | i god
ro og orden | på telefonen | til den aftalte pris | hvis tiden tillader det
""")

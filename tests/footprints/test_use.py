"""Data may be used for a purpose while a ground of that very purpose lives; database and record agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from examples import ORGANISATIONS, generate
from ordholden.footprints import Footprints
from ordholden.footprints.use import Ruling, Uses
from ordholden.grounds.wishes import Card, Hold, Objection, Wishes
from ordholden.inventory.system import TableName
from ordholden.policy.document import Policy
from tests.footprints.making import card, everybody, opened

ON = date(2026, 11, 22)
INTERNS = TableName("crm", "interns")
ANNA, BO, NOBODY = (card("crm.interns", n) for n in (1, 2, 404))

Nordlys = tuple[Policy, Footprints]


def rulings(uses: Uses, activity: str, *cards: Card) -> list[Ruling]:
    """Both ways, which have to agree."""
    found = [d.ruling for d in uses.may_use(activity, cards)]
    keys = [d for page in uses.may_use_keys(activity, INTERNS, [c.key for c in cards]) for d in page]
    assert [d.ruling for d in keys] == found
    assert [d.card for d in keys] == list(cards)
    return found


def test_only_a_live_ground_of_the_purpose_allows(nordlys: Nordlys) -> None:
    policy, footprints = nordlys
    uses = Uses(footprints, policy, ON)

    assert rulings(uses, "tell stories", ANNA, BO, NOBODY) == [
        Ruling.ALLOWED,
        Ruling.NO_GROUND,
        Ruling.UNKNOWN_PERSON,
    ]
    assert rulings(uses, "run the internship", ANNA, BO) == [Ruling.ALLOWED, Ruling.ALLOWED]
    late = Uses(footprints, policy, date(2027, 3, 31))
    assert rulings(late, "run the internship", ANNA, BO) == [Ruling.NO_GROUND, Ruling.ALLOWED]


def test_a_ground_says_until_when(nordlys: Nordlys) -> None:
    policy, footprints = nordlys

    (anna, bo) = Uses(footprints, policy, ON).may_use("run the internship", [ANNA, BO])
    assert (anna.allowed, anna.until) == (True, date(2027, 3, 31))
    assert (bo.allowed, bo.until) == (True, None), "without an end while the internship goes on"


def test_a_purpose_that_the_policy_does_not_name_is_refused_with_the_one_meant(nordlys: Nordlys) -> None:
    policy, footprints = nordlys
    uses = Uses(footprints, policy, ON)

    assert rulings(uses, "tell storys", ANNA) == [Ruling.UNKNOWN_PURPOSE]
    assert uses.nearest("tell storys") == "tell stories"


@pytest.mark.parametrize(
    ("hold", "wanted"),
    [
        (Hold("H", frozenset([ANNA])), [Ruling.ALLOWED, Ruling.ALLOWED]),
        (Hold("R", frozenset([ANNA]), restriction=True), [Ruling.RESTRICTED, Ruling.ALLOWED]),
        (
            Hold("R", frozenset([ANNA]), activity="run the internship", restriction=True),
            [Ruling.RESTRICTED, Ruling.ALLOWED],
        ),
        (
            Hold("R", frozenset([ANNA]), activity="practise", restriction=True),
            [Ruling.ALLOWED, Ruling.ALLOWED],
        ),
        (Hold("R", activity="run the internship", restriction=True), [Ruling.RESTRICTED, Ruling.RESTRICTED]),
        (Hold("R", activity="practise", restriction=True), [Ruling.ALLOWED, Ruling.ALLOWED]),
    ],
)
def test_an_objection_suspends_what_it_is_about(nordlys: Nordlys, hold: Hold, wanted: list[Ruling]) -> None:
    policy, footprints = nordlys

    uses = Uses(footprints, policy, ON, Wishes(holds=(hold,)))
    assert rulings(uses, "run the internship", ANNA, BO) == wanted


@pytest.mark.parametrize(
    ("objection", "wanted"),
    [
        (Objection("run the internship", frozenset([ANNA])), [Ruling.RESTRICTED, Ruling.ALLOWED]),
        (
            Objection("run the internship", frozenset([ANNA]), upheld=True),
            [Ruling.NO_GROUND, Ruling.ALLOWED],
        ),
        (Objection("tell stories", frozenset([ANNA])), [Ruling.ALLOWED, Ruling.ALLOWED]),
    ],
)
def test_objecting_people_are_left_alone_by_the_purpose_they_object_to(
    nordlys: Nordlys, objection: Objection, wanted: list[Ruling]
) -> None:
    policy, footprints = nordlys
    uses = Uses(footprints, policy, ON, Wishes(objections=(objection,)))

    assert rulings(uses, "run the internship", ANNA, BO) == wanted
    told = uses.may_use_keys("run the internship", INTERNS, [ANNA.key, BO.key])
    assert [d.ruling for page in told for d in page] == wanted


def test_keys_may_be_text_as_a_file_has_them(nordlys: Nordlys) -> None:
    policy, footprints = nordlys

    pages = Uses(footprints, policy, ON).may_use_keys("tell stories", INTERNS, ["1", "2", "x"])
    assert [(d.card.key, d.ruling) for page in pages for d in page] == [
        ("1", Ruling.ALLOWED),
        ("2", Ruling.NO_GROUND),
        ("x", Ruling.UNKNOWN_PERSON),
    ]


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_the_database_decides_like_the_record(name: str, tmp_path: Path) -> None:
    generate(name, tmp_path, people=20, on=ON)
    with opened(tmp_path) as (policy, inventory, readers):
        footprints = Footprints(inventory, readers, policy)
        uses = Uses(footprints, policy, ON)
        seen = set()
        for table in inventory.people_tables:
            cards = everybody(footprints, table)
            for activity in policy.activities:
                judged = {d.card: d.ruling for d in uses.may_use(activity, cards)}
                told = [
                    d
                    for page in uses.may_use_keys(activity, table.name, [c.key for c in cards])
                    for d in page
                ]
                assert {d.card: d.ruling for d in told} == judged, (activity, table.name)
                seen |= set(judged.values())
        assert seen == {Ruling.ALLOWED, Ruling.NO_GROUND}

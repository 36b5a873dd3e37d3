"""The night's sweep: made each night, carried out by itself only where the house and the limits let it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import open_organisation, today
from ordholden.app.nightly import sweep
from ordholden.plans.book import PlanState


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house") / "clienti"
    generate("clienti", folder, people=6, on=today())
    return folder


@pytest.fixture
def clienti(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "clienti")


def test_without_the_houses_word_the_plan_waits_for_somebody(clienti: Path) -> None:
    with open_organisation(clienti) as organisation:
        came = sweep(organisation, by_itself=False)

        assert came["rows"]
        assert came["waits for"] in ("somebody", "approval")
        assert [k.state for k in organisation.plans()] == [PlanState.MADE]


def test_a_plan_over_the_limits_waits_for_a_second_person(clienti: Path) -> None:
    with open_organisation(clienti) as organisation:
        came = sweep(organisation, by_itself=True)

        assert came["waits for"] == "approval", "the first run of a rule needs a second person"
        assert organisation.plans()[0].state is PlanState.MADE


def test_what_was_approved_is_carried_out_and_a_second_time_is_none(clienti: Path) -> None:
    with open_organisation(clienti) as organisation:
        plan = str(sweep(organisation, by_itself=True)["plan"])
        organisation.approve(plan, actor="the person responsible for data")

        came = sweep(organisation, by_itself=True)
        again = sweep(organisation, by_itself=True)

        assert came == again == {"plan": plan, "rows": came["rows"]}
        assert [k.state for k in organisation.plans()] == [PlanState.VERIFIED]


def test_a_changed_policy_makes_a_new_plan(clienti: Path) -> None:
    with open_organisation(clienti) as organisation:
        sweep(organisation, by_itself=False)
    file = clienti / "policy.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("24 months", "25 months"), encoding="utf-8")
    with open_organisation(clienti) as organisation:
        sweep(organisation, by_itself=False)

        assert len({k.plan.policy for k in organisation.plans()}) == 2

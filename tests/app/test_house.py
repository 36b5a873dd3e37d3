"""A house: its organisations by short name, and as their files are now."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import today
from ordholden.app.house import House, folders_of
from ordholden.problems import Refusal


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for name in ("clienti", "alles_klar"):
        generate(name, folder / name, people=3, on=today())
    (folder / "notes").mkdir()
    return folder


@pytest.fixture
def street(built: Path, tmp_path: Path) -> Path:
    """A house of two organisations, and something that is none."""
    return shutil.copytree(built, tmp_path / "street")


def test_organisations_are_known_by_their_folders(street: Path) -> None:
    with House(street) as house:
        assert house.names == ("alles_klar", "clienti")
        assert house.organisation("clienti") is house.organisation("clienti")


def test_one_organisations_folder_is_a_house(street: Path) -> None:
    assert list(folders_of(street / "clienti")) == ["clienti"]


@pytest.mark.parametrize(("folder", "code"), [("notes", "house-empty"), ("nowhere", "folder-missing")])
def test_a_folder_without_organisations_is_refused(street: Path, folder: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        House(street / folder)

    assert [p.code for p in refused.value.problems] == [code]


def test_an_unknown_organisation_is_refused_with_the_nearest(street: Path) -> None:
    with House(street) as house, pytest.raises(Refusal) as refused:
        house.organisation("client")

    assert refused.value.problems[0].facts["nearest"] == "clienti"


def test_a_changed_policy_is_served_at_once(street: Path) -> None:
    with House(street) as house:
        before = house.organisation("clienti")
        _write(street, before.folder, lambda text: text.replace("24 months", "25 months"))

        after = house.organisation("clienti")
        assert after is not before
        assert after.policy.digest != before.policy.digest
        # Whoever is in the middle of something with the old one still can.
        assert before.store.organisation == after.store.organisation


def test_a_half_written_policy_leaves_the_last_sound_one_in_force(street: Path) -> None:
    with House(street) as house:
        before = house.organisation("clienti")
        _write(street, before.folder, lambda text: text + "\nactivities: [")

        assert house.organisation("clienti") is before
        assert "clienti" in house.wrong
        _write(street, before.folder, lambda text: text.removesuffix("\nactivities: ["))
        assert house.organisation("clienti") is not before
        assert not house.wrong


def _write(street: Path, folder: Path, change) -> None:  # type: ignore[no-untyped-def]
    file = folder / "policy.yaml"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))

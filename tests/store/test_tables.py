"""Every room's tables: migrations agree with models, and rows name their organisation."""

from __future__ import annotations

import pytest

from ordholden.store import framework
from tests.stores import finished, program

ROOMS = [room.rpartition(".")[2] for room in framework.rooms_with_tables()]


@pytest.mark.parametrize("room", ROOMS)
def test_every_change_of_a_table_has_its_migration(room: str) -> None:
    script = (
        "import sys; from ordholden.store import framework; framework.ready()\n"
        "from django.core.management import call_command as call\n"
        "call('makemigrations', sys.argv[1], check=True, dry_run=True)"
    )

    assert finished(program(script, room)) == f"No changes detected in app '{room}'"


@pytest.mark.parametrize("room", ROOMS)
def test_every_table_names_its_organisation(room: str) -> None:
    framework.ready()
    from django.apps import apps

    app = apps.get_app_config(room)
    without = [
        model.__name__
        for model in app.get_models()
        if "organisation" not in {field.name for field in model._meta.get_fields()}
    ]

    assert room == "store" or not without

"""The API is what its description says: called with whatever that allows, each operation answers as it says, and never breaks."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Program, key
from tests.web.town import Town

EXAMPLES = 2
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_the_description_is_valid_and_names_who_may(client: Client) -> None:
    described = client.get("/api/openapi.json").json()

    assert schemathesis.openapi.from_dict(described).validate() is None
    open_to_all = [
        path for path, one in described["paths"].items() for o in one.values() if "security" not in o
    ]
    assert open_to_all == [
        "/api/{organisation}/policy",
        "/api/{organisation}/transfer",
        "/api/{organisation}/transfer/key",
        "/api/{organisation}/partner",
    ]


def test_every_operation_answers_as_it_is_described(town: Town, program: Program) -> None:
    """At a house with one case, so that some numbers are a case's."""
    headers = {"Authorization": f"Bearer {key(town)}", "Host": "testserver"}
    number = opened(program())
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())

    wrong: dict[str, str] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        # A signed package is nothing that can be made up from a description; it has tests of its own.
        if operation.label.startswith("POST") and operation.label.endswith(("/transfer", "/partner")):
            continue

        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy())
        def tried(case: Case) -> None:
            case.path_parameters["organisation"] = "clienti"
            if "number" in case.path_parameters:
                case.path_parameters["number"] = number
            case.validate_response(case.call(headers=headers), checks=CHECKS)

        try:
            tried()
        except AssertionError as error:
            wrong[operation.label] = str(error)
        except BaseExceptionGroup as errors:
            wrong[operation.label] = " / ".join(map(str, errors.exceptions))

    assert wrong == {}


def test_every_operation_stands_in_the_docs_with_its_deed() -> None:
    from ordholden.api.door import deeds
    from ordholden.api.urls import ROUTERS

    said = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    missing = [
        f"{one.methods[0]} {path}"
        for router in ROUTERS
        for path, view in router.path_operations.items()
        for one in view.operations
        for deed in [deeds(router)[one.view_func.__name__]]
        if f"`{one.methods[0]} /api{path}` | {one.summary} | {deed.value if deed else 'none'}" not in said
    ]

    assert missing == []


def opened(client: Client) -> str:
    asked = {"right": "access", "who": {"name": "Prøve Person", "email": "proeve@program.example"}}
    answer = client.post("/api/clienti/cases", asked, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["number"])

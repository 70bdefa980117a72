"""The document that describes the API: valid, complete, and the same that is enforced."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from config.access import permission_of, roles_with
from config.database import Database
from tests.api_client import Api, an_api


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city)


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.finance.get("/api/v1/openapi.json").json
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_endpoint_is_described_with_a_summary_and_its_roles(
    api: Api, document: dict[str, Any]
) -> None:
    assert len(operations(document)) == 28
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert operation["security"][0]["device"], path
        problem = operation["responses"]["default"]["$ref"]
        assert problem == "#/components/responses/DEFAULT_ERROR", (path, method)
    charge = document["paths"]["/api/v1/charges"]["post"]["security"]
    view = api.app.view_functions["terminals.post_charge"]
    assert charge == [{"device": roles_with(permission_of(view))}] == [{"device": ["till"]}]


KEYS_INSIDE = {
    "/api/v1/enrolments", "/api/v1/till/items", "/api/v1/gate/admissions", "/api/v1/gate/items",
}  # fmt: skip
# Said again, they leave a link as it is: noticed once, withdrawn once, asking for the same.
THE_SAME_AGAIN = {
    "/api/v1/pay-links/{link}/notice", "/api/v1/pay-links/{link}/changes",
    "/api/v1/pay-links/{link}/withdrawal",
}  # fmt: skip


def test_every_post_documents_its_key(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        names = [parameter["name"] for parameter in operation.get("parameters", [])]
        needs_key = method == "post" and path not in KEYS_INSIDE | THE_SAME_AGAIN
        assert ("Idempotency-Key" in names) == needs_key, path


def test_errors_are_described_as_problems(document: dict[str, Any]) -> None:
    for response in document["components"]["responses"].values():
        assert list(response.get("content", {"application/problem+json": 0})) == [
            "application/problem+json"
        ]


def test_money_is_described_as_integers(document: dict[str, Any]) -> None:
    found = 0
    for schema in document["components"]["schemas"].values():
        for name, described in schema.get("properties", {}).items():
            if name.endswith("cents"):
                found += 1
                assert described["type"] in ("integer", ["integer", "null"]), name
    assert found > 10


def test_the_reference_page_is_served(api: Api) -> None:
    page = api.finance.get("/api/v1/")
    assert page.status_code == 200
    assert "Idempotency-Key" in page.text
    assert api.anonymous.get("/api/v1/").location == "/staff/sign-in?next=/api/v1/"

"""Any OpenAPI document becomes a page a person can read."""

from collections.abc import Mapping
from typing import Any

from config.app import create_app
from config.web.openapi import api_reference
from config.web.pages.reference import ApiReference, Field, Operation
from tests.faces.sample_api import SPEC


def _operation(operation_id: str, spec: Mapping[str, Any] = SPEC) -> Operation:
    return next(
        operation
        for group in api_reference(spec).groups
        for operation in group.operations
        if operation.id == operation_id
    )


def _fields(fields: tuple[Field, ...]) -> dict[str, Field]:
    return {field.name: field for field in fields}


def test_operations_are_grouped_by_tag_and_empty_tags_are_left_out() -> None:
    page = api_reference(SPEC)
    assert [group.title for group in page.groups] == ["charges", "wallets", "Weitere"]
    assert page.operation_count == 3


def test_every_operation_names_the_role_it_needs() -> None:
    assert _operation("createcharge").role == "till"
    assert _operation("get-wallets-code").role == "portal"
    assert _operation("closewallet").role == "public"


def test_parameters_of_the_path_item_and_of_the_operation_are_both_shown() -> None:
    (key,) = _operation("createcharge").parameters
    assert (key.name, key.place, key.is_required) == ("Idempotency-Key", "header", True)
    as_of = _fields(_operation("get-wallets-code").parameters)["as_of"]
    assert (as_of.type, as_of.example) == ("string (date) oder null", "2026-11-17")


def test_a_body_is_a_table_of_dotted_fields_with_limits() -> None:
    request = _operation("createcharge").request
    assert request is not None
    fields = _fields(request.bodies[0].fields)
    assert fields["facility"].is_required
    assert fields["channel"].limits == "cash, girocard · sonst cash"
    assert fields["lines"].type == "Liste: Line"
    assert fields["lines[].product"].limits == "höchstens 32 Zeichen"
    assert not fields["lines[].part_of"].is_required


def test_parts_of_an_all_of_become_one_object() -> None:
    posted = _operation("createcharge").answers[0].bodies[0]
    fields = _fields(posted.fields)
    assert fields["facility"].is_required
    assert fields["number"].is_required
    assert not fields["recorded_at"].is_required


def test_examples_are_built_from_the_schema_and_stop_where_it_recurs() -> None:
    request = _operation("createcharge").request
    assert request is not None
    assert '"facility": "B01"' in request.bodies[0].example
    assert '"part_of": null' in request.bodies[0].example


def test_problems_come_after_results_and_are_told_apart() -> None:
    answers = _operation("createcharge").answers
    assert [answer.status for answer in answers] == ["201", "409", "default"]
    assert [answer.is_problem for answer in answers] == [False, True, True]
    problem = _fields(answers[2].bodies[0].fields)
    assert problem["type"].example == "/problems/conflict"
    assert problem["status"].limits == "409"


def test_a_document_that_says_almost_nothing_still_has_a_page() -> None:
    spec = {"openapi": "3.1.0", "paths": {"/x": {"get": {}}}}
    page = api_reference(spec)
    assert isinstance(page, ApiReference)
    assert page.groups[0].operations[0].role is None
    text = create_app(api_spec=lambda: spec).test_client().get("/api/v1/").text
    assert "/x" in text


def test_a_reference_that_points_nowhere_is_an_empty_schema() -> None:
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Lost"}}}
    spec = {"paths": {"/x": {"get": {"responses": {"200": {"content": body}}}}}}
    (answer,) = _operation("get-x", spec).answers
    assert answer.bodies[0].type == "Lost"
    assert answer.bodies[0].fields == ()

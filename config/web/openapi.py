"""Reading an OpenAPI document into the API reference page; any document will do."""

import json
import re
from collections.abc import Iterator

from config.web import json_schema
from config.web.json_schema import Json, resolved
from config.web.pages.reference import Answer, ApiReference, Body, Field, Group, Operation
from config.web.pages.shell import Shell

METHODS = ("get", "put", "post", "patch", "delete", "head", "options")


def api_reference(spec: Json, *, shell: Shell | None = None) -> ApiReference:
    """Read any OpenAPI 3.0 or 3.1 document; what it does not say stays empty.

    The role an operation needs is its `x-role`, or the scopes of its `security`, or `public`
    for an explicit `security: []`.
    """
    info = spec.get("info", {})
    return ApiReference(
        shell=shell or Shell(""),
        title=info.get("title", "API"),
        version=str(info.get("version", "")),
        description=info.get("description", ""),
        servers=tuple(server.get("url", "") for server in spec.get("servers", [])),
        groups=tuple(_groups(spec)),
    )


def _groups(spec: Json) -> Iterator[Group]:
    by_tag: dict[str, list[Operation]] = {tag["name"]: [] for tag in spec.get("tags", [])}
    for path, method, item in _operations(spec):
        for tag in item[method].get("tags") or [""]:
            by_tag.setdefault(tag, []).append(_operation(spec, path, method, item))
    described = {tag["name"]: tag.get("description", "") for tag in spec.get("tags", [])}
    for tag, operations in by_tag.items():
        if operations:
            title = tag or "Weitere"
            yield Group(_anchor(title), title, described.get(tag, ""), tuple(operations))


def _operations(spec: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in spec.get("paths", {}).items():
        yield from ((path, method, item) for method in METHODS if method in item)


def _operation(spec: Json, path: str, method: str, item: Json) -> Operation:
    operation: Json = item[method]
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    request = resolved(spec, operation.get("requestBody", {}))
    return Operation(
        id=_anchor(operation.get("operationId") or f"{method} {path}"),
        method=method.upper(),
        path=path,
        title=operation.get("summary") or operation.get("operationId", ""),
        description=operation.get("description", ""),
        role=_role(spec, operation),
        is_deprecated=bool(operation.get("deprecated", False)),
        parameters=tuple(_parameter(spec, resolved(spec, each)) for each in parameters),
        request=_answer(spec, "", request) if request else None,
        answers=tuple(
            _answer(spec, str(status), resolved(spec, answer))
            for status, answer in sorted(operation.get("responses", {}).items(), key=_status_order)
        ),
    )


def _status_order(item: tuple[object, object]) -> str:
    return str(item[0]).replace("default", "zzz")


def _role(spec: Json, operation: Json) -> str | None:
    if "x-role" in operation:
        return str(operation["x-role"])
    security = operation.get("security", spec.get("security"))
    if security is None:
        return None
    scopes = [scope for need in security for names in need.values() for scope in names]
    return ", ".join(dict.fromkeys(scopes)) or (
        " oder ".join(name for need in security for name in need) or "public"
    )


def _parameter(spec: Json, parameter: Json) -> Field:
    schema = {"description": parameter.get("description", ""), **parameter.get("schema", {})}
    if "example" in parameter:
        schema["example"] = parameter["example"]
    name, place = parameter.get("name", ""), parameter.get("in", "")
    is_required = bool(parameter.get("required", False))
    return json_schema.field(spec, name, schema, is_required=is_required, place=place)


def _answer(spec: Json, status: str, answer: Json) -> Answer:
    bodies = tuple(
        _body(spec, kind, content) for kind, content in answer.get("content", {}).items()
    )
    return Answer(status, answer.get("description", ""), bodies)


def _body(spec: Json, media_type: str, content: Json) -> Body:
    schema = content.get("schema", {})
    given = [each.get("value") for each in content.get("examples", {}).values()]
    example = content.get("example", given[0] if given else json_schema.example(spec, schema))
    return Body(
        media_type=media_type,
        type=json_schema.type_name(spec, schema),
        fields=tuple(json_schema.fields(spec, schema)),
        example="" if example is None else json.dumps(example, ensure_ascii=False, indent=2),
    )


def _anchor(text: str) -> str:
    """A name usable as the id of an element."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"

"""Reading JSON Schema as a person does: fields with type and limits, and an example."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from config.web.pages.reference import Field

Json = Mapping[str, Any]

MAX_DEPTH = 4  # deeper than this, a table of fields explains nothing
LIMITS = {
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "exclusiveMinimum": "> {}",
    "exclusiveMaximum": "< {}",
    "minLength": "mindestens {} Zeichen",
    "maxLength": "höchstens {} Zeichen",
    "minItems": "mindestens {} Einträge",
    "maxItems": "höchstens {} Einträge",
    "pattern": "Muster {}",
}
SAMPLES = {
    "date": "2026-11-17",
    "date-time": "2026-11-17T10:41:07Z",
    "uuid": "0192f7a4-6c1e-7b1a-9d55-3a5f5c1f2b10",
    "email": "name@example.org",
    "uri": "https://example.org/",
}


def fields(spec: Json, schema: Json, prefix: str = "", depth: int = 0) -> Iterator[Field]:
    """Every property of an object, or of the objects of an array, nested ones dotted."""
    whole = merged(spec, schema)
    if kind(whole) == "array" and depth <= MAX_DEPTH:
        yield from fields(spec, whole.get("items", {}), f"{prefix}[]" if prefix else "", depth + 1)
        return
    required = whole.get("required", [])
    for name, given in whole.get("properties", {}).items():
        path = f"{prefix}.{name}" if prefix else name
        yield field(spec, path, given, is_required=name in required)
        if depth < MAX_DEPTH:
            yield from fields(spec, given, path, depth + 1)


def field(spec: Json, name: str, schema: Json, *, is_required: bool, place: str = "") -> Field:
    """One line of a table: what may stand in this place."""
    whole = merged(spec, schema)
    given = _written_example(whole)
    return Field(
        name=name,
        type=type_name(spec, schema),
        is_required=is_required,
        place=place,
        description=schema.get("description", "") or whole.get("description", ""),
        limits=limits(whole),
        example="" if given is None else text(given),
    )


def type_name(spec: Json, schema: Json) -> str:
    """`integer`, `string (date)`, `Liste: Charge`, `string oder null`."""
    whole = merged(spec, schema)
    for choice in ("oneOf", "anyOf"):
        if choice in whole:
            names = [type_name(spec, part) for part in whole[choice]]
            return " oder ".join(dict.fromkeys(names))
    if kind(whole) == "array":
        name = f"Liste: {type_name(spec, whole.get('items', {}))}"
    elif kind(whole) == "object" or not kind(whole):
        name = schema.get("$ref", "").rpartition("/")[2] or kind(whole) or "any"
    else:
        name = kind(whole) + (f" ({whole['format']})" if "format" in whole else "")
    return f"{name} oder null" if _may_be_null(whole) else name


def limits(schema: Json) -> str:
    """What else a value must satisfy, in words."""
    said = [words.format(schema[key]) for key, words in LIMITS.items() if key in schema]
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if values:
        said.append(", ".join(text(value) for value in values if value is not None))
    if "default" in schema:
        said.append(f"sonst {text(schema['default'])}")
    if schema.get("additionalProperties") is False:
        said.append("keine weiteren Felder")
    return " · ".join(said)


def example(spec: Json, schema: Json, above: frozenset[str] = frozenset()) -> Any:
    """The example the schema gives, or one that satisfies its types; None where it recurs."""
    name = schema.get("$ref", "")
    if name in above:
        return None
    whole = merged(spec, schema)
    given = _given_example(whole)
    if given is not None:
        return given
    inside = above | {name} if name else above
    for choice in ("oneOf", "anyOf"):
        if choice in whole:
            return example(spec, whole[choice][0], inside)
    return _sample(spec, whole, inside)


def merged(spec: Json, schema: Json) -> Json:
    """The schema without references; the parts of an `allOf` become one object."""
    found = resolved(spec, schema)
    if "allOf" not in found:
        return found
    parts = [*(merged(spec, part) for part in found["allOf"]), found]
    whole = {key: value for part in parts for key, value in part.items() if key != "allOf"}
    whole["properties"] = {k: v for part in parts for k, v in part.get("properties", {}).items()}
    whole["required"] = [name for part in parts for name in part.get("required", [])]
    return whole


def resolved(spec: Json, node: Json) -> Json:
    """What a `$ref` points to inside the document; an empty schema if it points nowhere."""
    seen: set[str] = set()
    while "$ref" in node and node["$ref"] not in seen:
        seen.add(node["$ref"])
        target: Any = spec
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target.get(step.replace("~1", "/").replace("~0", "~"), {})
        node = target
    return node


def kind(schema: Json) -> str:
    """The JSON type, without `null`; empty when the schema allows anything."""
    kinds = schema.get("type", "object" if "properties" in schema else "")
    return kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "null")


def text(value: object) -> str:
    """A value as it would be sent; strings without their quotes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _given_example(schema: Json) -> Any:
    """What the author wrote, or else the first value that is allowed."""
    written = _written_example(schema)
    if written is not None or "const" in schema:
        return schema.get("const", written)
    return next((value for value in schema.get("enum", []) if value is not None), None)


def _written_example(schema: Json) -> Any:
    return (
        schema["example"] if "example" in schema else next(iter(schema.get("examples", [])), None)
    )


def _sample(spec: Json, whole: Json, above: frozenset[str]) -> Any:
    match kind(whole):
        case "array":
            return [example(spec, whole.get("items", {}), above)]
        case "object":
            properties = whole.get("properties", {})
            return {name: example(spec, part, above) for name, part in properties.items()}
        case "string":
            return SAMPLES.get(whole.get("format", ""), "…")
        case "integer" | "number":
            return whole.get("minimum", 1)
        case "boolean":
            return True
        case _:
            return None


def _may_be_null(schema: Json) -> bool:
    kinds = schema.get("type", "")
    return bool(schema.get("nullable")) or (isinstance(kinds, list) and "null" in kinds[1:])

"""A small OpenAPI document with every shape the reference page must read."""

from typing import Any

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Stadtkasse API",
        "version": "1.0",
        "description": "Beträge sind ganze Cent. Jeder POST trägt einen Idempotency-Key.",
    },
    "servers": [{"url": "/api/v1"}],
    "tags": [
        {"name": "charges", "description": "Was jemand bezahlt."},
        {"name": "wallets"},
        {"name": "unused"},
    ],
    "paths": {
        "/charges": {
            "parameters": [
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": True,
                    "description": "Vom Absender gewählt.",
                    "schema": {"type": "string", "format": "uuid"},
                }
            ],
            "post": {
                "tags": ["charges"],
                "operationId": "createCharge",
                "summary": "Einen Verkauf buchen",
                "description": "Gleicher Schlüssel, gleicher Inhalt: dieselbe Antwort.",
                "security": [{"device": ["till"]}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Charge"}}
                    },
                },
                "responses": {
                    "201": {
                        "description": "gebucht",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/PostedCharge"}
                            }
                        },
                    },
                    "409": {"description": "Schlüssel mit anderem Inhalt", "content": PROBLEM},
                    "default": {"$ref": "#/components/responses/Failure"},
                },
            },
        },
        "/wallets/{code}": {
            "get": {
                "tags": ["wallets"],
                "summary": "Ein Guthaben lesen",
                "x-role": "portal",
                "parameters": [
                    {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "as_of",
                        "in": "query",
                        "schema": {"type": ["string", "null"], "format": "date"},
                        "example": "2026-11-17",
                    },
                ],
                "responses": {
                    "200": {
                        "description": "das Guthaben",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "balance_cents": {"type": "integer", "example": 1260}
                                    },
                                }
                            }
                        },
                    },
                },
            },
            "delete": {
                "operationId": "closeWallet",
                "deprecated": True,
                "security": [],
                "responses": {"204": {"description": "geschlossen"}},
            },
        },
    },
    "components": {
        "responses": {"Failure": {"description": "Störung", "content": PROBLEM}},
        "schemas": {
            "Charge": {
                "type": "object",
                "required": ["facility", "lines"],
                "additionalProperties": False,
                "properties": {
                    "facility": {"type": "string", "description": "Einrichtung", "example": "B01"},
                    "channel": {"type": "string", "enum": ["cash", "girocard"], "default": "cash"},
                    "lines": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"$ref": "#/components/schemas/Line"},
                    },
                },
            },
            "Line": {
                "type": "object",
                "required": ["product", "amount_cents"],
                "properties": {
                    "product": {"type": "string", "maxLength": 32},
                    "amount_cents": {"type": "integer", "minimum": 0},
                    "part_of": {"oneOf": [{"$ref": "#/components/schemas/Line"}, {"type": "null"}]},
                },
            },
            "PostedCharge": {
                "allOf": [
                    {"$ref": "#/components/schemas/Charge"},
                    {
                        "type": "object",
                        "required": ["number"],
                        "properties": {
                            "number": {"type": "integer"},
                            "recorded_at": {"type": "string", "format": "date-time"},
                        },
                    },
                ]
            },
            "Problem": {
                "type": "object",
                "required": ["type", "title", "status"],
                "properties": {
                    "type": {"type": "string", "examples": ["/problems/conflict"]},
                    "title": {"type": "string"},
                    "status": {"type": "integer", "const": 409},
                },
            },
        },
    },
}

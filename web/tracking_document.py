"""The endpoint in the words of OpenAPI 3.1, from the very tables it keeps to."""

from __future__ import annotations

from typing import Any

from intake.post.tracking import MOST, Heard
from intake.rules.post import FAILURES, TOLD_BY_OPERATOR, Step
from intake.rules.tracking import FIELDS, LONGEST_PLACE, MESSAGE_ID, WORDS, Trouble

EXAMPLE = {
    "message_id": "VNP-20261126-000481",
    "item_number": "RR473124829VN",
    "step": "failed",
    "at": "2026-11-26T15:20:00+07:00",
    "place": "Bưu cục Hạc Thành",
    "reason": "not_home",
}


def document(server: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Một Chạm: where postal items are",
            "version": "1",
            "description": "An operator of the post tells what happened to the items of one office. Every"
            " event counts once, whenever and however often it is told.",
        },
        "servers": [{"url": server}],
        "security": [{"key": []}],
        "paths": {
            "/api/post/v1/events": {"post": _events()},
            "/api/post/v1/openapi.json": {"get": _openapi()},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Event": _event(),
                "Answer": _answer(),
                "Answers": _answers(),
                "Error": _object({"error": {"type": "string"}, "message": {"type": "string"}}),
            },
        },
    }


def _events() -> dict[str, Any]:
    told = {"type": "array", "maxItems": MOST, "items": _ref("Event")}
    content = {"schema": _object({"events": told}), "example": {"events": [EXAMPLE]}}
    refused = {
        "400": "No JSON, or no list of events.",
        "401": "No key, a wrong one, or one out of use.",
        "403": "Plain http.",
        "413": f"More than {MOST} events, or a body of more than 2 MB.",
        "415": "The content is not application/json.",
        "429": "Too often: wait as Retry-After says.",
        "503": "Nothing or a part was kept: send the same again.",
    }
    return {
        "summary": "Tell what happened",
        "operationId": "tellEvents",
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "200": _json("One answer an event, in their order.", _ref("Answers")),
            **{status: _json(words, _ref("Error")) for status, words in refused.items()},
        },
    }


def _openapi() -> dict[str, Any]:
    return {
        "summary": "This document",
        "operationId": "openapi",
        "security": [],
        "responses": {"200": _json("OpenAPI 3.1.", {"type": "object"})},
    }


def _event() -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    told: dict[str, Any] = {
        "message_id": text
        | {"pattern": f"^{MESSAGE_ID.pattern}$", "description": "Yours, and of this event alone."},
        "item_number": text | {"maxLength": 40, "description": "UPU S10, or as it stands on the label."},
        "step": text | {"enum": [step.value for step in Step if step in TOLD_BY_OPERATOR]},
        "at": text | {"format": "date-time", "description": "When it happened, with its zone."},
        "place": text | {"maxLength": LONGEST_PLACE, "description": "The post office, for people to read."},
        "reason": text | {"enum": ["", *FAILURES], "description": "With the step failed, and only with it."},
    }
    assert tuple(told) == FIELDS
    return _object(told, optional=("place", "reason"))


def _answer() -> dict[str, Any]:
    told = {
        "message_id": {"type": "string"},
        "outcome": {"type": "string", "enum": [heard.value for heard in Heard]},
        "status": {"type": "string", "enum": list(Step), "description": "Where the item is, all told."},
        "reason": {"type": "string", "enum": list(Trouble), "description": _reasons()},
        "message": {"type": "string", "description": "The reason in Vietnamese."},
        "retry": {"type": "boolean", "description": "Whether the same event may be taken later."},
    }
    return _object(told, optional=("status", "reason", "message", "retry"))


def _answers() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    counts = {heard.value: count for heard in Heard}
    return _object({**counts, "answers": {"type": "array", "items": _ref("Answer")}})


def _reasons() -> str:
    return "\n".join(f"- {trouble.value}: {words}" for trouble, words in WORDS.items())


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def _json(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}

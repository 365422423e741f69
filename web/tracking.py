"""The endpoint where an operator's system tells where our items are: a key, JSON, no cookie, no page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from intake.db import db
from intake.post.operators import operator_of
from intake.post.tracking import MOST, Answer, Heard, hear, slices
from intake.records import PostalOperator
from intake.rules.tracking import LATER, WORDS, read_message
from web.core import core, now
from web.limits import limiter
from web.machines import OFTEN, answers_in_json, list_sent
from web.tracking_document import document

bp = Blueprint("tracking", __name__, url_prefix="/api/post/v1")

LARGEST = 2 * 1024 * 1024  # bytes of a request
ERRORS = {
    400: ("bad_request", "Thân yêu cầu phải là JSON có danh sách «events»."),
    401: ("unauthorized", "Thiếu khóa, khóa sai hoặc đã ngừng dùng."),
    413: ("too_large", f"Nhiều nhất {MOST} sự kiện và {LARGEST // 2**20} MB trong một yêu cầu."),
}


@bp.post("/events")
@limiter.limit(OFTEN)
def events() -> Response:
    """Hear them slice by slice; what was kept before a fault is known when all is sent again."""
    operator = _operator()
    moment = now()
    request.max_content_length = LARGEST
    messages = [read_message(one, now=moment) for one in list_sent("events", most=MOST)]
    answers: list[Answer] = []
    for part in slices(messages):
        answers += hear(db.session(), operator, part, now=moment)
        db.session.commit()
    counts = Counter(answer.heard for answer in answers)
    return jsonify(
        {**{heard.value: counts[heard] for heard in Heard}, "answers": [_told(answer) for answer in answers]}
    )


@bp.get("/openapi.json")
@limiter.limit(OFTEN)
def openapi() -> Response:
    return jsonify(document(core().settings.public_url))


answers_in_json(bp, ERRORS, challenge="Bearer")


def _operator() -> PostalOperator:
    """Before anything of the body is read."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    found = operator_of(db.session(), key) if kind.lower() == "bearer" and key.strip() else None
    return found or abort(401)


def _told(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"message_id": answer.message_id, "outcome": answer.heard.value}
    if answer.trouble is None:
        return told | {"status": answer.status}
    again = answer.trouble in LATER
    return told | {"reason": answer.trouble.value, "message": WORDS[answer.trouble], "retry": again}

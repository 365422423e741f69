"""What the interfaces for other people's systems share: JSON both ways, errors too; no cookie, no page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from intake.db import db
from web import logs
from web.plain_http import PlainHttp

OFTEN = "600 per minute"
ERRORS: Mapping[int, tuple[str, str]] = {
    403: ("forbidden", "Chỉ nhận qua https."),
    415: ("unsupported_media_type", "Content-Type phải là application/json."),
    429: ("too_many_requests", "Gửi dày quá. Hãy đợi một phút."),
    503: ("unavailable", "Chưa ghi được lúc này. Hãy gửi lại nguyên vẹn sau ít giây."),
}


def answers_in_json(bp: Blueprint, own: Mapping[int, tuple[str, str]], *, challenge: str = "") -> None:
    """Whatever stops a request of ``bp`` is told as JSON, in its ``own`` words by status, else in ours.

    ``challenge`` goes with a 401, as RFC 9110 wants it for a key in a header.
    """
    errors = {**ERRORS, **own}

    @bp.errorhandler(PlainHttp)
    @bp.errorhandler(HTTPException)
    def stopped(error: HTTPException) -> Response:
        return told(error.code or 500)

    @bp.errorhandler(DBAPIError)
    def database_failed(error: DBAPIError) -> Response:
        db.session.rollback()
        logs.fault(error)
        return told(503)

    def told(status: int) -> Response:
        code, words = errors.get(status, ("failed", "Yêu cầu không thực hiện được."))
        response = jsonify({"error": code, "message": words})
        response.status_code = status
        if status == 401 and challenge:
            response.headers["WWW-Authenticate"] = challenge
        if status in (429, 503):
            response.headers["Retry-After"] = "60" if status == 429 else "10"
        return response


def list_sent(name: str, *, most: int) -> list[Any]:
    """The list called ``name`` in the body; 400 for anything else, 413 for more than ``most``."""
    try:
        given = request.get_json()
    except RecursionError:
        abort(400)
    found = given.get(name) if isinstance(given, dict) else None
    if not isinstance(found, list):
        abort(400)
    if len(found) > most:
        abort(413)
    return found

"""Answers to the scripts of the post: a value as JSON, a refusal with its sentence and faults by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Response, current_app, jsonify

from intake.db import db
from intake.rules.answers import Fault
from intake.rules.refusals import Refusal
from web import metrics

View = Callable[..., Mapping[str, Any]]


def in_json(view: View) -> Callable[..., Response]:
    """What ``view`` returns, or 422 with {"state": "refused", "code", "heading", "advice", "faults"}."""

    @wraps(view)
    def answer(*args: Any, **named: Any) -> Response:
        try:
            return jsonify(dict(view(*args, **named)))
        except Refusal as refusal:
            db.session.rollback()
            metrics.REFUSALS.labels(refusal.code).inc()
            response = jsonify(refused(refusal))
            response.status_code = 422
            return response

    return answer


def refused(refusal: Refusal) -> dict[str, Any]:
    """In the words of the pages."""
    words, say = current_app.jinja_env.globals["refusals"], current_app.jinja_env.globals["say"]
    faults: tuple[Fault, ...] = refusal.facts.get("faults", ())  # type: ignore[assignment]
    return {
        "state": "refused",
        "code": refusal.code,
        "heading": str(words.heading(refusal)).strip(),  # type: ignore[attr-defined]
        "advice": " ".join(str(words.advice(refusal)).split()),  # type: ignore[attr-defined]
        "faults": [{"key": one.key, "words": " ".join(str(say(one)).split())} for one in faults],  # type: ignore[operator]
    }

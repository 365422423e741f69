"""One JSON line a request, with a reference people can read out; never what they typed or scanned."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request

from web import metrics

log = structlog.get_logger("web")

# A method somebody invented would be a figure of its own for ever, and a line in the log.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class FlaskLines(logging.Handler):
    """What Flask itself logs, as our lines: the message without its arguments, which are addresses."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            fault(record.exc_info[1])
        else:
            log.log(record.levelno, "flask", said=str(record.msg))


def install(app: Flask) -> None:
    configure(app.extensions["motcham"].settings.log_level)
    app.logger.handlers[:] = [FlaskLines()]
    app.logger.propagate = False
    app.before_request(begin)
    app.after_request(finish)


def configure(level: str) -> None:
    """JSON lines on standard error from ``level`` up, Vietnamese left readable, UTC stamps."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
        logger_factory=_logger,
    )


def begin() -> None:
    g.started = time.perf_counter()
    g.reference = secrets.token_hex(4).upper()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(reference=g.reference)


def finish(response: Response) -> Response:
    """The endpoint's name, not the path: a path may carry a receipt, a query may carry a name."""
    seconds = time.perf_counter() - g.started if "started" in g else 0.0
    endpoint, method = _endpoint(), request.method if request.method in METHODS else "other"
    response.headers["Server-Timing"] = f"app;dur={seconds * 1000:.2f}"
    metrics.REQUESTS.labels(endpoint, method, response.status_code).inc()
    metrics.SECONDS.labels(endpoint).observe(seconds)
    if endpoint != "static":
        log.info(
            "request",
            endpoint=endpoint,
            method=method,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
    return response


def fault(error: BaseException) -> None:
    """Record a bug: its kind and where, not its message, which may quote what a person entered."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    log.error(
        "fault",
        endpoint=_endpoint(),
        error=type(error).__name__,
        cause=type(error.__cause__).__name__ if error.__cause__ else None,
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    )


def _endpoint() -> str:
    return (request.endpoint if has_request_context() else None) or "none"


def _as_json(event: dict[str, Any], **options: Any) -> str:
    return json.dumps(event, ensure_ascii=False, **options)


def _logger(*args: Any) -> Any:
    # Looked up at each call: tests and supervisors swap standard error.
    return structlog.PrintLogger(sys.stderr)

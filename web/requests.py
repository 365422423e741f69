"""What browsers send, without the signs no keyboard has: NUL would stop PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import flask
from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict

# Tab and line breaks are writing; from 0x80 up is what some scanners make of a name, mended where it is read.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Sent(ImmutableMultiDict[str, Any]):
    """Names and values of a query, a form or the cookies; uploads pass as they are."""

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__([(_written(name), _written(value)) for name, value in pairs])


class Request(flask.Request):
    parameter_storage_class = Sent
    dict_storage_class = Sent


def install(app: Flask) -> None:
    app.request_class = Request
    app.before_request(refuse_strange_paths)


def refuse_strange_paths() -> None:
    if any(sign < " " for sign in request.path):
        abort(404)


def _written(value: Any) -> Any:
    return CONTROL.sub("", value) if isinstance(value, str) else value

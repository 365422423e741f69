"""Our own files: addressed by content, kept long by the browser, squeezed on the way."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

YEAR = 365 * 24 * 3600
SQUEEZED = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


def install(app: Flask) -> None:
    app.add_template_global(asset)
    app.after_request(keep_long)


def asset(name: str) -> str:
    """The address of a file in static/, changed whenever its content is."""
    return url_for("static", filename=name, v=_fingerprint(_path(name), _stamp(name)))


def keep_long(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code != 200:
        return response
    name = (request.view_args or {})["filename"]
    if "v" in request.args or name.endswith(".woff2"):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    if response.mimetype in SQUEEZED:
        response.headers.add("Vary", "Accept-Encoding")
        if request.accept_encodings.quality("gzip") and request.method == "GET":
            response.response.close()  # type: ignore[union-attr]  # the opened file
            response.direct_passthrough = False
            response.set_data(_squeezed(_path(name), _stamp(name)))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("Accept-Ranges", None)
    return response


def _path(name: str) -> Path:
    return Path(current_app.static_folder or "static") / name


def _stamp(name: str) -> int:
    """Part of the cache key, so that an edited file is read again."""
    return _path(name).stat().st_mtime_ns


@lru_cache(maxsize=256)
def _fingerprint(path: Path, stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=64)
def _squeezed(path: Path, stamp: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)

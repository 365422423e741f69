"""Only a view that says so takes files, and no more than one of them."""

from __future__ import annotations

import io

import pytest
from flask import Flask, request

from conftest import House
from intake.captures.apart import MOST_MB
from web import limits


@pytest.fixture
def app(sqlite_house: House) -> Flask:
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=64 * 1024, MAX_FORM_MEMORY_SIZE=64 * 1024)
    app.before_request(limits.make_room)

    @app.post("/takes")
    @limits.takes_files
    def takes() -> str:
        with request.files["file"].stream as file:
            return str(len(file.read()))

    @app.post("/plain")
    def plain() -> str:
        return str(len(request.files))

    return app


def sent(app: Flask, path: str, size: int):
    return app.test_client().post(path, data={"file": (io.BytesIO(bytes(size)), "x.jpg")})


def test_a_form_with_a_file_passes_where_files_are_taken_and_nowhere_else(app):
    assert sent(app, "/takes", 300_000).text == "300000"
    assert sent(app, "/plain", 300_000).status_code == 413


def test_a_field_of_text_stays_small_there_too(app, monkeypatch):
    monkeypatch.setattr(limits, "PIECE", 100_000)
    text = "x" * 120_000
    answer = app.test_client().post("/takes", data={"text": text}, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_nobody_sends_more_than_a_little_above_the_largest_file(app):
    told = {
        "CONTENT_LENGTH": str((MOST_MB + 11) * 1_000_000),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    assert app.test_client().post("/takes", environ_overrides=told).status_code == 413

"""Who is asking: the sender itself, or whom a trusted proxy names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, jsonify, request

from web import proxies


@pytest.fixture
def seen_by(house):
    """What a request through nginx looks like to an application that trusts so many proxies."""
    core = house.app.extensions["motcham"]

    def ask(trusted: int) -> list[str]:
        app = Flask("proxied")
        app.extensions["motcham"] = replace(core, settings=replace(core.settings, trusted_proxies=trusted))
        proxies.install(app)
        app.add_url_rule("/", view_func=lambda: jsonify([request.remote_addr, request.host_url]))
        headers = {"X-Forwarded-For": "6.6.6.6, 10.0.0.7", "X-Forwarded-Proto": "https", "Host": "cua.lan"}
        return app.test_client().get("/", headers=headers).get_json()

    return ask


def test_a_proxy_nobody_trusts_is_not_believed(seen_by):
    assert seen_by(0) == ["127.0.0.1", "http://cua.lan/"]


def test_a_trusted_proxy_names_the_sender_whatever_the_sender_claims(seen_by):
    assert seen_by(1) == ["10.0.0.7", "https://cua.lan/"]

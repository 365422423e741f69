"""Plain http is for this machine alone: what is refused from elsewhere, what is not, and the ways around."""

from __future__ import annotations

from dataclasses import replace

import pytest

from web import proxies
from web.plain_http import OPEN

ELSEWHERE = {"REMOTE_ADDR": "10.0.0.9"}
PERSONAL = ["/", "/kiosk/", "/kiosk/?point=K1", "/desk/", "/desk/sign-in", "/r/ABC"]
PUBLIC = ["/healthz", "/board/H56.17.22", "/ngay-khong-giay/H56.17.22", "/static/kiosk.css", "/none"]


@pytest.fixture
def asks(house):
    return lambda path, **told: house.app.test_client().get(path, **told)


@pytest.mark.parametrize("path", PERSONAL)
def test_from_another_machine_it_is_refused_in_words(asks, path):
    answer = asks(path, environ_base=ELSEWHERE)
    assert answer.status_code == 403
    assert "Đường truyền này chưa an toàn" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_nobodys_data_is_answered(asks, path):
    with asks(path, environ_base=ELSEWHERE) as answer:
        assert answer.status_code in (200, 404, 503)


def test_what_is_open_is_there(house):
    assert set(house.app.blueprints) >= OPEN


def test_this_machine_is_answered_by_any_name(asks):
    assert asks("/kiosk/", headers={"Host": "centre.lan"}).status_code == 200


def test_https_is_answered(asks):
    assert asks("/kiosk/", environ_base=ELSEWHERE, base_url="https://10.0.0.5").status_code == 200


def test_a_proxy_on_this_machine_that_nobody_trusts_asks_for_somebody_else(asks):
    told = {"X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": "https"}
    assert asks("/kiosk/", headers=told).status_code == 403


@pytest.mark.parametrize(("proto", "status"), [("https", 200), ("http", 403)])
def test_a_trusted_proxy_says_how_it_was_asked(house, asks, monkeypatch, proto, status):
    core = house.app.extensions["motcham"]
    settings = replace(core.settings, trusted_proxies=1)
    monkeypatch.setitem(house.app.extensions, "motcham", replace(core, settings=settings))
    monkeypatch.setattr(house.app, "wsgi_app", house.app.wsgi_app)
    proxies.install(house.app)
    told = {"X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": proto}
    assert asks("/kiosk/", headers=told).status_code == status


def test_an_office_may_say_that_its_line_is_secret(house, asks, monkeypatch):
    core = house.app.extensions["motcham"]
    settings = replace(core.settings, plain_http=True)
    monkeypatch.setitem(house.app.extensions, "motcham", replace(core, settings=settings))
    assert asks("/kiosk/", environ_base=ELSEWHERE).status_code == 200


def test_the_page_is_one_of_ours(house, plain_lan):
    plain_lan.client.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    assert plain_lan.get("/kiosk/", status=403).h1.text == "Đường truyền này chưa an toàn"

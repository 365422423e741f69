"""What all faces share: errors, headers, origin of forms, logs, figures, assets, the public page."""

from __future__ import annotations

import errno
import json
import re
from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import EnvironBuilder

from intake.db import db
from intake.records import Dossier, Visit
from intake.rules import refusals as refusal_module
from intake.rules.forms import Fault
from intake.rules.receipt_code import ReceiptCode, encode, key_id
from intake.rules.refusals import Refusal
from kioskway import ANSWERS, LANS_CARD, Way
from web.headers import ALWAYS

FAULTS = {
    "missing": {},
    "bad_date": {},
    "no_such_day": {"day": 30, "month": 2, "year": 2026, "days": 28},
    "future_date": {},
    "past_date": {},
    "bad_citizen_id": {},
    "bad_phone": {},
    "bad_email": {},
    "bad_number": {},
    "too_small": {"min": 1},
    "too_large": {"max": 50},
    "too_long": {"max": 200},
    "bad_choice": {},
    "paper_free": {},
    "bad_name": {},
    "bad_commune": {},
}
REFUSALS = [
    kind for kind in vars(refusal_module).values() if isinstance(kind, type) and issubclass(kind, Refusal)
]


def words_of(house, template: str, *, macro: str, **context: object) -> str:
    with house.app.test_request_context("/kiosk/"):
        module = house.app.jinja_env.get_template(template).make_module()
        return " ".join(str(getattr(module, macro)(*context.values())).split())


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_has_a_sentence_of_its_own(house, code):
    sentence = words_of(house, "faults.html", macro="sentence", fault=Fault("x", code, FAULTS[code]))
    assert sentence.endswith(".") and "Gọi cán bộ" not in sentence and code not in sentence


def test_a_year_of_two_digits_is_asked_back(house):
    sentence = words_of(
        house, "faults.html", macro="sentence", fault=Fault("x", "bad_date", {"years": (1926, 2026)})
    )
    assert "1926 hay năm 2026" in sentence


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.code)
def test_every_refusal_has_a_heading_and_says_what_to_do(house, kind):
    heading = words_of(house, "refusals.html", macro="heading", refusal=kind())
    advice = words_of(house, "refusals.html", macro="advice", refusal=kind())
    assert heading and advice.endswith(".")
    if kind is not Refusal:
        assert heading != words_of(house, "refusals.html", macro="heading", refusal=Refusal())


def test_the_first_page_lists_the_faces_without_dead_links(plain_lan):
    page = plain_lan.get("/")
    links = [one.attributes["href"] for one in page.tree.all("a")]
    assert links == ["/kiosk/", "http://localhost:9180/", "/desk/", "/board/H56.17.22", "/post/"]
    assert plain_lan.client.get(links[3]).status_code == 200
    assert plain_lan.client.get(links[4]).location.startswith("/desk/sign-in")


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/kiosk/nowhere", 404), ("/kiosk/start", 405)]
)
def test_a_wrong_address_gets_a_calm_page(plain_lan, path, status):
    page = plain_lan.get(path, status=status)
    assert re.search(r"Số tham chiếu [0-9A-F]{4} [0-9A-F]{4}", page.text)


def test_a_form_from_elsewhere_is_refused(plain_lan):
    plain_lan.starts()
    for foreign in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = plain_lan.client.post("/kiosk/end", headers=foreign)
        assert answer.status_code == 403 and "mở từ nơi khác" in answer.get_data(as_text=True)
    assert plain_lan.client.post("/kiosk/end").status_code == 403
    assert plain_lan.get("/kiosk/procedures").h1.text == "Làm thủ tục gì hôm nay?"


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8080", "10.0.0.5.evil.example", "a_b.c"])
def test_a_strangers_name_that_leads_to_us_is_refused(plain_lan, name):
    page = plain_lan.get("/kiosk/", status=421, Host=name)
    assert page.h1.text == "Địa chỉ này không phải của máy"
    plain_lan.post("/kiosk/start", status=421, Host=name, Origin=f"http://{name}")


def test_brackets_without_an_address_are_no_name_of_ours(house):
    # Not by the test client, which itself stumbles over such a name.
    with house.app.test_request_context("/kiosk/", headers={"Host": "[::.]"}):
        assert house.app.full_dispatch_request().status_code == 421


@pytest.mark.parametrize(
    "name",
    ["localhost:8080", "10.0.0.5:8080", "[fd00::5]:8080", "motcua", "motcua.lan", "MotCua.local",
     "mot-cua.gov.vn", "cua.example"],
)  # fmt: skip
def test_our_own_names_are_answered(house, plain_lan, monkeypatch, name):
    core = house.app.extensions["motcham"]
    known = replace(core.settings, public_url="https://mot-cua.gov.vn", hosts=frozenset({"cua.example"}))
    monkeypatch.setitem(house.app.extensions, "motcham", replace(core, settings=known))
    plain_lan.get("/kiosk/", Host=name)
    ours = {"Host": name, "Origin": f"http://{name}"}
    assert plain_lan.client.post("/kiosk/start", headers=ours).status_code == 303


def test_a_form_from_elsewhere_is_refused_before_it_is_read(plain_lan):
    class Endless(BytesIO):
        def read(self, *_size: object) -> bytes:
            raise AssertionError("a thread would wait for this body")

    foreign = {"Origin": "http://evil.example", "Content-Type": "application/x-www-form-urlencoded"}
    for headers in (foreign, foreign | {"Host": "evil.example"}):
        answer = plain_lan.client.post(
            "/kiosk/start", headers=headers, input_stream=Endless(), content_length=500
        )
        assert answer.status_code in (403, 421)


def test_our_own_form_is_known_by_either_header(plain_lan):
    plain_lan.starts()
    for ours in ({"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}):
        assert plain_lan.client.post("/kiosk/touch", headers=ours).status_code == 204


def test_a_page_left_open_overnight_recovers_with_a_sentence(lan, clock):
    page = lan.is_at_the_check()
    clock.now = clock.now.replace(day=21)
    page = lan.post("/kiosk/submit", {"attempt": page.values()["attempt"]})
    assert page.h1.text == "Lượt này đã kết thúc" and lan.count(Dossier) == 0


def test_signs_no_keyboard_has_never_reach_the_database(house):
    environ = EnvironBuilder(
        "/?q=gi%C3%A1%00y%0Akhai",
        method="POST",
        data={"na\x00me": "L\x1d\tan\x7f", "paper": (BytesIO(b"\x00"), "a.txt")},
        headers={"Cookie": r'kiosk="K\0001"'},
    ).get_environ()
    sent = house.app.request_class(environ)
    assert sent.args["q"] == sent.values["q"] == "giáy\nkhai"
    assert (sent.form["name"], sent.cookies["kiosk"]) == ("L\tan", "K1")
    assert sent.files["paper"].read() == b"\x00"
    sent.close()


@pytest.mark.parametrize("path", ["/static/%00", "/kiosk/questions/%00", "/r/%00"])
def test_an_address_with_such_signs_is_no_page_of_ours(plain_lan, path):
    plain_lan.get(path, status=404)


def test_too_long_a_form_is_refused_calmly(plain_lan):
    plain_lan.starts()
    page = plain_lan.post("/kiosk/procedures", {"q": "x" * 600_000}, status=413)
    assert page.h1.text == "Nội dung gửi lên dài quá"


def test_every_answer_carries_the_headers(plain_lan):
    for path in ("/", "/kiosk/", "/nowhere", "/static/kiosk.css"):
        with plain_lan.client.get(path) as answer:
            headers = answer.headers
        for name, value in ALWAYS.items():
            assert headers[name] == value, (path, name)
    policy = ALWAYS["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "*" not in policy


def test_the_kiosk_is_never_stored_and_hashed_assets_are_kept(plain_lan):
    assert plain_lan.get("/kiosk/").response.headers["Cache-Control"] == "no-store"
    page = plain_lan.get("/kiosk/")
    for one in page.tree.all("link", rel="stylesheet") + page.tree.all("script"):
        where = one.attributes.get("href") or one.attributes["src"]
        with plain_lan.client.get(where, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"], where
            assert answer.headers["Content-Encoding"] == "gzip"


def test_a_full_disk_gives_a_calm_page_and_loses_nothing(house, lan, monkeypatch):
    attempt = lan.is_at_the_check().values()["attempt"]
    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", disk_full)
        page = lan.post("/kiosk/submit", {"attempt": attempt}, status=503)
    assert page.h1.text == "Máy chưa lưu được lúc này" and "vẫn còn" in page.text
    assert lan.count(Dossier) == 0
    assert lan.post("/kiosk/submit", {"attempt": attempt}).h1.text == "Đã nhận hồ sơ"


def disk_full() -> None:
    raise OperationalError("COMMIT", {}, OSError(errno.ENOSPC, "database or disk is full"))


def test_a_bug_gives_a_calm_page_and_a_reference_that_is_in_the_log(house, lan, monkeypatch, capsys):
    lan.is_known()
    house.app.testing = False
    monkeypatch.setattr("kiosk.questions.read_group", lambda *_args, **_named: 1 / 0)
    try:
        page = lan.post("/kiosk/questions/kind", {"kind": "Lê Thị Ngọc Lan"}, status=500)
    finally:
        house.app.testing = True
    reference = re.search(r"tham chiếu ([0-9A-F]{4}) ([0-9A-F]{4})", page.text)
    assert page.h1.text == "Máy gặp trục trặc" and reference
    fault = next(line for line in lines(capsys) if line["event"] == "fault")
    assert fault["reference"] == "".join(reference.groups()) and fault["error"] == "ZeroDivisionError"
    assert "Lan" not in json.dumps(fault, ensure_ascii=False)


def test_logs_name_the_endpoint_and_nothing_personal(lan, capsys):
    lan.submits()
    lan.get("/kiosk/procedures?q=Lê Thị Ngọc Lan")
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    # Without what is drawn by lot or by the clock: its digits may spell anything.
    chance = {"reference", "timestamp", "ms"}
    written = json.dumps(
        [{key: told_of for key, told_of in line.items() if key not in chance} for line in told],
        ensure_ascii=False,
    )
    for personal in ("Lan", "038156", "0912", "Hạc Thành", "Tổ 3", LANS_CARD, "/kiosk/", "?q"):
        assert personal not in written, personal
    assert {"kiosk.submit", "kiosk.identify"} <= {line.get("endpoint") for line in told}
    assert all(re.fullmatch(r"[0-9A-F]{8}", line["reference"]) for line in told)


def test_a_line_break_in_an_address_is_quoted(house):
    answer = Way(house.app).client.get("/r/a%0Ab?x=%0D%0A%C3%A0", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Push-Url"]) == (404, "/r/a%0Ab?x=%0D%0A%C3%A0")


def test_a_bug_in_the_page_of_a_bug_is_logged_without_the_address(house, monkeypatch, capsys):
    monkeypatch.setitem(house.app.config, "TESTING", False)
    monkeypatch.setattr("web.errors.page", lambda *_args, **_named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        house.app.test_client().get("/r/Lan?ten=Lan")
    written = lines(capsys)
    assert "fault" in {line["event"] for line in written}
    assert "Lan" not in json.dumps(written, ensure_ascii=False)


def test_what_flask_says_is_a_line_of_ours_without_its_arguments(house, capsys):
    house.app.logger.warning("opened by %s", "Lan")
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["said"]) == ("flask", "warning", "opened by %s")


def test_figures_count_requests_by_endpoint(plain_lan):
    plain_lan.get("/kiosk/")
    assert 'endpoint="kiosk.attract"' in plain_lan.client.get("/metrics").get_data(as_text=True)


def test_an_invented_method_is_no_figure_and_no_line_of_its_own(plain_lan, capsys):
    plain_lan.client.open("/kiosk/", method="LAN", headers={"Origin": "http://localhost"})
    figures = plain_lan.client.get("/metrics").get_data(as_text=True)
    assert "LAN" not in figures + capsys.readouterr().err
    assert 'endpoint="none",method="other",status="405"' in figures


def test_whoever_holds_the_receipt_sees_the_status_and_nothing_personal(plain_lan, khach):
    page = plain_lan.submits()
    with plain_lan.app.app_context():
        from intake.records import Receipt

        payload = db.session.query(Receipt).one().payload
    for path in (f"/R/{payload}", f"/r/{payload.lower()}"):
        page = khach.get(path)
        assert page.h1.text == "Tình trạng hồ sơ H56.17.22 261120 · 0001" and "Đã tiếp nhận" in page.text
        assert not re.search(r"Lan|L\. N\.|038156|0912", page.html)


def test_a_forged_receipt_is_refused_in_words(plain_lan, khach):
    plain_lan.submits()
    with plain_lan.app.app_context():
        from intake.records import Receipt

        payload = db.session.query(Receipt).one().payload
    altered = payload[:40] + ("A" if payload[40] != "A" else "B") + payload[41:]
    for text in (altered, payload[:-20]):
        assert khach.get(f"/r/{text}", status=422).h1.text == "Biên nhận này không hợp lệ"
    assert khach.get("/r/KHONGPHAI", status=422).h1.text == "Đây không phải mã biên nhận"


def test_a_foreign_receipt_names_the_office_to_ask(house, khach):
    code = ReceiptCode("H29.1.5", "H29.1.5-261120-0003", house.clock(), key_id(b"another office"))
    page = khach.get(f"/r/{encode(code, lambda body: bytes(64))}", status=422)
    assert "H29.1.5" in page.text and "dichvucong.gov.vn" in page.text


def test_a_receipt_we_signed_but_do_not_hold_is_explained(house, khach):
    keys = house.keys
    code = ReceiptCode("H56.17.22", "H56.17.22-250101-0001", house.clock(), keys.receipt_key_id)
    page = khach.get(f"/r/{encode(code, keys.sign)}", status=404)
    assert page.h1.text == "Chưa thấy hồ sơ này" and "hỏi nơi đã nộp" in page.text


def test_asking_too_often_is_told_to_wait(khach):
    for _ in range(30):
        khach.get("/r/KHONGPHAI", status=422)
    page = khach.get("/r/KHONGPHAI", status=429)
    assert page.h1.text == "Nhiều lượt quá trong một phút"
    assert page.response.headers["Retry-After"] == "30"


def test_too_many_visits_from_one_address_are_told_to_wait(house, khach, monkeypatch):
    core = house.app.extensions["motcham"]
    few = replace(core, settings=replace(core.settings, starts_per_minute=2, plain_http=True))
    monkeypatch.setitem(house.app.extensions, "motcham", few)
    khach.get("/kiosk/?point=K1")
    for _ in range(2):
        khach.post("/kiosk/start")
    page = khach.post("/kiosk/start", status=429)
    assert page.h1.text == "Nhiều lượt quá trong một phút"
    assert [one.attributes["href"] for one in page.tree.all("a", class_="go")] == ["/kiosk/"]
    assert khach.count(Visit) == 2
    other = {"Origin": "http://localhost"}
    answer = khach.client.post("/kiosk/start", headers=other, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/kiosk/questions/kind", ANSWERS["kind"]),
        ("/kiosk/questions/kind", {}),
        ("/kiosk/questions/kind", {"go": "back"}),
        ("/kiosk/identity", {"scan": "không phải thẻ"}),
    ],
)
def test_htmx_gets_the_block_of_the_page_others_get_whole(house, path, data):
    answers = []
    for htmx in (False, True):
        house.restore()
        way = Way(house.app, htmx=htmx)
        way.is_known()
        answers.append(way.post(path, data, status=422 if data == {} or "scan" in data else 200).html)
    whole, block = answers
    title, _, block = block.partition("\n")
    assert title.startswith("<title>") and block.strip() in whole


def test_a_redirect_under_htmx_tells_the_address_and_a_refusal_does_not(house):
    way = Way(house.app, htmx=True)
    way.is_known()
    page = way.post("/kiosk/questions/kind", ANSWERS["kind"])
    assert page.response.headers["HX-Push-Url"] == "/kiosk/questions/for_whom"
    page = way.post("/kiosk/questions/for_whom", {}, status=422)
    assert "HX-Push-Url" not in page.response.headers


def test_the_poller_asks_until_the_paper_is_settled(plain_lan):
    plain_lan.submits()
    headers = {
        "HX-Request": "true",
        "HX-Target": "printing",
        "HX-Current-URL": "http://localhost/kiosk/receipt",
    }
    answer = plain_lan.client.get("/kiosk/receipt", headers=headers)
    assert 'hx-trigger="every 1s"' in answer.get_data(as_text=True) and "HX-Push-Url" not in answer.headers
    settle(plain_lan, state="printed")
    assert "hx-get" not in plain_lan.client.get("/kiosk/receipt", headers=headers).get_data(as_text=True)


@pytest.mark.parametrize(
    ("facts", "words", "buttons"),
    [
        ({"state": "printed"}, "Mời nhận biên nhận", {"In lại"}),
        ({"state": "queued", "reason": "paper_out"}, "Máy in hết giấy", set()),
        ({"state": "queued", "reason": "cover_open"}, "Nắp máy in đang mở", set()),
        ({"state": "unknown", "reason": "no_answer"}, "Biên nhận đã ra chưa?", {"Đã có giấy", "In lại"}),
        ({"state": "given_up", "reason": "unreachable"}, "Máy in chưa in được", {"In lại"}),
    ],
)
def test_the_receipt_tells_how_its_paper_fares(plain_lan, facts, words, buttons):
    plain_lan.submits()
    settle(plain_lan, **facts)
    page = plain_lan.get("/kiosk/receipt")
    assert words in page.text and buttons <= set(page.buttons())


def test_an_unknown_paper_is_settled_by_whoever_sees_it(plain_lan):
    plain_lan.submits()
    settle(plain_lan, state="unknown", reason="no_answer")
    assert "Mời nhận biên nhận" in plain_lan.post("/kiosk/receipt", {"go": "came_out"}).text


def test_a_reprint_is_a_second_marked_paper(plain_lan):
    from intake.records import Errand

    plain_lan.submits()
    settle(plain_lan, state="unknown", reason="no_answer")
    assert "bản in lại" in plain_lan.post("/kiosk/receipt", {"go": "reprint"}).text
    assert plain_lan.count(Errand) == 2


def test_another_printer_of_the_office_is_offered(plain_lan):
    from intake.records import Office, Printer

    plain_lan.submits()
    with plain_lan.app.app_context():
        office = db.session.query(Office).one()
        other = Printer(office_id=office.id, name="Máy in sảnh B", url="virtual:")
        db.session.add(other)
        db.session.commit()
        other_id = other.id
    settle(plain_lan, state="queued", reason="paper_out")
    assert "In ở Máy in sảnh B" in plain_lan.get("/kiosk/receipt").buttons()
    assert "Đang in biên nhận" in plain_lan.post("/kiosk/receipt", {"go": f"move.{other_id}"}).text
    page = plain_lan.post("/kiosk/receipt", {"go": "move.4711"}, status=422)
    assert page.h1.text == "Máy in này không dùng được"


def settle(way: Way, **facts: object) -> None:
    """The state the worker would have left the paper in."""
    from intake.records import Errand

    with way.app.app_context():
        errand = db.session.query(Errand).order_by(Errand.id.desc()).first()
        for name, value in facts.items():
            setattr(errand, name, value)
        db.session.commit()


def lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

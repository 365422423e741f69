"""«Cách dùng máy»: chosen for a visit and gone with it; and what a screen is spoken with."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from conftest import House
from desk.office import voices
from deskway import signed_in
from intake.db import db
from intake.records import AcceptancePoint, Event, Office
from intake.rules.rights import Role
from kiosk.display import Display
from kioskway import Way
from settings import BadSettings, Settings

SOUND = b"OggS" + b"\0" * 40
WORDS = "đã chọn"


def marks(page) -> dict[str, str]:
    """The attributes of the screen that its style and its voice go by."""
    found = next(one for one in page.tree.all("form", "div") if "screen" in one.attributes.get("class", ""))
    return {
        name.removeprefix("data-"): value or ""
        for name, value in found.attributes.items()
        if name.startswith("data-")
    }


def speaker(folder: Path, monkeypatch, script: str) -> None:
    """An espeak-ng that does what ``script`` says with the words that come in."""
    engine = folder / "espeak-ng"
    engine.write_text(f"#!/bin/sh\n{script}\n")
    engine.chmod(engine.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


@pytest.mark.parametrize(
    ("kept", "display"),
    [
        ("1", Display()),
        ("2h", Display(2, high=True)),
        ("3hble-en", Display(3, True, True, "left", "earphone", "en")),
        ("1brs-mtq", Display(1, False, True, "right", "on", "mtq")),
        ("9", Display()),
        ("1x", Display()),
        ("", Display()),
    ],
)
def test_a_cookie_keeps_every_choice_and_nothing_else(kept, display):
    assert (
        Display.of({"display": kept}, AcceptancePoint(size=1, profile="standard", earphones=True)) == display
    )
    assert display == Display() or str(display) == kept


def test_an_earphone_is_believed_only_where_there_is_a_socket():
    """What is personal would be heard by everybody in the room."""
    kept = {"display": "1e"}
    without = AcceptancePoint(size=1, profile="standard", earphones=False)
    assert Display.of(kept, without).sound == Display.of(kept).sound == "on"


def test_a_card_there_is_not_changes_nothing():
    display = Display(2, True, True, "left", "on", "vi")
    for what in ("size.4", "hand.foot", "sound.loud", "language.xx", "size", "", "low"):
        assert display.chosen(what, {"vi", "en"}) == (
            display if what != "low" else Display(2, True, False, "left", "on", "vi")
        )


def test_each_card_is_drawn_as_chosen_and_lasts_to_the_end_of_the_visit(lan):
    lan.chooses()
    page = lan.post("/kiosk/prepare", {"go": "using"})
    assert page.h1.text == "Cách dùng máy"
    for choice in ("size.3", "high.on", "low.on", "hand.left", "sound.earphone"):
        page = lan.post("/kiosk/using", page.values() | {"choose": choice})
        pressed = page.tree.all("button", value=choice)[0]
        assert pressed.attributes["aria-pressed"] == "true"
    chosen = {"size": "3", "contrast": "high", "reach": "low", "hand": "left", "sound": "earphone"}
    assert marks(page) == chosen | {"language": "vi"}
    done = page.tree.all("a", **{"data-back": ""})[0].attributes["href"]
    assert done == "/kiosk/prepare"
    assert chosen.items() <= marks(lan.get(done)).items()
    lan.post("/kiosk/end", {"reason": "done"})
    assert marks(lan.get("/kiosk/")) == {"size": "1"}


def test_nothing_typed_is_lost_by_going_there(lan):
    lan.is_known()
    page = lan.post("/kiosk/questions/kind", {"kind": "birth", "go": "using"})
    page = lan.post("/kiosk/using", page.values() | {"choose": "size.2"})
    back = page.tree.all("a", **{"data-back": ""})[0].attributes["href"]
    assert lan.get(back).values()["kind"] == "birth"
    page = lan.post("/kiosk/open", {"code": "K7M4", "go": "using"})
    back = page.tree.all("a", **{"data-back": ""})[0].attributes["href"]
    assert lan.get(back).values()["code"] == "K7M4"


@pytest.mark.parametrize("back", ["https://x.vn/kiosk/", "//x.vn/kiosk/", "/desk", "", "kiosk/check"])
def test_done_leads_to_a_screen_of_the_kiosk_and_nowhere_else(khach, back):
    khach.get("/kiosk/?point=K1")
    page = khach.get(f"/kiosk/using?back={back}")
    assert page.tree.all("a", **{"data-back": ""})[0].attributes["href"] == "/kiosk/"


def test_before_a_visit_a_choice_lasts_as_long_as_somebody_idles_and_then_for_the_visit(khach):
    khach.get("/kiosk/?point=K1")
    answer = khach.client.post(
        "/kiosk/using", data={"choose": "size.3"}, headers={"Origin": "http://localhost"}
    )
    assert "display=3; " in answer.headers["Set-Cookie"] and "Max-Age=90" in answer.headers["Set-Cookie"]
    answer = khach.client.post("/kiosk/start", headers={"Origin": "http://localhost"})
    kept = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("display="))
    assert kept.startswith("display=3;") and "Max-Age" not in kept


def test_choices_after_the_end_of_the_visit_lead_to_the_goodbye(khach, house):
    khach.starts()
    house.clock.now += timedelta(seconds=91)
    assert khach.get("/kiosk/using?back=/kiosk/procedures").h1.text == "Lượt này đã kết thúc"


# The voice


def test_the_machine_says_what_it_is_given_and_no_list_of_processes_shows_it(khach, tmp_path, monkeypatch):
    speaker(tmp_path, monkeypatch, 'case "$*" in *bí*) exit 1;; esac; printf RIFF; cat')
    khach.client.set_cookie("display", "1s")
    page = khach.get("/kiosk/?point=K1")
    assert marks(page)["speech"] == "/kiosk/speech"
    answer = khach.client.post(
        "/kiosk/speech", data={"words": "bí mật", "language": "vi"}, headers={"Origin": "http://localhost"}
    )
    assert (answer.mimetype, answer.data.decode()) == ("audio/wav", "RIFFbí mật")


@pytest.mark.parametrize(
    ("script", "form"),
    [
        ("exit 1", {"words": WORDS, "language": "vi"}),
        ("echo nothing that sounds", {"words": WORDS, "language": "vi"}),
        ("printf RIFF", {"words": "", "language": "vi"}),
        ("printf RIFF", {"words": WORDS, "language": "--help"}),
        ("printf RIFF", {"words": WORDS}),
    ],
)
def test_what_the_machine_cannot_say_is_left_to_the_browser(khach, tmp_path, monkeypatch, script, form):
    speaker(tmp_path, monkeypatch, script)
    khach.get("/kiosk/?point=K1")
    answer = khach.client.post("/kiosk/speech", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 204


def test_without_an_engine_no_screen_names_one(khach, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    khach.client.set_cookie("display", "1s")
    assert "speech" not in marks(khach.get("/kiosk/?point=K1"))


def test_a_browser_that_is_no_kiosk_makes_no_machine_speak(house, khach, tmp_path, monkeypatch):
    with house.app.app_context():
        db.session.query(Office).update({"kiosks_open": False})
        db.session.commit()
    speaker(tmp_path, monkeypatch, "printf RIFF")
    form = {"words": WORDS, "language": "vi"}
    answer = khach.client.post("/kiosk/speech", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 204


def test_an_office_records_a_screen_and_its_kiosks_play_it(house: House, lan: Way):
    manager = signed_in(house.app, Role.MANAGER)
    sent = {"language": "vi", "screen": "procedures", "clip": (BytesIO(SOUND), "loi.ogg")}
    manager.client.post(
        "/desk/office/voices",
        data=sent,
        headers={"Origin": "http://localhost"},
        content_type="multipart/form-data",
    )
    page = manager.get("/desk/office/voices?language=vi")
    assert [one.attributes["href"] for one in page.tree.all("a") if one.text.startswith("Nghe")] == [
        "/desk/office/voices/vi/procedures"
    ]
    lan.client.set_cookie("display", "1s")
    clip = marks(lan.starts())["clip"]
    answer = lan.client.get(clip)
    assert (answer.mimetype, answer.data) == ("audio/ogg", SOUND)
    assert "clip" not in marks(lan.get("/kiosk/help?at=procedures"))
    manager.post("/desk/office/voices", {"language": "vi", "screen": "procedures", "go": "remove"})
    assert lan.client.get(clip).status_code == 404
    with house.app.app_context():
        told = [one.facts for one in db.session.query(Event).filter_by(kind="voice_changed")]
    assert [one["recording"] for one in told] == [[False, True], [True, False]]
    assert told[0]["what"] == "Tiếng Việt: Chọn thủ tục"


def test_a_group_of_questions_has_a_recording_of_its_own_or_that_of_all(house: House, plain_lan: Way):
    manager = signed_in(house.app, Role.MANAGER)
    plain_lan.client.set_cookie("display", "1s")
    plain_lan.is_known()
    for screen in ("questions", "questions-2.000635-kind"):
        sent = {"language": "vi", "screen": screen, "clip": (BytesIO(SOUND), "loi.ogg")}
        manager.client.post("/desk/office/voices", data=sent, headers={"Origin": "http://localhost"})
        assert marks(plain_lan.get("/kiosk/questions/kind"))["clip"] == f"/kiosk/speech/vi/{screen}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Chưa chọn tệp ghi âm"),
        (b"<html>", "không phải âm thanh"),
        (SOUND * 3, "Tệp lớn quá"),
    ],
)
def test_what_is_no_recording_is_refused_in_its_place(house: House, monkeypatch, content, words):
    monkeypatch.setattr(voices, "LARGEST", 100)
    manager = signed_in(house.app, Role.MANAGER)
    sent = {"language": "vi", "screen": "check", "clip": (BytesIO(content), "loi.ogg")}
    answer = manager.client.post("/desk/office/voices", data=sent, headers={"Origin": "http://localhost"})
    assert answer.status_code == 422 and words in answer.text


@pytest.mark.parametrize(
    "path", ["vi/secrets", "vi/..%2f..%2fmotcham", "xx/check", "vi/check.ogg", "../check"]
)
def test_only_recordings_are_served(house: House, khach: Way, path):
    khach.get("/kiosk/?point=K1")
    assert khach.client.get(f"/kiosk/speech/{path}").status_code == 404


# The pad


def test_the_keys_of_a_pad_are_a_setting(tmp_path):
    env = {"MOTCHAM_DATA": str(tmp_path), "MOTCHAM_PAD_KEYS": "select=F5, repeat=F6"}
    keys = Settings.from_env(env).pad_keys
    assert keys == {"up": "ArrowUp", "down": "ArrowDown", "back": "Escape", "select": "F5", "repeat": "F6"}


@pytest.mark.parametrize("told", ["jump=F5", "select", "select=a", "select=F2", "select=<b>"])
def test_keys_that_are_none_are_told(told, tmp_path):
    with pytest.raises(BadSettings, match="MOTCHAM_PAD_KEYS"):
        Settings.from_env({"MOTCHAM_DATA": str(tmp_path), "MOTCHAM_PAD_KEYS": told})

"""The board everybody reads, the voice it speaks with, and the page behind a number's QR."""

from __future__ import annotations

import os
import re
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from build import vietnam
from conftest import House
from dayway import a_rule, publish
from devices.speech import NoSpeech, make_clips
from intake import memory, queueing
from intake.db import db
from intake.events import Actor
from intake.offices import point_of
from intake.records import AcceptancePoint, Office, Person, ServiceDaySuspension, ServiceGroup
from intake.rules.queueing import Priority
from intake.rules.voice import CLIPS
from visitor import Visitor
from web.limits import limiter

BOARD = "/board/H56.17.22"


@pytest.fixture
def house(sqlite_house):
    sqlite_house.restore()
    memory.forget_all()
    with sqlite_house.app.app_context():
        limiter.reset()
    folder = voice_folder(sqlite_house)
    shutil.rmtree(folder, ignore_errors=True)
    yield sqlite_house
    shutil.rmtree(folder, ignore_errors=True)


def voice_folder(house: House) -> Path:
    return Path(house.app.extensions["motcham"].settings.data) / "voice"


@pytest.fixture
def khach(house):
    """Ông Khách, who only looks."""
    return Visitor(house.app)


class Room:
    """What happens in the room while somebody looks."""

    def __init__(self, house: House) -> None:
        self.house, self.count = house, 0
        with house.app.app_context():
            person = Person(username="hoa", name="Lê Thu Hoa", created_at=house.clock())
            db.session.add(person)
            db.session.commit()
            self.by = Actor("Lê Thu Hoa", "Q2", person.id)

    def takes(self, prefix="A", priority=""):
        self.count += 1

        def take(session, office, counter):
            group = session.scalars(select(ServiceGroup).filter_by(prefix=prefix)).first()
            return queueing.take(
                session, point_of(session, "K1"), group.id, attempt=f"t{self.count}", keys=self.house.keys,
                base_url="http://10.0.0.5:8080", now=self.house.clock(), priority=Priority(priority),
            )  # fmt: skip

        return self._do(take)

    def calls(self):
        return self._do(
            lambda session, office, counter: (
                queueing.call_next(session, office, counter, by=self.by, now=self.house.clock()).id
            )
        )

    def does(self, verb, ticket_id, **how):
        self._do(
            lambda session, office, counter: verb(
                session, office, counter, ticket_id, by=self.by, now=self.house.clock(), **how
            )
        )

    def _do(self, what):
        self.house.clock.now += timedelta(minutes=1)
        with self.house.app.app_context():
            session = db.session()
            office = session.scalars(select(Office)).first()
            counter = session.scalars(select(AcceptancePoint).filter_by(code="Q2")).one()
            result = what(session, office, counter)
            session.commit()
            db.session.remove()
            return result


@pytest.fixture
def room(house):
    return Room(house)


# The board


def test_before_the_first_call_the_board_says_the_hours(khach, room):
    page = khach.get(BOARD)
    assert "Chưa gọi số nào" in page.text and "07:30–11:30 và 13:30–17:30" in page.text


def test_the_latest_call_is_large_and_earlier_ones_follow(khach, room):
    for _ in range(6):
        room.takes(priority="elderly")
        room.does(queueing.start, room.calls())
    page = khach.get(BOARD)
    assert "Mời số A 006 Quầy 2" in page.text
    assert [one.all("b")[0].text for one in page.tree.all("li")] == ["A 005", "A 004", "A 003", "A 002"]
    assert "Hoa" not in page.html and "cao tuổi" not in page.html, "no name and no reason on the board"


def test_a_recall_is_news_to_the_board(khach, room):
    room.takes()
    ticket = room.calls()
    before = khach.get(BOARD).tree.all("section")[0].attributes["data-call"]
    room.does(queueing.recall, ticket)
    assert khach.get(BOARD).tree.all("section")[0].attributes["data-call"] != before


def test_the_board_asks_for_its_block_alone(khach, room):
    room.takes(), room.calls()
    headers = {"HX-Request": "true", "HX-Target": "calls"}
    answer = khach.client.get(BOARD, headers=headers).get_data(as_text=True)
    assert "A 001" in answer and "<html" not in answer and "<header" not in answer
    assert khach.client.get(BOARD).headers["Moment"] == room.house.clock().isoformat()


def test_after_hours_the_board_says_when_the_office_opens(khach, house):
    house.clock.now += timedelta(hours=10)
    assert "Mở cửa lại 07:30, Thứ Hai, 23/11/2026" in khach.get(BOARD).text


def test_there_is_no_board_of_an_unknown_office(khach):
    khach.get("/board/H00", status=404)


# The voice


def record(house: House, *names: str) -> None:
    folder = voice_folder(house)
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.ogg").write_bytes(b"OggS" + name.encode())


def test_without_clips_the_board_only_chimes(khach, room):
    room.takes(), room.calls()
    assert khach.get(BOARD).tree.all("section")[0].attributes["data-clips"] == ""


def test_with_every_clip_of_a_call_the_board_speaks_it(khach, room, house):
    record(house, "invite", "letter-a", "digit-0", "digit-1", "digit-2", "counter")
    room.takes(), room.calls()
    clips = khach.get(BOARD).tree.all("section")[0].attributes["data-clips"]
    assert clips == "invite letter-a digit-0 digit-0 digit-1 counter digit-2"
    answer = khach.client.get("/board/voice/digit-1")
    assert (answer.mimetype, answer.data) == ("audio/ogg", b"OggSdigit-1")


def test_half_a_sentence_is_not_spoken(khach, room, house):
    record(house, "invite", "letter-a", "digit-0", "counter")
    room.takes(), room.calls()
    assert khach.get(BOARD).tree.all("section")[0].attributes["data-clips"] == ""


@pytest.mark.parametrize(
    "name", ["digit-1", "secrets", "..%2fsecrets%2fdata.key", "digit-1.ogg", "../../etc/passwd", ""]
)
def test_only_clips_that_are_there_are_served(name, khach, house):
    voice_folder(house).mkdir(exist_ok=True)
    (voice_folder(house) / "secrets").write_text("x")
    assert khach.client.get(f"/board/voice/{name}").status_code == 404


@pytest.fixture
def run(house):
    def command(*arguments):
        return house.app.test_cli_runner().invoke(args=[*arguments])

    return command


def speaker(folder: Path, monkeypatch, script: str) -> None:
    """An espeak-ng that does what ``script`` says; "$7" is the file it is to write, "$8" the words."""
    folder.mkdir(exist_ok=True)
    engine = folder / "espeak-ng"
    engine.write_text(f"#!/bin/sh\n{script}\n")
    engine.chmod(engine.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


SPEAKS = 'while [ "$1" != -w ]; do shift; done; head -c 2000 /dev/zero > "$2"'


def test_the_voice_is_made_once_and_leaves_the_offices_own_clips(run, house, tmp_path, monkeypatch):
    record(house, "invite")
    speaker(tmp_path / "bin", monkeypatch, SPEAKS)
    result = run("voice", "make")
    assert result.exit_code == 0, result.output
    assert f"{len(CLIPS) - 1} clips made" in result.output and "H56.17.22: speaks" in result.output
    assert not (voice_folder(house) / "invite.wav").exists()
    assert run("voice", "make").output.startswith("0 clips made")
    assert not [path for path in voice_folder(house).iterdir() if path.name.startswith(".")]


def test_without_an_engine_the_manager_is_told_what_to_do(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("voice", "make")
    assert result.exit_code == 1
    assert "only chimes" in result.output and "docs/devices.md" in result.output


def test_an_engine_without_vietnamese_leaves_no_broken_clip(house, tmp_path, monkeypatch):
    speaker(tmp_path / "bin", monkeypatch, "echo no such voice >&2; exit 1")
    with pytest.raises(NoSpeech, match="no such voice"):
        make_clips(voice_folder(house), CLIPS)
    assert list(voice_folder(house).iterdir()) == []


def test_the_status_names_every_missing_clip_with_its_words(run, house):
    record(house, "invite")
    result = run("voice", "status")
    assert result.exit_code == 0
    assert "chime only" in result.output and "digit-4        bốn" in result.output
    assert "letter-t       tê" in result.output and "letter-z" not in result.output


# The phone


def test_the_phone_shows_the_place_in_line(khach, room):
    room.takes()
    taken = room.takes()
    for path in (f"/t/{taken.token}", f"/T/{taken.token}", f"/t/{taken.token.lower()}"):
        page = khach.get(path)
        assert page.h1.text == "Số A 002" and "1 người" in page.text and "Sắp đến lượt" in page.text


def test_the_phone_is_called_to_the_counter_and_follows_to_the_end(khach, room):
    taken = room.takes(priority="merit")
    assert "công" not in khach.get(f"/t/{taken.token}").text.replace("hành chính công", "")
    ticket = room.calls()
    said = {
        "Mời đến Quầy 2": None,
        "Đã gọi nhưng không thấy đến": lambda: room.does(queueing.no_show, ticket),
        "Mời đến Quầy 2 ": lambda: room.does(queueing.call_back, ticket),
        "Đang được phục vụ ở Quầy 2": lambda: room.does(queueing.start, ticket),
        "Được giữ chỗ": lambda: room.does(queueing.hold, ticket),
        "Không còn ai": lambda: room.does(queueing.back_in_line, ticket, at_end=False),
    }
    for words, act in said.items():
        if act:
            act()
        assert words.strip() in khach.get(f"/t/{taken.token}").text
    room.calls(), room.does(queueing.finish, ticket)
    page = khach.get(f"/t/{taken.token}")
    assert "Đã phục vụ xong" in page.text and "hx-get" not in page.html and "refresh" not in page.html


def test_the_phone_loads_itself_anew_with_and_without_scripts(khach, room):
    taken = room.takes()
    page = khach.get(f"/t/{taken.token}")
    assert (
        f'hx-get="/t/{taken.token}"' in page.html and '<meta http-equiv="refresh" content="10">' in page.html
    )
    headers = {"HX-Request": "true", "HX-Target": "place"}
    answer = khach.client.get(f"/t/{taken.token}", headers=headers).get_data(as_text=True)
    assert "A 001" in answer and "<html" not in answer


def test_a_number_of_yesterday_has_expired(khach, room, house):
    taken = room.takes()
    house.clock.now += timedelta(days=3)
    page = khach.get(f"/t/{taken.token}")
    assert "hết hạn" in page.text and "hx-get" not in page.html


def test_a_token_nobody_was_given_tells_nothing(khach):
    assert khach.get("/t/ABCDEFGHABCDEFGH", status=404).h1.text == "Không tìm thấy số này"


def test_the_board_has_a_limit(khach, monkeypatch):
    monkeypatch.setattr("web.limits.FOLLOWERS", "3 per minute")
    assert [khach.client.get(BOARD).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_phone_page_has_a_limit(khach, room, monkeypatch):
    monkeypatch.setattr("web.limits.FOLLOWERS", "3 per minute")
    taken = room.takes()
    answers = [khach.client.get(f"/t/{taken.token}").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


# --- what kind of day it is ---


@pytest.fixture
def thursday(house):
    """A day without paper and appointments; the clock stands at 09:00 on it."""
    with house.app.app_context():
        publish(db.session(), db.session.scalars(select(Office)).one(), a_rule(), now=vietnam(20))
    house.clock.now = vietnam(26, 9, 0)


def strip(page) -> tuple[str, bool]:
    (footer,) = page.tree.all("footer")
    return footer.all("p")[0].text, "gold" in footer.attributes["class"]


def test_the_strip_is_gold_on_such_a_day_and_says_until_when(khach, thursday):
    told = "Thứ Năm không giấy, không hẹn: nộp trước 15:00, trả hôm nay"
    assert strip(khach.get(BOARD)) == (told, True)


@pytest.mark.parametrize("day", [25, 27])
def test_the_strip_is_plain_on_the_days_around_it(house, khach, thursday, day):
    house.clock.now = vietnam(day, 9, 0)
    assert strip(khach.get(BOARD)) == ("Giờ làm việc hôm nay 07:30–11:30 và 13:30–17:30", False)


@pytest.mark.parametrize(
    ("hour", "told"),
    [
        (6, "Thứ Năm không giấy, không hẹn · Mở cửa lại 07:30, Thứ Năm, 26/11/2026"),
        (12, "Thứ Năm không giấy, không hẹn · Mở cửa lại 13:30, Thứ Năm, 26/11/2026"),
        (15, "Thứ Năm không giấy, không hẹn: từ 15:00 hẹn trả theo thời hạn thường"),
    ],
)
def test_the_strip_follows_the_day(house, khach, thursday, hour, told):
    house.clock.now = vietnam(26, hour, 0)
    assert strip(khach.get(BOARD)) == (told, True)


def test_a_suspended_day_is_said_on_a_plain_strip(house, khach, thursday):
    with house.app.app_context():
        session, now = db.session(), house.clock()
        until = {"begins_at": now, "asked_until": vietnam(26, 11, 0), "alone_until": vietnam(26, 11, 0)}
        office, person = session.scalars(select(Office)).one(), session.scalars(select(Person)).first()
        session.add(
            ServiceDaySuspension(
                office_id=office.id, lineage="", reason="power", text="", person_id=person.id, **until
            )
        )
        session.commit()
    memory.forget_all()
    assert strip(khach.get(BOARD)) == ("Hôm nay tạm nhận giấy trở lại, dự kiến đến 11:00.", False)


def test_gold_is_for_such_a_day_alone():
    """A fresh call flashes in another colour: who enters sees which kind of day it is."""
    css = (Path(__file__).parents[2] / "static" / "board.css").read_text(encoding="utf-8")
    assert [rule for rule in re.findall(r"[^{}]+\{[^{}]*gold-400[^{}]*\}", css) if ".gold" not in rule] == []

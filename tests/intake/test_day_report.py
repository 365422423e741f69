"""What service days achieved: compared with what was, every number the dossiers behind it."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pypdfium2
import pytest
from sqlalchemy.orm import Session, object_session

from build import vietnam
from conftest import Clock
from dayway import a_rule, publish
from figureway import PAPER, Counter, catch_up, settle
from intake import day_board, day_report, memory, suspending
from intake.day_dossiers import FIGURES, dossiers_of
from intake.day_report import Scope
from intake.day_report_pdf import draw_report
from intake.day_report_words import aims, comparison, picture, sentences
from intake.day_report_xlsx import write_report
from intake.events import Actor
from intake.keys import Keys
from intake.records import AcceptancePoint, Office, ServiceDayVersion
from intake.rules.calendar import Session as Hours
from intake.rules.exceptions import PaperReason
from intake.rules.service_days import Mode, Part
from intake.rules.suspension_reasons import SuspensionAsked, SuspensionReason

NOVEMBER = Scope(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def file(session: Session, kiosk: AcceptancePoint, offered: int, keys: Keys, clock: Clock) -> Counter:
    return Counter(session, kiosk, offered, keys, clock)


@pytest.fixture
def month(hoa: Actor, dung: Actor, session: Session, office: Office, clock: Clock, keys: Keys, file: Counter):
    """Two Thursdays before the rule, one Friday, two Thursdays under it; now it is the second one."""
    for day in (29, 5):
        clock.now = vietnam(day, 9, month=10 if day == 29 else 11)
        file(documents=PAPER)
        slow = file()
        clock.now += timedelta(hours=6)
        file.finish(slow, hoa, dung)
    publish(session, office, a_rule(valid_from=date(2026, 11, 12)), now=vietnam(11, 9))
    clock.now = vietnam(12, 8, 0)
    kept, broken, ready = file(), file(PaperReason.VERIFICATION), file()
    clock.now = vietnam(12, 8, 25)
    file.finish(kept, hoa, dung)
    file.finish(ready, hoa, dung, give=False)
    clock.now = vietnam(13, 9)
    file(documents=PAPER)
    file.finish(broken, hoa, dung)
    settle(session, keys, clock)
    catch_up(session, clock)
    session.commit()
    clock.now = vietnam(19, 8)
    file()
    file(channel="post", documents=PAPER)
    clock.now = vietnam(19, 9)


def test_a_month_is_told_beside_ordinary_days_and_the_weeks_before(month, session, office, clock):
    told = day_report.report(session, office, NOVEMBER, now=clock())
    assert [one.day.day for one in told.days] == [12, 19]
    assert (told.sum["dossiers"], told.sum["electronic"], told.sum["paper"], told.sum["digitised"]) == (
        5,
        3,
        1,
        1,
    )
    assert told.sum.reasons == {"verification": 1}
    assert (told.sum["promised"], told.sum["kept"], told.broken, told.pending) == (4, 2, 1, 1)
    assert (told.sum["same_day"], told.sum["same_visit"], told.sum.visit(0.5)) == (2, 1, 25)
    # The Thursday before the rule and the Friday after are ordinary days of the month.
    assert told.ordinary["dossiers"] == 3
    assert told.baseline.days == (date(2026, 10, 29), date(2026, 11, 5))
    assert told.baseline.sum["dossiers"] == 4
    assert told.baseline.sum.visit(0.5) == 360
    assert {one.name: one.reached for one in told.targets} == {
        "electronic": True,
        "fully_electronic": False,
        "shorter": True,
    }


def test_a_promise_that_only_time_broke_is_broken_the_day_after(month, session, office, clock):
    clock.now = vietnam(20, 9)
    told = day_report.report(session, office, NOVEMBER, now=clock())
    assert (told.broken, told.pending) == (2, 0)


def test_every_number_leads_to_so_many_dossiers(month, session, office, clock):
    told = day_report.report(session, office, NOVEMBER, now=clock())
    counted = dict(told.sum.counts) | {
        "all": told.sum["dossiers"],
        "broken": told.broken,
        "pending": told.pending,
        "saved": 0,
    }
    for name in FIGURES:
        found = dossiers_of(session, office, NOVEMBER, name, now=clock())
        if name == "saved":
            assert sum(one.sheets_saved for one in found.rows) == told.sum["sheets_saved"]
        else:
            assert len(found.rows) == counted.get(name, 0), name
    (only,) = dossiers_of(session, office, NOVEMBER, "reason.verification", now=clock()).rows
    assert (only.reason, only.promise) == ("verification", "broken")
    assert dossiers_of(session, office, NOVEMBER, procedure_code="9.999999", now=clock()).rows == ()


def test_a_list_goes_on_where_it_ended(month, session, office, clock):
    whole = dossiers_of(session, office, NOVEMBER, now=clock())
    first = dossiers_of(session, office, NOVEMBER, most=3, now=clock())
    rest = dossiers_of(session, office, NOVEMBER, after=first.after, most=3, now=clock())
    assert (*first.rows, *rest.rows) == whole.rows
    assert (whole.after, rest.after) == (None, None)


def test_a_month_without_data_says_so_and_claims_nothing(session, office, clock):
    scope = Scope(date(2026, 7, 1), date(2026, 7, 31))
    told = day_report.report(session, office, scope, now=clock())
    assert told.is_empty
    assert sentences(told) == [
        "Tháng 07/2026 chưa có hồ sơ nào được nhận trong ngày không giấy, không hẹn, không chờ."
    ]
    assert {one.now for one in comparison(told)} <= {"–", "chưa có", "0"}
    assert not any("0 %" in one.now for one in comparison(told))
    assert {one.verdict for one in aims(told)} == {"chưa có số liệu"}
    assert picture(told)[1] is None


def test_the_text_is_what_a_commune_sends(month, session, office, clock):
    told = sentences(day_report.report(session, office, NOVEMBER, now=clock()))
    assert told == [
        "Tháng 11/2026 có 2 ngày thực hiện, tiếp nhận 5 hồ sơ: 3 hồ sơ không có tờ giấy nào (60 %),"
        " 1 hồ sơ bưu điện được số hóa khi nhận và 1 hồ sơ còn bản giấy.",
        "Lý do còn nhận giấy: phải xác minh, cần giữ bản giấy (1)."
        " Giấy phải nhận nhiều nhất là «Tờ khai» (1 lần).",
        "2 hồ sơ có kết quả ngay trong ngày; trong 4 lời hẹn trả ngay đã giữ 2, lỡ 1, còn chờ 1;"
        " 1 người nhận kết quả ngay trong lượt đến, một nửa trong vòng 25 phút,"
        " chín phần mười trong vòng 25 phút.",
        "Tiết kiệm 12 tờ giấy.",
        "So với 2 ngày thứ Năm trước khi thực hiện: tỷ lệ không giấy từ 50 % thành 60 %,"
        " trả ngay trong lượt đến từ 50 % thành 25 %.",
    ]


def test_one_rule_alone_has_only_its_own_days(month, session, office, clock, file):
    publish(session, office, a_rule(lineage="friday", weekdays=frozenset({4})), now=vietnam(19, 9))
    clock.now = vietnam(20, 9)
    file()
    friday = day_report.report(session, office, Scope(NOVEMBER.first, NOVEMBER.last, "friday"), now=clock())
    assert [one.day.day for one in friday.days] == [20]
    both = day_report.report(session, office, NOVEMBER, now=clock())
    assert [one.day.day for one in both.days] == [12, 19, 20]
    assert len(dossiers_of(session, office, friday.scope, now=clock()).rows) == 1


def test_the_pdf_and_the_workbook_say_the_same(month, session, office, clock):
    told = day_report.report(session, office, NOVEMBER, now=clock())
    data = draw_report(office, told, on=clock())
    assert data == draw_report(office, told, on=clock())
    pdf = pypdfium2.PdfDocument(data)
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    pdf.close()
    for said in sentences(told):
        assert said in text
    assert "Tờ khai" in text

    out = io.BytesIO()
    write_report(out, office, told, now=clock())
    with zipfile.ZipFile(out) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    assert sentences(told)[0] in strings


def test_the_board_of_today_knows_what_is_at_risk(month, session, office, clock):
    told = day_board.board(session, office, now=clock())
    assert [rule.lineage for rule in told.rules] == ["thursday"]
    assert (told.sum["dossiers"], told.sum["digitised"], told.at_risk_count) == (2, 1, 0)
    assert told.baseline.sum["dossiers"] == 4
    assert sum(hour.count for hour in told.hours) == 2
    clock.now = vietnam(19, 17, 10)
    (late,) = day_board.board(session, office, now=clock()).at_risk
    assert late.minutes == 20
    clock.now = vietnam(19, 17, 40)
    (late,) = day_board.board(session, office, now=clock()).at_risk
    assert late.minutes == -10


def test_the_day_after_is_an_ordinary_one(month, session, office, clock):
    clock.now = vietnam(20, 9)
    told = day_board.board(session, office, now=clock())
    assert told.rules == ()
    assert told.next is not None
    assert told.last is not None
    assert (told.next[0], told.last[0]) == (date(2026, 11, 26), date(2026, 11, 19))


def test_a_day_without_dossiers_is_told_with_the_minutes_it_rested(thu, session, office, clock, offered):
    """Two rules that rested at different hours: both times are lost."""
    publish(session, office, a_rule(), now=vietnam(11, 9))
    publish(session, office, a_rule(lineage="morning", part=Part.MORNING), now=vietnam(11, 9))
    for hour, lineage, minutes in ((9, "thursday", 20), (10, "morning", 10)):
        asked = SuspensionAsked(SuspensionReason.POWER, minutes)
        suspending.suspend(session, office, lineage, asked, by=thu, now=vietnam(12, hour))
    session.commit()
    clock.now = vietnam(19, 7)
    told = day_report.report(session, office, NOVEMBER, now=clock())
    assert [(one.day.day, one.sum["dossiers"], one.suspended) for one in told.days] == [
        (12, 0, 30),
        (19, 0, 0),
    ]
    assert told.is_empty
    assert sentences(told)[1] == "Có 30 phút phải tạm dừng vì sự cố."
    alone = day_report.report(session, office, Scope(NOVEMBER.first, NOVEMBER.last, "morning"), now=clock())
    assert [one.suspended for one in alone.days] == [10, 0]


def end(row: ServiceDayVersion, moment: datetime) -> None:
    """As when its part of the day is over, or another version takes its place."""
    row.state, row.ended_at = "ended", moment
    session = object_session(row)
    assert session is not None
    session.commit()
    memory.forget_all()


def test_a_rule_that_is_ended_in_mid_day_hides_nothing_that_was_promised(session, office, clock, file):
    clock.now = vietnam(19, 9)
    row = publish(session, office, a_rule(), now=clock())
    file()
    file(PaperReason.VERIFICATION)
    end(row, vietnam(19, 10))
    clock.now = vietnam(19, 17, 10)
    file(documents=PAPER)  # as on any day
    told = day_board.board(session, office, now=clock())
    assert ([rule.lineage for rule in told.rules], told.running, told.suspended) == (
        ["thursday"],
        False,
        False,
    )
    assert (told.sum["dossiers"], told.at_risk_count) == (2, 2)
    assert {hour.most for hour in told.hours} == {None}
    today = Scope(told.day, told.day)
    for figure, count in (("all", 2), ("electronic", told.sum["electronic"]), ("reason.verification", 1)):
        assert len(dossiers_of(session, office, today, figure, now=clock()).rows) == count


def test_a_dossier_that_fell_under_a_rule_that_does_not_run_today_is_counted_as_in_its_list(
    session, office, clock, file
):
    """Two rules, one ended: the tile and the list behind it have the dossiers of both."""
    clock.now = vietnam(19, 8)
    first = publish(session, office, a_rule(), now=clock())
    file()
    end(first, vietnam(19, 9))
    publish(session, office, a_rule(lineage="second"), now=vietnam(19, 9))
    clock.now = vietnam(19, 9, 30)
    file()
    told = day_board.board(session, office, now=clock())
    assert {rule.lineage for rule in told.rules} == {"thursday", "second"}
    assert told.running
    listed = dossiers_of(session, office, Scope(told.day, told.day), now=clock()).rows
    assert told.sum["dossiers"] == len(listed) == 2


@pytest.mark.parametrize(("limits", "most"), [((4, 3), 7), ((4, None), None), ((None, None), None)])
def test_an_hour_has_a_capacity_only_where_every_rule_that_promises_has_one(
    session, office, clock, offered, limits, most
):
    for number, limit in enumerate(limits):
        publish(session, office, a_rule(lineage=f"rule{number}", per_hour=limit), now=vietnam(11))
    without = a_rule(lineage="paper", modes=frozenset({Mode.NO_PAPER}))
    publish(session, office, without, now=vietnam(11))
    clock.now = vietnam(19, 9)
    hours = {hour.hour: hour.most for hour in day_board.board(session, office, now=clock()).hours}
    assert (hours[8], hours[12]) == (most, None)


def test_an_hour_before_midnight_is_worked_as_any_other():
    late = Hours(time(22), time.max)
    assert [hour for hour in range(24) if day_board._is_worked(hour, late)] == [22, 23]
    assert [hour for hour in range(24) if day_board._is_worked(hour, Hours(time(23, 30), time.max))] == [23]
    assert [hour for hour in range(24) if day_board._is_worked(hour, Hours(time(7, 30), time(9)))] == [7, 8]

"""Running an office: what was seen is what is overwritten, the past stays, every change is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from build import FRIDAY, vietnam
from intake import (
    configuring,
    founding,
    memory,
    offering,
    points,
    printers,
    printing,
    registering,
    running,
    visits,
)
from intake.changing import history, stamp
from intake.drawings.thermal import draw_thermal
from intake.events import Actor
from intake.hours import (
    DayChange,
    HoursChange,
    carry_out,
    days_of,
    hours_of,
    hours_on,
    read_day,
    read_hours,
    stamp_values,
    who_is_affected,
)
from intake.office_file import BadOffice
from intake.offices import calendar_of, civil_day, intake_calendar_of, rule_of
from intake.people import token_key
from intake.ports import Outcome, Printed, Sheet
from intake.queries import find_procedures
from intake.records import (
    AcceptancePoint,
    Dossier,
    Errand,
    Event,
    FailedSearch,
    Office,
    OfficeRule,
    Unit,
)
from intake.rules.calendar import DayKind
from intake.rules.refusals import ChangedMeanwhile, NoSuchThing, UnknownPrinter

THU = Actor("Nguyễn Thị Thu", "desk")
TODAY = civil_day(FRIDAY)
WEDNESDAY = date(2026, 11, 25)
STORM = DayChange(WEDNESDAY, DayKind.HOLIDAY, "Nghỉ bão số 12", "Công điện 15/CĐ-UBND")
BY_THU = {"by": THU, "now": FRIDAY}


@pytest.fixture
def office(session) -> Office:
    return session.scalars(select(Office)).one()


@pytest.fixture
def lans(lans_dossier) -> Dossier:
    """Bà Lan's dossier: three working days from Friday, past a national day off."""
    return lans_dossier


def last_event(session, kind: str) -> Event:
    session.flush()
    return session.scalars(select(Event).filter_by(kind=kind).order_by(Event.id.desc())).first()


# --- data and rules ---


def test_a_change_of_data_is_told_with_old_and_new(session, office):
    typed = {**{name: str(value) for name, value in running.data_of(office).items()}, "name": "Trung tâm mới"}
    seen = stamp(running.data_of(office))
    assert running.save_data(session, office, typed, running.DATA, stamped=seen, **BY_THU)
    event = last_event(session, "office_changed")
    assert event.facts["name"] == ["Trung tâm Phục vụ hành chính công", "Trung tâm mới"]
    assert (event.actor, event.facts["area"]) == ("Nguyễn Thị Thu", "data")
    (change,) = history(session, office, "office_changed", area="data")
    assert change.values[0][2] == "Trung tâm mới"


def test_saving_what_is_kept_tells_nothing(session, office):
    typed = {name: str(value) for name, value in running.data_of(office).items()}
    seen = stamp(running.data_of(office))
    assert not running.save_data(session, office, typed, running.DATA, stamped=seen, **BY_THU)
    assert last_event(session, "office_changed") is None


def test_what_somebody_else_saved_is_not_overwritten(session, office):
    typed = {name: str(value) for name, value in running.data_of(office).items()}
    seen = stamp(running.data_of(office))
    running.save_data(session, office, typed | {"place": "Nơi khác"}, running.DATA, stamped=seen, **BY_THU)
    with pytest.raises(ChangedMeanwhile):
        running.save_data(session, office, typed | {"name": "Tên khác"}, running.DATA, stamped=seen, **BY_THU)
    assert office.name == "Trung tâm Phục vụ hành chính công"


def rule(session, office, name="promised_share"):
    return next(one for one in running.rules(session, office, now=FRIDAY) if one.name == name)


def test_a_rule_gets_a_new_value_from_a_day_and_keeps_its_past(session, office):
    seen = stamp(running.rule_stamp(rule(session, office)))
    first = date(2026, 12, 1)
    running.add_rule(
        session, office, "promised_share", 50, valid_from=first, instrument="QĐ 7", stamped=seen, **BY_THU
    )
    session.flush()
    memory.forget_all()
    assert rule_of(session, office, "promised_share", on=date(2026, 11, 30), now=FRIDAY) == 70
    assert rule_of(session, office, "promised_share", on=first, now=FRIDAY) == 50
    view = rule(session, office)
    assert (view.value, [one.value for one in view.values]) == (70, [50, 70])
    with pytest.raises(ChangedMeanwhile):
        running.add_rule(
            session, office, "promised_share", 60, valid_from=first, instrument="QĐ 8", stamped=seen, **BY_THU
        )


def test_the_past_of_a_rule_is_not_edited(session, office):
    yesterday = TODAY - timedelta(days=1)
    faults = running.rule_faults(
        "promised_share", {"value": "50", "instrument": "QĐ 7"}, yesterday, now=FRIDAY
    )
    assert [(fault.key, fault.code) for fault in faults] == [("valid_from", "past_date")]
    with pytest.raises(ValueError, match="past"):
        running.add_rule(
            session, office, "promised_share", 5, valid_from=yesterday, instrument="", stamped="", **BY_THU
        )


def test_a_rule_nobody_set_shows_its_default(session, office):
    view = rule(session, office, "supplement_days")
    assert (view.value, view.since, view.values) == (view.default, None, ())


# --- units and groups ---


def test_a_unit_is_added_renamed_and_taken_out_of_use(session, office):
    running.save_unit(session, office, None, "Phòng Kinh tế", True, stamped="", **BY_THU)
    (unit,) = running.units(session, office)
    seen = stamp(running.unit_values(unit))
    running.save_unit(session, office, unit.id, "Phòng Kinh tế, Hạ tầng", False, stamped=seen, **BY_THU)
    assert [(one.name, one.active) for one in running.units(session, office)] == [
        ("Phòng Kinh tế, Hạ tầng", False)
    ]
    with pytest.raises(ChangedMeanwhile):
        running.save_unit(session, office, unit.id, "Khác", True, stamped=seen, **BY_THU)


def test_a_name_stands_for_one_unit(session, office):
    running.save_unit(session, office, None, "Công an phường", True, stamped="", **BY_THU)
    faults = running.unit_faults(session, office, " Công an  phường ", unit_id=None)
    assert [fault.code for fault in faults] == ["name_taken"]


def test_a_unit_of_another_office_is_none(session, office):
    session.add(Unit(id=99, office_id=another_office(session).id, name="X"))
    session.flush()
    with pytest.raises(NoSuchThing):
        running.save_unit(session, office, 99, "Y", True, stamped="", **BY_THU)


def test_a_group_is_kept_with_its_procedures(session, office):
    typed = {"prefix": "h", "name": "Hộ tịch", "minutes": "9"}
    assert running.group_faults(session, office, typed, group_id=None) == ()
    running.save_group(session, office, None, typed, stamped="", **BY_THU)
    group = next(one for one in running.groups(session, office) if one.prefix == "H")
    running.map_procedures(session, office, group, ["1.001193"], **BY_THU)
    assert next(one for one in running.groups(session, office) if one.prefix == "H").procedures == 1
    assert last_event(session, "procedures_changed").facts["procedures"] == [[], ["1.001193"]]


def test_a_prefix_stands_for_one_group(session, office):
    typed = {"prefix": "A", "name": "Khác", "minutes": "0"}
    faults = running.group_faults(session, office, typed, group_id=None)
    assert {(fault.key, fault.code) for fault in faults} == {
        ("prefix", "prefix_taken"), ("minutes", "too_small"),
    }  # fmt: skip


# --- counters ---


def counter(session, office, code):
    return next(one for one in points.points(session, office, "counter", now=FRIDAY) if one.code == code)


def test_a_counter_is_opened_with_printer_and_groups(session, office):
    typed = {"code": "q5", "name": "Quầy 5", "printer": "1"}
    assert points.point_faults(session, office, typed, point_id=None) == ()
    points.save_point(session, office, None, "counter", typed, ["1", "2"], stamped="", **BY_THU)
    opened = counter(session, office, "Q5")
    assert (opened.printer_name, [prefix for _, prefix, _ in opened.groups]) == ("Máy in sảnh A", ["A", "B"])
    assert last_event(session, "point_changed").facts["printer"] == [None, "Máy in sảnh A"]


def test_a_counter_edited_by_two_keeps_the_first(session, office):
    view = counter(session, office, "Q1")
    seen, typed = stamp(points.point_values(view)), {"code": "Q1", "name": "Quầy một", "active": "1"}
    points.save_point(session, office, view.id, "counter", typed, ["1"], stamped=seen, **BY_THU)
    with pytest.raises(ChangedMeanwhile):
        points.save_point(session, office, view.id, "counter", typed, ["2"], stamped=seen, **BY_THU)
    assert counter(session, office, "Q1").name == "Quầy một"


def test_a_code_that_is_taken_and_a_foreign_printer_are_told(session, office):
    faults = points.point_faults(session, office, {"code": "K1", "name": "", "printer": "77"}, point_id=None)
    assert {(fault.key, fault.code) for fault in faults} == {
        ("code", "code_taken"), ("name", "empty"), ("printer", "bad_choice"),
    }  # fmt: skip


# --- hours and days ---


def typed_hours(**changes: str) -> dict[str, str]:
    typed = {f"working.{day}": "07:30–11:30, 13:30–17:30" for day in range(5)}
    typed |= {f"intake.{day}": "cả ngày" for day in range(7)}
    return (
        typed
        | {"valid_from": "1/12/2026", "instrument": "QĐ 12/QĐ-UBND", "intake_on_days_off": "1"}
        | changes
    )


def test_hours_hold_from_their_day_on(session, office, keys):
    plan, faults = read_hours(typed_hours(**{"working.5": "8:00-11:00"}), now=FRIDAY)
    assert faults == () and isinstance(plan, HoursChange)
    seen = stamp(stamp_values(session, office))
    carry_out(session, office, plan, stamped=seen, keys=keys, **BY_THU)
    session.flush()
    memory.forget_all()
    working = calendar_of(session, office, now=FRIDAY)
    assert not working.is_working_day(date(2026, 11, 28)) and working.is_working_day(date(2026, 12, 5))
    assert intake_calendar_of(session, office, now=FRIDAY).is_working_day(date(2027, 1, 1))
    assert [view.valid_from for view in hours_of(session, office, now=FRIDAY)] == [date(2026, 12, 1), None]
    assert hours_on(session, office, TODAY) == office.hours
    event = last_event(session, "hours_changed")
    assert event.facts["working.5"] == [[], [["08:00", "11:00"]]]
    assert "working.0" not in event.facts


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"valid_from": "19/11/2026"}, ("valid_from", "past_date")),
        ({"valid_from": "1/1/2090"}, ("valid_from", "far_date")),
        ({"instrument": ""}, ("instrument", "empty")),
        ({"working.2": "sáng"}, ("working.2", "bad_hours")),
        ({f"intake.{day}": "" for day in range(7)}, ("intake.0", "week_without_hours")),
    ],
)
def test_hours_that_cannot_be_kept_are_told_at_their_place(changes, fault):
    plan, faults = read_hours(typed_hours(**changes), now=FRIDAY)
    assert (plan, [(one.key, one.code) for one in faults]) == (None, [fault])


def test_a_day_needs_a_name_and_an_instrument_and_is_not_past():
    _, faults = read_day({"date": "19/11/2026", "kind": "party"}, now=FRIDAY)
    assert {(one.key, one.code) for one in faults} == {
        ("date", "past_date"), ("kind", "bad_choice"), ("name", "empty"), ("instrument", "empty"),
    }  # fmt: skip


def test_whose_dates_a_day_off_would_move_is_known_before(session, office, lans, keys):
    (one,) = who_is_affected(session, office, STORM, keys=keys, now=FRIDAY)
    assert (one.dossier_code, one.applicant) == (lans.dossier_code, "Lê T. N. L.")
    assert (one.deadline_at, one.new_deadline_at) == (lans.deadline_at, lans.deadline_at + timedelta(days=1))
    assert one.new_expected_at <= one.new_deadline_at
    assert not session.new and not session.dirty


def test_a_day_after_the_deadline_affects_nobody(session, office, lans, keys):
    later = DayChange(date(2026, 12, 24), DayKind.HOLIDAY, "Nghỉ", "QĐ 1")
    assert who_is_affected(session, office, later, keys=keys, now=FRIDAY) == []


def test_a_finished_or_suspended_dossier_is_not_affected(session, office, lans, keys):
    for status in ("returned", "refused", "awaiting_supplement", "result_ready"):
        lans.status = status
        session.flush()
        assert who_is_affected(session, office, STORM, keys=keys, now=FRIDAY) == []


def test_saving_a_day_changes_no_promise(session, office, lans, keys):
    before = lans.deadline_at, lans.expected_at
    moved = carry_out(
        session, office, STORM, stamped=stamp(stamp_values(session, office)), keys=keys, **BY_THU
    )
    assert (moved, (lans.deadline_at, lans.expected_at)) == (0, before)
    assert last_event(session, "recomputed") is None
    event = last_event(session, "day_changed")
    assert (event.facts["kind"], event.reason) == ([None, "holiday"], "Công điện 15/CĐ-UBND")


def test_dates_move_by_a_decision_and_what_was_promised_stays(session, office, lans, keys):
    first = lans.due_at, lans.promised_at
    deadline, expected = lans.deadline_at, lans.expected_at
    seen = stamp(stamp_values(session, office))
    assert carry_out(session, office, STORM, decision="QĐ 88", stamped=seen, keys=keys, **BY_THU) == 1
    assert (lans.due_at, lans.promised_at) == first
    assert lans.deadline_at == deadline + timedelta(days=1)
    event = last_event(session, "recomputed")
    assert (event.dossier_id, event.reason) == (lans.id, "QĐ 88")
    assert event.facts["deadline_at"] == [deadline.isoformat(), lans.deadline_at.isoformat()]
    assert event.facts["expected_at"] == [expected.isoformat(), lans.expected_at.isoformat()]


def test_an_extended_deadline_keeps_the_working_time_it_has_left(session, office, lans, keys):
    lans.deadline_at = lans.expected_at = vietnam(27, 10)  # by an apology
    session.flush()
    (one,) = who_is_affected(session, office, STORM, keys=keys, now=FRIDAY)
    assert one.new_deadline_at == vietnam(30, 10)  # a Monday


def test_no_moment_is_moved_to_before_now(session, office, lans, keys):
    first = lans.deadline_at
    seen = stamp(stamp_values(session, office))
    carry_out(session, office, STORM, decision="QĐ 88", stamped=seen, keys=keys, **BY_THU)
    session.flush()
    memory.forget_all()
    storm_undone = DayChange(STORM.date, None, "", "")
    (one,) = who_is_affected(session, office, storm_undone, keys=keys, now=FRIDAY)
    assert (one.new_deadline_at, one.deadline_kept, one.moves) == (first, False, True)
    moved = lans.deadline_at, lans.expected_at
    between = first + timedelta(minutes=1)
    (one,) = who_is_affected(session, office, storm_undone, keys=keys, now=between)
    assert (one.new_deadline_at, one.new_expected_at) == moved
    assert one.deadline_kept and not one.moves
    seen, by = stamp(stamp_values(session, office)), {"by": BY_THU["by"], "now": between}
    assert carry_out(session, office, storm_undone, decision="QĐ 89", stamped=seen, keys=keys, **by) == 0
    assert (lans.deadline_at, lans.expected_at) == moved


def test_a_moment_already_past_stays(session, office, lans, keys):
    assert who_is_affected(session, office, STORM, keys=keys, now=vietnam(28)) == []


def test_who_looked_at_another_calendar_is_told(session, office, keys):
    seen = stamp(stamp_values(session, office))
    carry_out(session, office, STORM, stamped=seen, keys=keys, **BY_THU)
    other = DayChange(WEDNESDAY, DayKind.MAKEUP, "Làm bù", "QĐ 2")
    with pytest.raises(ChangedMeanwhile):
        carry_out(session, office, other, stamped=seen, keys=keys, **BY_THU)


def test_a_day_taken_away_again_is_as_the_country_has_it(session, office, keys):
    culture = date(2026, 11, 24)
    work = DayChange(culture, DayKind.MAKEUP, "Làm việc", "QĐ 3")
    for plan in (work, DayChange(culture, None, "", "")):
        carry_out(session, office, plan, stamped=stamp(stamp_values(session, office)), keys=keys, **BY_THU)
        session.flush()
    (day,) = [one for one in days_of(session, office, now=FRIDAY) if one.date == culture]
    assert (day.kind, day.is_ours) == (DayKind.HOLIDAY, False)


# --- kiosks ---


def test_a_code_makes_one_machine_a_kiosk_once(session, office, kiosk, keys):
    code = registering.make_code(session, office, kiosk.id, keys=keys, **BY_THU)
    assert len(code) == 8 and not set(code) & set("0O1I")
    assert code not in str(session.scalars(select(Event.facts)).all()) and kiosk.code_key != code
    point, secret = registering.register(
        session, f"{code[:4].lower()} {code[4:]}", keys=keys, device="10.0.0.9", now=FRIDAY
    )
    assert point is kiosk and kiosk.device_key == token_key(secret)
    assert registering.point_of_device(session, secret) is kiosk
    assert registering.register(session, code, keys=keys, device="", now=FRIDAY) is None
    assert last_event(session, "kiosk_registered").facts["address"] == "10.0.0.9"


def test_a_code_is_good_for_a_quarter_of_an_hour(session, office, kiosk, keys):
    code = registering.make_code(session, office, kiosk.id, keys=keys, **BY_THU)
    late = FRIDAY + timedelta(minutes=15)
    assert registering.register(session, code, keys=keys, device="", now=late) is None


def test_a_newer_code_ends_the_older(session, office, kiosk, keys):
    older = registering.make_code(session, office, kiosk.id, keys=keys, **BY_THU)
    registering.make_code(session, office, kiosk.id, keys=keys, **BY_THU)
    assert registering.register(session, older, keys=keys, device="", now=FRIDAY) is None


def test_revoking_ends_the_machine_its_codes_and_its_visits(session, office, kiosk, keys):
    code = registering.make_code(session, office, kiosk.id, keys=keys, **BY_THU)
    _, secret = registering.register(session, code, keys=keys, device="", now=FRIDAY)
    visit, _ = visits.begin(session, kiosk, now=FRIDAY, keys=keys)
    registering.revoke(session, office, kiosk.id, **BY_THU)
    assert registering.point_of_device(session, secret) is None
    assert (visit.end_reason, visit.draft_sealed) == ("revoked", None)
    office.kiosks_open = False
    assert not registering.is_known(kiosk, secret)


def test_only_an_open_office_lets_any_browser_be_a_kiosk(session, office):
    assert registering.open_point(session, "K2").code == "K2"
    office.kiosks_open = False
    session.flush()
    assert registering.open_point(session, "K2") is None


def test_nobody_makes_a_code_for_a_kiosk_of_another_office(session, office, keys):
    point = AcceptancePoint(office_id=another_office(session).id, code="Z1", name="Z", kind="kiosk")
    session.add(point)
    session.flush()
    for verb in (
        lambda: registering.make_code(session, office, point.id, keys=keys, **BY_THU),
        lambda: registering.revoke(session, office, point.id, **BY_THU),
    ):
        with pytest.raises(NoSuchThing):
            verb()


# --- printers ---


class Good:
    sheet = Sheet.ROLL

    def __init__(self) -> None:
        self.papers = []

    def trouble(self):
        return None

    def print(self, paper, *, on_sending=lambda: None, torn=False):
        on_sending()
        self.papers.append(paper)
        return Outcome(Printed.PRINTED)


def test_a_test_paper_is_printed_by_the_worker_and_its_outcome_is_known(session, office, keys):
    printers.ask_for_test(session, office, 1, **BY_THU)
    printers.ask_for_test(session, office, 1, **BY_THU)  # one that waits is enough
    session.commit()
    assert session.query(Errand).filter_by(is_test=True).count() == 1
    assert printers.printer_of(session, office, 1).test.state == "queued"
    machine = Good()
    printing.print_next(
        session,
        1,
        worker="w",
        open_printer=lambda _: machine,
        keys=keys,
        clock=lambda: FRIDAY,
        lease=timedelta(seconds=60),
    )
    assert "In thử" in machine.papers[0].title
    assert draw_thermal(machine.papers[0], 384).height < 800  # a hand's breadth of paper
    view = printers.printer_of(session, office, 1)
    assert (view.test.state, view.test.is_open, view.papers) == ("printed", False, {"printed": 1})


def test_a_printer_out_of_use_prints_nothing_and_nobody_prints_on_it(session, office, kiosk):
    view = printers.printer_of(session, office, 1)
    values = {"name": view.name, "url": view.url, "host": "", "active": False}
    printers.save_printer(
        session, office, 1, stamped=stamp(printers.printer_values(view)), **values, **BY_THU
    )
    assert kiosk.printer_id is None
    with pytest.raises(UnknownPrinter):
        printers.ask_for_test(session, office, 1, **BY_THU)


def test_a_printer_edited_by_two_keeps_the_first(session, office):
    view = printers.printer_of(session, office, 1)
    seen = stamp(printers.printer_values(view))
    values = {"name": "Máy in A", "url": view.url, "host": "", "active": True}
    printers.save_printer(session, office, 1, stamped=seen, **values, **BY_THU)
    with pytest.raises(ChangedMeanwhile):
        printers.save_printer(session, office, 1, stamped=seen, **values, **BY_THU)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, ("name", "empty")),
        ({"place": "a b"}, ("place", "bad_printer_address")),
        ({"kind": "file", "place": "/tmp/x"}, ("place", "bad_printer_address")),
        ({"kind": "usb", "place": "04b8:0202"}, ("host", "empty")),
    ],
)
def test_what_is_wrong_with_a_printer_is_told_at_its_place(changes, fault):
    typed = {"name": "Máy", "kind": "tcp", "place": "10.0.0.7", "width": "576", "ack": "gs_h"} | changes
    _, _, faults = printers.read_printer(typed, rest=(), judge=lambda _: True)
    assert [(one.key, one.code) for one in faults] == [fault]


# --- procedures and searches ---


def order(session, office):
    return [one.code for one in offering.offered_here(session, office, now=FRIDAY)]


def test_a_tile_moves_one_place_and_stops_at_the_end(session, office):
    codes = order(session, office)
    seen = stamp(codes)
    offering.move(session, office, codes[1], -1, stamped=seen, **BY_THU)
    assert order(session, office)[:2] == [codes[1], codes[0]]
    with pytest.raises(ChangedMeanwhile):
        offering.move(session, office, codes[1], 1, stamped=seen, **BY_THU)
    offering.move(session, office, codes[1], -9, stamped=stamp(order(session, office)), **BY_THU)
    assert order(session, office)[0] == codes[1]


def test_a_procedure_is_received_and_withdrawn(session, office):
    code = order(session, office)[0]
    offering.withdraw(session, office, code, **BY_THU)
    assert code not in order(session, office)
    assert code in [row.code for row in offering.in_catalogue(session, office, code, now=FRIDAY)]
    offering.add(session, office, code, **BY_THU)
    assert order(session, office)[-1] == code
    with pytest.raises(NoSuchThing):
        offering.add(session, office, "9.999999", **BY_THU)


def test_the_offices_own_words_find_a_procedure(session, office):
    words = "sang sổ cho con trưởng"
    assert not find_procedures(session, office, "blabla", now=FRIDAY)
    view = offering.offered_one(session, office, "1.001193", now=FRIDAY)
    offering.save_offer(
        session, office, "1.001193", words=[words, "blabla"], group="1",
        stamped=stamp(offering.offer_stamp(view)), **BY_THU,
    )  # fmt: skip
    session.flush()
    memory.forget_all()
    assert [offer.code for offer in find_procedures(session, office, "blabla", now=FRIDAY)] == ["1.001193"]
    assert last_event(session, "procedures_changed").facts["words"] == [[], [words, "blabla"]]


def test_words_are_read_one_in_a_line_each_once():
    assert offering.read_words("sổ đỏ\n sổ  đỏ, sang tên\n\n") == (("sổ đỏ", "sang tên"), ())
    assert [one.code for one in offering.read_words("x" * 41)[1]] == ["too_long"]
    assert [one.code for one in offering.read_words("\n".join(map(str, range(31))))[1]] == ["too_many"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sang tên nhà", "sang tên nhà"),
        ("ab", None),
        ("038156001234", None),
        ("gọi 0912345678", None),
        ("lan@vidu.vn", None),
        ("x" * 41, None),
    ],
)
def test_only_short_words_of_letters_are_remembered(typed, kept):
    assert offering.searchable(typed) == kept


def test_a_search_goes_on_as_one_and_settles_once(session, office):
    for words, before in (("sang", None), ("sang tên", "sang"), ("hộ chiếu", None), ("hộ chiếu", None)):
        offering.remember_search(session, office.id, words, instead_of=before, now=FRIDAY)
    found = offering.failed_searches(session, office)
    assert [(one.words, one.times) for one in found] == [("hộ chiếu", 2), ("sang tên", 1)]
    offering.settle_search(session, office, found[1].id, "1.001193", **BY_THU)
    offering.settle_search(session, office, found[0].id, "", **BY_THU)
    assert offering.failed_searches(session, office) == []
    assert offering.offered_one(session, office, "1.001193", now=FRIDAY).words == ("sang tên",)


def test_words_nobody_typed_for_long_are_forgotten(session, office):
    offering.remember_search(session, office.id, "xa xưa", now=FRIDAY - timedelta(days=91))
    offering.remember_search(session, office.id, "mới đây", now=FRIDAY)
    assert [row.words for row in session.scalars(select(FailedSearch))] == ["mới đây"]


# --- the office as one file ---


def another_office(session) -> Office:
    data = configuring.configuration(session, session.scalars(select(Office).order_by(Office.id)).first())
    data |= {"code": "H56.17.23", "points": [], "later_hours": []}
    return founding.load_office(
        session, data | {"procedures": data["procedures"][:3], "words": {}, "service_groups": []}
    )


def dressed(session, office, keys) -> dict:
    """The configuration of an office with something in every part."""
    running.save_unit(session, office, None, "Phòng Kinh tế", True, stamped="", **BY_THU)
    plan, _ = read_hours(typed_hours(), now=FRIDAY)
    for change in (STORM, plan):
        carry_out(session, office, change, stamped=stamp(stamp_values(session, office)), keys=keys, **BY_THU)
    view = offering.offered_one(session, office, "1.001193", now=FRIDAY)
    offering.save_offer(
        session, office, "1.001193", words=["giấy con"], group="2",
        stamped=stamp(offering.offer_stamp(view)), **BY_THU,
    )  # fmt: skip
    session.flush()
    return configuring.configuration(session, office)


def taken_in(session, office, data):
    found = configuring.take_in(
        session, office, data, stamped=None, printer_fault=lambda _: "", by=THU, now=FRIDAY
    )
    session.flush()
    session.expire_all()
    return found


def test_a_file_given_away_and_taken_in_makes_the_same_office(session, office, keys):
    data = dressed(session, office, keys)
    assert configuring.differences(data, configuring.whole(data, data, today=TODAY)) == []
    theirs = data | {"points": [row | {"code": f"X{row['code']}"} for row in data["points"]]}
    other = another_office(session)
    assert taken_in(session, other, theirs)
    kept = configuring.configuration(session, other)
    assert kept == theirs | {"code": "H56.17.23"}
    assert taken_in(session, other, theirs) == []


def test_a_new_office_is_founded_from_a_file_given_away(session, office, keys):
    data = dressed(session, office, keys)
    theirs = data | {
        "code": "H56.17.24",
        "points": [row | {"code": f"Y{row['code']}"} for row in data["points"]],
    }
    founded = founding.load_office(session, theirs)
    session.expire_all()
    assert configuring.configuration(session, founded) == theirs


def test_what_a_file_does_not_name_goes_out_of_use_and_is_told(session, office, keys):
    data = configuring.configuration(session, office)
    data = data | {"hotline": "1900 9999", "points": data["points"][:3], "printers": []}
    data["points"] = [row | {"printer": None} for row in data["points"]]
    data["procedures"] = data["procedures"][:5]
    data["service_groups"] = [
        group | {"procedures": [code for code in group["procedures"] if code in data["procedures"]]}
        for group in data["service_groups"]
    ]
    found = taken_in(session, office, data)
    told = {(one.part, one.what): one.kind for one in found}
    assert told["office", "hotline"] == "changed"
    assert told["points", "Q3"] == told["printers", "Máy in sảnh A"] == "removed"
    assert configuring.configuration(session, office) == data
    point = session.scalars(select(AcceptancePoint).filter_by(code="Q3")).one()
    assert not point.active
    assert last_event(session, "config_imported").facts["office hotline"] == ["0237 385 0000", "1900 9999"]


def test_what_was_stays_when_a_file_is_taken_in(session, office):
    data = configuring.configuration(session, office)
    data["rules"] = [
        row | ({"value": 55, "valid_from": "2026-03-01"} if row["name"] == "promised_share" else {})
        for row in data["rules"]
    ]
    data["hours"] = {**data["hours"], "working": {"0": [["08:00", "12:00"]]}}
    taken_in(session, office, data)
    memory.forget_all()
    yesterday = TODAY - timedelta(days=1)
    assert rule_of(session, office, "promised_share", on=yesterday, now=FRIDAY) == 70
    assert rule_of(session, office, "promised_share", on=TODAY, now=FRIDAY) == 55
    working = calendar_of(session, office, now=FRIDAY)
    assert working.is_working_day(yesterday) and not working.is_working_day(TODAY)
    assert session.query(OfficeRule).filter_by(name="promised_share").count() == 2


def test_the_codes_of_points_belong_to_one_office(session, office):
    data = configuring.configuration(session, office)
    with pytest.raises(BadOffice) as refused:
        taken_in(session, another_office(session), data)
    assert any("K1" in fault for fault in refused.value.faults)


def test_an_office_changed_since_the_report_is_not_overwritten(session, office):
    data = configuring.configuration(session, office)
    seen = stamp(data)
    office.hotline = "1900 1111"
    session.flush()
    with pytest.raises(ChangedMeanwhile):
        configuring.take_in(
            session, office, data, stamped=seen, printer_fault=lambda _: "", by=THU, now=FRIDAY
        )

"""The first start fills an empty house; later ones bring only what is new."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import delete, func, select, update

from build import FRIDAY, a_procedure
from intake import cataloguing, founding, memory
from intake.office_file import BadOffice
from intake.queries import find_procedures, offered
from intake.records import (
    AcceptancePoint,
    CalendarDay,
    Division,
    OfferedProcedure,
    Office,
    ProcedureVersion,
    ServiceGroup,
)


def test_the_founded_office_receives_the_whole_catalogue(session, kiosk):
    offers = offered(session, kiosk.office, now=FRIDAY)
    assert len(offers) >= 30
    assert offers[0].code == "1.001193"
    assert session.scalar(select(func.count()).select_from(Division)) == 34 + 3_321
    assert session.scalar(select(CalendarDay.kind).where(CalendarDay.date == date(2026, 11, 24))) == "holiday"


def test_words_without_diacritics_find_the_procedure(session, kiosk):
    assert find_procedures(session, kiosk.office, "giay khai sinh", now=FRIDAY)[0].code == "1.001193"


def test_founding_again_changes_nothing(session):
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (ProcedureVersion, Office)]
    founding.found(session, demo=True, now=FRIDAY)
    again = [session.scalar(select(func.count()).select_from(table)) for table in (ProcedureVersion, Office)]
    assert again == counts


def test_national_days_this_release_adds_reach_an_old_installation(session):
    session.execute(delete(CalendarDay).where(CalendarDay.date >= date(2027, 1, 1)))
    founding.found(session, demo=True, now=FRIDAY)
    assert (
        session.scalar(select(CalendarDay.kind).filter_by(office_id=None, date=date(2027, 1, 1))) == "holiday"
    )


def test_a_day_that_was_fixed_here_is_not_taken_back_by_a_start(session, kiosk):
    notice = {"date": "2027-02-05", "kind": "makeup", "instrument": "Thông báo của tỉnh"}
    cataloguing.import_days(session, [notice], office_id=None)
    cataloguing.import_days(session, [notice | {"date": "2027-01-01"}], office_id=kiosk.office_id)
    founding.found(session, demo=True, now=FRIDAY)
    days = session.execute(select(CalendarDay.office_id, CalendarDay.date).filter_by(kind="makeup")).all()
    assert {(None, date(2027, 2, 5)), (kiosk.office_id, date(2027, 1, 1))} <= {tuple(day) for day in days}


def test_a_provisional_day_is_replaced_once_this_release_knows_better(session):
    session.execute(update(CalendarDay).filter_by(date=date(2026, 9, 2)).values(provisional=True, name="?"))
    founding.found(session, demo=True, now=FRIDAY)
    day = session.scalars(select(CalendarDay).filter_by(date=date(2026, 9, 2))).one()
    assert (day.name, day.provisional) == ("Quốc khánh", False)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"date": "1/1/2027", "kind": "holiday"}, "1/1/2027"),
        ({"date": "2027-01-01", "kind": "off"}, "«off»"),
        ({"date": "2027-01-01", "kind": "holiday", "name": "x" * 201}, "quá dài"),
        ({"date": "2027-01-01", "kind": "holiday", "provisional": "maybe"}, "provisional"),
    ],
)
def test_a_row_that_is_no_day_is_told_with_its_line(session, row, word):
    report = cataloguing.import_days(session, [row], office_id=None)
    assert (report.changed, word in report.faults[0], report.faults[0][:7]) == (0, True, "dòng 2:")


def an_office(**changes):
    data = json.loads((founding.DATA / "demo_office.json").read_text(encoding="utf-8"))
    kiosk = {"code": "K9", "name": "Máy 9", "kind": "kiosk"}
    return data | {"code": "H56.17.23", "printers": [], "points": [kiosk]} | changes


A = {"prefix": "A", "name": "Chứng thực"}
Q9 = {"code": "Q9", "name": "Quầy 9", "kind": "counter"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"code": "H56.17.22"}, "code"),
        ({"code": "H56.17.22.1234567890.12345"}, "code"),
        ({"code": "H56 17"}, "code"),
        ({"name": " "}, "name"),
        ({"hotline": "0" * 41}, "hotline"),
        ({"code_template": "{agency}-{seq4}"}, "code_template"),
        ({"code_template": "{agency}-{yymmdd}"}, "code_template"),
        ({"code_template": "{agency}-{yy}-{seq5}"}, "code_template"),
        ({"code_template": "{agency}-{day}-{seq4}"}, "code, code_template"),
        ({"code_template": "{agency} {yymmdd}-{seq4}"}, "code, code_template"),
        (
            {"hours": {"working": {"0": [["8h", "17h"]]}, "intake": {"0": [["08:00", "17:00"]]}}},
            "hours.working",
        ),
        ({"hours": {"working": {"0": [["08:00", "17:00"]]}}}, "hours.intake"),
        ({"hours": {"working": {"7": [["08:00", "17:00"]]}, "intake": {}}}, "hours.intake"),
        ({"rules": [{"name": "promised_share", "value": 170, "valid_from": "2026-01-01"}]}, "rules[0].value"),
        ({"rules": [{"name": "fast", "value": 1, "valid_from": "2026-01-01"}]}, "rules[0].name"),
        ({"rules": [{"name": "promised_share", "value": 70, "valid_from": "01/01/2026"}]}, "rules[0]"),
        ({"printers": [{"name": "A", "url": "ftp://x"}]}, "printers[0]"),
        ({"printers": [{"name": "A", "url": "virtual:"}] * 2}, "printers: A"),
        ({"points": [{"code": "K1", "name": "Máy 1", "kind": "kiosk"}]}, "points: there is a K1"),
        ({"points": [{"code": "K9", "name": "Máy 9", "kind": "robot"}]}, "points[0].kind"),
        ({"points": [{"code": "K9", "name": "Máy 9", "kind": "kiosk", "printer": "B"}]}, "points[0].printer"),
        ({"procedures": ["9.999999"]}, "procedures"),
        ({"procedures": "1.001193"}, "procedures: a list"),
        ({"collect_on": "thứ hai"}, "unknown"),
        ({"kiosks_open": 1}, "kiosks_open"),
        ({"service_groups": A}, "service_groups: a list"),
        ({"service_groups": [{"prefix": "A"}]}, "service_groups[0]:"),
        ({"service_groups": [A | {"prefix": "Đ"}]}, "service_groups[0].prefix"),
        ({"service_groups": [A | {"name": ""}]}, "service_groups[0].name"),
        ({"service_groups": [A | {"minutes": 0}]}, "service_groups[0].minutes"),
        ({"service_groups": [A | {"others": "yes"}]}, "service_groups[0].others"),
        ({"service_groups": [A | {"procedures": "2.000815"}]}, "service_groups[0].procedures"),
        ({"service_groups": [A | {"procedures": ["9.999999"]}]}, "service_groups[0].procedures"),
        ({"service_groups": [A | {"procedures": ["2.000815"] * 2}]}, "service_groups: procedures: 2.000815"),
        ({"service_groups": [A, A]}, "service_groups: A"),
        (
            {"service_groups": [A | {"others": True}, A | {"prefix": "B", "others": True}]},
            "service_groups: only",
        ),
        ({"points": [Q9 | {"groups": ["A", "Z"]}]}, "points[0].groups"),
        ({"points": [Q9 | {"groups": "A"}]}, "points[0].groups"),
        ({"points": [Q9 | {"kind": "kiosk", "groups": ["A"]}]}, "points[0].groups"),
    ],
)
def test_an_office_that_could_not_serve_is_refused(session, changes, place):
    with pytest.raises(BadOffice) as refused:
        founding.load_office(
            session, an_office(**changes), printer_fault=lambda url: "" if url == "virtual:" else "no"
        )
    assert any(fault.startswith(place) for fault in refused.value.faults), refused.value.faults
    assert session.scalar(select(func.count()).select_from(Office)) == 1


def test_every_fault_of_an_office_is_told_at_once(session):
    faulty = an_office(name="", hours=None, procedures=["9.999999"], rules=[{}])
    with pytest.raises(BadOffice) as refused:
        founding.load_office(session, faulty)
    told = {fault.partition(":")[0] for fault in refused.value.faults}
    assert {"name", "hours", "procedures", "rules[0].name"} <= told


def test_a_commune_is_not_given_what_only_the_province_receives(session):
    office = founding.load_office(session, an_office(procedures=["1.001193", "3.000347"]))
    levels = cataloguing.levels(session)
    others = {offer.code for offer in offered(session, office, now=FRIDAY)} - {"3.000347"}
    assert levels["3.000347"] == "province"  # received only because it was named
    assert {levels[code] for code in others} == {"commune"}


def test_an_imported_procedure_is_received_when_the_office_says_so(session, kiosk):
    cataloguing.save_procedure(session, a_procedure(), source="test", now=FRIDAY)

    def received() -> set[str]:
        memory.forget_all()
        return {offer.code for offer in offered(session, kiosk.office, now=FRIDAY)}

    assert "1.000001" not in received()
    assert founding.offer(session, kiosk.office, ["1.000001", "1.001193"]) == ["1.000001"]
    assert "1.000001" in received()
    assert founding.withdraw(session, kiosk.office, ["1.000001"]) == ["1.000001"]
    assert "1.000001" not in received()


def test_what_the_catalogue_lacks_cannot_be_offered(session, kiosk):
    with pytest.raises(BadOffice, match=r"9\.999999"):
        founding.offer(session, kiosk.office, ["9.999999"])


def test_an_office_without_a_printer_can_be_loaded(session):
    office = founding.load_office(session, an_office())
    session.flush()
    assert offered(session, office, now=FRIDAY)[0].code == "1.001193"


def test_an_office_without_groups_gives_no_numbers_and_one_with_them_shares_out_its_procedures(session):
    plain = founding.load_office(session, {k: v for k, v in an_office().items() if k != "service_groups"})
    assert plain.kiosks_open is True
    assert not session.scalars(select(ServiceGroup).filter_by(office_id=plain.id)).all()
    codes = {"code": "H56.17.24", "points": [Q9 | {"groups": ["T", "A"]}]}
    office = founding.load_office(session, an_office(**codes))
    groups = {
        row.id: row.prefix for row in session.scalars(select(ServiceGroup).filter_by(office_id=office.id))
    }
    assert "".join(groups.values()) == "ABCDT"
    shared = {
        row.procedure_code: groups[row.service_group_id]
        for row in session.scalars(select(OfferedProcedure).filter_by(office_id=office.id))
    }
    assert (shared["2.000815"], shared["1.001193"], shared["1.004194"]) == ("A", "B", "D")
    assert set(shared.values()) == set("ABCD")
    counter = session.scalars(select(AcceptancePoint).filter_by(code="Q9")).one()
    assert [group.prefix for group in counter.service_groups] == ["A", "T"]

"""The catalogue: filled once, renewed by imports, never changed under a dossier."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from build import FRIDAY, a_procedure
from intake.cataloguing import (
    as_report,
    import_divisions,
    import_old_units,
    load_divisions,
    load_shipped_catalogue,
    read_portal_files,
    save_portal_procedures,
    save_procedure,
    shipped_procedures,
)
from intake.records import Division, OldDivision, ProcedureVersion
from intake.rules.definitions import procedure_from
from intake.rules.procedures import TermUnit

RECORDS = Path(
    os.environ.get("MOTCHAM_PORTAL_RECORDS")
    or Path(__file__).parents[2] / "../shared/data/national-portal/details"
)


def versions(session, code):
    rows = session.query(ProcedureVersion).filter_by(procedure_code=code).order_by(ProcedureVersion.version)
    return [(row.version, procedure_from(row.definition)) for row in rows]


def a_record(code="1.900001", **changes):
    record = {
        "code": code,
        "name": "Cấp giấy để thử",
        "isWard": True,
        "category": {"name": "Hộ tịch"},
        "unitGroupsExecuting": [{"name": "Ủy ban nhân dân cấp xã"}],
        "executionMethods": [
            {"submissionMethod": "DIRECT", "processingTime": 5, "processingTimeUnit": "WORKING_DAY"}
        ],
    }
    return {"code": "OK", "data": record | changes}


@pytest.fixture
def file(tmp_path):
    """Writes a value as a file of the portal and gives its path."""

    def write(value, name="record.json"):
        path = tmp_path / name
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return path

    return write


def take(session, *paths):
    read = read_portal_files(paths)
    save_portal_procedures(session, [found for _, found in read if found], now=FRIDAY)
    return [report for report, _ in read]


def test_a_change_makes_a_version_and_the_former_stays(session):
    assert save_procedure(session, a_procedure(), source="test", now=FRIDAY) == "new"
    assert save_procedure(session, a_procedure(), source="test", now=FRIDAY) == "same"
    assert save_procedure(session, a_procedure(name="Tên mới"), source="test", now=FRIDAY) == "changed"
    assert [(number, it.name) for number, it in versions(session, "1.000001")] == [
        (1, a_procedure().name),
        (2, "Tên mới"),
    ]


def test_what_was_once_said_may_be_said_again(session):
    for name in ("Một", "Hai", "Một"):
        save_procedure(session, a_procedure(name=name), source="test", now=FRIDAY)
    assert [it.name for _, it in versions(session, "1.000001")] == ["Một", "Hai", "Một"]


def test_another_source_of_the_same_words_is_no_change(session):
    save_procedure(session, a_procedure(), source="test", now=FRIDAY)
    assert save_procedure(session, a_procedure(source="nơi khác"), source="test", now=FRIDAY) == "same"


def test_the_shipped_catalogue_is_loaded_once(session):
    session.query(ProcedureVersion).delete()
    assert load_shipped_catalogue(session, now=FRIDAY) == len(shipped_procedures()) >= 40
    assert load_shipped_catalogue(session, now=FRIDAY) == 0


def test_a_record_is_imported_once(session, file):
    path = file(a_record())
    (first,) = take(session, path)
    (second,) = take(session, path)
    assert (first.file, first.code, first.outcome, first.reasons) == (str(path), "1.900001", "accepted", ())
    assert second == first
    assert [number for number, _ in versions(session, "1.900001")] == [1]


def test_a_changed_record_is_a_new_version(session, file):
    take(session, file(a_record()))
    take(session, file(a_record(name="Tên mới")))
    assert [(number, it.name) for number, it in versions(session, "1.900001")] == [
        (1, "Cấp giấy để thử"),
        (2, "Tên mới"),
    ]


def test_a_bad_file_does_not_stop_the_others(session, file, tmp_path):
    bad = {
        "missing.json": None,
        "empty.json": b"",
        "spaces.json": b" \n ",
        "half.json": b'{"code": "OK", "data": {',
        "latin.json": "Thủ tục".encode("utf-16-le") + b"\xff\xfe\xfa",
        "deep.json": b"[" * 100_000,
        "error.json": {"code": "ERROR"},
        "list.json": [],
        "dirty.json": a_record(code="1.014955-Xoa"),
    }
    paths = [tmp_path / name if value is None else file(value, name) for name, value in bad.items()]
    reports = take(session, tmp_path, *paths, "bad\0name", file(a_record(), "good.json"))
    assert [report.outcome for report in reports] == ["rejected"] * (len(bad) + 2) + ["accepted"]
    assert all(report.reasons and report.reasons[0] for report in reports[:-1])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_obstacle(session, file, encoding):
    path = file(json.dumps(a_record(), ensure_ascii=False).encode(encoding))
    assert take(session, path)[0].outcome == "accepted"


def test_a_trimmed_code_is_remarked_on(session, file):
    (report,) = take(session, file(a_record(code=" 1.900001")))
    assert (report.outcome, report.code) == ("remarks", "1.900001")
    assert report.reasons


def test_the_report_counts_every_file_once(session, file):
    reports = take(
        session,
        file(a_record(), "a.json"),
        file(a_record(code="1.900002 "), "b.json"),
        file({"code": "ERROR"}, "c.json"),
    )
    told = as_report(reports)
    assert (told["accepted"], told["remarks"], told["rejected"]) == (1, 1, 1)
    assert [set(entry) for entry in told["files"]] == [{"file", "code", "outcome", "reasons"}] * 3
    assert json.loads(json.dumps(told)) == told


def test_a_shipped_procedure_keeps_our_questions_under_the_facts_of_a_record(session, file):
    ours = shipped_procedures()["1.001193"]
    take(session, file(a_record(code="1.001193", name="Đăng ký khai sinh theo luật mới")))
    newest = versions(session, "1.001193")[-1][1]
    assert newest.name == "Đăng ký khai sinh theo luật mới"
    assert newest.term.unit is TermUnit.WORKING_DAY and newest.term.amount == 5
    assert (newest.groups, newest.words, newest.short_name, newest.life_event) == (
        ours.groups,
        ours.words,
        ours.short_name,
        ours.life_event,
    )


def test_a_restart_does_not_put_our_facts_over_an_import(session, file):
    load_shipped_catalogue(session, now=FRIDAY)
    take(session, file(a_record(code="1.001193", name="Đăng ký khai sinh theo luật mới")))
    before = versions(session, "1.001193")
    assert load_shipped_catalogue(session, now=FRIDAY) == 0
    assert versions(session, "1.001193") == before


@pytest.mark.portal
@pytest.mark.skipif(not RECORDS.is_dir(), reason="no records of the portal here")
def test_all_real_records_are_imported_and_a_second_time_change_nothing(session):
    files = sorted(RECORDS.glob("*.json"))
    reports = take(session, *files)
    assert {report.outcome for report in reports} <= {"accepted", "remarks"}
    count = session.query(ProcedureVersion).count()
    assert take(session, *files) == reports
    assert session.query(ProcedureVersion).count() == count


def a_division(**changes):
    row = {
        "code": "38001",
        "name": "Xã Mới",
        "kind": "xã",
        "parent_code": "38",
        "valid_from": "2027-01-01",
        "valid_to": "",
        "instrument": "Nghị quyết thử",
    }
    return row | changes


def test_the_two_level_list_is_complete_and_loaded_once(session):
    session.query(Division).delete()
    assert load_divisions(session).changed == 34 + 3321
    assert load_divisions(session).changed == 0
    communes = session.query(Division).filter(Division.parent_code.is_not(None))
    assert communes.count() == 3321
    assert {division.kind for division in communes} == {"xã", "phường", "đặc khu"}
    assert {division.valid_from for division in communes} == {date(2025, 7, 1)}


def test_a_change_ends_what_was_before(session):
    load_divisions(session)
    first = import_divisions(
        session, [a_division(valid_from="2026-01-01"), a_division(name="Phường Mới", kind="phường")]
    )
    assert (first.changed, first.faults) == (2, ())
    old, new = session.query(Division).filter_by(code="38001").order_by(Division.valid_from)
    assert (old.name, old.valid_to) == ("Xã Mới", date(2026, 12, 31))
    assert (new.name, new.valid_to) == ("Phường Mới", None)
    assert import_divisions(session, [a_division(name="Phường Mới", kind="phường")]).changed == 0


def test_a_former_name_told_late_ends_where_the_later_begins(session):
    load_divisions(session)
    import_divisions(session, [a_division(), a_division(name="Xã Cũ", valid_from="2026-01-01")])
    old, new = session.query(Division).filter_by(code="38001").order_by(Division.valid_from)
    assert (old.name, old.valid_to, new.valid_to) == ("Xã Cũ", date(2026, 12, 31), None)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "3800"},
        {"code": "38O01"},
        {"name": " "},
        {"kind": "huyện"},
        {"kind": "thị trấn"},
        {"parent_code": "99"},
        {"parent_code": ""},
        {"valid_from": "01/01/2027"},
        {"valid_to": "mai"},
        {"code": None},
    ],
)
def test_a_row_that_is_no_unit_of_two_levels_is_left_out(session, changes):
    load_divisions(session)
    report = import_divisions(session, [a_division(**changes)])
    assert report.changed == 0 and report.faults[0].startswith("dòng 2: ")


def test_old_units_point_to_the_new(session):
    load_divisions(session)
    row = {
        "old_code": "14866",
        "old_name": "Xã Cũ",
        "old_kind": "xã",
        "new_code": "00004",
        "instrument": "NQ",
    }
    bad = [row | {"new_code": "99999"}, row | {"old_name": ""}, row | {"old_code": "1" * 11}]
    report = import_old_units(session, [row, *bad])
    assert report.changed == 1 and len(report.faults) == 3
    assert import_old_units(session, [row]).changed == 0
    assert import_old_units(session, [row | {"old_parent_name": "Huyện Cũ"}]).changed == 1
    assert session.query(OldDivision).filter_by(old_code="14866").one().new_code == "00004"


def test_a_fault_of_ours_in_one_file_does_not_stop_the_others(session, file, monkeypatch):
    def stumble(raw):
        raise ZeroDivisionError

    monkeypatch.setattr("intake.cataloguing.procedure_of", stumble)
    reports = take(session, file(a_record(), "one.json"), file(b"", "two.json"))
    assert [report.outcome for report in reports] == ["rejected", "rejected"]
    assert "ZeroDivisionError" in reports[0].reasons[0] and "rỗng" in reports[1].reasons[0]

"""Commands of an installation: what they print, and how they end."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import event, update

from build import FRIDAY
from conftest import House
from devices.link import Patience
from devices.virtual_printer import VirtualPrinter
from intake.db import db
from intake.records import CalendarDay, Dossier, Office, Printer, ProcedureVersion
from settings import ROOT

RECORDS = ROOT.parent / "shared" / "data" / "national-portal" / "details"


@pytest.fixture
def run(house: House):
    """Run one ``flask`` command in the application under test."""

    def command(*arguments: str) -> Result:
        db.session.remove()
        return house.app.test_cli_runner().invoke(args=[*arguments])

    return command


def test_a_receipt_is_verified_offline_from_its_scanned_text(run, lans_dossier: Dossier):
    address = f"HTTP://10.0.0.5:8080/R/{lans_dossier.receipt.payload}"
    result = run("receipt", "verify", address)
    assert result.exit_code == 0
    assert "H56.17.22-261120-0001" in result.output


def test_an_altered_receipt_is_refused_in_words(run, lans_dossier: Dossier):
    payload = lans_dossier.receipt.payload
    altered = payload[:-20] + ("A" if payload[-20] != "A" else "B") + payload[-19:]
    result = run("receipt", "verify", altered)
    assert (result.exit_code, "giả hoặc đã bị sửa" in result.output) == (1, True)


def test_what_is_no_receipt_at_all_accuses_nobody(run, house: House):
    result = run("receipt", "verify", "xin chào")
    assert (result.exit_code, result.output) == (1, "Đây không phải mã biên nhận.\n")


def test_an_import_that_reads_nothing_ends_with_1_and_says_why(run, tmp_path: Path):
    (tmp_path / "empty.json").write_text("")
    result = run("procedures", "import", str(tmp_path / "empty.json"), "--json")
    report = json.loads(result.output)
    assert (result.exit_code, report["rejected"], report["files"][0]["reasons"] != []) == (1, 1, True)


def test_a_second_import_says_that_nothing_changed(run, tmp_path: Path):
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"code": "OK", "data": {"code": "9.000001", "name": "Cấp giấy để thử"}}))
    assert f"{file} (mới)" in run("procedures", "import", str(file)).output
    assert f"{file} (không đổi)" in run("procedures", "import", str(file)).output
    file.write_text(json.dumps({"code": "OK", "data": {"code": "9.000001", "name": "Cấp giấy khác"}}))
    assert "phiên bản mới 1, không đổi 0" in run("procedures", "import", str(file)).output


@pytest.mark.portal
def test_a_dry_run_writes_nothing(run, session):
    if not RECORDS.is_dir():
        pytest.skip("the raw records of the national portal are not here")
    before = session.query(ProcedureVersion).count()
    result = run(
        "procedures", "import", *(str(path) for path in RECORDS.glob("*.json")), "--dry-run", "--json"
    )
    assert (result.exit_code, json.loads(result.output)["rejected"]) == (0, 0)
    assert db.session.query(ProcedureVersion).count() == before


def test_a_set_up_printer_keeps_how_it_confirms(run, house: House, session):
    with VirtualPrinter() as device:
        result = run("printer", "set-up", "1", f"tcp://127.0.0.1:{device.port}?width=384")
        assert result.exit_code == 0, result.output
        assert db.session.get(Printer, 1).url == f"tcp://127.0.0.1:{device.port}?width=384&ack=gs_h"
        assert len(device.papers) == 1


def test_a_printer_without_paper_is_not_set_up(run):
    with VirtualPrinter() as device:
        device.set(paper_out=True)
        result = run("printer", "set-up", "1", f"tcp://127.0.0.1:{device.port}")
    assert (result.exit_code, "paper_out" in result.output) == (1, True)


def test_a_printer_that_never_answers_is_kept_only_when_somebody_saw_its_paper(run, session, monkeypatch):
    monkeypatch.setattr("devices.printers.Patience", partial(Patience, answer=0.2, quiet=0.3))
    with VirtualPrinter() as device:
        device.set(mute=True)
        url = f"tcp://127.0.0.1:{device.port}"
        refused = run("printer", "set-up", "1", url)
        assert (refused.exit_code, "--it-printed" in refused.output) == (1, True)
        assert db.session.get(Printer, 1).url.startswith("virtual:")
        assert run("printer", "set-up", "1", url, "--it-printed").exit_code == 0
        db.session.rollback()
        assert db.session.get(Printer, 1).url == f"{url}?ack=none"


def test_while_the_test_paper_prints_the_printer_is_taken_and_the_database_free(run, house: House):
    seen = []

    def look() -> None:
        with house.app.app_context():
            seen.append(db.session.get(Printer, 1).turn_of)
            db.session.commit()

    with VirtualPrinter() as device:
        device.at_cut(look)
        assert run("printer", "set-up", "1", f"tcp://127.0.0.1:{device.port}").exit_code == 0
    assert seen == ["tests:setup"]
    assert db.session.get(Printer, 1).turn_of is None


def test_a_printer_at_work_is_not_disturbed(run, session):
    session.execute(update(Printer).values(turn_of="other:1", turn_until=FRIDAY + timedelta(minutes=1)))
    session.commit()
    with VirtualPrinter() as device:
        result = run("printer", "set-up", "1", f"tcp://127.0.0.1:{device.port}")
        assert (result.exit_code, device.papers) == (1, [])
    assert db.session.get(Printer, 1).turn_of == "other:1"


def test_a_printer_on_a_cable_belongs_to_the_host_it_hangs_on(run, tmp_path: Path):
    assert run("printer", "set-up", "1", f"file://{tmp_path}/paper.bin").exit_code == 0
    assert db.session.get(Printer, 1).host == "tests"
    with VirtualPrinter() as device:
        run("printer", "set-up", "1", f"tcp://127.0.0.1:{device.port}")
    db.session.rollback()
    assert db.session.get(Printer, 1).host is None


def test_an_old_unit_leads_to_the_new_one(run, tmp_path: Path):
    table = tmp_path / "old.csv"
    table.write_text(
        "old_code,old_name,old_kind,old_parent_name,new_code,instrument\n"
        "14737,Phường Ba Đình,phường,Thành phố Thanh Hóa,14758,Nghị quyết 1686/NQ-UBTVQH15\n"
        ",Không mã,,,14758,\n",
        encoding="utf-8",
    )
    result = run("divisions", "import", str(table), "--old")
    assert "1 not usable" in result.output, result.output


def test_a_faulty_office_is_told_in_one_message_and_nothing_is_kept(run, tmp_path: Path, session):
    demo = json.loads((ROOT / "intake" / "data" / "demo_office.json").read_text(encoding="utf-8"))
    file = tmp_path / "office.json"
    file.write_text(json.dumps(demo | {"code": "H 1", "printers": [{"name": "A", "url": "tcp://x?width=9"}]}))
    result = run("office", "load", str(file))
    assert result.exit_code == 1
    assert all(words in result.output for words in ("code, code_template", "printers[0]", "multiple of 8"))
    assert db.session.query(Office).count() == 1


def test_offered_and_withdrawn_by_command(run):
    withdrawn = run("office", "withdraw", "1.001193")
    assert "1 procedures are received no longer: 1.001193" in withdrawn.output
    assert "1.001193" in run("office", "offer", "1.001193", "--office", "H56.17.22").output
    refused = run("office", "offer", "1.001193", "--office", "H99")
    assert (refused.exit_code, "H56.17.22" in refused.output) == (1, True)


def test_days_off_are_imported_for_one_office(run, tmp_path: Path):
    table = tmp_path / "days.csv"
    rows = "date,kind,name\n2026-12-24,holiday,Ngày hội của phường\n24/12,holiday,\n"
    table.write_text(rows, encoding="utf-8")
    result = run("calendar", "import", str(table), "--office", "H56.17.22")
    assert "1 rows new or changed, 1 not usable" in result.output, result.output
    assert db.session.query(CalendarDay).filter_by(name="Ngày hội của phường").one().office_id is not None


def test_a_long_import_lets_other_writers_in_between(run, tmp_path: Path, monkeypatch):
    raw = {"name": "Cấp giấy để thử", "isWard": True}
    for number in range(5):
        record = {"code": "OK", "data": raw | {"code": f"1.90000{number}"}}
        (tmp_path / f"{number}.json").write_text(json.dumps(record))
    commits: list[object] = []

    def committed(session: object) -> None:
        commits.append(session)

    event.listen(db.session, "after_commit", committed)
    monkeypatch.setattr("cli.BATCH", 2)
    try:
        result = run("procedures", "import", *(str(tmp_path / f"{number}.json") for number in range(5)))
    finally:
        event.remove(db.session, "after_commit", committed)
    assert (result.exit_code, len(commits)) == (0, 3), result.output


def test_an_office_is_given_away_and_taken_in_as_one_file(run, house: House, tmp_path: Path):
    given = json.loads(run("office", "export").output)
    file = tmp_path / "office.json"
    file.write_text(json.dumps(given | {"hotline": "1900 9999"}), encoding="utf-8")
    tried = run("office", "import", str(file), "--dry-run")
    assert "changed  office hotline" in tried.output and "nothing was written" in tried.output
    assert json.loads(run("office", "export").output) == given
    assert "1 changes" in run("office", "import", str(file)).output
    assert json.loads(run("office", "export").output)["hotline"] == "1900 9999"


def test_a_file_no_office_can_be_made_of_is_refused_with_every_fault(run, tmp_path: Path):
    file = tmp_path / "office.json"
    given = json.loads(run("office", "export").output)
    file.write_text(json.dumps(given | {"name": "", "procedures": ["9.999999"]}), encoding="utf-8")
    result = run("office", "import", str(file))
    assert result.exit_code == 1
    assert "name: a text is expected" in result.output and "procedures: '9.999999'" in result.output
    file.write_text("{", encoding="utf-8")
    assert "is not JSON" in run("office", "import", str(file)).output

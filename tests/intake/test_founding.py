"""The first start fills an empty house; later ones bring only what is new."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import func, select

from build import FRIDAY
from intake import founding
from intake.queries import find_procedures, offered
from intake.records import CalendarDay, Division, Office, ProcedureVersion


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


def test_an_office_without_a_printer_can_be_loaded(session):
    data = json.loads((founding.DATA / "demo_office.json").read_text(encoding="utf-8"))
    kiosk = {"code": "K9", "name": "Máy 9", "kind": "kiosk"}
    data |= {"code": "H56.17.23", "printers": [], "points": [kiosk]}
    office = founding.load_office(session, data)
    session.flush()
    assert offered(session, office, now=FRIDAY)[0].code == "1.001193"

"""What all pages of running the office share: their places, their history, saving and being too late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, current_app, make_response, redirect, request, url_for

from desk.office.words import WORDS
from intake import memory
from intake.changing import history
from intake.db import db
from intake.rules.answers import Fault
from intake.rules.refusals import ChangedMeanwhile
from web import page
from web.staff import staff_office

AREAS = (
    ("desk.office", "Tổng quan"),
    ("desk.office_hours", "Giờ và ngày nghỉ"),
    ("desk.office_counters", "Quầy"),
    ("desk.office_groups", "Nhóm lấy số"),
    ("desk.office_kiosks", "Máy tự phục vụ"),
    ("desk.office_voices", "Giọng đọc"),
    ("desk.office_printers", "Máy in"),
    ("desk.office_procedures", "Thủ tục"),
    ("desk.office_receipt", "Lời trên biên nhận"),
    ("desk.staff", "Nhân sự"),
    ("desk.office_units", "Phòng chuyên môn"),
    ("desk.office_post", "Bưu chính"),
    ("desk.office_bank", "Tài khoản nhận phí"),
    ("desk.office_rules", "Quy định"),
    ("desk.office_data", "Tên và mã"),
    ("desk.office_configuration", "Xuất, nhập tệp"),
)


def draw(
    template: str,
    status: int = 200,
    *,
    here: str,
    kinds: tuple[str, ...] = (),
    area: str = "",
    what: str = "",
    **context: Any,
) -> Response:
    """A page of the office with its places, what was just done, and the last changes of ``kinds``."""
    office = staff_office()
    known = [(place, words, url_for(place)) for place, words in AREAS if place in current_app.view_functions]
    changes = history(db.session(), office, *kinds, area=area, what=what) if kinds else []
    context = {**WORDS, "conflict": None, "faults": {}, **context}
    return page(
        f"desk/office/{template}.html",
        status,
        office=office,
        areas=known,
        here=here,
        changes=changes,
        done=request.args.get("done", ""),
        **context,
    )


def keep(act: Callable[[], object]) -> ChangedMeanwhile | None:
    """Do it and commit; or, when somebody saved before, keep nothing and say so.

    The form can then be drawn again with everything typed still there.
    """
    try:
        act()
    except ChangedMeanwhile as refusal:
        db.session.rollback()
        return refusal
    db.session.commit()
    memory.forget_all()
    return None


def saved(endpoint: str, done: str = "saved", **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, done=done, **values), 303))


def by_key(faults: tuple[Fault, ...] | list[Fault]) -> dict[str, Fault]:
    """The first fault of each field."""
    first: dict[str, Fault] = {}
    for fault in faults:
        first.setdefault(fault.key, fault)
    return first


def as_typed(values: Mapping[str, object]) -> dict[str, str]:
    """Kept values as a form shows them; a box that is not ticked is an empty text."""
    shown = {}
    for name, value in values.items():
        shown[name] = "1" if value is True else "" if value in (None, False) else str(value)
    return shown

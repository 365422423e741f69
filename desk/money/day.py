"""The money of a day, its files, and what a person does with entries that fit nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import cast

from flask import Response, request, send_file, url_for

from desk.bp import bp
from desk.register import XLSX
from intake.db import db
from intake.offices import civil_day
from intake.payments.asking import account_of
from intake.payments.reconciling import HOWS, MOST, STATES, MoneyDay, money_day, write_csv, write_xlsx
from intake.payments.settling import assign, settle
from intake.rules.answers import Fault
from intake.rules.refusals import BadPayment, NoSuchDossier, WrongStatus
from intake.rules.rights import Right
from web import core, now, page
from web.staff import go, needs, staff, staff_office

FIRST = date(2000, 1, 1)


@bp.get("/money", endpoint="money")
@needs(Right.MONEY)
def show() -> Response:
    return _page(_day())


@bp.get("/money.csv", endpoint="money_csv")
@needs(Right.MONEY)
def as_csv() -> Response:
    told = _told(_day())
    return _file(io.BytesIO(write_csv(told)), "text/csv; charset=utf-8", f"chuyen-khoan_{told.day}.csv")


@bp.get("/money.xlsx", endpoint="money_xlsx")
@needs(Right.MONEY)
def as_xlsx() -> Response:
    told, out = _told(_day()), io.BytesIO()
    write_xlsx(out, told)
    out.seek(0)
    return _file(out, XLSX, f"chuyen-khoan_{told.day}.xlsx")


@bp.post("/money/entries/<int:entry_id>", endpoint="settle_money")
@needs(Right.MONEY)
def act(entry_id: int) -> Response:
    """It is the fee of a dossier, or was seen to elsewhere; what was typed stays after a fault."""
    session, office, typed = db.session(), staff_office(), request.form.to_dict()
    reason, by, moment = typed.get("reason", ""), staff().actor, now()
    is_assigned = typed.get("go") == "assign"
    try:
        if is_assigned:
            assign(session, office, entry_id, typed.get("code", ""), reason=reason, by=by, now=moment)
        else:
            settle(session, office, entry_id, reason=reason, by=by, now=moment)
    except BadPayment as refusal:
        session.rollback()
        faults = cast("tuple[Fault, ...]", refusal.facts["faults"])
        return _page(_day(), {**typed, "entry": str(entry_id)}, faults[0])
    except (NoSuchDossier, WrongStatus) as refusal:
        session.rollback()
        code = "no_such_dossier" if isinstance(refusal, NoSuchDossier) else "owes_nothing"
        return _page(_day(), {**typed, "entry": str(entry_id)}, Fault("code", code))
    session.commit()
    done = "assigned" if is_assigned else "settled"
    return go(url_for("desk.money", day=_day().isoformat(), done=done))


def _page(day: date, typed: Mapping[str, str] | None = None, fault: Fault | None = None) -> Response:
    return page(
        "desk/money/day.html",
        422 if fault else 200,
        told=_told(day),
        today=civil_day(now()),
        typed=typed or {},
        fault=fault,
        done=request.args.get("done", ""),
        account=account_of(db.session(), staff_office().id),
        states=STATES,
        hows=HOWS,
        most=MOST,
    )


def _told(day: date) -> MoneyDay:
    return money_day(db.session(), staff_office(), day, keys=core().keys)


def _file(out: io.BytesIO, kind: str, name: str) -> Response:
    response = send_file(out, mimetype=kind, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _day() -> date:
    """The day that was asked for; today when it cannot be read, or has not come."""
    today = civil_day(now())
    try:
        day = date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return today
    return day if FIRST <= day <= today else today

"""What is to be paid, how it comes about, and who need not: the screen before the check."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request

from intake.db import db
from intake.rules.answers import Fault
from intake.rules.fees import Fee
from kiosk.bp import bp
from kiosk.here import Here, aside, elsewhere, here, is_aside, onward, screen
from kiosk.promises import fee_by
from kiosk.steps import Place, Step

FEE = Place(Step.FEE)
NONE = "none"  # «Không thuộc diện nào»


@bp.get("/fee")
def fee() -> Response:
    at = here()
    if (place := elsewhere(FEE, at)) is not None:
        return place
    return _fee(at)


@bp.post("/fee")
def choose_exemption() -> Response:
    """The group that was touched, or none; where the tariff knows groups, one of the two has to be said."""
    at = here()
    if (place := elsewhere(FEE, at)) is not None:
        return place
    groups = _groups(_now(at))
    told = request.form.get("exemption", "")
    claimed = next((group for number, group in enumerate(groups) if told == str(number)), "")
    is_told = not groups or bool(claimed) or told == NONE
    at.keep(replace(at.draft, exemption=claimed, fee_done=is_told))
    db.session.commit()
    if is_aside():
        return aside(FEE, at)
    return onward(FEE, at) if is_told else _fee(at, (Fault("exemption", "missing"),))


def _fee(at: Here, faults: tuple[Fault, ...] = ()) -> Response:
    found = _now(at)
    groups = _groups(found)
    chosen = str(groups.index(at.draft.exemption)) if at.draft.exemption in groups else ""
    lower = {one.group: one.amount for one in found.rule.reduced} if found.rule else {}
    return screen(
        "kiosk/fee.html",
        FEE,
        at,
        422 if faults else 200,
        fee=found,
        groups=groups,
        lower=lower,
        chosen=chosen or (NONE if at.draft.fee_done else ""),
        faults=faults,
        NONE=NONE,
    )


def _now(at: Here) -> Fee:
    return fee_by(at.chosen, at.office, at.now, at.draft)


def _groups(found: Fee) -> tuple[str, ...]:
    return found.rule.groups if found.rule else ()

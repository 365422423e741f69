"""The paper-free day of the demo office: ordered weeks ago, for the weekday on which somebody first looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from demo.stage import Stage
from intake import memory, service_days
from intake.applications import Application
from intake.events import Actor
from intake.offices import civil_day
from intake.queries import offered
from intake.rules.calendar import VIETNAM
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.policy import Policy
from intake.rules.service_presets import PRESETS

WEEKS = 3  # of the rule that have passed; as many before it, to compare with
THURSDAY = 3
PRESET = next(one for one in PRESETS if one.key == "thursday")
_WEEK = timedelta(days=7)
_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_REASONS = (
    PaperReason.ORIGINAL_REQUIRED,
    PaperReason.ORIGINAL_REQUIRED,
    PaperReason.VERIFICATION,
    PaperReason.NO_IDENTIFICATION,
    PaperReason.NEEDS_HELP,
    PaperReason.NEEDS_HELP,
)


def past_days(stage: Stage) -> list[date]:
    """The same weekday of the weeks before, with the rule and without it, the oldest first; no days off."""
    days = (_latest(stage) - week * _WEEK for week in range(2 * WEEKS, 0, -1))
    return [day for day in days if stage.calendar.is_working_day(day)]


def lived_today(stage: Stage) -> list[date]:
    """Today, where it is such a day; nothing on a day off."""
    today = civil_day(stage.now)
    return [today] if stage.calendar.is_working_day(today) else []


def plan_rule(stage: Stage) -> None:
    """The manager drafts it a week ahead, somebody who decides approves, and it is published."""
    first = _latest(stage) - (WEEKS - 1) * _WEEK
    at = datetime.combine(first - _WEEK + timedelta(days=1), time(9), VIETNAM)
    stage.at(at, lambda moment: _order(stage, first, moment))


def on_the_day(
    application: Application, policy: Policy, dice: Random, officer: Actor | None = None
) -> Application:
    """What people do where paper is not taken: nearly all have it scanned, some need paper all the same."""
    if policy.paper:
        return application
    if officer is not None and dice.random() < 0.4:
        return replace(application, exception=PaperException(dice.choice(_REASONS)))
    ways = {
        key: {**told, "how": dice.choice(("scan", "scan", "electronic"))} if told["how"] == "paper" else told
        for key, told in application.documents.items()
    }
    helper = officer if officer is not None and dice.random() < 0.6 else None
    return replace(application, documents=ways, helper=helper)


def _latest(stage: Stage) -> date:
    """Today where it is worked, else the Thursday before."""
    today = civil_day(stage.now)
    if stage.calendar.is_working_day(today):
        return today
    return today - timedelta(days=(today.weekday() - THURSDAY) % 7)


def _order(stage: Stage, first: date, moment: datetime) -> None:
    session, office = stage.session, stage.office
    codes = {offer.code for offer in offered(session, office, now=moment)}
    definition = PRESET.definition(codes, valid_from=first) | {
        "title": f"{_NAMES[first.weekday()]} không viết, không hẹn",
        "weekdays": [first.weekday()],
        "per_day": 40,
        "decision": "Quyết định số 45/QĐ-UBND",
        "decided_on": civil_day(moment).isoformat(),
        "signer": "Chủ tịch Ủy ban nhân dân phường",
    }
    thu, dung = stage.people["thu"], stage.people["dung"]
    row = service_days.draft(session, office, definition, by=thu, now=moment)
    read = service_days.version_here(session, office, row.id)
    service_days.approve(session, office, row.id, stamped=read.stamp, by=dung, now=moment)
    service_days.publish(session, office, row.id, by=thu, now=moment)
    memory.forget_all()

"""The rules of paper-free days: drafting from a model, checking, approving, publishing, rolling back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, make_response, redirect, request, url_for

from desk.bp import bp
from desk.days.frame import draw
from desk.days.words import WORDS, differences, shown
from desk.office.frame import by_key, keep
from intake import service_days
from intake.cataloguing import shipped_procedures
from intake.db import db
from intake.numbers import new_once, once
from intake.offices import calendar_of, civil_day
from intake.records import Office, ServiceDayVersion
from intake.rules.answers import Fault
from intake.rules.exceptions import PaperReason
from intake.rules.procedures import Procedure, TermUnit
from intake.rules.rights import Right
from intake.rules.rule_sentence import sentence
from intake.rules.service_day_file import definition_of, rule_from
from intake.rules.service_day_form import read, typed_from
from intake.rules.service_days import ServiceDay
from intake.rules.service_findings import Finding, covered
from intake.rules.service_presets import BY_KEY, PRESETS, Preset
from intake.rules.wording import term_words
from intake.service_days import RuleView, VersionView, findings_of, next_days, procedures_here
from intake.suspending import open_suspensions
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.day_rules"


@dataclass(frozen=True)
class Preview:
    """What a rule would mean: in words, on which days, and what is found about it."""

    rule: ServiceDay
    words: str
    days: tuple[date, ...]
    findings: tuple[Finding, ...]
    count: int  # procedures it is for

    @property
    def stops(self) -> int:
        return sum(one.stops for one in self.findings)


@bp.get("/days/rules", endpoint="day_rules")
@needs(Right.SEE_DAYS)
def show_rules() -> Response:
    session, office = db.session(), staff_office()
    titles = _titles(procedures_here(session, office, now=now()))
    rules = service_days.rules_here(session, office, now=now())
    return draw(
        "rules",
        here=HERE,
        rules=rules,
        meaning={one.lineage: sentence(one.shown.rule, titles) for one in rules},
        today=civil_day(now()),
        presets=PRESETS,
        suspensions=open_suspensions(session, office, now=now()),
        **WORDS,
    )


@bp.get("/days/rules/new", endpoint="new_day_rule")
@needs(Right.RUN_DAYS)
def show_new_rule() -> Response:
    """The models first; with ?preset= the form filled in from one, with ?preset=none an empty one."""
    key = request.args.get("preset", "")
    return _form(_typed_new(BY_KEY.get(key)), None, preset=BY_KEY.get(key), chosen=bool(key))


@bp.post("/days/rules/new", endpoint="add_day_rule")
@needs(Right.RUN_DAYS)
def add_rule() -> Response:
    return _kept(None, BY_KEY.get(request.args.get("preset", "")))


@bp.get("/days/rules/<lineage>/edit", endpoint="edit_day_rule")
@needs(Right.RUN_DAYS)
def show_edit(lineage: str) -> Response:
    """The version that is being prepared, else what is in force as the beginning of the next one."""
    view = service_days.rule_here(db.session(), staff_office(), lineage, now=now())
    return _form(typed_from(definition_of(_basis(view).rule)), view)


@bp.post("/days/rules/<lineage>/edit", endpoint="keep_day_rule")
@needs(Right.RUN_DAYS)
def keep_rule(lineage: str) -> Response:
    return _kept(service_days.rule_here(db.session(), staff_office(), lineage, now=now()))


@bp.get("/days/rules/<lineage>", endpoint="day_rule")
@needs(Right.SEE_DAYS)
def show_rule(lineage: str) -> Response:
    session, office = db.session(), staff_office()
    view = service_days.rule_here(session, office, lineage, now=now())
    procedures = procedures_here(session, office, now=now())
    titles = _titles(procedures)
    current = [one for one in (view.waiting, view.published) if one] or [view.newest]
    waits = [one for one in open_suspensions(session, office, now=now()) if one.lineage in ("", lineage)]
    return draw(
        "rule",
        here=HERE,
        rule=view,
        current=[(one, _preview(office, one.rule, procedures)) for one in current],
        changes=_changes(view, titles),
        titles=titles,
        today=civil_day(now()),
        suspensions=waits,
        copies=service_days.offices_to_copy_to(session, office, staff().person_id),
        history=service_days.rule_history(session, office, lineage),
        shown=lambda name, value: shown(name, value, titles),
        **WORDS,
    )


@bp.post("/days/versions/<int:version_id>/approve", endpoint="approve_day_rule")
@needs(Right.APPROVE_DAYS)
def approve(version_id: int) -> Response:
    office, stamped = staff_office(), request.form.get("stamp", "")
    view = service_days.version_here(db.session(), office, version_id)
    late = keep(
        lambda: service_days.approve(
            db.session(), office, version_id, stamped=stamped, by=staff().actor, now=now()
        )
    )
    if late is not None:
        raise late
    return _done(view.lineage, "approved")


@bp.post("/days/versions/<int:version_id>", endpoint="day_rule_step")
@needs(Right.RUN_DAYS)
def step(version_id: int) -> Response:
    """One button says it all: ``go`` is "publish", "end", "discard" or "restore"."""
    steps = {
        "publish": (service_days.publish, "published"),
        "end": (service_days.end, "ended"),
        "discard": (service_days.discard, "discarded"),
        "restore": (service_days.restore, "restored"),
    }
    office = staff_office()
    view = service_days.version_here(db.session(), office, version_id)
    act, done = steps.get(request.form.get("go", "")) or abort(400)
    keep(lambda: act(db.session(), office, version_id, by=staff().actor, now=now()))
    return _done(view.lineage, done)


@bp.post("/days/versions/<int:version_id>/copy", endpoint="copy_day_rule")
@needs(Right.RUN_DAYS)
def copy(version_id: int) -> Response:
    """As a draft of another office in which this person runs the days."""
    session, office = db.session(), staff_office()
    view = service_days.version_here(session, office, version_id)
    to = session.get(Office, request.form.get("office", type=int) or 0) or abort(400)
    keep(lambda: service_days.copy_to(session, office, version_id, to, by=staff().actor, now=now()))
    return _done(view.lineage, "copied")


def _kept(view: RuleView | None, preset: Preset | None = None) -> Response:
    """Check only, or keep the draft; with faults nothing typed is lost."""
    typed = {name: list(values) for name, values in request.form.lists()}
    session, office = db.session(), staff_office()
    definition, faults = _read(typed, view, procedures_here(session, office, now=now()))
    if faults or request.form.get("go") == "check":
        return _form(typed, view, preset=preset, faults=faults, checked=True)
    if view is None and not once(
        session, office.id, request.form.get("once", ""), day=civil_day(now())
    ):  # the second tap: the first one's draft stands in the list
        return make_response(redirect(url_for(HERE, done="saved"), 303))
    kept: list[ServiceDayVersion] = []
    stamped, by = request.form.get("stamp", ""), staff().actor

    def act() -> None:
        if view is None:
            kept.append(service_days.draft(session, office, definition, by=by, now=now()))
        elif view.waiting:
            kept.append(
                service_days.change(
                    session, office, view.waiting.id, definition, stamped=stamped, by=by, now=now()
                )
            )
        else:
            kept.append(
                service_days.draft(
                    session, office, definition, lineage=view.lineage, stamped=stamped, by=by, now=now()
                )
            )

    if keep(act) is not None:
        assert view is not None
        view = service_days.rule_here(session, office, view.lineage, now=now())
        return _form(typed, view, late=True)
    return _done(kept[0].lineage, "saved")


def _form(
    typed: Mapping[str, Sequence[str]],
    view: RuleView | None,
    *,
    preset: Preset | None = None,
    chosen: bool = True,
    faults: list[Fault] | None = None,
    checked: bool = False,
    late: bool = False,
) -> Response:
    session, office = db.session(), staff_office()
    procedures = procedures_here(session, office, now=now())
    definition, found = _read(typed, view, procedures)
    lineage = view.lineage if view else ""
    preview = None
    if all(one.key == "title" for one in found):
        preview = _preview(office, rule_from({**definition, "title": "…"}, lineage=lineage), procedures)
    return draw(
        "rule_form",
        422 if faults or late else 200,
        here=HERE,
        rule=view,
        preset=preset,
        presets=PRESETS,
        chosen=chosen,
        typed={name: list(values) for name, values in typed.items()},
        once=_first(typed, "once") or new_once(),
        one=lambda name: next(iter(typed.get(name, ())), ""),
        ticked=lambda name: typed.get(name, ()),
        stamped=view.newest.stamp if view and (late or "stamp" not in typed) else _first(typed, "stamp"),
        sectors=_by_sector(office, view),
        preview=preview,
        faults=by_key(faults or []),
        wrong=len(found),
        checked=checked,
        late=late,
        basis=_basis(view) if view else None,
        **WORDS,
    )


def _first(typed: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _read(
    typed: Mapping[str, Sequence[str]], view: RuleView | None, procedures: Mapping[str, Procedure]
) -> tuple[dict[str, Any], list[Fault]]:
    """What the version in force names may stay ticked, also when the office received it once only."""
    rule = _basis(view).rule if view else None
    return read(
        typed,
        procedures=procedures.keys() | (rule.procedures if rule else set()),
        sectors={one.sector for one in procedures.values()} | (rule.sectors if rule else set()),
    )


def _basis(view: RuleView) -> VersionView:
    return view.waiting or view.published or view.newest


def _typed_new(preset: Preset | None) -> dict[str, list[str]]:
    session, office = db.session(), staff_office()
    tomorrow = civil_day(now()) + timedelta(days=1)
    if preset is None:
        blank = {"title": "", "valid_from": tomorrow.isoformat(), "part": "day", "cutoff": "15:00"}
        return typed_from({**blank, "exceptions": sorted(PaperReason)}) | {"scope": ["some"]}
    calendar = calendar_of(session, office, now=now())
    offered = procedures_here(session, office, now=now())
    rule = rule_from(preset.definition(offered, valid_from=tomorrow))
    first = next(iter(next_days(rule, calendar, tomorrow, 1)), tomorrow)
    return typed_from(preset.definition(offered, valid_from=first)) | {"scope": ["some"]}


def _preview(office: Office, rule: ServiceDay, procedures: Mapping[str, Procedure]) -> Preview:
    session = db.session()
    calendar = calendar_of(session, office, now=now())
    return Preview(
        rule=rule,
        words=sentence(rule, _titles(procedures)),
        days=next_days(rule, calendar, civil_day(now())),
        findings=findings_of(session, office, rule, now=now()),
        count=len(covered(rule, procedures)),
    )


def _by_sector(office: Office, view: RuleView | None) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What may be ticked: (sector, [(code, title, term in words)]), the sector with the most first."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    procedures = procedures_here(db.session(), office, now=now())
    for code, one in procedures.items():
        term = "trong ngày" if one.term.unit is TermUnit.SAME_DAY else term_words(one.term)
        found.setdefault(one.sector, []).append((code, one.title, term))
    named = _basis(view).rule.procedures if view else frozenset()
    titles = _titles(procedures)
    if gone := [(code, titles.get(code, code), "") for code in sorted(named - procedures.keys())]:
        found["Không còn nhận ở đây"] = gone
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def _titles(procedures: Mapping[str, Procedure]) -> dict[str, str]:
    """Names by code, also of what the office does not receive."""
    shipped = {code: one.title for code, one in shipped_procedures().items()}
    return shipped | {code: one.title for code, one in procedures.items()}


def _changes(view: RuleView, titles: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What the version that is prepared changes in the one in force."""
    if not view.waiting or not view.published:
        return []
    return differences(definition_of(view.published.rule), definition_of(view.waiting.rule), titles)


def _done(lineage: str, done: str) -> Response:
    return make_response(redirect(url_for("desk.day_rule", lineage=lineage, done=done), 303))

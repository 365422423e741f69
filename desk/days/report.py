"""What service days achieved, on the screen, as PDF and as a workbook, down to the dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO

from flask import Response, abort, request, send_file

from desk.bp import bp
from desk.days.frame import draw
from desk.days.today import WORDS
from desk.papers import answer
from intake.day_dossiers import FIGURES, REASON, dossiers_of, figure_words
from intake.day_report import Rule, Scope, newest, report, rules_ever
from intake.day_report_words import aims, comparison, day_words, picture, sentences, title_of
from intake.day_report_xlsx import write_report
from intake.db import db
from intake.offices import civil_day
from intake.register import CHANNELS
from intake.rules.answers import Fault
from intake.rules.day_words import period_words, reason_words
from intake.rules.rights import Right
from web import now
from web.staff import needs, staff_office

HERE = "desk.day_report"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EARLIEST = date(2020, 1, 1)


@bp.get("/days/report", endpoint="day_report")
@needs(Right.SEE_DAYS)
def show_report() -> Response:
    session, office = db.session(), staff_office()
    rules = rules_ever(session, office)
    scope, fault = _scope(request.args, rules)
    told = report(session, office, scope, now=now())
    heading, chart = picture(told)
    return draw(
        "report",
        422 if fault else 200,
        here=HERE,
        report=told,
        rules=rules,
        typed=_kept(request.args),
        fault=fault,
        title=title_of(told),
        period=period_words(scope.first, scope.last),
        sentences=sentences(told),
        rows=comparison(told),
        aims=aims(told),
        chart=chart,
        heading=heading,
        day_words=day_words,
        month=scope.first.strftime("%Y-%m"),
        **WORDS,
    )


@bp.get("/days/report/pdf", endpoint="day_report_pdf")
@needs(Right.SEE_DAYS)
def report_pdf() -> Response:
    """The same as a paper to sign and send; it names nobody who filed."""
    from intake.day_report_pdf import draw_report  # ReportLab: only where a PDF is asked for

    session, office = db.session(), staff_office()
    scope, _ = _scope(request.args, rules_ever(session, office))
    told = report(session, office, scope, now=now())
    return answer(draw_report(office, told, on=now()), f"{_file_name(scope)}.pdf")


@bp.get("/days/report/xlsx", endpoint="day_report_xlsx")
@needs(Right.SEE_DAYS)
def report_xlsx() -> Response:
    session, office = db.session(), staff_office()
    scope, _ = _scope(request.args, rules_ever(session, office))
    out = BytesIO()
    write_report(out, office, report(session, office, scope, now=now()), now=now())
    out.seek(0)
    response = send_file(out, mimetype=XLSX, as_attachment=True, download_name=f"{_file_name(scope)}.xlsx")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/days/dossiers", endpoint="day_dossiers")
@needs(Right.SEE_DAYS)
def show_dossiers() -> Response:
    """What a number counted; who filed is masked, and to open one takes the right to see dossiers."""
    session, office, what = db.session(), staff_office(), request.args.get("what", "all")
    scope, _ = _scope(request.args, rules_ever(session, office))
    if what not in FIGURES and not what.startswith(REASON):
        abort(404)
    code, after = request.args.get("procedure", ""), request.args.get("after", "")
    found = dossiers_of(
        session,
        office,
        scope,
        what,
        procedure_code=code,
        after=int(after) if after.isdecimal() and len(after) < 12 else 0,
        now=now(),
    )
    titles = newest(session, [code] if code else [], now=now())
    words = reason_words(what.removeprefix(REASON)) if what.startswith(REASON) else ""
    return draw(
        "dossiers",
        here=HERE,
        found=found,
        what=what,
        words=f"Còn bản giấy: {words[:1].lower()}{words[1:]}" if words else figure_words(what, {}),
        period=period_words(scope.first, scope.last),
        procedure=titles[code].title if code in titles else "",
        typed=_kept(request.args),
        channels=CHANNELS,
        **WORDS,
    )


def _scope(args: Mapping[str, str], rules: tuple[Rule, ...]) -> tuple[Scope, Fault | None]:
    """A day, a whole rule, or a month: this one unless told. What cannot be read is this month, and said."""
    today = civil_day(now())
    rule = next((one for one in rules if one.lineage == args.get("rule", "")), None)
    lineage = rule.lineage if rule else ""
    try:
        if text := args.get("day", ""):
            day = date.fromisoformat(text)
            first = last = _sound(day)
        elif text := args.get("month", ""):
            first = _sound(date.fromisoformat(f"{text}-01"))
            last = _month_end(first)
        elif rule is not None:
            first, last = min(rule.began, today), today
        else:
            first = today.replace(day=1)
            last = _month_end(first)
    except ValueError:
        first = today.replace(day=1)
        return Scope(first, _month_end(first), lineage), Fault("month", "bad_date")
    return Scope(first, last, lineage), None


def _sound(day: date) -> date:
    if day < EARLIEST or day.year > 9000:
        raise ValueError(f"no day of ours: {day}")
    return day


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _kept(args: Mapping[str, str]) -> dict[str, str]:
    """What of the address goes along to the PDF, the workbook and the lists."""
    return {name: args[name][:40] for name in ("day", "month", "rule") if args.get(name)}


def _file_name(scope: Scope) -> str:
    return f"ngay-khong-giay_{scope.first.isoformat()}_{scope.last.isoformat()}"

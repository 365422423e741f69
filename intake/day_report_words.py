"""A report of service days in words and rows: what its screen, its PDF and its workbook say alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from intake.day_report import DayReport, OfDay, Target
from intake.rules.day_chart import Chart, Column, chart
from intake.rules.day_figures import MEDIAN, NINETIETH, Sum
from intake.rules.day_words import (
    comparison_sentence,
    count_words,
    filing_sentence,
    minutes_words,
    paper_sentence,
    percent,
    period_words,
    result_sentence,
    sheets_sentence,
    weekday_words,
)
from intake.rules.text import short_date

MOST_BARS = 31


@dataclass(frozen=True)
class Row:
    """One indicator: in these days, on the other days of the period, before the rule. ``what`` leads down."""

    name: str
    now: str
    other: str
    before: str
    what: str = ""


@dataclass(frozen=True)
class Aim:
    """A target in words: «đạt», «chưa đạt» or «chưa có số liệu»."""

    name: str
    aim: str
    now: str
    verdict: str
    reached: bool | None


def title_of(report: DayReport) -> str:
    """«Thứ Năm không giấy, không hẹn», or what all of them are."""
    if report.scope.lineage and report.rules:
        return report.rules[0].title
    return "Ngày không giấy, không hẹn, không chờ"


def sentences(report: DayReport) -> list[str]:
    """What a commune sends to the province; honest where there is nothing to tell."""
    period = period_words(report.scope.first, report.scope.last)
    if report.is_empty:
        nothing = f"{period} chưa có hồ sơ nào được nhận trong ngày không giấy, không hẹn, không chờ."
        lost = f"Có {minutes_words(report.suspended)} phải tạm dừng vì sự cố."
        return [nothing, lost] if report.suspended else [nothing]
    weekdays = [one.day.weekday() for one in report.days]
    return [
        filing_sentence(period, len(report.days), report.sum),
        paper_sentence(report.sum),
        result_sentence(report.sum, report.broken, report.pending),
        sheets_sentence(report.sum, report.suspended),
        comparison_sentence(report.sum, report.baseline.sum, len(report.baseline.days), weekdays),
    ]


def comparison(report: DayReport) -> list[Row]:
    """The indicators, each beside the other days and the weeks before."""
    here, other, before = report.sum, report.ordinary, report.baseline.sum

    def row(name: str, what: str, tell: Callable[[Sum], str]) -> Row:
        return Row(name, tell(here), tell(other), tell(before), what)

    def number(name: str, what: str, counted: str = "") -> Row:
        return row(name, what, lambda told: _counted(told, counted or what))

    def share(name: str, what: str, of: str = "dossiers") -> Row:
        return row(name, what, lambda told: _shared(told, what, of))

    visits = [
        row("Một lượt, giữa", "same_visit", lambda told: minutes_words(told.visit(MEDIAN))),
        row("Một lượt, 90 % dưới", "same_visit", lambda told: minutes_words(told.visit(NINETIETH))),
    ]
    promised = [
        Row("Hẹn trả trong ngày", _counted(here, "promised"), "–", "–", what="promised"),
        Row("Giữ lời hẹn, trong số đã ngã ngũ", _kept(here), "–", "–", what="kept"),
        Row("Lỡ lời hẹn", count_words(report.broken), "–", "–", what="broken"),
    ]
    excused = count_words(here["excused"])
    rest = [
        Row("Hẹn nhưng chờ bổ sung, từ chối hoặc dừng", excused, "–", "–", what="excused"),
        Row("Hẹn trong ngày, đang làm", count_words(report.pending), "–", "–", what="pending"),
    ]
    rows = [
        number("Hồ sơ nhận", "all", "dossiers"),
        share("Không có tờ giấy nào", "electronic"),
        number("Bưu điện, số hóa khi nhận", "digitised"),
        share("Còn bản giấy", "paper"),
        number("Có cán bộ đến giúp", "assisted"),
        share("Không có thẻ, số, cán bộ xác nhận", "vouched"),
        share("Có kết quả trong ngày", "same_day"),
        share("Nhận kết quả ngay trong lượt đến", "same_visit", "here"),
        *visits,
        *(promised if here["promised"] else ()),
        *(one for one in rest if one.now != "0"),
        Row(
            f"Không giấy, rút ngắn từ {report.shorter} % thời hạn",
            *(_shortened(one, report.shorter) for one in (here, other, before)),
        ),
        number("Xong sau hạn của luật", "late"),
        number("Tờ giấy tiết kiệm được", "saved", "sheets_saved"),
        number("Tờ giấy còn nhận", "paper", "sheets_taken"),
    ]
    told = (row.what not in _RARE or {row.now, row.other, row.before} - _NOBODY for row in rows)
    return [row for row, is_told in zip(rows, told, strict=True) if is_told]


def aims(report: DayReport) -> list[Aim]:
    """The targets of the office, and whether they are reached."""
    return [_aim(one) for one in report.targets]


def picture(report: DayReport) -> tuple[str, Chart | None]:
    """By day, by month where days are many: what it shows, and where everything stands."""
    if len(report.days) <= MOST_BARS:
        columns = [_column(f"{one.day:%d/%m}", one.sum) for one in report.days]
        return "Hồ sơ theo ngày", chart(columns)
    months: dict[date, list[OfDay]] = {}
    for one in report.days:
        months.setdefault(one.day.replace(day=1), []).append(one)
    columns = [
        Column(f"{month:%m/%Y}", *(sum(one.sum[kind] for one in days) for kind in _KINDS))
        for month, days in sorted(months.items())
    ]
    return "Hồ sơ theo tháng", chart(columns)


def day_words(day: date) -> str:
    """«thứ Năm 26/11/2026»."""
    return f"{weekday_words(day.weekday())} {short_date(day)}"


_NOBODY = frozenset({"0", "0 (0 %)", "–"})
_RARE = frozenset({"digitised", "assisted", "vouched"})  # not told where there was none
_KINDS = ("electronic", "digitised", "paper")
_AIMS = {
    "electronic": "Hồ sơ không có tờ giấy nào",
    "fully_electronic": "Nộp trực tuyến và không có tờ giấy nào",
    "shorter": "Thời hạn hồ sơ không giấy rút ngắn được (giữa)",
}


def _column(label: str, told: Sum) -> Column:
    return Column(label, told["electronic"], told["digitised"], told["paper"])


def _aim(target: Target) -> Aim:
    verdict = {True: "đạt", False: "chưa đạt", None: "chưa có số liệu"}[target.reached]
    return Aim(_AIMS[target.name], f"{target.aim} %", percent(target.share), verdict, target.reached)


def _counted(told: Sum, name: str) -> str:
    return count_words(told[name]) if told["dossiers"] else "–"


def _shortened(told: Sum, percent_shorter: int) -> str:
    shortened, finished = told.shorter(percent_shorter)
    return f"{count_words(shortened)} ({percent(shortened / finished)})" if finished else "–"


def _kept(told: Sum) -> str:
    """Of the promises that were kept or broken: those excused or still open say nothing yet."""
    settled = told["kept"] + told["broken"]
    return f"{count_words(told['kept'])} ({percent(told['kept'] / settled)})" if settled else "–"


def _shared(told: Sum, name: str, of: str) -> str:
    """«48 (92 %)»; «–» of nothing, never 0 %."""
    part = told.share(name, of)
    return "–" if part is None else f"{count_words(told[name])} ({percent(part)})"

"""Figures of service days in words: shares, minutes, and the sentences a commune sends to the province."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from intake.rules.day_figures import MEDIAN, NINETIETH, Sum
from intake.rules.exceptions import PAPER_REASONS, PaperReason
from intake.rules.text import WEEKDAYS_WITHIN, short_date

NOTHING = "chưa có"


def weekday_words(weekday: int) -> str:
    return WEEKDAYS_WITHIN[weekday]


def percent(share: float | None) -> str:
    """«92 %», «91,8 %»; «chưa có» where there is nothing to say: never 0 %."""
    if share is None:
        return NOTHING
    text = f"{share * 100:.1f}".replace(".", ",")
    return f"{text.removesuffix(',0')} %"


def minutes_words(minutes: int | None) -> str:
    """«28 phút», «1 giờ 05 phút»."""
    if minutes is None:
        return NOTHING
    if minutes < 60:
        return f"{minutes} phút"
    hours, rest = divmod(minutes, 60)
    return f"{hours} giờ {rest:02} phút" if rest else f"{hours} giờ"


def count_words(count: int) -> str:
    """«1.234»."""
    return f"{count:,}".replace(",", ".")


def reason_words(code: str) -> str:
    """Why paper was taken; "" is paper for which nobody had to say why."""
    if not code:
        return "Không phải nêu lý do (quy định đang tạm dừng, hoặc không cấm giấy)"
    return PAPER_REASONS.get(PaperReason(code), code) if code in set(PaperReason) else code


def period_words(first: date, last: date) -> str:
    """«Ngày 26/11/2026», «Tháng 11/2026», «Từ 01/11/2026 đến 26/11/2026»."""
    if first == last:
        return f"Ngày {short_date(first)}"
    after = date.fromordinal(last.toordinal() + 1)
    if first.day == 1 and after.day == 1 and (first.year, first.month) == (last.year, last.month):
        return f"Tháng {first:%m/%Y}"
    return f"Từ {short_date(first)} đến {short_date(last)}"


def filing_sentence(period: str, days: int, whole: Sum) -> str:
    """How many dossiers, how many of them without paper, and what else they were."""
    electronic = percent(whole.share("electronic"))
    told = [f"{count_words(whole['electronic'])} hồ sơ không có tờ giấy nào ({electronic})"]
    if whole["digitised"]:
        told.append(f"{count_words(whole['digitised'])} hồ sơ bưu điện được số hóa khi nhận")
    if whole["paper"]:
        told.append(f"{count_words(whole['paper'])} hồ sơ còn bản giấy")
    return (
        f"{period} có {days} ngày thực hiện, tiếp nhận {count_words(whole['dossiers'])} hồ sơ:"
        f" {_listed(told)}."
    )


def paper_sentence(whole: Sum) -> str:
    """Why paper was taken, and which paper it was; "" where none was."""
    if not whole["paper"]:
        return "Không phải nhận bản giấy nào."
    reasons = [f"{reason_words(code).lower()} ({count})" for code, count in whole.reasons.items()]
    told = f"Lý do còn nhận giấy: {'; '.join(reasons)}." if reasons else ""
    if kept := whole.kept_papers:
        _, name, count = kept[0]
        told += f" Giấy phải nhận nhiều nhất là «{name}» ({count} lần)."
    return told.strip()


def result_sentence(whole: Sum, broken: int, pending: int) -> str:
    """Results on the same day, promises, and how long people waited."""
    told = f"{count_words(whole['same_day'])} hồ sơ có kết quả ngay trong ngày"
    if whole["promised"]:
        told += f"; trong {whole['promised']} lời hẹn trả ngay đã giữ {whole['kept']}, lỡ {broken}"
        told += f", còn chờ {pending}" if pending else ""
        excused = whole["excused"]
        told += f", {excused} không tính vì chờ bổ sung, từ chối hoặc dừng" if excused else ""
    median, most = whole.visit(MEDIAN), whole.visit(NINETIETH)
    if median is not None:
        told += (
            f"; {count_words(whole['same_visit'])} người nhận kết quả ngay trong lượt đến, một nửa trong vòng"
            f" {minutes_words(median)}, chín phần mười trong vòng {minutes_words(most)}"
        )
    return f"{told}."


def comparison_sentence(whole: Sum, before: Sum, days: int, weekdays: Sequence[int]) -> str:
    """Beside the same weekdays before the rule began."""
    names = _listed([weekday_words(one) for one in sorted(set(weekdays))])
    if not before["dossiers"]:
        return "Chưa có số liệu của các tuần trước khi thực hiện để so sánh."
    electronic = [percent(one.share("electronic")) for one in (before, whole)]
    visits = [percent(one.share("same_visit", "here")) for one in (before, whole)]
    return (
        f"So với {days} ngày {names} trước khi thực hiện: tỷ lệ không giấy từ {electronic[0]} thành"
        f" {electronic[1]}, trả ngay trong lượt đến từ {visits[0]} thành {visits[1]}."
    )


def sheets_sentence(whole: Sum, suspended: int) -> str:
    """What was saved, and that nothing is hidden of an outage."""
    told = f"Tiết kiệm {count_words(whole['sheets_saved'])} tờ giấy."
    if suspended:
        told += f" Có {minutes_words(suspended)} phải tạm dừng vì sự cố; hồ sơ nhận trong lúc đó vẫn tính đủ."
    return told


def _listed(words: Sequence[str]) -> str:
    """«a, b và c»."""
    return " và ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""

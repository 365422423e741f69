"""What a service day is called and said to be: the same words on screens, boards and posters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta

from intake.language import VIETNAMESE, at_hand, marked, say
from intake.rules.calendar import local
from intake.rules.policy import NotToday, Policy
from intake.rules.service_days import DUSK, NOON, Mode, Part, ServiceDay
from intake.rules.text import WEEKDAYS_WITHIN, clock, near_date, short_date

MODES: Mapping[Mode, str] = {
    Mode.NO_PAPER: marked("không giấy"),
    Mode.NO_APPOINTMENT: marked("không hẹn"),
    Mode.NO_WAIT: marked("không chờ"),
}
PARTS: Mapping[Part, str] = {
    Part.DAY: "cả ngày",
    Part.MORNING: "buổi sáng",
    Part.AFTERNOON: "buổi chiều",
    Part.EVENING: "buổi tối",
}
_WITHIN: Mapping[Part, str] = {
    Part.DAY: marked("trong ngày"),
    Part.MORNING: marked("trong buổi sáng"),
    Part.AFTERNOON: marked("trong buổi chiều"),
    Part.EVENING: marked("trong buổi tối"),
}
_ENDS: Mapping[Part, time] = {
    Part.DAY: time.max,
    Part.MORNING: NOON,
    Part.AFTERNOON: DUSK,
    Part.EVENING: time.max,
}


def mode_words(modes: Iterable[Mode]) -> str:
    """«không giấy, không hẹn»."""
    told = set(modes)
    return ", ".join(say(words) for mode, words in MODES.items() if mode in told)


def rule_words(rule: ServiceDay) -> str:
    """What the office says about such a day, else what its modes mean, in one spoken sentence."""
    return rule.notices.get(at_hand().code, "").strip() or _in_vietnamese(rule) or _meaning(rule)


def _in_vietnamese(rule: ServiceDay) -> str:
    """What the office wrote, for whoever reads Vietnamese; others are told what its modes mean."""
    return rule.notices.get("vi", "").strip() if at_hand() is VIETNAMESE else ""


def running(policy: Policy) -> tuple[ServiceDay, ...]:
    """The rules that hold and are not suspended."""
    return tuple(rule for rule in policy.rules if rule not in policy.suspended)


def day_name(policy: Policy) -> str:
    """«Thứ Năm không giấy, không hẹn»: the titles of the rules in force; "" on an ordinary day."""
    return " · ".join(dict.fromkeys(rule.title for rule in running(policy)))


def day_sentence(policy: Policy) -> str:
    """What such a day means; "" on an ordinary one."""
    return " ".join(dict.fromkeys(rule_words(rule) for rule in running(policy)))


def why_words(policy: Policy, at: datetime) -> str:
    """Why no result is promised for today and when it is again; "" where one is, or never was."""
    match policy.not_today:
        case None:
            return ""
        case NotToday.HOUR_FULL if policy.again_at and local(policy.again_at).date() == local(at).date():
            words = marked("Giờ này đã hết lượt trả trong ngày, từ {time} còn nhận.")
            return say(words, time=clock(policy.again_at))
        case NotToday.HOUR_FULL | NotToday.DAY_FULL:
            words = marked("Hôm nay đã hết lượt trả trong ngày, hồ sơ được hẹn trả theo thời hạn thường")
            return _until_again(say(words), policy, at)
        case _:
            return _until_again(_from_when(policy, at), policy, at)


def until_words(policy: Policy, at: datetime) -> str:
    """What a wall says after the name of the day: «nộp trước 15:00, trả hôm nay», or why not."""
    if (rule := policy.promised_by) is None or policy.result_by is None:
        why = why_words(policy, at).partition(";")[0].rstrip(".")
        return (why[:1].lower() + why[1:]).replace("hồ sơ được ", "")
    last = min(rule.cutoff, local(policy.result_by).time()) if policy.target is None else rule.cutoff
    if policy.target:
        return f"chờ khoảng {_minutes(policy.target)} phút là có kết quả, nộp trước {last:%H:%M}"
    return f"nộp trước {last:%H:%M}, trả hôm nay"


def suspension_words(policy: Policy, at: datetime) -> str:
    """That paper is taken again for a while; "" where nothing is suspended, or paper was never refused."""
    if not policy.suspended:
        return ""
    until = suspended_until(policy, at)
    ends = clock(until) if until and local(until).date() == local(at).date() else ""
    if any(Mode.NO_PAPER in rule.modes for rule in policy.suspended):
        if ends:
            return say("Hôm nay tạm nhận giấy trở lại, dự kiến đến {time}.", time=ends)
        return say("Hôm nay tạm nhận giấy trở lại.")
    modes = mode_words(policy.suspended[0].modes)
    if ends:
        return say("Hôm nay tạm dừng {modes}, dự kiến đến {time}.", modes=modes, time=ends)
    return say("Hôm nay tạm dừng {modes}.", modes=modes)


def suspended_until(policy: Policy, at: datetime) -> datetime | None:
    """When the last of the suspensions that hold now is planned to end."""
    holding = (one.ends for rule in policy.suspended for one in rule.suspensions if one.holds_at(at))
    return max(holding, default=None)


def when_words(rule: ServiceDay) -> str:
    """On which days: «buổi sáng thứ Tư hằng tuần», «ngày 28/11/2026»; "" when it is never."""
    part = "" if rule.part is Part.DAY else f"{PARTS[rule.part]} "
    if rule.weekdays:
        return f"{part}{_listed([WEEKDAYS_WITHIN[day] for day in sorted(rule.weekdays)])} hằng tuần"
    if rule.dates and len(rule.dates) <= 4:
        return f"{part}ngày {_listed([short_date(day) for day in sorted(rule.dates)])}"
    return f"{part}các ngày theo lịch của cơ quan" if rule.recurrence or rule.dates else ""


def since_words(rule: ServiceDay) -> str:
    """«từ 26/11/2026», «từ 26/11/2026 đến hết 31/12/2026»."""
    ending = f" đến hết {short_date(rule.valid_to)}" if rule.valid_to else ""
    return f"từ {short_date(rule.valid_from)}{ending}"


def decision_words(rule: ServiceDay) -> str:
    """«Quyết định số 45/QĐ-UBND ngày 26/10/2026 · người ký: Lê Văn Tám»; "" when none is named."""
    if not rule.decision:
        return ""
    dated = f" ngày {short_date(rule.decided_on)}" if rule.decided_on else ""
    return f"{rule.decision}{dated}" + (f" · người ký: {rule.signer}" if rule.signer else "")


def to_bring(rule: ServiceDay) -> tuple[str, ...]:
    """What people bring on such a day."""
    if Mode.NO_PAPER in rule.modes:
        return (
            "Thẻ căn cước hoặc điện thoại có VNeID",
            "Bản điện tử của giấy tờ, nếu đã có",
            "Chỉ có bản giấy? Cứ mang theo: cán bộ quét rồi trả lại ngay",
        )
    return ("Thẻ căn cước hoặc điện thoại có VNeID", "Giấy tờ của thủ tục: xem ở máy hoặc hỏi cán bộ")


def not_to_bring(rule: ServiceDay) -> tuple[str, ...]:
    """What nobody needs on such a day."""
    return (
        *(("Bản photo, bản sao chứng thực", "Đơn, tờ khai viết tay") if Mode.NO_PAPER in rule.modes else ()),
        *(("Giấy hẹn",) if rule.promises_today else ()),
    )


def _meaning(rule: ServiceDay) -> str:
    said = []
    if Mode.NO_PAPER in rule.modes:
        said.append(say("không phải nộp bản giấy"))
    if Mode.NO_WAIT in rule.modes and rule.target_minutes:
        said.append(say("chờ khoảng {minutes} phút là có kết quả", minutes=rule.target_minutes))
    elif rule.promises_today:
        within = say(_WITHIN[rule.part])
        said.append(say("{deadline} có kết quả ngay {within}", deadline=deadline_words(rule), within=within))
    words = ", ".join(said)
    return f"{words[:1].upper()}{words[1:]}."


def deadline_words(rule: ServiceDay) -> str:
    """«nộp trước 15:00»; without an hour where the part of the day ends before it."""
    if rule.cutoff < _ENDS[rule.part]:
        return say("nộp trước {time}", time=f"{rule.cutoff:%H:%M}")
    return say("nộp {within}", within=say(_WITHIN[rule.part]))


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)


def _from_when(policy: Policy, at: datetime) -> str:
    """After the cut-off the hour it was; before it, when a wait no longer fits into the day, «bây giờ»."""
    cutoff = max((rule.cutoff for rule in running(policy) if rule.promises_today), default=None)
    if cutoff and local(at).time() >= cutoff:
        return say("Từ {time} hồ sơ được hẹn trả theo thời hạn thường", time=f"{cutoff:%H:%M}")
    return say("Từ bây giờ hồ sơ được hẹn trả theo thời hạn thường")


def _until_again(words: str, policy: Policy, at: datetime) -> str:
    """``words`` as a sentence, which goes on with the next such day where that is another one."""
    if policy.again_at is None or local(policy.again_at).date() == local(at).date():
        return f"{words}."
    day = near_date(local(policy.again_at).date())
    return say("{words}; ngày như hôm nay tiếp theo: {day}.", words=words, day=day)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} và {words[-1]}"

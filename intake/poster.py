"""The poster of a service day: what day it is, for what, what to bring, and where to read more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from intake.coming_days import ComingRule
from intake.records import Office
from intake.rules import service_words as words
from intake.rules.service_days import Mode, ServiceDay

Size = Literal["a3", "a4", "a5"]
SIZES: tuple[Size, ...] = ("a3", "a4", "a5")  # the last is for a door


@dataclass(frozen=True)
class Poster:
    """All that it says, ready to print; "" and () leave a part out."""

    office: str
    place: str
    title: str
    when: str  # «Thứ Năm hằng tuần, từ 01/11/2026»
    sentence: str
    heading: str  # over the procedures
    procedures: tuple[str, ...]
    hours: str
    deadline: str
    bring: tuple[str, ...]
    leave: tuple[str, ...]
    decision: str
    hotline: str
    address: str  # of the office's page
    draft: bool  # nobody may put it up yet


def poster_of(office: Office, coming: ComingRule, *, base_url: str, draft: bool = False) -> Poster:
    rule = coming.rule
    when = ", ".join(filter(None, (words.when_words(rule), words.since_words(rule))))
    count = len(coming.procedures)
    return Poster(
        office=office.name,
        place=office.place,
        title=rule.title,
        when=_capital(when),
        sentence=_sentence(rule),
        heading=f"Tất cả {count} thủ tục nhận ở đây" if coming.is_for_all else f"{count} thủ tục",
        procedures=coming.procedures,
        hours=coming.hours,
        deadline=_capital(words.deadline_words(rule)) if rule.promises_today else "",
        bring=words.to_bring(rule),
        leave=words.not_to_bring(rule),
        decision=words.decision_words(rule),
        hotline=office.hotline,
        address=page_address(base_url, office.code),
        draft=draft,
    )


def _sentence(rule: ServiceDay) -> str:
    """What the office says of the day; how long one waits is told even where its own words do not."""
    said = words.rule_words(rule)
    if Mode.NO_WAIT not in rule.modes or f"{rule.target_minutes} phút" in said:
        return said
    return f"{said} Chờ khoảng {rule.target_minutes} phút."


def page_address(base_url: str, code: str) -> str:
    """Where the office tells its days."""
    return f"{base_url.rstrip('/')}/ngay-khong-giay/{code}"


def draw_poster(poster: Poster, size: Size) -> bytes:
    """One page; the same poster gives the same bytes. ReportLab is large, so the first poster imports it."""
    from intake.drawings.poster_page import drawn

    return drawn(poster, size)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

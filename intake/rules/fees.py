"""What a citizen pays: the line of the tariff that holds on that day, for that channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from intake.rules.answers import Fault, read_answer
from intake.rules.forms import kept_answers
from intake.rules.procedures import FeeAddition, FeeCondition, FeeRule, Procedure

UNREADABLE = "?"  # stands for an answer the form refuses: no count, no date, no choice


@dataclass(frozen=True)
class Fee:
    """``amount`` in đồng, None when only the counter can tell; ``rule`` is the line it comes from.

    ``exemption`` is the group that was claimed, "" for none; ``full`` is what is paid without it.
    """

    amount: int | None
    rule: FeeRule | None = None
    exemption: str = ""
    full: int | None = field(default=None, compare=False)

    @property
    def is_owed(self) -> bool:
        """Whether the tariff asks for anything where nobody claims to be exempt."""
        return self.rule is not None and self.full != 0


def certified_copy_fee(pages: int, copies: int) -> int:
    """Đồng for ``copies`` certified copies of a paper of ``pages`` pages.

    Two thousand for each of the first two pages, one thousand from the third,
    at most 200,000 a copy. Less than one page or copy raises ValueError.

    Source: Thông tư 226/2016/TT-BTC.
    """
    if pages < 1 or copies < 1:
        raise ValueError(f"no fee for {pages} pages, {copies} copies")
    return min(2000 * min(pages, 2) + 1000 * max(pages - 2, 0), 200_000) * copies


def fee_of(
    procedure: Procedure, *, channel: str, on: date, answers: Mapping[str, str], exemption: str = ""
) -> Fee:
    """The fee of ``procedure`` filed through ``channel`` on the day ``on``.

    ``exemption`` is a group that the line itself names; any other changes nothing.

    A line whose conditions the answers meet goes before one without conditions,
    then one for this very channel before one for every channel, then a newer
    before an older. Lines that still disagree, no line at all, or a count not
    yet answered leave the amount to the counter: better no amount than a wrong
    one. Only answers that the form takes are counted: of questions that are
    shown, within their bounds. Days late are calendar days; a last day that
    falls on a day off is not moved, the counter may still charge nothing.
    """
    told = _told(procedure, on, answers)
    lines = [rule for rule in procedure.fees if _holds(rule, channel, on, told)]
    if not lines:
        return Fee(None)
    best = max(map(_rank, lines))
    lines = [rule for rule in lines if _rank(rule) == best]
    amounts = {_amount(rule, told) for rule in lines}
    full = amounts.pop() if len(amounts) == 1 else None
    if exemption not in lines[0].groups or full == 0:
        return Fee(full, lines[0], full=full)
    paid = {_claimed(rule, exemption, told) for rule in lines}
    return Fee(paid.pop() if len(paid) == 1 else None, lines[0], exemption, full)


def is_never_owed(procedure: Procedure) -> bool:
    """Whatever is answered, on any day, through any channel: the tariff asks for nothing."""
    return all(rule.formula == "fixed" and rule.amount == 0 and not rule.plus for rule in procedure.fees)


def _claimed(rule: FeeRule, exemption: str, told: Mapping[str, str]) -> int | None:
    """What somebody of that group pays by this line: nothing at all, or its lower amount."""
    if exemption in rule.exempt:
        return 0
    lower = next((one.amount for one in rule.reduced if one.group == exemption), rule.amount)
    return _amount(replace(rule, amount=lower), told)


def _told(procedure: Procedure, on: date, answers: Mapping[str, str]) -> dict[str, str]:
    """The readable answers of shown questions that fees go by, UNREADABLE for one that is refused."""
    asked = {key for rule in procedure.fees for key in _asked_by(rule)}
    shown = kept_answers(procedure, answers) if asked else {}
    told = {}
    for question in procedure.questions:
        if question.key in asked and question.key in shown:
            answer = read_answer(question, shown[question.key], today=on)
            told[question.key] = UNREADABLE if isinstance(answer, Fault) else answer
    return told


def _asked_by(rule: FeeRule) -> tuple[str, ...]:
    conditions = (condition.question for condition in rule.when)
    additions = (addition.count_question for addition in rule.plus)
    return (*conditions, *additions, rule.copies_question, rule.pages_question)


def _holds(rule: FeeRule, channel: str, on: date, told: Mapping[str, str]) -> bool:
    in_force = (rule.valid_from or date.min) <= on <= (rule.valid_to or date.max)
    met = all(_is_met(condition, on, told.get(condition.question, "")) for condition in rule.when)
    return in_force and rule.channel in (None, channel) and met


def _is_met(condition: FeeCondition, on: date, answer: str) -> bool:
    if condition.late_after_days is None:
        return answer in condition.values
    since = date.fromisoformat(answer) if answer not in ("", UNREADABLE) else on
    return (on - since).days > condition.late_after_days


def _rank(rule: FeeRule) -> tuple[bool, bool, date]:
    return bool(rule.when), rule.channel is not None, rule.valid_from or date.min


def _amount(rule: FeeRule, told: Mapping[str, str]) -> int | None:
    base = _base(rule, told)
    additions = [_added(addition, told) for addition in rule.plus]
    if base is None or None in additions:
        return None
    return base + sum(filter(None, additions))


def _base(rule: FeeRule, told: Mapping[str, str]) -> int | None:
    if rule.formula == "fixed":
        return rule.amount
    copies = _count(told.get(rule.copies_question, "")) if rule.copies_question else 1
    if rule.formula == "per_copy":
        return None if rule.amount is None or not copies else rule.amount * copies
    if rule.formula == "certified_copy":
        pages = _count(told.get(rule.pages_question, ""))
        return certified_copy_fee(pages, copies) if pages and copies else None
    raise ValueError(f"no such formula: {rule.formula}")


def _added(addition: FeeAddition, told: Mapping[str, str]) -> int | None:
    count = _count(told.get(addition.count_question, "0"))
    return None if count is None else addition.amount * count


def _count(answer: str) -> int | None:
    """A whole number, None when not answered yet or refused."""
    return int(answer) if answer.isdecimal() else None

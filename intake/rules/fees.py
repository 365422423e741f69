"""What a citizen pays: the line of the tariff that holds on that day, for that channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from intake.rules.procedures import FeeRule, Procedure


@dataclass(frozen=True)
class Fee:
    """``amount`` in đồng, None when only the counter can tell; ``rule`` is the line it comes from."""

    amount: int | None
    rule: FeeRule | None = None


def certified_copy_fee(pages: int, copies: int) -> int:
    """Đồng for ``copies`` certified copies of a paper of ``pages`` pages.

    Two thousand for each of the first two pages, one thousand from the third,
    at most 200,000 a copy. Less than one page or copy raises ValueError.

    Source: Thông tư 226/2016/TT-BTC.
    """
    if pages < 1 or copies < 1:
        raise ValueError(f"no fee for {pages} pages, {copies} copies")
    return min(2000 * min(pages, 2) + 1000 * max(pages - 2, 0), 200_000) * copies


def fee_of(procedure: Procedure, *, channel: str, on: date, answers: Mapping[str, str]) -> Fee:
    """The fee of ``procedure`` filed through ``channel`` on the day ``on``.

    A line of the tariff for this very channel goes before one for every
    channel, a newer one before an older. Lines that still disagree, no line at
    all, or pages not yet answered leave the amount to the counter: better no
    amount than a wrong one.
    """
    lines = [rule for rule in procedure.fees if _holds(rule, channel, on)]
    if not lines:
        return Fee(None)
    best = max(map(_rank, lines))
    lines = [rule for rule in lines if _rank(rule) == best]
    amounts = {_amount(rule, answers) for rule in lines}
    return Fee(amounts.pop() if len(amounts) == 1 else None, lines[0])


def _holds(rule: FeeRule, channel: str, on: date) -> bool:
    in_force = (rule.valid_from or date.min) <= on <= (rule.valid_to or date.max)
    return in_force and rule.channel in (None, channel)


def _rank(rule: FeeRule) -> tuple[bool, date]:
    return rule.channel is not None, rule.valid_from or date.min


def _amount(rule: FeeRule, answers: Mapping[str, str]) -> int | None:
    if rule.formula == "fixed":
        return rule.amount
    copies = _count(answers.get(rule.copies_question, "")) if rule.copies_question else 1
    if rule.formula == "per_copy":
        return None if rule.amount is None or copies is None else rule.amount * copies
    if rule.formula == "certified_copy":
        pages = _count(answers.get(rule.pages_question, ""))
        return None if pages is None or copies is None else certified_copy_fee(pages, copies)
    raise ValueError(f"no such formula: {rule.formula}")


def _count(answer: str) -> int | None:
    """A whole number of at least one, else None: not answered yet, or not readable."""
    number = int(answer) if answer.isascii() and answer.isdigit() and len(answer) < 10 else 0
    return number or None

"""How long the agency may take, as a record of the national portal tells it."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isfinite

from intake.rules.procedures import Case, Method, Term, TermUnit
from intake.rules.raw import Reader, cleaned, quoted
from intake.rules.wording import term_words

CHANNELS = {"ONLINE": "online", "DIRECT": "direct", "POSTAL": "post"}
HOURS_A_DAY = 8
LONGEST_TERM = 3650
_UNITS = {
    "WORKING_DAY": TermUnit.WORKING_DAY,
    "DAY": TermUnit.DAY,
    "HOUR": TermUnit.HOUR,
    "MONTH": TermUnit.MONTH,
    "OTHER": TermUnit.OTHER,
}
_DAYS = {
    TermUnit.SAME_DAY: 0,
    TermUnit.HOUR: 1 / 24,
    TermUnit.WORKING_HOUR: 7 / 5 / HOURS_A_DAY,
    TermUnit.DAY: 1,
    TermUnit.WORKING_DAY: 7 / 5,
    TermUnit.MONTH: 30,
}
_CUTOFF = re.compile(r"sau\s+([01]?[0-9]|2[0-3])\s*(?:giờ|h|g|:)\s*([0-5][0-9])?", re.IGNORECASE)
_NEXT_DAY = re.compile(r"ngày làm việc (?:tiếp theo|liền kề|kế tiếp|sau)", re.IGNORECASE)


def cases_of(code: str, record: Reader) -> tuple[Case, ...]:
    cases = []
    for case in record.many("cases"):
        number = case.line("code")
        if not re.fullmatch(re.escape(code) + r"\.[0-9]{2}", number):
            record.remark(f"mã trường hợp {quoted(number)} không thuộc thủ tục {code}, đã bỏ qua")
            continue
        told = case.one("processingDay")
        cases.append(
            Case(
                number,
                case.line("name"),
                _term(told.record.get("qty"), told.record.get("type"), "", "", case),
            )
        )
    return tuple(dict.fromkeys(cases))


def methods_of(record: Reader, steps: str, cases: tuple[Case, ...]) -> tuple[Method, ...]:
    methods = []
    for method in record.many("executionMethods"):
        told = method.line("submissionMethod")
        channel = CHANNELS.get(told)
        if channel is None:
            record.remark(f"cách nộp {quoted(told)} lạ, đã bỏ qua")
            continue
        words = method.text("description")
        qty, unit = method.record.get("processingTime"), method.record.get("processingTimeUnit")
        term = _counted_by_case(_term(qty, unit, words, steps, method), cases)
        methods.append(Method(channel, replace(term, note=""), term.note))
    return tuple(dict.fromkeys(methods))


def term_of(record: Reader, methods: tuple[Method, ...], cases: tuple[Case, ...]) -> Term:
    """The term of filing in person: the longest told for it, as nobody must be promised too much."""
    direct = [method for method in methods if method.channel == "direct"] or list(methods)
    terms = [replace(method.term, note=method.note) for method in direct] or [case.term for case in cases]
    if not terms:
        record.remark("không ghi thời hạn giải quyết")
        return Term(TermUnit.OTHER)
    longest = max(terms, key=_length)
    if len({(term.unit, term.amount) for term in terms}) > 1:
        told = "; ".join(dict.fromkeys(term_words(replace(term, note="")) for term in terms))
        taken = term_words(replace(longest, note=""))
        record.remark(
            f"có nhiều thời hạn cho cùng một cách nộp: {told}; lấy thời hạn dài nhất để hẹn trả: {taken}"
        )
    if longest.unit is TermUnit.OTHER:
        record.remark("thời hạn chỉ ghi bằng lời hoặc không rõ đơn vị")
    return longest


def _length(term: Term) -> float:
    """About how many calendar days a term lasts, only to compare; words that count nothing come last."""
    return -1 if term.unit is TermUnit.OTHER else term.amount * _DAYS[term.unit]


def _counted_by_case(term: Term, cases: tuple[Case, ...]) -> Term:
    """A bare number without a unit means the unit in which the record's cases count the same number."""
    if term.unit is not TermUnit.OTHER or not term.amount:
        return term
    units = {case.term.unit for case in cases if case.term.amount == term.amount} - {TermUnit.OTHER}
    return replace(term, unit=units.pop()) if len(units) == 1 else term


def _term(qty: object, unit: object, words: str, steps: str, record: Reader) -> Term:
    """A term as the portal counts it.

    Half working days become working hours, eight to the day. OTHER takes its
    meaning from its words, or for at most one day from the steps, where the rule
    of the cut-off stands: «sau 15 giờ … trả kết quả trong ngày làm việc tiếp theo».
    """
    number = _number(qty)
    told = cleaned(qty) if isinstance(qty, str) else ""
    if told.isdecimal() and len(told) <= 4:
        number = int(told)
    note = "\n".join(filter(None, (told if number is None else "", words)))
    if not isinstance(unit, str) or unit not in _UNITS:
        record.remark(f"đơn vị thời hạn {quoted(unit)} lạ")
        return Term(TermUnit.OTHER, 0, note=note or told)
    kind = _UNITS[unit]
    if kind is TermUnit.OTHER:
        cutoff = _cutoff(note) or (_cutoff(steps) if number is None or number <= 1 else "")
        if cutoff:
            return Term(TermUnit.SAME_DAY, 0, cutoff, note)
        return Term(kind, int(number) if number is not None and 0 < number <= LONGEST_TERM else 0, note=note)
    if number is None or not 0 < number <= LONGEST_TERM:
        record.remark("thời hạn không phải một con số dùng được")
        return Term(TermUnit.OTHER, 0, note=note)
    if number == int(number):
        return Term(kind, int(number), note=note)
    if kind is TermUnit.WORKING_DAY and number * HOURS_A_DAY == int(number * HOURS_A_DAY):
        return Term(TermUnit.WORKING_HOUR, int(number * HOURS_A_DAY), note=note)
    record.remark(f"thời hạn lẻ {number} chưa tính được")
    return Term(TermUnit.OTHER, 0, note=note or str(number))


def _number(qty: object) -> int | float | None:
    """A JSON number; None for anything else, and for those no float can hold."""
    if isinstance(qty, bool) or not isinstance(qty, int | float):
        return None
    return qty if isinstance(qty, int) or isfinite(qty) else None


def _cutoff(words: str) -> str:
    """The hour after which, the words say, the next working day counts: "15:00"; else ""."""
    for found in _CUTOFF.finditer(words):
        if _NEXT_DAY.search(words, found.end(), found.end() + 200):
            return f"{int(found[1]):02}:{found[2] or '00'}"
    return ""

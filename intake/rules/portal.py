"""A raw record of the national portal as a procedure of ours.

The portal serves an envelope {"code": "OK", "data": {…}}. What it says is
taken or remarked on, never repaired by guessing: a fee told as "0" beside
«do Hội đồng nhân dân tỉnh quyết định» is not a fee of 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from math import isfinite
from typing import Any

from intake.rules.calendar import VIETNAM
from intake.rules.definitions import CODE
from intake.rules.procedures import (
    Case,
    FeeRule,
    Group,
    Method,
    Procedure,
    Question,
    QuestionKind,
    Requirement,
    ServiceLevel,
    Term,
    TermUnit,
)
from intake.rules.text import money, nfc
from intake.rules.wording import term_words

PAGE = "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-hanh-chinh.html?ma_thu_tuc="
GENERIC_GROUPS = (
    Group(
        "request",
        "Bạn cần giải quyết việc gì?",
        (
            Question(
                "request_content",
                "Nội dung đề nghị",
                QuestionKind.LONG_TEXT,
                hint="Nói ngắn gọn việc cần làm. Cán bộ sẽ hỏi thêm nếu thiếu.",
                max_length=1000,
            ),
        ),
    ),
)
HOURS_A_DAY = 8
LONGEST_TERM = 3650
LARGEST_FEE = 10**10

_CHANNELS = {"ONLINE": "online", "DIRECT": "direct", "POSTAL": "post"}
_UNITS = {
    "WORKING_DAY": TermUnit.WORKING_DAY,
    "DAY": TermUnit.DAY,
    "HOUR": TermUnit.HOUR,
    "MONTH": TermUnit.MONTH,
    "OTHER": TermUnit.OTHER,
}
_FEE_TYPES = {"FEE": "Phí", "SERVICE_FEE": "Lệ phí"}
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(br|/p|/li|/div|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
_CUTOFF = re.compile(r"sau\s+([01]?[0-9]|2[0-3])\s*(?:giờ|h|g|:)\s*([0-5][0-9])?", re.IGNORECASE)
_NEXT_DAY = re.compile(r"ngày làm việc (?:tiếp theo|liền kề|kế tiếp|sau)", re.IGNORECASE)
_SET_ELSEWHERE = re.compile(
    r"hội đồng nhân dân|hđnd|luật phí|biểu phí|chi tiết tại|tra cứu|theo quy định|thông tư", re.IGNORECASE
)
_OF_COPIES = re.compile(
    r"[^.\n]*bản sao[^.\n]*", re.IGNORECASE
)  # a fee on request, beside the one asked here
_AMOUNT = re.compile(r"\b([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+)\s*(?:đồng|đ|vnđ|vnd)\b", re.IGNORECASE)
_INSTRUMENT = re.compile(r"\b[0-9]+/(?:[0-9]{4}/)?(?:TT|NĐ|NQ|QĐ|QH)[0-9A-ZĐ-]*")
_EXEMPT = re.compile(r"(?:miễn|không thu)[^.;\n]*", re.IGNORECASE)
_FREE = re.compile(r"\W*(?:trường hợp [^.;]*)?(?:được )?miễn", re.IGNORECASE)
_NO_PAPER = re.compile(r"khai thác được.{0,200}không phải (?:nộp|xuất trình)", re.IGNORECASE | re.DOTALL)
_NOTHING = ("", "không", "không có", "không.", "không có.")


@dataclass(frozen=True)
class Mapped:
    """What became of one record: a procedure with remarks, or no procedure and the reasons why."""

    code: str
    procedure: Procedure | None
    reasons: tuple[str, ...] = ()


class _Rejected(Exception):
    """Why a record cannot be taken; never leaves this file."""


@dataclass(frozen=True)
class _Reader:
    """Takes values out of untrusted JSON by type; what has another type is remarked on and left out."""

    record: Mapping[str, Any]
    remarks: list[str]

    def text(self, name: str) -> str:
        value = self.record.get(name)
        if value is None or isinstance(value, str):
            return cleaned(value or "")
        self._odd(name)
        return ""

    def line(self, name: str) -> str:
        return " ".join(self.text(name).split())

    def flag(self, name: str) -> bool:
        value = self.record.get(name)
        if not isinstance(value, bool | None):
            self._odd(name)
        return value is True

    def one(self, name: str) -> _Reader:
        value = self.record.get(name)
        if not isinstance(value, dict | None):
            self._odd(name)
        return _Reader(value if isinstance(value, dict) else {}, self.remarks)

    def many(self, name: str) -> list[_Reader]:
        value = self.record.get(name)
        if not isinstance(value, list | None):
            self._odd(name)
        items = value if isinstance(value, list) else []
        if any(not isinstance(item, dict) for item in items):
            self.remark(f"mục «{name}» có phần tử không đọc được, đã bỏ qua")
        return [_Reader(item, self.remarks) for item in items if isinstance(item, dict)]

    def count(self, name: str) -> int:
        value = self.record.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 999:
            return value
        if value is not None:
            self._odd(name)
        return 0

    def remark(self, words: str) -> None:
        if words not in self.remarks:
            self.remarks.append(words)

    def _odd(self, name: str) -> None:
        self.remark(f"mục «{name}» sai kiểu dữ liệu, đã bỏ qua")


def procedure_of(raw: object) -> Mapped:
    """The procedure in one parsed file of the portal, with what had to be remarked on.

    Never raises for any JSON value. A bare record without its envelope is taken
    with a remark; an error envelope, another shape, a missing name or a code
    that is not a digit, a dot and six digits is refused.
    """
    remarks: list[str] = []
    code = ""
    try:
        record = _Reader(_opened(raw, remarks), remarks)
        code = _code(record)
        return Mapped(code, _procedure(code, record), tuple(remarks))
    except _Rejected as rejected:
        return Mapped(code, None, (str(rejected),))


def merged(shipped: Procedure, record: Procedure) -> Procedure:
    """The facts of the portal's record under the questions and papers we worded ourselves.

    Name, agency, level, result, legal bases, cases and methods are the record's. Its
    term and fees replace ours only where it counts them: words alone («theo quy
    định») do not undo a curated rule, nor does the term of a single case of ours.
    Papers of ours stay, since conditions tie them to our questions; those of the
    record go into ``official_text``.
    """
    ours = {rule.amount for rule in shipped.fees}
    is_news = any(rule.amount and rule.amount not in ours for rule in record.fees)
    told_in_words = record.term.unit in (TermUnit.OTHER, TermUnit.SAME_DAY)
    of_a_case = any(_counts(case.term) == _counts(record.term) for case in shipped.cases)
    conditions = {(case.code, case.term.amount): case.show_if for case in shipped.cases}
    theirs = [paper for paper in record.requirements if paper not in shipped.requirements]
    papers = tuple(f"Giấy tờ: {paper.name}" for paper in theirs)
    return replace(
        record,
        term=shipped.term if told_in_words or of_a_case else record.term,
        short_name=shipped.short_name,
        life_event=shipped.life_event,
        words=tuple(dict.fromkeys(shipped.words + record.words)),
        fees=record.fees if is_news else shipped.fees,
        requirements=shipped.requirements,
        groups=shipped.groups,
        cases=tuple(
            replace(case, show_if=conditions.get((case.code, case.term.amount), ())) for case in record.cases
        ),
        valid_from=shipped.valid_from,
        valid_to=shipped.valid_to,
        notes=shipped.notes,
        official_text=tuple(dict.fromkeys(record.official_text + papers)),
    )


def _counts(term: Term) -> tuple[TermUnit, int]:
    return term.unit, term.amount


def cleaned(text: str) -> str:
    """Text without markup, entities and unprintable characters, in NFC; lines stay lines."""
    for _ in range(2):  # twice: some records carry escaped markup
        text = _TAG.sub("", _BREAK.sub("\n", _SCRIPT.sub("", text)))
        text = unescape(text)
    text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in nfc(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _opened(raw: object, remarks: list[str]) -> Mapping[str, Any]:
    """The record inside its envelope."""
    if not isinstance(raw, dict):
        raise _Rejected("không phải một bản ghi thủ tục (cần một đối tượng JSON)")
    if "data" not in raw and "name" in raw:
        remarks.append("bản ghi không có lớp vỏ «code, data» của Cổng")
        return raw
    if raw.get("code") != "OK":
        told = cleaned(str(raw.get("message") or ""))[:120]
        raise _Rejected(f"Cổng trả lỗi «{str(raw.get('code'))[:40]}»" + (f": {told}" if told else ""))
    if not isinstance(raw.get("data"), dict):
        raise _Rejected("lớp vỏ của Cổng không chứa bản ghi nào")
    record: dict[str, Any] = raw["data"]
    return record


def _code(record: _Reader) -> str:
    written = record.record.get("code")
    if not isinstance(written, str) or not written.strip():
        raise _Rejected("thiếu mã thủ tục")
    code = written.strip().strip("\u200b\ufeff").strip()
    if not CODE.fullmatch(code):
        raise _Rejected(f"mã «{written[:40]}» không đúng dạng một chữ số, dấu chấm, sáu chữ số")
    if code != written:
        record.remark(f"mã «{written}» có khoảng trắng thừa, đã bỏ")
    return code


def _procedure(code: str, record: _Reader) -> Procedure:
    name = record.line("name")
    if not name:
        raise _Rejected(f"thủ tục {code} không có tên")
    _remark_on_state(record)
    cases = _cases(code, record)
    steps = "\n".join(
        f"{step.text('name')}\n{step.text('description')}" for step in record.many("executionSteps")
    )
    methods = _methods(record, steps, cases)
    requirements, hints = _papers(record)
    return Procedure(
        code=code,
        name=name,
        sector=_sector(record),
        agency=_agency(record),
        term=_term_of(record, methods, cases),
        level=_level(record),
        service_level=_service_level(record, methods),
        result="; ".join(_names(record, "resultsDetails")),
        words=tuple(word.strip() for word in re.split(r"[,;\n]", record.text("keywords")) if word.strip()),
        fees=_fees(record),
        requirements=requirements,
        groups=GENERIC_GROUPS,
        legal_bases=_legal_bases(record),
        portal_url=PAGE + code,
        source=_source(record),
        cases=cases,
        methods=methods,
        non_territorial=record.flag("isNonTerritorial"),
        official_text=_official_text(record, steps, hints),
    )


def _remark_on_state(record: _Reader) -> None:
    state = record.line("state")
    if state not in ("", "ACTIVE", "UPDATED"):
        record.remark(f"trạng thái trên Cổng là «{state}»")
    if record.flag("isInternal"):
        record.remark("Cổng ghi đây là thủ tục nội bộ")


def _names(record: _Reader, name: str) -> list[str]:
    return [told for item in record.many(name) if (told := item.line("name"))]


def _sector(record: _Reader) -> str:
    sector = record.one("category").line("name") or next(iter(_names(record, "categoriesDetails")), "")
    if not sector:
        record.remark("không ghi lĩnh vực")
    return sector


def _agency(record: _Reader) -> str:
    agencies = _names(record, "unitGroupsExecuting") + _names(record, "departmentsExecuting")
    agency = "; ".join(dict.fromkeys(agencies)) or record.line("executingAgencies")
    if not agency:
        record.remark("không ghi cơ quan thực hiện")
    return agency or record.line("departmentPromulgateName")


def _level(record: _Reader) -> str:
    """The lowest level that executes: that is where a citizen goes first."""
    for flag, level in (("isWard", "commune"), ("isProvince", "province"), ("isMinistry", "ministry")):
        if record.flag(flag):
            return level
    record.remark("không ghi cấp thực hiện")
    return "province" if record.line("type") == "SPECIFIC" else "ministry"


def _service_level(record: _Reader, methods: tuple[Method, ...]) -> ServiceLevel:
    if record.flag("isOfflineOnly"):
        return ServiceLevel.NONE
    if record.flag("isFullProcess"):
        return ServiceLevel.FULL
    return (
        ServiceLevel.PARTIAL if any(method.channel == "online" for method in methods) else ServiceLevel.NONE
    )


def _source(record: _Reader) -> str:
    words = "bản ghi của Cổng Dịch vụ công quốc gia"
    updated = record.record.get("updatedAt")
    if isinstance(updated, int) and 0 < updated < 10**13:
        day = datetime.fromtimestamp(updated / 1000, UTC).astimezone(VIETNAM)
        words += f", cập nhật {day:%d/%m/%Y}"
    decision = record.one("procedureProposal").line("proposalNumber")
    return (words + (f", công bố theo {decision}" if decision else ""))[:200]


def _legal_bases(record: _Reader) -> tuple[str, ...]:
    bases = []
    for basis in record.many("legalBasisesDetails"):
        code, name = basis.line("code"), basis.line("name")
        bases.append(name or code if not code or code in name else f"{code}: {name}" if name else code)
    return tuple(dict.fromkeys(basis for basis in bases if basis))


def _official_text(record: _Reader, steps: str, hints: list[str]) -> tuple[str, ...]:
    conditions = record.text("requirementsAndConditions")
    told = [f"Điều kiện: {conditions}"] if conditions.casefold() not in _NOTHING else []
    return tuple(dict.fromkeys(filter(None, [*told, steps.strip(), *hints, record.text("note")])))


def _term(qty: object, unit: object, words: str, steps: str, record: _Reader) -> Term:
    """A term as the portal counts it.

    Half working days become working hours, eight to the day. OTHER takes its
    meaning from its words, or for at most one day from the steps, where the rule
    of the cut-off stands: «sau 15 giờ … trả kết quả trong ngày làm việc tiếp theo».
    """
    number = qty if isinstance(qty, int | float) and not isinstance(qty, bool) and isfinite(qty) else None
    told = cleaned(qty) if isinstance(qty, str) else ""
    if told.isdecimal():
        number = int(told)
    note = "\n".join(filter(None, (told if number is None else "", words)))
    if not isinstance(unit, str) or unit not in _UNITS:
        record.remark(f"đơn vị thời hạn «{str(unit)[:30]}» lạ")
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


def _cutoff(words: str) -> str:
    """ "15:00" where the words give an hour after which the next working day counts, else ""."""
    for found in _CUTOFF.finditer(words):
        if _NEXT_DAY.search(words, found.end(), found.end() + 200):
            return f"{int(found[1]):02}:{found[2] or '00'}"
    return ""


def _cases(code: str, record: _Reader) -> tuple[Case, ...]:
    cases = []
    for case in record.many("cases"):
        number = case.line("code")
        if not re.fullmatch(re.escape(code) + r"\.[0-9]{2}", number):
            record.remark(f"mã trường hợp «{number[:40]}» không thuộc thủ tục {code}, đã bỏ qua")
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


def _methods(record: _Reader, steps: str, cases: tuple[Case, ...]) -> tuple[Method, ...]:
    methods = []
    for method in record.many("executionMethods"):
        channel = _CHANNELS.get(str(method.record.get("submissionMethod")))
        if channel is None:
            record.remark(f"cách nộp «{str(method.record.get('submissionMethod'))[:30]}» lạ, đã bỏ qua")
            continue
        words = method.text("description")
        qty, unit = method.record.get("processingTime"), method.record.get("processingTimeUnit")
        term = _counted_by_case(_term(qty, unit, words, steps, method), cases)
        methods.append(Method(channel, replace(term, note=""), term.note))
    return tuple(dict.fromkeys(methods))


def _counted_by_case(term: Term, cases: tuple[Case, ...]) -> Term:
    """A bare number without a unit means the unit in which the record's cases count the same number."""
    if term.unit is not TermUnit.OTHER or not term.amount:
        return term
    units = {case.term.unit for case in cases if case.term.amount == term.amount} - {TermUnit.OTHER}
    return replace(term, unit=units.pop()) if len(units) == 1 else term


def _term_of(record: _Reader, methods: tuple[Method, ...], cases: tuple[Case, ...]) -> Term:
    """The term of filing in person: the first told for it; others are remarked on."""
    direct = [method for method in methods if method.channel == "direct"] or list(methods)
    terms = [replace(method.term, note=method.note) for method in direct] or [case.term for case in cases]
    if not terms:
        record.remark("không ghi thời hạn giải quyết")
        return Term(TermUnit.OTHER)
    if len({(term.unit, term.amount) for term in terms}) > 1:
        told = "; ".join(dict.fromkeys(term_words(replace(term, note="")) for term in terms))
        record.remark(f"có nhiều thời hạn cho cùng một cách nộp: {told}; lấy thời hạn ghi đầu tiên")
    if terms[0].unit is TermUnit.OTHER:
        record.remark("thời hạn chỉ ghi bằng lời hoặc không rõ đơn vị")
    return terms[0]


def _fees(record: _Reader) -> tuple[FeeRule, ...]:
    """One rule a channel: its amount where the record is clear, else None with the record's words."""
    lines: dict[str, list[tuple[int | None, str]]] = {}
    for method in record.many("executionMethods"):
        channel = _CHANNELS.get(str(method.record.get("submissionMethod")))
        for fee in method.many("fees"):
            if channel:
                lines.setdefault(channel, []).append(_fee_line(fee))
    return tuple(_fee_rule(channel, told) for channel, told in lines.items())


def _fee_rule(channel: str, lines: list[tuple[int | None, str]]) -> FeeRule:
    lines = list(dict.fromkeys(lines))
    charged = [line for line in lines if not (line[0] == 0 and _EXEMPT.search(line[1]))] or lines
    amounts = {amount for amount, _ in charged}
    words = "\n".join(f"{money(amount)}. {text}" if amount else text for amount, text in lines)
    basis = _INSTRUMENT.search(_OF_COPIES.sub("", words))
    return FeeRule(
        amount=amounts.pop() if len(amounts) == 1 else None,
        channel=channel,
        basis=basis[0] if basis else "",
        note=words,
        exempt=tuple(dict.fromkeys(exempt.strip() for exempt in _EXEMPT.findall(words))),
    )


def _fee_line(fee: _Reader) -> tuple[int | None, str]:
    """The amount in đồng, or None when the words beside it say otherwise; and the words."""
    kind = _FEE_TYPES.get(fee.line("type"), "Phí")
    words = fee.text("description")
    told = f"{kind}: {words or 'theo bản ghi của Cổng'}"
    value = fee.record.get("value")
    if value is None:
        return None, told
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_FEE:
        fee.remark("mức phí không phải một số tiền dùng được")
        return None, told
    currency = fee.line("currencyName")
    if currency not in ("", "Việt Nam Đồng", "VND"):
        fee.remark(f"mức phí tính bằng {currency}")
        return None, f"{told} ({value} {currency})"
    amounts = {int(re.sub(r"[.,]", "", amount)) for amount in _AMOUNT.findall(words)} - {0}
    if value == 0:
        unclear = amounts or _SET_ELSEWHERE.search(_OF_COPIES.sub("", words))
        return (None if unclear and not _FREE.match(words) else 0), told
    if amounts and value not in amounts:
        fee.remark(f"mức {money(value)} khác với số tiền ghi trong mô tả")
        return None, told
    if value < 1000:
        fee.remark(f"mức {money(value)} quá nhỏ, không dùng")
        return None, told
    return value, told


def _papers(record: _Reader) -> tuple[tuple[Requirement, ...], list[str]]:
    """The papers asked for, and the lines among them that are only advice (nothing is handed in)."""
    papers: list[Requirement] = []
    hints = []
    for case in record.many("executionCases"):
        heading = re.sub(r"^[*+\-\s]+|[:\s]+$", "", case.line("name"))
        show = "xuất trình" in heading.casefold()
        condition = "" if re.match(r"giấy tờ phải|lưu ý", heading, re.IGNORECASE) else heading
        for component in case.many("profileComponents"):
            paper = _paper(component, show, condition, len(papers) + 1)
            if paper is None:
                hints.append(component.text("name"))
            elif all(replace(paper, key=other.key) != other for other in papers):
                papers.append(paper)
    return tuple(papers), [hint for hint in hints if hint]


def _paper(component: _Reader, show: bool, condition: str, number: int) -> Requirement | None:
    name = re.sub(r"^[*+\-\s]+", "", component.line("name"))
    originals, copies = component.count("originalQty"), component.count("copyQty")
    electronic = component.flag("hasElectronicForm")
    if not name or not (originals or copies or electronic):
        return None
    return Requirement(
        key=f"paper_{number}",
        name=name,
        required=component.flag("required"),
        originals=originals,
        copies=copies,
        show=show,
        held_by_state=bool(_NO_PAPER.search(name)),
        condition=condition,
        code=component.line("code"),
        electronic_form=electronic,
    )

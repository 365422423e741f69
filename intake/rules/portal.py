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
from typing import Any

from intake.rules.calendar import VIETNAM
from intake.rules.definitions import CODE
from intake.rules.portal_fees import fees_of
from intake.rules.portal_terms import cases_of, methods_of, term_of
from intake.rules.procedures import (
    Case,
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
from intake.rules.raw import Reader, cleaned, quoted

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


def procedure_of(raw: object) -> Mapped:
    """The procedure in one parsed file of the portal, with what had to be remarked on.

    Never raises for any JSON value. A bare record without its envelope is taken
    with a remark; an error envelope, another shape, a missing name or a code
    that is not a digit, a dot and six digits is refused.
    """
    remarks: list[str] = []
    code = ""
    try:
        record = Reader(_opened(raw, remarks), remarks)
        code = _code(record)
        return Mapped(code, _procedure(code, record), tuple(remarks))
    except _Rejected as rejected:
        return Mapped(code, None, (str(rejected),))


def merged(shipped: Procedure, record: Procedure) -> Procedure:
    """The facts of the portal's record under the questions and papers we worded ourselves.

    Name, agency, level, result, legal bases, cases and methods are the record's. Its
    term and fees replace ours only where it counts them: words alone («theo quy
    định») do not undo a curated rule, nor does the term of a single case of ours, nor
    a longer one that stands beside the term we chose.
    Papers of ours stay, since conditions tie them to our questions; those of the
    record go into ``official_text``.
    """
    ours = {rule.amount for rule in shipped.fees}
    ours |= {addition.amount for rule in shipped.fees for addition in rule.plus}
    is_news = any(rule.amount and rule.amount not in ours for rule in record.fees)
    told_in_words = record.term.unit in (TermUnit.OTHER, TermUnit.SAME_DAY)
    of_a_case = any(_counts(case.term) == _counts(record.term) for case in shipped.cases)
    direct = {_counts(method.term) for method in record.methods if method.channel == "direct"}
    is_told_too = _counts(shipped.term) in direct
    theirs = [paper for paper in record.requirements if paper not in shipped.requirements]
    papers = tuple(f"Giấy tờ: {paper.name}" for paper in theirs)
    return replace(
        record,
        term=shipped.term if told_in_words or of_a_case or is_told_too else record.term,
        short_name=shipped.short_name,
        life_event=shipped.life_event,
        words=tuple(dict.fromkeys(shipped.words + record.words)),
        fees=record.fees if is_news else shipped.fees,
        requirements=shipped.requirements,
        groups=shipped.groups,
        cases=_merged_cases(shipped, record),
        valid_from=shipped.valid_from,
        valid_to=shipped.valid_to,
        notes=shipped.notes,
        official_text=tuple(dict.fromkeys(record.official_text + papers)),
    )


def _merged_cases(shipped: Procedure, record: Procedure) -> tuple[Case, ...]:
    """The record's cases under the conditions we tied to their codes, after those that only we know."""
    conditions = {case.code: case.show_if for case in shipped.cases}
    theirs = (replace(case, show_if=conditions.get(case.code, ())) for case in record.cases if case.code)
    return (*(case for case in shipped.cases if not case.code), *theirs)


def _counts(term: Term) -> tuple[TermUnit, int]:
    return term.unit, term.amount


def _opened(raw: object, remarks: list[str]) -> Mapping[str, Any]:
    """The record inside its envelope."""
    if not isinstance(raw, dict):
        raise _Rejected("không phải một bản ghi thủ tục (cần một đối tượng JSON)")
    if "data" not in raw and "name" in raw:
        remarks.append("bản ghi không có lớp vỏ «code, data» của Cổng")
        return raw
    if raw.get("code") != "OK":
        told = cleaned(str(raw.get("message") or ""))[:120]
        code = f"Cổng trả lỗi {quoted(raw['code'])}" if raw.get("code") else "Cổng không ghi mã trả lời"
        raise _Rejected(code + (f": {told}" if told else ""))
    if not isinstance(raw.get("data"), dict):
        raise _Rejected("lớp vỏ của Cổng không chứa bản ghi nào")
    record: dict[str, Any] = raw["data"]
    return record


def _code(record: Reader) -> str:
    written = record.record.get("code")
    if not isinstance(written, str) or not written.strip():
        raise _Rejected("thiếu mã thủ tục")
    code = written.strip().strip("\u200b\ufeff").strip()
    if not CODE.fullmatch(code):
        raise _Rejected(f"mã {quoted(written)} không đúng dạng một chữ số, dấu chấm, sáu chữ số")
    if code != written:
        record.remark(f"mã {quoted(written)} có khoảng trắng thừa, đã bỏ")
    return code


def _procedure(code: str, record: Reader) -> Procedure:
    name = record.line("name")
    if not name:
        raise _Rejected(f"thủ tục {code} không có tên")
    _remark_on_state(record)
    cases = cases_of(code, record)
    steps = "\n".join(
        f"{step.text('name')}\n{step.text('description')}" for step in record.many("executionSteps")
    )
    methods = methods_of(record, steps, cases)
    requirements, hints = _papers(record)
    return Procedure(
        code=code,
        name=name,
        sector=_sector(record),
        agency=_agency(record),
        term=term_of(record, methods, cases),
        level=_level(record),
        service_level=_service_level(record, methods),
        result="; ".join(_names(record, "resultsDetails")),
        words=tuple(word.strip() for word in re.split(r"[,;\n]", record.text("keywords")) if word.strip()),
        fees=fees_of(record),
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


def _remark_on_state(record: Reader) -> None:
    state = record.line("state")
    if state not in ("", "ACTIVE", "UPDATED"):
        record.remark(f"trạng thái trên Cổng là {quoted(state)}")
    if record.flag("isInternal"):
        record.remark("Cổng ghi đây là thủ tục nội bộ")


def _names(record: Reader, name: str) -> list[str]:
    return [told for item in record.many(name) if (told := item.line("name"))]


def _sector(record: Reader) -> str:
    sector = record.one("category").line("name") or next(iter(_names(record, "categoriesDetails")), "")
    if not sector:
        record.remark("không ghi lĩnh vực")
    return sector


def _agency(record: Reader) -> str:
    agencies = _names(record, "unitGroupsExecuting") + _names(record, "departmentsExecuting")
    agency = "; ".join(dict.fromkeys(agencies)) or record.line("executingAgencies")
    if not agency:
        record.remark("không ghi cơ quan thực hiện")
    return agency or record.line("departmentPromulgateName")


def _level(record: Reader) -> str:
    """The lowest level that executes: that is where a citizen goes first."""
    for flag, level in (("isWard", "commune"), ("isProvince", "province"), ("isMinistry", "ministry")):
        if record.flag(flag):
            return level
    record.remark("không ghi cấp thực hiện")
    return "province" if record.line("type") == "SPECIFIC" else "ministry"


def _service_level(record: Reader, methods: tuple[Method, ...]) -> ServiceLevel:
    if record.flag("isOfflineOnly"):
        return ServiceLevel.NONE
    if record.flag("isFullProcess"):
        return ServiceLevel.FULL
    return (
        ServiceLevel.PARTIAL if any(method.channel == "online" for method in methods) else ServiceLevel.NONE
    )


def _source(record: Reader) -> str:
    words = "bản ghi của Cổng Dịch vụ công quốc gia"
    updated = record.record.get("updatedAt")
    if isinstance(updated, int) and 0 < updated < 10**13:
        day = datetime.fromtimestamp(updated / 1000, UTC).astimezone(VIETNAM)
        words += f", cập nhật {day:%d/%m/%Y}"
    decision = record.one("procedureProposal").line("proposalNumber")
    return (words + (f", công bố theo {decision}" if decision else ""))[:200]


def _legal_bases(record: Reader) -> tuple[str, ...]:
    bases = []
    for basis in record.many("legalBasisesDetails"):
        code, name = basis.line("code"), basis.line("name")
        bases.append(name or code if not code or code in name else f"{code}: {name}" if name else code)
    return tuple(dict.fromkeys(basis for basis in bases if basis))


def _official_text(record: Reader, steps: str, hints: list[str]) -> tuple[str, ...]:
    conditions = record.text("requirementsAndConditions")
    told = [f"Điều kiện: {conditions}"] if conditions.casefold() not in _NOTHING else []
    return tuple(dict.fromkeys(filter(None, [*told, steps.strip(), *hints, record.text("note")])))


def _papers(record: Reader) -> tuple[tuple[Requirement, ...], list[str]]:
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


def _paper(component: Reader, show: bool, condition: str, number: int) -> Requirement | None:
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

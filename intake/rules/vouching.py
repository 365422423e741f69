"""Why an officer says who somebody is: they have no card at hand and know no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from intake.rules.answers import Fault, read_answer
from intake.rules.procedures import Choice, Procedure, Question, QuestionKind

WHY: Mapping[str, str] = {
    "card_lost": "Mất hoặc quên thẻ, không nhớ số",
    "no_number": "Chưa được cấp thẻ, chưa có số định danh",
    "other_paper": "Có giấy tờ khác có ảnh",
    "foreigner": "Người nước ngoài, có hộ chiếu",
    "known_here": "Cán bộ hoặc người làm chứng biết rõ người này",
    "other": "Lý do khác",
}
APPLICANTS_NUMBER = "applicant.citizen_id"
_PREFIX = "vouched."
ASKED = (
    Question("vouched.name", "Họ, chữ đệm và tên", QuestionKind.NAME, max_length=100),
    Question("vouched.born", "Ngày sinh", QuestionKind.DATE, bound="past"),
    Question(
        "vouched.sex",
        "Giới tính",
        QuestionKind.CHOICE,
        required=False,
        choices=(Choice("Nam", "Nam"), Choice("Nữ", "Nữ")),
    ),
    Question("vouched.address", "Nơi cư trú", QuestionKind.TEXT, required=False, max_length=300),
    Question(
        "vouched.why",
        "Vì sao không có thẻ và số",
        QuestionKind.CHOICE,
        choices=tuple(Choice(code, words) for code, words in WHY.items()),
    ),
    Question(
        "vouched.text",
        "Căn cứ vào đâu",
        QuestionKind.TEXT,
        hint="Đã xem giấy gì, ai làm chứng. Được giữ kín cùng hồ sơ.",
        max_length=300,
    ),
)


@dataclass(frozen=True)
class Vouched:
    """Who somebody is as an officer says it. ``why`` is a code of WHY, ``text`` what it rests on."""

    name: str
    born: str
    sex: str
    address: str
    why: str
    text: str

    @property
    def in_words(self) -> str:
        """«Mất hoặc quên thẻ, không nhớ số: đã xem bằng lái xe»."""
        return f"{WHY[self.why]}: {self.text}"


def read_vouched(typed: Mapping[str, str], *, today: date) -> Vouched | tuple[Fault, ...]:
    """What was typed under «vouched.…», or everything that is wrong with it."""
    read = {one.key: read_answer(one, typed.get(one.key, ""), today=today) for one in ASKED}
    if faults := tuple(answer for answer in read.values() if isinstance(answer, Fault)):
        return faults
    return Vouched(**{key.removeprefix(_PREFIX): str(answer) for key, answer in read.items()})


def why_faults(why: str, text: str) -> tuple[Fault, ...]:
    """What is wrong with the two alone, where name and birth are asked elsewhere."""
    typed = {"vouched.why": why, "vouched.text": text}
    asked = [one for one in ASKED if one.key in typed]
    read = [read_answer(one, typed[one.key], today=date.min) for one in asked]
    return tuple(answer for answer in read if isinstance(answer, Fault))


def fitted(procedure: Procedure, how: str, citizen_id: str) -> Procedure:
    """What is asked of somebody vouched for who has no number: everything but that it be given."""
    if how != "vouched" or citizen_id:
        return procedure
    groups = (
        replace(group, questions=tuple(_may_be_left(question) for question in group.questions))
        for group in procedure.groups
    )
    return replace(procedure, groups=tuple(groups))


def _may_be_left(question: Question) -> Question:
    return replace(question, required=False) if question.prefill == APPLICANTS_NUMBER else question

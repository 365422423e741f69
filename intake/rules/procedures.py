"""What a procedure is: versioned data, read from JSON, never code.

The JSON of a definition (``intake/data/procedures/*.json`` and the column
``procedure_version.definition``) mirrors these dataclasses field by field;
absent fields take the defaults given here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ServiceLevel(StrEnum):
    """Source: Nghị định 42/2022/NĐ-CP: toàn trình, một phần; else only information online."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class TermUnit(StrEnum):
    """Units of a term; SAME_DAY carries a cut-off, OTHER carries only its text."""

    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"
    SAME_DAY = "same_day"
    OTHER = "other"


class QuestionKind(StrEnum):
    NAME = "name"  # a person's name, kept exactly (NFC)
    TEXT = "text"  # one line
    LONG_TEXT = "long_text"  # several lines
    DATE = "date"  # civil date; answer stored as ISO "2026-11-21"
    CITIZEN_ID = "citizen_id"  # 12 digits
    PHONE = "phone"  # Vietnamese number, stored as digits "0912345678"
    EMAIL = "email"
    NUMBER = "number"  # whole number
    MONEY = "money"  # whole đồng
    CHOICE = "choice"  # one of choices, answer = its key
    YES_NO = "yes_no"  # answer "yes" | "no"
    COMMUNE = "commune"  # answer = commune code of the two-level list


@dataclass(frozen=True)
class Condition:
    """True when the answer of ``question`` is one of ``values``; a hidden question answers nothing."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    key: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question; ``key`` is unique in the procedure.

    ``prefill`` names where a first answer comes from: "applicant.name",
    "applicant.born", "applicant.sex", "applicant.citizen_id",
    "applicant.address", "applicant.phone", "applicant.email", or "" for none;
    ``default`` is the stored answer that stands there when nothing is known.
    ``about`` says whose fact is asked, such as "mother.born" (intake.rules.relations).
    ``bound`` limits a DATE: "past" (today or before), "future" (today or after) or "".
    ``card`` is the fact of a citizen card that answers it when one is scanned on this screen: "name",
    "born", "sex", "citizen_id" or "address".
    """

    key: str
    label: str
    kind: QuestionKind
    required: bool = True
    hint: str = ""
    example: str = ""
    choices: tuple[Choice, ...] = ()
    show_if: tuple[Condition, ...] = ()  # all must hold
    prefill: str = ""
    default: str = ""
    about: str = ""
    card: str = ""
    bound: str = ""
    min: int | None = None
    max: int | None = None
    max_length: int = 200


@dataclass(frozen=True)
class Repeat:
    """A group asked ``most`` times at most: ``title`` of a further row, with {row}; ``more`` asks for one."""

    most: int
    title: str
    more: str


@dataclass(frozen=True)
class Group:
    """Questions that share one kiosk screen; ``title`` is a spoken question («Cháu bé tên là gì?»).

    ``row`` counts the rows of a repeating group from 1 once intake.rules.repeating made them; else 0.
    """

    key: str
    title: str
    questions: tuple[Question, ...]
    show_if: tuple[Condition, ...] = ()
    repeat: Repeat | None = None
    row: int = 0


@dataclass(frozen=True)
class Requirement:
    """One paper the law asks for, with the number of each kind that is handed in.

    ``show`` papers are only shown, not handed in. ``held_by_state`` means the
    State has the data already, so the citizen may answer "held by the State".
    """

    key: str
    name: str
    required: bool = True
    originals: int = 0
    copies: int = 0
    certified_copies: int = 0
    show: bool = False
    alternatives: tuple[str, ...] = ()
    held_by_state: bool = False
    condition: str = ""  # in which case it is needed, in words
    code: str = ""  # code of the paper in the national catalogue
    show_if: tuple[Condition, ...] = ()
    not_applicable_reasons: tuple[str, ...] = ()
    electronic_form: bool = False  # the portal has it as a form to fill in online


@dataclass(frozen=True)
class FeeCondition:
    """True when the answer of ``question`` is one of ``values`` or, for a date, long enough ago.

    ``late_after_days`` 60 is met from the 61st day after the date answered; an
    unanswered question meets nothing. Exactly one of the two is given.
    """

    question: str
    values: tuple[str, ...] = ()
    late_after_days: int | None = None


@dataclass(frozen=True)
class FeeAddition:
    """``amount`` đồng on top for each one that ``count_question`` counts; left empty, it counts none."""

    amount: int
    count_question: str
    basis: str = ""


@dataclass(frozen=True)
class FeeReduction:
    """A group that pays ``amount`` instead of the line's own, by the same formula."""

    group: str  # in words, as FeeRule.exempt has them
    amount: int


@dataclass(frozen=True)
class FeeRule:
    """One line of the tariff, valid on its dates and for its channel (None: every channel).

    ``formula`` is "fixed" (``amount`` đồng), "per_copy" (``amount`` × copies) or
    "certified_copy" (pages and copies, domain rule of Thông tư 226/2016/TT-BTC).
    ``amount`` None means: set by the provincial council, told at the counter.
    A line with ``when`` holds where all its conditions do, and then goes before
    one without; ``plus`` is added to what the formula gives.
    """

    amount: int | None
    formula: str = "fixed"
    channel: str | None = None  # "online" | "direct" | "post" | None
    valid_from: date | None = None
    valid_to: date | None = None  # last day it holds
    basis: str = ""
    note: str = ""
    exempt: tuple[str, ...] = ()  # groups who pay nothing, in words
    copies_question: str = ""
    pages_question: str = ""
    when: tuple[FeeCondition, ...] = ()
    plus: tuple[FeeAddition, ...] = ()
    reduced: tuple[FeeReduction, ...] = ()  # groups who pay less

    @property
    def groups(self) -> tuple[str, ...]:
        """Everybody who may pay nothing, or less, in words."""
        return (*self.exempt, *(one.group for one in self.reduced))


@dataclass(frozen=True)
class Term:
    """How long the agency may take. ``cutoff`` "15:00" goes with SAME_DAY; ``note`` is the law's own text."""

    unit: TermUnit
    amount: int = 0
    cutoff: str = "15:00"
    note: str = ""


@dataclass(frozen=True)
class Case:
    """A case of a procedure that has a term of its own («1.010041.02»: facts must be verified).

    The case applies when ``show_if`` holds; without conditions only an officer can choose it.
    ``code`` is empty for one that the national catalogue does not number.
    """

    code: str
    name: str
    term: Term
    show_if: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Method:
    """One way of filing and the term promised for it; ``channel`` as in FeeRule."""

    channel: str
    term: Term
    note: str = ""


@dataclass(frozen=True)
class Procedure:
    """One version of one procedure (or of one case of it).

    ``term`` is that of filing in person and of the plain case; ``cases`` and
    ``methods`` name the terms that differ. ``official_text`` is the portal's own
    wording of steps, papers and conditions: for officers, never for a kiosk.
    """

    code: str
    name: str
    sector: str
    agency: str
    term: Term
    short_name: str = ""  # what a tile and a receipt's headline say; never an abbreviation
    case_code: str = ""
    level: str = "commune"  # "commune" | "province" | "ministry"
    service_level: ServiceLevel = ServiceLevel.NONE
    result: str = ""
    life_event: str = ""  # key of a life event: "birth", "marriage", "death", "home", "business", …
    words: tuple[str, ...] = ()  # what people search by
    fees: tuple[FeeRule, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    groups: tuple[Group, ...] = ()
    legal_bases: tuple[str, ...] = ()
    portal_url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    confidence: str = "high"  # "high" | "medium" | "low": how sure the source is
    source: str = ""
    notes: tuple[str, ...] = field(default=())
    cases: tuple[Case, ...] = ()
    methods: tuple[Method, ...] = ()
    non_territorial: bool = False  # may be filed anywhere, whoever decides
    official_text: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name people say: the short one, else the legal one."""
        return self.short_name or self.name

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for group in self.groups for question in group.questions)

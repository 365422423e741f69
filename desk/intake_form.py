"""The one form of counter intake: what stands in it, and what of that can be taken; kept nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from intake.applications import Application, told_from
from intake.drafts import Applicant, Collection, Representative
from intake.events import Actor
from intake.issuing import COUNTED
from intake.prefilling import first_answers
from intake.rules.applicants import KINDS, LONGEST_ORGANISATION
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.forms import (
    HOWS,
    Fault,
    kept_answers,
    read_answer,
    shown_answer,
    visible_groups,
    visible_questions,
    visible_requirements,
)
from intake.rules.people import CitizenCard, born_and_sex, contradictions, read_citizen_card
from intake.rules.places import Commune, found, in_full, named
from intake.rules.policy import ORDINARY, Policy
from intake.rules.procedures import Group, Procedure, Question, QuestionKind, Requirement
from intake.rules.vouching import WHY, why_faults

LONGEST = 2000  # of any field
APPLICANT = (
    Question("applicant.name", "Họ, chữ đệm và tên", QuestionKind.NAME, max_length=100),
    Question("applicant.citizen_id", "Số định danh", QuestionKind.CITIZEN_ID, required=False, max_length=20),
    Question("applicant.born", "Ngày sinh", QuestionKind.DATE, required=False, bound="past"),
    Question("applicant.phone", "Điện thoại", QuestionKind.PHONE, required=False, max_length=20),
    Question("applicant.address", "Nơi cư trú", QuestionKind.TEXT, required=False),
    Question("applicant.email", "Thư điện tử", QuestionKind.EMAIL, required=False),
)
ORGANISATION = (
    Question("applicant.name", "Tên cơ quan, tổ chức", QuestionKind.TEXT, max_length=LONGEST_ORGANISATION),
    *(one for one in APPLICANT if one.key.endswith((".phone", ".email"))),
    Question("applicant.address", "Địa chỉ", QuestionKind.TEXT, required=False),
)
_OF_A_PERSON = {one.key for one in APPLICANT}
REPRESENTATIVE = (
    Question("representative.name", "Họ, chữ đệm và tên", QuestionKind.NAME, max_length=100),
    Question("representative.citizen_id", "Số định danh", QuestionKind.CITIZEN_ID, max_length=20),
    Question("representative.phone", "Điện thoại", QuestionKind.PHONE, required=False, max_length=20),
    Question("representative.proof", "Giấy tờ ủy quyền, đại diện", QuestionKind.TEXT),
)
COLLECTION = {
    "counter_now": (),
    "counter_later": (),
    "post": (
        Question("collection.address", "Địa chỉ nhận", QuestionKind.TEXT, max_length=300),
        Question("collection.phone", "Điện thoại người nhận", QuestionKind.PHONE, max_length=20),
    ),
    "electronic": (Question("collection.email", "Thư điện tử nhận", QuestionKind.EMAIL),),
}
ON_PAPER = ("paper", "scan")  # brought on paper, kept or given back
ANSWER, PAPER = "a.", "d."  # before the keys of the procedure, which are not ours to choose


@dataclass(frozen=True)
class Form:
    """What was sent, as it was typed, over what ``procedure`` asks; ``procedure`` None is not chosen yet.

    ``policy`` says which papers are taken as such.
    """

    typed: Mapping[str, str]
    procedure: Procedure | None
    communes: tuple[Commune, ...]
    today: date
    policy: Policy = ORDINARY

    def value(self, key: str) -> str:
        return self.typed.get(key, "")[:LONGEST]

    def with_typed(self, **changes: str) -> Form:
        return replace(self, typed={**self.typed, **changes})

    @property
    def kind(self) -> str:
        """Of the applicant: "citizen" unless another of KINDS was chosen."""
        chosen = self.value("applicant.kind")
        return chosen if chosen in KINDS else "citizen"

    @property
    def about_applicant(self) -> tuple[Question, ...]:
        return APPLICANT if self.kind == "citizen" else ORGANISATION

    @property
    def exception(self) -> PaperException | None:
        """Why paper is taken where it is not, as far as a reason was chosen that can be."""
        chosen = self.value("paper_reason")
        if self.policy.paper or chosen not in self.policy.exceptions:
            return None
        return PaperException(PaperReason(chosen), " ".join(self.value("paper_text").split())[:500])

    @property
    def is_assisted(self) -> bool:
        return bool(self.value("assisted")) and not self.policy.paper and self.kind == "citizen"

    @property
    def is_for_another(self) -> bool:
        return bool(self.value("for_another"))

    @property
    def is_vouched(self) -> bool:
        """They have neither card nor number: whoever receives them says who they are."""
        has_number = bool(self.value("applicant.citizen_id").strip())
        return bool(self.value("vouched")) and self.kind == "citizen" and not has_number

    @cached_property
    def read(self) -> dict[str, str | Fault]:
        """By field: the answer as it is kept, or the fault of what was typed; only of what is asked now."""
        about = {one.key: self._read(one, one.key) for one in (*self._people, *self._collected)}
        keys = {ANSWER + one.key: one for one in self.questions}
        return about | {key: self._read(one, key) for key, one in keys.items()}

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that keeps it from being accepted, in the order of the page."""
        procedure = [] if self.procedure else [Fault("procedure", "missing")]
        how = [] if self.value("collection") in COLLECTION else [Fault("collection", "missing")]
        read = [
            *(self.read[one.key] for one in self._people),
            *self._identity_faults(),
            *procedure,
            *(self.read[ANSWER + one.key] for one in self.questions),
            *self._paper_faults(),
            *self._exception_faults(),
            *how,
            *(self.read[one.key] for one in self._collected),
        ]
        return tuple(one for one in read if isinstance(one, Fault))

    @property
    def applicant(self) -> Applicant:
        """As far as it can be read."""
        told = {one.key.partition(".")[2]: self._readable(one.key) for one in APPLICANT}
        if self.kind != "citizen":
            return Applicant(
                name=told["name"],
                citizen_id="",
                address=told["address"],
                phone=told["phone"],
                email=told["email"],
                kind=self.kind,
            )
        number = told["citizen_id"]
        sex = born_and_sex(number)[0] if number else ""
        is_card = bool(number) and number == self.value("applicant.card")
        if is_card and self.value("applicant.sex") in ("Nam", "Nữ"):
            sex = self.value("applicant.sex")
        doubts: tuple[str, ...] = ()
        if number:
            born = date.fromisoformat(told["born"]) if told["born"] else None
            doubts = contradictions(CitizenCard(number, born=born, sex=sex))
        return Applicant(**told, sex=sex, how="card" if is_card else "typed", contradictions=doubts)

    @property
    def representative(self) -> Representative | None:
        if not self.is_for_another:
            return None
        return Representative(
            **{one.key.partition(".")[2]: self._readable(one.key) for one in REPRESENTATIVE}
        )

    @property
    def collection(self) -> Collection:
        asked = COLLECTION.get(self.value("collection"), ())
        told = {one.key.partition(".")[2]: self._readable(one.key) for one in asked}
        return Collection(self.value("collection"), **told)

    @cached_property
    def answers(self) -> dict[str, str]:
        """The answers that can be read, by the procedure's own keys; also of what is hidden now."""
        if self.procedure is None:
            return {}
        told = {one.key: self._read(one, ANSWER + one.key) for one in self.procedure.questions}
        return {key: answer for key, answer in told.items() if isinstance(answer, str) and answer}

    @property
    def groups(self) -> tuple[tuple[Group, tuple[Question, ...]], ...]:
        """What is asked now, in groups."""
        if self.procedure is None:
            return ()
        kept = kept_answers(self.procedure, self.answers)
        return tuple(
            (group, visible_questions(group, kept)) for group in visible_groups(self.procedure, self.answers)
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for _, asked in self.groups for question in asked)

    @cached_property
    def deciding(self) -> frozenset[str]:
        """The questions whose answer may change what else is asked, the term or the fee."""
        if self.procedure is None:
            return frozenset()
        procedure = self.procedure
        shown = [group.show_if for group in procedure.groups]
        shown += [question.show_if for question in procedure.questions]
        shown += [paper.show_if for paper in procedure.requirements]
        shown += [case.show_if for case in procedure.cases]
        keys = {condition.question for conditions in shown for condition in conditions}
        for fee in procedure.fees:
            keys |= {fee.copies_question, fee.pages_question}
            keys |= {condition.question for condition in fee.when}
            keys |= {addition.count_question for addition in fee.plus}
        return frozenset(keys)

    @property
    def papers(self) -> tuple[Requirement, ...]:
        return visible_requirements(self.procedure, self.answers) if self.procedure else ()

    @property
    def documents(self) -> dict[str, dict[str, str]]:
        told = {paper.key: self.document(paper) for paper in self.papers}
        return {key: document for key, document in told.items() if document["how"]}

    def document(self, paper: Requirement) -> dict[str, str]:
        """What is said about a paper; what the State holds need not be asked for."""
        at = f"{PAPER}{paper.key}."
        first = "state" if paper.held_by_state else "scan" if self.is_digital and paper.required else ""
        how = self.value(f"{at}how") if f"{at}how" in self.typed else first
        reason = " ".join(self.value(f"{at}reason").split())[:200]
        counts = {}
        if how in ON_PAPER:
            counts = {name: self.count(paper, name) for name in COUNTED}
        return {
            "how": how if how in HOWS else "",
            "reason": reason if how == "not_applicable" else "",
            **counts,
        }

    def count(self, paper: Requirement, name: str) -> str:
        """How many of a kind were brought; to begin with, as many as the law asks for."""
        typed = self.typed.get(f"{PAPER}{paper.key}.{name}")
        asked = getattr(paper, name)
        if name == "originals" and not (
            paper.show or paper.originals or paper.copies or paper.certified_copies
        ):
            asked = 1
        return str(asked) if typed is None else typed.strip()[:3] or "0"

    @property
    def carried(self) -> Iterator[tuple[str, str]]:
        """What was typed and is not asked now, so that it is there again when it is."""
        people = (*self._people, *self._collected)
        asked = {ANSWER + one.key for one in self.questions} | {one.key for one in people}
        papers = tuple(f"{PAPER}{paper.key}." for paper in self.papers)
        for name, value in self.typed.items():
            ours = name.startswith((ANSWER, PAPER, "representative.", "collection.")) or name in _OF_A_PERSON
            if ours and value and name not in asked and not name.startswith(papers):
                yield name, value

    def shown(self, question: Question, key: str) -> str:
        """What stands in the field: as typed where that cannot be read, else as people write it."""
        answer = self.read.get(key)
        if isinstance(answer, Fault) or answer is None:
            return self.value(key)
        return shown_answer(question, answer, lambda code: in_full(self.communes, code))

    def chosen(self, key: str) -> str:
        """The key of the choice that is ticked."""
        answer = self.read.get(key)
        return answer if isinstance(answer, str) else self.value(key)

    def application(
        self, attempt: str, version_id: int, *, by: Actor, helper: Actor | None = None
    ) -> Application:
        """``by`` receives it, and vouches for whoever has no number."""
        assert not self.faults
        return Application(
            attempt=attempt,
            channel="counter",
            version_id=version_id,
            applicant=self._vouched_by(by) if self.is_vouched else self.applicant,
            answers=self.answers,
            documents=self.documents,
            collection=self.collection,
            representative=self.representative,
            exception=self.exception,
            helper=helper,
            told=told_from(self.value("told")),
            exemption=self.value("exemption"),
        )

    def _vouched_by(self, by: Actor) -> Applicant:
        why = f"{WHY[self.value('vouched.why')]}: {' '.join(self.value('vouched.text').split())}"
        return replace(
            self.applicant,
            how="vouched",
            voucher=by.name,
            voucher_id=str(by.person_id or ""),
            vouched_why=why,
        )

    def prefilled(self, *, anew: bool) -> Form:
        """With first answers where a question has none: of those that just came up, or ``anew`` of all."""
        firsts = first_answers(self.questions, self.applicant)
        new = {
            ANSWER + key: answer
            for key, answer in firsts.items()
            if not self.value(ANSWER + key) and (anew or ANSWER + key not in self.typed)
        }
        known = {
            f"collection.{name}": getattr(self.applicant, name) for name in ("address", "phone", "email")
        }
        wanted = [one.key for one in self._collected if not self.value(one.key)]
        new |= {key: known[key] for key in wanted if known[key]}
        # An answer may bring up another question that is known, too.
        return self.with_typed(**new).prefilled(anew=False) if new else self

    def with_card(self, scan: str) -> Form:
        """With what a citizen card said: of the representative, once the applicant is known.

        Of whoever came, where an organisation files. Raises UnreadableCard. What
        the scanner broke is left to be typed.
        """
        card = read_citizen_card(scan)
        if self.kind != "citizen":
            return self.with_typed(
                **{
                    "for_another": "1",
                    "representative.name": card.name or "",
                    "representative.citizen_id": card.citizen_id,
                }
            )
        if self.is_for_another and self.value("applicant.name") and self.value("applicant.citizen_id"):
            return self.with_typed(
                **{"representative.name": card.name or "", "representative.citizen_id": card.citizen_id}
            )
        before = self.value("applicant.citizen_id")
        is_another = bool(before) and re.sub(r"\D", "", before) != card.citizen_id
        told = {
            "applicant.citizen_id": card.citizen_id,
            "applicant.card": card.citizen_id,
            "applicant.sex": card.sex or "",
            "applicant.name": card.name or ("" if is_another else self.value("applicant.name")),
            "applicant.born": card.born.isoformat() if card.born else "",
            "applicant.address": card.address or "",
        }
        if is_another:
            told |= {"applicant.phone": "", "applicant.email": ""}
        return self.with_typed(**told)

    def with_all_papers(self) -> Form:
        """Every paper the law always asks for and nothing was said about is here."""
        silent = [paper for paper in self.papers if paper.required and not self.document(paper)["how"]]
        how = "scan" if self.is_digital and not self.exception else "paper"
        return self.with_typed(**{f"{PAPER}{paper.key}.how": how for paper in silent})

    @property
    def is_digital(self) -> bool:
        """Paper is not taken as such, but for a reason."""
        return not self.policy.paper

    def with_exception(self, code: str) -> Form:
        """Paper is taken for this reason: what was to be scanned is kept."""
        return self._turned("scan", "paper").with_typed(paper_reason=code, excepting="")

    def without_exception(self) -> Form:
        return self._turned("paper", "scan").with_typed(paper_reason="", paper_text="", excepting="")

    def as_the_day_asks(self) -> Form:
        """What was said to be on paper before it was known that none is taken: scanned and given back."""
        return self._turned("paper", "scan") if self.is_digital and not self.exception else self

    def _turned(self, how: str, into: str) -> Form:
        said = [paper for paper in self.papers if self.document(paper)["how"] == how]
        return self.with_typed(**{f"{PAPER}{paper.key}.how": into for paper in said})

    @property
    def _collected(self) -> tuple[Question, ...]:
        return COLLECTION.get(self.value("collection"), ())

    @property
    def _people(self) -> tuple[Question, ...]:
        about = self.about_applicant
        return (*about, *REPRESENTATIVE) if self.is_for_another else about

    def _read(self, question: Question, key: str) -> str | Fault:
        typed = self.value(key)
        codes: frozenset[str] | None = None
        if question.kind is QuestionKind.COMMUNE:
            codes = frozenset(code for code, _, _ in self.communes)
            typed = self._commune(typed)
        answer = read_answer(question, typed, today=self.today, communes=codes)
        return replace(answer, key=key) if isinstance(answer, Fault) else answer

    def _commune(self, typed: str) -> str:
        """The code of the commune that was chosen, or that the words leave no doubt of; else these."""
        for code, name, province in self.communes:
            if typed in (code, f"{name}, {province}"):
                return code
        if not typed.strip():
            return ""
        meant = found(self.communes, typed)
        return meant[0][0] if len(meant) == 1 else named(self.communes, typed) or typed

    def places(self, key: str) -> tuple[Commune, ...]:
        """What may be meant by words that leave a doubt."""
        return found(self.communes, self.value(key)) if isinstance(self.read.get(key), Fault) else ()

    def _readable(self, key: str) -> str:
        answer = self.read.get(key)
        return answer if isinstance(answer, str) else ""

    def _paper_faults(self) -> Iterator[Fault]:
        for paper in self.papers:
            key, told = f"{PAPER}{paper.key}", self.document(paper)
            if not told["how"]:
                if paper.required:
                    yield Fault(key, "missing")
            elif told["how"] == "state" and not paper.held_by_state:
                yield Fault(key, "bad_choice")
            elif told["how"] == "not_applicable" and not told["reason"]:
                yield Fault(f"{key}.reason", "missing")
            elif told["how"] in ON_PAPER:
                if told["how"] == "paper" and self.is_digital and not self.value("paper_reason"):
                    yield Fault(key, "paper_free")
                counts = [told[name] for name in COUNTED]
                if not all(re.fullmatch("[0-9]{1,2}", count) for count in counts):
                    yield Fault(f"{key}.originals", "bad_number")
                elif not paper.show and not any(map(int, counts)):
                    yield Fault(f"{key}.originals", "too_small", {"min": 1})

    def _identity_faults(self) -> Iterator[Fault]:
        """Of whoever stands here somebody has to know who they are; a form of an outage is as it is."""
        if self.is_vouched:
            yield from why_faults(self.value("vouched.why"), self.value("vouched.text"))
            return
        is_told_elsewhere = self.is_for_another or self.value("fallback") or self.kind != "citizen"
        if not is_told_elsewhere and not self.value("applicant.citizen_id").strip():
            yield Fault("applicant.citizen_id", "no_number")

    def _exception_faults(self) -> Iterator[Fault]:
        if not self.is_digital:
            return
        if not any(told["how"] == "paper" for told in self.documents.values()):
            if self.exception is not None:
                yield Fault("paper_reason", "nothing_kept")
            return
        if self.exception is None:
            if self.value("paper_reason"):
                yield Fault("paper_reason", "bad_choice")
        elif not self.exception.is_told:
            yield Fault("paper_text", "missing")

"""Reading a procedure from JSON and writing it back: strict both ways."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from intake.rules.procedures import Condition, FeeCondition, Procedure, Question, QuestionKind, TermUnit
from intake.rules.refusals import BadProcedure
from intake.rules.relations import ABOUT
from intake.rules.repeating import unrolled
from intake.rules.text import nfc

CODE = re.compile(r"[0-9]\.[0-9]{6}")
CUTOFF = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
CHANNELS = ("online", "direct", "post")
FORMULAS = ("fixed", "per_copy", "certified_copy")
LEVELS = ("commune", "province", "ministry")
FACTS_OF_APPLICANT = ("name", "born", "sex", "citizen_id", "address", "phone", "email")
ON_CARD = ("", "name", "born", "sex", "citizen_id", "address")
PREFILLS = ("", *(f"applicant.{fact}" for fact in FACTS_OF_APPLICANT))


def procedure_from(data: Mapping[str, Any]) -> Procedure:
    """The procedure that ``data`` defines, texts in NFC.

    Nothing is repaired: an unknown field, a wrong type, a condition on a question
    that does not come earlier, a key used twice. Raises BadProcedure, and
    ``facts["faults"]`` lists every fault found with the place where it stands.
    """
    faults: list[str] = []
    procedure = _read(Procedure, data, "", faults)
    if not faults:
        faults.extend(_contradictions(procedure))
    if faults:
        raise BadProcedure(faults=faults)
    assert isinstance(procedure, Procedure)
    return procedure


def procedure_to(procedure: Procedure) -> dict[str, Any]:
    """The definition as plain JSON values; a field that holds its default is left out."""
    written = _write(procedure)
    assert isinstance(written, dict)
    return written


@cache
def _shape(kind: type) -> dict[str, tuple[Field[Any], Any]]:
    hints = get_type_hints(kind)
    return {field.name: (field, hints[field.name]) for field in fields(kind)}


def _read(kind: Any, value: Any, place: str, faults: list[str]) -> Any:
    """``value`` as ``kind``, or None after noting the fault."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_record(kind, value, place, faults)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            faults.append(f"{place}: a list is expected")
            return ()
        return tuple(_read(get_args(kind)[0], item, f"{place}[{i}]", faults) for i, item in enumerate(value))
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _read(next(arg for arg in get_args(kind) if arg is not type(None)), value, place, faults)
    return _read_plain(kind, value, place, faults)


def _read_record(kind: type, value: Any, place: str, faults: list[str]) -> Any:
    if not isinstance(value, Mapping):
        faults.append(f"{place or 'definition'}: an object is expected")
        return None
    shape = _shape(kind)
    prefix = f"{place}." if place else ""
    before = len(faults)
    faults.extend(f"{prefix}{name}: unknown field" for name in value if name not in shape)
    read = {}
    for name, (field, hint) in shape.items():
        if name in value:
            read[name] = _read(hint, value[name], prefix + name, faults)
        elif field.default is MISSING:
            faults.append(f"{prefix}{name}: missing")
    return kind(**read) if len(faults) == before else None


def _read_plain(kind: Any, value: Any, place: str, faults: list[str]) -> Any:
    if kind is date and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            faults.append(f"{place}: {value!r} is not a date")
            return None
    if issubclass(kind, StrEnum) and isinstance(value, str):
        if value in list(kind):
            return kind(value)
        faults.append(f"{place}: {value!r} is not one of {', '.join(kind)}")
        return None
    if type(value) is not kind:  # bool is an int to isinstance, and must not pass for one
        faults.append(f"{place}: {kind.__name__} is expected")
        return None
    return nfc(value) if isinstance(value, str) else value


def _write(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        shape = _shape(type(value))
        return {
            name: _write(getattr(value, name))
            for name, (field, _) in shape.items()
            if field.default is MISSING or getattr(value, name) != field.default
        }
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _contradictions(procedure: Procedure) -> Iterator[str]:
    """What the types cannot say."""
    if not CODE.fullmatch(procedure.code):
        yield f"code: {procedure.code!r} is not a digit, a dot and six digits"
    if not procedure.name.strip():
        yield "name: empty"
    if procedure.level not in LEVELS:
        yield f"level: {procedure.level!r} is not one of {', '.join(LEVELS)}"
    if procedure.term.amount < 1 and procedure.term.unit not in (TermUnit.SAME_DAY, TermUnit.OTHER):
        yield "term.amount: at least 1"
    yield from _in_cutoffs(procedure)
    yield from _in_keys(procedure)
    yield from _in_conditions(procedure)
    yield from _in_questions(procedure)
    yield from _in_fees(procedure)


def _in_cutoffs(procedure: Procedure) -> Iterator[str]:
    terms = {"term": procedure.term}
    terms |= {f"cases[{number}].term": case.term for number, case in enumerate(procedure.cases)}
    terms |= {f"methods[{number}].term": method.term for number, method in enumerate(procedure.methods)}
    for place, term in terms.items():
        if not CUTOFF.fullmatch(term.cutoff):
            yield f"{place}.cutoff: {term.cutoff!r} is not a time of day such as 15:00"


def _in_keys(procedure: Procedure) -> Iterator[str]:
    """Answers and papers share one space of keys, so that a fault can name either."""
    procedure = unrolled(procedure)
    keys = [question.key for question in procedure.questions] + [
        paper.key for paper in procedure.requirements
    ]
    for names in (keys, [group.key for group in procedure.groups]):
        yield from (
            f"{key}: key used twice" for key in sorted({key for key in names if names.count(key) > 1})
        )


def _in_conditions(procedure: Procedure) -> Iterator[str]:
    earlier: dict[str, Question] = {}
    for group in procedure.groups:
        if group.repeat and not (2 <= group.repeat.most <= 20 and "{row}" in group.repeat.title):
            yield f"{group.key}.repeat: 2 to 20 rows, and a title that says {{row}}"
        if group.row:
            yield f"{group.key}.row: never part of a definition"
        yield from _unmet(group.key, group.show_if, earlier)
        for question in group.questions:
            yield from _unmet(question.key, question.show_if, earlier)
            earlier[question.key] = question
    for paper in procedure.requirements:
        yield from _unmet(paper.key, paper.show_if, earlier)
    for case in procedure.cases:
        yield from _unmet(case.code, case.show_if, earlier)


def _unmet(key: str, conditions: tuple[Condition, ...], earlier: Mapping[str, Question]) -> Iterator[str]:
    for condition in conditions:
        asked = earlier.get(condition.question)
        if asked is None:
            yield f"{key}: show_if names {condition.question!r}, which is not asked earlier"
            continue
        possible = _possible_answers(asked)
        for value in condition.values:
            if possible and value not in possible:
                yield f"{key}: show_if waits for {value!r}, which {condition.question!r} never answers"


def _possible_answers(question: Question) -> tuple[str, ...]:
    if question.kind is QuestionKind.YES_NO:
        return ("yes", "no")
    return tuple(choice.key for choice in question.choices)


def _in_questions(procedure: Procedure) -> Iterator[str]:
    for question in procedure.questions:
        if (question.kind is QuestionKind.CHOICE) != bool(question.choices):
            yield f"{question.key}: choices go with the kind choice, and with no other"
        if len(_possible_answers(question)) != len(set(_possible_answers(question))):
            yield f"{question.key}: a choice given twice"
        if question.prefill not in PREFILLS:
            yield f"{question.key}: prefill {question.prefill!r} is unknown"
        if question.card not in ON_CARD:
            yield f"{question.key}: card {question.card!r} is unknown"
        if question.about not in ABOUT:
            yield f"{question.key}: about {question.about!r} is unknown"
        possible = _possible_answers(question)
        if question.default and possible and question.default not in possible:
            yield f"{question.key}: default {question.default!r} is never answered"
        if question.bound not in ("", "past", "future"):
            yield f"{question.key}: bound {question.bound!r} is unknown"


def _in_fees(procedure: Procedure) -> Iterator[str]:
    asked = {question.key: question for question in procedure.questions}
    for number, fee in enumerate(procedure.fees):
        place = f"fees[{number}]"
        if fee.channel is not None and fee.channel not in CHANNELS:
            yield f"{place}.channel: {fee.channel!r} is not one of {', '.join(CHANNELS)}"
        if fee.formula not in FORMULAS:
            yield f"{place}.formula: {fee.formula!r} is not one of {', '.join(FORMULAS)}"
        if fee.amount is not None and fee.amount < 0:
            yield f"{place}.amount: negative"
        counted = {addition.count_question for addition in fee.plus}
        if (
            not {fee.copies_question, fee.pages_question} <= asked.keys() | {""}
            or not counted <= asked.keys()
        ):
            yield f"{place}: counts by a question that is not asked"
        if any(addition.amount < 0 for addition in fee.plus):
            yield f"{place}.plus: negative"
        if any(reduction.amount < 0 for reduction in fee.reduced):
            yield f"{place}.reduced: negative"
        if fee.reduced and fee.formula == "certified_copy":
            yield f"{place}.reduced: the formula has no amount to replace"
        if len(fee.groups) != len(set(fee.groups)):
            yield f"{place}: a group named twice"
        for condition in fee.when:
            yield from _unfit(f"{place}.when", condition, asked)
        if fee.valid_from and fee.valid_to and fee.valid_to < fee.valid_from:
            yield f"{place}: ends before it begins"


def _unfit(place: str, condition: FeeCondition, asked: Mapping[str, Question]) -> Iterator[str]:
    question = asked.get(condition.question)
    if question is None:
        yield f"{place} names {condition.question!r}, which is not asked"
        return
    if bool(condition.values) == (condition.late_after_days is not None):
        yield f"{place}: either values or late_after_days"
    days = condition.late_after_days
    if days is not None and (question.kind is not QuestionKind.DATE or days < 0):
        yield f"{place}.late_after_days counts days since a date"
    possible = _possible_answers(question)
    for value in condition.values:
        if possible and value not in possible:
            yield f"{place} waits for {value!r}, which {condition.question!r} never answers"

"""Definitions are read strictly: what is wrong is told with its place, nothing is repaired."""

from datetime import date

import pytest

from intake.rules.definitions import procedure_from, procedure_to
from intake.rules.procedures import Condition, FeeRule, Procedure, QuestionKind, ServiceLevel, Term, TermUnit
from intake.rules.refusals import BadProcedure


def a_definition(**changes):
    """Just enough of a procedure."""
    ordinary = {
        "code": "1.001193",
        "name": "Thủ tục đăng ký khai sinh",
        "sector": "Hộ tịch",
        "agency": "Ủy ban nhân dân cấp xã",
        "term": {"unit": "working_day", "amount": 3},
    }
    return ordinary | changes


def a_question(**changes):
    return {"key": "name", "label": "Họ và tên", "kind": "name"} | changes


def asking(*questions, **changes):
    return a_definition(
        groups=[{"key": "who", "title": "Tên là gì?", "questions": list(questions)}], **changes
    )


def faults_of(definition):
    with pytest.raises(BadProcedure) as refused:
        procedure_from(definition)
    return " | ".join(refused.value.facts["faults"])


def test_what_is_absent_takes_its_default():
    procedure = procedure_from(a_definition())
    assert procedure.term == Term(TermUnit.WORKING_DAY, 3)
    assert procedure.service_level is ServiceLevel.NONE
    assert procedure.groups == () and procedure.valid_to is None


def test_every_kind_of_value_is_read():
    procedure = procedure_from(
        asking(
            a_question(show_if=[]),
            a_question(key="born", kind="date", bound="past", min=None),
            fees=[{"amount": None, "valid_from": "2026-08-15", "exempt": ["Hộ nghèo"]}],
            service_level="full",
            non_territorial=True,
        )
    )
    assert procedure.fees == (FeeRule(None, valid_from=date(2026, 8, 15), exempt=("Hộ nghèo",)),)
    assert procedure.questions[1].kind is QuestionKind.DATE
    assert procedure.service_level is ServiceLevel.FULL and procedure.non_territorial


def test_written_and_read_again_it_is_the_same():
    procedure = procedure_from(asking(a_question(), fees=[{"amount": 8000, "valid_to": "2026-12-31"}]))
    written = procedure_to(procedure)
    assert procedure_from(written) == procedure
    assert "groups" in written and "legal_bases" not in written, "defaults are left out"


def test_text_is_composed():
    assert procedure_from(a_definition(name="Thu\u0309 tu\u0323c")).name == "Thủ tục"


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ([], "definition: an object is expected"),
        (a_definition(colour="red"), "colour: unknown field"),
        ({"code": "1.001193"}, "name: missing"),
        (a_definition(name=7), "name: str is expected"),
        (a_definition(name=" "), "name: empty"),
        (a_definition(code=" 1.001193"), "code: ' 1.001193' is not"),
        (a_definition(code="1.0011931"), "code:"),
        (a_definition(level="district"), "level: 'district'"),
        (a_definition(words="khai sinh"), "words: a list is expected"),
        (a_definition(valid_from="01/07/2025"), "valid_from: '01/07/2025' is not a date"),
        (a_definition(valid_from=20250701), "valid_from: date is expected"),
        (a_definition(term={"unit": "week"}), "term.unit: 'week' is not one of"),
        (a_definition(term={"unit": "day"}), "term.amount: at least 1"),
        (a_definition(term={"unit": "day", "amount": True}), "term.amount: int is expected"),
        (a_definition(requirements=[{"key": "a"}]), "requirements[0].name: missing"),
        (asking(a_question(about="uncle.name")), "name: about 'uncle.name' is unknown"),
        (asking(a_question(kind="yes_no", default="maybe")), "name: default 'maybe' is never answered"),
        (a_definition(fees=[{"amount": -1}]), "fees[0].amount: negative"),
        (a_definition(fees=[{"amount": 1, "channel": "fax"}]), "fees[0].channel: 'fax'"),
        (
            a_definition(fees=[{"amount": 1, "plus": [{"amount": 8000, "count_question": "copies"}]}]),
            "fees[0]: counts by a question that is not asked",
        ),
        (
            asking(a_question(), fees=[{"amount": 1, "plus": [{"amount": -8, "count_question": "name"}]}]),
            "fees[0].plus: negative",
        ),
        (
            a_definition(fees=[{"amount": 1, "when": [{"question": "born", "late_after_days": 60}]}]),
            "fees[0].when names 'born', which is not asked",
        ),
        (
            asking(a_question(), fees=[{"amount": 1, "when": [{"question": "name", "late_after_days": 60}]}]),
            "fees[0].when.late_after_days counts days since a date",
        ),
        (
            asking(a_question(), fees=[{"amount": 1, "when": [{"question": "name"}]}]),
            "fees[0].when: either values or late_after_days",
        ),
        (
            asking(
                a_question(kind="yes_no"),
                fees=[{"amount": 1, "when": [{"question": "name", "values": ["maybe"]}]}],
            ),
            "fees[0].when waits for 'maybe'",
        ),
        (a_definition(fees=[{"amount": 1, "formula": "guess"}]), "fees[0].formula: 'guess'"),
        (
            a_definition(fees=[{"amount": 1, "copies_question": "copies"}]),
            "counts by a question that is not asked",
        ),
        (
            a_definition(fees=[{"amount": 1, "valid_from": "2026-02-01", "valid_to": "2026-01-01"}]),
            "ends before it begins",
        ),
        (asking(a_question(), a_question()), "name: key used twice"),
        (asking(a_question(), requirements=[{"key": "name", "name": "Giấy"}]), "name: key used twice"),
        (asking(a_question(kind="choice")), "name: choices go with the kind choice"),
        (asking(a_question(choices=[{"key": "a", "label": "A"}])), "name: choices go with the kind choice"),
        (asking(a_question(kind="choice", choices=[{"key": "a", "label": "A"}] * 2)), "a choice given twice"),
        (asking(a_question(prefill="applicant.shoes")), "prefill 'applicant.shoes'"),
        (asking(a_question(bound="yesterday")), "bound 'yesterday'"),
        (asking(a_question(show_if=[{"question": "name", "values": ["a"]}])), "which is not asked earlier"),
        (
            asking(
                a_question(key="poor", kind="yes_no"),
                a_question(show_if=[{"question": "poor", "values": ["maybe"]}]),
            ),
            "waits for 'maybe', which 'poor' never answers",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(definition, told):
    assert told in faults_of(definition)


def test_all_faults_are_told_at_once():
    told = faults_of(a_definition(name=7, colour="red", term={"unit": "week"}))
    assert "name" in told and "colour" in told and "term.unit" in told


def test_a_condition_may_name_an_earlier_question():
    procedure = procedure_from(
        asking(
            a_question(key="poor", kind="yes_no"),
            a_question(show_if=[{"question": "poor", "values": ["yes"]}]),
        )
    )
    assert isinstance(procedure, Procedure)
    assert procedure.questions[1].show_if == (Condition("poor", ("yes",)),)


@pytest.mark.parametrize("cutoff", ["15h", "", "24:00", "15:00+07:00"])
def test_a_cutoff_is_a_time_of_day_wherever_a_term_stands(cutoff):
    term = {"unit": "same_day", "cutoff": cutoff}
    told = faults_of(
        a_definition(
            term=term,
            cases=[{"code": "1.001193.01", "name": "Khó", "term": term}],
            methods=[{"channel": "direct", "term": term}],
        )
    )
    for place in ("term.cutoff", "cases[0].term.cutoff", "methods[0].term.cutoff"):
        assert place in told

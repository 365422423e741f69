"""Every procedure the project ships, read as a citizen would."""

import json
import re
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import pytest

from intake.rules.definitions import procedure_from, procedure_to
from intake.rules.fees import fee_of
from intake.rules.forms import all_faults, read_group, visible_groups, visible_questions, visible_requirements
from intake.rules.procedures import QuestionKind
from intake.rules.search import Finder
from intake.rules.wording import fee_words

TODAY = date(2026, 11, 21)
FILES = sorted((Path(__file__).parents[2] / "intake/data/procedures").glob("*.json"))
COMPLETE = {
    "1.001193", "1.000656", "1.000894", "1.004873", "2.000635", "2.000815",
    "2.000884", "1.001612", "2.000720", "1.001776", "1.004194", "3.000347",
}  # fmt: skip
ABBREVIATIONS = re.compile(r"\b(CCCD|CMND|UBND|HĐND|TTHC|GPLX|BHYT|BHXH|CSDL|GCN|HKD|DVC)\b")
ENGLISH = re.compile(
    r"\b(the|and|your|name|date|address|email|online|offline|file|upload|scan|check|click|form|link|website"
    r"|app|code|copy|fee|paper|phone|submit|ok)\b",
    re.IGNORECASE,
)
EXPLAINED = {
    QuestionKind.NAME,
    QuestionKind.DATE,
    QuestionKind.CITIZEN_ID,
    QuestionKind.PHONE,
    QuestionKind.EMAIL,
}


def read(file):
    return procedure_from(json.loads(file.read_text(encoding="utf-8")))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def procedure(request):
    return read(request.param)


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request):
    return request.param


def spoken(procedure):
    """What a kiosk shows or says."""
    yield procedure.title
    yield procedure.name
    for group in procedure.groups:
        yield group.title
        for question in group.questions:
            yield from (question.label, question.hint, question.example)
            yield from (choice.label for choice in question.choices)
    for paper in procedure.requirements:
        yield from (paper.name, paper.condition, *paper.alternatives, *paper.not_applicable_reasons)


def test_forty_procedures_at_least_and_the_complete_ones_among_them():
    assert len(FILES) >= 40
    assert {file.stem for file in FILES} >= COMPLETE


def test_the_file_is_named_after_the_code_and_reads_back(file):
    procedure = read(file)
    assert procedure.code == file.stem
    assert procedure_from(procedure_to(procedure)) == procedure


def test_the_file_is_composed_text(file):
    text = file.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)


def test_no_title_or_label_is_too_long_to_read_standing(procedure):
    for words in (procedure.title, *(group.title for group in procedure.groups)):
        assert len(words) <= 60, words
    for question in procedure.questions:
        for words in (question.label, question.hint, *(choice.label for choice in question.choices)):
            assert len(words) <= 90, words


def test_words_are_vietnamese_and_legal_names_are_spelt_out(procedure):
    for words in spoken(procedure):
        assert not ABBREVIATIONS.search(words), words
        assert not ENGLISH.search(words), words


def test_a_screen_asks_one_to_four_questions_under_a_spoken_question(procedure):
    assert procedure.groups
    for group in procedure.groups:
        assert 1 <= len(group.questions) <= 4, group.key
        assert group.title.endswith("?"), group.title


def test_a_question_says_how_to_answer_it(procedure):
    for question in procedure.questions:
        if question.kind in EXPLAINED:
            assert question.hint or question.example, question.key


def test_a_condition_waits_for_an_earlier_screen(procedure):
    """Without JavaScript, a question cannot appear on the screen that is being filled in."""
    for group in procedure.groups:
        here = {question.key for question in group.questions}
        for question in group.questions:
            assert not {condition.question for condition in question.show_if} & here, question.key


def test_a_paper_that_only_some_need_says_who(procedure):
    """The list to prepare is read before any question is answered."""
    silent = [paper.key for paper in procedure.requirements if paper.show_if and not paper.condition]
    assert silent == []


def test_a_fee_says_where_it_comes_from(procedure):
    assert procedure.fees
    for fee in procedure.fees:
        assert fee.basis or fee.note


def test_a_term_can_be_counted(procedure):
    assert procedure.term.unit.value != "other"


def test_what_the_citizen_receives_and_by_which_law(procedure):
    assert procedure.result and procedure.legal_bases and procedure.source and procedure.life_event
    assert (
        procedure.portal_url.startswith("https://dichvucong.gov.vn/")
        and procedure.code in procedure.portal_url
    )
    assert procedure.words, "nobody would find it"


PLAIN = {
    QuestionKind.NAME: "Nguyễn Thị Hoa",
    QuestionKind.TEXT: "Theo hướng dẫn",
    QuestionKind.LONG_TEXT: "Theo hướng dẫn",
    QuestionKind.YES_NO: "no",
    QuestionKind.NUMBER: "2",
    QuestionKind.COMMUNE: "14758",
}


def typed(question, chosen):
    """The question's own example, or the choice that is tried out, or something plain."""
    if question.key in chosen:
        return chosen[question.key]
    if question.choices:
        return question.choices[0].key
    return question.example or PLAIN[question.kind]


def filled_in(procedure, chosen):
    answers = {}
    for group in procedure.groups:
        if group in visible_groups(procedure, answers):
            raw = {question.key: typed(question, chosen) for question in group.questions}
            answers, faults = read_group(procedure, group, raw, answers, today=TODAY)
            assert faults == (), group.key
    return answers


def test_whatever_is_chosen_it_can_be_filed_with_its_own_examples(procedure):
    options = [
        {question.key: answer}
        for question in procedure.questions
        for answer in (
            [choice.key for choice in question.choices]
            or (["yes", "no"] if question.kind is QuestionKind.YES_NO else [])
        )
    ]
    for chosen in options or [{}]:
        answers = filled_in(procedure, chosen)
        papers = {
            paper.key: {"how": "paper", "reason": ""} for paper in visible_requirements(procedure, answers)
        }
        assert all_faults(procedure, answers, papers, today=TODAY) == (), chosen
        assert fee_of(procedure, channel="direct", on=TODAY, answers=answers).rule is not None


@pytest.mark.parametrize("code", sorted(COMPLETE))
def test_a_complete_set_of_questions_is_more_than_a_request(code):
    procedure = read(next(file for file in FILES if file.stem == code))
    assert len(procedure.questions) >= 5
    assert "request_content" not in {question.key for question in procedure.questions}


def finder_over(copies):
    procedures = [read(file) for file in FILES] * copies
    return Finder((it.code, (it.title, it.name, *it.words, it.sector)) for it in procedures)


@pytest.fixture(scope="module")
def finder():
    return finder_over(1)


@pytest.fixture(scope="module")
def big_finder():
    return finder_over(10)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("giay khai sinh", "1.001193"),
        ("lam lai giay khai sinh bi mat", "1.004884"),
        ("photo cong chung bang dai hoc", "2.000815"),
        ("mở quán phở", "1.001612"),
        ("khai sinh", "1.001193"),
        ("Sinh khai GIẤY", "1.001193"),
        ("lam giay cho con", "1.001193"),
        ("đăng ký kết hôn", "1.000894"),
        ("cuoi vo", "1.000894"),
        ("photo công chứng", "2.000815"),
        ("tam tru", "1.004194"),
        ("bang lai xe", "3.000347"),
        ("ho kinh doanh", "1.001612"),
        ("mo quan pho", "1.001612"),
        ("kinh doank", "1.001612"),
        ("tro cap nguoi gia", "1.001776"),
        ("doc than", "1.004873"),
        ("bo me mat", "1.000656"),
        ("mat giay khai sinh", "2.000635"),
        ("chuwng thuc chu ky", "2.000884"),
        ("sang ten so do", "1.013831"),
        ("xay nha", "1.013225"),
        ("nhap khau", "1.004222"),
        ("1.004222", "1.004222"),
    ],
)
def test_people_find_it_by_their_own_words(finder, words, code):
    assert finder.find(words)[0] == code


@pytest.mark.parametrize("words", ["sang ten xe", "mua xe máy", "bảo hiểm thất nghiệp", "tách thửa"])
def test_what_no_procedure_is_about_is_not_answered_with_another(finder, words):
    assert finder.find(words) == []


@pytest.mark.parametrize("words", ["giay khai sinh", "dang ky thuong tru", "xay dunng nha", "giay"])
def test_five_hundred_procedures_are_searched_within_two_milliseconds(big_finder, words):
    def seconds():
        begun = process_time()  # a neighbour's work is not ours
        big_finder.find(words)
        return process_time() - begun

    assert min(seconds() for _ in range(25)) <= 0.002


def fee_words_of(code, **answers):
    procedure = read(next(file for file in FILES if file.stem == code))
    return fee_words(fee_of(procedure, channel="direct", on=TODAY, answers=answers))


@pytest.mark.parametrize(
    "code, event, last_free, first_late",
    [("1.001193", "child_born", 60, 61), ("1.000656", "died_on", 15, 16)],
)
def test_registered_in_time_costs_its_copies_and_late_is_told_at_the_counter(
    code, event, last_free, first_late
):
    """Source: Luật Hộ tịch 60/2014/QH13, art. 11, 15 and 33."""
    in_time = {event: (TODAY - timedelta(days=last_free)).isoformat()}
    late = {event: (TODAY - timedelta(days=first_late)).isoformat()}
    assert fee_words_of(code, **in_time) == "Không thu phí"
    assert fee_words_of(code, **in_time, copies="2") == "16.000 đồng"
    assert fee_words_of(code, **late, copies="2") == "Cán bộ báo tại quầy"


def test_copies_asked_for_are_charged(procedure):
    if "copies" in {question.key for question in procedure.questions} and procedure.code != "2.000908":
        fee = fee_of(procedure, channel="direct", on=TODAY, answers={"copies": "2", "pages": "1"})
        assert fee.amount, "copies from the original register alone are free"


def test_extracts_cost_eight_thousand_each():
    assert fee_words_of("2.000635", copies="3") == "24.000 đồng"


def test_an_origin_that_most_people_have_costs_no_touch(procedure):
    origins = [q for q in procedure.questions if q.key.endswith(("_ethnicity", "_nationality"))]
    assert all(question.default for question in origins)
    usual = {question.key: question.default for question in origins}
    for group in procedure.groups:
        assert not any(question.key.endswith("_other") for question in visible_questions(group, usual))


def test_parents_under_one_roof_tell_their_address_once():
    procedure = read(next(file for file in FILES if file.stem == "1.001193"))
    for relation in ("mother", "father"):
        told = {"relation": relation, "birth_case": "usual", "father_known": "yes"}
        told |= {question.key: question.default for question in procedure.questions if question.default}
        asked = [q.key for group in visible_groups(procedure, told) for q in visible_questions(group, told)]
        assert [key for key in asked if key.endswith("address")] == ["parent_address"]

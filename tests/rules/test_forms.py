"""What is asked, what an answer means, and what is wrong with it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import a_procedure
from intake.rules.forms import (
    Fault,
    all_faults,
    kept_answers,
    read_answer,
    read_group,
    shown_answer,
    sound_answers,
    term_of,
    visible_groups,
    visible_questions,
    visible_requirements,
)
from intake.rules.procedures import (
    Case,
    Choice,
    Condition,
    Group,
    Procedure,
    Question,
    QuestionKind,
    Requirement,
    Term,
    TermUnit,
)

TODAY = date(2026, 11, 21)


def ask(kind, key="answer", **changes):
    if kind is QuestionKind.CHOICE:
        changes.setdefault("choices", (Choice("own", "Nhà của mình"), Choice("rent", "Thuê")))
    return Question(key, "Câu hỏi", kind, **changes)


def read(kind, text, **changes):
    return read_answer(ask(kind, **changes), text, today=TODAY)


def code_of(found):
    assert isinstance(found, Fault), found
    return found.code


def waits_for(question, *values):
    return (Condition(question, values),)


# A trade licence: a tenant names the owner, and an owner who does not agree must say why.
OWNER = Group(
    "owner",
    "Chủ nhà là ai?",
    (ask(QuestionKind.NAME, "owner_name"), ask(QuestionKind.YES_NO, "agrees")),
    show_if=waits_for("home", "rent"),
)
REASON = Group("reason", "Vì sao?", (ask(QuestionKind.TEXT, "why", show_if=waits_for("agrees", "no")),))
LICENCE = Procedure(
    code="1.000001",
    name="Đăng ký",
    sector="Thử",
    agency="Thử",
    term=Term(TermUnit.WORKING_DAY, 3),
    groups=(Group("home", "Nhà của ai?", (ask(QuestionKind.CHOICE, "home"),)), OWNER, REASON),
    requirements=(
        Requirement("deed", "Giấy tờ nhà", originals=1, held_by_state=True),
        Requirement("lease", "Hợp đồng thuê", copies=1, show_if=waits_for("home", "rent")),
        Requirement("photo", "Ảnh", required=False),
    ),
    cases=(Case("1.000001.01", "Phải xác minh", Term(TermUnit.WORKING_DAY, 5), waits_for("agrees", "no")),),
)
TENANT = {"home": "rent", "owner_name": "Lê Thị Mai", "agrees": "no", "why": "Đi vắng"}
HERE = {"how": "paper", "reason": ""}


@pytest.mark.parametrize(
    "text",
    [
        "03/02/1950", "3/2/1950", "3-2-1950", "3.2.1950", "3 2 1950", "03021950", "1950-02-03", "3 / 2 / 50",
        "ngày 3 tháng 2 năm 1950", "Ngày 03 tháng 02 năm 1950", "mùng 3 tháng 2 năm 1950",
        "mồng 3 thang 2 nam 50", " 3,2,1950 ",
    ],
)  # fmt: skip
def test_a_birthday_typed_as_people_type_it(text):
    assert read(QuestionKind.DATE, text, bound="past") == "1950-02-03"


def test_a_day_that_does_not_exist_says_how_many_the_month_has():
    fault = read(QuestionKind.DATE, "31/11/2026")
    assert fault == Fault("answer", "no_such_day", {"day": 31, "month": 11, "year": 2026, "days": 30})
    assert read(QuestionKind.DATE, "29/2/2027").facts["days"] == 28
    assert read(QuestionKind.DATE, "29/2/2028") == "2028-02-29"


@pytest.mark.parametrize(
    "text", ["32/1/2026", "1/13/2026", "1/2", "2026", "3/2/195", "hôm qua", "3/2/0000", "1/2/3/4"]
)
def test_what_is_no_date_is_a_bad_date(text):
    assert code_of(read(QuestionKind.DATE, text)) == "bad_date"


def test_two_digits_of_a_year_are_taken_only_where_one_century_fits():
    assert read(QuestionKind.DATE, "3/2/50", bound="past") == "1950-02-03"
    assert read(QuestionKind.DATE, "3/2/27", bound="future") == "2027-02-03"
    assert read(QuestionKind.DATE, "3/2/20", bound="past").facts["years"] == (1920, 2020)
    assert code_of(read(QuestionKind.DATE, "3/2/50")) == "bad_date"


def test_the_bound_of_a_date_includes_today():
    assert read(QuestionKind.DATE, "21/11/2026", bound="past") == "2026-11-21"
    assert read(QuestionKind.DATE, "21/11/2026", bound="future") == "2026-11-21"
    assert code_of(read(QuestionKind.DATE, "22/11/2026", bound="past")) == "future_date"
    assert code_of(read(QuestionKind.DATE, "20/11/2026", bound="future")) == "past_date"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50000000", "50000000"), ("50.000.000", "50000000"), ("50,000,000 đ", "50000000"),
        ("50 triệu", "50000000"),
        ("1,5 triệu đồng", "1500000"), ("1.5tr", "1500000"), ("200k", "200000"), ("200 nghìn", "200000"),
        ("2 tỷ", "2000000000"), ("0", "0"), ("8.000", "8000"),
    ],
)  # fmt: skip
def test_money_as_people_write_and_say_it(text, amount):
    assert read(QuestionKind.MONEY, text) == amount


@pytest.mark.parametrize("text", ["nhiều", "-5", "1,5", "5 đô", "1.2.3", "9" * 30])
def test_what_is_no_amount_of_dong(text):
    assert code_of(read(QuestionKind.MONEY, text)) == "bad_number"


def test_a_number_within_its_bounds():
    assert read(QuestionKind.NUMBER, "007") == "7"
    assert read(QuestionKind.NUMBER, "1.200") == "1200"
    assert read(QuestionKind.NUMBER, "0", min=1) == Fault("answer", "too_small", {"min": 1})
    assert read(QuestionKind.NUMBER, "51", max=50) == Fault("answer", "too_large", {"max": 50})
    assert code_of(read(QuestionKind.NUMBER, "hai")) == "bad_number"


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        (QuestionKind.NAME, "  Lê  Thị Mai ", "Lê Thị Mai"),
        (QuestionKind.NAME, "H'Hen Niê", "H'Hen Niê"),
        (QuestionKind.TEXT, "Số  12", "Số 12"),
        (QuestionKind.LONG_TEXT, "một\r\nhai", "một\nhai"),
        (QuestionKind.CITIZEN_ID, "038 190 012345", "038190012345"),
        (QuestionKind.PHONE, "+84 912 345 678", "0912345678"),
        (QuestionKind.EMAIL, "hoa@vidu.vn", "hoa@vidu.vn"),
        (QuestionKind.CHOICE, "rent", "rent"),
        (QuestionKind.CHOICE, "nha cua minh", "own"),
        (QuestionKind.YES_NO, "Có", "yes"),
        (QuestionKind.YES_NO, "không", "no"),
        (QuestionKind.COMMUNE, "31906", "31906"),
    ],
)
def test_an_answer_is_kept_in_one_form(kind, text, answer):
    assert read(kind, text) == answer


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (QuestionKind.NAME, "Mai 2", "bad_name"),
        (QuestionKind.CITIZEN_ID, "123", "bad_citizen_id"),
        (QuestionKind.PHONE, "12", "bad_phone"),
        (QuestionKind.EMAIL, "hoa@vidu", "bad_email"),
        (QuestionKind.CHOICE, "mượn", "bad_choice"),
        (QuestionKind.YES_NO, "có lẽ", "bad_choice"),
        (QuestionKind.COMMUNE, "Xã Nga Sơn", "bad_commune"),
        (QuestionKind.TEXT, "x" * 201, "too_long"),
        (QuestionKind.TEXT, "  ", "missing"),
    ],
)
def test_a_fault_has_a_code(kind, text, code):
    assert code_of(read(kind, text)) == code


def test_a_commune_must_exist_when_the_list_is_at_hand():
    question = ask(QuestionKind.COMMUNE)
    assert read_answer(question, "31906", today=TODAY, communes={"31906"}) == "31906"
    assert code_of(read_answer(question, "31906", today=TODAY, communes={"00004"})) == "bad_commune"


def test_an_optional_question_may_stay_empty():
    assert read(QuestionKind.DATE, " ", required=False) == ""


@given(st.sampled_from(QuestionKind), st.text(max_size=250), st.sampled_from(["", "past", "future"]))
def test_no_text_upsets_the_reader_and_what_it_keeps_it_reads_again(kind, text, bound):
    question = ask(kind, required=False, bound=bound)
    answer = read_answer(question, text, today=TODAY)
    if isinstance(answer, str):
        assert read_answer(question, answer, today=TODAY) == answer
        assert isinstance(shown_answer(question, answer), str)


@given(st.dates(date(1850, 1, 1), date(2150, 12, 31)))
def test_every_day_is_read_from_how_it_is_shown(day):
    question = ask(QuestionKind.DATE)
    assert read_answer(question, shown_answer(question, day.isoformat()), today=TODAY) == day.isoformat()


def test_hidden_screens_are_not_walked_through():
    assert [group.key for group in visible_groups(LICENCE, {"home": "own"})] == ["home"]
    assert [group.key for group in visible_groups(LICENCE, TENANT)] == ["home", "owner", "reason"]
    assert [group.key for group in visible_groups(LICENCE, TENANT | {"agrees": "yes"})] == ["home", "owner"]


def test_a_hidden_question_answers_nothing():
    """An owner has no landlord: the reason stays hidden though «no» is still in the draft."""
    owner = TENANT | {"home": "own"}
    assert kept_answers(LICENCE, owner) == {"home": "own"}
    assert [group.key for group in visible_groups(LICENCE, owner)] == ["home"]
    assert kept_answers(LICENCE, TENANT) == TENANT


def test_papers_follow_the_answers():
    assert [paper.key for paper in visible_requirements(LICENCE, {"home": "own"})] == ["deed", "photo"]
    assert [paper.key for paper in visible_requirements(LICENCE, TENANT)] == ["deed", "lease", "photo"]


def test_a_case_has_a_term_of_its_own():
    assert term_of(LICENCE, {"home": "own"}) == Term(TermUnit.WORKING_DAY, 3)
    assert term_of(LICENCE, TENANT) == Term(TermUnit.WORKING_DAY, 5)


def test_a_screen_is_merged_into_the_answers():
    merged, faults = read_group(
        LICENCE, OWNER, {"owner_name": " Lê  Thị Mai", "agrees": "Có"}, {"home": "rent"}, today=TODAY
    )
    assert merged == {"home": "rent", "owner_name": "Lê Thị Mai", "agrees": "yes"}
    assert faults == ()


def test_what_cannot_be_read_stays_as_typed():
    merged, faults = read_group(LICENCE, OWNER, {"owner_name": "Mai 2"}, {"home": "rent"}, today=TODAY)
    assert merged["owner_name"] == "Mai 2"
    assert [(fault.key, fault.code) for fault in faults] == [
        ("owner_name", "bad_name"),
        ("agrees", "missing"),
    ]


def test_an_answer_taken_back_is_gone():
    optional = Group("more", "Còn gì nữa không?", (ask(QuestionKind.TEXT, "more", required=False),))
    merged, faults = read_group(LICENCE, optional, {"more": ""}, {"more": "Có"}, today=TODAY)
    assert (merged, faults) == ({}, ())


def test_a_hidden_question_of_the_screen_keeps_what_it_had():
    merged, faults = read_group(LICENCE, REASON, {}, TENANT | {"agrees": "yes"}, today=TODAY)
    assert merged["why"] == "Đi vắng" and faults == ()


def test_everything_that_is_left_is_told():
    assert [(f.key, f.code) for f in all_faults(LICENCE, {}, {}, today=TODAY)] == [
        ("home", "missing"),
        ("deed", "missing"),
    ]
    assert all_faults(LICENCE, TENANT, {"deed": HERE, "lease": HERE}, today=TODAY) == ()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "missing"),
        ({"how": "lost"}, "bad_choice"),
        ({"how": "state"}, "bad_choice"),
        ({"how": "not_applicable", "reason": " "}, "missing"),
    ],
)
def test_a_paper_is_answered_in_one_of_three_ways(document, code):
    faults = all_faults(LICENCE, TENANT, {"deed": {"how": "state"}, "lease": document}, today=TODAY)
    assert [(fault.key, fault.code) for fault in faults] == [("lease", code)]


def test_an_answer_is_shown_as_people_read_it():
    assert shown_answer(ask(QuestionKind.DATE), "2026-11-21") == "21/11/2026"
    assert shown_answer(ask(QuestionKind.CHOICE), "own") == "Nhà của mình"
    assert shown_answer(ask(QuestionKind.YES_NO), "no") == "Không"
    assert shown_answer(ask(QuestionKind.MONEY), "8000") == "8.000 đồng"
    assert (
        shown_answer(ask(QuestionKind.COMMUNE), "31906", {"31906": "Xã Hưng Hội"}.__getitem__)
        == "Xã Hưng Hội"
    )
    assert shown_answer(ask(QuestionKind.DATE), "31/11/2026") == "31/11/2026", "typed, but no answer"


@given(
    st.dictionaries(
        st.sampled_from(["home", "owner_name", "agrees", "why", "stray"]),
        st.sampled_from(["", "own", "rent", "yes", "no", "Lê Thị Mai"]),
    )
)
def test_no_hidden_answer_is_ever_kept(answers):
    kept = kept_answers(LICENCE, answers)
    shown = {q.key for g in visible_groups(LICENCE, answers) for q in visible_questions(g, kept)}
    assert set(kept) <= shown
    assert kept_answers(LICENCE, kept) == kept


def test_sound_answers_leave_out_what_cannot_be_taken_and_what_hung_on_it():
    when = Question("when", "Ngày cưới", QuestionKind.DATE, bound="future")
    where = Question("where", "Ở đâu", QuestionKind.TEXT, show_if=(Condition("when", ("2026-11-19",)),))
    who = Question("who", "Họ tên", QuestionKind.NAME)
    procedure = a_procedure(groups=(Group("g", "Đám cưới", (when, where, who)),))
    told = {"when": "2026-11-19", "where": "Hạc Thành", "who": "Lê Văn Bình", "unknown": "x"}
    assert sound_answers(procedure, told, today=date(2026, 11, 19)) == {
        "when": "2026-11-19",
        "where": "Hạc Thành",
        "who": "Lê Văn Bình",
    }
    assert sound_answers(procedure, told, today=date(2026, 11, 20)) == {"who": "Lê Văn Bình"}


def test_papers_that_were_brought_are_asked_for_unless_an_answer_speaks_against_them():
    married = Question("married", "Đã kết hôn?", QuestionKind.YES_NO)
    spouse = Requirement("spouse", "Giấy kết hôn", show_if=(Condition("married", ("yes",)),))
    procedure = a_procedure(groups=(Group("g", "Gia đình", (married,)),), requirements=(spouse,))
    assert visible_requirements(procedure, {}) == ()
    assert visible_requirements(procedure, {}, {"spouse"}) == (spouse,)
    assert visible_requirements(procedure, {"married": "no"}, {"spouse"}) == ()
    assert visible_requirements(procedure, {"married": "yes"}) == (spouse,)

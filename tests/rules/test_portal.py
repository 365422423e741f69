"""Records of the national portal: mapped, remarked on, or refused in words."""

import json
import os
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.definitions import procedure_from, procedure_to
from intake.rules.portal import merged, procedure_of
from intake.rules.procedures import (
    Case,
    Condition,
    FeeAddition,
    FeeRule,
    Group,
    Method,
    Question,
    QuestionKind,
    ServiceLevel,
    Term,
    TermUnit,
)
from intake.rules.raw import cleaned

PROJECT = Path(__file__).parents[2]
RECORDS = Path(os.environ.get("MOTCHAM_PORTAL_RECORDS") or PROJECT / "../shared/data/national-portal/details")
WITH_CUTOFF = "nếu tiếp nhận hồ sơ sau 15 giờ thì trả kết quả trong ngày làm việc tiếp theo"


def a_method(**changes):
    return {
        "submissionMethod": "DIRECT",
        "processingTime": 3,
        "processingTimeUnit": "WORKING_DAY",
        "description": "",
        "fees": [],
    } | changes


def a_fee(**changes):
    return {"type": "FEE", "value": 8000, "currencyId": "", "description": ""} | changes


def a_paper(**changes):
    return {"name": "- Tờ khai", "code": "KQ01", "originalQty": 1, "copyQty": 0, "required": False} | changes


def a_record(**changes):
    """A well-formed record about which there is nothing to remark."""
    return {
        "code": "1.000001",
        "name": "Cấp giấy để thử",
        "state": "ACTIVE",
        "type": "STANDARD",
        "isWard": True,
        "category": {"name": "Hộ tịch"},
        "unitGroupsExecuting": [{"name": "Ủy ban nhân dân cấp xã"}],
        "executionMethods": [a_method()],
    } | changes


def enveloped(record):
    return {"code": "OK", "data": record, "message": "OK"}


def mapped(**changes):
    return procedure_of(enveloped(a_record(**changes)))


def procedure(**changes):
    found = mapped(**changes).procedure
    assert found is not None
    return found


def rejected(raw):
    found = procedure_of(raw)
    assert found.procedure is None
    return found.reasons[0]


def term(qty, unit="WORKING_DAY", **changes):
    return procedure(executionMethods=[a_method(processingTime=qty, processingTimeUnit=unit, **changes)]).term


def fee(*fees):
    return procedure(executionMethods=[a_method(fees=list(fees))]).fees


def test_a_well_formed_record_is_taken_without_remark():
    found = mapped()
    assert found.code == "1.000001" and found.reasons == ()
    assert found.procedure.name == "Cấp giấy để thử"
    assert (found.procedure.sector, found.procedure.agency) == ("Hộ tịch", "Ủy ban nhân dân cấp xã")
    assert found.procedure.term == Term(TermUnit.WORKING_DAY, 3)
    assert found.procedure.groups[0].questions[0].key == "request_content", "anything can be filed"


@pytest.mark.parametrize(
    ("qty", "unit", "expected"),
    [
        (5, "WORKING_DAY", Term(TermUnit.WORKING_DAY, 5)),
        (10, "DAY", Term(TermUnit.DAY, 10)),
        (1, "HOUR", Term(TermUnit.HOUR, 1)),
        (2, "MONTH", Term(TermUnit.MONTH, 2)),
        (3.0, "DAY", Term(TermUnit.DAY, 3)),
        ("7", "DAY", Term(TermUnit.DAY, 7)),
        (8.5, "WORKING_DAY", Term(TermUnit.WORKING_HOUR, 68)),
        (3, "OTHER", Term(TermUnit.OTHER, 3)),
    ],
)
def test_units_of_a_term(qty, unit, expected):
    assert term(qty, unit) == expected


@pytest.mark.parametrize(
    "qty", [None, 0, -2, 10**6, 10**400, "9" * 5000, float("inf"), float("nan"), True, [3], "ba ngày"]
)
def test_an_amount_that_cannot_be_used_is_remarked_on(qty):
    found = mapped(executionMethods=[a_method(processingTime=qty)])
    assert found.procedure.term.unit is TermUnit.OTHER and found.reasons


def test_the_text_of_another_unit_carries_the_rule_of_the_cutoff():
    told = "Trong ngày làm việc; nhận sau 15 giờ 30 thì trả trong ngày làm việc tiếp theo"
    assert term(told, "OTHER") == Term(TermUnit.SAME_DAY, 0, "15:30", told)
    assert term(1, "OTHER", description=WITH_CUTOFF).cutoff == "15:00"
    assert term("Theo mô tả", "OTHER", description="Không quá 8 ngày").note == "Theo mô tả\nKhông quá 8 ngày"


def test_the_steps_carry_it_too_but_only_for_a_day():
    steps = [{"name": "Bước 1", "description": WITH_CUTOFF}]
    a_day, three = (a_method(processingTime=qty, processingTimeUnit="OTHER") for qty in (1, 3))
    assert procedure(executionMethods=[a_day], executionSteps=steps).term.unit is TermUnit.SAME_DAY
    assert procedure(executionMethods=[three], executionSteps=steps).term.unit is TermUnit.OTHER


def test_a_bare_number_is_counted_as_the_case_with_the_same_number_counts_it():
    case = {"code": "1.000001.01", "name": "Thường", "processingDay": {"qty": 3, "type": "WORKING_DAY"}}
    bare = [a_method(processingTimeUnit="OTHER")]
    assert procedure(executionMethods=bare, cases=[case]).term == Term(TermUnit.WORKING_DAY, 3)


def test_every_way_of_filing_keeps_its_own_term():
    ways = [
        a_method(submissionMethod="ONLINE", processingTime=2, description="Trên Cổng"),
        a_method(),
        a_method(submissionMethod="POSTAL"),
    ]
    found = procedure(executionMethods=ways)
    assert found.term.amount == 3
    assert found.methods[0] == Method("online", Term(TermUnit.WORKING_DAY, 2), "Trên Cổng")
    assert [method.channel for method in found.methods] == ["online", "direct", "post"]


def test_several_terms_for_one_way_of_filing_are_remarked_on():
    found = mapped(executionMethods=[a_method(), a_method(processingTime=20), a_method(processingTime=5)])
    assert found.procedure.term.amount == 20, "nobody is promised too much"
    assert "nhiều thời hạn" in found.reasons[0] and found.reasons[0].endswith(
        "dài nhất để hẹn trả: 20 ngày làm việc"
    )


@pytest.mark.parametrize(
    "longer, unit, shorter, other",
    [
        (2, "MONTH", 40, "WORKING_DAY"),
        (15, "WORKING_DAY", 20, "DAY"),
        (3, "DAY", 48, "HOUR"),
        (1, "WORKING_DAY", 0, "OTHER"),
    ],
)
def test_terms_of_different_units_are_compared_by_how_long_they_last(longer, unit, shorter, other):
    two = [
        a_method(processingTime=shorter, processingTimeUnit=other),
        a_method(processingTime=longer, processingTimeUnit=unit),
    ]
    for methods in (two, two[::-1]):
        assert procedure(executionMethods=methods).term.amount == longer


def test_a_longer_term_beside_the_one_we_chose_does_not_replace_it():
    record = procedure(executionMethods=[a_method(), a_method(processingTime=20)])
    assert merged(SHIPPED, record).term == SHIPPED.term
    assert merged(SHIPPED, merged(SHIPPED, record)).term == SHIPPED.term


def test_cases_have_terms_and_belong_to_the_procedure():
    cases = [
        {"code": "1.000001.02", "name": "Phải xác minh", "processingDay": {"qty": 5, "type": "WORKING_DAY"}},
        {"code": "1.999999.01", "name": "Lạ", "processingDay": {"qty": 5, "type": "DAY"}},
    ]
    found = mapped(cases=cases)
    assert found.procedure.cases == (Case("1.000001.02", "Phải xác minh", Term(TermUnit.WORKING_DAY, 5)),)
    assert "1.999999.01" in found.reasons[0]


def test_a_clear_fee_is_taken():
    assert fee(a_fee(description="Thông tư số 281/2016/TT-BTC")) == (
        FeeRule(
            8000,
            channel="direct",
            basis="281/2016/TT-BTC",
            note="8.000 đồng. Phí: Thông tư số 281/2016/TT-BTC",
        ),
    )
    assert fee(a_fee(value=0))[0].amount == 0


@pytest.mark.parametrize(
    "line",
    [
        a_fee(value=None),
        a_fee(value=0, description="Mức lệ phí do Hội đồng nhân dân tỉnh quyết định"),
        a_fee(value=0, description="Theo quy định tại Thông tư 64/2025/TT-BTC"),
        a_fee(value=0, description="Đối với đất ở: 150.000 đồng/hồ sơ"),
        a_fee(value=5000, description="thu 7.000 đồng/lần"),
        a_fee(value=500),
        a_fee(value=100, currencyName="USD"),
        a_fee(value="8000"),
        a_fee(value=-1),
        a_fee(value=10**20),
    ],
)
def test_an_unclear_fee_is_told_at_the_counter(line):
    (rule,) = fee(line)
    assert rule.amount is None and rule.note


def test_free_of_charge_is_free_though_copies_cost():
    (rule,) = fee(
        a_fee(value=0, description="Miễn lệ phí. Phí cấp bản sao theo quy định tại Thông tư 281/2016/TT-BTC")
    )
    assert rule.amount == 0 and rule.basis == ""


def test_several_amounts_for_one_channel_are_not_chosen_between():
    (rule,) = fee(a_fee(value=15000), a_fee(value=10000, description="Theo danh sách: 10.000 đồng"))
    assert rule.amount is None and "15.000 đồng" in rule.note and "10.000 đồng" in rule.note


def test_who_pays_nothing_is_not_an_amount():
    (rule,) = fee(
        a_fee(value=15000), a_fee(value=0, description="Công dân thuộc diện được miễn phí theo Điều 4")
    )
    assert rule.amount == 15000 and rule.exempt == ("miễn phí theo Điều 4",)


def test_papers_handed_in_shown_or_only_advice():
    found = procedure(
        executionCases=[
            {"name": "* Giấy tờ phải nộp:", "profileComponents": [a_paper(copyQty=2, required=True)]},
            {"name": "* Giấy tờ phải xuất trình:", "profileComponents": [a_paper(name="Hộ chiếu")]},
            {
                "name": "Theo danh sách:",
                "profileComponents": [a_paper(originalQty=0, hasElectronicForm=True)],
            },
            {"name": "* Lưu ý:", "profileComponents": [a_paper(name="Chụp rõ nét", originalQty=0)]},
        ]
    )
    form, passport, electronic = found.requirements
    assert (form.name, form.originals, form.copies, form.required, form.code) == (
        "Tờ khai",
        1,
        2,
        True,
        "KQ01",
    )
    assert passport.show and passport.condition == ""
    assert electronic.electronic_form and electronic.condition == "Theo danh sách"
    assert "Chụp rõ nét" in found.official_text


def test_what_the_state_can_look_up_need_not_be_brought():
    told = "Giấy báo tử. Trường hợp đã khai thác được dữ liệu điện tử thì không phải nộp bản giấy."
    (paper,) = procedure(
        executionCases=[{"name": "", "profileComponents": [a_paper(name=told)]}]
    ).requirements
    assert paper.held_by_state


def test_flags():
    online = [a_method(submissionMethod="ONLINE")]
    assert procedure(isFullProcess=True).service_level is ServiceLevel.FULL
    assert procedure(executionMethods=online).service_level is ServiceLevel.PARTIAL
    assert procedure(executionMethods=online, isOfflineOnly=True).service_level is ServiceLevel.NONE
    assert procedure(isNonTerritorial=True).non_territorial
    assert procedure(isWard=False, isProvince=True).level == "province"
    assert procedure(isWard=True, isProvince=True).level == "commune"


def test_legal_bases_and_results():
    found = procedure(
        legalBasisesDetails=[
            {"code": "60/2014/QH13", "name": "Luật Hộ tịch"},
            {"code": "123/2015/NĐ-CP", "name": "Nghị định số 123/2015/NĐ-CP"},
        ],
        resultsDetails=[{"name": "Giấy khai sinh"}, {"name": "Thông báo"}],
    )
    assert found.legal_bases == ("60/2014/QH13: Luật Hộ tịch", "Nghị định số 123/2015/NĐ-CP")
    assert found.result == "Giấy khai sinh; Thông báo"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Một&nbsp;&amp; hai</p><p>ba</p>", "Một & hai\nba"),
        ("a<br/>b<script>alert(1)</script>", "a\nb"),
        ("&lt;b&gt;đậm&lt;/b&gt;", "đậm"),
        ("cao < 15 m > 2 m", "cao < 15 m > 2 m"),
        ("\ufeffTho\u0302\u0301ng\x00 ke\u0302", "Thống kê"),
        ("x\ud800y", "xy"),
    ],
)
def test_markup_and_dirt_are_stripped(text, plain):
    assert cleaned(text) == plain


def test_spaces_around_a_code_are_trimmed_with_a_remark():
    found = mapped(code=" 1.014325\u00a0")
    assert found.code == found.procedure.code == "1.014325"
    assert "khoảng trắng" in found.reasons[0]


@pytest.mark.parametrize(
    "code",
    [
        "1.0133611",
        "1.014955-Xoa",
        "2.009182739",
        "1.01495",
        "1,014955",
        "1.000656.01",
        "",
        " ",
        "１.０００００１",
        "\ud800",
        None,
        7,
    ],
)
def test_any_other_dirty_code_is_refused_never_guessed(code):
    reason = rejected(enveloped(a_record(code=code)))
    assert "mã" in reason and reason.encode()


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ([], "không phải một bản ghi"),
        (None, "không phải một bản ghi"),
        ("1.000001", "không phải một bản ghi"),
        ({}, "Cổng không ghi mã trả lời"),
        ({"code": None, "message": "Hết phiên"}, "Cổng không ghi mã trả lời: Hết phiên"),
        ({"code": "ERROR"}, "Cổng trả lỗi «ERROR»"),
        ({"code": "ERROR", "message": "Không tìm thấy", "data": None}, "Không tìm thấy"),
        ({"code": "OK", "data": None}, "không chứa bản ghi"),
        ({"code": "OK", "data": [a_record()]}, "không chứa bản ghi"),
        (enveloped(a_record(name=None)), "không có tên"),
        (enveloped(a_record(name=" <p></p> ")), "không có tên"),
    ],
)
def test_what_is_no_record_is_refused_in_words(raw, told):
    assert told in rejected(raw)


def test_a_bare_record_is_taken_with_a_remark():
    found = procedure_of(a_record())
    assert found.procedure == procedure()
    assert "lớp vỏ" in found.reasons[0]


def test_wrong_types_inside_are_left_out_with_a_remark():
    found = mapped(executionMethods={"a": 1}, cases=[3], category="Hộ tịch", isWard="yes", keywords=["a"])
    assert found.procedure is not None
    for name in ("executionMethods", "cases", "category", "isWard", "keywords"):
        assert any(f"«{name}»" in reason for reason in found.reasons), name


def test_nulls_everywhere_are_taken():
    found = procedure_of(enveloped(dict.fromkeys(a_record()) | {"code": "1.000001", "name": "Thử"}))
    assert found.procedure is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
RICH = a_record(
    executionMethods=[a_method(fees=[a_fee()])],
    cases=[{"code": "1.000001.01", "name": "Thường", "processingDay": {"qty": 3, "type": "DAY"}}],
    executionCases=[{"name": "Giấy tờ", "profileComponents": [a_paper()]}],
    executionSteps=[{"name": "Bước 1", "description": WITH_CUTOFF}],
    legalBasisesDetails=[{"code": "1/2025/NĐ-CP", "name": "Nghị định"}],
    procedureProposal={"proposalNumber": "1/QĐ"},
    updatedAt=1776242191512,
)


def places(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


@given(st.sampled_from(sorted(places(RICH), key=str)), JSON)
def test_no_value_in_any_place_upsets_it(place, value):
    record = deepcopy(RICH)
    inner = record
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    found = procedure_of(enveloped(record))
    assert found.procedure is not None or found.reasons
    if found.procedure:
        assert procedure_from(json.loads(json.dumps(procedure_to(found.procedure)))) == found.procedure


@given(JSON)
def test_no_json_at_all_upsets_it(raw):
    assert procedure_of(raw).reasons


SHIPPED = procedure(
    executionMethods=[a_method(fees=[a_fee()])],
    executionCases=[{"name": "", "profileComponents": [a_paper()]}],
)


def test_our_words_stay_over_a_record_and_its_facts_come_in():
    ours = replace(
        SHIPPED,
        short_name="Giấy thử",
        words=("làm giấy",),
        life_event="birth",
        groups=(Group("who", "Tên là gì?", (Question("name", "Tên", QuestionKind.NAME),)),),
    )
    record = procedure(
        name="Tên mới",
        keywords="thử, giấy",
        executionMethods=[a_method(processingTime=5, fees=[a_fee(value=9000)])],
        executionCases=[{"name": "", "profileComponents": [a_paper(name="Giấy mới")]}],
    )
    both = merged(ours, record)
    assert (both.name, both.term.amount, both.fees[0].amount) == ("Tên mới", 5, 9000)
    assert (both.short_name, both.life_event, both.groups) == ("Giấy thử", "birth", ours.groups)
    assert both.words == ("làm giấy", "thử", "giấy")
    assert both.requirements == ours.requirements and "Giấy tờ: Giấy mới" in both.official_text
    assert merged(ours, both) == both, "merging twice changes nothing"


def test_words_alone_do_not_undo_a_curated_term_or_fee():
    vague = procedure(
        executionMethods=[
            a_method(processingTimeUnit="OTHER", fees=[a_fee(value=0, description="Theo quy định")])
        ]
    )
    both = merged(SHIPPED, vague)
    assert both.term == SHIPPED.term and both.fees == SHIPPED.fees


def test_the_price_of_a_copy_that_we_add_already_is_no_news():
    ours = replace(SHIPPED, fees=(FeeRule(0, plus=(FeeAddition(8000, "copies"),)),))
    assert merged(ours, SHIPPED).fees == ours.fees


def test_the_term_of_one_of_our_cases_does_not_become_that_of_all():
    case = Case(
        "1.000001.01", "Bổ sung", Term(TermUnit.WORKING_DAY, 1), (Condition("kind", ("supplement",)),)
    )
    ours = replace(SHIPPED, cases=(case,))
    record = procedure(
        executionMethods=[a_method(processingTime=1)],
        cases=[{"code": case.code, "name": "Bổ sung", "processingDay": {"qty": 1, "type": "WORKING_DAY"}}],
    )
    both = merged(ours, record)
    assert both.term == ours.term and both.cases == (case,)


def test_a_case_only_we_know_stays_beside_those_of_the_record():
    ours = replace(
        SHIPPED, cases=(Case("", "Nhà ở", Term(TermUnit.DAY, 7), (Condition("kind", ("house",)),)),)
    )
    told = {"code": "1.000001.01", "name": "Khác", "processingDay": {"qty": 20, "type": "DAY"}}
    both = merged(ours, procedure(cases=[told]))
    assert [case.name for case in both.cases] == ["Nhà ở", "Khác"]
    assert merged(ours, both) == both


@pytest.mark.portal
@pytest.mark.skipif(not RECORDS.is_dir(), reason="no records of the portal here")
def test_every_real_record_is_taken():
    files = sorted(RECORDS.glob("*.json"))
    assert files
    for file in files:
        found = procedure_of(json.loads(file.read_text(encoding="utf-8")))
        assert found.procedure is not None and found.code == file.stem, file.name
        assert procedure_from(json.loads(json.dumps(procedure_to(found.procedure)))) == found.procedure


@pytest.mark.portal
@pytest.mark.skipif(not RECORDS.is_dir(), reason="no records of the portal here")
def test_birth_registration_is_given_the_same_day_until_three():
    found = procedure_of(json.loads((RECORDS / "1.001193.json").read_text(encoding="utf-8")))
    assert found.procedure.term.unit is TermUnit.SAME_DAY and found.procedure.term.cutoff == "15:00"
    assert found.procedure.result == "Giấy khai sinh"
    assert any(paper.show for paper in found.procedure.requirements)

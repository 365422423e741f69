"""Several people in one dossier: a screen for each, filled by a card or by hand, and taken away again."""

from __future__ import annotations

import pytest

from kioskway import ANSWERS, COPIES, LANS_CARD

RESIDENCE = "1.004194"
ANS_CARD = "038215012345||Lê Văn An|05062015|Nam|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042026"
AN = {
    "member_name": "Lê Văn An",
    "member_born": "5/6/2015",
    "member_id": "038215012345",
    "member_relation": "con",
}
CHI = AN | {"member_name": "Lê Thị Chi", "member_relation": "cháu"}


def row(answers: dict[str, str], number: int, more: str) -> dict[str, str]:
    ending = f"_{number}" if number > 1 else ""
    return {f"{key}{ending}": value for key, value in answers.items()} | {f"members_more{ending}": more}


@pytest.fixture
def family(plain_lan):
    """Bà Lan at the first of those who move in with her."""
    plain_lan.starts()
    plain_lan.post("/kiosk/procedures", {"procedure": RESIDENCE})
    plain_lan.post("/kiosk/prepare")
    plain_lan.post("/kiosk/identity", {"scan": LANS_CARD})
    plain_lan.post("/kiosk/identity", {"phone": ""})
    page = plain_lan.get("/kiosk/questions/self")
    plain_lan.post("/kiosk/questions/self", page.values())
    page = plain_lan.post("/kiosk/questions/how_many", {"how_many": "family"})
    assert page.h1.text == "Ai cùng đăng ký?"
    return plain_lan


def test_one_screen_for_each_until_there_is_nobody_more(family):
    page = family.post("/kiosk/questions/members", row(AN, 1, "yes"))
    assert page.h1.text == "Người thứ 2 cùng đăng ký là ai?"
    page = family.post("/kiosk/questions/members_2", row(CHI, 2, "no"))
    assert page.h1.text == "Có ai chưa đủ 18 tuổi ở một mình không?"


def test_a_card_fills_the_row_and_nothing_typed_is_lost(family):
    family.post("/kiosk/questions/members", {"member_relation": "con", "scan": ANS_CARD})
    page = family.get("/kiosk/questions/members")
    assert page.values()["member_name"] == "Lê Văn An"
    assert page.values()["member_id"].replace(" ", "") == "038215012345"
    assert page.values()["member_relation"] == "con"


def test_a_card_that_cannot_be_read_is_told_where_it_was_held(family):
    page = family.post("/kiosk/questions/members", {"member_relation": "con", "scan": "rác"}, status=422)
    assert page.h1.text == "Ai cùng đăng ký?" and "Chưa đọc được hết, đưa thẻ lại." in page.text
    assert page.values()["member_relation"] == "con"


def test_somebody_is_taken_away_and_the_next_moves_up(family):
    family.post("/kiosk/questions/members", row(AN, 1, "yes"))
    family.post("/kiosk/questions/members_2", row(CHI, 2, "no"))
    page = family.post("/kiosk/questions/members", {"go": "drop"})
    assert page.h1.text == "Ai cùng đăng ký?" and page.values()["member_name"] == "Lê Thị Chi"
    family.post("/kiosk/questions/members", row(CHI, 1, "yes"))
    page = family.post("/kiosk/questions/members_2", {"go": "drop"})
    assert page.h1.text == "Ai cùng đăng ký?"


def test_the_next_dossier_of_the_visit_begins_with_what_was_said(plain_lan, house):
    plain_lan.submits()
    plain_lan.post("/kiosk/start", {"go": "another"})
    plain_lan.post("/kiosk/procedures", {"procedure": COPIES})
    plain_lan.post("/kiosk/prepare")
    page = plain_lan.get("/kiosk/identity")
    assert "Lê Thị Ngọc Lan" in page.text
    plain_lan.post("/kiosk/identity", {"phone": ""})
    for group in ("kind", "for_whom", "self"):
        plain_lan.post(f"/kiosk/questions/{group}", ANSWERS[group])
    page = plain_lan.get("/kiosk/questions/registered")
    assert page.values()["registered_at"] == ANSWERS["registered"]["registered_at"]
    assert "Đã điền sẵn theo hồ sơ vừa nộp" in page.text
    plain_lan.post("/kiosk/questions/registered", page.values())
    copies = plain_lan.get("/kiosk/questions/copies")
    assert copies.values()["copies"] == "", "how many they want now is nobody's guess"


def test_whoever_comes_after_the_end_finds_nothing_of_it(plain_lan, khach):
    plain_lan.submits()
    plain_lan.post("/kiosk/end", {"reason": "done"})
    khach.is_known()
    for group in ("kind", "for_whom", "self"):
        khach.post(f"/kiosk/questions/{group}", ANSWERS[group])
    assert khach.get("/kiosk/questions/registered").values()["registered_at"] == ""

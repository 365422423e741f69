"""The desk's pages of fees by transfer: the account, a statement, the day, what fits nothing."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from build import FRIDAY, an_application
from conftest import offer
from deskway import signed_in
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.payments.accounts import secret_of
from intake.records import BankAccount, BankEntry, Dossier, Payment
from intake.rules.procedures import FeeRule
from intake.rules.rights import Role
from intake.rules.vietqr import read_payload
from visitor import Visitor

FIELDS = {"bin": "970405", "number": "3900 2010 10101", "holder": "UBND phường Hạc Thành"}
STATEMENT = """Ngày,Số tham chiếu,Ghi có,Nội dung
20/11/2026 08:51,A1,8000,{one} LE PHI
20/11/2026,A2,7000,{two}
20/11/2026,A3,500,xin chao
"""


@pytest.fixture
def hoa(house):
    return signed_in(house.app)


@pytest.fixture
def thu(house):
    return signed_in(house.app, Role.MANAGER)


def files(house) -> str:
    """The code of a new dossier whose fee is 8.000 đồng."""
    db.session.remove()  # of the last request, which shares the context of the test
    with house.app.app_context():
        session = db.session()
        point = point_of(session, "K1")
        version = offer(session, point)
        dossier = accept(
            session,
            an_application(version),
            point,
            keys=house.keys,
            base_url="http://localhost",
            by=citizen("K1"),
            now=FRIDAY,
        )
        session.commit()
        code = dossier.dossier_code
        db.session.remove()
    return code


def one(house, record, **which):
    """A row, read in a session of its own."""
    db.session.remove()
    with house.app.app_context():
        found = db.session.scalars(select(record).filter_by(**which)).one()
        db.session.expunge_all()
        db.session.remove()
    return found


def upload(visitor, content: bytes, account: int = 1, status: int = 200):
    db.session.remove()
    sent = {"account": str(account), "file": (io.BytesIO(content), "sao-ke.csv")}
    response = visitor.client.post(
        "/desk/money/file",
        data=sent,
        content_type="multipart/form-data",
        headers={"Origin": "http://localhost"},
    )
    assert response.status_code == status, response.text[:500]
    return response.text


def test_the_manager_sets_the_account_sees_its_qr_and_is_told_of_the_national_platform(house, thu):
    page = thu.get("/desk/office/bank")
    assert "nền tảng thanh toán trên Cổng Dịch vụ công quốc gia" in page.text
    page = thu.post("/desk/office/bank", {"bin": "", "number": "12/3", "holder": ""}, status=422)
    assert len(page.faults) == 3
    page = thu.post("/desk/office/bank", FIELDS)
    assert "Agribank" in page.text and "UBND PHUONG HAC THANH" in page.text and "1 đồng" in page.text
    account = one(house, BankAccount)
    assert (account.number, account.active) == ("3900201010101", True)
    page = thu.post(f"/desk/office/bank/{account.id}/secret", {"provider": ""}, status=422)
    assert page.faults
    page = thu.post(f"/desk/office/bank/{account.id}/secret", {"provider": "Cổng thu"})
    secret = re.search(r"mcp_[\w-]+", page.text)[0]
    assert secret == secret_of(one(house, BankAccount), house.keys)
    assert f"/api/payments/v1/{account.id}" in page.text
    assert secret not in thu.get("/desk/office/bank").html, "shown once"
    assert secret not in thu.get("/desk/log").html
    thu.post(f"/desk/office/bank/{account.id}/secret/end")
    assert one(house, BankAccount).secret_sealed is None
    thu.post(f"/desk/office/bank/{account.id}/end")
    assert not one(house, BankAccount).active


def test_a_statement_pays_and_what_fits_nothing_is_settled_by_hand(house, thu, hoa):
    assert "Chưa khai tài khoản" in hoa.get("/desk/money/file").text
    thu.post("/desk/office/bank", FIELDS)
    codes = [files(house) for _ in range(3)]
    references = [one(house, Payment, id=number).reference for number in (1, 2)]
    db.session.remove()
    assert "Chờ tiền đến" in hoa.get("/desk/money").text and codes[0] in hoa.page.text
    content = STATEMENT.format(one=references[0], two=references[1]).encode()
    text = upload(hoa, content)
    assert "1 khoản khớp" in text and codes[0] in text and "khác số tiền" in text
    assert "đã biết từ trước" in upload(hoa, content), "the same file again"
    assert "Dòng đầu thiếu cột" in upload(hoa, b"x,y\n1,2\n", status=422)
    upload(hoa, b"", status=422)
    page = hoa.get("/desk/money")
    assert "BL2026-000001" in page.text and "8.000 đồng" in page.text and "xin chao" in page.text
    short, stray = one(house, BankEntry, state="other_amount").id, one(house, BankEntry, state="unknown").id
    page = hoa.post(f"/desk/money/entries/{stray}", {"go": "settle", "reason": ""}, status=422)
    assert "Hãy ghi lý do" in page.text
    page = hoa.post(
        f"/desk/money/entries/{stray}", {"go": "assign", "code": "H56-x", "reason": "x"}, status=422
    )
    assert "Không có hồ sơ mang mã này" in page.text and 'value="H56-x"' in page.html, "what was typed stays"
    page = hoa.post(
        f"/desk/money/entries/{stray}", {"go": "assign", "code": codes[0], "reason": "x"}, status=422
    )
    assert "không còn phải nộp" in page.text
    hoa.post(f"/desk/money/entries/{stray}", {"go": "settle", "reason": "Đã hoàn trả người chuyển"})
    page = hoa.post(
        f"/desk/money/entries/{short}", {"go": "assign", "code": codes[1], "reason": "Nộp thêm tại quầy"}
    )
    assert "Đã gắn với hồ sơ" in page.text and "BL2026-000002" in page.text
    assert "Không có khoản nào chờ xử lý" in page.text and "Đã hoàn trả người chuyển" in page.text
    sheet = hoa.client.get("/desk/money.csv").data.decode("utf-8-sig")
    assert all(code in sheet for code in codes) and "BL2026-000002" in sheet
    book = openpyxl.load_workbook(io.BytesIO(hoa.client.get("/desk/money.xlsx").data))
    amounts = [row[4].value for row in book.active.iter_rows(min_row=2)]
    assert sorted(value for value in amounts if value) == [500, 7_000, 8_000]
    assert "Ngân hàng báo đã nhận" in hoa.get(f"/desk/dossiers/{codes[1]}").text


def test_whoever_holds_the_receipt_sees_the_qr_until_the_money_has_come(house, thu):
    khach = Visitor(house.app)
    thu.post("/desk/office/bank", FIELDS)
    code = files(house)
    with house.app.app_context():
        dossier = db.session.scalars(select(Dossier).filter_by(dossier_code=code)).one()
        payload = dossier.receipt.payload
        db.session.remove()
    asked = one(house, Payment)
    page = khach.get(f"/r/{payload}")
    assert "chưa xác nhận" in page.text and asked.reference in page.text and "Lan" not in page.text
    assert f"/r/{payload}/fee" in page.html
    assert read_payload(asked.payload).amount == 8_000
    content = f"Ngày,Ghi có,Nội dung\n20/11/2026,8000,{asked.reference}\n".encode()
    upload(thu, content)
    db.session.remove()
    part = khach.client.get(f"/r/{payload}/fee").text
    assert "đã nộp 8.000 đồng" in part and "BL2026-000001" in part and "hx-get" not in part
    assert "<svg" in khach.get(f"/r/{payload}").html and "chưa xác nhận" not in khach.page.text


def test_the_proof_of_a_claimed_exemption_is_seen_or_turned_down(house, hoa):
    with house.app.app_context():
        session = db.session()
        point = point_of(session, "K1")
        version = offer(session, point, fees=(FeeRule(8_000, exempt=("Trẻ em",)),))
        told = {"keys": house.keys, "base_url": "http://localhost", "by": citizen("K1"), "now": FRIDAY}
        code = accept(session, an_application(version, exemption="Trẻ em"), point, **told).dossier_code
        session.commit()
        db.session.remove()
    at = f"/desk/dossiers/{code}"
    assert "Nói thuộc diện miễn, giảm phí: Trẻ em." in hoa.get(at).text
    assert "hãy viết lý do không chấp nhận" in hoa.post(f"{at}/exemption", {"proved": "no"}).text
    page = hoa.post(f"{at}/exemption", {"proved": "no", "reason": "Giấy khai sinh của người khác"})
    assert "Nói thuộc diện" not in page.text and "8.000 đồng, chưa thu" in page.text
    assert "không chấp nhận diện miễn, giảm" in page.text

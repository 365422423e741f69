"""Receipts to draw, and what to do with a drawing: make it a picture again, read its QR."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import zxingcpp
from PIL import Image

from intake.drawings.thermal import Raster
from intake.receipt import ReceiptFacts, form_01, kiosk_receipt
from intake.rules.calendar import VIETNAM
from intake.rules.waits import Wait
from intake.saved_slip import SlipFacts, saved_slip
from intake.ticket_paper import TicketFacts, ticket_paper

# As long as a signed one: an address and 160 letters of base32.
QR_ADDRESS = "HTTP://192.168.100.20:8080/R/" + "AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZ" * 4

ORDINARY = ReceiptFacts(
    office_name="Trung tâm Phục vụ hành chính công phường Hạc Thành",
    office_place="Hạc Thành",
    agency_name="Ủy ban nhân dân phường Hạc Thành",
    receipt_no="18",
    dossier_code="H56.17.22-261126-0018",
    procedure_name="Thủ tục đăng ký khai sinh",
    procedure_title="Đăng ký khai sinh",
    applicant_name="Nguyễn Thị Thùy Dương",
    citizen_id="038190***345",
    address="Số 12 ngõ 45 đường Lê Hoàn, phường Hạc Thành, tỉnh Thanh Hóa",
    phone="091***5678",
    email="",
    papers=(
        ("Tờ khai đăng ký khai sinh theo mẫu", "Bản chính", 1),
        ("Giấy chứng sinh do cơ sở y tế nơi trẻ em sinh ra cấp", "Bản chính", 1),
        ("Giấy tờ tùy thân của người đi đăng ký (căn cước, hộ chiếu)", "Xuất trình", 0),
    ),
    sets=1,
    term_words="01 ngày làm việc",
    received_at=datetime(2026, 11, 26, 8, 51, tzinfo=VIETNAM),
    due_at=datetime(2026, 11, 27, 17, 30, tzinfo=VIETNAM),
    promised_at=datetime(2026, 11, 27, 15, 20, tzinfo=VIETNAM),
    same_day=False,
    collect_words="Nhận tại quầy",
    collect_at="Quầy 3, số 5 phố Hạc Thành, phường Hạc Thành",
    fee_words="8.000 đồng",
    fee_paid_words="chưa nộp",
    hotline="0237 385 2246",
    qr_address=QR_ADDRESS,
    bring_words="Mang theo biên nhận này và thẻ căn cước",
)
SAME_DAY = replace(
    ORDINARY,
    due_at=datetime(2026, 11, 26, 17, 30, tzinfo=VIETNAM),
    promised_at=datetime(2026, 11, 26, 11, 30, tzinfo=VIETNAM),
    same_day=True,
)
A_DAY = replace(  # without paper or appointments
    SAME_DAY,
    promised_at=datetime(2026, 11, 26, 17, 30, tzinfo=VIETNAM),
    papers=(),
    day_words="Thứ Năm không giấy, không hẹn",
    no_appointment=True,
    scans=("Giấy chứng sinh do cơ sở y tế nơi trẻ em sinh ra cấp", "Văn bản ủy quyền"),
)
A_WAIT = replace(
    A_DAY,
    promised_at=datetime(2026, 11, 26, 9, 40, tzinfo=VIETNAM),
    day_words="Sáu thủ tục không chờ",
    waits=True,
    scans=(),
)
LONG = replace(
    ORDINARY,
    office_name="Trung tâm Phục vụ hành chính công xã Nguyễn Bỉnh Khiêm - Trạm tiếp nhận Vĩnh Bảo",
    procedure_title="Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con có yếu tố nước ngoài",
    applicant_name="Công Tằng Tôn Nữ Hoàng Nguyễn Phước Quỳnh Anh Thư Trâm Uyên",
    collect_at="Trạm tiếp nhận Vĩnh Bảo, tầng 1 nhà văn hóa thôn Trung Am, đường 37, thành phố Hải Phòng",
    fee_words="Không thu phí",
    fee_paid_words="",
)
A_NUMBER = TicketFacts(
    office_name="Trung tâm Phục vụ hành chính công phường Hạc Thành",
    number="A 024",
    group="Sao y, chứng thực",
    taken_at=datetime(2026, 11, 26, 8, 51, tzinfo=VIETNAM),
    ahead=5,
    wait=Wait(11, 19, sure=True),
    priority="",
    hotline="0237 385 2246",
    qr_address="HTTP://192.168.100.20:8080/T/ABCDEFGH23456723",
)

A_SAVED_DRAFT = SlipFacts(
    office_name="Trung tâm Phục vụ hành chính công phường Hạc Thành",
    code="K7M42QXF",
    procedure_title="Đăng ký khai sinh",
    applicant_name="Nguyễn Thị Thùy Dương",
    papers=("Tờ khai đăng ký khai sinh theo mẫu (1 bản chính)", "Giấy chứng sinh (1 bản chính)"),
    posts=("Bưu điện Hạc Thành", "Bưu điện Đông Sơn"),
    until=datetime(2026, 11, 29, 8, 51, tzinfo=VIETNAM),
    hotline="0237 385 2246",
)

OLD = replace(
    ORDINARY,
    received_at=datetime(2025, 9, 4, 9, 0, tzinfo=VIETNAM),
    due_at=datetime(2025, 9, 5, 9, 0, tzinfo=VIETNAM),
    promised_at=datetime(2025, 9, 5, 9, 0, tzinfo=VIETNAM),
    register_book="2025",
    register_no="18",
)

GOLDEN = {
    "kiosk_receipt": kiosk_receipt(ORDINARY),
    "kiosk_receipt_same_day": kiosk_receipt(SAME_DAY),
    "kiosk_receipt_paper_free": kiosk_receipt(A_DAY),
    "kiosk_receipt_wait": kiosk_receipt(A_WAIT),
    "kiosk_receipt_reprint": kiosk_receipt(ORDINARY).marked_reprint(2),
    "kiosk_receipt_long": kiosk_receipt(LONG),
    "form_01": form_01(ORDINARY),
    "form_01_same_day": form_01(A_DAY),
    "form_01_2018": form_01(OLD),
    "saved_slip": saved_slip(A_SAVED_DRAFT),
    "ticket": ticket_paper(A_NUMBER),
    "ticket_priority": ticket_paper(replace(A_NUMBER, priority="pregnant", ahead=0, wait=None)),
}


def picture(raster: Raster) -> Image.Image:
    """The paper as it comes out: black on white."""
    black = Image.frombytes("1", (raster.width, raster.height), raster.data)
    return black.convert("L").point(lambda level: 255 - level)


def read_qr(raster: Raster) -> str:
    (found,) = zxingcpp.read_barcodes(picture(raster))
    return found.text

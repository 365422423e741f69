"""Forms 06 and 07 to draw, with ordinary and with very long contents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from intake.control_sheet import POST, ControlSheet, Happening, Passing, form_06
from intake.records import Office
from intake.register import Entry, Period, form_07
from intake.rules.calendar import VIETNAM


def at(day: int, hour: int, minute: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


CENTRE = "Trung tâm Phục vụ hành chính công phường Hạc Thành"
LAND = "Chi nhánh Văn phòng đăng ký đất đai Hạc Thành"
TAX = "Thuế cơ sở 1 tỉnh Thanh Hóa"

DUONG, HOA, DUNG, NAM, THU = (
    "Nguyễn Thị Thùy Dương",
    "Trần Thị Hoa",
    "Lê Quốc Dũng",
    "Vũ Văn Nam",
    "Nguyễn Thị Thu",
)
PAPERS, LATER = "Theo chứng từ bưu chính", "16:00 · Thứ Sáu, 20/11/2026"

SHEET = ControlSheet(
    office_name=CENTRE,
    office_place="Hạc Thành",
    agency_name="Ủy ban nhân dân phường Hạc Thành",
    dossier_code="H56.17.22-261102-0007",
    applicant_name="Nguyễn Thị Thùy Dương",
    procedure_name="Đăng ký biến động quyền sử dụng đất",
    address="Số 12 ngõ 45 đường Lê Hoàn, phường Hạc Thành, tỉnh Thanh Hóa",
    received_at=at(2, 8, 51),
    due_at=at(16, 8, 51),
    expected_at=at(20, 16, 0),
    unit=LAND,
    others=(TAX,),
    passings=(
        Passing("Người nộp hồ sơ", CENTRE, at(2, 8, 51), DUONG, at(2, 8, 51), "Máy tự phục vụ 1", "", ""),
        Passing(CENTRE, LAND, at(2, 10, 5), HOA, at(2, 14, 10), DUNG, "Trước hạn", ""),
        Passing(LAND, TAX, at(5, 9, 0), DUNG, at(5, 15, 0), NAM, "Trước hạn", "Kèm phiếu chuyển thông tin"),
        Passing(TAX, LAND, at(9, 9, 0), NAM, None, "", "", "Không nhận: Thiếu thông báo thuế"),
        Passing(TAX, CENTRE, at(20, 10, 0), NAM, at(20, 11, 0), HOA, "Đúng hạn", ""),
        Passing(CENTRE, POST, at(20, 15, 0), HOA, at(20, 15, 0), "", "", "Số hiệu bưu gửi RA473124829VN"),
        Passing(POST, "Người nộp hồ sơ", at(21, 9, 30), "", at(21, 9, 30), DUONG, "Đúng hạn", PAPERS),
    ),
    happenings=(
        Happening(at(3, 9, 0), "Yêu cầu bổ sung hồ sơ, phiếu số 3/HDHS; tạm dừng thời gian giải quyết", DUNG),
        Happening(at(4, 9, 0), "Nhận đủ bổ sung; tiếp tục giải quyết", HOA),
        Happening(at(13, 9, 0), f"Xin lỗi và gia hạn, văn bản số 1/PXL; thời gian trả mới {LATER}", THU),
        Happening(at(20, 9, 30), "Có kết quả giải quyết, văn bản số 118/XN", NAM),
    ),
)
LONG_SHEET = replace(
    SHEET,
    applicant_name="Công Tằng Tôn Nữ Hoàng Nguyễn Phước Quỳnh Anh Thư Trâm Uyên",
    passings=SHEET.passings * 4,
    happenings=SHEET.happenings * 4,
)

LINE = Entry(
    number=7,
    code="H56.17.22-261102-0007",
    procedure="Đăng ký biến động quyền sử dụng đất",
    sets=1,
    name=DUONG,
    address=SHEET.address,
    phone="0912345678",
    unit=LAND,
    received_at=at(2, 8, 51),
    promised_at=at(16, 8, 51),
    passed_on_at=at(2, 10, 5),
    result_at=at(20, 11, 0),
    returned_at=at(21, 9, 30),
    collection="post",
    note="Yêu cầu bổ sung số 3/HDHS; Xin lỗi, gia hạn số 1/PXL đến 20/11/2026",
    channel="kiosk",
)
OTHER = replace(
    LINE,
    number=8,
    code="H56.17.22-261102-0008",
    procedure="Thủ tục đăng ký khai sinh",
    name=LONG_SHEET.applicant_name,
    unit="Ủy ban nhân dân phường Hạc Thành",
    passed_on_at=None,
    result_at=None,
    returned_at=None,
    collection="counter_later",
    note="",
    channel="counter",
)
REGISTER = form_07(
    Office(name=CENTRE, place="Hạc Thành", agency_name="Ủy ban nhân dân phường Hạc Thành"),
    Period(date(2026, 11, 1), date(2026, 11, 30)),
    (LINE, OTHER),
    on=at(30, 17, 0),
)

GOLDEN = {"form_06": form_06(SHEET, on=at(21, 17, 0)), "form_07": REGISTER}

"""Running the office: every page opens, for those who may, and says what is kept."""

from __future__ import annotations

import pytest

from deskway import signed_in
from intake.rules.rights import Role

PAGES = {
    "/desk/office": "Văn phòng",
    "/desk/office/data": "Tên và mã của văn phòng",
    "/desk/office/rules": "Quy định của văn phòng",
    "/desk/office/rules/promised_share": "Hẹn trả hồ sơ trực tuyến",
    "/desk/office/units": "Phòng chuyên môn",
    "/desk/office/units/new": "Thêm phòng chuyên môn",
    "/desk/office/counters": "Quầy",
    "/desk/office/counters/new": "Mở quầy mới",
    "/desk/office/counters/3": "Quầy 1",
    "/desk/office/groups": "Nhóm lấy số",
    "/desk/office/groups/new": "Thêm nhóm lấy số",
    "/desk/office/groups/1": "Nhóm A",
    "/desk/office/hours": "Giờ và ngày nghỉ",
    "/desk/office/hours/new": "Đổi giờ làm việc",
    "/desk/office/days/new": "Thêm ngày nghỉ, ngày làm bù",
    "/desk/office/days/new?date=2026-11-24": "Đổi ngày 24/11/2026",
    "/desk/office/kiosks": "Máy tự phục vụ",
    "/desk/office/kiosks/new": "Thêm máy tự phục vụ",
    "/desk/office/kiosks/1": "Máy tự phục vụ 1",
    "/desk/office/printers": "Máy in",
    "/desk/office/printers/new": "Thêm máy in",
    "/desk/office/printers/1": "Máy in sảnh A",
    "/desk/office/printers/1/test": "In thử: Máy in sảnh A",
    "/desk/office/procedures": "Thủ tục nhận ở đây",
    "/desk/office/procedures?q=bảo+hiểm": "Thủ tục nhận ở đây",
    "/desk/office/procedures/1.001193": "",
    "/desk/office/receipt": "Lời trên biên nhận",
    "/desk/office/configuration": "Xuất và nhập cấu hình",
}


@pytest.fixture
def house(sqlite_house):
    sqlite_house.restore()
    return sqlite_house


@pytest.fixture
def thu(house):
    """Bà Thu, who manages the office."""
    return signed_in(house.app, Role.MANAGER)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_office_opens(thu, address):
    assert thu.get(address).h1.text.startswith(PAGES[address])


@pytest.mark.parametrize("address", [one for one in PAGES if "?" not in one])
def test_whoever_does_not_run_the_office_is_not_let_in(house, address):
    for role in (Role.RECEPTION, Role.AUDITOR):
        signed_in(house.app, role).get(address, status=403)

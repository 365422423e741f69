"""The papers of a postal item to draw: an ordinary one, and one where everything is long."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from intake.post.contents import Addressed
from intake.post.papers import ItemFacts, label_home, label_in, receipt_paper, slip_paper
from intake.rules.calendar import VIETNAM
from tests.drawings.papers import QR_ADDRESS

SENT = ItemFacts(
    item_number="EH261121008VN",
    office_name="Trung tâm Phục vụ hành chính công phường Hạc Thành",
    office_place="Số 5 phố Hạc Thành, phường Hạc Thành, tỉnh Thanh Hóa",
    hotline="0237 385 2246",
    post_office="Bưu điện Hạc Thành",
    clerk="Hoàng Văn Minh",
    procedure_title="Đăng ký khai sinh",
    procedure_name="Thủ tục đăng ký khai sinh",
    procedure_code="1.001193",
    sender="Lê Thị Ngọc Lan",
    masked_sender="L. T. N. Lan",
    citizen_id="038156***234",
    phone="0912***678",
    sender_address="Tổ 3, Phường Hạc Thành, Thanh Hóa",
    papers=(
        ("Tờ khai đăng ký khai sinh theo mẫu", "Bản chính", 1),
        ("Giấy chứng sinh do cơ sở y tế nơi trẻ em sinh ra cấp", "Bản chính", 1),
        ("Giấy chứng nhận kết hôn", "Nhà nước đã có", 0),
        ("Giấy tờ tùy thân của người đi đăng ký (căn cước, hộ chiếu)", "Bản sao chứng thực", 1),
    ),
    collect_words="Bưu điện mang đến địa chỉ đã đăng ký",
    collect_address="Tổ 3, Phường Hạc Thành, Thanh Hóa",
    seal_number="NP-0001",
    witnessed=True,
    weight_words="80 g · Nội tỉnh",
    charge_words="26.500 đồng, người gửi trả",
    charge_receipt="BD-07-C-261126-003",
    fee_words="8.000 đồng",
    fee_receipt="BD-07-P-261126-002",
    taken_at=datetime(2026, 11, 26, 9, 12, tzinfo=VIETNAM),
    qr_address=QR_ADDRESS,
)
LONG = replace(
    SENT,
    item_number="VNP-2026/THANHHOA-HACTHANH-0000000123456",
    office_name="Trung tâm Phục vụ hành chính công xã Nguyễn Bỉnh Khiêm - Trạm tiếp nhận Vĩnh Bảo",
    post_office="Bưu điện văn hóa xã Nguyễn Bỉnh Khiêm, điểm phục vụ thôn Trung Am",
    procedure_name="Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con có yếu tố nước ngoài",
    procedure_title="Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con có yếu tố nước ngoài",
    sender="Công Tằng Tôn Nữ Hoàng Nguyễn Phước Quỳnh Anh Thư Trâm Uyên",
    masked_sender="C. T. T. N. H. N. P. Q. A. T. T. Uyên",
    sender_address="Tầng 1 nhà văn hóa thôn Trung Am, đường 37, xã Nguyễn Bỉnh Khiêm, thành phố Hải Phòng",
    papers=tuple((f"Giấy tờ thứ {n} về quyền sử dụng đất ở", "Bản sao chứng thực", n) for n in range(1, 10)),
    fee_words="nộp tại Trung tâm",
    fee_receipt="",
)
HOME = label_home(
    "RR473124829VN",
    Addressed("Lê Thị Ngọc Lan", "Tổ 3, Phường Hạc Thành, tỉnh Thanh Hóa", "0912345678"),
    office_name=SENT.office_name,
    post_office=SENT.post_office,
    seal_number="NP-0214",
    taken_at=SENT.taken_at,
)

GOLDEN = {
    "post_receipt": receipt_paper(SENT),
    "post_receipt_long": receipt_paper(LONG).marked_reprint(2),
    "post_slip": slip_paper(SENT),
    "post_label": label_in(SENT),
    "post_label_home": HOME,
}

"""The form on which a dossier is received by hand during an outage, in its two copies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intake.fallback import number_of
from intake.paper import Heading, Letterhead, Paper, Rows, Signatures, Text
from intake.receipt import letterhead
from intake.records import FallbackForm, Office

COPIES = {1: "Liên 1: Lưu, để nhập lại khi có hệ thống", 2: "Liên 2: Giao người nộp hồ sơ"}
PAPERS = 5  # lines to write on
_CLOCK = "……… giờ ……… phút, ngày ……… / ……… / …………"


@dataclass(frozen=True)
class _Issuer:
    office_name: str
    office_place: str
    agency_name: str


def fallback_papers(office: Office, forms: Iterable[FallbackForm]) -> list[Paper]:
    """Both copies of each form, one after the other, as a printer hands them out."""
    return [_paper(office, number_of(form), copy) for form in forms for copy in COPIES]


def _paper(office: Office, number: str, copy: int) -> Paper:
    return Paper(
        f"Phiếu nhận hồ sơ giấy số {number}, liên {copy}",
        (
            _head(office, number),
            Heading("PHIẾU NHẬN HỒ SƠ GIẤY KHI MẤT HỆ THỐNG"),
            Text(COPIES[copy], centred=True),
            Rows(
                ("Nội dung", f"Ghi bằng tay · Phiếu số {number}"),
                (
                    ("Thủ tục", "\n"),
                    ("Họ, chữ đệm và tên người nộp", "\n"),
                    ("Số định danh cá nhân", "\n"),
                    ("Điện thoại", "\n"),
                    ("Nơi cư trú", "\n"),
                    ("Lúc nhận hồ sơ", f"\n{_CLOCK}"),
                    ("Lúc hẹn trả", f"\n{_CLOCK}"),
                ),
                shares=(1.15, 3),
            ),
            Rows(
                ("TT", "Giấy tờ đã nhận", "Bản chính", "Bản sao"),
                tuple((str(line), "\n", "", "") for line in range(1, PAPERS + 1)),
                shares=(0.35, 3.2, 0.7, 0.7),
            ),
            Text(_promise(office), small=True),
            Signatures((("Người nộp hồ sơ", ""), ("Cán bộ tiếp nhận", ""))),
        ),
    )


def _head(office: Office, number: str) -> Letterhead:
    issuer = _Issuer(office.name, office.place, office.agency_name)
    return letterhead(issuer, f"{number}/PNG", on=None)


def _promise(office: Office) -> str:
    return (
        "Giờ nhận ghi trên phiếu này là giờ nhận hồ sơ, thời hạn giải quyết tính từ đó."
        " Khi hệ thống chạy lại, hồ sơ được nhập đúng một lần theo số phiếu và có mã hồ sơ để tra cứu."
        + (f" Hỏi thêm: {office.hotline}." if office.hotline else "")
    )

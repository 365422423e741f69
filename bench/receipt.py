"""How long one core takes from the facts of a receipt to the bytes of a printer, each receipt different."""

from __future__ import annotations

import base64
import random
import time
from dataclasses import replace
from datetime import datetime, timedelta

from bench.figures import figures, latencies, percentile
from devices.escpos import Ack, job
from intake.drawings.thermal import draw_thermal
from intake.receipt import ReceiptFacts, kiosk_receipt
from intake.rules.calendar import VIETNAM

COUNT = 300
WIDTHS = (576, 384)
PAYLOAD = 104  # bytes of a signed receipt code

_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương")
_GIVEN = ("Thị", "Văn", "Ngọc", "Hữu", "Thùy", "Ổn", "Ẩn", "Quỳnh", "Khánh", "Bảo", "Trâm", "Phước", "Ý")
_PROCEDURES = (
    "Đăng ký khai sinh",
    "Bản sao trích lục hộ tịch",
    "Xác nhận tình trạng hôn nhân",
    "Chứng thực bản sao từ bản chính giấy tờ do cơ quan có thẩm quyền của Việt Nam cấp",
)


def run() -> list[dict[str, object]]:
    """One line for 80 mm and one for 58 mm paper. Process time, so that neighbours do not count."""
    return [_measured(width) for width in WIDTHS]


def _measured(width: int) -> dict[str, object]:
    chance = random.Random(width)
    receipts = [_facts(chance, number) for number in range(COUNT + 20)]
    for facts in receipts[COUNT:]:  # fonts loaded, caches filled with what all receipts share
        _bytes(facts, width)
    timed = [_timed(facts, width) for facts in receipts[:COUNT]]
    milliseconds = [spent for spent, _ in timed]
    return figures(
        "receipt",
        ok=COUNT,
        per_s=round(1000 * COUNT / sum(milliseconds), 1),
        **latencies(milliseconds),
        ms_median=round(percentile(milliseconds, 0.5), 2),
        bytes=round(percentile([size for _, size in timed], 0.5)),
        width=width,
    )


def _bytes(facts: ReceiptFacts, width: int) -> int:
    return len(job(draw_thermal(kiosk_receipt(facts), width), Ack.GS_H, b"0001"))


def _timed(facts: ReceiptFacts, width: int) -> tuple[float, int]:
    """(milliseconds, bytes)."""
    start = time.process_time()
    size = _bytes(facts, width)
    return 1000 * (time.process_time() - start), size


def _facts(chance: random.Random, number: int) -> ReceiptFacts:
    received = datetime(2026, 11, 23, 7, 30, tzinfo=VIETNAM) + timedelta(minutes=number)
    payload = base64.b32encode(chance.randbytes(PAYLOAD)).decode().rstrip("=")
    return replace(
        _ORDINARY,
        dossier_code=f"H56.17.22-261123-{number:04}",
        receipt_no=str(number),
        applicant_name=" ".join((chance.choice(_FAMILIES), *chance.choices(_GIVEN, k=chance.randint(1, 4)))),
        procedure_title=chance.choice(_PROCEDURES),
        received_at=received,
        promised_at=received + timedelta(days=chance.randint(1, 20)),
        collect_at=f"Quầy {chance.randint(1, 9)}, số {chance.randint(1, 400)} phố Lê Hoàn, phường Hạc Thành",
        fee_words=f"{chance.randint(1, 90)}.000 đồng",
        qr_address=f"HTTP://192.168.100.20:8080/R/{payload}",
    )


_ORDINARY = ReceiptFacts(
    office_name="Trung tâm Phục vụ hành chính công phường Hạc Thành",
    office_place="Hạc Thành",
    agency_name="Ủy ban nhân dân phường Hạc Thành",
    receipt_no="",
    dossier_code="",
    procedure_name="",
    procedure_title="",
    applicant_name="",
    citizen_id="",
    address="",
    phone="",
    email="",
    papers=(),
    sets=1,
    term_words="",
    received_at=datetime(2026, 11, 23, tzinfo=VIETNAM),
    due_at=None,
    promised_at=None,
    same_day=False,
    collect_words="Nhận tại quầy",
    collect_at="",
    fee_words="",
    fee_paid_words="chưa nộp",
    hotline="0237 385 2246",
    qr_address="",
    bring_words="Mang theo biên nhận này và thẻ căn cước",
)

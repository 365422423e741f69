"""A receipt that was never issued, to show what the office's texts look like on paper."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime

from PIL import Image, ImageChops

from intake.drawings.thermal import Raster, draw_thermal
from intake.offices import civil_day
from intake.paper import Paper
from intake.receipt import ReceiptFacts, kiosk_receipt
from intake.records import Office
from intake.rules.codes import dossier_code


def specimen(office: Office, texts: Mapping[str, str], *, promised_at: datetime, now: datetime) -> Paper:
    """The kiosk's receipt of Bà Lan with ``texts`` (hotline, collect_at, receipt_note), kept or not."""
    code = dossier_code(office.code_template, agency=office.code, day=civil_day(now), seq=18)
    return kiosk_receipt(
        ReceiptFacts(
            office_name=office.name,
            office_place=office.place,
            agency_name=office.agency_name,
            receipt_no="18",
            dossier_code=code,
            procedure_name="Cấp bản sao trích lục hộ tịch",
            procedure_title="Bản sao trích lục hộ tịch",
            applicant_name="Lê Thị Ngọc Lan",
            citizen_id="",
            address="",
            phone="",
            email="",
            papers=(),
            sets=1,
            term_words="3 ngày làm việc",
            received_at=now,
            due_at=promised_at,
            promised_at=promised_at,
            same_day=False,
            collect_words="Nhận tại quầy, đến lấy theo ngày hẹn",
            collect_at=texts["collect_at"],
            fee_words="8.000 đồng",
            fee_paid_words="chưa nộp",
            hotline=texts["hotline"],
            qr_address="http://MOT-CHAM.VN/R/" + "AEBAGBAF" * 20,
            bring_words="Mang theo thẻ căn cước và biên nhận này, hoặc ảnh chụp mã QR",
            note=texts["receipt_note"],
        )
    )


def picture(paper: Paper, width: int) -> bytes:
    """PNG of the very dots a printer of this width gets, black on white."""
    raster = draw_thermal(paper, width)
    image = ImageChops.invert(Image.frombytes("1", (raster.width, raster.height), raster.data).convert("L"))
    file = io.BytesIO()
    image.convert("1").save(file, "PNG")
    return file.getvalue()


def dots(png: bytes) -> Raster:
    """What picture() was made of."""
    image = Image.open(io.BytesIO(png)).convert("L")
    black = ImageChops.invert(image).convert("1")
    return Raster(image.width, image.height, black.tobytes())

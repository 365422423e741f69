"""«Bảng đối soát tiền thu hộ»: the day's money of centre and post, for both to sign, and as a workbook.

The layout is our own. Imported only where it is asked for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from intake.paper import Block, Heading, Paper, Rows, Signatures, Text
from intake.post.reconciliation import Handed, ItemMoney, PointDay, Reconciliation
from intake.receipt import letterhead
from intake.records import Office
from intake.register_xlsx import harmless
from intake.rules.calendar import local
from intake.rules.post import Step
from intake.rules.post_money import Sum
from intake.rules.text import clock, long_date, moment_words, short_date

TITLE = "Bảng đối soát tiền thu hộ giữa Trung tâm và bưu điện"
PENDING = {
    Step.ACCEPTED: "ở bưu cục",
    Step.IN_TRANSIT: "đang trên đường",
    Step.HANDED_OVER: "đã bàn giao, chờ tiếp nhận",
}
FEES = ("Bưu cục", "Bưu cục đã thu", "Trung tâm đã ghi thu", "Chưa đến Trung tâm", "Chênh lệch")
CASH = ("Bảng kê", "Bưu cục", "Nhận lúc", "Số dòng", "Theo bảng kê", "Đếm được", "Chênh lệch")
ITEMS = (
    "TT", "Số hiệu bưu gửi", "Người gửi", "Biên lai", "Bưu cục thu", "Mã hồ sơ", "Trung tâm ghi thu",
    "Chênh lệch", "Tình trạng",
)  # fmt: skip
CHARGES = ("Bưu cục", "Người gửi trả", "Tỉnh chi trả")
Cell = str | int | None


class _Issuer:
    def __init__(self, office: Office) -> None:
        self.office_name, self.office_place = office.name, office.place
        self.agency_name = office.agency_name


def reconciliation_paper(office: Office, told: Reconciliation, *, on: datetime) -> Paper:
    """For a sheet that lies; State money first, the post's own at the end and apart."""
    return Paper(
        f"{TITLE}, {short_date(told.day)}",
        (
            letterhead(_Issuer(office), "", on=on),
            Heading("BẢNG ĐỐI SOÁT TIỀN THU HỘ"),
            Text(f"{_between(told)}, {long_date(told.day)}", centred=True),
            *_numbered(_fees(told), _cash(told), _items(told), _charges(told)),
            *_confirmations(told),
            Signatures(
                (
                    ("ĐẠI DIỆN BƯU ĐIỆN", ""),
                    ("NGƯỜI LẬP", ""),
                    ("ĐẠI DIỆN TRUNG TÂM", ""),
                )
            ),
        ),
    )


def state_words(one: ItemMoney) -> str:
    """Where the money of an item stands, and why it was corrected."""
    if one.is_pending:
        told = PENDING.get(one.step, "chưa tiếp nhận")
    elif one.booked is None:
        told = "đã tiếp nhận, chưa ghi thu"
    else:
        told = "đã ghi thu" if one.variance == 0 else "ghi thu khác"
    return "; ".join((told, *one.reasons))


def points_text(amount: int) -> str:
    """«8.000», as the columns of a table of đồng say it."""
    return f"{amount:,}".replace(",", ".")


def _between(told: Reconciliation) -> str:
    return f"Trung tâm và {told.points[0].name}" if len(told.points) == 1 else "Trung tâm và các bưu cục"


def _sum(one: Sum) -> str:
    return f"{points_text(one.amount)} ({one.count})"


def _fee_row(name: str, *sums: Sum) -> tuple[str, ...]:
    return (name, *map(_sum, sums))


def _numbered(*parts: list[Text | Rows]) -> list[Block]:
    """One after the other, I, II, III; a day without items has no part for them."""
    said: list[Block] = []
    for number, (title, *rest) in zip(("I", "II", "III", "IV"), filter(None, parts), strict=False):
        assert isinstance(title, Text)
        said += [replace(title, text=f"{number}. {title.text}"), *rest]
    return said


def _fees(told: Reconciliation) -> list[Text | Rows]:
    rows = [_fee_row(one.name, one.taken, one.booked, one.pending, one.variance) for one in told.points]
    if len(rows) > 1:
        names = ("taken", "booked", "pending", "variance")
        rows.append(_fee_row("Cộng", *map(told.sum, names)))
    return [
        Text("Phí, lệ phí Nhà nước thu tại bưu cục trong ngày, đồng (số bưu gửi)", strong=True),
        Rows(FEES, tuple(rows), shares=(6, 3, 3, 3, 3), numbers=(1, 2, 3, 4)),
    ]


def _counted(one: Handed) -> str:
    """A list without money needs no count."""
    if one.counted is None:
        return "chưa đếm" if one.listed else "0"
    return points_text(one.counted)


def _cash(told: Reconciliation) -> list[Text | Rows]:
    if not told.handed:
        return [Text("Tiền mặt bàn giao: hôm đó Trung tâm không nhận bảng kê nào.", strong=True)]
    rows = tuple(
        (
            one.number,
            one.point_name,
            clock(one.received_at),
            str(one.items),
            points_text(one.listed),
            _counted(one),
            points_text(one.variance),
        )
        for one in told.handed
    )
    return [
        Text("Tiền mặt Trung tâm nhận theo bảng kê trong ngày, đồng", strong=True),
        Rows(CASH, rows, shares=(5, 6, 2, 2, 3, 3, 3), numbers=(3, 4, 5, 6)),
    ]


def _items(told: Reconciliation) -> list[Text | Rows]:
    if not told.items:
        return []
    rows = tuple(tuple("" if cell is None else _text(cell) for cell in line) for line in _lines(told))
    return [
        Text("Từng bưu gửi", strong=True),
        Rows(ITEMS, rows, shares=(1.2, 4.4, 3.2, 5.6, 2.4, 5.4, 2.4, 2.4, 5), numbers=(4, 6, 7)),
    ]


def _lines(told: Reconciliation) -> list[tuple[Cell, ...]]:
    """The cells of ITEMS."""
    return [
        (
            str(number),
            one.item_number,
            one.masked_name,
            "\n".join(one.receipts),
            one.taken,
            one.dossier_code,
            one.booked,
            one.variance,
            state_words(one),
        )
        for number, one in enumerate(told.items, start=1)
    ]


def _charges(told: Reconciliation) -> list[Text | Rows]:
    rows = [_fee_row(one.name, one.charge, one.province) for one in told.points]
    if len(rows) > 1:
        rows.append(_fee_row("Cộng", told.sum("charge"), told.sum("province")))
    return [
        Text(
            "Cước dịch vụ của bưu điện, đồng (số bưu gửi); không cộng vào tiền Nhà nước ở trên",
            strong=True,
        ),
        Rows(CHARGES, tuple(rows), shares=(6, 3, 3), numbers=(1, 2)),
    ]


def _confirmations(told: Reconciliation) -> list[Block]:
    return [
        Text(
            f"{one.name}: {one.confirmed.who} xác nhận lúc {moment_words(one.confirmed.at)}"
            + (f", lý do chênh lệch: {one.confirmed.reason}" if one.confirmed.reason else "")
            + (" (số liệu đã đổi sau đó)" if one.has_moved else "")
            + ".",
            small=True,
        )
        for one in told.points
        if one.confirmed is not None
    ]


def _text(cell: Cell) -> str:
    return points_text(cell) if isinstance(cell, int) else str(cell)


def write_reconciliation(out: IO[bytes], office: Office, told: Reconciliation, *, now: datetime) -> None:
    """The same as a workbook; đồng are numbers, to be counted on. The post's own stands on a sheet apart."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        created = local(now).replace(tzinfo=None)
        book.set_properties({"title": TITLE, "company": office.name, "created": created})
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}),
            "text": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
            "money": book.add_format({"num_format": "#,##0", "valign": "top", "border": 1}),
            "strong": book.add_format({"bold": True}),
        }
        _sheet(
            book.add_worksheet("Phí, lệ phí Nhà nước"), office, told.day, formats,
            ("Mã", "Bưu cục", "Số lần thu", "Đã thu", "Số lần ghi thu", "Trung tâm ghi thu", "Số chưa đến",
             "Chưa đến Trung tâm", "Chênh lệch", "Tiền mặt theo bảng kê", "Đếm được", "Chênh lệch tiền mặt"),
            [_point_cells(one) for one in told.points], (10, 28),
        )  # fmt: skip
        _sheet(book.add_worksheet("Từng bưu gửi"), office, told.day, formats, ITEMS, _lines(told), (6, 20))
        _sheet(
            book.add_worksheet("Bảng kê đã nhận"), office, told.day, formats, CASH,
            [_cash_cells(one) for one in told.handed], (24, 28),
        )  # fmt: skip
        _sheet(
            book.add_worksheet("Cước bưu điện"), office, told.day, formats,
            ("Mã", "Bưu cục", "Số lần thu", "Người gửi trả", "Số lần tỉnh trả", "Tỉnh chi trả"),
            [
                (one.code, one.name, one.charge.count, one.charge.amount, one.province.count,
                 one.province.amount)
                for one in told.points
            ], (10, 28),
        )  # fmt: skip


def _point_cells(one: PointDay) -> tuple[Cell, ...]:
    sums = (one.taken, one.booked, one.pending)
    pairs = [cell for each in sums for cell in (each.count, each.amount)]
    return (
        one.code, one.name, *pairs, one.variance.amount, one.listed, one.counted, one.cash_variance,
    )  # fmt: skip


def _cash_cells(one: Handed) -> tuple[Cell, ...]:
    return (
        one.number, one.point_name, clock(one.received_at), one.items, one.listed, one.counted, one.variance,
    )  # fmt: skip


def _sheet(
    sheet: Worksheet,
    office: Office,
    day: date,
    formats: dict[str, Format],
    heads: tuple[str, ...],
    rows: list[tuple[Cell, ...]],
    widths: tuple[int, int],
) -> None:
    sheet.write_string(0, 0, office.name, formats["strong"])
    sheet.write_string(1, 0, f"{TITLE}, {short_date(day)}", formats["strong"])
    sheet.set_column(2, len(heads), 16)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for column, head in enumerate(heads):
        sheet.write_string(3, column, head, formats["head"])
    for line, cells in enumerate(rows, start=4):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, formats["money"])
            elif cell:
                sheet.write_string(line, column, harmless(cell), formats["text"])
            else:
                sheet.write_blank(line, column, None, formats["text"])
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)

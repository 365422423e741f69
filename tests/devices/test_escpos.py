"""What leaves us, byte by byte."""

from __future__ import annotations

import pytest

from devices.escpos import REAL_TIME, Ack, confirmation, job, new_process_id, paint
from intake.drawings.thermal import Raster


def blank(rows: int, *, width: int = 8) -> Raster:
    return Raster(width, rows, bytes(rows * width // 8))


def test_a_small_paper_byte_for_byte() -> None:
    picture = Raster(16, 2, b"\x80\x01\xff\x00")
    assert job(picture, Ack.GS_H, b"A1z~") == (
        b"\x1b@"  # initialise
        b"\x1da\x0e"  # report trouble of your own accord
        b"\x1dv0\x00\x02\x00\x02\x00\x80\x01\xff\x00"  # two bytes by two rows
        b"\x1bJ\x18"  # feed 24 dots
        b"\x1dVB\x00"  # cut
        b"\x1d(H\x06\x0000A1z~"  # say so when it is done
    )


@pytest.mark.parametrize(
    ("ack", "command"),
    [
        (Ack.GS_H, b"\x1d(H\x06\x0000ABCD"),
        (Ack.GS_R, b"\x1dr\x01"),
        (Ack.NONE, b"\x1da\x00"),  # nothing to wait for: end the automatic status at once
    ],
)
def test_each_printer_is_asked_to_confirm_in_its_own_way(ack: Ack, command: bytes) -> None:
    assert confirmation(ack, b"ABCD") == command


@pytest.mark.parametrize(
    ("rows", "band", "heights"),
    [(256, 256, [256]), (257, 256, [256, 1]), (300, 128, [128, 128, 44]), (1, 256, [1]), (0, 256, [])],
)
def test_a_tall_picture_goes_in_bands(rows: int, band: int, heights: list[int]) -> None:
    framed = paint(blank(rows), band=band)
    for height in heights:
        assert framed[:8] == b"\x1dv0\x00\x01\x00" + height.to_bytes(2, "little")
        framed = framed[8 + height :]
    assert framed == b""


def test_a_receipt_of_80_mm_stays_under_80_kB() -> None:
    assert len(job(blank(1006, width=576), Ack.GS_H, b"0000")) == 72_487


@pytest.mark.parametrize("band", [0, 2304])
def test_a_band_no_printer_takes_is_refused(band: int) -> None:
    with pytest.raises(ValueError, match="bands"):
        paint(blank(8), band=band)


def test_a_width_that_is_no_whole_byte_is_refused() -> None:
    with pytest.raises(ValueError, match="570 dots"):
        paint(Raster(570, 1, bytes(72)))


@pytest.mark.parametrize("command", REAL_TIME)
def test_a_picture_that_hides_a_real_time_command_moves_right(command: bytes) -> None:
    picture = Raster(64, 1, b"\0\0" + command + b"\x01\0\0\0")

    framed = paint(picture)

    assert command not in framed
    shown = int.from_bytes(framed[8:], "big")
    hidden = int.from_bytes(picture.data, "big")
    assert shown in {hidden >> dots for dots in range(1, 8)}


def test_a_hidden_command_across_two_rows_is_found_too() -> None:
    picture = Raster(16, 2, b"\x00\x10\x05\x02")
    assert b"\x10\x05" not in paint(picture)


def test_process_ids_are_printable_and_differ() -> None:
    ids = {new_process_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(len(one) == 4 and all(0x20 < byte < 0x7F for byte in one) for one in ids)

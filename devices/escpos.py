"""ESC/POS on its way out: a picture becomes bands of ``GS v 0``, then feed, cut and a request to confirm.

We pack the bands ourselves: the image functions of python-escpos are twenty
times slower, dither small letters, and wrap the length of a tall picture.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

INIT = b"\x1b@"
FEED = b"\x1bJ\x18"  # 24 dots, 3 mm: the last line stays clear of the knife
CUT = b"\x1dVB\x00"  # feed to the knife, partial cut
CUT_OFF = INIT + FEED + CUT  # whatever hangs in the printer
ASB_ON = b"\x1da\x0e"  # report online, error and paper of one's own accord
ASB_OFF = b"\x1da\x00"
ASK_PAPER = b"\x1dr\x01"  # GS r 1, answered when the printer gets there
ASK_MAKER = b"\x1dIB"
ASK_MODEL = b"\x1dIC"

BAND = 256
TALLEST_BAND = 2303  # yH may not exceed 8 on older printers

# The printer obeys these on arrival, wherever they stand, also inside a picture.
# DLE EOT only makes it talk; DLE ENQ and DLE DC4 clear its buffer or open a drawer.
REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


class Ack(StrEnum):
    """How a printer confirms that paper came out; found by a test print, see ``set_up``."""

    GS_H = "gs_h"  # process id, sent back when printing is complete
    GS_R = "gs_r"  # status in its turn: what stood before it was taken off the buffer
    NONE = "none"


class Picture(Protocol):
    """Black and white dots: rows of ``width / 8`` bytes, most significant bit left, 1 is black."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def data(self) -> bytes: ...


def job(picture: Picture, ack: Ack, process_id: bytes = b"", *, band: int = BAND) -> bytes:
    """Everything one paper needs, from ESC @ to the request to confirm.

    ``band`` is the number of rows sent at once; 128 suits clones with small
    buffers. Bands join without a gap.
    """
    # ESC @ also ends the automatic status, so it comes first.
    return INIT + ASB_ON + paint(picture, band=band) + FEED + CUT + confirmation(ack, process_id)


def paint(picture: Picture, *, band: int = BAND) -> bytes:
    """The picture as ``GS v 0`` commands, free of hidden real-time commands.

    A picture that hides one is moved right by as many dots as it takes; its
    last columns are margin. Raises ValueError for a width that is no multiple
    of eight and for a band no printer takes.
    """
    if picture.width % 8 or not 1 <= band <= TALLEST_BAND:
        raise ValueError(f"cannot send {picture.width} dots in bands of {band} rows")
    per_row = picture.width // 8
    data = bytes(picture.data)
    for _ in range(8):
        framed = b"".join(_bands(data, per_row, band))
        if not any(sequence in framed for sequence in REAL_TIME):
            return framed
        data = _moved_right(data, per_row)
    raise ValueError("no position of this picture is free of real-time commands")


def confirmation(ack: Ack, process_id: bytes = b"") -> bytes:
    """The command after the cut whose answer proves the paper; without one, leave quietly."""
    if ack is Ack.GS_H:
        return b"\x1d(H\x06\x0000" + process_id
    return ASK_PAPER if ack is Ack.GS_R else ASB_OFF


def new_process_id() -> bytes:
    """Four printable characters that tell our answer from one to an earlier job."""
    return bytes(random.choices(range(0x21, 0x7F), k=4))


def ask_status(n: int) -> bytes:
    """DLE EOT n: 1 printer, 2 why offline, 3 which error, 4 paper."""
    return b"\x10\x04" + bytes((n,))


def _bands(data: bytes, per_row: int, band: int) -> Iterator[bytes]:
    for start in range(0, len(data), band * per_row):
        rows = data[start : start + band * per_row]
        height = len(rows) // per_row
        yield b"\x1dv0\x00" + per_row.to_bytes(2, "little") + height.to_bytes(2, "little")
        yield rows


def _moved_right(data: bytes, per_row: int) -> bytes:
    rows = (data[start : start + per_row] for start in range(0, len(data), per_row))
    return b"".join((int.from_bytes(row, "big") >> 1).to_bytes(per_row, "big") for row in rows)

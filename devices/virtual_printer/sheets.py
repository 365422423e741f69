"""The paper that came out: strips of dots, kept until the tray is full."""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS_PER_MM = 8
LONGEST_STRIP = 3000 * DOTS_PER_MM  # rows; what is never cut falls off after three metres


@dataclass(frozen=True)
class Sheet:
    """One piece of paper, ``width`` dots wide; not ``cut`` when it was torn or ran off the roll."""

    number: int
    at: datetime
    width: int
    data: bytes
    cut: bool

    @property
    def rows(self) -> int:
        return len(self.data) // (self.width // 8)

    @property
    def image(self) -> Image:
        """Black on white, as the eye sees it."""
        from PIL import Image

        return Image.frombytes("1", (self.width, self.rows), self.data, "raw", "1;I")

    def png(self) -> bytes:
        """The picture as a PNG, written by hand: the device then runs without an image library."""
        per_row = self.width // 8
        white = self.data.translate(bytes(255 - byte for byte in range(256)))
        lines = b"".join(b"\0" + white[at : at + per_row] for at in range(0, len(white), per_row))
        header = struct.pack(">IIBBBBB", self.width, self.rows, 1, 0, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            _chunk(kind, body)
            for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
        )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


class Tray:
    """The strip under the knife and the last ``keep`` sheets below it."""

    def __init__(self, width: int, keep: int, clock: Callable[[], datetime]) -> None:
        self.width = width
        self.sheets: deque[Sheet] = deque(maxlen=keep)
        self.count = 0
        self._strip = bytearray()
        self._clock = clock

    @property
    def strip_rows(self) -> int:
        return len(self._strip) // (self.width // 8)

    @property
    def hanging(self) -> Sheet | None:
        """What sticks out of the slot now, as if torn off."""
        if not self._strip:
            return None
        return Sheet(self.count + 1, self._clock(), self.width, bytes(self._strip), cut=False)

    def add(self, rows: bytes) -> None:
        self._strip += rows
        if self.strip_rows >= LONGEST_STRIP:
            self.drop(cut=False)

    def drop(self, *, cut: bool) -> None:
        """The strip falls into the tray; nothing happens when nothing stuck out."""
        if sheet := self.hanging:
            self.count += 1
            self.sheets.append(replace(sheet, cut=cut))
            self._strip.clear()

"""Reads ESC/POS in its turn, one command after another, and drives the mechanism.

Written from the command references, sharing nothing with the code that
writes ESC/POS in this project: two readings of one standard keep each other
honest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from devices.virtual_printer.feed import Feed
from devices.virtual_printer.mechanism import Mechanism

ESC, GS, FS, DLE, LF = 0x1B, 0x1D, 0x1C, 0x10, 0x0A
SKILLS = frozenset({"gs_h", "gs_r", "gs_i"})  # ways to answer in turn; clones lack some
LINE = 30  # dots of one text line

# Commands that change nothing we show, with the number of bytes that follow them.
PARAMETERS: dict[tuple[int, int], int] = {
    **{(ESC, ord(letter)): 0 for letter in "2<"},
    **{(ESC, ord(letter)): 1 for letter in " !%-3=?EGMRTUV{t"},
    **{(ESC, ord(letter)): 2 for letter in "$\\c"},
    (ESC, ord("p")): 3,
    (ESC, ord("W")): 8,
    (ESC, ord("L")): 0,
    (ESC, ord("S")): 0,
    **{(GS, ord(letter)): 1 for letter in "!/BHTbfhw"},
    **{(GS, ord(letter)): 2 for letter in "$LPW\\"},
    **{(FS, ord(letter)): 0 for letter in "&."},
    **{(FS, ord(letter)): 1 for letter in "!-CW"},
    **{(FS, ord(letter)): 2 for letter in "Sp"},
}


class Interpreter:
    """The settings a stream of commands makes, and what to do for each command."""

    def __init__(
        self, mechanism: Mechanism, *, maker: str, model: str, skills: Collection[str] = SKILLS
    ) -> None:
        self.mechanism = mechanism
        self.asb = 0
        self.unknown: Counter[str] = Counter()
        self._skills = skills
        self._told = {65: "1.0", 66: maker, 67: model, 68: "0001"}
        self._align = 0
        self._stored = b""
        self._line = bytearray()
        self._width = mechanism.tray.width // 8
        self._commands: dict[tuple[int, int], Callable[[Feed], Awaitable[None]]] = {
            (ESC, ord("@")): self._reset,
            (ESC, ord("a")): self._justify,
            (ESC, ord("d")): self._feed_lines,
            (ESC, ord("J")): self._feed_dots,
            (ESC, ord("i")): self._cut_here,
            (ESC, ord("m")): self._cut_here,
            (ESC, ord("*")): self._column_image,
            (ESC, ord("D")): self._tabs,
            (GS, ord("v")): self._raster,
            (GS, ord("V")): self._cut,
            (GS, ord("a")): self._automatic_status,
            (GS, ord("r")): self._status_in_turn,
            (GS, ord("I")): self._tell,
            (GS, ord("(")): self._extended,
            (GS, ord("8")): self._long_graphics,
            (GS, ord("k")): self._barcode,
        }

    async def obey(self, feed: Feed) -> None:
        """Carry out everything in ``feed``; ends with EndOfFeed, wherever that falls."""
        while True:
            byte = (await feed.take(1))[0]
            await self.mechanism.ready()
            if byte in (ESC, GS, FS):
                await self._command(byte, feed)
            elif byte == DLE:
                await self._skip_realtime(feed)
            elif byte == LF:
                await self._print_line()
            elif byte >= 0x20:
                self._line.append(byte)

    async def _command(self, prefix: int, feed: Feed) -> None:
        code = (prefix, (await feed.take(1))[0])
        if obey := self._commands.get(code):
            await obey(feed)
        elif code in PARAMETERS:
            await feed.take(PARAMETERS[code])
        else:
            self.unknown[f"{code[0]:02X} {code[1]:02X}"] += 1

    async def _skip_realtime(self, feed: Feed) -> None:
        """Real-time commands were obeyed on arrival; in their turn they mean nothing."""
        kind = (await feed.take(1))[0]
        if kind in (0x04, 0x05):
            await feed.take(1)
        elif kind == 0x14:
            await feed.take(9 if await feed.take(1) == b"\x08" else 2)

    async def _reset(self, feed: Feed) -> None:
        self.asb = 0
        self._align = 0
        self._line.clear()
        self._stored = b""

    async def _justify(self, feed: Feed) -> None:
        self._align = (await feed.take(1))[0] & 3

    async def _feed_lines(self, feed: Feed) -> None:
        count = (await feed.take(1))[0]
        await self._print_line()
        await self._blank(LINE * (count - 1))

    async def _feed_dots(self, feed: Feed) -> None:
        await self._blank((await feed.take(1))[0])

    async def _cut_here(self, feed: Feed) -> None:
        await self.mechanism.cut()

    async def _cut(self, feed: Feed) -> None:
        mode = (await feed.take(1))[0]
        if mode not in (0, 1, 48, 49):
            await self._feed_dots(feed)
        await self.mechanism.cut()

    async def _automatic_status(self, feed: Feed) -> None:
        self.asb = (await feed.take(1))[0]
        if self.asb:
            feed.answer(self.mechanism.asb())

    async def _status_in_turn(self, feed: Feed) -> None:
        what = (await feed.take(1))[0]
        if "gs_r" in self._skills:
            feed.answer(bytes((self.mechanism.paper_sensor() if what in (1, 49) else 0,)))

    async def _tell(self, feed: Feed) -> None:
        what = (await feed.take(1))[0]
        if "gs_i" not in self._skills:
            return
        if what in self._told:
            feed.answer(b"_" + self._told[what].encode() + b"\0")
        elif what in (1, 2, 3, 49, 50, 51):
            feed.answer(b"\x02")

    async def _raster(self, feed: Feed) -> None:
        _, _, *size = await feed.take(6)
        per_row, height = size[0] + size[1] * 256, size[2] + size[3] * 256
        while height and per_row:
            rows = max(1, min(height, len(feed) // per_row))
            await self._print_rows(await feed.take(rows * per_row), per_row)
            height -= rows

    async def _extended(self, feed: Feed) -> None:
        """GS ( x pL pH …: the length is told, so what is unknown can be skipped whole."""
        kind, low, high = await feed.take(3)
        body = await feed.take(low + high * 256)
        if kind == ord("H") and body[:2] == b"00" and "gs_h" in self._skills:
            await self.mechanism.still()
            feed.answer(b'7"' + body[2:6] + b"\0")
        elif kind == ord("L"):
            await self._graphics(body)

    async def _long_graphics(self, feed: Feed) -> None:
        size = int.from_bytes((await feed.take(5))[1:], "little")
        await self._graphics(await feed.take(size))

    async def _graphics(self, body: bytes) -> None:
        """Function 112 stores a picture, 50 prints it."""
        if body[1:2] == b"\x70":
            self._stored = body
        elif body[1:2] in (b"\x02", b"\x32"):
            per_row = (int.from_bytes(self._stored[6:8], "little") + 7) // 8
            stored, self._stored = self._stored[10:], b""
            if per_row:
                await self._print_rows(stored, per_row)

    async def _column_image(self, feed: Feed) -> None:
        mode, low, high = await feed.take(3)
        await feed.take((low + high * 256) * (3 if mode in (32, 33) else 1))

    async def _tabs(self, feed: Feed) -> None:
        while await feed.take(1) != b"\0":
            pass

    async def _barcode(self, feed: Feed) -> None:
        kind = (await feed.take(1))[0]
        if kind > 6:
            await feed.take((await feed.take(1))[0])
        else:
            await self._tabs(feed)

    async def _print_rows(self, data: bytes, per_row: int) -> None:
        """Rows of any width on paper of ours: placed as ESC a says, the rest cut off."""
        if per_row == self._width and len(data) % per_row == 0:
            await self.mechanism.feed(data)
            return
        left = max(0, (self._width - per_row) * self._align // 2)
        for at in range(0, len(data), per_row):
            row = bytes(left) + data[at : at + per_row]
            await self.mechanism.feed(row[: self._width].ljust(self._width, b"\0"))

    async def _print_line(self) -> None:
        if self._line:
            await self.mechanism.feed(_typed(bytes(self._line), self._width * 8))
            self._line.clear()
        else:
            await self._blank(LINE)

    async def _blank(self, dots: int) -> None:
        await self.mechanism.feed(bytes(max(0, dots) * self._width))


def _typed(line: bytes, width: int) -> bytes:
    """One line of plain text; what is not ASCII shows as a question mark."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("1", (width, LINE))
    text = line.decode("ascii", "replace").replace("�", "?")
    ImageDraw.Draw(image).text((0, 2), text, fill=1, font=ImageFont.load_default(22))
    return image.tobytes()

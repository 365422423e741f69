"""The printer behind its socket: receive buffer, real-time answers, one client at a time, and its faults."""

from __future__ import annotations

import asyncio
import os
import re
import select
import socket
import struct
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from devices.virtual_printer.feed import EndOfFeed, Feed
from devices.virtual_printer.interpreter import Interpreter
from devices.virtual_printer.mechanism import FULL_ROLL, NEAR_END, Mechanism
from devices.virtual_printer.sheets import Tray

REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x04]|\x05[\x01\x02])", re.DOTALL)
ASB_SECTIONS = ((0x02, 0), (0x04, 1), (0x08, 2))  # bit of GS a, byte it covers
RESERVE = 64  # bytes a new client may always send, to ask how a stuck printer is
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Device:
    """One printer. Everything runs in the event loop that created it."""

    def __init__(
        self,
        *,
        width: int,
        speed: float,
        buffer: int,
        keep: int,
        maker: str,
        model: str,
        skills: Collection[str],
        clock: Callable[[], datetime],
    ) -> None:
        self.tray = Tray(width, keep, clock)
        self.mechanism = Mechanism(self.tray, speed, self._changed)
        self.interpreter = Interpreter(self.mechanism, maker=maker, model=model, skills=skills)
        self.mute = False
        self.drop_after: int | None = None  # reset the connection after so many bytes of it
        self.fin_after: int | None = None  # close it politely
        self.lose_after: int | None = None  # keep taking bytes, but forget them and fall silent
        self.received = 0
        self.version = 0
        self.on_change: list[Callable[[], None]] = []
        self._capacity = buffer
        self._feeds: deque[Feed] = deque()
        self._waiting = asyncio.Event()  # a feed to print
        self._room = asyncio.Event()
        self._line: Line | None = None
        self._last_asb = self.mechanism.asb()
        self._motor = asyncio.create_task(self._print_everything())

    # --- switches -------------------------------------------------------

    def set(self, **changes: Any) -> None:
        """Turn switches by name: parts (cover_open, paper_out, near_end, cutter_error, overheated),
        paper_left in mm, speed in mm/s, and faults of the line (mute, drop_after, fin_after, lose_after).
        """
        for name, value in changes.items():
            if name in ("cover_open", "cutter_error", "overheated", "speed"):
                setattr(self.mechanism, name, value)
            elif name in ("mute", "drop_after", "fin_after", "lose_after"):
                setattr(self, name, value)
            elif name == "paper_left":
                self.mechanism.load(value)
            elif name == "paper_out":
                self.mechanism.load(0 if value else FULL_ROLL)
            elif name == "near_end":
                self.mechanism.load(NEAR_END if value else FULL_ROLL)
            else:
                raise TypeError(f"this printer has no switch {name!r}")
        self.mechanism.refresh()

    def power_cycle(self) -> None:
        """Off and on: connection, buffer and settings are gone, and someone tears the paper off."""
        self._hang_up(reset=True)
        self._forget()
        self.tray.drop(cut=False)
        self.interpreter.asb = 0
        self.mechanism.cutter_error = self.mechanism.overheated = False
        self.mechanism.refresh()

    @property
    def busy(self) -> bool:
        """Bytes or commands are on their way to paper."""
        return bool(self._feeds)

    def close(self) -> None:
        self._hang_up(reset=False)
        self._motor.cancel()

    # --- the line -------------------------------------------------------

    async def listen(self, server: socket.socket) -> None:
        """Serve one client at a time; whoever comes while it is there is reset."""
        loop = asyncio.get_running_loop()
        serving: set[asyncio.Task[None]] = set()
        while True:
            client, _ = await loop.sock_accept(server)
            if self._line is not None and not self._line.has_hung_up():
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                client.close()
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._line = Line(client.fileno(), client.close, client)
            task = asyncio.create_task(self.serve(self._line))
            serving.add(task)
            task.add_done_callback(serving.discard)

    async def serve(self, line: Line) -> None:
        """Take bytes as long as there is room for them, and answer real-time commands as they come in."""
        self._line = line
        feed = Feed(partial(self._answer, line), self._room.set)
        self._feeds.append(feed)
        self._waiting.set()
        try:
            with suppress(OSError):
                await self._take_in(line, feed)
        finally:
            feed.close()
            line.close(reset=False)
        if not feed and feed in list(self._feeds)[1:]:  # the first one ends in its turn
            self._feeds.remove(feed)
        if self._line is line:
            self._line = None

    async def _take_in(self, line: Line, feed: Feed) -> None:
        """Everything one client sends. Questions that come before anything else take up no room."""
        tail, only_asks = b"", True
        while data := await line.receive(await self._space(line, feed)):
            self.received += len(data)
            line.received += len(data)
            if line.deaf:
                continue
            forgotten = 0
            for found in REAL_TIME.finditer(tail + data):
                if self._at_once(line, found.group()):
                    forgotten = found.end() - len(tail)
            only_asks = only_asks and not REAL_TIME.sub(b"", data)
            tail = (tail + data)[-2:]
            if not only_asks:
                feed.put(data[forgotten:])
            if self._faults(line):
                return

    async def _space(self, line: Line, feed: Feed) -> int:
        """How many bytes to take now: what fits, and never past the byte at which a fault strikes."""
        while (room := max(self._free(), RESERVE - len(feed))) <= 0 and not line.deaf:
            self._room.clear()
            await self._room.wait()
        marks = [mark - line.received for mark in (self.drop_after, self.fin_after, self.lose_after) if mark]
        return min([4096 if line.deaf else room, *(mark for mark in marks if mark > 0)])

    def _free(self) -> int:
        return self._capacity - sum(map(len, self._feeds))

    def _faults(self, line: Line) -> bool:
        """Let the faults that are due happen, once each; True when the connection is gone."""
        due = [
            name
            for name in ("drop_after", "fin_after", "lose_after")
            if (mark := getattr(self, name)) and line.received >= mark
        ]
        for name in due:
            setattr(self, name, None)
        if "lose_after" in due:
            line.deaf = True
        if "drop_after" in due or "fin_after" in due:
            self._hang_up(reset="drop_after" in due)
            return True
        return False

    def _at_once(self, line: Line, command: bytes) -> bool:
        """Obey DLE EOT n or DLE ENQ n; True when all that was received is to be forgotten."""
        if command[1] == 0x04:
            self._answer(line, bytes((self.mechanism.realtime(command[2]),)))
            return False
        forget = command[2] == 2
        if forget:
            self._forget()
        self.mechanism.cutter_error = False
        self.mechanism.refresh()
        return forget

    def _answer(self, line: Line, data: bytes) -> None:
        if not self.mute:
            line.answer(data)

    def _hang_up(self, *, reset: bool) -> None:
        if self._line is not None:
            line, self._line = self._line, None
            line.close(reset=reset)

    # --- the motor ------------------------------------------------------

    def _forget(self) -> None:
        """Clear the receive buffer, in the middle of a command if need be."""
        self._motor.cancel()
        for feed in self._feeds:
            feed.clear()
        self._room.set()
        self._motor = asyncio.create_task(self._print_everything())

    async def _print_everything(self) -> None:
        while True:
            while not self._feeds:
                self._waiting.clear()
                await self._waiting.wait()
            feed = self._feeds[0]
            with suppress(EndOfFeed):
                await self.interpreter.obey(feed)
            self._feeds.popleft()
            self._changed()

    def _changed(self) -> None:
        now, before = self.mechanism.asb(), self._last_asb
        self._last_asb = now
        wanted = any(self.interpreter.asb & bit and now[at] != before[at] for bit, at in ASB_SECTIONS)
        if wanted and self._line is not None:
            self._answer(self._line, now)
        self.version += 1
        for tell in self.on_change:
            tell()


class Line:
    """One client: a socket, or the master side of a pseudo terminal for the serial form."""

    def __init__(self, descriptor: int, close: Callable[[], None], link: socket.socket | None = None) -> None:
        os.set_blocking(descriptor, False)
        self.received = 0
        self.deaf = False
        self._descriptor = descriptor
        self._close = close
        self._link = link
        self._open = True
        self._readable = asyncio.Event()

    async def receive(self, most: int) -> bytes:
        """Some bytes, at most so many; nothing at the end."""
        loop = asyncio.get_running_loop()
        while self._open:
            with suppress(BlockingIOError):
                return os.read(self._descriptor, most)
            self._readable.clear()
            loop.add_reader(self._descriptor, self._wake)
            await self._readable.wait()
        return b""

    def _wake(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        self._readable.set()

    def answer(self, data: bytes) -> None:
        """Send, unless nobody listens: a printer does not wait for a host that does not read."""
        if self._open and not self.deaf:
            with suppress(OSError):
                os.write(self._descriptor, data)

    def has_hung_up(self) -> bool:
        """Whether the client said goodbye, even if its last bytes still wait to be read."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLRDHUP)
        return bool(poll.poll(0))

    def close(self, *, reset: bool) -> None:
        if not self._open:
            return
        self._open = False
        asyncio.get_running_loop().remove_reader(self._descriptor)
        if reset and self._link is not None:
            self._link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._close()
        self._readable.set()

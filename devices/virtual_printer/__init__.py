"""A thermal printer that is not there: it behaves like one on a socket, and keeps its paper as pictures.

``VirtualPrinter`` runs one in a thread of its own, for tests and tools;
``python -m devices.virtual_printer`` runs one as a process with a web page.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from devices.virtual_printer.device import Device, Line
from devices.virtual_printer.interpreter import SKILLS
from devices.virtual_printer.sheets import Sheet

__all__ = ["Device", "Sheet", "VirtualPrinter", "listener", "new_device"]

T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


def new_device(
    *,
    width: int = 576,
    speed: float = 200.0,
    buffer: int = 64 * 1024,
    keep: int = 50,
    maker: str = "Mot Cham",
    model: str = "VP-80",
    skills: Collection[str] = SKILLS,
    clock: Callable[[], datetime] = now,
) -> Device:
    """A printer with a full roll, its cover closed. Call it inside the event loop it shall live in."""
    return Device(
        width=width,
        speed=speed,
        buffer=buffer,
        keep=keep,
        maker=maker,
        model=model,
        skills=skills,
        clock=clock,
    )


def listener(host: str, port: int, buffer: int) -> socket.socket:
    """A listening socket with a small window, so that a full printer is felt at the other end."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, max(buffer // 2, 8 * 1024))
    server.bind((host, port))
    server.listen()
    server.setblocking(False)
    return server


class VirtualPrinter:
    """A device on a free loopback port, to be used from other threads.

    With ``tty=True`` it sits behind a pseudo terminal instead, as a serial
    printer does; ``tty`` is then the path to open. Speed is in mm/s.
    """

    def __init__(self, *, port: int = 0, tty: bool = False, speed: float = 20_000.0, **options: Any) -> None:
        self._port, self._tty = port, tty
        self._options = {"speed": speed, **options}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="virtual printer")
        self._news = threading.Condition()
        self.port = 0
        self.tty = ""

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def papers(self) -> list[Sheet]:
        """The sheets that fell into the tray, oldest first."""
        return self._call(lambda: list(self.device.tray.sheets))

    @property
    def strip_rows(self) -> int:
        """Rows printed but not cut yet."""
        return self._call(lambda: self.device.tray.strip_rows)

    def set(self, **changes: Any) -> None:
        """Turn switches, see ``Device.set``; they have taken effect when this returns."""
        self._call(lambda: self.device.set(**changes))

    def at_row(self, row: int, action: Callable[[], None]) -> None:
        """Do this once, when the paper being printed is ``row`` rows long."""
        self._call(lambda: self.device.mechanism.at_row(row, action))

    def at_cut(self, action: Callable[[], None]) -> None:
        """Do this once, right before the next cut."""
        self._call(lambda: self.device.mechanism.at_cut(action))

    def power_cycle(self) -> None:
        self._call(self.device.power_cycle)

    def wait_for(self, condition: Callable[[Device], bool], seconds: float = 60.0) -> bool:
        """Wait until this holds; looked at again whenever the device changes."""
        with self._news:
            return self._news.wait_for(lambda: condition(self.device), seconds)

    async def _start(self) -> None:
        self.device = new_device(**self._options)
        self.device.on_change.append(self._tell)
        if self._tty:
            self._master, self._slave = os.openpty()
            self.tty = os.ttyname(self._slave)
            line = Line(self._master, lambda: None)
            self._server = asyncio.create_task(self.device.serve(line))
            return
        server = listener("127.0.0.1", self._port, self._options.get("buffer", 64 * 1024))
        self.port = server.getsockname()[1]
        self._socket = server
        self._server = asyncio.create_task(self.device.listen(server))

    async def _stop(self) -> None:
        self.device.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._tty:
            os.close(self._master)
            os.close(self._slave)
        else:
            self._socket.close()

    def _tell(self) -> None:
        with self._news:
            self._news.notify_all()

    def _call(self, action: Callable[[], T]) -> T:
        """Run this in the device's thread; at once when we are in it already."""
        if threading.current_thread() is self._thread:
            return action()

        async def run() -> T:
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

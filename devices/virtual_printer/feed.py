"""The receive buffer: bytes of one connection that wait for their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class EndOfFeed(Exception):  # an ending, not an error
    """The connection closed and everything it had sent was used."""


class Feed:
    """What one connection sent. A command cut short by its end is dropped with it."""

    def __init__(self, answer: Callable[[bytes], None], taken: Callable[[], None]) -> None:
        self.answer = answer
        self._taken = taken
        self._bytes = bytearray()
        self._more = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return len(self._bytes)

    def put(self, data: bytes) -> None:
        self._bytes += data
        self._more.set()

    def clear(self) -> None:
        self._bytes.clear()

    def close(self) -> None:
        self._closed = True
        self._more.set()

    async def take(self, count: int) -> bytes:
        """The next ``count`` bytes, however long they take to arrive."""
        parts = bytearray()
        while count:
            part = self._bytes[:count]
            del self._bytes[:count]
            parts += part
            count -= len(part)
            if part:
                self._taken()
            elif self._closed:
                raise EndOfFeed
            else:
                self._more.clear()
                await self._more.wait()
        return bytes(parts)

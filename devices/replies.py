"""ESC/POS on its way back: bytes from the printer become statuses and confirmations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.ports import Trouble


@dataclass(frozen=True)
class Status:
    """What the printer says about itself."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    cutter: bool = False
    error: bool = False
    near_end: bool = False

    @property
    def trouble(self) -> Trouble | None:
        """The one thing to repair first: an open cover hides the paper, an empty roll the rest."""
        if self.cover_open:
            return Trouble.COVER_OPEN
        if self.paper_out:
            return Trouble.PAPER_OUT
        if self.cutter:
            return Trouble.CUTTER
        if self.error:
            return Trouble.ERROR
        return Trouble.OFFLINE if self.offline else None


def status_of_answers(answers: Sequence[int]) -> Status:
    """The four answers to DLE EOT 1, 2, 3, 4, in this order."""
    printer, cause, error, paper = answers
    cutter = bool(error & 0x08)
    return Status(
        offline=bool(printer & 0x08),
        cover_open=bool(cause & 0x04),
        paper_out=bool(cause & 0x20 or paper & 0x60),
        cutter=cutter,
        error=bool(error & 0x64) or bool(cause & 0x40 and not cutter),
        near_end=bool(paper & 0x0C),
    )


def status_of_asb(block: bytes) -> Status:
    """The four bytes a printer sends of its own accord after GS a."""
    printer, error, paper, _ = block
    return Status(
        offline=bool(printer & 0x08),
        cover_open=bool(printer & 0x20),
        paper_out=bool(paper & 0x0C),
        cutter=bool(error & 0x08),
        error=bool(error & 0x64),
        near_end=bool(paper & 0x03),
    )


@dataclass(frozen=True)
class Answer:
    """One byte in reply to DLE EOT n; which n only the asker knows."""

    byte: int


@dataclass(frozen=True)
class Report:
    """Automatic status back."""

    status: Status


@dataclass(frozen=True)
class Block:
    """A header byte and text up to NUL: a process id (0x37) or what GS I tells (0x5F)."""

    header: int
    body: bytes


@dataclass(frozen=True)
class InTurn:
    """One byte in reply to GS r or GS I, in its turn behind the data."""

    byte: int


Reply = Answer | Report | Block | InTurn

PROCESS_ID, INFO = 0x37, 0x5F
BLOCK_HEADERS = frozenset((0x35, PROCESS_ID, 0x3B, 0x3D, INFO))
LONGEST_BLOCK = 128


class Replies:
    """Cuts the back-channel into replies, however its bytes arrive."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies that are complete now; the rest waits for more bytes."""
        self._bytes += data
        while self._bytes:
            size = self._size_of_first()
            if size is None:
                return
            raw = bytes(self._bytes[:size])
            del self._bytes[:size]
            if reply := _reply_of(raw):
                yield reply

    def _size_of_first(self) -> int | None:
        first = self._bytes[0]
        if first in BLOCK_HEADERS:
            end = self._bytes.find(0)
            if end < 0:
                return LONGEST_BLOCK if len(self._bytes) > LONGEST_BLOCK else None
            return end + 1
        if first & 0x93 == 0x10:
            return 4 if len(self._bytes) >= 4 else None
        return 1


def _reply_of(raw: bytes) -> Reply | None:
    """One reply, or None for flow control and noise. Bits 0, 1, 4 and 7 tell the kinds apart."""
    first = raw[0]
    if first in BLOCK_HEADERS:
        return Block(first, raw[1:-1])
    if first & 0x93 == 0x10:
        return Report(status_of_asb(raw))
    if first & 0x93 == 0x12:
        return Answer(first)
    return InTurn(first) if first & 0x90 == 0 else None

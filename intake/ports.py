"""What the core asks of the machines around it; ``devices`` adapts real ones to these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from intake.paper import Paper


class Printed(StrEnum):
    """The three outcomes of a print. Only NOT_PRINTED may be retried without a mark."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"


class Trouble(StrEnum):
    """Why a printer does not print; the sentence for people is in templates and cli, not here."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    OFFLINE = "offline"
    ERROR = "error"  # mechanical, overheated, unrecoverable
    MUTE = "mute"  # connected but does not answer
    UNREACHABLE = "unreachable"  # refused, no route, no such device
    NO_ANSWER = "no_answer"  # sent, but never confirmed
    CONNECTION_LOST = "connection_lost"
    UNCONFIRMED = "unconfirmed"  # this printer has no way to confirm
    WORKER_DIED = "worker_died"


class Sheet(StrEnum):
    """What a printer is loaded with, which decides which of the papers it gets."""

    ROLL = "roll"  # the kiosk's receipt
    A5 = "a5"  # form 01


@dataclass(frozen=True)
class Outcome:
    """What became of one print. ``reason`` is None when printed; ``near_end`` means change the roll soon."""

    result: Printed
    reason: Trouble | None = None
    near_end: bool = False


class Printer(Protocol):
    """A printer behind any wire."""

    @property
    def sheet(self) -> Sheet: ...

    def trouble(self) -> Trouble | None:
        """Why it could not print now, or None. Blocks at most 3 s."""
        ...

    def print(
        self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
    ) -> Outcome:
        """Print one paper and cut it; never raises for a fault of the device.

        Asks for trouble first (then NOT_PRINTED, nothing was sent), calls
        ``on_sending`` once right before the first byte of the paper leaves,
        and returns PRINTED only when the device confirmed it. After the first
        byte anything unclear is UNKNOWN: paper may have come out. Whatever
        ``on_sending`` raises is passed on, and nothing was sent. ``torn`` says
        that a piece of an earlier paper may hang in the printer: it is cut off
        first, or one citizen's receipt would hang on another's.
        """
        ...


class ScanTrouble(StrEnum):
    """Why a document scanner gave no pages; the sentence for people is in templates."""

    NO_DOCUMENTS = "no_documents"  # nothing lies in the feeder or on the glass
    JAMMED = "jammed"
    COVER_OPEN = "cover_open"
    BUSY = "busy"
    IO_ERROR = "io_error"  # the cable, or a fault of the device
    NO_ANSWER = "no_answer"  # it hung, or no worker fetched the pages
    CUT_SHORT = "cut_short"  # half a page came
    NOT_THERE = "not_there"  # no such device, or no SANE on this machine
    TOO_MANY = "too_many"  # more pages than one paper has


class ScannerFailed(Exception):  # an outcome, told to a person
    """The scan broke off. ``pages`` that came whole before it are good."""

    def __init__(self, trouble: ScanTrouble, pages: tuple[bytes, ...] = ()) -> None:
        super().__init__(trouble)
        self.trouble, self.pages = trouble, pages


class DocumentScanner(Protocol):
    """A scanner for papers behind SANE's name of it."""

    def scan(self) -> tuple[bytes, ...]:
        """All pages of the feeder, or the one on the glass, as PNG; at least one.

        Blocks for as long as paper moves, and never longer than it was given.
        Raises ScannerFailed.
        """
        ...


class VirusScanned(StrEnum):
    """What a virus scanner said of a file. Everything but an answer is NOT_SCANNED, never clean."""

    NOT_SCANNED = "not_scanned"
    CLEAN = "clean"
    INFECTED = "infected"

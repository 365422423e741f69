"""A printer that can answer, over any wire: ask for trouble, send, and believe only its own word."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from time import monotonic

from devices.escpos import (
    ASB_OFF,
    BAND,
    CUT_OFF,
    Ack,
    Picture,
    ask_status,
    job,
    new_process_id,
)
from devices.replies import (
    PROCESS_ID,
    Answer,
    Block,
    InTurn,
    Replies,
    Reply,
    Report,
    Status,
    status_of_answers,
)
from devices.wires import Wire
from intake.drawings.thermal import draw_thermal
from intake.paper import Paper
from intake.ports import Outcome, Printed, Sheet, Trouble


@dataclass(frozen=True)
class Patience:
    """How long to wait for a printer, in seconds."""

    connect: float = 3.0
    answer: float = 2.0  # all four status questions together
    stopped: float = 7.0  # it told its trouble while printing; TCP_USER_TIMEOUT ends a closed window at 8
    quiet: float = 6.0  # nothing taken, nothing told
    overall: float = 60.0  # from the first byte on
    probe: float = 1.0  # ask again after this much silence


class Link:
    """One conversation with a printer, from connecting to hanging up."""

    def __init__(self, wire: Wire, patience: Patience) -> None:
        self._wire = wire
        self._patience = patience
        self._replies = Replies()
        self._out = memoryview(b"")
        self._unsent = 0
        self._answers: list[int] | None = None  # to the questions asked; None when nothing is asked
        self._news = monotonic()
        self.status = Status()
        self.answered = False  # it has said something, understood or not

    @property
    def silence(self) -> float:
        """Seconds since the printer last took or told something."""
        return monotonic() - self._news

    @property
    def all_taken(self) -> bool:
        """Whether the far end took every byte."""
        return not self._out and not self._wire.unsent()

    def ask(self, seconds: float) -> Status | None:
        """The printer's status now; None when it does not answer in time."""
        until = monotonic() + seconds
        self._ask()
        while self._answers is not None:
            if monotonic() > until:
                return None
            self.turn(until - monotonic())
        return self.status

    def deliver(self, data: bytes, ack: Ack, process_id: bytes = b"") -> Outcome:
        """Send one paper and wait until the printer confirms it, or until waiting makes no sense.

        While it says that it is in trouble we hold the rest back: it goes on
        when someone closes the cover. With ``Ack.NONE`` the end is reached
        when everything was taken.
        """
        self._out = memoryview(data)
        begun = self._news = monotonic()
        stopped: float | None = None
        while True:
            hold = self.status.trouble is not None and self._answers is None
            replies = self.turn(self._patience.probe, hold=hold)
            if any(_confirms(reply, ack, process_id) for reply in replies):
                self._hang_up()
                return Outcome(Printed.PRINTED, near_end=self.status.near_end)
            if ack is Ack.NONE and self.all_taken:
                return self._unknown(self.status.trouble or Trouble.UNCONFIRMED)
            now = monotonic()
            stopped = None if self.status.trouble is None else stopped or now
            if reason := self._gives_up(now, begun, stopped):
                self._wire.abandon()
                return self._unknown(reason)
            if not self._out and self._answers is None and self.silence >= self._patience.probe:
                self._ask()

    def tell(self, data: bytes) -> None:
        """Queue a command that is not paper."""
        self._out = memoryview(bytes(self._out) + data)

    def turn(self, seconds: float, *, hold: bool = False) -> list[Reply]:
        """Send what the printer takes and hear what it says; wait at most ``seconds`` for either."""
        to_send = bool(self._out) and not hold
        self._wire.wait(seconds, to_send=to_send)
        sent = self._wire.send(self._out) if to_send else 0
        self._out = self._out[sent:]
        heard = self._wire.receive()
        self.answered |= bool(heard)
        unsent = self._wire.unsent()
        if sent or heard or unsent < self._unsent:
            self._news = monotonic()
        self._unsent = unsent
        replies = list(self._replies.feed(heard))
        for reply in replies:
            self._note(reply)
        return replies

    def _hang_up(self) -> None:
        """Leave the printer as we found it; the paper is out, so a lost line no longer matters."""
        with suppress(OSError):
            self.tell(ASB_OFF)
            self.turn(0)

    def _ask(self) -> None:
        self._answers = []
        self.tell(ask_status(1))

    def _note(self, reply: Reply) -> None:
        if isinstance(reply, Report):
            self.status = reply.status
        elif isinstance(reply, Answer) and self._answers is not None:
            self._answers.append(reply.byte)
            if len(self._answers) < 4:  # one question at a time: printers queue few
                self.tell(ask_status(len(self._answers) + 1))
            else:
                self.status, self._answers = status_of_answers(self._answers), None

    def _gives_up(self, now: float, begun: float, stopped: float | None) -> Trouble | None:
        if stopped is not None and now - stopped > self._patience.stopped:
            return self.status.trouble
        if stopped is None and self.silence > self._patience.quiet:
            return Trouble.NO_ANSWER
        if now - begun > self._patience.overall:
            return self.status.trouble or Trouble.NO_ANSWER
        return None

    def _unknown(self, reason: Trouble) -> Outcome:
        return Outcome(Printed.UNKNOWN, reason, near_end=self.status.near_end)


def _confirms(reply: Reply, ack: Ack, process_id: bytes) -> bool:
    if ack is Ack.GS_H:
        return reply == Block(PROCESS_ID, b'"' + process_id)
    return ack is Ack.GS_R and isinstance(reply, InTurn)


@dataclass(frozen=True)
class LinkedPrinter:
    """A printer at the far end of a wire; the same words over network, USB and serial line."""

    connect: Callable[[], Wire]
    width: int = 576
    band: int = BAND
    ack: Ack = Ack.GS_H
    patience: Patience = field(default_factory=Patience)

    sheet = Sheet.ROLL

    def trouble(self) -> Trouble | None:
        """Why it could not print now, or None."""
        until = monotonic() + self.patience.connect
        try:
            with closing(self.connect()) as wire:
                link = Link(wire, self.patience)
                status = link.ask(min(self.patience.answer, until - monotonic()))
                return self._trouble_of(status)
        except OSError:
            return Trouble.UNREACHABLE

    def print(
        self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
    ) -> Outcome:
        """Print one paper and cut it, as the port promises."""
        return self.print_picture(draw_thermal(paper, self.width), on_sending=on_sending, torn=torn)

    def print_picture(
        self, picture: Picture, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
    ) -> Outcome:
        """The same for dots that are already drawn."""
        process_id = new_process_id()
        data = (CUT_OFF if torn else b"") + job(picture, self.ack, process_id, band=self.band)
        try:
            wire = self.connect()
        except OSError:
            return Outcome(Printed.NOT_PRINTED, Trouble.UNREACHABLE)
        with closing(wire):
            link = Link(wire, self.patience)
            try:
                status = link.ask(self.patience.answer)
            except OSError:  # a printer that serves someone else accepts us and hangs up
                return Outcome(Printed.NOT_PRINTED, Trouble.UNREACHABLE)
            if trouble := self._trouble_of(status):
                return Outcome(Printed.NOT_PRINTED, trouble, near_end=link.status.near_end)
            on_sending()
            try:
                return link.deliver(data, self.ack, process_id)
            except OSError:
                return Outcome(Printed.UNKNOWN, Trouble.CONNECTION_LOST, near_end=link.status.near_end)

    def _trouble_of(self, status: Status | None) -> Trouble | None:
        """Silence is trouble, except from a printer that is known to have no voice."""
        if status is None:
            return None if self.ack is Ack.NONE else Trouble.MUTE
        return status.trouble

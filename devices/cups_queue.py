"""A queue of CUPS, by its own ``lp``. It tells what it has queued, never what came out on paper."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from devices.escpos import BAND, Ack, job
from intake.drawings.pdf import draw_pdf
from intake.drawings.thermal import draw_thermal
from intake.paper import Paper
from intake.ports import Outcome, Printed, Sheet, Trouble

LANGUAGE = {"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/local/bin"}


@dataclass(frozen=True)
class CupsPrinter:
    """Prints to the queue ``name``: ESC/POS as it is, or with ``form`` "a5" a PDF for a sheet printer.

    A paper the queue took is UNKNOWN (unconfirmed): CUPS calls a job done when
    its bytes are gone.
    """

    name: str
    form: str = ""
    width: int = 576
    band: int = BAND
    patience: float = 10.0
    programs: str = ""  # a folder that holds lp and lpstat; empty means the system's

    @property
    def sheet(self) -> Sheet:
        return Sheet.A5 if self.form else Sheet.ROLL

    def trouble(self) -> Trouble | None:
        """Why the queue takes nothing now, or None."""
        try:
            answer = self._run("lpstat", "-p", self.name, seconds=3.0)
        except (OSError, subprocess.TimeoutExpired):
            return Trouble.UNREACHABLE
        if answer.returncode:
            return Trouble.UNREACHABLE
        return Trouble.OFFLINE if b"disabled" in answer.stdout.split(b"\n")[0] else None

    def print(
        self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
    ) -> Outcome:
        """Hand one paper to the queue, as the port promises."""
        if trouble := self.trouble():
            return Outcome(Printed.NOT_PRINTED, trouble)
        options = ("-o", "media=A5") if self.form else ("-o", "raw")
        data = self._drawn(paper)
        on_sending()
        try:
            answer = self._run("lp", "-d", self.name, *options, "-", data=data, seconds=self.patience)
        except OSError:
            return Outcome(Printed.NOT_PRINTED, Trouble.UNREACHABLE)
        except subprocess.TimeoutExpired:
            return Outcome(Printed.UNKNOWN, Trouble.NO_ANSWER)
        if answer.returncode:
            return Outcome(Printed.NOT_PRINTED, Trouble.ERROR)
        return Outcome(Printed.UNKNOWN, Trouble.UNCONFIRMED)

    def _drawn(self, paper: Paper) -> bytes:
        if self.form:
            return draw_pdf(paper)
        return job(draw_thermal(paper, self.width), Ack.NONE, band=self.band)

    def _run(
        self, program: str, *words: str, seconds: float, data: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        path = f"{self.programs}/{program}" if self.programs else program
        return subprocess.run([path, *words], input=data, capture_output=True, timeout=seconds, env=LANGUAGE)

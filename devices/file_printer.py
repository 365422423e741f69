"""A printer that is a file: the bytes a thermal printer would get, one paper after another."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devices.escpos import BAND, Ack, Picture, job
from intake.drawings.thermal import draw_thermal
from intake.paper import Paper
from intake.ports import Outcome, Printed, Sheet, Trouble


@dataclass(frozen=True)
class FilePrinter:
    """Appends to ``path``; PRINTED means that the disk has it.

    Only regular files: a device node swallows bytes and proves nothing.
    """

    path: Path
    width: int = 576
    band: int = BAND

    sheet = Sheet.ROLL

    def trouble(self) -> Trouble | None:
        """Why the file cannot be written, or None. Creates it when it is not there yet."""
        try:
            os.close(self._open())
        except OSError:
            return Trouble.UNREACHABLE
        return None

    def print(
        self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
    ) -> Outcome:
        """Append one paper, as the port promises."""
        return self.print_picture(draw_thermal(paper, self.width), on_sending=on_sending)

    def print_picture(self, picture: Picture, *, on_sending: Callable[[], None] = lambda: None) -> Outcome:
        """The same for dots that are already drawn."""
        data = job(picture, Ack.NONE, band=self.band)
        try:
            descriptor = self._open()
        except OSError:
            return Outcome(Printed.NOT_PRINTED, Trouble.UNREACHABLE)
        try:
            on_sending()
            return self._append(descriptor, data)
        finally:
            os.close(descriptor)

    def _append(self, descriptor: int, data: bytes) -> Outcome:
        try:
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        except OSError:
            return Outcome(Printed.UNKNOWN, Trouble.ERROR)
        return Outcome(Printed.PRINTED)

    def _open(self) -> int:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o600)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(f"{self.path} is not a regular file")
        return descriptor

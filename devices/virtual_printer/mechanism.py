"""Roll, cover, knife, head and motor, and the status bytes they add up to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from devices.virtual_printer.sheets import DOTS_PER_MM, Tray

FULL_ROLL = 80_000.0  # mm
NEAR_END = 2_000.0  # mm left when the sensor sees the core
CUT_TRAVEL = 20  # mm the motor would have moved in the time of a cut
TICK = 0.02  # seconds of printing done in one go

Action = Callable[[], None]


class Mechanism:
    """What moves paper. ``changed`` is called after every change a sensor can see."""

    def __init__(self, tray: Tray, speed: float, changed: Callable[[], None]) -> None:
        self.tray = tray
        self.speed = speed
        self.cover_open = False
        self.cutter_error = False
        self.overheated = False
        self.paper_left = FULL_ROLL
        self._changed = changed
        self._runs = asyncio.Event()
        self._runs.set()
        self._busy_until = 0.0
        self._at_row: list[tuple[int, Action]] = []
        self._at_cut: list[Action] = []

    @property
    def paper_out(self) -> bool:
        return self.paper_left <= 0

    @property
    def near_end(self) -> bool:
        return self.paper_left <= NEAR_END

    @property
    def stopped(self) -> bool:
        return self.cover_open or self.paper_out or self.cutter_error or self.overheated

    def realtime(self, n: int) -> int:
        """The answer to DLE EOT n."""
        if n == 1:
            return 0x12 | self.stopped * 0x08
        if n == 2:
            error = self.cutter_error or self.overheated
            return 0x12 | self.cover_open * 0x04 | self.paper_out * 0x20 | error * 0x40
        if n == 3:
            return 0x12 | self.cutter_error * 0x08 | self.overheated * 0x40
        return 0x12 | self.near_end * 0x0C | self.paper_out * 0x60

    def asb(self) -> bytes:
        """The four bytes of automatic status back."""
        printer = 0x10 | self.stopped * 0x08 | self.cover_open * 0x20
        error = self.cutter_error * 0x08 | self.overheated * 0x40
        return bytes((printer, error, self.paper_sensor(), 0x0F))

    def paper_sensor(self) -> int:
        """Bits of GS r 1, and the third byte of ASB."""
        return self.near_end * 0x03 | self.paper_out * 0x0C

    def refresh(self) -> None:
        """Call after changing a part: the motor stops or goes on, and everyone is told."""
        if self.stopped:
            self._runs.clear()
        else:
            self._runs.set()
        self._changed()

    def load(self, millimetres: float) -> None:
        """Put in a roll; what hung from the old one falls into the tray."""
        if self.paper_out:
            self.tray.drop(cut=False)
        self.paper_left = millimetres
        self.refresh()

    def at_row(self, row: int, action: Action) -> None:
        """Do this once, when the strip is ``row`` rows long."""
        self._at_row = sorted([*self._at_row, (row, action)], key=lambda plan: plan[0])

    def at_cut(self, action: Action) -> None:
        """Do this once, right before the next cut."""
        self._at_cut.append(action)

    async def ready(self) -> None:
        """Wait until nothing keeps the printer from printing."""
        await self._runs.wait()

    async def feed(self, rows: bytes) -> None:
        """Print these rows, stopping where cover, paper or an error says so."""
        per_row = self.tray.width // 8
        while rows:
            await self.ready()
            size = self._rows_in_one_go(len(rows) // per_row) * per_row
            begins = not self.tray.strip_rows
            self.tray.add(rows[:size])
            rows = rows[size:]
            if begins:
                self._changed()
            await self._move(size // per_row)

    async def cut(self) -> None:
        actions, self._at_cut = self._at_cut, []
        await self._do(actions)
        await self.ready()
        await self._pace(CUT_TRAVEL * DOTS_PER_MM)
        await self.still()
        self.tray.drop(cut=True)
        self._changed()

    async def still(self) -> None:
        """Wait until the motor has finished what it was told."""
        await asyncio.sleep(self._busy_until - asyncio.get_running_loop().time())

    def _rows_in_one_go(self, wanted: int) -> int:
        limits = [wanted, max(1, int(self.speed * DOTS_PER_MM * TICK)), int(self.paper_left * DOTS_PER_MM)]
        if self._at_row:
            limits.append(self._at_row[0][0] - self.tray.strip_rows)
        return max(1, min(limits))

    async def _move(self, rows: int) -> None:
        was_near, self.paper_left = self.near_end, self.paper_left - rows / DOTS_PER_MM
        if self.paper_out or self.near_end != was_near:
            self.refresh()
        due = [action for row, action in self._at_row if row <= self.tray.strip_rows]
        del self._at_row[: len(due)]
        await self._do(due)
        await self._pace(rows)

    async def _do(self, actions: list[Action]) -> None:
        for action in actions:
            action()
        if actions:
            await asyncio.sleep(0)  # a power cycle takes effect here

    async def _pace(self, rows: int) -> None:
        """Let the time pass that the motor needs; short movements are added up."""
        now = asyncio.get_running_loop().time()
        self._busy_until = max(self._busy_until, now) + rows / (self.speed * DOTS_PER_MM)
        if self._busy_until - now > TICK / 4:
            await self.still()

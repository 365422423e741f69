"""Every way a print can go wrong: what we believe, why, and how much paper really came out.

The printer is asked by name what it did, so a row where the two columns
disagree («unknown», one paper) is the reason why unknown is never retried
without a mark.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from devices.link import LinkedPrinter, Patience
from devices.printers import printer_at
from devices.virtual_printer import VirtualPrinter
from intake.drawings.thermal import Raster
from intake.ports import Outcome, Printed, Trouble

PRINTED, NOT_PRINTED, UNKNOWN = Printed.PRINTED, Printed.NOT_PRINTED, Printed.UNKNOWN


@dataclass(frozen=True)
class Case:
    """What happens to the printer, and what must come of it. ``torn`` sheets were never cut."""

    happens: Callable[[VirtualPrinter], None]
    result: Printed
    reason: Trouble | None
    papers: int
    torn: int = 0
    near_end: bool = False
    ack: str = "gs_h"


def switched(**switches: object) -> Callable[[VirtualPrinter], None]:
    return lambda device: device.set(**switches)


def midway(**switches: object) -> Callable[[VirtualPrinter], None]:
    return lambda device: device.at_row(300, lambda: device.set(**switches))


def at_the_cut(**switches: object) -> Callable[[VirtualPrinter], None]:
    return lambda device: device.at_cut(lambda: device.set(**switches))


def cover_opened_and_closed(device: VirtualPrinter) -> None:
    device.at_row(300, lambda: (device.set(cover_open=True), device.set(cover_open=False)))


def roll_changed(device: VirtualPrinter) -> None:
    device.at_row(300, lambda: (device.set(paper_out=True), device.set(paper_out=False)))


def last_metres(device: VirtualPrinter) -> None:
    device.set(paper_left=60.0)  # mm; the paper needs 125


def power_cycled(device: VirtualPrinter) -> None:
    device.at_row(300, device.power_cycle)


def jam_at_the_cut_cleared(device: VirtualPrinter) -> None:
    device.at_cut(lambda: (device.set(cutter_error=True), device.set(cutter_error=False)))


CASES = {
    "ready": Case(switched(), PRINTED, None, 1),
    "ready, GS r": Case(switched(), PRINTED, None, 1, ack="gs_r"),
    "near end": Case(switched(near_end=True), PRINTED, None, 1, near_end=True),
    "paper out before": Case(switched(paper_out=True), NOT_PRINTED, Trouble.PAPER_OUT, 0, near_end=True),
    "paper out midway": Case(midway(paper_out=True), UNKNOWN, Trouble.PAPER_OUT, 0, near_end=True),
    "roll runs out": Case(last_metres, UNKNOWN, Trouble.PAPER_OUT, 0, near_end=True),
    "roll changed midway": Case(roll_changed, PRINTED, None, 1, torn=1),
    "cover open before": Case(switched(cover_open=True), NOT_PRINTED, Trouble.COVER_OPEN, 0),
    "cover opened midway": Case(midway(cover_open=True), UNKNOWN, Trouble.COVER_OPEN, 0),
    "cover opened and closed": Case(cover_opened_and_closed, PRINTED, None, 1),
    "cutter error before": Case(switched(cutter_error=True), NOT_PRINTED, Trouble.CUTTER, 0),
    "cutter error at the cut": Case(at_the_cut(cutter_error=True), UNKNOWN, Trouble.CUTTER, 0),
    "cutter error cleared": Case(jam_at_the_cut_cleared, PRINTED, None, 1),
    "too hot before": Case(switched(overheated=True), NOT_PRINTED, Trouble.ERROR, 0),
    "too hot midway": Case(midway(overheated=True), UNKNOWN, Trouble.ERROR, 0),
    "mute": Case(switched(mute=True), NOT_PRINTED, Trouble.MUTE, 0),
    "mute midway": Case(midway(mute=True), UNKNOWN, Trouble.NO_ANSWER, 1),
    "mute midway, GS r": Case(midway(mute=True), UNKNOWN, Trouble.NO_ANSWER, 1, ack="gs_r"),
    "mute, cannot confirm": Case(switched(mute=True), UNKNOWN, Trouble.UNCONFIRMED, 1, ack="none"),
    "cannot confirm": Case(switched(), UNKNOWN, Trouble.UNCONFIRMED, 1, ack="none"),
    "reset at once": Case(switched(drop_after=1), NOT_PRINTED, Trouble.UNREACHABLE, 0),
    "reset midway": Case(switched(drop_after=20_000), UNKNOWN, Trouble.CONNECTION_LOST, 0),
    "closed midway": Case(switched(fin_after=20_000), UNKNOWN, Trouble.CONNECTION_LOST, 0),
    "silent loss": Case(switched(lose_after=20_000), UNKNOWN, Trouble.NO_ANSWER, 0),
    "power cycle": Case(power_cycled, UNKNOWN, Trouble.CONNECTION_LOST, 0, torn=1),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("buffer", [65536, 4096], ids=["64 kB", "4 kB"])
def test_fault(case: Case, buffer: int, picture: Raster, patience: Patience, hurry: Patience) -> None:
    silent = case.reason in (Trouble.MUTE, Trouble.NO_ANSWER, Trouble.UNCONFIRMED)
    with VirtualPrinter(buffer=buffer) as device:
        printer = linked(f"{device.url}?ack={case.ack}", hurry if silent else patience)
        case.happens(device)
        taken: list[int] = []

        outcome = printer.print_picture(picture, on_sending=lambda: taken.append(device.device.received))

        assert outcome == Outcome(case.result, case.reason, case.near_end)
        # «Sending» is told once, when nothing but the four questions (12 bytes) has left us.
        assert len(taken) == (0 if case.result is NOT_PRINTED else 1)
        assert all(count <= 12 for count in taken)
        assert device.wait_for(lambda inside: inside.tray.count == case.papers + case.torn)
        assert [sheet.cut for sheet in device.papers].count(True) == case.papers
        assert [sheet.cut for sheet in device.papers].count(False) == case.torn


def test_nobody_listens(picture: Raster, patience: Patience) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        printer = linked(f"tcp://127.0.0.1:{taken.getsockname()[1]}", patience)

        assert printer.trouble() is Trouble.UNREACHABLE
        assert printer.print_picture(picture) == Outcome(NOT_PRINTED, Trouble.UNREACHABLE)


def test_another_computer_holds_the_printer(
    device: VirtualPrinter, picture: Raster, patience: Patience
) -> None:
    printer = linked(device.url, patience)
    with socket.create_connection(("127.0.0.1", device.port)) as other:
        other.send(b"\x10\x04\x01")
        assert other.recv(1) == b"\x12"

        assert printer.print_picture(picture) == Outcome(NOT_PRINTED, Trouble.UNREACHABLE)

    assert printer.print_picture(picture) == Outcome(PRINTED)
    assert len(device.papers) == 1


def test_a_slow_printer_is_no_failure(picture: Raster, patience: Patience) -> None:
    hasty = replace(patience, quiet=1.0)
    with VirtualPrinter(speed=60, buffer=4096) as device:  # over two seconds for this paper
        assert linked(device.url, hasty).print_picture(picture) == Outcome(PRINTED)
        assert len(device.papers) == 1


def test_a_slow_printer_with_all_of_it_in_its_buffer_is_no_failure(patience: Patience) -> None:
    short = Raster(576, 600, bytes(72 * 600))
    hasty = replace(patience, quiet=1.0)
    with VirtualPrinter(speed=40) as device:  # takes everything at once, then prints for two seconds
        assert linked(device.url, hasty).print_picture(short) == Outcome(PRINTED)
        assert len(device.papers) == 1


def test_there_is_an_end_to_waiting(picture: Raster, patience: Patience) -> None:
    with VirtualPrinter(speed=10) as device:
        outcome = linked(device.url, replace(patience, overall=0.3)).print_picture(picture)
        assert outcome == Outcome(UNKNOWN, Trouble.NO_ANSWER)


@pytest.mark.parametrize("buffer", [65536, 4096], ids=["64 kB", "4 kB"])
def test_a_printer_that_stopped_midway_can_still_be_asked_why(
    buffer: int, picture: Raster, patience: Patience
) -> None:
    with VirtualPrinter(buffer=buffer) as device:
        printer = linked(device.url, patience)
        device.at_row(100, lambda: device.set(paper_out=True))
        assert printer.print_picture(picture) == Outcome(UNKNOWN, Trouble.PAPER_OUT, near_end=True)

        for _ in range(3):
            assert printer.trouble() is Trouble.PAPER_OUT

        device.set(paper_out=False)
        assert printer.trouble() is None
        assert printer.print_picture(picture) == Outcome(PRINTED)
        # The rest of the first paper may come out with the new roll, if the buffer had taken all of it.
        torn, *others, last = device.papers
        assert (torn.cut, last.cut) == (False, True)
        assert len(others) <= 1


def test_the_next_paper_after_a_fault_is_whole(picture: Raster, patience: Patience) -> None:
    with VirtualPrinter() as device:
        printer = linked(device.url, patience)
        device.set(drop_after=20_000)
        assert printer.print_picture(picture).result is UNKNOWN

        assert printer.print_picture(picture) == Outcome(PRINTED)

        # The half that came out first hangs above it, as on a real roll.
        (sheet,) = device.papers
        assert sheet.rows > picture.height
        assert sheet.data[-72 * (24 + picture.height) :][: len(picture.data)] == picture.data


def test_the_printer_is_left_without_automatic_status(device: VirtualPrinter, picture: Raster) -> None:
    assert linked(device.url).print_picture(picture) == Outcome(PRINTED)
    assert device.wait_for(lambda inside: not inside.busy)
    assert device.device.interpreter.asb == 0


def linked(url: str, patience: Patience | None = None) -> LinkedPrinter:
    printer = printer_at(url, patience=patience)
    assert isinstance(printer, LinkedPrinter)
    return printer

"""What goes wrong on wires inside the building: files, queues, serial lines and USB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from devices.cups_queue import CupsPrinter
from devices.file_printer import FilePrinter
from devices.link import LinkedPrinter, Patience
from devices.printers import printer_at
from devices.virtual_printer import VirtualPrinter
from devices.wires import open_usb
from intake.paper import Heading, Paper
from intake.ports import Outcome, Printed, Trouble

RECEIPT = Paper("Biên nhận", (Heading("BIÊN NHẬN HỒ SƠ"),))
UNREACHABLE = Outcome(Printed.NOT_PRINTED, Trouble.UNREACHABLE)


@pytest.mark.parametrize(
    "url", ["file:///nowhere/paper.bin", "file:///dev/null", "serial:///dev/ttyNONE", "usb://ffff:ffff"]
)
def test_what_is_not_there_or_no_printer_is_unreachable(url: str) -> None:
    printer = printer_at(url)
    assert printer.trouble() is Trouble.UNREACHABLE
    assert printer.print(RECEIPT, on_sending=lambda: pytest.fail("nothing can be sent")) == UNREACHABLE


def test_papers_follow_one_another_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "paper.bin"
    printer = FilePrinter(path)
    printer.print(RECEIPT)
    one = path.read_bytes()
    printer.print(RECEIPT)
    assert path.read_bytes() == one * 2
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def queue(printer_folder: Path) -> CupsPrinter:
    return CupsPrinter("quay-1", programs=str(printer_folder))


def test_a_queue_gets_escpos_as_it_is(queue: CupsPrinter, printer_folder: Path) -> None:
    queue.print(RECEIPT)
    assert (printer_folder / "queue.words").read_text() == "-d quay-1 -o raw -\n"


def test_a_queue_for_sheets_gets_a_pdf(queue: CupsPrinter, printer_folder: Path) -> None:
    outcome = replace(queue, form="a5").print(RECEIPT)
    assert outcome == Outcome(Printed.UNKNOWN, Trouble.UNCONFIRMED)
    assert (printer_folder / "queue.words").read_text() == "-d quay-1 -o media=A5 -\n"
    assert (printer_folder / "queue.data").read_bytes().startswith(b"%PDF")


def test_a_queue_that_does_not_exist(queue: CupsPrinter, printer_folder: Path) -> None:
    (printer_folder / "queue.state").unlink()
    assert queue.print(RECEIPT) == UNREACHABLE


def test_a_machine_without_cups(queue: CupsPrinter) -> None:
    assert replace(queue, programs="/nowhere").print(RECEIPT) == UNREACHABLE


def test_a_queue_that_was_stopped(queue: CupsPrinter, printer_folder: Path) -> None:
    state = "printer quay-1 disabled since Sat 21 Nov 2026 -\n\tPaused\n"
    (printer_folder / "queue.state").write_text(state)
    assert queue.trouble() is Trouble.OFFLINE


def test_a_queue_that_refuses_the_job(queue: CupsPrinter, printer_folder: Path) -> None:
    (printer_folder / "lp").write_text("#!/bin/sh\nexit 1\n")
    assert queue.print(RECEIPT) == Outcome(Printed.NOT_PRINTED, Trouble.ERROR)


def test_a_queue_that_never_answers(queue: CupsPrinter, printer_folder: Path) -> None:
    (printer_folder / "lp").write_text("#!/bin/sh\nexec sleep 60\n")
    outcome = replace(queue, patience=2.0).print(RECEIPT)
    assert outcome == Outcome(Printed.UNKNOWN, Trouble.NO_ANSWER)


def over_serial(device: VirtualPrinter, usb_bus: Any, patience: Patience) -> LinkedPrinter:
    printer = printer_at(f"serial://{device.tty}", patience=patience)
    assert isinstance(printer, LinkedPrinter)
    return printer


def over_usb(device: VirtualPrinter, usb_bus: Any, patience: Patience) -> LinkedPrinter:
    search = {"backend": usb_bus(device.port)}
    return LinkedPrinter(partial(open_usb, 0x04B8, 0x0E28, search=search), patience=patience)


@pytest.mark.parametrize("over", [over_serial, over_usb])
@pytest.mark.parametrize(
    ("switch", "outcome"),
    [
        ({"cover_open": True}, Outcome(Printed.UNKNOWN, Trouble.COVER_OPEN)),
        ({"mute": True}, Outcome(Printed.UNKNOWN, Trouble.NO_ANSWER)),
    ],
    ids=["cover opened midway", "mute midway"],
)
def test_the_other_wires_know_the_same_outcomes(
    over: Callable[..., LinkedPrinter],
    switch: dict[str, bool],
    outcome: Outcome,
    hurry: Patience,
    usb_bus: Any,
) -> None:
    with VirtualPrinter(tty=over is over_serial) as device:
        printer = over(device, usb_bus, hurry)
        device.at_row(20, lambda: device.set(**switch))
        assert printer.print(RECEIPT) == outcome

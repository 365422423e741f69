"""One exam for all printers, whatever wire they hang on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

import pytest

from devices.cups_queue import CupsPrinter
from devices.link import LinkedPrinter
from devices.printers import printer_at
from devices.virtual_printer import VirtualPrinter
from devices.wires import open_usb
from intake.drawings.thermal import draw_thermal
from intake.paper import Field, Heading, Paper
from intake.ports import Outcome, Printed, Printer, Trouble

RECEIPT = Paper("Biên nhận", (Heading("BIÊN NHẬN HỒ SƠ"), Field("Người nộp", "Nguyễn Thị Thuỳ Dương")))


@dataclass(frozen=True)
class Candidate:
    """A printer and a way to see the dots that reached paper."""

    printer: Printer
    width: int
    dots: Callable[[], list[bytes]]
    outcome: Outcome


def on_network(
    stack: ExitStack,
    request: pytest.FixtureRequest,
    *,
    width: int = 576,
    buffer: int = 65536,
    ack: str = "gs_h",
    outcome: Outcome = Outcome(Printed.PRINTED),  # noqa: B008  # a constant
) -> Candidate:
    device = stack.enter_context(VirtualPrinter(width=width, buffer=buffer))
    patience = request.getfixturevalue("patience")
    printer = printer_at(f"{device.url}?width={width}&ack={ack}", patience=patience)
    return Candidate(printer, width, partial(dots_of, device), outcome)


def virtual(stack: ExitStack, request: pytest.FixtureRequest) -> Candidate:
    device = stack.enter_context(VirtualPrinter())
    printer = printer_at("virtual:", virtual_port=device.port)
    return Candidate(printer, 576, partial(dots_of, device), Outcome(Printed.PRINTED))


def on_serial(stack: ExitStack, request: pytest.FixtureRequest) -> Candidate:
    device = stack.enter_context(VirtualPrinter(tty=True))
    printer = printer_at(f"serial://{device.tty}?baud=115200", patience=request.getfixturevalue("patience"))
    return Candidate(printer, 576, partial(dots_of, device), Outcome(Printed.PRINTED))


def on_usb(stack: ExitStack, request: pytest.FixtureRequest) -> Candidate:
    device = stack.enter_context(VirtualPrinter())
    bus = request.getfixturevalue("usb_bus")(device.port)
    printer = printer_at("usb://04b8:0e28", patience=request.getfixturevalue("patience"))
    assert isinstance(printer, LinkedPrinter)
    plugged = replace(printer, connect=partial(open_usb, 0x04B8, 0x0E28, search={"backend": bus}))
    return Candidate(plugged, 576, partial(dots_of, device), Outcome(Printed.PRINTED))


def to_file(stack: ExitStack, request: pytest.FixtureRequest) -> Candidate:
    path = request.getfixturevalue("tmp_path") / "paper.bin"
    return Candidate(
        printer_at(f"file://{path}"), 576, lambda: printed_again(path.read_bytes()), Outcome(Printed.PRINTED)
    )


def to_queue(stack: ExitStack, request: pytest.FixtureRequest) -> Candidate:
    folder = request.getfixturevalue("printer_folder")
    printer = printer_at("cups://quay-1")
    assert isinstance(printer, CupsPrinter)
    return Candidate(
        replace(printer, programs=str(folder)),
        576,
        lambda: printed_again((folder / "queue.data").read_bytes()),
        Outcome(Printed.UNKNOWN, Trouble.UNCONFIRMED),
    )


def dots_of(device: VirtualPrinter) -> list[bytes]:
    assert device.wait_for(lambda inside: bool(inside.tray.count) and not inside.tray.strip_rows)
    return [sheet.data for sheet in device.papers]


def printed_again(data: bytes) -> list[bytes]:
    """What a printer makes of bytes that went into a file."""
    import socket

    with VirtualPrinter() as device, socket.create_connection(("127.0.0.1", device.port)) as link:
        link.sendall(data)
        assert device.wait_for(lambda inside: inside.tray.count == 1)
        return [sheet.data for sheet in device.papers]


CANDIDATES = {
    "network": on_network,
    "network, small buffer": partial(on_network, buffer=4096),
    "network, 58 mm": partial(on_network, width=384),
    "network, GS r": partial(on_network, ack="gs_r"),
    "network, no confirmation": partial(
        on_network, ack="none", outcome=Outcome(Printed.UNKNOWN, Trouble.UNCONFIRMED)
    ),
    "virtual": virtual,
    "serial": on_serial,
    "usb": on_usb,
    "file": to_file,
    "queue": to_queue,
}


@pytest.fixture(params=list(CANDIDATES))
def candidate(request: pytest.FixtureRequest) -> Iterator[Candidate]:
    with ExitStack() as stack:
        yield CANDIDATES[request.param](stack, request)


def test_a_ready_printer_has_no_trouble(candidate: Candidate) -> None:
    assert candidate.printer.trouble() is None


def test_one_paper_comes_out_with_every_dot_in_place(candidate: Candidate) -> None:
    sent: list[str] = []

    outcome = candidate.printer.print(RECEIPT, on_sending=lambda: sent.append("now"))

    assert outcome == candidate.outcome
    assert sent == ["now"]
    (dots,) = candidate.dots()
    drawn = draw_thermal(RECEIPT, candidate.width)
    assert dots[: len(drawn.data)] == drawn.data
    assert not any(dots[len(drawn.data) :])  # the feed to the knife is white


def test_when_the_ledger_cannot_be_written_nothing_is_printed(candidate: Candidate) -> None:
    def ledger_is_broken() -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        candidate.printer.print(RECEIPT, on_sending=ledger_is_broken)

    assert candidate.printer.trouble() is None  # and the wire is free again

"""Addresses of printers: what each form means and what a wrong one is told."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from devices.cups_queue import CupsPrinter
from devices.escpos import Ack
from devices.file_printer import FilePrinter
from devices.link import LinkedPrinter
from devices.printers import confirmed_url, printer_at
from devices.wires import open_serial, open_tcp, open_usb


def linked(url: str) -> tuple[LinkedPrinter, partial[object]]:
    printer = printer_at(url, virtual_port=9100)
    assert isinstance(printer, LinkedPrinter)
    assert isinstance(printer.connect, partial)
    return printer, printer.connect


def test_network() -> None:
    printer, connect = linked("tcp://10.1.2.3:9101?width=384&ack=gs_r&band=128")
    assert (printer.width, printer.band, printer.ack) == (384, 128, Ack.GS_R)
    assert (connect.func, connect.args) == (open_tcp, ("10.1.2.3", 9101))


def test_network_without_a_port_means_9100() -> None:
    printer, connect = linked("tcp://printer-1.lan")
    assert (printer.width, printer.band, printer.ack) == (576, 256, Ack.GS_H)
    assert connect.args == ("printer-1.lan", 9100)


def test_usb() -> None:
    _, connect = linked("usb://04b8:0E28")
    assert (connect.func, connect.args) == (open_usb, (0x04B8, 0x0E28))


def test_serial() -> None:
    _, connect = linked("serial:///dev/ttyUSB0?baud=19200&flow=rtscts")
    assert (connect.func, connect.args) == (open_serial, ("/dev/ttyUSB0",))
    assert connect.keywords == {"baud": 19200, "flow": "rtscts"}


def test_virtual_is_the_printer_on_this_machine() -> None:
    _, connect = linked("virtual:?width=384")
    assert connect.args == ("127.0.0.1", 9100)


def test_queue_and_file() -> None:
    assert printer_at("cups://quay-1?form=a5") == CupsPrinter("quay-1", form="a5")
    assert printer_at("file:///var/spool/gi%E1%BA%A5y.bin") == FilePrinter(Path("/var/spool/giấy.bin"))


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "begins with none of"),
        ("10.1.2.3:9100", "begins with none of"),
        ("http://10.1.2.3", "begins with none of"),
        ("tcp://", "write tcp://HOST:9100"),
        ("tcp://10.1.2.3:9100/queue", "write tcp://HOST:9100"),
        ("tcp://10.1.2.3:99999", "up to 65535"),
        ("tcp://lan@10.1.2.3", "no user"),
        ("tcp://10.1.2.3#x", "fragment"),
        ("tcp://10.1.2.3?baud=9600", "does not know baud"),
        ("tcp://10.1.2.3?width=577", "multiple of 8"),
        ("tcp://10.1.2.3?width=8000", "multiple of 8"),
        ("tcp://10.1.2.3?width=376", "from 384"),
        ("tcp://10.1.2.3?width=wide", "whole number"),
        ("tcp://10.1.2.3?band=0", "1 to 2303"),
        ("tcp://10.1.2.3?ack=yes", "one of gs_h, gs_r, none"),
        ("tcp://10.1.2.3?ack", "bad query"),
        ("usb://04b8", "four hexadecimal"),
        ("usb://04b8:0e28/1", "four hexadecimal"),
        ("serial://ttyUSB0", "three slashes"),
        ("serial:///dev/ttyUSB0?baud=1200", "19200, 38400"),
        ("serial:///dev/ttyUSB0?flow=dtr", "none, xonxoff, rtscts"),
        ("cups://-o", "write cups://QUEUE"),
        ("cups://quay/1", "write cups://QUEUE"),
        ("cups://quay?form=a4", "one of a5"),
        ("file://server/share", "three slashes"),
        ("virtual://10.1.2.3", "takes no host"),
    ],
)
def test_a_bad_address_is_told_what_is_wrong(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        printer_at(url, virtual_port=9100)


def test_without_a_virtual_printer_its_address_is_refused() -> None:
    with pytest.raises(ValueError, match="no virtual printer"):
        printer_at("virtual:")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("tcp://10.1.2.3:9100", "tcp://10.1.2.3:9100?ack=gs_r"),
        ("tcp://10.1.2.3?ack=gs_h&width=384", "tcp://10.1.2.3?ack=gs_r&width=384"),
        ("virtual:", "virtual:?ack=gs_r"),
        ("serial:///dev/ttyUSB0?baud=38400", "serial:///dev/ttyUSB0?baud=38400&ack=gs_r"),
        ("cups://quay-1", "cups://quay-1"),
        ("file:///tmp/paper.bin", "file:///tmp/paper.bin"),
    ],
)
def test_what_the_test_print_found_is_kept_in_the_address(url: str, kept: str) -> None:
    assert confirmed_url(url, Ack.GS_R) == kept
    printer_at(kept, virtual_port=9100)

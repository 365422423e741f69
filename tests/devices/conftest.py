"""A fast virtual printer, short patience, and the wires a printer can hang on."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.backend
import usb.core
import usb.util

from devices.link import Patience
from devices.virtual_printer import VirtualPrinter
from intake.drawings.thermal import Raster

LONG = Patience(connect=20.0, answer=30.0, stopped=0.5, quiet=30.0, overall=60.0, probe=0.1)
SHORT = replace(LONG, answer=0.6, quiet=0.8)


@pytest.fixture
def patience() -> Patience:
    """For printers that answer, however busy the machine."""
    return LONG


@pytest.fixture
def hurry() -> Patience:
    """For printers that stay silent: each of these seconds is waited out."""
    return SHORT


@pytest.fixture
def device() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as printer:
        yield printer


@pytest.fixture
def picture() -> Raster:
    """A thousand rows that compress badly and of which no two are alike."""
    dots = random.Random(6)
    data = bytes(dots.choice((0x00, 0x0F, 0x3C, 0xFF, 0xA5)) for _ in range(1000 * 72))
    return Raster(576, 1000, data)


@pytest.fixture
def printer_folder(tmp_path: Path) -> Path:
    """``lp`` and ``lpstat`` that keep what they are given, in a folder of their own."""
    queue = tmp_path / "queue"
    _program(tmp_path / "lp", f'printf "%s\\n" "$*" > {queue}.words; cat > {queue}.data')
    _program(tmp_path / "lpstat", f"if [ -e {queue}.state ]; then cat {queue}.state; else exit 1; fi")
    (tmp_path / "queue.state").write_text("printer quay-1 is idle.  enabled since Sat 21 Nov 2026\n")
    return tmp_path


def _program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


class UsbBus(usb.backend.IBackend):  # type: ignore[misc]
    """A bus with one printer on it: pyusb talks to this as it talks to libusb.

    The printer's endpoints end in the virtual printer's socket.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._link: socket.socket | None = None

    def enumerate_devices(self) -> Any:
        return iter(["printer"])

    def get_device_descriptor(self, dev: Any) -> Any:
        return _descriptor(
            bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0E28, bcdDevice=0x100, iManufacturer=0,
            iProduct=0, iSerialNumber=0, bNumConfigurations=1, address=4, bus=1, port_number=1,
            port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Any, config: int) -> Any:
        if config:
            raise IndexError
        return _descriptor(
            bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1,
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError
        return _descriptor(
            bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0,
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        if ep > 1:
            raise IndexError
        return _descriptor(
            bDescriptorType=5, bEndpointAddress=(0x03, 0x84)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0,
        )  # fmt: skip

    def open_device(self, dev: Any) -> Any:
        self._link = socket.create_connection(("127.0.0.1", self._port))
        return self._link

    def close_device(self, handle: Any) -> None:
        handle.close()

    def get_configuration(self, handle: Any) -> int:
        return 1

    def set_configuration(self, handle: Any, value: int) -> None: ...

    def claim_interface(self, handle: Any, intf: int) -> None: ...

    def release_interface(self, handle: Any, intf: int) -> None: ...

    def reset_device(self, handle: Any) -> None: ...

    def is_kernel_driver_active(self, handle: Any, intf: int) -> bool:
        return False

    def bulk_write(self, handle: Any, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert ep == 0x03
        return self._in_time(timeout, lambda link: link.send(data))

    def bulk_read(self, handle: Any, ep: int, intf: int, buff: Any, timeout: int) -> int:
        assert ep == 0x84
        return self._in_time(timeout, lambda link: link.recv_into(buff))

    def _in_time(self, timeout: int, move: Any) -> int:
        assert self._link is not None
        self._link.settimeout(timeout / 1000)
        try:
            return int(move(self._link))
        except TimeoutError:
            raise usb.core.USBTimeoutError("timed out") from None


def _descriptor(**fields: Any) -> SimpleNamespace:
    return SimpleNamespace(bLength=18, extra_descriptors=[], **fields)


@pytest.fixture
def usb_bus() -> Any:
    return partial(UsbBus)

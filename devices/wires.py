"""Byte streams to a printer and back: TCP, serial line, USB. None of them ever blocks on sending."""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import termios
from collections.abc import Callable
from typing import Any, Protocol


class Wire(Protocol):
    """An open stream. Every method raises OSError once the far end is gone."""

    def send(self, data: memoryview) -> int:
        """Hand over what fits now; 0 when nothing does."""
        ...

    def receive(self) -> bytes:
        """What the last wait saw arrive, or nothing."""
        ...

    def wait(self, seconds: float, *, to_send: bool) -> None:
        """Until something arrived, or (``to_send``) something fits, or the time is over."""
        ...

    def unsent(self) -> int:
        """Bytes taken over that the far end has not taken yet."""
        ...

    def abandon(self) -> None:
        """Take back what is unsent: closing then does not leave half a paper on its way."""
        ...

    def close(self) -> None: ...


class DescriptorWire:
    """A socket or a serial port: whatever has a file descriptor that can be polled."""

    def __init__(self, descriptor: int, *, abandon: Callable[[], None], close: Callable[[], None]) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._abandon = abandon
        self._close = close
        self._readable = False

    def send(self, data: memoryview) -> int:
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0

    def receive(self) -> bytes:
        # A serial port without news reads as empty, just like the end: trust only the poll.
        if not self._readable:
            return b""
        self._readable = False
        data = os.read(self._descriptor, 4096)
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        return data

    def wait(self, seconds: float, *, to_send: bool) -> None:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN | (select.POLLOUT if to_send else 0))
        events = dict(poll.poll(max(seconds, 0) * 1000)).get(self._descriptor, 0)
        self._readable = bool(events & ~select.POLLOUT)

    def unsent(self) -> int:
        # TIOCOUTQ is SIOCOUTQ on a socket: what the other side has not acknowledged.
        queued: int = struct.unpack("i", fcntl.ioctl(self._descriptor, termios.TIOCOUTQ, b"\0" * 4))[0]
        return queued

    def abandon(self) -> None:
        self._abandon()

    def close(self) -> None:
        self._close()


def open_tcp(host: str, port: int, *, connect: float) -> DescriptorWire:
    """Connect within ``connect`` seconds.

    Small send buffer and no Nagle: what the printer has not taken stays
    visible to us, and the last bytes do not wait for its acknowledgement.
    A cable pulled for 8 s ends the connection, and so does a window that stays closed so long.
    """
    link = socket.create_connection((host, port), timeout=connect)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 8000)

    def reset_on_close() -> None:
        # A stopped printer takes no goodbye either: without a reset it would stay ours, and busy.
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return DescriptorWire(link.fileno(), abandon=reset_on_close, close=link.close)


def open_serial(path: str, *, baud: int, flow: str) -> DescriptorWire:
    """A serial printer; ``flow`` is "none", "xonxoff" or "rtscts", as its switches are set."""
    from escpos.exceptions import DeviceNotFoundError
    from escpos.printer import Serial

    printer = Serial(path, baudrate=baud, timeout=0, xonxoff=flow == "xonxoff", dsrdtr=False)
    try:
        printer.open()
    except DeviceNotFoundError as fault:
        raise OSError(str(fault)) from fault
    port: Any = printer.device
    port.rtscts = flow == "rtscts"
    return DescriptorWire(port.fileno(), abandon=port.reset_output_buffer, close=printer.close)


class UsbWire:
    """Two bulk endpoints. Nothing to poll here, so waiting is reading with a time limit."""

    CHUNK = 4096

    def __init__(self, printer: Any, outlet: Any, inlet: Any) -> None:
        self._printer, self._outlet, self._inlet = printer, outlet, inlet
        self._heard = b""

    def send(self, data: memoryview) -> int:
        from usb.core import USBTimeoutError

        try:
            return int(self._outlet.write(bytes(data[: self.CHUNK]), 100))
        except USBTimeoutError:
            return 0

    def receive(self) -> bytes:
        heard, self._heard = self._heard, b""
        return heard

    def wait(self, seconds: float, *, to_send: bool) -> None:
        from usb.core import USBTimeoutError

        try:
            limit = 1 if to_send else max(1, int(seconds * 1000))
            self._heard += bytes(self._inlet.read(self._inlet.wMaxPacketSize, limit))
        except USBTimeoutError:
            return

    def unsent(self) -> int:
        return 0

    def abandon(self) -> None:
        return  # a transfer that timed out has been cancelled already

    def close(self) -> None:
        self._printer.close()


def open_usb(vendor: int, product: int, *, search: dict[str, Any] | None = None) -> UsbWire:
    """The first printer with these ids. ``search`` goes to pyusb as it is."""
    import usb.util
    from escpos.exceptions import DeviceNotFoundError
    from escpos.printer import Usb

    printer = Usb(usb_args={"idVendor": vendor, "idProduct": product, **(search or {})})
    try:
        printer.open()
    except (DeviceNotFoundError, usb.core.NoBackendError) as fault:
        raise OSError(str(fault)) from fault
    interface = _printer_interface(printer.device)
    ends = {usb.util.endpoint_direction(end.bEndpointAddress): end for end in interface}
    if usb.util.ENDPOINT_OUT not in ends or usb.util.ENDPOINT_IN not in ends:
        printer.close()
        raise OSError("the USB device has no pair of endpoints to print and to answer")
    return UsbWire(printer, ends[usb.util.ENDPOINT_OUT], ends[usb.util.ENDPOINT_IN])


def _printer_interface(device: Any) -> Any:
    """The interface of class 7 (printer), or the first one of a device that declares none."""
    interfaces = list(device.get_active_configuration())
    return next((one for one in interfaces if one.bInterfaceClass == 7), interfaces[0])

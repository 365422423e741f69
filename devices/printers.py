"""From the address in the settings to a printer, and the test print that gets to know it.

Only what is configured is ever reached: nothing here takes an address from a
page or from another machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from devices.cups_queue import CupsPrinter
from devices.escpos import (
    ASK_MAKER,
    ASK_MODEL,
    BAND,
    CUT,
    FEED,
    INIT,
    TALLEST_BAND,
    Ack,
    confirmation,
    new_process_id,
    paint,
)
from devices.file_printer import FilePrinter
from devices.link import Link, LinkedPrinter, Patience
from devices.replies import INFO, PROCESS_ID, Block, InTurn, Reply
from devices.wires import open_serial, open_tcp, open_usb
from intake.drawings.thermal import draw_thermal
from intake.paper import Divider, Heading, Paper, Text
from intake.ports import Printer, Trouble

RAW_PORT = 9100
BAUD_RATES = (9600, 19200, 38400, 57600, 115200)
QUEUE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}")
USB_IDS = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")

SHARED = frozenset({"width", "band"})
OPTIONS: dict[str, frozenset[str]] = {
    "tcp": SHARED | {"ack"},
    "virtual": SHARED | {"ack"},
    "usb": SHARED | {"ack"},
    "serial": SHARED | {"ack", "baud", "flow"},
    "cups": SHARED | {"form"},
    "file": SHARED,
}


def printer_at(url: str, *, virtual_port: int | None = None, patience: Patience | None = None) -> Printer:
    """The printer an address names; nothing is opened yet.

    ``virtual:`` is the virtual printer on this machine, at ``virtual_port``.
    Raises ValueError that says what is wrong with the address.
    """
    parts = urlsplit(url)
    if parts.scheme not in OPTIONS:
        raise ValueError(f"{url}: begins with none of {', '.join(f'{one}:' for one in OPTIONS)}")
    options = _options(url, parts)
    patience = patience or Patience()
    if parts.scheme == "cups":
        return CupsPrinter(_queue(url, parts), options.form, options.width, options.band)
    if parts.scheme == "file":
        return FilePrinter(Path(_path(url, parts)), options.width, options.band)
    connect: Callable[[], object]
    if parts.scheme == "serial":
        connect = partial(open_serial, _path(url, parts), baud=options.baud, flow=options.flow)
    elif parts.scheme == "usb":
        connect = partial(open_usb, *_usb_ids(url, parts))
    else:
        host, port = _host(url, parts, virtual_port)
        connect = partial(open_tcp, host, port, connect=patience.connect)
    return LinkedPrinter(connect, options.width, options.band, options.ack, patience)


@dataclass(frozen=True)
class Found:
    """What a test print told: the trouble that stopped it, or how the printer confirms and what it is."""

    trouble: Trouble | None
    ack: Ack = Ack.NONE
    maker: str = ""
    model: str = ""


TEST_PAPER = Paper(
    "In thử",
    (
        Heading("IN THỬ"),
        Text("Máy in đã nối với Một Chạm.", centred=True),
        Text("ă â ê ô ơ ư đ · Ế Ậ Ổ Ữ · 0123456789", centred=True),
        Divider(),
        Text("Hai mép vạch trên phải chạm hai lề giấy.", small=True, centred=True),
    ),
)


def set_up(url: str, *, virtual_port: int | None = None, patience: Patience | None = None) -> Found:
    """Print a short test paper and find out how this printer confirms: gs_h before gs_r before none.

    A file and a CUPS queue confirm nothing, so they are only printed to.
    Raises ValueError for a bad address.
    """
    printer = printer_at(url, virtual_port=virtual_port, patience=patience)
    if not isinstance(printer, LinkedPrinter):
        return Found(printer.print(TEST_PAPER).reason)
    try:
        with closing(printer.connect()) as wire:
            return _interview(Link(wire, printer.patience), printer)
    except OSError:
        return Found(Trouble.UNREACHABLE)


def confirmed_url(url: str, ack: Ack) -> str:
    """The same address with the way the printer was found to confirm, where it has a say in it."""
    parts = urlsplit(url)
    if "ack" not in OPTIONS[parts.scheme]:
        return url
    options = dict(parse_qsl(parts.query)) | {"ack": str(ack)}
    return f"{url.partition('?')[0]}?{urlencode(options)}"


def _interview(link: Link, printer: LinkedPrinter) -> Found:
    wait = printer.patience.answer
    status = link.ask(wait)
    if status is not None and status.trouble:
        return Found(status.trouble)
    maker = _told(link, ASK_MAKER, wait) if status else ""
    model = _told(link, ASK_MODEL, wait) if status else ""
    link.tell(INIT + paint(draw_thermal(TEST_PAPER, printer.width), band=printer.band) + FEED + CUT)
    process_id = new_process_id()
    printed = partial(_is_block, header=PROCESS_ID, body=b'"' + process_id)
    patient = printer.patience.quiet
    if _hear(link, confirmation(Ack.GS_H, process_id), printed, patient):
        return Found(None, Ack.GS_H, maker, model)
    if _hear(link, confirmation(Ack.GS_R), lambda reply: isinstance(reply, InTurn), wait):
        return Found(None, Ack.GS_R, maker, model)
    return Found(None, Ack.NONE, maker, model)


def _told(link: Link, question: bytes, seconds: float) -> str:
    reply = _hear(link, question, partial(_is_block, header=INFO), seconds)
    return reply.body.decode("ascii", "replace") if isinstance(reply, Block) else ""


def _hear(link: Link, question: bytes, wanted: Callable[[Reply], bool], seconds: float) -> Reply | None:
    """Ask in turn and listen until the wanted reply comes, or nothing does for so long."""
    link.tell(question)
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0:
        for reply in link.turn(left):
            if wanted(reply):
                return reply
    return None


def _is_block(reply: Reply, *, header: int, body: bytes | None = None) -> bool:
    return isinstance(reply, Block) and reply.header == header and body in (None, reply.body)


@dataclass(frozen=True)
class _Options:
    width: int
    band: int
    ack: Ack
    baud: int
    flow: str
    form: str


def _options(url: str, parts: SplitResult) -> _Options:
    if parts.fragment or parts.username or parts.password:
        raise ValueError(f"{url}: a printer's address has no user, password or fragment")
    given = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    if foreign := sorted(given.keys() - OPTIONS[parts.scheme]):
        raise ValueError(f"{url}: {parts.scheme}: does not know {', '.join(foreign)}")
    width = _number(url, given, "width", 576)
    band = _number(url, given, "band", BAND)
    baud = _number(url, given, "baud", 115200)
    if width % 8 or not 256 <= width <= 832:
        raise ValueError(f"{url}: width is in dots, a multiple of 8 from 256 to 832 (80 mm: 576, 58 mm: 384)")
    if not 1 <= band <= TALLEST_BAND:
        raise ValueError(f"{url}: band is 1 to {TALLEST_BAND} rows")
    if baud not in BAUD_RATES:
        raise ValueError(f"{url}: baud is one of {', '.join(map(str, BAUD_RATES))}")
    return _Options(
        width,
        band,
        Ack(_one_of(url, given, "ack", Ack.GS_H, *Ack)),
        baud,
        _one_of(url, given, "flow", "none", "none", "xonxoff", "rtscts"),
        _one_of(url, given, "form", "", "", "a5"),
    )


def _number(url: str, given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{url}: {name} is a whole number, not {text!r}")
    return int(text)


def _one_of(url: str, given: Mapping[str, str], name: str, default: str, *choices: str) -> str:
    text = given.get(name, default)
    if text not in choices:
        raise ValueError(f"{url}: {name} is one of {', '.join(filter(None, choices))}, not {text!r}")
    return text


def _host(url: str, parts: SplitResult, virtual_port: int | None) -> tuple[str, int]:
    if parts.scheme == "virtual":
        if parts.netloc or parts.path:
            raise ValueError(f"{url}: virtual: takes no host, only options")
        if virtual_port is None:
            raise ValueError(f"{url}: there is no virtual printer here")
        return "127.0.0.1", virtual_port
    try:
        port = parts.port or RAW_PORT
    except ValueError:
        raise ValueError(f"{url}: the port is a number up to 65535") from None
    if not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(f"{url}: write tcp://HOST:{RAW_PORT}")
    return parts.hostname, port


def _path(url: str, parts: SplitResult) -> str:
    if parts.netloc or not parts.path.startswith("/"):
        raise ValueError(f"{url}: write {parts.scheme}:///PATH, with three slashes")
    return unquote(parts.path)


def _queue(url: str, parts: SplitResult) -> str:
    if not QUEUE_NAME.fullmatch(parts.netloc) or parts.path:
        raise ValueError(f"{url}: write cups://QUEUE; letters, digits, dot, dash and underscore")
    return parts.netloc


def _usb_ids(url: str, parts: SplitResult) -> tuple[int, int]:
    found = USB_IDS.fullmatch(parts.netloc)
    if not found or parts.path:
        raise ValueError(f"{url}: write usb://VENDOR:PRODUCT, four hexadecimal digits each")
    return int(found[1], 16), int(found[2], 16)

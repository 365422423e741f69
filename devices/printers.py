"""From the address in the settings to a printer, and the test print that gets to know it.

Only what is configured is ever reached: nothing here takes an address from a
page or from another machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from urllib.parse import parse_qsl, urlencode, urlsplit

from devices.addresses import OPTIONS, host_of, path_of, queue_of, read_options, usb_ids_of
from devices.cups_queue import CupsPrinter
from devices.escpos import (
    ASK_MAKER,
    ASK_MODEL,
    CUT,
    FEED,
    INIT,
    Ack,
    confirmation,
    new_process_id,
    paint,
)
from devices.file_printer import FilePrinter
from devices.link import Link, LinkedPrinter, Patience
from devices.replies import INFO, PROCESS_ID, Block, InTurn, Reply
from devices.wires import Wire, open_serial, open_tcp, open_usb
from intake.drawings.thermal import draw_thermal
from intake.paper import Divider, Heading, Paper, Text
from intake.ports import Printer, Trouble


def printer_at(url: str, *, virtual_port: int | None = None, patience: Patience | None = None) -> Printer:
    """The printer an address names; nothing is opened yet.

    ``virtual:`` is the virtual printer on this machine, at ``virtual_port``.
    Raises ValueError that says what is wrong with the address.
    """
    parts = urlsplit(url)
    if parts.scheme not in OPTIONS:
        raise ValueError(f"{url}: begins with none of {', '.join(f'{one}:' for one in OPTIONS)}")
    options = read_options(url, parts)
    patience = patience or Patience()
    if parts.scheme == "cups":
        return CupsPrinter(queue_of(url, parts), options.form, options.width, options.band)
    if parts.scheme == "file":
        return FilePrinter(Path(path_of(url, parts)), options.width, options.band)
    connect: Callable[[], Wire]
    if parts.scheme == "serial":
        connect = partial(open_serial, path_of(url, parts), baud=options.baud, flow=options.flow)
    elif parts.scheme == "usb":
        connect = partial(open_usb, *usb_ids_of(url, parts))
    else:
        host, port = host_of(url, parts, virtual_port)
        connect = partial(open_tcp, host, port, connect=patience.connect)
    return LinkedPrinter(connect, options.width, options.band, options.ack, patience)


@dataclass(frozen=True)
class Found:
    """What a test print told: the trouble that stopped it, or how the printer confirms and what it is.

    ``silent`` when it took everything and never said a word: whether that was a
    printer at all, only a person who sees the test paper can tell.
    """

    trouble: Trouble | None
    ack: Ack = Ack.NONE
    maker: str = ""
    model: str = ""
    silent: bool = False


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
        reason = printer.print(TEST_PAPER).reason
        return Found(None if reason is Trouble.UNCONFIRMED else reason)
    try:
        with closing(printer.connect()) as wire:
            return _interview(Link(wire, printer.patience), printer)
    except OSError:
        return Found(Trouble.UNREACHABLE)


def is_on_a_cable(url: str) -> bool:
    """Whether only the machine it hangs on reaches it; a network printer is reached from all."""
    return urlsplit(url).scheme != "tcp"


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
    status = link.ask(wait)  # silence may have another cause than ignorance
    if not link.all_taken:
        return Found(link.status.trouble or Trouble.NO_ANSWER)
    return Found(status.trouble if status else None, Ack.NONE, maker, model, silent=not link.answered)


def _told(link: Link, question: bytes, seconds: float) -> str:
    reply = _hear(link, question, partial(_is_block, header=INFO), seconds)
    return reply.body.decode("ascii", "replace") if isinstance(reply, Block) else ""


def _hear(link: Link, question: bytes, wanted: Callable[[Reply], bool], seconds: float) -> Reply | None:
    """Ask in turn and listen until the wanted reply comes, or nothing moves for so long."""
    link.tell(question)
    begun = monotonic()
    while min(monotonic() - begun, link.silence) < seconds:
        for reply in link.turn(seconds / 4):
            if wanted(reply):
                return reply
    return None


def _is_block(reply: Reply, *, header: int, body: bytes | None = None) -> bool:
    return isinstance(reply, Block) and reply.header == header and body in (None, reply.body)

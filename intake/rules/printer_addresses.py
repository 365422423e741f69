"""The address of a printer as a manager says it: how it is joined, where, how wide, how it confirms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

# Not file: a page must not make a worker write files.
KINDS = ("tcp", "usb", "serial", "cups", "virtual")
ON_A_CABLE = ("usb", "serial", "cups")  # CUPS, too, is asked on the machine the worker runs on
WIDTHS = (576, 384)  # dots: 80 mm and 58 mm
ACKS = ("gs_h", "gs_r", "none")
_SERIAL = re.compile(r"/dev/[A-Za-z0-9._/-]+")
_SIGNS = re.compile(r"[A-Za-z0-9._:/\[\]-]*")


@dataclass(frozen=True)
class PrinterAddress:
    """``rest`` are the options a page does not show; they are kept."""

    kind: str
    place: str
    width: int = WIDTHS[0]
    ack: str = ACKS[0]
    rest: tuple[tuple[str, str], ...] = ()

    @property
    def confirms(self) -> bool:
        """Whether this printer can say that a paper came out."""
        return self.kind in ("tcp", "usb", "serial", "virtual") and self.ack != "none"

    @property
    def on_a_cable(self) -> bool:
        return self.kind in ON_A_CABLE


def taken_apart(url: str) -> PrinterAddress:
    """Any address that is kept; never raises."""
    head, _, query = url.partition("?")
    kind, _, place = head.partition(":")
    options = dict(parse_qsl(query))
    width = options.pop("width", "")
    return PrinterAddress(
        kind,
        place.removeprefix("//"),
        int(width) if width.isdecimal() else WIDTHS[0],
        options.pop("ack", ACKS[0]),
        tuple(options.items()),
    )


def put_together(
    kind: str, place: str, width: int, ack: str, rest: tuple[tuple[str, str], ...] = ()
) -> str | None:
    """The address; None for what no printer can be at."""
    place = place.strip()
    if kind not in KINDS or width not in WIDTHS or ack not in ACKS or not _SIGNS.fullmatch(place):
        return None
    if kind == "serial" and (not _SERIAL.fullmatch(place) or ".." in place):
        return None
    options = {**dict(rest), "width": str(width), **({} if kind == "cups" else {"ack": ack})}
    where = "" if kind == "virtual" else f"//{place}"
    return f"{kind}:{where}?{urlencode(options)}"

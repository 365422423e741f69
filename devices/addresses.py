"""The address of a printer, taken apart: what each form may say, and what a wrong one is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote

from devices.escpos import BAND, TALLEST_BAND, Ack
from intake.drawings.thermal import NARROWEST

RAW_PORT = 9100
WIDEST = 832  # dots; 112 mm paper
BAUD_RATES = (19200, 38400, 57600, 115200)  # at 9600 a receipt would take 75 s
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


@dataclass(frozen=True)
class Options:
    width: int
    band: int
    ack: Ack
    baud: int
    flow: str
    form: str


def read_options(url: str, parts: SplitResult) -> Options:
    if parts.fragment or parts.username or parts.password:
        raise ValueError(f"{url}: a printer's address has no user, password or fragment")
    given = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    if foreign := sorted(given.keys() - OPTIONS[parts.scheme]):
        raise ValueError(f"{url}: {parts.scheme}: does not know {', '.join(foreign)}")
    width = _number(url, given, "width", 576)
    band = _number(url, given, "band", BAND)
    baud = _number(url, given, "baud", 115200)
    if width % 8 or not NARROWEST <= width <= WIDEST:
        raise ValueError(
            f"{url}: width is in dots, a multiple of 8 from {NARROWEST} to {WIDEST} (80 mm: 576, 58 mm: 384)"
        )
    if not 1 <= band <= TALLEST_BAND:
        raise ValueError(f"{url}: band is 1 to {TALLEST_BAND} rows")
    if baud not in BAUD_RATES:
        raise ValueError(f"{url}: baud is one of {', '.join(map(str, BAUD_RATES))}")
    return Options(
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


def host_of(url: str, parts: SplitResult, virtual_port: int | None) -> tuple[str, int]:
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


def path_of(url: str, parts: SplitResult) -> str:
    if parts.netloc or not parts.path.startswith("/"):
        raise ValueError(f"{url}: write {parts.scheme}:///PATH, with three slashes")
    return unquote(parts.path)


def queue_of(url: str, parts: SplitResult) -> str:
    if not QUEUE_NAME.fullmatch(parts.netloc) or parts.path:
        raise ValueError(f"{url}: write cups://QUEUE; letters, digits, dot, dash and underscore")
    return parts.netloc


def usb_ids_of(url: str, parts: SplitResult) -> tuple[int, int]:
    found = USB_IDS.fullmatch(parts.netloc)
    if not found or parts.path:
        raise ValueError(f"{url}: write usb://VENDOR:PRODUCT, four hexadecimal digits each")
    return int(found[1], 16), int(found[2], 16)

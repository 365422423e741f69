"""The paper tray as a web page: what came out, how the printer feels, and its switches.

A handful of addresses on the loopback, served by hand: one small process, no
framework in it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from devices.virtual_printer.device import Device
from intake.rules.calendar import VIETNAM

ROOT = Path(__file__).resolve().parents[2]
LONGEST_HEAD = 16 * 1024
LONGEST_BODY = 4 * 1024
LONGEST_WAIT = 20.0  # seconds a page waits for news
PATIENCE = 10.0  # seconds for a request to arrive
MID_JOB = 20_000  # bytes, about a third of a receipt
SPEEDS = (50, 150, 250)  # mm/s

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Connection": "close",
}
TOGGLES = frozenset({"cover_open", "paper_out", "near_end", "cutter_error", "overheated", "mute"})


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True)
class Response:
    status: HTTPStatus
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class TrayPage:
    """Shows one device and turns its switches."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._boot = secrets.token_hex(4)
        self._news = asyncio.Event()
        device.on_change.append(self._news.set)
        pages = Environment(
            loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._page = pages.get_template("tray/tray.html")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        # Python 3.11 logs a connection that is cancelled, as all are at the end, as a fault of ours.
        quiet = (ConnectionError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError)
        with suppress(*quiet):
            try:
                request = await asyncio.wait_for(_read(reader), PATIENCE)
                response = await self._answer(request)
            except (TimeoutError, ValueError):
                response = Response(HTTPStatus.BAD_REQUEST)
            writer.write(_written(response))
            await writer.drain()
        writer.close()

    async def _answer(self, request: Request) -> Response:
        if not _is_our_name(request.headers.get("host", "")):
            return Response(HTTPStatus.FORBIDDEN)
        if request.method == "POST" and request.path == "/switch":
            return self._switch(request)
        if request.method not in ("GET", "HEAD"):
            return Response(HTTPStatus.METHOD_NOT_ALLOWED)
        if request.path == "/":
            return await self._show(request.query.get("after", ""))
        if request.path.startswith("/papers/"):
            return self._paper(request.path.removeprefix("/papers/"))
        return _static(request.path)

    async def _show(self, after: str) -> Response:
        """The page; with the version it already shows, wait for a newer one."""
        if after == self._version:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LONGEST_WAIT)
        device = self._device
        html = self._page.render(
            device=device, mechanism=device.mechanism, papers=list(reversed(device.tray.sheets)),
            count=device.tray.count, version=self._version, boot=self._boot, zone=VIETNAM, speeds=SPEEDS,
        )  # fmt: skip
        return Response(
            HTTPStatus.OK, html.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-store"}
        )

    def _paper(self, name: str) -> Response:
        tray = self._device.tray
        if name == "hanging.png" and (hanging := tray.hanging):
            return Response(HTTPStatus.OK, hanging.png(), "image/png", {"Cache-Control": "no-store"})
        for sheet in tray.sheets:
            if name == f"{self._boot}-{sheet.number}.png":
                return Response(
                    HTTPStatus.OK, sheet.png(), "image/png", {"Cache-Control": "private, max-age=3600"}
                )
        return Response(HTTPStatus.NOT_FOUND)

    def _switch(self, request: Request) -> Response:
        ours = f"http://{request.headers['host']}"
        if request.headers.get("origin", ours) != ours:
            return Response(HTTPStatus.FORBIDDEN)
        for name, value in request.form.items():
            self._turn(name, value)
        return Response(HTTPStatus.SEE_OTHER, headers={"Location": "/"})

    def _turn(self, name: str, value: str) -> None:
        device = self._device
        is_on = {"on": True, "off": False}.get(value)
        if name in TOGGLES and is_on is not None:
            device.set(**{name: is_on})
        elif name == "drop" and is_on is not None:
            device.set(drop_after=MID_JOB if is_on else None)
        elif name == "power_cycle" and is_on:
            device.power_cycle()
        elif name == "speed" and value in map(str, SPEEDS):
            device.set(speed=float(value))
        else:
            raise ValueError(name)

    @property
    def _version(self) -> str:
        return f"{self._boot}-{self._device.version}"


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    size = int(headers.get("content-length", "0"))
    if len(head) > LONGEST_HEAD or not 0 <= size <= LONGEST_BODY:
        raise ValueError("too long")
    body = (await reader.readexactly(size)).decode()
    url = urlsplit(target)
    return Request(method, url.path, _fields(url.query), headers, _fields(body))


def _fields(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text).items()}


def _written(response: Response) -> bytes:
    body = response.body
    if not body and response.status >= HTTPStatus.BAD_REQUEST:
        body = response.status.phrase.encode()
    headers = {**HEADERS, **response.headers, "Content-Type": response.kind, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {response.status.value} {response.status.phrase}\r\n{head}\r\n".encode() + body


def _is_our_name(host: str) -> bool:
    """Only addresses and localhost: a foreign name that points at us is someone else's page."""
    name = urlsplit(f"//{host}").hostname or ""
    with suppress(ValueError):
        return bool(ipaddress.ip_address(name))
    return name == "localhost"


def _static(path: str) -> Response:
    folder = ROOT / "static"
    file = (ROOT / path.removeprefix("/")).resolve()
    if folder not in file.parents or file.suffix not in KINDS or not file.is_file():
        return Response(HTTPStatus.NOT_FOUND)
    return Response(HTTPStatus.OK, file.read_bytes(), KINDS[file.suffix], {"Cache-Control": "max-age=300"})

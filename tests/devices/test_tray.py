"""The virtual printer as a process of its own, seen through its paper tray."""

from __future__ import annotations

import http.client
import io
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image

from devices.link import LinkedPrinter
from devices.printers import printer_at
from intake.paper import Code, Heading, Paper, Qr
from intake.ports import Outcome, Printed, Printer, Trouble

pytestmark = pytest.mark.processes

RECEIPT = Paper(
    "Biên nhận",
    (Heading("BIÊN NHẬN HỒ SƠ"), Code("Mã hồ sơ", ("H56.17.22",)), Qr("HTTP://10.0.0.5/R/MOTCHAM")),
)


@dataclass(frozen=True)
class Page:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Tray:
    """The process, its printer and its web page."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        assert process.stdout is not None
        self.printer_url = process.stdout.readline().split()[-1]
        self.netloc = urlsplit(process.stdout.readline().split()[-1]).netloc

    @property
    def socket_address(self) -> tuple[str, int]:
        parts = urlsplit(self.printer_url)
        return str(parts.hostname), int(parts.port or 0)

    @property
    def printer(self) -> Printer:
        return printer_at(self.printer_url)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Page:
        link = http.client.HTTPConnection(self.netloc, timeout=60)
        link.request(method, path, body, headers)
        answer = link.getresponse()
        page = Page(answer.status, dict(answer.getheaders()), answer.read())
        link.close()
        return page

    def get(self, path: str = "/") -> Page:
        return self.ask("GET", path)

    def turn(self, switch: str) -> Page:
        return self.ask("POST", "/switch", switch, Origin=f"http://{self.netloc}")


@pytest.fixture(scope="module")
def running() -> Iterator[Tray]:
    command = [sys.executable, "-m", "devices.virtual_printer", "--port", "0", "--web-port", "0"]
    options = ["--speed", "20000", "--keep", "3"]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([*command, *options], cwd=root, stdout=subprocess.PIPE, text=True) as process:
        yield Tray(process)
        process.terminate()
        assert process.wait(60) == 0


@pytest.fixture
def tray(running: Tray) -> Iterator[Tray]:
    """The same printer for every test, put right again after it."""
    yield running
    for switch in ("cover_open=off", "paper_out=off", "cutter_error=off", "mute=off", "drop=off"):
        running.turn(switch)


def test_a_paper_that_came_out_can_be_seen_and_scanned(tray: Tray) -> None:
    assert tray.printer.print(RECEIPT) == Outcome(Printed.PRINTED)

    shown = re.search(r'<img src="(/papers/\S+\.png)" width="576"', tray.get().text)
    assert shown is not None
    picture = tray.get(shown[1])

    assert picture.headers["Content-Type"] == "image/png"
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.body)).convert("L"))
    assert code.text == "HTTP://10.0.0.5/R/MOTCHAM"


def test_the_tray_keeps_the_newest_sheets_first(tray: Tray) -> None:
    for _ in range(4):
        tray.printer.print(RECEIPT)
    page = tray.get().text
    numbers = [int(number) for number in re.findall(r"<b>Tờ (\d+)</b>", page)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 3
    assert f"Khay giữ 3 tờ mới nhất trong {numbers[0]} tờ đã in" in page


@pytest.mark.parametrize(
    ("switch", "words", "trouble"),
    [
        ("cover_open=on", "Nắp máy đang mở", Trouble.COVER_OPEN),
        ("paper_out=on", "Hết giấy", Trouble.PAPER_OUT),
        ("cutter_error=on", "Kẹt dao cắt", Trouble.CUTTER),
    ],
)
def test_a_switch_is_felt_and_told(switch: str, words: str, trouble: Trouble, tray: Tray) -> None:
    answer = tray.turn(switch)

    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert f"<span>{words}</span>" in tray.get().text
    assert tray.printer.trouble() is trouble


def test_the_line_breaks_in_the_middle_of_the_next_paper(tray: Tray) -> None:
    tray.turn("drop=on")
    assert "Sẽ đứt giữa tờ tiếp theo" in tray.get().text
    printer = tray.printer
    assert isinstance(printer, LinkedPrinter)
    assert printer.print(RECEIPT) == Outcome(Printed.UNKNOWN, Trouble.CONNECTION_LOST)
    assert printer.print(RECEIPT) == Outcome(Printed.PRINTED)


def test_half_a_paper_hangs_from_the_slot_until_someone_helps(tray: Tray) -> None:
    tray.turn("speed=50")
    with socket.create_connection(tray.socket_address) as host:
        host.sendall(b"\x1b@" + b"\x1dv0\x00\x48\x00\x50\x00" + b"\x3c" * 72 * 80 + b"\x1dr\x01")
        assert host.recv(1) == b"\x00"

        assert "Đang ra…" in tray.get().text
        tray.turn("cover_open=on")
        assert "Nằm chờ trong khe" in tray.get().text
        picture = Image.open(io.BytesIO(tray.get("/papers/hanging.png").body))
        assert picture.size == (576, 80)

        tray.turn("power_cycle=on")
        assert "Chưa được cắt" in tray.get().text
        assert tray.get("/papers/hanging.png").status == 404
    tray.turn("speed=250")


def test_a_waiting_page_hears_the_news(tray: Tray) -> None:
    version = re.search(r'data-version="(\S+)"', tray.get().text)
    assert version is not None
    heard: list[Page] = []
    waiting = threading.Thread(target=lambda: heard.append(tray.get(f"/?after={version[1]}")))
    waiting.start()

    tray.turn("speed=50")
    waiting.join(60)
    tray.turn("speed=250")

    assert "50 mm/giây" in heard[0].text


def test_the_page_needs_nothing_but_itself(tray: Tray) -> None:
    page = tray.get()
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src=)", page.text)
    addresses = re.findall(r'(?:href|src|action)="([^"]+)"', page.text)
    assert addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)
    for address in {one for one in addresses if one.startswith("/static/")}:
        assert tray.get(address).status == 200
    assert 'http-equiv="refresh"' in page.text  # without JavaScript


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/switch", "cover_open=on", {"Origin": "http://example.org"}, 403),
        ("POST", "/switch", "cover_open=on", {"Origin": "null"}, 403),
        ("GET", "/", "", {"Host": "printer.example.org"}, 403),
        ("POST", "/switch", "self_destruct=on", {}, 400),
        ("POST", "/switch", "cover_open=maybe", {}, 400),
        ("POST", "/switch", "x=" + "y" * 5000, {}, 400),
        ("GET", "/switch", "", {}, 404),
        ("GET", "/papers/1.png", "", {}, 404),
        ("GET", "/static/../pyproject.toml", "", {}, 404),
        ("GET", "/static/vendor/../../intake/ports.py", "", {}, 404),
        ("PUT", "/", "", {}, 405),
    ],
)
def test_what_is_not_served(
    method: str, path: str, body: str, headers: dict[str, str], status: int, tray: Tray
) -> None:
    assert tray.ask(method, path, body, **headers).status == status
    assert tray.printer.trouble() is None


def test_it_is_a_small_process(tray: Tray) -> None:
    for _ in range(5):
        tray.printer.print(RECEIPT)
        tray.get()
    status = Path(f"/proc/{tray.pid}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident is not None
    assert int(resident[1]) < 45_000
